//! What happens to a session after it was made: stopped, taken up again, another doctor.

use ::store::{Change, Tx, Versioned};
use kernel::{Error, Id, Result};

use super::{Session, SessionState, SlotState, store, working_practitioner};
use crate::{holds, neighbours, text, waitlist};

/// Why holds of a stopped session ended.
const STOPPED: &str = "session-stopped";

/// Stops a session: free slots close, holds are taken back, and each requesting member is told,
/// with what else is free.
///
/// # Errors
/// `resources.session-over`, `resources.session-stopped`.
pub(crate) fn stop(
    tx: &mut Tx<'_>,
    mut session: Versioned<Session>,
    reason: &str,
) -> Result<Versioned<Session>> {
    let reason = text::note("reason", reason)?;
    require_ahead(tx, &session)?;
    if session.state == SessionState::Stopped {
        return Err(Error::conflict(
            "resources.session-stopped",
            "this session is stopped already",
        ));
    }
    let mut withdrawn = Vec::new();
    for slot in store::slots_of(tx, session.id)? {
        if let (SlotState::Held, Some(hold_id)) = (slot.state, slot.hold_id) {
            withdrawn.extend(holds::take_back(tx, hold_id, STOPPED)?);
        }
    }
    let closed = store::stop_open(tx, session.id)?;
    session.state = SessionState::Stopped;
    session.reason = Some(reason);
    let detail =
        serde_json::json!({ "date": session.date, "withdrawn": withdrawn.len(), "closed": closed });
    let session = tx.update(
        &session,
        Change::new("clinic-session.stopped").detail(detail),
    )?;
    for hold in &withdrawn {
        holds::tell_withdrawn(tx, hold, STOPPED)?;
    }
    Ok(session)
}

/// Takes a stopped session up again; the waitlist is served first.
///
/// # Errors
/// `resources.session-over`, `resources.session-open`.
pub(crate) fn resume(
    tx: &mut Tx<'_>,
    mut session: Versioned<Session>,
) -> Result<Versioned<Session>> {
    require_ahead(tx, &session)?;
    if session.state == SessionState::Open {
        return Err(Error::conflict(
            "resources.session-open",
            "this session takes place already",
        ));
    }
    neighbours::require_open(tx, session.org_id)?;
    session.state = SessionState::Open;
    session.reason = None;
    let opened = store::resume(tx, session.id)?;
    let detail = serde_json::json!({ "date": session.date, "opened": opened });
    let session = tx.update(
        &session,
        Change::new("clinic-session.resumed").detail(detail),
    )?;
    for slot in store::slots_of(tx, session.id)? {
        if slot.state == SlotState::Open {
            waitlist::fill_slot(tx, slot.id)?;
        }
    }
    Ok(session)
}

/// Another doctor sees the patients: holds stay, and each requesting member is told.
///
/// # Errors
/// `resources.session-over`, `resources.session-stopped`, `resources.practitioner`.
pub(crate) fn substitute(
    tx: &mut Tx<'_>,
    mut session: Versioned<Session>,
    practitioner_id: Id,
    reason: &str,
) -> Result<Versioned<Session>> {
    let reason = text::note("reason", reason)?;
    require_ahead(tx, &session)?;
    if session.state == SessionState::Stopped {
        let detail = "this session is stopped; take it up again first";
        return Err(Error::conflict("resources.session-stopped", detail));
    }
    if session.practitioner_id == Some(practitioner_id) {
        let detail = "this is the doctor of the session; choose another";
        return Err(Error::invalid(
            "resources.same-practitioner",
            "practitioner_id",
            detail,
        ));
    }
    let name = working_practitioner(tx, practitioner_id, session.org_id)?;
    session.substituted = session.practitioner.take().or(session.substituted.take());
    session.practitioner_id = Some(practitioner_id);
    session.practitioner = Some(name);
    session.reason = Some(reason);
    let detail = serde_json::json!({ "date": session.date, "practitioner_id": practitioner_id });
    let session = tx.update(
        &session,
        Change::new("clinic-session.substituted").detail(detail),
    )?;
    for slot in store::slots_of(tx, session.id)? {
        if let (SlotState::Held, Some(hold_id)) = (slot.state, slot.hold_id) {
            holds::notify_substitute(tx, hold_id, &session)?;
        }
    }
    Ok(session)
}

fn require_ahead(tx: &Tx<'_>, session: &Session) -> Result<()> {
    if session.end_at > tx.now() {
        return Ok(());
    }
    Err(Error::rule(
        "resources.session-over",
        "this session is over; what was can't be changed",
    ))
}

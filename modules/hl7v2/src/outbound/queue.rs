//! A follower of the platform's events: what each receiver is to be told.
//!
//! Only what the receiver's organization has a basis for is noted at all, so that a queue tells nobody
//! that there is something to know. Whether it may still be told is asked again when it is sent.

use kernel::{Id, Result};
use serde_json::{Value, json};
use store::{Change, Event, Follower, Tx, Versioned, params};

use super::model::{Outbound, OutboundState, Subject};
use super::reader;
use super::rows::{self, Route};
use crate::intake::control_id_of;
use crate::model::Sender;

const WAITS_UNMADE: &str = "SELECT COUNT(*) AS count FROM hl7_outbound AS o
    WHERE o.receiver_id = $1 AND o.subject_id = $2 AND o.state = 'waiting'
    AND o.kind IN ('ADT^A28', 'ADT^A31')
    AND NOT EXISTS (SELECT 1 FROM hl7_outbound_text AS t WHERE t.outbound_id = o.id)";

/// Reads what may become a message.
pub(crate) const FOLLOWER: Follower = Follower {
    name: "hl7.outbound",
    topics: &[
        "record.",
        "referral.",
        "hold.",
        "fhir.created",
        "fhir.updated",
    ],
    run: follow,
};

fn follow(tx: &mut Tx<'_>, event: &Event) -> Result<()> {
    let Some(patient_id) = event.patient_id else {
        return Ok(());
    };
    let news = News { event, patient_id };
    match event.event.as_str() {
        "record.registered"
        | "record.restored"
        | "record.changed"
        | "record.identifier-added"
        | "record.identifier-retired"
        | "record.survivorship-applied"
        | "record.gave-back" => news.patient(tx, None),
        "record.care-opened" | "record.org-joined" => news.patient(tx, event.peer_org_id),
        "record.merged" => news.merged(tx),
        "referral.accepted" => news.of_case(tx, "REF^I12", None),
        "referral.admitted" => news.of_case(tx, "ADT^A01", None),
        "referral.closed" | "referral.deceased" | "referral.community-accepted" => {
            news.of_case(tx, "ADT^A03", Some("ADT^A01"))
        }
        "referral.withdrawn"
        | "referral.rejected"
        | "referral.expired"
        | "referral.reassigned"
        | "referral.returned-to-review"
        | "referral.no-show"
        | "referral.closed-elsewhere" => news.of_case(tx, "REF^I14", Some("REF^I12")),
        "hold.confirmed" => news.of_case(tx, "SIU^S12", None),
        "hold.released" | "hold.expired" | "hold.withdrawn" => {
            news.of_case(tx, "SIU^S15", Some("SIU^S12"))
        }
        "fhir.created" | "fhir.updated" => news.resource(tx),
        _ => Ok(()),
    }
}

/// An event about a patient.
struct News<'a> {
    event: &'a Event,
    patient_id: Id,
}

impl News<'_> {
    /// The patient is new to a receiver, or was changed; with `only`, became known to that organization.
    fn patient(&self, tx: &mut Tx<'_>, only: Option<Id>) -> Result<()> {
        let new = rows::routes(tx, "ADT^A28")?;
        let changed = rows::routes(tx, "ADT^A31")?;
        let mut all: Vec<&Route> = new.iter().collect();
        let more = changed.iter();
        all.extend(
            more.filter(|one| !new.iter().any(|other| other.receiver_id == one.receiver_id)),
        );
        let subject = self.patient_id.to_string();
        for route in all {
            if only.is_some_and(|org_id| org_id != route.org_id) || self.is_own(tx, route)? {
                continue;
            }
            let id = route.receiver_id;
            let known = rows::told(tx, id, &subject, "ADT^A28")?
                || rows::told(tx, id, &subject, "ADT^A31")?;
            let wants = |list: &[Route]| list.iter().any(|one| one.receiver_id == id);
            let kind = match (known, wants(&new), wants(&changed)) {
                (true, ..) if only.is_some() => continue,
                (false, true, _) => "ADT^A28",
                (_, _, true) => "ADT^A31",
                _ => continue,
            };
            // One that waits and is not made yet will say what holds when it is sent.
            let waits = tx.count(WAITS_UNMADE, &params![id, subject.as_str()])? > 0;
            if !waits && self.may_know(tx, route)? {
                self.note(tx, route, kind, "patient", &subject, (None, json!({})))?;
            }
        }
        Ok(())
    }

    /// Two patients became one: to those who knew the one that was replaced; to others it is a change.
    fn merged(&self, tx: &mut Tx<'_>) -> Result<()> {
        let detail = self.event.detail_json();
        let Some(replaced) = detail["loser_id"].as_str() else {
            return Ok(());
        };
        for route in rows::routes(tx, "ADT^A40")? {
            let id = route.receiver_id;
            let knew = rows::told(tx, id, replaced, "ADT^A28")?
                || rows::told(tx, id, replaced, "ADT^A31")?;
            if !knew || self.is_own(tx, &route)? || !self.may_know(tx, &route)? {
                continue;
            }
            let subject = self.patient_id.to_string();
            let detail = json!({ "replaced": replaced });
            self.note(tx, &route, "ADT^A40", "patient", &subject, (None, detail))?;
        }
        self.patient(tx, None)
    }

    /// A referral or a place held for one: its two sides are told, whoever did it. What ends something
    /// goes to those who were told of its beginning, also where their basis ended with it.
    fn of_case(&self, tx: &mut Tx<'_>, kind: &str, behind: Option<&str>) -> Result<()> {
        let event = self.event;
        if kind.starts_with("SIU") && !is_appointment(&event.detail_json()) {
            return Ok(());
        }
        let subject = event.entity_id.to_string();
        for route in rows::routes(tx, kind)? {
            let sides = [event.org_id, event.peer_org_id];
            if !sides.contains(&Some(route.org_id)) && behind.is_none() {
                continue;
            }
            let known = match behind {
                Some(earlier) => rows::told(tx, route.receiver_id, &subject, earlier)?,
                None => self.may_know(tx, &route)?,
            };
            if known {
                let detail = event.detail_json();
                self.note(tx, &route, kind, &event.kind, &subject, (None, detail))?;
            }
        }
        Ok(())
    }

    /// A result or a document that another member wrote.
    fn resource(&self, tx: &mut Tx<'_>) -> Result<()> {
        let detail = self.event.detail_json();
        let (kind, id) = (detail["type"].as_str(), detail["id"].as_str());
        let (Some(kind), Some(id)) = (kind, id) else {
            return Ok(());
        };
        let version = detail["version"].as_i64();
        let routes = match kind {
            "DiagnosticReport" => rows::routes(tx, "ORU^R01")?,
            "DocumentReference" => rows::routes(tx, "MDM^T02")?,
            _ => return Ok(()),
        };
        for route in routes {
            let actor = reader(route.receiver_id, route.org_id);
            let seen = tx.acting_as(actor, |tx| fhir_server::seen_version(tx, kind, id))?;
            let Some((_, org_id)) = seen else { continue };
            if org_id == route.org_id && (!route.own || self.is_echo(tx, &route)?) {
                continue;
            }
            let message = match kind {
                "DiagnosticReport" => "ORU^R01",
                _ if !rows::told(tx, route.receiver_id, id, "MDM^T02")? => "MDM^T02",
                _ if wants(tx, &route, "MDM^T08")? => "MDM^T08",
                _ => continue,
            };
            self.note(tx, &route, message, kind, id, (version, json!({})))?;
        }
        Ok(())
    }

    /// Is it what the receiver's own organization entered, which it is not told?
    fn is_own(&self, tx: &mut Tx<'_>, route: &Route) -> Result<bool> {
        if self.event.actor_org_id != route.org_id {
            return Ok(false);
        }
        Ok(!route.own || self.is_echo(tx, route)?)
    }

    /// Did it come from a system of the same organization by HL7? That one knows it.
    fn is_echo(&self, tx: &mut Tx<'_>, route: &Route) -> Result<bool> {
        let sender = tx.load_opt::<Sender>(self.event.actor_id)?;
        Ok(sender.is_some_and(|sender| sender.org_id == route.org_id))
    }

    fn may_know(&self, tx: &mut Tx<'_>, route: &Route) -> Result<bool> {
        let patient_id = self.patient_id;
        let actor = reader(route.receiver_id, route.org_id);
        let basis = tx.acting_as(actor, |tx| record::basis(tx, patient_id))?;
        Ok(basis.is_some())
    }

    fn note(
        &self,
        tx: &mut Tx<'_>,
        route: &Route,
        kind: &str,
        subject_kind: &str,
        subject_id: &str,
        (version, detail): (Option<i64>, Value),
    ) -> Result<()> {
        let event = self.event;
        let subject = Subject {
            event: event.event.clone(),
            kind: subject_kind.to_owned(),
            id: subject_id.to_owned(),
            version,
            at: event.at,
            org_id: event.org_id,
            peer_org_id: event.peer_org_id,
            detail,
        };
        let patient_id = Some(self.patient_id);
        let out = new(
            tx,
            (route.receiver_id, route.org_id),
            kind,
            subject,
            patient_id,
        )?;
        keep(tx, &out).map(|_| ())
    }
}

/// Beds are no appointments: their patient comes with the referral.
fn is_appointment(detail: &Value) -> bool {
    matches!(detail["place"]["kind"].as_str(), Some("slot" | "equipment"))
}

fn wants(tx: &mut Tx<'_>, route: &Route, kind: &str) -> Result<bool> {
    let routes = rows::routes(tx, kind)?;
    Ok(routes
        .iter()
        .any(|one| one.receiver_id == route.receiver_id))
}

fn new(
    tx: &mut Tx<'_>,
    (receiver_id, org_id): (Id, Id),
    kind: &str,
    subject: Subject,
    patient_id: Option<Id>,
) -> Result<Outbound> {
    let id = tx.new_id();
    Ok(Outbound {
        id,
        receiver_id,
        org_id,
        place: rows::next_place(tx, receiver_id)?,
        kind: kind.to_owned(),
        control_id: control_id_of(id),
        state: OutboundState::Waiting,
        subject,
        patient_id,
        queued_at: tx.now(),
        tries: 0,
        attempts: 0,
        refused: false,
        accepted_at: None,
        reason: None,
        decisions: Vec::new(),
        repeats: None,
    })
}

fn keep(tx: &mut Tx<'_>, out: &Outbound) -> Result<Versioned<Outbound>> {
    let detail = json!({ "kind": out.kind, "receiver_id": out.receiver_id });
    tx.insert(out, Change::new("hl7.outbound-queued").detail(detail))
}

/// A message that was acknowledged goes out once more: made anew, under a new number, behind all others.
pub(crate) fn repeat(tx: &mut Tx<'_>, out: &Outbound) -> Result<Versioned<Outbound>> {
    let to = (out.receiver_id, out.org_id);
    let mut subject = out.subject.clone();
    // What is sent is what holds now, whichever version was sent then.
    subject.version = None;
    let mut again = new(tx, to, &out.kind, subject, out.patient_id)?;
    again.repeats = Some(out.id);
    keep(tx, &again)
}

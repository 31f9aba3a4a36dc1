//! The write itself: guards, access, versions, audit.

use std::collections::HashMap;

use fhir::json::Stamp;
use kernel::{AppRight, Basis, Error, Id, Kind, Result};
use record::sensitive::{self, SensitiveRule};
use serde_json::json;
use store::{Change, Subject, Tx, params, sha256_hex};

use super::resolve::{at_entry, find};
use super::{Action, Done, Outcome, Step, consents, references, tasks};
use crate::access::{require_change, require_patients, require_seen, require_writer};
use crate::prepare::Prepared;
use crate::profiles::InForce;
use crate::rows::{self, Batch, Header, NewVersion};
use crate::{app, hash, kinds, refusal, settings, subscriptions};

const GUARD: &str = "INSERT INTO fhir_guard (hash, at) VALUES ($1, $2)
    ON CONFLICT (hash) DO UPDATE SET at = excluded.at";

pub(super) fn all(tx: &mut Tx<'_>, steps: &[Step]) -> Result<Vec<Done>> {
    require_writer(tx)?;
    for step in steps {
        check_condition(tx, step)?;
    }
    let mut work = Work {
        rule: sensitive::rule(tx)?,
        batch: Batch::default(),
        bases: HashMap::new(),
        profiles: InForce::load(tx)?,
    };
    let mut done = Vec::with_capacity(steps.len());
    for step in steps {
        done.push(one(tx, step, &mut work).map_err(|error| at_entry(error, step.entry))?);
    }
    work.batch.store(tx)?;
    // Entries of a bundle may point at one another, so all of them are stored first.
    let must_exist = settings::must_exist(tx)?;
    if !must_exist.is_empty() {
        for step in steps {
            references::require(tx, step, &must_exist)
                .map_err(|error| at_entry(error, step.entry))?;
        }
    }
    Ok(done)
}

/// What the steps of one command share.
struct Work {
    rule: SensitiveRule,
    /// Rows that are stored together, which spares round trips.
    batch: Batch,
    /// Bases found already, by the patients named.
    bases: HashMap<Vec<String>, Option<Basis>>,
    /// What is asked beyond R4.
    profiles: InForce,
}

impl Work {
    /// [`require_patients`], asked once for the same patients.
    fn basis(&mut self, tx: &mut Tx<'_>, patients: &[String]) -> Result<Option<Basis>> {
        if let Some(known) = self.bases.get(patients) {
            return Ok(known.clone());
        }
        let basis = require_patients(tx, patients)?;
        self.bases.insert(patients.to_vec(), basis.clone());
        Ok(basis)
    }
}

/// Meets others with the same condition at a row, so that they come one after another, and looks
/// whether the condition still finds what it did.
fn check_condition(tx: &mut Tx<'_>, step: &Step) -> Result<()> {
    let Some((condition, found)) = &step.condition else {
        return Ok(());
    };
    let now = tx.now();
    let guard = hash::of(&[condition.kind, &condition.text]);
    tx.execute(GUARD, &params![guard, now])?;
    if find(tx, condition)? == *found {
        Ok(())
    } else {
        Err(refusal::moved())
    }
}

fn one(tx: &mut Tx<'_>, step: &Step, work: &mut Work) -> Result<Done> {
    require_app(tx, step)?;
    match &step.action {
        Action::Put { prepared, .. } if step.kind == "Consent" => consent(tx, step, prepared),
        Action::Put { prepared, method } => put(tx, step, prepared, method, work),
        Action::Delete => delete(tx, step),
        Action::Nothing => nothing(tx, step),
    }
}

/// What an app needs for a change: `c` where something new comes to be, whatever the method.
fn require_app(tx: &mut Tx<'_>, step: &Step) -> Result<()> {
    if tx.actor().app.is_none() {
        return Ok(());
    }
    match &step.action {
        Action::Put { prepared, method } => {
            let known = match *method {
                "POST" => None,
                _ => rows::head(tx, step.kind, &step.id)?,
            };
            let live = known.is_some_and(|header| !header.deleted);
            let right = if live {
                AppRight::Update
            } else {
                AppRight::Create
            };
            app::require_change(tx, step.kind, right, Some(prepared))
        }
        Action::Delete => app::require_change(tx, step.kind, AppRight::Delete, None),
        Action::Nothing => Ok(()),
    }
}

fn nothing(tx: &mut Tx<'_>, step: &Step) -> Result<Done> {
    let found = step
        .condition
        .as_ref()
        .and_then(|(_, found)| found.as_ref());
    let Some(id) = found else {
        return Ok(done(tx, step, 0, Outcome::Nothing));
    };
    let header = rows::require(tx, step.kind, id)?;
    Ok(Done {
        at: header.updated_at,
        ..done(tx, step, header.version, Outcome::Found)
    })
}

fn done(tx: &Tx<'_>, step: &Step, version: i64, outcome: Outcome) -> Done {
    Done {
        kind: step.kind.to_owned(),
        id: step.id.clone(),
        version,
        at: tx.now(),
        outcome,
    }
}

/// A consent is the record's: what was sent runs its command, and is shown as the record shows it.
fn consent(tx: &mut Tx<'_>, step: &Step, prepared: &Prepared) -> Result<Done> {
    let known = rows::head(tx, step.kind, &step.id)?;
    if let Some(header) = &known {
        require_seen(tx, header, AppRight::Update)?;
        check_version(tx, step, known.as_ref(), "PATCH")?;
        tx.under(consents::PERMISSION, |tx| {
            consents::change(tx, &step.id, &prepared.resource)
        })?;
    } else {
        check_version(tx, step, None, "PATCH")?;
        tx.under(consents::PERMISSION, |tx| {
            consents::create(tx, &step.id, &prepared.resource)
        })?;
    }
    let header = rows::head(tx, step.kind, &step.id)?.ok_or_else(refusal::not_found)?;
    let outcome = if known.is_some() {
        Outcome::Updated
    } else {
        Outcome::Created
    };
    Ok(done(tx, step, header.version, outcome))
}

/// The task of a case is the referral's: what was sent runs the command that it asks for.
fn task(tx: &mut Tx<'_>, step: &Step, prepared: &Prepared, known: &Header) -> Result<Done> {
    let stored = rows::body(tx, known.key, known.version)?.unwrap_or_default();
    tasks::change(tx, known, &stored, &prepared.resource)?;
    let header = rows::head(tx, step.kind, &step.id)?.ok_or_else(refusal::not_found)?;
    Ok(done(tx, step, header.version, Outcome::Updated))
}

fn put(
    tx: &mut Tx<'_>,
    step: &Step,
    prepared: &Prepared,
    method: &'static str,
    work: &mut Work,
) -> Result<Done> {
    if let Some(api) = kinds::owner_api(step.kind) {
        let text = format!("{} is kept by a module: use {api}", step.kind);
        return Err(Error::rule("fhir.owned", text).with(json!({ "api": api })));
    }
    // An id that was just made is nobody's yet.
    let known = match method {
        "POST" => None,
        _ => rows::head(tx, step.kind, &step.id)?,
    };
    if let Some(header) = &known {
        require_seen(tx, header, AppRight::Update)?;
    }
    check_version(tx, step, known.as_ref(), method)?;
    if let Some(header) = &known {
        if tasks::is_case(header) {
            return task(tx, step, prepared, header);
        }
        require_change(tx, header, AppRight::Update)?;
    }
    work.profiles.require(tx, &prepared.resource)?;
    let basis = work.basis(tx, &prepared.rows.patients)?;
    let patient = prepared.rows.patients.first();
    if let Some(header) = &known
        && header.patient_id.as_ref() != patient
    {
        let text =
            "an update does not move a resource to another patient; delete it and create one";
        return Err(Error::rule("fhir.patient-changed", text));
    }
    let version = known.as_ref().map_or(1, |header| header.version + 1);
    let (version_text, now_text) = (version.to_string(), instant_text(tx.now()));
    let stamp = Stamp {
        id: &step.id,
        version_id: &version_text,
        last_updated: &now_text,
    };
    let body = prepared.resource.stamped(&stamp);
    let org_id = known
        .as_ref()
        .map_or_else(|| tx.actor().org_id.to_string(), |it| it.org_id.clone());
    let sha256 = sha256_hex(body.as_bytes());
    let new = NewVersion {
        kind: step.kind,
        id: &step.id,
        version,
        key: known.as_ref().map_or(step.key, |header| header.key),
        method,
        org_id: org_id.clone(),
        owner: None,
        rows: &prepared.rows,
        body,
    };
    rows::prepare(tx, &new, &work.rule, &mut work.batch)?;
    if step.kind == "Subscription" {
        work.batch.store(tx)?;
        subscriptions::stored(tx, new.key, &prepared.resource)?;
    }
    let live = known.is_some_and(|header| !header.deleted);
    let (event, outcome) = if live {
        ("fhir.updated", Outcome::Updated)
    } else {
        ("fhir.created", Outcome::Created)
    };
    let mut change = Change::new(event).detail(json!({
        "type": step.kind, "id": step.id, "version": version, "sha256": sha256,
    }));
    change.basis = basis;
    tx.record(change, subject(step, &org_id, patient.map(String::as_str)))?;
    Ok(done(tx, step, version, outcome))
}

fn check_version(
    tx: &mut Tx<'_>,
    step: &Step,
    known: Option<&Header>,
    method: &'static str,
) -> Result<()> {
    if let (Some(seen), current) = (step.seen, known.map_or(0, |header| header.version))
        && seen != current
    {
        return Err(refusal::stale(current));
    }
    if step.made_on.is_some() && step.made_on != known.map(|header| header.version) {
        return Err(refusal::moved());
    }
    let live = known.is_some_and(|header| !header.deleted);
    if step.only_new && live {
        // A create whose new id is taken does not happen; an update with If-None-Match: * does.
        return Err(refusal::stale(known.map_or(0, |header| header.version)));
    }
    if method == "PUT" && known.is_none() && !settings::client_ids(tx)? {
        let text = "this server gives ids itself: create the resource with POST";
        return Err(Error::new(Kind::Unsupported, "fhir.client-id", text));
    }
    Ok(())
}

fn delete(tx: &mut Tx<'_>, step: &Step) -> Result<Done> {
    let Some(header) = rows::seen_with(tx, step.kind, &step.id, AppRight::Delete)? else {
        return Err(refusal::not_found());
    };
    if let Some(seen) = step.seen
        && seen != header.version
    {
        return Err(refusal::stale(header.version));
    }
    if header.deleted {
        return Ok(done(tx, step, header.version, Outcome::Nothing));
    }
    if let Some(api) = kinds::owner_api(step.kind) {
        let text = format!("{} is kept by a module: use {api}", step.kind);
        return Err(Error::rule("fhir.owned", text).with(json!({ "api": api })));
    }
    require_change(tx, &header, AppRight::Delete)?;
    rows::delete(tx, &header)?;
    if step.kind == "Subscription" {
        subscriptions::withdrawn(tx, header.key)?;
    }
    let version = header.version + 1;
    let change = Change::new("fhir.deleted").detail(json!({
        "type": step.kind, "id": step.id, "version": version,
    }));
    tx.record(
        change,
        subject(step, &header.org_id, header.patient_id.as_deref()),
    )?;
    Ok(done(tx, step, version, Outcome::Deleted))
}

fn subject(step: &Step, org_id: &str, patient_id: Option<&str>) -> Subject {
    subject_of(step.kind, &step.id, org_id, patient_id)
}

/// What the audit entry is about. Ids that clients chose are no UUIDs; theirs is made of the address.
pub(crate) fn subject_of(kind: &str, id: &str, org_id: &str, patient_id: Option<&str>) -> Subject {
    let id = id.parse().unwrap_or_else(|_| {
        let mut bytes = [0_u8; 10];
        bytes[..8].copy_from_slice(&hash::address(kind, id).to_be_bytes());
        Id::from_parts(0, bytes)
    });
    Subject {
        kind: "fhir-resource",
        id,
        org_id: org_id.parse().ok(),
        peer_org_id: None,
        patient_id: patient_id.and_then(|id| id.parse().ok()),
    }
}

/// An instant as FHIR writes it.
pub(crate) fn instant_text(at: kernel::Instant) -> String {
    at.to_string()
}

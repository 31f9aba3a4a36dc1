//! A document comes in: whose is it, is it known, what does it replace? Then it is kept, all of it or
//! nothing.

use cda::{Fault, InstanceId, Relation};
use kernel::{Error, Id, Kind, Result};
use record::{IdentifierInput, IdentifierKind, Patient};
use serde_json::json;
use store::{Change, Tx, Versioned, params, sha256_hex};

use crate::base64;
use crate::model::{Document, State};
use crate::reference;
use crate::rules::{self, Profile};

/// A document on its way in. Who sends it is the actor.
#[derive(Clone, Copy)]
pub struct Incoming<'a> {
    /// As it came.
    pub bytes: &'a [u8],
    /// What it says.
    pub document: &'a cda::Document,
    /// Whose it is by what brought it, such as PID of a message.
    pub patient_id: Option<Id>,
    /// The number under which a message brought it.
    pub sender_number: Option<&'a str>,
}

/// What became of a document.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stored {
    /// Its id, and that of its DocumentReference.
    pub id: Id,
    /// Whose it is.
    pub patient_id: Id,
    /// Whether it was known: nothing was stored a second time.
    pub known: bool,
    /// Where it stands.
    pub state: State,
}

/// Where the patient stands in a document.
const PATIENT: &str = "/ClinicalDocument/recordTarget/patientRole";

const BY_NUMBER: &str = "SELECT version, body FROM document WHERE org_id = $1 AND number = $2";
const OF_SET: &str = "SELECT version, body FROM document
    WHERE org_id = $1 AND set_number = $2 ORDER BY id LIMIT 500";
const REPLACERS: &str = "SELECT version, body FROM document
    WHERE org_id = $1 AND replaces = $2 ORDER BY id LIMIT 500";
const BY_SENDER: &str =
    "SELECT version, body FROM document WHERE org_id = $1 AND sender_number = $2
    ORDER BY id DESC LIMIT 1";

/// The refusal of what a document does wrong.
pub fn refusal(fault: Fault) -> Error {
    let kind = if fault.code == "cda.too-large" {
        Kind::TooLarge
    } else {
        Kind::Invalid
    };
    Error::new(kind, fault.code, fault.detail).at(fault.at)
}

/// Keeps a document.
///
/// # Errors
/// `documents.patient-unknown`, `documents.patient-differs`, `documents.number-taken`, and what the
/// FHIR store says of somebody who may not write.
pub fn receive(tx: &mut Tx<'_>, incoming: Incoming<'_>) -> Result<Stored> {
    let profile = rules::profile(tx)?;
    let header = &incoming.document.header;
    let patient = patient_of(tx, &profile, incoming)?;
    let number = header.id.text();
    let sha256 = sha256_hex(incoming.bytes);
    let org_id = tx.actor().org_id;
    if let Some(known) = one(tx, BY_NUMBER, org_id, &number)? {
        return same(tx, &known, patient.id, &sha256);
    }
    let set_number = header.set_id.as_ref().map(InstanceId::text);
    let replaces = header.related.iter();
    let replaces = replaces.filter(|one| one.relation == Relation::Replaces);
    let replaces = replaces.map(|one| one.id.text()).next();
    let mut document = Document {
        id: tx.new_id(),
        binary_id: tx.new_id(),
        org_id,
        patient_id: patient.id,
        number,
        sha256,
        set_number,
        version_number: header.version_number,
        replaces,
        sender_number: incoming.sender_number.map(str::to_owned),
        received_at: tx.now(),
        state: State::Current,
        reference: json!({}),
    };
    let labels = reference::labels(tx, &profile, incoming.document)?;
    let places = reference::Places::find(tx, header)?;
    let earlier = replaced_by(tx, &mut document)?;
    let told = reference::Told {
        profile: &profile,
        document: incoming.document,
        labels: &labels,
        places: &places,
    };
    document.reference = told.reference(&document, incoming.bytes.len());
    let binary = told.binary(&document, &base64::encode(incoming.bytes));
    fhir_server::store_resource(tx, document.binary_id, &binary.to_string())?;
    show(tx, &document)?;
    let detail = json!({ "sha256": document.sha256, "state": document.state });
    tx.insert(&document, Change::new("document.received").detail(detail))?;
    for old in earlier {
        supersede(tx, old)?;
    }
    Ok(Stored {
        id: document.id,
        patient_id: patient.id,
        known: false,
        state: document.state,
    })
}

/// A document that was sent before.
fn same(tx: &mut Tx<'_>, known: &Document, patient_id: Id, sha256: &str) -> Result<Stored> {
    let whose = record::index::one_patient(tx, known.patient_id)?;
    if known.sha256 != sha256 || whose.id != patient_id {
        let detail = "another document was sent under this number: a new version has a new id, and \
                      names the one it replaces";
        return Err(Error::conflict("documents.number-taken", detail).at("/ClinicalDocument/id"));
    }
    Ok(Stored {
        id: known.id,
        patient_id,
        known: true,
        state: known.state,
    })
}

/// Whose the document is: by its numbers, those of the sender's own organization among them.
fn patient_of(
    tx: &mut Tx<'_>,
    profile: &Profile,
    incoming: Incoming<'_>,
) -> Result<Versioned<Patient>> {
    let told = &incoming.document.header.patient;
    let org_id = tx.actor().org_id;
    let mut found: Option<(usize, Id)> = None;
    for (place, id) in (1_usize..).zip(&told.ids) {
        let (Some(kind), Some(value)) = (profile.identifiers.get(&id.root), &id.extension) else {
            continue;
        };
        let issuer = (*kind == IdentifierKind::HospitalNumber).then_some(org_id);
        let input = IdentifierInput {
            org_id: issuer,
            ..IdentifierInput::new(*kind, value.clone())
        };
        let Some(patient) = record::by_identifier(tx, &input)? else {
            continue;
        };
        let standing = record::index::one_patient(tx, patient.id)?.id;
        match found {
            Some((_, before)) if before != standing => {
                let detail = "the numbers of the document are those of different patients";
                let at = format!("{PATIENT}/id[{place}]");
                return Err(Error::rule("documents.patient-differs", detail).at(at));
            }
            _ => found = Some((place, standing)),
        }
    }
    let by_message = incoming.patient_id;
    let id = match (found, by_message) {
        (Some((_, id)), Some(known)) if id != known => {
            let detail = "the document is another patient's than the message";
            return Err(Error::rule("documents.patient-differs", detail).at(PATIENT));
        }
        (Some((_, id)), _) => id,
        (None, Some(known)) => known,
        (None, None) => return Err(unknown()),
    };
    // Whom the sender may not know of is not there.
    if record::basis(tx, id)?.is_none() {
        return Err(unknown());
    }
    let patient = record::patient(tx, id)?;
    require_same_person(told, &patient)?;
    Ok(patient)
}

fn unknown() -> Error {
    let detail = "no number in the document is that of a patient whom you have registered or treat: \
                  register the patient first";
    Error::rule("documents.patient-unknown", detail).at(format!("{PATIENT}/id"))
}

/// A number may be mistyped into somebody else's: where name and birth date both say otherwise, the
/// document is not put into that record.
fn require_same_person(told: &cda::Patient, patient: &Patient) -> Result<()> {
    let squeeze = |text: &str| -> String {
        let letters = text.chars().filter(|letter| !letter.is_whitespace());
        letters.collect::<String>().to_lowercase()
    };
    let known = std::iter::once(&patient.name).chain(&patient.former_names);
    let other_name = told.name.as_deref().is_some_and(|name| {
        patient.identified && known.clone().all(|known| squeeze(known) != squeeze(name))
    });
    let told_birth = told.birth.as_ref().and_then(cda::Time::day);
    let other_birth = match (told_birth, patient.birth_date) {
        (Some(told), Some(known)) => told != known.to_string(),
        _ => false,
    };
    let unsure = told.birth.is_none() || patient.birth_date.is_none();
    if other_name && (other_birth || unsure) {
        let detail = "the number is that of a patient with another name and birth date";
        return Err(
            Error::rule("documents.patient-differs", detail).at(format!("{PATIENT}/patient"))
        );
    }
    Ok(())
}

fn one(
    tx: &mut Tx<'_>,
    sql: &'static str,
    org_id: Id,
    number: &str,
) -> Result<Option<Versioned<Document>>> {
    Ok(tx.find(sql, &params![org_id, number])?.into_iter().next())
}

/// Says of a new document whether a later one is here already; answers those it takes the place of.
fn replaced_by(tx: &mut Tx<'_>, document: &mut Document) -> Result<Vec<Versioned<Document>>> {
    let org_id = document.org_id;
    let later: Vec<Versioned<Document>> =
        tx.find(REPLACERS, &params![org_id, document.number.as_str()])?;
    if later
        .iter()
        .any(|one| one.patient_id == document.patient_id)
    {
        document.state = State::Superseded;
    }
    let mut earlier = Vec::new();
    if let Some(number) = &document.replaces {
        earlier.extend(one(tx, BY_NUMBER, org_id, number)?);
    }
    if let (Some(set), Some(version)) = (&document.set_number, document.version_number) {
        let of_set: Vec<Versioned<Document>> = tx.find(OF_SET, &params![org_id, set.as_str()])?;
        for other in of_set {
            match other.version_number {
                Some(number) if number > version => document.state = State::Superseded,
                Some(number) if number < version => earlier.push(other),
                _ => {}
            }
        }
    }
    // A document takes the place of the same patient's only.
    let mut known: Vec<Id> = Vec::new();
    earlier.retain(|old| {
        let new = !known.contains(&old.id);
        known.push(old.id);
        new && old.patient_id == document.patient_id && old.state == State::Current
    });
    Ok(earlier)
}

fn supersede(tx: &mut Tx<'_>, mut old: Versioned<Document>) -> Result<()> {
    old.state = State::Superseded;
    show(tx, &old)?;
    tx.update(&old, Change::new("document.superseded"))
        .map(|_| ())
}

/// Takes back the document that a message brought under this number; answers whether there is one.
///
/// # Errors
/// What the FHIR store says of somebody who may not write.
pub fn take_back(tx: &mut Tx<'_>, sender_number: &str) -> Result<Option<Id>> {
    let org_id = tx.actor().org_id;
    let Some(mut document) = one(tx, BY_SENDER, org_id, sender_number)? else {
        return Ok(None);
    };
    document.state = State::EnteredInError;
    show(tx, &document)?;
    let id = document.id;
    tx.update(&document, Change::new("document.taken-back"))?;
    Ok(Some(id))
}

/// Writes the DocumentReference as it stands today.
fn show(tx: &mut Tx<'_>, document: &Document) -> Result<()> {
    let patient = record::index::one_patient(tx, document.patient_id)?;
    let mut body = document.reference.clone();
    body["status"] = json!(document.state.word());
    body["subject"] = json!({ "reference": format!("Patient/{}", patient.id) });
    let mut relations = Vec::new();
    if let Some(number) = &document.replaces {
        let target = match one(tx, BY_NUMBER, document.org_id, number)? {
            Some(old) => json!({ "reference": format!("DocumentReference/{}", old.id) }),
            None => json!({ "identifier": reference::identifier_of(number) }),
        };
        relations.push(json!({ "code": "replaces", "target": target }));
    }
    if !relations.is_empty() {
        body["relatesTo"] = json!(relations);
    }
    fhir_server::store_resource(tx, document.id, &body.to_string()).map(|_| ())
}

/// What is known of a document, if the actor may see it; used after the FHIR store has said so.
pub(crate) fn known(tx: &mut Tx<'_>, id: Id) -> Result<Option<Versioned<Document>>> {
    tx.load_opt(id)
}

/// The document that took the place of one.
pub(crate) fn later(tx: &mut Tx<'_>, document: &Document) -> Result<Option<Id>> {
    let values = params![document.org_id, document.number.as_str()];
    let named: Vec<Versioned<Document>> = tx.find(REPLACERS, &values)?;
    if let Some(one) = named.last() {
        return Ok(Some(one.id));
    }
    let (Some(set), Some(version)) = (&document.set_number, document.version_number) else {
        return Ok(None);
    };
    let of_set: Vec<Versioned<Document>> =
        tx.find(OF_SET, &params![document.org_id, set.as_str()])?;
    let later = of_set
        .into_iter()
        .filter(|one| one.version_number > Some(version));
    Ok(later.max_by_key(|one| one.version_number).map(|one| one.id))
}

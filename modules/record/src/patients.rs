//! Registering patients and changing what is known of them.

use kernel::identity::Sex;
use kernel::{Date, Error, Id, Instant, Result, text};
use store::{Change, Tx, Versioned, params};

use crate::input::{IdentifierInput, MatchQuery, NewPatient, PatientChange};
use crate::model::{Identifier, IdentifierKind, Patient};
use crate::rules::{self, CheckedIdentifier, IdentityRule};
use crate::{index, matching};

/// The name of somebody nobody knows, until somebody does.
pub(crate) const UNKNOWN_NAME: &str = "无名氏";
/// Numbers in use that one record holds.
pub(crate) const IDENTIFIERS_MAX: usize = 10;

const ADD_IDENTIFIER: &str = "INSERT INTO patient_identifier
    (patient_id, identifier_id, kind, lookup_sha256) VALUES ($1, $2, $3, $4)";
const DROP_IDENTIFIER: &str =
    "DELETE FROM patient_identifier WHERE patient_id = $1 AND identifier_id = $2";
const ADD_ORG: &str =
    "INSERT INTO patient_org (org_id, patient_id, relation, name_key, initials, since)
    VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (org_id, patient_id) DO NOTHING";
const OF_BIRTH: &str = "SELECT version, body FROM patient WHERE name_key = $1 AND birth_date = $2 ORDER BY id LIMIT 20";
const RENAME_ORG: &str =
    "UPDATE patient_org SET name_key = $2, initials = $3 WHERE patient_id = $1";
const RENAME_CARE: &str = "UPDATE care SET name_key = $2, initials = $3 WHERE patient_id = $1";

/// Registers a patient after looking for somebody who might be the same person.
///
/// # Errors
/// What [`rules`] says of the input, `network.organization-closed`,
/// `record.duplicate-identifier` and `record.possible-duplicate` with the matches in their data.
pub fn register(tx: &mut Tx<'_>, new: &NewPatient) -> Result<Versioned<Patient>> {
    let query = MatchQuery {
        name: new.name.clone(),
        birth_date: new.birth_date,
        identifiers: new.identifiers.clone(),
        phone: new.phone.clone(),
    };
    let patient = prepare(tx, new)?;
    matching::refuse_duplicates(tx, &query, &patient, &new.not_same_as)?;
    let patient = keep(tx, &patient)?;
    index::note_registered(tx, &patient, &new.not_same_as)?;
    Ok(patient)
}

/// Registers a patient from a source that has no duplicates in it, such as a generated or already
/// matched list: only numbers are compared.
///
/// # Errors
/// What [`rules`] says of the input, `network.organization-closed`, `record.duplicate-identifier`.
pub fn register_unmatched(tx: &mut Tx<'_>, new: &NewPatient) -> Result<Versioned<Patient>> {
    let patient = prepare(tx, new)?;
    matching::refuse_same_identifier(tx, &patient)?;
    let patient = keep(tx, &patient)?;
    index::matching::set_keys(tx, &patient)?;
    Ok(patient)
}

/// Registers a newborn: its mother, who shares name, telephone and home, is nobody it could be taken
/// for; one of the same mother with the same name is.
///
/// # Errors
/// What [`rules`] says of the input, `record.newborn-registered`.
pub(crate) fn register_newborn(
    tx: &mut Tx<'_>,
    new: &NewPatient,
    mother_id: Id,
) -> Result<Versioned<Patient>> {
    let patient = prepare(tx, new)?;
    let key = text::pinyin_key(&patient.name);
    let same: Vec<Versioned<Patient>> = tx.find(OF_BIRTH, &params![key, patient.birth_date])?;
    let sibling = |one: &&Versioned<Patient>| one.mother_id == Some(mother_id);
    if let Some(one) = same.iter().find(sibling) {
        let detail = "this newborn is registered already";
        let data = serde_json::json!({ "patient_id": one.id });
        return Err(Error::conflict("record.newborn-registered", detail).with(data));
    }
    let patient = keep(tx, &patient)?;
    index::matching::set_keys(tx, &patient)?;
    Ok(patient)
}

/// An empty record of an organization.
pub(crate) fn blank(tx: &Tx<'_>, org_id: Id) -> Patient {
    Patient {
        id: tx.new_id(),
        org_id,
        name: UNKNOWN_NAME.to_owned(),
        sex: Sex::Unknown,
        birth_date: None,
        identified: false,
        identifiers: Vec::new(),
        phone: None,
        address: None,
        village: None,
        catchment_org_id: None,
        guardian: None,
        contacts: Vec::new(),
        no_known_allergies: false,
        allergies: Vec::new(),
        problems: Vec::new(),
        deceased_on: None,
        registered_at: tx.now(),
        former_names: Vec::new(),
        mother_id: None,
        replaced_by: None,
    }
}

fn prepare(tx: &mut Tx<'_>, new: &NewPatient) -> Result<Patient> {
    let org_id = new.org_id.unwrap_or(tx.actor().org_id);
    network::require_open(tx, org_id)?;
    if let Some(catchment) = new.catchment_org_id {
        network::org(tx, catchment).map_err(|error| error.at("catchment_org_id"))?;
    }
    let rule: IdentityRule = tx.rule("record.identity")?.body;
    rules::check_texts(new)?;
    let checked = check_identifiers(&new.identifiers, org_id, &rule)?;
    let says = checked.iter().find_map(|identifier| identifier.says);
    let named = rules::clean(new.name.as_deref());
    let unknown = new.unknown && named.is_none();
    let sex = if new.unknown {
        new.sex.or(Some(Sex::Unknown).filter(|_| says.is_none()))
    } else {
        new.sex
    };
    let today = tx.now().date();
    let settled = rules::settle_identity(sex, new.birth_date, says, !new.unknown, today, &rule)?;
    let identifiers = checked
        .into_iter()
        .map(|one| kept_identifier(tx, one))
        .collect();
    Ok(Patient {
        name: named.unwrap_or_else(|| UNKNOWN_NAME.to_owned()),
        sex: settled.0,
        birth_date: settled.1,
        identified: !unknown,
        identifiers,
        phone: rules::clean(new.phone.as_deref()),
        address: rules::clean(new.address.as_deref()),
        village: rules::clean(new.village.as_deref()),
        catchment_org_id: new.catchment_org_id,
        guardian: new.guardian.as_ref().map(rules::kept_contact),
        contacts: new.contacts.iter().map(rules::kept_contact).collect(),
        ..blank(tx, org_id)
    })
}

fn check_identifiers(
    inputs: &[IdentifierInput],
    org_id: Id,
    rule: &IdentityRule,
) -> Result<Vec<CheckedIdentifier>> {
    let mut checked: Vec<CheckedIdentifier> = Vec::with_capacity(inputs.len());
    for (at, input) in inputs.iter().enumerate() {
        let field = format!("identifiers[{at}]");
        let one = rules::check_identifier(input, &field, org_id, rule)?;
        let once = one.kind == IdentifierKind::ResidentId;
        if checked.iter().any(|other| {
            other.kind == one.kind
                && (once || (other.value == one.value && other.org_id == one.org_id))
        }) {
            let detail = "the same number twice, or two resident ID numbers";
            return Err(Error::invalid("record.identifier-twice", field, detail));
        }
        checked.push(one);
    }
    Ok(checked)
}

pub(crate) fn kept_identifier(tx: &Tx<'_>, checked: CheckedIdentifier) -> Identifier {
    Identifier {
        id: tx.new_id(),
        kind: checked.kind,
        value: checked.value,
        org_id: checked.org_id,
        override_reason: checked.override_reason,
        retired_at: None,
    }
}

pub(crate) fn keep(tx: &mut Tx<'_>, patient: &Patient) -> Result<Versioned<Patient>> {
    let overridden = patient
        .identifiers
        .iter()
        .any(|one| one.override_reason.is_some());
    let detail = serde_json::json!({
        "identified": patient.identified,
        "identifier_kinds": patient.identifiers.iter().map(|one| one.kind).collect::<Vec<_>>(),
        "check_overridden": overridden,
    });
    let patient = tx.insert(patient, Change::new("record.registered").detail(detail))?;
    for identifier in &patient.identifiers {
        add_identifier(tx, patient.id, identifier)?;
    }
    let now = tx.now();
    link_org(tx, &patient, patient.org_id, "registered", now)?;
    Ok(patient)
}

pub(crate) fn add_identifier(
    tx: &mut Tx<'_>,
    patient_id: Id,
    identifier: &Identifier,
) -> Result<()> {
    let lookup = identifier.lookup_sha256();
    let values = params![patient_id, identifier.id, identifier.kind.word(), lookup];
    tx.execute(ADD_IDENTIFIER, &values).map(|_| ())
}

/// Makes the patient an organization's own; answers whether it was not before.
pub(crate) fn link_org(
    tx: &mut Tx<'_>,
    patient: &Patient,
    org_id: Id,
    relation: &str,
    since: Instant,
) -> Result<bool> {
    let values = params![
        org_id,
        patient.id,
        relation,
        text::pinyin_key(&patient.name),
        text::pinyin_initials(&patient.name),
        since,
    ];
    Ok(tx.execute(ADD_ORG, &values)? == 1)
}

/// Changes who a patient is and how they are reached.
///
/// # Errors
/// What [`rules`] says of the input, `store.stale-version`.
pub fn change(
    tx: &mut Tx<'_>,
    mut patient: Versioned<Patient>,
    change: &PatientChange,
) -> Result<Versioned<Patient>> {
    let rule: IdentityRule = tx.rule("record.identity")?.body;
    let today = tx.now().date();
    check_change(change, today)?;
    if let Some(catchment) = change.catchment_org_id {
        network::org(tx, catchment).map_err(|error| error.at("catchment_org_id"))?;
        patient.catchment_org_id = Some(catchment);
    }
    let renamed = rules::clean(change.name.as_deref());
    if let Some(name) = &renamed {
        let former = std::mem::replace(&mut patient.name, name.clone());
        let had_name = std::mem::replace(&mut patient.identified, true);
        patient.former_names.retain(|one| one != name);
        if had_name && former != *name && !patient.former_names.contains(&former) {
            patient.former_names.push(former);
        }
    }
    let says = resident_id_says(&patient);
    let sex = change.sex.or(Some(patient.sex).filter(|_| says.is_none()));
    let birth_date = change
        .birth_date
        .or(patient.birth_date.filter(|_| says.is_none()));
    let needs_date = patient.identified && patient.birth_date.is_some();
    let settled = rules::settle_identity(sex, birth_date, says, needs_date, today, &rule)?;
    (patient.sex, patient.birth_date) = settled;
    apply_reach(&mut patient, change);
    if change
        .no_known_allergies
        .is_some_and(|none| none && has_allergy(&patient))
    {
        let detail = "the record lists allergies; end those that do not hold first";
        return Err(Error::rule("record.allergies-listed", detail).at("no_known_allergies"));
    }
    patient.no_known_allergies = change
        .no_known_allergies
        .unwrap_or(patient.no_known_allergies);
    patient.deceased_on = change.deceased_on.or(patient.deceased_on);
    let detail = serde_json::json!({ "fields": changed_fields(change) });
    let patient = tx.update(&patient, Change::new("record.changed").detail(detail))?;
    if renamed.is_some() {
        rename(tx, &patient)?;
    }
    index::note_changed(tx, &patient)?;
    Ok(patient)
}

/// Repeats a new name's keys where lists look for them.
pub(crate) fn rename(tx: &mut Tx<'_>, patient: &Patient) -> Result<()> {
    let (key, initials) = (
        text::pinyin_key(&patient.name),
        text::pinyin_initials(&patient.name),
    );
    let values = params![patient.id, key.as_str(), initials.as_str()];
    tx.execute(RENAME_ORG, &values)?;
    tx.execute(RENAME_CARE, &values).map(|_| ())
}

fn check_change(change: &PatientChange, today: Date) -> Result<()> {
    if let Some(name) = &change.name {
        rules::required_text("name", name, 60)?;
    }
    rules::check_length("address", change.address.as_deref(), 200)?;
    rules::check_length("village", change.village.as_deref(), 60)?;
    rules::check_phone("phone", change.phone.as_deref())?;
    if let Some(guardian) = &change.guardian {
        rules::check_contact("guardian", guardian)?;
    }
    let contacts = change.contacts.as_deref().unwrap_or_default();
    rules::check_count("contacts", contacts.len(), 5)?;
    for (at, contact) in contacts.iter().enumerate() {
        rules::check_contact(&format!("contacts[{at}]"), contact)?;
    }
    if change.deceased_on.is_some_and(|date| date > today) {
        let detail = "a day of death does not lie in the future";
        return Err(Error::invalid("record.date-future", "deceased_on", detail));
    }
    Ok(())
}

fn apply_reach(patient: &mut Patient, change: &PatientChange) {
    let replace = |kept: &mut Option<String>, given: &Option<String>| {
        if given.is_some() {
            *kept = rules::clean(given.as_deref());
        }
    };
    replace(&mut patient.phone, &change.phone);
    replace(&mut patient.address, &change.address);
    replace(&mut patient.village, &change.village);
    if let Some(guardian) = &change.guardian {
        patient.guardian = Some(rules::kept_contact(guardian));
    }
    if let Some(contacts) = &change.contacts {
        patient.contacts = contacts.iter().map(rules::kept_contact).collect();
    }
}

fn changed_fields(change: &PatientChange) -> Vec<&'static str> {
    let given = [
        ("name", change.name.is_some()),
        ("sex", change.sex.is_some()),
        ("birth_date", change.birth_date.is_some()),
        ("phone", change.phone.is_some()),
        ("address", change.address.is_some()),
        ("village", change.village.is_some()),
        ("catchment_org_id", change.catchment_org_id.is_some()),
        ("guardian", change.guardian.is_some()),
        ("contacts", change.contacts.is_some()),
        ("no_known_allergies", change.no_known_allergies.is_some()),
        ("deceased_on", change.deceased_on.is_some()),
    ];
    given
        .into_iter()
        .filter(|(_, is_given)| *is_given)
        .map(|(name, _)| name)
        .collect()
}

fn resident_id_says(patient: &Patient) -> Option<(Date, Sex)> {
    let mut live = patient.live_identifiers();
    let identifier = live.find(|one| one.kind == IdentifierKind::ResidentId)?;
    let read = kernel::identity::resident_id(&identifier.value).ok()?;
    Some((read.birth_date, read.sex))
}

fn has_allergy(patient: &Patient) -> bool {
    patient
        .allergies
        .iter()
        .any(|allergy| allergy.ended_at.is_none())
}

/// Adds a number to a record; a resident ID number fills sex and birth date where they are missing.
///
/// # Errors
/// As [`register`] for numbers.
pub fn identify(
    tx: &mut Tx<'_>,
    mut patient: Versioned<Patient>,
    input: &IdentifierInput,
) -> Result<Versioned<Patient>> {
    let rule: IdentityRule = tx.rule("record.identity")?.body;
    let org_id = tx.actor().org_id;
    let checked = rules::check_identifier(input, "identifier", org_id, &rule)?;
    rules::check_count(
        "identifiers",
        patient.live_identifiers().count() + 1,
        IDENTIFIERS_MAX,
    )?;
    let second = checked.kind == IdentifierKind::ResidentId && resident_id_says(&patient).is_some();
    if second {
        let detail = "the record has a resident ID number; retire it before another is added";
        return Err(Error::rule("record.identifier-twice", detail).at("identifier"));
    }
    if let Some(says) = checked.says {
        let sex = Some(patient.sex).filter(|&sex| sex != Sex::Unknown);
        let today = tx.now().date();
        let settled =
            rules::settle_identity(sex, patient.birth_date, Some(says), false, today, &rule)?;
        (patient.sex, patient.birth_date) = settled;
    }
    let identifier = kept_identifier(tx, checked);
    patient.identifiers.push(identifier.clone());
    matching::refuse_same_identifier(tx, &patient)?;
    let detail = serde_json::json!({ "kind": identifier.kind });
    let patient = tx.update(
        &patient,
        Change::new("record.identifier-added").detail(detail),
    )?;
    add_identifier(tx, patient.id, &identifier)?;
    index::note_changed(tx, &patient)?;
    Ok(patient)
}

/// Takes a number out of use.
///
/// # Errors
/// `NotFound` with code `identifier`.
pub fn retire_identifier(
    tx: &mut Tx<'_>,
    mut patient: Versioned<Patient>,
    identifier_id: Id,
) -> Result<Versioned<Patient>> {
    let now = tx.now();
    let mut live = patient.identifiers.iter_mut().filter(|one| one.is_live());
    let found = live.find(|one| one.id == identifier_id);
    let identifier = found.ok_or_else(|| Error::not_found("identifier"))?;
    identifier.retired_at = Some(now);
    let detail = serde_json::json!({ "kind": identifier.kind });
    let patient = tx.update(
        &patient,
        Change::new("record.identifier-retired").detail(detail),
    )?;
    tx.execute(DROP_IDENTIFIER, &params![patient.id, identifier_id])?;
    index::note_changed(tx, &patient)?;
    Ok(patient)
}

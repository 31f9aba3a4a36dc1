//! Source records: a member's own registration of a person, kept as it came beside the one patient.

use std::fmt;

use kernel::{Date, Id, Instant, Result};
use serde::{Deserialize, Serialize};
use serde_json::json;
use store::{Change, Entity, Tx, Value, Versioned, params};

use super::demographics::Demographics;
use super::matching;
use crate::input::IdentifierInput;
use crate::model::{IdentifierKind, Patient};
use crate::rules::{self, IdentityRule};
use crate::{matching as duplicates, patients};

/// The system word of what was registered in this installation itself.
pub(crate) const OWN_SYSTEM: &str = "lianti";

/// A member's registration of a person.
#[derive(Clone, Serialize, Deserialize, utoipa::ToSchema)]
pub struct SourceRecord {
    /// Its id.
    pub id: Id,
    /// Whose it is.
    pub patient_id: Id,
    /// The member that holds it.
    pub org_id: Id,
    /// The member's system: HIS, public health, imports.
    pub system: String,
    /// The person's number there.
    pub local_number: String,
    /// What it says, as it came.
    pub demographics: Demographics,
    /// When it first came.
    pub received_at: Instant,
    /// When it last changed.
    pub changed_at: Instant,
}

/// Logs carry ids only.
impl fmt::Debug for SourceRecord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SourceRecord")
            .field("id", &self.id)
            .finish_non_exhaustive()
    }
}

impl Entity for SourceRecord {
    const KIND: &'static str = "source-record";
    const TABLE: &'static str = "source_record";
    const COLUMNS: &'static [&'static str] = &[
        "patient_id",
        "org_id",
        "system",
        "local_number",
        "changed_at",
    ];

    fn id(&self) -> Id {
        self.id
    }

    fn org_id(&self) -> Option<Id> {
        Some(self.org_id)
    }

    fn patient_id(&self) -> Option<Id> {
        Some(self.patient_id)
    }

    fn columns(&self) -> Vec<Value> {
        params![
            self.patient_id,
            self.org_id,
            self.system.as_str(),
            self.local_number.as_str(),
            self.changed_at,
        ]
        .to_vec()
    }
}

/// A registration that another system hands over.
#[derive(Clone, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewSource {
    /// The member that holds it.
    pub org_id: Id,
    /// The member's system.
    pub system: String,
    /// The person's number there.
    pub local_number: String,
    /// What it says.
    pub demographics: Demographics,
}

/// Characters of a field of a source at most.
const FIELD_CHARACTERS_MAX: usize = 200;
/// Numbers and former names of a source at most.
const VALUES_MAX: usize = 20;
/// Source records one patient may have; more is an error of a sender.
pub(crate) const SOURCES_MAX: u32 = 500;

impl NewSource {
    /// Tidied, with limits kept; what the fields say is not judged.
    ///
    /// # Errors
    /// `record.text-missing`, `record.text-too-long`, `record.too-many`.
    pub(crate) fn cleaned(&self) -> Result<Self> {
        let system = rules::required_text("system", &self.system, 40)?;
        let local_number = rules::required_text("local_number", &self.local_number, 64)?;
        let mut told = self.demographics.clone();
        rules::check_count(
            "demographics.identifiers",
            told.identifiers.len(),
            VALUES_MAX,
        )?;
        rules::check_count(
            "demographics.former_names",
            told.former_names.len(),
            VALUES_MAX,
        )?;
        for (name, field) in [
            ("name", &mut told.name),
            ("birth_date", &mut told.birth_date),
            ("phone", &mut told.phone),
            ("address", &mut told.address),
            ("village", &mut told.village),
        ] {
            let at = format!("demographics.{name}");
            rules::check_length(&at, field.as_deref(), FIELD_CHARACTERS_MAX)?;
            *field = rules::clean(field.as_deref());
        }
        for number in &told.identifiers {
            let at = "demographics.identifiers";
            rules::check_length(at, Some(&number.value), FIELD_CHARACTERS_MAX)?;
        }
        Ok(Self {
            org_id: self.org_id,
            system,
            local_number,
            demographics: told,
        })
    }
}

const BY_NUMBER: &str = "SELECT version, body FROM source_record
    WHERE org_id = $1 AND system = $2 AND local_number = $3";
const OF_PATIENT: &str = "SELECT version, body FROM source_record
    WHERE patient_id = $1 ORDER BY id LIMIT $2";
const DROP_FLAWS: &str = "DELETE FROM source_flaw WHERE source_id = $1";
const ADD_FLAW: &str =
    "INSERT INTO source_flaw (source_id, org_id, field, flaw) VALUES ($1, $2, $3, $4)";

/// The source record of a member's number.
pub(crate) fn by_number(
    tx: &mut Tx<'_>,
    org_id: Id,
    system: &str,
    local_number: &str,
) -> Result<Option<Versioned<SourceRecord>>> {
    let found = tx.find(BY_NUMBER, &params![org_id, system, local_number])?;
    Ok(found.into_iter().next())
}

/// All source records of a patient.
pub(crate) fn of_patient(tx: &mut Tx<'_>, patient_id: Id) -> Result<Vec<Versioned<SourceRecord>>> {
    tx.find(OF_PATIENT, &params![patient_id, SOURCES_MAX])
}

/// Keeps a new source record.
pub(crate) fn keep(
    tx: &mut Tx<'_>,
    patient: &Patient,
    new: &NewSource,
) -> Result<Versioned<SourceRecord>> {
    let now = tx.now();
    let record = SourceRecord {
        id: tx.new_id(),
        patient_id: patient.id,
        org_id: new.org_id,
        system: new.system.clone(),
        local_number: new.local_number.clone(),
        demographics: new.demographics.clone(),
        received_at: now,
        changed_at: now,
    };
    let detail = json!({ "system": record.system });
    let record = tx.insert(
        &record,
        Change::new("record.source-received").detail(detail),
    )?;
    set_flaws(tx, &record)?;
    Ok(record)
}

/// Brings a source record up to date.
pub(crate) fn change(
    tx: &mut Tx<'_>,
    mut record: Versioned<SourceRecord>,
    told: &Demographics,
) -> Result<Versioned<SourceRecord>> {
    let before = std::mem::replace(&mut record.demographics, told.clone());
    // A name that changed stays findable.
    if let Some(former) = before
        .name
        .filter(|name| told.name.as_ref().is_some_and(|now| now != name))
    {
        let names = &mut record.demographics.former_names;
        if !names.contains(&former) && names.len() < VALUES_MAX {
            names.push(former);
        }
    }
    record.changed_at = tx.now();
    let record = tx.update(&record, Change::new("record.source-changed"))?;
    set_flaws(tx, &record)?;
    Ok(record)
}

fn set_flaws(tx: &mut Tx<'_>, record: &SourceRecord) -> Result<()> {
    let placeholders = matching::placeholders(tx)?;
    tx.execute(DROP_FLAWS, &params![record.id])?;
    for (field, flaw) in record.demographics.flaws(&placeholders) {
        let values = params![record.id, record.org_id, field, flaw.word()];
        tx.execute(ADD_FLAW, &values)?;
    }
    Ok(())
}

/// A patient known before source records were kept, or registered by hand, has one made from the
/// patient's own document, so that a merge can choose between what two members say.
pub(crate) fn ensure(tx: &mut Tx<'_>, patient: &Patient) -> Result<()> {
    if of_patient(tx, patient.id)?.is_empty() {
        note_own(tx, patient, patient.org_id)?;
    }
    Ok(())
}

/// Keeps what a member of this installation says of a patient as that member's source record.
pub(crate) fn note_own(tx: &mut Tx<'_>, patient: &Patient, org_id: Id) -> Result<()> {
    let number = patient.id.to_string();
    let told = Demographics::of_patient(patient);
    if let Some(known) = by_number(tx, org_id, OWN_SYSTEM, &number)? {
        if known.demographics != told {
            change(tx, known, &told)?;
        }
        return Ok(());
    }
    let new = NewSource {
        org_id,
        system: OWN_SYSTEM.to_owned(),
        local_number: number,
        demographics: told,
    };
    keep(tx, patient, &new).map(|_| ())
}

/// Registers the patient that a source record speaks of. What cannot be kept as it came (a wrong
/// date, a number that fails its check or is somebody else's) stays in the source record only.
pub(crate) fn new_patient(tx: &mut Tx<'_>, new: &NewSource) -> Result<Versioned<Patient>> {
    let placeholders = matching::placeholders(tx)?;
    let told = &new.demographics;
    let name = told.name.clone().filter(|name| !placeholders.is_name(name));
    let patient = Patient {
        name: name
            .clone()
            .unwrap_or_else(|| patients::UNKNOWN_NAME.to_owned()),
        identified: name.is_some(),
        former_names: told.former_names.clone(),
        sex: told.sex.unwrap_or(kernel::identity::Sex::Unknown),
        birth_date: usable_birth(tx, told, &placeholders),
        phone: told.phone.clone(),
        address: told.address.clone(),
        village: told.village.clone(),
        ..patients::blank(tx, new.org_id)
    };
    let patient = patients::keep(tx, &patient)?;
    Ok(patient)
}

fn usable_birth(
    tx: &Tx<'_>,
    told: &Demographics,
    placeholders: &linkage::Placeholders,
) -> Option<Date> {
    let birth = told.birth().filter(|&date| date <= tx.now().date())?;
    (!placeholders.is_birth(linkage::Birth::of(birth))).then_some(birth)
}

/// Adds the numbers of a source record to its patient: those that pass their check, are nobody
/// else's, and are not a second resident ID number.
pub(crate) fn adopt_identifiers(
    tx: &mut Tx<'_>,
    mut patient: Versioned<Patient>,
    record: &SourceRecord,
) -> Result<Versioned<Patient>> {
    let rule: IdentityRule = tx.rule("record.identity")?.body;
    let mut kinds = Vec::new();
    for number in &record.demographics.identifiers {
        let input = IdentifierInput {
            org_id: number.org_id.or(Some(record.org_id)),
            ..IdentifierInput::new(number.kind, number.value.clone())
        };
        let Ok(checked) = rules::check_identifier(&input, "identifier", record.org_id, &rule)
        else {
            continue;
        };
        let second = checked.kind == IdentifierKind::ResidentId
            && patient
                .live_identifiers()
                .any(|one| one.kind == checked.kind);
        let taken = duplicates::by_identifier(tx, &input)?.is_some();
        let too_many = patient.live_identifiers().count() >= patients::IDENTIFIERS_MAX;
        if second || taken || too_many {
            continue;
        }
        let identifier = patients::kept_identifier(tx, checked);
        kinds.push(identifier.kind);
        patients::add_identifier(tx, patient.id, &identifier)?;
        patient.identifiers.push(identifier);
    }
    if kinds.is_empty() {
        return Ok(patient);
    }
    let detail = json!({ "kinds": kinds, "source_id": record.id });
    tx.update(
        &patient,
        Change::new("record.identifier-added").detail(detail),
    )
}

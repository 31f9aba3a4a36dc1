//! Which source's word stands for each field of the patient, by rule, and which it was.

use kernel::identity::{Sex, resident_id};
use kernel::{Error, Id, Instant, Result};
use linkage::Placeholders;
use serde::{Deserialize, Serialize};
use serde_json::json;
use store::{Change, Tx, Versioned};

use super::demographics::Demographics;
use super::matching;
use super::source::{self, SourceRecord};
use crate::model::{IdentifierKind, Patient};
use crate::patients;

/// What makes one source better than another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Preference {
    /// The member has compared the identity card, and its number passes its check.
    VerifiedCard,
    /// The member is the lead hospital.
    LeadHospital,
    /// It changed last.
    Newest,
    /// It came first.
    Oldest,
}

/// Rule `record.survivorship`: for each field the preferences, the strongest first.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct SurvivorshipRule {
    name: Vec<Preference>,
    sex: Vec<Preference>,
    birth_date: Vec<Preference>,
    phone: Vec<Preference>,
    address: Vec<Preference>,
    village: Vec<Preference>,
}

/// Checks an edited rule.
pub(crate) fn check_rule(body: &serde_json::Value) -> Result<()> {
    let parsed: std::result::Result<SurvivorshipRule, _> = serde_json::from_value(body.clone());
    parsed
        .map(|_| ())
        .map_err(|error| Error::invalid("rule.unreadable", "body", error.to_string()))
}

/// Where a field of the patient comes from.
#[derive(Clone, Debug, Serialize, Deserialize, utoipa::ToSchema)]
#[schema(as = FieldProvenance)]
pub struct Provenance {
    /// Which field.
    pub field: String,
    /// The source record.
    pub source_id: Id,
    /// The member that holds it.
    pub org_id: Id,
    /// Its system.
    pub system: String,
    /// When it last changed there.
    pub changed_at: Instant,
    /// The preference that decided between it and the next best; `only` where no other source
    /// knows the field.
    pub by: String,
}

/// A source with what the preferences ask about it.
struct Ranked {
    record: Versioned<SourceRecord>,
    verified: bool,
    lead: bool,
}

/// The patient with the fields that the sources give by rule. Fields that no source knows stay.
pub(crate) fn apply(
    tx: &mut Tx<'_>,
    mut patient: Versioned<Patient>,
) -> Result<Versioned<Patient>> {
    let (chosen, from) = choose(tx, patient.id)?;
    let before = Demographics::of_patient(&patient);
    let old_name = patient.name.clone();
    if let Some(name) = &chosen.name {
        patient.identified = true;
        patient.name.clone_from(name);
    }
    if !from.is_empty() {
        patient.former_names = chosen.former_names.clone();
        let now_used = patient.name.clone();
        patient.former_names.retain(|former| *former != now_used);
    }
    patient.sex = chosen.sex.unwrap_or(patient.sex);
    patient.birth_date = chosen.birth().or(patient.birth_date);
    patient.phone = chosen.phone.or(patient.phone.take());
    patient.address = chosen.address.or(patient.address.take());
    patient.village = chosen.village.or(patient.village.take());
    // What the resident ID number says is never contradicted.
    let id_says = patient
        .live_identifiers()
        .find(|one| one.kind == IdentifierKind::ResidentId)
        .and_then(|one| resident_id(&one.value).ok());
    if let Some(says) = id_says {
        patient.sex = says.sex;
        patient.birth_date = Some(says.birth_date);
    }
    let after = Demographics::of_patient(&patient);
    if before == after {
        return Ok(patient);
    }
    let detail = json!({ "fields": differing(&before, &after) });
    let change = Change::new("record.survivorship-applied").detail(detail);
    let patient = tx.update(&patient, change)?;
    if old_name != patient.name {
        patients::rename(tx, &patient)?;
    }
    Ok(patient)
}

/// Field by field, which source stands.
pub(crate) fn provenance(tx: &mut Tx<'_>, patient_id: Id) -> Result<Vec<Provenance>> {
    Ok(choose(tx, patient_id)?.1)
}

fn differing(before: &Demographics, after: &Demographics) -> Vec<&'static str> {
    [
        ("name", before.name != after.name),
        ("former_names", before.former_names != after.former_names),
        ("sex", before.sex != after.sex),
        ("birth_date", before.birth_date != after.birth_date),
        ("phone", before.phone != after.phone),
        ("address", before.address != after.address),
        ("village", before.village != after.village),
    ]
    .into_iter()
    .filter_map(|(field, differs)| differs.then_some(field))
    .collect()
}

fn choose(tx: &mut Tx<'_>, patient_id: Id) -> Result<(Demographics, Vec<Provenance>)> {
    let rule: SurvivorshipRule = tx.rule("record.survivorship")?.body;
    let placeholders = matching::placeholders(tx)?;
    let ranked = ranked(tx, patient_id)?;
    let mut chosen = Demographics::default();
    for former in ranked
        .iter()
        .flat_map(|one| &one.record.demographics.former_names)
    {
        if !chosen.former_names.contains(former) {
            chosen.former_names.push(former.clone());
        }
    }
    let mut from = Vec::new();
    let today = tx.now().date();
    let mut pick = |field: &str, order: &[Preference], knows: &dyn Fn(&Demographics) -> bool| {
        let best = best_of(&ranked, order, knows)?;
        from.push(Provenance {
            field: field.to_owned(),
            source_id: best.0.record.id,
            org_id: best.0.record.org_id,
            system: best.0.record.system.clone(),
            changed_at: best.0.record.changed_at,
            by: best.1,
        });
        Some(best.0.record.demographics.clone())
    };
    let named = |told: &Demographics| {
        told.name
            .as_ref()
            .is_some_and(|name| !placeholders.is_name(name))
    };
    chosen.name = pick("name", &rule.name, &named).and_then(|told| told.name);
    let sexed = |told: &Demographics| told.sex.is_some_and(|sex| sex != Sex::Unknown);
    chosen.sex = pick("sex", &rule.sex, &sexed).and_then(|told| told.sex);
    let born = |told: &Demographics| is_usable_birth(told, &placeholders, today);
    chosen.birth_date =
        pick("birth_date", &rule.birth_date, &born).and_then(|told| told.birth_date);
    let reached = |told: &Demographics| {
        let digits: String = told
            .phone
            .iter()
            .flat_map(|phone| phone.chars())
            .filter(char::is_ascii_digit)
            .collect();
        !digits.is_empty() && !placeholders.is_phone(&digits)
    };
    chosen.phone = pick("phone", &rule.phone, &reached).and_then(|told| told.phone);
    let housed = |told: &Demographics| {
        told.address
            .as_ref()
            .is_some_and(|words| !placeholders.is_address(words))
    };
    chosen.address = pick("address", &rule.address, &housed).and_then(|told| told.address);
    let placed = |told: &Demographics| {
        told.village
            .as_ref()
            .is_some_and(|words| !placeholders.is_address(words))
    };
    chosen.village = pick("village", &rule.village, &placed).and_then(|told| told.village);
    Ok((chosen, from))
}

fn ranked(tx: &mut Tx<'_>, patient_id: Id) -> Result<Vec<Ranked>> {
    let mut ranked = Vec::new();
    for record in source::of_patient(tx, patient_id)? {
        let told = &record.demographics;
        let verified = told.card_verified && told.resident_id().is_some_and(|(_, passed)| passed);
        let org = network::org(tx, record.org_id)?;
        ranked.push(Ranked {
            verified,
            lead: org.kind == network::OrgKind::LeadHospital,
            record,
        });
    }
    Ok(ranked)
}

fn is_usable_birth(told: &Demographics, placeholders: &Placeholders, today: kernel::Date) -> bool {
    told.birth()
        .is_some_and(|date| date <= today && !placeholders.is_birth(linkage::Birth::of(date)))
}

/// The best source that knows a field, and the preference that decided.
fn best_of<'a>(
    ranked: &'a [Ranked],
    order: &[Preference],
    knows: &dyn Fn(&Demographics) -> bool,
) -> Option<(&'a Ranked, String)> {
    let mut knowing: Vec<&Ranked> = ranked
        .iter()
        .filter(|one| knows(&one.record.demographics))
        .collect();
    let compare = |a: &&Ranked, b: &&Ranked| {
        let by_rule = order.iter().map(|preference| prefer(*preference, a, b));
        let by_rule = by_rule.fold(std::cmp::Ordering::Equal, std::cmp::Ordering::then);
        by_rule.then_with(|| a.record.id.cmp(&b.record.id))
    };
    knowing.sort_by(compare);
    let (best, next) = (*knowing.first()?, knowing.get(1));
    let by = match next {
        None => "only".to_owned(),
        Some(next) => {
            let mut decided = order.iter().filter(|one| prefer(**one, best, next).is_ne());
            decided
                .next()
                .map_or("first".to_owned(), |one| word(*one).to_owned())
        }
    };
    Some((best, by))
}

/// `Less` where `a` comes before `b`.
fn prefer(preference: Preference, a: &Ranked, b: &Ranked) -> std::cmp::Ordering {
    match preference {
        Preference::VerifiedCard => b.verified.cmp(&a.verified),
        Preference::LeadHospital => b.lead.cmp(&a.lead),
        Preference::Newest => b.record.changed_at.cmp(&a.record.changed_at),
        Preference::Oldest => a.record.received_at.cmp(&b.record.received_at),
    }
}

const fn word(preference: Preference) -> &'static str {
    match preference {
        Preference::VerifiedCard => "verified-card",
        Preference::LeadHospital => "lead-hospital",
        Preference::Newest => "newest",
        Preference::Oldest => "oldest",
    }
}

//! Who might this be? Duplicates before a registration, and exact searches over the consortium.

use kernel::{Error, Id, Result, Span, text};
use serde::{Deserialize, Serialize};
use store::{Change, Subject, Tx, Versioned, params};

use crate::basis;
use crate::input::{FindQuery, IdentifierInput, MatchQuery};
use crate::model::{Patient, PatientBrief};
use crate::rules::{self, IdentityRule};

/// Why a patient may be the one asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum MatchReason {
    /// The same number.
    SameIdentifier,
    /// A name of the same sound, and the same birth date.
    SameNameAndBirthDate,
    /// The same telephone, and the same birth date or a name of the same sound.
    SamePhone,
}

/// Somebody who may be the one asked for.
#[derive(Clone, Serialize, Deserialize, utoipa::ToSchema)]
#[schema(as = PatientMatch)]
pub struct Match {
    /// Who, masked; the name too where the viewer has no basis.
    pub patient: PatientBrief,
    /// Why.
    pub reasons: Vec<MatchReason>,
    /// The viewer has a basis to open the record.
    pub readable: bool,
}

/// Matches one answer holds.
const MATCHES_MAX: u32 = 20;

const BY_LOOKUP: &str = "SELECT p.version, p.body FROM patient_identifier AS i
    JOIN patient AS p ON p.id = i.patient_id WHERE i.lookup_sha256 = $1";
const BY_NAME: &str = "SELECT version, body FROM patient WHERE name_key = $1 AND birth_date = $2
    ORDER BY id LIMIT $3";
const BY_PHONE: &str = "SELECT version, body FROM patient WHERE phone_sha256 = $1
    AND (name_key = $2 OR birth_date = CAST($3 AS TEXT)) ORDER BY id LIMIT $4";
const SEARCHES: &str = "SELECT COUNT(*) AS count FROM event WHERE actor_id = $1 AND at > $2
    AND event IN ('record.searched', 'record.matched', 'record.duplicate-shown')";

struct Found {
    patient: Versioned<Patient>,
    reasons: Vec<MatchReason>,
}

/// The patient who has this number in use, if anybody. Nothing is checked or noted.
///
/// # Errors
/// Whatever the database reports.
pub fn by_identifier(
    tx: &mut Tx<'_>,
    input: &IdentifierInput,
) -> Result<Option<Versioned<Patient>>> {
    let issuer = input.org_id.unwrap_or(tx.actor().org_id);
    let lookup = rules::lookup_sha256(input.kind, Some(issuer), &input.value);
    Ok(tx.find(BY_LOOKUP, &params![lookup])?.pop())
}

/// Possible duplicates of somebody about to be registered, masked. The question is audited.
///
/// # Errors
/// `record.search-limit`, `record.query-empty`.
pub fn matches(tx: &mut Tx<'_>, query: &MatchQuery) -> Result<Vec<Match>> {
    let named = rules::clean(query.name.as_deref()).is_some();
    let by_number = !query.identifiers.is_empty() || query.phone.is_some();
    let by_name = named && query.birth_date.is_some();
    if !by_number && !by_name {
        let detail = "give a number, a telephone, or name and birth date";
        return Err(Error::new(
            kernel::Kind::Invalid,
            "record.query-empty",
            detail,
        ));
    }
    require_quota(tx)?;
    let found = search(tx, query)?;
    note_search(tx, "record.matched", "matches", &found)?;
    show(tx, found)
}

/// Finds a patient by one number, or by name and birth date, over the whole consortium. The search
/// and every patient it found are audited.
///
/// # Errors
/// `record.search-limit`, `record.query-empty`.
pub fn find(tx: &mut Tx<'_>, query: &FindQuery) -> Result<Vec<Match>> {
    let by = match (
        &query.identifier,
        rules::clean(query.name.as_deref()),
        query.birth_date,
    ) {
        (Some(_), None, None) => "identifier",
        (None, Some(_), Some(_)) => "name-and-birth-date",
        _ => {
            let detail = "give either one number, or the whole name and the birth date";
            return Err(Error::new(
                kernel::Kind::Invalid,
                "record.query-empty",
                detail,
            ));
        }
    };
    require_quota(tx)?;
    let as_matches = MatchQuery {
        name: query.name.clone(),
        birth_date: query.birth_date,
        identifiers: query.identifier.clone().into_iter().collect(),
        phone: None,
    };
    let found = search(tx, &as_matches)?;
    note_search(tx, "record.searched", by, &found)?;
    show(tx, found)
}

/// A limit on questions about strangers keeps an account from listing the population.
pub(crate) fn require_quota(tx: &mut Tx<'_>) -> Result<()> {
    let rule: IdentityRule = tx.rule("record.identity")?.body;
    let (actor_id, since) = (tx.actor().id, tx.now() - Span::hours(1));
    if tx.count(SEARCHES, &params![actor_id, since])? < rule.searches_per_hour_max {
        return Ok(());
    }
    let limit = rule.searches_per_hour_max;
    let detail =
        format!("more than {limit} searches in an hour; wait, or ask the security administrator");
    let data = serde_json::json!({ "limit": limit, "retry_after": 600 });
    Err(Error::new(kernel::Kind::Throttled, "record.search-limit", detail).with(data))
}

fn note_search(tx: &mut Tx<'_>, event: &'static str, by: &str, found: &[Found]) -> Result<()> {
    let org_id = Some(tx.actor().org_id);
    let detail = serde_json::json!({ "by": by, "count": found.len() });
    let subject = Subject {
        org_id,
        ..Subject::new("search", tx.new_id())
    };
    tx.record(Change::new(event).detail(detail), subject)?;
    for one in found {
        let subject = Subject {
            peer_org_id: org_id,
            ..Subject::of(&one.patient.data)
        };
        let detail = serde_json::json!({ "by": by });
        tx.record(Change::new("record.found").detail(detail), subject)?;
    }
    Ok(())
}

fn show(tx: &mut Tx<'_>, found: Vec<Found>) -> Result<Vec<Match>> {
    let today = tx.now().date();
    let mut shown = Vec::with_capacity(found.len());
    for one in found {
        let readable = basis::basis(tx, one.patient.id)?.is_some();
        let brief = PatientBrief::of(&one.patient, today);
        let patient = if readable { brief } else { brief.hidden() };
        shown.push(Match {
            patient,
            reasons: one.reasons,
            readable,
        });
    }
    Ok(shown)
}

fn search(tx: &mut Tx<'_>, query: &MatchQuery) -> Result<Vec<Found>> {
    let mut found: Vec<Found> = Vec::new();
    for input in query.identifiers.iter().take(10) {
        let same = by_identifier(tx, input)?;
        add(&mut found, same, MatchReason::SameIdentifier);
    }
    let key = rules::clean(query.name.as_deref()).map(|name| text::pinyin_key(&name));
    let key = key.filter(|key| !key.is_empty());
    if let (Some(key), Some(birth_date)) = (&key, query.birth_date) {
        let same = tx.find(BY_NAME, &params![key, birth_date, MATCHES_MAX])?;
        add(&mut found, same, MatchReason::SameNameAndBirthDate);
    }
    if let Some(phone) = rules::clean(query.phone.as_deref()) {
        let values = params![
            rules::phone_sha256(&phone),
            key.unwrap_or_default(),
            query.birth_date,
            MATCHES_MAX
        ];
        let same = tx.find(BY_PHONE, &values)?;
        add(&mut found, same, MatchReason::SamePhone);
    }
    found.truncate(MATCHES_MAX as usize);
    Ok(found)
}

fn add(
    found: &mut Vec<Found>,
    patients: impl IntoIterator<Item = Versioned<Patient>>,
    reason: MatchReason,
) {
    for patient in patients {
        match found.iter_mut().find(|one| one.patient.id == patient.id) {
            Some(one) if one.reasons.contains(&reason) => {}
            Some(one) => one.reasons.push(reason),
            None => found.push(Found {
                patient,
                reasons: vec![reason],
            }),
        }
    }
}

/// Refuses a registration while somebody who may be the same person has not been ruled out.
///
/// # Errors
/// `record.duplicate-identifier`, `record.possible-duplicate`, with the matches in their data.
pub(crate) fn refuse_duplicates(
    tx: &mut Tx<'_>,
    query: &MatchQuery,
    patient: &Patient,
    not_same_as: &[Id],
) -> Result<()> {
    refuse_same_identifier(tx, patient)?;
    let query = MatchQuery {
        name: query.name.clone(),
        birth_date: patient.birth_date,
        identifiers: Vec::new(),
        phone: query.phone.clone(),
    };
    let mut found = search(tx, &query)?;
    found.retain(|one| !not_same_as.contains(&one.patient.id));
    if found.is_empty() {
        return Ok(());
    }
    require_quota(tx)?;
    let detail = "somebody registered may be the same person; open that record, or name it in \
                  not_same_as if it is somebody else";
    let ids: Vec<Id> = found.iter().map(|one| one.patient.id).collect();
    let matches = show(tx, found)?;
    let data = serde_json::json!({ "matches": matches, "patient_ids": ids });
    Err(Error::conflict("record.possible-duplicate", detail).with(data))
}

/// Refuses a number that another patient has in use.
///
/// # Errors
/// `record.duplicate-identifier`, with the match in its data.
pub(crate) fn refuse_same_identifier(tx: &mut Tx<'_>, patient: &Patient) -> Result<()> {
    for (at, identifier) in patient
        .identifiers
        .iter()
        .enumerate()
        .filter(|(_, one)| one.is_live())
    {
        let same: Option<Versioned<Patient>> = tx
            .find(BY_LOOKUP, &params![identifier.lookup_sha256()])?
            .pop();
        let Some(same) = same.filter(|other| other.id != patient.id) else {
            continue;
        };
        require_quota(tx)?;
        let detail = "a registered patient has this number; open that record instead";
        let ids = [same.id];
        let reasons = vec![MatchReason::SameIdentifier];
        let matches = show(
            tx,
            vec![Found {
                patient: same,
                reasons,
            }],
        )?;
        let data = serde_json::json!({ "matches": matches, "patient_ids": ids });
        let error = Error::conflict("record.duplicate-identifier", detail).with(data);
        return Err(error.at(format!("identifiers[{at}].value")));
    }
    Ok(())
}

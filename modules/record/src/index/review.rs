//! Pairs that may be one person: the queue, side by side, and what was decided.

use kernel::{Cursor, Error, Id, Instant, Page, Result, Span};
use serde::{Deserialize, Serialize};
use serde_json::json;
use store::{Change, Entity, Tx, Value, Versioned, params};

use super::demographics::Demographics;
use super::matching::{self, Engine};
use super::{merge, one_patient};
use crate::model::{Patient, PatientBrief};
use crate::rules;

/// Where a pair stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "kebab-case")]
#[schema(as = MatchReviewState)]
pub enum ReviewState {
    /// Waits for somebody.
    Open,
    /// Waits until a day.
    Postponed,
    /// One person; they were merged.
    Same,
    /// Two persons; not asked again unless what is known changes.
    Different,
    /// One of the two was merged into a third.
    Superseded,
}

impl ReviewState {
    /// The stored word.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Postponed => "postponed",
            Self::Same => "same",
            Self::Different => "different",
            Self::Superseded => "superseded",
        }
    }
}

/// How one field of a pair did.
#[derive(Clone, Debug, Serialize, Deserialize, utoipa::ToSchema)]
#[schema(as = MatchField)]
pub struct FieldResult {
    /// Which field.
    pub field: String,
    /// How far it agrees.
    pub level: String,
    /// Its weight: log2 of how much likelier this is for one person than for two.
    pub bits: f64,
    /// The part of the weight that comes from how frequent the value is.
    pub frequency_bits: f64,
}

/// What somebody decided.
#[derive(Clone, Debug, Serialize, Deserialize, utoipa::ToSchema)]
#[schema(as = MatchDecided)]
pub struct Decided {
    /// The account.
    pub account_id: Id,
    /// Its name then.
    pub account_name: String,
    /// When.
    pub at: Instant,
    /// Why.
    pub reason: String,
}

/// A pair that may be one person.
#[derive(Clone, Debug, Serialize, Deserialize, utoipa::ToSchema)]
pub struct MatchReview {
    /// Its id.
    pub id: Id,
    /// The patient with the smaller id.
    pub low_id: Id,
    /// The other.
    pub high_id: Id,
    /// The member that registered the first.
    pub low_org_id: Id,
    /// The member that registered the second.
    pub high_org_id: Id,
    /// Where it stands.
    pub state: ReviewState,
    /// What the engine would do: `link` or `review`.
    pub suggestion: String,
    /// Why: `score`, `possible-twins`, `contradicted` …
    pub reason: String,
    /// log2 of the odds that the two are one person.
    pub score_bits: f64,
    /// The same as a probability.
    pub probability: f64,
    /// Field by field.
    pub fields: Vec<FieldResult>,
    /// SHA-256 of what was compared; another one means that something changed.
    pub compared_sha256: String,
    /// When it came up.
    pub opened_at: Instant,
    /// Not shown before.
    pub postponed_until: Option<Instant>,
    /// Who decided.
    pub decided: Option<Decided>,
}

impl Entity for MatchReview {
    const KIND: &'static str = "match-review";
    const TABLE: &'static str = "match_review";
    const COLUMNS: &'static [&'static str] = &[
        "low_id",
        "high_id",
        "low_org_id",
        "high_org_id",
        "state",
        "opened_at",
    ];

    fn id(&self) -> Id {
        self.id
    }

    fn org_id(&self) -> Option<Id> {
        Some(self.low_org_id)
    }

    fn peer_org_id(&self) -> Option<Id> {
        Some(self.high_org_id)
    }

    fn patient_id(&self) -> Option<Id> {
        Some(self.low_id)
    }

    fn columns(&self) -> Vec<Value> {
        params![
            self.low_id,
            self.high_id,
            self.low_org_id,
            self.high_org_id,
            self.state.word(),
            self.opened_at,
        ]
        .to_vec()
    }
}

const OF_PAIR: &str = "SELECT version, body FROM match_review WHERE low_id = $1 AND high_id = $2";
const OF_PATIENT: &str = "SELECT version, body FROM match_review
    WHERE low_id = $1 OR high_id = $1 ORDER BY id LIMIT 500";
const LIST: &str = "SELECT version, body FROM match_review WHERE state = $1
    AND (low_org_id IN (SELECT org_id FROM org_scope WHERE viewer_id = $2 AND scope = $3)
      AND high_org_id IN (SELECT org_id FROM org_scope WHERE viewer_id = $2 AND scope = $3))
    AND (opened_at, id) > ($4, $5) ORDER BY opened_at, id LIMIT $6";

/// Compares a patient with everybody who shares a key, and puts what may be one person into the
/// queue. Answers the pairs that wait. Those in `not_same_as` are remembered as different.
pub(crate) fn consider(
    tx: &mut Tx<'_>,
    engine: &Engine,
    patient: &Versioned<Patient>,
    not_same_as: &[Id],
) -> Result<Vec<Id>> {
    let person = matching::prepared(tx, patient)?;
    let mut waiting = Vec::new();
    for found in engine.candidates(tx, &person, &[patient.id])? {
        let other = one_patient(tx, found.patient_id)?;
        let known = of_pair(tx, patient.id, other.id)?;
        let compared = compared_sha256(tx, patient, &other)?;
        let ruled_out = not_same_as.contains(&other.id);
        let state = match (&known, ruled_out) {
            (_, true) => ReviewState::Different,
            (Some(known), false) if known.compared_sha256 == compared => {
                if matches!(known.state, ReviewState::Open | ReviewState::Postponed) {
                    waiting.push(known.id);
                }
                continue;
            }
            _ => ReviewState::Open,
        };
        let id = put(tx, patient, &other, found.decision, state, compared, known)?;
        if state == ReviewState::Open {
            waiting.push(id);
        }
    }
    Ok(waiting)
}

fn put(
    tx: &mut Tx<'_>,
    one: &Patient,
    two: &Patient,
    decision: linkage::Decision,
    state: ReviewState,
    compared_sha256: String,
    known: Option<Versioned<MatchReview>>,
) -> Result<Id> {
    let (low, high) = if one.id < two.id {
        (one, two)
    } else {
        (two, one)
    };
    let by_clerk = (state == ReviewState::Different).then(|| Decided {
        account_id: tx.actor().id,
        account_name: tx.actor().name.clone(),
        at: tx.now(),
        reason: "registration".to_owned(),
    });
    let review = MatchReview {
        id: known.as_ref().map_or_else(|| tx.new_id(), |known| known.id),
        low_id: low.id,
        high_id: high.id,
        low_org_id: low.org_id,
        high_org_id: high.org_id,
        state,
        suggestion: word(decision.verdict),
        reason: word(decision.reason),
        score_bits: decision.score_bits,
        probability: decision.probability,
        fields: decision
            .fields
            .into_iter()
            .map(|one| FieldResult {
                field: one.field.word().to_owned(),
                level: one.level,
                bits: one.bits,
                frequency_bits: one.frequency_bits,
            })
            .collect(),
        compared_sha256,
        opened_at: tx.now(),
        postponed_until: None,
        decided: by_clerk,
    };
    let detail = json!({ "state": state, "reason": review.reason, "high_id": review.high_id });
    let change = Change::new("record.match-found").detail(detail);
    match known {
        None => tx.insert(&review, change)?,
        Some(mut known) => {
            known.data = review;
            tx.update(&known, change)?
        }
    };
    Ok(if let Some(found) = of_pair(tx, one.id, two.id)? {
        found.id
    } else {
        return Err(Error::not_found("match-review"));
    })
}

/// The kebab word of an enum that serializes as one.
fn word(value: impl Serialize) -> String {
    match serde_json::to_value(value) {
        Ok(serde_json::Value::String(word)) => word,
        _ => String::new(),
    }
}

/// What is known of both, as one hash: a decision holds as long as it stays the same.
fn compared_sha256(tx: &mut Tx<'_>, one: &Patient, two: &Patient) -> Result<String> {
    let (low, high) = if one.id < two.id {
        (one, two)
    } else {
        (two, one)
    };
    let mut text = String::new();
    for patient in [low, high] {
        let told = Demographics::of_patient(patient);
        text += &serde_json::to_string(&told).map_err(Error::internal)?;
        for record in super::source::of_patient(tx, patient.id)? {
            text += &serde_json::to_string(&record.demographics).map_err(Error::internal)?;
        }
        text.push('|');
    }
    Ok(store::sha256_hex(text.as_bytes()))
}

/// The pair's entry, whoever is named first.
pub(crate) fn of_pair(tx: &mut Tx<'_>, one: Id, two: Id) -> Result<Option<Versioned<MatchReview>>> {
    let (low, high) = if one < two { (one, two) } else { (two, one) };
    Ok(tx.find(OF_PAIR, &params![low, high])?.into_iter().next())
}

/// Every entry of a patient.
pub(crate) fn of_patient(tx: &mut Tx<'_>, patient_id: Id) -> Result<Vec<Versioned<MatchReview>>> {
    tx.find(OF_PATIENT, &params![patient_id])
}

/// A row of the queue.
#[derive(Clone, Debug, Serialize, Deserialize, utoipa::ToSchema)]
pub struct MatchReviewRow {
    /// The pair.
    pub review: MatchReview,
    /// The version, for `If-Match`.
    pub version: i64,
    /// The first patient, masked.
    pub low: PatientBrief,
    /// The second.
    pub high: PatientBrief,
}

/// Pairs in a state that the actor's scope reaches, the oldest first.
pub(crate) fn list(
    tx: &mut Tx<'_>,
    state: ReviewState,
    after: Option<Cursor>,
    size: u32,
) -> Result<Page<MatchReviewRow>> {
    let scope = tx.scope().unwrap_or(kernel::Scope::Own);
    let (at, last) = after.map_or((i64::MIN, Id::NIL), |cursor| (cursor.key, cursor.id));
    let values = params![
        state.word(),
        tx.actor().org_id,
        scope.table_word(),
        at,
        last,
        size + 1
    ];
    let found: Vec<Versioned<MatchReview>> = tx.find(LIST, &values)?;
    let mut rows = Vec::with_capacity(found.len());
    for review in found {
        rows.push(row(tx, review)?);
    }
    let cursor = |row: &MatchReviewRow| Cursor {
        key: row.review.opened_at.micros(),
        id: row.review.id,
    };
    Ok(Page::from_rows(rows, size, cursor))
}

pub(crate) fn row(tx: &mut Tx<'_>, review: Versioned<MatchReview>) -> Result<MatchReviewRow> {
    let today = tx.now().date();
    let low: Versioned<Patient> = tx.load(review.low_id)?;
    let high: Versioned<Patient> = tx.load(review.high_id)?;
    Ok(MatchReviewRow {
        low: PatientBrief::of(&low, today),
        high: PatientBrief::of(&high, today),
        version: review.version,
        review: review.data,
    })
}

/// A pair of which the actor's scope reaches both sides: comparing shows both.
///
/// # Errors
/// `NotFound` with code `match-review`.
pub(crate) fn load(tx: &mut Tx<'_>, id: Id) -> Result<Versioned<MatchReview>> {
    let review: Versioned<MatchReview> = tx.load(id)?;
    let reached = http::access::covers(tx, review.low_org_id)?
        && http::access::covers(tx, review.high_org_id)?;
    if reached {
        return Ok(review);
    }
    Err(Error::not_found("match-review"))
}

/// What somebody decides about a pair.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "kebab-case")]
#[schema(as = MatchVerdict)]
pub enum Verdict {
    /// One person: merge them.
    Same,
    /// Two persons.
    Different,
    /// Not yet.
    Postpone,
}

/// A decision about a pair.
#[derive(Clone, Debug, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = MatchDecide)]
pub struct Decide {
    /// One, two, or not yet.
    pub verdict: Verdict,
    /// Why.
    pub reason: String,
    /// The patient that stays, when they are one; the older one if left out.
    #[serde(default)]
    pub keep_id: Option<Id>,
}

/// Decides a pair.
///
/// # Errors
/// `record.reason-too-short`, `record.match-decided`, `record.keep-neither`, and what
/// [`merge::merge`] says.
pub(crate) fn decide(
    tx: &mut Tx<'_>,
    mut review: Versioned<MatchReview>,
    decide: &Decide,
    movers: &[merge::Mover],
) -> Result<Versioned<MatchReview>> {
    let rule = matching::rule(tx)?;
    let reason = checked_reason(&decide.reason, rule.reason_characters_min)?;
    if matches!(review.state, ReviewState::Same | ReviewState::Superseded) {
        let detail = "this pair was merged already; undo the merge instead";
        return Err(Error::conflict("record.match-decided", detail));
    }
    let now = tx.now();
    review.decided = Some(Decided {
        account_id: tx.actor().id,
        account_name: tx.actor().name.clone(),
        at: now,
        reason: reason.clone(),
    });
    review.postponed_until = None;
    review.state = match decide.verdict {
        Verdict::Same => {
            let keep = decide.keep_id.unwrap_or(review.low_id);
            let other = match (keep == review.low_id, keep == review.high_id) {
                (true, _) => review.high_id,
                (_, true) => review.low_id,
                _ => {
                    let detail = "the patient that stays is one of the two";
                    return Err(Error::invalid("record.keep-neither", "keep_id", detail));
                }
            };
            let review_id = review.id;
            merge::merge(tx, keep, other, &reason, Some(review_id), movers)?;
            // The merge closed the pair; its entry is the newest now.
            return tx.load(review_id);
        }
        Verdict::Different => ReviewState::Different,
        Verdict::Postpone => {
            review.postponed_until = Some(now + Span::days(rule.postponed_days));
            ReviewState::Postponed
        }
    };
    if review.state == ReviewState::Different {
        let (low, high): (Versioned<Patient>, Versioned<Patient>) =
            (tx.load(review.low_id)?, tx.load(review.high_id)?);
        review.compared_sha256 = compared_sha256(tx, &low, &high)?;
    }
    let detail = json!({ "state": review.state });
    tx.update(&review, Change::new("record.match-decided").detail(detail))
}

/// A reason that is long enough to be understood later.
pub(crate) fn checked_reason(reason: &str, characters_min: usize) -> Result<String> {
    rules::check_length("reason", Some(reason), 500)?;
    let reason = reason.trim();
    if reason.chars().count() < characters_min {
        let detail = format!("say in at least {characters_min} characters why");
        let error = Error::invalid("record.reason-too-short", "reason", detail);
        return Err(error.with(json!({ "characters_min": characters_min })));
    }
    Ok(reason.to_owned())
}

/// Remembers two patients as different persons, with the reason.
pub(crate) fn remember_different(tx: &mut Tx<'_>, one: Id, two: Id, reason: &str) -> Result<()> {
    let engine = Engine::load(tx)?;
    let (left, right): (Versioned<Patient>, Versioned<Patient>) = (tx.load(one)?, tx.load(two)?);
    let (a, b) = (
        matching::prepared(tx, &left)?,
        matching::prepared(tx, &right)?,
    );
    let decision = engine.decide(&a, &b);
    let compared = compared_sha256(tx, &left, &right)?;
    let known = of_pair(tx, one, two)?;
    let id = put(
        tx,
        &left,
        &right,
        decision,
        ReviewState::Different,
        compared,
        known,
    )?;
    let mut review: Versioned<MatchReview> = tx.load(id)?;
    if let Some(decided) = &mut review.decided {
        reason.clone_into(&mut decided.reason);
    }
    let detail = json!({ "state": ReviewState::Different });
    tx.update(&review, Change::new("record.match-decided").detail(detail))?;
    Ok(())
}

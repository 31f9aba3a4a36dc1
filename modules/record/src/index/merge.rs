//! Merging two patients into one and taking it back. Everything that moves is written down in the
//! merge, so that undoing it puts exactly that back; the source records and what was entered since
//! stay where they are.

use http::{Moved, PatientMove};
use kernel::{Cursor, Error, Id, Instant, Page, Result};
use serde::{Deserialize, Serialize};
use serde_json::json;
use store::{Change, Entity, Tx, Value, Versioned, params};

use super::review::{self, Decided, ReviewState};
use super::{matching, moves, source, survivorship};
use crate::model::{IdentifierKind, Patient};

/// How a module moves its references: its name, and the function.
pub(crate) type Mover = (&'static str, http::MoveFn);

/// Where a merge stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "kebab-case")]
#[schema(as = PatientMergeState)]
pub enum MergeState {
    /// The two are one.
    Done,
    /// They are two again.
    Undone,
}

/// A reference of a module that moved.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[schema(as = MergeMovedReference)]
pub struct MovedReference {
    /// The module.
    pub module: String,
    /// Kind of the thing.
    pub kind: String,
    /// Its id.
    pub id: Id,
}

/// A merge of two patients.
#[derive(Clone, Debug, Serialize, Deserialize, utoipa::ToSchema)]
pub struct PatientMerge {
    /// Its id.
    pub id: Id,
    /// The patient that stays.
    pub winner_id: Id,
    /// The patient that was replaced.
    pub loser_id: Id,
    /// The organization that merged.
    pub org_id: Id,
    /// Where it stands.
    pub state: MergeState,
    /// When merged.
    pub at: Instant,
    /// Who merged, and why.
    pub merged: Decided,
    /// The pair it was decided on, where there was one.
    pub review_id: Option<Id>,
    /// References of other modules that moved.
    pub references: Vec<MovedReference>,
    /// What moved within the record itself.
    pub own: moves::OwnMoves,
    /// Pairs of the replaced patient that were set aside.
    pub superseded: Vec<Id>,
    /// Who took it back, and why.
    pub undone: Option<Decided>,
}

impl Entity for PatientMerge {
    const KIND: &'static str = "patient-merge";
    const TABLE: &'static str = "patient_merge";
    const COLUMNS: &'static [&'static str] = &["winner_id", "loser_id", "org_id", "state", "at"];

    fn id(&self) -> Id {
        self.id
    }

    fn org_id(&self) -> Option<Id> {
        Some(self.org_id)
    }

    fn patient_id(&self) -> Option<Id> {
        Some(self.winner_id)
    }

    fn columns(&self) -> Vec<Value> {
        let state = match self.state {
            MergeState::Done => "done",
            MergeState::Undone => "undone",
        };
        params![self.winner_id, self.loser_id, self.org_id, state, self.at].to_vec()
    }
}

const LIST: &str = "SELECT version, body FROM patient_merge
    WHERE org_id IN (SELECT org_id FROM org_scope WHERE viewer_id = $1 AND scope = $2)
    AND (at, id) < ($3, $4) ORDER BY at DESC, id DESC LIMIT $5";
const LATER: &str = "SELECT version, body FROM patient_merge
    WHERE winner_id = $1 AND state = 'done' AND (at, id) > ($2, $3) ORDER BY at, id LIMIT 20";
const INTO: &str = "SELECT version, body FROM patient_merge
    WHERE winner_id = $1 AND state = 'done' ORDER BY at, id LIMIT 500";

/// Merges `loser_id` into `winner_id`.
///
/// # Errors
/// `NotFound` with code `patient`; `record.merge-itself`, `record.patient-replaced`,
/// `record.merge-two-resident-ids`; what a module says that cannot move its references.
pub fn merge(
    tx: &mut Tx<'_>,
    winner_id: Id,
    loser_id: Id,
    reason: &str,
    review_id: Option<Id>,
    movers: &[Mover],
) -> Result<Versioned<PatientMerge>> {
    if winner_id == loser_id {
        let detail = "a patient cannot be merged into itself";
        return Err(Error::invalid("record.merge-itself", "loser_id", detail));
    }
    let winner = standing(tx, winner_id)?;
    let loser = standing(tx, loser_id)?;
    refuse_two_resident_ids(&winner, &loser)?;
    source::ensure(tx, &winner)?;
    source::ensure(tx, &loser)?;
    let mut references = Vec::new();
    let moving = PatientMove {
        from: loser_id,
        to: winner_id,
        only: None,
    };
    for (module, move_references) in movers {
        let moved = move_references(tx, &moving)?;
        references.extend(moved.into_iter().map(|one| MovedReference {
            module: (*module).to_owned(),
            kind: one.kind,
            id: one.id,
        }));
    }
    let (winner, own) = moves::merge(tx, winner, loser)?;
    let winner = survivorship::apply(tx, winner)?;
    matching::set_keys(tx, &winner)?;
    let superseded = set_aside_reviews(tx, winner_id, loser_id, reason)?;
    let merged = decided(tx, reason);
    let merge = PatientMerge {
        id: tx.new_id(),
        winner_id,
        loser_id,
        org_id: tx.actor().org_id,
        state: MergeState::Done,
        at: tx.now(),
        merged,
        review_id,
        references,
        own,
        superseded,
        undone: None,
    };
    let detail = json!({ "loser_id": loser_id, "references": merge.references.len() });
    let merge = tx.insert(&merge, Change::new("record.merged").detail(detail))?;
    let engine = matching::Engine::load(tx)?;
    review::consider(tx, &engine, &winner, &[])?;
    Ok(merge)
}

fn decided(tx: &Tx<'_>, reason: &str) -> Decided {
    Decided {
        account_id: tx.actor().id,
        account_name: tx.actor().name.clone(),
        at: tx.now(),
        reason: reason.to_owned(),
    }
}

/// A patient that has not been replaced.
fn standing(tx: &mut Tx<'_>, id: Id) -> Result<Versioned<Patient>> {
    let patient: Versioned<Patient> = tx.load(id)?;
    match patient.replaced_by {
        None => Ok(patient),
        Some(by) => Err(replaced(id, by)),
    }
}

/// The refusal of a command about a patient that was replaced, with who stands for it.
pub(crate) fn replaced(id: Id, by: Id) -> Error {
    let detail = "this patient was merged into another; use that one";
    let data = json!({ "patient_id": id, "replaced_by": by });
    Error::conflict("record.patient-replaced", detail).with(data)
}

fn refuse_two_resident_ids(winner: &Patient, loser: &Patient) -> Result<()> {
    let has = |patient: &Patient| {
        let mut live = patient.live_identifiers();
        live.any(|one| one.kind == IdentifierKind::ResidentId)
    };
    if !has(winner) || !has(loser) {
        return Ok(());
    }
    let detail = "both have a resident ID number in use; retire the one that is wrong first";
    Err(Error::rule("record.merge-two-resident-ids", detail))
}

/// The pair itself is settled; other pairs of the replaced patient are set aside, and what was
/// found different from it is different from the one that stays.
fn set_aside_reviews(
    tx: &mut Tx<'_>,
    winner_id: Id,
    loser_id: Id,
    reason: &str,
) -> Result<Vec<Id>> {
    let mut superseded = Vec::new();
    for mut entry in review::of_patient(tx, loser_id)? {
        let other = if entry.low_id == loser_id {
            entry.high_id
        } else {
            entry.low_id
        };
        let was = entry.state;
        if other == winner_id {
            entry.state = ReviewState::Same;
            entry.decided = Some(decided(tx, reason));
        } else if matches!(was, ReviewState::Open | ReviewState::Postponed) {
            entry.state = ReviewState::Superseded;
            superseded.push(entry.id);
        } else {
            continue;
        }
        let detail = json!({ "state": entry.state });
        tx.update(&entry, Change::new("record.match-decided").detail(detail))?;
    }
    for entry in review::of_patient(tx, loser_id)? {
        let other = if entry.low_id == loser_id {
            entry.high_id
        } else {
            entry.low_id
        };
        let kept_apart = entry.state == ReviewState::Different && other != winner_id;
        if kept_apart && review::of_pair(tx, winner_id, other)?.is_none() {
            let why = entry.decided.as_ref().map_or("", |one| one.reason.as_str());
            review::remember_different(tx, winner_id, other, why)?;
        }
    }
    Ok(superseded)
}

/// Takes a merge back: what it moved goes back, and the two are remembered as different.
///
/// # Errors
/// `record.merge-undone`, `record.merge-not-latest` with the merges to take back first; what a
/// module says that cannot move its references back.
pub fn unmerge(
    tx: &mut Tx<'_>,
    mut merge: Versioned<PatientMerge>,
    reason: &str,
    movers: &[Mover],
) -> Result<Versioned<PatientMerge>> {
    if merge.state == MergeState::Undone {
        let detail = "this merge was taken back already";
        return Err(Error::conflict("record.merge-undone", detail));
    }
    refuse_not_latest(tx, &merge)?;
    for (module, move_references) in movers {
        let of_module = merge.references.iter().filter(|one| one.module == *module);
        let only: Vec<Moved> = of_module
            .map(|one| Moved {
                kind: one.kind.clone(),
                id: one.id,
            })
            .collect();
        let moving = PatientMove {
            from: merge.winner_id,
            to: merge.loser_id,
            only: Some(&only),
        };
        if !only.is_empty() {
            move_references(tx, &moving)?;
        }
    }
    let (winner, loser) = moves::unmerge(tx, merge.winner_id, merge.loser_id, &merge.own)?;
    for patient in [winner, loser] {
        let patient = survivorship::apply(tx, patient)?;
        matching::set_keys(tx, &patient)?;
    }
    merge.state = MergeState::Undone;
    merge.undone = Some(decided(tx, reason));
    let detail = json!({ "loser_id": merge.loser_id });
    let merge = tx.update(&merge, Change::new("record.unmerged").detail(detail))?;
    for id in &merge.superseded {
        let mut entry: Versioned<review::MatchReview> = tx.load(*id)?;
        if entry.state == ReviewState::Superseded {
            entry.state = ReviewState::Open;
            let detail = json!({ "state": entry.state });
            tx.update(&entry, Change::new("record.match-found").detail(detail))?;
        }
    }
    review::remember_different(tx, merge.winner_id, merge.loser_id, reason)?;
    Ok(merge)
}

/// Merges are taken back from the last to the first: a later one may have moved what this one did.
fn refuse_not_latest(tx: &mut Tx<'_>, merge: &PatientMerge) -> Result<()> {
    let mut later: Vec<Versioned<PatientMerge>> =
        tx.find(LATER, &params![merge.winner_id, merge.at, merge.id])?;
    let winner: Versioned<Patient> = tx.load(merge.winner_id)?;
    if let Some(by) = winner.replaced_by {
        let of_winner: Vec<Versioned<PatientMerge>> = tx.find(INTO, &params![by])?;
        later.extend(
            of_winner
                .into_iter()
                .filter(|one| one.loser_id == merge.winner_id),
        );
    }
    if later.is_empty() {
        return Ok(());
    }
    let ids: Vec<Id> = later.iter().map(|one| one.id).collect();
    let detail =
        "later merges of this patient are taken back first, the last one before the others";
    Err(Error::conflict("record.merge-not-latest", detail).with(json!({ "merge_ids": ids })))
}

/// Merges into a patient that stand, the first one first.
pub(crate) fn into(tx: &mut Tx<'_>, winner_id: Id) -> Result<Vec<Versioned<PatientMerge>>> {
    tx.find(INTO, &params![winner_id])
}

/// Merges that the actor's scope reaches, the newest first.
pub(crate) fn list(
    tx: &mut Tx<'_>,
    after: Option<Cursor>,
    size: u32,
) -> Result<Page<PatientMerge>> {
    let scope = tx.scope().unwrap_or(kernel::Scope::Own);
    let (at, last) = after.map_or((i64::MAX, Id::MAX), |cursor| (cursor.key, cursor.id));
    let values = params![tx.actor().org_id, scope.table_word(), at, last, size + 1];
    let found: Vec<Versioned<PatientMerge>> = tx.find(LIST, &values)?;
    let rows = found.into_iter().map(|one| one.data).collect();
    let cursor = |row: &PatientMerge| Cursor {
        key: row.at.micros(),
        id: row.id,
    };
    Ok(Page::from_rows(rows, size, cursor))
}

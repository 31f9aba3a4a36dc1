//! What the record itself moves when two patients become one, and puts back.

use kernel::{Id, Instant, Result, text};
use serde::{Deserialize, Serialize};
use serde_json::json;
use store::{Change, Tx, Versioned, params};

use super::source::SourceRecord;
use crate::break_glass::BreakGlass;
use crate::consent::Consent;
use crate::model::Patient;
use crate::{accounts, patients};

/// An organization that the replaced patient belonged to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[schema(as = MergeMovedOrg)]
pub struct MovedOrg {
    /// Which.
    pub org_id: Id,
    /// Registered or treated.
    pub relation: String,
    /// Since when.
    pub since: Instant,
    /// The patient that stays was not its own before.
    pub added: bool,
}

/// An account through which the replaced patient asked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[schema(as = MergeMovedAccount)]
pub struct MovedAccount {
    /// Which.
    pub account_id: Id,
    /// Since when.
    pub since: Instant,
    /// The patient that stays did not have it before.
    pub added: bool,
}

/// A care relation that moved.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[schema(as = MergeMovedCare)]
pub struct MovedCare {
    /// The document.
    pub document_id: Id,
    /// The organization.
    pub org_id: Id,
}

/// Everything that moved within the record.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[schema(as = MergeOwnMoves)]
pub struct OwnMoves {
    /// Source records.
    pub sources: Vec<Id>,
    /// Numbers.
    pub identifiers: Vec<Id>,
    /// Allergies.
    pub allergies: Vec<Id>,
    /// Problems.
    pub problems: Vec<Id>,
    /// Organizations.
    pub orgs: Vec<MovedOrg>,
    /// Care relations.
    pub care: Vec<MovedCare>,
    /// Consents.
    pub consents: Vec<Id>,
    /// Emergency accesses.
    pub break_glass: Vec<Id>,
    /// Accounts.
    pub accounts: Vec<MovedAccount>,
    /// What the patient that stays did not know of itself before.
    pub inherited: Inherited,
}

/// Single values that the patient that stays took from the replaced one.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[schema(as = MergeInherited)]
pub struct Inherited {
    /// The guardian.
    pub guardian: bool,
    /// The day of death.
    pub deceased_on: bool,
    /// The mother.
    pub mother_id: bool,
    /// What it said of knowing no allergies.
    pub no_known_allergies_before: bool,
}

const SOURCES: &str = "SELECT version, body FROM source_record WHERE patient_id = $1 ORDER BY id";
const CONSENTS: &str = "SELECT version, body FROM consent WHERE patient_id = $1 ORDER BY id";
const ACCESSES: &str = "SELECT version, body FROM break_glass WHERE patient_id = $1 ORDER BY id";
const ORGS: &str =
    "SELECT org_id, relation, since FROM patient_org WHERE patient_id = $1 ORDER BY org_id";
const CARE: &str = "SELECT document_id, org_id FROM care WHERE patient_id = $1
    ORDER BY document_id, org_id";
const DROP_ORG: &str = "DELETE FROM patient_org WHERE org_id = $1 AND patient_id = $2";
const MOVE_CARE: &str = "UPDATE care SET patient_id = $4, name_key = $5, initials = $6
    WHERE patient_id = $1 AND document_id = $2 AND org_id = $3";
const MOVE_IDENTIFIER: &str = "UPDATE patient_identifier SET patient_id = $3
    WHERE patient_id = $1 AND identifier_id = $2";

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct OrgRow {
    org_id: Id,
    relation: String,
    since: Instant,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CareRow {
    document_id: Id,
    org_id: Id,
}

/// Moves everything of `loser` to `winner`; answers the winner as it is now, and what moved.
pub(crate) fn merge(
    tx: &mut Tx<'_>,
    mut winner: Versioned<Patient>,
    mut loser: Versioned<Patient>,
) -> Result<(Versioned<Patient>, OwnMoves)> {
    let (from, to) = (loser.id, winner.id);
    let sources: Vec<Versioned<SourceRecord>> = tx.find(SOURCES, &params![from])?;
    let consents: Vec<Versioned<Consent>> = tx.find(CONSENTS, &params![from])?;
    let accesses: Vec<Versioned<BreakGlass>> = tx.find(ACCESSES, &params![from])?;
    let care: Vec<CareRow> = tx.query(CARE, &params![from])?;
    let own = OwnMoves {
        sources: sources.iter().map(|one| one.id).collect(),
        identifiers: loser.identifiers.iter().map(|one| one.id).collect(),
        allergies: loser.allergies.iter().map(|one| one.id).collect(),
        problems: loser.problems.iter().map(|one| one.id).collect(),
        orgs: move_orgs(tx, &winner, from)?,
        care: care
            .into_iter()
            .map(|row| MovedCare {
                document_id: row.document_id,
                org_id: row.org_id,
            })
            .collect(),
        consents: consents.iter().map(|one| one.id).collect(),
        break_glass: accesses.iter().map(|one| one.id).collect(),
        accounts: move_accounts(tx, from, to)?,
        inherited: Inherited {
            guardian: winner.guardian.is_none() && loser.guardian.is_some(),
            deceased_on: winner.deceased_on.is_none() && loser.deceased_on.is_some(),
            mother_id: winner.mother_id.is_none() && loser.mother_id.is_some(),
            no_known_allergies_before: winner.no_known_allergies,
        },
    };
    move_sources(tx, sources, to)?;
    move_consents(tx, consents, to)?;
    move_accesses(tx, accesses, to)?;
    move_care(tx, &own.care, from, &winner)?;
    move_identifiers(tx, &own.identifiers, from, to)?;
    // Both documents keep the entries: the winner's are the ones in force, the loser's are what it
    // was when it was replaced.
    winner.identifiers.extend(loser.identifiers.iter().cloned());
    winner.allergies.extend(loser.allergies.iter().cloned());
    winner.problems.extend(loser.problems.iter().cloned());
    let any_allergy = winner.allergies.iter().any(|one| one.ended_at.is_none());
    winner.no_known_allergies =
        (winner.no_known_allergies || loser.no_known_allergies) && !any_allergy;
    if winner.guardian.is_none() {
        winner.guardian.clone_from(&loser.guardian);
    }
    winner.deceased_on = winner.deceased_on.or(loser.deceased_on);
    winner.mother_id = winner.mother_id.or(loser.mother_id);
    loser.replaced_by = Some(to);
    let detail = json!({ "replaced_by": to });
    let loser = tx.update(&loser, Change::new("record.replaced").detail(detail))?;
    super::matching::set_keys(tx, &loser)?;
    let detail = json!({ "loser_id": from });
    let winner = tx.update(&winner, Change::new("record.took-over").detail(detail))?;
    Ok((winner, own))
}

/// Puts back what a merge moved; answers both patients as they are now.
pub(crate) fn unmerge(
    tx: &mut Tx<'_>,
    winner_id: Id,
    loser_id: Id,
    own: &OwnMoves,
) -> Result<(Versioned<Patient>, Versioned<Patient>)> {
    let mut winner: Versioned<Patient> = tx.load(winner_id)?;
    let mut loser: Versioned<Patient> = tx.load(loser_id)?;
    // As they are now: an allergy ended meanwhile has ended for the one it goes back to.
    loser.identifiers = taken(&mut winner.identifiers, |one| {
        own.identifiers.contains(&one.id)
    });
    loser.allergies = taken(&mut winner.allergies, |one| own.allergies.contains(&one.id));
    loser.problems = taken(&mut winner.problems, |one| own.problems.contains(&one.id));
    if own.inherited.guardian {
        winner.guardian = None;
    }
    if own.inherited.deceased_on && winner.deceased_on == loser.deceased_on {
        winner.deceased_on = None;
    }
    if own.inherited.mother_id {
        winner.mother_id = None;
    }
    let none_left = winner.allergies.iter().all(|one| one.ended_at.is_some());
    winner.no_known_allergies = own.inherited.no_known_allergies_before && none_left;
    loser.replaced_by = None;
    let detail = json!({ "loser_id": loser_id });
    let winner = tx.update(&winner, Change::new("record.gave-back").detail(detail))?;
    let detail = json!({ "winner_id": winner_id });
    let loser = tx.update(&loser, Change::new("record.restored").detail(detail))?;
    let still = |id: &Id| own.identifiers.contains(id);
    let live: Vec<Id> = loser
        .live_identifiers()
        .map(|one| one.id)
        .filter(still)
        .collect();
    move_identifiers(tx, &live, winner_id, loser_id)?;
    let mut sources = Vec::new();
    for id in &own.sources {
        sources.push(tx.load(*id)?);
    }
    move_sources(tx, sources, loser_id)?;
    let mut consents = Vec::new();
    for id in &own.consents {
        consents.push(tx.load(*id)?);
    }
    move_consents(tx, consents, loser_id)?;
    let mut accesses = Vec::new();
    for id in &own.break_glass {
        accesses.push(tx.load(*id)?);
    }
    move_accesses(tx, accesses, loser_id)?;
    move_care(tx, &own.care, winner_id, &loser)?;
    for org in &own.orgs {
        patients::link_org(tx, &loser, org.org_id, &org.relation, org.since)?;
        if org.added {
            tx.execute(DROP_ORG, &params![org.org_id, winner_id])?;
        }
    }
    for account in &own.accounts {
        // One that was untied since asks for neither.
        if !accounts::is_linked(tx, account.account_id, winner_id)? {
            continue;
        }
        accounts::link(tx, account.account_id, loser_id, account.since)?;
        if account.added {
            accounts::unlink(tx, account.account_id, winner_id)?;
        }
    }
    Ok((winner, loser))
}

fn taken<T>(from: &mut Vec<T>, belongs: impl Fn(&T) -> bool) -> Vec<T> {
    let (taken, left) = std::mem::take(from).into_iter().partition(belongs);
    *from = left;
    taken
}

fn move_orgs(tx: &mut Tx<'_>, winner: &Patient, from: Id) -> Result<Vec<MovedOrg>> {
    let rows: Vec<OrgRow> = tx.query(ORGS, &params![from])?;
    let mut moved = Vec::with_capacity(rows.len());
    for row in rows {
        let added = patients::link_org(tx, winner, row.org_id, &row.relation, row.since)?;
        tx.execute(DROP_ORG, &params![row.org_id, from])?;
        moved.push(MovedOrg {
            org_id: row.org_id,
            relation: row.relation,
            since: row.since,
            added,
        });
    }
    Ok(moved)
}

fn move_accounts(tx: &mut Tx<'_>, from: Id, to: Id) -> Result<Vec<MovedAccount>> {
    let rows = accounts::of_patient(tx, from)?;
    let mut moved = Vec::with_capacity(rows.len());
    for row in rows {
        let added = accounts::link(tx, row.account_id, to, row.since)?;
        accounts::unlink(tx, row.account_id, from)?;
        moved.push(MovedAccount {
            account_id: row.account_id,
            since: row.since,
            added,
        });
    }
    Ok(moved)
}

fn move_identifiers(tx: &mut Tx<'_>, ids: &[Id], from: Id, to: Id) -> Result<()> {
    for id in ids {
        tx.execute(MOVE_IDENTIFIER, &params![from, id, to])?;
    }
    Ok(())
}

fn move_care(tx: &mut Tx<'_>, care: &[MovedCare], from: Id, to: &Patient) -> Result<()> {
    let (key, initials) = (text::pinyin_key(&to.name), text::pinyin_initials(&to.name));
    for one in care {
        let values = params![
            from,
            one.document_id,
            one.org_id,
            to.id,
            key.as_str(),
            initials.as_str()
        ];
        tx.execute(MOVE_CARE, &values)?;
    }
    Ok(())
}

fn move_sources(tx: &mut Tx<'_>, sources: Vec<Versioned<SourceRecord>>, to: Id) -> Result<()> {
    for mut source in sources {
        source.patient_id = to;
        tx.update(&source, Change::new("record.source-moved"))?;
    }
    Ok(())
}

fn move_consents(tx: &mut Tx<'_>, consents: Vec<Versioned<Consent>>, to: Id) -> Result<()> {
    for mut consent in consents {
        consent.patient_id = to;
        tx.update(&consent, Change::new("record.consent-moved"))?;
    }
    Ok(())
}

fn move_accesses(tx: &mut Tx<'_>, accesses: Vec<Versioned<BreakGlass>>, to: Id) -> Result<()> {
    for mut access in accesses {
        access.patient_id = to;
        tx.update(&access, Change::new("record.break-glass-moved"))?;
    }
    Ok(())
}

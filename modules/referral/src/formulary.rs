//! What a member itself says of its drugs. The rule set `referral.formulary` lists what an organization of
//! a kind has; a member adds to that list, or takes from it, between two days.

use std::collections::BTreeMap;

use http::access;
use kernel::{Date, Error, Id, Instant, Result};
use serde::{Deserialize, Serialize};
use serde_json::json;
use store::{Change, Entity, Rule, Tx, Value, Versioned, params};

use crate::content::check_text;
use crate::rules::plan::Formulary;
use crate::suggest;

/// A drug that a member has, or has not, whatever others of its kind have.
#[derive(Clone, Debug, Serialize, Deserialize, utoipa::ToSchema)]
pub struct FormularyEntry {
    /// Its id.
    pub id: Id,
    /// The member.
    pub org_id: Id,
    /// Code of the catalogue `drug`.
    pub drug_code: String,
    /// The drug in Chinese, as the catalogue had it.
    pub drug_zh: String,
    /// In English.
    pub drug_en: String,
    /// It is there; false takes it from the list of the kind.
    pub available: bool,
    /// First day.
    pub starts_on: Date,
    /// Last day; absent for until further notice. A day before the first: it never held.
    pub ends_on: Option<Date>,
    /// Why.
    pub note: String,
    /// Who said so.
    pub made_by_name: String,
    /// When.
    pub made_at: Instant,
}

impl Entity for FormularyEntry {
    const KIND: &'static str = "formulary-entry";
    const TABLE: &'static str = "formulary_entry";
    const COLUMNS: &'static [&'static str] =
        &["org_id", "drug_code", "available", "starts_on", "ends_on"];

    fn id(&self) -> Id {
        self.id
    }
    fn org_id(&self) -> Option<Id> {
        Some(self.org_id)
    }
    fn columns(&self) -> Vec<Value> {
        params![
            self.org_id,
            self.drug_code.as_str(),
            self.available,
            self.starts_on,
            self.ends_on,
        ]
        .to_vec()
    }
}

/// What a member says of a drug.
#[derive(Clone, Debug, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewFormularyEntry {
    /// The member; the writer's own when absent.
    #[serde(default)]
    pub org_id: Option<Id>,
    /// Code of the catalogue `drug`.
    pub drug_code: String,
    /// It is there, or it is not.
    pub available: bool,
    /// First day; today when absent.
    #[serde(default)]
    pub starts_on: Option<Date>,
    /// Last day; until further notice when absent.
    #[serde(default)]
    pub ends_on: Option<Date>,
    /// Why.
    #[serde(default)]
    pub note: String,
}

/// The formulary of a member.
#[derive(Clone, Debug, Serialize, Deserialize, utoipa::ToSchema)]
pub struct FormularyView {
    /// The member.
    pub org_id: Id,
    /// Prefixes of drug codes that organizations of its kind have, by the rule set.
    pub of_kind: Vec<String>,
    /// The version of `referral.formulary` in force.
    pub rule_version: i64,
    /// What the member itself says, by drug; ended ones are left out.
    pub own: Vec<FormularyRow>,
}

/// An entry in the list of a member.
#[derive(Clone, Debug, Serialize, Deserialize, utoipa::ToSchema)]
pub struct FormularyRow {
    /// The entry.
    pub entry: FormularyEntry,
    /// Its version, for `If-Match`.
    pub version: i64,
    /// It decides today.
    pub holds: bool,
}

const RUNNING: &str = "SELECT version, body FROM formulary_entry
    WHERE org_id = $1 AND (ends_on IS NULL OR ends_on >= $2)
    ORDER BY drug_code, starts_on, id LIMIT $3";

/// Entries of one member that have not ended; more would be another list, not exceptions from one.
const ENTRIES_MAX: usize = 2_000;

/// What the member's own entries say on a day: drug code → available.
///
/// # Errors
/// Whatever the database reports.
pub(crate) fn own_on(tx: &mut Tx<'_>, org_id: Id, day: Date) -> Result<BTreeMap<String, bool>> {
    let begun = running(tx, org_id, day)?.into_iter();
    let begun = begun.filter(|entry| entry.starts_on <= day);
    // In the order of their first days: the last word on a drug stays.
    Ok(begun
        .map(|entry| (entry.drug_code.clone(), entry.available))
        .collect())
}

fn running(tx: &mut Tx<'_>, org_id: Id, day: Date) -> Result<Vec<Versioned<FormularyEntry>>> {
    tx.find(RUNNING, &params![org_id, day, ENTRIES_MAX as i64])
}

/// The formulary of a member.
///
/// # Errors
/// `NotFound` with code `organization`.
pub(crate) fn view(tx: &mut Tx<'_>, org_id: Id) -> Result<FormularyView> {
    let org = network::org(tx, org_id).map_err(|error| error.at("org_id"))?;
    let rule: Rule<Formulary> = tx.rule("referral.formulary")?;
    let today = tx.now().date();
    let entries = running(tx, org_id, today)?;
    let mut deciding: BTreeMap<&str, Id> = BTreeMap::new();
    for entry in entries.iter().filter(|entry| entry.starts_on <= today) {
        deciding.insert(entry.drug_code.as_str(), entry.id);
    }
    let own = entries
        .iter()
        .map(|entry| FormularyRow {
            entry: entry.data.clone(),
            version: entry.version,
            holds: deciding.get(entry.drug_code.as_str()) == Some(&entry.id),
        })
        .collect();
    Ok(FormularyView {
        org_id,
        of_kind: rule.body.of_kind(suggest::kind_word(org.kind)).to_vec(),
        rule_version: rule.version,
        own,
    })
}

/// Says of a drug whether a member has it. What was said before for the same days stays on record and
/// holds again once this ends.
///
/// # Errors
/// `access.out-of-scope`, `terminology.unknown-code`, `referral.time-in-past`,
/// `referral.formulary-dates`, `referral.too-many`.
pub(crate) fn set(tx: &mut Tx<'_>, new: &NewFormularyEntry) -> Result<Versioned<FormularyEntry>> {
    let org_id = new.org_id.unwrap_or(tx.actor().org_id);
    access::require_org(tx, org_id).map_err(|error| error.at("org_id"))?;
    network::require_open(tx, org_id).map_err(|error| error.at("org_id"))?;
    let drug = terminology::require(tx, terminology::DRUG, &new.drug_code, "drug_code")?;
    check_text("note", &new.note)?;
    let today = tx.now().date();
    let starts_on = new.starts_on.unwrap_or(today);
    if starts_on < today {
        let detail = "referrals of days gone by were checked with what was said then; begin today";
        return Err(Error::invalid("referral.time-in-past", "starts_on", detail));
    }
    if new.ends_on.is_some_and(|ends_on| ends_on < starts_on) {
        let detail = "the last day lies before the first";
        return Err(Error::invalid(
            "referral.formulary-dates",
            "ends_on",
            detail,
        ));
    }
    if running(tx, org_id, today)?.len() >= ENTRIES_MAX {
        let detail = format!("a member keeps at most {ENTRIES_MAX} entries; end some first");
        return Err(Error::invalid("referral.too-many", "drug_code", detail));
    }
    let entry = FormularyEntry {
        id: tx.new_id(),
        org_id,
        drug_code: drug.code,
        drug_zh: drug.zh,
        drug_en: drug.en,
        available: new.available,
        starts_on,
        ends_on: new.ends_on,
        note: new.note.trim().to_owned(),
        made_by_name: tx.actor().name.clone(),
        made_at: tx.now(),
    };
    let detail = json!({ "drug_code": entry.drug_code, "available": entry.available,
        "starts_on": starts_on, "ends_on": entry.ends_on });
    tx.insert(&entry, Change::new("formulary-entry.set").detail(detail))
}

/// Ends an entry at once: yesterday was its last day, and the list of the kind holds again.
///
/// # Errors
/// `NotFound` with code `formulary-entry`, `store.stale-version`, `referral.formulary-ended`.
pub(crate) fn end(tx: &mut Tx<'_>, id: Id, seen: i64) -> Result<Versioned<FormularyEntry>> {
    let mut entry: Versioned<FormularyEntry> = tx.load(id)?;
    if !access::covers(tx, entry.org_id)? {
        return Err(Error::not_found("formulary-entry"));
    }
    tx.check_version(&entry, seen)?;
    let today = tx.now().date();
    if entry.ends_on.is_some_and(|ends_on| ends_on < today) {
        let detail = "this entry has ended already";
        return Err(Error::conflict("referral.formulary-ended", detail));
    }
    entry.data.ends_on = Some(today.plus_days(-1));
    let detail = json!({ "drug_code": entry.drug_code, "ends_on": entry.ends_on });
    tx.update(&entry, Change::new("formulary-entry.ended").detail(detail))
}

//! Emergency access with a reason: limited in time, told to the patient's organizations at once,
//! and reviewed afterwards.

use http::notice::{self, Audience};
use kernel::{Cursor, Error, Id, Instant, Page, Result, Span};
use serde::{Deserialize, Serialize};
use serde_json::json;
use store::{Change, Entity, Tx, Value, Versioned, params};

use crate::basis;
use crate::model::{Patient, PatientBrief};
use crate::rules::{self, BreakGlassRule};

/// What a reviewer found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "kebab-case")]
#[schema(as = BreakGlassOutcome)]
pub enum Outcome {
    /// The emergency was real.
    Justified,
    /// There was no emergency, or another way.
    Unjustified,
    /// Needs more than this review.
    Referred,
}

/// A review of an emergency access.
#[derive(Clone, Serialize, Deserialize, utoipa::ToSchema)]
#[schema(as = BreakGlassReview)]
pub struct Review {
    /// What was found.
    pub outcome: Outcome,
    /// In words.
    pub note: String,
    /// By whom.
    pub by: Id,
    /// Their name.
    pub by_name: String,
    /// For which organization.
    pub org_id: Id,
    /// When.
    pub at: Instant,
}

/// Where an emergency access stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum BreakGlassState {
    /// Waits for review.
    Open,
    /// Reviewed.
    Reviewed,
}

impl BreakGlassState {
    const fn word(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Reviewed => "reviewed",
        }
    }
}

/// An emergency access of one person to one patient.
#[derive(Clone, Serialize, Deserialize, utoipa::ToSchema)]
pub struct BreakGlass {
    /// Its id.
    pub id: Id,
    /// Whose record.
    pub patient_id: Id,
    /// Who looked.
    pub account_id: Id,
    /// Their name.
    pub account_name: String,
    /// In which role.
    pub role: String,
    /// For which organization.
    pub org_id: Id,
    /// Why.
    pub reason: String,
    /// When.
    pub at: Instant,
    /// Until when the access lasts.
    pub expires_at: Instant,
    /// The version of the rule set that set the time.
    pub rule_version: i64,
    /// Organizations that were told.
    pub alerted_org_ids: Vec<Id>,
    /// Where it stands.
    pub state: BreakGlassState,
    /// What the review found.
    pub review: Option<Review>,
}

impl Entity for BreakGlass {
    const KIND: &'static str = "break-glass";
    const TABLE: &'static str = "break_glass";
    const COLUMNS: &'static [&'static str] = &[
        "patient_id",
        "account_id",
        "org_id",
        "state",
        "at",
        "expires_at",
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
            self.account_id,
            self.org_id,
            self.state.word(),
            self.at,
            self.expires_at,
        ]
        .to_vec()
    }
}

/// One line of the review list.
#[derive(Clone, Serialize, Deserialize, utoipa::ToSchema)]
pub struct BreakGlassRow {
    /// The access.
    pub access: BreakGlass,
    /// Its version, for `If-Match`.
    pub version: i64,
    /// Whose record, masked.
    pub patient: PatientBrief,
    /// The viewer may review it: not their own, and still open.
    pub reviewable: bool,
}

/// Why a reviewer found what they found.
#[derive(Clone, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewReview {
    /// What was found.
    pub outcome: Outcome,
    /// In words.
    pub note: String,
}

/// A longer reason would be read by nobody.
const REASON_CHARACTERS_MAX: usize = 500;

const IN_FORCE: &str = "SELECT id FROM break_glass WHERE patient_id = $1 AND account_id = $2
    AND expires_at > $3 AND org_id = $4 ORDER BY expires_at DESC, id LIMIT 1";
const ALERT: &str =
    "INSERT INTO break_glass_alert (org_id, break_glass_id, state, at) VALUES ($1, $2, 'open', $3)";
const CLOSE_ALERTS: &str =
    "UPDATE break_glass_alert SET state = 'reviewed' WHERE break_glass_id = $1";
const WAS_ALERTED: &str =
    "SELECT COUNT(*) AS count FROM break_glass_alert WHERE org_id = $1 AND break_glass_id = $2";
const ALERTED_OF_PATIENT: &str = "SELECT b.id FROM break_glass AS b
    JOIN break_glass_alert AS a ON a.break_glass_id = b.id
    WHERE b.patient_id = $1 AND a.org_id = $2 ORDER BY b.at DESC, b.id DESC LIMIT 1";
const LIST: &str = "SELECT b.version, b.body FROM break_glass_alert AS a
    JOIN break_glass AS b ON b.id = a.break_glass_id
    WHERE a.org_id = $1 AND a.state = $2 AND (a.at, a.break_glass_id) < ($3, $4)
    ORDER BY a.at DESC, a.break_glass_id DESC LIMIT $5";

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct AccessId {
    id: Id,
}

/// The emergency access by which this actor may read the patient now.
///
/// # Errors
/// Whatever the database reports.
pub fn in_force(tx: &mut Tx<'_>, patient_id: Id) -> Result<Option<Id>> {
    let values = params![patient_id, tx.actor().id, tx.now(), tx.actor().org_id];
    let found: Option<AccessId> = tx.query_opt(IN_FORCE, &values)?;
    Ok(found.map(|access| access.id))
}

/// The latest emergency access to this patient that the actor's organization was told of, reviewed or
/// not.
///
/// # Errors
/// Whatever the database reports.
pub(crate) fn alerted_of(tx: &mut Tx<'_>, patient_id: Id) -> Result<Option<Id>> {
    let org_id = tx.actor().org_id;
    let found: Option<AccessId> = tx.query_opt(ALERTED_OF_PATIENT, &params![patient_id, org_id])?;
    Ok(found.map(|access| access.id))
}

/// Opens a record in an emergency and tells the privacy officers of every organization whose
/// patient this is, and of the actor's own. Who has a basis already opens with `hidden` what is
/// sensitive or denied; whether there is any, nobody is told before.
///
/// # Errors
/// `record.reason-too-short`, `record.basis-exists`.
pub fn open(
    tx: &mut Tx<'_>,
    patient: &Patient,
    reason: &str,
    hidden: bool,
) -> Result<Versioned<BreakGlass>> {
    let rule = tx.rule::<BreakGlassRule>("record.break-glass")?;
    let least = rule.body.reason_characters_min;
    rules::check_length("reason", Some(reason), REASON_CHARACTERS_MAX)?;
    let reason = reason.trim();
    if reason.chars().count() < least {
        let detail = format!("say in at least {least} characters why this can't wait");
        let error = Error::invalid("record.reason-too-short", "reason", detail);
        return Err(error.with(json!({ "characters_min": least })));
    }
    let enough = if hidden {
        in_force(tx, patient.id)?.is_some()
    } else {
        basis::basis(tx, patient.id)?.is_some()
    };
    if enough {
        let detail = "you have a basis to read this patient; emergency access is not needed";
        return Err(Error::rule("record.basis-exists", detail));
    }
    let mut alerted = basis::orgs_of(tx, patient.id)?;
    let own = tx.actor().org_id;
    if !alerted.contains(&own) {
        alerted.push(own);
    }
    // A village clinic has no privacy officer of its own: the lead hospital of its group has one.
    for org_id in alerted.clone() {
        let leads = network::group_peers(tx, org_id)?
            .into_iter()
            .filter(|peer| peer.kind == network::OrgKind::LeadHospital);
        for lead in leads {
            if !alerted.contains(&lead.id) {
                alerted.push(lead.id);
            }
        }
    }
    let access = BreakGlass {
        id: tx.new_id(),
        patient_id: patient.id,
        account_id: tx.actor().id,
        account_name: tx.actor().name.clone(),
        role: tx.actor().role.clone(),
        org_id: own,
        reason: reason.to_owned(),
        at: tx.now(),
        expires_at: tx.now() + Span::minutes(rule.body.minutes),
        rule_version: rule.version,
        alerted_org_ids: alerted.clone(),
        state: BreakGlassState::Open,
        review: None,
    };
    let detail = json!({ "expires_at": access.expires_at, "rule_version": rule.version });
    let access = tx.insert(&access, Change::new("record.break-glass").detail(detail))?;
    for org_id in alerted {
        tx.execute(ALERT, &params![org_id, access.id, access.at])?;
        let audience = Audience::Role {
            org_id,
            role: "privacy-officer",
        };
        let data = json!({ "break_glass_id": access.id, "org_id": own });
        let link = format!("/record/break-glass/{}", access.id);
        notice::send(tx, &audience, "record.break-glass", &data, &link)?;
    }
    Ok(access)
}

/// Emergency accesses the actor's organization was told of, newest first.
///
/// # Errors
/// Whatever the database reports.
pub fn list(
    tx: &mut Tx<'_>,
    state: BreakGlassState,
    after: Option<Cursor>,
    size: u32,
) -> Result<Page<BreakGlassRow>> {
    let org_id = tx.actor().org_id;
    let (at, last) = after.map_or((i64::MAX, Id::MAX), |cursor| (cursor.key, cursor.id));
    let values = params![org_id, state.word(), at, last, size + 1];
    let found: Vec<Versioned<BreakGlass>> = tx.find(LIST, &values)?;
    let mut rows = Vec::with_capacity(found.len());
    for access in found {
        rows.push(row(tx, access)?);
    }
    let cursor = |row: &BreakGlassRow| Cursor {
        key: row.access.at.micros(),
        id: row.access.id,
    };
    Ok(Page::from_rows(rows, size, cursor))
}

/// One emergency access the actor's organization was told of.
///
/// # Errors
/// `NotFound` with code `break-glass`.
pub fn one(tx: &mut Tx<'_>, id: Id) -> Result<Versioned<BreakGlass>> {
    let org_id = tx.actor().org_id;
    if tx.count(WAS_ALERTED, &params![org_id, id])? == 0 {
        return Err(Error::not_found("break-glass"));
    }
    tx.load(id)
}

/// The line of the review list for one access.
pub(crate) fn row(tx: &mut Tx<'_>, access: Versioned<BreakGlass>) -> Result<BreakGlassRow> {
    let patient = basis::brief(tx, access.patient_id)?.hidden();
    let own = access.account_id == tx.actor().id;
    let reviewable = access.state == BreakGlassState::Open && !own;
    Ok(BreakGlassRow {
        version: access.version,
        access: access.data,
        patient,
        reviewable,
    })
}

/// Records what a review found. Nobody reviews their own access.
///
/// # Errors
/// `record.review-own`, `record.reviewed`, `store.stale-version`.
pub fn review(
    tx: &mut Tx<'_>,
    mut access: Versioned<BreakGlass>,
    new: &NewReview,
) -> Result<Versioned<BreakGlass>> {
    if access.account_id == tx.actor().id {
        let detail = "somebody else reviews your own emergency access";
        return Err(Error::rule("record.review-own", detail));
    }
    if access.state == BreakGlassState::Reviewed {
        let detail = "this emergency access has been reviewed";
        return Err(Error::rule("record.reviewed", detail));
    }
    let note = rules::required_text("note", &new.note, REASON_CHARACTERS_MAX)?;
    access.state = BreakGlassState::Reviewed;
    access.review = Some(Review {
        outcome: new.outcome,
        note,
        by: tx.actor().id,
        by_name: tx.actor().name.clone(),
        org_id: tx.actor().org_id,
        at: tx.now(),
    });
    let detail = json!({ "outcome": new.outcome });
    let access = tx.update(
        &access,
        Change::new("record.break-glass-reviewed").detail(detail),
    )?;
    tx.execute(CLOSE_ALERTS, &params![access.id])?;
    let data = json!({ "break_glass_id": access.id, "outcome": new.outcome });
    let audience = Audience::Account(access.account_id);
    let link = format!("/record/break-glass/{}", access.id);
    notice::send(tx, &audience, "record.break-glass-reviewed", &data, &link)?;
    Ok(access)
}

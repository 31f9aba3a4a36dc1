//! Lists of cases. Each box of each organization is one range of one index; a list over several
//! organizations merges their ranges, so that its cost grows with the page and the number of
//! organizations, never with the table.

use http::access;
use kernel::page::page_size;
use kernel::{Cursor, Date, Id, Instant, Page, Result, Scope, text};
use serde::{Deserialize, Serialize};
use store::{Tx, Versioned, params};

use crate::model::Referral;
use crate::visible;
use crate::words::{Kind, Phase, Priority, Service, State};

mod filters;
pub(crate) mod named;

use filters::{filter_values, state_filter, statements};
use named::matches_of;

/// Which box.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Mailbox {
    /// Asked of the organization, or for it to take back.
    #[default]
    Inbox,
    /// Asked by the organization.
    Outbox,
    /// Both, for every organization the permission reaches.
    AllBelow,
}

/// Which cases of a box.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum ListView {
    /// Running ones, the first due first.
    #[default]
    Live,
    /// Drafts, newest first.
    Drafts,
    /// Ended ones, newest first.
    Ended,
    /// All that were sent, newest first.
    All,
}

/// What a list is narrowed by.
#[derive(Clone, Debug, Default, Serialize, Deserialize, utoipa::IntoParams)]
#[serde(default)]
#[into_params(parameter_in = Query)]
pub struct ListQuery {
    /// Which box.
    #[serde(rename = "box")]
    #[param(rename = "box", inline)]
    pub mailbox: Mailbox,
    /// Which cases of it.
    #[param(inline)]
    pub view: ListView,
    /// States, separated by commas.
    pub state: Option<String>,
    /// Kinds, separated by commas.
    pub kind: Option<String>,
    /// One priority.
    #[param(inline)]
    pub priority: Option<Priority>,
    /// One department of the box's own side.
    pub department_id: Option<Id>,
    /// Another organization than the caller's own, within the permission.
    pub org_id: Option<Id>,
    /// Only those past their limit.
    pub overdue: bool,
    /// Number, or patient's name, its pinyin or initials, from its beginning.
    pub q: Option<String>,
    /// Written on this day or later.
    pub from: Option<Date>,
    /// Written on this day or earlier.
    pub to: Option<Date>,
    /// `next` of the page before.
    pub after: Option<String>,
    /// Rows a page.
    pub limit: Option<u32>,
}

/// A case in a list.
#[derive(Clone, Serialize, Deserialize, utoipa::ToSchema)]
pub struct ReferralRow {
    /// Its id.
    pub id: Id,
    /// Its version.
    pub version: i64,
    /// Its number.
    pub number: String,
    /// What sort.
    pub kind: Kind,
    /// Where it stands.
    pub state: State,
    /// How much it presses.
    pub priority: Priority,
    /// What is asked for.
    pub service: Service,
    /// The patient.
    pub patient_id: Id,
    /// The patient's name.
    pub patient_name: String,
    /// Administrative sex.
    pub patient_sex: kernel::identity::Sex,
    /// Completed years.
    pub patient_age_years: Option<u16>,
    /// The main diagnosis in words.
    pub diagnosis: Option<String>,
    /// Who asks.
    pub from_org_id: Id,
    /// Its name.
    pub from_org_name: String,
    /// The asking doctor.
    pub from_doctor_name: Option<String>,
    /// Who is asked.
    pub to_org_id: Id,
    /// Its name.
    pub to_org_name: String,
    /// The department asked.
    pub to_department_name: Option<String>,
    /// Whose move it is.
    pub waits_for_org_id: Id,
    /// When first written.
    pub created_at: Instant,
    /// When sent.
    pub submitted_at: Option<Instant>,
    /// The limit.
    pub due_at: Option<Instant>,
    /// Past it.
    pub overdue: bool,
    /// When the patient is expected.
    pub expected_at: Option<Instant>,
    /// The place held.
    pub place_name: Option<String>,
    /// It was escalated.
    pub escalated: bool,
    /// A return to hospital soon after a discharge.
    pub readmission: bool,
    /// Red flags the rules saw.
    pub red_flags: Vec<String>,
}

impl ReferralRow {
    /// The row on `now`.
    pub(crate) fn of(referral: &Versioned<Referral>, now: Instant) -> Self {
        let patient = &referral.patient;
        Self {
            id: referral.id,
            version: referral.version,
            number: referral.number.clone(),
            kind: referral.kind,
            state: referral.state,
            priority: referral.content.priority,
            service: referral.content.service,
            patient_id: referral.patient_id,
            patient_name: patient.name.clone(),
            patient_sex: patient.sex,
            patient_age_years: patient.birth_date.map(|birth| birth.age_on(now.date())),
            diagnosis: referral
                .content
                .diagnoses
                .first()
                .map(|first| first.display.clone()),
            from_org_id: referral.from.org_id,
            from_org_name: referral.from.org_name.clone(),
            from_doctor_name: referral.from.doctor_name.clone(),
            to_org_id: referral.to.org_id,
            to_org_name: referral.to.org_name.clone(),
            to_department_name: referral.to.department_name.clone(),
            waits_for_org_id: referral.waits_for(),
            created_at: referral.created_at,
            submitted_at: referral.submitted_at,
            due_at: referral.due_at,
            overdue: referral.due_at.is_some_and(|due| due <= now),
            expected_at: referral.expected_at,
            place_name: referral.hold.as_ref().map(|held| held.place_name.clone()),
            escalated: referral.escalated_at.is_some(),
            readmission: referral.readmission.is_some(),
            red_flags: referral
                .suggestion
                .as_ref()
                .map_or(Vec::new(), |taken| taken.red_flags.clone()),
        }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Key {
    id: Id,
    key: i64,
}

/// One page.
///
/// # Errors
/// `access.out-of-scope`, `page.cursor`, `referral.filter`.
pub(crate) fn list(tx: &mut Tx<'_>, query: &ListQuery) -> Result<Page<ReferralRow>> {
    let size = page_size(query.limit);
    let orgs = orgs(tx, query)?;
    let words = query
        .q
        .as_deref()
        .map(text::fold)
        .filter(|words| !words.is_empty());
    if let Some(words) = words {
        return search(tx, query, &orgs, &words, size);
    }
    let mut keys = Vec::new();
    let live = query.view == ListView::Live;
    let tail = filter_values(tx, query, size)?;
    for org_id in &orgs {
        for statement in statements(query) {
            let mut values = params![*org_id].to_vec();
            values.extend(tail.iter().cloned());
            keys.extend(tx.query::<Key>(statement, &values)?);
        }
    }
    if live {
        keys.sort_by_key(|row| (row.key, row.id));
    } else {
        keys.sort_by_key(|row| std::cmp::Reverse((row.key, row.id)));
    }
    keys.dedup_by_key(|row| row.id);
    keys.truncate(size as usize + 1);
    let page = Page::from_rows(keys, size, |row| Cursor {
        key: row.key,
        id: row.id,
    });
    let now = tx.now();
    let narrow = tx.scope().is_some_and(|scope| scope < Scope::Org);
    let mut items = Vec::with_capacity(page.items.len());
    for row in page.items {
        let referral: Versioned<Referral> = tx.load(row.id)?;
        // A scope narrower than an organization is looked up as the organization, then narrowed.
        if !narrow || !visible::sides(tx, &referral)?.is_empty() {
            items.push(ReferralRow::of(&referral, now));
        }
    }
    Ok(Page {
        items,
        next: page.next,
    })
}

/// The organizations whose boxes are read.
fn orgs(tx: &mut Tx<'_>, query: &ListQuery) -> Result<Vec<Id>> {
    if let Some(org_id) = query.org_id {
        access::require_org(tx, org_id).map_err(|error| error.at("org_id"))?;
        return Ok(vec![org_id]);
    }
    let own = tx.actor().org_id;
    match tx.scope() {
        Some(scope) if query.mailbox == Mailbox::AllBelow && scope > Scope::Org => {
            let mut orgs = access::visible_orgs(tx, scope)?;
            if !orgs.contains(&own) {
                orgs.push(own);
            }
            Ok(orgs)
        }
        _ => Ok(vec![own]),
    }
}

/// Cases by number or name, newest first, one page.
fn search(
    tx: &mut Tx<'_>,
    query: &ListQuery,
    orgs: &[Id],
    words: &str,
    size: u32,
) -> Result<Page<ReferralRow>> {
    let states = state_filter(query)?;
    let scope = tx.scope();
    let found = matches_of(tx, (orgs, scope), words)?;
    let now = tx.now();
    let mut items = Vec::new();
    for referral in found {
        let wanted = |filter: &Option<String>, word: &str| {
            filter
                .as_ref()
                .is_none_or(|filter| filter.contains(&format!(",{word},")))
        };
        let live = query.view != ListView::Live || referral.phase() == Phase::Live;
        if live && wanted(&states, referral.state.word()) {
            items.push(ReferralRow::of(&referral, now));
        }
        if items.len() == size as usize {
            break;
        }
    }
    Ok(Page { items, next: None })
}

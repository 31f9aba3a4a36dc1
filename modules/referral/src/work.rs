//! What waits for whom: my work, the search over everything, the dispatch wall.

use http::{SearchHit, WorkItem, access};
use kernel::{Id, Instant, Result};
use serde::{Deserialize, Serialize};
use store::{Tx, params};

use crate::counts::{self, Counts};
use crate::down::FollowUp;
use crate::lists::named::matches_of;
use crate::model::{NEVER, Referral};
use crate::visible;
use crate::words::{Priority, State};

/// Items shown at most.
const WORK_MAX: u32 = 50;

macro_rules! waiting {
    ($org:literal) => {
        concat!(
            "SELECT version, body FROM referral WHERE ",
            $org,
            " = $1 AND phase = 'live' AND $2 LIKE '%,' || state || ',%' ORDER BY due_at, id LIMIT $3"
        )
    };
}

const WAITING_TO: &str = waiting!("to_org_id");
const WAITING_FROM: &str = waiting!("from_org_id");
const WAITING_COMMUNITY: &str = waiting!("community_org_id");
const FOLLOW_UPS_DUE: &str = "SELECT version, body FROM referral_follow_up
    WHERE org_id = $1 AND state = 'waiting' AND due_on <= $2 ORDER BY due_on, id LIMIT $3";

/// What waits for the actor, by role. Titles hold names and diagnoses only: the words around them,
/// kind and reason, are codes that the interface says in the reader's language.
pub(crate) fn work(tx: &mut Tx<'_>) -> Result<Vec<WorkItem>> {
    if tx.actor().scope("referral.read").is_none() {
        return Ok(Vec::new());
    }
    let role = tx.actor().role.clone();
    let mut items = Vec::new();
    match role.as_str() {
        "referral-office" => {
            states(
                tx,
                &mut items,
                WAITING_TO,
                ",submitted,in-review,escalated,",
                "referral.answer",
            )?;
            states(
                tx,
                &mut items,
                WAITING_FROM,
                ",results-returned,",
                "referral.close",
            )?;
        }
        "duty-chief" => states(
            tx,
            &mut items,
            WAITING_TO,
            ",escalated,",
            "referral.escalated",
        )?,
        "dispatcher" => {
            states(
                tx,
                &mut items,
                WAITING_TO,
                ",submitted,in-review,escalated,",
                "referral.answer",
            )?;
        }
        "bed-manager" => {
            states(
                tx,
                &mut items,
                WAITING_TO,
                ",accepted,arrived,",
                "referral.bed",
            )?;
        }
        "ward-nurse" => states(
            tx,
            &mut items,
            WAITING_TO,
            ",accepted,arrived,",
            "referral.admit",
        )?,
        "attending-doctor" => {
            states(tx, &mut items, WAITING_TO, ",arrived,", "referral.see")?;
            states(
                tx,
                &mut items,
                WAITING_TO,
                ",admitted,seen,",
                "referral.return-results",
            )?;
            states(tx, &mut items, WAITING_TO, ",asked,", "referral.advice")?;
            states(
                tx,
                &mut items,
                WAITING_FROM,
                ",answered,results-returned,",
                "referral.close",
            )?;
        }
        "technician" => states(
            tx,
            &mut items,
            WAITING_TO,
            ",accepted,arrived,seen,",
            "referral.exam",
        )?,
        "general-practitioner" => {
            states(
                tx,
                &mut items,
                WAITING_TO,
                ",submitted,in-review,escalated,arrived,",
                "referral.answer",
            )?;
            community(tx, &mut items)?;
        }
        "village-doctor" => community(tx, &mut items)?,
        _ => {}
    }
    items.sort_by_key(|item| (item.due.unwrap_or(NEVER), item.id));
    items.dedup_by_key(|item| item.id);
    Ok(items)
}

/// The work of those who take patients back and sent them in the first place.
fn community(tx: &mut Tx<'_>, items: &mut Vec<WorkItem>) -> Result<()> {
    states(
        tx,
        items,
        WAITING_COMMUNITY,
        ",down-proposed,",
        "referral.accept-down",
    )?;
    states(
        tx,
        items,
        WAITING_COMMUNITY,
        ",followed-up,",
        "referral.close",
    )?;
    states(
        tx,
        items,
        WAITING_FROM,
        ",results-returned,answered,",
        "referral.close",
    )?;
    let (org_id, today) = (tx.actor().org_id, tx.now().date());
    let due = tx.find::<FollowUp>(FOLLOW_UPS_DUE, &params![org_id, today, WORK_MAX])?;
    items.extend(due.into_iter().map(|follow_up| WorkItem {
        id: follow_up.id,
        module: "referral".to_owned(),
        kind: "follow-up".to_owned(),
        title: format!("{} · D{}", follow_up.patient_name, follow_up.day),
        subtitle: follow_up.referral_number.clone(),
        since: follow_up.due_on.start(),
        due: Some(follow_up.due_on.at(23, 59)),
        reason: "referral.follow-up".to_owned(),
        link: format!("/referral/{}", follow_up.referral_id),
        org_id: Some(follow_up.hospital_org_id),
        priority: "routine".to_owned(),
    }));
    Ok(())
}

fn states(
    tx: &mut Tx<'_>,
    items: &mut Vec<WorkItem>,
    statement: &'static str,
    states: &'static str,
    reason: &'static str,
) -> Result<()> {
    let org_id = tx.actor().org_id;
    let found = tx.find::<Referral>(statement, &params![org_id, states, WORK_MAX])?;
    items.extend(found.iter().map(|referral| item(referral, org_id, reason)));
    Ok(())
}

fn item(referral: &Referral, own: Id, reason: &str) -> WorkItem {
    let other = if referral.from.org_id == own {
        &referral.to
    } else {
        &referral.from
    };
    let diagnosis = main_diagnosis(referral);
    WorkItem {
        id: referral.id,
        module: "referral".to_owned(),
        kind: referral.kind.word().to_owned(),
        title: joined(&referral.patient.name, diagnosis),
        subtitle: format!("{} · {}", other.org_name, referral.number),
        since: referral.submitted_at.unwrap_or(referral.created_at),
        due: referral.due_at,
        reason: reason.to_owned(),
        link: format!("/referral/{}", referral.id),
        org_id: Some(other.org_id),
        priority: referral.content.priority.word().to_owned(),
    }
}

/// A line of one or two parts.
fn joined(first: &str, second: &str) -> String {
    match second {
        "" => first.to_owned(),
        _ => format!("{first} · {second}"),
    }
}

fn main_diagnosis(referral: &Referral) -> &str {
    let first = referral.content.diagnoses.first();
    first.map_or("", |first| first.display.as_str())
}

/// Cases by number or patient's name, within the actor's reach.
pub(crate) fn search(tx: &mut Tx<'_>, words: &str, limit: u32) -> Result<Vec<SearchHit>> {
    let Some(scope) = tx.actor().scope("referral.read") else {
        return Ok(Vec::new());
    };
    let words = kernel::text::fold(words);
    if words.is_empty() {
        return Ok(Vec::new());
    }
    let mut orgs = access::visible_orgs(tx, scope)?;
    let own = tx.actor().org_id;
    if !orgs.contains(&own) {
        orgs.push(own);
    }
    let found = matches_of(tx, (&orgs, Some(scope)), &words)?;
    let hits = found
        .into_iter()
        .take(limit as usize)
        .map(|referral| SearchHit {
            kind: "referral".to_owned(),
            id: referral.id,
            title: format!("{} · {}", referral.number, referral.patient.name),
            subtitle: joined(
                &format!("{} → {}", referral.from.org_name, referral.to.org_name),
                main_diagnosis(&referral),
            ),
            state: Some(referral.state.word().to_owned()),
            link: format!("/referral/{}", referral.id),
        });
    Ok(hits.collect())
}

/// What the dispatch wall shows of referrals: no names.
#[derive(Clone, Debug, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Queue {
    /// Live cases asked of these organizations, by organization.
    pub counts: Vec<OrgCounts>,
    /// Those that press most: emergencies, escalated, first due.
    pub pressing: Vec<QueueRow>,
}

/// Counts of one organization.
#[derive(Clone, Debug, Serialize, Deserialize, utoipa::ToSchema)]
pub struct OrgCounts {
    /// The organization.
    pub org_id: Id,
    /// Its live cases.
    pub counts: Counts,
}

/// One case on the wall.
#[derive(Clone, Debug, Serialize, Deserialize, utoipa::ToSchema)]
pub struct QueueRow {
    /// Its id.
    pub id: Id,
    /// Its number.
    pub number: String,
    /// What sort.
    pub kind: crate::words::Kind,
    /// Where it stands.
    pub state: State,
    /// How much it presses.
    pub priority: Priority,
    /// Who asks.
    pub from_org_id: Id,
    /// Its name.
    pub from_org_name: String,
    /// Who is asked.
    pub to_org_id: Id,
    /// Its name.
    pub to_org_name: String,
    /// Waits since.
    pub since: Instant,
    /// The limit.
    pub due_at: Option<Instant>,
    /// It was escalated.
    pub escalated: bool,
}

const UNANSWERED: &str = ",submitted,in-review,escalated,";
/// Rows on the wall at most.
const WALL_MAX: usize = 40;

/// The queue of several organizations, for the dispatch wall. The caller checks the permission.
///
/// # Errors
/// Whatever the database reports.
pub fn queue(tx: &mut Tx<'_>, org_ids: &[Id]) -> Result<Queue> {
    let mut all = Vec::with_capacity(org_ids.len());
    let mut pressing = Vec::new();
    for org_id in org_ids {
        all.push(OrgCounts {
            org_id: *org_id,
            counts: counts::of(tx, *org_id)?,
        });
        let values = params![*org_id, UNANSWERED, WORK_MAX];
        let found = tx.find::<Referral>(WAITING_TO, &values)?;
        pressing.extend(found.iter().map(|referral| QueueRow {
            id: referral.id,
            number: referral.number.clone(),
            kind: referral.kind,
            state: referral.state,
            priority: referral.content.priority,
            from_org_id: referral.from.org_id,
            from_org_name: referral.from.org_name.clone(),
            to_org_id: referral.to.org_id,
            to_org_name: referral.to.org_name.clone(),
            since: referral.submitted_at.unwrap_or(referral.created_at),
            due_at: referral.due_at,
            escalated: referral.escalated_at.is_some(),
        }));
    }
    pressing.sort_by_key(|row| {
        (
            !row.escalated,
            row.priority,
            row.due_at.unwrap_or(NEVER),
            row.id,
        )
    });
    pressing.truncate(WALL_MAX);
    Ok(Queue {
        counts: all,
        pressing,
    })
}

/// Does the actor stand on a side of this case?
///
/// # Errors
/// `NotFound` with code `referral`.
pub fn is_visible(tx: &mut Tx<'_>, id: Id) -> Result<bool> {
    let referral = tx.load::<Referral>(id)?;
    Ok(!visible::sides(tx, &referral)?.is_empty())
}

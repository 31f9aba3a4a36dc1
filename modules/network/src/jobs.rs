//! Background work: licences that run out, scopes that turn with the day; and what waits for whom.

use http::WorkItem;
use http::notice::{self, Audience};
use kernel::{Date, Result, Span};
use serde::{Deserialize, Serialize};
use store::{Job, JobKind, Tx};

use crate::PERMISSION_DECIDE;
use crate::model::GroupState;
use crate::store::people::Expiring;
use crate::store::{groups, people, scopes};

/// When notices of licences that run out are sent.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LicenceRules {
    /// Days ahead, each sent once.
    pub notice_days_ahead: Vec<i64>,
}

pub(crate) const JOBS: &[JobKind] = &[
    JobKind {
        kind: "network.licences",
        every: Some(Span::hours(24)),
        run: notice_licences,
    },
    // A membership may begin on a later day.
    JobKind {
        kind: "network.scopes",
        every: Some(Span::hours(6)),
        run: |tx, _| scopes::refresh(tx),
    },
];

fn notice_licences(tx: &mut Tx<'_>, _: &Job) -> Result<()> {
    let rules = tx.rule::<LicenceRules>("network.licences")?.body;
    let today = tx.now().date();
    let ahead_max = rules.notice_days_ahead.iter().copied().max().unwrap_or(0);
    let mut last: Option<Expiring> = None;
    loop {
        let batch = people::expiring(tx, today.plus_days(ahead_max), last.as_ref())?;
        for licence in &batch {
            notice_one(tx, licence, today, &rules)?;
        }
        match batch.into_iter().last() {
            Some(end) => last = Some(end),
            None => return Ok(()),
        }
    }
}

/// The step of `steps` that is due: the smallest that is not below the days left.
fn due_step(days_left: i64, steps: &[i64]) -> Option<i64> {
    steps
        .iter()
        .copied()
        .filter(|step| days_left <= *step)
        .min()
}

fn notice_one(
    tx: &mut Tx<'_>,
    licence: &Expiring,
    today: Date,
    rules: &LicenceRules,
) -> Result<()> {
    let days_left = today.days_until(licence.expires_on);
    let Some(step) = due_step(days_left, &rules.notice_days_ahead) else {
        return Ok(());
    };
    if licence.noticed_days.is_some_and(|noticed| noticed <= step) {
        return Ok(());
    }
    let person = people::load(tx, licence.practitioner_id)?;
    let audience = Audience::Role {
        org_id: person.home_org_id,
        role: "director",
    };
    let data = serde_json::json!({
        "practitioner_id": person.id,
        "name": person.name,
        "expires_on": licence.expires_on,
        "days_left": days_left,
    });
    let link = format!("/network/people/{}", person.id);
    notice::send(tx, &audience, "network.licence-expires", &data, &link)?;
    people::mark_noticed(tx, licence, step)
}

/// Licences for those who manage people, groups without approval for those who decide.
pub(crate) fn work(tx: &mut Tx<'_>) -> Result<Vec<WorkItem>> {
    let mut items = Vec::new();
    if tx.actor().scope(crate::PERMISSION_PEOPLE).is_some() {
        licences_at_home(tx, &mut items)?;
    }
    if let Some(scope) = tx.actor().scope(PERMISSION_DECIDE) {
        for group in groups::all(tx)? {
            let mine = http::access::covers_as(tx, scope, group.lead_org_id)?;
            if mine && group.state == GroupState::Forming && group.approval.is_none() {
                items.push(WorkItem {
                    id: group.id,
                    module: "network".to_owned(),
                    kind: "group".to_owned(),
                    title: group.name.clone(),
                    subtitle: crate::org(tx, group.lead_org_id)?.name,
                    since: group.created_at,
                    due: None,
                    reason: "network.group-needs-approval".to_owned(),
                    link: format!("/network/groups/{}", group.id),
                    org_id: Some(group.lead_org_id),
                    priority: "routine".to_owned(),
                });
            }
        }
    }
    Ok(items)
}

fn licences_at_home(tx: &mut Tx<'_>, items: &mut Vec<WorkItem>) -> Result<()> {
    let rules = tx.rule::<LicenceRules>("network.licences")?.body;
    let ahead = rules.notice_days_ahead.iter().copied().max().unwrap_or(0);
    let today = tx.now().date();
    let (org_id, until) = (tx.actor().org_id, today.plus_days(ahead));
    for licence in people::expiring_at(tx, org_id, until)? {
        let person = people::load(tx, licence.practitioner_id)?;
        let found = person
            .licences
            .iter()
            .find(|one| one.id == licence.licence_id);
        items.push(WorkItem {
            id: licence.licence_id,
            module: "network".to_owned(),
            kind: "licence".to_owned(),
            title: person.name.clone(),
            subtitle: found.map(|one| one.number.clone()).unwrap_or_default(),
            since: licence.expires_on.plus_days(-ahead).start(),
            due: Some(licence.expires_on.plus_days(1).start()),
            reason: "network.licence-expires".to_owned(),
            link: format!("/network/people/{}", person.id),
            org_id: Some(person.home_org_id),
            priority: "routine".to_owned(),
        });
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::due_step;

    #[test]
    fn each_step_is_due_once_its_day_comes() {
        let steps = [60, 30, 7, 0];
        let cases = [
            (61, None),
            (60, Some(60)),
            (31, Some(60)),
            (30, Some(30)),
            (7, Some(7)),
            (0, Some(0)),
            (-5, Some(0)),
        ];
        for (days_left, step) in cases {
            assert_eq!(due_step(days_left, &steps), step, "{days_left}");
        }
    }
}

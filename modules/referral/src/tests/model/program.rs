//! What the program is asked to do, and whether what it holds is what the model holds.

use kernel::Id;
use serde_json::json;
use store::Request;
use testkit::TestApp;

use super::Model;
use super::table::{Case, Person, is_live};
use crate::tests::fixture::plan;
use crate::{Command, act, act_as_system, record_follow_up};

impl Model {
    pub(super) async fn perform(
        &self,
        app: &TestApp,
        case: &Case,
        action: &'static str,
        who: &Person,
        bed: usize,
    ) -> kernel::Result<String> {
        let id = case.id;
        if action == "follow-up" {
            return self.visit(app, id, who).await;
        }
        let reason = json!({ "reason_code": "no-bed", "reason_text": "模型" });
        let body = match action {
            "accept" => json!({ "place": { "kind": "bed", "bed_id": self.beds[bed].0 } }),
            "withdraw" => json!({ "reason_code": "improved" }),
            "reject" | "decline-down" | "return-to-review" | "recall-down" => reason,
            "reassign" => json!({ "org_id": self.other_hospital(case), "reason_code": "no-bed" }),
            "return-results" => json!({ "summary": { "findings": "见报告" } }),
            "propose-down" => json!({ "org_id": self.world.town, "plan": plan() }),
            "answer" => json!({ "text": "观察", "suggests": "stay" }),
            "close" => json!({ "outcome": { "result": "improved" } }),
            "record-death" => json!({ "died_on": app.clock().now().date() }),
            "close-elsewhere" => json!({ "text": "外院" }),
            "submit" => json!({ "override_reason": "模型" }),
            _ => json!({}),
        };
        let unit = ["accept-down", "escalate", "expire", "no-show"].contains(&action);
        let word = if action == "no-show" {
            "mark-no-show"
        } else {
            action
        };
        let command = if unit {
            json!({ "action": word })
        } else {
            json!({ "action": word, "body": body })
        };
        let command: Command = serde_json::from_value(command).unwrap();
        let by_clock = ["escalate", "expire"].contains(&action);
        let request = if by_clock {
            Request::system("model")
        } else {
            who.request.clone()
        };
        let done = app.store().write(&request, move |tx| {
            if by_clock {
                act_as_system(tx, id, &command)
            } else {
                act(tx, id, None, &command)
            }
        });
        Ok(done.await?.state.word().to_owned())
    }

    async fn visit(&self, app: &TestApp, id: Id, who: &Person) -> kernel::Result<String> {
        let record = json!({ "way": "phone", "done_on": app.clock().now().date(),
            "form": { "general": "好", "symptoms": "no" } });
        let record: crate::FollowUpRecord = serde_json::from_value(record).unwrap();
        let done = app.store().write(&who.request, move |tx| {
            let all = crate::store::follow_ups_of(tx, id)?;
            let waiting = all
                .iter()
                .find(|one| one.state == crate::FollowUpState::Waiting);
            let Some(waiting) = waiting else {
                return Err(kernel::Error::not_found("follow-up"));
            };
            record_follow_up(tx, waiting.id, None, &record)?;
            Ok(tx.load::<crate::Referral>(id)?.state.word().to_owned())
        });
        done.await
    }

    /// The store holds exactly the beds the model holds; ended cases keep nothing open; strangers
    /// see nothing. Cases that ended before the last look are looked at again at the end only.
    pub(super) async fn check(&mut self, app: &TestApp, step: usize, all: bool) {
        let looked: Vec<Case> = self
            .cases
            .iter()
            .filter(|case| all || !self.settled.contains(&case.id))
            .cloned()
            .collect();
        let ids: Vec<Id> = looked.iter().map(|case| case.id).collect();
        let stranger = self.people[8].request.clone();
        let again = ids.clone();
        let hidden = app.store().read(&stranger, move |tx| {
            for id in &again {
                if crate::is_visible(tx, *id)? {
                    return Ok(Some(*id));
                }
            }
            Ok(None)
        });
        let seen = hidden.await.unwrap();
        assert_eq!(seen, None, "step {step}: a stranger sees a case");
        let system = Request::system("model");
        let found = app.store().read(&system, move |tx| {
            let mut found = Vec::with_capacity(ids.len());
            for id in &ids {
                let state = tx.load::<crate::Referral>(*id)?.state;
                found.push((state, resources::holds_for(tx, "referral", *id)?));
            }
            Ok(found)
        });
        let mut held = Vec::new();
        for (case, (state, holds)) in looked.iter().zip(found.await.unwrap()) {
            assert_eq!(state.word(), case.state, "step {step}");
            let live: Vec<Id> = holds
                .iter()
                .filter(|hold| hold.state.is_live())
                .map(|hold| hold.place.id())
                .collect();
            let expected: Vec<Id> = case.bed.iter().map(|bed| self.beds[*bed].0).collect();
            assert_eq!(live, expected, "step {step}: {case:?}");
            held.extend(live);
            if case.state != "draft" && !is_live(case.state) {
                self.settled.insert(case.id);
            }
        }
        let count = held.len();
        held.sort();
        held.dedup();
        assert_eq!(held.len(), count, "step {step}: a bed is held twice");
    }
}

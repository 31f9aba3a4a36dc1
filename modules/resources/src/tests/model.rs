//! Random histories of holds against a reference model of a few lines: the same states, never two
//! live holds at one place, never a place kept by nobody.

use std::collections::BTreeMap;

use kernel::{Id, Instant, Span};
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::{Config, TestRunner};
use testkit::{TestApp, on_each_engine};

use super::fixture::{World, modules, monday, request, slots_on, world, write};
use crate::{Channel, HoldState, Place};

/// Histories tried an engine; each has up to forty steps.
const HISTORIES: u32 = 12;
const PLACES: usize = 5;

#[derive(Clone, Debug)]
enum Step {
    Hold { place: usize, minutes: i64 },
    Confirm { hold: usize, minutes: i64 },
    Consume { hold: usize },
    Release { hold: usize },
    Wait { minutes: i64 },
    Sweep,
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step = prop_oneof![
        4 => (0..PLACES, 1_i64..90).prop_map(|(place, minutes)| Step::Hold { place, minutes }),
        2 => (0..40_usize, 1_i64..90).prop_map(|(hold, minutes)| Step::Confirm { hold, minutes }),
        1 => (0..40_usize).prop_map(|hold| Step::Consume { hold }),
        2 => (0..40_usize).prop_map(|hold| Step::Release { hold }),
        2 => (1_i64..60).prop_map(|minutes| Step::Wait { minutes }),
        1 => Just(Step::Sweep),
    ];
    prop::collection::vec(step, 1..40)
}

/// What the reference knows of a hold.
struct Known {
    place: usize,
    state: HoldState,
    until: Instant,
}

/// The reference: a hold is live until its time, and a place has one live or used hold.
#[derive(Default)]
struct Reference {
    holds: BTreeMap<Id, Known>,
}

impl Reference {
    fn pass_time(&mut self, now: Instant) {
        for known in self.holds.values_mut() {
            if known.state.is_live() && known.until <= now {
                known.state = HoldState::Expired;
            }
        }
    }

    fn is_free(&self, place: usize) -> bool {
        !self.holds.values().any(|known| {
            known.place == place && (known.state.is_live() || known.state == HoldState::Consumed)
        })
    }

    fn pick(&self, index: usize) -> Option<Id> {
        let count = self.holds.len();
        (count > 0).then(|| *self.holds.keys().nth(index % count).unwrap())
    }
}

async fn run(app: &TestApp, world: &World, places: &[Place], steps: Vec<Step>) {
    let mut reference = Reference::default();
    for step in steps {
        let now = app.clock().now();
        reference.pass_time(now);
        match step {
            Step::Hold { place, minutes } => {
                let mut ask = request(places[place], world.town, Channel::Green, now);
                ask.until = now + Span::minutes(minutes);
                let answer = write(app, move |tx| crate::hold(tx, &ask)).await;
                assert_eq!(
                    answer.is_ok(),
                    reference.is_free(place),
                    "{place} {answer:?}"
                );
                if let Ok(hold) = answer {
                    let known = Known {
                        place,
                        state: HoldState::Held,
                        until: now + Span::minutes(minutes),
                    };
                    reference.holds.insert(hold.id, known);
                }
            }
            Step::Confirm { hold, minutes } => {
                let Some(id) = reference.pick(hold) else {
                    continue;
                };
                let until = now + Span::minutes(minutes);
                let answer = write(app, move |tx| crate::confirm(tx, id, until)).await;
                let known = reference.holds.get_mut(&id).unwrap();
                assert_eq!(answer.is_ok(), known.state.is_live(), "{answer:?}");
                if answer.is_ok() {
                    known.state = HoldState::Confirmed;
                    known.until = until;
                }
            }
            Step::Consume { hold } => {
                let Some(id) = reference.pick(hold) else {
                    continue;
                };
                let answer = write(app, move |tx| crate::consume(tx, id)).await;
                let known = reference.holds.get_mut(&id).unwrap();
                let may = known.state.is_live() || known.state == HoldState::Consumed;
                assert_eq!(answer.is_ok(), may, "{answer:?}");
                if may {
                    known.state = HoldState::Consumed;
                }
            }
            Step::Release { hold } => {
                let Some(id) = reference.pick(hold) else {
                    continue;
                };
                let answer = write(app, move |tx| crate::release(tx, id, "test")).await;
                let known = reference.holds.get_mut(&id).unwrap();
                assert_eq!(
                    answer.is_ok(),
                    known.state != HoldState::Consumed,
                    "{answer:?}"
                );
                if known.state.is_live() {
                    // Before the sweep a hold past its time can still be given back.
                    known.state = answer.unwrap().state;
                }
            }
            Step::Wait { minutes } => app.clock().advance(Span::minutes(minutes)),
            Step::Sweep => app.settle().await,
        }
        let findings = write(app, crate::ledger_check).await.unwrap();
        // Between two sweeps a hold may be past its time; nothing else may ever be found.
        let wrong = findings
            .iter()
            .find(|finding| !finding.starts_with("a hold lives past its expiry"));
        assert_eq!(wrong, None);
    }
    app.settle().await;
    reference.pass_time(app.clock().now());
    for (id, known) in reference.holds {
        let stored = write(app, move |tx| crate::hold_of(tx, id))
            .await
            .unwrap()
            .unwrap();
        let ended = |state| matches!(state, HoldState::Released | HoldState::Expired);
        // Released after its time and before the sweep counts as either end.
        assert!(
            stored.state == known.state || (ended(stored.state) && ended(known.state)),
            "{stored:?}"
        );
    }
}

#[test]
fn random_histories_agree_with_the_reference() {
    let mut runner = TestRunner::new(Config {
        failure_persistence: None,
        ..Config::default()
    });
    for _ in 0..HISTORIES {
        let steps = steps().new_tree(&mut runner).unwrap().current();
        on_each_engine(modules, move |app| {
            let steps = steps.clone();
            async move {
                let world = world(&app).await;
                // Far enough ahead that their time does not come within one history.
                let day = monday().plus_days(7);
                let slots = slots_on(&app, day).await;
                let mut places: Vec<Place> = slots[..3]
                    .iter()
                    .map(|slot| Place::Slot { slot_id: slot.id })
                    .collect();
                for minute in [0, 10] {
                    let start = day.at(8, minute);
                    places.push(Place::Equipment {
                        equipment_id: world.ct,
                        start,
                        minutes: 10,
                    });
                }
                run(&app, &world, &places, steps).await;
            }
        });
    }
}

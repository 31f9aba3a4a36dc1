//! Rule sets: the version in force on a day, and what a new version must satisfy.

use kernel::{Kind, Span};
use serde::{Deserialize, Serialize};
use serde_json::json;
use store::{RuleSeed, check_body};

use crate::support::{assert_whole, on_each, request};

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Clocks {
    hours: i64,
}

const SEED: RuleSeed = RuleSeed {
    code: "thing.clocks",
    title_zh: "时限",
    title_en: "Clocks",
    source: "local setting",
    body: r#"{"hours": 2}"#,
    check: check_body::<Clocks>,
};

#[test]
fn the_version_in_force_is_chosen_by_date_and_the_newest_of_a_day_wins() {
    on_each(|store| {
        let today = store.clock.now().date();
        let tomorrow = (store.clock.now() + Span::days(1)).date();
        store
            .store
            .write_now(&request(), move |tx| {
                tx.seed_rules(&[SEED])?;
                tx.seed_rules(&[SEED])?;
                tx.add_rule_version(&SEED, 1, tomorrow, "文号 1", &json!({ "hours": 24 }))?;
                tx.add_rule_version(&SEED, 2, today, "文号 2", &json!({ "hours": 4 }))?;
                tx.add_rule_version(&SEED, 3, today, "文号 3", &json!({ "hours": 6 }))
            })
            .unwrap();
        let in_force = || {
            let rule = store
                .store
                .read_now(&request(), |tx| tx.rule::<Clocks>("thing.clocks"))
                .unwrap();
            (rule.version, rule.body.hours)
        };
        assert_eq!(in_force(), (4, 6));
        store.clock.advance(Span::days(1));
        assert_eq!(in_force(), (2, 24));
        let versions = store
            .store
            .read_now(&request(), |tx| tx.rule_versions("thing.clocks"))
            .unwrap();
        assert_eq!(
            versions.iter().map(|one| one.version).collect::<Vec<_>>(),
            [4, 3, 2, 1]
        );
        assert_eq!(versions[3].body, json!({ "hours": 2 }));
        let newest = store
            .store
            .read_now(&request(), |tx| tx.rule_sets())
            .unwrap();
        assert_eq!(
            newest
                .iter()
                .map(|one| (one.code.as_str(), one.version))
                .collect::<Vec<_>>(),
            [("thing.clocks", 4)]
        );
        assert_whole(&store.store);
    });
}

#[test]
fn a_rule_that_cannot_be_read_or_comes_too_late_is_refused() {
    on_each(|store| {
        let today = store.clock.now().date();
        store
            .store
            .write_now(&request(), |tx| tx.seed_rules(&[SEED]))
            .unwrap();
        let add = |after: i64, body: serde_json::Value| {
            let add = store.store.write_now(&request(), move |tx| {
                tx.add_rule_version(&SEED, after, today, "x", &body)
            });
            add.unwrap_err()
        };
        let unreadable = add(1, json!({ "hours": "two" }));
        assert_eq!(
            (unreadable.kind(), unreadable.code()),
            (Kind::Invalid, "rule.unreadable")
        );
        assert_eq!(
            add(1, json!({ "hours": 1, "days": 1 })).code(),
            "rule.unreadable"
        );
        assert_eq!(add(0, json!({ "hours": 1 })).code(), "rule.newer-exists");
        let missing = store
            .store
            .read_now(&request(), |tx| tx.rule::<Clocks>("thing.none"))
            .unwrap_err();
        assert_eq!(missing.code(), "rule.missing");
    });
}

//! Scenarios as a doctor would tell them, one file each in `scenarios/`.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use kernel::{Id, Span};
use serde_json::json;
use testkit::{Client, TestApp};

use super::fixture::{
    People, World, act, live_care, live_holds, modules, patient, people, plan, read, send, sheet,
    world,
};

/// A telling of one file.
struct Telling<'a> {
    app: &'a TestApp,
    world: &'a World,
    people: &'a People,
    /// `P1` → patient and case.
    cases: BTreeMap<String, (Id, Id)>,
}

#[test]
fn scenarios_come_true_on_sqlite() {
    for file in files() {
        testkit::on_sqlite(modules, |app| comes_true(app, file.clone()));
    }
}

#[test]
fn scenarios_come_true_on_postgres() {
    for file in files() {
        testkit::on_postgres(modules, |app| comes_true(app, file.clone()));
    }
}

fn files() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios");
    let mut files: Vec<_> = std::fs::read_dir(folder)
        .unwrap()
        .map(|file| file.unwrap().path())
        .collect();
    files.sort();
    assert!(files.len() >= 6);
    files
}

async fn comes_true(app: TestApp, file: PathBuf) {
    let world = world(&app).await;
    let people = people(&app, &world).await;
    let mut telling = Telling {
        app: &app,
        world: &world,
        people: &people,
        cases: BTreeMap::new(),
    };
    for (at, line) in std::fs::read_to_string(&file).unwrap().lines().enumerate() {
        let line = line.split('#').next().unwrap().trim();
        if !line.is_empty() {
            let place = format!("{}:{}: {line}", file.display(), at + 1);
            telling.tell(line, &place).await;
        }
    }
}

impl Telling<'_> {
    async fn tell(&mut self, line: &str, place: &str) {
        let words: Vec<&str> = line.split_whitespace().collect();
        match words.as_slice() {
            ["clock", span] => self.app.advance(span_of(span)).await,
            ["expect", name, state] => self.expect(name.trim_end_matches(':'), state, place).await,
            [org, "refers", name, "to", to] => self.refer("up", org, name, to, "I50").await,
            [org, "refers", name, "to", to, "with", diagnosis] => {
                self.refer("up", org, name, to, diagnosis).await;
            }
            [org, "sends", name, "to", to, "as", kind] => {
                self.refer(kind, org, name, to, "I50").await;
            }
            [who, "can't", action, name] => {
                let reply = self.act(who, action, name, &[]).await;
                assert!(!reply.status.is_success(), "{place}: it could");
            }
            [who, action, name, rest @ ..] => {
                let reply = self.act(who, action, name, rest).await;
                assert!(reply.status.is_success(), "{place}: {reply:?}");
            }
            _ => panic!("{place}: nobody understands this"),
        }
    }

    async fn refer(&mut self, kind: &str, org: &str, name: &str, to: &str, diagnosis: &str) {
        let doctor = self.sender(org);
        let patient_id = match self.cases.get(name) {
            Some((patient_id, _)) => *patient_id,
            None => patient(doctor).await,
        };
        let mut sheet = sheet(kind, patient_id, self.org(to), diagnosis);
        match kind {
            "advice" => sheet["content"]["question"] = json!("如何处理？"),
            "down" => sheet["down_plan"] = plan(),
            _ => {}
        }
        let id = send(doctor, sheet).await;
        self.cases.insert(name.to_owned(), (patient_id, id));
    }

    async fn expect(&self, name: &str, state: &str, place: &str) {
        let (_, id) = self.cases[name];
        let everybody = [
            &self.people.village_doctor,
            &self.people.office,
            &self.people.member_office,
            &self.people.town_doctor,
        ];
        let mut seen = None;
        for client in everybody {
            let reply = client.get(&format!("/api/referrals/{id}")).await;
            if reply.status.is_success() {
                seen = Some(reply);
                break;
            }
        }
        let seen = seen.expect("somebody sees the case");
        assert_eq!(seen.json["state"], state, "{place}");
        let ended = seen.json["ended_at"].is_string();
        if ended {
            assert_eq!(
                live_care(self.app, id).await,
                0,
                "{place}: a care relation is left"
            );
        }
        if !["accepted", "arrived"].contains(&state) {
            assert_eq!(
                live_holds(self.app, id).await,
                0,
                "{place}: a place is still held"
            );
        }
    }

    async fn act(&self, who: &str, action: &str, name: &str, rest: &[&str]) -> testkit::Reply {
        let (_, id) = self.cases[name];
        let because = || json!({ "reason_code": rest.get(1).copied().unwrap_or("no-bed"), "reason_text": "说明" });
        let (action, body) = match action {
            "accepts" if rest.is_empty() => ("accept", json!({})),
            "accepts" => (
                "accept",
                json!({ "place": { "kind": "bed", "bed_id": self.bed(who, rest) } }),
            ),
            "reviews" => ("review", json!({})),
            "rejects" => ("reject", because()),
            "withdraws" => ("withdraw", json!({ "reason_code": "improved" })),
            "reassigns" => (
                "reassign",
                json!({ "org_id": self.org(rest[1]), "reason_code": "no-bed" }),
            ),
            "receives" => ("arrive", json!({})),
            "admits" => ("admit", json!({})),
            "sees" => ("see", json!({})),
            "reports" => (
                "return-results",
                json!({ "summary": { "findings": "见报告" } }),
            ),
            "returns" => (
                "propose-down",
                json!({ "org_id": self.org(rest[1]), "plan": plan() }),
            ),
            "recalls" => ("recall-down", json!({ "reason_code": "changed" })),
            "takes" => ("accept-down", json!({})),
            "declines" => ("decline-down", json!({ "reason_code": "no-service" })),
            "answers" => ("answer", json!({ "text": "继续观察", "suggests": "stay" })),
            "closes" => ("close", json!({ "outcome": { "result": "improved" } })),
            "misses" => ("no-show", json!({})),
            "mourns" => (
                "record-death",
                json!({ "died_on": self.app.clock().now().date() }),
            ),
            other => panic!("nobody knows how to {other}"),
        };
        act(self.actor(who, action), id, action, body).await
    }

    fn bed(&self, who: &str, rest: &[&str]) -> Id {
        let at: usize = rest[1].parse().unwrap();
        if who.starts_with("二院") {
            self.world.member_beds[at - 1]
        } else {
            self.world.beds[at - 1]
        }
    }

    fn org(&self, name: &str) -> Id {
        match name {
            "市医院" => self.world.lead,
            "二院" => self.world.member,
            "东镇卫生院" => self.world.town,
            "东村卫生室" => self.world.village,
            "西村卫生室" => self.world.other_village,
            other => panic!("no organization called {other}"),
        }
    }

    fn sender(&self, org: &str) -> &Client {
        match org {
            "市医院" => &self.people.attending,
            "东镇卫生院" => &self.people.town_doctor,
            _ => &self.people.village_doctor,
        }
    }

    /// Who of an organization does this.
    fn actor(&self, who: &str, action: &str) -> &Client {
        match (who, action) {
            ("市医院值班主任", _) => &self.people.duty_chief,
            ("西村卫生室", _) => &self.people.other_village_doctor,
            ("东村卫生室", _) => &self.people.village_doctor,
            ("东镇卫生院", _) => &self.people.town_doctor,
            ("二院", _) => &self.people.member_office,
            ("市医院", "arrive" | "admit") => &self.people.nurse,
            (
                "市医院",
                "see" | "return-results" | "propose-down" | "recall-down" | "answer"
                | "record-death",
            ) => &self.people.attending,
            ("市医院", _) => &self.people.office,
            (other, _) => panic!("nobody called {other}"),
        }
    }
}

/// `+49h`, `+3d`, `+15m`.
fn span_of(text: &str) -> Span {
    let (number, unit) = text.trim_start_matches('+').split_at(text.len() - 2);
    let number: i64 = number.parse().unwrap();
    match unit {
        "m" => Span::minutes(number),
        "h" => Span::hours(number),
        "d" => Span::days(number),
        other => panic!("no unit {other}"),
    }
}

#[test]
fn a_reader_of_spans() {
    assert_eq!(span_of("+49h"), Span::hours(49));
    assert_eq!(span_of("+3d"), Span::days(3));
    let _ = read;
}

//! The queue of a receiver under failures: order, answers, limits, restarts.

use kernel::{Id, Span};
use serde_json::{Value, json};
use store::Request;
use testkit::{Client, TestApp, on_each_engine, on_sqlite};

use super::outbound::{
    Act, Station, later, listed, open_care, receiver, register, report, set_up, states, work,
};
use super::world::{World, modules, world};

struct Case {
    world: World,
    station: Station,
    receiver: Id,
    doctor: Client,
    patient: Id,
}

/// A patient that the receiver was told of, and a doctor who writes.
async fn case(app: &TestApp, change: impl FnOnce(&mut Value)) -> Case {
    let world = world(app).await;
    let station = Station::default();
    let mut body = receiver(world.lead, station.start().await);
    change(&mut body);
    let receiver = set_up(&world.admin, body).await;
    let doctor = app.client("village-doctor", world.village).await;
    let patient = register(&doctor, "王小明").await;
    open_care(app, patient, world.lead).await;
    work(app).await;
    assert_eq!(station.kinds(), ["ADT^A28"]);
    Case {
        world,
        station,
        receiver,
        doctor,
        patient,
    }
}

impl Case {
    async fn reports(&self, names: &[&str]) {
        for name in names {
            report(&self.doctor, self.patient, name).await;
        }
    }

    /// Report numbers of what came since.
    fn came(&self) -> Vec<String> {
        let taken = self.station.taken();
        taken
            .iter()
            .map(|one| one.get("OBR-3.1").unwrap())
            .collect()
    }

    async fn newest(&self, query: &str) -> testkit::Reply {
        let rows = listed(&self.world.admin, query).await;
        let id = rows[0]["id"].as_str().unwrap();
        self.shown(id).await
    }

    async fn shown(&self, id: &str) -> testkit::Reply {
        let path = format!("/api/hl7/outbound/{id}");
        self.world.admin.get(&path).await.expect(200)
    }
}

#[test]
fn order_holds_through_every_failure() {
    on_each_engine(modules, |app| async move {
        let case = case(&app, |body| body["tries_max"] = json!(20)).await;
        let failures = [
            Act::Cut,
            Act::HangUp,
            Act::Other,
            Act::Silence,
            Act::Bytes(b"\x0bgarbage\x1c\r"),
            Act::Bytes(b"no frame at all"),
            Act::Say("AR", ""),
            Act::Say("AE", "\rERR||MSH^1|207"),
            Act::Say("XX", ""),
        ];
        let wanted = [
            "hl7.answer-cut",
            "hl7.answer-cut",
            "hl7.answer-other",
            "hl7.answer-missing",
            "hl7.answer-unreadable",
            "hl7.answer-missing",
            "hl7.not-now",
            "hl7.not-now",
            "hl7.answer-unreadable",
        ];
        let count = failures.len();
        case.station.then(failures);
        case.reports(&["R1", "R2", "R3"]).await;
        work(&app).await;
        for _ in 0..count {
            later(&app, Span::hours(1)).await;
        }
        let taken = case.station.taken();
        let numbers: Vec<String> = taken
            .iter()
            .map(|one| one.get("OBR-3.1").unwrap())
            .collect();
        assert_eq!(numbers[..=count], vec!["R1".to_owned(); count + 1]);
        assert_eq!(numbers[count + 1..], ["R2", "R3"]);
        // Each time the same number and the same bytes.
        let first = taken[0].text();
        assert!(taken[..=count].iter().all(|one| one.text() == first));
        assert_eq!(states(&case.world.admin).await, ["accepted"; 4]);
        let rows = listed(&case.world.admin, "?kind=ORU%5ER01").await;
        let shown = case.shown(rows[2]["id"].as_str().unwrap()).await.json;
        let outcomes: Vec<&str> = shown["attempts"]
            .as_array()
            .unwrap()
            .iter()
            .rev()
            .map(|one| one["outcome"].as_str().unwrap())
            .collect();
        assert_eq!(outcomes[..count], wanted);
        assert_eq!(outcomes[count], "accepted");
        assert_eq!(shown["text"], json!(first));
    });
}

#[test]
fn a_refusal_and_the_limit_set_aside_and_the_next_goes_on() {
    on_each_engine(modules, |app| async move {
        let case = case(&app, |_| {}).await;
        case.station
            .then([Act::Say("AE", "|unknown item\rERR||OBX^1^3|103")]);
        case.reports(&["R1", "R2"]).await;
        work(&app).await;
        assert_eq!(case.came(), ["R1", "R2"]);
        let admin = &case.world.admin;
        assert_eq!(states(admin).await, ["accepted", "dead", "accepted"]);
        let shown = case.newest("?state=dead").await;
        assert_eq!(shown.json["message"]["reason"]["code"], "hl7.refused");
        assert_eq!(
            shown.json["message"]["reason"]["detail"],
            "AE 103: unknown item"
        );
        assert_eq!(shown.json["actions"], json!(["resend", "skip"]));
        let number = shown.json["message"]["control_id"].clone();
        // Sent again after its words were mended: the same number, made anew.
        let path = format!("/api/hl7/receivers/{}", case.receiver);
        let known = admin.get(&path).await.expect(200);
        let mut body = known.json.clone();
        for name in ["id", "created_at"] {
            body.as_object_mut().unwrap().remove(name);
        }
        body["mapping"]["items"] =
            json!({ "WBC": { "system": "http://loinc.org", "code": "6690-2" } });
        admin
            .seeing(known.version())
            .put(&path, body)
            .await
            .expect(200);
        let id = shown.json["message"]["id"].as_str().unwrap().to_owned();
        let path = format!("/api/hl7/outbound/{id}/resend");
        let seen = admin.seeing(shown.version());
        seen.post(&path, json!({ "reason": "x" }))
            .await
            .expect(400)
            .expect_code("hl7.reason-missing");
        let again = json!({ "reason": "已补映射" });
        seen.post(&path, again.clone()).await.expect(200);
        seen.post(&path, again.clone()).await.expect(412);
        work(&app).await;
        let taken = case.station.taken();
        assert_eq!(taken[0].get("MSH-10"), number.as_str().map(str::to_owned));
        assert_eq!(taken[0].get("OBX-3.1").as_deref(), Some("WBC"));
        // Once it is acknowledged, it goes out anew under another number, behind the others.
        let shown = case.shown(&id).await;
        assert_eq!(shown.json["actions"], json!(["resend"]));
        let resent = admin
            .seeing(shown.version())
            .post(&path, again)
            .await
            .expect(200);
        assert_eq!(resent.json["message"]["repeats"], json!(id));
        work(&app).await;
        let taken = case.station.taken();
        assert_ne!(taken[0].get("MSH-10"), number.as_str().map(str::to_owned));
        // Three tries without an answer, and it is set aside; somebody leaves it out.
        case.station.then([Act::HangUp, Act::HangUp, Act::HangUp]);
        case.reports(&["R3", "R4"]).await;
        work(&app).await;
        later(&app, Span::hours(1)).await;
        later(&app, Span::hours(1)).await;
        later(&app, Span::hours(1)).await;
        let dead = case.newest("?state=dead").await;
        assert_eq!(dead.json["message"]["reason"]["code"], "hl7.answer-cut");
        let id = dead.json["message"]["id"].as_str().unwrap();
        let path = format!("/api/hl7/outbound/{id}/skip");
        let reason = json!({ "reason": "对方已有" });
        let skipped = admin
            .seeing(dead.version())
            .post(&path, reason)
            .await
            .expect(200);
        assert_eq!(skipped.json["message"]["state"], "skipped");
        assert_eq!(case.came(), ["R3", "R3", "R3", "R4"]);
        let path = "/api/hl7/outbound-statistics";
        let figures = admin.get(path).await.expect(200).json["items"][0].clone();
        assert_eq!(figures["waiting"], 0);
        assert_eq!(figures["accepted"], 5);
        assert_eq!(figures["skipped"], 1);
        app.assert_audit_whole().await;
    });
}

#[test]
fn a_skipped_one_that_waits_lets_the_next_go() {
    on_each_engine(modules, |app| async move {
        let case = case(&app, |_| {}).await;
        case.station.then([Act::HangUp]);
        case.reports(&["R1", "R2"]).await;
        work(&app).await;
        assert_eq!(case.came(), ["R1"]);
        let rows = listed(&case.world.admin, "?state=waiting").await;
        assert_eq!(rows.len(), 2);
        let shown = case.shown(rows[1]["id"].as_str().unwrap()).await;
        let id = shown.json["message"]["id"].as_str().unwrap();
        let path = format!("/api/hl7/outbound/{id}/skip");
        let admin = case.world.admin.seeing(shown.version());
        admin
            .post(&path, json!({ "reason": "不再需要" }))
            .await
            .expect(200);
        // Somebody acted, so it does not wait for the end of the pause.
        work(&app).await;
        assert_eq!(case.came(), ["R2"]);
    });
}

#[test]
fn repeated_acknowledgements_and_closed_lines_change_nothing() {
    on_each_engine(modules, |app| async move {
        let case = case(&app, |_| {}).await;
        // A receiver that hangs up after each answer costs no try.
        case.station
            .then([Act::SayAndHangUp, Act::SayAndHangUp, Act::SayAndHangUp]);
        case.reports(&["R1", "R2", "R3"]).await;
        work(&app).await;
        assert_eq!(case.came(), ["R1", "R2", "R3"]);
        let rows = listed(&case.world.admin, "").await;
        assert!(rows.iter().all(|row| row["attempts"] == 1), "{rows:?}");
        // The answer to the one before comes once more in front of the one that is waited for.
        case.reports(&["R4", "R5"]).await;
        app.settle().await;
        let rows = listed(&case.world.admin, "?state=waiting").await;
        let earlier = rows[1]["control_id"].as_str().unwrap().to_owned();
        case.station.then([Act::Say("AA", ""), Act::Again(earlier)]);
        work(&app).await;
        assert_eq!(case.came(), ["R4", "R5"]);
        assert_eq!(states(&case.world.admin).await, ["accepted"; 6]);
    });
}

#[test]
fn the_enhanced_mode_waits_for_both_answers() {
    on_each_engine(modules, |app| async move {
        let mode = "commit-and-application";
        let case = case(&app, |body| body["acknowledgement"] = json!(mode)).await;
        case.station
            .then([Act::Both("AA"), Act::Say("CA", ""), Act::Both("AE")]);
        case.reports(&["R1", "R2"]).await;
        work(&app).await;
        let taken = case.station.taken();
        assert_eq!(taken[0].get("MSH-15").as_deref(), Some("AL"));
        assert_eq!(taken[0].get("MSH-16").as_deref(), Some("AL"));
        // Stored, and then nothing: it is asked again.
        assert_eq!(states(&case.world.admin).await[2], "waiting");
        later(&app, Span::hours(1)).await;
        assert_eq!(case.came(), ["R2"]);
        assert_eq!(states(&case.world.admin).await[2], "dead");
    });
}

#[test]
fn a_dead_receiver_delays_no_other() {
    on_each_engine(modules, |app| async move {
        let case = case(&app, |_| {}).await;
        let second = Station::default();
        let port = second.start().await;
        set_up(&case.world.admin, receiver(case.world.lead, port)).await;
        case.station.then([Act::Silence]);
        case.reports(&["R1", "R2"]).await;
        work(&app).await;
        assert_eq!(case.came(), ["R1"]);
        assert_eq!(second.kinds(), ["ORU^R01", "ORU^R01"]);
        // While it rests, nothing is tried; then in order.
        work(&app).await;
        assert_eq!(case.came(), [""; 0]);
        later(&app, Span::minutes(1)).await;
        assert_eq!(case.came(), ["R1", "R2"]);
    });
}

/// Whoever sent died with the message on its way: the lease runs out, and it goes again as it was.
#[test]
fn what_was_on_its_way_is_sent_again_as_it_was() {
    on_each_engine(modules, |app| async move {
        let case = case(&app, |body| body["answer_seconds"] = json!(60)).await;
        case.station.then([Act::Silence]);
        case.reports(&["R1", "R2"]).await;
        app.settle().await;
        let sending = crate::deliver(&app.app);
        let gone = tokio::time::timeout(std::time::Duration::from_millis(1_500), sending).await;
        assert!(gone.is_err());
        let first = case.station.taken();
        assert_eq!(first.len(), 1);
        // The lease of the dead one is still in force.
        work(&app).await;
        assert_eq!(case.came(), [""; 0]);
        later(&app, Span::minutes(1)).await;
        let again = case.station.taken();
        assert_eq!(again.len(), 2);
        assert_eq!(again[0].text(), first[0].text());
        assert_eq!(states(&case.world.admin).await, ["accepted"; 3]);
    });
}

/// The same at the point in between: answered, and dead before it was written down.
#[test]
fn an_answer_that_was_not_written_down_is_asked_for_again() {
    on_sqlite(modules, |app| async move {
        let case = case(&app, |_| {}).await;
        case.reports(&["R1"]).await;
        work(&app).await;
        assert_eq!(case.came(), ["R1"]);
        let request = Request::system("test");
        let forgotten = app.store().write(&request, |tx| {
            const BACK: &str = "UPDATE hl7_outbound SET state = 'waiting',
                body = json_set(body, '$.state', 'waiting') WHERE kind = 'ORU^R01'";
            const CLEAR: &str = "DELETE FROM hl7_attempt WHERE outbound_id IN
                (SELECT id FROM hl7_outbound WHERE kind = 'ORU^R01')";
            const NONE: &str = "UPDATE hl7_outbound
                SET body = json_set(body, '$.attempts', 0, '$.tries', 0) WHERE kind = 'ORU^R01'";
            tx.execute(BACK, &[])?;
            tx.execute(NONE, &[])?;
            tx.execute(CLEAR, &[]).map(|_| ())
        });
        forgotten.await.unwrap();
        work(&app).await;
        assert_eq!(case.came(), ["R1"]);
        assert_eq!(states(&case.world.admin).await, ["accepted"; 2]);
    });
}

/// Random answers and random decisions of people: each receiver gets what it gets in order, nothing that
/// was acknowledged goes again by itself, and everything ends.
#[test]
fn the_queue_keeps_its_promises_whatever_happens() {
    on_each_engine(modules, |app| async move {
        let case = case(&app, |body| body["tries_max"] = json!(2)).await;
        let mut dice = 0x5eed_u64;
        let mut roll = move |sides: u64| {
            dice = dice.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            (dice >> 33) % sides
        };
        for number in 0..12 {
            case.station.then((0..roll(3)).map(|_| match roll(5) {
                0 => Act::HangUp,
                1 => Act::Say("AE", ""),
                2 => Act::Other,
                3 => Act::Cut,
                _ => Act::Say("AA", ""),
            }));
            case.reports(&[format!("R{number:02}").as_str()]).await;
            work(&app).await;
            if roll(3) == 0 {
                decide(&case, roll(2) == 0).await;
            }
            app.advance(Span::minutes(5)).await;
        }
        for _ in 0..40 {
            later(&app, Span::hours(1)).await;
        }
        let all = states(&case.world.admin).await;
        assert!(!all.contains(&"waiting".to_owned()), "{all:?}");
        let rows = listed(&case.world.admin, "?kind=ORU%5ER01").await;
        assert_eq!(rows.len(), 12);
        for row in rows {
            let shown = case.shown(row["id"].as_str().unwrap()).await.json;
            let attempts = shown["attempts"].as_array().unwrap();
            let accepted = |one: &&Value| one["outcome"] == "accepted";
            let count = attempts.iter().filter(accepted).count();
            assert_eq!(count, usize::from(row["state"] == "accepted"), "{shown}");
            assert_eq!(row["attempts"], json!(attempts.len()));
        }
    });
}

/// Somebody sends one again that was set aside, or leaves it out.
async fn decide(case: &Case, resend: bool) {
    let rows = listed(&case.world.admin, "?state=dead").await;
    let Some(row) = rows.first() else { return };
    let shown = case.shown(row["id"].as_str().unwrap()).await;
    let word = if resend { "resend" } else { "skip" };
    let path = format!("/api/hl7/outbound/{}/{word}", row["id"].as_str().unwrap());
    let admin = case.world.admin.seeing(shown.version());
    admin
        .post(&path, json!({ "reason": "核对后处理" }))
        .await
        .expect(200);
}

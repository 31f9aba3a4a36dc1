//! Merging and taking it back: every source record and every reference exactly once, always.

use std::collections::BTreeMap;

use http::{Module, Moved, PatientMove};
use kernel::Id;
use linkage::Sampler;
use serde::Deserialize;
use serde_json::json;
use store::{Migration, Request, Tx, params};
use testkit::{TestApp, on_each_engine};
use utoipa_axum::router::OpenApiRouter;

use super::{World, event_names, register, world};
use crate::index::merge::Mover;
use crate::index::{self, Demographics, NewSource, merge, source};
use crate::model::Patient;

/// A module with nothing but references to patients.
fn probe() -> Module {
    const MIGRATIONS: &[Migration] = &[Migration {
        module: "probe",
        number: 1,
        name: "references",
        sql: "CREATE TABLE probe (id TEXT PRIMARY KEY, patient_id TEXT NOT NULL);",
    }];
    let mut module = Module::new("probe", OpenApiRouter::new());
    module.migrations = MIGRATIONS;
    module.moves = Some(probe_moves);
    module
}

#[derive(Deserialize)]
struct Reference {
    id: Id,
    patient_id: Id,
}

const ADD: &str = "INSERT INTO probe (id, patient_id) VALUES ($1, $2)";
const ALL: &str = "SELECT id, patient_id FROM probe ORDER BY id";
const OF: &str = "SELECT id, patient_id FROM probe WHERE patient_id = $1 ORDER BY id";
const MOVE: &str = "UPDATE probe SET patient_id = $3 WHERE id = $1 AND patient_id = $2";

fn probe_moves(tx: &mut Tx<'_>, moving: &PatientMove<'_>) -> kernel::Result<Vec<Moved>> {
    let found: Vec<Reference> = tx.query(OF, &params![moving.from])?;
    let mut moved = Vec::new();
    for one in found.iter().filter(|one| moving.takes("probe", one.id)) {
        tx.execute(MOVE, &params![one.id, moving.from, moving.to])?;
        moved.push(Moved::new("probe", one.id));
    }
    Ok(moved)
}

fn modules() -> Vec<Module> {
    vec![network::module(), crate::module(), probe()]
}

const MOVERS: &[Mover] = &[("probe", probe_moves)];

/// What the model says: whose each source record, number and reference is.
#[derive(Clone, Debug, Default, PartialEq)]
struct Told {
    sources: BTreeMap<String, Id>,
    numbers: BTreeMap<String, Id>,
    references: BTreeMap<Id, Id>,
}

/// What the database says.
fn found(tx: &mut Tx<'_>, patients: &[Id]) -> kernel::Result<Told> {
    let mut told = Told::default();
    for &id in patients {
        for record in source::of_patient(tx, id)? {
            let key = format!("{}/{}", record.system, record.local_number);
            let twice = told.sources.insert(key, record.patient_id);
            assert!(twice.is_none(), "a source record twice");
            assert_eq!(record.patient_id, id);
        }
        let patient: store::Versioned<Patient> = tx.load(id)?;
        if patient.replaced_by.is_none() {
            for one in patient.live_identifiers() {
                let twice = told.numbers.insert(one.value.clone(), id);
                assert!(twice.is_none(), "a number twice");
                let input = crate::IdentifierInput::new(one.kind, one.value.clone());
                let holder = crate::by_identifier(tx, &input)?.unwrap();
                assert_eq!(holder.id, id, "a number finds who holds it");
            }
        }
    }
    let references: Vec<Reference> = tx.query(ALL, &params![])?;
    told.references = references
        .into_iter()
        .map(|one| (one.id, one.patient_id))
        .collect();
    Ok(told)
}

/// Eight persons with a source record, a number and two references each.
async fn eight(app: &TestApp, world: &World) -> (Vec<Id>, Told) {
    let (village, lead) = (world.village, world.lead);
    let request = Request::system("test");
    let made = app.store().write(&request, move |tx| {
        let mut told = Told::default();
        let mut ids = Vec::new();
        for at in 0..8_u32 {
            let number = format!("A{at:06}");
            let new = NewSource {
                org_id: if at % 2 == 0 { village } else { lead },
                system: "his".to_owned(),
                local_number: at.to_string(),
                demographics: Demographics {
                    name: Some(format!(
                        "{}{}",
                        ["王", "李", "张", "刘"][at as usize % 4],
                        ["伟", "芳"][at as usize / 4]
                    )),
                    birth_date: Some(format!("19{}-0{}-1{at}", 50 + at * 3, 1 + at)),
                    identifiers: vec![index::SourceIdentifier {
                        kind: crate::IdentifierKind::Insurance,
                        value: number.clone(),
                        org_id: None,
                    }],
                    ..Demographics::default()
                },
            };
            let received = index::receive(tx, &new)?;
            assert_eq!(received.outcome, index::Outcome::New);
            let id = received.patient_id;
            told.sources.insert(format!("his/{at}"), id);
            told.numbers.insert(number, id);
            for _ in 0..2 {
                let reference = tx.new_id();
                tx.execute(ADD, &params![reference, id])?;
                told.references.insert(reference, id);
            }
            ids.push(id);
        }
        Ok((ids, told))
    });
    made.await.unwrap()
}

/// Merges in the model: a stack of who was merged into whom and what moved.
struct Model {
    told: Told,
    stands: Vec<(Id, bool)>,
    merges: Vec<(Id, Id, Id, Told)>,
}

impl Model {
    fn stands(&self, id: Id) -> bool {
        self.stands
            .iter()
            .any(|(one, stands)| *one == id && *stands)
    }

    fn set(&mut self, id: Id, stands: bool) {
        for one in self.stands.iter_mut().filter(|one| one.0 == id) {
            one.1 = stands;
        }
    }

    fn merge(&mut self, merge: Id, winner: Id, loser: Id) {
        let moved = |from: &Told| Told {
            sources: from
                .sources
                .iter()
                .filter(|(_, id)| **id == loser)
                .map(|(k, v)| (k.clone(), *v))
                .collect(),
            numbers: from
                .numbers
                .iter()
                .filter(|(_, id)| **id == loser)
                .map(|(k, v)| (k.clone(), *v))
                .collect(),
            references: from
                .references
                .iter()
                .filter(|(_, id)| **id == loser)
                .map(|(k, v)| (*k, *v))
                .collect(),
        };
        let moved = moved(&self.told);
        self.put(&moved, winner);
        self.merges.push((merge, winner, loser, moved));
        self.set(loser, false);
    }

    fn put(&mut self, moved: &Told, to: Id) {
        self.told
            .sources
            .extend(moved.sources.keys().map(|key| (key.clone(), to)));
        self.told
            .numbers
            .extend(moved.numbers.keys().map(|key| (key.clone(), to)));
        self.told
            .references
            .extend(moved.references.keys().map(|key| (*key, to)));
    }
}

#[test]
fn random_merges_and_unmerges_keep_everything_exactly_once() {
    on_each_engine(modules, |app| async move {
        let world = world(&app).await;
        let (ids, told) = eight(&app, &world).await;
        let mut model = Model {
            told,
            stands: ids.iter().map(|id| (*id, true)).collect(),
            merges: Vec::new(),
        };
        let mut sampler = Sampler::new(42);
        let request = Request::system("test");
        for step in 0..60 {
            let (winner, loser) = (ids[sampler.below(8)], ids[sampler.below(8)]);
            let undo = sampler.below(10) < 4 && !model.merges.is_empty();
            let target = undo.then(|| sampler.below(model.merges.len()));
            let merge_id = target.map(|at| model.merges[at].0);
            let done = app.store().write(&request, move |tx| match merge_id {
                Some(id) => {
                    let merge = tx.load(id)?;
                    merge::unmerge(tx, merge, "测试撤销合并", MOVERS).map(|merge| merge.id)
                }
                None => {
                    merge::merge(tx, winner, loser, "测试合并", None, MOVERS).map(|merge| merge.id)
                }
            });
            match (done.await, target) {
                (Ok(_), Some(at)) => {
                    let (_, winner, loser, moved) = model.merges.remove(at);
                    assert!(
                        model.stands(winner),
                        "step {step}: only where the winner stands"
                    );
                    model.put(&moved, loser);
                    model.set(loser, true);
                }
                (Ok(merge), None) => {
                    assert!(winner != loser && model.stands(winner) && model.stands(loser));
                    model.merge(merge, winner, loser);
                }
                (Err(error), Some(at)) => {
                    assert_eq!(error.code(), "record.merge-not-latest", "step {step}");
                    let (_, winner, _, _) = model.merges[at];
                    let later = model.merges[at + 1..]
                        .iter()
                        .any(|one| one.1 == winner || one.2 == winner);
                    assert!(later, "step {step}: refused although it is the latest");
                }
                (Err(error), None) if winner == loser => {
                    assert_eq!(error.code(), "record.merge-itself");
                }
                (Err(error), None) => {
                    assert_eq!(error.code(), "record.patient-replaced", "step {step}");
                    assert!(!model.stands(winner) || !model.stands(loser));
                }
            }
            let all = ids.clone();
            let told = app.store().read(&request, move |tx| found(tx, &all));
            assert_eq!(told.await.unwrap(), model.told, "step {step}");
        }
        assert!(model.merges.len() < 8);
        app.assert_audit_whole().await;
    });
}

#[test]
fn a_merge_is_found_by_the_old_id_and_taken_back_whole() {
    on_each_engine(modules, |app| async move {
        let world = world(&app).await;
        let village = app.client("village-doctor", world.village).await;
        let other = app.client("village-doctor", world.other_village).await;
        let office = app.client("referral-office", world.lead).await;
        let first = json!({ "name": "王芳", "sex": "female", "birth_date": "1980-05-03", "phone": "13800000012" });
        let second = json!({ "name": "王方", "sex": "female", "birth_date": "1980-03-05",
            "identifiers": [{ "kind": "insurance", "value": "YB123456" }] });
        let stays = register(&village, first).await;
        let goes = register(&other, second).await;
        let allergy = json!({ "kind": "drug", "substance": "青霉素", "severity": "severe" });
        other
            .seeing(1)
            .post(&format!("/api/patients/{goes}/allergies"), allergy)
            .await
            .expect(200);
        village
            .get(&format!("/api/patients/{goes}"))
            .await
            .expect(403);
        let merge = |winner: Id, loser: Id| json!({ "winner_id": winner, "loser_id": loser, "reason": "本人持卡核对为同一人" });
        let itself = office
            .post("/api/patient-index/merges", merge(stays, stays))
            .await
            .expect(400);
        itself.expect_code("record.merge-itself");
        let outside = app.client("referral-office", world.outside).await;
        outside
            .post("/api/patient-index/merges", merge(stays, goes))
            .await
            .expect(404);
        village
            .post("/api/patient-index/merges", merge(stays, goes))
            .await
            .expect(403);
        let merged = office
            .post("/api/patient-index/merges", merge(stays, goes))
            .await
            .expect(201);
        let merge_id = merged.id();
        // The old id leads to the one that stands, for reading; commands say so.
        let shown = other
            .get(&format!("/api/patients/{goes}"))
            .await
            .expect(200);
        assert_eq!(shown.json["patient"]["id"], json!(stays));
        assert_eq!(shown.json["redirected_from"], json!(goes));
        assert_eq!(shown.json["patient"]["allergies"][0]["substance"], "青霉素");
        assert_eq!(
            shown.json["patient"]["identifiers"]
                .as_array()
                .unwrap()
                .len(),
            1
        );
        let late = other
            .seeing(1)
            .post(
                &format!("/api/patients/{goes}/allergies"),
                json!({ "kind": "food", "substance": "花生" }),
            )
            .await
            .expect(409);
        assert_eq!(late.json["data"]["replaced_by"], json!(stays));
        let again = office
            .post("/api/patient-index/merges", merge(stays, goes))
            .await
            .expect(409);
        again.expect_code("record.patient-replaced");
        // Both members see one patient now, and a search finds one.
        let listed = other.get("/api/patients").await.expect(200);
        assert_eq!(listed.json["items"].as_array().unwrap().len(), 1);
        assert_eq!(listed.json["items"][0]["id"], json!(stays));
        let path = format!("/api/patient-index/merges/{merge_id}");
        let seen = office.get(&path).await.expect(200);
        assert_eq!(seen.json["own"]["allergies"].as_array().unwrap().len(), 1);
        let undone = office
            .seeing(seen.version())
            .post(&format!("{path}/undo"), json!({ "reason": "核对后为两人" }))
            .await
            .expect(200);
        assert_eq!(undone.json["state"], "undone");
        let back = other
            .get(&format!("/api/patients/{goes}"))
            .await
            .expect(200);
        assert_eq!(back.json["patient"]["id"], json!(goes));
        assert_eq!(back.json["patient"]["name"], "王方");
        assert_eq!(
            back.json["patient"]["allergies"].as_array().unwrap().len(),
            1
        );
        other
            .get(&format!("/api/patients/{stays}"))
            .await
            .expect(403);
        let kept = village
            .get(&format!("/api/patients/{stays}"))
            .await
            .expect(200);
        assert_eq!(kept.json["patient"]["allergies"], json!([]));
        assert_eq!(kept.json["patient"]["birth_date"], "1980-05-03");
        assert_eq!(kept.json["patient"]["former_names"], json!([]));
        let twice = office
            .seeing(undone.version())
            .post(&format!("{path}/undo"), json!({ "reason": "核对后为两人" }))
            .await
            .expect(409);
        twice.expect_code("record.merge-undone");
        let names = event_names(&app, stays).await;
        assert!(
            ["record.merged", "record.unmerged"]
                .iter()
                .all(|name| names.contains(&(*name).to_owned()))
        );
        app.assert_audit_whole().await;
    });
}

#[test]
fn two_cards_are_not_merged_and_chains_lead_to_their_end() {
    on_each_engine(modules, |app| async move {
        let world = world(&app).await;
        let (ids, _) = eight(&app, &world).await;
        let (a, b, c) = (ids[0], ids[1], ids[2]);
        let request = Request::system("test");
        let chained = app.store().write(&request, move |tx| {
            merge::merge(tx, b, a, "测试合并", None, MOVERS)?;
            merge::merge(tx, c, b, "测试合并", None, MOVERS)?;
            index::one_patient(tx, a).map(|patient| patient.id)
        });
        assert_eq!(chained.await.unwrap(), c);
        let village = app.client("village-doctor", world.village).await;
        let card = |value: &str, name: &str| {
            json!({ "name": name,
            "identifiers": [{ "kind": "resident-id", "value": value }] })
        };
        let one = register(&village, card(super::WANG, "王小明")).await;
        let two = register(&village, card("110105194912310070", "王小红")).await;
        let office = app.client("referral-office", world.lead).await;
        let body = json!({ "winner_id": one, "loser_id": two, "reason": "误认为同一人" });
        let refused = office
            .post("/api/patient-index/merges", body)
            .await
            .expect(422);
        refused.expect_code("record.merge-two-resident-ids");
    });
}

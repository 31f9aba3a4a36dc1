//! Random requests by random actors on every path: no resource, count or id without a basis.

use std::collections::{BTreeMap, BTreeSet};

use kernel::Id;
use testkit::{Client, TestApp, on_each_engine};

use super::world::{create, modules, pressure, register, world};

/// Requests an engine. The generator is seeded: what fails once fails again.
const REQUESTS: usize = 700;

struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        // xorshift64*, good enough to mix paths and actors.
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        let mixed = self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 33;
        usize::try_from(mixed).unwrap() % sides
    }

    fn pick<'a, T>(&mut self, from: &'a [T]) -> &'a T {
        &from[self.roll(from.len())]
    }
}

struct Known {
    patient: Id,
    observations: Vec<String>,
    /// The clients that have a basis.
    seen_by: BTreeSet<usize>,
}

async fn build(app: &TestApp) -> (Vec<Client>, Vec<Known>) {
    let world = world(app).await;
    let orgs = [world.village, world.lead, world.outside];
    let clients = vec![world.doctor, world.lead_doctor, world.stranger];
    let mut known = Vec::new();
    for (at, name) in ["甲一", "乙二", "丙三", "丁四", "戊五", "己六"]
        .iter()
        .enumerate()
    {
        let home = at % 3;
        let patient = register(&clients[home], name).await;
        let mut observations = Vec::new();
        for day in 1..=3 {
            let body = pressure(patient, &format!("12{at}"), &format!("2026-10-0{day}"));
            observations.push(create(&clients[home], "Observation", body).await);
        }
        let mut seen_by = BTreeSet::from([home]);
        if at >= 3 {
            let other = (home + 1) % 3;
            let org_id = orgs[other];
            app.store()
                .write(&store::Request::system("test"), move |tx| {
                    record::open_care(tx, patient, org_id, "referral", tx.new_id())
                })
                .await
                .unwrap();
            seen_by.insert(other);
        }
        known.push(Known {
            patient,
            observations,
            seen_by,
        });
    }
    app.settle().await;
    (clients, known)
}

fn path(dice: &mut Dice, known: &[Known]) -> String {
    let patient = dice.pick(known).patient;
    let other = dice.roll(known.len());
    let observation = dice.pick(&known[other].observations).clone();
    let patient_ways = [
        "/fhir/Patient/{p}",
        "/fhir/Patient/{p}/_history",
        "/fhir/Patient/{p}/$everything",
        "/fhir/Patient?_id={p}&_revinclude=Observation:subject",
        "/fhir/Patient?name=yi",
        "/fhir/Patient?_has:Observation:subject:code=8480-6",
        "/fhir/Patient?_summary=count",
        "/fhir/Observation?subject=Patient/{p}",
        "/fhir/Observation?patient={p}&_sort=-date&_count=2",
        "/fhir/Observation?patient={p}&code=8480-6&_sort=-date",
        "/fhir/Observation?_id={o}&_include=*",
        "/fhir/Observation?subject:Patient.name=jia",
        "/fhir/Observation?code=8480-6&_include=Observation:subject",
        "/fhir/Observation?value-quantity=gt121&_count=50",
        "/fhir/Observation/{o}",
        "/fhir/Observation/{o}/_history",
        "/fhir/Observation/{o}/_history/1",
        "/fhir/Observation?code:not=1&_summary=count",
        "/fhir/Observation?date=ge2026-10-02&_total=accurate",
        "/fhir/_history?_count=100",
        "/fhir/Observation/_history",
        "/fhir?_type=Patient,Observation&_lastUpdated=ge2020",
        "/fhir/Observation?patient:missing=false&_sort=date",
        "/fhir/Observation?_count=100&_sort=_lastUpdated",
        "/fhir/Observation/$lastn?patient={p}&max=2",
        "/fhir/Observation?code:in=http://hl7.org/fhir/sid/icd-10%3Ffhir_vs%3Disa/A01",
        "/fhir/Patient?_id={p}&link:missing=true",
        "/fhir/ValueSet/{o}/$expand",
        "/fhir/$export/{p}",
        "/fhir/$export/{p}/1",
        "/fhir/Group/{p}/$export",
        "/api/fhir/dead-letters",
    ];
    let way = dice.pick(&patient_ways);
    way.replace("{p}", &patient.to_string())
        .replace("{o}", &observation)
}

#[test]
fn no_request_shows_what_there_is_no_basis_for() {
    on_each_engine(modules, async |app| {
        let (clients, known) = build(&app).await;
        let mut dice = Dice(0x5eed);
        let mut owners: BTreeMap<String, &Known> = BTreeMap::new();
        for one in &known {
            owners.insert(one.patient.to_string(), one);
            owners.extend(one.observations.iter().map(|id| (id.clone(), one)));
        }
        let mut shown = 0;
        for _ in 0..REQUESTS {
            let client = dice.roll(clients.len());
            let path = path(&mut dice, &known);
            let reply = clients[client].get(&path).await;
            assert!(reply.status.as_u16() < 500, "{path}: {reply:?}");
            let whole = if reply.json["resourceType"] == "Bundle" {
                &reply.json["entry"]
            } else {
                &reply.json
            };
            let text = whole.to_string();
            for (id, owner) in &owners {
                if text.contains(id.as_str()) && reply.status.is_success() {
                    assert!(
                        owner.seen_by.contains(&client),
                        "{path} shows {client} {id}"
                    );
                    shown += 1;
                }
            }
            let most = owners
                .values()
                .filter(|owner| owner.seen_by.contains(&client))
                .count();
            let total = reply.json["total"].as_u64().unwrap_or(0);
            assert!(
                total <= most as u64,
                "{path} counts {total} for {client}, who sees {most}"
            );
            if path.starts_with("/fhir/Patient?_summary") {
                let mine = known
                    .iter()
                    .filter(|one| one.seen_by.contains(&client))
                    .count();
                assert_eq!(total, mine as u64, "{path} for {client}");
            }
        }
        assert!(
            shown > REQUESTS,
            "only {shown} ids were shown: the test would prove nothing"
        );
        app.assert_audit_whole().await;
    });
}

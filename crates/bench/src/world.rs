//! A lead hospital with a cardiology and some village clinics, made through the modules' commands.

use axum::Router;
use http::{App, Config, Module};
use kernel::{Date, Id, Instant, Result, Span};
use network::OrgKind;
use network::commands;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use store::{Migration, Request, Store, Tx, params};
use testkit::Client;

/// Village clinics that refer.
const CLINICS: usize = 24;

/// All capabilities, as the server has them.
pub fn modules() -> Vec<Module> {
    vec![
        admin::module(),
        network::module(),
        terminology::module(),
        record::module(),
        resources::module(),
        referral::module(),
        exchange::module(),
        dispatch::module(),
        fhir_server::module(),
        documents::module(),
        hl7v2_server::module(),
        research::module(),
        smart::module(),
    ]
}

/// All tables, as the server makes them.
pub fn migrations() -> Vec<Migration> {
    let modules = modules();
    let own = http::own_migrations().iter();
    own.chain(modules.iter().flat_map(|module| module.migrations))
        .copied()
        .collect()
}

/// The application over an open store.
pub fn application(store: &Store) -> (App, Router) {
    let config = Config {
        demo: false,
        name: "bench".to_owned(),
        secure_cookies: false,
        trusted_proxies: Vec::new(),
        org_name: |tx, id| network::org(tx, id).map(|org| org.name),
        pages: None,
    };
    let (app, router, _) = http::build(modules(), store.clone(), config).unwrap();
    (app, router)
}

/// The consortium, and tokens of people in it.
#[derive(Clone, Debug)]
pub struct World {
    /// The lead hospital.
    pub lead: Id,
    /// Its cardiology.
    pub cardiology: Id,
    /// Village clinics.
    pub clinics: Vec<Id>,
    /// A schedule template of the cardiology.
    pub template: Id,
    /// A doctor of the lead hospital.
    pub doctor: Id,
    /// Somebody at the lead hospital's referral office.
    pub office_token: String,
    /// A village doctor at the first clinic.
    pub village_token: String,
    /// A doctor at the lead hospital.
    pub attending_token: String,
    /// A system administrator at the lead hospital.
    pub admin_token: String,
}

impl World {
    /// Prepares an empty database and builds the consortium in it.
    pub async fn build(store: &Store) -> Self {
        let migrating = store.clone();
        let migrate = move || migrating.migrate(&migrations());
        tokio::task::spawn_blocking(migrate).await.unwrap().unwrap();
        let (app, _) = application(store);
        app.prepare().await.unwrap();
        let mut world = store.write(&Request::system("bench"), build).await.unwrap();
        settle(&app).await;
        let token = async |role: &str, org_id: Id, department_id: Option<Id>| {
            testkit::make_token(store, role, org_id, department_id)
                .await
                .unwrap()
                .1
        };
        world.office_token = token("referral-office", world.lead, None).await;
        world.village_token = token("village-doctor", world.clinics[0], None).await;
        world.attending_token = token("attending-doctor", world.lead, None).await;
        world.admin_token = token("system-admin", world.lead, None).await;
        world
    }

    /// The person at the referral office.
    pub fn office(&self, router: &Router) -> Client {
        Client::new(router.clone(), Some(self.office_token.clone()))
    }

    /// The village doctor.
    pub fn village_doctor(&self, router: &Router) -> Client {
        Client::new(router.clone(), Some(self.village_token.clone()))
    }
}

/// Runs the background work of a database until none is left.
pub async fn settle_store(store: &Store) {
    let (app, _) = application(store);
    settle(&app).await;
}

/// Runs background work until none is left.
pub async fn settle(app: &App) {
    for _ in 0..3 {
        app.run_background().await.unwrap();
        // On PostgreSQL events get their number just after the commit.
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
}

fn from_json<T: DeserializeOwned>(value: Value) -> T {
    serde_json::from_value(value).unwrap()
}

fn organization(tx: &mut Tx<'_>, code: &str, name: &str, kind: OrgKind, level: &str) -> Result<Id> {
    let input = from_json(json!({
        "code": code, "name": name, "short_name": name, "kind": kind, "level": level,
        "position": { "latitude_microdegrees": 30_000_000, "longitude_microdegrees": 110_000_000 },
    }));
    Ok(commands::create_organization(tx, &input)?.id)
}

fn build(tx: &mut Tx<'_>) -> Result<World> {
    let lead = organization(tx, "L", "中心医院", OrgKind::LeadHospital, "city")?;
    let mut clinics = Vec::new();
    for number in 1..=CLINICS {
        let (code, name) = (format!("V{number}"), format!("第{number}村卫生室"));
        clinics.push(organization(
            tx,
            &code,
            &name,
            OrgKind::VillageClinic,
            "village",
        )?);
    }
    group(tx, lead, &clinics)?;
    let department = from_json(json!({
        "org_id": lead, "code": "XN", "name": "心血管内科", "kind": "clinical", "specialty": "03.04",
    }));
    let cardiology = commands::create_department(tx, &department)?.id;
    let doctor = from_json(json!({
        "code": "D1", "name": "甲医生", "profession": "doctor", "home_org_id": lead,
    }));
    let doctor = commands::create_practitioner(tx, &doctor)?;
    let site = from_json(json!({
        "org_id": lead, "kind": "home", "role": "主治医师", "starts_on": "2020-01-01",
    }));
    let doctor = commands::set_sites(tx, doctor.id, doctor.version, &[site])?.id;
    let template = from_json(json!({
        "org_id": lead, "department_id": cardiology, "code": "S1", "name": "心内科专家门诊",
        "practitioner_id": doctor, "weekdays": [1, 2, 3, 4, 5, 6, 7], "start": "08:00", "end": "12:00",
        "slot_minutes": 15, "price": 2500, "valid_from": tx.now().date(),
    }));
    let template = resources::import_template(tx, &template)?.id;
    Ok(World {
        lead,
        cardiology,
        clinics,
        template,
        doctor,
        office_token: String::new(),
        village_token: String::new(),
        attending_token: String::new(),
        admin_token: String::new(),
    })
}

fn group(tx: &mut Tx<'_>, lead: Id, members: &[Id]) -> Result<()> {
    let input = from_json(json!({
        "name": "第一集团", "form": "urban-group", "lead_org_id": lead, "legal_person_mode": "separate",
    }));
    let group = commands::create_group(tx, &input)?;
    for member in members {
        let input = from_json(json!({
            "org_id": member, "role": "member", "cooperation_mode": "tight", "council_class": "member",
        }));
        commands::join_group(tx, group.id, &input)?;
    }
    let approval = from_json(json!({
        "issuer": "卫生健康委", "number": "测〔2026〕1号", "approved_on": "2026-01-01", "scope": "全部成员",
    }));
    let group = commands::approve_group(tx, group.id, group.version, &approval)?;
    commands::activate_group(tx, group.id, group.version).map(|_| ())
}

/// Patients registered at a clinic, for referrals that are written one by one.
pub async fn register_patients(store: &Store, org_id: Id, count: usize) -> Vec<Id> {
    register_patients_named(store, org_id, count, |number| format!("病人{number}")).await
}

/// Patients registered at an organization, each with the name that `name` gives the number.
pub async fn register_patients_named(
    store: &Store,
    org_id: Id,
    count: usize,
    name: fn(usize) -> String,
) -> Vec<Id> {
    let mut ids = Vec::new();
    for from in (0..count).step_by(200) {
        let to = (from + 200).min(count);
        let request = Request::system("bench");
        let register = store.write(&request, move |tx| {
            (from..to)
                .map(|number| {
                    let patient = from_json(json!({
                        "name": name(number), "sex": "female", "birth_date": "1960-01-01",
                        "unknown": false, "identifiers": [], "contacts": [], "org_id": org_id,
                        "not_same_as": [],
                    }));
                    record::register_unmatched(tx, &patient).map(|patient| patient.id)
                })
                .collect::<Result<Vec<Id>>>()
        });
        ids.extend(register.await.unwrap());
    }
    ids
}

/// A referral as a village doctor sends it.
pub fn referral_body(world: &World, patient: Id) -> Value {
    json!({
        "kind": "up", "patient_id": patient, "to_org_id": world.lead, "to_department_id": world.cardiology,
        "content": {
            "reason_code": "uncontrolled-chronic", "reason_text": "胸闷三天，活动后加重，本机构无条件进一步检查",
            "diagnoses": [{ "code": "I20.9", "display": "心绞痛，未特指" }],
            "condition": "神志清，精神可，间断胸闷胸痛，每次约五分钟，休息后缓解。",
            "treatment": "阿司匹林肠溶片100mg口服，硝酸甘油舌下含服。", "precautions": "途中避免劳累",
            "no_known_allergies": true,
            "vital_signs": { "pulse_bpm": 82, "systolic_mmhg": 142, "diastolic_mmhg": 88 },
            "consent": { "given_by": "patient", "form": "spoken", "at": "2026-11-01T08:00:00+08:00" },
            "service": "outpatient", "specialty_code": "03.04", "priority": "routine",
        },
    })
}

/// Slots of one day, made as rows: a session of `count` places from `at` on, all open or all used.
///
/// # Errors
/// Whatever the database reports.
pub fn add_session(
    tx: &mut Tx<'_>,
    world: &World,
    date: Date,
    at: Instant,
    count: i64,
    used: bool,
) -> Result<Vec<Id>> {
    const SESSION: &str =
        "INSERT INTO clinic_session (id, version, template_id, org_id, department_id,
        specialty, date, start_at, end_at, practitioner_id, state, body)
        VALUES ($1, 1, $2, $3, $4, '03.04', $5, $6, $7, $8, 'open', $9)";
    const SLOT: &str = "INSERT INTO slot (id, session_id, number, org_id, department_id, specialty,
        start_at, end_at, channel, release_at, price_fen, state, hold_id)
        VALUES ($1, $2, $3, $4, $5, '03.04', $6, $7, 'routine', $6, 2500, $8, $9)";
    let (session, end) = (tx.new_id(), at + Span::minutes(5 * count));
    let body = json!({
        "id": session, "template_id": world.template, "org_id": world.lead,
        "department_id": world.cardiology, "specialty": "03.04", "name": "心内科专家门诊", "date": date,
        "start_at": at, "end_at": end, "practitioner_id": world.doctor, "practitioner": "甲医生",
        "substituted": null, "room": null, "quotas": [], "price": 2500, "state": "open", "reason": null,
        "rule_version": 1,
    });
    let (lead, department) = (world.lead, world.cardiology);
    let values = params![
        session,
        world.template,
        lead,
        department,
        date,
        at,
        end,
        world.doctor,
        &body
    ];
    tx.execute(SESSION, &values)?;
    let (state, hold) = if used {
        ("used", Some(Id::NIL))
    } else {
        ("open", None)
    };
    let mut slots = Vec::new();
    for number in 0..count {
        let (id, from) = (tx.new_id(), at + Span::minutes(5 * number));
        let to = from + Span::minutes(5);
        let values = params![
            id,
            session,
            number + 1,
            lead,
            department,
            from,
            to,
            state,
            hold
        ];
        tx.execute(SLOT, &values)?;
        slots.push(id);
    }
    Ok(slots)
}

/// `count` open slots, from the tenth day on, in sessions of a hundred.
pub async fn add_slots(store: &Store, world: &World, first_day: i64, count: usize) -> Vec<Id> {
    let mut slots = Vec::new();
    for session in 0..count.div_ceil(100) {
        let mine = world.clone();
        let wanted = i64::try_from((count - slots.len()).min(100)).unwrap();
        let request = Request::system("bench");
        let add = store.write(&request, move |tx| {
            let mut mine = mine.clone();
            let number = usize::try_from(first_day).unwrap_or(0);
            mine.template = copy_template(tx, &mine, "extra", number)?;
            let day = first_day + i64::try_from(session).unwrap_or(0);
            let date = (tx.now() + Span::days(day)).date();
            add_session(tx, &mine, date, date.at(8, 0), wanted, false)
        });
        slots.extend(add.await.unwrap());
    }
    slots
}

/// One template has one session a day, and makes its own: rows beside them need others.
///
/// # Errors
/// Whatever the database reports.
pub fn copy_template(tx: &mut Tx<'_>, world: &World, code: &str, number: usize) -> Result<Id> {
    const COPY: &str =
        "INSERT INTO schedule_template (id, version, org_id, department_id, specialty,
        code, state, generated_to, body)
        SELECT $1, version, org_id, department_id, specialty, $2, 'ended', generated_to, body
        FROM schedule_template WHERE id = $3 ON CONFLICT (id) DO NOTHING";
    let mark = u8::try_from(code.len()).unwrap_or(0);
    let id = Id::from_parts(number as u64, [mark; 10]);
    tx.execute(
        COPY,
        &params![id, format!("{code}-{number}"), world.template],
    )?;
    Ok(id)
}

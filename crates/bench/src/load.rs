//! Filling a database to the size of years of work, in large transactions of plain rows.
//!
//! Only what the measured reads touch is loaded: the rows themselves and their indexes, not the
//! history and the audit entries that commands would have left.

use kernel::{Id, Instant, Result, Span};
use serde_json::{Value as Json, json};
use store::{Request, Store, Tx, params};

use crate::world::{World, add_session, copy_template};

/// Rows a transaction.
const BATCH: usize = 20_000;
/// Cases that are live at any time, whatever the number of those that ended.
const LIVE: usize = 2_000;
/// Days over which the cases that ended are spread.
const DAYS: i64 = 1_000;
const SURNAMES: [&str; 12] = [
    "赵", "钱", "孙", "李", "周", "吴", "郑", "王", "冯", "陈", "褚", "卫",
];
const GIVEN: [&str; 16] = [
    "安", "宁", "平", "和", "康", "健", "福", "寿", "兰", "梅", "竹", "菊", "明", "亮", "文", "武",
];

const REFERRAL: &str = "INSERT INTO referral (id, version, number, kind, state, phase, priority,
    patient_id, problem_key, patient_name, patient_key, from_org_id, to_org_id, to_department_id,
    waits_for_org_id, made_by, created_at, due_at, month, answer_kind, answer_seconds, body,
    patient_initials)
    VALUES ($1, 3, $2, 'up', $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $11, $13, $14, $15, $16, $17, $18, $19, $20)";

/// Adds `count` referrals to the lead hospital's box. `model` is the body of a real one.
pub async fn referrals(store: &Store, world: &World, model: &Json, first: usize, count: usize) {
    for from in (first..first + count).step_by(BATCH) {
        let to = (from + BATCH).min(first + count);
        let (world, model) = (world.clone(), model.clone());
        let add = move |tx: &mut Tx<'_>| {
            (from..to).try_for_each(|number| referral(tx, &world, &model, number))
        };
        let request = Request::system("bench");
        store.write(&request, add).await.unwrap();
    }
}

fn referral(tx: &mut Tx<'_>, world: &World, model: &Json, number: usize) -> Result<()> {
    let id = tx.new_id();
    let live = number < LIVE;
    let spread = i64::try_from(number).unwrap_or(0);
    let created = if live {
        tx.now() - Span::minutes(spread)
    } else {
        tx.now() - Span::seconds(spread * 7_919 % (DAYS * 86_400)) - Span::days(3)
    };
    let clinic = world.clinics[number % world.clinics.len()];
    let given = GIVEN[number / 12 % 16];
    let name = [SURNAMES[number % 12], given, GIVEN[number / 192 % 16]].concat();
    let key = kernel::text::pinyin_key(&name);
    let initials = kernel::text::pinyin_initials(&name);
    let patient = patient_of(number);
    let state = if live { "submitted" } else { "closed" };
    let mut body = model.clone();
    let code = format!("V{}-{number:08}", number % world.clinics.len() + 1);
    body["id"] = json!(id);
    body["number"] = json!(code);
    body["state"] = json!(state);
    body["patient_id"] = json!(patient);
    body["patient"]["name"] = json!(name);
    body["from"]["org_id"] = json!(clinic);
    body["created_at"] = json!(created);
    body["submitted_at"] = json!(created);
    body["due_at"] = if live {
        json!(created + Span::hours(2))
    } else {
        Json::Null
    };
    let due = if live {
        created + Span::hours(2)
    } else {
        far()
    };
    let month = &created.date().to_string()[..7];
    let phase = if live { "live" } else { "ended" };
    let priority = ["routine", "routine", "routine", "urgent"][number % 4];
    let answer = (!live).then_some(("accepted", spread % 7_200));
    let values = params![
        id,
        code,
        state,
        phase,
        priority,
        patient,
        "I20",
        name,
        key,
        clinic,
        world.lead,
        world.cardiology,
        Id::NIL,
        created,
        due,
        month,
        answer.map(|answer| answer.0),
        answer.map(|answer| answer.1),
        &body,
        initials,
    ];
    tx.execute(REFERRAL, &values).map(|_| ())
}

/// A patient of their own for each case, so that live ones never clash.
fn patient_of(number: usize) -> Id {
    Id::from_parts(number as u64, [7; 10])
}

fn far() -> Instant {
    // As the module stores "no limit": the end of the year 9999.
    Instant::from_micros(253_402_300_799_000_000)
}

/// Adds `count` slots that are over or taken, one session a hundred of them, before today.
pub async fn past_slots(store: &Store, world: &World, first: usize, count: usize) {
    let sessions = BATCH / 100;
    for from in (first / 100..(first + count) / 100).step_by(sessions) {
        let to = (from + sessions).min((first + count) / 100);
        let world = world.clone();
        let add = move |tx: &mut Tx<'_>| {
            let today = tx.now().date();
            for session in from..to {
                let mut of = world.clone();
                of.template = copy_template(tx, &world, "past", session / 700)?;
                let date = today.plus_days(-1 - i64::try_from(session % 700).unwrap_or(0));
                add_session(tx, &of, date, date.at(8, 0), 100, true)?;
            }
            Ok(())
        };
        let request = Request::system("bench");
        store.write(&request, add).await.unwrap();
    }
}

//! Wards with their beds, devices, and the clinics of the week, as a roster brings them.

use std::collections::BTreeMap;

use kernel::{Id, Money, Result};
use resources::{
    BedInput, Channel, EquipmentInput, Exam, OpeningHours, Quota, SexRule, TemplateInput, WardInput,
};
use store::Tx;

use crate::shape::{Bed, Device, ScheduleTemplate, Ward};
use crate::world::{BedPlace, WardBeds, World};

/// One bed in so many is kept for referrals from other members.
const REFERRAL_BED_EVERY: usize = 9;
/// Beds at the end of a ward that the green channel finds free.
const GREEN_WARDS: [(&str, usize); 4] = [
    ("lead/emergency", 4),
    ("lead/cardiology", 2),
    ("lead/neurology", 2),
    ("lead/intensive-care", 3),
];
/// Sessions are made this many days ahead at a time, the most that one call makes.
pub(crate) const SESSION_DAYS: i64 = 56;

/// Opens everything that can be held.
pub(crate) async fn open(world: &mut World, progress: &mut (dyn FnMut(&str) + Send)) -> Result<()> {
    for ward in world.shape.wards.clone() {
        let org_id = world.organization(&ward.organization)?;
        let department_id = world.department(&ward.department)?;
        let (organization, department) = (ward.organization.clone(), ward.department.clone());
        let beds = world
            .as_system(move |tx| open_ward(tx, &ward, org_id, department_id))
            .await?;
        world.wards.push(WardBeds {
            organization,
            department,
            beds,
        });
    }
    for device in world.shape.devices.clone() {
        let org_id = world.organization(&device.organization)?;
        let department_id = world.department(&device.department)?;
        let minutes = world
            .as_system(move |tx| open_device(tx, &device, org_id, department_id))
            .await?;
        world.device_minutes.push(minutes);
    }
    let inputs = clinics(world)?;
    let clinics = inputs.len();
    for input in inputs {
        let id = world
            .as_system(move |tx| resources::import_template(tx, &input))
            .await?
            .id;
        world.templates.push(id);
    }
    let beds: usize = world.wards.iter().map(|ward| ward.beds.len()).sum();
    let (sessions, slots) = make_sessions(world).await?;
    progress(&format!(
        "{} wards with {beds} beds, {} devices, {clinics} weekly clinics; {sessions} sessions with \
         {slots} appointments so far",
        world.wards.len(),
        world.device_minutes.len(),
    ));
    Ok(())
}

/// Makes the sessions of all clinics for the next weeks; what exists is left alone.
pub(crate) async fn make_sessions(world: &World) -> Result<(i64, i64)> {
    let last = world.options.until.date().plus_days(15);
    let target = world.today().plus_days(SESSION_DAYS).min(last);
    let mut made = (0, 0);
    for template_id in world.templates.iter().copied() {
        let generated = world
            .as_system(move |tx| resources::generate(tx, template_id, target))
            .await?;
        made = (made.0 + generated.sessions, made.1 + generated.slots);
    }
    Ok(made)
}

fn open_ward(tx: &mut Tx<'_>, ward: &Ward, org_id: Id, department_id: Id) -> Result<Vec<BedPlace>> {
    let code = ward.department.rsplit('/').next().unwrap_or_default();
    let input = WardInput {
        org_id,
        department_id,
        specialty: None,
        code: code.to_uppercase(),
        name: ward.name.clone(),
    };
    let ward_id = resources::import_ward(tx, &input)?.id;
    let green = GREEN_WARDS
        .iter()
        .find(|(key, _)| *key == ward.department)
        .map_or(0, |row| row.1);
    let mut places = Vec::with_capacity(ward.beds.len());
    for (at, bed) in ward.beds.iter().enumerate() {
        let channel = if at + green >= ward.beds.len() {
            Channel::Green
        } else if at % REFERRAL_BED_EVERY == REFERRAL_BED_EVERY - 1 {
            Channel::Referral
        } else {
            Channel::Routine
        };
        places.push(open_bed(tx, bed, ward_id, channel)?);
    }
    Ok(places)
}

fn open_bed(tx: &mut Tx<'_>, bed: &Bed, ward_id: Id, channel: Channel) -> Result<BedPlace> {
    let sex_rule = match bed.sex_rule {
        "male" => SexRule::Male,
        "female" => SexRule::Female,
        _ => SexRule::Any,
    };
    let day_fen = match bed.kind {
        "intensive" => 12_000,
        "isolation" => 6_000,
        _ => 3_500,
    };
    let input = BedInput {
        ward_id,
        code: bed.number.clone(),
        kind: Some(bed.kind.to_owned()),
        sex_rule,
        isolation: bed.isolation,
        channel: Some(channel),
        quota_org_id: None,
        price: Money::fen(day_fen),
    };
    let id = resources::import_bed(tx, &input)?.id;
    Ok(BedPlace {
        id,
        sex_rule,
        channel,
    })
}

fn open_device(tx: &mut Tx<'_>, device: &Device, org_id: Id, department_id: Id) -> Result<i64> {
    let mut exams = Vec::with_capacity(device.exams.len());
    for code in &device.exams {
        let concept = terminology::concept(tx, terminology::EXAM, code)?;
        let minutes = concept
            .number("duration_minutes")
            .unwrap_or(20)
            .clamp(5, 480);
        let preparation = concept.text("preparation_zh");
        exams.push(Exam {
            code: concept.code.clone(),
            name: concept.zh.clone(),
            minutes,
            price: Money::fen(fee_fen(device.modality, minutes)),
            preparation: Some(preparation.to_owned()).filter(|text| !text.is_empty()),
        });
    }
    let minutes = exams.first().map_or(20, |exam| exam.minutes);
    let hours = |from: u8, to: u8, channel| OpeningHours {
        weekdays: device.weekdays.clone(),
        start: format!("{from:02}:00"),
        end: format!("{to:02}:00"),
        channel,
    };
    // The last hour of a CT is kept for emergencies until shortly before.
    let green = device.modality == "CT";
    let usual_end = device.closes_hour - u8::from(green);
    let mut open = vec![hours(device.opens_hour, usual_end, Channel::Routine)];
    if green {
        open.push(hours(usual_end, device.closes_hour, Channel::Green));
    }
    let input = EquipmentInput {
        org_id,
        department_id: Some(department_id),
        kind: device.modality.to_owned(),
        code: device.key.to_uppercase(),
        name: device.name.clone(),
        model: None,
        hours: open,
        exams,
    };
    resources::import_equipment(tx, &input)?;
    Ok(minutes)
}

/// An invented fee: so much a minute, more for the dear machines.
fn fee_fen(modality: &str, minutes: i64) -> i64 {
    let a_minute = match modality {
        "MR" => 2_000,
        "CT" => 1_800,
        "XA" => 3_000,
        _ => 600,
    };
    minutes * a_minute
}

/// One template for each doctor, place and half-day, with the weekdays it falls on.
fn clinics(world: &World) -> Result<Vec<TemplateInput>> {
    let mut by_key: BTreeMap<(String, String, &str), Vec<&ScheduleTemplate>> = BTreeMap::new();
    for one in &world.shape.schedules {
        let key = (
            one.practitioner.clone(),
            one.department.clone(),
            one.session,
        );
        by_key.entry(key).or_default().push(one);
    }
    let mut inputs = Vec::with_capacity(by_key.len());
    for ((practitioner, department, session), rows) in by_key {
        let first = rows[0];
        let name_of = |key: &str| {
            let found = world.shape.departments.iter().find(|one| one.key == key);
            found.map_or_else(String::new, |one| one.name.clone())
        };
        let ends = 60 * u32::from(first.starts_hour)
            + u32::from(first.slots) * u32::from(first.minutes_per_slot);
        let quota = |channel, places: u8| Quota {
            channel,
            org_id: None,
            places: i64::from(places),
            release_hours: None,
        };
        let quotas = [
            quota(Channel::Referral, first.member_quota),
            quota(Channel::Green, first.green_channel_quota),
        ];
        inputs.push(TemplateInput {
            org_id: world.organization(&first.organization)?,
            department_id: world.department(&department)?,
            specialty: None,
            code: format!("{}-{session}", practitioner.to_uppercase()),
            name: format!("{}门诊", name_of(&department)),
            practitioner_id: world.practitioners.get(&practitioner).copied(),
            room: None,
            weekdays: rows.iter().map(|row| row.weekday).collect(),
            start: format!("{:02}:00", first.starts_hour),
            end: format!("{:02}:{:02}", ends / 60, ends % 60),
            slot_minutes: i64::from(first.minutes_per_slot),
            quotas: quotas
                .into_iter()
                .filter(|quota| quota.places > 0)
                .collect(),
            price: Money::fen(first.fee_fen),
            valid_from: world.today(),
            valid_to: None,
        });
    }
    Ok(inputs)
}

//! Rows of beds, equipment and schedules, which belong to the resources module.

use kernel::{Id, Money, Result};
use network::roster;
use resources::{
    BedInput, Channel, EquipmentInput, Exam, Imported, OpeningHours, Quota, TemplateInput,
    WardInput,
};
use store::Tx;

use super::{Known, Outcome, RowResult, carried};
use crate::line::Line;
use crate::values;
use crate::words;

/// Minutes a patient has where a schedule does not say.
const SLOT_MINUTES: i64 = 10;

fn outcome(imported: Imported) -> Outcome {
    if imported.is_new {
        Outcome::Created
    } else {
        Outcome::Changed
    }
}

pub(super) fn bed(tx: &mut Tx<'_>, known: &mut Known, line: &mut Line<'_, '_>) -> RowResult {
    let Some(org_id) = known.org_of(tx, line)? else {
        return Ok(None);
    };
    let (ward, code) = (line.required("ward"), line.required("code"));
    let department_id = known.department_of(tx, org_id, line)?;
    let kind = line.text("kind");
    let sex_rule = line
        .one_of("sex_rule", words::SEX_RULES)
        .unwrap_or_default();
    let isolation = line.yes("isolation").unwrap_or(false);
    let price = line.yuan("price").unwrap_or(Money::fen(0));
    let (Some(ward), Some(code), false) = (ward, code, line.failed) else {
        return Ok(None);
    };
    let Some(ward_id) = ward_of(tx, known, line, org_id, &ward, department_id)? else {
        return Ok(None);
    };
    let input = BedInput {
        ward_id,
        code,
        kind,
        sex_rule,
        isolation,
        channel: None,
        quota_org_id: None,
        price,
    };
    let put = resources::import_bed(tx, &input);
    Ok(carried(line, put)?.map(outcome))
}

/// The ward a bed names; a new one is made with the bed's department.
fn ward_of(
    tx: &mut Tx<'_>,
    known: &mut Known,
    line: &mut Line<'_, '_>,
    org_id: Id,
    ward: &str,
    department_id: Option<Id>,
) -> Result<Option<Id>> {
    let key = (org_id, ward.to_owned());
    if let Some(id) = known.wards.get(&key) {
        return Ok(Some(*id));
    }
    if let Some(found) = resources::ward_by_code(tx, org_id, ward)? {
        known.wards.insert(key, found.id);
        return Ok(Some(found.id));
    }
    let Some(department_id) = department_id else {
        line.fault("department", "import.department-needed", &[]);
        return Ok(None);
    };
    let input = WardInput {
        org_id,
        department_id,
        specialty: None,
        code: ward.to_owned(),
        name: ward.to_owned(),
    };
    let put = resources::import_ward(tx, &input).map_err(|error| error.at("ward_id"));
    let Some(made) = carried(line, put)? else {
        return Ok(None);
    };
    known.wards.insert(key, made.id);
    Ok(Some(made.id))
}

pub(super) fn equipment(tx: &mut Tx<'_>, known: &mut Known, line: &mut Line<'_, '_>) -> RowResult {
    let Some(org_id) = known.org_of(tx, line)? else {
        return Ok(None);
    };
    let department_id = known.department_of(tx, org_id, line)?;
    let (kind, code, name) = (
        line.required("kind"),
        line.required("code"),
        line.required("name"),
    );
    let model = line.text("model");
    let weekdays = line
        .weekdays("weekdays")
        .unwrap_or_else(|| (1..=5).collect());
    let hours = line.hours("hours").unwrap_or_else(usual_hours);
    let exams = exams(line);
    let (Some(kind), Some(code), Some(name), false) = (kind, code, name, line.failed) else {
        return Ok(None);
    };
    let open = |(start, end)| OpeningHours {
        weekdays: weekdays.clone(),
        start,
        end,
        channel: Channel::Routine,
    };
    let hours = hours.into_iter().map(open).collect();
    let input = EquipmentInput {
        org_id,
        department_id,
        kind,
        code,
        name,
        model,
        hours,
        exams,
    };
    let put = resources::import_equipment(tx, &input);
    Ok(carried(line, put)?.map(outcome))
}

/// Office hours, where a device's are not given.
fn usual_hours() -> Vec<(String, String)> {
    values::hours("全天").unwrap_or_default()
}

/// Examinations as `code|name|minutes|yuan; …`.
fn exams(line: &mut Line<'_, '_>) -> Vec<Exam> {
    let Some(text) = line.text("exams") else {
        return Vec::new();
    };
    let mut exams = Vec::new();
    for piece in text
        .split([';', '；', '\n'])
        .map(str::trim)
        .filter(|piece| !piece.is_empty())
    {
        let parts: Vec<&str> = piece.split(['|', '｜']).map(str::trim).collect();
        let minutes = parts.get(2).and_then(|minutes| values::whole(minutes));
        let price = parts
            .get(3)
            .map_or(Some(Money::fen(0)), |price| values::yuan(price));
        match (parts.first(), parts.get(1), minutes, price) {
            (Some(code), Some(name), Some(minutes), Some(price)) => exams.push(Exam {
                code: (*code).to_owned(),
                name: (*name).to_owned(),
                minutes,
                price,
                preparation: None,
            }),
            _ => {
                line.fault("exams", "import.exams", &[]);
                return Vec::new();
            }
        }
    }
    exams
}

pub(super) fn schedule(tx: &mut Tx<'_>, known: &mut Known, line: &mut Line<'_, '_>) -> RowResult {
    let Some(org_id) = known.org_of(tx, line)? else {
        return Ok(None);
    };
    let named = line.required("department");
    let department_id = known.department_of(tx, org_id, line)?;
    let code = line.required("code");
    let practitioner_id = practitioner_of(tx, known, line, org_id)?;
    let (name, room) = (line.text("name"), line.text("room"));
    let (Some(_), Some(_)) = (line.required("weekdays"), line.required("hours")) else {
        return Ok(None);
    };
    let (weekdays, hours) = (line.weekdays("weekdays"), line.hours("hours"));
    let slot_minutes = line.whole("slot_minutes").unwrap_or(SLOT_MINUTES);
    let places = [
        (Channel::Referral, "referral_places"),
        (Channel::Green, "green_places"),
    ];
    let mut quotas = Vec::new();
    for (channel, key) in places {
        if let Some(places) = line.whole(key).filter(|places| *places > 0) {
            quotas.push(Quota {
                channel,
                org_id: None,
                places,
                release_hours: None,
            });
        }
    }
    let price = line.yuan("price").unwrap_or(Money::fen(0));
    let (valid_from, valid_to) = (line.date("valid_from"), line.date("valid_to"));
    if hours.as_ref().is_some_and(|hours| hours.len() > 1) {
        line.fault("hours", "import.one-period", &[]);
    }
    let (Some(department_id), Some(code), Some(weekdays), Some(hours), false) =
        (department_id, code, weekdays, hours, line.failed)
    else {
        return Ok(None);
    };
    let Some((start, end)) = hours.into_iter().next() else {
        return Ok(None);
    };
    let input = TemplateInput {
        org_id,
        department_id,
        specialty: None,
        code,
        name: name.or(named).unwrap_or_default(),
        practitioner_id,
        room,
        weekdays,
        start,
        end,
        slot_minutes,
        quotas,
        price,
        valid_from: valid_from.unwrap_or(tx.now().date()),
        valid_to,
    };
    let put = resources::import_template(tx, &input);
    Ok(carried(line, put)?.map(outcome))
}

/// Who sees the patients: by staff number, else by name, among those who work there.
fn practitioner_of(
    tx: &mut Tx<'_>,
    known: &mut Known,
    line: &mut Line<'_, '_>,
    org_id: Id,
) -> Result<Option<Id>> {
    let Some(text) = line.text("practitioner") else {
        return Ok(None);
    };
    if let std::collections::btree_map::Entry::Vacant(place) = known.people.entry(org_id) {
        let people = roster::practitioners_at(tx, org_id)?.into_iter();
        place.insert(
            people
                .map(|person| (person.id, person.data.code, person.data.name))
                .collect(),
        );
    }
    let people = known.people.get(&org_id).map_or(&[][..], Vec::as_slice);
    let by_code: Vec<Id> = people
        .iter()
        .filter(|(_, code, _)| *code == text)
        .map(|(id, _, _)| *id)
        .collect();
    let by_name: Vec<Id> = people
        .iter()
        .filter(|(_, _, name)| *name == text)
        .map(|(id, _, _)| *id)
        .collect();
    let found = if by_code.is_empty() { by_name } else { by_code };
    match found.as_slice() {
        [one] => return Ok(Some(*one)),
        [] => line.fault("practitioner", "import.person-unknown", &[]),
        _ => line.fault("practitioner", "import.person-ambiguous", &[]),
    }
    Ok(None)
}

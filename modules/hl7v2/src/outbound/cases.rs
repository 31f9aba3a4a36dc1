//! Referrals, stays and appointments: REF, ADT^A01 and A03, SIU.

use hl7v2::{SegmentWriter, compact, of_fhir};
use kernel::{Id, Result};
use store::Tx;

use super::compose::{event, patient};
use super::model::{Outbound, Receiver};
use super::{person, words};
use crate::intake::control_id_of;

/// The segments behind MSH.
pub(super) fn segments(
    tx: &mut Tx<'_>,
    receiver: &Receiver,
    out: &Outbound,
    patient_id: Id,
) -> Result<Vec<SegmentWriter>> {
    let pid = known(tx, receiver, out, patient_id)?;
    Ok(match out.kind.as_str() {
        "REF^I12" | "REF^I14" => {
            let mut all = vec![referral(out)];
            all.extend(sides(tx, out)?);
            all.push(pid);
            all
        }
        "SIU^S12" | "SIU^S15" => {
            let groups = SegmentWriter::new("RGS").text(1, "1").text(2, "A");
            vec![schedule(out), pid, groups, place(tx, out)?]
        }
        _ => vec![event(out, tx.now()), pid, stay(tx, receiver, out)?],
    })
}

/// Who was told of a beginning is told of its end, by number alone where the basis ended with it.
fn known(
    tx: &mut Tx<'_>,
    receiver: &Receiver,
    out: &Outbound,
    patient_id: Id,
) -> Result<SegmentWriter> {
    let ends = matches!(out.kind.as_str(), "REF^I14" | "SIU^S15" | "ADT^A03");
    if ends && record::basis(tx, patient_id)?.is_none() {
        return Ok(person::number_only(patient_id));
    }
    patient(tx, receiver, patient_id)
}

/// A number short enough for every receiver, the same for the same thing.
fn number(id: &str) -> String {
    id.parse::<Id>()
        .map_or_else(|_| id.to_owned(), control_id_of)
}

fn referral(out: &Outbound) -> SegmentWriter {
    let (code, name) = match (out.kind.as_str(), out.subject.event.as_str()) {
        ("REF^I12", _) => ("A", "Accepted"),
        (_, "referral.rejected") => ("R", "Rejected"),
        (_, "referral.expired") => ("E", "Expired"),
        _ => ("C", "Cancelled"),
    };
    let kind = out.subject.detail["kind"].as_str().unwrap_or_default();
    SegmentWriter::new("RF1")
        .parts(1, &[code, name, "HL70283"])
        .parts(3, &[kind, "", "L"])
        .parts(6, &[&number(&out.subject.id), "LIANTI"])
        .text(7, &compact(out.subject.at))
}

/// Who refers, and who is referred to.
fn sides(tx: &mut Tx<'_>, out: &Outbound) -> Result<Vec<SegmentWriter>> {
    let mut all = Vec::new();
    for (role, name, org_id) in [
        ("RP", "Referring Provider", out.subject.org_id),
        ("RT", "Referred to Provider", out.subject.peer_org_id),
    ] {
        let Some(org_id) = org_id else { continue };
        let org = network::org(tx, org_id)?;
        all.push(
            SegmentWriter::new("PRD")
                .parts(1, &[role, name, "HL70286"])
                .text(2, &org.name)
                .parts(7, &[&org.code, "LIANTI"]),
        );
    }
    Ok(all)
}

/// PV1 of a stay at the member that took the patient in.
fn stay(tx: &mut Tx<'_>, receiver: &Receiver, out: &Outbound) -> Result<SegmentWriter> {
    let class = words::code(&receiver.mapping, "visit-class", "IMP", "I");
    let mut segment = SegmentWriter::new("PV1").text(1, "1").text(2, &class);
    if let Some(org_id) = out.subject.peer_org_id {
        let org = network::org(tx, org_id)?;
        segment = segment.parts(3, &["", "", "", &org.code, "", "", "", "", &org.name]);
    }
    segment = segment.parts(19, &[&number(&out.subject.id), "", "", "LIANTI", "VN"]);
    let at = compact(out.subject.at);
    Ok(if out.kind == "ADT^A03" {
        segment.text(45, &at)
    } else {
        let admitted = out.subject.detail["admitted_at"].as_str().map(of_fhir);
        segment.text(44, &admitted.unwrap_or(at))
    })
}

fn schedule(out: &Outbound) -> SegmentWriter {
    let booked = out.kind == "SIU^S12";
    let detail = &out.subject.detail;
    let place = &detail["place"];
    let start = detail["start_at"].as_str().or(place["start"].as_str());
    let start = start.map(of_fhir).unwrap_or_default();
    let minutes = place["minutes"].as_i64().map(|minutes| minutes.to_string());
    let owner = detail["owner_id"].as_str().map(number).unwrap_or_default();
    let status = if booked { "Booked" } else { "Cancelled" };
    let reason = detail["reason"].as_str().unwrap_or_default();
    SegmentWriter::new("SCH")
        .parts(1, &[&owner, "LIANTI"])
        .parts(2, &[&number(&out.subject.id), "LIANTI"])
        .parts(6, &[if booked { "BOOKED" } else { "CANCELLED" }, reason])
        .text(9, minutes.as_deref().unwrap_or_default())
        .text(10, if minutes.is_some() { "min" } else { "" })
        .parts(11, &["", "", "", &start, &start])
        .parts(25, &[status, "", "HL70278"])
}

/// Where: the member whose slot or device it is.
fn place(tx: &mut Tx<'_>, out: &Outbound) -> Result<SegmentWriter> {
    let place = &out.subject.detail["place"];
    let id = ["slot_id", "equipment_id"]
        .iter()
        .find_map(|name| place[*name].as_str());
    let mut segment = SegmentWriter::new("AIL").text(1, "1");
    if let Some(org_id) = out.subject.org_id {
        let org = network::org(tx, org_id)?;
        let id = id.map(number).unwrap_or_default();
        segment = segment.parts(3, &[&id, "", "", &org.code, "", "", "", "", &org.name]);
    }
    Ok(segment)
}

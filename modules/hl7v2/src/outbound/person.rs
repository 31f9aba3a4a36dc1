//! PID of a patient of ours.

use hl7v2::SegmentWriter;
use kernel::identity::Sex;
use kernel::{Id, Result};
use record::{IdentifierKind, Patient};
use store::Tx;

use super::model::Receiver;
use super::words;

/// Who gives the number that names the patient here.
const PLATFORM: &str = "LIANTI";

/// The patient in full: the platform's number, the receiver's own, and those of the country.
pub(super) fn pid(
    tx: &mut Tx<'_>,
    receiver: &Receiver,
    patient: &Patient,
) -> Result<SegmentWriter> {
    let org = network::org(tx, receiver.org_id)?;
    let mut segment = number_only(patient.id);
    for identifier in patient.live_identifiers() {
        let (authority, kind) = match identifier.kind {
            IdentifierKind::ResidentId => ("", "NNCHN"),
            IdentifierKind::HealthCard => ("", "HC"),
            IdentifierKind::Insurance => ("", "SS"),
            IdentifierKind::Passport => ("", "PPN"),
            IdentifierKind::BirthCertificate => ("", "BCT"),
            // Numbers of other members are theirs.
            IdentifierKind::HospitalNumber if identifier.org_id == Some(receiver.org_id) => {
                (org.code.as_str(), "MR")
            }
            IdentifierKind::HospitalNumber => continue,
        };
        segment = segment.parts(3, &[&identifier.value, "", "", authority, kind]);
    }
    let ours = match patient.sex {
        Sex::Male => "male",
        Sex::Female => "female",
        Sex::Other => "other",
        Sex::Unknown => "unknown",
    };
    let sex = words::code(&receiver.mapping, "sex", ours, "U");
    segment = segment.text(5, &patient.name).text(8, &sex);
    if let Some(birth_date) = patient.birth_date {
        segment = segment.text(7, &hl7v2::of_fhir(&birth_date.to_string()));
    }
    let village = patient.village.as_deref().unwrap_or_default();
    let address = patient.address.as_deref().unwrap_or_default();
    segment = segment.parts(11, &[address, village]);
    if let Some(phone) = &patient.phone {
        segment = segment.text(13, phone);
    }
    if let Some(day) = patient.deceased_on {
        segment = segment
            .text(29, &hl7v2::of_fhir(&day.to_string()))
            .text(30, "Y");
    }
    Ok(segment)
}

/// The platform's number alone, for those who know it and may know no more.
pub(super) fn number_only(patient_id: Id) -> SegmentWriter {
    SegmentWriter::new("PID")
        .text(1, "1")
        .parts(3, &[&patient_id.to_string(), "", "", PLATFORM, "PI"])
}

/// The number of a patient that was replaced.
pub(super) fn mrg(patient_id: &str) -> SegmentWriter {
    SegmentWriter::new("MRG").parts(1, &[patient_id, "", "", PLATFORM, "PI"])
}

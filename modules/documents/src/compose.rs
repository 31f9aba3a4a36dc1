//! A discharge summary as a clinical document.

use cda::{
    Author, Block, Body, Code, Encounter, Header, InstanceId, Organization, Part, Patient, Related,
    Relation, Section, Time,
};
use kernel::identity::Sex;
use kernel::{Date, Error, Id, Instant, Result};
use record::IdentifierKind;
use store::Tx;

use crate::discharge::DischargeContent;
use crate::model::{Document, State};
use crate::rules::{self, Profile};

/// LOINC codes and titles of the sections, as WS/T 500 has them.
const SECTIONS: [(&str, &str); 6] = [
    ("11535-2", "出院诊断"),
    ("8648-8", "诊疗经过"),
    ("30954-2", "检查检验结果"),
    ("10183-2", "出院带药"),
    ("10184-0", "出院情况"),
    ("8653-8", "出院医嘱"),
];

/// The document of a discharge summary, as its author signs it now.
///
/// # Errors
/// `documents.replaced` where the summary to be replaced is not one that stands.
pub(crate) fn document(
    tx: &mut Tx<'_>,
    content: &DischargeContent,
    earlier: Option<&Document>,
) -> Result<cda::Document> {
    let profile = rules::profile(tx)?;
    let patient = record::patient(tx, content.patient_id)?;
    let org = network::org(tx, tx.actor().org_id)?;
    let now = time_of(tx.now())?;
    let id = |root: &str, extension: String| InstanceId {
        root: root.to_owned(),
        extension: Some(extension),
    };
    let roots = &profile.roots;
    let organization = Organization {
        ids: vec![id(&roots.organization, org.code.clone())],
        name: Some(org.name),
    };
    let actor = tx.actor();
    let author = Author {
        time: Some(now.clone()),
        ids: vec![id(
            &roots.practitioner,
            actor.practitioner_id.unwrap_or(actor.id).to_string(),
        )],
        name: Some(actor.name.clone()),
        organization: Some(organization.clone()),
    };
    let number = id(&roots.document, tx.new_id().to_string());
    let set = earlier.and_then(|old| old.set_number.as_deref()).map(id_of);
    let kind = &profile.discharge_summary;
    let header = Header {
        set_id: Some(set.unwrap_or_else(|| number.clone())),
        version_number: Some(earlier.and_then(|old| old.version_number).unwrap_or(0) + 1),
        id: number,
        templates: vec![InstanceId {
            root: kind.template.clone(),
            extension: None,
        }],
        code: Code {
            code: Some(kind.code.clone()),
            system: Some(kind.system.clone()),
            system_name: Some(kind.system_name.clone()),
            display: Some(kind.title.clone()),
        },
        title: Some(kind.title.clone()),
        effective_time: now,
        confidentiality: Code {
            code: Some("N".to_owned()),
            system: Some(roots.confidentiality.clone()),
            ..Code::default()
        },
        language: Some("zh-CN".to_owned()),
        patient: whose(&profile, &patient, content),
        legal_authenticator: Some(author.clone()),
        authors: vec![author],
        custodian: organization,
        encounter: Some(Encounter {
            ids: content
                .number
                .iter()
                .map(|number| id(&roots.stay, number.clone()))
                .collect(),
            code: None,
            start: content.admitted_on.and_then(day),
            end: content.discharged_on.and_then(day),
            place: content.place.clone(),
        }),
        related: earlier
            .map(|old| Related {
                relation: Relation::Replaces,
                id: id_of(&old.number),
            })
            .into_iter()
            .collect(),
    };
    Ok(cda::Document {
        header,
        body: Body::Sections(sections(&profile, content)),
    })
}

/// The summary that a new one replaces.
///
/// # Errors
/// `documents.replaced`.
pub(crate) fn earlier(tx: &mut Tx<'_>, content: &DischargeContent) -> Result<Option<Document>> {
    let Some(id) = content.replaces_id else {
        return Ok(None);
    };
    let known = crate::receive::known(tx, id)?;
    let fits = |old: &Document| {
        old.org_id == tx.actor().org_id
            && old.patient_id == content.patient_id
            && old.state == State::Current
    };
    match known.map(|old| old.data).filter(fits) {
        Some(old) => Ok(Some(old)),
        None => {
            let detail = "only a document of your organization and this patient that stands can be \
                          replaced";
            Err(Error::rule("documents.replaced", detail).at("replaces_id"))
        }
    }
}

fn id_of(number: &str) -> InstanceId {
    match number.split_once('^') {
        Some((root, extension)) => InstanceId {
            root: root.to_owned(),
            extension: Some(extension.to_owned()),
        },
        None => InstanceId {
            root: number.to_owned(),
            extension: None,
        },
    }
}

/// `2026-11-22 14:05` of local time as HL7 writes it.
fn time_of(at: Instant) -> Result<Time> {
    let digits: String = at
        .local_minutes()
        .chars()
        .filter(char::is_ascii_digit)
        .collect();
    Time::parse(&format!("{digits}+0800"))
        .ok_or_else(|| Error::internal(std::io::Error::other("the clock tells no time")))
}

fn day(date: Date) -> Option<Time> {
    Time::parse(&date.to_string().replace('-', ""))
}

/// The patient with the numbers that others know too, and the organization's own.
fn whose(profile: &Profile, patient: &record::Patient, content: &DischargeContent) -> Patient {
    let org_root = |kind: IdentifierKind| match kind {
        IdentifierKind::ResidentId => Some(profile.roots.resident.clone()),
        IdentifierKind::HospitalNumber => None,
        other => {
            let mut all = profile.identifiers.iter();
            let found = all.find(|(_, known)| **known == other);
            found.map(|(root, _)| root.clone())
        }
    };
    let numbers = patient.live_identifiers().filter_map(|one| {
        Some(InstanceId {
            root: org_root(one.kind)?,
            extension: Some(one.value.clone()),
        })
    });
    let stay = content.number.iter().map(|number| InstanceId {
        root: profile.roots.stay.clone(),
        extension: Some(number.clone()),
    });
    let (code, display) = match patient.sex {
        Sex::Male => ("1", "男性"),
        Sex::Female => ("2", "女性"),
        Sex::Other => ("9", "未说明的性别"),
        Sex::Unknown => ("0", "未知的性别"),
    };
    Patient {
        ids: stay.chain(numbers).collect(),
        name: Some(patient.name.clone()),
        sex: Some(Code {
            code: Some(code.to_owned()),
            system: Some(profile.roots.sex.clone()),
            system_name: None,
            display: Some(display.to_owned()),
        }),
        birth: patient.birth_date.and_then(day),
        phones: patient.phone.iter().cloned().collect(),
        address: patient.address.clone(),
    }
}

fn sections(profile: &Profile, content: &DischargeContent) -> Vec<Section> {
    let mut results = Vec::new();
    if !content.results.is_empty() {
        let rows: Vec<Vec<String>> = content
            .results
            .iter()
            .map(|one| {
                let at = one.at.clone().unwrap_or_default();
                vec![one.name.clone(), one.value.clone(), at]
            })
            .collect();
        results.push(cda::table(&["项目", "结果", "时间"], &rows));
    }
    results.extend(paragraphs(&content.findings));
    let diagnoses = content.diagnoses.iter().map(|one| match &one.code {
        Some(code) => format!("{} ({code})", one.display),
        None => one.display.clone(),
    });
    let blocks = [
        list(Part::Numbered, diagnoses),
        paragraphs(&content.course),
        results,
        list(Part::List, content.medications.iter().cloned()),
        paragraphs(&content.condition),
        paragraphs(&content.advice),
    ];
    let mut all: Vec<Section> = SECTIONS
        .iter()
        .zip(blocks)
        .filter(|(_, narrative)| !narrative.is_empty())
        .map(|((code, title), narrative)| Section {
            code: Some(Code {
                code: Some((*code).to_owned()),
                system: Some(profile.roots.loinc.clone()),
                system_name: Some("LOINC".to_owned()),
                display: None,
            }),
            title: Some((*title).to_owned()),
            narrative,
            entries: Vec::new(),
            codes: Vec::new(),
            sections: Vec::new(),
        })
        .collect();
    if let Some(first) = all.first_mut() {
        first.entries = entries(profile, content);
    }
    all
}

/// Diagnoses for machines: those that have a code.
fn entries(profile: &Profile, content: &DischargeContent) -> Vec<String> {
    let fact = Code {
        code: Some(profile.discharge_summary.diagnosis_fact.clone()),
        system: Some(profile.roots.fact.clone()),
        system_name: None,
        display: Some("出院诊断编码".to_owned()),
    };
    let coded = content.diagnoses.iter().filter_map(|one| {
        let value = Code {
            code: Some(one.code.clone()?),
            system: Some(profile.roots.diagnosis.clone()),
            system_name: Some("ICD-10".to_owned()),
            display: Some(one.display.clone()),
        };
        Some(cda::coded_entry(&fact, &value))
    });
    coded.collect()
}

fn paragraphs(text: &str) -> Vec<Block> {
    let lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
    lines
        .map(|line| Block::words(Part::Paragraph, line))
        .collect()
}

fn list(part: Part, lines: impl Iterator<Item = String>) -> Vec<Block> {
    let items: Vec<Block> = lines
        .map(|line| line.trim().to_owned())
        .filter(|line| !line.is_empty())
        .map(|line| Block::words(Part::Item, line))
        .collect();
    if items.is_empty() {
        return Vec::new();
    }
    vec![Block::part(part, items)]
}

/// The bytes of a document that was composed here. They are read back before they leave: what our own
/// reader refuses is issued to nobody.
///
/// # Errors
/// An internal error, where the two disagree.
pub(crate) fn bytes(document: &cda::Document) -> Result<(Vec<u8>, cda::Document)> {
    let bytes = cda::write(document).into_bytes();
    let read = cda::read(&bytes).map_err(Error::internal)?;
    if read.header != document.header {
        let cause = std::io::Error::other("a composed document was read back as another");
        return Err(Error::internal(cause));
    }
    Ok((bytes, read))
}

/// Whose stay it was, for the answer.
pub(crate) fn file_name(id: Id) -> String {
    format!("document-{id}.xml")
}

//! A document as people read it: its header in words, its sections with narrative that cannot act.

use cda::{Author, Body, Organization};
use kernel::{Error, Id, Instant, Result};
use serde::{Deserialize, Serialize};
use store::Tx;

use crate::model::State;
use crate::{base64, receive, reference};

/// Somebody who wrote or signed a document.
#[derive(Clone, Debug, Serialize, Deserialize, utoipa::ToSchema)]
pub struct DocumentPerson {
    /// Name.
    pub name: Option<String>,
    /// For whom.
    pub organization: Option<String>,
    /// When, as it was written.
    pub at: Option<String>,
}

/// The visit or stay a document tells of.
#[derive(Clone, Debug, Serialize, Deserialize, utoipa::ToSchema)]
pub struct DocumentStay {
    /// Numbers.
    pub numbers: Vec<String>,
    /// What sort.
    pub kind: Option<String>,
    /// Its begin.
    pub start: Option<String>,
    /// Its end.
    pub end: Option<String>,
    /// Where.
    pub place: Option<String>,
}

/// A section, in the order of the document.
#[derive(Clone, Debug, Serialize, Deserialize, utoipa::ToSchema)]
pub struct DocumentSection {
    /// Its title.
    pub title: Option<String>,
    /// How deep it lies in others: 0 is the top.
    pub depth: u32,
    /// Its words as HTML without attributes, addresses or scripts.
    pub html: String,
    /// Entries for machines that stand behind it.
    pub entries: u32,
}

/// A document as people read it.
#[derive(Clone, Serialize, Deserialize, utoipa::ToSchema)]
pub struct ClinicalDocument {
    /// Its id, and that of its DocumentReference; absent in a preview.
    pub id: Option<Id>,
    /// Where it stands.
    pub state: State,
    /// Its title.
    pub title: String,
    /// What sort of document, as its code says.
    pub kind: Option<String>,
    /// The code.
    pub kind_code: Option<String>,
    /// Its number.
    pub number: String,
    /// Which version of its set.
    pub version_number: Option<i64>,
    /// When it was made.
    pub made_at: String,
    /// How confidential it is: N, R, V.
    pub confidentiality: Option<String>,
    /// Its language.
    pub language: Option<String>,
    /// The patient's name as the document writes it.
    pub patient_name: Option<String>,
    /// Sex as the document writes it.
    pub patient_sex: Option<String>,
    /// Birth date.
    pub patient_birth: Option<String>,
    /// Who wrote it.
    pub authors: Vec<DocumentPerson>,
    /// Who answers for it by law.
    pub signer: Option<DocumentPerson>,
    /// Who keeps it.
    pub custodian: Option<String>,
    /// The visit it tells of.
    pub stay: Option<DocumentStay>,
    /// Templates it says it follows; they are not checked.
    pub templates: Vec<String>,
    /// The number of the document it replaces.
    pub replaces: Option<String>,
    /// The document that took its place.
    pub replaced_by: Option<Id>,
    /// When it came.
    pub received_at: Option<Instant>,
    /// SHA-256 of its bytes.
    pub sha256: String,
    /// Bytes.
    pub size_bytes: u64,
    /// What it says.
    pub sections: Vec<DocumentSection>,
    /// The media type of a body that is no text, such as a PDF: it is in the original.
    pub other_body: Option<String>,
}

/// The bytes of a document that the actor may see; the look is noted as `what`.
///
/// # Errors
/// Not found; `documents.not-clinical` where it is another sort of document.
pub(crate) fn bytes(tx: &mut Tx<'_>, id: Id, what: &str) -> Result<Vec<u8>> {
    let missing = || Error::not_found("document");
    let text = fhir_server::read_resource(tx, "DocumentReference", id, what)
        .map_err(|error| hidden(error, missing()))?;
    let body: serde_json::Value = serde_json::from_str(&text).map_err(Error::internal)?;
    let content = &body["content"][0];
    if content["format"]["code"] != reference::FORMAT {
        let detail = "this document did not come as a clinical document (CDA)";
        return Err(Error::rule("documents.not-clinical", detail));
    }
    let url = content["attachment"]["url"].as_str().unwrap_or_default();
    let binary = url
        .strip_prefix("Binary/")
        .and_then(|id| id.parse::<Id>().ok());
    let binary = binary.ok_or_else(missing)?;
    let text = fhir_server::read_resource(tx, "Binary", binary, what)
        .map_err(|error| hidden(error, missing()))?;
    let body: serde_json::Value = serde_json::from_str(&text).map_err(Error::internal)?;
    base64::decode(body["data"].as_str().unwrap_or_default()).ok_or_else(missing)
}

fn hidden(error: Error, missing: Error) -> Error {
    if error.kind() == kernel::Kind::NotFound {
        missing
    } else {
        error
    }
}

/// A stored document in words.
///
/// # Errors
/// As [`bytes`].
pub(crate) fn stored(tx: &mut Tx<'_>, id: Id) -> Result<ClinicalDocument> {
    let bytes = bytes(tx, id, "document")?;
    let document = cda::read(&bytes).map_err(receive::refusal)?;
    let mut view = of(&document, &bytes);
    view.id = Some(id);
    if let Some(known) = receive::known(tx, id)? {
        view.state = known.state;
        view.received_at = Some(known.received_at);
        view.replaced_by = receive::later(tx, &known)?;
    }
    Ok(view)
}

/// A document in words.
pub(crate) fn of(document: &cda::Document, bytes: &[u8]) -> ClinicalDocument {
    let header = &document.header;
    let (sections, other_body) = match &document.body {
        Body::Sections(sections) => {
            let mut all = Vec::new();
            collect(sections, 0, &mut all);
            (all, None)
        }
        Body::NonXml(other) => (Vec::new(), Some(other.media_type.clone())),
    };
    let replaces = header.related.iter();
    let mut replaces = replaces.filter(|one| one.relation == cda::Relation::Replaces);
    let sex = header.patient.sex.as_ref();
    ClinicalDocument {
        id: None,
        state: State::Current,
        title: reference::title_of(header),
        kind: header.code.display.clone(),
        kind_code: header.code.code.clone(),
        number: header.id.text(),
        version_number: header.version_number,
        made_at: readable(&header.effective_time),
        confidentiality: header.confidentiality.code.clone(),
        language: header.language.clone(),
        patient_name: header.patient.name.clone(),
        patient_sex: sex.and_then(|sex| sex.display.clone().or_else(|| sex.code.clone())),
        patient_birth: header.patient.birth.as_ref().map(readable),
        authors: header.authors.iter().map(person).collect(),
        signer: header.legal_authenticator.as_ref().map(person),
        custodian: name_of(&header.custodian),
        stay: header.encounter.as_ref().map(|stay| DocumentStay {
            numbers: stay
                .ids
                .iter()
                .filter_map(|id| id.extension.clone())
                .collect(),
            kind: stay.code.as_ref().and_then(|code| code.display.clone()),
            start: stay.start.as_ref().map(readable),
            end: stay.end.as_ref().map(readable),
            place: stay.place.clone(),
        }),
        templates: header.templates.iter().map(cda::InstanceId::text).collect(),
        replaces: replaces.next().map(|one| one.id.text()),
        replaced_by: None,
        received_at: None,
        sha256: store::sha256_hex(bytes),
        size_bytes: bytes.len() as u64,
        sections,
        other_body,
    }
}

fn collect(sections: &[cda::Section], depth: u32, all: &mut Vec<DocumentSection>) {
    for section in sections {
        all.push(DocumentSection {
            title: section
                .title
                .clone()
                .or_else(|| section.code.as_ref()?.display.clone()),
            depth,
            html: cda::html(&section.narrative),
            entries: u32::try_from(section.entries.len()).unwrap_or(u32::MAX),
        });
        collect(&section.sections, depth + 1, all);
    }
}

fn person(author: &Author) -> DocumentPerson {
    DocumentPerson {
        name: author.name.clone(),
        organization: author.organization.as_ref().and_then(name_of),
        at: author.time.as_ref().map(readable),
    }
}

fn name_of(organization: &Organization) -> Option<String> {
    let number = || organization.ids.iter().find_map(|id| id.extension.clone());
    organization.name.clone().or_else(number)
}

/// `2026-11-20 15:30`, or as much of it as was written.
fn readable(time: &cda::Time) -> String {
    let digits: Vec<char> = time
        .text()
        .chars()
        .take_while(char::is_ascii_digit)
        .collect();
    let mut text = String::new();
    for (at, digit) in digits.iter().enumerate().take(12) {
        match at {
            4 | 6 => text.push('-'),
            8 => text.push(' '),
            10 => text.push(':'),
            _ => {}
        }
        text.push(*digit);
    }
    text
}

//! From XML to what a document says.

use crate::charset::text_of;
use crate::fault::Fault;
use crate::model::{
    Author, Body, Code, Document, Encounter, Header, InstanceId, NonXml, Organization, Patient,
    Related, Relation, Section,
};
use crate::place::At;
use crate::time::Time;
use crate::tree::{self, Element};
use crate::{NAMESPACE, narrative};

/// Sections inside sections.
const SECTION_DEPTH_MAX: usize = 8;
/// Codes of one section that are listed.
const CODES_MAX: usize = 200;

/// Reads a document.
///
/// # Errors
/// The first thing that is wrong, with its place.
pub fn read(bytes: &[u8]) -> Result<Document, Fault> {
    let text = text_of(bytes)?;
    let root = tree::parse(&text)?;
    let root = At::root(&root);
    if root.element.name != "ClinicalDocument" {
        let detail = "a clinical document begins with ClinicalDocument";
        return Err(root.refuse("cda.not-clinical-document", detail));
    }
    if !root.element.ours {
        debug_assert_eq!(NAMESPACE, "urn:hl7-org:v3");
        let detail = "ClinicalDocument is in the namespace urn:hl7-org:v3";
        return Err(root.refuse("cda.namespace", detail));
    }
    Ok(Document {
        header: header(&root)?,
        body: body(&root, &text)?,
    })
}

fn header(root: &At<'_>) -> Result<Header, Fault> {
    let version_number = match root.one("versionNumber")? {
        None => None,
        Some(at) => Some(number(&at)?),
    };
    let set_id = root.one("setId")?.map(|at| needed_id(&at)).transpose()?;
    let effective = root.need("effectiveTime")?;
    let authors: Result<Vec<Author>, Fault> = root.all("author").iter().map(author).collect();
    let authors = authors?;
    if authors.is_empty() {
        // One call names the place as all others are named.
        root.need("author")?;
    }
    let legal = root.first("legalAuthenticator");
    Ok(Header {
        id: needed_id(&root.need("id")?)?,
        templates: ids(root, "templateId"),
        code: needed_code(&root.need("code")?)?,
        title: root.one("title")?.and_then(|at| at.words()),
        effective_time: needed_time(&effective)?,
        confidentiality: needed_code(&root.need("confidentialityCode")?)?,
        language: root
            .one("languageCode")?
            .and_then(|at| at.attribute("code").map(str::to_owned)),
        set_id,
        version_number,
        patient: patient(root)?,
        authors,
        custodian: custodian(root)?,
        legal_authenticator: legal.as_ref().map(authenticator).transpose()?,
        encounter: encounter(root)?,
        related: related(root)?,
    })
}

fn number(at: &At<'_>) -> Result<i64, Fault> {
    let value = at.attribute("value").and_then(|text| text.parse().ok());
    value
        .filter(|number| (0..=1_000_000).contains(number))
        .ok_or_else(|| at.refuse("cda.value", "a version number is a whole number from 0"))
}

fn instance_id(at: &At<'_>) -> Option<InstanceId> {
    Some(InstanceId {
        root: at.attribute("root")?.to_owned(),
        extension: at.attribute("extension").map(str::to_owned),
    })
}

fn needed_id(at: &At<'_>) -> Result<InstanceId, Fault> {
    instance_id(at).ok_or_else(|| {
        let detail = "an identifier has a root, the OID or UUID of who gave it";
        at.refuse("cda.value", detail)
    })
}

/// Identifiers of a name; those that say they are not known are left out.
fn ids(at: &At<'_>, name: &str) -> Vec<InstanceId> {
    at.all(name).iter().filter_map(instance_id).collect()
}

fn code(at: &At<'_>) -> Code {
    let get = |name: &str| at.attribute(name).map(str::to_owned);
    Code {
        code: get("code"),
        system: get("codeSystem"),
        system_name: get("codeSystemName"),
        display: get("displayName").or_else(|| at.first("originalText")?.words()),
    }
}

fn needed_code(at: &At<'_>) -> Result<Code, Fault> {
    let code = code(at);
    if code.code.is_none() {
        return Err(at.refuse("cda.value", "a code is needed here"));
    }
    Ok(code)
}

fn time(at: &At<'_>) -> Result<Option<Time>, Fault> {
    let Some(text) = at.attribute("value") else {
        return Ok(None);
    };
    let detail = "this is no time that a calendar and a clock have: YYYYMMDDHHMMSS+ZZZZ";
    Time::parse(text)
        .map(Some)
        .ok_or_else(|| at.refuse("cda.time", detail))
}

fn needed_time(at: &At<'_>) -> Result<Time, Fault> {
    time(at)?.ok_or_else(|| at.refuse("cda.value", "a time is needed here"))
}

fn optional_time(at: &At<'_>, name: &str) -> Result<Option<Time>, Fault> {
    at.one(name)?.map_or(Ok(None), |at| time(&at))
}

fn patient(root: &At<'_>) -> Result<Patient, Fault> {
    let targets = root.all("recordTarget");
    let Some(target) = targets.first() else {
        let at = format!("{}/recordTarget", root.place);
        let detail = "the document does not say whose it is";
        return Err(Fault::new("cda.no-patient", at, detail));
    };
    if let Some(second) = targets.get(1) {
        let detail = "a document of several patients belongs in nobody's record";
        return Err(second.refuse("cda.repeated", detail));
    }
    let role = target.need("patientRole")?;
    let person = role.one("patient")?;
    let named = |name: &str| person.as_ref().and_then(|person| person.first(name));
    let birth = named("birthTime");
    let phones = role.all("telecom");
    let phones = phones.iter().filter_map(|at| {
        let value = at.attribute("value")?;
        Some(value.strip_prefix("tel:").unwrap_or(value).to_owned())
    });
    Ok(Patient {
        ids: ids(&role, "id"),
        name: named("name").and_then(|at| person_name(&at)),
        sex: named("administrativeGenderCode")
            .map(|at| code(&at))
            .filter(|code| code.code.is_some()),
        birth: birth.map_or(Ok(None), |at| time(&at))?,
        phones: phones.collect(),
        address: role.first("addr").and_then(|at| address(&at)),
    })
}

/// A name as Chinese write it; the parts of a foreign one keep their blanks.
fn person_name(at: &At<'_>) -> Option<String> {
    let family = at.first("family").and_then(|at| at.words());
    let given = at
        .all("given")
        .iter()
        .filter_map(At::words)
        .collect::<Vec<_>>();
    if family.is_none() && given.is_empty() {
        return at.words();
    }
    let parts: Vec<String> = family.into_iter().chain(given).collect();
    let latin = parts.iter().all(|part| part.is_ascii());
    Some(parts.join(if latin { " " } else { "" }))
}

/// Province, city, county, street and house, without the white space between their elements.
fn address(at: &At<'_>) -> Option<String> {
    let parts = at
        .element
        .elements()
        .filter(|part| part.name != "postalCode");
    let parts: Vec<String> = parts.map(|part| part.words().trim().to_owned()).collect();
    let whole = parts.concat();
    if whole.is_empty() {
        at.words()
    } else {
        Some(whole)
    }
}

fn organization(at: &At<'_>) -> Organization {
    Organization {
        ids: ids(at, "id"),
        name: at.first("name").and_then(|at| at.words()),
    }
}

fn author(at: &At<'_>) -> Result<Author, Fault> {
    let role = at.need("assignedAuthor")?;
    let mut author = person(&role);
    author.time = optional_time(at, "time")?;
    if author.name.is_none() {
        let device = role.along(&["assignedAuthoringDevice", "softwareName"]);
        author.name = device.and_then(|at| at.words());
    }
    Ok(author)
}

fn person(role: &At<'_>) -> Author {
    Author {
        time: None,
        ids: ids(role, "id"),
        name: role
            .along(&["assignedPerson", "name"])
            .and_then(|at| person_name(&at)),
        organization: role
            .first("representedOrganization")
            .map(|at| organization(&at)),
    }
}

fn authenticator(at: &At<'_>) -> Result<Author, Fault> {
    let role = at.need("assignedEntity")?;
    let mut signer = person(&role);
    signer.time = optional_time(at, "time")?;
    Ok(signer)
}

fn custodian(root: &At<'_>) -> Result<Organization, Fault> {
    let assigned = root.need("custodian")?.need("assignedCustodian")?;
    let kept = assigned.need("representedCustodianOrganization")?;
    Ok(organization(&kept))
}

fn encounter(root: &At<'_>) -> Result<Option<Encounter>, Fault> {
    let Some(at) = root.along(&["componentOf", "encompassingEncounter"]) else {
        return Ok(None);
    };
    let period = at.one("effectiveTime")?;
    let (start, end) = match &period {
        None => (None, None),
        Some(period) => {
            let start = optional_time(period, "low")?;
            (start.or(time(period)?), optional_time(period, "high")?)
        }
    };
    let place = at.along(&["location", "healthCareFacility"]);
    let place = place
        .map(|at| place_words(&at))
        .filter(|words| !words.is_empty());
    Ok(Some(Encounter {
        ids: ids(&at, "id"),
        code: at
            .one("code")?
            .map(|at| code(&at))
            .filter(|code| code.code.is_some()),
        start,
        end,
        place,
    }))
}

/// Bed, room, ward, department: each inside the next, written the widest first.
fn place_words(facility: &At<'_>) -> String {
    let mut names = Vec::new();
    collect_names(facility.element, &mut names);
    names.reverse();
    names.join(" ")
}

fn collect_names(element: &Element, names: &mut Vec<String>) {
    for child in element.elements() {
        if child.name == "name" {
            let words = child.words().trim().to_owned();
            if !words.is_empty() {
                names.push(words);
            }
        } else {
            collect_names(child, names);
        }
    }
}

fn related(root: &At<'_>) -> Result<Vec<Related>, Fault> {
    let mut all = Vec::new();
    for at in root.all("relatedDocument") {
        let relation = match at.attribute("typeCode") {
            Some("RPLC") => Relation::Replaces,
            Some("APND") => Relation::Appends,
            Some("XFRM") => Relation::Transforms,
            _ => return Err(at.refuse("cda.value", "typeCode is RPLC, APND or XFRM")),
        };
        let parent = at.need("parentDocument")?;
        let given = parent.all("id");
        let Some(id) = given.first() else {
            parent.need("id")?;
            continue;
        };
        all.push(Related {
            relation,
            id: needed_id(id)?,
        });
    }
    Ok(all)
}

fn body(root: &At<'_>, text: &str) -> Result<Body, Fault> {
    let component = root.need("component")?;
    if let Some(other) = component.one("nonXMLBody")? {
        let content = other.need("text")?;
        let base64 = content.attribute("representation") == Some("B64");
        let data = content.element.words();
        let data = if base64 {
            data.split_whitespace().collect()
        } else {
            data
        };
        return Ok(Body::NonXml(NonXml {
            media_type: content
                .attribute("mediaType")
                .unwrap_or("text/plain")
                .to_owned(),
            base64,
            data,
        }));
    }
    let structured = component.need("structuredBody")?;
    sections(&structured, text, 0).map(Body::Sections)
}

fn sections(at: &At<'_>, text: &str, depth: usize) -> Result<Vec<Section>, Fault> {
    let components = at.all("component");
    let found = components.iter().filter_map(|one| one.first("section"));
    found.map(|one| section(&one, text, depth)).collect()
}

fn section(at: &At<'_>, text: &str, depth: usize) -> Result<Section, Fault> {
    if depth >= SECTION_DEPTH_MAX {
        return Err(at.refuse(
            "cda.too-deep",
            "sections lie inside each other eight deep at most",
        ));
    }
    let entries = at.all("entry");
    let mut codes = Vec::new();
    for entry in &entries {
        collect_codes(entry.element, &mut codes);
    }
    let written = entries
        .iter()
        .filter_map(|one| text.get(one.element.span.clone()));
    Ok(Section {
        code: at
            .one("code")?
            .map(|at| code(&at))
            .filter(|code| *code != Code::default()),
        title: at.one("title")?.and_then(|at| at.words()),
        narrative: at
            .one("text")?
            .map_or_else(Vec::new, |at| narrative::read(at.element)),
        entries: written.map(str::to_owned).collect(),
        codes,
        sections: sections(at, text, depth + 1)?,
    })
}

/// Codes of entries, wherever they stand: what a document is about may be sensitive.
fn collect_codes(element: &Element, codes: &mut Vec<Code>) {
    let get = |name: &str| element.attribute(name).map(str::to_owned);
    if element.attribute("code").is_some() && element.attribute("codeSystem").is_some() {
        let code = Code {
            code: get("code"),
            system: get("codeSystem"),
            system_name: get("codeSystemName"),
            display: get("displayName"),
        };
        if codes.len() < CODES_MAX && !codes.contains(&code) {
            codes.push(code);
        }
    }
    for child in element.elements() {
        collect_codes(child, codes);
    }
}

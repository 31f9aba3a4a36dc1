//! The header of a document as a DocumentReference, its bytes as a Binary.

use cda::{Author, Code, Header, Organization};
use kernel::{Id, Result};
use record::sensitive;
use serde_json::{Value, json};
use store::Tx;

use crate::model::Document;
use crate::rules::{Profile, root_uri};

/// The extension in which an attachment's SHA-256 stands: FHIR's own `hash` is SHA-1.
pub(crate) const SHA256: &str = "urn:lianti:sha256";
/// What says that the content is a clinical document.
pub(crate) const FORMAT: &str = "urn:hl7-org:v3";
/// Codings of a document that are kept beside it.
const CODES_MAX: usize = 200;
const CONFIDENTIALITY: &str = "http://terminology.hl7.org/CodeSystem/v3-Confidentiality";

/// What is sensitive in a document: the categories of its own words, which are not repeated beside it.
pub(crate) fn labels(
    tx: &mut Tx<'_>,
    profile: &Profile,
    document: &cda::Document,
) -> Result<Vec<String>> {
    let rule = sensitive::rule(tx)?;
    let codes = codes_of(profile, document);
    let codes: Vec<(Option<&str>, &str)> = codes
        .iter()
        .map(|(system, code)| (Some(system.as_str()), code.as_str()))
        .collect();
    let mut texts: Vec<String> = Vec::new();
    for section in document.sections() {
        texts.extend(section.title.clone());
        texts.extend(section.narrative.iter().map(cda::Block::text));
        let named = section.codes.iter().filter_map(|code| code.display.clone());
        texts.extend(named);
    }
    texts.extend(document.header.title.clone());
    let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
    Ok(rule.labels(&codes, &texts))
}

/// System and code of what the entries say, each once.
fn codes_of(profile: &Profile, document: &cda::Document) -> Vec<(String, String)> {
    let mut all: Vec<(String, String)> = Vec::new();
    for section in document.sections() {
        for code in &section.codes {
            let (Some(system), Some(code)) = (&code.system, &code.code) else {
                continue;
            };
            let one = (profile.system(system), code.clone());
            if all.len() < CODES_MAX && !all.contains(&one) {
                all.push(one);
            }
        }
    }
    all
}

/// Organizations of the network that a header names by their codes.
pub(crate) struct Places {
    custodian: Option<Id>,
}

impl Places {
    pub(crate) fn find(tx: &mut Tx<'_>, header: &Header) -> Result<Self> {
        for id in &header.custodian.ids {
            let code = id.extension.as_deref().unwrap_or("");
            if let Some(org) = network::org_by_code(tx, code)? {
                return Ok(Self {
                    custodian: Some(org.id),
                });
            }
        }
        Ok(Self { custodian: None })
    }
}

/// All that the two resources are made of.
pub(crate) struct Told<'a> {
    pub profile: &'a Profile,
    pub document: &'a cda::Document,
    pub labels: &'a [String],
    pub places: &'a Places,
}

impl Told<'_> {
    /// The categories as codings: they hold also where the rule changes later.
    fn label_codings(&self) -> Vec<Value> {
        let of_rule = self
            .labels
            .iter()
            .map(|label| json!({ "system": sensitive::LABEL_SYSTEM, "code": label }));
        let own = &self.document.header.confidentiality;
        let own = own.code.as_ref();
        let own = own.map(|code| json!({ "system": CONFIDENTIALITY, "code": code }));
        of_rule.chain(own).collect()
    }

    /// What entries are coded with, so that a rule that changes finds it.
    fn code_codings(&self) -> Vec<Value> {
        let codes = codes_of(self.profile, self.document);
        let codings = codes
            .into_iter()
            .map(|(system, code)| json!({ "system": system, "code": code }));
        codings.collect()
    }

    /// The bytes as they came, seen by who sees what describes them (`securityContext`).
    pub(crate) fn binary(&self, document: &Document, data: &str) -> Value {
        let mut meta = json!({ "security": self.label_codings() });
        let codes = self.code_codings();
        if !codes.is_empty() {
            meta["tag"] = json!(codes);
        }
        json!({
            "resourceType": "Binary",
            "id": document.binary_id,
            "meta": meta,
            "contentType": "application/xml",
            "securityContext": { "reference": format!("DocumentReference/{}", document.id) },
            "data": data,
        })
    }

    /// The header; patient, state and relations are added where it is shown.
    pub(crate) fn reference(&self, document: &Document, size_bytes: usize) -> Value {
        let header = &self.document.header;
        let title = title_of(header);
        let signed = header.legal_authenticator.is_some();
        let authors: Vec<Value> = header.authors.iter().filter_map(named).collect();
        let mut body = json!({
            "resourceType": "DocumentReference",
            "id": document.id,
            "masterIdentifier": identifier(&header.id),
            "docStatus": if signed { "final" } else { "preliminary" },
            "type": self.concept(&header.code, Some(&title)),
            "date": header.effective_time.instant(&self.profile.utc_offset),
            "custodian": self.organization(&header.custodian),
            "description": title,
            "securityLabel": [{ "coding": self.label_codings() }],
            "content": [{
                "attachment": {
                    "extension": [{ "url": SHA256, "valueString": document.sha256 }],
                    "contentType": "application/xml",
                    "url": format!("Binary/{}", document.binary_id),
                    "size": size_bytes,
                    "title": title,
                },
                "format": { "system": "urn:ietf:rfc:3986", "code": FORMAT },
            }],
        });
        let mut identifiers = Vec::new();
        identifiers.extend(header.set_id.as_ref().map(identifier));
        if let Some(number) = &document.sender_number
            && let Some((system, value)) = number.rsplit_once('|')
        {
            identifiers.push(json!({ "system": system, "value": value }));
        }
        for (name, value) in [("identifier", identifiers), ("author", authors)] {
            if !value.is_empty() {
                body[name] = json!(value);
            }
        }
        if let Some(language) = &header.language
            && language
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
        {
            body["content"][0]["attachment"]["language"] = json!(language);
        }
        if let Some(signer) = header.legal_authenticator.as_ref().and_then(named) {
            body["authenticator"] = signer;
        }
        self.add_context(&mut body);
        body
    }

    fn add_context(&self, body: &mut Value) {
        let mut context = json!({});
        let codes = self.code_codings();
        if !codes.is_empty() {
            let events = codes.iter().map(|coding| json!({ "coding": [coding] }));
            context["event"] = json!(events.collect::<Vec<_>>());
        }
        if let Some(encounter) = &self.document.header.encounter {
            let mut period = json!({});
            for (name, time) in [("start", &encounter.start), ("end", &encounter.end)] {
                if let Some(time) = time {
                    period[name] = json!(time.instant(&self.profile.utc_offset));
                }
            }
            if period != json!({}) {
                context["period"] = period;
            }
            let related = encounter.ids.iter().filter(|id| id.extension.is_some());
            let related: Vec<Value> = related
                .map(|id| json!({ "identifier": identifier(id) }))
                .collect();
            if !related.is_empty() {
                context["related"] = json!(related);
            }
        }
        if context != json!({}) {
            body["context"] = context;
        }
    }

    fn concept(&self, code: &Code, text: Option<&str>) -> Value {
        let mut coding = json!({});
        if let Some(system) = &code.system {
            coding["system"] = json!(self.profile.system(system));
        }
        for (name, value) in [("code", &code.code), ("display", &code.display)] {
            if let Some(value) = value {
                coding[name] = json!(value);
            }
        }
        let mut concept = json!({ "coding": [coding] });
        if let Some(text) = code.display.as_deref().or(text) {
            concept["text"] = json!(text);
        }
        concept
    }

    fn organization(&self, organization: &Organization) -> Value {
        let mut reference = json!({});
        if let Some(id) = self.places.custodian {
            reference["reference"] = json!(format!("Organization/{id}"));
        }
        if let Some(name) = &organization.name {
            reference["display"] = json!(name);
        }
        if reference == json!({}) {
            let first = organization.ids.first();
            reference = match first {
                Some(id) => json!({ "identifier": identifier(id) }),
                None => json!({ "display": "-" }),
            };
        }
        reference
    }
}

/// What a document is called.
pub(crate) fn title_of(header: &Header) -> String {
    let named = header.title.clone().or_else(|| header.code.display.clone());
    named.unwrap_or_else(|| "文书".to_owned())
}

/// Somebody by name, with the organization; FHIR keeps no more of people who are not in its directory.
fn named(person: &Author) -> Option<Value> {
    let organization = person
        .organization
        .as_ref()
        .and_then(|one| one.name.clone());
    let parts: Vec<String> = person
        .name
        .clone()
        .into_iter()
        .chain(organization)
        .collect();
    (!parts.is_empty()).then(|| json!({ "display": parts.join(" · ") }))
}

fn identifier(id: &cda::InstanceId) -> Value {
    match &id.extension {
        None => json!({ "system": "urn:ietf:rfc:3986", "value": root_uri(&id.root) }),
        Some(extension) => json!({ "system": root_uri(&id.root), "value": extension }),
    }
}

/// The identifier of a number as this module keeps it.
pub(crate) fn identifier_of(number: &str) -> Value {
    let (root, extension) = match number.split_once('^') {
        Some((root, extension)) => (root, Some(extension.to_owned())),
        None => (number, None),
    };
    identifier(&cda::InstanceId {
        root: root.to_owned(),
        extension,
    })
}

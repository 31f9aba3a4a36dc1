//! From what a document says to XML. What is written here is read by [`crate::read`] as the same.

use crate::NAMESPACE;
use crate::model::{
    Author, Body, Code, Document, Encounter, Header, InstanceId, Organization, Patient, Section,
};
use crate::narrative::{escape, push_cda};
use crate::time::Time;

/// A document as UTF-8.
pub fn write(document: &Document) -> String {
    let mut out = Writer(String::with_capacity(16 * 1024));
    out.0
        .push_str("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    out.open(
        "ClinicalDocument",
        &[
            ("xmlns", NAMESPACE),
            ("xmlns:xsi", "http://www.w3.org/2001/XMLSchema-instance"),
        ],
    );
    out.header(&document.header);
    out.open("component", &[]);
    match &document.body {
        Body::NonXml(other) => {
            out.open("nonXMLBody", &[]);
            let representation = if other.base64 { "B64" } else { "TXT" };
            let attributes = [
                ("mediaType", other.media_type.as_str()),
                ("representation", representation),
            ];
            out.open("text", &attributes);
            escape(&other.data, &mut out.0);
            out.close("text");
            out.close("nonXMLBody");
        }
        Body::Sections(sections) => {
            out.open("structuredBody", &[]);
            for section in sections {
                out.section(section);
            }
            out.close("structuredBody");
        }
    }
    out.close("component");
    out.close("ClinicalDocument");
    out.0
}

/// An entry that says one coded thing, such as a diagnosis: what it is (`code`), and which (`value`).
pub fn coded_entry(code: &Code, value: &Code) -> String {
    let mut out = Writer(String::new());
    out.open("entry", &[]);
    out.open("observation", &[("classCode", "OBS"), ("moodCode", "EVN")]);
    out.code("code", code, &[]);
    out.empty("statusCode", &[("code", "completed")]);
    out.code("value", value, &[("xsi:type", "CD")]);
    out.close("observation");
    out.close("entry");
    out.0
}

struct Writer(String);

impl Writer {
    fn tag(&mut self, name: &str, attributes: &[(&str, &str)]) {
        self.0.push('<');
        self.0.push_str(name);
        for (attribute, value) in attributes {
            self.0.push(' ');
            self.0.push_str(attribute);
            self.0.push_str("=\"");
            let value = value.replace(['\n', '\t'], " ");
            escape(&value, &mut self.0);
            self.0.push('"');
        }
    }

    fn open(&mut self, name: &str, attributes: &[(&str, &str)]) {
        self.tag(name, attributes);
        self.0.push('>');
    }

    fn empty(&mut self, name: &str, attributes: &[(&str, &str)]) {
        self.tag(name, attributes);
        self.0.push_str("/>");
    }

    fn close(&mut self, name: &str) {
        self.0.push_str("</");
        self.0.push_str(name);
        self.0.push('>');
    }

    fn words(&mut self, name: &str, words: Option<&String>) {
        if let Some(words) = words {
            self.open(name, &[]);
            escape(words, &mut self.0);
            self.close(name);
        }
    }

    fn id(&mut self, name: &str, id: &InstanceId) {
        match &id.extension {
            None => self.empty(name, &[("root", &id.root)]),
            Some(extension) => {
                self.empty(name, &[("root", &id.root), ("extension", extension)]);
            }
        }
    }

    fn ids(&mut self, ids: &[InstanceId]) {
        for id in ids {
            self.id("id", id);
        }
    }

    fn code(&mut self, name: &str, code: &Code, first: &[(&str, &str)]) {
        let parts = [
            ("code", &code.code),
            ("codeSystem", &code.system),
            ("codeSystemName", &code.system_name),
            ("displayName", &code.display),
        ];
        let parts = parts
            .iter()
            .filter_map(|(name, value)| Some((*name, value.as_deref()?)));
        let attributes: Vec<(&str, &str)> = first.iter().copied().chain(parts).collect();
        self.empty(name, &attributes);
    }

    fn time(&mut self, name: &str, time: Option<&Time>) {
        if let Some(time) = time {
            self.empty(name, &[("value", &time.text())]);
        }
    }

    fn header(&mut self, header: &Header) {
        self.empty("realmCode", &[("code", "CN")]);
        let kind = [
            ("root", "2.16.840.1.113883.1.3"),
            ("extension", "POCD_MT000040"),
        ];
        self.empty("typeId", &kind);
        for template in &header.templates {
            self.id("templateId", template);
        }
        self.id("id", &header.id);
        self.code("code", &header.code, &[]);
        self.words("title", header.title.as_ref());
        self.time("effectiveTime", Some(&header.effective_time));
        self.code("confidentialityCode", &header.confidentiality, &[]);
        if let Some(language) = &header.language {
            self.empty("languageCode", &[("code", language)]);
        }
        if let Some(set_id) = &header.set_id {
            self.id("setId", set_id);
        }
        if let Some(number) = header.version_number {
            self.empty("versionNumber", &[("value", &number.to_string())]);
        }
        self.patient(&header.patient);
        for author in &header.authors {
            self.author(author);
        }
        self.open("custodian", &[]);
        self.open("assignedCustodian", &[]);
        self.organization("representedCustodianOrganization", &header.custodian);
        self.close("assignedCustodian");
        self.close("custodian");
        if let Some(signer) = &header.legal_authenticator {
            self.open("legalAuthenticator", &[]);
            self.time("time", signer.time.as_ref());
            self.empty("signatureCode", &[("code", "S")]);
            self.person("assignedEntity", signer);
            self.close("legalAuthenticator");
        }
        for related in &header.related {
            self.open("relatedDocument", &[("typeCode", related.relation.code())]);
            self.open("parentDocument", &[]);
            self.id("id", &related.id);
            self.close("parentDocument");
            self.close("relatedDocument");
        }
        if let Some(encounter) = &header.encounter {
            self.encounter(encounter);
        }
    }

    fn patient(&mut self, patient: &Patient) {
        self.open(
            "recordTarget",
            &[("typeCode", "RCT"), ("contextControlCode", "OP")],
        );
        self.open("patientRole", &[("classCode", "PAT")]);
        self.ids(&patient.ids);
        self.words("addr", patient.address.as_ref());
        for phone in &patient.phones {
            self.empty("telecom", &[("value", phone)]);
        }
        self.open(
            "patient",
            &[("classCode", "PSN"), ("determinerCode", "INSTANCE")],
        );
        self.words("name", patient.name.as_ref());
        if let Some(sex) = &patient.sex {
            self.code("administrativeGenderCode", sex, &[]);
        }
        self.time("birthTime", patient.birth.as_ref());
        self.close("patient");
        self.close("patientRole");
        self.close("recordTarget");
    }

    fn author(&mut self, author: &Author) {
        self.open("author", &[]);
        self.time("time", author.time.as_ref());
        self.person("assignedAuthor", author);
        self.close("author");
    }

    fn person(&mut self, role: &str, person: &Author) {
        self.open(role, &[]);
        self.ids(&person.ids);
        if person.name.is_some() {
            self.open("assignedPerson", &[]);
            self.words("name", person.name.as_ref());
            self.close("assignedPerson");
        }
        if let Some(organization) = &person.organization {
            self.organization("representedOrganization", organization);
        }
        self.close(role);
    }

    fn organization(&mut self, name: &str, organization: &Organization) {
        self.open(name, &[]);
        self.ids(&organization.ids);
        self.words("name", organization.name.as_ref());
        self.close(name);
    }

    fn encounter(&mut self, encounter: &Encounter) {
        self.open("componentOf", &[]);
        self.open("encompassingEncounter", &[]);
        self.ids(&encounter.ids);
        if let Some(code) = &encounter.code {
            self.code("code", code, &[]);
        }
        self.open("effectiveTime", &[]);
        self.time("low", encounter.start.as_ref());
        self.time("high", encounter.end.as_ref());
        self.close("effectiveTime");
        if encounter.place.is_some() {
            self.open("location", &[]);
            self.open("healthCareFacility", &[]);
            self.open("location", &[]);
            self.words("name", encounter.place.as_ref());
            self.close("location");
            self.close("healthCareFacility");
            self.close("location");
        }
        self.close("encompassingEncounter");
        self.close("componentOf");
    }

    fn section(&mut self, section: &Section) {
        self.open("component", &[]);
        self.open("section", &[]);
        if let Some(code) = &section.code {
            self.code("code", code, &[]);
        }
        self.words("title", section.title.as_ref());
        self.open("text", &[]);
        for block in &section.narrative {
            push_cda(block, &mut self.0);
        }
        self.close("text");
        for entry in &section.entries {
            self.0.push_str(entry);
        }
        for inner in &section.sections {
            self.section(inner);
        }
        self.close("section");
        self.close("component");
    }
}

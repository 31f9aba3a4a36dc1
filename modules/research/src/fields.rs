//! What of a resource may be given: a list of fields for each type, and nothing that is not on it.
//! Texts, narrative, names, attachments, extensions and references to anybody are on no list.
//!
//! A resource is cut when it is gathered, and its codes, which only then are counted, are widened or
//! left out when it is written.

use std::collections::{BTreeSet, HashMap};

use serde_json::{Map, Value, json};

use crate::pseudonym::{DateChange, Pseudonyms};

/// What may be given of a field.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Field {
    /// A CodeableConcept: systems and codes of its codings.
    Concept,
    /// A Coding: system and code.
    Coding,
    /// A code that FHIR itself lays down, such as a status.
    Word,
    /// A date, with or without a time.
    Date,
    /// A Period.
    Period,
    /// A Quantity: value, comparator, and the code of the unit.
    Quantity,
    /// A whole or decimal number.
    Number,
    /// Yes or no.
    Flag,
    /// A reference to an entry of the same patient.
    Entry,
    /// An element with fields of its own.
    Element(&'static [(&'static str, Field)]),
}

use Field::{Coding, Concept, Date, Element, Entry, Flag, Number, Period, Quantity, Word};

type Fields = &'static [(&'static str, Field)];

/// The types that can be extracted: their fields, and the one without which an entry says nothing.
const KINDS: &[(&str, &str, Fields)] = &[
    (
        "AllergyIntolerance",
        "code",
        &[
            ("clinicalStatus", Concept),
            ("verificationStatus", Concept),
            ("type", Word),
            ("category", Word),
            ("criticality", Word),
            ("code", Concept),
            ("encounter", Entry),
            ("onsetDateTime", Date),
            ("recordedDate", Date),
        ],
    ),
    (
        "Condition",
        "code",
        &[
            ("clinicalStatus", Concept),
            ("verificationStatus", Concept),
            ("category", Concept),
            ("severity", Concept),
            ("code", Concept),
            ("encounter", Entry),
            ("onsetDateTime", Date),
            ("abatementDateTime", Date),
            ("recordedDate", Date),
        ],
    ),
    (
        "DiagnosticReport",
        "code",
        &[
            ("status", Word),
            ("category", Concept),
            ("code", Concept),
            ("encounter", Entry),
            ("effectiveDateTime", Date),
            ("conclusionCode", Concept),
        ],
    ),
    (
        "Encounter",
        "status",
        &[
            ("status", Word),
            ("class", Coding),
            ("type", Concept),
            ("serviceType", Concept),
            ("priority", Concept),
            ("period", Period),
            ("reasonCode", Concept),
        ],
    ),
    (
        "Immunization",
        "vaccineCode",
        &[
            ("status", Word),
            ("vaccineCode", Concept),
            ("encounter", Entry),
            ("occurrenceDateTime", Date),
            ("primarySource", Flag),
        ],
    ),
    (
        "MedicationRequest",
        "medicationCodeableConcept",
        &[
            ("status", Word),
            ("intent", Word),
            ("category", Concept),
            ("medicationCodeableConcept", Concept),
            ("encounter", Entry),
            ("authoredOn", Date),
            ("reasonCode", Concept),
        ],
    ),
    (
        "Observation",
        "code",
        &[
            ("status", Word),
            ("category", Concept),
            ("code", Concept),
            ("encounter", Entry),
            ("effectiveDateTime", Date),
            ("effectivePeriod", Period),
            ("valueQuantity", Quantity),
            ("valueCodeableConcept", Concept),
            ("valueInteger", Number),
            ("valueBoolean", Flag),
            ("interpretation", Concept),
            (
                "component",
                Element(&[
                    ("code", Concept),
                    ("valueQuantity", Quantity),
                    ("valueCodeableConcept", Concept),
                    ("valueInteger", Number),
                    ("valueBoolean", Flag),
                    ("interpretation", Concept),
                ]),
            ),
        ],
    ),
    (
        "Procedure",
        "code",
        &[
            ("status", Word),
            ("category", Concept),
            ("code", Concept),
            ("encounter", Entry),
            ("performedDateTime", Date),
            ("performedPeriod", Period),
            ("outcome", Concept),
        ],
    ),
    (
        "ServiceRequest",
        "status",
        &[
            ("status", Word),
            ("intent", Word),
            ("priority", Word),
            ("category", Concept),
            ("code", Concept),
            ("encounter", Entry),
            ("authoredOn", Date),
            ("reasonCode", Concept),
        ],
    ),
];

/// The names of the types that can be extracted.
pub(crate) fn kinds() -> impl Iterator<Item = &'static str> {
    KINDS.iter().map(|(kind, _, _)| *kind)
}

fn fields(kind: &str) -> Option<(&'static str, Fields)> {
    let found = KINDS.iter().find(|(name, _, _)| *name == kind)?;
    Some((found.1, found.2))
}

/// A word of FHIR has no more characters.
const WORD_CHARACTERS_MAX: usize = 32;
/// A code or system longer than this is text.
const CODE_CHARACTERS_MAX: usize = 200;

/// Whose entry is cut, and how.
pub(crate) struct Cut<'a> {
    pub pseudonyms: &'a Pseudonyms,
    /// What stands for the patient.
    pub patient: &'a str,
    pub dates: DateChange,
}

/// A code of a system, as one text.
pub(crate) fn code_key(system: &str, code: &str) -> String {
    format!("{system}|{code}")
}

/// System and code of such a text.
pub(crate) fn split_key(key: &str) -> (&str, &str) {
    key.rsplit_once('|').unwrap_or(("", key))
}

impl Cut<'_> {
    /// What may be given of a resource; `None` for a type that is on no list.
    pub(crate) fn resource(&self, kind: &str, id: &str, resource: &Value) -> Option<Value> {
        let (_, fields) = fields(kind)?;
        let mut out = Map::new();
        out.insert("resourceType".to_owned(), json!(kind));
        out.insert("id".to_owned(), json!(self.pseudonyms.entry(kind, id)));
        let patient = match kind {
            "AllergyIntolerance" | "Immunization" => "patient",
            _ => "subject",
        };
        let reference = json!({ "reference": format!("Patient/{}", self.patient) });
        out.insert(patient.to_owned(), reference);
        self.element(fields, resource, &mut out);
        Some(Value::Object(out))
    }

    fn element(&self, fields: Fields, from: &Value, out: &mut Map<String, Value>) {
        for (name, field) in fields {
            let given = match from.get(name) {
                None | Some(Value::Null) => None,
                Some(Value::Array(items)) => {
                    let items = items.iter().filter_map(|item| self.field(*field, item));
                    let items: Vec<Value> = items.collect();
                    (!items.is_empty()).then_some(Value::Array(items))
                }
                Some(value) => self.field(*field, value),
            };
            if let Some(given) = given {
                out.insert((*name).to_owned(), given);
            }
        }
    }

    fn field(&self, field: Field, value: &Value) -> Option<Value> {
        match field {
            Field::Concept => {
                let codings = value.get("coding")?.as_array()?;
                let codings: Vec<Value> = codings.iter().filter_map(coding).collect();
                (!codings.is_empty()).then(|| json!({ "coding": codings }))
            }
            Field::Coding => coding(value),
            Field::Word => {
                let word = value.as_str()?;
                let plain = word.len() <= WORD_CHARACTERS_MAX
                    && word
                        .bytes()
                        .all(|byte| byte.is_ascii_lowercase() || byte == b'-');
                plain.then(|| json!(word))
            }
            Field::Date => self.dates.text(value.as_str()?).map(Value::String),
            Field::Period => {
                let ends = ["start", "end"].into_iter().filter_map(|end| {
                    let at = self.dates.text(value.get(end)?.as_str()?)?;
                    Some((end.to_owned(), json!(at)))
                });
                let ends: Map<String, Value> = ends.collect();
                (!ends.is_empty()).then_some(Value::Object(ends))
            }
            Field::Quantity => quantity(value),
            Field::Number => value.is_number().then(|| value.clone()),
            Field::Flag => value.is_boolean().then(|| value.clone()),
            Field::Entry => {
                let (kind, id) = value.get("reference")?.as_str()?.split_once('/')?;
                let known = fields(kind).is_some() && !id.contains('/');
                let name = self.pseudonyms.entry(kind, id);
                known.then(|| json!({ "reference": format!("{kind}/{name}") }))
            }
            Field::Element(inner) => {
                let mut out = Map::new();
                self.element(inner, value, &mut out);
                (!out.is_empty()).then_some(Value::Object(out))
            }
        }
    }
}

fn coding(value: &Value) -> Option<Value> {
    let code = value.get("code")?.as_str()?;
    let system = value.get("system").and_then(Value::as_str).unwrap_or("");
    let short = |text: &str| text.chars().count() <= CODE_CHARACTERS_MAX;
    (short(code) && short(system)).then(|| json!({ "system": system, "code": code }))
}

fn quantity(value: &Value) -> Option<Value> {
    let number = value.get("value").filter(|number| number.is_number())?;
    let mut out = Map::new();
    out.insert("value".to_owned(), number.clone());
    let comparator = value.get("comparator").and_then(Value::as_str);
    if let Some(sign) = comparator.filter(|sign| ["<", "<=", ">=", ">"].contains(sign)) {
        out.insert("comparator".to_owned(), json!(sign));
    }
    // The unit in words may be anything; its code is counted like other codes.
    if let Some(Value::Object(unit)) = coding(value) {
        out.extend(unit);
    }
    Some(Value::Object(out))
}

/// The codes of a cut resource.
pub(crate) fn codes(kind: &str, resource: &Value, found: &mut BTreeSet<String>) {
    if let Some((_, fields)) = fields(kind) {
        visit(fields, resource, found);
    }
}

fn visit(fields: Fields, from: &Value, found: &mut BTreeSet<String>) {
    for (name, field) in fields {
        let Some(value) = from.get(name) else {
            continue;
        };
        for item in value
            .as_array()
            .map_or(std::slice::from_ref(value), Vec::as_slice)
        {
            match field {
                Field::Concept => {
                    let codings = item.get("coding").and_then(Value::as_array);
                    found.extend(codings.into_iter().flatten().filter_map(key_of));
                }
                Field::Coding | Field::Quantity => found.extend(key_of(item)),
                Field::Element(inner) => visit(inner, item, found),
                _ => {}
            }
        }
    }
}

fn key_of(coding: &Value) -> Option<String> {
    let code = coding.get("code")?.as_str()?;
    let system = coding.get("system").and_then(Value::as_str).unwrap_or("");
    Some(code_key(system, code))
}

/// What each code is written as; one that is not here, or empty, is left out.
pub(crate) type Written = HashMap<String, String>;

/// A cut resource with its codes as they are written; `None` when nothing is left that says something.
pub(crate) fn written(kind: &str, resource: &Value, codes: &Written) -> Option<Value> {
    let (main, fields) = fields(kind)?;
    let mut out = resource.as_object()?.clone();
    write(fields, &mut out, codes);
    out.contains_key(main).then_some(Value::Object(out))
}

fn write(fields: Fields, out: &mut Map<String, Value>, codes: &Written) {
    for (name, field) in fields {
        let Some(value) = out.get_mut(*name) else {
            continue;
        };
        let left = match value {
            Value::Array(items) => {
                items.retain_mut(|item| write_field(*field, item, codes));
                !items.is_empty()
            }
            value => write_field(*field, value, codes),
        };
        if !left {
            out.shift_remove(*name);
        }
    }
}

/// Writes one value; false when nothing is left of it.
fn write_field(field: Field, value: &mut Value, codes: &Written) -> bool {
    match field {
        Field::Concept => {
            let Some(codings) = value.get_mut("coding").and_then(Value::as_array_mut) else {
                return false;
            };
            codings.retain_mut(|one| write_coding(one, codes));
            codings.dedup();
            !codings.is_empty()
        }
        Field::Coding => write_coding(value, codes),
        Field::Quantity => {
            if value.get("code").is_some() && !write_coding(value, codes) {
                // A number without its unit would say something else.
                return false;
            }
            true
        }
        Field::Element(inner) => {
            let Some(element) = value.as_object_mut() else {
                return false;
            };
            write(inner, element, codes);
            element.contains_key("code")
        }
        _ => true,
    }
}

fn write_coding(value: &mut Value, codes: &Written) -> bool {
    let written = key_of(value).and_then(|key| codes.get(&key));
    let Some(written) = written.filter(|written| !written.is_empty()) else {
        return false;
    };
    let (system, code) = split_key(written);
    let (system, code) = (json!(system), json!(code));
    if let Some(coding) = value.as_object_mut() {
        if system == "" {
            coding.shift_remove("system");
        } else {
            coding.insert("system".to_owned(), system);
        }
        coding.insert("code".to_owned(), code);
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_listed_fields_are_given() {
        let pseudonyms = Pseudonyms::new([7; 32]);
        let cut = Cut {
            pseudonyms: &pseudonyms,
            patient: "p",
            dates: DateChange::Shift(1),
        };
        let resource = json!({
            "resourceType": "Observation", "id": "o1", "meta": { "source": "张三" },
            "text": { "status": "generated", "div": "<div>张三</div>" },
            "extension": [{ "url": "x", "valueString": "张三" }],
            "status": "final", "code": { "text": "张三的血压", "coding": [
                { "system": "http://loinc.org", "code": "8480-6", "display": "张三" },
                { "system": "x", "code": "rare" }] },
            "subject": { "reference": "Patient/1", "display": "张三" },
            "encounter": { "reference": "Encounter/e1", "display": "张三" },
            "performer": [{ "display": "李医生" }], "note": [{ "text": "张三" }],
            "effectiveDateTime": "2026-11-01T08:00:00+08:00", "issued": "2026-11-01T08:00:00Z",
            "valueQuantity": { "value": 120.5, "unit": "张三", "system": "http://unitsofmeasure.org", "code": "mm[Hg]" },
            "component": [{ "code": { "coding": [{ "system": "x", "code": "rare" }] }, "valueInteger": 3 }],
        });
        let given = cut
            .resource("Observation", "o1", &resource)
            .expect("listed");
        assert!(!given.to_string().contains('张') && !given.to_string().contains("o1"));
        assert_eq!(given["effectiveDateTime"], "2026-11-02");
        assert_eq!(
            given["encounter"]["reference"].as_str().map(str::len),
            Some(42)
        );
        let mut found = BTreeSet::new();
        codes("Observation", &given, &mut found);
        let all = [
            "http://loinc.org|8480-6",
            "http://unitsofmeasure.org|mm[Hg]",
            "x|rare",
        ];
        assert!(found.iter().eq(all), "{found:?}");
        let map = HashMap::from([
            (
                "http://loinc.org|8480-6".to_owned(),
                "http://loinc.org|8480".to_owned(),
            ),
            (
                "http://unitsofmeasure.org|mm[Hg]".to_owned(),
                "http://unitsofmeasure.org|mm[Hg]".to_owned(),
            ),
            ("x|rare".to_owned(), String::new()),
        ]);
        let out = written("Observation", &given, &map).expect("its code is left");
        assert_eq!(
            out["code"]["coding"],
            json!([{ "system": "http://loinc.org", "code": "8480" }])
        );
        assert_eq!(out["valueQuantity"]["value"], 120.5);
        assert!(out.get("component").is_none());
        assert_eq!(written("Observation", &given, &HashMap::new()), None);
        assert!(cut.resource("DocumentReference", "d", &json!({})).is_none());
    }
}

//! FHIR CodeSystem and ConceptMap as files: read row by row like a spreadsheet, and written out.

use std::collections::BTreeMap;

use kernel::{Date, Error, Result};
use serde_json::{Map, Value, json};

use crate::catalogue::{Catalogue, Reading};
use crate::maps::{Entry, EntryState, MapTarget, Relation, TermMap};
use crate::model::{CodeSystem, Concept};

/// Levels of nested concepts that are followed.
const LEVELS_MAX: usize = 30;

/// The resource of a type in a file: itself, or the one of a Bundle, by its URL where there are
/// several.
///
/// # Errors
/// `terminology.fhir` when there is none, or several and none with the URL.
pub(crate) fn resource<'a>(file: &'a Value, kind: &str, url: &str) -> Result<&'a Value> {
    let entries = file["entry"].as_array().into_iter().flatten();
    let inside = entries.map(|entry| &entry["resource"]);
    let all: Vec<&Value> = std::iter::once(file)
        .chain(inside)
        .filter(|one| one["resourceType"] == kind)
        .collect();
    let named = all.iter().find(|one| one["url"] == url);
    match (named, all.as_slice()) {
        (Some(one), _) | (None, [one]) => Ok(one),
        (None, others) => {
            let detail = format!(
                "the file has {} {kind}, none with the URL {url}",
                others.len()
            );
            Err(Error::invalid("terminology.fhir", "file", detail))
        }
    }
}

fn text<'a>(value: &'a Value, name: &str) -> &'a str {
    value[name].as_str().unwrap_or_default()
}

/// The concepts of a CodeSystem; a line is a concept, counted from 1.
///
/// # Errors
/// As [`resource`]; `terminology.fhir` when it nests too deep.
pub(crate) fn catalogue(system: &str, url: &str, file: &Value, today: Date) -> Result<Catalogue> {
    let resource = resource(file, "CodeSystem", url)?;
    let in_chinese = text(resource, "language").starts_with("zh");
    let mut reading = Reading::new(system);
    let mut waiting: Vec<(&Value, Option<&str>, usize)> = Vec::new();
    let mut line = 0;
    push(&mut waiting, resource, None, 0);
    while let Some((concept, parent, level)) = waiting.pop() {
        if level > LEVELS_MAX {
            let detail = "the concepts are nested deeper than 30 levels";
            return Err(Error::invalid("terminology.fhir", "file", detail));
        }
        line += 1;
        reading.row(line, cells(concept, parent, in_chinese, today))?;
        push(&mut waiting, concept, concept["code"].as_str(), level + 1);
    }
    Ok(reading.catalogue)
}

fn push<'a>(
    waiting: &mut Vec<(&'a Value, Option<&'a str>, usize)>,
    within: &'a Value,
    parent: Option<&'a str>,
    level: usize,
) {
    let inner = within["concept"].as_array().into_iter().flatten();
    waiting.extend(inner.rev().map(|one| (one, parent, level)));
}

fn cells(
    concept: &Value,
    parent: Option<&str>,
    in_chinese: bool,
    today: Date,
) -> BTreeMap<String, String> {
    let mut cells = BTreeMap::new();
    let mut put = |name: &str, value: &str| {
        if !value.is_empty() {
            cells.insert(name.to_owned(), value.to_owned());
        }
    };
    put("code", text(concept, "code"));
    let display = text(concept, "display");
    let (mut zh, mut en) = (String::new(), String::new());
    let is_chinese = |text: &str| text.chars().any(|c| ('\u{3400}'..='\u{9fff}').contains(&c));
    if in_chinese || is_chinese(display) {
        display.clone_into(&mut zh);
    } else {
        display.clone_into(&mut en);
    }
    let mut synonyms: Vec<&str> = Vec::new();
    for one in concept["designation"].as_array().into_iter().flatten() {
        let (language, value) = (text(one, "language"), text(one, "value"));
        if language.starts_with("zh") && zh.is_empty() {
            value.clone_into(&mut zh);
        } else if language.starts_with("en") && en.is_empty() {
            value.clone_into(&mut en);
        } else if value != zh && value != en {
            synonyms.push(value);
        }
    }
    put("zh", if zh.is_empty() { &en } else { &zh });
    put("en", &en);
    put("synonyms", &synonyms.join("|"));
    put("parent", parent.unwrap_or_default());
    let mut retired = false;
    let mut ended = false;
    for one in concept["property"].as_array().into_iter().flatten() {
        let name = text(one, "code");
        let members = one.as_object().into_iter().flatten();
        let value = members
            .filter(|(key, _)| key.starts_with("value"))
            .map(|(_, value)| value);
        let value = value.map(plain).next().unwrap_or_default();
        match name {
            "parent" => put("parent", &value),
            "inactive" => retired |= value == "true",
            "status" => retired |= value == "retired" || value == "inactive",
            "pinyin" | "initials" => {}
            "deprecationDate" | "retirementDate" | "active_to" => {
                ended = true;
                put("active_to", value.get(..10).unwrap_or(&value));
            }
            "effectiveDate" | "active_from" => {
                put("active_from", value.get(..10).unwrap_or(&value));
            }
            _ => put(name, &value),
        }
    }
    if retired && !ended {
        put("active_to", &today.plus_days(-1).to_string());
    }
    cells
}

fn plain(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Object(coding) => {
            let code = coding.get("code").and_then(Value::as_str);
            code.unwrap_or_default().to_owned()
        }
        other => other.to_string(),
    }
}

/// A system as a CodeSystem resource.
pub(crate) fn code_system(system: &CodeSystem, edition: &str, concepts: &[Concept]) -> Value {
    let all: Vec<Value> = concepts.iter().map(concept_of).collect();
    json!({
        "resourceType": "CodeSystem",
        "url": system.url,
        "version": edition,
        "name": system.system,
        "title": system.name_zh,
        "status": "active",
        "language": "zh-CN",
        "copyright": system.source,
        "content": "complete",
        "caseSensitive": true,
        "count": concepts.len(),
        "concept": all,
    })
}

fn concept_of(concept: &Concept) -> Value {
    let mut designation = Vec::new();
    if !concept.en.is_empty() {
        designation.push(json!({ "language": "en", "value": concept.en }));
    }
    let synonyms = concept.synonyms.iter();
    designation.extend(synonyms.map(|one| json!({ "language": "zh-CN", "value": one })));
    let mut property = Vec::new();
    if let Some(parent) = &concept.parent {
        property.push(json!({ "code": "parent", "valueCode": parent }));
    }
    for (name, day) in [
        ("active_from", concept.active_from),
        ("active_to", concept.active_to),
    ] {
        if let Some(day) = day {
            property.push(json!({ "code": name, "valueDateTime": day }));
        }
    }
    for (name, value) in &concept.attributes {
        let member = match value {
            Value::Bool(_) => "valueBoolean",
            Value::Number(_) => "valueInteger",
            _ => "valueString",
        };
        property.push(json!({ "code": name, member: value }));
    }
    let mut one = Map::new();
    one.insert("code".to_owned(), json!(concept.code));
    one.insert("display".to_owned(), json!(concept.zh));
    for (name, list) in [("designation", designation), ("property", property)] {
        if !list.is_empty() {
            one.insert(name.to_owned(), Value::Array(list));
        }
    }
    Value::Object(one)
}

/// A row of a map file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct MapRow {
    pub line: u32,
    pub code: String,
    pub name: String,
    pub target_code: String,
    pub target_name: String,
    pub relation: String,
    pub note: String,
    pub state: String,
}

/// The rows of a ConceptMap between the map's systems.
///
/// # Errors
/// As [`resource`].
pub(crate) fn map_rows(map: &TermMap, file: &Value) -> Result<Vec<MapRow>> {
    let resource = resource(file, "ConceptMap", &map.url())?;
    let mut rows = Vec::new();
    for group in resource["group"].as_array().into_iter().flatten() {
        let fits = |name: &str, own: &str| group[name].is_null() || group[name] == own;
        if !fits("source", &map.source) || !fits("target", &map.target) {
            let detail = format!("the file maps {} to {}", group["source"], group["target"]);
            return Err(Error::invalid("terminology.fhir", "file", detail));
        }
        for element in group["element"].as_array().into_iter().flatten() {
            let none = [Value::Null];
            let targets = element["target"]
                .as_array()
                .map_or(&none[..], Vec::as_slice);
            for target in targets {
                let line = u32::try_from(rows.len() + 1).unwrap_or(u32::MAX);
                rows.push(MapRow {
                    line,
                    code: text(element, "code").to_owned(),
                    name: text(element, "display").to_owned(),
                    target_code: text(target, "code").to_owned(),
                    target_name: text(target, "display").to_owned(),
                    relation: text(target, "equivalence").to_owned(),
                    note: text(target, "comment").to_owned(),
                    state: String::new(),
                });
            }
        }
    }
    Ok(rows)
}

/// A map as a ConceptMap resource; only what is confirmed.
pub(crate) fn concept_map(map: &TermMap, entries: &[Entry]) -> Value {
    let confirmed = entries
        .iter()
        .filter(|one| one.state == EntryState::Confirmed);
    let element: Vec<Value> = confirmed
        .map(|entry| {
            let targets = entry
                .targets
                .iter()
                .map(|target| target_of(target, &entry.note));
            let mut target: Vec<Value> = targets.collect();
            if target.is_empty() {
                target.push(json!({ "equivalence": Relation::Unmatched.word() }));
            }
            json!({ "code": entry.code, "display": entry.name, "target": target })
        })
        .collect();
    let mut resource = json!({
        "resourceType": "ConceptMap",
        "url": map.url(),
        "version": map.edition,
        "name": map.code,
        "title": map.name_zh,
        "status": "active",
        "sourceUri": map.source,
        "targetUri": map.target,
    });
    if !element.is_empty() {
        let group = json!({ "source": map.source, "target": map.target, "element": element });
        resource["group"] = json!([group]);
    }
    resource
}

fn target_of(target: &MapTarget, note: &str) -> Value {
    let mut one = json!({
        "code": target.code, "display": target.name, "equivalence": target.relation.word(),
    });
    if !note.is_empty() {
        one["comment"] = json!(note);
    }
    one
}

//! `$lookup`, `$validate-code`, `$expand` and `$translate`.

use fhir::{IssueCode, Resource};
use kernel::Result;
use serde_json::{Value, json};
use store::Tx;

use super::code_systems::{self, Term};
use super::value_sets::{self, Expansion, ValueSet};
use super::{Inputs, by_id, maps, not_here};
use crate::refusal;

/// Codes an expansion shows when the client names no number, and at most.
const COUNT_DEFAULT: u32 = 100;
const COUNT_MAX: u32 = 1_000;

/// Which operation, and on which resource where one is addressed.
#[derive(Clone, Debug)]
pub(crate) enum Asked {
    Lookup,
    ValidateCode,
    Expand(Option<String>),
    ValidateIn(Option<String>),
    Translate(Option<String>),
}

impl Asked {
    /// The type of resource it is an operation of.
    pub(crate) fn kind(&self) -> &'static str {
        match self {
            Self::Lookup | Self::ValidateCode => "CodeSystem",
            Self::Expand(_) | Self::ValidateIn(_) => "ValueSet",
            Self::Translate(_) => "ConceptMap",
        }
    }
}

/// The resource an operation answers.
///
/// # Errors
/// What is missing, unknown or not supported.
pub(crate) fn run(tx: &mut Tx<'_>, asked: &Asked, inputs: &Inputs) -> Result<String> {
    let parameters = match asked {
        Asked::Lookup => lookup(tx, inputs)?,
        Asked::ValidateCode => validate_code(tx, inputs)?,
        Asked::ValidateIn(id) => validate_in(tx, inputs, id.as_deref())?,
        Asked::Translate(id) => {
            let map = id
                .as_deref()
                .map(|id| by_id(tx, "ConceptMap", id))
                .transpose()?;
            maps::translate(tx, inputs, map)?
        }
        Asked::Expand(id) => return expand(tx, inputs, id.as_deref()),
    };
    Ok(json!({ "resourceType": "Parameters", "parameter": parameters }).to_string())
}

fn lookup(tx: &mut Tx<'_>, inputs: &Inputs) -> Result<Vec<Value>> {
    inputs.only(&["system", "code", "display", "displayLanguage", "property"])?;
    let (uri, code) = (inputs.require("system")?, inputs.require("code")?);
    let system = code_systems::find(tx, uri)?.ok_or_else(|| not_here("the code system", uri))?;
    let term = system
        .term(tx, code)?
        .ok_or_else(|| not_here("the code", code))?;
    let head = system.head();
    let mut parameters = vec![json!({ "name": "name", "valueString": head.name })];
    if let Some(version) = head.version {
        parameters.push(json!({ "name": "version", "valueString": version }));
    }
    let display = term.display_in(inputs.get("displayLanguage"));
    parameters.push(json!({ "name": "display", "valueString": display }));
    for (language, text) in &term.designations {
        let mut part = Vec::new();
        if !language.is_empty() {
            part.push(json!({ "name": "language", "valueCode": language }));
        }
        part.push(json!({ "name": "value", "valueString": text }));
        parameters.push(json!({ "name": "designation", "part": part }));
    }
    let mut properties = vec![(
        "inactive".to_owned(),
        json!({ "valueBoolean": term.inactive }),
    )];
    if let Some(parent) = &term.parent {
        properties.push(("parent".to_owned(), json!({ "valueCode": parent })));
    }
    properties.extend(term.properties.iter().cloned());
    let wanted = inputs.get("property");
    for (name, value) in properties {
        if wanted.is_some_and(|wanted| wanted != name) {
            continue;
        }
        let mut told = json!({ "name": "value" });
        for (key, value) in value.as_object().into_iter().flatten() {
            told[key] = value.clone();
        }
        let part = [json!({ "name": "code", "valueCode": name }), told];
        parameters.push(json!({ "name": "property", "part": part }));
    }
    Ok(parameters)
}

fn validate_code(tx: &mut Tx<'_>, inputs: &Inputs) -> Result<Vec<Value>> {
    inputs.only(&["url", "system", "code", "display", "displayLanguage"])?;
    let uri = inputs.get("url").or(inputs.get("system"));
    let uri = uri.map_or_else(|| inputs.require("url"), Ok)?;
    let code = inputs.require("code")?;
    let system = code_systems::find(tx, uri)?.ok_or_else(|| not_here("the code system", uri))?;
    let term = system.term(tx, code)?;
    Ok(verdict(
        term.as_ref(),
        inputs,
        "the code system has no such code",
    ))
}

fn validate_in(tx: &mut Tx<'_>, inputs: &Inputs, id: Option<&str>) -> Result<Vec<Value>> {
    inputs.only(&["url", "system", "code", "display", "displayLanguage"])?;
    let (system, code) = (inputs.require("system")?, inputs.require("code")?);
    let value_set = value_set(tx, inputs, id)?;
    let term = if value_set.has(tx, system, code)? {
        let known = code_systems::find(tx, system)?;
        let found = known
            .map(|known| known.term(tx, code))
            .transpose()?
            .flatten();
        Some(found.unwrap_or_else(|| bare(code)))
    } else {
        None
    };
    Ok(verdict(
        term.as_ref(),
        inputs,
        "the value set does not hold this code",
    ))
}

fn bare(code: &str) -> Term {
    Term {
        code: code.to_owned(),
        display: code.to_owned(),
        designations: Vec::new(),
        parent: None,
        inactive: false,
        properties: Vec::new(),
    }
}

fn verdict(term: Option<&Term>, inputs: &Inputs, missing: &str) -> Vec<Value> {
    let Some(term) = term else {
        return vec![
            json!({ "name": "result", "valueBoolean": false }),
            json!({ "name": "message", "valueString": missing }),
        ];
    };
    let asked = inputs.get("display");
    let called = asked.is_none_or(|text| term.is_called(text));
    let mut parameters = vec![json!({ "name": "result", "valueBoolean": called })];
    if !called {
        let text = "the code is known, but under other names";
        parameters.push(json!({ "name": "message", "valueString": text }));
    } else if term.inactive {
        let text = "the code is not in use today";
        parameters.push(json!({ "name": "message", "valueString": text }));
    }
    let display = term.display_in(inputs.get("displayLanguage"));
    parameters.push(json!({ "name": "display", "valueString": display }));
    parameters
}

fn value_set(tx: &mut Tx<'_>, inputs: &Inputs, id: Option<&str>) -> Result<ValueSet> {
    if let Some(given) = &inputs.value_set {
        if given.type_name() != "ValueSet" {
            let text = "the parameter valueSet carries a ValueSet";
            return Err(refusal::refuse(IssueCode::Invalid, "valueSet", text));
        }
        return Ok(ValueSet::Stored(given.clone()));
    }
    match id {
        Some(id) => by_id(tx, "ValueSet", id).map(ValueSet::Stored),
        None => value_sets::find(tx, inputs.require("url")?),
    }
}

fn expand(tx: &mut Tx<'_>, inputs: &Inputs, id: Option<&str>) -> Result<String> {
    inputs.only(&[
        "url",
        "filter",
        "offset",
        "count",
        "displayLanguage",
        "includeDesignations",
    ])?;
    let offset = inputs.number("offset")?.unwrap_or(0);
    let count = inputs
        .number("count")?
        .unwrap_or(COUNT_DEFAULT)
        .min(COUNT_MAX);
    let value_set = value_set(tx, inputs, id)?;
    let found = value_set.expand(tx, inputs.get("filter"), (offset, count))?;
    let mut body = match &value_set {
        ValueSet::Stored(resource) => described(resource),
        _ => json!({ "resourceType": "ValueSet", "status": "active", "url": inputs.get("url") }),
    };
    let mut parameters = vec![
        json!({ "name": "offset", "valueInteger": offset }),
        json!({ "name": "count", "valueInteger": count }),
    ];
    if let Some(filter) = inputs.get("filter") {
        parameters.push(json!({ "name": "filter", "valueString": filter }));
    }
    let now = tx.now();
    let mut expansion = json!({
        "identifier": format!("urn:uuid:{}", tx.new_id()),
        "timestamp": now,
        "total": found.total,
        "offset": offset,
        "parameter": parameters,
    });
    let contains = contains(&found, inputs)?;
    if !contains.is_empty() {
        expansion["contains"] = Value::Array(contains);
    }
    body["expansion"] = expansion;
    Ok(body.to_string())
}

/// What a stored value set says of itself, without its definition.
fn described(resource: &Resource) -> Value {
    let mut body = json!({ "resourceType": "ValueSet" });
    for name in ["id", "url", "version", "name", "title", "status"] {
        if let Some(value) = resource.root().get(name) {
            body[name] = value.to_value();
        }
    }
    if body.get("status").is_none() {
        body["status"] = json!("active");
    }
    body
}

fn contains(found: &Expansion, inputs: &Inputs) -> Result<Vec<Value>> {
    let designations = inputs.flag("includeDesignations")?;
    let language = inputs.get("displayLanguage");
    let contains = found.members.iter().map(|member| {
        let mut one = json!({
            "system": member.system,
            "code": member.term.code,
            "display": member.term.display_in(language),
        });
        if member.term.inactive {
            one["inactive"] = json!(true);
        }
        if designations && !member.term.designations.is_empty() {
            let all = member.term.designations.iter().map(|(language, text)| {
                if language.is_empty() {
                    json!({ "value": text })
                } else {
                    json!({ "language": language, "value": text })
                }
            });
            one["designation"] = all.collect();
        }
        one
    });
    Ok(contains.collect())
}

//! The CapabilityStatement, made of what exists: the types, parameters and interactions that the
//! handlers and the planner really serve.

use std::sync::LazyLock;

use fhir::definitions::{VERSION, resource_types};
use fhir::search::{Parameter, ParameterKind, parameters};
use serde_json::{Value, json};

use crate::kinds;

/// When what this server can do last changed.
const DATE: &str = "2026-11-22";

static REST: LazyLock<String> = LazyLock::new(|| json!([rest()]).to_string());

/// The statement for the server at `base`.
pub(crate) fn statement(base: &str) -> String {
    let head = json!({
        "resourceType": "CapabilityStatement",
        "status": "active",
        "date": DATE,
        "publisher": "Lianti",
        "kind": "instance",
        "software": { "name": "Lianti", "version": env!("CARGO_PKG_VERSION") },
        "implementation": { "description": "Lianti", "url": base },
        "fhirVersion": VERSION,
        "format": ["application/fhir+json", "json"],
        "patchFormat": ["application/json-patch+json", "application/fhir+json"],
    });
    let head = head.to_string();
    [head.trim_end_matches('}'), ",\"rest\":", &REST, "}"].concat()
}

fn rest() -> Value {
    let resources: Vec<Value> = resource_types().iter().map(|name| resource(name)).collect();
    json!({
        "mode": "server",
        "documentation": "Access rests on a basis for each patient: own patient, care, consent or \
            break-glass. What one may not see is not found, and not counted.",
        "security": { "cors": false, "description": "Session or bearer token of an account" },
        "resource": resources,
        "interaction": [
            { "code": "transaction" }, { "code": "batch" },
            { "code": "search-system" }, { "code": "history-system" },
        ],
    })
}

fn resource(name: &'static str) -> Value {
    let owned = kinds::owner_api(name);
    let mut codes = vec![
        "read",
        "vread",
        "history-instance",
        "history-type",
        "search-type",
    ];
    if owned.is_none() {
        codes.extend(["create", "update", "patch", "delete"]);
    }
    let interactions: Vec<Value> = codes.iter().map(|code| json!({ "code": code })).collect();
    let known: Vec<&Parameter> = parameters(name)
        .iter()
        .copied()
        .filter(|one| one.kind != ParameterKind::Special)
        .collect();
    let listed: Vec<Value> = known.iter().map(|one| parameter(one)).collect();
    let includes: Vec<String> = known
        .iter()
        .filter(|one| one.kind == ParameterKind::Reference)
        .map(|one| [name, ":", one.code].concat())
        .collect();
    let mut value = json!({
        "type": name,
        "interaction": interactions,
        "versioning": "versioned-update",
        "readHistory": true,
        "updateCreate": owned.is_none(),
        "conditionalCreate": owned.is_none(),
        "conditionalRead": "not-match",
        "conditionalUpdate": owned.is_none(),
        "conditionalDelete": if owned.is_none() { "single" } else { "not-supported" },
        "searchInclude": includes,
        "searchParam": listed,
    });
    if let Some(api) = owned {
        value["documentation"] = json!(format!("kept by a module; made and changed at {api}"));
    }
    if includes.is_empty() {
        value
            .as_object_mut()
            .map(|fields| fields.shift_remove("searchInclude"));
    }
    let operations = match name {
        "Patient" => vec!["validate", "everything"],
        "Observation" => vec!["validate", "lastn"],
        _ => vec!["validate"],
    };
    value["operation"] = operations
        .into_iter()
        .map(|code| {
            let definition = match code {
                "everything" => "http://hl7.org/fhir/OperationDefinition/Patient-everything",
                "lastn" => "http://hl7.org/fhir/OperationDefinition/Observation-lastn",
                _ => "http://hl7.org/fhir/OperationDefinition/Resource-validate",
            };
            json!({ "name": code, "definition": definition })
        })
        .collect();
    value
}

fn parameter(parameter: &Parameter) -> Value {
    let kind = match parameter.kind {
        ParameterKind::Token => "token",
        ParameterKind::String => "string",
        ParameterKind::Date => "date",
        ParameterKind::Number => "number",
        ParameterKind::Quantity => "quantity",
        ParameterKind::Reference => "reference",
        ParameterKind::Uri => "uri",
        ParameterKind::Composite => "composite",
        ParameterKind::Special => "special",
    };
    json!({
        "name": parameter.code,
        "definition": format!("http://hl7.org/fhir/SearchParameter/{}", parameter.url_name),
        "type": kind,
    })
}

//! The CapabilityStatement, made of what exists: the types, parameters and interactions that the
//! handlers and the planner really serve.

use std::sync::LazyLock;

use fhir::definitions::{VERSION, resource_types};
use fhir::search::{Parameter, ParameterKind, parameters};
use serde_json::{Value, json};

use crate::kinds;

/// When what this server can do last changed.
const DATE: &str = "2026-11-22";

/// Everything of `rest` that is the same wherever the server stands.
static REST: LazyLock<String> = LazyLock::new(|| rest(&[]).to_string());

/// The statement for the server at `base`, with types and URLs of the profiles in force.
pub(crate) fn statement(base: &str, profiles: &[(String, String)]) -> String {
    let origin = base.trim_end_matches("/fhir");
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
    let security = security(origin).to_string();
    let with_profiles: String;
    let rest = if profiles.is_empty() {
        REST.as_str()
    } else {
        with_profiles = rest(profiles).to_string();
        &with_profiles
    };
    let rest = rest.trim_start_matches('{');
    [
        &head[..head.len() - 1],
        ",\"rest\":[{\"mode\":\"server\",\"security\":",
        &security,
        ",",
        rest,
        "]}",
    ]
    .concat()
}

/// Where apps ask for access, as SMART App Launch has it.
fn security(origin: &str) -> Value {
    let uri = |name: &str, path: &str| {
        let address = [origin, path].concat();
        json!({ "url": name, "valueUri": address })
    };
    json!({
        "extension": [{
            "url": "http://fhir-registry.smarthealthit.org/StructureDefinition/oauth-uris",
            "extension": [
                uri("authorize", http::AUTHORIZE_PATH),
                uri("token", http::TOKEN_PATH),
                uri("introspect", http::INTROSPECT_PATH),
                uri("revoke", http::REVOKE_PATH),
            ],
        }],
        "cors": true,
        "service": [{ "coding": [{
            "system": "http://terminology.hl7.org/CodeSystem/restful-security-service",
            "code": "SMART-on-FHIR",
        }] }],
        "description": "Session or bearer token of an account; apps by SMART App Launch 2",
    })
}

fn rest(profiles: &[(String, String)]) -> Value {
    let mut resources: Vec<Value> = resource_types().iter().map(|name| resource(name)).collect();
    for one in &mut resources {
        let of_type = profiles
            .iter()
            .filter(|(kind, _)| one["type"] == kind.as_str());
        let urls: Vec<&String> = of_type.map(|(_, url)| url).collect();
        if !urls.is_empty() {
            one["supportedProfile"] = json!(urls);
        }
    }
    json!({
        "documentation": "Access rests on a basis for each patient: own patient, care, consent or \
            break-glass. What one may not see is not found, and not counted.",
        "resource": resources,
        "interaction": [
            { "code": "transaction" }, { "code": "batch" },
            { "code": "search-system" }, { "code": "history-system" },
        ],
        "operation": [{
            "name": "export",
            "definition": "http://hl7.org/fhir/uv/bulkdata/OperationDefinition/export",
        }, {
            "name": "import",
            "definition": "urn:lianti:operation:import",
            "documentation": "NDJSON, a resource a line; see docs/fhir.md",
        }],
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
        codes.extend(["create", "update", "patch"]);
        // A consent is withdrawn, never deleted.
        if name != "Consent" {
            codes.push("delete");
        }
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
    value["operation"] = operations_of(name)
        .iter()
        .map(|(code, definition)| {
            let base = if *code == "export" {
                "http://hl7.org/fhir/uv/bulkdata/OperationDefinition/"
            } else {
                "http://hl7.org/fhir/OperationDefinition/"
            };
            let url = [base, definition].concat();
            json!({ "name": code, "definition": url })
        })
        .collect();
    value
}

/// Operations of a type: name, and the last part of the definition's address.
fn operations_of(name: &str) -> &'static [(&'static str, &'static str)] {
    match name {
        "Patient" => &[
            ("validate", "Resource-validate"),
            ("everything", "Patient-everything"),
            ("match", "Patient-match"),
            ("export", "patient-export"),
        ],
        "Group" => &[
            ("validate", "Resource-validate"),
            ("export", "group-export"),
        ],
        "Observation" => &[
            ("validate", "Resource-validate"),
            ("lastn", "Observation-lastn"),
        ],
        "Composition" => &[
            ("validate", "Resource-validate"),
            ("document", "Composition-document"),
        ],
        "CodeSystem" => &[
            ("validate", "Resource-validate"),
            ("lookup", "CodeSystem-lookup"),
            ("validate-code", "CodeSystem-validate-code"),
        ],
        "ValueSet" => &[
            ("validate", "Resource-validate"),
            ("expand", "ValueSet-expand"),
            ("validate-code", "ValueSet-validate-code"),
        ],
        "ConceptMap" => &[
            ("validate", "Resource-validate"),
            ("translate", "ConceptMap-translate"),
        ],
        _ => &[("validate", "Resource-validate")],
    }
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

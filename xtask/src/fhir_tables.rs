//! The tables of `cargo xtask gen-fhir`: one row a fact, columns parted by tabs.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use serde_json::Value;

use crate::fhir::Package;

const DEFINITION: &str = "http://hl7.org/fhir/StructureDefinition/";
const FHIR_TYPE: &str = "structuredefinition-fhir-type";
/// Bases whose elements every descendant inherits; they are written once.
const INHERITED: &[&str] = &["Resource", "DomainResource", "Element", "BackboneElement"];
/// A parameter that lists more targets than this means any resource.
const ANY_TARGET_MIN: usize = 100;
/// Sets without a list: every registered media type, every unit.
const OPEN_SETS: &[&str] = &[
    "mimetypes",
    "ucum-units",
    "languages",
    "all-languages",
    "LL379-9",
];

/// Types and their elements. `!name kind base`, then a row an element: name, min, max, types
/// (parted by `|`, each with its targets behind `:`), flags (`m` modifier, `s` summary), binding.
pub(crate) fn types(package: &Package) -> String {
    let mut text = String::new();
    for definition in &package.types {
        let name = word(&definition["type"]);
        let kind = match (word(&definition["kind"]), &definition["abstract"]) {
            (_, Value::Bool(true)) => "abstract",
            ("complex-type", _) => "complex",
            ("primitive-type", _) => "primitive",
            (other, _) => other,
        };
        let base = word(&definition["baseDefinition"]);
        let base = base.strip_prefix(DEFINITION).unwrap_or(base);
        let _ = writeln!(text, "!{name}\t{kind}\t{base}");
        if kind == "primitive" {
            continue;
        }
        let elements = own_elements(definition);
        write_elements(&mut text, &elements, name);
        for parent in elements
            .iter()
            .filter(|element| is_parent(element, &elements))
        {
            let path = word(&parent["path"]);
            let base = word(&parent["type"][0]["code"]);
            let _ = writeln!(text, "!{path}\tbackbone\t{base}");
            write_elements(&mut text, &elements, path);
        }
    }
    text
}

fn write_elements(text: &mut String, elements: &[&Value], parent: &str) {
    let children = elements.iter().filter(|element| {
        word(&element["path"])
            .rsplit_once('.')
            .is_some_and(|(before, _)| before == parent)
    });
    for element in children {
        let path = word(&element["path"]);
        let name = path.rsplit('.').next().unwrap_or(path);
        let types = if is_parent(element, elements) {
            path.to_owned()
        } else if let Some(reference) = element["contentReference"].as_str() {
            reference.trim_start_matches('#').to_owned()
        } else {
            let types = list(&element["type"]).iter();
            types
                .map(|kind| type_text(path, kind))
                .collect::<Vec<_>>()
                .join("|")
        };
        let mut flags = String::new();
        if element["isModifier"] == true {
            flags.push('m');
        }
        if element["isSummary"] == true {
            flags.push('s');
        }
        let binding = required_set(element).unwrap_or_default();
        let (min, max) = (&element["min"], word(&element["max"]));
        let row = format!("{name}\t{min}\t{max}\t{types}\t{flags}\t{binding}");
        let _ = writeln!(text, "{}", row.trim_end());
    }
}

fn type_text(element_path: &str, kind: &Value) -> String {
    let code = list(&kind["extension"])
        .iter()
        .find(|extension| word(&extension["url"]).ends_with(FHIR_TYPE))
        .map_or(word(&kind["code"]), |extension| {
            word(&extension["valueUrl"])
        });
    let code = code.rsplit('/').next().unwrap_or(code);
    let code = match code {
        // The package says `string`; the specification's text and its regular expression say `id`.
        _ if element_path == "Resource.id" => "id",
        "System.String" => "string",
        other => other,
    };
    let code = match list(&kind["profile"]).first().map(word) {
        Some(profile) if profile.ends_with("/SimpleQuantity") => "SimpleQuantity",
        _ => code,
    };
    let targets: Vec<&str> = list(&kind["targetProfile"])
        .iter()
        .filter_map(|target| word(target).strip_prefix(DEFINITION))
        .filter(|target| *target != "Resource")
        .collect();
    if targets.is_empty() {
        code.to_owned()
    } else {
        format!("{code}:{}", targets.join(","))
    }
}

/// The elements a type adds to its base; the first, the type itself, is left out.
fn own_elements(definition: &Value) -> Vec<&Value> {
    let name = word(&definition["type"]);
    list(&definition["snapshot"]["element"])
        .iter()
        .filter(|element| {
            let path = word(&element["path"]);
            let base = word(&element["base"]["path"]);
            let owner = base.split('.').next().unwrap_or(base);
            path.contains('.') && (!INHERITED.contains(&owner) || owner == name)
        })
        .collect()
}

fn is_parent(element: &Value, elements: &[&Value]) -> bool {
    let path = word(&element["path"]);
    elements.iter().any(|other| {
        word(&other["path"])
            .strip_prefix(path)
            .is_some_and(|rest| rest.starts_with('.'))
    })
}

fn required_set(element: &Value) -> Option<&str> {
    let binding = &element["binding"];
    if binding["strength"] != "required" {
        return None;
    }
    let url = word(&binding["valueSet"]);
    let url = url.split('|').next().unwrap_or(url);
    let name = url.rsplit('/').next().unwrap_or(url);
    (!OPEN_SETS.contains(&name)).then_some(name)
}

/// Codes of required bindings: `!set`, then a row a system: system, codes.
pub(crate) fn bindings(package: &Package) -> String {
    let wanted: BTreeSet<&str> = package
        .types
        .iter()
        .flat_map(own_elements)
        .filter_map(required_set)
        .collect();
    let mut text = String::new();
    for set in &package.value_sets {
        let url = word(&set["url"]);
        let name = url.rsplit('/').next().unwrap_or(url);
        if !wanted.contains(name) {
            continue;
        }
        let mut systems: BTreeMap<String, Vec<String>> = BTreeMap::new();
        collect_codes(&set["expansion"]["contains"], &mut systems);
        let _ = writeln!(text, "!{name}");
        for (system, codes) in systems {
            let _ = writeln!(text, "{system}\t{}", codes.join("\t"));
        }
    }
    text
}

fn collect_codes(contains: &Value, systems: &mut BTreeMap<String, Vec<String>>) {
    for concept in list(contains) {
        if concept["abstract"] != true && concept["code"].is_string() {
            let codes = systems
                .entry(word(&concept["system"]).to_owned())
                .or_default();
            let code = word(&concept["code"]).to_owned();
            if !codes.contains(&code) {
                codes.push(code);
            }
        }
        collect_codes(&concept["contains"], systems);
    }
}

/// Search parameters, a row for each type: type, code, kind, name in the URL, targets,
/// expression, components (code, kind and expression parted by `~`, parted by `;`).
pub(crate) fn search_parameters(package: &Package) -> String {
    let by_url: BTreeMap<&str, &Value> = package
        .search_parameters
        .iter()
        .map(|parameter| (word(&parameter["url"]), parameter))
        .collect();
    let mut rows = BTreeSet::new();
    for parameter in &package.search_parameters {
        for base in list(&parameter["base"]).iter().map(word) {
            let (code, kind) = (word(&parameter["code"]), word(&parameter["type"]));
            let url = word(&parameter["url"]);
            let name = url.rsplit('/').next().unwrap_or(url);
            let targets: Vec<&str> = list(&parameter["target"]).iter().map(word).collect();
            let targets = if targets.len() > ANY_TARGET_MIN {
                vec![]
            } else {
                targets
            };
            let expression = expression_for(base, word(&parameter["expression"]));
            let components: Vec<String> = list(&parameter["component"])
                .iter()
                .filter_map(|component| {
                    let of = by_url.get(word(&component["definition"]))?;
                    let (code, kind) = (word(&of["code"]), word(&of["type"]));
                    // The package writes one type name of FHIRPath where FHIR has its own.
                    let expression =
                        word(&component["expression"]).replace("as(DateTime)", "as(dateTime)");
                    Some(format!("{code}~{kind}~{expression}"))
                })
                .collect();
            let (targets, components) = (targets.join(","), components.join(";"));
            let row =
                format!("{base}\t{code}\t{kind}\t{name}\t{targets}\t{expression}\t{components}");
            rows.insert(row.trim_end().to_owned());
        }
    }
    rows.into_iter()
        .fold(String::new(), |text, row| text + &row + "\n")
}

/// The alternatives of a parameter's expression that speak of `base`.
fn expression_for(base: &str, expression: &str) -> String {
    let mut parts: Vec<&str> = vec![""];
    let (mut depth, mut start) = (0_i32, 0);
    for (index, letter) in expression.char_indices() {
        match letter {
            '(' => depth += 1,
            ')' => depth -= 1,
            '|' if depth == 0 => {
                parts.push(expression[start..index].trim());
                start = index + 1;
            }
            _ => {}
        }
    }
    parts.push(expression[start..].trim());
    let own: Vec<&str> = parts
        .into_iter()
        .filter(|part| {
            part.trim_start_matches('(')
                .strip_prefix(base)
                .is_some_and(|rest| !rest.starts_with(char::is_alphanumeric))
        })
        .collect();
    if own.is_empty() {
        return expression.to_owned();
    }
    own.join(" | ")
}

/// Compartments, a row a type: compartment, type, search parameters (`{def}` is the resource itself).
pub(crate) fn compartments(package: &Package) -> String {
    let mut text = String::new();
    for compartment in &package.compartments {
        for resource in list(&compartment["resource"]) {
            let parameters: Vec<&str> = list(&resource["param"]).iter().map(word).collect();
            if !parameters.is_empty() {
                let (of, kind) = (word(&compartment["code"]), word(&resource["code"]));
                let _ = writeln!(text, "{of}\t{kind}\t{}", parameters.join("\t"));
            }
        }
    }
    text
}

/// Invariants, a row each: the type or element they belong to, key, severity, FHIRPath.
pub(crate) fn constraints(package: &Package) -> String {
    let mut rows = Vec::new();
    for definition in &package.types {
        let url = word(&definition["url"]);
        for element in list(&definition["snapshot"]["element"]) {
            let path = word(&element["path"]);
            let base = word(&element["base"]["path"]);
            for constraint in list(&element["constraint"]) {
                let source = word(&constraint["source"]);
                let inherited = path != base
                    || path == "Element.extension"
                    || (!source.is_empty() && source != url);
                if inherited {
                    continue;
                }
                let row = [
                    path,
                    word(&constraint["key"]),
                    word(&constraint["severity"]),
                    word(&constraint["expression"]),
                ];
                rows.push(row.join("\t"));
            }
        }
    }
    rows.into_iter()
        .fold(String::new(), |text, row| text + row.trim_end() + "\n")
}

fn word(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

fn list(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

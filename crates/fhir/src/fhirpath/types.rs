//! `is`, `as`, `ofType` and `type()`.

use super::item::Item;
use super::parser::{Node, TypeName};
use crate::temporal::TemporalKind;

/// Whether an item is of a type.
pub(super) fn is(item: &Item<'_>, wanted: &TypeName) -> bool {
    let namespace = wanted.namespace.as_deref();
    match item {
        Item::Element(element) => namespace != Some("System") && element.kind.is_a(&wanted.name),
        Item::Stub(kind) => namespace != Some("System") && kind.is_a(&wanted.name),
        other => namespace != Some("FHIR") && system_name(other) == wanted.name,
    }
}

/// Whether a name stands for a type that exists.
pub(super) fn exists(wanted: &TypeName) -> bool {
    const SYSTEM: [&str; 9] = [
        "Boolean", "String", "Integer", "Decimal", "Date", "DateTime", "Time", "Quantity", "Any",
    ];
    let fhir = || crate::definitions::type_named(&wanted.name).is_some();
    match wanted.namespace.as_deref() {
        Some("System") => SYSTEM.contains(&wanted.name.as_str()),
        Some("FHIR") => fhir(),
        None => SYSTEM.contains(&wanted.name.as_str()) || fhir(),
        Some(_) => false,
    }
}

/// The FHIRPath type of a value.
pub(super) fn system_name(item: &Item<'_>) -> &'static str {
    match item {
        Item::Boolean(_) => "Boolean",
        Item::Integer(_) => "Integer",
        Item::Decimal(_) => "Decimal",
        Item::Text(_) => "String",
        Item::Temporal(value) => match value.kind {
            TemporalKind::Date => "Date",
            TemporalKind::DateTime => "DateTime",
            TemporalKind::Time => "Time",
        },
        Item::Quantity(..) => "Quantity",
        Item::Element(element) => element.kind.name,
        Item::Stub(kind) => kind.name,
        Item::TypeInfo(..) => "TypeInfo",
    }
}

/// The type an argument such as `FHIR.Patient` names.
pub(super) fn argument(node: &Node) -> Result<TypeName, String> {
    match node {
        Node::Child(None, name) => Ok(TypeName {
            namespace: None,
            name: name.clone(),
        }),
        Node::Child(Some(first), name) => match &**first {
            Node::Child(None, namespace) => Ok(TypeName {
                namespace: Some(namespace.clone()),
                name: name.clone(),
            }),
            _ => Err("a type name is missing".to_owned()),
        },
        _ => Err("a type name is missing".to_owned()),
    }
}

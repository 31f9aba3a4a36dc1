//! Reading the generated tables.

use std::collections::HashMap;
use std::sync::LazyLock;

use super::{
    Compartments, Constraint, Element, Primitive, Tables, Type, TypeKind, TypeRef, ValueSet,
};
use crate::fhirpath::Expression;

const TYPES: &str = include_str!("../../definitions/types.tsv");
const BINDINGS: &str = include_str!("../../definitions/bindings.tsv");
const COMPARTMENTS: &str = include_str!("../../definitions/compartments.tsv");
const CONSTRAINTS: &str = include_str!("../../definitions/constraints.tsv");

/// The rows of a table, columns split.
pub(crate) fn rows(table: &'static str) -> impl Iterator<Item = Vec<&'static str>> {
    table
        .lines()
        .filter(|line| !line.starts_with('#') && !line.is_empty())
        .map(|line| line.split('\t').collect())
}

pub(super) fn tables() -> Tables {
    let mut types: Vec<Type> = Vec::with_capacity(700);
    let mut by_name = HashMap::with_capacity(700);
    let heads = rows(TYPES).filter_map(|row| Some((row[0].strip_prefix('!')?, row)));
    for (index, (name, row)) in (0_u16..).zip(heads) {
        by_name.insert(name, index);
        types.push(Type {
            name,
            kind: kind(name, row[1]),
            elements: Vec::new(),
            constraints: Vec::new(),
            base: None,
            properties: Vec::new(),
        });
    }
    // A quantity without a comparator: its own name in the tables, a Quantity in all else.
    if let Some(quantity) = by_name.get("Quantity").copied() {
        by_name.insert("SimpleQuantity", quantity);
        by_name.insert("MoneyQuantity", quantity);
    }
    let mut current = 0;
    for row in rows(TYPES) {
        if let Some(name) = row[0].strip_prefix('!') {
            current = usize::from(by_name[name]);
            types[current].base = row.get(2).and_then(|base| by_name.get(base)).copied();
        } else {
            types[current].elements.push(element(&row, &by_name));
        }
    }
    for kind in &mut types {
        kind.properties = properties(&kind.elements);
    }
    attach_constraints(&mut types, &by_name);
    let mut resource_names: Vec<&str> = types
        .iter()
        .filter(|kind| kind.kind == TypeKind::Resource)
        .map(|kind| kind.name)
        .collect();
    resource_names.sort_unstable();
    Tables {
        types,
        by_name,
        resource_names,
    }
}

fn kind(name: &str, word: &str) -> TypeKind {
    match word {
        "resource" => TypeKind::Resource,
        "complex" => TypeKind::Complex,
        "backbone" => TypeKind::Backbone,
        "primitive" => {
            TypeKind::Primitive(Primitive::named(name).expect("all primitives are known"))
        }
        _ => TypeKind::Abstract,
    }
}

fn element(row: &[&'static str], by_name: &HashMap<&'static str, u16>) -> Element {
    let column = |index: usize| row.get(index).copied().unwrap_or_default();
    let name = row[0];
    let types = column(3)
        .split('|')
        .filter(|text| !text.is_empty())
        .map(|text| {
            let (name, targets) = text.split_once(':').unwrap_or((text, ""));
            TypeRef {
                name,
                targets: targets
                    .split(',')
                    .filter(|target| !target.is_empty())
                    .collect(),
                index: by_name[name],
            }
        });
    Element {
        name: name.trim_end_matches("[x]"),
        choice: name.ends_with("[x]"),
        min: column(1).parse().unwrap_or(0),
        max: column(2).parse().ok(),
        types: types.collect(),
        modifier: column(4).contains('m'),
        summary: column(4).contains('s'),
        binding: super::value_set(column(5)),
    }
}

fn properties(elements: &[Element]) -> Vec<(Box<str>, u16, u8)> {
    let mut properties = Vec::with_capacity(elements.len());
    for (index, element) in (0_u16..).zip(elements) {
        if !element.choice {
            properties.push((element.name.into(), index, 0));
            continue;
        }
        for (choice, kind) in (0_u8..).zip(&element.types) {
            let name = match kind.name {
                "SimpleQuantity" | "MoneyQuantity" => "Quantity",
                other => other,
            };
            let (first, rest) = name.split_at(1);
            let name = format!("{}{}{rest}", element.name, first.to_ascii_uppercase());
            properties.push((name.into(), index, choice));
        }
    }
    properties.sort_unstable();
    properties
}

fn attach_constraints(types: &mut [Type], by_name: &HashMap<&'static str, u16>) {
    for row in rows(CONSTRAINTS) {
        let [path, key, severity, expression_text] = row[..] else {
            continue;
        };
        let (owner, element) = match (by_name.get(path), path.rsplit_once('.')) {
            (Some(owner), _) => (*owner, None),
            (None, Some((owner, element))) => {
                (by_name[owner], Some(element.trim_end_matches("[x]")))
            }
            (None, None) => continue,
        };
        types[usize::from(owner)].constraints.push(Constraint {
            key,
            error: severity == "error",
            element,
            expression_text,
            expression: LazyLock::new(Box::new(move || Expression::parse(expression_text).ok())),
        });
    }
}

pub(super) fn value_sets() -> HashMap<&'static str, ValueSet> {
    let mut sets: Vec<ValueSet> = Vec::new();
    for row in rows(BINDINGS) {
        if let Some(name) = row[0].strip_prefix('!') {
            let systems = Vec::new();
            sets.push(ValueSet { name, systems });
        } else if let Some(set) = sets.last_mut() {
            set.systems.push((row[0], row[1..].to_vec()));
        }
    }
    sets.into_iter().map(|set| (set.name, set)).collect()
}

pub(super) fn compartments() -> Compartments {
    let mut compartments = Compartments::new();
    for row in rows(COMPARTMENTS) {
        let types = compartments.entry(row[0]).or_default();
        types.insert(row[1], row[2..].to_vec());
    }
    compartments
}

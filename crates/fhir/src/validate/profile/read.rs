//! From a StructureDefinition to what is checked.

use std::sync::Arc;

use super::path::{Step, locate, step_of, typed};
use super::{Binding, Constraint, Node, Profile, Slicing, Wanted};
use crate::definitions::{self, Type};
use crate::fhirpath::Expression;
use crate::issue::{Issue, IssueCode};
use crate::json::{Resource, View};
use crate::validate::validate;

/// Where R4's own definitions and value sets lie.
const BASE: &str = "http://hl7.org/fhir/StructureDefinition/";
const BASE_SETS: &str = "http://hl7.org/fhir/ValueSet/";
/// Elements of one profile.
const ELEMENTS_MAX: usize = 2_000;
/// Members of an element that ask for nothing, or are read below.
const KNOWN: &[&str] = &[
    "id",
    "path",
    "sliceName",
    "sliceIsConstraining",
    "label",
    "code",
    "slicing",
    "short",
    "definition",
    "comment",
    "requirements",
    "alias",
    "min",
    "max",
    "base",
    "type",
    "meaningWhenMissing",
    "orderMeaning",
    "maxLength",
    "condition",
    "constraint",
    "mustSupport",
    "isModifier",
    "isModifierReason",
    "isSummary",
    "binding",
    "mapping",
    "example",
    "representation",
    "contentReference",
];

struct Reader {
    kind: &'static Type,
    issues: Vec<Issue>,
    not_checked: Vec<String>,
}

pub(super) fn read(definition: &Resource) -> Result<Profile, Vec<Issue>> {
    let wrong: Vec<Issue> = validate(definition)
        .into_iter()
        .filter(Issue::is_error)
        .collect();
    if !wrong.is_empty() {
        return Err(wrong);
    }
    let root = definition.root();
    let kind = kind_of(definition).map_err(|issue| vec![issue])?;
    let of = |part: &'static str| root.get(part).and_then(|part| part.get("element"));
    let (part, elements) = match (of("differential"), of("snapshot")) {
        (Some(elements), _) => ("differential", elements),
        (None, Some(elements)) => ("snapshot", elements),
        (None, None) => {
            let text = "a profile has a differential or a snapshot";
            let place = "StructureDefinition.differential";
            return Err(vec![Issue::error(IssueCode::Required, place, text)]);
        }
    };
    let mut reader = Reader {
        kind,
        issues: Vec::new(),
        not_checked: Vec::new(),
    };
    let mut tree = Node::named(kind.name);
    for (index, element) in elements.items().enumerate() {
        let place = format!("StructureDefinition.{part}.element[{index}]");
        if index >= ELEMENTS_MAX {
            let text = format!("a profile has at most {ELEMENTS_MAX} elements");
            reader
                .issues
                .push(Issue::error(IssueCode::TooLong, place, text));
            break;
        }
        if let Err(text) = reader.element(&mut tree, element) {
            let text = format!("{}: {text}", label(element));
            reader
                .issues
                .push(Issue::error(IssueCode::NotSupported, place, text));
        }
    }
    reader.require_discriminators(&tree, kind.name);
    if !reader.issues.is_empty() {
        return Err(reader.issues);
    }
    Ok(Profile {
        url: text(root, "url").unwrap_or_default(),
        kind: kind.name,
        not_checked: reader.not_checked,
        root: tree,
    })
}

fn text(view: View<'_>, name: &str) -> Option<String> {
    view.get(name)?.as_str().map(|text| text.into_owned())
}

/// How an element is called in a message.
fn label(element: View<'_>) -> String {
    text(element, "id")
        .or_else(|| text(element, "path"))
        .unwrap_or_default()
}

/// The resource type a definition constrains.
fn kind_of(definition: &Resource) -> Result<&'static Type, Issue> {
    let refuse = |place: &str, text: &str| {
        let place = format!("StructureDefinition.{place}");
        Issue::error(IssueCode::NotSupported, place, text)
    };
    let root = definition.root();
    if definition.type_name() != "StructureDefinition" {
        return Err(refuse("resourceType", "a profile is a StructureDefinition"));
    }
    if text(root, "derivation").as_deref() != Some("constraint") {
        return Err(refuse(
            "derivation",
            "a profile has the derivation constraint",
        ));
    }
    let named = text(root, "type").unwrap_or_default();
    let Some(kind) = definitions::resource_type(&named) else {
        return Err(refuse("type", "a profile is about a resource type of R4"));
    };
    let base = text(root, "baseDefinition").unwrap_or_default();
    if base.split('|').next() != Some(&[BASE, kind.name].concat()) {
        let text = "the base is R4's own definition of the type: profiles of profiles are not read";
        return Err(refuse("baseDefinition", text));
    }
    Ok(kind)
}

impl Reader {
    /// Adds what one element asks. The text says why it can't be.
    fn element(&mut self, tree: &mut Node, element: View<'_>) -> Result<(), String> {
        let label = label(element);
        let steps = Self::steps(element)?;
        let Some((first, steps)) = steps.split_first() else {
            return Err("a path is needed".to_owned());
        };
        if first.name != self.kind.name {
            return Err(format!("the path begins with {}", self.kind.name));
        }
        let (node, kind) = locate(tree, self.kind, steps)?;
        self.note_unknown(element, &label);
        if !steps.is_empty() {
            node.min = number(element, "min").unwrap_or(node.min);
            node.max = number(element, "max").or(node.max);
            node.max_length = number(element, "maxLength").or(node.max_length);
        }
        self.types(node, element, kind, &label)?;
        for member in element.members() {
            if member.name().starts_with("fixed") {
                node.wanted = Some(Wanted::Fixed(member.to_value()));
            } else if member.name().starts_with("pattern") {
                node.wanted = Some(Wanted::Pattern(member.to_value()));
            }
        }
        self.binding(node, element, &label);
        self.constraints(node, element, &label);
        self.slicing(node, element, &label)
    }

    fn note(&mut self, label: &str, text: impl std::fmt::Display) {
        self.not_checked.push(format!("{label}: {text}"));
    }

    fn note_unknown(&mut self, element: View<'_>, label: &str) {
        for member in element.members() {
            let name = member.name();
            let read = ["fixed", "pattern"]
                .iter()
                .any(|start| name.starts_with(start));
            let plain = name.strip_prefix('_').unwrap_or(name);
            if !read && !KNOWN.contains(&plain) {
                self.note(label, name);
            }
        }
    }

    /// The steps of an element. Its id, which R4 asks for, names the slices around it too.
    fn steps(element: View<'_>) -> Result<Vec<Step>, String> {
        let path = text(element, "path").unwrap_or_default();
        let id = text(element, "id").unwrap_or_default();
        if id.contains('/') || text(element, "sliceName").is_some_and(|name| name.contains('/')) {
            return Err("slices of slices are not checked".to_owned());
        }
        let steps: Vec<Step> = id.split('.').map(step_of).collect();
        let names: Vec<&str> = path.split('.').collect();
        let fits = |(step, name): (&Step, &&str)| {
            step.name == **name || step.slice.as_deref() == Some(*name)
        };
        if steps.len() != names.len() || !steps.iter().zip(&names).all(fits) {
            return Err("the id does not fit the path".to_owned());
        }
        Ok(steps.into_iter().map(typed).collect())
    }

    fn types(
        &mut self,
        node: &mut Node,
        element: View<'_>,
        kind: Option<&'static Type>,
        label: &str,
    ) -> Result<(), String> {
        let Some(types) = element.get("type") else {
            return Ok(());
        };
        let (mut codes, mut targets) = (Vec::new(), Vec::new());
        for one in types.items() {
            let code = text(one, "code").unwrap_or_default();
            for member in ["aggregation", "versioning"] {
                if one.get(member).is_some() {
                    self.note(label, format!("type.{member}"));
                }
            }
            for url in strings(one, "profile") {
                let base = url
                    .strip_prefix(BASE)
                    .map(|name| name.split('|').next().unwrap_or(name));
                let own = base.is_some_and(|name| {
                    definitions::type_named(name).is_some() || name.ends_with("Quantity")
                });
                if own {
                    continue;
                }
                if code == "Extension" && node.child("url").is_none() {
                    let mut told = Node::named("url");
                    told.wanted = Some(Wanted::Fixed(url.clone().into()));
                    node.children.push(told);
                }
                self.note(label, format!("what {url} asks within"));
            }
            for url in strings(one, "targetProfile") {
                let name = url
                    .strip_prefix(BASE)
                    .map(|name| name.split('|').next().unwrap_or(name));
                match name {
                    Some("Resource") => {}
                    Some(name) if definitions::resource_type(name).is_some() => {
                        targets.push(name.to_owned());
                    }
                    _ => self.note(label, format!("that the target is of {url}")),
                }
            }
            codes.push(code);
        }
        if node.name.ends_with("[x]") {
            if let Some(odd) = codes
                .iter()
                .find(|code| definitions::type_named(code).is_none())
            {
                return Err(format!("R4 has no type {odd}"));
            }
            node.types = codes;
        } else if kind.is_some_and(|kind| codes.iter().any(|code| !is_type(code, kind))) {
            return Err("the type is another than R4's".to_owned());
        }
        node.targets = targets;
        Ok(())
    }

    fn binding(&mut self, node: &mut Node, element: View<'_>, label: &str) {
        let Some(binding) = element.get("binding") else {
            return;
        };
        if text(binding, "strength").as_deref() != Some("required") {
            return;
        }
        let url = text(binding, "valueSet").unwrap_or_default();
        let url = url.split('|').next().unwrap_or_default();
        let own = url.strip_prefix(BASE_SETS);
        node.binding = match (own.and_then(definitions::value_set), own) {
            (Some(set), _) => Some(Binding::Base(set)),
            (None, None) if !url.is_empty() => Some(Binding::Local(url.to_owned())),
            _ => {
                self.note(
                    label,
                    format!("the binding to {url}, whose codes are not listed here"),
                );
                None
            }
        };
    }

    fn constraints(&mut self, node: &mut Node, element: View<'_>, label: &str) {
        let constraints = element.get("constraint").into_iter().flat_map(View::items);
        for constraint in constraints {
            let key = text(constraint, "key").unwrap_or_default();
            if is_base_invariant(&key) {
                continue;
            }
            let expression = text(constraint, "expression");
            match expression.as_deref().map(Expression::parse) {
                Some(Ok(expression)) => node.constraints.push(Constraint {
                    key,
                    human: text(constraint, "human").unwrap_or_default(),
                    error: text(constraint, "severity").as_deref() != Some("warning"),
                    expression: Arc::new(expression),
                }),
                Some(Err(why)) => self.note(label, format!("constraint {key}: {why}")),
                None => self.note(label, format!("constraint {key} has no expression")),
            }
        }
    }

    fn slicing(&mut self, node: &mut Node, element: View<'_>, label: &str) -> Result<(), String> {
        let Some(slicing) = element.get("slicing") else {
            return Ok(());
        };
        if slicing.get("ordered").and_then(View::as_bool) == Some(true) {
            self.note(label, "the order of the slices");
        }
        let rules = text(slicing, "rules").unwrap_or_default();
        if rules == "openAtEnd" {
            self.note(label, "that other items stand at the end");
        }
        let mut found = Slicing {
            closed: rules == "closed",
            ..Slicing::default()
        };
        for one in slicing
            .get("discriminator")
            .into_iter()
            .flat_map(View::items)
        {
            let kind = text(one, "type").unwrap_or_default();
            let path = text(one, "path").unwrap_or_default();
            if node.name.ends_with("[x]") && kind == "type" && path == "$this" {
                return Ok(());
            }
            if !matches!(kind.as_str(), "value" | "pattern") {
                return Err(format!(
                    "slices are told apart by value or pattern, not by {kind}"
                ));
            }
            if path.contains('(') {
                return Err(format!("a discriminator is a path of names, not {path}"));
            }
            let steps = path.split('.').filter(|step| *step != "$this");
            found
                .discriminators
                .push(steps.map(str::to_owned).collect());
        }
        node.slicing = Some(found);
        Ok(())
    }

    /// Each slice must say by what it is known.
    fn require_discriminators(&mut self, node: &Node, path: &str) {
        for slice in &node.slices {
            let place = format!("{path}:{}", slice.name);
            let slicing = node.slicing.as_ref().map(|slicing| &slicing.discriminators);
            let told = slicing.is_some_and(|paths| {
                !paths.is_empty() && paths.iter().all(|path| tells(slice, path))
            });
            if !told {
                let text = format!(
                    "{place}: the slice is known by no fixed or pattern value at the discriminator"
                );
                let place = "StructureDefinition.differential";
                self.issues
                    .push(Issue::error(IssueCode::NotSupported, place, text));
            }
            self.require_discriminators(slice, &place);
        }
        for child in &node.children {
            self.require_discriminators(child, &[path, ".", &child.name].concat());
        }
    }
}

fn tells(node: &Node, path: &[String]) -> bool {
    if node.wanted.is_some() {
        return true;
    }
    let Some((first, rest)) = path.split_first() else {
        return false;
    };
    node.child(first).is_some_and(|child| tells(child, rest))
}

fn is_base_invariant(key: &str) -> bool {
    let mut all = definitions::types()
        .iter()
        .flat_map(|kind| &kind.constraints);
    matches!(
        key,
        "dom-2" | "dom-3" | "dom-4" | "dom-5" | "dom-6" | "ele-1" | "ext-1" | "ref-1"
    ) || all.any(|one| one.key == key)
}

fn is_type(code: &str, kind: &Type) -> bool {
    let backbone = matches!(code, "BackboneElement" | "Element");
    kind.name == code || backbone || code.starts_with("http://hl7.org/fhirpath/")
}

fn number(element: View<'_>, name: &str) -> Option<usize> {
    let member = element.get(name)?;
    let text = member.as_number().map(str::to_owned);
    text.or_else(|| member.as_str().map(|text| text.into_owned()))?
        .parse()
        .ok()
}

fn strings(view: View<'_>, name: &str) -> Vec<String> {
    let items = view.get(name).into_iter().flat_map(View::items);
    items
        .filter_map(|item| item.as_str().map(|text| text.into_owned()))
        .collect()
}

//! Whether a resource is as a profile asks.

use std::collections::HashMap;

use super::{Binding, Checked, CodeCheck, Node, Profile};
use crate::definitions::{self, Type, TypeRef};
use crate::fhirpath::{Context, Element};
use crate::issue::{Issue, IssueCode, Severity, short};
use crate::json::{Kind, Resource, View};
use crate::validate::ISSUES_MAX;
use crate::validate::place::Place;

struct Walk<'a, 'p> {
    profile: &'p Profile,
    context: Context<'a>,
    /// Types of what the resource contains, by id.
    contained: HashMap<&'a str, &'static str>,
    checked: Checked,
}

/// A value of an element.
#[derive(Clone, Copy)]
struct Found<'a> {
    view: View<'a>,
    type_ref: &'static TypeRef,
    index: Option<usize>,
}

pub(super) fn check(profile: &Profile, resource: &Resource) -> Checked {
    let contained = resource.root().get("contained");
    let contained = contained.into_iter().flat_map(View::items);
    let mut walk = Walk {
        profile,
        context: Context::new(Element::root(resource)),
        contained: contained
            .filter_map(crate::validate::walk::id_and_type)
            .collect(),
        checked: Checked::default(),
    };
    let place = Place::root(resource.type_name());
    walk.constraints(&profile.root, Element::root(resource), &place);
    walk.object(&profile.root, resource.kind(), resource.root(), &place);
    walk.checked
}

impl<'a> Walk<'a, '_> {
    fn say(&mut self, severity: Severity, code: IssueCode, place: &Place<'_>, text: &str) {
        if self.checked.issues.len() < ISSUES_MAX {
            let text = format!("{text} (profile {})", self.profile.url);
            let mut issue = Issue::error(code, place.to_string(), text);
            issue.severity = severity;
            self.checked.issues.push(issue);
        }
    }

    fn error(&mut self, code: IssueCode, place: &Place<'_>, text: &str) {
        self.say(Severity::Error, code, place, text);
    }

    fn object(&mut self, node: &Node, kind: &'static Type, view: View<'a>, place: &Place<'_>) {
        for child in &node.children {
            self.child(child, kind, view, place);
        }
    }

    fn child(&mut self, node: &Node, kind: &'static Type, parent: View<'a>, place: &Place<'_>) {
        let found = values(node, kind, parent);
        let name = node.name.strip_suffix("[x]").unwrap_or(&node.name);
        let element = kind.property(name).map(|(element, _)| element.name);
        let at = place.member(element.unwrap_or(name));
        self.count(node, found.len(), &at, "");
        for one in &found {
            self.value(node, *one, &here(at, one));
        }
        if let Some(slicing) = &node.slicing {
            let mut sliced = vec![false; found.len()];
            for slice in &node.slices {
                let is_of = |one: &Found<'a>| {
                    let mut paths = slicing.discriminators.iter();
                    paths.all(|path| matches(slice, path, one.view))
                };
                let members: Vec<usize> =
                    (0..found.len()).filter(|&at| is_of(&found[at])).collect();
                let text = format!(" of the slice {}", slice.name);
                self.count(slice, members.len(), &at, &text);
                for member in members {
                    sliced[member] = true;
                    self.value(slice, found[member], &here(at, &found[member]));
                }
            }
            let outside = sliced.iter().position(|one| !one);
            if let Some(outside) = outside.filter(|_| slicing.closed) {
                let text = "it belongs to none of the slices, and nothing else may stand here";
                self.error(IssueCode::Structure, &here(at, &found[outside]), text);
            }
        }
    }

    fn count(&mut self, node: &Node, count: usize, place: &Place<'_>, what: &str) {
        if count < node.min {
            let text = format!("at least {}{what}, here are {count}", node.min);
            self.error(IssueCode::Required, place, &text);
        }
        if let Some(max) = node.max.filter(|max| count > *max) {
            let text = match max {
                0 => format!("nothing{what} may stand here"),
                _ => format!("at most {max}{what}, here are {count}"),
            };
            self.error(IssueCode::Structure, place, &text);
        }
    }

    fn value(&mut self, node: &Node, found: Found<'a>, place: &Place<'_>) {
        let (view, kind) = (found.view, found.type_ref.definition());
        if view.kind() == Kind::Null {
            return;
        }
        if !node.types.is_empty() && !node.types.iter().any(|one| one == kind.name) {
            let text = format!(
                "the type is one of {}, here {}",
                node.types.join(", "),
                kind.name
            );
            self.error(IssueCode::Structure, place, &text);
            return;
        }
        if let Some(wanted) = &node.wanted
            && !wanted.holds(&view.to_value())
        {
            let wanted = wanted.value().to_string();
            let text = format!("the value is not {}", short(&wanted));
            self.error(IssueCode::Value, place, &text);
        }
        if let (Some(max), Some(text)) = (node.max_length, view.as_str())
            && text.chars().count() > max
        {
            self.error(
                IssueCode::TooLong,
                place,
                &format!("at most {max} characters"),
            );
        }
        if let Some(binding) = &node.binding {
            self.codes(binding, view, kind, place);
        }
        if !node.targets.is_empty() && kind.name == "Reference" {
            self.target(&node.targets, view, place);
        }
        let element = Element {
            view: Some(view),
            shadow: None,
            kind,
        };
        self.constraints(node, element, place);
        if kind.primitive().is_none() {
            self.object(node, kind, view, place);
        }
    }

    fn constraints(&mut self, node: &Node, element: Element<'a>, place: &Place<'_>) {
        for constraint in &node.constraints {
            // The profile outlives the walk; a clone of the handle lets the borrow end.
            let expression = std::sync::Arc::clone(&constraint.expression);
            if holds(&expression, element, &self.context) {
                continue;
            }
            let severity = if constraint.error {
                Severity::Error
            } else {
                Severity::Warning
            };
            let text = format!("{}: {}", constraint.key, constraint.human);
            self.say(severity, IssueCode::Invariant, place, &text);
        }
    }

    fn codes(&mut self, binding: &Binding, view: View<'a>, kind: &Type, place: &Place<'_>) {
        let plain =
            |view: View<'_>, name: &str| view.get(name)?.as_str().map(|text| text.into_owned());
        let coding = |view: View<'_>| Some((plain(view, "system"), plain(view, "code")?));
        let codings: Vec<(Option<String>, String)> = match kind.name {
            "CodeableConcept" => {
                let codings = view.get("coding").into_iter().flat_map(View::items);
                codings.filter_map(coding).collect()
            }
            "Coding" | "Quantity" => coding(view).into_iter().collect(),
            _ => view
                .as_str()
                .map(|code| (None, code.into_owned()))
                .into_iter()
                .collect(),
        };
        match binding {
            Binding::Local(url) if !codings.is_empty() => self.checked.codes.push(CodeCheck {
                value_set: url.clone(),
                codings,
                place: place.to_string(),
                profile: self.profile.url.clone(),
            }),
            Binding::Local(url) => {
                let text = format!("a code of {url} is needed");
                self.error(IssueCode::CodeInvalid, place, &text);
            }
            Binding::Base(set) => {
                let fits = codings.iter().any(|(system, code)| match system {
                    Some(system) => set.has(system, code),
                    None => kind.primitive().is_some() && set.has_code(code),
                });
                if !fits {
                    let text = format!("a code of {} is needed", set.name);
                    self.error(IssueCode::CodeInvalid, place, &text);
                }
            }
        }
    }

    fn target(&mut self, targets: &[String], view: View<'a>, place: &Place<'_>) {
        let named = view.get("type").and_then(View::as_str);
        let reference = view.get("reference").and_then(View::as_str);
        let kind = reference
            .as_deref()
            .and_then(|text| match text.strip_prefix('#') {
                Some(id) => self.contained.get(id).copied(),
                None => {
                    let path = text.split("/_history/").next().unwrap_or(text);
                    let path = path.split('?').next().unwrap_or(path);
                    path.rsplit('/')
                        .take(2)
                        .find_map(definitions::resource_name)
                }
            });
        let kind = kind.or_else(|| definitions::resource_name(named.as_deref()?));
        if let Some(kind) = kind.filter(|kind| !targets.iter().any(|one| one == kind)) {
            let text = format!("it points at {kind}, not at {}", targets.join(", "));
            self.error(IssueCode::Value, &place.member("reference"), &text);
        }
    }
}

/// As invariants of R4 hold; one that can't be evaluated does not.
fn holds(
    expression: &crate::fhirpath::Expression,
    element: Element<'_>,
    context: &Context<'_>,
) -> bool {
    let Ok(answer) = expression.evaluate_on(element, context) else {
        return false;
    };
    match answer.as_slice() {
        [one] => one.as_boolean() != Some(false),
        _ => true,
    }
}

fn here<'p>(place: Place<'p>, found: &Found<'_>) -> Place<'p> {
    match found.index {
        Some(index) => place.item(index),
        None => place,
    }
}

/// The values of an element. One that has extensions only has none: a profile asks for the value.
fn values<'a>(node: &Node, kind: &'static Type, parent: View<'a>) -> Vec<Found<'a>> {
    let choice = node.name.strip_suffix("[x]");
    let mut found = Vec::new();
    for member in parent.members() {
        let name = member.name();
        let plain = name.strip_prefix('_').unwrap_or(name);
        let Some((element, type_ref)) = kind.property(plain) else {
            continue;
        };
        let wanted = match choice {
            Some(choice) => element.name == choice,
            None => plain == node.name,
        };
        if !wanted || plain.len() < name.len() {
            continue;
        }
        let many = member.kind() == Kind::Array;
        for (index, item) in member.items().enumerate() {
            found.push(Found {
                view: item,
                type_ref,
                index: many.then_some(index),
            });
        }
    }
    found
}

/// Whether an item is what a slice is known by at a path.
fn matches(slice: &Node, path: &[String], view: View<'_>) -> bool {
    if let Some(wanted) = &slice.wanted {
        return wanted.holds(&view.to_value());
    }
    let Some((first, rest)) = path.split_first() else {
        return false;
    };
    let Some(child) = slice.child(first) else {
        return false;
    };
    let below = view.get(first).into_iter().flat_map(View::items);
    below.into_iter().any(|item| matches(child, rest, item))
}

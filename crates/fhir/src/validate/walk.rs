//! The walk over a resource: structure, cardinality and types.

use std::collections::HashMap;

use super::place::Place;
use super::{ISSUES_MAX, binding, format, invariant, reference};
use crate::definitions::{self, Element as Definition, Type, TypeRef};
use crate::fhirpath::{Context, Element};
use crate::issue::{Issue, IssueCode, short};
use crate::json::{Kind, View};

pub(super) struct Walk<'a> {
    pub issues: Vec<Issue>,
    pub context: Context<'a>,
    /// Ids and types of what the resource around us contains.
    pub contained: HashMap<&'a str, &'static str>,
}

impl<'a> Walk<'a> {
    pub fn new(root: Element<'a>) -> Self {
        Self {
            issues: Vec::new(),
            context: Context::new(root),
            contained: HashMap::new(),
        }
    }

    pub fn error(&mut self, code: IssueCode, place: &Place<'_>, details: impl Into<String>) {
        if self.issues.len() < ISSUES_MAX {
            self.issues
                .push(Issue::error(code, place.to_string(), details));
        }
    }

    /// Checks a whole resource.
    pub fn resource(&mut self, view: View<'a>, kind: &'static Type, place: &Place<'_>) {
        let outer = std::mem::replace(&mut self.contained, contained(view));
        self.complex(view, kind, place);
        self.contained = outer;
        if let Some(problem) = invariant::contained_problem(view, kind, place) {
            self.issues.push(problem);
        }
    }

    /// Checks an object of a resource or data type.
    fn complex(&mut self, view: View<'a>, kind: &'static Type, place: &Place<'_>) {
        if view.kind() != Kind::Object {
            self.error(
                IssueCode::Structure,
                place,
                format!("{} is an object", kind.name),
            );
            return;
        }
        let before = self.issues.len();
        let mut any = false;
        let mut choices: Vec<&'static Definition> = Vec::new();
        for member in view.members() {
            let name = member.name();
            if name == "resourceType" && kind.is_a("Resource") {
                continue;
            }
            any = true;
            let plain = name.strip_prefix('_').unwrap_or(name);
            let Some((element, type_ref)) = kind.property(plain) else {
                let details = format!("{} has no element {}", kind.name, short(name));
                self.error(IssueCode::Structure, &place.member(name), details);
                continue;
            };
            let twin = plain.len() < name.len() && view.get(plain).is_some();
            if element.choice && !twin {
                if choices.iter().any(|known| std::ptr::eq(*known, element)) {
                    let details = "a choice has one type only";
                    self.error(IssueCode::Structure, &place.member(element.name), details);
                }
                choices.push(element);
            }
            let at = place.member(element.name);
            if plain.len() < name.len() {
                self.shadow(view, member, plain, (element, type_ref), &at);
            } else {
                self.member(view, member, (element, type_ref), &at);
            }
        }
        if !any {
            self.error(
                IssueCode::Invariant,
                place,
                "ele-1: an element has a value or children",
            );
        }
        self.required(view, kind, place);
        if self.issues.len() == before {
            let element = Element {
                view: Some(view),
                shadow: None,
                kind,
            };
            invariant::check(self, element, place);
        }
    }

    fn required(&mut self, view: View<'a>, kind: &'static Type, place: &Place<'_>) {
        for element in kind.all_elements().filter(|element| element.min > 0) {
            let present = view.members().any(|member| {
                let name = member.name();
                let plain = name.strip_prefix('_').unwrap_or(name);
                if element.choice {
                    plain.starts_with(element.name)
                        && kind
                            .property(plain)
                            .is_some_and(|(known, _)| std::ptr::eq(known, element))
                } else {
                    plain == element.name
                }
            });
            if !present {
                let details = format!("{} is required", element.name);
                self.error(IssueCode::Required, &place.member(element.name), details);
            }
        }
    }

    fn member(
        &mut self,
        parent: View<'a>,
        view: View<'a>,
        (element, type_ref): (&'static Definition, &'static TypeRef),
        place: &Place<'_>,
    ) {
        if element.max == Some(1) {
            if view.kind() == Kind::Array {
                self.error(
                    IssueCode::Structure,
                    place,
                    "there is at most one: no array",
                );
                return;
            }
            self.value(view, element, type_ref, place);
            return;
        }
        if view.kind() != Kind::Array {
            self.error(
                IssueCode::Structure,
                place,
                "there may be several: an array",
            );
            return;
        }
        let mut count = 0;
        let primitive = type_ref.definition().primitive().is_some();
        let twins = shadow_of(parent, view.name()).filter(|_| primitive);
        let mut twins = twins.into_iter().flat_map(View::items);
        for (index, item) in view.items().enumerate() {
            count += 1;
            let filled = twins.next().is_some_and(|twin| twin.kind() == Kind::Object);
            if item.kind() != Kind::Null || !filled {
                self.value(item, element, type_ref, &place.item(index));
            }
        }
        if count == 0 {
            self.error(
                IssueCode::Structure,
                place,
                "an array has one item at least",
            );
        }
        if element.max.is_some_and(|max| count > usize::from(max)) {
            self.error(IssueCode::TooLong, place, "there are too many");
        }
    }

    /// Checks `_name`: id and extensions of a primitive.
    fn shadow(
        &mut self,
        parent: View<'a>,
        view: View<'a>,
        plain: &str,
        (element, type_ref): (&'static Definition, &'static TypeRef),
        place: &Place<'_>,
    ) {
        let base = definitions::type_named("Element").expect("the tables have Element");
        if type_ref.definition().primitive().is_none() {
            let details = "only primitives have a member with _ before its name";
            self.error(IssueCode::Structure, place, details);
            return;
        }
        if element.max == Some(1) {
            self.complex(view, base, place);
            return;
        }
        if view.kind() != Kind::Array {
            self.error(
                IssueCode::Structure,
                place,
                "there may be several: an array",
            );
            return;
        }
        let values = parent.get(plain);
        let pairs = values.map(|values| values.items().count());
        if pairs.is_some_and(|count| count != view.items().count()) {
            self.error(
                IssueCode::Structure,
                place,
                "values and their extensions differ in number",
            );
        }
        for (index, item) in view.items().enumerate() {
            if item.kind() != Kind::Null {
                self.complex(item, base, &place.item(index));
            } else if values.is_none() {
                self.error(
                    IssueCode::Structure,
                    &place.item(index),
                    "a value is missing",
                );
            }
        }
    }

    fn value(
        &mut self,
        view: View<'a>,
        element: &'static Definition,
        type_ref: &'static TypeRef,
        place: &Place<'_>,
    ) {
        let kind = type_ref.definition();
        if let Some(primitive) = kind.primitive() {
            if let Some(problem) = format::problem(primitive, view) {
                self.error(IssueCode::Value, place, problem);
            } else if let Some(set) = element.binding {
                binding::code(self, view, set, place);
            }
            return;
        }
        if kind.name == "Resource" {
            self.inner_resource(view, element, place);
            return;
        }
        let before = self.issues.len();
        self.complex(view, kind, place);
        if self.issues.len() > before {
            return;
        }
        if let Some(set) = element.binding {
            binding::concept(self, view, kind, set, place);
        }
        if kind.name == "Reference" {
            reference::check(self, view, &type_ref.targets, place);
        }
        if matches!(type_ref.name, "SimpleQuantity" | "MoneyQuantity")
            && let Some(comparator) = view
                .get("comparator")
                .filter(|_| type_ref.name == "SimpleQuantity")
        {
            let _ = comparator;
            self.error(
                IssueCode::Invariant,
                place,
                "sqt-1: this quantity has no comparator",
            );
        }
    }

    fn inner_resource(&mut self, view: View<'a>, element: &'static Definition, place: &Place<'_>) {
        let named = view.get("resourceType").and_then(View::as_plain);
        let Some(name) = named else {
            let details = "a resource names its type in resourceType";
            self.error(IssueCode::Structure, place, details);
            return;
        };
        let Some(kind) = definitions::resource_type(name) else {
            let details = format!("R4 has no resource type {}", short(name));
            self.error(IssueCode::Structure, place, details);
            return;
        };
        let outer = self.context;
        let own = Element {
            view: Some(view),
            shadow: None,
            kind,
        };
        self.context.resource = own;
        if element.name == "contained" {
            if view.get("id").is_none() {
                self.error(
                    IssueCode::Required,
                    &place.member("id"),
                    "a contained resource has an id",
                );
            }
            self.complex(view, kind, place);
        } else {
            self.context.root_resource = own;
            self.resource(view, kind, place);
        }
        self.context = outer;
    }
}

/// Ids and types of contained resources.
fn contained(view: View<'_>) -> HashMap<&str, &'static str> {
    let contained = view.get("contained").into_iter().flat_map(View::items);
    contained.filter_map(id_and_type).collect()
}

pub(super) fn id_and_type(one: View<'_>) -> Option<(&str, &'static str)> {
    let kind = definitions::resource_name(one.get("resourceType")?.as_plain()?)?;
    Some((one.get("id")?.as_plain()?, kind))
}

fn shadow_of<'a>(parent: View<'a>, name: &str) -> Option<View<'a>> {
    parent
        .members()
        .find(|member| member.name().strip_prefix('_') == Some(name))
}

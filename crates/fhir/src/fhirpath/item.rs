//! What an expression gives: elements of a resource and values of FHIRPath's own types.

use std::borrow::Cow;

use crate::decimal::Decimal;
use crate::definitions::{self, Primitive, Type, TypeRef};
use crate::json::{Kind, Resource, View};
use crate::temporal::Temporal;

/// One item of a collection.
#[derive(Clone, Debug)]
pub enum Item<'a> {
    /// An element of a resource.
    Element(Element<'a>),
    /// A truth value.
    Boolean(bool),
    /// A whole number.
    Integer(i64),
    /// A decimal number.
    Decimal(Decimal),
    /// A text.
    Text(Cow<'a, str>),
    /// A date, moment or time of day.
    Temporal(Temporal),
    /// A number with a UCUM code or calendar word.
    Quantity(Decimal, Cow<'a, str>),
    /// A resource of which only the type is known: what `resolve()` says of one elsewhere.
    Stub(&'static Type),
    /// What `type()` gives: namespace and name.
    TypeInfo(&'static str, &'static str),
}

/// An element of a resource with its type.
#[derive(Clone, Copy, Debug)]
pub struct Element<'a> {
    /// The value; `None` for a primitive that has only extensions.
    pub view: Option<View<'a>>,
    /// Id and extensions of a primitive: the member with `_` before its name.
    pub shadow: Option<View<'a>>,
    /// Its type.
    pub kind: &'static Type,
}

impl<'a> Item<'a> {
    /// The truth value this is.
    pub fn as_boolean(&self) -> Option<bool> {
        match self {
            Self::Boolean(value) => Some(*value),
            Self::Element(element) => match element.kind.primitive() {
                Some(Primitive::Boolean) => element.view?.as_bool(),
                _ => Some(true),
            },
            _ => Some(true),
        }
    }

    /// The element this is.
    pub fn element(&self) -> Option<Element<'a>> {
        match self {
            Self::Element(element) => Some(*element),
            _ => None,
        }
    }
}

impl<'a> Element<'a> {
    /// The resource itself.
    pub fn root(resource: &'a Resource) -> Self {
        Self {
            view: Some(resource.root()),
            shadow: None,
            kind: resource.kind(),
        }
    }

    /// The text of a string-like primitive.
    pub fn text(self) -> Option<Cow<'a, str>> {
        self.view?.as_str()
    }

    /// The member of a complex value, as plain text.
    pub fn member(self, name: &str) -> Option<Cow<'a, str>> {
        self.view?.get(name)?.as_str()
    }

    /// Whether the type has an element of this name.
    pub(super) fn has_element(self, name: &str) -> bool {
        match self.kind.primitive() {
            Some(_) => matches!(name, "id" | "extension"),
            None => self.kind.element(name).is_some(),
        }
    }

    /// Puts the children named `name` into `found`; a choice is asked for without its type.
    pub fn children_named(self, name: &str, found: &mut Vec<Item<'a>>) {
        if self.kind.primitive().is_some() {
            self.shadow_children(Some(name), found);
            return;
        }
        let (Some(view), Some(element)) = (self.view, self.kind.element(name)) else {
            return;
        };
        if !element.choice {
            if let Some(kind) = element.types.first() {
                let (value, shadow) = with_shadow(view, name);
                push(value, shadow, kind, found);
            }
            return;
        }
        for member in view.members() {
            let plain = member.name().trim_start_matches('_');
            if !plain.starts_with(name) {
                continue;
            }
            if let Some((known, kind)) = self.kind.property(plain)
                && std::ptr::eq(known, element)
            {
                let (value, shadow) = with_shadow(view, plain);
                push(value, shadow, kind, found);
                return;
            }
        }
    }

    /// Puts all children into `found`, in the order they are written.
    pub fn children(self, found: &mut Vec<Item<'a>>) {
        if self.kind.primitive().is_some() {
            self.shadow_children(None, found);
            return;
        }
        let Some(view) = self.view else { return };
        for member in view.members() {
            let name = member.name();
            let plain = name.trim_start_matches('_');
            let only_shadow = plain.len() < name.len();
            if only_shadow && view.get(plain).is_some() {
                continue;
            }
            if let Some((_, kind)) = self.kind.property(plain) {
                let (value, shadow) = with_shadow(view, plain);
                push(value, shadow, kind, found);
            }
        }
    }

    /// Id and extensions of a primitive.
    fn shadow_children(self, name: Option<&str>, found: &mut Vec<Item<'a>>) {
        let base = definitions::type_named("Element");
        let (Some(shadow), Some(base)) = (self.shadow, base) else {
            return;
        };
        for member in shadow.members() {
            let wanted = name.is_none_or(|name| name == member.name());
            if let (true, Some((_, kind))) = (wanted, base.property(member.name())) {
                push(Some(member), None, kind, found);
            }
        }
    }
}

/// A member and the one with `_` before its name.
fn with_shadow<'a>(view: View<'a>, name: &str) -> (Option<View<'a>>, Option<View<'a>>) {
    let (mut value, mut shadow) = (None, None);
    for member in view.members() {
        if member.name() == name {
            value = Some(member);
        } else if member.name().strip_prefix('_') == Some(name) {
            shadow = Some(member);
        }
    }
    (value, shadow)
}

fn push<'a>(
    value: Option<View<'a>>,
    shadow: Option<View<'a>>,
    kind: &TypeRef,
    found: &mut Vec<Item<'a>>,
) {
    let definition = kind.definition();
    if shadow.is_none() {
        for view in value.into_iter().flat_map(View::items) {
            found.push(Item::Element(typed(view, definition)));
        }
        return;
    }
    let mut values = value.into_iter().flat_map(View::items);
    let mut shadows = shadow.into_iter().flat_map(View::items);
    loop {
        let (value, shadow) = (values.next(), shadows.next());
        if value.is_none() && shadow.is_none() {
            return;
        }
        let view = value.filter(|view| view.kind() != Kind::Null);
        let shadow = shadow.filter(|view| view.kind() != Kind::Null);
        let kind = definition;
        found.push(Item::Element(Element { view, shadow, kind }));
    }
}

/// A contained resource has the type it names.
fn typed<'a>(view: View<'a>, kind: &'static Type) -> Element<'a> {
    let named = || definitions::resource_type(view.get("resourceType")?.as_plain()?);
    let kind = match kind.name {
        "Resource" => named().unwrap_or(kind),
        _ => kind,
    };
    let view = Some(view).filter(|view| view.kind() != Kind::Null);
    Element {
        view,
        shadow: None,
        kind,
    }
}

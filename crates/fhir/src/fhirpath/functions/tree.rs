//! Functions that know of FHIR: children, extensions, references, types.

use std::borrow::Cow;

use super::{evaluated, one};
use crate::definitions;
use crate::fhirpath::evaluate::{ITEMS_MAX, Items, Scope, boolean};
use crate::fhirpath::item::{Element, Item};
use crate::fhirpath::parser::Call;
use crate::fhirpath::types::system_name;

pub(super) fn call<'a>(
    items: &Items<'a>,
    call: &'a Call,
    scope: &Scope<'_, 'a>,
) -> Option<Result<Items<'a>, String>> {
    Some(match call.name.as_str() {
        "children" => Ok(children(items)),
        "descendants" => descendants(items),
        "extension" => extension(items, call, scope),
        "hasValue" => Ok(boolean(matches!(items.as_slice(), [one] if has_value(one)))),
        "getValue" => Ok(match items.as_slice() {
            [one] if has_value(one) => one.to_system().into_iter().collect(),
            _ => Vec::new(),
        }),
        "resolve" => Ok(items
            .iter()
            .filter_map(|item| resolve(item, scope))
            .collect()),
        "type" => Ok(items.iter().map(type_info).collect()),
        "htmlChecks" => Ok(boolean(items.iter().all(|item| {
            item.to_text()
                .is_none_or(|text| crate::validate::xhtml_problem(&text).is_none())
        }))),
        "memberOf" => member_of(items, call, scope),
        _ => return None,
    })
}

fn children<'a>(items: &Items<'a>) -> Items<'a> {
    let mut found = Vec::new();
    for element in items.iter().filter_map(Item::element) {
        element.children(&mut found);
    }
    found
}

fn descendants<'a>(items: &Items<'a>) -> Result<Items<'a>, String> {
    let mut found = children(items);
    let mut at = 0;
    while at < found.len() {
        if let Some(element) = found[at].element() {
            element.children(&mut found);
        }
        if found.len() > ITEMS_MAX {
            return Err("a collection is too large".to_owned());
        }
        at += 1;
    }
    Ok(found)
}

fn extension<'a>(
    items: &Items<'a>,
    call: &'a Call,
    scope: &Scope<'_, 'a>,
) -> Result<Items<'a>, String> {
    let url = evaluated(call, 0, scope)?;
    let Some(url) = one(&url)?.and_then(Item::to_text) else {
        return Ok(Vec::new());
    };
    let mut found = Vec::new();
    for element in items.iter().filter_map(Item::element) {
        element.children_named("extension", &mut found);
    }
    found.retain(|item| {
        item.element()
            .and_then(|element| element.member("url"))
            .as_deref()
            == Some(&url)
    });
    Ok(found)
}

fn has_value(item: &Item<'_>) -> bool {
    match item {
        Item::Element(element) => element.kind.primitive().is_some() && element.view.is_some(),
        Item::Stub(_) => false,
        _ => true,
    }
}

fn type_info<'a>(item: &Item<'a>) -> Item<'a> {
    match item {
        Item::Element(element) => Item::TypeInfo("FHIR", element.kind.name),
        Item::Stub(kind) => Item::TypeInfo("FHIR", kind.name),
        other => Item::TypeInfo("System", system_name(other)),
    }
}

/// A contained resource, or the type of a resource elsewhere; nothing when that is not known.
fn resolve<'a>(item: &Item<'a>, scope: &Scope<'_, 'a>) -> Option<Item<'a>> {
    let (text, named) = match item {
        Item::Element(element) if element.kind.name == "Reference" => {
            (element.member("reference"), element.member("type"))
        }
        other => (Some(other.to_text()?), None),
    };
    let text = text.unwrap_or(Cow::Borrowed(""));
    let root = scope.context.root_resource;
    if let Some(id) = text.strip_prefix('#') {
        return contained(root, id).map(Item::Element);
    }
    let kind = type_of_url(&text).or_else(|| definitions::resource_type(&named?));
    kind.map(Item::Stub)
}

/// The contained resource with an id; the resource itself for the empty one.
pub(crate) fn contained<'a>(root: Element<'a>, id: &str) -> Option<Element<'a>> {
    if id.is_empty() {
        return Some(root);
    }
    let mut found = Vec::new();
    root.children_named("contained", &mut found);
    found
        .iter()
        .filter_map(Item::element)
        .find(|element| element.member("id").as_deref() == Some(id))
}

/// The resource type that stands in `Patient/1`, `http://host/fhir/Patient/1/_history/2`.
fn type_of_url(text: &str) -> Option<&'static definitions::Type> {
    let text = text.split("/_history/").next().unwrap_or(text);
    let mut parts = text.rsplit('/');
    let _id = parts.next()?;
    definitions::resource_type(parts.next()?)
}

/// Whether codes are of a value set; only those of required bindings are known here.
fn member_of<'a>(
    items: &Items<'a>,
    call: &'a Call,
    scope: &Scope<'_, 'a>,
) -> Result<Items<'a>, String> {
    let url = evaluated(call, 0, scope)?;
    let url = one(&url)?.and_then(Item::to_text).unwrap_or_default();
    let name = url.rsplit('/').next().unwrap_or_default();
    let set =
        definitions::value_set(name).ok_or_else(|| format!("value set {name} is not known"))?;
    let Some(code) = one(items)?.and_then(Item::to_text) else {
        return Ok(Vec::new());
    };
    Ok(boolean(set.has_code(&code)))
}

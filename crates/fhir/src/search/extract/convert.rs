//! From an element of a resource to the values of an index, by the kind of parameter.

use std::borrow::Cow;

use super::super::value::{IndexValue, Reference, TIME_MAX, TIME_MIN};
use super::super::{ParameterKind, folded, has_chinese};
use crate::decimal::{self, Decimal};
use crate::definitions::{self, Primitive};
use crate::fhirpath::{Element, Item};
use crate::json::View;
use crate::temporal::{Temporal, TemporalKind};
use crate::ucum;

/// Longer words are cut in an index; nobody types them.
const TEXT_MAX: usize = 500;

/// Gives each value of an item to `put`.
pub(super) fn values(
    item: &Item<'_>,
    kind: ParameterKind,
    base_url: &str,
    put: &mut impl FnMut(IndexValue),
) {
    match item {
        Item::Element(element) => match kind {
            ParameterKind::Token => tokens(*element, put),
            ParameterKind::String => strings(*element, put),
            ParameterKind::Date => dates(*element, put),
            ParameterKind::Number => numbers(*element, put),
            ParameterKind::Quantity => quantities(*element, put),
            ParameterKind::Reference => {
                if let Some(reference) = reference(*element, base_url) {
                    put(IndexValue::Reference(reference));
                }
            }
            ParameterKind::Uri => {
                if let Some(uri) = element.text() {
                    put(IndexValue::Uri(uri.into_owned()));
                }
            }
            ParameterKind::Composite | ParameterKind::Special => {}
        },
        Item::Boolean(value) => put(token(None, &value.to_string(), None)),
        Item::Text(text) if kind == ParameterKind::Token => put(token(None, text, None)),
        Item::Text(text) => put(string(text)),
        _ => {}
    }
}

fn token(system: Option<&str>, code: &str, text: Option<Cow<'_, str>>) -> IndexValue {
    IndexValue::Token {
        system: system.map(str::to_owned),
        code: code.to_owned(),
        of_type: None,
        text: text.map(|text| folded(cut(&text))),
    }
}

fn tokens(element: Element<'_>, put: &mut impl FnMut(IndexValue)) {
    let Some(view) = element.view else { return };
    match element.kind.name {
        "Coding" => coding(view, None, put),
        "CodeableConcept" => {
            let text = view.get("text").and_then(View::as_str);
            let mut any = false;
            for one in view.get("coding").into_iter().flat_map(View::items) {
                any = true;
                coding(one, text.clone(), put);
            }
            if let (false, Some(text)) = (any, text) {
                put(token(None, "", Some(text)));
            }
        }
        "Identifier" => identifier(view, put),
        "ContactPoint" => {
            if let Some(value) = member(view, "value") {
                put(token(member(view, "system").as_deref(), &value, None));
            }
        }
        _ => match element.kind.primitive() {
            Some(Primitive::Boolean) => {
                if let Some(value) = view.as_bool() {
                    put(token(None, if value { "true" } else { "false" }, None));
                }
            }
            Some(_) => {
                let number = view.as_number().map(Cow::Borrowed);
                if let Some(text) = view.as_str().or(number) {
                    put(token(None, &text, None));
                }
            }
            None => {}
        },
    }
}

fn coding(view: View<'_>, text: Option<Cow<'_, str>>, put: &mut impl FnMut(IndexValue)) {
    let (system, code) = (member(view, "system"), member(view, "code"));
    let text = member(view, "display").or(text);
    if system.is_some() || code.is_some() || text.is_some() {
        put(token(system.as_deref(), &code.unwrap_or_default(), text));
    }
}

fn identifier(view: View<'_>, put: &mut impl FnMut(IndexValue)) {
    let (system, value) = (member(view, "system"), member(view, "value"));
    if system.is_none() && value.is_none() {
        return;
    }
    let value = value.unwrap_or_default();
    let kind = view.get("type");
    let text = kind.and_then(|kind| member(kind, "text"));
    let mut any = false;
    let codings = kind.and_then(|kind| kind.get("coding"));
    for one in codings.into_iter().flat_map(View::items) {
        let (of_system, of_code) = (member(one, "system"), member(one, "code"));
        let Some(of_code) = of_code else { continue };
        any = true;
        put(IndexValue::Token {
            system: system.as_deref().map(str::to_owned),
            code: value.clone().into_owned(),
            of_type: Some((
                of_system.unwrap_or_default().into_owned(),
                of_code.into_owned(),
            )),
            text: text.as_deref().map(folded),
        });
    }
    if !any {
        put(token(system.as_deref(), &value, text));
    }
}

fn strings(element: Element<'_>, put: &mut impl FnMut(IndexValue)) {
    let Some(view) = element.view else { return };
    let parts: &[&str] = match element.kind.name {
        "HumanName" => &["text", "family", "given", "prefix", "suffix"],
        "Address" => &[
            "text",
            "line",
            "city",
            "district",
            "state",
            "postalCode",
            "country",
        ],
        _ => {
            if let Some(text) = view.as_str() {
                put(string(&text));
            }
            return;
        }
    };
    for part in parts {
        for item in view.get(part).into_iter().flat_map(View::items) {
            if let Some(text) = item.as_str() {
                put(string(&text));
            }
        }
    }
    if element.kind.name == "HumanName" && view.get("text").is_none() {
        whole_name(view, put);
    }
}

/// A Chinese name in parts is also searched as a whole: 张 + 三 is 张三.
fn whole_name(view: View<'_>, put: &mut impl FnMut(IndexValue)) {
    let Some(family) = member(view, "family").filter(|family| has_chinese(family)) else {
        return;
    };
    let mut name = family.into_owned();
    for given in view.get("given").into_iter().flat_map(View::items) {
        name.push_str(&given.as_str().unwrap_or_default());
    }
    put(string(&name));
}

fn string(text: &str) -> IndexValue {
    let text = cut(text);
    let chinese = has_chinese(text);
    IndexValue::String {
        exact: text.to_owned(),
        folded: folded(text),
        pinyin: chinese.then(|| kernel::text::pinyin_key(text)),
        initials: chinese.then(|| kernel::text::pinyin_initials(text)),
    }
}

fn cut(text: &str) -> &str {
    let end = text
        .char_indices()
        .nth(TEXT_MAX)
        .map_or(text.len(), |(end, _)| end);
    &text[..end]
}

fn dates(element: Element<'_>, put: &mut impl FnMut(IndexValue)) {
    let Some(view) = element.view else { return };
    let range = |view: View<'_>| Some(Temporal::parse(view.as_plain()?)?.range());
    match element.kind.name {
        "Period" => {
            let start = view.get("start").and_then(range);
            let end = view.get("end").and_then(range);
            if start.is_some() || end.is_some() {
                put(IndexValue::Date {
                    low: start.map_or(TIME_MIN, |(low, _)| low),
                    high: end.map_or(TIME_MAX, |(_, high)| high),
                });
            }
        }
        "Timing" => {
            for event in view.get("event").into_iter().flat_map(View::items) {
                if let Some((low, high)) = range(event) {
                    put(IndexValue::Date { low, high });
                }
            }
            if let Some(bounds) = view.at(&["repeat", "boundsPeriod"]) {
                let kind = definitions::type_named("Period").unwrap_or(element.kind);
                dates(
                    Element {
                        view: Some(bounds),
                        shadow: None,
                        kind,
                    },
                    put,
                );
            }
        }
        _ => {
            let time = |moment: &Temporal| moment.kind != TemporalKind::Time;
            let moment = view.as_plain().and_then(Temporal::parse).filter(time);
            if let Some((low, high)) = moment.map(|moment| moment.range()) {
                put(IndexValue::Date { low, high });
            }
        }
    }
}

fn numbers(element: Element<'_>, put: &mut impl FnMut(IndexValue)) {
    let Some(view) = element.view else { return };
    if let Some(value) = view.as_number().and_then(decimal::double) {
        put(IndexValue::Number {
            low: value,
            high: value,
        });
    } else if element.kind.name == "Range" {
        let bound = |name| view.at(&[name, "value"]).and_then(View::as_number);
        let (low, high) = (bound("low"), bound("high"));
        if low.is_some() || high.is_some() {
            put(IndexValue::Number {
                low: low.and_then(decimal::double).unwrap_or(f64::MIN),
                high: high.and_then(decimal::double).unwrap_or(f64::MAX),
            });
        }
    } else if element.kind.is_a("Quantity")
        && let Some(value) = view
            .get("value")
            .and_then(View::as_number)
            .and_then(decimal::double)
    {
        put(IndexValue::Number {
            low: value,
            high: value,
        });
    }
}

fn quantities(element: Element<'_>, put: &mut impl FnMut(IndexValue)) {
    let Some(view) = element.view else { return };
    match element.kind.name {
        "Range" => range(view.get("low"), view.get("high"), put),
        "SampledData" => {
            let Some(origin) = view.get("origin") else {
                return;
            };
            let bound = |name| view.get(name).and_then(View::as_number);
            if let (Some(low), Some(high)) = (bound("lowerLimit"), bound("upperLimit")) {
                quantity(origin, Some(low), Some(high), put);
            } else {
                quantity(origin, origin_value(origin), origin_value(origin), put);
            }
        }
        "Money" => {
            let value = view
                .get("value")
                .and_then(View::as_number)
                .and_then(decimal::double);
            if let Some(value) = value {
                put(IndexValue::Quantity {
                    low: value,
                    high: value,
                    system: Some("urn:iso:std:iso:4217".to_owned()),
                    unit: member(view, "currency").map(Cow::into_owned),
                    canonical: None,
                });
            }
        }
        _ => {
            let value = origin_value(view);
            let (low, high) = match member(view, "comparator").as_deref() {
                Some("<" | "<=") => (None, value),
                Some(">" | ">=") => (value, None),
                _ => (value, value),
            };
            if value.is_some() {
                quantity(view, low, high, put);
            }
        }
    }
}

fn origin_value(view: View<'_>) -> Option<&str> {
    view.get("value")?.as_number()
}

fn range(low: Option<View<'_>>, high: Option<View<'_>>, put: &mut impl FnMut(IndexValue)) {
    let Some(unit) = low.or(high) else { return };
    let bound = |view: Option<View<'_>>| view.is_some_and(|view| view.get("value").is_some());
    if bound(low) || bound(high) {
        let (low, high) = (low.and_then(origin_value), high.and_then(origin_value));
        quantity(unit, low, high, put);
    }
}

/// A quantity from `low` to `high` in the unit of `of`; a bound that is missing is open.
fn quantity(of: View<'_>, low: Option<&str>, high: Option<&str>, put: &mut impl FnMut(IndexValue)) {
    let double = |text: Option<&str>, open: f64| text.and_then(decimal::double).unwrap_or(open);
    let (system, code) = (member(of, "system"), member(of, "code"));
    let unit = code.or_else(|| member(of, "unit"));
    let is_ucum = system
        .as_deref()
        .is_none_or(|system| system == ucum::SYSTEM);
    let canonical = unit.as_deref().filter(|_| is_ucum).and_then(|unit| {
        let exact = |text: Option<&str>| text.and_then(decimal::parse);
        let anywhere = ucum::quantity(Decimal::ONE, unit)?.1;
        let in_base = |value: Option<Decimal>, open: f64| match value {
            Some(value) => ucum::quantity(value, unit).map(|(value, _)| value),
            None => Some(open),
        };
        let low = in_base(exact(low), f64::MIN)?;
        Some((low, in_base(exact(high), f64::MAX)?, anywhere))
    });
    put(IndexValue::Quantity {
        low: double(low, f64::MIN),
        high: double(high, f64::MAX),
        system: system.map(Cow::into_owned),
        unit: unit.map(Cow::into_owned),
        canonical,
    });
}

fn reference(element: Element<'_>, base_url: &str) -> Option<Reference> {
    if element.kind.primitive().is_some() {
        return Some(reference_text(&element.text()?, base_url));
    }
    let view = element.view?;
    if element.kind.is_a("Resource") {
        // `Bundle.entry.resource`: the resource stands there itself.
        return None;
    }
    let text = member(view, "reference");
    let mut reference = match &text {
        Some(text) if text.starts_with('#') => return None,
        Some(text) => reference_text(text, base_url),
        None => Reference::default(),
    };
    if let Some(identifier) = view.get("identifier")
        && let Some(value) = member(identifier, "value")
    {
        let system = member(identifier, "system").map(Cow::into_owned);
        reference.identifier = Some((system, value.into_owned()));
    }
    if reference.kind.is_none() {
        reference.kind = member(view, "type").map(Cow::into_owned);
    }
    let says = text.is_some() || reference.identifier.is_some();
    says.then_some(reference)
}

/// Reads the text of a reference: local, elsewhere, canonical, `urn:`.
pub(crate) fn reference_text(text: &str, base_url: &str) -> Reference {
    let local = if base_url.is_empty() {
        None
    } else {
        text.strip_prefix(base_url)
    };
    let local = local.and_then(|rest| rest.strip_prefix('/'));
    let absolute = local.is_none() && text.contains(':');
    let path = local.unwrap_or(text);
    let (path, version) = match path.split_once("/_history/") {
        Some((path, version)) => (path, Some(version.to_owned())),
        None => (path, None),
    };
    let mut parts = path.rsplit('/');
    let id = parts.next().unwrap_or_default();
    let kind = parts.next().and_then(definitions::resource_name);
    if let (false, Some(kind), None) = (absolute, kind, parts.next()) {
        return Reference {
            target: Some((kind, id.to_owned())),
            version,
            kind: Some(kind.to_owned()),
            ..Reference::default()
        };
    }
    let (url, canonical_version) = match path.split_once('|') {
        Some((url, version)) => (url, Some(version.to_owned())),
        None => (path, None),
    };
    Reference {
        url: Some(url.to_owned()),
        version: version.or(canonical_version),
        kind: kind.map(str::to_owned),
        ..Reference::default()
    }
}

fn member<'a>(view: View<'a>, name: &str) -> Option<Cow<'a, str>> {
    view.get(name)?.as_str()
}

//! Conversions between FHIRPath's own types.

use std::borrow::Cow;

use super::one;
use crate::decimal::{self, Decimal};
use crate::fhirpath::evaluate::{Items, Scope, boolean};
use crate::fhirpath::item::Item;
use crate::fhirpath::parser::Call;
use crate::fhirpath::system::calendar_unit;
use crate::temporal::{Precision, Temporal, TemporalKind};

pub(super) fn call<'a>(
    items: &Items<'a>,
    call: &'a Call,
    scope: &Scope<'_, 'a>,
) -> Option<Result<Items<'a>, String>> {
    let name = call.name.as_str();
    if let "now" | "today" | "timeOfDay" = name {
        return Some(clock(name, scope));
    }
    let (target, asks) = match name.strip_prefix("convertsTo") {
        Some(target) => (target, true),
        None => (name.strip_prefix("to")?, false),
    };
    let known = matches!(
        target,
        "Boolean" | "Integer" | "Decimal" | "String" | "Date" | "DateTime" | "Time" | "Quantity"
    );
    if !known {
        return None;
    }
    let item = match one(items) {
        Ok(Some(item)) => item,
        Ok(None) => return Some(Ok(Vec::new())),
        Err(error) => return Some(Err(error)),
    };
    let converted = item.to_system().and_then(|value| convert(&value, target));
    Some(Ok(if asks {
        boolean(converted.is_some())
    } else {
        converted.into_iter().collect()
    }))
}

fn clock<'a>(name: &str, scope: &Scope<'_, 'a>) -> Result<Items<'a>, String> {
    let now = scope
        .context
        .now
        .ok_or_else(|| format!("{name}() is not known here"))?;
    let value = match name {
        "today" => Temporal {
            kind: TemporalKind::Date,
            precision: Precision::Day,
            zone_minutes: None,
            ..now
        },
        "timeOfDay" => Temporal {
            kind: TemporalKind::Time,
            zone_minutes: None,
            ..now
        },
        _ => now,
    };
    Ok(vec![Item::Temporal(value)])
}

fn convert<'a>(value: &Item<'a>, target: &str) -> Option<Item<'a>> {
    match target {
        "Boolean" => to_boolean(value).map(Item::Boolean),
        "Integer" => match value {
            Item::Integer(value) => Some(Item::Integer(*value)),
            Item::Boolean(value) => Some(Item::Integer(i64::from(*value))),
            Item::Text(text) => text.parse().ok().map(Item::Integer),
            _ => None,
        },
        "Decimal" => to_decimal(value).map(Item::Decimal),
        "String" => value.written().map(Item::Text),
        "Date" => match value {
            Item::Temporal(moment) if moment.kind != TemporalKind::Time => Some(Temporal {
                kind: TemporalKind::Date,
                precision: moment.precision.min(Precision::Day),
                zone_minutes: None,
                ..*moment
            }),
            Item::Text(text) => {
                Temporal::parse(text).filter(|moment| moment.kind == TemporalKind::Date)
            }
            _ => None,
        }
        .map(Item::Temporal),
        "DateTime" => match value {
            Item::Temporal(moment) if moment.kind != TemporalKind::Time => Some(*moment),
            Item::Text(text) => Temporal::parse(text),
            _ => None,
        }
        .map(|moment| {
            Item::Temporal(Temporal {
                kind: TemporalKind::DateTime,
                ..moment
            })
        }),
        "Time" => match value {
            Item::Temporal(time) if time.kind == TemporalKind::Time => Some(*time),
            Item::Text(text) => Temporal::parse_time(text),
            _ => None,
        }
        .map(Item::Temporal),
        _ => to_quantity(value),
    }
}

fn to_boolean(value: &Item<'_>) -> Option<bool> {
    match value {
        Item::Boolean(value) => Some(*value),
        Item::Integer(0) => Some(false),
        Item::Integer(1) => Some(true),
        Item::Decimal(value) if *value == Decimal::ZERO => Some(false),
        Item::Decimal(value) if *value == Decimal::ONE => Some(true),
        Item::Text(text) => match text.to_lowercase().as_str() {
            "true" | "t" | "yes" | "y" | "1" | "1.0" => Some(true),
            "false" | "f" | "no" | "n" | "0" | "0.0" => Some(false),
            _ => None,
        },
        _ => None,
    }
}

fn to_decimal(value: &Item<'_>) -> Option<Decimal> {
    match value {
        Item::Integer(value) => Some((*value).into()),
        Item::Decimal(value) => Some(*value),
        Item::Boolean(value) => Some(Decimal::from(u8::from(*value))),
        Item::Text(text) => {
            let plain = |letter: char| letter.is_ascii_digit() || "+-.".contains(letter);
            text.chars()
                .all(plain)
                .then(|| decimal::parse(text))
                .flatten()
        }
        _ => None,
    }
}

fn to_quantity<'a>(value: &Item<'a>) -> Option<Item<'a>> {
    let unit = Cow::Borrowed("1");
    match value {
        Item::Quantity(..) => Some(value.clone()),
        Item::Text(text) => {
            let (number, unit) = match text.split_once(' ') {
                Some((number, unit)) => (number, unit.trim()),
                None => (&**text, "'1'"),
            };
            let quoted = unit
                .strip_prefix('\'')
                .and_then(|unit| unit.strip_suffix('\''));
            let unit = quoted.or_else(|| calendar_unit(unit).map(|_| unit))?;
            let number = to_decimal(&Item::Text(Cow::Borrowed(number)))?;
            Some(Item::Quantity(number, Cow::Owned(unit.to_owned())))
        }
        other => to_decimal(other).map(|number| Item::Quantity(number, unit)),
    }
}

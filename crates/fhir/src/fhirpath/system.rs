//! From elements to FHIRPath's own values, and conversions between those.

use std::borrow::Cow;

use super::item::{Element, Item};
use crate::decimal::{self, Decimal};
use crate::definitions::Primitive;
use crate::temporal::{Precision, Temporal};
use crate::ucum;

impl<'a> Item<'a> {
    /// The value FHIRPath reckons with: primitives and quantities become its own types.
    pub fn to_system(&self) -> Option<Item<'a>> {
        match self {
            Item::Element(element) => element_value(*element),
            Item::Stub(_) => None,
            other => Some(other.clone()),
        }
    }

    /// The text of a string or string-like primitive.
    pub fn to_text(&self) -> Option<Cow<'a, str>> {
        match self.to_system()? {
            Item::Text(text) => Some(text),
            _ => None,
        }
    }

    /// The value as text, of any type that has one.
    pub fn written(&self) -> Option<Cow<'a, str>> {
        Some(match self.to_system()? {
            Item::Text(text) => text,
            Item::Boolean(value) => Cow::Owned(value.to_string()),
            Item::Integer(value) => Cow::Owned(value.to_string()),
            Item::Decimal(value) => Cow::Owned(value.to_string()),
            Item::Temporal(value) => Cow::Owned(value.to_string()),
            Item::Quantity(value, unit) if calendar_unit(&unit).is_some() => {
                Cow::Owned(format!("{value} {unit}"))
            }
            Item::Quantity(value, unit) => Cow::Owned(format!("{value} '{unit}'")),
            _ => return None,
        })
    }

    /// A number as a decimal.
    pub(super) fn to_number(&self) -> Option<Decimal> {
        match self.to_system()? {
            Item::Integer(value) => Some(value.into()),
            Item::Decimal(value) => Some(value),
            _ => None,
        }
    }
}

fn element_value(element: Element<'_>) -> Option<Item<'_>> {
    let view = element.view?;
    let Some(primitive) = element.kind.primitive() else {
        return element
            .kind
            .is_a("Quantity")
            .then(|| quantity(element))
            .flatten();
    };
    Some(match primitive {
        Primitive::Boolean => Item::Boolean(view.as_bool()?),
        Primitive::Integer | Primitive::PositiveInt | Primitive::UnsignedInt => {
            Item::Integer(view.as_number()?.parse().ok()?)
        }
        Primitive::Decimal => Item::Decimal(decimal::parse(view.as_number()?)?),
        Primitive::Date | Primitive::DateTime | Primitive::Instant => {
            let mut value = Temporal::parse(view.as_plain()?)?;
            if primitive != Primitive::Date {
                value.kind = crate::temporal::TemporalKind::DateTime;
            }
            Item::Temporal(value)
        }
        Primitive::Time => Item::Temporal(Temporal::parse_time(view.as_plain()?)?),
        _ => Item::Text(view.as_str()?),
    })
}

/// A FHIR quantity; UCUM codes only, else its code or unit as it stands.
fn quantity(element: Element<'_>) -> Option<Item<'_>> {
    let view = element.view?;
    let value = decimal::parse(view.get("value")?.as_number()?)?;
    let unit = view.get("code").or_else(|| view.get("unit"));
    let unit = unit
        .and_then(|unit| unit.as_str())
        .unwrap_or(Cow::Borrowed("1"));
    Some(Item::Quantity(value, unit))
}

/// The UCUM code of a calendar word, with its microseconds or months.
pub(super) fn calendar_unit(word: &str) -> Option<CalendarUnit> {
    Some(match word {
        "year" | "years" => CalendarUnit::Months(12),
        "month" | "months" => CalendarUnit::Months(1),
        "week" | "weeks" => CalendarUnit::Micros(7 * 86_400_000_000),
        "day" | "days" => CalendarUnit::Micros(86_400_000_000),
        "hour" | "hours" => CalendarUnit::Micros(3_600_000_000),
        "minute" | "minutes" => CalendarUnit::Micros(60_000_000),
        "second" | "seconds" => CalendarUnit::Micros(1_000_000),
        "millisecond" | "milliseconds" => CalendarUnit::Micros(1_000),
        _ => return None,
    })
}

/// A span of the calendar.
#[derive(Clone, Copy)]
pub(super) enum CalendarUnit {
    Months(i64),
    Micros(i64),
}

/// The UCUM code a calendar word compares as.
pub(super) fn ucum_code(unit: &str) -> &str {
    match unit {
        "year" | "years" => "a",
        "month" | "months" => "mo",
        "week" | "weeks" => "wk",
        "day" | "days" => "d",
        "hour" | "hours" => "h",
        "minute" | "minutes" => "min",
        "second" | "seconds" => "s",
        "millisecond" | "milliseconds" => "ms",
        other => other,
    }
}

/// Two quantities in one unit; `None` when they do not meet.
pub(super) fn same_unit(
    (left, left_unit): (Decimal, &str),
    (right, right_unit): (Decimal, &str),
) -> Option<(Decimal, Decimal)> {
    let (left_unit, right_unit) = (ucum_code(left_unit), ucum_code(right_unit));
    if left_unit == right_unit {
        return Some((left, right));
    }
    let (a, b) = (ucum::canonical(left_unit)?, ucum::canonical(right_unit)?);
    (a.code == b.code)
        .then(|| Some((a.exact(left)?, b.exact(right)?)))
        .flatten()
}

/// A moment moved by a quantity of time.
pub(super) fn moved(
    moment: Temporal,
    amount: Decimal,
    unit: &str,
) -> Result<Option<Temporal>, String> {
    // UCUM's days and hours have a fixed length; so have those of the calendar here.
    let word = match unit {
        "s" => "second",
        "ms" => "millisecond",
        "min" => "minute",
        "h" => "hour",
        "d" => "day",
        "wk" => "week",
        other => other,
    };
    let calendar = calendar_unit(word);
    let Some(calendar) = calendar else {
        return Err(format!("a date cannot be moved by `{unit}`"));
    };
    let integer = |value: Decimal| i64::try_from(value.trunc()).ok();
    Ok(match calendar {
        CalendarUnit::Months(months) => integer(amount).and_then(|amount| {
            let total = i64::from(moment.month).checked_add(amount.checked_mul(months)?)?;
            let total = i32::try_from(total)
                .ok()
                .filter(|total| total.abs() < 200_000)?;
            Some(moment.with_month(total)).filter(|moved| (1..=9999).contains(&moved.year))
        }),
        CalendarUnit::Micros(micros) => {
            // A part that is not known is not moved in halves: 2024 + 40 days stays within years.
            let unit_micros = match moment.precision {
                Precision::Year => 365 * 86_400_000_000,
                Precision::Month => 30 * 86_400_000_000,
                _ => 1,
            };
            let total = amount.checked_mul(micros.into()).and_then(integer);
            match (total, moment.precision) {
                (Some(total), Precision::Year) => {
                    let months = i32::try_from(total / unit_micros * 12).unwrap_or(0);
                    Some(moment.with_month(i32::from(moment.month) + months))
                }
                (Some(total), Precision::Month) => {
                    let months = i32::try_from(total / unit_micros).unwrap_or(0);
                    Some(moment.with_month(i32::from(moment.month) + months))
                }
                (Some(total), _) => moment.plus_micros(total),
                (None, _) => None,
            }
        }
    })
}

//! Operators on collections.

use std::borrow::Cow;
use std::cmp::Ordering;
use std::collections::HashSet;

use super::evaluate::{Items, boolean};
use super::item::{Element, Item};
use super::parser::Operator;
use super::system::{moved, same_unit};
use crate::decimal::Decimal;
use crate::json::{Kind, View};

pub(super) fn logic(operator: Operator, left: Option<bool>, right: Option<bool>) -> Option<bool> {
    match (operator, left, right) {
        (Operator::And, Some(true), Some(true)) => Some(true),
        (Operator::And, Some(false), _) | (Operator::And, _, Some(false)) => Some(false),
        (Operator::Or, Some(false), Some(false)) => Some(false),
        (Operator::Or, Some(true), _) | (Operator::Or, _, Some(true)) => Some(true),
        (Operator::Xor, Some(left), Some(right)) => Some(left != right),
        (Operator::Implies, Some(false), _) | (Operator::Implies, _, Some(true)) => Some(true),
        (Operator::Implies, Some(true), right) => right,
        _ => None,
    }
}

pub(super) fn apply<'a>(
    operator: Operator,
    left: Items<'a>,
    right: Items<'a>,
) -> Result<Items<'a>, String> {
    match operator {
        Operator::Equal => Ok(optional(equal(&left, &right))),
        Operator::NotEqual => Ok(optional(equal(&left, &right).map(|same| !same))),
        Operator::Equivalent => Ok(boolean(equivalent(&left, &right))),
        Operator::NotEquivalent => Ok(boolean(!equivalent(&left, &right))),
        Operator::Union => {
            let mut all = left;
            all.extend(right);
            distinct(all)
        }
        Operator::In => member(&left, &right),
        Operator::Contains => member(&right, &left),
        Operator::Less | Operator::LessOrEqual | Operator::Greater | Operator::GreaterOrEqual => {
            order(operator, &left, &right)
        }
        Operator::Concatenate => concatenate(&left, &right),
        _ => arithmetic(operator, &left, &right),
    }
}

fn optional<'a>(answer: Option<bool>) -> Items<'a> {
    answer.map(Item::Boolean).into_iter().collect()
}

fn single<'i, 'a>(items: &'i [Item<'a>]) -> Result<Option<&'i Item<'a>>, String> {
    match items {
        [] => Ok(None),
        [one] => Ok(Some(one)),
        _ => Err("one item is expected, not several".to_owned()),
    }
}

fn member<'a>(one: &[Item<'a>], many: &[Item<'a>]) -> Result<Items<'a>, String> {
    let Some(one) = single(one)? else {
        return Ok(Vec::new());
    };
    Ok(boolean(
        many.iter().any(|other| same(one, other) == Some(true)),
    ))
}

/// How many pairs of items one operation may compare.
const PAIRS_MAX: usize = 10_000_000;

/// Refuses to compare each of so many items with each of so many others.
pub(super) fn affordable(left: usize, right: usize) -> Result<(), String> {
    if left.saturating_mul(right) > PAIRS_MAX {
        return Err("too many items to compare".to_owned());
    }
    Ok(())
}

pub(super) fn distinct(items: Items<'_>) -> Result<Items<'_>, String> {
    let texts: Option<Vec<Cow<'_, str>>> = items.iter().map(Item::to_text).collect();
    if let Some(texts) = texts {
        let mut known = HashSet::with_capacity(texts.len());
        let mut fresh = texts.into_iter().map(|text| known.insert(text));
        return Ok(items
            .into_iter()
            .filter(|_| fresh.next() == Some(true))
            .collect());
    }
    affordable(items.len(), items.len())?;
    let mut kept: Items<'_> = Vec::with_capacity(items.len());
    for item in items {
        if !kept.iter().any(|known| same(known, &item) == Some(true)) {
            kept.push(item);
        }
    }
    Ok(kept)
}

/// `=` on collections: `None` when one is empty.
pub(super) fn equal(left: &[Item<'_>], right: &[Item<'_>]) -> Option<bool> {
    if left.is_empty() || right.is_empty() {
        return None;
    }
    if left.len() != right.len() {
        return Some(false);
    }
    let mut answer = Some(true);
    for (left, right) in left.iter().zip(right) {
        match same(left, right) {
            Some(true) => {}
            Some(false) => return Some(false),
            None => answer = None,
        }
    }
    answer
}

/// `=` on two items: `None` when precision leaves it open.
pub(super) fn same(left: &Item<'_>, right: &Item<'_>) -> Option<bool> {
    if let (Item::Element(left), Item::Element(right)) = (left, right)
        && (left.kind.primitive().is_none() || right.kind.primitive().is_none())
        && !(left.kind.is_a("Quantity") && right.kind.is_a("Quantity"))
    {
        return Some(same_element(*left, *right));
    }
    let (Some(left), Some(right)) = (left.to_system(), right.to_system()) else {
        return Some(false);
    };
    match (&left, &right) {
        (Item::Boolean(left), Item::Boolean(right)) => Some(left == right),
        (Item::Text(left), Item::Text(right)) => Some(left == right),
        (Item::Temporal(left), Item::Temporal(right)) => {
            if (left.kind == crate::temporal::TemporalKind::Time)
                != (right.kind == crate::temporal::TemporalKind::Time)
            {
                return Some(false);
            }
            left.compare(right).map(Ordering::is_eq)
        }
        (Item::Temporal(moment), Item::Text(text)) | (Item::Text(text), Item::Temporal(moment)) => {
            let other = crate::temporal::Temporal::parse(text);
            other.map_or(Some(false), |other| {
                moment.compare(&other).map(Ordering::is_eq)
            })
        }
        (Item::Quantity(left, a), Item::Quantity(right, b)) => {
            same_unit((*left, a), (*right, b)).map(|(left, right)| left == right)
        }
        (Item::TypeInfo(a, b), Item::TypeInfo(c, d)) => Some(a == c && b == d),
        _ => Some(match (left.to_number(), right.to_number()) {
            (Some(left), Some(right)) => left == right,
            _ => false,
        }),
    }
}

fn same_element(left: Element<'_>, right: Element<'_>) -> bool {
    match (left.view, right.view) {
        (Some(left), Some(right)) => same_json(left, right),
        (None, None) => true,
        _ => false,
    }
}

/// Whether two JSON values say the same, numbers by value, members in any order.
pub(crate) fn same_json(left: View<'_>, right: View<'_>) -> bool {
    match (left.kind(), right.kind()) {
        (Kind::Object, Kind::Object) => {
            left.members().count() == right.members().count()
                && left.members().all(|member| {
                    right
                        .get(member.name())
                        .is_some_and(|other| same_json(member, other))
                })
        }
        (Kind::Array, Kind::Array) => {
            left.items().count() == right.items().count()
                && left
                    .items()
                    .zip(right.items())
                    .all(|(left, right)| same_json(left, right))
        }
        (Kind::String, Kind::String) => left.as_str() == right.as_str(),
        (Kind::Number, Kind::Number) => {
            let value = |view: View<'_>| view.as_number().and_then(crate::decimal::parse);
            match (value(left), value(right)) {
                (Some(left), Some(right)) => left == right,
                _ => left.raw() == right.raw(),
            }
        }
        (left, right) => left == right,
    }
}

/// `~` on collections: any order, case and blanks of texts aside.
fn equivalent(left: &[Item<'_>], right: &[Item<'_>]) -> bool {
    if left.len() != right.len() {
        return false;
    }
    let mut rest: Vec<&Item<'_>> = right.iter().collect();
    left.iter().all(|item| {
        let found = rest.iter().position(|other| alike(item, other));
        found.map(|index| rest.swap_remove(index)).is_some()
    })
}

fn alike(left: &Item<'_>, right: &Item<'_>) -> bool {
    let (Some(a), Some(b)) = (left.to_system(), right.to_system()) else {
        return same(left, right) == Some(true);
    };
    match (&a, &b) {
        (Item::Text(a), Item::Text(b)) => {
            let folded = |text: &str| {
                let words: Vec<String> = text.split_whitespace().map(str::to_lowercase).collect();
                words.join(" ")
            };
            folded(a) == folded(b)
        }
        (Item::Temporal(a), Item::Temporal(b)) => {
            let fine = |precision| precision == crate::temporal::Precision::Fraction;
            let level = a.precision == b.precision || (fine(a.precision) != fine(b.precision));
            level && a.compare(b) == Some(Ordering::Equal)
        }
        (Item::Quantity(a, unit), Item::Quantity(b, other)) => {
            same_unit((*a, unit), (*b, other)).is_some_and(|(a, b)| nearly(a, b))
        }
        _ => match (a.to_number(), b.to_number()) {
            (Some(a), Some(b)) => nearly(a, b),
            _ => same(left, right) == Some(true),
        },
    }
}

/// Equal at the coarser of two precisions.
fn nearly(left: Decimal, right: Decimal) -> bool {
    let places = left.normalize().scale().min(right.normalize().scale());
    left.round_dp(places) == right.round_dp(places)
}

fn order<'a>(
    operator: Operator,
    left: &[Item<'a>],
    right: &[Item<'a>],
) -> Result<Items<'a>, String> {
    let (Some(left), Some(right)) = (single(left)?, single(right)?) else {
        return Ok(Vec::new());
    };
    let (Some(left), Some(right)) = (left.to_system(), right.to_system()) else {
        return Err("these cannot be put in order".to_owned());
    };
    let ordering = match (&left, &right) {
        (Item::Text(left), Item::Text(right)) => Some(left.cmp(right)),
        (Item::Temporal(left), Item::Temporal(right)) => {
            if (left.kind == crate::temporal::TemporalKind::Time)
                != (right.kind == crate::temporal::TemporalKind::Time)
            {
                return Err("a time of day and a date cannot be put in order".to_owned());
            }
            left.compare(right)
        }
        (Item::Quantity(left, a), Item::Quantity(right, b)) => {
            same_unit((*left, a), (*right, b)).map(|(left, right)| left.cmp(&right))
        }
        _ => match (left.to_number(), right.to_number()) {
            (Some(left), Some(right)) => Some(left.cmp(&right)),
            _ => return Err("values of different types cannot be put in order".to_owned()),
        },
    };
    Ok(optional(ordering.map(|ordering| match operator {
        Operator::Less => ordering.is_lt(),
        Operator::LessOrEqual => ordering.is_le(),
        Operator::Greater => ordering.is_gt(),
        _ => ordering.is_ge(),
    })))
}

fn concatenate<'a>(left: &[Item<'a>], right: &[Item<'a>]) -> Result<Items<'a>, String> {
    let part = |items: &[Item<'a>]| -> Result<String, String> {
        match single(items)? {
            None => Ok(String::new()),
            Some(one) => {
                let text = one.to_text().ok_or("`&` joins texts")?;
                Ok(text.into_owned())
            }
        }
    };
    let text = part(left)? + &part(right)?;
    Ok(vec![Item::Text(Cow::Owned(text))])
}

fn arithmetic<'a>(
    operator: Operator,
    left: &[Item<'a>],
    right: &[Item<'a>],
) -> Result<Items<'a>, String> {
    let (Some(left), Some(right)) = (single(left)?, single(right)?) else {
        return Ok(Vec::new());
    };
    let (Some(left), Some(right)) = (left.to_system(), right.to_system()) else {
        return Err("this is nothing to reckon with".to_owned());
    };
    let answer = match (operator, &left, &right) {
        (Operator::Plus, Item::Text(left), Item::Text(right)) => {
            Some(Item::Text(Cow::Owned(format!("{left}{right}"))))
        }
        (Operator::Plus, Item::Temporal(moment), Item::Quantity(amount, unit)) => {
            moved(*moment, *amount, unit)?.map(Item::Temporal)
        }
        (Operator::Minus, Item::Temporal(moment), Item::Quantity(amount, unit)) => {
            moved(*moment, -*amount, unit)?.map(Item::Temporal)
        }
        (_, Item::Quantity(left, a), Item::Quantity(right, b)) => {
            quantities(operator, (*left, a), (*right, b))
        }
        (_, Item::Integer(left), Item::Integer(right)) if operator != Operator::Divide => {
            integers(operator, *left, *right)
        }
        (_, Item::Quantity(value, unit), other)
            if operator == Operator::Times || operator == Operator::Divide =>
        {
            let other = other
                .to_number()
                .ok_or("a quantity and this cannot be multiplied")?;
            decimals(operator, *value, other).map(|value| Item::Quantity(value, unit.clone()))
        }
        _ => match (left.to_number(), right.to_number()) {
            (Some(left), Some(right)) => match operator {
                Operator::Div => left.checked_div(right).map(|quotient| {
                    i64::try_from(quotient.trunc()).map_or(Item::Decimal(quotient), Item::Integer)
                }),
                _ => decimals(operator, left, right).map(Item::Decimal),
            },
            _ => return Err("these cannot be reckoned with".to_owned()),
        },
    };
    Ok(answer.into_iter().collect())
}

fn integers<'a>(operator: Operator, left: i64, right: i64) -> Option<Item<'a>> {
    let value = match operator {
        Operator::Plus => left.checked_add(right),
        Operator::Minus => left.checked_sub(right),
        Operator::Times => left.checked_mul(right),
        Operator::Div => left.checked_div(right),
        Operator::Mod => left.checked_rem(right),
        _ => None,
    };
    value.map(Item::Integer)
}

fn decimals(operator: Operator, left: Decimal, right: Decimal) -> Option<Decimal> {
    match operator {
        Operator::Plus => left.checked_add(right),
        Operator::Minus => left.checked_sub(right),
        Operator::Times => left.checked_mul(right),
        Operator::Divide => left.checked_div(right),
        Operator::Mod => left.checked_rem(right),
        _ => None,
    }
}

fn quantities<'a>(
    operator: Operator,
    (left, a): (Decimal, &Cow<'a, str>),
    (right, b): (Decimal, &Cow<'a, str>),
) -> Option<Item<'a>> {
    match operator {
        Operator::Plus | Operator::Minus if a == b => {
            Some(Item::Quantity(decimals(operator, left, right)?, a.clone()))
        }
        Operator::Plus | Operator::Minus => {
            let (one, other) = (crate::ucum::canonical(a)?, crate::ucum::canonical(b)?);
            let (left, right) = (one.exact(left)?, other.exact(right)?);
            let fits = one.code == other.code;
            let value = decimals(operator, left, right).filter(|_| fits)?;
            Some(Item::Quantity(value, Cow::Owned(one.code)))
        }
        Operator::Times => {
            let value = left.checked_mul(right)?;
            Some(Item::Quantity(value, product(a, b, '.')))
        }
        Operator::Divide => {
            let value = left.checked_div(right)?;
            Some(Item::Quantity(value, product(a, b, '/')))
        }
        _ => None,
    }
}

fn product<'a>(left: &str, right: &str, mark: char) -> Cow<'a, str> {
    Cow::Owned(match (left, right) {
        (left, "1") => left.to_owned(),
        ("1", right) if mark == '.' => right.to_owned(),
        (left, right) if left == right && mark == '/' => "1".to_owned(),
        (left, right) if left == right => format!("{left}2"),
        _ => format!("{left}{mark}{right}"),
    })
}

pub(super) fn negate<'a>(items: &[Item<'a>]) -> Result<Items<'a>, String> {
    let Some(one) = single(items)? else {
        return Ok(Vec::new());
    };
    let negative = match one.to_system() {
        Some(Item::Integer(value)) => value.checked_neg().map(Item::Integer),
        Some(Item::Decimal(value)) => Some(Item::Decimal(-value)),
        Some(Item::Quantity(value, unit)) => Some(Item::Quantity(-value, unit)),
        _ => return Err("only numbers have a sign".to_owned()),
    };
    Ok(negative.into_iter().collect())
}

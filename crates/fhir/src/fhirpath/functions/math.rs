//! Functions on numbers.

use rust_decimal::{MathematicalOps as _, RoundingStrategy};

use super::{evaluated, integer_argument, one};
use crate::decimal::Decimal;
use crate::fhirpath::evaluate::{Items, Scope};
use crate::fhirpath::item::Item;
use crate::fhirpath::parser::Call;

/// Larger powers overflow every type there is.
const EXPONENT_MAX: i64 = 1_000;

pub(super) fn call<'a>(
    items: &Items<'a>,
    call: &'a Call,
    scope: &Scope<'_, 'a>,
) -> Option<Result<Items<'a>, String>> {
    let known = matches!(
        call.name.as_str(),
        "abs"
            | "ceiling"
            | "exp"
            | "floor"
            | "ln"
            | "log"
            | "power"
            | "round"
            | "sqrt"
            | "truncate"
    );
    known.then(|| reckon(items, call, scope).map(|answer| answer.into_iter().collect()))
}

fn reckon<'a>(
    items: &Items<'a>,
    call: &'a Call,
    scope: &Scope<'_, 'a>,
) -> Result<Option<Item<'a>>, String> {
    let Some(value) = one(items)?.and_then(Item::to_system) else {
        return Ok(None);
    };
    if let (Item::Quantity(value, unit), "abs") = (&value, call.name.as_str()) {
        return Ok(Some(Item::Quantity(value.abs(), unit.clone())));
    }
    let number = value
        .to_number()
        .ok_or_else(|| format!("{}() takes a number", call.name))?;
    let whole = |value: Decimal| i64::try_from(value).ok().map(Item::Integer);
    Ok(match call.name.as_str() {
        "abs" => match value {
            Item::Integer(value) => value.checked_abs().map(Item::Integer),
            _ => Some(Item::Decimal(number.abs())),
        },
        "ceiling" => whole(number.ceil()),
        "floor" => whole(number.floor()),
        "truncate" => whole(number.trunc()),
        "exp" => number.checked_exp().map(Item::Decimal),
        "ln" => number.checked_ln().map(Item::Decimal),
        "sqrt" => number.sqrt().map(Item::Decimal),
        "round" => {
            let places = match call.arguments.is_empty() {
                true => 0,
                false => integer_argument(call, 0, scope)?.unwrap_or(0),
            };
            let places = u32::try_from(places).map_err(|_| "round() takes no negative places")?;
            let strategy = RoundingStrategy::MidpointAwayFromZero;
            Some(Item::Decimal(
                number.round_dp_with_strategy(places, strategy),
            ))
        }
        "log" => {
            let base = evaluated(call, 0, scope)?;
            let base = one(&base)?.and_then(Item::to_number);
            let quotient = || number.checked_ln()?.checked_div(base?.checked_ln()?);
            quotient().map(|value| Item::Decimal(value.round_dp(15)))
        }
        _ => {
            let exponent = evaluated(call, 0, scope)?;
            one(&exponent)?.and_then(|exponent| power(&value, number, exponent))
        }
    })
}

fn power<'a>(value: &Item<'a>, number: Decimal, exponent: &Item<'a>) -> Option<Item<'a>> {
    match (value, exponent.to_system()?) {
        (Item::Integer(base), Item::Integer(exponent)) if exponent >= 0 => base
            .checked_pow(u32::try_from(exponent).ok()?)
            .map(Item::Integer),
        (_, Item::Integer(exponent)) if exponent.abs() <= EXPONENT_MAX => {
            number.checked_powi(exponent).map(Item::Decimal)
        }
        (_, exponent) => {
            let exponent = exponent
                .to_number()
                .filter(|exponent| exponent.abs() < Decimal::from(64) && number >= Decimal::ZERO)?;
            number.checked_powd(exponent).map(Item::Decimal)
        }
    }
}

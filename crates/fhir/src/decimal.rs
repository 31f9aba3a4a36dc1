//! Exact decimals, and the range a written number stands for.

pub use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive as _;

/// Reads a JSON number exactly; `None` beyond 28 digits or very large exponents.
pub fn parse(text: &str) -> Option<Decimal> {
    if text.contains(['e', 'E']) {
        Decimal::from_scientific(text).ok()
    } else {
        Decimal::from_str_exact(text).ok()
    }
}

/// The nearest double, for an index that compares.
pub fn to_double(value: Decimal) -> f64 {
    value.to_f64().unwrap_or_default()
}

/// The number written as `text` as a double; correct for exponents a [`Decimal`] does not hold.
pub fn double(text: &str) -> Option<f64> {
    text.parse().ok().filter(|value: &f64| value.is_finite())
}

/// Half a unit of the last digit written: 0.05 for `1.2`, 0.5 for `100`, 50 for `1e2`.
pub fn half_unit(text: &str) -> Option<Decimal> {
    let (mantissa, exponent) = text.split_once(['e', 'E']).unwrap_or((text, "0"));
    let exponent: i32 = exponent.parse().ok()?;
    let places = mantissa
        .split_once('.')
        .map_or(0, |(_, fraction)| fraction.len());
    let power = exponent.checked_sub(i32::try_from(places).ok()?)?;
    power_of_ten(power)?.checked_mul(Decimal::new(5, 1))
}

/// `10^power`, where a [`Decimal`] holds it.
pub fn power_of_ten(power: i32) -> Option<Decimal> {
    if power < 0 {
        let scale = power.unsigned_abs();
        (scale <= Decimal::MAX_SCALE).then(|| Decimal::new(1, scale))
    } else {
        10_i128
            .checked_pow(power.unsigned_abs())
            .and_then(|value| Decimal::try_from_i128_with_scale(value, 0).ok())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn written_precision_gives_the_range() {
        for (text, half) in [
            ("1.2", "0.05"),
            ("100", "0.5"),
            ("1e2", "50"),
            ("1.00", "0.005"),
        ] {
            assert_eq!(half_unit(text), parse(half), "{text}");
        }
        assert_eq!(
            parse("1.0E-2").map(|value| value.to_string()).as_deref(),
            Some("0.010")
        );
    }
}

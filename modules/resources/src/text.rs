//! Texts and numbers that people type, checked once at the edge.

use kernel::{Error, Money, Result};

/// Letters of a code or a bed number.
const CODE_LENGTH_MAX: usize = 32;
/// Letters of a name.
const NAME_LENGTH_MAX: usize = 100;
/// Letters of a remark.
const NOTE_LENGTH_MAX: usize = 500;
/// The highest price of one place, in 分: a million yuan is a typing error.
const PRICE_FEN_MAX: i64 = 100_000_000;

/// A short code: folded, not empty.
pub(crate) fn code(field: &'static str, text: &str) -> Result<String> {
    bounded(field, &kernel::text::fold(text), CODE_LENGTH_MAX)
}

/// A name: tidied, not empty.
pub(crate) fn name(field: &'static str, text: &str) -> Result<String> {
    bounded(field, text, NAME_LENGTH_MAX)
}

/// A reason or remark: tidied, not empty.
pub(crate) fn note(field: &'static str, text: &str) -> Result<String> {
    bounded(field, text, NOTE_LENGTH_MAX)
}

/// A price that is one.
pub(crate) fn price(price: Money) -> Result<()> {
    crate::rules::require_range("price", price.as_fen(), 0, PRICE_FEN_MAX)
}

/// A time of day such as `08:00`, as minutes since midnight; `24:00` ends a day.
pub(crate) fn day_minutes(field: &'static str, text: &str) -> Result<i64> {
    let folded = kernel::text::fold(text);
    let parsed = folded.split_once(':').and_then(|(hour, minute)| {
        let shaped = (1..=2).contains(&hour.len()) && minute.len() == 2;
        let digits = hour
            .bytes()
            .chain(minute.bytes())
            .all(|byte| byte.is_ascii_digit());
        let (hour, minute) = (hour.parse::<i64>().ok()?, minute.parse::<i64>().ok()?);
        let fits = minute < 60 && (hour < 24 || (hour == 24 && minute == 0));
        (shaped && digits && fits).then_some(hour * 60 + minute)
    });
    parsed.ok_or_else(|| {
        Error::invalid(
            "resources.time-of-day",
            field,
            "a time of day is written 08:00, up to 24:00",
        )
    })
}

fn bounded(field: &'static str, text: &str, length_max: usize) -> Result<String> {
    let folded = kernel::text::tidy(text);
    let length = folded.chars().count();
    if length == 0 {
        let detail = format!("{field} must not be empty");
        return Err(Error::invalid("resources.empty", field, detail)
            .with(serde_json::json!({ "field": field })));
    }
    if length > length_max || folded.contains(char::is_control) {
        let detail =
            format!("{field} has at most {length_max} characters, and no control characters");
        return Err(Error::invalid("resources.text", field, detail)
            .with(serde_json::json!({ "field": field, "length_max": length_max })));
    }
    Ok(folded)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_of_day_are_strict() {
        assert_eq!(day_minutes("start", "08:05").unwrap(), 485);
        assert_eq!(day_minutes("start", "８：３０").unwrap(), 510);
        assert_eq!(day_minutes("end", "24:00").unwrap(), 1440);
        for wrong in ["8", "25:00", "08:60", "24:01", "08:5", "-1:00", "+8:00", ""] {
            assert_eq!(
                day_minutes("start", wrong).unwrap_err().code(),
                "resources.time-of-day",
                "{wrong}"
            );
        }
    }

    #[test]
    fn blank_and_endless_texts_are_refused() {
        assert_eq!(name("name", "　 ").unwrap_err().code(), "resources.empty");
        assert_eq!(
            name("name", &"床".repeat(101)).unwrap_err().code(),
            "resources.text"
        );
        assert_eq!(code("code", " ０１ ").unwrap(), "01");
    }
}

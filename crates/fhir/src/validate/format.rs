//! Formats of primitive values.

use super::xhtml_problem;
use crate::definitions::Primitive;
use crate::json::{Kind, View};
use crate::temporal::{Precision, Temporal, TemporalKind};

/// What is wrong with a primitive value.
pub(super) fn problem(primitive: Primitive, view: View<'_>) -> Option<&'static str> {
    match primitive {
        Primitive::Boolean => view
            .as_bool()
            .is_none()
            .then_some("a boolean is true or false"),
        Primitive::Integer => integer(view, i32::MIN.into(), "an integer has 32 bits"),
        Primitive::UnsignedInt => integer(view, 0, "an unsignedInt is a whole number from 0 up"),
        Primitive::PositiveInt => integer(view, 1, "a positiveInt is a whole number from 1 up"),
        Primitive::Decimal => (view.kind() != Kind::Number).then_some("a decimal is a number"),
        _ => text_problem(primitive, view),
    }
}

fn integer(view: View<'_>, min: i64, problem: &'static str) -> Option<&'static str> {
    let value: Option<i64> = view.as_number().and_then(|text| text.parse().ok());
    let fits = value.is_some_and(|value| (min..=i32::MAX.into()).contains(&value));
    (!fits).then_some(problem)
}

fn text_problem(primitive: Primitive, view: View<'_>) -> Option<&'static str> {
    let Some(text) = view.as_str() else {
        return Some("this is a text in quotes");
    };
    let text = &*text;
    if text.is_empty() {
        return Some("a text is not empty; leave the element out");
    }
    let (fits, problem) = match primitive {
        Primitive::Code => (
            is_code(text),
            "a code has no blanks around it and single ones within",
        ),
        Primitive::Id => (is_id(text), "an id has up to 64 letters, digits, - and ."),
        Primitive::Uri | Primitive::Url | Primitive::Canonical => {
            (!text.contains(char::is_whitespace), "a URI has no blanks")
        }
        Primitive::Oid => (is_oid(text), "an oid is urn:oid: and numbers with dots"),
        Primitive::Uuid => (
            is_uuid(text),
            "a uuid is urn:uuid: and 36 hexadecimal digits",
        ),
        Primitive::Date => (is_date(text), "this is no date that exists"),
        Primitive::DateTime => (
            is_date_time(text),
            "this is no moment that exists, or lacks its zone",
        ),
        Primitive::Instant => (
            is_instant(text),
            "an instant has seconds and a zone, and exists",
        ),
        Primitive::Time => {
            let full = |time: Temporal| time.precision >= Precision::Second;
            (
                Temporal::parse_time(text).is_some_and(full),
                "a time is hh:mm:ss",
            )
        }
        Primitive::Base64Binary => (is_base64(text), "this is not base64"),
        Primitive::Xhtml => return xhtml_problem(text),
        _ => return None,
    };
    (!fits).then_some(problem)
}

fn is_code(text: &str) -> bool {
    let mut before = ' ';
    for letter in text.chars() {
        if letter.is_whitespace() && before.is_whitespace() {
            return false;
        }
        before = letter;
    }
    !before.is_whitespace()
}

/// Whether a text can be a logical id.
pub(crate) fn is_id(text: &str) -> bool {
    (1..=64).contains(&text.len())
        && text
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.'))
}

fn is_oid(text: &str) -> bool {
    let Some(numbers) = text.strip_prefix("urn:oid:") else {
        return false;
    };
    let whole = |number: &str| {
        !number.is_empty()
            && number.bytes().all(|byte| byte.is_ascii_digit())
            && (number == "0" || !number.starts_with('0'))
    };
    numbers.starts_with(['0', '1', '2']) && numbers.contains('.') && numbers.split('.').all(whole)
}

fn is_uuid(text: &str) -> bool {
    let Some(digits) = text.strip_prefix("urn:uuid:") else {
        return false;
    };
    let groups: Vec<&str> = digits.split('-').collect();
    let lengths: Vec<usize> = groups.iter().map(|group| group.len()).collect();
    lengths == [8, 4, 4, 4, 12]
        && digits
            .bytes()
            .all(|byte| byte == b'-' || byte.is_ascii_hexdigit())
}

fn is_date(text: &str) -> bool {
    !text.contains('T') && Temporal::parse(text).is_some()
}

fn is_date_time(text: &str) -> bool {
    Temporal::parse(text).is_some_and(|moment| {
        if moment.kind == TemporalKind::Date {
            return true;
        }
        moment.precision >= Precision::Second && moment.zone_minutes.is_some()
    })
}

fn is_instant(text: &str) -> bool {
    text.contains('T') && is_date_time(text)
}

fn is_base64(text: &str) -> bool {
    let mut count = 0_usize;
    let mut padding = 0_usize;
    for byte in text.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'+' | b'/' if padding == 0 => count += 1,
            b'=' => padding += 1,
            b' ' | b'\r' | b'\n' | b'\t' => {}
            _ => return false,
        }
    }
    padding <= 2 && (count + padding).is_multiple_of(4)
}

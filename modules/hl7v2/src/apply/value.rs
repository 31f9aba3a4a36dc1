//! The value of a result (OBX-2, OBX-5 to OBX-7) as FHIR. Numbers stay as they are written: 5.60 is
//! not 5.6.

use std::str::FromStr;

use hl7v2::unescape;
use kernel::Result;
use rust_decimal::Decimal;
use serde_json::{Value, json};

use super::{Applied, Work, refuse};

const UCUM: &str = "http://unitsofmeasure.org";

/// A resource with members that are text of JSON already.
pub(super) struct Spliced {
    body: Value,
    parts: Vec<(&'static str, String)>,
}

impl Spliced {
    pub(super) fn new(body: Value) -> Self {
        Self {
            body,
            parts: Vec::new(),
        }
    }

    /// Puts an amount in, with the digits it came with and its unit as it is written.
    pub(super) fn amount(&mut self, name: &'static str, number: &str, unit: Option<&str>) {
        let rest = unit.map_or_else(|| json!({}), |unit| json!({ "unit": unit }));
        self.parts.push((name, with_number(number, &rest)));
    }

    /// The text of the whole.
    pub(super) fn text(&self) -> String {
        let mut text = self.body.to_string();
        text.pop();
        for (name, part) in &self.parts {
            text = text + ",\"" + name + "\":" + part;
        }
        text + "}"
    }
}

/// Puts the value in.
pub(super) fn put(
    work: Work<'_>,
    index: usize,
    spliced: &mut Spliced,
    applied: &mut Applied,
) -> Result<()> {
    let kind = work.part(index, 2, 1).unwrap_or_default();
    let Some(first) = work.part(index, 5, 1).or_else(|| work.part(index, 5, 2)) else {
        spliced.body["dataAbsentReason"] = absent("unknown");
        return Ok(());
    };
    match kind.as_str() {
        "NM" => match number(&first) {
            Some(number) => quantity(work, index, &number, None, spliced, applied),
            None => spliced.body["valueString"] = json!(first),
        },
        "SN" => structured(work, index, spliced, applied),
        "CE" | "CWE" | "CNE" | "IS" | "CF" => {
            let concept = work.concept(index, 5, applied);
            spliced.body["valueCodeableConcept"] =
                concept.unwrap_or_else(|| json!({ "text": first }));
        }
        "DT" | "TS" | "DTM" => {
            let Some(time) = work.time(&first) else {
                let detail =
                    "this is no time that a calendar and a clock have: YYYYMMDDHHMMSS+ZZZZ";
                return Err(refuse("hl7.time", &work.at(index, 5), detail));
            };
            spliced.body["valueDateTime"] = json!(time.fhir());
        }
        "ED" | "RP" => {
            applied.note("hl7.attachment-kept", None);
            spliced.body["dataAbsentReason"] = absent("unsupported");
        }
        _ => spliced.body["valueString"] = json!(text(work, index)),
    }
    Ok(())
}

fn absent(code: &str) -> Value {
    let system = "http://terminology.hl7.org/CodeSystem/data-absent-reason";
    json!({ "coding": [{ "system": system, "code": code }] })
}

/// Repetitions of a text are its lines.
pub(super) fn text(work: Work<'_>, index: usize) -> String {
    let separators = &work.message.separators;
    let field = work.segment(index).field(separators, 5);
    let lines = field
        .split(separators.repetition)
        .map(|line| unescape(line, separators));
    lines.collect::<Vec<_>>().join("\n").trim().to_owned()
}

/// `<^10`, `^1^:^128`: a comparator with one number is a quantity, anything else a text.
fn structured(work: Work<'_>, index: usize, spliced: &mut Spliced, applied: &mut Applied) {
    let part = |component| work.part(index, 5, component);
    let comparator = part(1).filter(|sign| matches!(sign.as_str(), "<" | "<=" | ">" | ">="));
    let known = part(1).is_none() || comparator.is_some() || part(1).as_deref() == Some("=");
    let alone = part(3).is_none() && part(4).is_none();
    match part(2).as_deref().and_then(number) {
        Some(number) if known && alone => {
            quantity(
                work,
                index,
                &number,
                comparator.as_deref(),
                spliced,
                applied,
            );
        }
        _ => {
            let parts: Vec<String> = (1..=4).filter_map(part).collect();
            spliced.body["valueString"] = json!(parts.join(""));
        }
    }
}

fn quantity(
    work: Work<'_>,
    index: usize,
    number: &str,
    comparator: Option<&str>,
    spliced: &mut Spliced,
    applied: &mut Applied,
) {
    let mut rest = unit(work, index, applied);
    if let Some(comparator) = comparator {
        rest["comparator"] = json!(comparator);
    }
    spliced
        .parts
        .push(("valueQuantity", with_number(number, &rest)));
}

fn with_number(number: &str, rest: &Value) -> String {
    let rest = rest.to_string();
    let rest = rest.trim_start_matches('{').trim_end_matches('}');
    let comma = if rest.is_empty() { "" } else { "," };
    format!("{{\"value\":{number}{comma}{rest}}}")
}

fn unit(work: Work<'_>, index: usize, applied: &mut Applied) -> Value {
    let Some(first) = work.part(index, 6, 1) else {
        return json!({});
    };
    // Many senders write 10^9/L as it is, which the component separator cuts in two.
    let separators = &work.message.separators;
    let whole = unescape(work.segment(index).field(separators, 6), separators);
    let whole = whole.trim().to_owned();
    let written = match work.mapping.code("unit", &whole) {
        Some(_) => whole,
        None if first.bytes().all(|byte| byte.is_ascii_digit()) => whole,
        None => first,
    };
    match work.mapping.code("unit", &written) {
        Some(code) => json!({ "unit": written, "system": UCUM, "code": code }),
        None => {
            applied.note("hl7.unit-unmapped", Some(&written));
            json!({ "unit": written })
        }
    }
}

/// A number as JSON writes one, with the digits it came with.
pub(super) fn number(text: &str) -> Option<String> {
    let text = text.strip_prefix('+').unwrap_or(text);
    let (sign, digits) = match text.strip_prefix('-') {
        Some(rest) => ("-", rest),
        None => ("", text),
    };
    let plain = digits
        .bytes()
        .all(|byte| byte.is_ascii_digit() || byte == b'.');
    if !plain
        || !digits.bytes().any(|byte| byte.is_ascii_digit())
        || Decimal::from_str(digits).is_err()
    {
        return None;
    }
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let whole = whole.trim_start_matches('0');
    let whole = if whole.is_empty() { "0" } else { whole };
    Some(match fraction {
        "" => format!("{sign}{whole}"),
        fraction => format!("{sign}{whole}.{fraction}"),
    })
}

/// Puts the reference range in: `3.5-9.5` and `<5.2` as limits, and always as it is written.
pub(super) fn put_range(work: Work<'_>, index: usize, spliced: &mut Spliced) {
    let Some(written) = work.part(index, 7, 1) else {
        return;
    };
    let plain = written
        .replace(['～', '~', '–', '—'], "-")
        .replace("--", "-");
    let (low, high) = match plain.split_once('-') {
        Some((low, high)) => (number(low.trim()), number(high.trim())),
        None => {
            let above = plain.strip_prefix('>').or_else(|| plain.strip_prefix('≥'));
            let below = plain.strip_prefix('<').or_else(|| plain.strip_prefix('≤'));
            let limit = |text: Option<&str>| {
                text.and_then(|text| number(text.trim_start_matches('=').trim()))
            };
            (limit(above), limit(below))
        }
    };
    let unit = unit(work, index, &mut Applied::default());
    let mut range = String::from("[{");
    for (name, limit) in [("low", low), ("high", high)] {
        if let Some(limit) = limit {
            range = range + "\"" + name + "\":" + &with_number(&limit, &unit) + ",";
        }
    }
    let range = range + "\"text\":" + &json!(written).to_string() + "}]";
    spliced.parts.push(("referenceRange", range));
}

#[cfg(test)]
mod tests {
    use super::number;

    #[test]
    fn numbers_keep_their_digits() {
        for (text, wanted) in [
            ("5.60", Some("5.60")),
            ("+007", Some("7")),
            ("-.5", Some("-0.5")),
            ("0", Some("0")),
            ("3.", Some("3")),
            ("", None),
            (".", None),
            ("1e5", None),
            ("1.2.3", None),
            ("阴性", None),
        ] {
            assert_eq!(number(text).as_deref(), wanted, "{text}");
        }
    }
}

//! Escape sequences.

use crate::message::Separators;

/// The text that a value stands for. Sequences that are unknown, such as highlighting and other
/// charsets, stay as they came.
pub fn unescape(value: &str, separators: &Separators) -> String {
    let Some(mark) = separators.escape else {
        return value.to_owned();
    };
    let mut text = String::with_capacity(value.len());
    let mut rest = value;
    while let Some(start) = rest.find(mark) {
        text.push_str(&rest[..start]);
        let after = &rest[start + mark.len_utf8()..];
        let Some(length) = after.find(mark) else {
            text.push_str(&rest[start..]);
            return text;
        };
        match meaning(&after[..length], separators) {
            Some(meant) => text.push_str(&meant),
            None => text.push_str(&rest[start..start + length + 2 * mark.len_utf8()]),
        }
        rest = &after[length + mark.len_utf8()..];
    }
    text + rest
}

fn meaning(sequence: &str, separators: &Separators) -> Option<String> {
    let separator = match sequence {
        "F" => Some(separators.field),
        "S" => Some(separators.component),
        "R" => Some(separators.repetition),
        "E" => separators.escape,
        "T" => separators.subcomponent,
        "P" => Some('#'),
        ".br" | ".sp" => Some('\n'),
        _ => None,
    };
    match (separator, sequence.strip_prefix('X')) {
        (Some(separator), _) => Some(separator.to_string()),
        (None, Some(digits)) => from_hex(digits),
        (None, None) => None,
    }
}

fn from_hex(digits: &str) -> Option<String> {
    let pairs = digits.as_bytes().chunks(2);
    let bytes: Option<Vec<u8>> = pairs
        .map(|pair| {
            let pair = std::str::from_utf8(pair)
                .ok()
                .filter(|pair| pair.len() == 2)?;
            u8::from_str_radix(pair, 16).ok()
        })
        .collect();
    let text = String::from_utf8(bytes?).ok()?;
    let fine = |c: char| !c.is_control() || matches!(c, '\r' | '\n' | '\t');
    (!text.is_empty() && text.chars().all(fine)).then_some(text)
}

/// A text as a value: what would part the message is escaped.
pub fn escape(text: &str, separators: &Separators) -> String {
    let mut value = String::with_capacity(text.len());
    let mark = separators.escape.unwrap_or('\\');
    let put = |letter: &str, value: &mut String| {
        value.push(mark);
        value.push_str(letter);
        value.push(mark);
    };
    for c in text.chars() {
        match c {
            c if c == separators.field => put("F", &mut value),
            c if c == separators.component => put("S", &mut value),
            c if c == separators.repetition => put("R", &mut value),
            c if Some(c) == separators.subcomponent => put("T", &mut value),
            c if c == mark => put("E", &mut value),
            '\n' => put(".br", &mut value),
            c if c.is_control() => {}
            c => value.push(c),
        }
    }
    value
}

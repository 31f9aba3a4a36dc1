//! From bytes to text, by the encoding a document declares.

use std::borrow::Cow;

use encoding_rs::GB18030;

use crate::fault::Fault;
use crate::{BYTES_MAX, tree};

/// Bytes in which the declaration is looked for.
const DECLARATION_BYTES_MAX: usize = 200;

/// The text of a document.
///
/// # Errors
/// `cda.empty`, `cda.too-large`, `cda.charset` with the element of the first byte that does not fit,
/// `cda.character`.
pub fn text_of(bytes: &[u8]) -> Result<Cow<'_, str>, Fault> {
    if bytes.len() > BYTES_MAX {
        let detail = "a document has at most 4 MiB";
        return Err(Fault::new("cda.too-large", "/", detail));
    }
    if bytes.starts_with(&[0xff, 0xfe]) || bytes.starts_with(&[0xfe, 0xff]) {
        let detail = "UTF-16 is not read here: send UTF-8 or GB18030";
        return Err(Fault::new("cda.charset", "/", detail));
    }
    let marked = bytes.strip_prefix(&[0xef, 0xbb, 0xbf]);
    let bytes = marked.unwrap_or(bytes);
    if bytes.iter().all(u8::is_ascii_whitespace) {
        return Err(Fault::new("cda.empty", "/", "there is no document"));
    }
    let declared = declared(bytes).unwrap_or_default();
    let letters: String = declared
        .chars()
        .filter(char::is_ascii_alphanumeric)
        .collect();
    let text = match letters.to_ascii_uppercase().as_str() {
        "" | "UTF8" => utf8(bytes)?,
        "USASCII" | "ASCII" if bytes.is_ascii() => utf8(bytes)?,
        "GB18030" | "GB180302000" | "GBK" | "GB2312" if marked.is_none() => gb18030(bytes)?,
        _ => {
            let detail = "the declared encoding is not read here, or is not the one of the bytes: \
                          send UTF-8 or GB18030";
            return Err(Fault::new("cda.charset", "/", detail));
        }
    };
    match text.char_indices().find(|(_, letter)| !allowed(*letter)) {
        None => Ok(text),
        Some((at, _)) => {
            let detail = "a character here is none that XML has";
            Err(Fault::new(
                "cda.character",
                tree::place_at_end(&text[..at]),
                detail,
            ))
        }
    }
}

/// XML 1.0, production 2.
pub(crate) fn allowed(letter: char) -> bool {
    matches!(letter, '\t' | '\n' | '\r' | ' '..='\u{d7ff}' | '\u{e000}'..='\u{fffd}'
        | '\u{10000}'..='\u{10ffff}')
}

/// The encoding named in the XML declaration.
fn declared(bytes: &[u8]) -> Option<String> {
    let head = &bytes[..bytes.len().min(DECLARATION_BYTES_MAX)];
    let head = String::from_utf8_lossy(head);
    let head = head.trim_start().strip_prefix("<?xml")?;
    let (head, _) = head.split_once("?>")?;
    let (_, value) = head.split_once("encoding")?;
    let value = value.trim_start().strip_prefix('=')?.trim_start();
    let quote = value.chars().next().filter(|c| matches!(c, '"' | '\''))?;
    let (name, _) = value[1..].split_once(quote)?;
    Some(name.to_owned())
}

fn misfit(before: &str) -> Fault {
    let detail = "the bytes here are not in the encoding that the document declares";
    Fault::new("cda.charset", tree::place_at_end(before), detail)
}

fn utf8(bytes: &[u8]) -> Result<Cow<'_, str>, Fault> {
    std::str::from_utf8(bytes)
        .map(Cow::Borrowed)
        .map_err(|error| misfit(&String::from_utf8_lossy(&bytes[..error.valid_up_to()])))
}

fn gb18030(bytes: &[u8]) -> Result<Cow<'_, str>, Fault> {
    if let Some(before) = looks_like_utf8(bytes) {
        return Err(misfit(before));
    }
    let mut decoder = GB18030.new_decoder_without_bom_handling();
    let room = decoder.max_utf8_buffer_length_without_replacement(bytes.len());
    let mut text = String::with_capacity(room.unwrap_or(bytes.len().saturating_mul(4)));
    let (result, _) = decoder.decode_to_string_without_replacement(bytes, &mut text, true);
    match result {
        encoding_rs::DecoderResult::InputEmpty => Ok(Cow::Owned(text)),
        _ => Err(misfit(&text)),
    }
}

/// Bytes of UTF-8 are mostly valid GB 18030 too, of characters that nobody meant. Text of two Chinese
/// characters and more that is right as UTF-8 was written as such; answers what stands before it.
fn looks_like_utf8(bytes: &[u8]) -> Option<&str> {
    let text = std::str::from_utf8(bytes).ok()?;
    let chinese = |c: char| {
        matches!(c, '\u{4e00}'..='\u{9fff}' | '\u{3000}'..='\u{303f}' | '\u{ff00}'..='\u{ffef}'
            | '\u{2010}'..='\u{2030}' | '\u{b7}' | '\u{d7}' | '\u{2103}')
    };
    let other = text.chars().filter(|c| !c.is_ascii());
    let sure = other.clone().count() >= 2 && other.clone().all(chinese);
    let at = text.find(|c: char| !c.is_ascii()).filter(|_| sure)?;
    Some(&text[..at])
}

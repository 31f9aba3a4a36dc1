//! From bytes to text and back, by the charset a message declares.

use encoding_rs::{DecoderResult, GB18030};

use crate::fault::{Fault, Location};
use crate::message::{Separators, field_at};

/// The charsets read here, by their names in HL7 table 0211.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Charset {
    /// `UNICODE UTF-8`.
    Utf8,
    /// `GB 18030-2000`, with its predecessors GBK and GB 2312.
    Gb18030,
    /// `ASCII`.
    Ascii,
}

impl Charset {
    /// The charset of a name; spelling of blanks, hyphens and letters does not count.
    pub fn of_name(name: &str) -> Option<Self> {
        let letters = name.chars().filter(char::is_ascii_alphanumeric);
        match letters.collect::<String>().to_ascii_uppercase().as_str() {
            "UNICODEUTF8" | "UTF8" | "UNICODE" => Some(Self::Utf8),
            "GB180302000" | "GB18030" | "GB180302022" | "GB180302005" | "GBK" | "GB2312" => {
                Some(Self::Gb18030)
            }
            "ASCII" | "USASCII" => Some(Self::Ascii),
            _ => None,
        }
    }

    /// Its name in table 0211.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Utf8 => "UNICODE UTF-8",
            Self::Gb18030 => "GB 18030-2000",
            Self::Ascii => "ASCII",
        }
    }
}

/// The text that bytes are in a charset.
///
/// # Errors
/// `hl7.charset` with the segment and field of the first byte that does not fit.
pub fn decode(bytes: &[u8], charset: Charset) -> Result<String, Fault> {
    match charset {
        Charset::Utf8 => match std::str::from_utf8(bytes) {
            Ok(text) => Ok(text.to_owned()),
            Err(error) => {
                let before = String::from_utf8_lossy(&bytes[..error.valid_up_to()]);
                Err(misfit(&before, charset))
            }
        },
        Charset::Ascii => match bytes.iter().position(|byte| !byte.is_ascii()) {
            None => Ok(String::from_utf8_lossy(bytes).into_owned()),
            Some(at) => Err(misfit(&String::from_utf8_lossy(&bytes[..at]), charset)),
        },
        Charset::Gb18030 => gb18030(bytes),
    }
}

fn gb18030(bytes: &[u8]) -> Result<String, Fault> {
    if let Some(before) = looks_like_utf8(bytes) {
        return Err(misfit(before, Charset::Gb18030));
    }
    let mut decoder = GB18030.new_decoder_without_bom_handling();
    // Four characters a two-byte sequence at most; one more for a sequence that is cut.
    let room = decoder.max_utf8_buffer_length_without_replacement(bytes.len());
    let mut text = String::with_capacity(room.unwrap_or(bytes.len().saturating_mul(4)));
    let (result, _) = decoder.decode_to_string_without_replacement(bytes, &mut text, true);
    match result {
        DecoderResult::InputEmpty => Ok(text),
        DecoderResult::OutputFull | DecoderResult::Malformed(..) => {
            Err(misfit(&text, Charset::Gb18030))
        }
    }
}

/// Bytes of UTF-8 are mostly valid GB 18030 too, of characters that nobody meant. Text of two Chinese
/// characters and more that is right as UTF-8 was written as such; answers what stands before it.
fn looks_like_utf8(bytes: &[u8]) -> Option<&str> {
    let text = std::str::from_utf8(bytes).ok()?;
    let other = text.chars().filter(|c| !c.is_ascii());
    let chinese = |c: char| {
        matches!(c, '\u{4e00}'..='\u{9fff}' | '\u{3000}'..='\u{303f}' | '\u{ff00}'..='\u{ffef}'
            | '\u{2010}'..='\u{2030}' | '\u{b7}' | '\u{d7}' | '\u{2103}')
    };
    let sure = other.clone().count() >= 2 && other.clone().all(chinese);
    let at = text.find(|c: char| !c.is_ascii()).filter(|_| sure)?;
    Some(&text[..at])
}

/// The fault at the end of what could be read.
fn misfit(before: &str, charset: Charset) -> Fault {
    let mut segments = before.split(['\r', '\n']);
    let last = segments.next_back().unwrap_or("");
    let name = last.get(..3).unwrap_or(last);
    let earlier = segments.filter(|one| one.get(..3) == Some(name)).count();
    let separators = Separators::read(before).unwrap_or(Separators::USUAL);
    let at = if name.len() == 3 {
        Location::field(name, earlier + 1, field_at(last, last.len(), &separators))
    } else {
        Location::segment(name, earlier + 1)
    };
    let detail = format!(
        "the bytes here are not {}, which the message declares",
        charset.name()
    );
    Fault::new("hl7.charset", at, detail)
}

/// Bytes of a text in a charset; `None` where the charset lacks a character.
pub fn encode(text: &str, charset: Charset) -> Option<Vec<u8>> {
    match charset {
        Charset::Utf8 => Some(text.as_bytes().to_vec()),
        Charset::Ascii => text.is_ascii().then(|| text.as_bytes().to_vec()),
        Charset::Gb18030 => {
            let (bytes, _, lacking) = GB18030.encode(text);
            (!lacking).then(|| bytes.into_owned())
        }
    }
}

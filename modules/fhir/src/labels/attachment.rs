//! The words within attachments that are text: a summary may tell in its body what its title does not.

/// Bytes of an attachment that are looked through.
const BYTES_MAX: usize = 1024 * 1024;
const TEXT_TYPES: [&str; 3] = [
    "application/xml",
    "application/xhtml+xml",
    "application/json",
];

/// The text of an attachment; `None` where it is no text, or in another encoding than UTF-8.
pub(super) fn text(content_type: &str, data: &str) -> Option<String> {
    let kind = content_type.split(';').next().unwrap_or_default().trim();
    let kind = kind.to_ascii_lowercase();
    if !(kind.starts_with("text/") || TEXT_TYPES.contains(&kind.as_str())) {
        return None;
    }
    let mut bytes = decoded(data)?;
    // The limit may cut a letter in two.
    if let Err(error) = std::str::from_utf8(&bytes) {
        if bytes.len() < BYTES_MAX || error.valid_up_to() + 4 < bytes.len() {
            return None;
        }
        bytes.truncate(error.valid_up_to());
    }
    String::from_utf8(bytes).ok()
}

/// The first bytes of Base64; blanks between the letters do not count.
fn decoded(data: &str) -> Option<Vec<u8>> {
    let mut bytes = Vec::new();
    let (mut held, mut bits) = (0_u32, 0_u32);
    for letter in data.bytes().filter(|letter| !letter.is_ascii_whitespace()) {
        let value = match letter {
            b'A'..=b'Z' => letter - b'A',
            b'a'..=b'z' => letter - b'a' + 26,
            b'0'..=b'9' => letter - b'0' + 52,
            b'+' => 62,
            b'/' => 63,
            b'=' => break,
            _ => return None,
        };
        held = (held << 6 | u32::from(value)) & 0xFFF;
        bits += 6;
        if bits >= 8 {
            bits -= 8;
            bytes.push(((held >> bits) & 0xFF) as u8);
            if bytes.len() == BYTES_MAX {
                break;
            }
        }
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_read_and_nothing_else() {
        for (kind, data, expected) in [
            ("text/plain; charset=utf-8", "6Im+5ruL55eF", Some("艾滋病")),
            ("TEXT/HTML", "6Im+\n5ruL 55eF", Some("艾滋病")),
            ("application/xml", "YQ==", Some("a")),
            ("application/pdf", "YQ==", None),
            ("text/plain", "/w==", None),
            ("text/plain", "!", None),
        ] {
            assert_eq!(text(kind, data).as_deref(), expected, "{kind} {data}");
        }
        let long = "5".repeat(BYTES_MAX * 2);
        assert!(text("text/plain", &long).is_none());
        let long = "6Im+".repeat(BYTES_MAX / 3 + 9);
        assert_eq!(
            text("text/plain", &long).map(|text| text.len()),
            Some(BYTES_MAX / 3 * 3)
        );
    }
}

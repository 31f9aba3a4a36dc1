//! Base64 (RFC 4648), as Binary resources and OBX-5 carry bytes.

const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// Bytes as Base64.
pub fn encode(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for chunk in bytes.chunks(3) {
        let part = |at: usize| u32::from(chunk.get(at).copied().unwrap_or(0));
        let group = (part(0) << 16) | (part(1) << 8) | part(2);
        for at in 0..4 {
            if at <= chunk.len() {
                let letter = (group >> (18 - 6 * at)) & 63;
                text.push(char::from(LETTERS[letter as usize]));
            } else {
                text.push('=');
            }
        }
    }
    text
}

/// The bytes of a text in Base64, whole and padded; `None` for anything else.
pub fn decode(text: &str) -> Option<Vec<u8>> {
    let body = text.trim_end_matches('=');
    if !text.len().is_multiple_of(4) || text.len() - body.len() > 2 {
        return None;
    }
    let mut bytes = Vec::with_capacity(body.len() / 4 * 3 + 2);
    for chunk in body.as_bytes().chunks(4) {
        let mut group = 0_u32;
        for at in 0..4 {
            let value = match chunk.get(at) {
                None => 0,
                Some(letter) => value_of(*letter)?,
            };
            group = (group << 6) | value;
        }
        let made = group.to_be_bytes();
        bytes.extend_from_slice(made.get(1..chunk.len())?);
    }
    Some(bytes)
}

fn value_of(letter: u8) -> Option<u32> {
    let value = match letter {
        b'A'..=b'Z' => letter - b'A',
        b'a'..=b'z' => letter - b'a' + 26,
        b'0'..=b'9' => letter - b'0' + 52,
        b'+' => 62,
        b'/' => 63,
        _ => return None,
    };
    Some(u32::from(value))
}

#[cfg(test)]
mod tests {
    use super::{decode, encode};

    #[test]
    fn bytes_are_written_as_base64_and_read_back() {
        for (text, wanted) in [
            ("", ""),
            ("f", "Zg=="),
            ("fo", "Zm8="),
            ("foo", "Zm9v"),
            ("foob", "Zm9vYg=="),
        ] {
            assert_eq!(encode(text.as_bytes()), wanted);
            assert_eq!(decode(wanted).as_deref(), Some(text.as_bytes()));
        }
        for odd in ["Zm9", "Zm9!", "====", "Z===", "Zm 9"] {
            assert_eq!(decode(odd), None, "{odd}");
        }
    }
}

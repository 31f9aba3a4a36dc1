//! The string literals of a Rust file, found without a parser.

/// One literal: where it starts, what is in it, and what stands right before it.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Literal<'a> {
    pub(super) line: usize,
    pub(super) text: &'a str,
    pub(super) before: &'a str,
}

const BEFORE_BYTES_MAX: usize = 40;

/// Every string literal outside comments; escapes stay as written.
pub(super) fn literals(source: &str) -> Vec<Literal<'_>> {
    let bytes = source.as_bytes();
    let mut found = Vec::new();
    let mut at = 0;
    while at < bytes.len() {
        let rest = &bytes[at..];
        if rest.starts_with(b"//") {
            at += line_length(rest);
        } else if rest.starts_with(b"/*") {
            at += length_until(rest, b"*/");
        } else if let Some(hashes) = raw_string_hashes(bytes, at) {
            let start = at + 2 + hashes;
            let mut closing = vec![b'"'];
            closing.resize(hashes + 1, b'#');
            let end = start + length_until(&bytes[start..], &closing);
            found.push(literal(
                source,
                at,
                start,
                end.saturating_sub(closing.len()).max(start),
            ));
            at = end;
        } else if rest[0] == b'"' {
            let end = at + 1 + plain_length(&rest[1..]);
            found.push(literal(source, at, at + 1, end));
            at = end + 1;
        } else if rest[0] == b'\'' {
            at += character_length(rest);
        } else {
            at += 1;
        }
    }
    found
}

fn literal(source: &str, opening: usize, start: usize, end: usize) -> Literal<'_> {
    let mut from = opening.saturating_sub(BEFORE_BYTES_MAX);
    while !source.is_char_boundary(from) {
        from += 1;
    }
    let line = source.as_bytes()[..opening]
        .iter()
        .filter(|byte| **byte == b'\n')
        .count()
        + 1;
    Literal {
        line,
        text: &source[start..end.min(source.len())],
        before: &source[from..opening],
    }
}

fn line_length(rest: &[u8]) -> usize {
    rest.iter()
        .position(|byte| *byte == b'\n')
        .unwrap_or(rest.len())
}

/// The distance to the end of `pattern`, or of the text.
fn length_until(rest: &[u8], pattern: &[u8]) -> usize {
    rest.windows(pattern.len())
        .position(|window| window == pattern)
        .map_or(rest.len(), |position| position + pattern.len())
}

/// `r"`, `r#"`, `br"` …: the number of hashes, when a raw string starts here.
fn raw_string_hashes(bytes: &[u8], at: usize) -> Option<usize> {
    let part_of_a_name = at > 0 && (bytes[at - 1].is_ascii_alphanumeric() || bytes[at - 1] == b'_');
    let byte_string = at > 0 && bytes[at - 1] == b'b';
    if bytes[at] != b'r' || (part_of_a_name && !byte_string) {
        return None;
    }
    let hashes = bytes[at + 1..]
        .iter()
        .take_while(|byte| **byte == b'#')
        .count();
    (bytes.get(at + 1 + hashes) == Some(&b'"')).then_some(hashes)
}

fn plain_length(rest: &[u8]) -> usize {
    let mut at = 0;
    while at < rest.len() && rest[at] != b'"' {
        at += if rest[at] == b'\\' { 2 } else { 1 };
    }
    at.min(rest.len())
}

/// `'x'` and `'\n'` are skipped whole, since `'"'` would open a string; a lifetime is one byte.
fn character_length(rest: &[u8]) -> usize {
    if rest.get(1) == Some(&b'\\') {
        return 2 + length_until(&rest[3.min(rest.len())..], b"'") + 1;
    }
    let closing = rest.iter().skip(1).take(6).position(|byte| *byte == b'\'');
    match closing {
        Some(position) if position == 1 || rest[1] >= 0x80 => position + 2,
        _ => 1,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(source: &str, expected: &[&str]) {
        let texts: Vec<&str> = literals(source)
            .iter()
            .map(|literal| literal.text)
            .collect();
        assert_eq!(texts, expected, "{source}");
    }

    #[test]
    fn literals_are_found_and_comments_skipped() {
        check(r#"let a = "one"; // "not this""#, &["one"]);
        check("/* \"no\" */ f(\"yes\")", &["yes"]);
        check(
            "const S: &str = r#\"raw \"x\" text\"#; \"next\"",
            &["raw \"x\" text", "next"],
        );
        check(r#"'"'; '\''; "after" "#, &["after"]);
        check(r#"fn f<'a>(x: &'a str) { g("a\"b") }"#, &["a\\\"b"]);
        check("'中' \"文\"", &["文"]);
        check("\"open", &["open"]);
    }

    #[test]
    fn a_literal_knows_its_line_and_its_left_neighbour() {
        let source = "\n\nformat!(\"x {y}\")";
        assert_eq!(
            literals(source),
            vec![Literal {
                line: 3,
                text: "x {y}",
                before: "\n\nformat!("
            }]
        );
    }
}

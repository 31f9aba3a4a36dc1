//! Words and marks of an expression.

use crate::decimal::{self, Decimal};
use crate::temporal::Temporal;

#[derive(Clone, Debug, PartialEq)]
pub(super) enum Token {
    /// A name; `true` when it was written in backquotes.
    Name(String, bool),
    /// `$this`, `$index`, `$total`.
    Special(&'static str),
    /// `%resource`.
    Variable(String),
    Text(String),
    Integer(i64),
    Decimal(Decimal),
    Temporal(Temporal),
    Mark(&'static str),
    End,
}

const MARKS: [&str; 24] = [
    "!=", "!~", "<=", ">=", "(", ")", "[", "]", "{", "}", ".", ",", "+", "-", "*", "/", "&", "|",
    "=", "~", "<", ">", "'", "@",
];

pub(super) fn tokens(text: &str) -> Result<Vec<Token>, String> {
    let mut tokens = Vec::new();
    let mut rest = text;
    loop {
        rest = skip_blanks(rest)?;
        if rest.is_empty() {
            tokens.push(Token::End);
            return Ok(tokens);
        }
        let (token, length) = token(rest)?;
        tokens.push(token);
        rest = &rest[length..];
    }
}

fn skip_blanks(mut rest: &str) -> Result<&str, String> {
    loop {
        rest = rest.trim_start();
        if rest.starts_with("//") {
            rest = rest.find('\n').map_or("", |end| &rest[end..]);
        } else if rest.starts_with("/*") {
            let end = rest.find("*/").ok_or("a comment has no end")?;
            rest = &rest[end + 2..];
        } else {
            return Ok(rest);
        }
    }
}

fn token(rest: &str) -> Result<(Token, usize), String> {
    let first = rest.chars().next().unwrap_or(' ');
    match first {
        'a'..='z' | 'A'..='Z' | '_' => {
            let name = word(rest);
            Ok((Token::Name(name.to_owned(), false), name.len()))
        }
        '0'..='9' => number(rest),
        '\'' => quoted(rest, '\'').map(|(text, length)| (Token::Text(text), length)),
        '`' => quoted(rest, '`').map(|(text, length)| (Token::Name(text, true), length)),
        '"' => quoted(rest, '"').map(|(text, length)| (Token::Name(text, true), length)),
        '%' => variable(rest),
        '$' => special(rest),
        '@' => moment(rest),
        _ => MARKS
            .iter()
            .find(|mark| rest.starts_with(**mark))
            .map(|mark| (Token::Mark(mark), mark.len()))
            .ok_or_else(|| format!("`{first}` is no part of FHIRPath")),
    }
}

fn word(text: &str) -> &str {
    let end = text.find(|letter: char| !letter.is_ascii_alphanumeric() && letter != '_');
    &text[..end.unwrap_or(text.len())]
}

fn number(rest: &str) -> Result<(Token, usize), String> {
    let whole = rest.bytes().take_while(u8::is_ascii_digit).count();
    let behind = rest[whole..].strip_prefix('.').unwrap_or("");
    let fraction = behind.bytes().take_while(u8::is_ascii_digit).count();
    if fraction == 0 {
        let value = rest[..whole].parse().map_err(|_| "a number is too large")?;
        return Ok((Token::Integer(value), whole));
    }
    let length = whole + 1 + fraction;
    let value = decimal::parse(&rest[..length]).ok_or("a number has too many digits")?;
    Ok((Token::Decimal(value), length))
}

fn quoted(rest: &str, quote: char) -> Result<(String, usize), String> {
    let mut text = String::new();
    let mut letters = rest.char_indices().skip(1);
    while let Some((index, letter)) = letters.next() {
        if letter == quote {
            return Ok((text, index + letter.len_utf8()));
        }
        if letter != '\\' {
            text.push(letter);
            continue;
        }
        let (_, escape) = letters.next().ok_or("a text has no end")?;
        text.push(match escape {
            'n' => '\n',
            'r' => '\r',
            't' => '\t',
            'f' => '\u{c}',
            '\'' | '"' | '`' | '\\' | '/' => escape,
            'u' => {
                let code: String = letters.by_ref().take(4).map(|(_, digit)| digit).collect();
                let digits = code.chars().all(|digit| digit.is_ascii_hexdigit());
                digits
                    .then_some(())
                    .ok_or("an escape without four digits")?;
                let code = u32::from_str_radix(&code, 16).map_err(|error| error.to_string())?;
                char::from_u32(code).ok_or("an escape names no character")?
            }
            other => return Err(format!("FHIRPath has no escape \\{other}")),
        });
    }
    Err("a text has no end".to_owned())
}

fn variable(rest: &str) -> Result<(Token, usize), String> {
    let name = &rest[1..];
    match name.chars().next() {
        Some(quote @ ('`' | '\'' | '"')) => {
            let (text, length) = quoted(name, quote)?;
            Ok((Token::Variable(text), length + 1))
        }
        _ => {
            let name = word(name);
            if name.is_empty() {
                return Err("a variable has no name".to_owned());
            }
            Ok((Token::Variable(name.to_owned()), name.len() + 1))
        }
    }
}

fn special(rest: &str) -> Result<(Token, usize), String> {
    let name = word(&rest[1..]);
    ["this", "index", "total"]
        .into_iter()
        .find(|known| *known == name)
        .map(|known| (Token::Special(known), name.len() + 1))
        .ok_or_else(|| format!("FHIRPath has no ${name}"))
}

fn moment(rest: &str) -> Result<(Token, usize), String> {
    let text = &rest[1..];
    let mut length = text
        .find(|letter: char| !matches!(letter, '0'..='9' | '-' | 'T' | ':' | '.' | 'Z' | '+'))
        .unwrap_or(text.len());
    // `@2015.is(Date)`: a dot that no digit follows belongs to what comes next.
    while let Some(dot) = text[..length].rfind('.') {
        if text[dot + 1..length].starts_with(|letter: char| letter.is_ascii_digit()) {
            break;
        }
        length = dot;
    }
    let written = &text[..length];
    let value = match written.strip_prefix('T') {
        Some(time) => Temporal::parse_time(time),
        None => Temporal::parse(written),
    };
    let value = value.ok_or_else(|| format!("`@{written}` is no date or time"))?;
    Ok((Token::Temporal(value), length + 1))
}

//! Functions on texts.

use std::borrow::Cow;

use regex::Regex;

use super::evaluate::{Items, Scope, boolean};
use super::functions::{evaluated, integer_argument, one};
use super::item::Item;
use super::parser::{Call, Literal, Node};

/// Texts that grow beyond this are an attack, not a rule.
const LENGTH_MAX: usize = 1 << 20;

pub(super) fn call<'a>(
    items: &Items<'a>,
    call: &'a Call,
    scope: &Scope<'_, 'a>,
) -> Option<Result<Items<'a>, String>> {
    const KNOWN: [&str; 22] = [
        "indexOf",
        "lastIndexOf",
        "substring",
        "startsWith",
        "endsWith",
        "contains",
        "upper",
        "lower",
        "replace",
        "matches",
        "matchesFull",
        "replaceMatches",
        "length",
        "toChars",
        "trim",
        "split",
        "join",
        "escape",
        "unescape",
        "encode",
        "decode",
        "precision",
    ];
    if !KNOWN.contains(&call.name.as_str()) {
        return None;
    }
    Some(apply(items, call, scope))
}

fn apply<'a>(
    items: &Items<'a>,
    call: &'a Call,
    scope: &Scope<'_, 'a>,
) -> Result<Items<'a>, String> {
    if call.name == "join" {
        return join(items, call, scope);
    }
    let Some(item) = one(items)? else {
        return Ok(Vec::new());
    };
    if call.name == "precision" {
        return precision(item);
    }
    let text = item
        .to_text()
        .ok_or_else(|| format!("{}() takes a text", call.name))?;
    let argument = |index| text_argument(call, index, scope);
    let integer = |value: usize| vec![Item::Integer(i64::try_from(value).unwrap_or(0))];
    let position = |byte: Option<usize>| {
        let letters = byte.map(|byte| text[..byte].chars().count());
        letters.map_or_else(|| vec![Item::Integer(-1)], integer)
    };
    Ok(match call.name.as_str() {
        "length" => integer(text.chars().count()),
        "upper" => owned(text.to_uppercase()),
        "lower" => owned(text.to_lowercase()),
        "trim" => owned(text.trim().to_owned()),
        "toChars" => text
            .chars()
            .map(|letter| Item::Text(letter.to_string().into()))
            .collect(),
        "substring" => substring(&text, call, scope)?,
        "matches" | "matchesFull" => matches(&text, call, scope)?,
        "replaceMatches" => replace_matches(&text, call, scope)?,
        "replace" => match (argument(0)?, argument(1)?) {
            (Some(from), Some(to)) => {
                limited(&text, &to)?;
                owned(text.replace(&*from, &to))
            }
            _ => Vec::new(),
        },
        name => {
            let Some(other) = argument(0)? else {
                return Ok(Vec::new());
            };
            match name {
                "indexOf" => position(text.find(&*other)),
                "lastIndexOf" => position(text.rfind(&*other)),
                "startsWith" => boolean(text.starts_with(&*other)),
                "endsWith" => boolean(text.ends_with(&*other)),
                "contains" => boolean(text.contains(&*other)),
                "split" => {
                    let part = |part: &str| Item::Text(Cow::Owned(part.to_owned()));
                    text.split(&*other).map(part).collect()
                }
                "escape" => escape(&text, &other).map(owned).unwrap_or_default(),
                "unescape" => unescape(&text, &other).map(owned).unwrap_or_default(),
                "encode" => encode(&text, &other).map(owned).unwrap_or_default(),
                _ => decode(&text, &other).map(owned).unwrap_or_default(),
            }
        }
    })
}

fn owned<'a>(text: String) -> Items<'a> {
    vec![Item::Text(Cow::Owned(text))]
}

fn limited(text: &str, replacement: &str) -> Result<(), String> {
    if text.len().saturating_mul(replacement.len() + 1) > LENGTH_MAX {
        return Err("a text is too long".to_owned());
    }
    Ok(())
}

fn text_argument<'a>(
    call: &'a Call,
    index: usize,
    scope: &Scope<'_, 'a>,
) -> Result<Option<Cow<'a, str>>, String> {
    match one(&evaluated(call, index, scope)?)? {
        None => Ok(None),
        Some(item) => {
            let text = item.to_text();
            text.map(Some)
                .ok_or_else(|| format!("{}() takes a text", call.name))
        }
    }
}

fn join<'a>(items: &Items<'a>, call: &'a Call, scope: &Scope<'_, 'a>) -> Result<Items<'a>, String> {
    let mark = match call.arguments.is_empty() {
        true => Cow::Borrowed(""),
        false => text_argument(call, 0, scope)?.unwrap_or_default(),
    };
    let texts: Vec<Cow<'a, str>> = items.iter().filter_map(Item::to_text).collect();
    Ok(owned(texts.join(&*mark)))
}

fn substring<'a>(text: &str, call: &'a Call, scope: &Scope<'_, 'a>) -> Result<Items<'a>, String> {
    let Some(start) = integer_argument(call, 0, scope)? else {
        return Ok(Vec::new());
    };
    let length = match call.arguments.len() {
        0 | 1 => None,
        _ => integer_argument(call, 1, scope)?,
    };
    let all = text.chars().count();
    let Some(start) = usize::try_from(start).ok().filter(|start| *start < all) else {
        return Ok(Vec::new());
    };
    let length = length.map_or(all, |length| usize::try_from(length).unwrap_or(0));
    Ok(owned(text.chars().skip(start).take(length).collect()))
}

/// The regular expression of a call; compiled once when it is written out in the expression.
fn pattern<'a>(call: &'a Call, scope: &Scope<'_, 'a>) -> Result<Option<Cow<'a, Regex>>, String> {
    let compile = |text: &str| {
        let whole = match call.name.as_str() {
            "matchesFull" => format!("(?s)^(?:{text})$"),
            _ => format!("(?s){text}"),
        };
        Regex::new(&whole).ok()
    };
    let refused = || format!("{}() takes a regular expression", call.name);
    if let Some(Node::Literal(Literal::Text(text))) = call.arguments.first() {
        let compiled = call.pattern.get_or_init(|| compile(text)).as_ref();
        return compiled.map(Cow::Borrowed).map(Some).ok_or_else(refused);
    }
    match text_argument(call, 0, scope)? {
        None => Ok(None),
        Some(text) => compile(&text).map(Cow::Owned).map(Some).ok_or_else(refused),
    }
}

fn matches<'a>(text: &str, call: &'a Call, scope: &Scope<'_, 'a>) -> Result<Items<'a>, String> {
    let found = pattern(call, scope)?.map(|pattern| Item::Boolean(pattern.is_match(text)));
    Ok(found.into_iter().collect())
}

fn replace_matches<'a>(
    text: &str,
    call: &'a Call,
    scope: &Scope<'_, 'a>,
) -> Result<Items<'a>, String> {
    let (Some(pattern), Some(with)) = (pattern(call, scope)?, text_argument(call, 1, scope)?)
    else {
        return Ok(Vec::new());
    };
    limited(text, &with)?;
    if pattern.as_str() == "(?s)" {
        return Ok(owned(text.to_owned()));
    }
    Ok(owned(pattern.replace_all(text, &*with).into_owned()))
}

fn precision<'a>(item: &Item<'a>) -> Result<Items<'a>, String> {
    let digits = match item.to_system() {
        Some(Item::Decimal(value)) => i64::from(value.scale()),
        Some(Item::Integer(_)) => 0,
        Some(Item::Temporal(value)) => {
            let text = value.to_string();
            let until = text.find(['Z', '+']).unwrap_or(text.len());
            let digits = text[..until].chars().filter(char::is_ascii_digit).count();
            i64::try_from(digits).unwrap_or(0)
        }
        _ => return Err("precision() takes a number or moment".to_owned()),
    };
    Ok(vec![Item::Integer(digits)])
}

fn escape(text: &str, target: &str) -> Option<String> {
    Some(match target {
        "html" => text
            .replace('&', "&amp;")
            .replace('<', "&lt;")
            .replace('>', "&gt;")
            .replace('"', "&quot;"),
        "json" => text.replace('\\', "\\\\").replace('"', "\\\""),
        _ => return None,
    })
}

fn unescape(text: &str, target: &str) -> Option<String> {
    Some(match target {
        "html" => text
            .replace("&quot;", "\"")
            .replace("&gt;", ">")
            .replace("&lt;", "<")
            .replace("&amp;", "&"),
        "json" => text.replace("\\\"", "\"").replace("\\\\", "\\"),
        _ => return None,
    })
}

const BASE64: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

fn encode(text: &str, format: &str) -> Option<String> {
    match format {
        "hex" => Some(text.bytes().map(|byte| format!("{byte:02x}")).collect()),
        "base64" | "urlbase64" => {
            let mut encoded = String::with_capacity(text.len() * 4 / 3 + 4);
            for chunk in text.as_bytes().chunks(3) {
                let word = chunk
                    .iter()
                    .fold(0_u32, |word, byte| word << 8 | u32::from(*byte));
                let word = word << (8 * (3 - chunk.len()));
                for index in 0..4 {
                    let six = (word >> (18 - 6 * index)) & 63;
                    let kept = index <= chunk.len();
                    encoded.push(if kept {
                        char::from(BASE64[six as usize])
                    } else {
                        '='
                    });
                }
            }
            Some(match format {
                "urlbase64" => encoded.replace('+', "-").replace('/', "_"),
                _ => encoded,
            })
        }
        _ => None,
    }
}

fn decode(text: &str, format: &str) -> Option<String> {
    let bytes: Vec<u8> = match format {
        "hex" => {
            let digits: Option<Vec<u8>> = text
                .chars()
                .map(|digit| digit.to_digit(16)?.try_into().ok())
                .collect();
            let digits = digits.filter(|digits| digits.len() % 2 == 0)?;
            digits
                .chunks(2)
                .map(|pair| pair[0] << 4 | pair[1])
                .collect()
        }
        "base64" | "urlbase64" => {
            let text = text.replace('-', "+").replace('_', "/");
            let (mut bytes, mut word, mut bits) = (Vec::new(), 0_u32, 0);
            for letter in text.trim_end_matches('=').bytes() {
                let six = BASE64.iter().position(|known| *known == letter)?;
                word = word << 6 | u32::try_from(six).ok()?;
                bits += 6;
                if bits >= 8 {
                    bits -= 8;
                    bytes.push((word >> bits & 0xff) as u8);
                }
            }
            bytes
        }
        _ => return None,
    };
    String::from_utf8(bytes).ok()
}

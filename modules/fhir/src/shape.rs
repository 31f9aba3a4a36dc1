//! How a client wants its answers: which parts, how laid out, how much after a write.

use axum::http::{HeaderMap, Uri, header};
use fhir::search::Summary;
use fhir::{IssueCode, Resource, View};
use kernel::{Error, Kind, Result};

use crate::refusal;

/// What a client said about the answer.
#[derive(Clone, Debug, Default)]
pub(crate) struct Shape {
    /// Laid out for people.
    pub pretty: bool,
    /// Which part of each resource.
    pub summary: Option<Summary>,
    /// Elements wanted.
    pub elements: Vec<String>,
    /// What a write answers.
    pub prefer: Prefer,
    /// Whether parameters that are not understood are left out.
    pub lenient: bool,
}

/// `Prefer: return=…`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Prefer {
    /// The resource as stored.
    #[default]
    Representation,
    /// Headers only.
    Minimal,
    /// An OperationOutcome.
    Outcome,
}

/// The pairs of a query string, decoded.
pub(crate) type Pairs = Vec<(String, String)>;

/// Reads the query string.
///
/// # Errors
/// When it is not one.
pub(crate) fn pairs_of(uri: &Uri) -> Result<Pairs> {
    axum::extract::Query::<Pairs>::try_from_uri(uri)
        .map(|query| query.0)
        .map_err(|_| refusal::refuse(IssueCode::Invalid, "", "the query string can't be read"))
}

/// Reads a form as a query string.
///
/// # Errors
/// When it is not one, or too long.
pub(crate) fn pairs_of_form(bytes: &[u8]) -> Result<Pairs> {
    let text = std::str::from_utf8(bytes).unwrap_or("\u{0}").trim();
    let uri: std::result::Result<Uri, _> = ["/?", text].concat().parse();
    match uri {
        Ok(uri) => pairs_of(&uri),
        Err(_) => Err(refusal::refuse(
            IssueCode::TooLong,
            "",
            "the search form can't be read",
        )),
    }
}

impl Shape {
    /// Takes what is about the answer out of headers and query.
    ///
    /// # Errors
    /// A format other than JSON.
    pub(crate) fn take(headers: &HeaderMap, pairs: &mut Pairs) -> Result<Self> {
        let mut shape = Self::default();
        let accept = headers
            .get(header::ACCEPT)
            .and_then(|value| value.to_str().ok())
            .unwrap_or("");
        if !accept.is_empty() && !accept.split(',').any(is_json) {
            return Err(not_json());
        }
        for part in headers.get_all("prefer") {
            for word in part.to_str().unwrap_or("").split([',', ';']).map(str::trim) {
                match word {
                    "return=minimal" => shape.prefer = Prefer::Minimal,
                    "return=representation" => shape.prefer = Prefer::Representation,
                    "return=OperationOutcome" => shape.prefer = Prefer::Outcome,
                    "handling=lenient" => shape.lenient = true,
                    _ => {}
                }
            }
        }
        let mut refused = false;
        pairs.retain(|(name, value)| match name.as_str() {
            "_pretty" => {
                shape.pretty = value == "true";
                false
            }
            "_format" => {
                refused |= !is_json(value) && value != "json";
                false
            }
            _ => true,
        });
        if refused { Err(not_json()) } else { Ok(shape) }
    }

    /// The part of a resource that is wanted, laid out.
    pub(crate) fn apply(&self, body: String) -> String {
        let whole = matches!(self.summary, None | Some(Summary::False)) && self.elements.is_empty();
        if whole {
            body
        } else {
            self.part_of(&body).unwrap_or(body)
        }
    }

    /// The whole answer, laid out.
    pub(crate) fn lay_out(&self, text: String) -> String {
        if self.pretty { pretty(&text) } else { text }
    }

    fn part_of(&self, body: &str) -> Option<String> {
        let resource = Resource::parse(body.as_bytes()).ok()?;
        let kind = resource.kind();
        let mandatory = |name: &str| {
            kind.elements
                .iter()
                .any(|element| element.min > 0 && is_element(element.name, element.choice, name))
        };
        let in_summary = |name: &str| {
            kind.elements
                .iter()
                .any(|element| element.summary && is_element(element.name, element.choice, name))
        };
        let wanted = |name: &str| {
            let name = name.strip_prefix('_').unwrap_or(name);
            match (name, self.summary) {
                ("resourceType" | "id" | "meta" | "implicitRules", _) => true,
                (_, Some(Summary::True)) => in_summary(name),
                (_, Some(Summary::Text)) => name == "text" || mandatory(name),
                (_, Some(Summary::Data)) => name != "text",
                _ => self.elements.iter().any(|one| is_element(one, true, name)) || mandatory(name),
            }
        };
        let mut parts = Vec::new();
        for member in resource
            .root()
            .members()
            .filter(|member| wanted(member.name()))
        {
            let value = if member.name() == "meta" {
                subsetted(member)
            } else {
                member.raw().to_owned()
            };
            parts.push(["\"", member.name(), "\":", &value].concat());
        }
        Some(["{", &parts.join(","), "}"].concat())
    }
}

fn is_element(element: &str, choice: bool, name: &str) -> bool {
    name == element
        || (choice
            && name
                .strip_prefix(element)
                .is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_uppercase())))
}

/// `meta` with the tag that says that parts are missing.
fn subsetted(meta: View<'_>) -> String {
    const TAG: &str = r#"{"system":"http://terminology.hl7.org/CodeSystem/v3-ObservationValue","code":"SUBSETTED"}"#;
    let mut parts = Vec::new();
    let mut tagged = false;
    for member in meta.members() {
        if member.name() == "tag" {
            tagged = true;
            let tags: Vec<&str> = member.items().map(View::raw).chain([TAG]).collect();
            parts.push(["\"tag\":[", &tags.join(","), "]"].concat());
        } else {
            parts.push(["\"", member.name(), "\":", member.raw()].concat());
        }
    }
    if !tagged {
        parts.push(["\"tag\":[", TAG, "]"].concat());
    }
    ["{", &parts.join(","), "}"].concat()
}

fn is_json(media_type: &str) -> bool {
    let name = media_type.split(';').next().unwrap_or("").trim();
    matches!(
        name,
        "application/fhir+json" | "application/json" | "text/json" | "*/*" | "application/*"
    )
}

fn not_json() -> Error {
    Error::new(
        Kind::Unsupported,
        "fhir.format",
        "this server speaks JSON only: application/fhir+json",
    )
}

/// JSON with line breaks; every number and text stays as written.
fn pretty(text: &str) -> String {
    let mut out = String::with_capacity(text.len() * 2);
    let mut depth = 0_usize;
    let (mut quoted, mut escaped) = (false, false);
    let line = |out: &mut String, depth: usize| {
        out.push('\n');
        out.extend(std::iter::repeat_n("  ", depth));
    };
    let mut characters = text.chars().peekable();
    while let Some(c) = characters.next() {
        if quoted {
            out.push(c);
            quoted = escaped || c != '"';
            escaped = c == '\\' && !escaped;
            continue;
        }
        match c {
            '"' => {
                quoted = true;
                out.push(c);
            }
            '{' | '[' => {
                out.push(c);
                while characters
                    .next_if(|next| next.is_ascii_whitespace())
                    .is_some()
                {}
                if let Some(end) = characters.next_if(|next| matches!(next, '}' | ']')) {
                    out.push(end);
                } else {
                    depth += 1;
                    line(&mut out, depth);
                }
            }
            '}' | ']' => {
                depth = depth.saturating_sub(1);
                line(&mut out, depth);
                out.push(c);
            }
            ',' => {
                out.push(c);
                line(&mut out, depth);
            }
            ':' => out.push_str(": "),
            c if c.is_ascii_whitespace() => {}
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn laid_out_json_keeps_its_values() {
        let text = r#"{"a":[1.00,"x\",y"],"b":{},"c":[ ]}"#;
        let expected =
            "{\n  \"a\": [\n    1.00,\n    \"x\\\",y\"\n  ],\n  \"b\": {},\n  \"c\": []\n}";
        assert_eq!(pretty(text), expected);
    }
}

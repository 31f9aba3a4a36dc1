//! Answers on the wire: a resource with its version, bundles, what a write did.

use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use http::Ctx;
use kernel::Instant;
use serde_json::json;

use crate::rows::Header;
use crate::shape::{Prefer, Shape};
use crate::write::{Done, Outcome};

/// The media type of every answer.
const FHIR_JSON: &str = "application/fhir+json; charset=utf-8";

/// The address clients know this server by, such as `https://host/fhir`.
pub(crate) fn base(ctx: &Ctx, headers: &HeaderMap) -> String {
    [&http::origin(ctx.app(), headers), "/fhir"].concat()
}

/// Any FHIR body.
pub(crate) fn body(status: StatusCode, text: String) -> Response {
    let mut response = (status, text).into_response();
    response
        .headers_mut()
        .insert(header::CONTENT_TYPE, HeaderValue::from_static(FHIR_JSON));
    response
}

/// A resource in one of its versions.
pub(crate) fn resource(
    status: StatusCode,
    version: i64,
    at: Instant,
    text: String,
    shape: &Shape,
) -> Response {
    let mut response = body(status, shape.lay_out(shape.apply(text)));
    versioned(&mut response, version, at);
    response
}

fn versioned(response: &mut Response, version: i64, at: Instant) {
    set(response, header::ETAG, &etag(version));
    set(response, header::LAST_MODIFIED, &http_date(at));
}

/// The tag of a version.
pub(crate) fn etag(version: i64) -> String {
    format!("W/\"{version}\"")
}

/// What a write answers; `text` is the resource as stored, where it is wanted.
pub(crate) fn written(base: &str, done: &Done, text: Option<String>, shape: &Shape) -> Response {
    let status = status_of(done);
    let mut response = match (shape.prefer, text) {
        (Prefer::Representation, Some(text)) => body(status, shape.lay_out(text)),
        (Prefer::Outcome, _) => body(status, outcome_of(done)),
        _ if done.outcome == Outcome::Deleted || done.outcome == Outcome::Nothing => {
            StatusCode::NO_CONTENT.into_response()
        }
        _ => body(status, String::new()),
    };
    if done.version > 0 {
        versioned(&mut response, done.version, done.at);
    }
    let location = format!("{base}/{}/{}/_history/{}", done.kind, done.id, done.version);
    if matches!(done.outcome, Outcome::Created | Outcome::Updated) {
        set(&mut response, header::LOCATION, &location);
    }
    if done.outcome == Outcome::Found {
        set(&mut response, header::CONTENT_LOCATION, &location);
    }
    response
}

/// The status of a write.
pub(crate) fn status_of(done: &Done) -> StatusCode {
    match done.outcome {
        Outcome::Created => StatusCode::CREATED,
        Outcome::Updated | Outcome::Found => StatusCode::OK,
        Outcome::Deleted | Outcome::Nothing => StatusCode::OK,
    }
}

fn outcome_of(done: &Done) -> String {
    let text = match done.outcome {
        Outcome::Created => "created",
        Outcome::Updated => "updated",
        Outcome::Deleted => "deleted",
        Outcome::Found => "it was there already",
        Outcome::Nothing => "there was nothing to do",
    };
    let issue = json!([{ "severity": "information", "code": "informational", "details": { "text": text } }]);
    json!({ "resourceType": "OperationOutcome", "issue": issue }).to_string()
}

fn set(response: &mut Response, name: HeaderName, value: &str) {
    if let Ok(value) = HeaderValue::from_str(value) {
        response.headers_mut().insert(name, value);
    }
}

/// A date as HTTP writes it (RFC 9110 §5.6.7).
pub(crate) fn http_date(at: Instant) -> String {
    const DAYS: [&str; 7] = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];
    const MONTHS: [&str; 12] = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ];
    // The instant's own text is UTC: 2026-11-22T00:00:00.000000Z.
    let text = at.to_string();
    let number = |from: usize, to: usize| {
        text.get(from..to)
            .and_then(|part| part.parse::<usize>().ok())
            .unwrap_or_default()
    };
    let days = at.micros().div_euclid(86_400_000_000);
    // 1970-01-01 was a Thursday.
    let weekday = usize::try_from((days + 3).rem_euclid(7)).unwrap_or_default();
    let (year, month, day) = (number(0, 4), number(5, 7), number(8, 10));
    let (hour, minute, second) = (number(11, 13), number(14, 16), number(17, 19));
    let month = MONTHS.get(month.wrapping_sub(1)).unwrap_or(&"Jan");
    let weekday = DAYS[weekday];
    format!("{weekday}, {day:02} {month} {year:04} {hour:02}:{minute:02}:{second:02} GMT")
}

/// A bundle in the making. Resources go in as the text they are stored as.
pub(crate) struct Bundle {
    text: String,
    entries: usize,
}

impl Bundle {
    /// Begins a bundle of a type, with its number of matches and its links.
    pub(crate) fn new(kind: &str, total: Option<i64>, links: &[(&str, String)]) -> Self {
        let mut text = ["{\"resourceType\":\"Bundle\",\"type\":\"", kind, "\""].concat();
        if let Some(total) = total {
            text.push_str(&format!(",\"total\":{total}"));
        }
        if !links.is_empty() {
            let links: Vec<_> = links
                .iter()
                .map(|(relation, url)| json!({ "relation": relation, "url": url }))
                .collect();
            text.push_str(&format!(",\"link\":{}", json!(links)));
        }
        Self { text, entries: 0 }
    }

    /// Adds a member of the bundle itself, before its entries.
    pub(crate) fn member(&mut self, name: &str, value: &str) {
        self.text.push_str(&[",\"", name, "\":", value].concat());
    }

    /// Adds an entry: members are names with JSON texts.
    pub(crate) fn entry(&mut self, members: &[(&str, &str)]) {
        self.text.push_str(if self.entries == 0 {
            ",\"entry\":["
        } else {
            ","
        });
        self.entries += 1;
        let members: Vec<String> = members
            .iter()
            .map(|(name, value)| ["\"", name, "\":", value].concat())
            .collect();
        self.text.push('{');
        self.text.push_str(&members.join(","));
        self.text.push('}');
    }

    /// Ends it.
    pub(crate) fn finish(mut self) -> String {
        if self.entries > 0 {
            self.text.push(']');
        }
        self.text.push('}');
        self.text
    }
}

/// A JSON text of a word.
pub(crate) fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

/// The full address of a resource.
pub(crate) fn full_url(base: &str, header: &Header) -> String {
    [base, "/", header.type_name(), "/", &header.id].concat()
}

/// A query string of pairs.
pub(crate) fn query_string<'a>(pairs: impl Iterator<Item = (&'a str, &'a str)>) -> String {
    let pairs: Vec<String> = pairs
        .map(|(name, value)| [&encoded(name), "=", &encoded(value)].concat())
        .collect();
    pairs.join("&")
}

fn encoded(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~:,/|".contains(&byte) {
            out.push(char::from(byte));
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn http_dates_have_their_weekday() {
        let at: Instant = "2026-11-22T00:00:05Z".parse().unwrap();
        assert_eq!(http_date(at), "Sun, 22 Nov 2026 00:00:05 GMT");
    }
}

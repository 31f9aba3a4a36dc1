//! Answers that carry a version.

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};

/// A document and its version, which goes out as the ETag.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Etag<T> {
    /// The version; send it back in `If-Match`.
    pub version: i64,
    /// The document.
    pub body: T,
}

impl<T> Etag<T> {
    /// Pairs a document with its version.
    pub fn new(version: i64, body: T) -> Self {
        Self { version, body }
    }
}

impl<T: Serialize> IntoResponse for Etag<T> {
    fn into_response(self) -> Response {
        let mut response = axum::Json(self.body).into_response();
        let tag = HeaderValue::from_str(&format!("\"{}\"", self.version));
        response
            .headers_mut()
            .insert(header::ETAG, tag.expect("a number is a header value"));
        response
    }
}

/// The answer to a command that made something: 201.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Created<T>(pub Etag<T>);

impl<T: Serialize> IntoResponse for Created<T> {
    fn into_response(self) -> Response {
        (StatusCode::CREATED, self.0).into_response()
    }
}

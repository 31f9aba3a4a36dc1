//! Bodies, queries and path parts that are refused with the field at fault.

use axum::body::Bytes;
use axum::extract::rejection::BytesRejection;
use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::http::request::Parts;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use kernel::{Error, Kind};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::App;
use crate::problem::ProblemResponse;

/// A JSON body, in or out.
#[derive(Debug)]
pub struct Json<T>(pub T);

impl<T: DeserializeOwned> FromRequest<App> for Json<T> {
    type Rejection = ProblemResponse;

    async fn from_request(request: Request, app: &App) -> Result<Self, Self::Rejection> {
        let declared = request
            .headers()
            .get(header::CONTENT_TYPE)
            .and_then(|value| value.to_str().ok());
        if !declared.is_some_and(|value| value.split(';').next().is_some_and(is_json)) {
            let detail = "send the body as application/json";
            return Err(Error::new(Kind::Invalid, "request.content-type", detail)
                .at("Content-Type")
                .into());
        }
        let bytes = Bytes::from_request(request, app).await.map_err(too_large)?;
        parse_json(&bytes).map(Self).map_err(Into::into)
    }
}

fn is_json(media_type: &str) -> bool {
    matches!(
        media_type.trim(),
        "application/json" | "application/fhir+json"
    )
}

fn too_large(rejection: BytesRejection) -> ProblemResponse {
    let kind = if rejection.status() == StatusCode::PAYLOAD_TOO_LARGE {
        Kind::TooLarge
    } else {
        Kind::Invalid
    };
    Error::new(kind, "request.body", "the body is too large or broke off")
        .because(rejection)
        .into()
}

fn parse_json<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Error> {
    if std::str::from_utf8(bytes).is_err() {
        return Err(Error::new(
            Kind::Invalid,
            "request.utf8",
            "the body is not valid UTF-8",
        ));
    }
    let mut deserializer = serde_json::Deserializer::from_slice(bytes);
    let value = serde_path_to_error::deserialize(&mut deserializer).map_err(|error| {
        let field = error.path().to_string();
        let error = Error::new(Kind::Invalid, "request.json", plain_reason(error.inner()));
        if field == "." { error } else { error.at(field) }
    })?;
    deserializer
        .end()
        .map_err(|error| Error::new(Kind::Invalid, "request.json", plain_reason(&error)))?;
    Ok(value)
}

/// serde's reasons name fields and types of ours, never data of other patients.
fn plain_reason(error: &serde_json::Error) -> String {
    error.to_string()
}

impl<T: Serialize> IntoResponse for Json<T> {
    fn into_response(self) -> Response {
        axum::Json(self.0).into_response()
    }
}

/// A query string.
#[derive(Debug)]
pub struct Query<T>(pub T);

impl<T: DeserializeOwned> FromRequestParts<App> for Query<T> {
    type Rejection = ProblemResponse;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Self::Rejection> {
        axum::extract::Query::<T>::from_request_parts(parts, app)
            .await
            .map(|query| Self(query.0))
            .map_err(|error| Error::new(Kind::Invalid, "request.query", error.body_text()).into())
    }
}

/// Parts of the path.
#[derive(Debug)]
pub struct Path<T>(pub T);

impl<T: DeserializeOwned + Send> FromRequestParts<App> for Path<T> {
    type Rejection = ProblemResponse;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Self::Rejection> {
        axum::extract::Path::<T>::from_request_parts(parts, app)
            .await
            .map(|path| Self(path.0))
            .map_err(|error| Error::new(Kind::Invalid, "request.path", error.body_text()).into())
    }
}

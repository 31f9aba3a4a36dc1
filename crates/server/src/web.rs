//! The web interface inside the binary: hashed files for ever, the page itself always fresh.

use axum::http::{HeaderMap, HeaderValue, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use rust_embed::RustEmbed;

/// The built interface. A server built before the interface shows how to build it.
#[derive(RustEmbed)]
#[folder = "../../ui/dist"]
#[allow_missing = true]
struct Files;

const IMMUTABLE: &str = "public, max-age=31536000, immutable";
const NOT_BUILT: &str = "<!doctype html><meta charset=utf-8><title>Lianti</title>\
    <p>The web interface was not built into this server. Run <code>cargo xtask demo</code>, \
    or <code>npm ci &amp;&amp; npm run build</code> in <code>ui/</code> and build again.</p>";

/// A file of the interface; any other address outside `/api` and `/fhir` is the interface's own to
/// route.
pub async fn serve(headers: HeaderMap, uri: Uri) -> Response {
    let path = uri.path().trim_start_matches('/');
    if path.starts_with("api/") || path.starts_with("fhir/") {
        return StatusCode::NOT_FOUND.into_response();
    }
    let (name, file) = match Files::get(path) {
        Some(file) if !path.is_empty() => (path, file),
        _ if path.starts_with("assets/") => return StatusCode::NOT_FOUND.into_response(),
        _ => match Files::get("index.html") {
            Some(file) => ("index.html", file),
            None => return ([(header::CONTENT_TYPE, "text/html")], NOT_BUILT).into_response(),
        },
    };
    let tag = format!("\"{}\"", store::hex(&file.metadata.sha256_hash()[..12]));
    let unchanged = headers
        .get(header::IF_NONE_MATCH)
        .is_some_and(|seen| seen.as_bytes() == tag.as_bytes());
    let cache = if name.starts_with("assets/") {
        IMMUTABLE
    } else {
        "no-cache"
    };
    let mut response = if unchanged {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        let media_type = mime_guess::from_path(name).first_or_octet_stream();
        ([(header::CONTENT_TYPE, media_type.as_ref())], file.data).into_response()
    };
    let out = response.headers_mut();
    out.insert(header::CACHE_CONTROL, HeaderValue::from_static(cache));
    if let Ok(tag) = HeaderValue::from_str(&tag) {
        out.insert(header::ETAG, tag);
    }
    response
}

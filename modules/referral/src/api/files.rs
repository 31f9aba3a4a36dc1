//! Messages and files.

use axum::extract::multipart::{Field, Multipart, MultipartError};
use axum::extract::{DefaultBodyLimit, FromRequest, Request};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use http::{App, Created, Ctx, Etag, Json, Path, Result};
use kernel::{Error, Id, Kind as ErrorKind};
use serde::{Deserialize, Serialize};
use utoipa_axum::router::{OpenApiRouter, UtoipaMethodRouterExt};
use utoipa_axum::routes;

use crate::commands::{self, NewAttachment, attachment_of, post_message};
use crate::store as sql;
use crate::visible;

pub(super) fn routes() -> OpenApiRouter<App> {
    // The form around the file needs a little room of its own.
    let limit = DefaultBodyLimit::max(FILE_BYTES_MAX + 64 * 1024);
    OpenApiRouter::new()
        .routes(routes!(referral_message))
        .routes(routes!(referral_attach).layer(limit))
        .routes(routes!(referral_attachment))
}

/// Largest file.
const FILE_BYTES_MAX: usize = 20 * 1024 * 1024;

/// What a referral may carry, by the content of the file and never by its name.
const MEDIA_TYPES: &[&str] = &[
    "application/pdf",
    "image/jpeg",
    "image/png",
    "application/dicom",
];

/// A message.
#[derive(Clone, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewMessage {
    /// What it says.
    pub text: String,
}

/// Something new.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, utoipa::ToSchema)]
pub struct NewId {
    /// Its id.
    pub id: Id,
}

/// Writes to the other side, on the case.
#[utoipa::path(
    post, path = "/api/referrals/{id}/messages", tag = "referral", operation_id = "referral_message",
    params(("id" = Id, Path)), request_body = NewMessage, responses((status = 201, body = NewId)),
    extensions(("x-permission" = json!("referral.take-part"))),
)]
async fn referral_message(
    ctx: Ctx,
    Path(id): Path<Id>,
    Json(body): Json<NewMessage>,
) -> Result<Created<NewId>> {
    let id = ctx
        .write(move |tx| post_message(tx, id, &body.text))
        .await?;
    Ok(Created(Etag::new(1, NewId { id })))
}

/// A file, as a form field called `file`.
#[derive(utoipa::ToSchema)]
#[expect(dead_code, reason = "describes the form in the OpenAPI document only")]
struct FileForm {
    /// PDF, JPEG, PNG or DICOM, at most 20 MiB.
    #[schema(value_type = String, format = Binary)]
    file: Vec<u8>,
}

/// Adds a file to the case. Its type is told from its content; it is kept outside the web root and
/// only ever offered for download.
#[utoipa::path(
    post, path = "/api/referrals/{id}/attachments", tag = "referral", operation_id = "referral_attach",
    params(("id" = Id, Path)),
    request_body(content = FileForm, content_type = "multipart/form-data"),
    responses((status = 201, body = NewId)),
    extensions(("x-permission" = json!("referral.take-part"))),
)]
async fn referral_attach(ctx: Ctx, Path(id): Path<Id>, request: Request) -> Result<Created<NewId>> {
    let form = Multipart::from_request(request, ctx.app())
        .await
        .map_err(|error| unreadable().because(error))?;
    // Somebody who may not add a file learns so before it is written to disk.
    ctx.read(move |tx| visible::load(tx, id).map(|_| ()))
        .await?;
    let (file_name, bytes) = file_of(form).await?;
    let media_type = media_type_of(&bytes)?;
    let blob = ctx.store().put_blob(&bytes, media_type)?;
    let file = NewAttachment { file_name, blob };
    let id = ctx.write(move |tx| commands::attach(tx, id, &file)).await?;
    Ok(Created(Etag::new(1, NewId { id })))
}

fn unreadable() -> Error {
    Error::invalid(
        "referral.file-unreadable",
        "file",
        "send one file as a form field called `file`",
    )
}

async fn file_of(mut form: Multipart) -> kernel::Result<(String, Vec<u8>)> {
    while let Some(field) = form.next_field().await.map_err(broken)? {
        if field.name() == Some("file") {
            let name = field.file_name().unwrap_or("file").to_owned();
            return Ok((name, bytes_of(field).await?));
        }
    }
    Err(unreadable())
}

/// Reads chunk by chunk, and stops at the limit.
async fn bytes_of(mut field: Field<'_>) -> kernel::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    while let Some(chunk) = field.chunk().await.map_err(broken)? {
        if bytes.len() + chunk.len() > FILE_BYTES_MAX {
            return Err(too_big());
        }
        bytes.extend_from_slice(&chunk);
    }
    if bytes.is_empty() {
        Err(unreadable())
    } else {
        Ok(bytes)
    }
}

/// A form that ended early, was too large, or is none.
fn broken(error: MultipartError) -> Error {
    if error.status() == StatusCode::PAYLOAD_TOO_LARGE {
        return too_big();
    }
    unreadable().because(error)
}

fn too_big() -> Error {
    let detail = "a file has at most 20 MiB";
    Error::new(ErrorKind::TooLarge, "referral.file-too-large", detail).at("file")
}

/// The type told from the content; anything else is refused, whatever its name says.
fn media_type_of(bytes: &[u8]) -> kernel::Result<&'static str> {
    let told = infer::get(bytes).map(|kind| kind.mime_type());
    // DICOM Part 10: 128 bytes of preamble, then DICM.
    let dicom = bytes.get(128..132) == Some(b"DICM");
    let told = if dicom {
        Some("application/dicom")
    } else {
        told
    };
    match MEDIA_TYPES.iter().find(|known| Some(**known) == told) {
        Some(known) => Ok(known),
        None => {
            let detail =
                "only PDF, JPEG, PNG and DICOM files are taken; the type is told from the content";
            Err(Error::invalid("referral.file-type", "file", detail)
                .with(serde_json::json!({ "told": told.unwrap_or("unknown") })))
        }
    }
}

/// A file of the case, for download.
#[utoipa::path(
    get, path = "/api/referrals/{id}/attachments/{attachment_id}", tag = "referral",
    operation_id = "referral_attachment",
    params(("id" = Id, Path), ("attachment_id" = Id, Path)),
    responses((status = 200, content_type = "*/*", body = Vec<u8>)),
    extensions(("x-permission" = json!("referral.read"))),
)]
async fn referral_attachment(
    ctx: Ctx,
    Path((id, attachment_id)): Path<(Id, Id)>,
) -> Result<Response> {
    let file = ctx
        .read(move |tx| {
            let referral = visible::load_to_show(tx, id, "referral-attachment")?;
            attachment_of(tx, &referral, attachment_id)
        })
        .await?;
    let bytes = ctx.store().get_blob(&file.sha256)?;
    Ok(download(&file, bytes)?)
}

/// Offered for download, never shown: a file that looks like a page can't run in ours.
fn download(file: &sql::Attachment, bytes: Vec<u8>) -> kernel::Result<Response> {
    let mut response = bytes.into_response();
    let headers = response.headers_mut();
    let media_type = HeaderValue::from_str(&file.media_type).map_err(Error::internal)?;
    let encoded: String = file.file_name.bytes().map(percent).collect();
    let disposition = format!("attachment; filename*=UTF-8''{encoded}");
    headers.insert(header::CONTENT_TYPE, media_type);
    headers.insert(
        header::CONTENT_DISPOSITION,
        HeaderValue::from_str(&disposition).map_err(Error::internal)?,
    );
    headers.insert(
        header::X_CONTENT_TYPE_OPTIONS,
        HeaderValue::from_static("nosniff"),
    );
    headers.insert(
        header::CONTENT_SECURITY_POLICY,
        HeaderValue::from_static("sandbox"),
    );
    Ok(response)
}

/// RFC 8187: everything but letters, digits and a few marks is percent-encoded.
fn percent(byte: u8) -> String {
    if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.') {
        char::from(byte).to_string()
    } else {
        format!("%{byte:02X}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_type_is_told_from_the_content() {
        let check = |bytes: &[u8], expected: Option<&str>| {
            assert_eq!(media_type_of(bytes).ok(), expected);
        };
        check(b"%PDF-1.7\n1 0 obj", Some("application/pdf"));
        check(
            &[0xff, 0xd8, 0xff, 0xe0, 0, 0x10, b'J', b'F', b'I', b'F'],
            Some("image/jpeg"),
        );
        check(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", Some("image/png"));
        let mut dicom = vec![0; 128];
        dicom.extend_from_slice(b"DICM");
        check(&dicom, Some("application/dicom"));
        check(b"<html><script>alert(1)</script>", None);
        check(b"MZ\x90\0\x03", None);
        check(b"just words", None);
    }
}

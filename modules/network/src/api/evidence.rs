//! Files that prove something: uploaded first, named by bonds, alliances, approvals and decisions.

use axum::extract::DefaultBodyLimit;
use axum::extract::multipart::{Multipart, MultipartRejection};
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use http::{App, Created, Ctx, Etag, Path};
use kernel::{Error, Id, Kind, Result};
use store::{Change, Tx};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::commands;
use crate::model::Evidence;

/// Largest file.
const FILE_BYTES_MAX: usize = 20 * 1024 * 1024;
/// Room for the form around the file.
const FORM_BYTES: usize = 64 * 1024;
/// Longest file name kept.
const NAME_CHARS_MAX: usize = 120;

/// Types that prove something and that a browser shows or saves without running anything.
const TYPES: &[&str] = &[
    "application/pdf",
    "image/jpeg",
    "image/png",
    "image/webp",
    "image/tiff",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
];

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(evidence_upload))
        .layer(DefaultBodyLimit::max(FILE_BYTES_MAX + FORM_BYTES))
        .routes(routes!(evidence_get))
        .routes(routes!(evidence_download))
}

/// A form with one file.
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes the form in the API document only")]
#[schema(as = NetworkUploadForm)]
struct UploadForm {
    /// The file.
    #[schema(value_type = String, format = Binary)]
    file: Vec<u8>,
}

/// Upload a file as evidence: PDF, picture, Word or Excel, at most 20 MiB, told by its content.
#[utoipa::path(post, path = "/api/network/evidence", tag = "network",
    request_body(content = UploadForm, content_type = "multipart/form-data"),
    responses((status = 201, body = Evidence)), extensions(("x-permission" = json!("network.evidence"))))]
async fn evidence_upload(
    ctx: Ctx,
    form: Result<Multipart, MultipartRejection>,
) -> http::Result<Created<Evidence>> {
    let (name, bytes) = file_of(form).await?;
    let media_type = media_type_of(&bytes)?;
    let store = ctx.store().clone();
    let blob = tokio::task::spawn_blocking(move || store.put_blob(&bytes, media_type))
        .await
        .map_err(Error::internal)??;
    let keep = move |tx: &mut Tx<'_>| {
        tx.keep_blob(&blob)?;
        let evidence = Evidence {
            id: tx.new_id(),
            org_id: tx.actor().org_id,
            name: name.clone(),
            media_type: blob.media_type.clone(),
            size_bytes: blob.size_bytes,
            sha256: blob.sha256.clone(),
            uploaded_at: tx.now(),
            uploaded_by: tx.actor().name.clone(),
        };
        let kept = tx.insert(&evidence, Change::new("evidence.uploaded"))?;
        Ok(Etag::new(kept.version, kept.data))
    };
    Ok(Created(ctx.write(keep).await?))
}

/// What is known of a file.
#[utoipa::path(get, path = "/api/network/evidence/{id}", tag = "network", params(("id" = Id, Path)),
    responses((status = 200, body = Evidence)), extensions(("x-permission" = json!("network.read"))))]
async fn evidence_get(ctx: Ctx, Path(id): Path<Id>) -> http::Result<Etag<Evidence>> {
    Ok(ctx.read(move |tx| readable(tx, id)).await?)
}

/// The file itself, always as a download.
#[utoipa::path(get, path = "/api/network/evidence/{id}/file", tag = "network", params(("id" = Id, Path)),
    responses((status = 200, description = "the file", content_type = "*/*")),
    extensions(("x-permission" = json!("network.read"))))]
async fn evidence_download(ctx: Ctx, Path(id): Path<Id>) -> http::Result<Response> {
    let evidence = ctx.read(move |tx| readable(tx, id)).await?.body;
    let store = ctx.store().clone();
    let sha256 = evidence.sha256.clone();
    let bytes = tokio::task::spawn_blocking(move || store.get_blob(&sha256))
        .await
        .map_err(Error::internal)??;
    let mut response = bytes.into_response();
    let headers = response.headers_mut();
    let media_type = HeaderValue::from_str(&evidence.media_type).map_err(Error::internal)?;
    headers.insert(header::CONTENT_TYPE, media_type);
    headers.insert(header::CONTENT_DISPOSITION, disposition(&evidence.name)?);
    headers.insert(
        header::X_CONTENT_TYPE_OPTIONS,
        HeaderValue::from_static("nosniff"),
    );
    Ok(response)
}

fn readable(tx: &mut Tx<'_>, id: Id) -> Result<Etag<Evidence>> {
    let evidence = tx.load::<Evidence>(id)?;
    if commands::reaches_everything(tx) || http::access::covers(tx, evidence.org_id)? {
        return Ok(Etag::new(evidence.version, evidence.data));
    }
    Err(Error::not_found("evidence"))
}

/// The first file of the form: its name without folders, and its bytes.
async fn file_of(form: Result<Multipart, MultipartRejection>) -> Result<(String, Vec<u8>)> {
    let broken = |text: String| Error::invalid("network.upload", "file", text);
    let mut form = form.map_err(|rejection| broken(rejection.body_text()))?;
    while let Some(field) = form
        .next_field()
        .await
        .map_err(|error| upload_failed(&error))?
    {
        let Some(name) = field.file_name().map(plain_name) else {
            continue;
        };
        let bytes = field.bytes().await.map_err(|error| upload_failed(&error))?;
        if bytes.is_empty() {
            return Err(broken("the file is empty".to_owned()));
        }
        if bytes.len() > FILE_BYTES_MAX {
            return Err(too_large());
        }
        return Ok((name, bytes.to_vec()));
    }
    Err(broken(
        "send a form with one file in the field `file`".to_owned(),
    ))
}

fn upload_failed(error: &axum::extract::multipart::MultipartError) -> Error {
    if error.status() == axum::http::StatusCode::PAYLOAD_TOO_LARGE {
        return too_large();
    }
    Error::invalid("network.upload", "file", error.body_text())
}

fn too_large() -> Error {
    let detail = "a file has at most 20 MiB; make it smaller or split it";
    Error::new(Kind::TooLarge, "network.upload-too-large", detail).at("file")
}

/// The last part of a path, without characters that headers or file systems trip over.
fn plain_name(name: &str) -> String {
    let last = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let is_plain =
        |c: &char| !c.is_control() && !matches!(c, '"' | '<' | '>' | '|' | ':' | '*' | '?');
    let name: String = kernel::text::fold(last)
        .chars()
        .filter(is_plain)
        .take(NAME_CHARS_MAX)
        .collect();
    if name.is_empty() {
        "file".to_owned()
    } else {
        name
    }
}

/// The type the content has, whatever the name says.
fn media_type_of(bytes: &[u8]) -> Result<&'static str> {
    let told = infer::get(bytes).map(|kind| kind.mime_type());
    let known = TYPES.iter().copied().find(|known| told == Some(*known));
    known.ok_or_else(|| {
        let detail = "the content is no PDF, picture, Word or Excel file, whatever its name says";
        Error::invalid("network.upload-type", "file", detail)
    })
}

/// RFC 6266: an ASCII name for old programs, the real one in UTF-8.
fn disposition(name: &str) -> Result<HeaderValue> {
    let plain: String = name
        .chars()
        .map(|c| {
            if c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_') {
                c
            } else {
                '_'
            }
        })
        .collect();
    let mut encoded = String::new();
    for byte in name.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_') {
            encoded.push(char::from(byte));
        } else {
            encoded.push_str(&format!("%{byte:02X}"));
        }
    }
    let text = format!("attachment; filename=\"{plain}\"; filename*=UTF-8''{encoded}");
    HeaderValue::from_str(&text).map_err(Error::internal)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_lose_folders_and_tricks() {
        assert_eq!(plain_name("../../etc/pass\"wd"), "passwd");
        assert_eq!(plain_name("C:\\合作 协议.pdf"), "合作 协议.pdf");
        assert_eq!(plain_name("///"), "file");
    }

    #[test]
    fn types_are_told_from_the_content() {
        assert_eq!(media_type_of(b"%PDF-1.7 ...").unwrap(), "application/pdf");
        for disguised in [
            &b"MZ\x90\x00 a program named contract.pdf"[..],
            b"<html><script>",
            b"#!/bin/sh\n",
        ] {
            assert_eq!(
                media_type_of(disguised).unwrap_err().code(),
                "network.upload-type"
            );
        }
    }
}

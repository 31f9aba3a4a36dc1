//! Messages and files of a case.

use kernel::{Error, Id, Result};
use serde_json::json;
use store::{BlobRef, Change, Subject, Tx, params};

use super::apply::authorized;
use super::effects;
use crate::model::Referral;
use crate::store as sql;
use crate::visible;
use crate::words::Action;

/// Longest message, in characters.
const MESSAGE_CHARS_MAX: usize = 2_000;
/// Most files on one case.
const ATTACHMENTS_MAX: i64 = 50;
/// Longest file name kept, in characters.
const FILE_NAME_CHARS_MAX: usize = 120;

/// Writes to the other side; answers the message's id.
///
/// # Errors
/// `NotFound`; `referral.missing`; a refusal of the rules.
pub fn post_message(tx: &mut Tx<'_>, referral_id: Id, text: &str) -> Result<Id> {
    let referral = visible::load(tx, referral_id)?;
    authorized(tx, &referral, Action::Message)?;
    let text = text.trim();
    if text.is_empty() {
        return Err(Error::invalid(
            "referral.missing",
            "text",
            "write the message",
        ));
    }
    if text.chars().count() > MESSAGE_CHARS_MAX {
        let detail = format!("a message has at most {MESSAGE_CHARS_MAX} characters");
        return Err(Error::invalid("referral.text-too-long", "text", detail));
    }
    let (id, now) = (tx.new_id(), tx.now());
    let actor = tx.actor().clone();
    let values = params![
        id,
        referral_id,
        now,
        actor.id,
        actor.name,
        actor.role,
        actor.org_id,
        text
    ];
    tx.execute(sql::ADD_MESSAGE, &values)?;
    let change = Change::new(Action::Message.event()).detail(json!({ "message_id": id }));
    tx.record(change, Subject::of(&referral.data))?;
    effects::tell(tx, &referral, Action::Message)?;
    Ok(id)
}

/// A file that was put into the blob store.
#[derive(Clone, Debug)]
pub struct NewAttachment {
    /// Its name as the sender called it.
    pub file_name: String,
    /// Where it lies, and its type as told from the content.
    pub blob: BlobRef,
}

/// Adds a file; answers its id.
///
/// # Errors
/// `NotFound`; `referral.too-many`; a refusal of the rules.
pub fn attach(tx: &mut Tx<'_>, referral_id: Id, file: &NewAttachment) -> Result<Id> {
    let referral = visible::load(tx, referral_id)?;
    authorized(tx, &referral, Action::Attach)?;
    if tx.count(sql::COUNT_ATTACHMENTS, &params![referral_id])? >= ATTACHMENTS_MAX {
        let detail = format!("a case has at most {ATTACHMENTS_MAX} files");
        return Err(Error::invalid("referral.too-many", "file", detail));
    }
    tx.keep_blob(&file.blob)?;
    let (id, now) = (tx.new_id(), tx.now());
    let actor = tx.actor().clone();
    let values = params![
        id,
        referral_id,
        now,
        actor.id,
        actor.name,
        actor.org_id,
        plain_name(&file.file_name),
        file.blob.media_type.as_str(),
        file.blob.size_bytes,
        file.blob.sha256.as_str(),
    ];
    tx.execute(sql::ADD_ATTACHMENT, &values)?;
    let detail = json!({ "attachment_id": id, "media_type": file.blob.media_type });
    let change = Change::new(Action::Attach.event()).detail(detail);
    tx.record(change, Subject::of(&referral.data))?;
    Ok(id)
}

/// A name without folders, control characters or marks that file systems or headers read.
fn plain_name(name: &str) -> String {
    let last = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let kept = last
        .chars()
        .filter(|c| !c.is_control() && !matches!(c, '"' | '<' | '>' | ':' | '|' | '?' | '*'));
    let plain: String = kept.take(FILE_NAME_CHARS_MAX).collect();
    let plain = plain.trim().trim_start_matches('.').to_owned();
    if plain.is_empty() {
        "file".to_owned()
    } else {
        plain
    }
}

/// Refuses files that are not of this case.
pub(super) fn require_attachments(tx: &mut Tx<'_>, referral_id: Id, ids: &[Id]) -> Result<()> {
    let known = sql::attachments(tx, referral_id)?;
    match ids
        .iter()
        .find(|id| !known.iter().any(|file| file.id == **id))
    {
        None => Ok(()),
        Some(_) => Err(Error::invalid(
            "referral.attachment",
            "summary.attachment_ids",
            "this file is not one of the case; add it first",
        )),
    }
}

/// The file of a case.
///
/// # Errors
/// `NotFound` with code `referral`.
pub(crate) fn attachment_of(
    tx: &mut Tx<'_>,
    referral: &Referral,
    id: Id,
) -> Result<sql::Attachment> {
    let found = sql::attachments(tx, referral.id)?
        .into_iter()
        .find(|file| file.id == id);
    found.ok_or_else(|| Error::not_found("referral"))
}

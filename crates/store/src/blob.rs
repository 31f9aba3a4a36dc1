//! Files kept outside the database under their content hash: never in a web root, never executed.

use std::fs::{self, File};
use std::io::Write;
use std::path::{Path, PathBuf};

use kernel::{Error, Kind, Result};
use serde::{Deserialize, Serialize};

use crate::chain::sha256_hex;
use crate::{Store, Tx, params};

/// Names a kept file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct BlobRef {
    /// SHA-256 of the content, in hex; its name.
    pub sha256: String,
    /// Its size.
    pub size_bytes: i64,
    /// Its type, told from the content.
    pub media_type: String,
}

const KEEP: &str = "INSERT INTO blob (sha256, size_bytes, media_type, created_at)
    VALUES ($1, $2, $3, $4) ON CONFLICT (sha256) DO NOTHING";

impl Store {
    /// Writes a file and syncs it; call [`Tx::keep_blob`] in the transaction that refers to it.
    ///
    /// # Errors
    /// `store.full` or `server.internal`.
    pub fn put_blob(&self, bytes: &[u8], media_type: &str) -> Result<BlobRef> {
        let sha256 = sha256_hex(bytes);
        let path = blob_path(self.data_dir(), &sha256);
        let whole = fs::metadata(&path).is_ok_and(|kept| kept.len() == bytes.len() as u64);
        if !whole {
            write_synced(
                &path,
                bytes,
                &self.ids().next(self.clock().now()).to_string(),
            )?;
        }
        let size_bytes = i64::try_from(bytes.len()).map_err(Error::internal)?;
        Ok(BlobRef {
            sha256,
            size_bytes,
            media_type: media_type.to_owned(),
        })
    }

    /// Reads a file back and checks it against its hash.
    ///
    /// # Errors
    /// `blob` when there is none; `blob.damaged` when the content does not match.
    pub fn get_blob(&self, sha256: &str) -> Result<Vec<u8>> {
        if sha256.len() != 64 || !sha256.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return Err(Error::not_found("blob"));
        }
        let bytes =
            fs::read(blob_path(self.data_dir(), sha256)).map_err(|_| Error::not_found("blob"))?;
        if sha256_hex(&bytes) == sha256 {
            return Ok(bytes);
        }
        Err(Error::new(
            Kind::Internal,
            "blob.damaged",
            "the stored file does not match its hash",
        ))
    }
}

impl Tx<'_> {
    /// Notes a file in the database.
    ///
    /// # Errors
    /// Whatever the database reports.
    pub fn keep_blob(&mut self, blob: &BlobRef) -> Result<()> {
        let now = self.now();
        let values = params![
            blob.sha256.as_str(),
            blob.size_bytes,
            blob.media_type.as_str(),
            now
        ];
        self.execute(KEEP, &values).map(|_| ())
    }
}

/// Where a blob lies: two levels of folders keep each small.
pub(crate) fn blob_path(data_dir: &Path, sha256: &str) -> PathBuf {
    data_dir.join("blobs").join(&sha256[..2]).join(sha256)
}

/// Writes beside the target, syncs, then renames: a reader sees all of it or nothing.
pub(crate) fn write_synced(path: &Path, bytes: &[u8], unique: &str) -> Result<()> {
    let parent = path
        .parent()
        .ok_or_else(|| Error::internal("a file without a folder"))?;
    let write = || -> std::io::Result<()> {
        fs::create_dir_all(parent)?;
        let beside = parent.join(format!(".{unique}.part"));
        let mut file = File::create(&beside)?;
        file.write_all(bytes)?;
        file.sync_all()?;
        fs::rename(&beside, path)?;
        File::open(parent)?.sync_all()
    };
    write().map_err(|error| match error.kind() {
        std::io::ErrorKind::StorageFull => crate::engine::full(error),
        _ => Error::internal(error),
    })
}

//! Proving the audit chain: recompute every link, compare with the signed heads and the kept versions.

use std::fs::{self, OpenOptions};
use std::io::{Read, Write};
use std::path::{Path, PathBuf};

use ed25519_dalek::{Signer, SigningKey, VerifyingKey};
use kernel::{Error, Instant, Result};
use serde::{Deserialize, Serialize};

use crate::chain::hex;
use crate::{Request, Store, params};

/// A signed statement that the chain had this head.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AuditHead {
    /// Number of the newest event.
    pub seq: i64,
    /// Its hash.
    pub hash: String,
    /// When it was signed.
    pub at: Instant,
    /// Ed25519 public key, hex.
    pub public_key: String,
    /// Ed25519 signature over `seq:hash:at`, hex.
    pub signature: String,
}

/// Something wrong with the chain.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(tag = "what", rename_all = "kebab-case")]
pub enum Finding {
    /// This entry's content no longer gives its hash: it was edited, or the one before was.
    Edited {
        /// Its number.
        seq: i64,
        /// Its id.
        id: String,
    },
    /// Entries between these numbers are gone.
    Removed {
        /// First missing number.
        from: i64,
        /// Last missing number.
        to: i64,
    },
    /// The chain ends before a head that was signed: its tail was cut off.
    Truncated {
        /// Number of the newest event there is.
        last: i64,
        /// Number of the newest signed head.
        signed: i64,
    },
    /// The chain at a signed head has another hash than was signed: entries were exchanged.
    HeadDiffers {
        /// The head's number.
        seq: i64,
    },
    /// A signed head does not bear a valid signature.
    BadSignature {
        /// The head's number.
        seq: i64,
    },
    /// A head that was given to the witnesses is gone from the database.
    HeadMissing {
        /// The head's number.
        seq: i64,
    },
    /// A stored version is missing or differs from what its entry says was stored.
    VersionDiffers {
        /// Number of its entry.
        seq: i64,
        /// The entity.
        entity_id: String,
        /// The version.
        version: i64,
    },
    /// A stored version has no entry: its entry was removed, or the version was slipped in.
    VersionWithoutEntry {
        /// The entity.
        entity_id: String,
        /// The version.
        version: i64,
    },
    /// An entry stands outside the chain: it was slipped in, or its number was taken away.
    Stray {
        /// Its id.
        id: String,
    },
}

/// Signed heads from the two places they are kept in.
pub(crate) struct SignedHeads {
    pub(crate) kept: Vec<AuditHead>,
    pub(crate) witnessed: Vec<AuditHead>,
    /// Rows that are no heads any more.
    pub(crate) unreadable: usize,
}

/// What a verification found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Verification {
    /// Entries checked.
    pub entries: i64,
    /// Signed heads compared.
    pub heads: i64,
    /// The newest hash.
    pub head_hash: String,
    /// What is wrong, the first hundred findings; empty means that the chain is whole.
    pub findings: Vec<Finding>,
}

impl Verification {
    /// Is the chain whole?
    pub fn is_whole(&self) -> bool {
        self.findings.is_empty()
    }
}

const NEWEST: &str = "SELECT seq, hash FROM event WHERE seq IS NOT NULL ORDER BY seq DESC LIMIT 1";
const LAST_HEAD: &str =
    "SELECT seq, hash, at, public_key, signature FROM audit_head ORDER BY seq DESC LIMIT 1";
const HEADS: &str = "SELECT seq, hash, at, public_key, signature FROM audit_head ORDER BY seq";
const KEEP_HEAD: &str = "INSERT INTO audit_head (seq, hash, at, public_key, signature)
    VALUES ($1, $2, $3, $4, $5) ON CONFLICT (seq) DO NOTHING";

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Link {
    seq: i64,
    hash: String,
}

impl Store {
    /// Signs the newest link unless it is signed already, keeps the head in the database and appends
    /// it to the witness file, which other members may copy.
    ///
    /// # Errors
    /// Whatever the database or the disk reports.
    pub async fn sign_head(&self) -> Result<Option<AuditHead>> {
        let request = Request::system("audit");
        let newest: Option<Link> = self.read(&request, |tx| tx.query_opt(NEWEST, &[])).await?;
        let last: Option<AuditHead> = self
            .read(&request, |tx| tx.query_opt(LAST_HEAD, &[]))
            .await?;
        let Some(newest) = newest.filter(|link| last.is_none_or(|head| head.seq < link.seq)) else {
            return Ok(None);
        };
        let key = self.signing_key()?;
        let at = self.clock().now();
        let signature = key.sign(statement(newest.seq, &newest.hash, at).as_bytes());
        let head = AuditHead {
            seq: newest.seq,
            hash: newest.hash,
            at,
            public_key: hex(key.verifying_key().as_bytes()),
            signature: hex(&signature.to_bytes()),
        };
        let kept = head.clone();
        self.write(&request, move |tx| {
            let values = params![
                kept.seq,
                kept.hash.as_str(),
                kept.at,
                kept.public_key.as_str(),
                kept.signature.as_str()
            ];
            tx.execute(KEEP_HEAD, &values).map(|_| ())
        })
        .await?;
        // The database first: a head that only the witness has means that somebody removed it.
        self.append_witness(&head)?;
        Ok(Some(head))
    }

    /// All signed heads: those kept in the database and those in the witness file.
    pub(crate) async fn signed_heads(&self) -> Result<SignedHeads> {
        let request = Request::system("audit");
        let rows = self.read(&request, |tx| tx.query_rows(HEADS, &[])).await?;
        let mut kept = Vec::new();
        let mut unreadable = 0;
        for row in rows {
            match row.decode::<AuditHead>() {
                Ok(head) => kept.push(head),
                Err(_) => unreadable += 1,
            }
        }
        let (witnessed, unreadable_lines) = self.read_witness()?;
        let unreadable = unreadable + unreadable_lines;
        Ok(SignedHeads {
            kept,
            witnessed,
            unreadable,
        })
    }

    pub(crate) fn key_path(&self) -> PathBuf {
        self.data_dir().join("keys").join("audit.ed25519")
    }

    pub(crate) fn witness_path(&self) -> PathBuf {
        self.data_dir().join("witness").join("audit-heads.jsonl")
    }

    /// The key of this installation, made on first use and readable by its owner only.
    fn signing_key(&self) -> Result<SigningKey> {
        let path = self.key_path();
        if !path.exists() {
            let bytes: [u8; 32] = {
                let mut bytes = [0_u8; 32];
                getrandom::fill(&mut bytes).map_err(|error| Error::internal(error.to_string()))?;
                bytes
            };
            crate::blob::write_synced(&path, &bytes, "audit-key")?;
            restrict(&path)?;
        }
        let bytes = fs::read(&path).map_err(Error::internal)?;
        let bytes: [u8; 32] = bytes
            .try_into()
            .map_err(|_| Error::internal("the audit key is not 32 bytes long"))?;
        Ok(SigningKey::from_bytes(&bytes))
    }

    /// The keys whose signatures count: this installation's own, and those it had before, as after
    /// a restore without the old key.
    pub(crate) fn verifying_keys(&self) -> Result<Vec<VerifyingKey>> {
        let mut keys = Vec::new();
        if self.key_path().exists() {
            keys.push(self.signing_key()?.verifying_key());
        }
        let folder = self.data_dir().join("keys");
        for entry in fs::read_dir(&folder).into_iter().flatten() {
            let path = entry.map_err(Error::internal)?.path();
            if path.extension().is_some_and(|extension| extension == "pub") {
                let text = fs::read_to_string(&path).map_err(Error::internal)?;
                let bytes = unhex(text.trim()).and_then(|bytes| <[u8; 32]>::try_from(bytes).ok());
                keys.extend(bytes.and_then(|bytes| VerifyingKey::from_bytes(&bytes).ok()));
            }
        }
        Ok(keys)
    }

    /// Takes the word of an earlier key, given in hex, from now on.
    pub(crate) fn trust_key(&self, public_key: &str) -> Result<()> {
        let name = format!("audit-{}.pub", &public_key[..public_key.len().min(16)]);
        let path = self.data_dir().join("keys").join(name);
        crate::blob::write_synced(&path, public_key.as_bytes(), "audit-pub")
    }

    fn append_witness(&self, head: &AuditHead) -> Result<()> {
        let path = self.witness_path();
        let write = || -> std::io::Result<()> {
            fs::create_dir_all(path.parent().unwrap_or_else(|| Path::new(".")))?;
            let mut options = OpenOptions::new();
            let mut file = options.create(true).read(true).append(true).open(&path)?;
            let mut text = String::new();
            file.read_to_string(&mut text)?;
            // A crash in the middle of a line left a piece that says nothing.
            file.set_len(text.rfind('\n').map_or(0, |end| end as u64 + 1))?;
            let line = serde_json::to_string(head).map_err(std::io::Error::other)?;
            writeln!(file, "{line}")?;
            file.sync_all()
        };
        write().map_err(Error::internal)
    }

    fn read_witness(&self) -> Result<(Vec<AuditHead>, usize)> {
        let path = self.witness_path();
        if !path.exists() {
            return Ok((Vec::new(), 0));
        }
        let bytes = fs::read(path).map_err(Error::internal)?;
        let text = String::from_utf8_lossy(&bytes);
        let whole = text.rfind('\n').map_or("", |end| &text[..end]);
        let lines: Vec<&str> = whole
            .lines()
            .filter(|line| !line.trim().is_empty())
            .collect();
        let heads: Vec<AuditHead> = lines
            .iter()
            .filter_map(|line| serde_json::from_str(line).ok())
            .collect();
        let unreadable = lines.len() - heads.len();
        Ok((heads, unreadable))
    }
}

#[cfg(unix)]
pub(crate) fn restrict(path: &Path) -> Result<()> {
    use std::os::unix::fs::PermissionsExt;
    fs::set_permissions(path, fs::Permissions::from_mode(0o600)).map_err(Error::internal)
}

#[cfg(not(unix))]
pub(crate) fn restrict(_: &Path) -> Result<()> {
    Ok(())
}

pub(crate) fn statement(seq: i64, hash: &str, at: Instant) -> String {
    format!("{seq}:{hash}:{}", at.micros())
}

pub(crate) fn unhex(text: &str) -> Option<Vec<u8>> {
    if !text.len().is_multiple_of(2) || !text.is_ascii() {
        return None;
    }
    (0..text.len())
        .step_by(2)
        .map(|at| u8::from_str_radix(&text[at..at + 2], 16).ok())
        .collect()
}

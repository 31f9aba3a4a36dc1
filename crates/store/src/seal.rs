//! Secrets that must be read again, such as those of authenticator apps: sealed before they go into
//! the database, so that neither a stolen database nor a backup gives them away.
//!
//! The keys lie beside the data, in `keys/`: `secret.key` seals, and every `secret-….key` opens what
//! it sealed before. To change the key, rename `secret.key` to `secret-old.key` and start: a new one
//! is made, and what the old one sealed is sealed anew.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use kernel::{Error, Kind, Result};

use crate::audit::unhex;
use crate::{hex, sha256_hex};

/// The key that seals.
const CURRENT: &str = "secret.key";
/// How the names of the keys begin that only open.
const RETIRED: &str = "secret-";
const KEY_BYTES: usize = 32;
const NONCE_BYTES: usize = 24;
/// Digits of a key's id; it tells keys apart and gives nothing of them away.
const KEY_ID_DIGITS: usize = 16;
/// What every sealed text begins with; the digit is the version of the form.
const START: &str = "sealed:1:";

/// The keys of an installation.
pub struct Keyring {
    /// The one that seals first.
    keys: Vec<Key>,
}

struct Key {
    id: String,
    cipher: XChaCha20Poly1305,
}

impl Keyring {
    /// Seals a secret for one place, such as `account ID: second factor`: moved to another, it can't
    /// be opened.
    ///
    /// # Errors
    /// Only when the operating system gives no random bytes.
    pub fn seal(&self, place: &str, secret: &str) -> Result<String> {
        let mut nonce = [0_u8; NONCE_BYTES];
        getrandom::fill(&mut nonce).map_err(|error| Error::internal(error.to_string()))?;
        let payload = Payload {
            msg: secret.as_bytes(),
            aad: place.as_bytes(),
        };
        let key = self.current();
        let sealed = key
            .cipher
            .encrypt(&XNonce::from(nonce), payload)
            .map_err(|_| Error::internal("the secret is too long to be sealed"))?;
        Ok(format!("{START}{}:{}{}", key.id, hex(&nonce), hex(&sealed)))
    }

    /// The secret that was sealed for `place`; `None` when its key is not here, or when it was
    /// changed or moved. A text that was never sealed is the secret itself.
    pub fn open(&self, place: &str, text: &str) -> Option<String> {
        let Some(rest) = text.strip_prefix(START) else {
            return Some(text.to_owned());
        };
        let (id, digits) = rest.split_once(':')?;
        let key = self.keys.iter().find(|key| key.id == id)?;
        let bytes = unhex(digits)?;
        let (nonce, sealed) = bytes.split_at_checked(NONCE_BYTES)?;
        let nonce = XNonce::try_from(nonce).ok()?;
        let payload = Payload {
            msg: sealed,
            aad: place.as_bytes(),
        };
        let secret = key.cipher.decrypt(&nonce, payload).ok()?;
        String::from_utf8(secret).ok()
    }

    /// What every text begins with that the key in use sealed: all others are to be sealed anew.
    pub fn current_start(&self) -> String {
        format!("{START}{}:", self.current().id)
    }

    fn current(&self) -> &Key {
        self.keys
            .first()
            .expect("a ring is made with its first key")
    }
}

/// Where the keys of an installation lie, and the ring once it was read.
pub(crate) struct Keys {
    folder: PathBuf,
    ring: Mutex<Option<Arc<Keyring>>>,
}

impl Keys {
    /// The keys in a folder; nothing is read yet.
    pub(crate) fn new(folder: PathBuf) -> Self {
        Self {
            folder,
            ring: Mutex::new(None),
        }
    }

    /// The keys, read at first use; the first key is made then.
    ///
    /// # Errors
    /// `secret.key-damaged`; whatever the disk reports.
    pub(crate) fn ring(&self) -> Result<Arc<Keyring>> {
        let mut kept = self.ring.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(ring) = kept.as_ref() {
            return Ok(Arc::clone(ring));
        }
        let ring = Arc::new(read_ring(&self.folder)?);
        *kept = Some(Arc::clone(&ring));
        Ok(ring)
    }
}

/// Keeps a key that came back with a backup. Where another seals by now, it only opens.
pub(crate) fn keep_restored(folder: &Path, name: &str, bytes: &[u8]) -> Result<()> {
    let kept = fs::read(folder.join(name)).ok();
    if kept.as_deref() == Some(bytes) {
        return Ok(());
    }
    let name = if kept.is_none() {
        name.to_owned()
    } else {
        format!("{RETIRED}{}.key", key_id(bytes))
    };
    match create_private(&folder.join(name), bytes) {
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => Err(Error::internal(error)),
        _ => Ok(()),
    }
}

/// Is this file of `keys/` one that seals or opens?
pub(crate) fn is_key(name: &str) -> bool {
    name == CURRENT || (name.starts_with(RETIRED) && name.ends_with(".key"))
}

fn read_ring(folder: &Path) -> Result<Keyring> {
    let mut keys = vec![current_key(&folder.join(CURRENT))?];
    for entry in fs::read_dir(folder).map_err(Error::internal)? {
        let entry = entry.map_err(Error::internal)?;
        let name = entry.file_name().into_string().unwrap_or_default();
        if name != CURRENT && is_key(&name) {
            let bytes = fs::read(entry.path()).map_err(Error::internal)?;
            keys.push(key_of(&entry.path(), &bytes)?);
        }
    }
    Ok(Keyring { keys })
}

/// The key that seals, made where there is none; of two servers that start together, one makes it.
fn current_key(path: &Path) -> Result<Key> {
    let mut fresh = [0_u8; KEY_BYTES];
    getrandom::fill(&mut fresh).map_err(|error| Error::internal(error.to_string()))?;
    match fs::read(path) {
        Ok(bytes) => return key_of(path, &bytes),
        Err(error) if error.kind() != io::ErrorKind::NotFound => {
            return Err(Error::internal(error));
        }
        Err(_) => {}
    }
    match create_private(path, &fresh) {
        Ok(()) => key_of(path, &fresh),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
            key_of(path, &fs::read(path).map_err(Error::internal)?)
        }
        Err(error) => Err(Error::internal(error)),
    }
}

fn key_of(path: &Path, bytes: &[u8]) -> Result<Key> {
    let cipher = XChaCha20Poly1305::new_from_slice(bytes).map_err(|_| {
        let detail = format!(
            "{} is no key of {KEY_BYTES} bytes; put the right one back, or move it away to have a \
             new one made",
            path.display()
        );
        Error::new(Kind::Unsupported, "secret.key-damaged", detail)
    })?;
    let id = key_id(bytes);
    Ok(Key { id, cipher })
}

fn key_id(bytes: &[u8]) -> String {
    sha256_hex(bytes)[..KEY_ID_DIGITS].to_owned()
}

/// Writes a new file that only its owner may read, from its first byte on; never over another.
fn create_private(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let folder = path.parent().unwrap_or_else(|| Path::new("."));
    fs::create_dir_all(folder)?;
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    File::open(folder)?.sync_all()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ring(folder: &Path) -> Keyring {
        read_ring(folder).unwrap()
    }

    #[test]
    fn a_sealed_secret_opens_at_its_place_with_its_key_only() {
        let dir = tempfile::tempdir().unwrap();
        let keys = ring(dir.path());
        let sealed = keys.seal("account 1", "GEZDGNBV").unwrap();
        assert!(sealed.starts_with(&keys.current_start()) && !sealed.contains("GEZDGNBV"));
        assert_ne!(sealed, keys.seal("account 1", "GEZDGNBV").unwrap());
        assert_eq!(
            ring(dir.path()).open("account 1", &sealed).as_deref(),
            Some("GEZDGNBV")
        );
        assert_eq!(keys.open("account 2", &sealed), None);
        let mut changed = sealed.clone();
        changed.pop();
        changed.push(if sealed.ends_with('0') { '1' } else { '0' });
        for damaged in [&*changed, "sealed:1:", "sealed:1:x:00", &sealed[..40]] {
            assert_eq!(keys.open("account 1", damaged), None, "{damaged}");
        }
        let stranger = tempfile::tempdir().unwrap();
        assert_eq!(ring(stranger.path()).open("account 1", &sealed), None);
        assert_eq!(
            keys.open("x", "never sealed").as_deref(),
            Some("never sealed")
        );
    }

    #[test]
    fn a_renamed_key_still_opens_and_a_new_one_seals() {
        let dir = tempfile::tempdir().unwrap();
        let before = ring(dir.path());
        let sealed = before.seal("here", "old").unwrap();
        let path = |name: &str| dir.path().join(name);
        fs::rename(path(CURRENT), path("secret-old.key")).unwrap();
        let after = ring(dir.path());
        assert_ne!(after.current_start(), before.current_start());
        assert_eq!(after.open("here", &sealed).as_deref(), Some("old"));
        fs::write(path("secret-bad.key"), b"short").unwrap();
        let refused = read_ring(dir.path()).err().unwrap();
        assert_eq!(refused.code(), "secret.key-damaged");
    }

    #[test]
    fn a_restored_key_never_takes_the_place_of_another() {
        let dir = tempfile::tempdir().unwrap();
        keep_restored(dir.path(), CURRENT, &[1; 32]).unwrap();
        keep_restored(dir.path(), CURRENT, &[1; 32]).unwrap();
        keep_restored(dir.path(), CURRENT, &[2; 32]).unwrap();
        keep_restored(dir.path(), CURRENT, &[2; 32]).unwrap();
        assert_eq!(fs::read(dir.path().join(CURRENT)).unwrap(), [1; 32]);
        assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 2);
        assert_eq!(ring(dir.path()).keys.len(), 2);
    }

    #[cfg(unix)]
    #[test]
    fn only_its_owner_reads_the_key() {
        use std::os::unix::fs::PermissionsExt;
        let dir = tempfile::tempdir().unwrap();
        ring(dir.path());
        let mode = fs::metadata(dir.path().join(CURRENT))
            .unwrap()
            .permissions()
            .mode();
        assert_eq!(mode & 0o777, 0o600);
    }
}

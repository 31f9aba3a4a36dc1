//! Making or changing by code: an import changes what it names, a person changes only what they saw.

use kernel::{Error, Result};
use store::{Entity, Tx, Versioned};

/// How the caller came to know what it changes.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Edit {
    /// A roster line: it stands for the truth, whatever is stored.
    Import,
    /// A form: the version the person saw, or nothing if they meant to make something new.
    Form(Option<i64>),
}

impl Edit {
    /// Refuses a form that would overwrite what its writer has not seen.
    ///
    /// # Errors
    /// `resources.exists`; `store.stale-version`.
    pub(crate) fn check<T: Entity>(self, tx: &mut Tx<'_>, stored: &Versioned<T>) -> Result<()> {
        match self {
            Self::Import => Ok(()),
            Self::Form(Some(seen)) => tx.check_version(stored, seen),
            Self::Form(None) => Err(Error::conflict(
                "resources.exists",
                "this code is in use; to change what has it, open it and send the version you saw",
            )
            .at("code")
            .with(serde_json::json!({ "id": stored.id(), "version": stored.version }))),
        }
    }
}

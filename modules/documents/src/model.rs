//! A document as this module keeps track of it.

use std::fmt;

use kernel::{Id, Instant};
use serde::{Deserialize, Serialize};
use store::{Entity, Value, params};

/// Where a document stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "kebab-case")]
#[schema(as = ClinicalDocumentState)]
pub enum State {
    /// It counts.
    Current,
    /// A later one took its place.
    Superseded,
    /// Its sender took it back.
    EnteredInError,
}

impl State {
    /// FHIR's word.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Current => "current",
            Self::Superseded => "superseded",
            Self::EnteredInError => "entered-in-error",
        }
    }
}

/// A document by the numbers in its header.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct Document {
    /// Its id, and that of its DocumentReference.
    pub id: Id,
    /// The Binary that holds its bytes.
    pub binary_id: Id,
    /// Who sent or issued it.
    pub org_id: Id,
    /// Whose it was when it came; a merge leads on from there.
    pub patient_id: Id,
    /// Root and extension of its id.
    pub number: String,
    /// SHA-256 of its bytes.
    pub sha256: String,
    /// What all its versions share.
    pub set_number: Option<String>,
    /// Which version.
    pub version_number: Option<i64>,
    /// The number of the document whose place it takes.
    pub replaces: Option<String>,
    /// The number under which a message brought it.
    pub sender_number: Option<String>,
    /// When it came.
    pub received_at: Instant,
    /// Where it stands.
    pub state: State,
    /// Its DocumentReference, but for patient, state and relations.
    pub reference: serde_json::Value,
}

/// Logs carry ids only.
impl fmt::Debug for Document {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Document")
            .field("id", &self.id)
            .finish_non_exhaustive()
    }
}

impl Entity for Document {
    const KIND: &'static str = "document";
    const TABLE: &'static str = "document";
    const COLUMNS: &'static [&'static str] = &[
        "org_id",
        "patient_id",
        "number",
        "sha256",
        "set_number",
        "replaces",
        "sender_number",
        "received_at",
    ];

    fn id(&self) -> Id {
        self.id
    }

    fn org_id(&self) -> Option<Id> {
        Some(self.org_id)
    }

    fn patient_id(&self) -> Option<Id> {
        Some(self.patient_id)
    }

    fn columns(&self) -> Vec<Value> {
        params![
            self.org_id,
            self.patient_id,
            self.number.as_str(),
            self.sha256.as_str(),
            self.set_number.as_deref(),
            self.replaces.as_deref(),
            self.sender_number.as_deref(),
            self.received_at,
        ]
        .to_vec()
    }
}

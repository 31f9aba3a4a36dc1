//! The place between two pages: the sort values and key of the last resource shown. Nothing is
//! remembered on the server, and what changes meanwhile moves no other resource over the edge.

use fhir::IssueCode;
use kernel::Result;
use serde::{Deserialize, Serialize};
use store::Value;

use crate::refusal;

/// A value a page is sorted by.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub(super) enum Mark {
    /// Dates and numbers.
    Int(i64),
    /// Words.
    Text(String),
}

impl From<&Mark> for Value {
    fn from(mark: &Mark) -> Self {
        match mark {
            Mark::Int(number) => Self::Int(*number),
            Mark::Text(text) => Self::Text(text.clone()),
        }
    }
}

/// Where a page ended.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Place {
    /// The type it ended in.
    pub kind: i64,
    /// Its sort values.
    pub marks: Vec<Mark>,
    /// Its key.
    pub key: i64,
}

impl Place {
    pub(super) fn text(&self) -> String {
        store::hex(serde_json::to_string(self).unwrap_or_default().as_bytes())
    }

    /// # Errors
    /// When it is not one of ours.
    pub(super) fn parse(text: &str, marks: usize) -> Result<Self> {
        let bytes: Option<Vec<u8>> = text
            .as_bytes()
            .chunks(2)
            .map(|pair| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok())
            .collect();
        let place: Option<Self> = bytes.and_then(|bytes| serde_json::from_slice(&bytes).ok());
        place
            .filter(|place| place.marks.len() == marks)
            .ok_or_else(|| {
                let text = "this place between pages is not one of ours; begin the search again";
                refusal::refuse(IssueCode::Value, "_cursor", text)
            })
    }
}

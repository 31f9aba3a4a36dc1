//! Exact JSON of untrusted origin: the text that came, and a flat tree of where everything is.
//!
//! Numbers stay the digits that were written, members keep their order, and a member given twice
//! is refused. A [`Document`] is any JSON; a [`Resource`] is one whose `resourceType` R4 knows.

mod parse;
mod stamp;
mod view;

use std::sync::Arc;

pub use stamp::Stamp;
pub use view::{Items, Kind, Members, View};

use crate::definitions::{self, Type};
use crate::issue::{Issue, IssueCode};

/// What a document may be at most.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Its length.
    pub bytes_max: usize,
    /// How many objects and arrays may lie within one another.
    pub depth_max: usize,
    /// How many values it may have: each takes 20 bytes of memory beside the text.
    pub values_max: usize,
}

impl Limits {
    /// For one resource: 16 MiB, 64 deep, a million values.
    pub const RESOURCE: Self = Self {
        bytes_max: 16 << 20,
        depth_max: 64,
        values_max: 1_000_000,
    };
    /// For a bundle: 64 MiB, 72 deep, four million values.
    pub const BUNDLE: Self = Self {
        bytes_max: 64 << 20,
        depth_max: 72,
        values_max: 4_000_000,
    };
}

/// One value of the flat tree. Children follow their parent; `next` is the index behind them all.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Node {
    pub kind: Kind,
    /// Whether the string has escapes, so that its text differs from what is written.
    pub escaped: bool,
    /// Length of the member name, 0 in arrays. The name starts at `name_start`.
    pub name_len: u16,
    pub name_start: u32,
    /// The value, quotes and brackets included.
    pub start: u32,
    pub end: u32,
    pub next: u32,
}

/// Any JSON text with its tree. Cloning is cheap.
#[derive(Clone)]
pub struct Document {
    pub(crate) text: Arc<str>,
    pub(crate) nodes: Arc<[Node]>,
}

impl Document {
    /// Reads JSON from bytes nobody vouches for.
    pub fn parse(bytes: &[u8], limits: Limits) -> Result<Self, Issue> {
        parse::document(bytes, limits)
    }

    /// The whole text as it came.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The outermost value.
    pub fn root(&self) -> View<'_> {
        View {
            document: self,
            index: 0,
        }
    }
}

/// A document whose `resourceType` is one of R4. Cloning is cheap.
///
/// It has no `Display`, and `Debug` shows type and id only: resources carry patient data.
#[derive(Clone)]
pub struct Resource {
    document: Document,
    kind: &'static Type,
}

impl Resource {
    /// Reads a resource from bytes nobody vouches for, within [`Limits::RESOURCE`].
    pub fn parse(bytes: &[u8]) -> Result<Self, Issue> {
        Self::from_document(Document::parse(bytes, Limits::RESOURCE)?)
    }

    /// Reads a resource within other limits.
    pub fn parse_within(bytes: &[u8], limits: Limits) -> Result<Self, Issue> {
        Self::from_document(Document::parse(bytes, limits)?)
    }

    /// Takes a document as a resource: an object whose `resourceType` R4 knows.
    pub fn from_document(document: Document) -> Result<Self, Issue> {
        let root = document.root();
        if root.kind() != Kind::Object {
            return Err(Issue::error(
                IssueCode::Structure,
                "",
                "a resource is a JSON object",
            ));
        }
        let Some(name) = root.get("resourceType").and_then(View::as_plain) else {
            return Err(Issue::error(
                IssueCode::Structure,
                "",
                "a resource names its type in resourceType",
            ));
        };
        match definitions::resource_type(name) {
            Some(kind) => Ok(Self { document, kind }),
            None => Err(Issue::error(
                IssueCode::Structure,
                "resourceType",
                format!("R4 has no resource type {}", crate::issue::short(name)),
            )),
        }
    }

    /// Its definition; `resource.kind().name` is the `resourceType`.
    pub fn kind(&self) -> &'static Type {
        self.kind
    }

    /// Its `resourceType`.
    pub fn type_name(&self) -> &'static str {
        self.kind.name
    }

    /// Its id, when it has one that is a string.
    pub fn id(&self) -> Option<&str> {
        self.root().get("id").and_then(View::as_plain)
    }

    /// `meta.versionId`.
    pub fn version_id(&self) -> Option<&str> {
        self.meta("versionId")
    }

    /// `meta.lastUpdated` as written.
    pub fn last_updated(&self) -> Option<&str> {
        self.meta("lastUpdated")
    }

    fn meta(&self, name: &str) -> Option<&str> {
        self.root().get("meta")?.get(name)?.as_plain()
    }

    /// The text as it came.
    pub fn text(&self) -> &str {
        self.document.text()
    }

    /// The object itself.
    pub fn root(&self) -> View<'_> {
        self.document.root()
    }

    /// The document beneath.
    pub fn document(&self) -> &Document {
        &self.document
    }

    /// The text with id, `meta.versionId` and `meta.lastUpdated` set; every other byte stays.
    pub fn stamped(&self, stamp: &Stamp<'_>) -> String {
        stamp::stamped(self, stamp)
    }
}

impl std::fmt::Debug for Resource {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}/{}", self.kind.name, self.id().unwrap_or("?"))
    }
}

impl std::fmt::Debug for Document {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Document({} bytes)", self.text.len())
    }
}

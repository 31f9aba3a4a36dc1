//! Clinical documents: HL7 CDA R2 as WS/T 500 (电子病历共享文档规范) uses it, read and written.
//!
//! Nothing here does I/O and nothing panics on what a sender says: each failure is a [`Fault`] that
//! names the place. A document type definition is refused, so no entity can be declared, be it to
//! read a file or to grow; bytes, depth, elements and attributes are limited.

mod charset;
mod fault;
mod model;
mod narrative;
mod place;
mod read;
mod time;
mod tree;
mod write;

pub use charset::text_of;
pub use fault::Fault;
pub use model::{
    Author, Body, Code, Document, Encounter, Header, InstanceId, NonXml, Organization, Patient,
    Related, Relation, Section,
};
pub use narrative::{Block, Part, html, table};
pub use read::read;
pub use time::Time;
pub use tree::{ATTRIBUTES_MAX, DEPTH_MAX, ELEMENTS_MAX};
pub use write::{coded_entry, write};

/// Bytes of one document: a Binary of 8 MiB holds it in Base64, with room to spare.
pub const BYTES_MAX: usize = 4 * 1024 * 1024;
/// The namespace of HL7 version 3.
pub const NAMESPACE: &str = "urn:hl7-org:v3";

//! HL7 v2 messages: read and written to the byte, charsets, MLLP frames, acknowledgements.
//!
//! Nothing here does I/O and nothing panics on what a sender says: each failure is a [`Fault`] that
//! names the place.

mod ack;
mod charset;
mod escape;
mod fault;
mod header;
mod message;
mod mllp;
mod path;
mod time;
mod write;

pub use ack::{Ack, AckCode, AckLevel, Acknowledgement};
pub use charset::{Charset, decode, encode};
pub use escape::{escape, unescape};
pub use fault::{Fault, Location};
pub use header::Header;
pub use message::{Message, SEGMENTS_MAX, Segment, Separators};
pub use mllp::{Frame, Framer, frame};
pub use path::Path;
pub use time::{Precision, Timestamp, compact, of_fhir};
pub use write::SegmentWriter;

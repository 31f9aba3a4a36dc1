//! What MSH says, read before the charset of the message is known.

use encoding_rs::GB18030;

use crate::charset::Charset;
use crate::escape::unescape;
use crate::fault::{Fault, Location};
use crate::message::Separators;

/// Bytes of the segment MSH at most.
const HEADER_BYTES_MAX: usize = 4_096;

/// The segment MSH: who sends what, in which words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Header {
    /// The separators.
    pub separators: Separators,
    /// MSH-3.1, the sending application.
    pub application: String,
    /// MSH-4.1, the sending facility.
    pub facility: String,
    /// MSH-5 as it came.
    pub receiving_application: String,
    /// MSH-6 as it came.
    pub receiving_facility: String,
    /// MSH-7, when it was made.
    pub made_at: String,
    /// MSH-9.1: `ADT`.
    pub kind: String,
    /// MSH-9.2: `A01`.
    pub trigger: String,
    /// MSH-10, the number of the message.
    pub control_id: String,
    /// MSH-11.1: `P`, `T` or `D`.
    pub processing: String,
    /// MSH-12.1: `2.4`.
    pub version: String,
    /// MSH-15, when its sender wants to hear that it is stored: `AL`, `NE`, `ER`, `SU`.
    pub accept_ack: String,
    /// MSH-16, when its sender wants to hear what became of it.
    pub application_ack: String,
    /// MSH-18, the first charset.
    pub charset: String,
}

impl Header {
    /// Reads the first segment of a message whose charset is not known yet. Trail bytes of GB 18030
    /// may look like separators, so it is decoded first: as UTF-8 where it is that, else as GB 18030.
    ///
    /// # Errors
    /// `hl7.no-msh`, `hl7.separators`.
    pub fn read(bytes: &[u8]) -> Result<Self, Fault> {
        let head = &bytes[..bytes.len().min(HEADER_BYTES_MAX)];
        let end = head.iter().position(|byte| matches!(byte, b'\r' | b'\n'));
        let line = &head[..end.unwrap_or(head.len())];
        match std::str::from_utf8(line) {
            Ok(text) => Self::of_text(text),
            Err(_) => Self::of_text(&GB18030.decode_without_bom_handling(line).0),
        }
    }

    /// Reads the first segment of a text.
    ///
    /// # Errors
    /// `hl7.no-msh`, `hl7.separators`.
    pub fn of_text(text: &str) -> Result<Self, Fault> {
        let separators = Separators::read(text)?;
        let line = text.split(['\r', '\n']).next().unwrap_or("");
        let field = |number: usize| line.split(separators.field).nth(number - 1).unwrap_or("");
        let part = |number: usize, component: usize| {
            let first = field(number)
                .split(separators.repetition)
                .next()
                .unwrap_or("");
            let value = first.split(separators.component).nth(component - 1);
            unescape(value.unwrap_or(""), &separators).trim().to_owned()
        };
        Ok(Self {
            separators,
            application: part(3, 1),
            facility: part(4, 1),
            receiving_application: field(5).to_owned(),
            receiving_facility: field(6).to_owned(),
            made_at: part(7, 1),
            kind: part(9, 1),
            trigger: part(9, 2),
            control_id: part(10, 1),
            processing: part(11, 1),
            version: part(12, 1),
            accept_ack: part(15, 1),
            application_ack: part(16, 1),
            charset: part(18, 1),
        })
    }

    /// `ADT^A01`.
    pub fn message_type(&self) -> String {
        if self.trigger.is_empty() {
            return self.kind.clone();
        }
        format!("{}^{}", self.kind, self.trigger)
    }

    /// Does its sender ask for the enhanced mode, in which storing and doing are answered apart?
    pub fn is_enhanced(&self) -> bool {
        !self.accept_ack.is_empty() || !self.application_ack.is_empty()
    }

    /// The charset it declares; `usual` where it declares none.
    ///
    /// # Errors
    /// `hl7.charset-unknown`.
    pub fn declared_charset(&self, usual: Charset) -> Result<Charset, Fault> {
        if self.charset.is_empty() {
            return Ok(usual);
        }
        Charset::of_name(&self.charset).ok_or_else(|| {
            let detail = "this charset is not read here: use UNICODE UTF-8, GB 18030-2000 or ASCII";
            Fault::new("hl7.charset-unknown", Location::field("MSH", 1, 18), detail)
        })
    }
}

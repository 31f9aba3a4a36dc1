//! Acknowledgements in the original mode: AA, AE, AR.

use crate::escape::escape;
use crate::fault::Fault;
use crate::header::Header;
use crate::message::Separators;
use crate::time::compact;

/// How a message was taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AckCode {
    /// It is stored.
    Accept,
    /// Its content could not be taken.
    Error,
    /// It was refused as a message.
    Reject,
}

impl AckCode {
    /// `AA`, `AE` or `AR`.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Accept => "AA",
            Self::Error => "AE",
            Self::Reject => "AR",
        }
    }
}

/// What an acknowledgement says.
#[derive(Clone, Debug)]
pub struct Ack<'a> {
    /// The header of the message, where it could be read.
    pub header: Option<&'a Header>,
    /// How it was taken.
    pub code: AckCode,
    /// Its own number.
    pub control_id: &'a str,
    /// When.
    pub now: kernel::Instant,
    /// What is wrong, where something is.
    pub fault: Option<&'a Fault>,
}

/// The application that answers.
const APPLICATION: &str = "LIANTI";
/// The version spoken where the message named none.
const VERSION: &str = "2.5.1";

impl Ack<'_> {
    /// The answer as a message, with the usual separators and in the version of the question.
    pub fn text(&self) -> String {
        let usual = &Separators::USUAL;
        let clean = |text: &str| escape(text, usual);
        let of = |field: fn(&Header) -> &str| self.header.map_or("", field);
        let version = match of(|header| &header.version) {
            "" => VERSION,
            named => named,
        };
        let processing = match of(|header| &header.processing) {
            "" => "P",
            named => named,
        };
        let mut header = [""; 18].map(str::to_owned);
        header[0] = "MSH".to_owned();
        header[1] = "^~\\&".to_owned();
        header[2] = APPLICATION.to_owned();
        header[4] = clean(of(|header| &header.application));
        header[5] = clean(of(|header| &header.facility));
        header[6] = compact(self.now);
        let trigger = clean(of(|header| &header.trigger));
        header[8] = if trigger.is_empty() {
            "ACK".to_owned()
        } else {
            format!("ACK^{trigger}^ACK")
        };
        header[9] = clean(self.control_id);
        header[10] = clean(processing);
        header[11] = clean(version);
        header[17] = clean(of(|header| &header.charset));
        let header = header.join("|");
        let mut lines = vec![header.trim_end_matches('|').to_owned()];
        let asked = clean(of(|header| &header.control_id));
        let said = self
            .fault
            .map_or_else(String::new, |fault| clean(&fault.detail));
        let acknowledged = format!("MSA|{}|{asked}|{said}", self.code.word());
        lines.push(acknowledged.trim_end_matches('|').to_owned());
        lines.extend(self.fault.map(|fault| error_segment(fault, version)));
        lines
            .iter()
            .fold(String::new(), |text, line| text + line + "\r")
    }
}

/// ERR: the location in ERR-2 from version 2.5 on, in ERR-1 before.
fn error_segment(fault: &Fault, version: &str) -> String {
    let at = fault.at.to_string();
    let number = table_0357(fault.code);
    if ["2.1", "2.2", "2.3", "2.4"]
        .iter()
        .any(|old| version.starts_with(old))
    {
        let mut parts: Vec<&str> = at.split('^').take(3).collect();
        parts.resize(3, "");
        return format!("ERR|{}^{number}&&HL70357", parts.join("^"));
    }
    let said = escape(&fault.detail, &Separators::USUAL);
    format!("ERR||{at}|{number}^^HL70357|E|{}|||{said}", fault.code)
}

/// Table 0357, message error condition codes.
fn table_0357(code: &str) -> u16 {
    match code {
        "hl7.no-msh" | "hl7.truncated" | "hl7.segment-name" | "hl7.segment-missing" => 100,
        "hl7.field-missing" => 101,
        "hl7.charset" | "hl7.separators" | "hl7.control-character" | "hl7.time" => 102,
        "hl7.code-unknown" | "hl7.charset-unknown" => 103,
        "hl7.type-unknown" => 200,
        "hl7.processing" => 202,
        "hl7.version" => 203,
        "hl7.sender-unknown" | "hl7.patient-unknown" => 204,
        "hl7.control-id-reused" => 205,
        _ => 207,
    }
}

//! Acknowledgements: AA, AE, AR in the original mode; in the enhanced one CA, CE, CR say before them
//! whether the message is stored.

use crate::escape::escape;
use crate::fault::Fault;
use crate::header::Header;
use crate::message::{Message, Separators};
use crate::time::compact;

/// What an acknowledgement is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AckLevel {
    /// Whether the message was taken into store.
    Commit,
    /// What became of it.
    Application,
}

impl AckLevel {
    /// Whether it is said under this condition of table 0155 (MSH-15, MSH-16); in the enhanced mode a
    /// condition that is left out says never.
    pub fn is_wanted(condition: &str, fine: bool) -> bool {
        match condition {
            "" | "NE" => false,
            "ER" => !fine,
            "SU" => fine,
            _ => true,
        }
    }
}

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
        self.word_at(AckLevel::Application)
    }

    /// The same with `C` where it is about storing.
    pub const fn word_at(self, level: AckLevel) -> &'static str {
        match (level, self) {
            (AckLevel::Application, Self::Accept) => "AA",
            (AckLevel::Application, Self::Error) => "AE",
            (AckLevel::Application, Self::Reject) => "AR",
            (AckLevel::Commit, Self::Accept) => "CA",
            (AckLevel::Commit, Self::Error) => "CE",
            (AckLevel::Commit, Self::Reject) => "CR",
        }
    }

    /// What a word of MSA-1 says.
    pub fn of_word(word: &str) -> Option<(AckLevel, Self)> {
        let level = match word.get(..1)? {
            "A" => AckLevel::Application,
            "C" => AckLevel::Commit,
            _ => return None,
        };
        let code = match word.get(1..)? {
            "A" => Self::Accept,
            "E" => Self::Error,
            "R" => Self::Reject,
            _ => return None,
        };
        Some((level, code))
    }
}

/// An acknowledgement that somebody else wrote.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Acknowledgement {
    /// What it is about.
    pub level: AckLevel,
    /// What it says.
    pub code: AckCode,
    /// MSA-2: the number of the message it answers.
    pub control_id: String,
    /// The condition of table 0357, of ERR-3 or ERR-1, where it names one.
    pub condition: Option<u16>,
    /// What it says in words: MSA-3 or ERR-8.
    pub said: Option<String>,
}

impl Acknowledgement {
    /// Reads a text; many systems leave out the end of the last segment. `None` where it is none.
    pub fn read(text: &str) -> Option<Self> {
        let mut whole = text.to_owned();
        if !whole.ends_with(['\r', '\n']) {
            whole.push('\r');
        }
        let message = Message::parse(&whole).ok()?;
        let (level, code) = AckCode::of_word(&message.get("MSA-1")?)?;
        let condition = message.get("ERR-3.1").or_else(|| message.get("ERR-1.4.1"));
        Some(Self {
            level,
            code,
            control_id: message.get("MSA-2").unwrap_or_default(),
            condition: condition.and_then(|number| number.parse().ok()),
            said: message.get("MSA-3").or_else(|| message.get("ERR-8")),
        })
    }
}

/// What an acknowledgement says.
#[derive(Clone, Debug)]
pub struct Ack<'a> {
    /// The header of the message, where it could be read.
    pub header: Option<&'a Header>,
    /// Whether it is about storing or about doing.
    pub level: AckLevel,
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
        let acknowledged = format!("MSA|{}|{asked}|{said}", self.code.word_at(self.level));
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

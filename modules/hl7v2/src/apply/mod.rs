//! What a message does, in the transaction at hand. It knows nothing of acknowledgements: a failure is
//! an error with its place, and everything is rolled back by whoever called.

mod appointments;
mod dispense;
mod documents;
mod items;
mod merge;
mod orders;
mod patient;
mod results;
mod value;
mod visit;

use hl7v2::{Header, Location, Message, Precision, Timestamp};
use kernel::{Error, Id, Instant, Kind, Result};
use store::{Tx, sha256_hex};

use crate::mapping::Mapping;
use crate::model::{Effect, Sender};

/// Kinds of messages that are stored and not acted upon.
const KEPT: &[&str] = &[
    "ADT", "ORM", "OML", "OMG", "OMP", "OMI", "ORR", "ORL", "ORU", "OUL", "SIU", "SRM", "MDM",
    "RDE", "RDS", "RAS", "RGV", "DFT", "BAR", "VXU", "PPR", "REF", "MFN", "QBP", "RSP",
];

/// How a module moves its references when two patients become one: its name, and the function.
pub(crate) type Mover = (&'static str, http::MoveFn);

/// A message with all that is needed to act upon it.
#[derive(Clone, Copy)]
pub(crate) struct Work<'a> {
    pub sender: &'a Sender,
    pub mapping: &'a Mapping,
    pub header: &'a Header,
    pub message: &'a Message,
    /// How each module moves its references when two patients become one.
    pub movers: &'a [Mover],
}

/// What a message did.
#[derive(Clone, Debug, Default)]
pub(crate) struct Applied {
    /// Whether messages of this kind are acted upon at all.
    pub acted: bool,
    pub patient_id: Option<Id>,
    pub effects: Vec<Effect>,
}

impl Applied {
    fn did(&mut self, what: &str, reference: String) {
        self.effects.push(Effect {
            what: what.to_owned(),
            reference: Some(reference),
            note: None,
            value: None,
        });
    }

    /// What was left as it was, by a code that the interface translates.
    fn note(&mut self, code: &str, value: Option<&str>) {
        let effect = Effect {
            what: "note".to_owned(),
            reference: None,
            note: Some(code.to_owned()),
            value: value.map(str::to_owned),
        };
        if !self.effects.contains(&effect) {
            self.effects.push(effect);
        }
    }
}

/// Does what a message says.
///
/// # Errors
/// Why it can't be done, with the place in the message.
pub(crate) fn apply(tx: &mut Tx<'_>, work: Work<'_>) -> Result<Applied> {
    let mut applied = Applied {
        acted: true,
        ..Applied::default()
    };
    let with_maps = items::with_maps(tx, work)?;
    let work = Work {
        mapping: with_maps.as_ref().unwrap_or(work.mapping),
        ..work
    };
    match (work.header.kind.as_str(), work.header.trigger.as_str()) {
        ("ADT", "A28" | "A31") => {
            patient::register(tx, work, &mut applied)?;
        }
        ("ADT", "A01" | "A04" | "A08") => {
            let patient_id = patient::register(tx, work, &mut applied)?;
            visit::tell(tx, work, patient_id, &mut applied)?;
        }
        ("ADT", "A02" | "A03" | "A06" | "A07" | "A11" | "A12" | "A13") => {
            let patient_id = patient::known(tx, work, &mut applied)?;
            visit::tell(tx, work, patient_id, &mut applied)?;
        }
        ("ADT", "A40") => merge::merge(tx, work, &mut applied)?,
        ("ORU", "R01") => results::store(tx, work, &mut applied)?,
        ("ORM", "O01") | ("OML", "O21") | ("OMG", "O19") | ("RDE", "O01" | "O11") => {
            orders::store(tx, work, &mut applied)?;
        }
        ("RDS", "O13" | "O01") => dispense::store(tx, work, &mut applied)?,
        ("SIU", "S12" | "S13" | "S14" | "S15" | "S17" | "S26") => {
            appointments::store(tx, work, &mut applied)?;
        }
        ("MDM", "T01" | "T02" | "T04" | "T06" | "T08" | "T10" | "T11") => {
            documents::store(tx, work, &mut applied)?;
        }
        (kind, _) if KEPT.contains(&kind) => applied.acted = false,
        _ => {
            let detail = "messages of this kind are not taken here";
            let at = Location::field("MSH", 1, 9);
            return Err(refuse("hl7.type-unknown", &at, detail));
        }
    }
    Ok(applied)
}

/// A refusal at a place of the message.
pub(crate) fn refuse(code: &'static str, at: &Location, detail: &str) -> Error {
    Error::new(Kind::Rule, code, detail).at(at.to_string())
}

/// A refusal of something deeper, with the place that brought it about.
fn located(error: Error, at: &Location) -> Error {
    error.at(at.to_string())
}

impl Work<'_> {
    fn value(&self, field: &str) -> Option<String> {
        self.mapping.value(self.message, field)
    }

    fn required(&self, field: &str) -> Result<String> {
        self.value(field).ok_or_else(|| {
            let at = self.mapping.place_of(field);
            if self.message.first(&at.segment).is_none() {
                let at = Location::segment(&at.segment, 1);
                return refuse("hl7.segment-missing", &at, "the message lacks this segment");
            }
            refuse("hl7.field-missing", &at, "a value is needed here")
        })
    }

    fn time(&self, text: &str) -> Option<Timestamp> {
        Timestamp::parse(text, Some(self.mapping.utc_offset_minutes))
    }

    /// A time of a field, refused where it is none.
    fn time_of(&self, field: &str) -> Result<Option<Timestamp>> {
        let Some((at, text)) = self.mapping.found(self.message, field) else {
            return Ok(None);
        };
        let wrong = || {
            let detail = "this is no time that a calendar and a clock have: YYYYMMDDHHMMSS+ZZZZ";
            refuse("hl7.time", &at, detail)
        };
        self.time(&text).ok_or_else(wrong).map(Some)
    }

    /// A time in one field of one segment as FHIR writes it, refused where it is none.
    fn time_at(&self, index: usize, field: usize) -> Result<Option<String>> {
        Ok(self.read_time(index, field, 1)?.map(|time| time.fhir()))
    }

    /// The same to the second: a day alone is its first moment.
    fn moment(&self, index: usize, field: usize, component: usize) -> Result<Option<String>> {
        let time = self.read_time(index, field, component)?;
        let exact = |time| Timestamp {
            precision: Precision::Second,
            ..time
        };
        Ok(time.map(|time| exact(time).fhir()))
    }

    fn read_time(&self, index: usize, field: usize, part: usize) -> Result<Option<Timestamp>> {
        let Some(text) = self.part(index, field, part) else {
            return Ok(None);
        };
        let detail = "this is no time that a calendar and a clock have: YYYYMMDDHHMMSS+ZZZZ";
        let wrong = || refuse("hl7.time", &self.at(index, field), detail);
        self.time(&text).ok_or_else(wrong).map(Some)
    }

    fn event_at(&self, now: Instant) -> Result<Instant> {
        Ok(self.time_of("event-at")?.map_or(now, |time| time.instant()))
    }
}

/// An id made of what it stands for, so that telling it again changes the same thing.
fn stable_id(parts: &[&str]) -> Id {
    let hash = sha256_hex(parts.join("\u{1f}").as_bytes());
    let mut bytes = [0_u8; 10];
    for (at, byte) in bytes.iter_mut().enumerate() {
        let pair = hash.get(2 * at..2 * at + 2).unwrap_or("00");
        *byte = u8::from_str_radix(pair, 16).unwrap_or(0);
    }
    Id::from_parts(0, bytes)
}

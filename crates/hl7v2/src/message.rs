//! A message as segments of text, so that what was read is written back to the byte.

use crate::fault::{Fault, Location};
use crate::path::Path;

/// Segments of one message at most.
pub const SEGMENTS_MAX: usize = 2_000;

/// The characters that part a message, as its MSH says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Separators {
    /// Between fields.
    pub field: char,
    /// Between components.
    pub component: char,
    /// Between repetitions.
    pub repetition: char,
    /// Around escape sequences, where the message has one.
    pub escape: Option<char>,
    /// Between subcomponents, where the message has one.
    pub subcomponent: Option<char>,
}

impl Separators {
    /// `|^~\&`.
    pub const USUAL: Self = Self {
        field: '|',
        component: '^',
        repetition: '~',
        escape: Some('\\'),
        subcomponent: Some('&'),
    };

    /// Reads MSH-1 and MSH-2 at the start of a message.
    ///
    /// # Errors
    /// `hl7.no-msh`, `hl7.separators`.
    pub fn read(text: &str) -> Result<Self, Fault> {
        let Some(rest) = text.strip_prefix("MSH") else {
            let detail = "a message begins with the segment MSH";
            return Err(Fault::new(
                "hl7.no-msh",
                Location::segment("MSH", 1),
                detail,
            ));
        };
        let fault = |field| {
            let detail =
                "MSH-1 and MSH-2 name the separators: different punctuation marks, as in |^~\\&";
            Fault::new("hl7.separators", Location::field("MSH", 1, field), detail)
        };
        let mut chars = rest.chars();
        let field = chars.next().filter(usable).ok_or_else(|| fault(1))?;
        let named: Vec<char> = chars.take_while(|&c| c != field && !is_end(c)).collect();
        let distinct = named
            .iter()
            .enumerate()
            .all(|(at, c)| usable(c) && *c != field && !named[..at].contains(c));
        if !(2..=5).contains(&named.len()) || !distinct {
            return Err(fault(2));
        }
        Ok(Self {
            field,
            component: named[0],
            repetition: named[1],
            escape: named.get(2).copied(),
            subcomponent: named.get(3).copied(),
        })
    }
}

fn usable(c: &char) -> bool {
    c.is_ascii_punctuation()
}

const fn is_end(c: char) -> bool {
    matches!(c, '\r' | '\n')
}

/// One segment: its text, and what ended it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Segment {
    text: String,
    end: &'static str,
}

impl Segment {
    /// Its three letters.
    pub fn name(&self) -> &str {
        self.text.get(..3).unwrap_or(&self.text)
    }

    /// Its text, as it came, without what ends it.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// A field as it came, repetitions and escapes included; empty where there is none. MSH-1 is the
    /// separator itself.
    pub fn field(&self, separators: &Separators, number: usize) -> &str {
        let header = matches!(self.name(), "MSH");
        match (header, number) {
            (_, 0) => self.name(),
            (true, 1) => {
                let width = separators.field.len_utf8();
                self.text.get(3..3 + width).unwrap_or("")
            }
            (true, _) => self.nth(separators, number - 1),
            (false, _) => self.nth(separators, number),
        }
    }

    fn nth(&self, separators: &Separators, number: usize) -> &str {
        self.text.split(separators.field).nth(number).unwrap_or("")
    }

    /// How many fields it has.
    pub fn field_count(&self, separators: &Separators) -> usize {
        let parts = self.text.split(separators.field).count();
        if self.name() == "MSH" {
            parts
        } else {
            parts - 1
        }
    }
}

/// A message that keeps to the syntax.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    /// Its separators.
    pub separators: Separators,
    segments: Vec<Segment>,
}

impl Message {
    /// Parts a text into segments. Each ends with a carriage return; line feeds and both together are
    /// taken too, and kept as they came.
    ///
    /// # Errors
    /// `hl7.no-msh`, `hl7.separators`, `hl7.truncated` where the last segment has no end,
    /// `hl7.segment-name`, `hl7.too-many-segments`, `hl7.control-character`.
    pub fn parse(text: &str) -> Result<Self, Fault> {
        let separators = Separators::read(text)?;
        let mut segments: Vec<Segment> = Vec::new();
        let mut rest = text;
        while !rest.is_empty() {
            let length = rest.find(is_end);
            let (line, end) = match length {
                Some(at) if rest[at..].starts_with("\r\n") => (&rest[..at], "\r\n"),
                Some(at) if rest[at..].starts_with('\r') => (&rest[..at], "\r"),
                Some(at) => (&rest[..at], "\n"),
                None => (rest, ""),
            };
            rest = &rest[line.len() + end.len()..];
            let segment = Segment {
                text: line.to_owned(),
                end,
            };
            check(&segment, &segments, &separators)?;
            segments.push(segment);
        }
        Ok(Self {
            separators,
            segments,
        })
    }

    /// The message as it came.
    pub fn text(&self) -> String {
        let parts = self.segments.iter();
        parts.fold(String::new(), |text, one| text + &one.text + one.end)
    }

    /// Its segments.
    pub fn segments(&self) -> &[Segment] {
        &self.segments
    }

    /// The first segment of a name.
    pub fn first(&self, name: &str) -> Option<&Segment> {
        self.segments.iter().find(|one| one.name() == name)
    }

    /// Which of its name the segment at `index` is, from 1.
    pub fn sequence_of(&self, index: usize) -> usize {
        let Some(segment) = self.segments.get(index) else {
            return 1;
        };
        let before = &self.segments[..index];
        1 + before
            .iter()
            .filter(|one| one.name() == segment.name())
            .count()
    }

    /// The plain value of a path in the first segment of its name; `None` where it is empty.
    pub fn value(&self, path: &Path) -> Option<String> {
        path.value_in(self.first(path.segment())?, &self.separators)
    }

    /// The plain value at a written path, for code that knows its paths.
    pub fn get(&self, path: &str) -> Option<String> {
        self.value(&path.parse().ok()?)
    }

    /// A message with this charset in MSH-18.
    #[must_use]
    pub fn with_header_field(&self, number: usize, value: &str) -> Self {
        let mut changed = self.clone();
        let field = self.separators.field;
        if let Some(header) = changed.segments.first_mut() {
            let mut parts: Vec<&str> = header.text.split(field).collect();
            parts.resize(parts.len().max(number), "");
            parts[number - 1] = value;
            header.text = parts.join(&field.to_string());
        }
        changed
    }
}

fn check(segment: &Segment, before: &[Segment], separators: &Separators) -> Result<(), Fault> {
    let place = before.len() + 1;
    let name = segment.name();
    let sequence = 1 + before.iter().filter(|one| one.name() == name).count();
    let mut letters = name.bytes();
    let named = name.len() == 3
        && letters
            .next()
            .is_some_and(|first| first.is_ascii_uppercase())
        && letters.all(|other| other.is_ascii_uppercase() || other.is_ascii_digit());
    if !named || !(segment.text.len() == 3 || segment.text[3..].starts_with(separators.field)) {
        let detail = format!(
            "line {place} is no segment: three letters or digits, then the field separator"
        );
        return Err(Fault::new(
            "hl7.segment-name",
            Location::segment("", place),
            detail,
        ));
    }
    if place > SEGMENTS_MAX {
        let detail = format!("a message has at most {SEGMENTS_MAX} segments");
        let at = Location::segment(name, sequence);
        return Err(Fault::new("hl7.too-many-segments", at, detail));
    }
    if matches!(name, "BHS" | "FHS" | "BTS" | "FTS") || (name == "MSH" && place > 1) {
        let detail = "send each message by itself, not in a batch";
        return Err(Fault::new(
            "hl7.batch",
            Location::segment(name, sequence),
            detail,
        ));
    }
    if let Some(at) = segment.text.find(|c: char| c.is_control() && c != '\t') {
        let field = field_at(&segment.text, at, separators);
        let detail = "there is a control character in it";
        let at = Location::field(name, sequence, field);
        return Err(Fault::new("hl7.control-character", at, detail));
    }
    if segment.end.is_empty() {
        let field = field_at(&segment.text, segment.text.len(), separators);
        let detail = "the message breaks off: its last segment does not end with a carriage return";
        return Err(Fault::new(
            "hl7.truncated",
            Location::field(name, sequence, field),
            detail,
        ));
    }
    Ok(())
}

/// The field in which the byte at `at` of a segment lies.
pub(crate) fn field_at(text: &str, at: usize, separators: &Separators) -> usize {
    let count = text
        .get(..at)
        .unwrap_or(text)
        .matches(separators.field)
        .count();
    if text.starts_with("MSH") {
        count + 1
    } else {
        count
    }
}

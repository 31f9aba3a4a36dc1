//! What is wrong with a message, and where.

use std::fmt;

/// A place in a message, as far as it is known. Counted from 1, as HL7 does.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Location {
    /// The segment's name.
    pub segment: String,
    /// Which segment of that name.
    pub sequence: usize,
    /// The field.
    pub field: Option<usize>,
    /// The repetition of the field.
    pub repetition: Option<usize>,
    /// The component.
    pub component: Option<usize>,
}

impl Location {
    /// A segment as a whole.
    pub fn segment(name: &str, sequence: usize) -> Self {
        Self {
            segment: name.to_owned(),
            sequence,
            ..Self::default()
        }
    }

    /// A field of a segment.
    pub fn field(name: &str, sequence: usize, field: usize) -> Self {
        Self {
            field: Some(field),
            ..Self::segment(name, sequence)
        }
    }
}

/// Reads what [`Location`] writes; `None` for anything else.
impl std::str::FromStr for Location {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let mut parts = text.split('^');
        let segment = parts.next().filter(|name| name.len() == 3).ok_or(())?;
        let mut number = || match parts.next() {
            None | Some("") => Ok(None),
            Some(part) => part.parse::<usize>().map(Some).map_err(|_| ()),
        };
        Ok(Self {
            segment: segment.to_owned(),
            sequence: number()?.ok_or(())?,
            field: number()?,
            repetition: number()?,
            component: number()?,
        })
    }
}

/// As the data type ERL writes it: `PID^1^3^1^4`.
impl fmt::Display for Location {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}^{}", self.segment, self.sequence)?;
        let parts = [self.field, self.repetition, self.component];
        let known = parts.iter().rposition(Option::is_some);
        for part in &parts[..known.map_or(0, |last| last + 1)] {
            match part {
                Some(number) => write!(f, "^{number}")?,
                None => f.write_str("^")?,
            }
        }
        Ok(())
    }
}

/// Why a message is refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// A stable code: `hl7.truncated`.
    pub code: &'static str,
    /// A sentence for the sender's operator; it repeats nothing of the message.
    pub detail: String,
    /// Where.
    pub at: Location,
}

impl Fault {
    /// A fault at a place.
    pub fn new(code: &'static str, at: Location, detail: impl Into<String>) -> Self {
        Self {
            code,
            detail: detail.into(),
            at,
        }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} at {}: {}", self.code, self.at, self.detail)
    }
}

impl std::error::Error for Fault {}

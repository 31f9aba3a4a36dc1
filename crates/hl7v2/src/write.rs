//! Writing segments.

use crate::escape::escape;
use crate::message::Separators;

/// A segment being written, with the usual separators. What is put into a field that has a value
/// already is its next repetition.
#[derive(Clone, Debug)]
pub struct SegmentWriter {
    fields: Vec<String>,
}

impl SegmentWriter {
    /// An empty segment of this name. MSH has its separators.
    pub fn new(name: &str) -> Self {
        let mut fields = vec![name.to_owned()];
        if name == "MSH" {
            fields.push("^~\\&".to_owned());
        }
        Self { fields }
    }

    /// Puts a plain text into a field; an empty one is left out.
    #[must_use]
    pub fn text(self, field: usize, text: &str) -> Self {
        self.parts(field, &[text])
    }

    /// Puts components into a field; where all are empty, nothing.
    #[must_use]
    pub fn parts(mut self, field: usize, parts: &[&str]) -> Self {
        let written: Vec<String> = parts
            .iter()
            .map(|part| escape(part.trim(), &Separators::USUAL))
            .collect();
        let value = written.join("^");
        let value = value.trim_end_matches('^');
        if value.is_empty() {
            return self;
        }
        // MSH-1 is the separator itself, and has no place of its own.
        let at = match self.fields.first().map(String::as_str) {
            Some("MSH") => field.saturating_sub(1),
            _ => field,
        };
        if self.fields.len() <= at {
            self.fields.resize(at + 1, String::new());
        }
        let place = &mut self.fields[at];
        if !place.is_empty() {
            place.push('~');
        }
        place.push_str(value);
        self
    }

    /// The segment with its end.
    pub fn line(&self) -> String {
        let mut line = self.fields.join("|");
        line.push('\r');
        line
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Message;

    #[test]
    fn what_is_written_is_read_again() {
        let header = SegmentWriter::new("MSH")
            .text(3, "A|B")
            .parts(9, &["ADT", "A28", ""])
            .line();
        let person = SegmentWriter::new("PID")
            .parts(3, &["1", "", "", "X^Y", "PI"])
            .parts(3, &["2~", "", "", "", "MR"])
            .parts(4, &["", ""])
            .text(5, "李\n明\\")
            .line();
        let message = Message::parse(&(header + &person)).unwrap();
        for (path, value) in [
            ("MSH-3", "A|B"),
            ("MSH-9.2", "A28"),
            ("PID-3(5=PI).4", "X^Y"),
            ("PID-3(5=MR).1", "2~"),
            ("PID-5", "李\n明\\"),
        ] {
            assert_eq!(message.get(path).as_deref(), Some(value), "{path}");
        }
        assert_eq!(message.get("PID-4"), None);
    }
}

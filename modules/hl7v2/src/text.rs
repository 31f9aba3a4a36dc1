//! Messages as people see and paste them.

use hl7v2::{Message, Separators};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A segment, field by field.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[schema(as = Hl7Segment)]
pub struct SegmentView {
    /// Its name.
    pub name: String,
    /// Which of its name.
    pub sequence: usize,
    /// The fields that have a value.
    pub fields: Vec<FieldView>,
}

/// A field as it came.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[schema(as = Hl7Field)]
pub struct FieldView {
    /// Its number.
    pub number: usize,
    /// Its text with separators and escapes.
    pub text: String,
}

/// The segments of a message.
pub(crate) fn segments(message: &Message) -> Vec<SegmentView> {
    let separators = &message.separators;
    let segments = message.segments().iter().enumerate();
    segments
        .map(|(index, segment)| SegmentView {
            name: segment.name().to_owned(),
            sequence: message.sequence_of(index),
            fields: (1..=segment.field_count(separators))
                .map(|number| FieldView {
                    number,
                    text: segment.field(separators, number).to_owned(),
                })
                .filter(|field| !field.text.is_empty())
                .collect(),
        })
        .collect()
}

/// A pasted text with the line ends of HL7; the last segment gets the end that pasting loses, and blank
/// lines and the marks of a frame go.
pub(crate) fn tidy(text: &str) -> String {
    let lines = text.split(['\r', '\n']);
    let lines = lines
        .map(|line| line.trim_matches(['\u{b}', '\u{1c}']))
        .filter(|line| !line.trim().is_empty());
    let mut tidied = String::with_capacity(text.len() + 1);
    for line in lines {
        // Blanks before a segment come from mail and documents.
        let line = if Separators::read(line.trim_start()).is_ok() {
            line.trim_start()
        } else {
            line
        };
        tidied.push_str(line);
        tidied.push('\r');
    }
    tidied
}

//! What a receiver's answer means: pure, so that every odd answer is a case of a table.

use hl7v2::{AckCode, AckLevel, Acknowledgement};

use super::model::AckMode;

/// What is known after an answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Heard {
    /// It is taken.
    Accepted,
    /// It is stored there; what became of it is told next.
    Stored,
    /// It is refused for what it says; the same bytes would be refused again.
    Refused(String),
    /// It was not taken for a reason that may pass.
    NotNow(String),
    /// An answer to a message that was answered before; it changes nothing.
    Repeated,
    /// It answers another message, or is no acknowledgement.
    Strange(&'static str),
}

/// Conditions of table 0357 that no repetition mends: type, event, processing, version not supported.
const UNSUPPORTED: std::ops::RangeInclusive<u16> = 200..=203;
/// An error of the application itself, such as a database that is busy.
const INTERNAL: u16 = 207;

/// Reads an answer to the message `control_id`; `earlier` are those answered before on this connection.
pub(crate) fn hear(mode: AckMode, text: &str, control_id: &str, earlier: &[String]) -> Heard {
    let Some(answer) = Acknowledgement::read(text) else {
        return Heard::Strange("hl7.answer-unreadable");
    };
    if answer.control_id != control_id {
        if earlier.contains(&answer.control_id) {
            return Heard::Repeated;
        }
        return Heard::Strange("hl7.answer-other");
    }
    let said = || said(&answer);
    match (answer.level, answer.code) {
        (AckLevel::Commit, AckCode::Accept) if mode == AckMode::CommitAndApplication => {
            Heard::Stored
        }
        (_, AckCode::Accept) => Heard::Accepted,
        (_, AckCode::Error) if answer.condition == Some(INTERNAL) => Heard::NotNow(said()),
        (_, AckCode::Error) => Heard::Refused(said()),
        // AR and CR may be for reasons that pass, such as a system that is going down.
        (_, AckCode::Reject) => match answer.condition {
            Some(condition) if UNSUPPORTED.contains(&condition) => Heard::Refused(said()),
            _ => Heard::NotNow(said()),
        },
    }
}

/// Characters of a receiver's words that are kept.
const SAID_CHARACTERS_MAX: usize = 300;

fn said(answer: &Acknowledgement) -> String {
    let word = answer.code.word_at(answer.level);
    let condition = answer.condition.map(|number| format!(" {number}"));
    let words = answer.said.as_ref().map(|said| format!(": {said}"));
    let whole = format!(
        "{word}{}{}",
        condition.unwrap_or_default(),
        words.unwrap_or_default()
    );
    whole.chars().take(SAID_CHARACTERS_MAX).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ack(code: &str, number: &str, rest: &str) -> String {
        format!("MSH|^~\\&|HIS|H1|LIANTI||20261123||ACK|9|P|2.5.1\rMSA|{code}|{number}{rest}\r")
    }

    #[test]
    fn every_answer_means_something() {
        let original = AckMode::Original;
        let both = AckMode::CommitAndApplication;
        let refused = |text: &str| Heard::Refused(text.to_owned());
        let not_now = |text: &str| Heard::NotNow(text.to_owned());
        for (mode, text, wanted) in [
            (original, ack("AA", "M1", ""), Heard::Accepted),
            (original, ack("AE", "M1", "|no bed"), refused("AE: no bed")),
            (
                original,
                ack("AE", "M1", "\rERR||PID^1|207"),
                not_now("AE 207"),
            ),
            (
                original,
                ack("AE", "M1", "\rERR|PID^1^3^103&&HL70357"),
                refused("AE 103"),
            ),
            (original, ack("AR", "M1", ""), not_now("AR")),
            (
                original,
                ack("AR", "M1", "\rERR||MSH^1^9|200"),
                refused("AR 200"),
            ),
            (original, ack("CA", "M1", ""), Heard::Accepted),
            (AckMode::Commit, ack("CA", "M1", ""), Heard::Accepted),
            (AckMode::Commit, ack("CE", "M1", ""), refused("CE")),
            (AckMode::Commit, ack("CR", "M1", ""), not_now("CR")),
            (both, ack("CA", "M1", ""), Heard::Stored),
            (both, ack("AA", "M1", ""), Heard::Accepted),
            (both, ack("AE", "M1", ""), refused("AE")),
            (original, ack("AA", "M0", ""), Heard::Repeated),
            (
                original,
                ack("AA", "M2", ""),
                Heard::Strange("hl7.answer-other"),
            ),
            (
                original,
                ack("AA", "", ""),
                Heard::Strange("hl7.answer-other"),
            ),
            (
                original,
                ack("OK", "M1", ""),
                Heard::Strange("hl7.answer-unreadable"),
            ),
            (
                original,
                "HTTP/1.1 400".to_owned(),
                Heard::Strange("hl7.answer-unreadable"),
            ),
            (
                original,
                String::new(),
                Heard::Strange("hl7.answer-unreadable"),
            ),
            // The last segment often lacks its end.
            (
                original,
                ack("AA", "M1", "").trim_end().to_owned(),
                Heard::Accepted,
            ),
        ] {
            assert_eq!(
                hear(mode, &text, "M1", &["M0".to_owned()]),
                wanted,
                "{text:?}"
            );
        }
    }
}

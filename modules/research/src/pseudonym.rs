//! Other names for patients and entries, and the shift of a patient's dates: made from a key of the
//! extract's own, so that two extracts can't be joined, and nobody can make them once it is gone.

use hmac::{Hmac, KeyInit, Mac};
use kernel::{Date, Id};
use sha2::Sha256;
use store::hex;

use crate::model::Dates;

/// Bytes of a key.
pub(crate) const KEY_BYTES: usize = 32;
/// Bytes of a pseudonym: enough that no two meet.
const NAME_BYTES: usize = 16;

/// The key of an extract.
#[derive(Clone)]
pub(crate) struct Pseudonyms {
    key: [u8; KEY_BYTES],
}

impl Pseudonyms {
    /// With a key.
    pub(crate) fn new(key: [u8; KEY_BYTES]) -> Self {
        Self { key }
    }

    fn digest(&self, words: &[&str]) -> [u8; 32] {
        let mut mac = Hmac::<Sha256>::new_from_slice(&self.key).expect("HMAC takes any key");
        for word in words {
            mac.update(&u32::try_from(word.len()).unwrap_or(u32::MAX).to_be_bytes());
            mac.update(word.as_bytes());
        }
        mac.finalize().into_bytes().into()
    }

    /// What stands for a patient.
    pub(crate) fn patient(&self, id: Id) -> String {
        self.entry("Patient", &id.to_string())
    }

    /// What stands for the id of a resource.
    pub(crate) fn entry(&self, kind: &str, id: &str) -> String {
        hex(&self.digest(&["name", kind, id])[..NAME_BYTES])
    }

    /// By how many days a patient's dates are moved: never by none, at most `days_max` either way.
    pub(crate) fn shift_days(&self, patient: Id, days_max: i64) -> i64 {
        let digest = self.digest(&["shift", &patient.to_string()]);
        let mut first = [0_u8; 8];
        first.copy_from_slice(&digest[..8]);
        let span = u64::try_from(days_max.max(1)).unwrap_or(1);
        let at = i64::try_from(u64::from_be_bytes(first) % (2 * span)).unwrap_or(0);
        let shift = at - days_max.max(1);
        if shift >= 0 { shift + 1 } else { shift }
    }
}

/// What happens to one patient's dates.
#[derive(Clone, Copy, Debug)]
pub(crate) enum DateChange {
    /// Moved by so many days.
    Shift(i64),
    /// Cut to the month.
    Month,
}

impl DateChange {
    /// For a patient of an extract.
    pub(crate) fn of(dates: Dates, pseudonyms: &Pseudonyms, patient: Id, days_max: i64) -> Self {
        match dates {
            Dates::Shift => Self::Shift(pseudonyms.shift_days(patient, days_max)),
            Dates::Month => Self::Month,
        }
    }

    /// A FHIR date or date with time; the time of day is left out, and so is what is no date.
    pub(crate) fn text(self, text: &str) -> Option<String> {
        let day = text.get(..10).filter(|day| day.len() == 10);
        match (self, day) {
            (change, Some(day)) => day.parse().ok().map(|day| change.date(day)),
            (Self::Month, None) => is_part(text).then(|| text.to_owned()),
            // The middle stands for the month or the year, and what comes out is as exact.
            (Self::Shift(_), None) => {
                let middle = match text.len() {
                    4 => format!("{text}-07-01"),
                    7 => format!("{text}-15"),
                    _ => return None,
                };
                let day: Date = middle.parse().ok()?;
                self.date(day).get(..text.len()).map(str::to_owned)
            }
        }
    }

    /// A day.
    pub(crate) fn date(self, day: Date) -> String {
        match self {
            Self::Shift(days) => day.plus_days(days).to_string(),
            Self::Month => day.to_string().get(..7).unwrap_or_default().to_owned(),
        }
    }
}

/// A year, or a year and a month.
fn is_part(text: &str) -> bool {
    let digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    match text.len() {
        4 => digits(text),
        7 => digits(&text[..4]) && &text[4..5] == "-" && digits(&text[5..]),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_move_together_or_are_cut() {
        for (change, text, expected) in [
            (DateChange::Shift(3), "2026-02-27", Some("2026-03-02")),
            (
                DateChange::Shift(-1),
                "2026-01-01T08:00:00+08:00",
                Some("2025-12-31"),
            ),
            (DateChange::Shift(40), "2026-01", Some("2026-02")),
            (DateChange::Shift(200), "2026", Some("2027")),
            (DateChange::Month, "2026-02-27T10:00:00Z", Some("2026-02")),
            (DateChange::Month, "2026", Some("2026")),
            (DateChange::Month, "王小明", None),
            (DateChange::Shift(1), "下周二见面", None),
            (DateChange::Month, "不是日期的一段话", None),
        ] {
            assert_eq!(change.text(text).as_deref(), expected, "{change:?} {text}");
        }
    }

    #[test]
    fn keys_tell_extracts_apart_and_no_shift_is_none() {
        let (one, two) = (Pseudonyms::new([1; 32]), Pseudonyms::new([2; 32]));
        let id = Id::MAX;
        assert_eq!(one.patient(id), one.patient(id));
        assert_ne!(one.patient(id), two.patient(id));
        assert_ne!(one.entry("Observation", "a"), one.entry("Condition", "a"));
        for seed in 0..64_u8 {
            let days = Pseudonyms::new([seed; 32]).shift_days(id, 30);
            assert!(days != 0 && days.abs() <= 30, "{days}");
        }
    }
}

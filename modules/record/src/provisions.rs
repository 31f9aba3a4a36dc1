//! What a consent may say besides to whom: the parts of the record, the time, what it is for.

use kernel::Instant;
use serde::{Deserialize, Serialize};

/// Whether a consent lets somebody read, or keeps them from it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "kebab-case")]
#[schema(as = ConsentDecision)]
pub enum Decision {
    /// They may read.
    #[default]
    Permit,
    /// They may not, whatever another consent that names them no more exactly says.
    Deny,
}

impl Decision {
    /// The stored word.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Permit => "permit",
            Self::Deny => "deny",
        }
    }
}

/// What the reading is for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "kebab-case")]
#[schema(as = ConsentPurpose)]
pub enum PurposeOfUse {
    /// Looking after the patient: all reading on this platform.
    #[default]
    Treatment,
    /// Research. Opens nobody's record: it decides on exports for research.
    Research,
}

impl PurposeOfUse {
    /// The stored word.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Treatment => "treatment",
            Self::Research => "research",
        }
    }
}

/// A part of the record that a consent may be limited to.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, utoipa::ToSchema,
)]
#[serde(rename_all = "kebab-case")]
#[schema(as = RecordCategory)]
pub enum Category {
    /// Visits and stays.
    Visits,
    /// Diagnoses and problems.
    Diagnoses,
    /// Drugs.
    Medications,
    /// Results of laboratory and imaging, measurements.
    Results,
    /// Operations and procedures.
    Procedures,
    /// Documents.
    Documents,
    /// Allergies and intolerances.
    Allergies,
    /// Immunizations.
    Immunizations,
    /// Referrals, orders, appointments and care plans.
    Plans,
    /// Everything else.
    Other,
}

/// The bit of who the patient is: no part of the record that a consent may leave out.
pub const IDENTITY_BIT: i64 = 1;

impl Category {
    /// All of them.
    pub const ALL: [Self; 10] = [
        Self::Visits,
        Self::Diagnoses,
        Self::Medications,
        Self::Results,
        Self::Procedures,
        Self::Documents,
        Self::Allergies,
        Self::Immunizations,
        Self::Plans,
        Self::Other,
    ];

    /// The stored word.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Visits => "visits",
            Self::Diagnoses => "diagnoses",
            Self::Medications => "medications",
            Self::Results => "results",
            Self::Procedures => "procedures",
            Self::Documents => "documents",
            Self::Allergies => "allergies",
            Self::Immunizations => "immunizations",
            Self::Plans => "plans",
            Self::Other => "other",
        }
    }

    /// Its bit in a column that names several, or in one that names the part an entry lies in.
    pub const fn bit(self) -> i64 {
        IDENTITY_BIT << (self as u8 + 1)
    }
}

/// Which entries of the record a consent is about.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Part {
    /// Bits of categories; 0 for all.
    pub categories: i64,
    /// What happened from then on.
    pub low: Option<Instant>,
    /// What happened before then.
    pub high: Option<Instant>,
}

impl Part {
    /// Is it about everything?
    pub(crate) fn is_whole(&self) -> bool {
        self.categories == 0 && self.low.is_none() && self.high.is_none()
    }

    fn has_category(&self, bit: i64) -> bool {
        self.categories == 0 || self.categories & bit != 0
    }

    fn has_time(&self, at: Instant) -> bool {
        self.low.is_none_or(|low| at >= low) && self.high.is_none_or(|high| at < high)
    }

    /// Does it surely hold an entry? One without a time lies in no period.
    pub(crate) fn surely_holds(&self, bit: i64, at: Option<Instant>) -> bool {
        let timeless = self.low.is_none() && self.high.is_none();
        self.has_category(bit) && at.map_or(timeless, |at| self.has_time(at))
    }

    /// May it hold an entry? One without a time may lie in any period.
    pub(crate) fn may_hold(&self, bit: i64, at: Option<Instant>) -> bool {
        self.has_category(bit) && at.is_none_or(|at| self.has_time(at))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_holds_what_lies_in_it_and_doubt_never_opens() {
        let at = |micros: i64| Some(Instant::from_micros(micros));
        let part = Part {
            categories: Category::Results.bit() | Category::Visits.bit(),
            low: at(10),
            high: at(20),
        };
        let results = Category::Results.bit();
        for (bit, time, surely, maybe) in [
            (results, at(9), false, false),
            (results, at(10), true, true),
            (results, at(19), true, true),
            (results, at(20), false, false),
            (results, None, false, true),
            (Category::Documents.bit(), at(15), false, false),
        ] {
            assert_eq!(part.surely_holds(bit, time), surely);
            assert_eq!(part.may_hold(bit, time), maybe);
        }
        assert!(Part::default().is_whole() && Part::default().surely_holds(results, None));
        assert!(!part.is_whole());
    }

    #[test]
    fn every_category_has_a_bit_of_its_own() {
        let all = Category::ALL.iter().fold(IDENTITY_BIT, |bits, category| {
            assert_eq!(bits & category.bit(), 0);
            bits | category.bit()
        });
        assert_eq!(all, (1 << 11) - 1);
    }
}

//! What is compared, and the levels of agreement each field knows. A pair's levels together are its
//! [`Pattern`]; weights are learnt for levels, and the review screen shows them.

use serde::{Deserialize, Serialize};

/// The level of a field that one side lacks: it says nothing.
pub const MISSING: u8 = 0;
/// Levels one field has at most.
pub const LEVELS_MAX: usize = 8;

/// A thing that is compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Field {
    /// Family name.
    Family,
    /// Given name.
    Given,
    /// Birth date.
    Birth,
    /// Sex.
    Sex,
    /// Telephones.
    Phone,
    /// Province to village.
    Locality,
    /// Street and house.
    Street,
    /// Postcode.
    Postcode,
    /// Resident ID number.
    ResidentId,
    /// Any other number of the same kind and issuer.
    OtherId,
}

/// Levels of a part of a name.
pub struct Part;

impl Part {
    /// The same characters.
    pub const SAME: u8 = 1;
    /// The same sound; in letters, one slip.
    pub const SOUND: u8 = 2;
    /// A sound that people confuse; in letters, nearly the same.
    pub const CONFUSABLE: u8 = 3;
    /// Shares a character; in letters, alike, or an initial.
    pub const SIMILAR: u8 = 4;
    /// Family and given name are exchanged (told at the family name; the given name then says
    /// nothing of its own).
    pub const SWAPPED: u8 = 5;
    /// Different.
    pub const DIFFERENT: u8 = 6;
}

/// Levels of a birth date.
pub struct BirthLevel;

impl BirthLevel {
    /// The same.
    pub const SAME: u8 = 1;
    /// Day and month exchanged.
    pub const SWAPPED: u8 = 2;
    /// One is the lunar date of the other.
    pub const LUNAR: u8 = 3;
    /// One digit wrong, or two neighbours exchanged.
    pub const ONE_DIGIT: u8 = 4;
    /// Two of year, month and day.
    pub const PARTLY: u8 = 5;
    /// Different.
    pub const DIFFERENT: u8 = 6;
}

/// Levels of a number or telephone.
pub struct NumberLevel;

impl NumberLevel {
    /// The same.
    pub const SAME: u8 = 1;
    /// One digit wrong, missing or too much, or two neighbours exchanged.
    pub const ONE_DIGIT: u8 = 2;
    /// Different.
    pub const DIFFERENT: u8 = 3;
}

/// Levels of an address.
pub struct PlaceLevel;

impl PlaceLevel {
    /// The same.
    pub const SAME: u8 = 1;
    /// Written a little otherwise; of a street, another or no door.
    pub const SIMILAR: u8 = 2;
    /// Shares the wider part; of a street, alike.
    pub const PARTLY: u8 = 3;
    /// Different.
    pub const DIFFERENT: u8 = 4;
}

impl Field {
    /// Every field, in the order in which a person reads them.
    pub const ALL: [Self; 10] = [
        Self::Family,
        Self::Given,
        Self::Birth,
        Self::Sex,
        Self::Phone,
        Self::Locality,
        Self::Street,
        Self::Postcode,
        Self::ResidentId,
        Self::OtherId,
    ];

    /// The stored word.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Family => "family",
            Self::Given => "given",
            Self::Birth => "birth",
            Self::Sex => "sex",
            Self::Phone => "phone",
            Self::Locality => "locality",
            Self::Street => "street",
            Self::Postcode => "postcode",
            Self::ResidentId => "resident-id",
            Self::OtherId => "other-id",
        }
    }

    /// The words of its levels; the first says that the field is missing.
    pub const fn levels(self) -> &'static [&'static str] {
        match self {
            Self::Family | Self::Given => &[
                "missing",
                "same",
                "sound",
                "confusable",
                "similar",
                "swapped",
                "different",
            ],
            Self::Birth => &[
                "missing",
                "same",
                "day-month-swapped",
                "lunar",
                "one-digit",
                "partly",
                "different",
            ],
            Self::Sex => &["missing", "same", "different"],
            Self::Phone | Self::Postcode | Self::ResidentId | Self::OtherId => {
                &["missing", "same", "one-digit", "different"]
            }
            Self::Locality => &["missing", "same", "similar", "partly", "different"],
            Self::Street => &["missing", "same", "other-door", "similar", "different"],
        }
    }

    /// What a consortium that has not learnt its own weights begins with: for each level but the
    /// first, parts in a million of the pairs that are one person (m), and of those that are two
    /// (u). Shares of names and dates are those of the generated population of the tests.
    pub(crate) const fn usual(self) -> &'static [(u32, u32)] {
        match self {
            Self::Family => &[
                (930_000, 25_000),
                (20_000, 5_000),
                (15_000, 15_000),
                (10_000, 5_000),
                (10_000, 20),
                (15_000, 950_000),
            ],
            Self::Given => &[
                (880_000, 300),
                (45_000, 700),
                (25_000, 1_000),
                (35_000, 30_000),
                (1, 1),
                (15_000, 968_000),
            ],
            Self::Birth => &[
                (900_000, 40),
                (15_000, 30),
                (15_000, 40),
                (50_000, 1_500),
                (10_000, 3_000),
                (10_000, 995_390),
            ],
            Self::Sex => &[(990_000, 500_000), (10_000, 500_000)],
            Self::Phone => &[(650_000, 5), (20_000, 5), (330_000, 999_990)],
            Self::Locality => &[
                (750_000, 1_000),
                (50_000, 2_000),
                (100_000, 50_000),
                (100_000, 947_000),
            ],
            Self::Street => &[
                (600_000, 200),
                (100_000, 10_000),
                (50_000, 20_000),
                (250_000, 969_800),
            ],
            Self::Postcode => &[(900_000, 10_000), (50_000, 20_000), (50_000, 970_000)],
            Self::ResidentId => &[(960_000, 1), (30_000, 1), (10_000, 999_998)],
            Self::OtherId => &[(930_000, 1), (30_000, 5), (40_000, 999_994)],
        }
    }

    /// How far a level of a part of a name lies from agreement: chooses among several names.
    pub(crate) const fn name_distance(level: u8) -> u8 {
        match level {
            MISSING => 4,
            Part::SWAPPED => 1,
            Part::DIFFERENT => 7,
            other => other - 1,
        }
    }
}

/// The levels of all fields of a pair in one number, four bits a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Pattern(pub u64);

impl Pattern {
    /// The level of a field.
    pub const fn level(self, field: Field) -> u8 {
        ((self.0 >> (4 * field as u32)) & 0xf) as u8
    }

    /// With a field at a level; each field is set once.
    #[must_use]
    pub(crate) const fn with(self, field: Field, level: u8) -> Self {
        Self(self.0 | (level as u64) << (4 * field as u32))
    }
}

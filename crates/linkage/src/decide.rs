//! What becomes of a pair. Rules first: some agreements settle it, and some contradictions forbid
//! that a machine links, whatever the score. Then the score against the caller's thresholds.
#![expect(
    clippy::float_arithmetic,
    reason = "weights of fields are added for the explanation"
)]

use serde::{Deserialize, Serialize};

use crate::compare::compare;
use crate::fields::{BirthLevel, Field, MISSING, NumberLevel, Part, Pattern, PlaceLevel};
use crate::model::{BY_FREQUENCY, Scorer, probability, same};
use crate::person::Prepared;

/// Scores, as log2 of the odds that two are one person, from which a pair is linked or shown.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Thresholds {
    /// Linked without a person from here on.
    pub link_bits: f64,
    /// Shown to a person from here on.
    pub review_bits: f64,
}

impl Thresholds {
    /// One wrong in sixteen thousand by the model at a link; a chance of one in eight for a look.
    pub const fn usual() -> Self {
        Self {
            link_bits: 14.0,
            review_bits: -3.0,
        }
    }
}

/// What becomes of a pair.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// Two persons.
    NoLink,
    /// A person decides.
    Review,
    /// One person.
    Link,
}

/// Why.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Reason {
    /// The score alone.
    Score,
    /// The same valid resident ID number, and nothing against it.
    SameResidentId,
    /// The same resident ID number, but another name, birth date or sex.
    ResidentIdContradicted,
    /// Two valid resident ID numbers.
    DifferentResidentIds,
    /// Born the same day in the same home, with another given name.
    PossibleTwins,
    /// A newborn's name, which twins share.
    ProvisionalName,
    /// Of one household perhaps: neither given name nor birth date agrees.
    Household,
    /// A high score, but given name, family name, birth date or sex disagrees.
    Contradicted,
    /// Nothing but a name to go by, or a high score without a birth date or a number.
    TooLittle,
}

/// How one field did.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FieldScore {
    /// Which.
    pub field: Field,
    /// The word of its level.
    pub level: String,
    /// Its weight, frequency included.
    pub bits: f64,
    /// The part of the weight that comes from how frequent the value is.
    pub frequency_bits: f64,
}

/// A decision that explains itself.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Decision {
    /// What becomes of the pair.
    pub verdict: Verdict,
    /// Why.
    pub reason: Reason,
    /// log2 of the odds that the two are one.
    pub score_bits: f64,
    /// The same as a probability.
    pub probability: f64,
    /// Field by field.
    pub fields: Vec<FieldScore>,
}

/// Compares, scores and decides a pair, with the explanation.
pub fn decide(
    left: &Prepared,
    right: &Prepared,
    scorer: &Scorer,
    thresholds: &Thresholds,
) -> Decision {
    let pattern = compare(left, right);
    let score_bits = scorer.score(pattern, left, right);
    let (verdict, reason) = settle(pattern, left, right, score_bits, thresholds);
    let fields = Field::ALL.map(|field| {
        let level = pattern.level(field);
        let by_frequency = BY_FREQUENCY.contains(&field) && level == same(field);
        let frequency_bits = if by_frequency {
            scorer.frequency_bits(field, left, right)
        } else {
            0.0
        };
        FieldScore {
            field,
            level: field.levels()[usize::from(level)].to_owned(),
            bits: scorer.weight(field, level) + frequency_bits,
            frequency_bits,
        }
    });
    Decision {
        verdict,
        reason,
        score_bits,
        probability: probability(score_bits),
        fields: fields.into(),
    }
}

/// What becomes of a pair whose score is known.
pub(crate) fn settle(
    pattern: Pattern,
    left: &Prepared,
    right: &Prepared,
    score_bits: f64,
    thresholds: &Thresholds,
) -> (Verdict, Reason) {
    let levels = Levels::of(pattern);
    let both_valid = left.resident_id_valid && right.resident_id_valid;
    if let Some(settled) = by_resident_id(&levels, both_valid, score_bits, thresholds) {
        return settled;
    }
    if levels.is_name_only() {
        return (Verdict::NoLink, Reason::TooLittle);
    }
    let by_score = match score_bits {
        bits if bits >= thresholds.link_bits => Verdict::Link,
        bits if bits >= thresholds.review_bits => Verdict::Review,
        _ => Verdict::NoLink,
    };
    let id_agrees = levels.resident_id == NumberLevel::SAME || levels.other_id == NumberLevel::SAME;
    if by_score != Verdict::NoLink && levels.is_household() {
        let verdict = if id_agrees {
            Verdict::Review
        } else {
            Verdict::NoLink
        };
        return (verdict, Reason::Household);
    }
    let provisional = |person: &Prepared| person.names.iter().any(|name| name.provisional);
    let held_back = match () {
        () if by_score != Verdict::Link => None,
        () if levels.may_be_twins() && !id_agrees => Some(Reason::PossibleTwins),
        () if (provisional(left) || provisional(right)) && !id_agrees => {
            Some(Reason::ProvisionalName)
        }
        () if levels.is_contradicted() => Some(Reason::Contradicted),
        () if levels.birth == MISSING && !id_agrees => Some(Reason::TooLittle),
        () => None,
    };
    match held_back {
        Some(reason) => (Verdict::Review, reason),
        None => (by_score, Reason::Score),
    }
}

fn by_resident_id(
    levels: &Levels,
    both_valid: bool,
    score_bits: f64,
    thresholds: &Thresholds,
) -> Option<(Verdict, Reason)> {
    let named = levels.family != MISSING || levels.given != MISSING;
    match levels.resident_id {
        NumberLevel::SAME if levels.is_contradicted() => {
            Some((Verdict::Review, Reason::ResidentIdContradicted))
        }
        NumberLevel::SAME if both_valid && named => Some((Verdict::Link, Reason::SameResidentId)),
        NumberLevel::ONE_DIGIT | NumberLevel::DIFFERENT if both_valid => {
            // Somebody may have been registered with another's card: only what else agrees in full
            // is worth a look.
            let agrees = levels.given < Part::CONFUSABLE && levels.birth == BirthLevel::SAME;
            let worth = agrees && score_bits >= thresholds.review_bits;
            let verdict = if worth {
                Verdict::Review
            } else {
                Verdict::NoLink
            };
            Some((verdict, Reason::DifferentResidentIds))
        }
        _ => None,
    }
}

struct Levels {
    family: u8,
    given: u8,
    birth: u8,
    sex: u8,
    phone: u8,
    locality: u8,
    street: u8,
    postcode: u8,
    resident_id: u8,
    other_id: u8,
}

impl Levels {
    const fn of(pattern: Pattern) -> Self {
        Self {
            family: pattern.level(Field::Family),
            given: pattern.level(Field::Given),
            birth: pattern.level(Field::Birth),
            sex: pattern.level(Field::Sex),
            phone: pattern.level(Field::Phone),
            locality: pattern.level(Field::Locality),
            street: pattern.level(Field::Street),
            postcode: pattern.level(Field::Postcode),
            resident_id: pattern.level(Field::ResidentId),
            other_id: pattern.level(Field::OtherId),
        }
    }

    const fn is_contradicted(&self) -> bool {
        let half = self.given == Part::SIMILAR && self.birth == BirthLevel::PARTLY;
        self.family == Part::DIFFERENT
            || self.given == Part::DIFFERENT
            || self.birth == BirthLevel::DIFFERENT
            || self.sex == 2
            || half
    }

    /// A name, and nothing of the person behind it, is shared by many.
    const fn is_name_only(&self) -> bool {
        self.birth == MISSING
            && self.phone == MISSING
            && self.street == MISSING
            && self.locality == MISSING
            && self.postcode == MISSING
            && self.resident_id == MISSING
            && self.other_id == MISSING
    }

    /// Brothers and sisters share name parts, home and telephone: agreement on those is no proof.
    const fn is_household(&self) -> bool {
        matches!(
            (self.given, self.birth),
            (Part::DIFFERENT, BirthLevel::DIFFERENT | BirthLevel::PARTLY)
                | (Part::SIMILAR, BirthLevel::DIFFERENT)
        )
    }

    /// Twins are called alike: 小明 and 小红, or 佳 and 嘉 by ear. Shared telephone or home and
    /// birth date are no proof of one person, then.
    const fn may_be_twins(&self) -> bool {
        let one_home = self.phone == NumberLevel::SAME
            || self.locality == PlaceLevel::SAME
            || self.street == PlaceLevel::SAME;
        let another_given = matches!(
            self.given,
            Part::CONFUSABLE | Part::SIMILAR | Part::DIFFERENT | MISSING
        ) && self.family != Part::SWAPPED;
        self.birth == BirthLevel::SAME && one_home && another_given
    }
}

//! The weights as data (Fellegi and Sunter 1969): for each level of each field, how often it is seen
//! in two records of one person (m) and in those of two persons (u). An installation keeps its model
//! beside its records and shows what it was learnt from.
#![expect(
    clippy::float_arithmetic,
    reason = "weights are logarithms of ratios; the decision keeps them with the model's version"
)]

use std::collections::{BTreeMap, HashMap};

use serde::{Deserialize, Serialize};

use crate::fields::{Field, LEVELS_MAX, MISSING, Part, Pattern, PlaceLevel};
use crate::hash;
use crate::name::PreparedName;
use crate::person::Prepared;

/// The parameters of matching.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Model {
    /// The caller's name for it; decisions keep it.
    pub version: String,
    /// What it was learnt from.
    pub statistics: Statistics,
    /// log2 of the odds that two persons taken at random are one.
    pub prior_bits: f64,
    /// Levels of each field.
    pub fields: BTreeMap<Field, Vec<Level>>,
    /// How often values occur, for fields in which agreeing on a rare one says more.
    pub frequencies: BTreeMap<Field, Frequencies>,
}

/// What a model was learnt from.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Statistics {
    /// Persons.
    pub persons: u64,
    /// Pairs drawn at random, for u.
    pub random_pairs: u64,
    /// Candidate pairs, for m.
    pub candidate_pairs: u64,
    /// Steps of expectation and maximization in all.
    pub steps: u64,
    /// Pairs of one person that are expected in the whole.
    pub expected_matches: f64,
}

/// A level of a field.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Level {
    /// Its word.
    pub level: String,
    /// Share among pairs that are one person.
    pub m: f64,
    /// Share among pairs that are two.
    pub u: f64,
}

/// How often values of a field occur. Values are kept as hashes, the most frequent ones only.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Frequencies {
    /// Persons with a value.
    pub total: u64,
    /// Persons a value that is not listed has, on average.
    pub rare: f64,
    /// Persons a frequent value has, by the value's hash in sixteen letters and digits.
    pub counts: BTreeMap<String, u64>,
}

/// Fields whose values' frequencies count.
pub(crate) const BY_FREQUENCY: [Field; 3] = [Field::Family, Field::Given, Field::Locality];
/// Values of a field that a model keeps by name.
const VALUES_MAX: usize = 5_000;
/// No agreement says more than this of a value that occurs once in a million persons.
const FREQUENCY_MIN: f64 = 1e-6;

impl Model {
    /// What an installation begins with, before it has learnt from its own records.
    pub fn usual(persons: u64) -> Self {
        let level = |word: &&str, &(m, u): &(u32, u32)| Level {
            level: (*word).to_owned(),
            m: f64::from(m) / 1e6,
            u: f64::from(u) / 1e6,
        };
        let of = |field: Field| -> Vec<Level> {
            let known = field.levels().iter().skip(1).zip(field.usual());
            known.map(|(word, shares)| level(word, shares)).collect()
        };
        Self {
            version: "usual".to_owned(),
            statistics: Statistics::default(),
            prior_bits: rounded(-as_f64(persons.max(1_000)).log2()),
            fields: Field::ALL.map(|field| (field, of(field))).into(),
            frequencies: BTreeMap::new(),
        }
    }
}

impl Frequencies {
    /// Counts values.
    pub(crate) fn count<'a>(values: impl Iterator<Item = &'a str>) -> Self {
        let mut counts: HashMap<u64, u64> = HashMap::new();
        for value in values.filter(|value| !value.is_empty()) {
            *counts.entry(hash::text(value)).or_default() += 1;
        }
        let total: u64 = counts.values().sum();
        let mut ordered: Vec<(u64, u64)> = counts.into_iter().collect();
        ordered.sort_unstable_by_key(|&(hash, count)| (std::cmp::Reverse(count), hash));
        let (kept, rest) = ordered.split_at(ordered.len().min(VALUES_MAX));
        let left: u64 = rest.iter().map(|(_, count)| count).sum();
        let values_left = u64::try_from(rest.len()).unwrap_or(u64::MAX);
        Self {
            total,
            rare: rounded(if rest.is_empty() {
                1.0
            } else {
                as_f64(left) / as_f64(values_left)
            }),
            counts: kept
                .iter()
                .map(|(hash, count)| (format!("{hash:016x}"), *count))
                .collect(),
        }
    }
}

/// A model made ready: weights by field and level.
pub struct Scorer {
    weights: [[f64; LEVELS_MAX]; Field::ALL.len()],
    m_same: [f64; Field::ALL.len()],
    shares: HashMap<Field, (HashMap<u64, f64>, f64)>,
    /// log2 of the odds before anything is compared.
    pub prior_bits: f64,
}

impl Scorer {
    /// Of a model.
    pub fn new(model: &Model) -> Self {
        let mut weights = [[0.0; LEVELS_MAX]; Field::ALL.len()];
        let mut m_same = [0.0; Field::ALL.len()];
        for (field, levels) in &model.fields {
            for (at, level) in levels.iter().enumerate().take(LEVELS_MAX - 1) {
                weights[*field as usize][at + 1] = (level.m / level.u).log2();
            }
            m_same[*field as usize] = levels.first().map_or(0.9, |level| level.m);
        }
        for (field, of_field) in Field::ALL.into_iter().zip(&mut weights) {
            less_for_less(field, of_field);
        }
        let family_and_given = weights[0][1] + weights[1][1];
        let swapped = &mut weights[Field::Family as usize][usize::from(Part::SWAPPED)];
        *swapped = swapped.min(family_and_given);
        let shares = model
            .frequencies
            .iter()
            .filter(|(_, known)| known.total > 0);
        let shares = shares.map(|(field, known)| {
            let share = |count: f64| (count / as_f64(known.total)).max(FREQUENCY_MIN);
            let by_value = known.counts.iter().filter_map(|(value, count)| {
                let hash = u64::from_str_radix(value, 16).ok()?;
                Some((hash, share(as_f64(*count))))
            });
            (*field, (by_value.collect(), share(known.rare.max(1.0))))
        });
        Self {
            weights,
            m_same,
            shares: shares.collect(),
            prior_bits: model.prior_bits,
        }
    }

    /// The weight of a field's level by the model, frequency apart.
    pub fn weight(&self, field: Field, level: u8) -> f64 {
        self.weights[field as usize][usize::from(level) % LEVELS_MAX]
    }

    /// What agreeing on this very value adds to the weight of agreeing: more for a rare one.
    pub fn frequency_bits(&self, field: Field, left: &Prepared, right: &Prepared) -> f64 {
        let Some((by_value, rare)) = self.shares.get(&field) else {
            return 0.0;
        };
        let Some(value) = agreed(field, left, right) else {
            return 0.0;
        };
        let share = by_value.get(&hash::text(value)).unwrap_or(rare);
        (self.m_same[field as usize] / share).log2() - self.weights[field as usize][1]
    }

    /// The score of a pair: log2 of the odds that the two are one person.
    pub fn score(&self, pattern: Pattern, left: &Prepared, right: &Prepared) -> f64 {
        let mut bits = self.prior_bits + self.plain_weight(pattern);
        for field in BY_FREQUENCY {
            if pattern.level(field) == same(field) {
                bits += self.frequency_bits(field, left, right);
            }
        }
        bits
    }

    /// The sum of weights without prior and frequencies.
    pub(crate) fn plain_weight(&self, pattern: Pattern) -> f64 {
        let of = |field: &Field| self.weight(*field, pattern.level(*field));
        Field::ALL.iter().map(of).sum()
    }
}

/// Where a level was hardly seen, learning may give it more than a better level: agreeing less never
/// says more. Exchanged names stand apart, for they speak of two fields at once.
fn less_for_less(field: Field, weights: &mut [f64; LEVELS_MAX]) {
    let is_name = matches!(field, Field::Family | Field::Given);
    let mut least = weights[1];
    for (level, weight) in weights
        .iter_mut()
        .enumerate()
        .take(field.levels().len())
        .skip(2)
    {
        if !is_name || level != usize::from(Part::SWAPPED) {
            least = least.min(*weight);
            *weight = least;
        }
    }
}

/// Nine places are more than the data know, and are the same after they were written and read.
pub(crate) fn rounded(value: f64) -> f64 {
    (value * 1e9).round() / 1e9
}

/// The level that says "the same" for a field whose frequencies count.
pub(crate) const fn same(field: Field) -> u8 {
    match field {
        Field::Locality => PlaceLevel::SAME,
        _ => Part::SAME,
    }
}

/// The value that both have.
fn agreed<'a>(field: Field, left: &'a Prepared, right: &Prepared) -> Option<&'a str> {
    let part = |name: &'a PreparedName| match field {
        Field::Family => &*name.family.text,
        _ => &*name.given.text,
    };
    if field == Field::Locality {
        return Some(&left.locality);
    }
    // The least of several, so that the order of the two persons does not matter.
    let shared = left.names.iter().map(part).filter(|value| {
        let mut others = right.names.iter();
        others.any(|name| match field {
            Field::Family => *name.family.text == **value,
            _ => *name.given.text == **value,
        })
    });
    shared.min()
}

/// The probability that a score stands for.
pub fn probability(bits: f64) -> f64 {
    1.0 / (1.0 + (-bits).exp2())
}

/// A count as a float; a count of persons or pairs has far fewer than 53 bits.
#[expect(clippy::cast_precision_loss, reason = "counts here stay below 2^53")]
pub(crate) const fn as_f64(count: u64) -> f64 {
    count as f64
}

/// A share that a level has at least, so that one pair never decides everything.
pub(crate) const SHARE_MIN: f64 = 1e-7;

/// The field's level that says nothing has no weight.
const _: () = assert!(MISSING == 0);

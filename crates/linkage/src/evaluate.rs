//! How good a linking is, where the truth is known.
#![expect(clippy::float_arithmetic, reason = "precision and recall are ratios")]

use std::collections::HashSet;

use crate::batch::Scored;
use crate::decide::Verdict;
use crate::model::as_f64;

/// Right, wrong and missed pairs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Evaluation {
    /// Pairs found that are one person.
    pub right: u64,
    /// Pairs found that are two.
    pub wrong: u64,
    /// Pairs of one person that were not found.
    pub missed: u64,
}

impl Evaluation {
    /// Of the pairs that `take` takes, each standing once in `found`.
    pub fn of(
        found: &[Scored],
        truth: &HashSet<(u32, u32)>,
        take: impl Fn(&Scored) -> bool,
    ) -> Self {
        let taken = || found.iter().filter(|one| take(one));
        let right = taken()
            .filter(|one| truth.contains(&(one.left, one.right)))
            .count();
        Self {
            right: right as u64,
            wrong: (taken().count() - right) as u64,
            missed: (truth.len() - right) as u64,
        }
    }

    /// Of the pairs that are linked without a person.
    pub fn of_links(found: &[Scored], truth: &HashSet<(u32, u32)>) -> Self {
        Self::of(found, truth, |one| one.verdict == Verdict::Link)
    }

    /// The share of the pairs found that are one person; 1 where none was found.
    pub fn precision(&self) -> f64 {
        ratio(self.right, self.right + self.wrong)
    }

    /// The share of the pairs of one person that were found; 1 where there is none.
    pub fn recall(&self) -> f64 {
        ratio(self.right, self.right + self.missed)
    }

    /// The harmonic mean of precision and recall.
    pub fn f1(&self) -> f64 {
        ratio(2 * self.right, 2 * self.right + self.wrong + self.missed)
    }
}

fn ratio(part: u64, whole: u64) -> f64 {
    if whole == 0 {
        1.0
    } else {
        as_f64(part) / as_f64(whole)
    }
}

/// What every score as threshold would give, from high to low in whole bits.
pub fn sweep(
    found: &[Scored],
    truth: &HashSet<(u32, u32)>,
    bits: std::ops::RangeInclusive<i32>,
) -> Vec<(i32, Evaluation)> {
    let at = |bits: i32| Evaluation::of(found, truth, |one| one.score_bits >= f64::from(bits));
    bits.rev().map(|bits| (bits, at(bits))).collect()
}

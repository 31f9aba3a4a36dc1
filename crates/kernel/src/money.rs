//! Money in whole 分 (one hundredth of a yuan), with checked arithmetic.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::{Error, Kind, Result};

/// An amount in 分. JSON and database: a whole number of 分.
#[derive(
    Clone,
    Copy,
    PartialEq,
    Eq,
    Hash,
    PartialOrd,
    Ord,
    Default,
    Serialize,
    Deserialize,
    utoipa::ToSchema,
)]
#[serde(transparent)]
pub struct Money(i64);

impl Money {
    /// From whole 分.
    pub const fn fen(fen: i64) -> Self {
        Self(fen)
    }

    /// Whole 分.
    pub const fn as_fen(self) -> i64 {
        self.0
    }

    /// The sum.
    ///
    /// # Errors
    /// `money.overflow` when the sum does not fit.
    pub fn plus(self, other: Self) -> Result<Self> {
        self.0.checked_add(other.0).map(Self).ok_or_else(overflow)
    }

    /// Splits the amount in proportion to `weights` by largest remainder, so that the parts sum to
    /// the whole. Ties go to the earlier part.
    ///
    /// # Errors
    /// `money.weights` when no weight is positive; `money.overflow` when a product does not fit.
    pub fn split(self, weights: &[u32]) -> Result<Vec<Self>> {
        let total: i128 = weights.iter().map(|&weight| i128::from(weight)).sum();
        if total == 0 {
            return Err(Error::new(
                Kind::Invalid,
                "money.weights",
                "at least one weight must be positive",
            ));
        }
        let amount = i128::from(self.0);
        let shares: Vec<(i128, i128)> = weights
            .iter()
            .map(|&weight| {
                let product = amount * i128::from(weight);
                (product.div_euclid(total), product.rem_euclid(total))
            })
            .collect();
        let mut left = amount - shares.iter().map(|share| share.0).sum::<i128>();
        let mut order: Vec<usize> = (0..shares.len()).collect();
        order.sort_by_key(|&index| (-shares[index].1, index));
        let mut parts: Vec<i128> = shares.into_iter().map(|share| share.0).collect();
        for index in order {
            if left == 0 {
                break;
            }
            parts[index] += 1;
            left -= 1;
        }
        parts
            .into_iter()
            .map(|part| i64::try_from(part).map(Self).map_err(|_| overflow()))
            .collect()
    }
}

fn overflow() -> Error {
    Error::new(Kind::Invalid, "money.overflow", "the amount is too large")
}

impl fmt::Display for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.0 < 0 { "-" } else { "" };
        let fen = self.0.unsigned_abs();
        write!(f, "{sign}¥{}.{:02}", fen / 100, fen % 100)
    }
}

impl fmt::Debug for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_split_sums_to_the_whole(fen in any::<i64>(), weights in prop::collection::vec(0_u32..10_000, 1..20)) {
            prop_assume!(weights.iter().any(|&weight| weight > 0));
            let parts = Money::fen(fen).split(&weights).unwrap();
            let sum: i128 = parts.iter().map(|part| i128::from(part.as_fen())).sum();
            prop_assert_eq!(sum, i128::from(fen));
        }
    }

    #[test]
    fn largest_remainder_takes_the_odd_fen() {
        let parts = Money::fen(100).split(&[1, 1, 1]).unwrap();
        assert_eq!(parts, [Money::fen(34), Money::fen(33), Money::fen(33)]);
        assert!(Money::fen(100).split(&[0]).is_err());
    }
}

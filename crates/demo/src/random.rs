//! The generator's dice: SplitMix64 (Steele, Lea, Flood 2014), seeded, so that the same seed gives
//! the same consortium on every machine. Not for secrets: tokens come from the store.

/// A stream of reproducible numbers.
#[derive(Clone, Debug)]
pub struct Random {
    state: u64,
}

impl Random {
    /// The stream of a seed.
    pub const fn new(seed: u64) -> Self {
        Self { state: seed }
    }

    /// An independent stream named by `label`. Each part of the generator forks its own, so that a
    /// draw added in one part does not shift the others.
    pub fn fork(&self, label: &str) -> Self {
        // FNV-1a of the label, mixed with the state.
        let hash = label.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
        });
        let mut forked = Self {
            state: self.state ^ hash,
        };
        forked.bits();
        forked
    }

    /// The next 64 bits.
    pub fn bits(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.state;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A number from 0 to `bound - 1`; 0 for a bound of 0. The bias of the multiplication is below
    /// 2⁻³² for the small bounds used here.
    pub fn below(&mut self, bound: u32) -> u32 {
        let high = self.bits() >> 32;
        u32::try_from((high * u64::from(bound)) >> 32)
            .expect("a product shifted by 32 fits 32 bits")
    }

    /// A number from `low` to `high`, both included; `low` when `high` is less.
    pub fn between(&mut self, low: u32, high: u32) -> u32 {
        low + self.below(high.saturating_sub(low) + 1)
    }

    /// True in `per_mille` of a thousand cases.
    pub fn chance(&mut self, per_mille: u32) -> bool {
        self.below(1000) < per_mille
    }

    /// One of `items`.
    ///
    /// # Panics
    /// When there is none: the tables drawn from are constants.
    pub fn pick<'a, T>(&mut self, items: &'a [T]) -> &'a T {
        &items[self.index(items.len())]
    }

    /// An index below `length`.
    pub fn index(&mut self, length: usize) -> usize {
        let bound = u32::try_from(length).expect("tables are short");
        usize::try_from(self.below(bound)).expect("an index fits usize")
    }

    /// One of `items` by weight.
    ///
    /// # Panics
    /// When there is none.
    pub fn weighted<'a, T>(&mut self, items: &'a [(T, u32)]) -> &'a T {
        let total = items.iter().map(|(_, weight)| weight).sum();
        let mut left = self.below(total);
        for (item, weight) in items {
            if left < *weight {
                return item;
            }
            left -= weight;
        }
        &items[0].0
    }

    /// Puts `items` into a random order.
    pub fn shuffle<T>(&mut self, items: &mut [T]) {
        for last in (1..items.len()).rev() {
            items.swap(last, self.index(last + 1));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_stream_is_the_published_one() {
        // Reference values of SplitMix64 for the seed 1234567.
        let mut random = Random::new(1_234_567);
        assert_eq!(random.bits(), 6_457_827_717_110_365_317);
        assert_eq!(random.bits(), 3_203_168_211_198_807_973);
    }

    #[test]
    fn draws_stay_in_bounds_and_forks_differ() {
        let random = Random::new(7);
        let (mut one, mut other) = (random.fork("names"), random.fork("ages"));
        assert_ne!(one.bits(), other.bits());
        assert!((0..1000).all(|_| one.below(7) < 7));
        assert!((0..1000).all(|_| (3..=5).contains(&one.between(3, 5))));
        assert_eq!(one.below(0), 0);
        assert!((0..100).all(|_| *one.weighted(&[("never", 0), ("always", 5)]) == "always"));
    }
}

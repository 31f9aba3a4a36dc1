//! One stable 64-bit hash: block keys and frequency tables outlive a process, so the standard
//! library's hasher, which may change, is not used.

const OFFSET: u64 = 0xcbf2_9ce4_8422_2325;
const PRIME: u64 = 0x0000_0100_0000_01b3;

/// The hash of a text: FNV-1a, then a mixing step so that near texts lie apart.
pub fn text(text: &str) -> u64 {
    let folded = text.bytes().fold(OFFSET, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(PRIME)
    });
    mix(folded)
}

/// The finishing step of SplitMix64; also how the seeded sampling draws its numbers.
pub fn mix(value: u64) -> u64 {
    let value = value.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let value = (value ^ (value >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let value = (value ^ (value >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    value ^ (value >> 31)
}

/// Both hashes as one; the order counts.
pub fn pair(first: u64, second: u64) -> u64 {
    mix(first ^ mix(second))
}

/// Numbers that follow from a seed: the sampling of [`crate::learn`].
pub struct Sampler(u64);

impl Sampler {
    /// Draws that follow from `seed`.
    pub fn new(seed: u64) -> Self {
        Self(mix(seed))
    }

    /// A number below `below`, which is not 0.
    pub fn below(&mut self, below: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let wide = u128::from(mix(self.0)) * below as u128;
        usize::try_from(wide >> 64).expect("less than a usize, for below is one")
    }
}

//! Durations and what many of them look like.

use std::time::{Duration, Instant};

/// A stopwatch.
#[derive(Clone, Copy)]
pub struct Stopwatch(Instant);

impl Stopwatch {
    /// Starts one.
    #[expect(clippy::disallowed_methods, reason = "a bench measures real time")]
    pub fn start() -> Self {
        Self(Instant::now())
    }

    /// Since the start.
    pub fn elapsed(self) -> Duration {
        self.0.elapsed()
    }
}

/// The value that `per_mille` of the values do not exceed, in microseconds.
pub fn percentile_micros(durations: &mut [Duration], per_mille: usize) -> u64 {
    durations.sort_unstable();
    let at = (durations.len() * per_mille)
        .div_ceil(1_000)
        .saturating_sub(1);
    durations.get(at).map_or(0, |duration| {
        u64::try_from(duration.as_micros()).unwrap_or(u64::MAX)
    })
}

/// How many a second, rounded down.
pub fn per_second(count: usize, took: Duration) -> u64 {
    let micros = took.as_micros().max(1);
    u64::try_from(count as u128 * 1_000_000 / micros).unwrap_or(u64::MAX)
}

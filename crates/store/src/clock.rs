//! The one source of time and of ids. Tests and the simulator set the clock by hand.

use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex};

use kernel::{Id, Instant, Span};

/// Where `now` comes from.
#[derive(Clone, Debug)]
pub enum Clock {
    /// The machine's clock.
    System,
    /// Set by hand; shared by all clones.
    Manual(Arc<AtomicI64>),
}

impl Clock {
    /// A clock that stands still at `at` until moved.
    pub fn manual(at: Instant) -> Self {
        Self::Manual(Arc::new(AtomicI64::new(at.micros())))
    }

    /// The present moment.
    pub fn now(&self) -> Instant {
        match self {
            #[expect(
                clippy::disallowed_methods,
                reason = "the one place that reads the machine's clock"
            )]
            Self::System => {
                let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
                let micros = since.map_or(0, |span| span.as_micros());
                Instant::from_micros(i64::try_from(micros).unwrap_or(i64::MAX))
            }
            Self::Manual(micros) => Instant::from_micros(micros.load(Ordering::SeqCst)),
        }
    }

    /// Moves a manual clock; a system clock stays as it is.
    pub fn advance(&self, span: Span) {
        if let Self::Manual(_) = self {
            self.set(self.now() + span);
        }
    }

    /// Sets a manual clock; a system clock stays as it is.
    pub fn set(&self, at: Instant) {
        if let Self::Manual(micros) = self {
            micros.store(at.micros(), Ordering::SeqCst);
        }
    }
}

/// Where ids come from: time-ordered, and never backwards within a process even when the clock
/// jumps back.
#[derive(Clone, Debug)]
pub struct Ids(Arc<Mutex<IdState>>);

#[derive(Debug)]
struct IdState {
    last_millis: u64,
    counter: u32,
    seed: Option<u64>,
}

/// Ids made within one millisecond are ordered by a counter of this many values.
const COUNTER_LIMIT: u32 = 1 << 22;

impl Ids {
    /// Ids with random tails from the operating system.
    pub fn random() -> Self {
        Self(Arc::new(Mutex::new(IdState {
            last_millis: 0,
            counter: 0,
            seed: None,
        })))
    }

    /// Reproducible ids, for tests and the demonstration generator.
    pub fn seeded(seed: u64) -> Self {
        Self(Arc::new(Mutex::new(IdState {
            last_millis: 0,
            counter: 0,
            seed: Some(seed),
        })))
    }

    /// The next id. A clock that went back keeps the last time (RFC 9562 §6.2, monotonic counter).
    pub fn next(&self, now: Instant) -> Id {
        let mut state = self
            .0
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        let millis = now.unix_millis();
        if millis > state.last_millis {
            state.last_millis = millis;
            state.counter = 0;
        } else {
            state.counter += 1;
            if state.counter >= COUNTER_LIMIT {
                state.last_millis += 1;
                state.counter = 0;
            }
        }
        let mut tail = state.tail();
        // 4 version bits, 12 counter bits, 2 variant bits, 10 counter bits, then random bits.
        let high = u16::try_from(state.counter >> 10).unwrap_or(0xfff);
        let low = u16::try_from(state.counter & 0x3ff).unwrap_or(0);
        tail[..2].copy_from_slice(&high.to_be_bytes());
        let low = (low << 4).to_be_bytes();
        tail[2] = low[0] & 0x3f;
        tail[3] = (low[1] & 0xf0) | (tail[3] & 0x0f);
        Id::from_parts(state.last_millis, tail)
    }

    /// Random bytes for tokens and salts; reproducible when seeded.
    pub fn random_bytes<const N: usize>(&self) -> [u8; N] {
        let mut state = self
            .0
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        let mut bytes = [0_u8; N];
        for chunk in bytes.chunks_mut(10) {
            let tail = state.tail();
            chunk.copy_from_slice(&tail[..chunk.len()]);
        }
        bytes
    }
}

impl IdState {
    fn tail(&mut self) -> [u8; 10] {
        let mut tail = [0_u8; 10];
        match &mut self.seed {
            Some(seed) => {
                tail[..8].copy_from_slice(&split_mix(seed).to_be_bytes());
                tail[8..].copy_from_slice(&split_mix(seed).to_be_bytes()[..2]);
            }
            None => getrandom::fill(&mut tail).expect("the operating system gives random bytes"),
        }
        tail
    }
}

/// SplitMix64 (Steele, Lea and Flood 2014): enough for reproducible test data, not for secrets.
fn split_mix(state: &mut u64) -> u64 {
    *state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let mut z = *state;
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_never_go_back_when_the_clock_does() {
        let ids = Ids::random();
        let clock = Clock::manual(Instant::from_micros(1_800_000_000_000_000));
        let mut last = ids.next(clock.now());
        for step in 0..20_000_i64 {
            if step % 1_000 == 0 {
                clock.advance(Span::seconds(if step % 2_000 == 0 {
                    -86_400
                } else {
                    3_600
                }));
            }
            let id = ids.next(clock.now());
            assert!(id > last, "{id} after {last}");
            last = id;
        }
    }
}

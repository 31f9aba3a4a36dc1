//! Matching many persons against each other, and one person against a few that share a key.

use std::sync::atomic::{AtomicUsize, Ordering};

use crate::blocking::Blocks;
use crate::compare::compare;
use crate::decide::{Decision, Reason, Thresholds, Verdict, decide, settle};
use crate::model::Scorer;
use crate::person::Prepared;

/// A pair that is linked or shown.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Scored {
    /// Place of the first person in the batch.
    pub left: u32,
    /// Place of the second.
    pub right: u32,
    /// log2 of the odds that the two are one.
    pub score_bits: f64,
    /// What becomes of the pair.
    pub verdict: Verdict,
    /// Why.
    pub reason: Reason,
}

/// Threads a batch may use.
const THREADS_MAX: usize = 64;
/// Blocks a thread takes at a time.
const BLOCKS_AT_ONCE: usize = 4_096;

/// Decides all candidate pairs, and returns those that reach the review threshold or are linked, in
/// the order of the persons. Answers the number of pairs compared too.
pub fn link(
    persons: &[Prepared],
    blocks: &Blocks,
    scorer: &Scorer,
    thresholds: &Thresholds,
    threads: usize,
) -> (Vec<Scored>, u64) {
    let next = AtomicUsize::new(0);
    let work = || {
        let (mut found, mut compared) = (Vec::new(), 0_u64);
        loop {
            let from = next.fetch_add(BLOCKS_AT_ONCE, Ordering::Relaxed);
            if from >= blocks.len() {
                return (found, compared);
            }
            for block in from..(from + BLOCKS_AT_ONCE).min(blocks.len()) {
                blocks.first_pairs_of(block, |left, right| {
                    compared += 1;
                    let scored = score(persons, left, right, scorer, thresholds);
                    if scored.verdict != Verdict::NoLink
                        || scored.score_bits >= thresholds.review_bits
                    {
                        found.push(scored);
                    }
                });
            }
        }
    };
    let threads = threads.clamp(1, THREADS_MAX);
    let parts = std::thread::scope(|scope| {
        let running: Vec<_> = (0..threads).map(|_| scope.spawn(work)).collect();
        let joined = running.into_iter().map(|one| one.join());
        joined
            .map(|one| one.expect("comparing never panics"))
            .collect::<Vec<_>>()
    });
    let compared = parts.iter().map(|(_, compared)| compared).sum();
    let mut found: Vec<Scored> = parts.into_iter().flat_map(|(found, _)| found).collect();
    found.sort_unstable_by_key(|one| (one.left, one.right));
    (found, compared)
}

fn score(
    persons: &[Prepared],
    left: u32,
    right: u32,
    scorer: &Scorer,
    thresholds: &Thresholds,
) -> Scored {
    let (a, b) = (&persons[left as usize], &persons[right as usize]);
    let pattern = compare(a, b);
    let score_bits = scorer.score(pattern, a, b);
    let (verdict, reason) = settle(pattern, a, b, score_bits, thresholds);
    Scored {
        left: left.min(right),
        right: left.max(right),
        score_bits,
        verdict,
        reason,
    }
}

/// Decides one person against candidates that the caller found by [`crate::keys`], the likeliest
/// first; those that are two persons are left out.
pub fn match_one(
    person: &Prepared,
    candidates: &[Prepared],
    scorer: &Scorer,
    thresholds: &Thresholds,
) -> Vec<(usize, Decision)> {
    let decided = candidates.iter().enumerate();
    let mut decided: Vec<(usize, Decision)> = decided
        .map(|(at, candidate)| (at, decide(person, candidate, scorer, thresholds)))
        .filter(|(_, decision)| decision.verdict != Verdict::NoLink)
        .collect();
    decided.sort_by(|(a_at, a), (b_at, b)| {
        let order = b.verdict.cmp(&a.verdict);
        order
            .then(b.score_bits.total_cmp(&a.score_bits))
            .then(a_at.cmp(b_at))
    });
    decided
}

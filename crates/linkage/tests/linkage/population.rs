//! Precision and recall on a generated population.

use std::collections::HashSet;
use std::time::Instant;

use lianti_linkage::{
    Blocks, Evaluation, LearnOptions, Model, Placeholders, Prepared, Reason, Scorer, Thresholds,
    Verdict, learn, link, sweep,
};

use crate::people::{Population, population};

/// Pairs of places that are one human.
pub fn truth(humans: &[u32]) -> HashSet<(u32, u32)> {
    let mut by_human: Vec<(u32, u32)> = humans.iter().copied().zip(0..).collect();
    by_human.sort_unstable();
    let mut pairs = HashSet::new();
    for group in by_human.chunk_by(|a, b| a.0 == b.0) {
        for (at, (_, left)) in group.iter().enumerate() {
            pairs.extend(group[at + 1..].iter().map(|(_, right)| (*left, *right)));
        }
    }
    pairs
}

/// Persons in a block at most, as in an installation.
const BLOCK_MAX: u32 = 200;

#[test]
fn a_population_is_linked_without_error() {
    let full = std::env::var("LIANTI_RELIABILITY").is_ok_and(|word| word == "full");
    let humans = if full { 1_000_000 } else { 20_000 };
    let Population { persons, humans } = population(humans, 7);
    let placeholders = Placeholders::usual();
    let started = Instant::now();
    let prepared: Vec<Prepared> = persons
        .iter()
        .map(|person| Prepared::new(person, &placeholders))
        .collect();
    let prepare_seconds = started.elapsed().as_secs_f64();
    drop(persons);
    let truth = truth(&humans);
    let started = Instant::now();
    let blocks = Blocks::new(&prepared, BLOCK_MAX, None);
    let block_seconds = started.elapsed().as_secs_f64();
    let started = Instant::now();
    let model = learn(&prepared, &blocks, &LearnOptions::usual("test", 1));
    let learn_seconds = started.elapsed().as_secs_f64();
    let started = Instant::now();
    let thresholds = Thresholds::usual();
    let (found, compared) = link(&prepared, &blocks, &Scorer::new(&model), &thresholds, 2);
    let link_seconds = started.elapsed().as_secs_f64();
    println!(
        "{} records, {} true pairs, {compared} pairs compared; seconds: prepare {prepare_seconds:.2}, \
         block {block_seconds:.2}, learn {learn_seconds:.2}, link {link_seconds:.2}",
        prepared.len(),
        truth.len()
    );
    println!("skipped blocks: {:?}", blocks.skipped);
    println!(
        "prior {:.2} bits; expected matches {}",
        model.prior_bits, model.statistics.expected_matches
    );
    for (field, levels) in &model.fields {
        let shown: Vec<String> = levels
            .iter()
            .map(|one| {
                format!(
                    "{} m {:.5} u {:.7} ({:+.1})",
                    one.level,
                    one.m,
                    one.u,
                    (one.m / one.u).log2()
                )
            })
            .collect();
        println!("  {:12} {}", field.word(), shown.join(", "));
    }
    report(&found, &truth);
    let links = Evaluation::of_links(&found, &truth);
    assert!(
        links.precision() >= 0.999,
        "precision {}",
        links.precision()
    );
    assert!(links.recall() >= 0.85, "recall {}", links.recall());
    let usual = Scorer::new(&Model::usual(prepared.len() as u64));
    let (found, _) = link(&prepared, &blocks, &usual, &thresholds, 2);
    let links = Evaluation::of_links(&found, &truth);
    println!(
        "with the usual model: precision {:.5}, recall {:.4}",
        links.precision(),
        links.recall()
    );
    assert!(
        links.precision() >= 0.999,
        "precision of the usual model {}",
        links.precision()
    );
}

fn report(found: &[lianti_linkage::Scored], truth: &HashSet<(u32, u32)>) {
    let links = Evaluation::of_links(found, truth);
    let shown = Evaluation::of(found, truth, |one| one.verdict != Verdict::NoLink);
    println!(
        "links: precision {:.5} ({} wrong), recall {:.4}; with review: {} pairs to look at, recall {:.4}",
        links.precision(),
        links.wrong,
        links.recall(),
        shown.right + shown.wrong - links.right - links.wrong,
        shown.recall()
    );
    for reason in [
        Reason::Score,
        Reason::SameResidentId,
        Reason::ResidentIdContradicted,
        Reason::DifferentResidentIds,
        Reason::PossibleTwins,
        Reason::ProvisionalName,
        Reason::Household,
        Reason::Contradicted,
        Reason::TooLittle,
    ] {
        for verdict in [Verdict::Link, Verdict::Review, Verdict::NoLink] {
            let of = Evaluation::of(found, truth, |one| {
                one.reason == reason && one.verdict == verdict
            });
            if of.right + of.wrong > 0 {
                println!(
                    "  {reason:?} {verdict:?}: {} one person, {} two",
                    of.right, of.wrong
                );
            }
        }
    }
    for bits in (4..=24).step_by(2) {
        let bits = f64::from(bits);
        let kept = |one: &lianti_linkage::Scored| match (one.verdict, one.reason) {
            (Verdict::Link, Reason::SameResidentId) => true,
            (Verdict::NoLink, _) => false,
            (_, Reason::Score) => one.score_bits >= bits,
            _ => false,
        };
        let of = Evaluation::of(found, truth, kept);
        println!(
            "  link threshold {bits}: precision {:.5} ({} wrong) recall {:.4}",
            of.precision(),
            of.wrong,
            of.recall()
        );
    }
    for (bits, of) in sweep(found, truth, -2..=24).into_iter().step_by(2) {
        println!(
            "  score >= {bits:3}: precision {:.5} recall {:.4} F1 {:.4}",
            of.precision(),
            of.recall(),
            of.f1()
        );
    }
}

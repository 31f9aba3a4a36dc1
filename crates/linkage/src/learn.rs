//! Learning the weights from an installation's own records, without anybody telling which pairs are
//! one person: u from pairs drawn at random, m by expectation and maximization on candidate pairs,
//! one blocking pass at a time for the fields that the pass does not fix, so that what a key makes
//! agree teaches nothing about that field.
#![expect(
    clippy::float_arithmetic,
    reason = "expectation and maximization work on shares"
)]

use std::collections::BTreeMap;

use crate::blocking::{Blocks, Pass};
use crate::compare::compare;
use crate::fields::{Field, LEVELS_MAX, MISSING, Pattern};
use crate::hash::Sampler;
use crate::model::{
    BY_FREQUENCY, Frequencies, Level, Model, SHARE_MIN, Scorer, Statistics, as_f64, rounded,
};
use crate::person::Prepared;

/// How much is looked at.
#[derive(Clone, Debug)]
pub struct LearnOptions {
    /// Name of the model that results.
    pub version: String,
    /// From which the random pairs follow.
    pub seed: u64,
    /// Pairs drawn at random.
    pub random_pairs_max: usize,
    /// Candidate pairs of one pass.
    pub pass_pairs_max: usize,
    /// Steps of one pass.
    pub steps_max: usize,
}

impl LearnOptions {
    /// Enough for a million persons; for fewer it looks at all there is.
    pub fn usual(version: &str, seed: u64) -> Self {
        Self {
            version: version.to_owned(),
            seed,
            random_pairs_max: 250_000,
            pass_pairs_max: 300_000,
            steps_max: 40,
        }
    }
}

/// In order, so that sums come out the same each time.
type Counts = BTreeMap<Pattern, u64>;
type Shares = [[f64; LEVELS_MAX]; Field::ALL.len()];

/// Persons below which u cannot be told: two drawn at random would be the same few pairs.
const PERSONS_MIN: usize = 200;
/// Times that the usual shares count beside what is seen.
const USUAL_WEIGHT: f64 = 10.0;

/// Learns a model. With too few persons it is the usual one, and its statistics say that nothing
/// was learnt.
pub fn learn(persons: &[Prepared], blocks: &Blocks, options: &LearnOptions) -> Model {
    let count = u64::try_from(persons.len()).unwrap_or(u64::MAX);
    let mut model = Model::usual(count);
    model.version.clone_from(&options.version);
    if persons.len() < PERSONS_MIN {
        return model;
    }
    let usual = shares_of(&model);
    let random = random_patterns(persons, blocks, options);
    let passes =
        Pass::LEARNT_FROM.map(|pass| (pass, pass_patterns(persons, blocks, pass, options)));
    let (all, every) = candidate_patterns(persons, blocks, options);
    let mut u = share(&random, |_| 1.0, &usual.1, 2.0);
    let mut m = usual.0;
    let mut steps = 0;
    // Random pairs hold a few of one person, which would spoil u where u is tiny: the second round
    // counts each by the probability that it is not such a pair.
    for _ in 0..2 {
        (m, steps) = m_of_passes(&passes, &usual.0, &u, options.steps_max);
        set_shares(&mut model, &m, &u);
        let matches = expected_matches(&model, &all, every, pairs_possible(persons, blocks));
        model.prior_bits = rounded((matches / pairs_possible(persons, blocks)).log2());
        model.statistics.expected_matches = matches.round();
        let scorer = Scorer::new(&model);
        let different = |pattern: Pattern| {
            1.0 - crate::probability(scorer.prior_bits + scorer.plain_weight(pattern))
        };
        u = share(&random, different, &usual.1, 2.0);
    }
    set_shares(&mut model, &m, &u);
    for field in BY_FREQUENCY {
        model.frequencies.insert(field, frequencies(persons, field));
    }
    model.statistics = Statistics {
        persons: count,
        random_pairs: random.values().sum(),
        candidate_pairs: passes.iter().flat_map(|(_, counts)| counts.values()).sum(),
        steps,
        ..model.statistics
    };
    model
}

fn frequencies(persons: &[Prepared], field: Field) -> Frequencies {
    Frequencies::count(persons.iter().filter_map(|person| match field {
        Field::Family => person.names.first().map(|name| &*name.family.text),
        Field::Given => person.names.first().map(|name| &*name.given.text),
        _ => Some(&*person.locality),
    }))
}

/// How many pairs there are at all.
fn pairs_possible(persons: &[Prepared], blocks: &Blocks) -> f64 {
    let count = as_f64(persons.len() as u64);
    match blocks.split_at() {
        Some(split) => as_f64(u64::from(split)) * (count - as_f64(u64::from(split))),
        None => count * (count - 1.0) / 2.0,
    }
}

fn random_patterns(persons: &[Prepared], blocks: &Blocks, options: &LearnOptions) -> Counts {
    let mut sampler = Sampler::new(options.seed);
    let mut counts = Counts::new();
    let wanted = options.random_pairs_max.min(persons.len() * 15);
    for _ in 0..wanted {
        let (left, right) = match blocks.split_at() {
            Some(split) => {
                let split = split as usize;
                (
                    sampler.below(split.max(1)),
                    split + sampler.below((persons.len() - split).max(1)),
                )
            }
            None => (sampler.below(persons.len()), sampler.below(persons.len())),
        };
        if left != right && right < persons.len() {
            *counts
                .entry(compare(&persons[left], &persons[right]))
                .or_default() += 1;
        }
    }
    counts
}

/// The patterns of a pass; of a large one, those of every so many blocks.
fn pass_patterns(
    persons: &[Prepared],
    blocks: &Blocks,
    pass: Pass,
    options: &LearnOptions,
) -> Counts {
    let of_pass: Vec<usize> = (0..blocks.len())
        .filter(|&block| blocks.pass_of(block) == pass)
        .collect();
    let pairs: usize = of_pass
        .iter()
        .map(|&block| blocks.pairs_at_most(block))
        .sum();
    let every = pairs.div_ceil(options.pass_pairs_max.max(1)).max(1);
    let mut counts = Counts::new();
    for block in of_pass.into_iter().step_by(every) {
        blocks.pairs_of(block, |left, right| {
            let pattern = compare(&persons[left as usize], &persons[right as usize]);
            *counts.entry(pattern).or_default() += 1;
        });
    }
    counts
}

/// The patterns of all candidate pairs, each once, of every so many blocks.
fn candidate_patterns(
    persons: &[Prepared],
    blocks: &Blocks,
    options: &LearnOptions,
) -> (Counts, f64) {
    let pairs: usize = (0..blocks.len())
        .map(|block| blocks.pairs_at_most(block))
        .sum();
    let every = pairs.div_ceil(options.pass_pairs_max.max(1) * 5).max(1);
    let mut counts = Counts::new();
    for block in (0..blocks.len()).step_by(every) {
        blocks.first_pairs_of(block, |left, right| {
            let pattern = compare(&persons[left as usize], &persons[right as usize]);
            *counts.entry(pattern).or_default() += 1;
        });
    }
    (counts, as_f64(every as u64))
}

fn shares_of(model: &Model) -> (Shares, Shares) {
    let (mut m, mut u) = ([[0.0; LEVELS_MAX]; 10], [[0.0; LEVELS_MAX]; 10]);
    for (field, levels) in &model.fields {
        for (at, level) in levels.iter().enumerate() {
            m[*field as usize][at + 1] = level.m;
            u[*field as usize][at + 1] = level.u;
        }
    }
    (m, u)
}

fn set_shares(model: &mut Model, m: &Shares, u: &Shares) {
    model.fields = BTreeMap::from(Field::ALL.map(|field| {
        let words = field.levels().iter().enumerate().skip(1);
        let levels = words.map(|(at, word)| Level {
            level: (*word).to_owned(),
            m: rounded(m[field as usize][at]),
            u: rounded(u[field as usize][at]),
        });
        (field, levels.collect())
    }));
}

/// Shares of the levels of each field over patterns that count by a weight, the usual shares among
/// them as if seen a few times.
fn share(
    counts: &Counts,
    weight: impl Fn(Pattern) -> f64,
    usual: &Shares,
    usual_weight: f64,
) -> Shares {
    let mut sums = [[0.0; LEVELS_MAX]; 10];
    for (pattern, count) in counts {
        add(&mut sums, *pattern, as_f64(*count) * weight(*pattern), &[]);
    }
    normal(&sums, usual, usual_weight)
}

fn add(sums: &mut Shares, pattern: Pattern, weight: f64, without: &[Field]) {
    for field in Field::ALL {
        let level = pattern.level(field);
        if level != MISSING && !without.contains(&field) {
            sums[field as usize][usize::from(level)] += weight;
        }
    }
}

fn normal(sums: &Shares, usual: &Shares, usual_weight: f64) -> Shares {
    let mut shares = *sums;
    for (field, usual) in shares.iter_mut().zip(usual) {
        let total: f64 = field.iter().sum::<f64>() + usual_weight;
        for (share, usual) in field.iter_mut().zip(usual) {
            *share = ((*share + usual * usual_weight) / total).max(SHARE_MIN);
        }
    }
    shares
}

/// m from all passes, each pass for the fields that its key leaves open.
fn m_of_passes(
    passes: &[(Pass, Counts); 5],
    usual: &Shares,
    u: &Shares,
    steps_max: usize,
) -> (Shares, u64) {
    let mut sums = [[0.0; LEVELS_MAX]; 10];
    let mut steps = 0;
    for (pass, counts) in passes {
        let total = as_f64(counts.values().sum());
        if total == 0.0 {
            continue;
        }
        let fixed = pass.fields();
        let (mut m, mut odds) = (*usual, 0.1);
        let mut seen = [[0.0; LEVELS_MAX]; 10];
        for _ in 0..steps_max {
            seen = [[0.0; LEVELS_MAX]; 10];
            let mut matches = 0.0;
            for (pattern, count) in counts {
                let likely = posterior(*pattern, &m, u, odds, fixed) * as_f64(*count);
                matches += likely;
                add(&mut seen, *pattern, likely, fixed);
            }
            m = normal(&seen, usual, USUAL_WEIGHT);
            let next = (matches / total).clamp(1e-6, 0.999_999);
            steps += 1;
            let settled = (next - odds).abs() < 1e-7;
            odds = next;
            if settled {
                break;
            }
        }
        for (sum, seen) in sums.iter_mut().flatten().zip(seen.iter().flatten()) {
            *sum += seen;
        }
    }
    (normal(&sums, usual, USUAL_WEIGHT), steps)
}

fn posterior(pattern: Pattern, m: &Shares, u: &Shares, prior: f64, without: &[Field]) -> f64 {
    let mut ratio = prior / (1.0 - prior);
    for field in Field::ALL {
        let level = usize::from(pattern.level(field));
        if level != usize::from(MISSING) && !without.contains(&field) {
            ratio *= m[field as usize][level] / u[field as usize][level];
        }
    }
    ratio / (1.0 + ratio)
}

/// Pairs of one person among the candidates, by turns with the prior that follows from them.
fn expected_matches(model: &Model, candidates: &Counts, every: f64, possible: f64) -> f64 {
    let scorer = Scorer::new(model);
    let weights: Vec<(f64, f64)> = candidates
        .iter()
        .map(|(pattern, count)| (scorer.plain_weight(*pattern), as_f64(*count) * every))
        .collect();
    let mut matches: f64 = (possible * model.prior_bits.exp2()).max(1.0);
    for _ in 0..30 {
        let prior = (matches / possible).log2();
        let next: f64 = weights
            .iter()
            .map(|(weight, count)| crate::probability(prior + weight) * count)
            .sum();
        matches = next.max(1.0);
    }
    matches
}

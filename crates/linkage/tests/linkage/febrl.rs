//! The FEBRL sets, which a script fetches: `tests/compare_with_splink.py` runs this test and
//! another linker on the same records and compares.

use std::collections::HashMap;
use std::path::Path;
use std::time::Instant;

use lianti_linkage::{
    Address, Birth, Blocks, Evaluation, Identifier, LearnOptions, Name, Person, Placeholders,
    Prepared, Scorer, Thresholds, learn, link, sweep,
};

use crate::population::truth;

/// Records of the files in one list, with the human each is of.
fn read(folder: &Path, files: &[&str]) -> (Vec<Person>, Vec<u32>, Vec<usize>) {
    let (mut persons, mut humans, mut ends) = (Vec::new(), Vec::new(), Vec::new());
    let mut known: HashMap<String, u32> = HashMap::new();
    for file in files {
        let mut reader = csv::ReaderBuilder::new()
            .trim(csv::Trim::All)
            .from_path(folder.join(file))
            .unwrap();
        let headers: Vec<String> = reader
            .headers()
            .unwrap()
            .iter()
            .map(str::to_owned)
            .collect();
        for row in reader.records() {
            let row = row.unwrap();
            let get = |name: &str| {
                let at = headers.iter().position(|header| header == name).unwrap();
                row[at].to_owned()
            };
            let id = get("rec_id");
            let human = id.split('-').nth(1).unwrap().to_owned();
            let next = u32::try_from(known.len()).unwrap();
            humans.push(*known.entry(human).or_insert(next));
            persons.push(Person {
                names: vec![Name::Parts {
                    family: get("surname"),
                    given: get("given_name"),
                }],
                birth: Birth::read(&get("date_of_birth")),
                address: Address {
                    locality: get("suburb"),
                    street: get("address_1"),
                    house: get("street_number"),
                    postcode: get("postcode"),
                },
                identifiers: vec![Identifier {
                    kind: "social-security".to_owned(),
                    issuer: String::new(),
                    value: get("soc_sec_id"),
                }],
                ..Person::default()
            });
        }
        ends.push(persons.len());
    }
    (persons, humans, ends)
}

#[test]
#[ignore = "needs the FEBRL files: run crates/linkage/tests/compare_with_splink.py"]
fn the_febrl_sets_are_linked() {
    let folder = std::env::var("LIANTI_FEBRL").unwrap();
    for (set, files) in [
        ("febrl1", vec!["dataset1.csv"]),
        ("febrl2", vec!["dataset2.csv"]),
        ("febrl3", vec!["dataset3.csv"]),
        ("febrl4", vec!["dataset4a.csv", "dataset4b.csv"]),
    ] {
        let (persons, humans, ends) = read(Path::new(&folder), &files);
        let truth = truth(&humans);
        let started = Instant::now();
        let placeholders = Placeholders::usual();
        let prepared: Vec<Prepared> = persons
            .iter()
            .map(|one| Prepared::new(one, &placeholders))
            .collect();
        let split = (files.len() == 2).then(|| ends[0]);
        let blocks = Blocks::new(&prepared, 200, split);
        let model = learn(&prepared, &blocks, &LearnOptions::usual("febrl", 1));
        let thresholds = Thresholds {
            link_bits: 0.0,
            review_bits: -12.0,
        };
        let (found, compared) = link(&prepared, &blocks, &Scorer::new(&model), &thresholds, 2);
        let seconds = started.elapsed().as_secs_f64();
        let at_even_odds = Evaluation::of(&found, &truth, |one| one.score_bits >= 0.0);
        let (best_bits, best) = sweep(&found, &truth, -12..=40)
            .into_iter()
            .max_by(|(_, a), (_, b)| a.f1().total_cmp(&b.f1()))
            .unwrap();
        println!(
            "FEBRL {{\"set\": \"{set}\", \"records\": {}, \"true_pairs\": {}, \"compared\": {compared}, \
             \"seconds\": {seconds:.3}, \"f1_at_even_odds\": {:.5}, \"precision_at_even_odds\": {:.5}, \
             \"recall_at_even_odds\": {:.5}, \"f1_best\": {:.5}, \"best_bits\": {best_bits}}}",
            prepared.len(),
            truth.len(),
            at_even_odds.f1(),
            at_even_odds.precision(),
            at_even_odds.recall(),
            best.f1(),
        );
    }
}

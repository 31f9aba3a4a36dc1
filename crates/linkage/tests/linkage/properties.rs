//! Whatever is given, nothing panics, and the order of the two does not matter.

use lianti_linkage::{
    Blocks, LearnOptions, Model, Name, Person, Placeholders, Prepared, Scorer, Thresholds, Verdict,
    compare, decide, learn, link, match_one,
};
use proptest::prelude::*;

use crate::cases::{person, prepared};
use crate::people::population;

fn any_person() -> impl Strategy<Value = Person> {
    let piece = prop_oneof![
        Just("张伟".to_owned()),
        Just("欧阳".to_owned()),
        Just("Smith, J".to_owned()),
        "[张王李欧阳单小明红·, a-zA-Z0-9\u{3000}]{0,12}",
        ".{0,20}",
    ];
    let birth = prop_oneof![
        Just(String::new()),
        "[0-9]{8}",
        Just("1980-05-03".to_owned()),
        Just("1980-03-05".to_owned())
    ];
    let address = prop_oneof![Just("甲县乙镇丙村3组5号".to_owned()), ".{0,30}"];
    let number = prop_oneof![Just("11010519491231002X".to_owned()), "[0-9Xx]{0,19}"];
    let text = (
        piece.clone(),
        birth,
        "[mf]?",
        "[0-9 -]{0,14}",
        address,
        number,
        ".{0,10}",
    )
        .prop_map(|(name, birth, sex, phone, address, id, insurance)| {
            format!("{name}|{birth}|{sex}|{phone}|{address}|{id}|{insurance}")
        });
    (text, piece.clone(), piece).prop_map(|(text, family, given)| {
        let mut person = person(&text);
        person.names.push(Name::Parts { family, given });
        person
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn order_does_not_matter(left in any_person(), right in any_person()) {
        let placeholders = Placeholders::usual();
        let (left, right) = (Prepared::new(&left, &placeholders), Prepared::new(&right, &placeholders));
        prop_assert_eq!(compare(&left, &right), compare(&right, &left));
        let scorer = Scorer::new(&Model::usual(10_000));
        let one = decide(&left, &right, &scorer, &Thresholds::usual());
        let other = decide(&right, &left, &scorer, &Thresholds::usual());
        prop_assert_eq!(&one, &other);
        prop_assert!((0.0..=1.0).contains(&one.probability));
    }
}

#[test]
fn a_model_survives_being_stored() {
    let made = population(2_000, 3);
    let placeholders = Placeholders::usual();
    let persons: Vec<Prepared> = made
        .persons
        .iter()
        .map(|one| Prepared::new(one, &placeholders))
        .collect();
    let blocks = Blocks::new(&persons, 100, None);
    let model = learn(&persons, &blocks, &LearnOptions::usual("1", 5));
    let again = learn(&persons, &blocks, &LearnOptions::usual("1", 5));
    assert!(model == again, "the same records and seed teach the same");
    let stored = serde_json::to_string(&model).unwrap();
    let read: Model = serde_json::from_str(&stored).unwrap();
    assert!(read == model, "stored and read");
    assert!(model.statistics.random_pairs > 0 && model.statistics.candidate_pairs > 0);
}

#[test]
fn threads_and_single_matching_agree_with_the_batch() {
    let made = population(1_500, 11);
    let placeholders = Placeholders::usual();
    let persons: Vec<Prepared> = made
        .persons
        .iter()
        .map(|one| Prepared::new(one, &placeholders))
        .collect();
    let blocks = Blocks::new(&persons, 1_000, None);
    let scorer = Scorer::new(&Model::usual(1_500));
    let thresholds = Thresholds::usual();
    let (one, compared) = link(&persons, &blocks, &scorer, &thresholds, 1);
    let (two, compared_again) = link(&persons, &blocks, &scorer, &thresholds, 2);
    assert_eq!((one.len(), compared), (two.len(), compared_again));
    assert_eq!(one, two);
    for person in (0..persons.len()).step_by(37) {
        let others: Vec<usize> = (0..persons.len())
            .filter(|&other| other != person)
            .collect();
        let candidates: Vec<Prepared> =
            others.iter().map(|&other| persons[other].clone()).collect();
        let single = match_one(&persons[person], &candidates, &scorer, &thresholds);
        let mut single: Vec<usize> = single.iter().map(|(at, _)| others[*at]).collect();
        single.sort_unstable();
        let here = u32::try_from(person).unwrap();
        let batch = one.iter().filter(|pair| pair.verdict != Verdict::NoLink);
        let mut batch: Vec<usize> = batch
            .filter_map(|pair| match (pair.left == here, pair.right == here) {
                (true, _) => Some(pair.right as usize),
                (_, true) => Some(pair.left as usize),
                _ => None,
            })
            .collect();
        batch.sort_unstable();
        let by_key = |found: &[usize]| found.len();
        assert!(
            by_key(&single) >= by_key(&batch),
            "keys only ever leave pairs out"
        );
        assert!(batch.iter().all(|one| single.contains(one)));
    }
}

#[test]
fn blocks_that_are_too_large_are_told() {
    let persons: Vec<Prepared> = (0..50)
        .map(|_| prepared("王芳|1980-05-03|f|13800000012"))
        .collect();
    let blocks = Blocks::new(&persons, 20, None);
    assert!(blocks.is_empty());
    assert!(
        blocks
            .skipped
            .iter()
            .all(|one| one.persons == 50 && one.blocks == 1)
    );
    assert_eq!(blocks.skipped.len(), 6);
    let across = Blocks::new(&persons, 100, Some(10));
    let (_, compared) = link(
        &persons,
        &across,
        &Scorer::new(&Model::usual(50)),
        &Thresholds::usual(),
        2,
    );
    assert_eq!(compared, 10 * 40);
}

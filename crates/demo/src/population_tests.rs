use std::collections::HashSet;

use kernel::identity::{Check, resident_id};

use super::*;
use crate::shape::consortium;

const COUNT: u32 = 30_000;

fn as_of() -> Date {
    Date::new(2026, 11, 22).unwrap()
}

fn everybody() -> Vec<Resident> {
    residents(
        20_261_122,
        COUNT,
        as_of(),
        &consortium(20_261_122, as_of()).places,
    )
}

fn share_per_mille(people: &[Resident], test: impl Fn(&Resident) -> bool) -> usize {
    people.iter().filter(|one| test(one)).count() * 1000 / people.len()
}

#[test]
fn the_same_seed_gives_the_same_residents() {
    let text = |seed| {
        let places = consortium(seed, as_of()).places;
        serde_json::to_string(&residents(seed, 2000, as_of(), &places)).unwrap()
    };
    assert_eq!(text(1), text(1));
    assert_ne!(text(1), text(2));
}

#[test]
fn identity_numbers_are_valid_unique_and_of_the_test_region() {
    let people = everybody();
    assert_eq!(people.len(), 30_000);
    let mut seen = HashSet::new();
    for person in &people {
        assert!(person.resident_id.starts_with(TEST_REGION));
        let read = resident_id(&person.resident_id).unwrap();
        assert_eq!(read.check, Check::Passed);
        assert_eq!((read.sex, read.birth_date), (person.sex, person.birth_date));
        assert!(
            seen.insert(&person.resident_id),
            "{} twice",
            person.resident_id
        );
    }
    let phones: Vec<&String> = people.iter().filter_map(|one| one.phone.as_ref()).collect();
    assert!(phones.iter().all(|phone| phone.starts_with("1990000")
        || phone.starts_with("1990001")
        || phone.starts_with("1990002")));
}

#[test]
fn the_county_is_an_aging_one() {
    let people = everybody();
    let age = |one: &Resident| one.birth_date.age_on(as_of());
    assert!(
        people
            .iter()
            .all(|one| one.birth_date <= as_of() && age(one) <= 101)
    );
    let (young, old, very_old) = (
        share_per_mille(&people, |one| age(one) < 15),
        share_per_mille(&people, |one| age(one) >= 60),
        share_per_mille(&people, |one| age(one) >= 65),
    );
    println!("under 15: {young}‰, 60 and over: {old}‰, 65 and over: {very_old}‰");
    assert!((110..=190).contains(&young), "{young}‰ under 15");
    assert!((220..=320).contains(&old), "{old}‰ of 60 and over");
    assert!(
        (150..=240).contains(&very_old),
        "{very_old}‰ of 65 and over"
    );
    let women = share_per_mille(&people, |one| one.sex == Sex::Female);
    assert!((470..=530).contains(&women), "{women}‰ women");
}

#[test]
fn households_live_together_and_chronic_disease_grows_with_age() {
    let people = everybody();
    for pair in people
        .windows(2)
        .filter(|pair| pair[0].household == pair[1].household)
    {
        assert_eq!(
            (pair[0].place, &pair[0].address),
            (pair[1].place, &pair[1].address)
        );
    }
    let households = people.last().unwrap().household + 1;
    assert!(
        (9_000..=15_000).contains(&households),
        "{households} households"
    );
    let sick = |from: u16, until: u16| {
        let group: Vec<Resident> = people
            .iter()
            .filter(|one| (from..until).contains(&one.birth_date.age_on(as_of())))
            .cloned()
            .collect();
        share_per_mille(&group, |one| !one.conditions.is_empty())
    };
    assert!(sick(0, 15) < 50 && sick(40, 50) > 150 && sick(65, 110) > 650);
    assert!(people.iter().flat_map(|one| one.conditions.iter().map(move |c| (one, c))).all(
        |(one, condition)| condition.since >= one.birth_date && condition.since <= as_of()
    ));
    let expecting = people
        .iter()
        .filter(|one| one.delivery_due.is_some())
        .count();
    assert!(
        (50..=300).contains(&expecting),
        "{expecting} pregnant women"
    );
}

use std::collections::HashSet;

use kernel::identity::{Check, credit_code, institution_code, resident_id};

use super::*;

fn shape() -> Shape {
    consortium(20_261_122, Date::new(2026, 11, 22).unwrap())
}

fn count(shape: &Shape, kind: OrganizationKind) -> usize {
    shape
        .organizations
        .iter()
        .filter(|one| one.kind == kind)
        .count()
}

#[test]
fn the_counts_are_exact() {
    let shape = shape();
    assert_eq!(count(&shape, OrganizationKind::LeadHospital), 1);
    assert_eq!(count(&shape, OrganizationKind::BranchHospital), 1);
    assert_eq!(count(&shape, OrganizationKind::TownshipCentre), 4);
    assert_eq!(count(&shape, OrganizationKind::CommunityCentre), 2);
    assert_eq!(count(&shape, OrganizationKind::VillageClinic), 20);
    assert_eq!(count(&shape, OrganizationKind::HealthBureau), 2);
    assert_eq!(shape.practitioners.len(), 300);
    assert_eq!(
        shape
            .wards
            .iter()
            .map(|ward| ward.beds.len())
            .sum::<usize>(),
        500
    );
    assert_eq!(shape.devices.len(), 20);
    assert_eq!(shape.groups[0].members.len(), 28);
    let approved: u32 = shape
        .organizations
        .iter()
        .map(|one| one.approved_beds)
        .sum();
    assert_eq!(approved, 500);
}

#[test]
fn the_same_seed_gives_the_same_consortium() {
    let text =
        |seed| serde_json::to_string(&consortium(seed, Date::new(2026, 11, 22).unwrap())).unwrap();
    assert_eq!(text(1), text(1));
    assert_ne!(text(1), text(2));
}

#[test]
fn every_key_is_unique_and_every_reference_resolves() {
    let shape = shape();
    let unique = |keys: Vec<&String>| {
        let set: HashSet<&String> = keys.iter().copied().collect();
        assert_eq!(set.len(), keys.len());
    };
    unique(shape.organizations.iter().map(|one| &one.key).collect());
    unique(shape.organizations.iter().map(|one| &one.name).collect());
    unique(shape.departments.iter().map(|one| &one.key).collect());
    unique(shape.practitioners.iter().map(|one| &one.key).collect());
    unique(
        shape
            .practitioners
            .iter()
            .map(|one| &one.resident_id)
            .collect(),
    );
    let organization = |key: &String| {
        assert!(
            shape.organizations.iter().any(|one| one.key == *key),
            "{key}"
        );
    };
    let department =
        |key: &String| assert!(shape.departments.iter().any(|one| one.key == *key), "{key}");
    shape
        .organizations
        .iter()
        .filter_map(|one| one.parent.as_ref())
        .for_each(organization);
    shape
        .departments
        .iter()
        .map(|one| &one.organization)
        .for_each(organization);
    shape
        .practitioners
        .iter()
        .map(|one| &one.department)
        .for_each(department);
    shape
        .wards
        .iter()
        .map(|one| &one.department)
        .for_each(department);
    shape
        .devices
        .iter()
        .map(|one| &one.department)
        .for_each(department);
    shape
        .schedules
        .iter()
        .map(|one| &one.department)
        .for_each(department);
    shape
        .services
        .iter()
        .map(|one| &one.organization)
        .for_each(organization);
    shape
        .bonds
        .iter()
        .flat_map(|one| [&one.from, &one.to])
        .for_each(organization);
    shape
        .alliances
        .iter()
        .flat_map(|one| &one.members)
        .for_each(organization);
    shape
        .places
        .iter()
        .flat_map(|one| [&one.served_by, &one.centre])
        .for_each(organization);
}

#[test]
fn codes_are_valid() {
    let shape = shape();
    for one in &shape.organizations {
        assert_eq!(
            credit_code(&one.credit_code).unwrap().1,
            Check::Passed,
            "{}",
            one.key
        );
        assert!(one.institution_code.is_empty() || institution_code(&one.institution_code).is_ok());
    }
    for one in &shape.practitioners {
        let read = resident_id(&one.resident_id).unwrap();
        assert_eq!(
            (read.check, read.sex, read.birth_date),
            (Check::Passed, one.sex, one.birth_date)
        );
        let age = one.birth_date.age_on(Date::new(2026, 11, 22).unwrap());
        assert!((22..=66).contains(&age), "{} is {age}", one.key);
    }
}

#[test]
fn examinations_and_techniques_are_in_the_catalogues() {
    let shape = shape();
    let codes = |text: &'static str| -> HashSet<&'static str> {
        text.lines()
            .filter_map(|line| line.split(',').next())
            .collect()
    };
    let exams = codes(include_str!("../../../modules/terminology/data/exam.csv"));
    let techniques = codes(include_str!(
        "../../../modules/terminology/data/technique.csv"
    ));
    let specialties = codes(include_str!(
        "../../../modules/terminology/data/specialty.csv"
    ));
    for exam in shape.devices.iter().flat_map(|one| &one.exams) {
        assert!(exams.contains(exam), "{exam}");
    }
    for one in &shape.services {
        assert!(
            techniques.contains(one.technique.as_str()),
            "{}",
            one.technique
        );
    }
    for one in shape
        .departments
        .iter()
        .filter(|one| !one.specialty.is_empty())
    {
        assert!(specialties.contains(one.specialty), "{}", one.specialty);
    }
}

#[test]
fn rooms_keep_the_sexes_apart_and_a_doctor_is_in_one_place_at_a_time() {
    let shape = shape();
    for ward in &shape.wards {
        for (one, other) in ward.beds.iter().zip(ward.beds.iter().skip(1)) {
            assert!(
                one.room != other.room || one.sex_rule == other.sex_rule,
                "{}",
                ward.key
            );
        }
    }
    let mut sessions = HashSet::new();
    for one in &shape.schedules {
        assert!(sessions.insert((&one.practitioner, one.weekday, one.session)));
        assert!(one.slots > one.member_quota + one.green_channel_quota);
    }
    assert!(shape.schedules.len() > 200);
    assert!(
        shape
            .practitioners
            .iter()
            .filter(|one| !one.work_sites.is_empty())
            .count()
            == 6
    );
}

//! The rules as tables.

use std::collections::BTreeSet;

use kernel::{Date, Id};
use proptest::prelude::*;

use super::*;
use crate::model::*;

fn id(number: u64) -> Id {
    Id::from_parts(number, [7; 10])
}

fn day(text: &str) -> Date {
    text.parse().unwrap()
}

fn hospital() -> Organization {
    serde_json::from_value(serde_json::json!({
        "id": id(1), "code": "H1", "name": "甲医院", "short_name": "甲医院", "name_en": null,
        "kind": "member-hospital", "level": "district", "parent_id": id(9), "state": "open",
        "ownership": "government", "positioning": "regional-general", "funding": "partial-budget",
        "input_mode": null, "credit_code": null, "institution_code": null, "identity_reason": null,
        "legal_person": true, "grade": null, "address": null, "phone": null, "position": null,
        "opened_on": null, "closed_on": null, "close_reason": null,
        "created_at": "2026-01-01T00:00:00Z", "updated_at": "2026-01-01T00:00:00Z"
    }))
    .unwrap()
}

fn decision(fields: &[GuardedField]) -> Decision {
    Decision {
        id: id(50),
        issuer: "某市人民政府".to_owned(),
        number: "〔2026〕1号".to_owned(),
        title: "关于划转的决定".to_owned(),
        level: DecisionLevel::City,
        decided_on: day("2026-03-01"),
        state: DecisionState::InForce,
        items: vec![DecisionItem {
            kind: SubjectKind::Organization,
            id: id(1),
            fields: fields.to_vec(),
        }],
        uses: Vec::new(),
        evidence_ids: Vec::new(),
        recorded_by_org_id: id(8),
        withdraw_reason: None,
        created_at: kernel::Instant::from_micros(0),
    }
}

/// Every field of the six, one change each: what may happen with and without a decision.
#[test]
fn each_of_the_six_needs_its_decision() {
    type Edit = fn(&mut Organization);
    let changes: [(GuardedField, Edit); 5] = [
        (GuardedField::Ownership, |org| {
            org.ownership = Some(Ownership::Social);
        }),
        (GuardedField::Affiliation, |org| {
            org.parent_id = Some(id(10));
        }),
        (GuardedField::InstitutionType, |org| {
            org.kind = OrgKind::BranchHospital;
        }),
        (GuardedField::Positioning, |org| {
            org.positioning = Some(Positioning::ContinuingCare);
        }),
        (GuardedField::Funding, |org| org.funding = None),
    ];
    let before = Guarded::from(&hospital());
    let today = day("2026-11-22");
    for (field, change) in changes {
        let mut org = hospital();
        change(&mut org);
        let after = Guarded::from(&org);
        let refused = guard_unchanged(&before, &after, None, today).unwrap_err();
        assert_eq!(refused, Refusal::NeedsDecision(vec![field]));
        let all_others: Vec<GuardedField> = changes
            .iter()
            .map(|(other, _)| *other)
            .filter(|other| *other != field)
            .collect();
        let refused =
            guard_unchanged(&before, &after, Some(&decision(&all_others)), today).unwrap_err();
        assert_eq!(refused, Refusal::DecisionDoesNotCover(vec![field]));
        let fit = decision(&[field]);
        assert_eq!(
            guard_unchanged(&before, &after, Some(&fit), today).unwrap(),
            vec![field]
        );
    }
}

#[test]
fn a_decision_holds_once_in_force_and_for_its_subject() {
    let before = Guarded::from(&hospital());
    let mut moved = hospital();
    moved.parent_id = None;
    let after = Guarded::from(&moved);
    let fit = decision(&[GuardedField::Affiliation]);
    let today = day("2026-11-22");
    let refusal = |decision: &Decision, today| {
        guard_unchanged(&before, &after, Some(decision), today).unwrap_err()
    };

    let mut spent = fit.clone();
    spent.uses.push(DecisionUse {
        id: id(1),
        field: GuardedField::Affiliation,
        at: kernel::Instant::from_micros(0),
    });
    assert_eq!(
        refusal(&spent, today),
        Refusal::DecisionSpent(vec![GuardedField::Affiliation])
    );
    let mut withdrawn = fit.clone();
    withdrawn.state = DecisionState::Withdrawn;
    assert_eq!(refusal(&withdrawn, today), Refusal::DecisionNotInForce);
    assert_eq!(
        refusal(&fit, day("2026-02-28")),
        Refusal::DecisionNotInForce
    );
    let mut other = fit.clone();
    other.items[0].id = id(2);
    assert_eq!(
        refusal(&other, today),
        Refusal::DecisionDoesNotCover(vec![GuardedField::Affiliation])
    );
    let mut person = fit;
    person.items[0].kind = SubjectKind::Practitioner;
    assert_eq!(
        refusal(&person, today),
        Refusal::DecisionDoesNotCover(vec![GuardedField::Affiliation])
    );
}

#[test]
fn recording_what_was_not_known_is_no_change() {
    let before = Guarded::from(&hospital());
    let mut known = hospital();
    known.input_mode = Some(InputMode::PerPost);
    let after = Guarded::from(&known);
    assert_eq!(
        guard_unchanged(&before, &after, None, day("2026-11-22")).unwrap(),
        vec![]
    );
    let refused = guard_unchanged(&after, &before, None, day("2026-11-22")).unwrap_err();
    assert_eq!(
        refused,
        Refusal::NeedsDecision(vec![GuardedField::InputMode])
    );
}

fn place(number: u64, kind: OrgKind, level: Level, state: OrgState) -> Org {
    Org {
        id: id(number),
        kind,
        level,
        state,
        ..hospital().into()
    }
}

#[test]
fn places_in_the_tree() {
    use OrgKind::{MemberHospital, Region, TownshipCentre, VillageClinic};
    let open = |number, kind, level| place(number, kind, level, OrgState::Open);
    let city = || open(100, Region, Level::City);
    let ok: Result<(), &str> = Ok(());
    let cases = [
        ("top", Region, Level::City, vec![], ok),
        (
            "district below city",
            Region,
            Level::District,
            vec![city()],
            ok,
        ),
        (
            "region below hospital",
            Region,
            Level::District,
            vec![open(2, MemberHospital, Level::City)],
            Err("network.wrong-place"),
        ),
        (
            "city below town",
            MemberHospital,
            Level::City,
            vec![open(2, TownshipCentre, Level::Town)],
            Err("network.wrong-place"),
        ),
        (
            "below a clinic",
            VillageClinic,
            Level::Village,
            vec![open(2, VillageClinic, Level::Village)],
            Err("network.wrong-place"),
        ),
        (
            "below itself",
            TownshipCentre,
            Level::Town,
            vec![
                open(2, MemberHospital, Level::City),
                open(1, TownshipCentre, Level::Town),
            ],
            Err("network.wrong-place"),
        ),
        (
            "below a closed one",
            VillageClinic,
            Level::Village,
            vec![place(2, TownshipCentre, Level::Town, OrgState::Closed)],
            Err("network.organization-closed"),
        ),
    ];
    for (name, kind, level, above, expected) in cases {
        let got = check_place(id(1), kind, level, &above).map_err(|refusal| refusal.code());
        assert_eq!(got, expected, "{name}");
    }
}

#[test]
fn distances_in_metres() {
    let at = |latitude_microdegrees, longitude_microdegrees| Position {
        latitude_microdegrees,
        longitude_microdegrees,
    };
    let cases = [
        (at(30_000_000, 110_000_000), at(30_000_000, 110_000_000), 0),
        (
            at(30_000_000, 110_000_000),
            at(31_000_000, 110_000_000),
            111_195,
        ),
        (at(0, 110_000_000), at(0, 111_000_000), 111_195),
        (
            at(60_000_000, 110_000_000),
            at(60_000_000, 111_000_000),
            55_600,
        ),
        (
            at(35_000_000, 117_000_000),
            at(35_100_000, 117_100_000),
            14_370,
        ),
    ];
    for (from, to, meters) in cases {
        let got = distance_meters(from, to);
        assert!(
            (got - meters).abs() <= meters / 100 + 1,
            "{from:?} {to:?}: {got}, not {meters}"
        );
    }
}

#[test]
fn typed_text_is_folded_or_refused() {
    assert_eq!(
        required_text("　第一　 医院１ ", "name", 10).unwrap(),
        "第一 医院1"
    );
    for (text, code) in [
        ("", "network.text-missing"),
        ("　", "network.text-missing"),
        ("一二三四五六七八九十百", "network.text-too-long"),
        ("a\u{7}b", "network.text-control"),
    ] {
        assert_eq!(
            required_text(text, "name", 10).unwrap_err().code(),
            code,
            "{text:?}"
        );
    }
    assert_eq!(required_code("Ａ-01", "code").unwrap(), "A-01");
    for wrong in ["a b", "<b>", "x'; DROP TABLE organization", "=1+1"] {
        assert_eq!(
            required_code(wrong, "code").unwrap_err().code(),
            "network.code-malformed"
        );
    }
    // Script in free text is kept as text: screens never run it, and nothing is lost.
    assert_eq!(required_text("<script>", "name", 10).unwrap(), "<script>");
}

#[test]
fn identifiers_warn_and_let_a_reason_through() {
    let check = |credit, institution, reason| {
        check_organization_codes(credit, institution, reason).map_err(|error| error.code())
    };
    assert!(check(Some("91350100m000100y43"), None, None).is_ok());
    assert_eq!(
        check(Some("91350100M000100Y44"), None, None).unwrap_err(),
        "network.identity-check"
    );
    assert!(check(Some("91350100M000100Y44"), None, Some("旧码")).is_ok());
    assert_eq!(
        check(Some("913501"), None, Some("旧码")).unwrap_err(),
        "identity.credit-code-shape"
    );
    assert_eq!(
        check(None, Some("123"), None).unwrap_err(),
        "identity.institution-code-shape"
    );
    assert_eq!(
        check(None, Some("123"), Some("旧码")).unwrap().1.unwrap(),
        "123"
    );
    assert_eq!(
        check_resident_id("11010519491231002x", None).unwrap(),
        "11010519491231002X"
    );
    assert_eq!(
        check_resident_id("110105194912310021", None)
            .unwrap_err()
            .code(),
        "network.identity-check"
    );
    assert!(check_resident_id("110105194912310021", Some("早年登记")).is_ok());
}

/// A small county, drawn once:
/// ```text
/// 1 region ─┬─ 2 bureau
///           ├─ 3 lead ── 4 branch
///           └─ 5 township ── 6 clinic      7 outside
/// ```
fn county() -> Vec<Node> {
    let node = |number, parent: Option<u64>, kind| Node {
        id: id(number),
        parent_id: parent.map(id),
        kind,
    };
    vec![
        node(1, None, OrgKind::Region),
        node(2, Some(1), OrgKind::HealthBureau),
        node(3, Some(1), OrgKind::LeadHospital),
        node(4, Some(3), OrgKind::BranchHospital),
        node(5, Some(1), OrgKind::TownshipCentre),
        node(6, Some(5), OrgKind::VillageClinic),
        node(7, None, OrgKind::Other),
    ]
}

fn ids(numbers: &[u64]) -> BTreeSet<Id> {
    numbers.iter().map(|number| id(*number)).collect()
}

#[test]
fn reach_follows_tree_and_groups() {
    let all = reach_of_all(&county(), &[(id(90), id(3)), (id(90), id(5))]);
    type Case = (u64, &'static [u64], &'static [u64], &'static [u64]);
    let cases: [Case; 6] = [
        (
            1,
            &[1, 2, 3, 4, 5, 6],
            &[1, 2, 3, 4, 5, 6],
            &[1, 2, 3, 4, 5, 6],
        ),
        (2, &[2], &[2], &[1, 2, 3, 4, 5, 6]),
        (3, &[3, 4], &[3, 4, 5, 6], &[3, 4, 5, 6]),
        (5, &[5, 6], &[3, 4, 5, 6], &[3, 4, 5, 6]),
        (6, &[6], &[3, 4, 5, 6], &[3, 4, 5, 6]),
        (7, &[7], &[7], &[7]),
    ];
    for (viewer, below, group, region) in cases {
        let reach = &all[&id(viewer)];
        assert_eq!(reach.below, ids(below), "below {viewer}");
        assert_eq!(reach.group, ids(group), "group of {viewer}");
        assert_eq!(reach.region, ids(region), "region of {viewer}");
    }
}

proptest! {
    /// Whatever the tree and the groups: one sees oneself, below lies within group and group within
    /// region for institutions, and group membership is mutual.
    #[test]
    fn reach_is_sound(
        parents in proptest::collection::vec(proptest::option::of(0_usize..12), 1..12),
        members in proptest::collection::vec((0_u64..3, 0_usize..12), 0..12),
    ) {
        let nodes: Vec<Node> = parents.iter().enumerate().map(|(at, parent)| Node {
            id: id(at as u64),
            // Circles are left in: damaged data must not hang the server.
            parent_id: parent.filter(|parent| *parent < parents.len()).map(|parent| id(parent as u64)),
            kind: OrgKind::MemberHospital,
        }).collect();
        let members: Vec<(Id, Id)> = members.into_iter()
            .filter(|(_, member)| *member < nodes.len())
            .map(|(group, member)| (id(1000 + group), id(member as u64)))
            .collect();
        let all = reach_of_all(&nodes, &members);
        for (viewer, reach) in all.iter().filter(|(viewer, _)| **viewer != Id::NIL) {
            prop_assert!(reach.below.contains(viewer));
            prop_assert!(reach.below.is_subset(&reach.group));
            prop_assert!(reach.group.is_subset(&reach.region));
            for other in reach.group.difference(&reach.below) {
                prop_assert!(all[other].group.contains(viewer), "{other} does not see {viewer} back");
            }
        }
    }

    #[test]
    fn distance_is_symmetric_and_never_negative(
        a in (18_000_000_i64..54_000_000, 73_000_000_i64..135_000_000),
        b in (18_000_000_i64..54_000_000, 73_000_000_i64..135_000_000),
    ) {
        let at = |(latitude_microdegrees, longitude_microdegrees)| Position { latitude_microdegrees, longitude_microdegrees };
        prop_assert!(distance_meters(at(a), at(b)) >= 0);
        let difference = distance_meters(at(a), at(b)) - distance_meters(at(b), at(a));
        prop_assert!(difference.abs() <= 2);
    }
}

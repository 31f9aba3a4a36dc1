use kernel::identity::Sex;
use serde_json::json;

use super::*;

fn rule() -> IdentityRule {
    IdentityRule {
        override_reason_characters_min: 4,
        guardian_age_years: 14,
        age_years_max: 130,
        searches_per_hour_max: 200,
        consent_days_max: 1830,
    }
}

fn check_number(
    kind: IdentifierKind,
    value: &str,
    reason: Option<&str>,
) -> Result<CheckedIdentifier> {
    let input = IdentifierInput {
        override_reason: reason.map(str::to_owned),
        ..IdentifierInput::new(kind, value)
    };
    check_identifier(&input, "identifiers[0]", Id::NIL, &rule())
}

#[test]
fn numbers_are_folded_and_checked() {
    use IdentifierKind::*;
    let read = check_number(ResidentId, "１１０１０５ 19491231 002x", None)
        .ok()
        .unwrap();
    assert_eq!(read.value, "11010519491231002X");
    assert_eq!(
        read.says.map(|(date, sex)| (date.to_string(), sex)),
        Some(("1949-12-31".to_owned(), Sex::Female))
    );
    let cases = [
        (
            ResidentId,
            "11010519491231002",
            "identity.resident-id-shape",
        ),
        (
            ResidentId,
            "110105194902300021",
            "identity.resident-id-date",
        ),
        (ResidentId, "110105194912310021", "record.identifier-check"),
        (HealthCard, "12'; --", "record.identifier-shape"),
        (Insurance, "12", "record.identifier-shape"),
        (
            Passport,
            "E1234567890123456789012",
            "record.identifier-shape",
        ),
        (BirthCertificate, "", "record.identifier-shape"),
        (HospitalNumber, "  ", "record.identifier-shape"),
    ];
    for (kind, value, code) in cases {
        let error = check_number(kind, value, None).err().unwrap();
        assert_eq!(error.code(), code, "{value}");
        assert_eq!(error.fields(), ["identifiers[0].value"], "{value}");
    }
}

#[test]
fn a_wrong_check_character_is_taken_with_a_reason() {
    let wrong = "110105194912310021";
    let error = check_number(IdentifierKind::ResidentId, wrong, Some("no"))
        .err()
        .unwrap();
    assert_eq!(error.data().unwrap()["expected"], "X");
    let read = check_number(IdentifierKind::ResidentId, wrong, Some("证件如此,已核对"))
        .ok()
        .unwrap();
    assert_eq!(read.override_reason.as_deref(), Some("证件如此,已核对"));
}

#[test]
fn sex_and_birth_date_come_from_the_number_and_never_against_it() {
    let day = |text: &str| text.parse::<Date>().unwrap();
    let says = Some((day("1949-12-31"), Sex::Female));
    let today = day("2026-11-22");
    let settle = |sex, date: Option<&str>, says, needs| {
        settle_identity(sex, date.map(day), says, needs, today, &rule())
    };
    assert_eq!(
        settle(None, None, says, true).unwrap(),
        (Sex::Female, Some(day("1949-12-31")))
    );
    let refused = [
        (
            settle(Some(Sex::Male), None, says, true),
            "record.sex-contradicts",
        ),
        (
            settle(None, Some("1949-12-30"), says, true),
            "record.birth-date-contradicts",
        ),
        (
            settle(None, Some("1949-12-30"), None, true),
            "record.sex-missing",
        ),
        (
            settle(Some(Sex::Male), None, None, true),
            "record.birth-date-missing",
        ),
        (
            settle(Some(Sex::Male), Some("2026-11-23"), None, true),
            "record.birth-date-future",
        ),
        (
            settle(Some(Sex::Male), Some("1890-01-01"), None, true),
            "record.birth-date-too-early",
        ),
    ];
    for (result, code) in refused {
        assert_eq!(result.unwrap_err().code(), code);
    }
    assert_eq!(
        settle(Some(Sex::Unknown), None, None, false).unwrap(),
        (Sex::Unknown, None)
    );
}

#[test]
fn lookups_ignore_spelling_but_not_issuer() {
    use IdentifierKind::*;
    let here = Id::from_parts(1, [1; 10]);
    let there = Id::from_parts(2, [1; 10]);
    let same = lookup_sha256(ResidentId, Some(here), "11010519491231002x");
    assert_eq!(
        same,
        lookup_sha256(ResidentId, None, "１１０１０５19491231002Ｘ")
    );
    let number = lookup_sha256(HospitalNumber, Some(here), "0007");
    assert_ne!(number, lookup_sha256(HospitalNumber, Some(there), "0007"));
    assert_ne!(number, lookup_sha256(HealthCard, Some(here), "0007"));
    assert_eq!(
        phone_sha256("+86 138-0000-0012"),
        phone_sha256("13800000012")
    );
}

#[test]
fn names_and_phones() {
    assert_eq!(mask_name("张小三"), "张**");
    assert_eq!(mask_name(""), "");
    for wrong in ["abc", "12", "1234567890123456", "138'--"] {
        assert_eq!(
            check_phone("phone", Some(wrong)).unwrap_err().code(),
            "record.phone-shape"
        );
    }
    assert!(check_phone("phone", Some("0571-8888 0012")).is_ok());
}

#[test]
fn rule_bodies_are_checked() {
    assert!(
        check_break_glass_rule(&json!({ "minutes": 240, "reason_characters_min": 10 })).is_ok()
    );
    for wrong in [
        json!({ "minutes": 0, "reason_characters_min": 10 }),
        json!({}),
        json!({ "minutes": "4h" }),
    ] {
        assert_eq!(
            check_break_glass_rule(&wrong).unwrap_err().code(),
            "rule.unreadable"
        );
    }
}

//! What a reader would say of two persons, as tables.

use kernel::identity::Sex;
use lianti_linkage::{
    Address, Birth, Field, Identifier, Model, Name, Person, Placeholders, Prepared, Reason, Scorer,
    Thresholds, Verdict, compare, decide, keys,
};

/// A person from `name|birth|sex|phone|address|resident ID|insurance`; a blank is missing.
pub fn person(text: &str) -> Person {
    let mut parts = text.split('|').map(str::trim);
    let mut next = || parts.next().unwrap_or_default().to_owned();
    let (name, birth, sex) = (next(), next(), next());
    let (phone, address, id, insurance) = (next(), next(), next(), next());
    let identifier = |kind: &str, value: String| Identifier {
        kind: kind.to_owned(),
        issuer: String::new(),
        value,
    };
    let numbers = [
        identifier("resident-id", id),
        identifier("insurance", insurance),
    ];
    Person {
        names: name
            .split('/')
            .map(|one| Name::Whole(one.to_owned()))
            .collect(),
        birth: Birth::read(&birth),
        sex: match sex.as_str() {
            "m" => Some(Sex::Male),
            "f" => Some(Sex::Female),
            _ => None,
        },
        phones: Some(phone)
            .filter(|phone| !phone.is_empty())
            .into_iter()
            .collect(),
        address: Address::from_text(&address),
        identifiers: numbers
            .into_iter()
            .filter(|one| !one.value.is_empty())
            .collect(),
    }
}

pub fn prepared(text: &str) -> Prepared {
    Prepared::new(&person(text), &Placeholders::usual())
}

fn check_level(field: Field, left: &str, right: &str, expected: &str) {
    let (left_person, right_person) = (prepared(left), prepared(right));
    for pattern in [
        compare(&left_person, &right_person),
        compare(&right_person, &left_person),
    ] {
        let level = field.levels()[usize::from(pattern.level(field))];
        assert_eq!(level, expected, "{field:?} of «{left}» and «{right}»");
    }
}

#[test]
fn names_agree_as_people_would_say() {
    use Field::{Family, Given};
    for (field, left, right, expected) in [
        (Family, "张伟", "张伟", "same"),
        (Given, "张伟", "张伟", "same"),
        (Given, "张伟", "张玮", "sound"),
        (Family, "张伟", "章伟", "sound"),
        (Family, "张伟", "臧伟", "confusable"),
        (Given, "王小明", "王小民", "confusable"),
        (Given, "陈丽娜", "陈丽拉", "confusable"),
        (Given, "王小明", "王小红", "similar"),
        (Given, "王小明", "王明", "similar"),
        (Given, "王小明", "王建国", "different"),
        (Family, "王小明", "李小明", "different"),
        (Family, "王伟", "伟王", "swapped"),
        (Family, "王小明", "小明王", "swapped"),
        (Given, "王小明", "小明王", "missing"),
        (Family, "欧阳娜", "欧阳娜娜", "same"),
        (Given, "欧阳娜", "欧阳 娜", "same"),
        (Family, "单雄", "善雄", "sound"),
        (Given, "张伟", "Wei Zhang", "sound"),
        (Family, "张伟", "Zhang, Wei", "sound"),
        (Family, "张伟", "Zhang Wei", "swapped"),
        (Family, "John Smith", "Smith, John", "same"),
        (Family, "John Smith", "John Smyth", "sound"),
        (Given, "John Smith", "J Smith", "similar"),
        (Family, "John Smith", "Smith John", "swapped"),
        (Given, "Jon Smith", "Mary Smith", "different"),
        (Family, "不详", "王伟", "missing"),
        (Family, "王芳/李芳", "李芳", "same"),
        (Given, "阿依古丽·买买提", "阿依古丽·买买提", "same"),
        (Family, "　王 伟 ", "王伟", "same"),
        (Family, "", "王伟", "missing"),
    ] {
        check_level(field, left, right, expected);
    }
}

#[test]
fn birth_dates_agree_as_people_would_say() {
    for (left, right, expected) in [
        ("1980-05-03", "19800503", "same"),
        ("1980-05-03", "1980-03-05", "day-month-swapped"),
        ("1980-05-03", "1980-03-19", "lunar"),
        ("2000-01-01", "1999-11-25", "lunar"),
        ("1980-05-03", "1981-05-03", "one-digit"),
        ("1980-05-03", "1980-05-30", "one-digit"),
        ("1980-05-13", "1980-05-31", "one-digit"),
        ("1980-05-03", "1908-05-03", "one-digit"),
        ("1980-05-03", "1980-05-28", "partly"),
        ("1980-05-03", "1965-05-03", "partly"),
        ("1980-05-03", "1965-11-20", "different"),
        ("1900-01-01", "1980-05-03", "missing"),
        ("1980-02-30", "1980-02-30", "same"),
        ("", "1980-05-03", "missing"),
    ] {
        check_level(
            Field::Birth,
            &format!("|{left}"),
            &format!("|{right}"),
            expected,
        );
    }
}

#[test]
fn numbers_and_places_agree_as_people_would_say() {
    use Field::{Locality, OtherId, Phone, ResidentId, Street};
    for (field, left, right, expected) in [
        (Phone, "|||13800000012", "|||138-0000-0012", "same"),
        (Phone, "|||13800000012", "|||+86 13800000012", "same"),
        (Phone, "|||13800000012", "|||13800000021", "one-digit"),
        (Phone, "|||13800000012", "|||13900000012", "one-digit"),
        (Phone, "|||13800000012", "|||13911110012", "different"),
        (Phone, "|||11111111111", "|||13911110012", "missing"),
        (Locality, "||||甲县乙镇丙村3组", "||||甲县乙镇丙村", "same"),
        (
            Locality,
            "||||丁市甲县乙镇丙村",
            "||||甲县乙镇丙村",
            "similar",
        ),
        (Locality, "||||甲县乙镇丙村", "||||甲县乙镇戊村", "similar"),
        (
            Locality,
            "||||甲县乙镇丙村",
            "||||甲县乙镇戊己庚村",
            "partly",
        ),
        (
            Locality,
            "||||甲县乙镇丙村",
            "||||庚县辛镇壬村",
            "different",
        ),
        (Street, "||||丙村3组5号", "||||丙村3组5号", "same"),
        (Street, "||||丙村3组5号", "||||丙村3组9号", "other-door"),
        (Street, "||||丙村3组5号", "||||丙村", "missing"),
        (
            ResidentId,
            "|||||11010519491231002X",
            "|||||11010519491231002x",
            "same",
        ),
        (
            ResidentId,
            "|||||11010519491231002X",
            "|||||11010519491231003X",
            "one-digit",
        ),
        (
            ResidentId,
            "|||||11010519491231002X",
            "|||||000000000000000000",
            "missing",
        ),
        (OtherId, "||||||A-1234 56", "||||||a123456", "same"),
        (OtherId, "||||||A123456", "||||||B765432", "different"),
    ] {
        check_level(field, left, right, expected);
    }
}

fn check_verdict(left: &str, right: &str, expected: (Verdict, Reason)) {
    let scorer = Scorer::new(&Model::usual(100_000));
    let (left_person, right_person) = (prepared(left), prepared(right));
    for decision in [
        decide(&left_person, &right_person, &scorer, &Thresholds::usual()),
        decide(&right_person, &left_person, &scorer, &Thresholds::usual()),
    ] {
        let found = (decision.verdict, decision.reason);
        assert_eq!(
            found, expected,
            "«{left}» and «{right}» {:.1}",
            decision.score_bits
        );
    }
}

/// Two valid numbers of persons born on one day, as twins have.
const ID: &str = "11010519491231002X";
const OTHER_ID: &str = "110105194912310070";

#[test]
fn rules_come_before_the_score() {
    use Reason::{
        Contradicted, DifferentResidentIds, Household, PossibleTwins, ProvisionalName,
        ResidentIdContradicted, SameResidentId, Score, TooLittle,
    };
    use Verdict::{Link, NoLink, Review};
    for (left, right, expected) in [
        (
            format!("王芳|1949-12-31|f|||{ID}"),
            format!("王芳|1949-12-31|f|||{ID}"),
            (Link, SameResidentId),
        ),
        (
            "王芳||||||".to_owned(),
            "王芳||||||".to_owned(),
            (NoLink, TooLittle),
        ),
        (
            format!("王芳|1949-12-31|f|||{ID}"),
            format!("王方|1949-12-13||||{ID}"),
            (Link, SameResidentId),
        ),
        (
            format!("王芳|1949-12-31|f|||{ID}"),
            format!("李建国|1949-12-31|f|||{ID}"),
            (Review, ResidentIdContradicted),
        ),
        (
            format!("王芳|1949-12-31|f|||{ID}"),
            format!("王芳|1949-12-31|m|||{ID}"),
            (Review, ResidentIdContradicted),
        ),
        (
            format!("王芳|1949-12-31|f|||{ID}"),
            format!("王芳|1975-06-02|f|||{ID}"),
            (Review, ResidentIdContradicted),
        ),
        (
            format!("王小红|1949-12-31|f|13800000012|甲县乙镇丙村3组5号|{ID}"),
            format!("王小明|1949-12-31|f|13800000012|甲县乙镇丙村3组5号|{OTHER_ID}"),
            (NoLink, DifferentResidentIds),
        ),
        (
            format!("王小红|1949-12-31|f|13800000012|甲县乙镇丙村3组5号|{ID}"),
            format!("王小红|1949-12-31|f|13800000012|甲县乙镇丙村3组5号|{OTHER_ID}"),
            (Review, DifferentResidentIds),
        ),
        (
            "王小红|2019-12-31|f|13800000012|甲县乙镇丙村3组5号".to_owned(),
            "王小明|2019-12-31|f|13800000012|甲县乙镇丙村3组5号".to_owned(),
            (Review, PossibleTwins),
        ),
        (
            "王芳之婴|2026-11-01|f|13800000012|甲县乙镇丙村3组5号".to_owned(),
            "王芳之婴|2026-11-01|f|13800000012|甲县乙镇丙村3组5号".to_owned(),
            (Review, ProvisionalName),
        ),
        (
            "王小红|2010-02-03|f|13800000012|甲县乙镇丙村3组5号".to_owned(),
            "王建国|1975-06-21|m|13800000012|甲县乙镇丙村3组5号".to_owned(),
            (NoLink, Household),
        ),
        (
            "王建国|1975-06-21|m|13800000012|甲县乙镇丙村3组5号".to_owned(),
            "王建国|1975-06-21|m|13800000012|甲县乙镇丙村3组5号".to_owned(),
            (Link, Score),
        ),
        (
            "王建国|1975-06-21|m|13800000012|甲县乙镇丙村3组5号".to_owned(),
            "王建国||m|13800000012|甲县乙镇丙村3组5号".to_owned(),
            (Review, TooLittle),
        ),
        (
            "王建国|1975-06-21|m|13800000012|甲县乙镇丙村3组5号".to_owned(),
            "王建国|1975-06-21|f|13800000012|甲县乙镇丙村3组5号".to_owned(),
            (Review, Contradicted),
        ),
        (
            "无名氏|1900-01-01||11111111111|不详|000000000000000000".to_owned(),
            "无名氏|1900-01-01||11111111111|不详|000000000000000000".to_owned(),
            (NoLink, TooLittle),
        ),
    ] {
        check_verdict(&left, &right, expected);
    }
}

#[test]
fn persons_with_one_error_share_a_key() {
    for (left, right) in [
        ("张伟|1980-05-03", "章玮|1980-05-03"),
        ("张伟|1980-05-03", "伟张|1980-03-05"),
        ("张伟|1980-05-03", "张伟|1981-05-03"),
        (
            "王小明|1980-05-03|m||甲县乙镇丙村",
            "小明王|1965-01-01|m||甲县乙镇丙村",
        ),
        (
            "王小明|1980-05-03|m||甲县乙镇丙村",
            "李建国|1980-05-03|m||甲县乙镇丙村",
        ),
        ("张伟|||13800000012", "李芳|||138-0000 0012"),
        ("John Smith|1980-05-03", "Smith, Jon|1980-05-03"),
        ("||||||A-123456", "||||||a123456"),
    ] {
        let (left_keys, right_keys) = (keys(&prepared(left)), keys(&prepared(right)));
        assert!(
            left_keys.iter().any(|key| right_keys.contains(key)),
            "«{left}» and «{right}»"
        );
    }
}

#[test]
fn keys_are_the_same_for_ever() {
    let texts: Vec<String> = keys(&prepared("张伟|1980-05-03"))
        .into_iter()
        .map(lianti_linkage::Key::text)
        .collect();
    assert_eq!(
        texts, EXPECTED_KEYS,
        "keys are stored: a change needs a migration of stored keys"
    );
}

const EXPECTED_KEYS: [&str; 5] = [
    "273dd524da36e8bd",
    "3f13bca7d96ad8d4",
    "406e484953645572",
    "5ed85ee2efb9442d",
    "e684be58bb1612a4",
];

//! Documents read and refused, and read back after they were written.
#![expect(clippy::unwrap_used, reason = "tests fail loudly")]

use cda::{
    Author, Block, Body, Code, Document, Encounter, Header, InstanceId, Organization, Part,
    Patient, Related, Relation, Section, Time, html, read, table, write,
};
use lianti_cda as cda;
use proptest::prelude::*;

const SUMMARY: &str = include_str!("samples/discharge-summary.xml");
const PREFIXED: &str = include_str!("samples/with-prefix.xml");
const SCAN: &str = include_str!("samples/scan.xml");

#[test]
fn a_header_is_read() {
    let header = read(SUMMARY.as_bytes()).unwrap().header;
    assert_eq!(header.id.text(), "2.16.156.10011.1.1^DS-2026-0007");
    assert_eq!(header.code.code.as_deref(), Some("C0053"));
    assert_eq!(header.title.as_deref(), Some("出院小结"));
    assert_eq!(
        header.effective_time.instant("+08:00"),
        "2026-11-20T15:30:00+08:00"
    );
    assert_eq!(header.confidentiality.code.as_deref(), Some("N"));
    assert_eq!(header.language.as_deref(), Some("zh-CN"));
    assert_eq!(
        (header.set_id.is_some(), header.version_number),
        (true, Some(1))
    );
    let patient = &header.patient;
    assert_eq!(patient.name.as_deref(), Some("王小明"));
    assert_eq!(patient.address.as_deref(), Some("甲省乙市丙县丁镇5号"));
    assert_eq!(patient.phones, ["13800000012"]);
    assert_eq!(
        patient.ids[1].extension.as_deref(),
        Some("11010519491231002X")
    );
    assert_eq!(header.authors[0].name.as_deref(), Some("李医生"));
    assert_eq!(header.custodian.name.as_deref(), Some("丙县人民医院"));
    assert_eq!(
        header.legal_authenticator.unwrap().name.as_deref(),
        Some("赵主任")
    );
    let encounter = header.encounter.unwrap();
    assert_eq!(encounter.place.as_deref(), Some("呼吸内科 301病房 12床"));
    assert_eq!(encounter.end.unwrap().day().as_deref(), Some("2026-11-20"));
    assert_eq!(header.related[0].relation, Relation::Replaces);
}

#[test]
fn sections_are_read_and_can_do_nothing() {
    let document = read(SUMMARY.as_bytes()).unwrap();
    let sections = document.sections();
    let titles: Vec<&str> = sections
        .iter()
        .filter_map(|one| one.title.as_deref())
        .collect();
    assert_eq!(titles, ["出院诊断", "实验室检查", "影像"]);
    assert_eq!(
        html(&sections[0].narrative),
        "<ol><li>社区获得性肺炎 &amp; 低氧</li><li>高血压 2 级</li></ol>"
    );
    assert!(sections[0].entries[0].starts_with("<entry><observation"));
    assert!(
        sections[0]
            .codes
            .iter()
            .any(|code| code.code.as_deref() == Some("J15.9"))
    );
    let shown = html(&sections[1].narrative);
    assert!(
        shown.contains("<td colspan=\"2\">复查正常<br>无特殊</td>"),
        "{shown}"
    );
    assert!(shown.contains("H<sub>2</sub>O 说明"), "{shown}");
    assert!(!shown.contains("alert") && !shown.contains("script"));
}

#[test]
fn prefixes_and_encodings_change_nothing() {
    let plain = read(SUMMARY.as_bytes()).unwrap();
    let prefixed = read(PREFIXED.as_bytes()).unwrap();
    assert!(plain.header == prefixed.header);
    let shown = |document: &Document| -> Vec<String> {
        document
            .sections()
            .iter()
            .map(|one| html(&one.narrative))
            .collect()
    };
    assert_eq!(shown(&plain), shown(&prefixed));
    for name in ["GB18030", "gb2312", "GBK"] {
        let declared = SUMMARY.replace("UTF-8", name);
        let (bytes, _, lacking) = encoding_rs::GB18030.encode(&declared);
        assert!(!lacking && read(&bytes).unwrap() == plain);
    }
    let marked = [b"\xef\xbb\xbf", SUMMARY.as_bytes()].concat();
    assert!(read(&marked).unwrap() == plain);
    assert!(read(SUMMARY.replace('\n', "\r\n").as_bytes()).unwrap() == plain);
}

#[test]
fn a_body_may_be_a_scan() {
    let document = read(SCAN.as_bytes()).unwrap();
    let Body::NonXml(body) = &document.body else {
        panic!("a scan")
    };
    assert_eq!(
        (body.media_type.as_str(), body.data.as_str()),
        ("application/pdf", "JVBERi0=")
    );
    assert_eq!(document.header.patient.name.as_deref(), Some("Doe Jane"));
    assert_eq!(document.header.authors[0].name.as_deref(), Some("扫描系统"));
    assert_eq!(document.header.patient.ids.len(), 1);
    assert!(read(write(&document).as_bytes()).is_ok());
}

#[test]
fn what_is_wrong_is_named_with_its_place() {
    let check = |text: String, expected: &str| {
        let said = match read(text.as_bytes()) {
            Err(fault) => format!("{} {}", fault.code, fault.at),
            Ok(_) => "read".to_owned(),
        };
        assert_eq!(said, expected);
    };
    let with = |from: &str, to: &str| SUMMARY.replacen(from, to, 1);
    let top = "/ClinicalDocument";
    check(String::new(), "cda.empty /");
    check("<a/>".to_owned(), "cda.not-clinical-document /a");
    check(
        "<ClinicalDocument/>".to_owned(),
        &format!("cda.namespace {top}"),
    );
    check(
        with(
            "<ClinicalDocument",
            "<!DOCTYPE a SYSTEM \"file:///etc/passwd\"><ClinicalDocument",
        ),
        "cda.doctype /",
    );
    let bomb = "<!DOCTYPE a [<!ENTITY b \"bb\"><!ENTITY c \"&b;&b;\">]><ClinicalDocument";
    check(with("<ClinicalDocument", bomb), "cda.doctype /");
    check(
        with("<title>出院小结", "<title>&xxe;"),
        &format!("cda.entity {top}/title"),
    );
    check(
        with("<title>出院小结", "<title>&#0;"),
        &format!("cda.character {top}/title"),
    );
    check(
        with("出院小结</title>", "\u{1}</title>"),
        &format!("cda.character {top}/title"),
    );
    check(
        with(
            "<effectiveTime value=\"2026112",
            "<effectiveTime value=\"2026022",
        ),
        "read",
    );
    check(
        with(
            "<effectiveTime value=\"20261120",
            "<effectiveTime value=\"20260230",
        ),
        &format!("cda.time {top}/effectiveTime"),
    );
    check(
        with("<birthTime value=\"19491231", "<birthTime value=\"19491331"),
        &format!("cda.time {top}/recordTarget/patientRole/patient/birthTime"),
    );
    check(
        with(
            "<id root=\"2.16.156.10011.1.1\" extension=\"DS-2026-0007\"/>",
            "",
        ),
        &format!("cda.missing {top}/id"),
    );
    check(
        with("<title>", "<id root=\"1.2\"/><title>"),
        &format!("cda.repeated {top}/id[2]"),
    );
    check(
        with("<item>", "<item ID=\"dx1\">"),
        &format!(
            "cda.duplicate-id {top}/component/structuredBody/component/section/text/list/item[2]"
        ),
    );
    check(
        with("RPLC", "XXXX"),
        &format!("cda.value {top}/relatedDocument"),
    );
    check(
        with("<versionNumber value=\"1\"", "<versionNumber value=\"one\""),
        &format!("cda.value {top}/versionNumber"),
    );
    check(with("<setId", "<x:setId"), &format!("cda.namespace {top}"));
    check(
        with("</title>", "</titel>"),
        &format!("cda.syntax {top}/title"),
    );
    check(
        with("code=\"N\"", "code=\"N\" code=\"R\""),
        &format!("cda.syntax {top}/confidentialityCode"),
    );
    check(format!("{SUMMARY}<more/>"), "cda.syntax /");
    let target = &SUMMARY[SUMMARY.find("<recordTarget").unwrap()..];
    let target = &target[..target.find("</recordTarget>").unwrap() + 15];
    check(
        with(target, ""),
        &format!("cda.no-patient {top}/recordTarget"),
    );
    check(
        with(target, &target.repeat(2)),
        &format!("cda.repeated {top}/recordTarget[2]"),
    );
    let deep = format!("<paragraph>{}", "<content>".repeat(80));
    check(
        with("<paragraph>", &deep),
        &format!(
            "cda.too-deep {top}/component/structuredBody/component[2]/section/text/paragraph{}",
            "/content".repeat(58)
        ),
    );
    let many = "<br/>".repeat(cda::ELEMENTS_MAX);
    assert_eq!(
        read(with("<paragraph>", &format!("<paragraph>{many}")).as_bytes())
            .unwrap_err()
            .code,
        "cda.too-many"
    );
    assert_eq!(
        read(&vec![b' '; cda::BYTES_MAX + 1]).unwrap_err().code,
        "cda.too-large"
    );
}

#[test]
fn an_encoding_that_is_not_the_one_of_the_bytes_is_refused_where_it_shows() {
    let (bytes, ..) = encoding_rs::GB18030.encode(SUMMARY);
    let fault = read(&bytes).unwrap_err();
    assert_eq!(
        (fault.code, fault.at.as_str()),
        ("cda.charset", "/ClinicalDocument")
    );
    let fault = read(SUMMARY.replace("UTF-8", "GB18030").as_bytes()).unwrap_err();
    assert_eq!(fault.code, "cda.charset");
    for other in ["UTF-16", "latin1", "EUC-KR"] {
        assert_eq!(
            read(SUMMARY.replace("UTF-8", other).as_bytes())
                .unwrap_err()
                .code,
            "cda.charset"
        );
    }
    assert_eq!(read(b"\xff\xfe<\0").unwrap_err().code, "cda.charset");
}

#[test]
fn a_document_cut_anywhere_is_refused() {
    let end = SUMMARY.trim_end().len();
    for at in (0..end).step_by(7) {
        let cut = &SUMMARY.as_bytes()[..at];
        assert!(read(cut).is_err(), "cut at {at}");
    }
}

fn id() -> impl Strategy<Value = InstanceId> {
    ("[0-9.]{1,12}", proptest::option::of(words()))
        .prop_map(|(root, extension)| InstanceId { root, extension })
}

/// Words as a reader gives them back: no white space at the ends or doubled.
fn words() -> impl Strategy<Value = String> {
    "[a-zA-Z0-9中文<>&\"'é%;#]{1,12}( [a-z甲乙]{1,5})?"
}

fn code() -> impl Strategy<Value = Code> {
    (
        words(),
        proptest::option::of(words()),
        proptest::option::of(words()),
    )
        .prop_map(|(code, system, display)| Code {
            code: Some(code),
            system,
            system_name: None,
            display,
        })
}

fn time() -> impl Strategy<Value = Time> {
    (1900..2100_u32, 1..=12_u32, 1..=28_u32, 0..24_u32).prop_map(|(year, month, day, hour)| {
        Time::parse(&format!("{year}{month:02}{day:02}{hour:02}0000+0800")).unwrap()
    })
}

fn person() -> impl Strategy<Value = Author> {
    (
        proptest::option::of(time()),
        proptest::collection::vec(id(), 0..3),
        proptest::option::of(words()),
    )
        .prop_map(|(time, ids, name)| Author {
            time,
            ids,
            name,
            organization: None,
        })
}

fn section() -> impl Strategy<Value = Section> {
    let rows = proptest::collection::vec(proptest::collection::vec(words(), 1..3), 1..3);
    (
        code(),
        words(),
        rows,
        proptest::collection::vec(words(), 0..3),
    )
        .prop_map(|(code, title, rows, lines)| Section {
            code: Some(code),
            title: Some(title),
            narrative: lines
                .into_iter()
                .map(|line| Block::words(Part::Paragraph, line))
                .chain([table(&["一", "二"], &rows)])
                .collect(),
            entries: Vec::new(),
            codes: Vec::new(),
            sections: Vec::new(),
        })
}

fn document() -> impl Strategy<Value = Document> {
    let first = (
        id(),
        code(),
        proptest::option::of(words()),
        time(),
        proptest::collection::vec(id(), 1..3),
    );
    let second = (
        words(),
        proptest::collection::vec(person(), 1..3),
        proptest::option::of(person()),
        proptest::option::of(id()),
        proptest::collection::vec(section(), 1..4),
    );
    (first, second).prop_map(
        |((id, code, title, at, ids), (name, authors, signer, related, sections))| {
            let header = Header {
                templates: vec![id.clone()],
                code,
                title,
                effective_time: at.clone(),
                confidentiality: Code {
                    code: Some("N".to_owned()),
                    ..Code::default()
                },
                language: Some("zh-CN".to_owned()),
                set_id: Some(id.clone()),
                version_number: Some(3),
                patient: Patient {
                    ids,
                    name: Some(name.clone()),
                    sex: None,
                    birth: Some(at.clone()),
                    phones: vec!["1".to_owned()],
                    address: Some(name.clone()),
                },
                authors,
                custodian: Organization {
                    ids: vec![id.clone()],
                    name: Some(name.clone()),
                },
                legal_authenticator: signer,
                encounter: Some(Encounter {
                    ids: vec![id.clone()],
                    code: None,
                    start: Some(at.clone()),
                    end: Some(at),
                    place: Some(name),
                }),
                related: related
                    .into_iter()
                    .map(|id| Related {
                        relation: Relation::Replaces,
                        id,
                    })
                    .collect(),
                id,
            };
            Document {
                header,
                body: Body::Sections(sections),
            }
        },
    )
}

proptest! {
    #[test]
    fn what_is_written_is_read_as_the_same(document in document()) {
        let text = write(&document);
        let again = read(text.as_bytes());
        prop_assert!(again.as_ref() == Ok(&document), "{:?} {text}", again.err());
    }

    #[test]
    fn any_bytes_give_a_document_or_a_fault(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        let _ = read(&bytes);
    }

    #[test]
    fn changed_samples_give_a_document_or_a_fault(
        which in 0..3_usize, changes in proptest::collection::vec((any::<usize>(), any::<u8>(), 0..3_u8), 1..6),
    ) {
        let mut bytes = [SUMMARY, PREFIXED, SCAN][which].as_bytes().to_vec();
        for (at, byte, how) in changes {
            let at = at % bytes.len();
            match how {
                0 => bytes[at] = byte,
                1 => { bytes.remove(at); }
                _ => bytes.insert(at, b"<>&\"'/=;!?"[usize::from(byte) % 10]),
            }
        }
        if let Err(fault) = read(&bytes) {
            prop_assert!(fault.at.starts_with('/') && fault.code.starts_with("cda."));
        }
    }
}

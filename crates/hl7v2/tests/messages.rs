//! What is read is written back; what is wrong is refused with its place.

use kernel::Instant;
use lianti_hl7v2::{
    Ack, AckCode, Charset, Frame, Framer, Header, Message, Path, Precision, Separators, Timestamp,
    decode, encode, escape, frame, unescape,
};
use proptest::prelude::*;

const ADT: &str = "MSH|^~\\&|HIS|L1|LIANTI||20261122080000||ADT^A01^ADT_A01|M1|P|2.5.1||||||UNICODE UTF-8\r\
    EVN||20261122080000\rPID|1||1001^^^L1^PI~11010519491231002X^^^^NNCHN||王^小明||19491231|F|||甲县\\T\\乙镇\r\
    ZPD|1|自定义^a&b~c|\"\"||\r";

#[test]
fn a_message_is_read_and_written_back() {
    let message = Message::parse(ADT).unwrap();
    assert_eq!(message.text(), ADT);
    for (path, value) in [
        ("MSH-1", Some("|")),
        ("MSH-2", Some("^~\\&")),
        ("MSH-9.2", Some("A01")),
        ("MSH-18", Some("UNICODE UTF-8")),
        ("PID-3.1", Some("1001")),
        ("PID-3(5=NNCHN).1", Some("11010519491231002X")),
        ("PID-3(5=SS).1", None),
        ("PID-5.2", Some("小明")),
        ("PID-11", Some("甲县&乙镇")),
        ("ZPD-2.2", Some("a")),
        ("ZPD-2.2.2", Some("b")),
        ("ZPD-3", None),
        ("ZPD-9", None),
        ("OBX-1", None),
    ] {
        assert_eq!(message.get(path).as_deref(), value, "{path}");
    }
    let changed = message.with_header_field(18, "ASCII");
    assert_eq!(changed.get("MSH-18").as_deref(), Some("ASCII"));
    assert_eq!(changed.get("MSH-9.2").as_deref(), Some("A01"));
}

#[test]
fn what_is_wrong_is_refused_with_its_place() {
    let cases = [
        ("", "hl7.no-msh", "MSH^1"),
        ("PID|1\r", "hl7.no-msh", "MSH^1"),
        ("MSH", "hl7.separators", "MSH^1^1"),
        ("MSH|||A\r", "hl7.separators", "MSH^1^2"),
        ("MSH|^^\\&|A\r", "hl7.separators", "MSH^1^2"),
        ("MSH|^~\\&|A\rPID|1||10", "hl7.truncated", "PID^1^3"),
        ("MSH|^~\\&|A\rOBX|1\rOBX|2|NM|W", "hl7.truncated", "OBX^2^3"),
        ("MSH|^~\\&|A\rpid|1\r", "hl7.segment-name", "^2"),
        ("MSH|^~\\&|A\r王小明|1\r", "hl7.segment-name", "^2"),
        ("MSH|^~\\&|A\rMSH|^~\\&|B\r", "hl7.batch", "MSH^2"),
        (
            "MSH|^~\\&|A\rPID|1||a\u{1}b\r",
            "hl7.control-character",
            "PID^1^3",
        ),
    ];
    for (text, code, at) in cases {
        let fault = Message::parse(text).unwrap_err();
        assert_eq!(
            (fault.code, fault.at.to_string().as_str()),
            (code, at),
            "{text:?}"
        );
    }
}

#[test]
fn bytes_are_read_in_the_charset_they_declare() {
    let gb_text = ADT.replace("UNICODE UTF-8", "GB 18030-2000");
    let gb = encode(&gb_text, Charset::Gb18030).unwrap();
    let header = Header::read(&gb).unwrap();
    assert_eq!(
        header.declared_charset(Charset::Utf8).unwrap(),
        Charset::Gb18030
    );
    assert_eq!(decode(&gb, Charset::Gb18030).unwrap(), gb_text);
    // 倈 ends in a byte that looks like |, in the header too.
    let tricky = "MSH|^~\\&|HIS|倈院|||||ADT^A01|M2|P|2.4||||||GB18030\rPID|1||1||小倈\r";
    let bytes = encode(tricky, Charset::Gb18030).unwrap();
    let header = Header::read(&bytes).unwrap();
    assert_eq!(
        (header.facility.as_str(), header.charset.as_str()),
        ("倈院", "GB18030")
    );
    assert_eq!(decode(&bytes, Charset::Gb18030).unwrap(), tricky);
    for (bytes, charset) in [
        (gb.as_slice(), Charset::Utf8),
        (ADT.as_bytes(), Charset::Ascii),
        (ADT.as_bytes(), Charset::Gb18030),
    ] {
        let fault = decode(bytes, charset).unwrap_err();
        assert_eq!(
            (fault.code, fault.at.to_string().as_str()),
            ("hl7.charset", "PID^1^5")
        );
    }
    let unknown = ADT.replace("UNICODE UTF-8", "BIG-5");
    let fault = Header::read(unknown.as_bytes())
        .unwrap()
        .declared_charset(Charset::Utf8);
    assert_eq!(fault.unwrap_err().at.to_string(), "MSH^1^18");
}

#[test]
fn frames_come_out_of_a_stream() {
    let mut framer = Framer::new(10);
    let mut bytes = b"\r\n".to_vec();
    bytes.extend(frame(b"one"));
    bytes.extend(b"noise");
    bytes.extend(frame(b"0123456789"));
    bytes.extend(frame(b"01234567890"));
    bytes.extend(b"\x0bbegun");
    bytes.extend(frame(b"a\x1cb"));
    let frames: Vec<Frame> = bytes
        .iter()
        .flat_map(|byte| framer.feed(&[*byte]))
        .collect();
    let message = |text: &str| Frame::Message(text.as_bytes().to_vec());
    let wanted = [
        message("one"),
        Frame::Stray,
        message("0123456789"),
        Frame::TooLarge,
        Frame::Stray,
        message("a\u{1c}b"),
    ];
    assert_eq!(frames, wanted);
    assert!(!framer.is_open());
    framer.feed(b"\x0bMSH");
    assert!(framer.is_open());
}

#[test]
fn an_answer_names_the_message_and_the_place() {
    let now: Instant = "2026-11-22T08:00:05+08:00".parse().unwrap();
    let fault = Message::parse("MSH|^~\\&|A\rPID|1||10").unwrap_err();
    let header = Header::of_text(ADT).unwrap();
    let said = |code, header: Option<&Header>, fault| {
        Ack {
            level: lianti_hl7v2::AckLevel::Application,
            header,
            code,
            control_id: "A1",
            now,
            fault,
        }
        .text()
    };
    assert_eq!(
        said(AckCode::Accept, Some(&header), None),
        "MSH|^~\\&|LIANTI||HIS|L1|20261122080005+0800||ACK^A01^ACK|A1|P|2.5.1||||||UNICODE UTF-8\r\
         MSA|AA|M1\r"
    );
    let refused = said(AckCode::Reject, Some(&header), Some(&fault));
    assert!(refused.contains("\rMSA|AR|M1|") && refused.contains("\rERR||PID^1^3|100^^HL70357|E|"));
    let old = Header::of_text(&ADT.replace("2.5.1", "2.3")).unwrap();
    let refused = said(AckCode::Error, Some(&old), Some(&fault));
    assert!(
        refused.ends_with("\rERR|PID^1^3^100&&HL70357\r"),
        "{refused}"
    );
    let unread = said(AckCode::Reject, None, Some(&fault));
    assert_eq!(
        Message::parse(&unread).unwrap().get("MSA-1").as_deref(),
        Some("AR")
    );
}

#[test]
fn times_keep_precision_and_zone() {
    let read = |text| Timestamp::parse(text, None);
    for (text, fhir) in [
        ("2026", "2026"),
        ("202602", "2026-02"),
        ("20260228", "2026-02-28"),
        ("2026022813", "2026-02-28T13:00:00+08:00"),
        ("202602281305", "2026-02-28T13:05:00+08:00"),
        ("20260228130509.5-0330", "2026-02-28T13:05:09.5-03:30"),
    ] {
        assert_eq!(read(text).unwrap().fhir(), fhir, "{text}");
    }
    assert_eq!(read("20260228").unwrap().precision, Precision::Day);
    let utc = read("20260228130509+0000").unwrap().instant();
    assert_eq!(utc, "2026-02-28T13:05:09Z".parse().unwrap());
    for text in [
        "",
        "20260230",
        "2026022825",
        "20260228130",
        "2026-02-28",
        "王",
        "20260228+8",
        "2026+王0",
        "20260228.1",
    ] {
        assert!(read(text).is_none(), "{text}");
    }
}

#[test]
fn paths_are_read_and_written() {
    for text in [
        "PID-3",
        "PID-3.1",
        "PID-3.1.2",
        "PID-3(5=PI).1",
        "ZPD-2(1=王)",
    ] {
        assert_eq!(text.parse::<Path>().unwrap().to_string(), text);
    }
    for text in [
        "",
        "PID",
        "PID-",
        "PID-0",
        "PID-3(5).1",
        "PID-3(5=PI)1",
        "PID-3.1.2.3",
        "pid-3",
        "PID-1000",
    ] {
        assert!(text.parse::<Path>().is_err(), "{text}");
    }
}

proptest! {
    #[test]
    fn any_text_comes_back_from_its_escape(text in "[ -~一-丰\n]*") {
        let value = escape(&text, &Separators::USUAL);
        prop_assert!(!value.contains(['|', '^', '~', '&', '\n']));
        prop_assert_eq!(unescape(&value, &Separators::USUAL), text);
    }

    #[test]
    fn any_message_is_written_back(fields in prop::collection::vec("[ -~一-丰]{0,12}", 0..6), lines in 0_usize..5) {
        let mut text = "MSH|^~\\&|A|B\r".to_owned();
        for _ in 0..lines {
            text = text + "ZAB|" + &fields.join("|") + "\r";
        }
        let message = Message::parse(&text).unwrap();
        prop_assert_eq!(message.text(), text);
        for segment in message.segments() {
            for number in 0..=segment.field_count(&message.separators) + 1 {
                segment.field(&message.separators, number);
            }
        }
    }

    #[test]
    fn any_bytes_are_read_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..200), head in any::<bool>()) {
        let mut all = if head { b"MSH|^~\\&|".to_vec() } else { Vec::new() };
        all.extend(&bytes);
        drop(Header::read(&all));
        for charset in [Charset::Utf8, Charset::Gb18030, Charset::Ascii] {
            if let Ok(text) = decode(&all, charset)
                && let Ok(message) = Message::parse(&text)
            {
                prop_assert_eq!(message.text(), text);
            }
        }
        let mut framer = Framer::new(50);
        framer.feed(&all);
        let _ = Timestamp::parse(&String::from_utf8_lossy(&bytes), None);
    }
}

//! Bytes as they come over MLLP: frames, the header, the declared charset, the message.
#![no_main]

use hl7v2::{Charset, Frame, Framer, Header, Message, decode, frame};
use libfuzzer_sys::fuzz_target;

const FRAME_BYTES_MAX: usize = 64 * 1024;

fn read(bytes: &[u8]) {
    let Ok(header) = Header::read(bytes) else {
        return;
    };
    let Ok(charset) = header.declared_charset(Charset::Utf8) else {
        return;
    };
    let Ok(text) = decode(bytes, charset) else {
        return;
    };
    let Ok(message) = Message::parse(&text) else {
        return;
    };
    for segment in message.segments() {
        for field in 1..=segment.name().len() + 20 {
            let path = format!("{}-{field}.1", segment.name());
            drop(message.get(&path));
        }
    }
    let again = Message::parse(&message.text()).expect("what was read is read again");
    assert_eq!(message.text(), again.text());
    drop(message.with_header_field(18, "UNICODE UTF-8"));
}

fuzz_target!(|bytes: &[u8]| {
    read(bytes);
    let whole = Framer::new(FRAME_BYTES_MAX).feed(bytes);
    // However the bytes are cut, the same frames come out.
    let mut framer = Framer::new(FRAME_BYTES_MAX);
    let mut pieces = Vec::new();
    for piece in bytes.chunks(3) {
        pieces.extend(framer.feed(piece));
    }
    assert_eq!(whole, pieces);
    for one in whole {
        if let Frame::Message(message) = one {
            read(&message);
            let framed = Framer::new(FRAME_BYTES_MAX).feed(&frame(&message));
            assert_eq!(framed, [Frame::Message(message)]);
        }
    }
});

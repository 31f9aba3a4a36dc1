//! Over a real connection.

use hl7v2::{Frame, Framer, Message, frame};
use testkit::on_each_engine;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::watch;

use super::world::{listed, message, modules, pid, said, world};
use crate::Listener;

async fn answers(stream: &mut TcpStream, count: usize) -> Vec<String> {
    let (mut framer, mut buffer, mut said_all) = (Framer::new(100_000), [0_u8; 4096], Vec::new());
    while said_all.len() < count {
        let read = stream.read(&mut buffer).await.unwrap();
        assert!(read > 0, "closed after {said_all:?}");
        for one in framer.feed(&buffer[..read]) {
            let Frame::Message(bytes) = one else {
                panic!("{one:?}")
            };
            said_all.push(said(
                &Message::parse(&String::from_utf8(bytes).unwrap()).unwrap(),
            ));
        }
    }
    said_all
}

#[test]
fn messages_of_a_connection_are_answered_in_order() {
    on_each_engine(modules, |app| async move {
        let world = world(&app).await;
        let listener = Listener::bind("127.0.0.1:0".parse().unwrap(), None)
            .await
            .unwrap();
        let address = listener.address().unwrap();
        let (stop, stopped) = watch::channel(false);
        let server = app.app.clone();
        let serving = listener.run(server, stopped);
        let client = async {
            let mut stream = TcpStream::connect(address).await.unwrap();
            let mut bytes = Vec::new();
            for number in 0..5 {
                let name = ["王一", "王二", "王三", "王四", "王五"][number];
                let text = message("ADT^A31", &format!("M{number}"), &pid("1001", name));
                bytes.extend(frame(text.as_bytes()));
            }
            bytes.extend(frame(b"not HL7"));
            stream.write_all(&bytes).await.unwrap();
            let said_all = answers(&mut stream, 6).await;
            assert_eq!(said_all[..5], ["AA"; 5]);
            assert_eq!(said_all[5], "AR hl7.no-msh MSH^1");
            // Cut in the middle: nothing is stored and nothing is answered.
            let cut = message("ADT^A31", "M9", &pid("1001", "王九"));
            let cut = frame(cut.as_bytes());
            stream.write_all(&cut[..cut.len() - 20]).await.unwrap();
            drop(stream);
            let mut stream = TcpStream::connect(address).await.unwrap();
            stream.write_all(&cut).await.unwrap();
            assert_eq!(answers(&mut stream, 1).await, ["AA"]);
            // More than a message may have.
            let large = vec![b'x'; crate::MESSAGE_BYTES_MAX + 1];
            stream.write_all(&frame(&large)).await.unwrap();
            assert_eq!(answers(&mut stream, 1).await, ["AR hl7.too-large MSH^1"]);
            // One that never stops being strange is not listened to.
            let mut stream = TcpStream::connect(address).await.unwrap();
            let noise: Vec<u8> = (0..20).flat_map(|_| frame(b"noise")).collect();
            stream.write_all(&noise).await.unwrap();
            let mut rest = Vec::new();
            let _ = stream.read_to_end(&mut rest).await;
            let count = rest.iter().filter(|byte| **byte == 0x1c).count();
            assert_eq!(count, 10);
            stop.send_replace(true);
        };
        tokio::join!(serving, client);
        let applied = listed(&world.admin, "?state=applied").await;
        assert_eq!(applied.len(), 6);
        assert_eq!(applied[0]["control_id"], "M9");
    });
}

//! Over a real connection.

use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Arc;

use hl7v2::{Frame, Framer, Message, frame};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName};
use testkit::{on_each_engine, on_sqlite};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::watch;

use super::world::{listed, message, modules, pid, said, world};
use crate::{Listener, TlsFiles};

async fn answers(stream: &mut (impl AsyncRead + Unpin), count: usize) -> Vec<String> {
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

/// An authority and a server's certificate, as an operator makes them.
fn make_certificates(folder: &Path) {
    let make = |name: &str, more: &[&str]| {
        let (key, pem) = (format!("{name}.key"), format!("{name}.pem"));
        let subject = format!("/CN={name}");
        let output = Command::new("openssl")
            .args([
                "req",
                "-x509",
                "-newkey",
                "ec",
                "-pkeyopt",
                "ec_paramgen_curve:P-256",
            ])
            .args([
                "-nodes", "-days", "3650", "-subj", &subject, "-keyout", &key, "-out", &pem,
            ])
            .args(more)
            .current_dir(folder)
            .stdin(Stdio::null())
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{said}");
    };
    make("authority", &[]);
    let signed = ["-CA", "authority.pem", "-CAkey", "authority.key"];
    let names = ["-addext", "subjectAltName=DNS:localhost"];
    let end = ["-addext", "basicConstraints=critical,CA:FALSE"];
    make("server", &[&signed[..], &names, &end].concat());
}

fn connector(folder: &Path) -> tokio_rustls::TlsConnector {
    let mut roots = rustls::RootCertStore::empty();
    let authority = CertificateDer::from_pem_file(folder.join("authority.pem")).unwrap();
    roots.add(authority).unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    tokio_rustls::TlsConnector::from(Arc::new(config))
}

#[test]
fn messages_come_over_tls_where_there_is_a_certificate() {
    on_sqlite(modules, |app| async move {
        let world = world(&app).await;
        let folder = app.test_store().dir.path().to_owned();
        make_certificates(&folder);
        let files = |name: &str| TlsFiles {
            certificate: folder.join(format!("{name}.pem")),
            key: folder.join("server.key"),
        };
        let any = "127.0.0.1:0".parse().unwrap();
        let missing = Listener::bind(any, Some(&files("nothing"))).await;
        assert_eq!(missing.err().map(|error| error.code()), Some("hl7.tls"));
        let listener = Listener::bind(any, Some(&files("server"))).await.unwrap();
        let address = listener.address().unwrap();
        let (stop, stopped) = watch::channel(false);
        let server = app.app.clone();
        let serving = listener.run(server, stopped);
        let client = async {
            let text = message("ADT^A31", "M1", &pid("1001", "王小明"));
            // In clear text nobody is listened to.
            let mut clear = TcpStream::connect(address).await.unwrap();
            clear.write_all(&frame(text.as_bytes())).await.unwrap();
            let mut rest = Vec::new();
            let _ = clear.read_to_end(&mut rest).await;
            assert!(!String::from_utf8_lossy(&rest).contains("MSA"));
            let stream = TcpStream::connect(address).await.unwrap();
            let name = ServerName::try_from("localhost").unwrap();
            let mut stream = connector(&folder).connect(name, stream).await.unwrap();
            stream.write_all(&frame(text.as_bytes())).await.unwrap();
            stream.flush().await.unwrap();
            assert_eq!(answers(&mut stream, 1).await, ["AA"]);
            stop.send_replace(true);
        };
        tokio::join!(serving, client);
        assert_eq!(listed(&world.admin, "").await.len(), 1);
    });
}

//! The line to a receiver: TCP or TLS, one message and its answer at a time.

use std::sync::Arc;
use std::time::Duration;

use hl7v2::{Charset, Frame, Framer, Header, frame};
use kernel::{Error, Result};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::{Instant as Moment, timeout, timeout_at};
use tokio_rustls::TlsConnector;

use super::answer::{Heard, hear};
use super::model::{AckMode, Receiver, Tls};

/// How long it may take to reach a receiver, and to hand it a message.
const REACHED: Duration = Duration::from_secs(10);
const HANDED: Duration = Duration::from_secs(30);
/// Bytes of one answer at most; of these so many are kept.
const ANSWER_BYTES_MAX: usize = 64 * 1024;
const ANSWER_CHARACTERS_KEPT: usize = 4_000;
/// Answers to other messages that are passed over before this one is given up.
const ANSWERS_MAX: usize = 20;
const BUFFER_BYTES: usize = 4 * 1024;

trait Line: AsyncRead + AsyncWrite + Unpin + Send {}
impl<T: AsyncRead + AsyncWrite + Unpin + Send> Line for T {}

/// What is sent.
#[derive(Clone, Debug)]
pub(super) struct Parcel {
    pub control_id: String,
    pub bytes: Vec<u8>,
}

/// How a try ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Ending {
    /// The receiver took it.
    Accepted,
    /// The receiver refused it for good, in these words.
    Refused(String),
    /// It is tried again: a stable code, and what is known.
    Failed(&'static str, String),
}

/// A try with what was answered.
#[derive(Clone, Debug)]
pub(super) struct Tried {
    pub ending: Ending,
    /// Acknowledgements as they came; nothing else that a machine may say.
    pub answer: Option<String>,
}

impl Tried {
    fn failed(code: &'static str, detail: impl Into<String>) -> Self {
        Self {
            ending: Ending::Failed(code, detail.into()),
            answer: None,
        }
    }
}

/// A line that is open.
pub(super) struct Link {
    stream: Box<dyn Line>,
    framer: Framer,
    /// Numbers of messages that were answered on it.
    answered: Vec<String>,
}

/// Reads the certificates of the authorities.
///
/// # Errors
/// `hl7.receiver-field` with the field.
pub(crate) fn check_tls(tls: &Tls, host: &str) -> Result<()> {
    connector(tls)
        .map(|_| ())
        .map_err(|detail| Error::invalid("hl7.receiver-field", "tls.ca_pem", detail))?;
    server_name(tls, host)
        .map(|_| ())
        .map_err(|detail| Error::invalid("hl7.receiver-field", "tls.server_name", detail))
}

fn connector(tls: &Tls) -> std::result::Result<TlsConnector, String> {
    let mut roots = rustls::RootCertStore::empty();
    for certificate in CertificateDer::pem_slice_iter(tls.ca_pem.as_bytes()) {
        let certificate = certificate.map_err(|error| format!("this is no PEM: {error}"))?;
        roots
            .add(certificate)
            .map_err(|error| format!("this is no certificate: {error}"))?;
    }
    if roots.is_empty() {
        return Err("there is no certificate in it".to_owned());
    }
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| error.to_string())?
        .with_root_certificates(roots)
        .with_no_client_auth();
    Ok(TlsConnector::from(Arc::new(config)))
}

fn server_name(tls: &Tls, host: &str) -> std::result::Result<ServerName<'static>, String> {
    let name = tls.server_name.as_deref().unwrap_or(host);
    let bare = name.trim_start_matches('[').trim_end_matches(']');
    ServerName::try_from(bare.to_owned()).map_err(|_| "this is no name of a server".to_owned())
}

async fn open(receiver: &Receiver) -> std::result::Result<Link, Tried> {
    let host = receiver.host.trim_start_matches('[').trim_end_matches(']');
    let dialled = timeout(REACHED, TcpStream::connect((host, receiver.port))).await;
    let stream = match dialled {
        Ok(Ok(stream)) => stream,
        Ok(Err(error)) => return Err(Tried::failed("hl7.unreachable", error.to_string())),
        Err(_) => return Err(Tried::failed("hl7.unreachable", "no answer in 10 seconds")),
    };
    let _ = stream.set_nodelay(true);
    let stream: Box<dyn Line> = match &receiver.tls {
        None => Box::new(stream),
        Some(tls) => {
            let wrong = |detail: String| Tried::failed("hl7.tls-failed", detail);
            let connector = connector(tls).map_err(wrong)?;
            let name = server_name(tls, host).map_err(wrong)?;
            match timeout(REACHED, connector.connect(name, stream)).await {
                Ok(Ok(stream)) => Box::new(stream),
                Ok(Err(error)) => return Err(wrong(error.to_string())),
                Err(_) => return Err(wrong("no answer in 10 seconds".to_owned())),
            }
        }
    };
    Ok(Link {
        stream,
        framer: Framer::new(ANSWER_BYTES_MAX),
        answered: Vec::new(),
    })
}

/// Sends a message over the line at hand, or a new one, and waits for its answer. A line that served
/// before and was closed since, as many receivers do after each message, is opened once more.
pub(super) async fn send(link: &mut Option<Link>, receiver: &Receiver, parcel: &Parcel) -> Tried {
    let used = link.is_some();
    let (tried, silent) = once(link, receiver, parcel).await;
    let again = used && silent;
    let tried = if again {
        *link = None;
        once(link, receiver, parcel).await.0
    } else {
        tried
    };
    if matches!(tried.ending, Ending::Failed(..)) {
        // What comes late over this line would answer the wrong message.
        *link = None;
    }
    tried
}

/// One try, and whether the line was closed without a word.
async fn once(link: &mut Option<Link>, receiver: &Receiver, parcel: &Parcel) -> (Tried, bool) {
    let mut line = match link.take() {
        Some(line) => line,
        None => match open(receiver).await {
            Ok(line) => line,
            Err(tried) => return (tried, false),
        },
    };
    let framed = frame(&parcel.bytes);
    let sending = async {
        line.stream.write_all(&framed).await?;
        line.stream.flush().await
    };
    match timeout(HANDED, sending).await {
        Ok(Ok(())) => {}
        Ok(Err(error)) => return (Tried::failed("hl7.line-broken", error.to_string()), true),
        Err(_) => {
            let detail = "the message was not taken off the line in 30 seconds";
            return (Tried::failed("hl7.line-broken", detail), false);
        }
    }
    let patience = Duration::from_secs(u64::from(receiver.answer_seconds));
    let mut listening = Listening {
        mode: receiver.acknowledgement,
        charset: receiver.charset.into(),
        patience,
        control_id: &parcel.control_id,
        heard: String::new(),
    };
    let (ending, silent) = listening.until_answered(&mut line).await;
    let answer = Some(listening.heard).filter(|heard| !heard.is_empty());
    line.answered.push(parcel.control_id.clone());
    *link = Some(line);
    (Tried { ending, answer }, silent)
}

/// Waiting for the answer to one message.
struct Listening<'a> {
    mode: AckMode,
    charset: Charset,
    patience: Duration,
    control_id: &'a str,
    heard: String,
}

impl Listening<'_> {
    async fn until_answered(&mut self, line: &mut Link) -> (Ending, bool) {
        let mut until = Moment::now() + self.patience;
        let mut buffer = [0_u8; BUFFER_BYTES];
        let mut answers = 0;
        loop {
            let count = match timeout_at(until, line.stream.read(&mut buffer)).await {
                Err(_) => return (self.nothing(line), false),
                Ok(Ok(count @ 1..)) => count,
                Ok(_) => return self.closed(line),
            };
            for found in line.framer.feed(&buffer[..count]) {
                answers += 1;
                match self.one(found, &line.answered) {
                    Some(ending) => return (ending, false),
                    // After "stored" the other answer may take as long again.
                    None if answers <= ANSWERS_MAX => until = Moment::now() + self.patience,
                    None => {
                        let detail = "too many answers to other messages";
                        return (Ending::Failed("hl7.answer-other", detail.to_owned()), false);
                    }
                }
            }
        }
    }

    fn nothing(&self, line: &Link) -> Ending {
        let detail = match (line.framer.is_open(), self.heard.is_empty()) {
            (true, _) => "the answer was begun and not ended",
            (false, true) => "the receiver did not answer in time",
            (false, false) => "the receiver stored it and did not say what became of it",
        };
        Ending::Failed("hl7.answer-missing", detail.to_owned())
    }

    fn closed(&self, line: &Link) -> (Ending, bool) {
        let begun = line.framer.is_open() || !self.heard.is_empty();
        let detail = if begun {
            "the receiver hung up in the middle of its answer"
        } else {
            "the receiver hung up without an answer"
        };
        (Ending::Failed("hl7.answer-cut", detail.to_owned()), !begun)
    }

    /// What a frame says; `None` where the answer is still to come.
    fn one(&mut self, found: Frame, earlier: &[String]) -> Option<Ending> {
        let bytes = match found {
            Frame::Message(bytes) => bytes,
            Frame::TooLarge => {
                let detail = "the answer is larger than 64 KiB";
                return Some(Ending::Failed("hl7.answer-unreadable", detail.to_owned()));
            }
            Frame::Stray => return None,
        };
        let text = self.read(&bytes);
        let heard = hear(self.mode, &text, self.control_id, earlier);
        if !matches!(heard, Heard::Strange("hl7.answer-unreadable")) {
            self.heard.push_str(&text);
            self.heard = self.heard.chars().take(ANSWER_CHARACTERS_KEPT).collect();
        }
        match heard {
            Heard::Accepted => Some(Ending::Accepted),
            Heard::Refused(said) => Some(Ending::Refused(said)),
            Heard::NotNow(said) => Some(Ending::Failed("hl7.not-now", said)),
            Heard::Strange(code) => {
                let detail = "the answer is none to this message";
                Some(Ending::Failed(code, detail.to_owned()))
            }
            Heard::Stored | Heard::Repeated => None,
        }
    }

    /// The answer as text, in the charset it declares or the receiver's.
    fn read(&self, bytes: &[u8]) -> String {
        let header = Header::read(bytes).ok();
        let declared = header.and_then(|header| header.declared_charset(self.charset).ok());
        hl7v2::decode(bytes, declared.unwrap_or(self.charset))
            .unwrap_or_else(|_| String::from_utf8_lossy(bytes).into_owned())
    }
}

//! MLLP over TCP: connections, frames, one answer a message.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use hl7v2::{Frame, Framer, frame};
use http::App;
use kernel::{Error, Kind, Result};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};
use tokio::task::JoinSet;
use tokio_rustls::TlsAcceptor;

use crate::intake;

/// Bytes of one message at most.
pub const MESSAGE_BYTES_MAX: usize = 1024 * 1024;
/// Connections at once.
const CONNECTIONS_MAX: usize = 64;
/// A connection on which nothing comes for so long is closed.
const IDLE: Duration = Duration::from_secs(15 * 60);
/// A begun message must go on within this.
const STALLED: Duration = Duration::from_secs(30);
/// How long a sender may take to fetch its answer.
const ANSWERED: Duration = Duration::from_secs(30);
/// After so many messages of strangers a connection is closed.
const STRANGE_MAX: usize = 10;
/// Pause after a connection could not be taken.
const PAUSE: Duration = Duration::from_millis(200);
const BUFFER_BYTES: usize = 16 * 1024;

/// Where the certificate and its key lie, in PEM.
#[derive(Clone, Debug)]
pub struct TlsFiles {
    /// The certificate, with those between it and the root.
    pub certificate: PathBuf,
    /// Its key.
    pub key: PathBuf,
}

/// A listener that has its address.
pub struct Listener {
    socket: TcpListener,
    tls: Option<TlsAcceptor>,
}

impl Listener {
    /// Takes the address; with TLS where there are files for it.
    ///
    /// # Errors
    /// `hl7.listen` when the address is taken, `hl7.tls` when the files cannot be used.
    pub async fn bind(address: SocketAddr, tls: Option<&TlsFiles>) -> Result<Self> {
        let tls = tls.map(acceptor).transpose()?;
        let socket = TcpListener::bind(address).await.map_err(|error| {
            let detail = format!("can't listen for HL7 v2 on {address}: {error}");
            Error::new(Kind::Unavailable, "hl7.listen", detail)
        })?;
        if tls.is_none() && !address.ip().is_loopback() {
            tracing::warn!(
                %address,
                "HL7 v2 comes in clear text: give tls_certificate and tls_key, or keep it in a network of its own"
            );
        }
        Ok(Self { socket, tls })
    }

    /// The address it has.
    ///
    /// # Errors
    /// Whatever the system reports.
    pub fn address(&self) -> Result<SocketAddr> {
        self.socket.local_addr().map_err(Error::internal)
    }

    /// Takes connections until `stop` changes, and ends when the messages begun are answered.
    pub async fn run(self, app: App, mut stop: watch::Receiver<bool>) {
        if let Err(error) = intake::resume(&app).await {
            tracing::warn!(?error, "messages to be done again wait for the next start");
        }
        let places = Arc::new(Semaphore::new(CONNECTIONS_MAX));
        let mut connections = JoinSet::new();
        loop {
            let taken = tokio::select! {
                _ = stop.changed() => break,
                taken = self.next(&places) => taken,
            };
            let Some((stream, peer, place)) = taken else {
                tokio::time::sleep(PAUSE).await;
                continue;
            };
            let (app, stop, tls) = (app.clone(), stop.clone(), self.tls.clone());
            connections.spawn(async move {
                let _place = place;
                let address = peer.ip().to_canonical().to_string();
                match tls {
                    None => serve(&app, stream, &address, stop).await,
                    Some(tls) => {
                        let greeting = tokio::time::timeout(STALLED, tls.accept(stream)).await;
                        if let Ok(Ok(stream)) = greeting {
                            serve(&app, stream, &address, stop).await;
                        }
                    }
                }
            });
            while connections.try_join_next().is_some() {}
        }
        while connections.join_next().await.is_some() {}
    }

    async fn next(
        &self,
        places: &Arc<Semaphore>,
    ) -> Option<(TcpStream, SocketAddr, OwnedSemaphorePermit)> {
        let place = Arc::clone(places).acquire_owned().await.ok()?;
        match self.socket.accept().await {
            Ok((stream, peer)) => Some((stream, peer, place)),
            Err(error) => {
                tracing::warn!(?error, "an HL7 v2 connection could not be taken");
                None
            }
        }
    }
}

fn acceptor(files: &TlsFiles) -> Result<TlsAcceptor> {
    let fail = |path: &Path, error: String| {
        let detail = format!("{} can't be used for TLS: {error}", path.display());
        Error::new(Kind::Invalid, "hl7.tls", detail)
    };
    let (certificate, key) = (files.certificate.as_path(), files.key.as_path());
    let chain = CertificateDer::pem_file_iter(certificate)
        .and_then(Iterator::collect::<std::result::Result<Vec<_>, _>>)
        .map_err(|error| fail(certificate, error.to_string()))?;
    let secret = PrivateKeyDer::from_pem_file(key).map_err(|error| fail(key, error.to_string()))?;
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = rustls::ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(Error::internal)?
        .with_no_client_auth()
        .with_single_cert(chain, secret)
        .map_err(|error| fail(certificate, error.to_string()))?;
    Ok(TlsAcceptor::from(Arc::new(config)))
}

/// Reads messages of one connection and answers each before it takes the next.
async fn serve(
    app: &App,
    mut stream: impl AsyncRead + AsyncWrite + Unpin,
    address: &str,
    mut stop: watch::Receiver<bool>,
) {
    let mut framer = Framer::new(MESSAGE_BYTES_MAX);
    let mut buffer = vec![0_u8; BUFFER_BYTES];
    let mut strange = 0;
    loop {
        let patience = if framer.is_open() { STALLED } else { IDLE };
        let read = tokio::select! {
            _ = stop.changed() => return,
            read = tokio::time::timeout(patience, stream.read(&mut buffer)) => read,
        };
        let Ok(Ok(count @ 1..)) = read else { return };
        for frame_in in framer.feed(&buffer[..count]) {
            let answers = match frame_in {
                Frame::Message(bytes) => {
                    let answer = intake::receive(app, &bytes, address).await;
                    strange += usize::from(!answer.known);
                    answer.frames
                }
                Frame::TooLarge => {
                    strange += 1;
                    vec![intake::too_large(app)]
                }
                Frame::Stray => continue,
            };
            let framed: Vec<u8> = answers.iter().flat_map(|answer| frame(answer)).collect();
            let sending = async {
                stream.write_all(&framed).await?;
                stream.flush().await
            };
            let sent = tokio::time::timeout(ANSWERED, sending).await;
            if !matches!(sent, Ok(Ok(()))) || strange >= STRANGE_MAX {
                return;
            }
        }
    }
}

//! Where a PostgreSQL is and how safely it is spoken to: the database URL, read once.
//!
//! `sslmode` and `sslrootcert` mean what they mean to PostgreSQL's own programs, with one difference:
//! `prefer`, the default, never falls back to clear text with a server on another machine. Clear text
//! over a network is something an operator writes down: `sslmode=disable`.

use std::error::Error as StdError;
use std::fs;
use std::net::IpAddr;
use std::path::PathBuf;
use std::sync::Arc;

use kernel::{Error, Kind, Result};
use postgres::config::{Host, SslMode};
use postgres::{Client, Config};
use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{CryptoProvider, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::server::ParsedCertificate;
use rustls::{
    CertificateError, ClientConfig, DigitallySignedStruct, RootCertStore, SignatureScheme,
};
use tokio_postgres_rustls::MakeRustlsConnect;

use super::value::failure;

/// What the driver says when a server has no TLS; it has no code for it.
const NO_TLS: &str = "server does not support TLS";

/// A database's address.
pub(crate) struct Address {
    config: Config,
    tls: MakeRustlsConnect,
}

/// How much is asked of the connection, as PostgreSQL's programs name it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Mode {
    Disable,
    Prefer,
    Require,
    VerifyCa,
    VerifyFull,
}

impl Address {
    /// Reads `postgres://…`, and the certificate of the authority where one is named.
    ///
    /// # Errors
    /// `store.url` for one that can't be read, `store.tls-root` for an authority that can't.
    pub(crate) fn parse(url: &str) -> Result<Self> {
        let (plain, mode, root) = split(url)?;
        let mut config: Config = plain.parse().map_err(|error: postgres::Error| {
            let cause = error
                .source()
                .map_or_else(String::new, |cause| format!(": {cause}"));
            refused(format!("the database URL can't be read{cause}"))
        })?;
        let mode = match (mode, &root) {
            (Mode::Require, Some(_)) => Mode::VerifyCa,
            (Mode::VerifyCa | Mode::VerifyFull, None) => {
                let detail = "this sslmode needs sslrootcert=FILE: the certificate of the authority \
                              that signed the database's, or the database's own";
                return Err(Error::new(Kind::Unsupported, "store.tls-root", detail));
            }
            (mode, _) => mode,
        };
        config.ssl_mode(match mode {
            Mode::Disable => SslMode::Disable,
            Mode::Prefer if is_local(&config) => SslMode::Prefer,
            _ => SslMode::Require,
        });
        let tls = connector(mode, root)?;
        Ok(Self { config, tls })
    }

    /// Connects, in clear text only where that is harmless or was asked for.
    ///
    /// # Errors
    /// `store.tls-missing`, `store.tls-refused`, `store.unreachable`.
    pub(crate) fn connect(&self) -> Result<Client> {
        self.config.connect(self.tls.clone()).map_err(|error| {
            let mut cause = error.source();
            while let Some(one) = cause {
                if one.to_string() == NO_TLS {
                    let detail = "the database offers no encryption (TLS), and this address does not \
                                  go without; set `ssl = on` and a certificate there, or, if the \
                                  network between is trusted, write sslmode=disable into the address";
                    return Error::new(Kind::Unsupported, "store.tls-missing", detail);
                }
                if let Some(refusal) = certificate_refusal(one) {
                    let detail = format!(
                        "the database's certificate is not accepted: {refusal}; compare the host's \
                         name in the address with the certificate, and sslrootcert with its authority"
                    );
                    return Error::new(Kind::Unsupported, "store.tls-refused", detail);
                }
                cause = one.source();
            }
            failure(error)
        })
    }
}

/// The TLS library's refusal, which the driver wraps as an error of input and output.
fn certificate_refusal(cause: &(dyn StdError + 'static)) -> Option<String> {
    let inner = cause.downcast_ref::<std::io::Error>()?.get_ref()?;
    inner
        .downcast_ref::<rustls::Error>()
        .map(ToString::to_string)
}

/// Takes what the driver does not know out of the URL.
fn split(url: &str) -> Result<(String, Mode, Option<PathBuf>)> {
    let (mut mode, mut root) = (Mode::Prefer, None);
    // A password may hold a question mark; what follows it may not.
    let host_at = url.find('@').unwrap_or(0);
    let Some(query_at) = url[host_at..].find('?').map(|at| host_at + at) else {
        return Ok((url.to_owned(), mode, root));
    };
    let mut kept = Vec::new();
    for pair in url[query_at + 1..]
        .split('&')
        .filter(|pair| !pair.is_empty())
    {
        match pair.split_once('=').unwrap_or((pair, "")) {
            ("sslmode", word) => mode = mode_of(word)?,
            ("sslrootcert", path) => root = Some(PathBuf::from(percent_decoded(path)?)),
            _ => kept.push(pair),
        }
    }
    let mark = if kept.is_empty() { "" } else { "?" };
    let plain = format!("{}{mark}{}", &url[..query_at], kept.join("&"));
    Ok((plain, mode, root))
}

fn mode_of(word: &str) -> Result<Mode> {
    match word {
        "disable" => Ok(Mode::Disable),
        "prefer" => Ok(Mode::Prefer),
        "require" => Ok(Mode::Require),
        "verify-ca" => Ok(Mode::VerifyCa),
        "verify-full" => Ok(Mode::VerifyFull),
        _ => Err(refused(
            "sslmode is one of disable, prefer, require, verify-ca, verify-full".to_owned(),
        )),
    }
}

fn percent_decoded(text: &str) -> Result<String> {
    let mut pieces = text.split('%');
    let mut bytes = pieces.next().unwrap_or_default().as_bytes().to_vec();
    for piece in pieces {
        let digits = piece.get(..2).and_then(crate::audit::unhex);
        bytes
            .extend(digits.ok_or_else(|| refused("a % is not followed by two digits".to_owned()))?);
        bytes.extend_from_slice(&piece.as_bytes()[2..]);
    }
    String::from_utf8(bytes).map_err(|_| refused("sslrootcert is no UTF-8 text".to_owned()))
}

fn refused(detail: String) -> Error {
    Error::new(Kind::Unsupported, "store.url", detail)
}

/// Does nothing of the connection leave this machine?
fn is_local(config: &Config) -> bool {
    if !config.get_hostaddrs().is_empty() {
        return config.get_hostaddrs().iter().all(IpAddr::is_loopback);
    }
    config.get_hosts().iter().all(|host| match host {
        Host::Unix(_) => true,
        Host::Tcp(name) => {
            let name = name.trim_matches(['[', ']']);
            name == "localhost"
                || name
                    .parse::<IpAddr>()
                    .is_ok_and(|address| address.is_loopback())
        }
    })
}

fn connector(mode: Mode, root: Option<PathBuf>) -> Result<MakeRustlsConnect> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let mut roots = Vec::new();
    if let Some(path) = root {
        let fail = |reason: String| {
            let detail = format!("the certificate {} can't be used: {reason}", path.display());
            Error::new(Kind::Unsupported, "store.tls-root", detail)
        };
        let bytes = fs::read(&path).map_err(|error| fail(error.to_string()))?;
        for certificate in CertificateDer::pem_slice_iter(&bytes) {
            roots.push(certificate.map_err(|error| fail(error.to_string()))?);
        }
        if roots.is_empty() {
            return Err(fail("there is no certificate in it".to_owned()));
        }
    }
    let mut store = RootCertStore::empty();
    store.add_parsable_certificates(roots.iter().cloned());
    let chain = if store.is_empty() {
        None
    } else {
        let builder = WebPkiServerVerifier::builder_with_provider(store.into(), provider.clone());
        Some(builder.build().map_err(Error::internal)?)
    };
    let verifier = Verifier {
        provider: provider.clone(),
        roots,
        chain,
        names: mode == Mode::VerifyFull,
    };
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(Error::internal)?
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(verifier))
        .with_no_client_auth();
    Ok(MakeRustlsConnect::new(config))
}

/// Looks at a database's certificate as far as the mode asks.
#[derive(Debug)]
struct Verifier {
    provider: Arc<CryptoProvider>,
    /// What the operator trusts; nothing means that any certificate will do.
    roots: Vec<CertificateDer<'static>>,
    chain: Option<Arc<WebPkiServerVerifier>>,
    /// Must the certificate bear the host's name?
    names: bool,
}

impl ServerCertVerifier for Verifier {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        let Some(chain) = &self.chain else {
            return Ok(ServerCertVerified::assertion());
        };
        // A database that signed its own certificate is known by that certificate itself.
        if self.roots.iter().any(|root| root == end_entity) {
            if self.names {
                let parsed = ParsedCertificate::try_from(end_entity)?;
                rustls::client::verify_server_name(&parsed, server_name)?;
            }
            return Ok(ServerCertVerified::assertion());
        }
        let verified =
            chain.verify_server_cert(end_entity, intermediates, server_name, ocsp_response, now);
        match verified {
            // The name is looked at last: everything else was right.
            Err(rustls::Error::InvalidCertificate(
                CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. },
            )) if !self.names => Ok(ServerCertVerified::assertion()),
            other => other,
        }
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        let algorithms = &self.provider.signature_verification_algorithms;
        verify_tls12_signature(message, certificate, signature, algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        let algorithms = &self.provider.signature_verification_algorithms;
        verify_tls13_signature(message, certificate, signature, algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.provider
            .signature_verification_algorithms
            .supported_schemes()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clear_text_over_a_network_must_be_written_down() {
        let cases = [
            ("postgres://u@127.0.0.1:5432/l", SslMode::Prefer),
            ("postgres://u@localhost/l", SslMode::Prefer),
            ("postgres://u@[::1]/l", SslMode::Prefer),
            ("postgres://u@/l?host=/run/postgresql", SslMode::Prefer),
            ("postgres://u@db.example/l", SslMode::Require),
            ("postgres://u:a?b=c@db.example/l", SslMode::Require),
            ("postgres://u@10.0.0.7/l?sslmode=prefer", SslMode::Require),
            ("postgres://u@127.0.0.1,10.0.0.7/l", SslMode::Require),
            (
                "postgres://u@db.example/l?hostaddr=127.0.0.1",
                SslMode::Prefer,
            ),
            (
                "postgres://u@localhost/l?hostaddr=10.0.0.7",
                SslMode::Require,
            ),
            ("postgres://u@127.0.0.1/l?sslmode=require", SslMode::Require),
            (
                "postgres://u@db.example/l?options=-c%20search_path%3Dx&sslmode=disable",
                SslMode::Disable,
            ),
        ];
        for (url, expected) in cases {
            let address = Address::parse(url)
                .map_err(|error| error.to_string())
                .unwrap();
            assert_eq!(address.config.get_ssl_mode(), expected, "{url}");
        }
        let kept = split("postgres://u@h/l?options=-c%20a%3Db&sslmode=disable").unwrap();
        assert_eq!(kept.0, "postgres://u@h/l?options=-c%20a%3Db");
    }

    #[test]
    fn what_can_not_be_meant_is_refused() {
        let cases = [
            ("postgres://u@h/l?sslmode=allow", "store.url"),
            ("postgres://u@h/l?sslcert=x", "store.url"),
            ("postgres://u@h/l?sslmode=verify-full", "store.tls-root"),
            (
                "postgres://u@h/l?sslmode=verify-ca&sslrootcert=/no/such%20file",
                "store.tls-root",
            ),
            ("postgres://u@h/l?sslrootcert=%2", "store.url"),
        ];
        for (url, expected) in cases {
            let refusal = Address::parse(url).err().unwrap();
            assert_eq!(refusal.code(), expected, "{url}: {refusal}");
        }
    }
}

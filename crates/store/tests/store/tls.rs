//! PostgreSQL over TLS, against a server of the test's own with a certificate of its own.

use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use kernel::Result;
use store::{Options, Store};
use tempfile::TempDir;

/// Where Debian keeps the server's programs, one folder a version; elsewhere they are on the path.
fn programs() -> Option<PathBuf> {
    let versions = std::fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten();
    let mut folders: Vec<PathBuf> = versions
        .flatten()
        .map(|entry| entry.path().join("bin"))
        .filter(|folder| folder.join("initdb").is_file())
        .collect();
    folders.sort();
    folders.pop()
}

fn run(command: &mut Command) -> String {
    let output = command.stdin(Stdio::null()).output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{command:?}: {said}");
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// A cluster that takes connections over TLS only; it ends with the test.
struct TlsServer {
    folder: TempDir,
    programs: PathBuf,
    is_root: bool,
    port: u16,
}

impl TlsServer {
    fn start(programs: PathBuf) -> Self {
        let folder = TempDir::new().unwrap();
        let is_root = run(Command::new("id").arg("-u")).trim() == "0";
        let port = TcpListener::bind("127.0.0.1:0")
            .unwrap()
            .local_addr()
            .unwrap()
            .port();
        let server = Self {
            folder,
            programs,
            is_root,
            port,
        };
        server.make_certificates();
        if is_root {
            run(Command::new("chown")
                .args(["-R", "postgres"])
                .arg(server.folder.path()));
        }
        let data = server.path("data");
        let making = [
            "--username=lianti",
            "--auth=trust",
            "--locale=C",
            "--encoding=UTF8",
        ];
        run(server
            .command("initdb")
            .args(making)
            .args(["--no-sync", "--pgdata"])
            .arg(&data));
        let rules = "hostssl all all 127.0.0.1/32 trust\n";
        std::fs::write(data.join("pg_hba.conf"), rules).unwrap();
        let options = format!(
            "-c listen_addresses=127.0.0.1 -c port={port} -c unix_socket_directories={0} -c ssl=on \
             -c ssl_cert_file={0}/server.pem -c ssl_key_file={0}/server.key",
            server.folder.path().display()
        );
        // pg_ctl hands its output to the server, which would keep a captured pipe open for ever.
        let started = server
            .command("pg_ctl")
            .args(["start", "--wait", "--silent", "--pgdata"])
            .arg(&data)
            .arg("--log")
            .arg(server.path("log"))
            .args(["--options", &options])
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .status()
            .unwrap();
        let log = std::fs::read_to_string(server.path("log")).unwrap_or_default();
        assert!(started.success(), "{log}");
        server
    }

    /// An authority, a certificate it signed for `localhost`, and one of another authority.
    fn make_certificates(&self) {
        let make = |name: &str, more: &[&str]| {
            let key = format!("{name}.key");
            let pem = format!("{name}.pem");
            let subject = format!("/CN={name}");
            let new = [
                "req",
                "-x509",
                "-newkey",
                "ec",
                "-pkeyopt",
                "ec_paramgen_curve:P-256",
            ];
            let shape = [
                "-nodes", "-days", "3650", "-subj", &subject, "-keyout", &key, "-out", &pem,
            ];
            let mut command = Command::new("openssl");
            run(command
                .args(new)
                .args(shape)
                .args(more)
                .current_dir(self.folder.path()));
        };
        make("authority", &[]);
        make("stranger", &[]);
        let signed = ["-CA", "authority.pem", "-CAkey", "authority.key"];
        let names = ["-addext", "subjectAltName=DNS:localhost"];
        let end = ["-addext", "basicConstraints=critical,CA:FALSE"];
        make("server", &[&signed[..], &names, &end].concat());
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// PostgreSQL refuses to run as root; Debian's package brings a user for it.
    fn command(&self, program: &str) -> Command {
        let program = self.programs.join(program);
        let mut command = if self.is_root {
            let mut command = Command::new("runuser");
            command.args(["-u", "postgres", "--"]).arg(program);
            command
        } else {
            Command::new(program)
        };
        command.current_dir("/");
        command
    }

    fn open(&self, host: &str, query: &str) -> Result<()> {
        let url = format!("postgres://lianti@{host}:{}/postgres{query}", self.port);
        open(&url, &self.path("store"))
    }
}

impl Drop for TlsServer {
    fn drop(&mut self) {
        let data = self.path("data");
        let mut stop = self.command("pg_ctl");
        stop.args(["stop", "--silent", "--mode=immediate", "--pgdata"])
            .arg(data);
        drop(stop.stdin(Stdio::null()).stdout(Stdio::null()).status());
    }
}

fn open(url: &str, folder: &Path) -> Result<()> {
    let options = Options {
        readers: 1,
        writers: 1,
        ..Options::new(url, folder)
    };
    let store = Store::open(&options)?;
    // The connections of the queues are made at first use.
    store.migrate(&[])?;
    store.close();
    Ok(())
}

#[test]
fn a_connection_is_encrypted_and_the_certificate_looked_at_as_far_as_asked() {
    let Some(programs) = programs() else {
        println!("SKIPPED: PostgreSQL's programs are not installed, so TLS was not tried");
        return;
    };
    let server = TlsServer::start(programs);
    let root = |name: &str| format!("sslrootcert={}", server.path(name).display());
    let (authority, stranger, own) = (
        root("authority.pem"),
        root("stranger.pem"),
        root("server.pem"),
    );
    let cases = [
        ("127.0.0.1", String::new(), ""),
        ("127.0.0.1", "?sslmode=prefer".to_owned(), ""),
        ("127.0.0.1", "?sslmode=require".to_owned(), ""),
        ("localhost", format!("?sslmode=verify-full&{authority}"), ""),
        ("localhost", format!("?sslmode=verify-full&{own}"), ""),
        ("127.0.0.1", format!("?sslmode=verify-ca&{authority}"), ""),
        ("127.0.0.1", format!("?sslmode=require&{authority}"), ""),
        // The certificate is not for this name.
        (
            "127.0.0.1",
            format!("?sslmode=verify-full&{authority}"),
            "store.tls-refused",
        ),
        (
            "127.0.0.1",
            format!("?sslmode=verify-full&{own}"),
            "store.tls-refused",
        ),
        // Another authority signed it.
        (
            "localhost",
            format!("?sslmode=verify-full&{stranger}"),
            "store.tls-refused",
        ),
        (
            "localhost",
            format!("?sslmode=require&{stranger}"),
            "store.tls-refused",
        ),
        (
            "localhost",
            "?sslmode=verify-full".to_owned(),
            "store.tls-root",
        ),
        // This server takes no clear text.
        (
            "127.0.0.1",
            "?sslmode=disable".to_owned(),
            "server.internal",
        ),
    ];
    for (host, query, expected) in cases {
        let found = server.open(host, &query).map_err(|error| error.code());
        let expected = if expected.is_empty() {
            Ok(())
        } else {
            Err(expected)
        };
        assert_eq!(found, expected, "{host} {query}");
    }
}

#[test]
fn a_server_without_tls_is_refused_when_tls_was_asked_for() {
    for engine in testkit::TestEngine::all() {
        let testkit::TestEngine::Postgres(url) = engine else {
            continue;
        };
        let folder = TempDir::new().unwrap();
        let mark = if url.contains('?') { '&' } else { '?' };
        let refused = open(&format!("{url}{mark}sslmode=require"), folder.path()).unwrap_err();
        assert_eq!(refused.code(), "store.tls-missing");
        assert!(refused.detail().contains("sslmode=disable"), "{refused}");
    }
}

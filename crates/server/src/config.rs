//! The command line, the config file and the environment: read once, here.

use std::net::{IpAddr, SocketAddr};
use std::path::{Path, PathBuf};

use clap::{Args, Parser, Subcommand};
use kernel::{Error, Kind, Result};
use serde::Deserialize;

/// The address listened on unless told otherwise.
const LISTEN: &str = "127.0.0.1:8080";
/// The data folder unless told otherwise.
const DATA: &str = "./data";

/// Lianti (联体): the open platform a medical consortium runs on.
///
/// One binary serves the web interface, the API and the background work. Data lie in one folder
/// (an embedded SQLite database, attachments, keys) or in a PostgreSQL database named by --database.
///
/// Begin with `lianti demo` to look around, or for real use:
///   lianti migrate
///   lianti admin create --username admin --name "张三"
///   lianti import roster roster.xlsx
///   lianti serve
#[derive(Parser, Debug)]
#[command(name = "lianti", version, verbatim_doc_comment)]
pub struct Cli {
    /// Settings shared by all commands.
    #[command(flatten)]
    pub settings: Settings,
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// Settings from flags or the environment; the config file fills what is left.
#[derive(Args, Debug, Clone)]
pub struct Settings {
    /// Folder for the embedded database, attachments, keys and audit witnesses [default: ./data]
    #[arg(long, global = true, env = "LIANTI_DATA")]
    pub data: Option<PathBuf>,
    /// Database: sqlite:PATH or postgres://USER@HOST/NAME [default: sqlite in the data folder]
    ///
    /// Add ?sslmode=verify-full&sslrootcert=FILE for a PostgreSQL on another machine. Without sslmode
    /// such a connection is encrypted or refused; sslmode=disable allows clear text.
    #[arg(long, global = true, env = "LIANTI_DATABASE", hide_env_values = true)]
    pub database: Option<String>,
    /// Address to listen on [default: 127.0.0.1:8080]
    #[arg(long, global = true, env = "LIANTI_LISTEN")]
    pub listen: Option<SocketAddr>,
    /// Address to take HL7 v2 messages on (MLLP); off unless given
    #[arg(long, global = true, env = "LIANTI_HL7_LISTEN")]
    pub hl7_listen: Option<SocketAddr>,
    /// TOML file with the same names: data, database, listen, name, behind_tls, trusted_proxies;
    /// and a table [hl7] with listen, tls_certificate, tls_key
    #[arg(long, global = true, env = "LIANTI_CONFIG")]
    pub config: Option<PathBuf>,
    /// What to log: error, warn, info, debug, or a filter such as lianti_http=debug
    #[arg(long, global = true, env = "LIANTI_LOG", default_value = "info")]
    pub log: String,
}

/// The commands.
#[derive(Subcommand, Debug)]
pub enum Command {
    /// Serve the web interface and the API
    ///
    /// Refuses to start on a database that is half-migrated, was used by a newer version, or needs
    /// `lianti migrate` first. Stop it with Ctrl-C or SIGTERM: it finishes what was begun.
    Serve,
    /// Create a demonstration consortium, serve it with one-click sign-in
    ///
    /// Invented places and people; nothing leaves this machine, so it listens on loopback only. The
    /// consortium is made once in the data folder and kept; delete the folder to begin anew.
    Demo {
        /// Days of work that the simulator plays
        #[arg(long, default_value_t = 90)]
        days: u16,
        /// Seed of the generator: the same seed gives the same consortium
        #[arg(long, default_value_t = 20_261_122)]
        seed: u64,
        /// Make the data and stop
        #[arg(long)]
        prepare_only: bool,
    },
    /// Accounts for administrators
    #[command(subcommand)]
    Admin(AdminCommand),
    /// Bring data in
    #[command(subcommand)]
    Import(ImportCommand),
    /// Write all data as open files (one JSON-lines file a table, no secrets)
    Export {
        /// A new folder
        folder: PathBuf,
    },
    /// Write a backup while the server runs, or check one
    #[command(args_conflicts_with_subcommands = true)]
    Backup {
        /// A new folder
        folder: Option<PathBuf>,
        /// Put the keys in as well (audit signature, second factors); keep such a backup as you
        /// would keep the keys
        #[arg(long)]
        with_keys: bool,
        /// Check a backup instead
        #[command(subcommand)]
        check: Option<BackupCommand>,
    },
    /// Fill an empty database from a backup; SQLite and PostgreSQL read each other's backups
    Restore {
        /// The backup's folder
        folder: PathBuf,
    },
    /// The audit chain
    #[command(subcommand)]
    Audit(AuditCommand),
    /// Create or upgrade the tables; take a backup first
    Migrate,
}

/// Accounts for administrators.
#[derive(Subcommand, Debug)]
pub enum AdminCommand {
    /// Create the administrators' accounts; passwords are typed, never given as an argument
    ///
    /// The account gets the role system-admin, or the one named by --role (security-admin,
    /// audit-admin): three people should hold the three.
    Create {
        /// What is typed at sign-in
        #[arg(long)]
        username: String,
        /// The name shown
        #[arg(long)]
        name: String,
        /// system-admin, security-admin or audit-admin
        #[arg(long, default_value = "system-admin")]
        role: String,
        /// Code of the organization; by default the first one
        #[arg(long)]
        organization: Option<String>,
        /// Read the password from standard input instead of the terminal
        #[arg(long)]
        password_stdin: bool,
    },
}

/// Bring data in.
#[derive(Subcommand, Debug)]
pub enum ImportCommand {
    /// Organizations, departments, people, schedules, beds and equipment from xlsx or csv
    ///
    /// Shows what would happen and every oddity by cell; with --apply does it, all or nothing.
    Roster {
        /// The file
        file: PathBuf,
        /// Import for real
        #[arg(long)]
        apply: bool,
    },
}

/// Check a backup.
#[derive(Subcommand, Debug)]
pub enum BackupCommand {
    /// Restore into a scratch place, check counts, holds and the audit chain, write a report
    Verify {
        /// The backup's folder
        folder: PathBuf,
    },
}

/// The audit chain.
#[derive(Subcommand, Debug)]
pub enum AuditCommand {
    /// Prove that no entry was edited, removed, reordered or cut off; names what is wrong
    Verify,
}

/// The config file. Names as the flags; flags and environment win.
#[derive(Deserialize, Debug, Default)]
#[serde(deny_unknown_fields)]
struct File {
    data: Option<PathBuf>,
    database: Option<String>,
    listen: Option<SocketAddr>,
    name: Option<String>,
    behind_tls: Option<bool>,
    trusted_proxies: Option<Vec<IpAddr>>,
    #[serde(default)]
    hl7: Hl7File,
}

/// The table `[hl7]` of the config file.
#[derive(Deserialize, Debug, Default)]
#[serde(deny_unknown_fields)]
struct Hl7File {
    listen: Option<SocketAddr>,
    tls_certificate: Option<PathBuf>,
    tls_key: Option<PathBuf>,
}

/// Where HL7 v2 messages are taken.
#[derive(Debug, Clone)]
pub struct Hl7 {
    /// The address.
    pub listen: SocketAddr,
    /// Certificate and key, where it speaks TLS.
    pub tls: Option<hl7v2_server::TlsFiles>,
}

/// What the program runs with.
#[derive(Debug, Clone)]
pub struct Resolved {
    /// The data folder.
    pub data: PathBuf,
    /// The database's URL.
    pub database: String,
    /// Where to listen.
    pub listen: SocketAddr,
    /// Name of the installation.
    pub name: String,
    /// Is the site reached over TLS?
    pub behind_tls: bool,
    /// Proxies whose word about the caller's address is taken.
    pub trusted_proxies: Vec<IpAddr>,
    /// Where HL7 v2 messages are taken, if anywhere.
    pub hl7: Option<Hl7>,
}

impl Settings {
    /// Flags and environment, then the config file, then defaults.
    ///
    /// # Errors
    /// `config.file`: the file can't be read, with the place.
    pub fn resolve(&self) -> Result<Resolved> {
        let file = self
            .config
            .as_deref()
            .map(read)
            .transpose()?
            .unwrap_or_default();
        let data = self
            .data
            .clone()
            .or(file.data)
            .unwrap_or_else(|| PathBuf::from(DATA));
        let database = self
            .database
            .clone()
            .or(file.database)
            .unwrap_or_else(|| format!("sqlite:{}", data.join("lianti.db").display()));
        let listen = self.listen.or(file.listen);
        Ok(Resolved {
            data,
            database,
            listen: listen.unwrap_or_else(|| LISTEN.parse().expect("the default address parses")),
            name: file.name.unwrap_or_else(|| "联体 Lianti".to_owned()),
            behind_tls: file.behind_tls.unwrap_or(false),
            trusted_proxies: file.trusted_proxies.unwrap_or_default(),
            hl7: hl7(self.hl7_listen, file.hl7)?,
        })
    }
}

/// TLS needs both files: with one of them the operator believes in an encryption that there is not.
fn hl7(listen: Option<SocketAddr>, file: Hl7File) -> Result<Option<Hl7>> {
    let tls = match (file.tls_certificate, file.tls_key) {
        (None, None) => None,
        (Some(certificate), Some(key)) => Some(hl7v2_server::TlsFiles { certificate, key }),
        _ => {
            let detail = "[hl7] needs tls_certificate and tls_key together";
            return Err(Error::new(Kind::Invalid, "config.file", detail));
        }
    };
    Ok(listen.or(file.listen).map(|listen| Hl7 { listen, tls }))
}

fn read(path: &Path) -> Result<File> {
    let fail = |detail: String| Error::new(Kind::Invalid, "config.file", detail);
    let text = std::fs::read_to_string(path)
        .map_err(|error| fail(format!("{} can't be read: {error}", path.display())))?;
    toml::from_str(&text).map_err(|error| fail(format!("{}: {error}", path.display())))
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_command_line_is_consistent() {
        Cli::command().debug_assert();
    }

    #[test]
    fn flags_win_over_the_file_and_unknown_names_are_refused() {
        let dir = std::env::temp_dir().join(format!("lianti-config-{}", std::process::id()));
        std::fs::create_dir_all(&dir).unwrap();
        let path = dir.join("lianti.toml");
        std::fs::write(&path, "listen = \"127.0.0.1:1\"\nname = \"云岭\"\n").unwrap();
        let parse = |args: &[&str]| Cli::parse_from(args).settings.resolve();
        let config = path.display().to_string();
        let resolved = parse(&[
            "lianti",
            "serve",
            "--config",
            &config,
            "--listen",
            "127.0.0.1:2",
        ])
        .unwrap();
        assert_eq!(
            (resolved.listen.port(), resolved.name.as_str()),
            (2, "云岭")
        );
        std::fs::write(&path, "[hl7]\nlisten = \"127.0.0.1:2575\"\n").unwrap();
        let resolved = parse(&["lianti", "serve", "--config", &config]).unwrap();
        assert_eq!(resolved.hl7.map(|hl7| hl7.listen.port()), Some(2575));
        std::fs::write(&path, "[hl7]\ntls_key = \"key.pem\"\n").unwrap();
        assert!(parse(&["lianti", "serve", "--config", &config]).is_err());
        std::fs::write(&path, "listne = \"127.0.0.1:1\"\n").unwrap();
        let refused = parse(&["lianti", "serve", "--config", &config]).unwrap_err();
        assert!(refused.detail().contains("listne"), "{refused}");
        std::fs::remove_dir_all(&dir).unwrap();
    }
}

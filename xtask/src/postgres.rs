//! A private PostgreSQL cluster in a temporary folder, for tests, the bench and development.
//!
//! It trusts loopback, listens on a free port, keeps `fsync` on (durability is what we test) and
//! sorts by bytes (`C`), as every Lianti database must. It ends with xtask.

use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::Outcome;
use crate::run::{self, Watchdog};

/// The variable by which tests and the bench find the cluster.
pub(crate) const URL_VARIABLE: &str = "LIANTI_TEST_POSTGRES";

const CONNECTIONS_MAX: u32 = 200;

/// A running cluster; dropping it stops it and deletes its folder.
pub(crate) struct Cluster {
    /// `postgres://lianti@127.0.0.1:PORT/lianti`
    pub(crate) url: String,
    _watchdog: Watchdog,
}

impl Cluster {
    /// Makes and starts a cluster on the disk.
    pub(crate) fn start() -> Result<Cluster, String> {
        Cluster::start_in(&std::env::temp_dir())
    }

    /// Makes and starts a cluster in a folder of its own below `base`.
    pub(crate) fn start_in(base: &Path) -> Result<Cluster, String> {
        let programs = programs().ok_or(
            "PostgreSQL is not installed. On Debian: apt-get install postgresql (the tests start \
             their own private server; nothing needs to be configured)",
        )?;
        let folder = run::scratch_folder_in(base, "pg")?;
        let data = folder.join("data");
        if is_root()? {
            run::capture(&mut run::command(
                "chown",
                ["postgres", path_text(&folder)?],
            ))?;
        }
        // From here on the folder is deleted whatever happens.
        let watchdog = Watchdog::start(&clean_up(&programs, &folder)?)?;
        run::capture(unprivileged(&programs.join("initdb"))?.args([
            "--pgdata",
            path_text(&data)?,
            "--username=lianti",
            "--auth=trust",
            "--locale=C",
            "--encoding=UTF8",
            "--no-sync",
        ]))?;
        let port = run::free_port()?;
        let options = format!(
            "-c listen_addresses=127.0.0.1 -c port={port} -c unix_socket_directories={} \
             -c max_connections={CONNECTIONS_MAX} -c fsync=on -c synchronous_commit=on",
            folder.display()
        );
        let log = folder.join("log");
        // pg_ctl hands its stdout to the server, which would keep a captured pipe open for ever.
        let started = unprivileged(&programs.join("pg_ctl"))?
            .args(["start", "--wait", "--silent", "--pgdata", path_text(&data)?])
            .args(["--log", path_text(&log)?, "--options", &options])
            .stdout(std::process::Stdio::null())
            .status()
            .map_err(|error| format!("cannot start pg_ctl: {error}"))?;
        if !started.success() {
            let said = std::fs::read_to_string(&log).unwrap_or_default();
            return Err(format!("the private PostgreSQL did not start: {said}"));
        }
        let port_text = port.to_string();
        run::capture(Command::new(programs.join("createdb")).args([
            "--host=127.0.0.1",
            "--port",
            &port_text,
            "--username=lianti",
            "lianti",
        ]))?;
        Ok(Cluster {
            url: format!("postgres://lianti@127.0.0.1:{port}/lianti"),
            _watchdog: watchdog,
        })
    }
}

/// `cargo xtask pg`: start, print the URL, wait for Ctrl-C or the end of stdin.
pub(crate) fn run_in_foreground() -> Outcome {
    let cluster = Cluster::start()?;
    println!("{}", cluster.url);
    println!("export {URL_VARIABLE}={}", cluster.url);
    println!("It ends, and forgets everything, with Ctrl-C or when stdin closes.");
    let mut ignored = Vec::new();
    std::io::stdin()
        .read_to_end(&mut ignored)
        .map_err(|error| error.to_string())?;
    Ok(())
}

/// Whether the server's programs are on this machine.
pub(crate) fn is_installed() -> bool {
    programs().is_some()
}

/// Debian keeps them in a folder per version; the newest wins. Elsewhere they are on the path.
fn programs() -> Option<PathBuf> {
    let versions = std::fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten()
        .flatten();
    let newest = versions
        .filter_map(|entry| {
            let version: u32 = entry.file_name().to_str()?.parse().ok()?;
            let folder = entry.path().join("bin");
            folder.join("initdb").is_file().then_some((version, folder))
        })
        .max();
    if let Some((_, folder)) = newest {
        return Some(folder);
    }
    let path = run::environment("PATH")?;
    std::env::split_paths(&path)
        .find(|folder| folder.join("initdb").is_file() && folder.join("pg_ctl").is_file())
}

/// PostgreSQL refuses to run as root; Debian's package brings a user for it.
fn unprivileged(program: &Path) -> Result<Command, String> {
    let mut command = if is_root()? {
        let mut command = Command::new("runuser");
        command.args(["-u", "postgres", "--"]).arg(program);
        command
    } else {
        Command::new(program)
    };
    command.current_dir("/"); // The caller's folder may be closed to that user.
    Ok(command)
}

fn clean_up(programs: &Path, folder: &Path) -> Result<String, String> {
    let as_whom = if is_root()? {
        "runuser -u postgres -- "
    } else {
        ""
    };
    let pg_ctl = programs.join("pg_ctl");
    let (pg_ctl, folder) = (path_text(&pg_ctl)?, path_text(folder)?);
    Ok(format!(
        "trap '' INT TERM HUP\ncd /\nwhile read -r word; do :; done\n\
         {as_whom}'{pg_ctl}' stop --silent --mode=immediate --pgdata '{folder}/data'\n\
         rm -rf '{folder}'"
    ))
}

pub(crate) fn is_root() -> Result<bool, String> {
    Ok(run::capture(&mut run::command("id", ["-u"]))?.trim() == "0")
}

fn path_text(path: &Path) -> Result<&str, String> {
    path.to_str()
        .ok_or_else(|| format!("{} is not a plain path", path.display()))
}

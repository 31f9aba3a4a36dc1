//! A PostgreSQL of the test's own, to be killed.

use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use tempfile::TempDir;

/// A cluster in a folder that vanishes with it.
pub struct Cluster {
    programs: PathBuf,
    folder: TempDir,
    port: u16,
}

impl Cluster {
    /// Makes and starts one; `None` where PostgreSQL's programs are not installed.
    pub fn start() -> Option<Self> {
        let programs = programs()?;
        let folder = TempDir::new().unwrap();
        std::fs::set_permissions(folder.path(), std::fs::Permissions::from_mode(0o777)).unwrap();
        let port = TcpListener::bind("127.0.0.1:0")
            .unwrap()
            .local_addr()
            .unwrap()
            .port();
        let cluster = Self {
            programs,
            folder,
            port,
        };
        let data = cluster.data();
        let made = cluster
            .command("initdb")
            .args([
                "--username=lianti",
                "--auth=trust",
                "--locale=C",
                "--encoding=UTF8",
                "--pgdata",
            ])
            .arg(&data)
            .stdout(Stdio::null())
            .status()
            .unwrap();
        assert!(made.success());
        cluster.run();
        Some(cluster)
    }

    /// Where to reach it.
    pub fn url(&self) -> String {
        format!("postgres://lianti@127.0.0.1:{}/postgres", self.port)
    }

    fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    /// Starts the server on its data. Processes of one that was killed may need a moment to notice.
    pub fn run(&self) {
        let options = format!(
            "-c listen_addresses=127.0.0.1 -c port={} -c unix_socket_directories='' -c fsync=on",
            self.port
        );
        for _ in 0..60 {
            let started = self
                .command("pg_ctl")
                .args([
                    "start",
                    "--wait",
                    "--silent",
                    "--options",
                    &options,
                    "--pgdata",
                ])
                .arg(self.data())
                .arg("--log")
                .arg(self.folder.path().join("data/server.log"))
                .stdout(Stdio::null())
                .stderr(Stdio::null())
                .status()
                .unwrap();
            if started.success() {
                return;
            }
            std::thread::sleep(Duration::from_millis(200));
        }
        panic!("the database did not come up again");
    }

    /// SIGKILL to the server's first process; the others notice and end.
    pub fn kill(&self) {
        let pid = std::fs::read_to_string(self.data().join("postmaster.pid")).unwrap();
        let pid = pid.lines().next().unwrap().to_owned();
        assert!(
            Command::new("kill")
                .args(["-9", &pid])
                .status()
                .unwrap()
                .success()
        );
    }

    /// PostgreSQL refuses to run as root; Debian's package brings a user for it.
    fn command(&self, program: &str) -> Command {
        let program = self.programs.join(program);
        let is_root = std::fs::metadata("/proc/self")
            .is_ok_and(|own| std::os::unix::fs::MetadataExt::uid(&own) == 0);
        let mut command = if is_root {
            Command::new("runuser")
        } else {
            Command::new(&program)
        };
        if is_root {
            command.args(["-u", "postgres", "--"]).arg(&program);
        }
        command.current_dir("/");
        command
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        let mut stop = self.command("pg_ctl");
        stop.args(["stop", "--silent", "--mode=immediate", "--pgdata"])
            .arg(self.data());
        // It may be dead already.
        drop(stop.stdout(Stdio::null()).stderr(Stdio::null()).status());
    }
}

/// The newest of Debian's versions.
fn programs() -> Option<PathBuf> {
    let versions = std::fs::read_dir(Path::new("/usr/lib/postgresql")).ok()?;
    let folders = versions.flatten().map(|version| version.path().join("bin"));
    folders
        .filter(|folder| folder.join("initdb").is_file())
        .max()
}

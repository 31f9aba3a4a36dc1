//! The server as it ships, as a process of its own.

use std::fs;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

/// A running server; killed when dropped.
pub struct Server {
    child: Child,
    /// `http://127.0.0.1:PORT`
    pub address: String,
}

impl Server {
    /// Starts the binary over a prepared database and waits until it says where it listens. What it
    /// logs as an error is shown.
    pub fn start(binary: &Path, database: &str, data: &Path) -> Self {
        let mut child = Command::new(binary)
            .args([
                "serve",
                "--listen",
                "127.0.0.1:0",
                "--log",
                "error",
                "--database",
                database,
                "--data",
            ])
            .arg(data)
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let address = address_of(&mut child);
        Self { child, address }
    }

    /// Resident memory in KiB, and the part of it that is not pages of files: the database is mapped,
    /// and the system takes those pages back when it needs them.
    pub fn memory(&self) -> (u64, u64) {
        let file = format!("/proc/{}/status", self.child.id());
        let status = fs::read_to_string(file).unwrap_or_default();
        let of = |name: &str| {
            let line = status.lines().find(|line| line.starts_with(name));
            let word = line.and_then(|line| line.split_whitespace().nth(1));
            word.and_then(|text| text.parse().ok()).unwrap_or(0)
        };
        (of("VmRSS:"), of("RssAnon:"))
    }

    /// SIGKILL, as a power cut would end the process.
    pub fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// Processor time that the server has used, to the hundredth of a second.
    pub fn processor_time(&self) -> Duration {
        processor_time_of(self.child.id())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

/// The server says where it listens on its first line.
fn address_of(child: &mut Child) -> String {
    let mut line = String::new();
    BufReader::new(child.stdout.take().unwrap())
        .read_line(&mut line)
        .unwrap();
    let start = line
        .find("http://")
        .unwrap_or_else(|| panic!("the server did not start: {line:?}"));
    line[start..]
        .split_whitespace()
        .next()
        .unwrap_or("")
        .to_owned()
}

/// User and system time of a process, from the clock ticks that Linux counts, a hundred a second.
fn processor_time_of(process: u32) -> Duration {
    let stat = fs::read_to_string(format!("/proc/{process}/stat")).unwrap_or_default();
    // The name in brackets may hold blanks; what is counted stands behind it.
    let behind = stat.rsplit_once(") ").map_or("", |parts| parts.1);
    let ticks = behind.split(' ').skip(11).take(2);
    let ticks: u64 = ticks.filter_map(|word| word.parse::<u64>().ok()).sum();
    Duration::from_millis(ticks * 10)
}

/// Processor time of every PostgreSQL process on the machine, those that ended left out.
pub fn engine_time() -> Duration {
    let processes = fs::read_dir("/proc").into_iter().flatten().flatten();
    let numbers = processes.filter_map(|entry| entry.file_name().to_str()?.parse::<u32>().ok());
    let is_engine = |process: &u32| {
        fs::read_to_string(format!("/proc/{process}/comm"))
            .is_ok_and(|name| name.trim() == "postgres")
    };
    numbers.filter(is_engine).map(processor_time_of).sum()
}

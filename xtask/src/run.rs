//! Child processes: run one, capture one, and make sure none outlives xtask.
//!
//! Ctrl-C in a terminal reaches every process of the group, so children end by themselves. Any
//! other death of xtask (a CI runner that sends TERM, or KILL) is noticed by a watchdog: a shell
//! that reads from a pipe whose other end only xtask holds. When the pipe closes, it cleans up.

use std::ffi::OsStr;
use std::io::Write as _;
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use crate::Outcome;

/// The repository's root: the folder above xtask.
pub(crate) fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .expect("xtask lies in a folder of the repository")
        .to_path_buf()
}

/// An environment variable, read by a tool that has no configuration of its own.
#[expect(
    clippy::disallowed_methods,
    reason = "xtask has no configuration but its environment"
)]
pub(crate) fn environment(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

/// Seconds and tenths since `start`, for the table of steps.
#[expect(
    clippy::disallowed_methods,
    reason = "durations of a developer's tool, not of the product"
)]
pub(crate) fn stopwatch() -> std::time::Instant {
    std::time::Instant::now()
}

/// A command that runs in the repository's root.
pub(crate) fn command<S: AsRef<OsStr>>(
    program: &str,
    arguments: impl IntoIterator<Item = S>,
) -> Command {
    let mut command = Command::new(program);
    command.args(arguments).current_dir(root());
    command
}

/// Runs a command, showing its output, and fails when it does.
pub(crate) fn run(command: &mut Command) -> Outcome {
    let shown = describe(command);
    let mut child = command
        .spawn()
        .map_err(|error| cannot_start(&shown, &error))?;
    let watchdog = Watchdog::over(&child)?;
    let status = child
        .wait()
        .map_err(|error| format!("`{shown}`: {error}"))?;
    watchdog.stand_down();
    if status.success() {
        Ok(())
    } else {
        Err(format!("`{shown}` ended with {status}"))
    }
}

/// Runs a command and gives what it wrote to stdout; what it wrote to stderr goes into the error.
pub(crate) fn capture(command: &mut Command) -> Result<String, String> {
    let shown = describe(command);
    let output = command
        .stdin(Stdio::null())
        .output()
        .map_err(|error| cannot_start(&shown, &error))?;
    if output.status.success() {
        Ok(String::from_utf8_lossy(&output.stdout).into_owned())
    } else {
        let said = String::from_utf8_lossy(&output.stderr);
        Err(format!(
            "`{shown}` ended with {}: {}",
            output.status,
            said.trim()
        ))
    }
}

/// Whether a program of this name is on the path.
pub(crate) fn on_path(program: &str) -> bool {
    environment("PATH").is_some_and(|path| {
        std::env::split_paths(&path).any(|folder| folder.join(program).is_file())
    })
}

/// A port on loopback that nobody listens on at this moment.
pub(crate) fn free_port() -> Result<u16, String> {
    let listener = std::net::TcpListener::bind(("127.0.0.1", 0))
        .map_err(|error| format!("no free port on 127.0.0.1: {error}"))?;
    let address = listener.local_addr().map_err(|error| error.to_string())?;
    Ok(address.port())
}

/// Memory a run of all tests may fill, in bytes.
const TESTS_BYTES_MAX: u64 = 4 << 30;

/// Where tests put what they throw away: memory, where there is room, since a test that waits for a
/// disk learns nothing from it. What must survive a cut brings a disk of its own.
pub(crate) fn test_folder() -> PathBuf {
    let memory = Path::new("/dev/shm");
    let arguments = ["--block-size=1", "--output=avail", "/dev/shm"];
    let room = capture(&mut command("df", arguments))
        .ok()
        .and_then(|text| {
            let bytes = text.lines().nth(1)?.trim();
            bytes.parse::<u64>().ok()
        });
    if room.is_some_and(|bytes| bytes > TESTS_BYTES_MAX) {
        memory.to_path_buf()
    } else {
        std::env::temp_dir()
    }
}

/// A new, empty folder under the system's temporary folder.
pub(crate) fn scratch_folder(purpose: &str) -> Result<PathBuf, String> {
    scratch_folder_in(&std::env::temp_dir(), purpose)
}

/// A new, empty folder under `base`.
pub(crate) fn scratch_folder_in(base: &Path, purpose: &str) -> Result<PathBuf, String> {
    let process = std::process::id();
    for attempt in 0..100 {
        let folder = base.join(format!("lianti-{purpose}-{process}-{attempt}"));
        match std::fs::create_dir(&folder) {
            Ok(()) => return Ok(folder),
            Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {}
            Err(error) => return Err(format!("{}: {error}", folder.display())),
        }
    }
    Err(format!(
        "{} is full of old lianti-{purpose}-… folders; delete them",
        base.display()
    ))
}

/// A folder that is gone when this is dropped, and when xtask ends in any other way.
pub(crate) struct Scratch {
    /// Where it is.
    pub(crate) folder: PathBuf,
    _watchdog: Watchdog,
}

impl Scratch {
    /// A new one under `base`.
    pub(crate) fn new(base: &Path, purpose: &str) -> Result<Scratch, String> {
        let folder = scratch_folder_in(base, purpose)?;
        let script = format!(
            "trap '' INT TERM HUP\nread -r word\nrm -rf '{}'",
            folder.display()
        );
        let watchdog = Watchdog::start(&script)?;
        Ok(Scratch {
            folder,
            _watchdog: watchdog,
        })
    }
}

/// A shell that cleans up when xtask is gone, however it went.
pub(crate) struct Watchdog {
    shell: Child,
}

impl Watchdog {
    /// Ends `child` when xtask dies before it.
    pub(crate) fn over(child: &Child) -> Result<Watchdog, String> {
        let pid = child.id();
        Watchdog::start(&format!("read -r word || kill -TERM {pid}"))
    }

    /// Runs `script` with a pipe on stdin that closes when xtask ends.
    pub(crate) fn start(script: &str) -> Result<Watchdog, String> {
        let shell = Command::new("sh")
            .args(["-c", script])
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .process_group(0) // Ctrl-C must not reach it: it has work to do then.
            .spawn()
            .map_err(|error| cannot_start("sh", &error))?;
        Ok(Watchdog { shell })
    }

    /// The child ended in good order: the script reads a word and leaves.
    pub(crate) fn stand_down(mut self) {
        if let Some(pipe) = self.shell.stdin.as_mut() {
            // A watchdog that is gone already has nothing left to do.
            let _ = pipe.write_all(b"done\n");
        }
    }
}

impl Drop for Watchdog {
    fn drop(&mut self) {
        drop(self.shell.stdin.take());
        let _ = self.shell.wait();
    }
}

fn describe(command: &Command) -> String {
    let mut words = vec![command.get_program().to_string_lossy().into_owned()];
    words.extend(
        command
            .get_args()
            .map(|word| word.to_string_lossy().into_owned()),
    );
    words.join(" ")
}

fn cannot_start(shown: &str, error: &std::io::Error) -> String {
    format!("cannot start `{shown}`: {error}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_watchdog_cleans_up_when_its_pipe_closes() {
        let folder = scratch_folder("watchdog").expect("the temporary folder is writable");
        let shown = folder.display();
        let watchdog = Watchdog::start(&format!("read -r word || rm -r '{shown}'"));
        drop(watchdog.expect("sh starts"));
        assert!(!folder.exists());
    }

    #[test]
    fn a_watchdog_that_stands_down_leaves_things_alone() {
        let folder = scratch_folder("watchdog").expect("the temporary folder is writable");
        let shown = folder.display();
        let watchdog = Watchdog::start(&format!("read -r word || rm -r '{shown}'"));
        watchdog.expect("sh starts").stand_down();
        assert!(folder.exists());
        std::fs::remove_dir(&folder).expect("it is empty");
    }

    #[test]
    fn a_failing_command_is_named() {
        let said = run(&mut command("sh", ["-c", "exit 3"])).expect_err("it fails");
        assert!(
            said.contains("sh -c exit 3") && said.contains('3'),
            "{said}"
        );
        assert!(run(&mut command("no-such-program", [""; 0])).is_err());
    }
}

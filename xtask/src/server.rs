//! The release server: build it, start it on scratch data, wait until it answers.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Stdio};
use std::time::Duration;

use crate::run::{self, Watchdog};
use crate::{Outcome, web};

const START_SECONDS_MAX: u64 = 300;

/// Builds the web interface when stale, then the server that embeds it.
pub(crate) fn build_release() -> Result<PathBuf, String> {
    web::build_when_stale()?;
    run::run(&mut run::command(
        "cargo",
        ["build", "--release", "-p", "lianti"],
    ))?;
    Ok(release_folder()?.join("lianti"))
}

/// `cargo xtask build`: what an operator copies to the machine it shall run on.
pub(crate) fn build_and_tell() -> Outcome {
    let binary = build_release()?;
    println!(
        "{} is all there is to install; see README.md, “For real”",
        binary.display()
    );
    Ok(())
}

/// Where cargo puts release binaries; it honours `CARGO_TARGET_DIR` and cargo's configuration.
pub(crate) fn release_folder() -> Result<PathBuf, String> {
    let arguments = ["metadata", "--format-version=1", "--no-deps", "--offline"];
    let text = run::capture(&mut run::command("cargo", arguments))?;
    let metadata: serde_json::Value =
        serde_json::from_str(&text).map_err(|error| format!("cargo metadata: {error}"))?;
    let folder = metadata["target_directory"]
        .as_str()
        .ok_or("cargo metadata: no target folder")?;
    Ok(Path::new(folder).join("release"))
}

/// A demonstration server on a free port with data of its own; ends when dropped.
pub(crate) struct DemoServer {
    /// `http://127.0.0.1:PORT`
    pub(crate) base_url: String,
    process: Child,
    data: PathBuf,
    watchdog: Option<Watchdog>,
}

impl DemoServer {
    /// Starts the binary and waits until it answers.
    pub(crate) fn start(binary: &Path) -> Result<DemoServer, String> {
        let port = run::free_port()?;
        let data = run::scratch_folder("demo")?;
        let process = run::command(path_text(binary)?, ["demo", "--data"])
            .arg(&data)
            .args(["--listen", &format!("127.0.0.1:{port}")])
            .stdout(Stdio::null())
            .spawn()
            .map_err(|error| format!("cannot start {}: {error}", binary.display()))?;
        let watchdog = Some(Watchdog::over(&process)?);
        let base_url = format!("http://127.0.0.1:{port}");
        let mut server = DemoServer {
            base_url,
            process,
            data,
            watchdog,
        };
        server.wait_until_it_answers(port)?;
        Ok(server)
    }

    fn wait_until_it_answers(&mut self, port: u16) -> Outcome {
        let started = run::stopwatch();
        while started.elapsed() < Duration::from_secs(START_SECONDS_MAX) {
            if let Ok(Some(status)) = self.process.try_wait() {
                return Err(format!("the demonstration server ended with {status}"));
            }
            if answers(port) {
                return Ok(());
            }
            std::thread::sleep(Duration::from_millis(100));
        }
        Err(format!(
            "the demonstration server did not answer within {START_SECONDS_MAX} seconds"
        ))
    }
}

impl Drop for DemoServer {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
        if let Some(watchdog) = self.watchdog.take() {
            watchdog.stand_down();
        }
        let _ = std::fs::remove_dir_all(&self.data);
    }
}

fn answers(port: u16) -> bool {
    let Ok(mut stream) = TcpStream::connect(("127.0.0.1", port)) else {
        return false;
    };
    let request = b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n";
    let mut head = [0_u8; 12];
    let _ = stream.set_read_timeout(Some(Duration::from_secs(5)));
    stream.write_all(request).is_ok()
        && stream.read_exact(&mut head).is_ok()
        && head.starts_with(b"HTTP/1.1 200")
}

fn path_text(path: &Path) -> Result<&str, String> {
    path.to_str()
        .ok_or_else(|| format!("{} is not a plain path", path.display()))
}

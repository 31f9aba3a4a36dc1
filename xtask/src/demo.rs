//! `cargo xtask demo`: from a fresh clone to a living consortium in the browser.

use std::os::unix::process::CommandExt as _;
use std::path::Path;
use std::process::Command;

use crate::{Outcome, run, server};

pub(crate) fn run(arguments: &[String]) -> Outcome {
    let mut listen = None;
    let mut fresh = false;
    let mut words = arguments.iter();
    while let Some(word) = words.next() {
        match word.as_str() {
            "--fresh" => fresh = true,
            "--listen" => {
                let address = words
                    .next()
                    .ok_or("--listen needs an address: 127.0.0.1:8080")?;
                listen = Some(address.as_str());
            }
            other => {
                return Err(format!(
                    "demo does not know `{other}`: --listen ADDR, --fresh"
                ));
            }
        }
    }
    let binary = server::build_release()?;
    let data = run::root().join("data");
    if fresh {
        delete_demo_data(&data)?;
    }
    let mut command = Command::new(&binary);
    command
        .current_dir(run::root())
        .args(["demo", "--data", "./data"]);
    if let Some(address) = listen {
        command.args(["--listen", address]);
    }
    // The server takes this process's place, so that Ctrl-C and signals are its own.
    let error = command.exec();
    Err(format!("cannot start {}: {error}", binary.display()))
}

fn delete_demo_data(folder: &Path) -> Outcome {
    match std::fs::remove_dir_all(folder) {
        Ok(()) => Ok(()),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(()),
        Err(error) => Err(format!("{}: {error}", folder.display())),
    }
}

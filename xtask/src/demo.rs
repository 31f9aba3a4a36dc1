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
    mark_as_demo(&data)?;
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

/// Says that `cargo xtask demo` made this folder, so that `--fresh` may delete it.
const MARK: &str = "demonstration";

fn mark_as_demo(folder: &Path) -> Outcome {
    if folder.exists() {
        return Ok(());
    }
    std::fs::create_dir(folder)
        .and_then(|()| std::fs::write(folder.join(MARK), "made by cargo xtask demo\n"))
        .map_err(|error| format!("{}: {error}", folder.display()))
}

fn delete_demo_data(folder: &Path) -> Outcome {
    if !folder.exists() {
        return Ok(());
    }
    if !folder.join(MARK).is_file() {
        let folder = folder.display();
        return Err(format!(
            "{folder} was not made by `cargo xtask demo`; look into it and delete it yourself"
        ));
    }
    std::fs::remove_dir_all(folder).map_err(|error| format!("{}: {error}", folder.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_demonstrations_own_folder_is_deleted() {
        let parent = run::scratch_folder("data").expect("the temporary folder is writable");
        let (demo, real) = (parent.join("demo"), parent.join("real"));
        mark_as_demo(&demo).expect("the folder is made");
        assert_eq!(delete_demo_data(&demo), Ok(()));
        assert!(!demo.exists());
        std::fs::create_dir(&real).expect("the folder is made");
        mark_as_demo(&real).expect("it is there already");
        assert!(delete_demo_data(&real).is_err());
        assert!(real.exists());
        std::fs::remove_dir_all(parent).expect("it is ours");
    }
}

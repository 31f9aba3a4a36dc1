//! Independent clients — FHIR and HL7 v2 libraries of others, and a generator of requests from the
//! API's document — against the release server: what a system outside will meet.

use std::path::PathBuf;

use crate::{Outcome, run, server, web};

/// The packages, with versions and hashes.
const REQUIREMENTS: &str = "clients/requirements.txt";
/// The oldest Python for which they are chosen.
const PYTHON_MIN: (u32, u32) = (3, 11);

/// Runs all of them.
pub(crate) fn test() -> Outcome {
    let binary = server::build_release()?;
    let mut command = run::command(python_text()?.as_str(), ["-B", "clients/run.py"]);
    run::run(command.env("LIANTI_BINARY", binary))
}

/// Whether this Python can make virtual environments; Debian packs that apart.
pub(crate) fn has_venv() -> bool {
    run::capture(&mut run::command(
        "python3",
        ["-c", "import ensurepip, venv"],
    ))
    .is_ok()
}

/// Brings `target/clients` and the npm packages in line with what the repository names.
pub(crate) fn install() -> Outcome {
    require_python()?;
    let wanted = read(&run::root().join(REQUIREMENTS))?;
    let stamp = folder().join(".requirements");
    if std::fs::read_to_string(&stamp).ok() != Some(wanted.clone()) {
        println!("installing the Python packages of clients");
        let target = folder();
        let mut venv = run::command("python3", ["-m", "venv", "--clear"]);
        run::run(venv.arg(&target))?;
        let install = ["-m", "pip", "install", "--quiet", "--require-hashes"];
        let mut pip = run::command(python_text()?.as_str(), install);
        pip.args(["--disable-pip-version-check", "-r", REQUIREMENTS]);
        run::run(&mut pip)?;
        std::fs::write(&stamp, wanted).map_err(|error| format!("{}: {error}", stamp.display()))?;
    }
    web::install_packages("clients")
}

fn folder() -> PathBuf {
    run::root().join("target/clients")
}

fn python_text() -> Result<String, String> {
    let path = folder().join("bin/python");
    let text = path.to_str();
    text.map(str::to_owned)
        .ok_or_else(|| format!("{} is not a plain path", path.display()))
}

fn read(path: &std::path::Path) -> Result<String, String> {
    std::fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))
}

fn require_python() -> Outcome {
    let said = run::capture(&mut run::command("python3", ["--version"]))?;
    let (major, minor) = PYTHON_MIN;
    if version_in(&said).is_some_and(|version| version >= PYTHON_MIN) {
        Ok(())
    } else {
        Err(format!(
            "Python {major}.{minor} or newer is needed for the independent clients; this is {}",
            said.trim()
        ))
    }
}

/// `Python 3.11.7` is (3, 11).
fn version_in(said: &str) -> Option<(u32, u32)> {
    let mut parts = said.trim().strip_prefix("Python ")?.split('.');
    Some((parts.next()?.parse().ok()?, parts.next()?.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_version_of_python_is_read() {
        assert_eq!(version_in("Python 3.11.7\n"), Some((3, 11)));
        assert_eq!(version_in("Python 3.9.2"), Some((3, 9)));
        assert_eq!(version_in("something else"), None);
        assert!((3, 9) < PYTHON_MIN && (3, 13) > PYTHON_MIN);
    }
}

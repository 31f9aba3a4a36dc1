//! The web interface: install its packages and build it, each only when something changed.

use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::path::{Path, PathBuf};

use crate::Outcome;
use crate::run;

/// What the build of `ui/dist` depends on.
const BUILD_INPUTS: &[&str] = &[
    "ui/src",
    "ui/public",
    "ui/index.html",
    "ui/package.json",
    "ui/package-lock.json",
    "ui/tsconfig.json",
    "ui/vite.config.ts",
];

/// Whether there is a web interface in this checkout.
pub(crate) fn exists() -> bool {
    run::root().join("ui/package.json").is_file()
}

/// Builds `ui/dist` when it is missing or older than its sources. The server embeds it, so this
/// comes before any build of the release server.
pub(crate) fn build_when_stale() -> Outcome {
    if !exists() {
        return make_dist_folder();
    }
    install_packages("ui")?;
    let stamp = run::root().join("ui/node_modules/.lianti-build");
    let inputs = hash_of(BUILD_INPUTS)?;
    let built = run::root().join("ui/dist/index.html").is_file();
    if built && std::fs::read_to_string(&stamp).is_ok_and(|stamped| stamped == inputs) {
        return Ok(());
    }
    build()?;
    write(&stamp, &inputs)
}

/// Builds `ui/dist`.
pub(crate) fn build() -> Outcome {
    run::run(&mut npm("ui", &["run", "build"]))
}

/// The server's build reads this folder; it may be empty, but must be there.
pub(crate) fn make_dist_folder() -> Outcome {
    let folder = run::root().join("ui/dist");
    std::fs::create_dir_all(&folder).map_err(|error| format!("{}: {error}", folder.display()))
}

/// `npm ci` in `folder` when its lockfile changed after the last installation.
pub(crate) fn install_packages(folder: &str) -> Outcome {
    require_node()?;
    let lockfile = run::root().join(folder).join("package-lock.json");
    // npm writes this copy at the end of each installation.
    let installed = run::root()
        .join(folder)
        .join("node_modules/.package-lock.json");
    let wanted =
        changed_at(&lockfile).ok_or_else(|| format!("{} is missing", lockfile.display()))?;
    if changed_at(&installed).is_some_and(|installed| installed >= wanted) {
        return Ok(());
    }
    println!("installing the npm packages of {folder}");
    run::run(&mut npm(folder, &["ci", "--no-audit", "--no-fund"]))
}

fn changed_at(path: &Path) -> Option<std::time::SystemTime> {
    path.metadata()
        .and_then(|metadata| metadata.modified())
        .ok()
}

/// npm in a folder of the repository.
pub(crate) fn npm(folder: &str, arguments: &[&str]) -> std::process::Command {
    let mut command = run::command("npm", arguments);
    command.current_dir(run::root().join(folder));
    command
}

fn require_node() -> Outcome {
    if run::on_path("node") && run::on_path("npm") {
        Ok(())
    } else {
        Err(
            "Node.js 20 or newer with npm is needed to build the web interface. On Debian: \
             apt-get install nodejs npm, or see https://nodejs.org/"
                .to_owned(),
        )
    }
}

fn hash_of(inputs: &[&str]) -> Result<String, String> {
    let root = run::root();
    let mut files = Vec::new();
    for input in inputs {
        collect(&root.join(input), &mut files)?;
    }
    files.sort();
    let mut hasher = DefaultHasher::new();
    for file in files {
        file.strip_prefix(&root).unwrap_or(&file).hash(&mut hasher);
        let bytes = std::fs::read(&file).map_err(|error| format!("{}: {error}", file.display()))?;
        bytes.hash(&mut hasher);
    }
    Ok(format!("{:016x}\n", hasher.finish()))
}

fn collect(path: &Path, files: &mut Vec<PathBuf>) -> Outcome {
    if path.is_dir() {
        let entries =
            std::fs::read_dir(path).map_err(|error| format!("{}: {error}", path.display()))?;
        for entry in entries {
            collect(&entry.map_err(|error| error.to_string())?.path(), files)?;
        }
    } else if path.is_file() {
        files.push(path.to_path_buf());
    }
    Ok(())
}

fn write(path: &Path, text: &str) -> Outcome {
    std::fs::write(path, text).map_err(|error| format!("{}: {error}", path.display()))
}

//! `cargo xtask fresh`: do the README's commands work in a clone of HEAD, with nothing prepared?

use crate::server::DemoServer;
use crate::{Outcome, run};

pub(crate) fn run() -> Outcome {
    let folder = run::scratch_folder("fresh")?;
    let outcome = try_readme(&folder);
    let _ = std::fs::remove_dir_all(&folder);
    outcome
}

fn try_readme(folder: &std::path::Path) -> Outcome {
    let clone = folder.join("lianti");
    run::run(run::command("git", ["clone", "--quiet", "."]).arg(&clone))?;
    // The clone's own xtask, in a target folder of its own: what a newcomer gets.
    let mut tests = run::command("cargo", ["xtask", "test"]);
    run::run(tests.current_dir(&clone).env_remove("CARGO_TARGET_DIR"))?;
    let mut build = run::command("cargo", ["build", "--release", "-p", "lianti"]);
    run::run(build.current_dir(&clone).env_remove("CARGO_TARGET_DIR"))?;
    let demo = DemoServer::start(&clone.join("target/release/lianti"))?;
    println!(
        "the demonstration of a fresh clone answers on {}",
        demo.base_url
    );
    drop(demo);
    let changed = run::capture(run::command("git", ["status", "--porcelain"]).current_dir(&clone))?;
    if changed.trim().is_empty() {
        Ok(())
    } else {
        Err(format!(
            "the commands changed files of the clone:\n{changed}"
        ))
    }
}

//! `cargo xtask fuzz`: the parsers against bytes that nobody meant. Not part of `test`: it needs a
//! nightly compiler, and it ends only when it is told to.

use std::process::Command;

use crate::{Outcome, run};

/// Seconds a target runs when nobody says otherwise.
const SECONDS: &str = "60";
/// What one input may take before it counts as an endless run.
const INPUT_SECONDS_MAX: u32 = 10;
/// Memory of a run, beyond which it counts as a leak.
const MEMORY_MIB_MAX: u32 = 2_048;
/// Longest input that is made.
const INPUT_BYTES_MAX: u32 = 65_536;

/// `[TARGET…] [--seconds N]`: all targets, one after another, when none is named.
pub(crate) fn run(arguments: &[String]) -> Outcome {
    let mut seconds = SECONDS.to_owned();
    let mut named = Vec::new();
    let mut rest = arguments.iter();
    while let Some(word) = rest.next() {
        if word == "--seconds" {
            let number = rest.next().filter(|text| text.parse::<u64>().is_ok());
            seconds = number.ok_or("--seconds needs a whole number")?.clone();
        } else {
            named.push(word.clone());
        }
    }
    let known = targets()?;
    if let Some(unknown) = named.iter().find(|name| !known.contains(name)) {
        let list = known.join(", ");
        return Err(format!("there is no target {unknown}; there are: {list}"));
    }
    install()?;
    let chosen = if named.is_empty() { known } else { named };
    for target in chosen {
        one(&target, &seconds)?;
    }
    Ok(())
}

/// The files of `fuzz/targets`.
fn targets() -> Result<Vec<String>, String> {
    let folder = run::root().join("fuzz/targets");
    let files = std::fs::read_dir(&folder).map_err(|error| format!("fuzz/targets: {error}"))?;
    let mut names: Vec<String> = files
        .filter_map(Result::ok)
        .filter_map(|file| Some(file.path().file_stem()?.to_str()?.to_owned()))
        .collect();
    names.sort_unstable();
    Ok(names)
}

fn install() -> Outcome {
    let nightly = run::capture(&mut run::command("rustc", ["+nightly", "--version"]));
    if nightly.is_err() {
        let words = ["toolchain", "install", "nightly", "--profile", "minimal"];
        run::run(&mut run::command("rustup", words))?;
    }
    if run::capture(&mut run::command("cargo", ["fuzz", "--version"])).is_err() {
        run::run(&mut run::command(
            "cargo",
            ["install", "--locked", "cargo-fuzz"],
        ))?;
    }
    Ok(())
}

/// Runs a target; what it finds on the way lies in `fuzz/found`, which is not kept.
fn one(target: &str, seconds: &str) -> Outcome {
    let found = format!("fuzz/found/{target}");
    std::fs::create_dir_all(run::root().join(&found))
        .map_err(|error| format!("{found}: {error}"))?;
    let mut command: Command = run::command("cargo", ["+nightly", "fuzz", "run", target, &found]);
    command.arg(format!("fuzz/corpus/{target}"));
    command.arg("--");
    command.arg(format!("-max_total_time={seconds}"));
    command.arg(format!("-timeout={INPUT_SECONDS_MAX}"));
    command.arg(format!("-rss_limit_mb={MEMORY_MIB_MAX}"));
    command.arg(format!("-max_len={INPUT_BYTES_MAX}"));
    run::run(&mut command)
}

//! `cargo xtask test`: everything that must hold before a change is merged, step by step.
//!
//! A step that fails does not hide the next: all run, and the table at the end tells. Only a
//! machine that lacks something stops the run, with the words to install it.

use std::time::Duration;

use crate::install::{self, Need};
use crate::postgres::{Cluster, URL_VARIABLE};
use crate::{Outcome, clients, run, server, tidy, web};

struct Step {
    name: &'static str,
    needs: &'static [Need],
    run: fn(Pace) -> Outcome,
}

impl Step {
    /// What takes a release build first is left out when one is in a hurry.
    fn needs_release_server(&self) -> bool {
        self.needs.contains(&Need::Browser) || self.needs.contains(&Need::Clients)
    }
}

/// How much is tried.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Pace {
    /// All that must hold before a change is merged.
    Whole,
    /// What one waits for between two edits: no browser, no clients, and few of the crashes.
    Quick,
}

const STEPS: &[Step] = &[
    Step {
        name: "tidy",
        needs: &[],
        run: |_| tidy::run(),
    },
    Step {
        name: "fmt",
        needs: &[],
        run: |_| check_format(),
    },
    Step {
        name: "clippy",
        needs: &[],
        run: |_| check_lints(),
    },
    Step {
        name: "rust",
        needs: &[Need::Postgres, Need::FhirExamples],
        run: test_rust,
    },
    Step {
        name: "ui",
        needs: &[Need::WebPackages],
        run: |_| test_web_interface(),
    },
    Step {
        name: "clients",
        needs: &[Need::WebPackages, Need::FhirExamples, Need::Clients],
        run: |_| clients::test(),
    },
    Step {
        name: "e2e",
        needs: &[Need::WebPackages, Need::Browser],
        run: |_| test_in_browser(),
    },
];

/// Enough to see that a crash loses nothing; the whole run tells how surely.
const FEW_CRASHES: [(&str, &str); 3] = [
    ("LIANTI_CRASH_CYCLES", "10"),
    ("LIANTI_CRASH_CYCLES_POSTGRES", "2"),
    ("LIANTI_POWER_CYCLES", "1"),
];

struct Report {
    name: &'static str,
    outcome: Outcome,
    took: Duration,
}

pub(crate) fn run(arguments: &[String]) -> Outcome {
    let (steps, pace) = chosen_steps(arguments)?;
    let mut reports = Vec::new();
    let needs: Vec<Need> = steps.iter().flat_map(|step| step.needs).copied().collect();
    println!("── install");
    let started = run::stopwatch();
    let outcome = install::run(&needs);
    let stop = outcome.is_err();
    reports.push(Report {
        name: "install",
        outcome,
        took: started.elapsed(),
    });
    for step in steps.iter().filter(|_| !stop) {
        println!("── {}", step.name);
        let started = run::stopwatch();
        let outcome = (step.run)(pace);
        if let Err(message) = &outcome {
            println!("{message}");
        }
        reports.push(Report {
            name: step.name,
            outcome,
            took: started.elapsed(),
        });
    }
    print_table(&reports);
    let failed = reports
        .iter()
        .filter(|report| report.outcome.is_err())
        .count();
    println!("{} passed, {failed} failed", reports.len() - failed);
    if failed == 0 {
        Ok(())
    } else {
        Err("the run failed; the table above says where".to_owned())
    }
}

fn chosen_steps(arguments: &[String]) -> Result<(Vec<&'static Step>, Pace), String> {
    let known: Vec<&str> = STEPS.iter().map(|step| step.name).collect();
    let mut pace = Pace::Whole;
    let mut only: Option<Vec<&str>> = None;
    let mut words = arguments.iter();
    while let Some(word) = words.next() {
        match word.as_str() {
            "--quick" => pace = Pace::Quick,
            "--only" => {
                let list = words
                    .next()
                    .ok_or_else(|| format!("--only needs steps: {known:?}"))?;
                only = Some(list.split(',').collect());
            }
            other => {
                return Err(format!(
                    "test does not know `{other}`: --quick, --only STEP,…"
                ));
            }
        }
    }
    if let Some(unknown) = only.iter().flatten().find(|name| !known.contains(*name)) {
        return Err(format!(
            "there is no step `{unknown}`; the steps are {known:?}"
        ));
    }
    let steps = STEPS
        .iter()
        .filter(|step| pace == Pace::Whole || !step.needs_release_server())
        .filter(|step| only.as_ref().is_none_or(|names| names.contains(&step.name)));
    Ok((steps.collect(), pace))
}

fn check_format() -> Outcome {
    run::run(&mut run::command("cargo", ["fmt", "--all", "--check"]))
}

fn check_lints() -> Outcome {
    let arguments = [
        "clippy",
        "--workspace",
        "--all-targets",
        "--",
        "-D",
        "warnings",
    ];
    run::run(&mut run::command("cargo", arguments))
}

/// The tests' harness runs each store and module test on SQLite, and on PostgreSQL when the
/// variable names one; here it always does.
fn test_rust(pace: Pace) -> Outcome {
    let scratch = run::Scratch::new(&run::test_folder(), "tests")?;
    let cluster = Cluster::start_in(&scratch.folder)?;
    let nextest = run::capture(&mut run::command("cargo", ["nextest", "--version"])).is_ok();
    let mut command = if nextest {
        run::command("cargo", ["nextest", "run", "--workspace", "--no-fail-fast"])
    } else {
        run::command("cargo", ["test", "--workspace", "--no-fail-fast"])
    };
    command.env(URL_VARIABLE, &cluster.url);
    command.env("TMPDIR", &scratch.folder);
    if pace == Pace::Quick {
        command.envs(FEW_CRASHES);
    }
    run::run(&mut command)
}

fn test_web_interface() -> Outcome {
    if !web::exists() {
        return Err("there is no ui/package.json".to_owned());
    }
    run::run(&mut web::npm("ui", &["run", "check"]))?;
    run::run(&mut web::npm("ui", &["run", "test"]))?;
    web::build_when_stale()
}

/// Against the release server, since that is what a consortium runs.
fn test_in_browser() -> Outcome {
    let binary = server::build_release()?;
    run::run(run::command("node", ["e2e/run.mjs"]).env("LIANTI_BINARY", binary))
}

fn print_table(reports: &[Report]) {
    println!("\n{:<10} {:<8} {:>10}", "step", "result", "seconds");
    for report in reports {
        let word = if report.outcome.is_ok() {
            "passed"
        } else {
            "FAILED"
        };
        let seconds = report.took.as_secs();
        let tenths = report.took.subsec_millis() / 100;
        println!("{:<10} {word:<8} {seconds:>8}.{tenths}", report.name);
    }
    println!();
    for report in reports {
        if let Err(message) = &report.outcome {
            println!("{}: {message}", report.name);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(arguments: &[&str]) -> Result<Vec<&'static str>, String> {
        let words: Vec<String> = arguments.iter().map(|word| (*word).to_owned()).collect();
        chosen_steps(&words).map(|(steps, _)| steps.iter().map(|step| step.name).collect())
    }

    #[test]
    fn steps_are_chosen_by_words() {
        assert_eq!(
            names(&[]),
            Ok(vec![
                "tidy", "fmt", "clippy", "rust", "ui", "clients", "e2e"
            ])
        );
        assert_eq!(
            names(&["--quick"]),
            Ok(vec!["tidy", "fmt", "clippy", "rust", "ui"])
        );
        assert_eq!(names(&["--only", "ui,tidy"]), Ok(vec!["tidy", "ui"]));
        assert!(names(&["--only", "everything"]).is_err());
        assert!(names(&["--fast"]).is_err());
    }
}

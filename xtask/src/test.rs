//! `cargo xtask test`: everything that must hold before a change is merged, step by step.
//!
//! A step that fails does not hide the next: all run, and the table at the end tells. Only a
//! machine that lacks something stops the run, with the words to install it.

use std::time::Duration;

use crate::install::{self, Need};
use crate::postgres::{Cluster, URL_VARIABLE};
use crate::{Outcome, run, server, tidy, web};

struct Step {
    name: &'static str,
    needs: &'static [Need],
    run: fn() -> Outcome,
}

const STEPS: &[Step] = &[
    Step {
        name: "tidy",
        needs: &[],
        run: tidy::run,
    },
    Step {
        name: "fmt",
        needs: &[],
        run: check_format,
    },
    Step {
        name: "clippy",
        needs: &[],
        run: check_lints,
    },
    Step {
        name: "rust",
        needs: &[Need::Postgres, Need::FhirExamples],
        run: test_rust,
    },
    Step {
        name: "ui",
        needs: &[Need::WebPackages],
        run: test_web_interface,
    },
    Step {
        name: "e2e",
        needs: &[Need::WebPackages, Need::Browser],
        run: test_in_browser,
    },
];

struct Report {
    name: &'static str,
    outcome: Outcome,
    took: Duration,
}

pub(crate) fn run(arguments: &[String]) -> Outcome {
    let steps = chosen_steps(arguments)?;
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
        let outcome = (step.run)();
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

fn chosen_steps(arguments: &[String]) -> Result<Vec<&'static Step>, String> {
    let known: Vec<&str> = STEPS.iter().map(|step| step.name).collect();
    let mut quick = false;
    let mut only: Option<Vec<&str>> = None;
    let mut words = arguments.iter();
    while let Some(word) = words.next() {
        match word.as_str() {
            "--quick" => quick = true,
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
    Ok(STEPS
        .iter()
        .filter(|step| !(quick && step.needs.contains(&Need::Browser)))
        .filter(|step| only.as_ref().is_none_or(|names| names.contains(&step.name)))
        .collect())
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
fn test_rust() -> Outcome {
    let cluster = Cluster::start()?;
    let nextest = run::capture(&mut run::command("cargo", ["nextest", "--version"])).is_ok();
    let mut command = if nextest {
        run::command("cargo", ["nextest", "run", "--workspace", "--no-fail-fast"])
    } else {
        run::command("cargo", ["test", "--workspace", "--no-fail-fast"])
    };
    run::run(command.env(URL_VARIABLE, &cluster.url))
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
        chosen_steps(&words).map(|steps| steps.iter().map(|step| step.name).collect())
    }

    #[test]
    fn steps_are_chosen_by_words() {
        assert_eq!(
            names(&[]),
            Ok(vec!["tidy", "fmt", "clippy", "rust", "ui", "e2e"])
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

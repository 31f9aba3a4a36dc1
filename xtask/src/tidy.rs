//! `cargo xtask tidy`: the house rules no compiler checks.
//!
//! Each rule is a function from a file's path and text to findings, so that a test needs no disk.

mod layout;
mod literals;
mod sql;
mod text;

use std::path::Path;

use crate::{Outcome, run};

/// One line that breaks one rule.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Finding {
    path: String,
    line: usize,
    message: String,
}

impl Finding {
    fn new(path: &str, line: usize, message: impl Into<String>) -> Finding {
        Finding {
            path: path.to_owned(),
            line,
            message: message.into(),
        }
    }
}

pub(crate) fn run() -> Outcome {
    let root = run::root();
    let paths = tracked_paths()?;
    let mut findings = Vec::new();
    for path in &paths {
        findings.extend(check_file(&root, path));
    }
    findings.extend(layout::check(&root, &paths));
    findings.sort();
    for finding in &findings {
        println!("{}:{}: {}", finding.path, finding.line, finding.message);
    }
    match findings.len() {
        0 => {
            println!("tidy: {} files", paths.len());
            Ok(())
        }
        count => Err(format!("tidy: {count} findings in {} files", paths.len())),
    }
}

fn check_file(root: &Path, path: &str) -> Vec<Finding> {
    let full = root.join(path);
    let Ok(bytes) = std::fs::read(&full) else {
        return Vec::new(); // Deleted, and not committed yet.
    };
    let mut findings = text::check_size(path, bytes.len());
    let Ok(text) = String::from_utf8(bytes) else {
        return findings; // A picture or a GB18030 sample has no lines to check.
    };
    findings.extend(text::check(path, &text));
    findings.extend(sql::check(path, &text));
    findings
}

/// What git tracks or would track: a new file is checked before it is added.
fn tracked_paths() -> Result<Vec<String>, String> {
    let arguments = [
        "ls-files",
        "--cached",
        "--others",
        "--exclude-standard",
        "-z",
    ];
    let list = run::capture(&mut run::command("git", arguments))?;
    let mut paths: Vec<String> = list
        .split('\0')
        .filter(|path| !path.is_empty())
        .map(str::to_owned)
        .collect();
    paths.sort();
    paths.dedup();
    Ok(paths)
}

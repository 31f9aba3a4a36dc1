//! The package of official R4 examples, where it was fetched.

#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "tests fail loudly, and say so when they are skipped"
)]

use std::fs;
use std::path::PathBuf;

/// Its files by name; none, said aloud, where it was not fetched.
pub fn files() -> Option<Vec<PathBuf>> {
    let folder =
        PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../target/fhir-r4-examples/package");
    let Ok(entries) = fs::read_dir(&folder) else {
        println!(
            "SKIPPED: no examples in {}; run `cargo xtask test --only rust`",
            folder.display()
        );
        return None;
    };
    let mut files: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    files.sort();
    Some(files)
}

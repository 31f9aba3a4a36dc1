//! `cargo xtask gen`: the documents and the typed client that follow from the code.
//!
//! Tests compare each of them with what the code says now, so that drift cannot be merged; this
//! is how to bring them up to date.

use crate::{Outcome, run, web};

pub(crate) fn run() -> Outcome {
    web::make_dist_folder()?;
    let mut snapshots = run::command("cargo", ["test", "-p", "lianti", "--test", "openapi"]);
    snapshots.env("LIANTI_WRITE_SNAPSHOTS", "1");
    run::run(&mut snapshots)?;
    if web::exists() {
        web::install_packages("ui")?;
        run::run(&mut web::npm("ui", &["run", "gen"]))?;
    }
    Ok(())
}

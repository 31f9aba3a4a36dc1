//! `cargo xtask bench`: the release build against this machine's disk and a private PostgreSQL.

use std::process::Command;

use crate::postgres::{Cluster, URL_VARIABLE};
use crate::{Outcome, run, server};

pub(crate) fn run(arguments: &[String]) -> Outcome {
    server::build_release()?;
    run::run(&mut run::command(
        "cargo",
        ["build", "--release", "-p", "lianti-bench"],
    ))?;
    let binary = server::release_folder()?.join("lianti-bench");
    let cluster = Cluster::start()?;
    let mut command = Command::new(binary);
    command
        .current_dir(run::root())
        .args(arguments)
        .env(URL_VARIABLE, &cluster.url);
    run::run(&mut command)
}

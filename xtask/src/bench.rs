//! `cargo xtask bench`: the release build against this machine's disk and a private PostgreSQL.

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
    let mut command = run::command("env", [binary.as_os_str()]);
    command.args(arguments).env(URL_VARIABLE, &cluster.url);
    run::run(&mut command)
}

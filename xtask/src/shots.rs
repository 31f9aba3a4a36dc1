//! `cargo xtask shots`: a picture of every main screen, to be looked at by a person.

use crate::server::{self, DemoServer};
use crate::{Outcome, install, run};

pub(crate) fn run(arguments: &[String]) -> Outcome {
    install::run(true)?;
    let binary = server::build_release()?;
    let demo = DemoServer::start(&binary)?;
    let mut command = run::command("node", ["e2e/shots.mjs"]);
    command.args(arguments).env("LIANTI_URL", &demo.base_url);
    run::run(&mut command)
}

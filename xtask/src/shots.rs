//! `cargo xtask shots`: a picture of every main screen, to be looked at by a person.

use crate::install::{self, Need};
use crate::server::{self, DemoServer};
use crate::{Outcome, run};

pub(crate) fn run(arguments: &[String]) -> Outcome {
    install::run(&[Need::WebPackages, Need::Browser])?;
    let binary = server::build_release()?;
    let demo = DemoServer::start(&binary)?;
    let mut command = run::command("node", ["e2e/shots.mjs"]);
    command.args(arguments).env("LIANTI_URL", &demo.base_url);
    run::run(&mut command)
}

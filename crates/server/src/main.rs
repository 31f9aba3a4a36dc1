//! `lianti`: the server and its command line in one binary.

use std::process::ExitCode;

use clap::Parser;
use lianti::commands;
use lianti::config::Cli;

fn main() -> ExitCode {
    let cli = Cli::parse();
    match commands::run(cli) {
        Ok(code) => code,
        Err(error) => {
            commands::complain(&error);
            ExitCode::FAILURE
        }
    }
}

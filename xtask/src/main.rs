//! What a developer or newcomer runs: `cargo xtask demo`, `test`, `bench`, `tidy` and a few more.
//!
//! One file a subcommand. Nothing here is part of the product: the server never calls xtask.

#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a command line tool talks on stdout and stderr"
)]

mod bench;
mod clients;
mod demo;
mod fhir;
mod fhir_tables;
mod fresh;
mod fuzz;
mod generate;
mod install;
mod new_module;
mod postgres;
mod run;
mod server;
mod shots;
mod test;
mod tidy;
mod web;

use std::process::ExitCode;

/// What a subcommand answers: nothing, or a sentence that says what went wrong and what to do.
pub(crate) type Outcome = Result<(), String>;

const HELP: &str = "\
cargo xtask COMMAND

  demo [--listen ADDR] [--fresh]   build everything and serve the demonstration consortium
                                   (data in ./data; --fresh starts it anew)
  build                            the web interface and the release server, for real use
  test [--quick] [--only STEP,…]   install what is missing, then run every check and test;
                                   --quick leaves out the browser, the independent clients
                                   and most crash cycles
  bench [ARGS…]                    measure the release build, write bench/results.json
  shots [ARGS…]                    screenshots of every main screen into ./shots
  tidy                             the house rules no compiler checks
  gen                              write docs/openapi.json, docs/errors.md and the typed client
  gen-fhir                         write the FHIR R4 tables of crates/fhir from the official package
  pg                               a private PostgreSQL in the foreground; prints its URL
  fuzz [TARGET…] [--seconds N]     the parsers against made-up bytes, on a nightly compiler
  new-module NAME                  the skeleton of modules/NAME
  fresh                            clone HEAD into a scratch folder and try the README there
";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let (command, rest) = match arguments.split_first() {
        Some((command, rest)) => (command.as_str(), rest),
        None => ("help", &[][..]),
    };
    let outcome = match command {
        "demo" => demo::run(rest),
        "build" => server::build_and_tell(),
        "test" => test::run(rest),
        "bench" => bench::run(rest),
        "shots" => shots::run(rest),
        "tidy" => tidy::run(),
        "gen" => generate::run(),
        "gen-fhir" => fhir::run(),
        "pg" => postgres::run_in_foreground(),
        "fuzz" => fuzz::run(rest),
        "new-module" => new_module::run(rest),
        "fresh" => fresh::run(),
        "help" | "--help" | "-h" => {
            println!("{HELP}");
            Ok(())
        }
        other => Err(format!("there is no `cargo xtask {other}`\n\n{HELP}")),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("xtask: {message}");
            ExitCode::FAILURE
        }
    }
}

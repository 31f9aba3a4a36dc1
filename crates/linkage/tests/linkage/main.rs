//! The matching engine against cases, properties, a generated population and the FEBRL sets.
#![expect(clippy::unwrap_used, reason = "tests fail loudly")]
#![expect(
    clippy::disallowed_methods,
    reason = "durations are told, and the environment says how much to run"
)]
#![expect(clippy::print_stdout, reason = "measurements are told")]

mod cases;
mod febrl;
mod people;
mod population;
mod properties;

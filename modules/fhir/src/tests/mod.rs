//! The module in process, on every engine.
#![expect(clippy::unwrap_used, reason = "tests fail loudly")]

mod access;
mod bundles;
mod crud;
mod fuzz;
mod hostile;
mod race;
mod searching;
mod world;

//! The module in process, on every engine.

mod access;
mod bundles;
mod crud;
mod examples;
mod fuzz;
mod hostile;
mod race;
mod searching;
mod world;

//! The module in process, on every engine.

mod backend;
mod fuzz;
mod launches;
mod people;
mod reach;
mod refresh;
mod refusals;
mod world;

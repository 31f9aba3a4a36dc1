//! The module in process, on every engine.

mod effects;
mod intake;
mod kinds;
mod maps;
mod mllp;
mod queue;
mod sensitive;
mod world;

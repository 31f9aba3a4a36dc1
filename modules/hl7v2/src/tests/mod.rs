//! The module in process, on every engine.

mod answers;
mod effects;
mod intake;
mod kinds;
mod leaving;
mod maps;
mod mllp;
mod outbound;
mod queue;
mod sending;
mod sensitive;
mod world;

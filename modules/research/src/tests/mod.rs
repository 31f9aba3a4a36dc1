//! The module in process, on every engine.

mod deciding;
mod hiding;
mod world;

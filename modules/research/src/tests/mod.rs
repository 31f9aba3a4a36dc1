//! The module in process, on every engine.
#![expect(clippy::unwrap_used, reason = "tests fail loudly")]

mod deciding;
mod hiding;
mod world;

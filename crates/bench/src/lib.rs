//! A small consortium and the means to load it, for the bench and for the tests that start the real
//! server.
#![expect(
    clippy::unwrap_used,
    reason = "a measurement that can't go on fails loudly"
)]

pub mod clock;
pub mod load;
pub mod server;
pub mod world;

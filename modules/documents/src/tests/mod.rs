//! Against the application in process, on both engines.

mod composing;
mod receiving;
mod world;

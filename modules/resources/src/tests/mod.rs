//! Tests of the module on both engines.

mod beds;
mod equipment;
mod fixture;
mod holds;
mod model;
mod races;
mod search;
mod slots;
mod waitlist;

//! The store on both engines: the same statements, the same answers, the same guarantees.

// The name under which every other crate knows this one.
extern crate lianti_store as store;

mod audit;
mod batch;
mod conformance;
mod entity;
mod events;
mod idempotency;
mod jobs;
mod migrate;
mod race;
mod rules;
mod support;
mod tamper;

//! The store on both engines: the same statements, the same answers, the same guarantees.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on says where")]

// The name under which every other crate knows this one.
extern crate lianti_store as store;

mod audit;
mod backup;
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
mod tls;

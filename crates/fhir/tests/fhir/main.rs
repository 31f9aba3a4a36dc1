//! The crate against the official material, and against what nobody vouches for.

mod arbitrary;
mod examples;
mod fhirpath;
mod invariants;
mod mutations;
mod package;
mod patch;
mod profiles;
mod search;
mod speed;

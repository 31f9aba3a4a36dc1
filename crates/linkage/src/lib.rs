//! Which records are of one person: the matching engine of the patient index.
//!
//! Deterministic rules first, then the weights of Fellegi and Sunter, learnt from the installation's
//! own records. Everything here computes on values: no storage, no clock, and no randomness but what
//! follows from a seed, so that a decision can be told again from what it was made of.
//!
//! ```text
//! Person ── Prepared::new ──► Prepared ── keys / Blocks ──► pairs ── compare ──► Pattern
//!                                                     Scorer::score ──► bits ── settle ──► Verdict
//! ```

mod address;
mod batch;
mod blocking;
mod compare;
mod decide;
mod distance;
mod evaluate;
mod fields;
mod hash;
mod learn;
mod lunar;
mod model;
mod name;
mod person;
mod placeholder;

pub use address::Address;
pub use batch::{Scored, link, match_one};
pub use blocking::{Blocks, Key, PERSONS_MAX, Pass, Skipped, keys};
pub use compare::compare;
pub use decide::{Decision, FieldScore, Reason, Thresholds, Verdict, decide};
pub use evaluate::{Evaluation, sweep};
pub use fields::{BirthLevel, Field, LEVELS_MAX, MISSING, NumberLevel, Part, Pattern, PlaceLevel};
pub use hash::Sampler;
pub use learn::{LearnOptions, learn};
pub use lunar::of as lunar_date;
pub use model::{Frequencies, Level, Model, Scorer, Statistics, probability};
pub use name::Name;
pub use person::{Birth, Identifier, Person, Prepared, RESIDENT_ID};
pub use placeholder::Placeholders;

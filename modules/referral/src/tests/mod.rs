//! The module in process, on every engine.

mod fixture;
mod journeys;
mod lists;
mod merging;
mod model;
mod refusals;
mod scenarios;

//! The module in process, on every engine.

mod fixture;
mod journeys;
mod model;
mod refusals;

mod scenarios;

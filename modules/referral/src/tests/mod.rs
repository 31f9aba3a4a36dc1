//! The module in process, on every engine.

mod fixture;
mod journeys;
mod refusals;

mod scenarios;

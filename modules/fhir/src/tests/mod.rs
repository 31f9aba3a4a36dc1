//! The module in process, on every engine.

mod access;
mod bundles;
mod consents;
mod crud;
mod documents;
mod examples;
mod export;
mod fuzz;
mod hostile;
mod importing;
mod matching;
mod merging;
mod oracle;
mod profiles;
mod race;
mod searching;
mod sensitive;
mod sensitive_ways;
mod subscribing;
mod tasks;
mod terms;
mod world;

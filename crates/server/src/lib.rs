//! The server as a library, so that its own tests can build the whole application in process.

pub mod background;
pub mod commands;
pub mod config;
pub mod modules;
pub mod serve;
pub mod web;

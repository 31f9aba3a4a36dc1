//! The demonstration consortium: a seeded generator and a simulator that works through commands.

pub mod names;
pub mod population;
pub mod population_health;
pub mod random;
pub mod shape;
mod shape_departments;
mod shape_organizations;
mod shape_people;
mod shape_resources;

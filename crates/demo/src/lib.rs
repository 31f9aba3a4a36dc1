//! The demonstration consortium: a seeded generator and a simulator that works through commands.

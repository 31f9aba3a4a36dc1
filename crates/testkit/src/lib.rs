//! Test application, two-database harness and fixtures.

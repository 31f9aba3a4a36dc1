//! Tests of the module on both engines.

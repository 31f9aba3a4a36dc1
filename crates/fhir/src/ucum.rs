//! ucum

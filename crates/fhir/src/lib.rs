//! FHIR R4 without I/O: no database, no network, no clock.
//!
//! A resource stays the bytes that came ([`json::Resource`]); views over those bytes answer
//! questions. What R4 says about types, elements, codes and search parameters are generated
//! tables of facts ([`definitions`]); nothing of the specification is compiled into types.
//!
//! [`validate`] tells what is wrong and where; [`search`] extracts the values a store indexes and
//! parses queries; [`patch`] changes a resource and keeps every untouched byte; [`fhirpath`] is the
//! evaluator beneath search expressions and invariants.

pub mod decimal;
pub mod definitions;
pub mod fhirpath;
pub mod issue;
pub mod json;
pub mod patch;
pub mod search;
pub mod temporal;
pub mod ucum;
pub mod validate;

pub use issue::{Issue, IssueCode, Severity, outcome};
pub use json::{Document, Resource, View};

//! FHIRPath: the paths of search parameters, invariants and patches.
//!
//! A reader, a tree and an evaluator over views of the JSON text. It follows FHIRPath 2.0 with the
//! functions R4 adds; what it does not do (open other resources, read a clock) it says in errors.

mod evaluate;
mod functions;
mod item;
mod lexer;
mod operators;
mod parser;
mod strings;
mod system;
mod types;

pub use evaluate::Context;
pub use item::{Element, Item};
pub(crate) use operators::same_json;

use crate::json::Resource;

/// A parsed FHIRPath.
#[derive(Debug)]
pub struct Expression {
    root: parser::Node,
}

impl Expression {
    /// Reads an expression.
    pub fn parse(text: &str) -> Result<Self, String> {
        parser::parse(text).map(|root| Self { root })
    }

    /// Evaluates it on a resource.
    pub fn evaluate<'a>(&'a self, resource: &'a Resource) -> Result<Vec<Item<'a>>, String> {
        let root = Element::root(resource);
        self.evaluate_on(root, &Context::new(root))
    }

    /// Evaluates it on one element; `context` tells which resource surrounds it.
    pub fn evaluate_on<'a>(
        &'a self,
        element: Element<'a>,
        context: &Context<'a>,
    ) -> Result<Vec<Item<'a>>, String> {
        evaluate::evaluate(&self.root, &Item::Element(element), context)
    }

    /// Whether it holds on an element: as an invariant does, when the answer is not `false`.
    pub(crate) fn holds<'a>(&'a self, element: Element<'a>, context: &Context<'a>) -> Option<bool> {
        let answer = self.evaluate_on(element, context).ok()?;
        match answer.as_slice() {
            [] => None,
            [one] => one.as_boolean(),
            _ => Some(true),
        }
    }
}

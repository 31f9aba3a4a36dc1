//! Walking the tree of an expression.

use std::borrow::Cow;
use std::cell::Cell;

use super::item::{Element, Item};
use super::parser::{Literal, Node, Operator};
use super::{functions, operators, types};
use crate::temporal::Temporal;

/// How many steps an evaluation may take: nobody's rule needs more, an attacker's does.
const STEPS_MAX: u32 = 2_000_000;
/// How many items a collection may have.
pub(super) const ITEMS_MAX: usize = 200_000;

/// A collection.
pub(super) type Items<'a> = Vec<Item<'a>>;

/// What surrounds an evaluation.
#[derive(Clone, Copy, Debug)]
pub struct Context<'a> {
    /// `%resource`: the innermost resource around the element.
    pub resource: Element<'a>,
    /// `%rootResource`: the outermost one, whose contained resources references name.
    pub root_resource: Element<'a>,
    /// Whether a name that no type has is an error; else it finds nothing.
    pub strict: bool,
    /// The moment of `now()` and `today()`; without it they are refused.
    pub now: Option<Temporal>,
}

impl<'a> Context<'a> {
    /// A resource that stands alone.
    pub fn new(root: Element<'a>) -> Self {
        Self {
            resource: root,
            root_resource: root,
            strict: false,
            now: None,
        }
    }
}

/// Where in the expression we are.
pub(super) struct Scope<'s, 'a> {
    pub this: Item<'a>,
    pub index: usize,
    pub total: Option<Items<'a>>,
    pub start: &'s Item<'a>,
    pub context: &'s Context<'a>,
    pub steps: &'s Cell<u32>,
}

impl<'s, 'a> Scope<'s, 'a> {
    /// Counts steps: items looked at, parts of the expression walked through.
    pub fn spend(&self, steps: usize) -> Result<(), String> {
        let steps = u32::try_from(steps).unwrap_or(STEPS_MAX);
        let all = self.steps.get().saturating_add(steps);
        self.steps.set(all);
        if all > STEPS_MAX {
            return Err("the expression takes too many steps".to_owned());
        }
        Ok(())
    }

    /// The same surroundings with another `$this`.
    pub fn with(&self, this: Item<'a>, index: usize) -> Scope<'s, 'a> {
        Scope {
            this,
            index,
            total: self.total.clone(),
            ..*self
        }
    }
}

pub(super) fn evaluate<'a>(
    root: &'a Node,
    focus: &Item<'a>,
    context: &Context<'a>,
) -> Result<Items<'a>, String> {
    let steps = Cell::new(0);
    let scope = Scope {
        this: focus.clone(),
        index: 0,
        total: None,
        start: focus,
        context,
        steps: &steps,
    };
    run(root, &scope)
}

pub(super) fn run<'a>(node: &'a Node, scope: &Scope<'_, 'a>) -> Result<Items<'a>, String> {
    scope.spend(1)?;
    match node {
        Node::This => Ok(vec![scope.this.clone()]),
        Node::Index => Ok(vec![Item::Integer(i64::try_from(scope.index).unwrap_or(0))]),
        Node::Total => Ok(scope.total.clone().unwrap_or_default()),
        Node::Empty => Ok(Vec::new()),
        Node::Literal(literal) => Ok(vec![value(literal)]),
        Node::Variable(name) => variable(name, scope),
        Node::Child(None, name) => first_step(name, scope),
        Node::Child(Some(on), name) => {
            let focus = run(on, scope)?;
            scope.spend(focus.len())?;
            let mut found = Vec::with_capacity(focus.len());
            for item in &focus {
                child(item, name, scope.context.strict, &mut found)?;
            }
            Ok(found)
        }
        Node::Call(None, call) => functions::call(vec![scope.this.clone()], call, scope),
        Node::Call(Some(on), call) => functions::call(run(on, scope)?, call, scope),
        Node::At(on, index) => {
            let mut items = run(on, scope)?;
            let index = match run(index, scope)?.as_slice() {
                [] => return Ok(Vec::new()),
                [one] => one.to_system(),
                _ => None,
            };
            let Some(Item::Integer(index)) = index else {
                return Err("an index is one whole number".to_owned());
            };
            let index = usize::try_from(index)
                .ok()
                .filter(|index| *index < items.len());
            Ok(index
                .map(|index| items.swap_remove(index))
                .into_iter()
                .collect())
        }
        Node::Negate(inner) => operators::negate(&run(inner, scope)?),
        Node::Binary(operator, left, right) => binary(*operator, left, right, scope),
        Node::Is(on, wanted) => {
            let items = run(on, scope)?;
            if !types::exists(wanted) {
                return Err(format!("there is no type {}", wanted.name));
            }
            match items.as_slice() {
                [] => Ok(Vec::new()),
                [one] => Ok(boolean(types::is(one, wanted))),
                _ => Err("`is` asks one item".to_owned()),
            }
        }
        Node::As(on, wanted) => {
            let mut items = run(on, scope)?;
            items.retain(|item| types::is(item, wanted));
            Ok(items)
        }
    }
}

pub(super) fn boolean<'a>(value: bool) -> Items<'a> {
    vec![Item::Boolean(value)]
}

fn value(literal: &Literal) -> Item<'_> {
    match literal {
        Literal::Boolean(value) => Item::Boolean(*value),
        Literal::Text(text) => Item::Text(Cow::Borrowed(text)),
        Literal::Integer(value) => Item::Integer(*value),
        Literal::Decimal(value) => Item::Decimal(*value),
        Literal::Temporal(value) => Item::Temporal(*value),
        Literal::Quantity(value, unit) => Item::Quantity(*value, Cow::Borrowed(unit)),
    }
}

/// A name at the start of a path: the type of the focus itself, or one of its members.
fn first_step<'a>(name: &str, scope: &Scope<'_, 'a>) -> Result<Items<'a>, String> {
    if name.starts_with(|letter: char| letter.is_ascii_uppercase())
        && let Item::Element(element) = &scope.this
        && element.kind.is_a(name)
    {
        return Ok(vec![scope.this.clone()]);
    }
    let mut found = Vec::new();
    child(&scope.this, name, scope.context.strict, &mut found)?;
    Ok(found)
}

fn child<'a>(
    item: &Item<'a>,
    name: &str,
    strict: bool,
    found: &mut Items<'a>,
) -> Result<(), String> {
    match item {
        Item::Element(element) => {
            if strict && !element.has_element(name) {
                return Err(format!("{} has no element {name}", element.kind.name));
            }
            element.children_named(name, found);
        }
        Item::TypeInfo(namespace, own) => match name {
            "namespace" => found.push(Item::Text(Cow::Borrowed(namespace))),
            "name" => found.push(Item::Text(Cow::Borrowed(own))),
            _ => {}
        },
        _ => {}
    }
    Ok(())
}

fn variable<'a>(name: &str, scope: &Scope<'_, 'a>) -> Result<Items<'a>, String> {
    let text = |text: String| Ok(vec![Item::Text(Cow::Owned(text))]);
    match name {
        "resource" => Ok(vec![Item::Element(scope.context.resource)]),
        "rootResource" => Ok(vec![Item::Element(scope.context.root_resource)]),
        "context" => Ok(vec![scope.start.clone()]),
        "ucum" => text(crate::ucum::SYSTEM.to_owned()),
        "sct" => text("http://snomed.info/sct".to_owned()),
        "loinc" => text("http://loinc.org".to_owned()),
        other => {
            if let Some(set) = other.strip_prefix("vs-") {
                text(format!("http://hl7.org/fhir/ValueSet/{set}"))
            } else if let Some(extension) = other.strip_prefix("ext-") {
                text(format!(
                    "http://hl7.org/fhir/StructureDefinition/{extension}"
                ))
            } else {
                Err(format!("there is no variable %{other}"))
            }
        }
    }
}

fn binary<'a>(
    operator: Operator,
    left: &'a Node,
    right: &'a Node,
    scope: &Scope<'_, 'a>,
) -> Result<Items<'a>, String> {
    let left = run(left, scope)?;
    if matches!(
        operator,
        Operator::And | Operator::Or | Operator::Implies | Operator::Xor
    ) {
        let left = truth(&left)?;
        // What the left side settles spares the right one.
        match (operator, left) {
            (Operator::And, Some(false)) => return Ok(boolean(false)),
            (Operator::Or, Some(true)) | (Operator::Implies, Some(false)) => {
                return Ok(boolean(true));
            }
            _ => {}
        }
        let right = truth(&run(right, scope)?)?;
        let answer = operators::logic(operator, left, right);
        return Ok(answer.map(Item::Boolean).into_iter().collect());
    }
    operators::apply(operator, left, run(right, scope)?)
}

/// A collection as a truth value: one item that is no boolean counts as true.
pub(super) fn truth(items: &[Item<'_>]) -> Result<Option<bool>, String> {
    match items {
        [] => Ok(None),
        [one] => Ok(one.as_boolean()),
        _ => Err("one truth value is expected, not several".to_owned()),
    }
}

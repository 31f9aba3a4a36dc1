//! Where in a profile an element stands.

use super::Node;
use crate::definitions::{self, Type};

/// A step of an element's path with its slice.
#[derive(Clone)]
pub(super) struct Step {
    pub name: String,
    pub slice: Option<String>,
}

pub(super) fn step_of(text: &str) -> Step {
    let (name, slice) = text
        .split_once(':')
        .map_or((text, None), |(name, slice)| (name, Some(slice)));
    Step {
        name: name.to_owned(),
        slice: slice.map(str::to_owned),
    }
}

/// `value[x]:valueQuantity` is the element `valueQuantity`.
pub(super) fn typed(step: Step) -> Step {
    match (&step.slice, step.name.strip_suffix("[x]")) {
        (Some(slice), Some(plain)) if slice.starts_with(plain) => Step {
            name: slice.clone(),
            slice: None,
        },
        _ => step,
    }
}

/// The node of an element, made where it is not there yet, and its type where that is one.
pub(super) fn locate<'t>(
    mut node: &'t mut Node,
    kind: &'static Type,
    steps: &[Step],
) -> Result<(&'t mut Node, Option<&'static Type>), String> {
    let mut kind = Some(kind);
    for step in steps {
        let narrowed = node.types.as_slice();
        let parent = match (kind, narrowed) {
            (Some(kind), _) => kind,
            (None, [one]) => definitions::type_named(one).ok_or("unknown type")?,
            (None, _) => return Err("narrow the choice above to one type first".to_owned()),
        };
        if parent.name == "Resource" || parent.primitive().is_some() {
            return Err(format!("what is within a {} is not checked", parent.name));
        }
        kind = type_of(parent, &step.name)?;
        node = below(&mut node.children, &step.name);
        if let Some(slice) = &step.slice {
            node = below(&mut node.slices, slice);
        }
    }
    Ok((node, kind))
}

fn below<'t>(nodes: &'t mut Vec<Node>, name: &str) -> &'t mut Node {
    let at = nodes.iter().position(|node| node.name == name);
    let at = at.unwrap_or_else(|| {
        nodes.push(Node::named(name));
        nodes.len() - 1
    });
    &mut nodes[at]
}

fn type_of(parent: &'static Type, name: &str) -> Result<Option<&'static Type>, String> {
    let unknown = || format!("{} has no element {name}", parent.name);
    match name.strip_suffix("[x]") {
        Some(plain) => {
            let element = parent.element(plain).filter(|element| element.choice);
            let types = &element.ok_or_else(unknown)?.types;
            Ok((types.len() == 1).then(|| types[0].definition()))
        }
        None => {
            let (_, type_ref) = parent.property(name).ok_or_else(unknown)?;
            Ok(Some(type_ref.definition()))
        }
    }
}

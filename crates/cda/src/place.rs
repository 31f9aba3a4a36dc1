//! An element with the way to it, so that whatever is wrong with it can be named.

use crate::fault::Fault;
use crate::tree::{Element, push_step};

/// An element and its place.
#[derive(Clone, Debug)]
pub(crate) struct At<'a> {
    pub element: &'a Element,
    pub place: String,
}

impl<'a> At<'a> {
    pub(crate) fn root(element: &'a Element) -> Self {
        let mut place = String::new();
        push_step(&mut place, &element.name, 1);
        Self { element, place }
    }

    /// Children of HL7 version 3 with this name, in order.
    pub(crate) fn all(&self, name: &str) -> Vec<Self> {
        let named = self.element.elements().filter(|child| child.name == name);
        let numbered = (1..).zip(named).filter(|(_, child)| child.ours);
        numbered
            .map(|(number, element)| {
                let mut place = self.place.clone();
                push_step(&mut place, name, number);
                Self { element, place }
            })
            .collect()
    }

    /// The first of them.
    pub(crate) fn first(&self, name: &str) -> Option<Self> {
        self.all(name).into_iter().next()
    }

    /// Along a way of first children.
    pub(crate) fn along(&self, names: &[&str]) -> Option<Self> {
        let mut at = self.clone();
        for name in names {
            at = at.first(name)?;
        }
        Some(at)
    }

    /// The one child of this name, if there is any.
    ///
    /// # Errors
    /// `cda.repeated`.
    pub(crate) fn one(&self, name: &str) -> Result<Option<Self>, Fault> {
        let mut all = self.all(name).into_iter();
        let first = all.next();
        match all.next() {
            None => Ok(first),
            Some(second) => Err(second.refuse("cda.repeated", "this stands once at most")),
        }
    }

    /// The one child of this name.
    ///
    /// # Errors
    /// `cda.missing`, `cda.repeated`.
    pub(crate) fn need(&self, name: &'static str) -> Result<Self, Fault> {
        self.one(name)?.ok_or_else(|| {
            let at = format!("{}/{name}", self.place);
            Fault::new("cda.missing", at, "this is needed and not there")
        })
    }

    pub(crate) fn attribute(&self, name: &str) -> Option<&'a str> {
        self.element.attribute(name)
    }

    /// The words in it, with every run of white space as one blank; `None` for none.
    pub(crate) fn words(&self) -> Option<String> {
        let words = self.element.words();
        let mut text = String::with_capacity(words.len());
        for word in words.split_whitespace() {
            if !text.is_empty() {
                text.push(' ');
            }
            text.push_str(word);
        }
        (!text.is_empty()).then_some(text)
    }

    pub(crate) fn refuse(&self, code: &'static str, detail: &'static str) -> Fault {
        Fault::new(code, self.place.clone(), detail)
    }
}

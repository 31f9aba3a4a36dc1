//! Looking into a document without copying it.

use std::borrow::Cow;

use serde_json::Value;

use super::{Document, Node, Resource};
use crate::issue::Issue;

/// What sort of JSON value something is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// `{…}`
    Object,
    /// `[…]`
    Array,
    /// `"…"`
    String,
    /// Digits, kept as written.
    Number,
    /// `true`
    True,
    /// `false`
    False,
    /// `null`
    Null,
}

/// One value within a document; copying it is free.
#[derive(Clone, Copy)]
pub struct View<'a> {
    pub(crate) document: &'a Document,
    pub(crate) index: u32,
}

impl<'a> View<'a> {
    pub(crate) fn node(self) -> &'a Node {
        &self.document.nodes[self.index as usize]
    }

    /// What sort of value this is.
    pub fn kind(self) -> Kind {
        self.node().kind
    }

    /// The value as written: quotes, brackets and digits included.
    pub fn raw(self) -> &'a str {
        let node = self.node();
        &self.document.text[node.start as usize..node.end as usize]
    }

    /// The bytes of the document this value takes, from start to end.
    pub fn span(self) -> std::ops::Range<usize> {
        let node = self.node();
        node.start as usize..node.end as usize
    }

    /// The member name this value stands under; empty in arrays and at the root.
    pub fn name(self) -> &'a str {
        let node = self.node();
        let start = node.name_start as usize;
        &self.document.text[start..start + node.name_len as usize]
    }

    /// The member of an object; `None` for other values too.
    pub fn get(self, name: &str) -> Option<View<'a>> {
        self.members().find(|member| member.name() == name)
    }

    /// The member at the end of a path of names; arrays on the way give their first item.
    pub fn at(self, path: &[&str]) -> Option<View<'a>> {
        path.iter().try_fold(self, |view, name| {
            let view = if view.kind() == Kind::Array {
                view.items().next()?
            } else {
                view
            };
            view.get(name)
        })
    }

    /// The members of an object in their order; nothing for other values.
    pub fn members(self) -> Members<'a> {
        Members(self.children(Kind::Object))
    }

    /// The items of an array; for any other value, that value alone.
    pub fn items(self) -> Items<'a> {
        match self.kind() {
            Kind::Array => self.children(Kind::Array),
            _ => Items {
                document: self.document,
                index: self.index,
                end: self.index + 1,
            },
        }
    }

    fn children(self, kind: Kind) -> Items<'a> {
        let node = self.node();
        let end = if node.kind == kind {
            node.next
        } else {
            self.index + 1
        };
        Items {
            document: self.document,
            index: self.index + 1,
            end,
        }
    }

    /// The text of a string, escapes resolved.
    pub fn as_str(self) -> Option<Cow<'a, str>> {
        let node = self.node();
        if node.kind != Kind::String {
            return None;
        }
        if !node.escaped {
            return self.as_plain().map(Cow::Borrowed);
        }
        serde_json::from_str(self.raw()).ok().map(Cow::Owned)
    }

    /// The text of a string that was written without escapes, as codes, ids and dates are.
    pub fn as_plain(self) -> Option<&'a str> {
        let node = self.node();
        (node.kind == Kind::String && !node.escaped)
            .then(|| &self.document.text[node.start as usize + 1..node.end as usize - 1])
    }

    /// `true` or `false`.
    pub fn as_bool(self) -> Option<bool> {
        match self.kind() {
            Kind::True => Some(true),
            Kind::False => Some(false),
            _ => None,
        }
    }

    /// The digits of a number as written.
    pub fn as_number(self) -> Option<&'a str> {
        (self.kind() == Kind::Number).then(|| self.raw())
    }

    /// A copy as `serde_json` holds it. Decimals lose their trailing zeros: for answers that are
    /// computed, never for what is stored.
    pub fn to_value(self) -> Value {
        serde_json::from_str(self.raw()).unwrap_or(Value::Null)
    }

    /// This object as a resource of its own (a bundle entry, a contained resource).
    pub fn to_resource(self) -> Result<Resource, Issue> {
        Resource::from_document(self.to_document())
    }

    /// This value as a document of its own; its text is copied, not read again.
    pub fn to_document(self) -> Document {
        let first = self.index as usize;
        let root = *self.node();
        let nodes = &self.document.nodes[first..root.next as usize];
        let moved = nodes.iter().enumerate().map(|(index, node)| Node {
            name_len: if index == 0 { 0 } else { node.name_len },
            name_start: node.name_start.saturating_sub(root.start),
            start: node.start - root.start,
            end: node.end - root.start,
            next: node.next - self.index,
            ..*node
        });
        Document {
            text: self.raw().into(),
            nodes: moved.collect(),
        }
    }
}

impl std::fmt::Debug for View<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "View({:?} at {})", self.kind(), self.node().start)
    }
}

/// The items of an array.
#[derive(Clone)]
pub struct Items<'a> {
    document: &'a Document,
    index: u32,
    end: u32,
}

impl<'a> Iterator for Items<'a> {
    type Item = View<'a>;

    fn next(&mut self) -> Option<View<'a>> {
        if self.index >= self.end {
            return None;
        }
        let view = View {
            document: self.document,
            index: self.index,
        };
        self.index = view.node().next;
        Some(view)
    }
}

/// The members of an object; each view knows its name.
#[derive(Clone)]
pub struct Members<'a>(Items<'a>);

impl<'a> Iterator for Members<'a> {
    type Item = View<'a>;

    fn next(&mut self) -> Option<View<'a>> {
        self.0.next()
    }
}

//! Where in a resource we are; written out only when something is wrong there.

/// A step on the way from the root.
#[derive(Clone, Copy)]
pub(super) struct Place<'p> {
    parent: Option<&'p Place<'p>>,
    name: &'p str,
    index: Option<usize>,
}

impl<'p> Place<'p> {
    pub fn root(name: &'p str) -> Self {
        Self {
            parent: None,
            name,
            index: None,
        }
    }

    /// A member; choices go by their element's name, as FHIRPath has it.
    pub fn member(&'p self, name: &'p str) -> Self {
        Self {
            parent: Some(self),
            name,
            index: None,
        }
    }

    /// An item of the member this place is.
    pub fn item(self, index: usize) -> Self {
        Self {
            index: Some(index),
            ..self
        }
    }
}

impl std::fmt::Display for Place<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if let Some(parent) = self.parent {
            write!(f, "{parent}.")?;
        }
        f.write_str(self.name)?;
        match self.index {
            Some(index) => write!(f, "[{index}]"),
            None => Ok(()),
        }
    }
}

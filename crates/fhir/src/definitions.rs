//! What R4 says about types, elements, codes and compartments: generated tables, read once.
//!
//! The tables in `definitions/` are facts out of npm `hl7.fhir.r4.examples` 4.0.1 (public domain,
//! CC0), written by `cargo xtask gen-fhir`. Reading them takes a few milliseconds and happens at
//! the first use.

mod load;
mod primitive;

use std::collections::HashMap;
use std::sync::LazyLock;

use crate::fhirpath::Expression;
use crate::search::Lazy;

pub(crate) use load::rows;
pub use primitive::Primitive;

/// The version of FHIR these tables describe.
pub const VERSION: &str = "4.0.1";

/// What sort of type something is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TypeKind {
    /// A resource such as `Patient`.
    Resource,
    /// A data type such as `HumanName`.
    Complex,
    /// A primitive such as `date`.
    Primitive(Primitive),
    /// An element with elements of its own, named by its path, such as `Patient.contact`.
    Backbone,
    /// `Resource`, `DomainResource`, `Element`, `BackboneElement`.
    Abstract,
}

/// A type and its elements.
pub struct Type {
    /// Its name; the path for backbone elements.
    pub name: &'static str,
    /// What sort it is.
    pub kind: TypeKind,
    /// The elements it adds to its base.
    pub elements: Vec<Element>,
    /// Its own invariants.
    pub constraints: Vec<Constraint>,
    pub(crate) base: Option<u16>,
    /// Member names in JSON, sorted: name, element, type of a choice.
    pub(crate) properties: Vec<(Box<str>, u16, u8)>,
}

/// An element of a type.
pub struct Element {
    /// Its name, without `[x]`.
    pub name: &'static str,
    /// Whether its JSON name carries its type, such as `valueQuantity`.
    pub choice: bool,
    /// How many there must be.
    pub min: u8,
    /// How many there may be; `None`: any number.
    pub max: Option<u8>,
    /// Types it may have.
    pub types: Vec<TypeRef>,
    /// Whether it changes the meaning of what surrounds it.
    pub modifier: bool,
    /// Whether it belongs to the summary.
    pub summary: bool,
    /// The codes it must be of.
    pub binding: Option<&'static ValueSet>,
}

/// A type an element may have.
pub struct TypeRef {
    /// The type's name as the element gives it (`SimpleQuantity` is a `Quantity`).
    pub name: &'static str,
    /// Types a reference may point at; empty: any.
    pub targets: Vec<&'static str>,
    pub(crate) index: u16,
}

/// An invariant.
pub struct Constraint {
    /// Its key, such as `obs-6`.
    pub key: &'static str,
    /// Whether breaking it refuses the resource.
    pub error: bool,
    /// The element of the type it is about; `None`: the type itself.
    pub element: Option<&'static str>,
    /// Its FHIRPath.
    pub expression_text: &'static str,
    pub(crate) expression: Lazy,
}

/// The codes of a required binding.
pub struct ValueSet {
    /// The last part of its URL.
    pub name: &'static str,
    /// Its codes by system.
    pub systems: Vec<(&'static str, Vec<&'static str>)>,
}

pub(crate) struct Tables {
    pub types: Vec<Type>,
    pub by_name: HashMap<&'static str, u16>,
    pub resource_names: Vec<&'static str>,
}

static VALUE_SETS: LazyLock<HashMap<&'static str, ValueSet>> = LazyLock::new(load::value_sets);
static TABLES: LazyLock<Tables> = LazyLock::new(load::tables);
/// Search parameters by compartment and type.
type Compartments = HashMap<&'static str, HashMap<&'static str, Vec<&'static str>>>;
static COMPARTMENTS: LazyLock<Compartments> = LazyLock::new(load::compartments);

/// The type with this name (the path for backbone elements).
pub fn type_named(name: &str) -> Option<&'static Type> {
    let tables = &*TABLES;
    let index = *tables.by_name.get(name)?;
    tables.types.get(usize::from(index))
}

/// All types, backbone elements included.
pub fn types() -> &'static [Type] {
    &TABLES.types
}

/// The resource type with this name; `None` for abstract ones too.
pub fn resource_type(name: &str) -> Option<&'static Type> {
    type_named(name).filter(|kind| kind.kind == TypeKind::Resource)
}

/// The names of all resource types, in order.
pub fn resource_types() -> &'static [&'static str] {
    &TABLES.resource_names
}

/// The name of a resource type as a `'static` text.
pub fn resource_name(name: &str) -> Option<&'static str> {
    resource_type(name).map(|kind| kind.name)
}

/// The codes of a required binding, by the last part of its URL.
pub fn value_set(name: &str) -> Option<&'static ValueSet> {
    VALUE_SETS.get(name)
}

/// The search parameters through which resources of `type_name` belong to a compartment such as
/// `Patient`. `{def}` stands for the resource itself. Empty: it is not in such compartments.
pub fn compartment(compartment: &str, type_name: &str) -> &'static [&'static str] {
    let types = COMPARTMENTS.get(compartment);
    let known = types.and_then(|types| types.get(type_name));
    known.map_or(&[], Vec::as_slice)
}

impl Type {
    /// The element and the type behind a JSON member name such as `valueQuantity`.
    pub fn property(&'static self, name: &str) -> Option<(&'static Element, &'static TypeRef)> {
        let found = self
            .properties
            .binary_search_by(|(known, ..)| (**known).cmp(name));
        match found {
            Ok(at) => {
                let (_, element, choice) = &self.properties[at];
                let element = &self.elements[usize::from(*element)];
                Some((element, &element.types[usize::from(*choice)]))
            }
            Err(_) => self.base()?.property(name),
        }
    }

    /// The type this one adds to.
    pub fn base(&self) -> Option<&'static Type> {
        self.base.map(|index| &TABLES.types[usize::from(index)])
    }

    /// This type and those it builds on, outermost first.
    pub fn lineage(&'static self) -> impl Iterator<Item = &'static Type> {
        std::iter::successors(Some(self), |kind| kind.base())
    }

    /// All elements, inherited ones last.
    pub fn all_elements(&'static self) -> impl Iterator<Item = &'static Element> {
        self.lineage().flat_map(|kind| kind.elements.iter())
    }

    /// The element with this name, without `[x]`.
    pub fn element(&'static self, name: &str) -> Option<&'static Element> {
        self.all_elements().find(|element| element.name == name)
    }

    /// Whether this is `name` or builds on it.
    pub fn is_a(&'static self, name: &str) -> bool {
        self.lineage().any(|kind| kind.name == name)
    }

    /// The primitive this is.
    pub fn primitive(&self) -> Option<Primitive> {
        match self.kind {
            TypeKind::Primitive(primitive) => Some(primitive),
            _ => None,
        }
    }
}

impl TypeRef {
    /// The definition of the type.
    pub fn definition(&self) -> &'static Type {
        &TABLES.types[usize::from(self.index)]
    }
}

impl ValueSet {
    /// Whether a code, of any system, is among its codes.
    pub fn has_code(&self, code: &str) -> bool {
        self.systems.iter().any(|(_, codes)| codes.contains(&code))
    }

    /// Whether a code of a system is among its codes.
    pub fn has(&self, system: &str, code: &str) -> bool {
        self.systems
            .iter()
            .any(|(known, codes)| *known == system && codes.contains(&code))
    }
}

impl Constraint {
    /// Its expression; `None` when this crate cannot read it, which a test rules out.
    pub fn expression(&self) -> Option<&Expression> {
        self.expression.as_ref()
    }
}

impl std::fmt::Debug for Type {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name)
    }
}

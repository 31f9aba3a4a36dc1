//! The values on both sides of a search: what an index holds, what a query asks.

use super::Parameter;

/// The start of a period that has no start, in microseconds.
pub const TIME_MIN: i64 = i64::MIN;
/// The end of a period that has no end, in microseconds.
pub const TIME_MAX: i64 = i64::MAX;

/// One value of a resource under one search parameter: one row of an index.
#[derive(Clone, Debug, PartialEq)]
pub struct IndexEntry {
    /// The parameter; its `code` is what a query names.
    pub parameter: &'static Parameter,
    /// The value.
    pub value: IndexValue,
}

/// An indexed value.
#[derive(Clone, Debug, PartialEq)]
pub enum IndexValue {
    /// A code, identifier, boolean or telecom value.
    Token {
        /// The system; `None` when the value has none.
        system: Option<String>,
        /// The code or identifier value; empty when only a system is known.
        code: String,
        /// For `:of-type`: system and code of `Identifier.type`.
        of_type: Option<(String, String)>,
        /// For `:text`: display, `CodeableConcept.text` or `Identifier.type.text`, folded.
        text: Option<String>,
    },
    /// Words.
    String {
        /// As written, for `:exact`.
        exact: String,
        /// Folded by [`super::extract()`]'s rules: width, case, accents, blanks.
        folded: String,
        /// For text with Chinese characters: toneless pinyin such as `zhangsan`.
        pinyin: Option<String>,
        /// For text with Chinese characters: initials such as `zs`.
        initials: Option<String>,
    },
    /// A moment or period as `[low, high)` in microseconds since 1970 UTC. A date without a zone
    /// is taken at UTC+8, where every member of the consortium works.
    Date {
        /// First microsecond.
        low: i64,
        /// First microsecond after it; [`TIME_MAX`] when open.
        high: i64,
    },
    /// A number, or a range of numbers.
    Number {
        /// Lowest.
        low: f64,
        /// Highest; equal to `low` for a plain number.
        high: f64,
    },
    /// A quantity, range of quantities or amount of money.
    Quantity {
        /// Lowest value as written.
        low: f64,
        /// Highest value as written.
        high: f64,
        /// System of the unit.
        system: Option<String>,
        /// Code of the unit, else its text.
        unit: Option<String>,
        /// The same in canonical units: low, high and the canonical code; `None` when the unit is
        /// not UCUM or not known.
        canonical: Option<(f64, f64, String)>,
    },
    /// A reference.
    Reference(Reference),
    /// A URI.
    Uri(String),
    /// A pair (or triple) of values that stand together, in the order of the parameter's components.
    Composite(Vec<IndexValue>),
}

/// What a reference points at.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reference {
    /// Type and id of a resource on this server.
    pub target: Option<(&'static str, String)>,
    /// The version a reference names.
    pub version: Option<String>,
    /// An absolute URL elsewhere, a canonical, a `urn:`; as written without version.
    pub url: Option<String>,
    /// `Reference.identifier`: system and value.
    pub identifier: Option<(Option<String>, String)>,
    /// `Reference.type`, or the type that stands in a foreign URL.
    pub kind: Option<String>,
}

/// How a value compares.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Prefix {
    /// The range asked contains the value's range.
    #[default]
    Eq,
    /// Not so.
    Ne,
    /// The range above the value asked intersects the value's range.
    Gt,
    /// The same with equality.
    Ge,
    /// The range below.
    Lt,
    /// The same with equality.
    Le,
    /// Starts after.
    Sa,
    /// Ends before.
    Eb,
    /// About the same: the ranges overlap, after the one asked was widened (by a tenth for numbers,
    /// by its own length for dates); `low` and `high` are widened already.
    Ap,
}

/// A date asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DateMatch {
    /// How it compares.
    pub prefix: Prefix,
    /// The period asked, `[low, high)` in microseconds.
    pub low: i64,
    /// First microsecond after the period asked.
    pub high: i64,
}

/// A number asked for.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct NumberMatch {
    /// How it compares.
    pub prefix: Prefix,
    /// The value; for prefixes other than `eq`, `ne` and `ap`.
    pub value: f64,
    /// Start of the implied range: half a unit of the last digit below (a tenth for `ap`).
    pub low: f64,
    /// End of the implied range, not included.
    pub high: f64,
}

/// One value asked for; the values of a clause are alternatives.
#[derive(Clone, Debug, PartialEq)]
pub enum QueryValue {
    /// `system|code`, `|code`, `code`, `system|`.
    Token {
        /// `None`: any system. `Some("")`: explicitly none.
        system: Option<String>,
        /// `None`: any code of the system.
        code: Option<String>,
    },
    /// `type-system|type-code|value` of `:of-type`.
    OfType {
        /// System of the identifier's type; `None`: any.
        system: Option<String>,
        /// Code of the identifier's type.
        code: String,
        /// The identifier's value.
        value: String,
    },
    /// The text of `:text` on tokens, folded; matches as the start of a word.
    Text(String),
    /// Words; `folded` for plain and `:contains`, `exact` for `:exact`.
    String {
        /// As written.
        exact: String,
        /// Folded as the index is.
        folded: String,
    },
    /// A date.
    Date(DateMatch),
    /// A number.
    Number(NumberMatch),
    /// A quantity.
    Quantity {
        /// The number, in the unit asked.
        number: NumberMatch,
        /// `None`: any.
        system: Option<String>,
        /// `None`: any unit.
        unit: Option<String>,
        /// The same number in canonical units and the canonical code.
        canonical: Option<(NumberMatch, String)>,
    },
    /// A reference: `type/id`, `id` (all target types), a URL.
    Reference {
        /// Local types asked; all target types when none is named.
        types: Vec<&'static str>,
        /// Local id, when the value can be one.
        id: Option<String>,
        /// The version, when named.
        version: Option<String>,
        /// An absolute URL or canonical elsewhere.
        url: Option<String>,
    },
    /// `:identifier`: system (as in `Token`) and value.
    Identifier {
        /// `None`: any system.
        system: Option<String>,
        /// The value.
        code: Option<String>,
    },
    /// A URI.
    Uri(String),
    /// The value set of `:in` and `:not-in`, the concept of `:above` and `:below` stay tokens.
    ValueSet(String),
    /// One value a component.
    Composite(Vec<QueryValue>),
}

//! The one error type. `http` turns its kind into a status at the last step.

use std::error::Error as StdError;
use std::fmt;

/// Shorthand used everywhere below `server`.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// What sort of refusal or failure this is. Closed: a new sort is a decision, not an accident.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// The input is malformed or incomplete.
    Invalid,
    /// Nobody is signed in, or the proof is wrong.
    Unauthenticated,
    /// The actor may not do this.
    Forbidden,
    /// It does not exist, or the actor may not know that it does.
    NotFound,
    /// It existed and was removed.
    Gone,
    /// It clashes with what is stored.
    Conflict,
    /// Somebody changed it since the caller read it.
    StaleVersion,
    /// A rule of the consortium refuses it.
    Rule,
    /// Too many attempts.
    Throttled,
    /// Not supported here.
    Unsupported,
    /// The address is known, and does not take this method.
    Method,
    /// Larger than the limit.
    TooLarge,
    /// Not possible just now; try again.
    Unavailable,
    /// The store has no room left.
    Full,
    /// A defect.
    Internal,
}

/// A refusal or failure: what the caller may know, and (in `source`) what the operator needs.
///
/// `code` is stable and namespaced (`referral.bed-not-available`); the interface translates it.
/// `detail` is an English sentence a clerk can act on; it never names another patient.
pub struct Error(Box<Inner>);

struct Inner {
    kind: Kind,
    code: &'static str,
    detail: String,
    at: Vec<String>,
    data: Option<serde_json::Value>,
    source: Option<Box<dyn StdError + Send + Sync>>,
}

impl Error {
    /// A new error; add the field at fault with [`Error::at`].
    pub fn new(kind: Kind, code: &'static str, detail: impl Into<String>) -> Self {
        Self(Box::new(Inner {
            kind,
            code,
            detail: detail.into(),
            at: Vec::new(),
            data: None,
            source: None,
        }))
    }

    /// Malformed or incomplete input in `field`.
    pub fn invalid(
        code: &'static str,
        field: impl Into<String>,
        detail: impl Into<String>,
    ) -> Self {
        Self::new(Kind::Invalid, code, detail).at(field)
    }

    /// A rule of the consortium says no.
    pub fn rule(code: &'static str, detail: impl Into<String>) -> Self {
        Self::new(Kind::Rule, code, detail)
    }

    /// It clashes with what is stored.
    pub fn conflict(code: &'static str, detail: impl Into<String>) -> Self {
        Self::new(Kind::Conflict, code, detail)
    }

    /// Not there, or not to be known by this actor: the two are not told apart.
    pub fn not_found(what: &'static str) -> Self {
        Self::new(
            Kind::NotFound,
            what,
            "there is no such thing, or you may not see it",
        )
    }

    /// The actor may not do this.
    pub fn forbidden(code: &'static str, detail: impl Into<String>) -> Self {
        Self::new(Kind::Forbidden, code, detail)
    }

    /// A defect or an unexpected failure; the cause goes to the log, not to the caller.
    pub fn internal(cause: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        let mut error = Self::new(
            Kind::Internal,
            "server.internal",
            "something failed on our side; nothing was changed; the trace id helps the operator find it",
        );
        error.0.source = Some(cause.into());
        error
    }

    /// Adds the field at fault, as a path such as `patient.identifier`.
    #[must_use]
    pub fn at(mut self, field: impl Into<String>) -> Self {
        self.0.at.push(field.into());
        self
    }

    /// Adds machine-readable facts that help the caller recover (alternatives, the current version).
    #[must_use]
    pub fn with(mut self, data: serde_json::Value) -> Self {
        self.0.data = Some(data);
        self
    }

    /// Adds the cause, for the log only.
    #[must_use]
    pub fn because(mut self, cause: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        self.0.source = Some(cause.into());
        self
    }

    /// What sort of error.
    pub fn kind(&self) -> Kind {
        self.0.kind
    }

    /// The stable code.
    pub fn code(&self) -> &'static str {
        self.0.code
    }

    /// The sentence for the caller.
    pub fn detail(&self) -> &str {
        &self.0.detail
    }

    /// The fields at fault.
    pub fn fields(&self) -> &[String] {
        &self.0.at
    }

    /// Facts for recovery.
    pub fn data(&self) -> Option<&serde_json::Value> {
        self.0.data.as_ref()
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.0.code, self.0.detail)?;
        if !self.0.at.is_empty() {
            write!(f, " (at {})", self.0.at.join(", "))?;
        }
        Ok(())
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?} {self}", self.0.kind)?;
        let mut cause = self.source();
        while let Some(inner) = cause {
            write!(f, " <- {inner}")?;
            cause = inner.source();
        }
        Ok(())
    }
}

impl StdError for Error {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.0
            .source
            .as_deref()
            .map(|source| source as &(dyn StdError + 'static))
    }
}

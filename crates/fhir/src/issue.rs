//! What is wrong with a resource or a request, where, and as which FHIR issue type.

use serde_json::{Value, json};

/// How bad an issue is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// Worth knowing; nothing has to change.
    Information,
    /// Accepted, but likely a mistake.
    Warning,
    /// Refused.
    Error,
    /// Refused before the content was understood.
    Fatal,
}

impl Severity {
    /// The code of value set `issue-severity`.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Information => "information",
            Self::Warning => "warning",
            Self::Error => "error",
            Self::Fatal => "fatal",
        }
    }
}

/// The codes of value set `issue-type` in use here and in the server.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum IssueCode {
    /// Content is not valid by the specification.
    Invalid,
    /// The text is not JSON, or has a member twice, or nests too deep.
    Structure,
    /// A required element is missing.
    Required,
    /// An element has a wrong format or is not of its type.
    Value,
    /// A rule of the specification (an invariant) is broken.
    Invariant,
    /// A code is not among those allowed.
    CodeInvalid,
    /// An extension that is not understood, or badly shaped.
    Extension,
    /// More of something than is allowed, or larger than a limit.
    TooLong,
    /// The query or operation costs more than the server is willing to spend.
    TooCostly,
    /// The server does not do this.
    NotSupported,
    /// There is no such resource.
    NotFound,
    /// It existed and was deleted.
    Deleted,
    /// More than one resource answers a condition that must name one.
    MultipleMatches,
    /// It clashes with what is stored.
    Conflict,
    /// The same thing is there already.
    Duplicate,
    /// A rule of the consortium refuses it.
    BusinessRule,
    /// Nobody is signed in.
    Login,
    /// The caller may not do this.
    Forbidden,
    /// Too many requests.
    Throttled,
    /// Not possible just now; try again.
    Transient,
    /// The time allowed ran out.
    Timeout,
    /// A defect or failure on the server's side.
    Exception,
    /// Nothing is wrong.
    Informational,
}

impl IssueCode {
    /// The code of value set `issue-type`.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Invalid => "invalid",
            Self::Structure => "structure",
            Self::Required => "required",
            Self::Value => "value",
            Self::Invariant => "invariant",
            Self::CodeInvalid => "code-invalid",
            Self::Extension => "extension",
            Self::TooLong => "too-long",
            Self::TooCostly => "too-costly",
            Self::NotSupported => "not-supported",
            Self::NotFound => "not-found",
            Self::Deleted => "deleted",
            Self::MultipleMatches => "multiple-matches",
            Self::Conflict => "conflict",
            Self::Duplicate => "duplicate",
            Self::BusinessRule => "business-rule",
            Self::Login => "login",
            Self::Forbidden => "forbidden",
            Self::Throttled => "throttled",
            Self::Transient => "transient",
            Self::Timeout => "timeout",
            Self::Exception => "exception",
            Self::Informational => "informational",
        }
    }
}

/// One thing wrong, with its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Issue {
    /// How bad.
    pub severity: Severity,
    /// Of which sort.
    pub code: IssueCode,
    /// Where, as a FHIRPath such as `Patient.contact[0].name`; empty when there is no place.
    /// For text that is not JSON it is the innermost element the reader had entered.
    pub expression: String,
    /// A sentence that says what is wrong and what to do. It never repeats values of the
    /// resource beyond a code or a short primitive.
    pub details: String,
}

impl Issue {
    /// An error of sort `code` at `expression`.
    pub fn error(
        code: IssueCode,
        expression: impl Into<String>,
        details: impl Into<String>,
    ) -> Self {
        Self {
            severity: Severity::Error,
            code,
            expression: expression.into(),
            details: details.into(),
        }
    }

    /// A warning of sort `code` at `expression`.
    pub fn warning(
        code: IssueCode,
        expression: impl Into<String>,
        details: impl Into<String>,
    ) -> Self {
        Self {
            severity: Severity::Warning,
            ..Self::error(code, expression, details)
        }
    }

    /// Whether this issue refuses the resource.
    pub fn is_error(&self) -> bool {
        self.severity >= Severity::Error
    }
}

/// The OperationOutcome that carries `issues`; with none, one that says all is well.
pub fn outcome(issues: &[Issue]) -> Value {
    let fine = [Issue {
        severity: Severity::Information,
        code: IssueCode::Informational,
        expression: String::new(),
        details: "all is well".to_owned(),
    }];
    let issues = if issues.is_empty() { &fine } else { issues };
    let issues: Vec<Value> = issues.iter().map(issue_value).collect();
    json!({ "resourceType": "OperationOutcome", "issue": issues })
}

fn issue_value(issue: &Issue) -> Value {
    let mut value = json!({
        "severity": issue.severity.word(),
        "code": issue.code.word(),
        "details": { "text": issue.details },
    });
    if !issue.expression.is_empty() {
        value["expression"] = json!([issue.expression]);
    }
    value
}

/// What a message may repeat of a value: its first 40 characters, in quotes.
pub(crate) fn short(value: &str) -> String {
    let mut kept: String = value.chars().take(40).collect();
    if kept.len() < value.len() {
        kept.push('…');
    }
    format!("`{kept}`")
}

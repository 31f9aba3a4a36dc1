//! Reading one condition: parameter, modifier, chain, `_has`, values.

use super::parse::{Refusal, shared_parameter, wrong};
use super::values::{self, split};
use super::{CHAIN_MAX, CLAUSES_MAX, Criterion, Modifier};
use crate::definitions;
use crate::issue::{Issue, IssueCode, short};
use crate::search::{Parameter, ParameterKind, QueryValue, folded, parameter};

/// Chains through references of several types multiply; so many conditions are enough.
const CRITERIA_MAX: usize = 2_000;

/// Reads conditions and counts what they cost.
#[derive(Default)]
pub(super) struct Reader {
    values: usize,
    criteria: usize,
}

impl Reader {
    /// Reads `name=value` asked of resources of `types` (none: of every type).
    pub(super) fn criterion(
        &mut self,
        types: &[&'static str],
        name: &str,
        value: &str,
        depth: usize,
    ) -> Result<Criterion, Refusal> {
        self.criteria += 1;
        if depth > CHAIN_MAX || self.criteria > CRITERIA_MAX {
            let details = format!("a chain has at most {CHAIN_MAX} links and few types");
            return Err(Issue::error(IssueCode::TooCostly, short(name), details).into());
        }
        if let Some(rest) = name.strip_prefix("_has:") {
            return self.has(types, name, rest, value, depth);
        }
        if let Some((head, rest)) = name.split_once('.') {
            return self.chain(types, (name, head, rest), value, depth);
        }
        let (code, modifier) = match name.split_once(':') {
            Some((code, modifier)) => (code, Some(modifier)),
            None => (name, None),
        };
        if let Some(criterion) = self.special(name, code, modifier, value)? {
            return Ok(criterion);
        }
        let Some(parameter) = shared_parameter(types, code) else {
            return Err(unknown(types, code, name));
        };
        self.plain(parameter, (name, modifier), value)
            .map_err(Refusal::Wrong)
    }

    /// Parameters of the server rather than of a type.
    fn special(
        &mut self,
        name: &str,
        code: &str,
        modifier: Option<&str>,
        value: &str,
    ) -> Result<Option<Criterion>, Issue> {
        let known = matches!(
            code,
            "_id" | "_lastUpdated" | "_list" | "_text" | "_content"
        );
        if !known {
            return Ok(None);
        }
        if modifier.is_some() {
            return Err(wrong(name, format!("{code} has no modifiers")));
        }
        let alternatives = self.alternatives(name, value)?;
        Ok(Some(match code {
            "_id" => Criterion::Id(alternatives.iter().map(|id| values::plain(id)).collect()),
            "_lastUpdated" => {
                let dates: Result<Vec<_>, Issue> = alternatives
                    .iter()
                    .map(|text| values::date(name, text))
                    .collect();
                Criterion::LastUpdated(dates?)
            }
            "_list" => Criterion::List(values::plain(value)),
            _ => {
                let words = folded(value);
                let words = words.split_whitespace().map(str::to_owned).collect();
                Criterion::Words {
                    narrative: code == "_text",
                    words,
                }
            }
        }))
    }

    fn plain(
        &mut self,
        parameter: &'static Parameter,
        (name, modifier): (&str, Option<&str>),
        value: &str,
    ) -> Result<Criterion, Issue> {
        if parameter.kind == ParameterKind::Special {
            let details = format!("{} is not supported", parameter.code);
            return Err(Issue::error(IssueCode::NotSupported, name, details));
        }
        if modifier == Some("missing") {
            let missing = match value {
                "true" => true,
                "false" => false,
                _ => return Err(wrong(name, ":missing takes true or false")),
            };
            return Ok(Criterion::Missing { parameter, missing });
        }
        let (modifier, only) = modifier_of(parameter, name, modifier)?;
        let any: Result<Vec<QueryValue>, Issue> = self
            .alternatives(name, value)?
            .into_iter()
            .map(|text| values::value(parameter, modifier, only, name, text))
            .collect();
        Ok(Criterion::Value {
            parameter,
            modifier,
            any: any?,
        })
    }

    /// The alternatives of a value, counted.
    fn alternatives<'v>(&mut self, name: &str, value: &'v str) -> Result<Vec<&'v str>, Issue> {
        let alternatives = split(value, ',');
        self.values += alternatives.len();
        if self.values > CLAUSES_MAX {
            let details = format!("a query has at most {CLAUSES_MAX} values");
            return Err(Issue::error(IssueCode::TooCostly, short(name), details));
        }
        if alternatives.iter().any(|text| text.is_empty()) {
            return Err(wrong(name, "a value is missing"));
        }
        Ok(alternatives)
    }

    /// `subject:Patient.name=…`
    fn chain(
        &mut self,
        types: &[&'static str],
        (name, head, rest): (&str, &str, &str),
        value: &str,
        depth: usize,
    ) -> Result<Criterion, Refusal> {
        let (code, target) = match head.split_once(':') {
            Some((code, target)) => (code, Some(target)),
            None => (head, None),
        };
        let Some(parameter) = shared_parameter(types, code) else {
            return Err(unknown(types, code, name));
        };
        if parameter.kind != ParameterKind::Reference {
            return Err(wrong(name, format!("{code} is no reference: nothing to chain")).into());
        }
        let targets = match target {
            Some(target) => vec![target_type(parameter, name, target)?],
            None if parameter.targets.is_empty() => {
                let details =
                    format!("{code} may point at any type: name it, as in {code}:Patient.");
                return Err(wrong(name, details).into());
            }
            None => parameter.targets.clone(),
        };
        let mut found = Vec::new();
        let mut first = None;
        for target in targets {
            // The same words are counted once, whatever the number of types.
            let values = self.values;
            match self.criterion(&[target], rest, value, depth + 1) {
                Ok(criterion) => found.push((target, criterion)),
                Err(Refusal::Wrong(issue)) if issue.code == IssueCode::TooCostly => {
                    return Err(issue.into());
                }
                Err(refusal) => {
                    first.get_or_insert(refusal);
                }
            }
            if found.len() > 1 {
                self.values = values;
            }
        }
        match (found.is_empty(), first) {
            (true, Some(refusal)) => Err(refusal),
            _ => Ok(Criterion::Chain {
                parameter,
                targets: found,
            }),
        }
    }

    /// `_has:Observation:patient:code=…`; `rest` is what follows `_has:`.
    fn has(
        &mut self,
        types: &[&'static str],
        name: &str,
        rest: &str,
        value: &str,
        depth: usize,
    ) -> Result<Criterion, Refusal> {
        let details = "_has is _has:Type:reference:parameter";
        let mut parts = rest.splitn(3, ':');
        let source = parts.next().and_then(definitions::resource_name);
        let (Some(source), Some(code), Some(inner)) = (source, parts.next(), parts.next()) else {
            return Err(wrong(name, details).into());
        };
        let Some(reference) = parameter(source, code) else {
            return Err(unknown(&[source], code, name));
        };
        if reference.kind != ParameterKind::Reference {
            return Err(wrong(name, format!("{source}.{code} is no reference")).into());
        }
        let points_here = types.is_empty()
            || reference.targets.is_empty()
            || types.iter().any(|name| reference.targets.contains(name));
        if !points_here {
            let details = format!("{source}.{code} never points at {}", types.join(" or "));
            return Err(wrong(name, details).into());
        }
        let criterion = Box::new(self.criterion(&[source], inner, value, depth + 1)?);
        Ok(Criterion::Has {
            source,
            parameter: reference,
            criterion,
        })
    }
}

fn unknown(types: &[&str], code: &str, name: &str) -> Refusal {
    let of = if types.is_empty() {
        "every type".to_owned()
    } else {
        types.join(" and ")
    };
    let details = format!("there is no search parameter {} of {of}", short(code));
    Refusal::Unknown(Issue::error(IssueCode::NotSupported, short(name), details))
}

fn target_type(parameter: &Parameter, name: &str, target: &str) -> Result<&'static str, Issue> {
    definitions::resource_name(target)
        .filter(|target| parameter.targets.is_empty() || parameter.targets.contains(target))
        .ok_or_else(|| {
            let details = format!("{} never points at {}", parameter.code, short(target));
            wrong(name, details)
        })
}

/// The modifier a word names, and the type that stands in a reference's place of it.
fn modifier_of(
    parameter: &Parameter,
    name: &str,
    word: Option<&str>,
) -> Result<(Modifier, Option<&'static str>), Issue> {
    use ParameterKind::{Reference, String, Token, Uri};
    let Some(word) = word else {
        return Ok((Modifier::None, None));
    };
    let modifier = match (parameter.kind, word) {
        (String, "exact") => Modifier::Exact,
        (String, "contains") => Modifier::Contains,
        (Token, "not") => Modifier::Not,
        (Token, "text") => Modifier::Text,
        (Token, "in") => Modifier::In,
        (Token, "not-in") => Modifier::NotIn,
        (Token, "of-type") => Modifier::OfType,
        (Token | Reference | Uri, "above") => Modifier::Above,
        (Token | Reference | Uri, "below") => Modifier::Below,
        (Reference, "identifier") => Modifier::Identifier,
        (Reference, word) if word.starts_with(|letter: char| letter.is_ascii_uppercase()) => {
            return Ok((Modifier::None, Some(target_type(parameter, name, word)?)));
        }
        _ => {
            let details = format!("{} has no modifier {}", parameter.code, short(word));
            return Err(wrong(name, details));
        }
    };
    Ok((modifier, None))
}

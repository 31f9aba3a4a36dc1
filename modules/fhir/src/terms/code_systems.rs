//! One code system: local, or a stored CodeSystem resource.

use std::collections::HashMap;

use fhir::{Resource, View};
use kernel::Result;
use serde_json::{Value, json};
use store::Tx;
use terminology::{Concept, whole};

use super::{stored, text};

/// Concepts of a stored code system that are looked through.
const STORED_MAX: usize = 50_000;

/// A code system.
pub(super) enum System {
    /// Of the module `terminology`.
    Local(terminology::CodeSystem),
    /// As a client stored it.
    Stored(Vec<Term>, Head),
}

/// What a code system says of itself.
pub(super) struct Head {
    pub name: String,
    pub version: Option<String>,
}

/// A concept, wherever it comes from.
#[derive(Clone, Debug)]
pub(super) struct Term {
    pub code: String,
    pub display: String,
    /// Other names: language and text.
    pub designations: Vec<(String, String)>,
    pub parent: Option<String>,
    pub inactive: bool,
    /// What is known besides: name and typed value.
    pub properties: Vec<(String, Value)>,
}

/// The code system of a URI, local first; `None` where there is none.
pub(super) fn find(tx: &mut Tx<'_>, uri: &str) -> Result<Option<System>> {
    let plain = uri.split('|').next().unwrap_or(uri);
    if let Some(system) = whole::system_of_url(tx, plain)? {
        return Ok(Some(System::Local(system)));
    }
    let found = stored(tx, "CodeSystem", plain)?;
    Ok(found.map(|resource| {
        let head = Head {
            name: text(resource.root(), "name")
                .or_else(|| text(resource.root(), "title"))
                .unwrap_or_else(|| plain.to_owned()),
            version: text(resource.root(), "version"),
        };
        System::Stored(terms_of(&resource), head)
    }))
}

/// The concepts of a CodeSystem resource, each with the one it lies in.
fn terms_of(resource: &Resource) -> Vec<Term> {
    let mut terms = Vec::new();
    let mut waiting: Vec<(View<'_>, Option<String>)> = Vec::new();
    collect(resource.root(), None, &mut waiting);
    while let Some((view, parent)) = waiting.pop() {
        if terms.len() >= STORED_MAX {
            break;
        }
        let Some(term) = term_of(view, parent) else {
            continue;
        };
        collect(view, Some(&term.code), &mut waiting);
        terms.push(term);
    }
    terms
}

/// The concepts within, to be taken from the end: the first one first.
fn collect<'a>(
    within: View<'a>,
    parent: Option<&String>,
    waiting: &mut Vec<(View<'a>, Option<String>)>,
) {
    let from = waiting.len();
    let concepts = within.get("concept").into_iter().flat_map(View::items);
    waiting.extend(concepts.map(|one| (one, parent.cloned())));
    waiting[from..].reverse();
}

fn term_of(view: View<'_>, parent: Option<String>) -> Option<Term> {
    let code = text(view, "code")?;
    let designations = view.get("designation").into_iter().flat_map(View::items);
    let designations = designations.filter_map(|one| {
        Some((
            text(one, "language").unwrap_or_default(),
            text(one, "value")?,
        ))
    });
    let mut inactive = false;
    let mut properties = Vec::new();
    for one in view.get("property").into_iter().flat_map(View::items) {
        let name = text(one, "code").unwrap_or_default();
        let value = one
            .members()
            .find(|member| member.name().starts_with("value"));
        let Some(value) = value else { continue };
        let retired = name == "status" && value.as_plain() == Some("retired");
        inactive |= retired || (name == "inactive" && value.as_bool() == Some(true));
        properties.push((name, json!({ value.name(): value.to_value() })));
    }
    Some(Term {
        display: text(view, "display").unwrap_or_else(|| code.clone()),
        code,
        designations: designations.collect(),
        parent,
        inactive,
        properties,
    })
}

/// A local concept in words of FHIR.
pub(super) fn of_local(concept: Concept, today: kernel::Date) -> Term {
    let begun = concept.active_from.is_none_or(|from| from <= today);
    let ended = concept.active_to.is_some_and(|to| to < today);
    let mut designations = vec![
        ("zh-CN".to_owned(), concept.zh.clone()),
        ("en".to_owned(), concept.en.clone()),
    ];
    designations.retain(|(_, text)| !text.is_empty());
    designations.extend(
        concept
            .synonyms
            .iter()
            .map(|one| ("zh-CN".to_owned(), one.clone())),
    );
    let mut properties = vec![
        (
            "pinyin".to_owned(),
            json!({ "valueString": concept.pinyin }),
        ),
        (
            "initials".to_owned(),
            json!({ "valueString": concept.initials }),
        ),
    ];
    for (name, value) in &concept.attributes {
        let value = match value {
            Value::Bool(flag) => json!({ "valueBoolean": flag }),
            Value::Number(number) if number.is_i64() => json!({ "valueInteger": number }),
            Value::String(text) if !text.is_empty() => json!({ "valueString": text }),
            _ => continue,
        };
        properties.push((name.clone(), value));
    }
    properties.retain(|(_, value)| value.get("valueString") != Some(&json!("")));
    Term {
        code: concept.code,
        display: concept.zh,
        designations,
        parent: concept.parent,
        inactive: ended || !begun,
        properties,
    }
}

impl Term {
    /// The display in a language: the other one where it is asked for and known.
    pub(super) fn display_in(&self, language: Option<&str>) -> &str {
        let wanted = language.map(|tag| tag.split('-').next().unwrap_or(tag));
        let found = wanted.and_then(|wanted| {
            let mut all = self.designations.iter();
            all.find(|(tag, _)| tag.split('-').next() == Some(wanted))
        });
        found.map_or(self.display.as_str(), |(_, text)| text)
    }

    /// Whether a text is one of its names.
    pub(super) fn is_called(&self, text: &str) -> bool {
        let folded = kernel::text::fold(text).to_lowercase();
        let mut names =
            std::iter::once(&self.display).chain(self.designations.iter().map(|(_, name)| name));
        names.any(|name| kernel::text::fold(name).to_lowercase() == folded)
    }
}

impl System {
    /// Its name and version.
    pub(super) fn head(&self) -> Head {
        match self {
            Self::Local(system) => Head {
                name: system.name_zh.clone(),
                version: Some(system.edition.clone()).filter(|edition| !edition.is_empty()),
            },
            Self::Stored(_, head) => Head {
                name: head.name.clone(),
                version: head.version.clone(),
            },
        }
    }

    /// One concept.
    pub(super) fn term(&self, tx: &mut Tx<'_>, code: &str) -> Result<Option<Term>> {
        match self {
            Self::Local(system) => {
                let today = tx.now().date();
                let found = whole::find(tx, &system.system, code)?;
                Ok(found.map(|concept| of_local(concept, today)))
            }
            Self::Stored(terms, _) => Ok(terms.iter().find(|one| one.code == code).cloned()),
        }
    }

    /// The codes below one, at most `limit`.
    pub(super) fn below(&self, tx: &mut Tx<'_>, code: &str, limit: u32) -> Result<Vec<String>> {
        match self {
            Self::Local(system) => whole::below(tx, &system.system, code, limit),
            Self::Stored(terms, _) => Ok(below_in(terms, code, limit as usize)),
        }
    }

    /// The codes above one.
    pub(super) fn above(&self, tx: &mut Tx<'_>, code: &str) -> Result<Vec<String>> {
        match self {
            Self::Local(system) => whole::above(tx, &system.system, code),
            Self::Stored(terms, _) => {
                let parents: HashMap<&str, &str> = terms
                    .iter()
                    .filter_map(|one| Some((one.code.as_str(), one.parent.as_deref()?)))
                    .collect();
                let mut above: Vec<String> = Vec::new();
                let mut at = code;
                while let Some(parent) = parents.get(at) {
                    if above.iter().any(|known| known == parent) {
                        break;
                    }
                    above.push((*parent).to_owned());
                    at = parent;
                }
                Ok(above)
            }
        }
    }
}

fn below_in(terms: &[Term], code: &str, limit: usize) -> Vec<String> {
    let mut children: HashMap<&str, Vec<&str>> = HashMap::new();
    for term in terms {
        if let Some(parent) = &term.parent {
            children.entry(parent).or_default().push(&term.code);
        }
    }
    let mut below: Vec<String> = Vec::new();
    let mut known = std::collections::HashSet::from([code]);
    let mut waiting = vec![code];
    while let Some(at) = waiting.pop() {
        for child in children.get(at).into_iter().flatten() {
            if below.len() < limit && known.insert(child) {
                below.push((*child).to_owned());
                waiting.push(child);
            }
        }
    }
    below
}

/// A code and all below it, for `:below`; `None` where the code system is not known here.
///
/// # Errors
/// Whatever the database reports.
pub(crate) fn below(
    tx: &mut Tx<'_>,
    uri: &str,
    code: &str,
    limit: u32,
) -> Result<Option<Vec<String>>> {
    let Some(system) = find(tx, uri)? else {
        return Ok(None);
    };
    let mut codes = system.below(tx, code, limit)?;
    codes.push(code.to_owned());
    Ok(Some(codes))
}

/// A code and all above it, for `:above`; `None` where the code system is not known here.
///
/// # Errors
/// Whatever the database reports.
pub(crate) fn above(tx: &mut Tx<'_>, uri: &str, code: &str) -> Result<Option<Vec<String>>> {
    let Some(system) = find(tx, uri)? else {
        return Ok(None);
    };
    let mut codes = system.above(tx, code)?;
    codes.push(code.to_owned());
    Ok(Some(codes))
}

//! A stored value set is put together of its parts, and of the value sets it includes.

use std::collections::HashSet;

use fhir::{IssueCode, View};
use kernel::Result;
use store::Tx;

use super::code_systems::{self, Term};
use super::text;
use super::value_sets::{
    MEMBERS_MAX, Member, ValueSet, all_of, find, is_a, lies_in, term, too_many,
};
use crate::refusal;

/// Value sets that may include one another.
const DEPTH_MAX: usize = 8;

/// Puts a stored value set together, and the ones it includes.
#[derive(Default)]
pub(super) struct Builder {
    /// The value sets that are being put together, the outermost first.
    open: Vec<String>,
}

type Key = (String, String);

fn key(member: &Member) -> Key {
    (member.system.clone(), member.term.code.clone())
}

impl Builder {
    pub(super) fn members(&mut self, tx: &mut Tx<'_>, value_set: View<'_>) -> Result<Vec<Member>> {
        if let Some(expansion) = value_set.get("expansion") {
            return listed(expansion);
        }
        let mut members: Vec<Member> = Vec::new();
        let mut known: HashSet<Key> = HashSet::new();
        for (at, include) in parts(value_set, "include").enumerate() {
            for member in self.part(tx, include, at)? {
                if known.insert(key(&member)) {
                    members.push(member);
                }
            }
            if members.len() > MEMBERS_MAX {
                return Err(too_many());
            }
        }
        for (at, exclude) in parts(value_set, "exclude").enumerate() {
            let out: HashSet<Key> = self.part(tx, exclude, at)?.iter().map(key).collect();
            members.retain(|member| !out.contains(&key(member)));
        }
        Ok(members)
    }

    /// The codes of one `include` or `exclude`: what all its conditions have in common.
    fn part(&mut self, tx: &mut Tx<'_>, part: View<'_>, at: usize) -> Result<Vec<Member>> {
        let mut members = match text(part, "system") {
            Some(system) => Some(self.of_system(tx, part, &system, at)?),
            None => None,
        };
        for url in imports(part) {
            let other = self.within(tx, &url, |builder, tx, found| match found {
                ValueSet::Stored(resource) => builder.members(tx, resource.root()),
                other => other.members(tx),
            })?;
            members = Some(match members {
                None => other,
                Some(mut members) => {
                    let keys: HashSet<Key> = other.iter().map(key).collect();
                    members.retain(|member| keys.contains(&key(member)));
                    members
                }
            });
        }
        Ok(members.unwrap_or_default())
    }

    fn of_system(
        &self,
        tx: &mut Tx<'_>,
        part: View<'_>,
        system: &str,
        at: usize,
    ) -> Result<Vec<Member>> {
        if let Some(concepts) = part.get("concept") {
            let known = code_systems::find(tx, system)?;
            let mut members = Vec::new();
            for one in concepts.items() {
                let Some(code) = text(one, "code") else {
                    continue;
                };
                let found = match &known {
                    Some(known) => known.term(tx, &code)?,
                    None => None,
                };
                members.push(Member {
                    system: system.to_owned(),
                    term: named(found, code, text(one, "display")),
                });
                if members.len() > MEMBERS_MAX {
                    return Err(too_many());
                }
            }
            return Ok(members);
        }
        let mut filters = part.get("filter").into_iter().flat_map(View::items);
        let Some(first) = filters.next() else {
            return all_of(tx, system);
        };
        let (above, itself) = hierarchy(first, at)?;
        let mut members = is_a(tx, system, &above, itself)?;
        for filter in filters {
            let (above, itself) = hierarchy(filter, at)?;
            let more: HashSet<Key> = is_a(tx, system, &above, itself)?.iter().map(key).collect();
            members.retain(|member| more.contains(&key(member)));
        }
        Ok(members)
    }

    pub(super) fn has(
        &mut self,
        tx: &mut Tx<'_>,
        value_set: View<'_>,
        system: &str,
        code: &str,
    ) -> Result<bool> {
        if let Some(expansion) = value_set.get("expansion") {
            let members = listed(expansion)?;
            return Ok(members
                .iter()
                .any(|one| one.system == system && one.term.code == code));
        }
        let mut included = false;
        for (at, include) in parts(value_set, "include").enumerate() {
            included = included || self.part_has(tx, include, at, (system, code))?;
        }
        for (at, exclude) in parts(value_set, "exclude").enumerate() {
            included = included && !self.part_has(tx, exclude, at, (system, code))?;
        }
        Ok(included)
    }

    fn part_has(
        &mut self,
        tx: &mut Tx<'_>,
        part: View<'_>,
        at: usize,
        (system, code): (&str, &str),
    ) -> Result<bool> {
        let own = text(part, "system");
        if own.as_deref().is_some_and(|own| own != system) {
            return Ok(false);
        }
        if own.is_some() {
            let concepts = part.get("concept");
            let mut filters = part
                .get("filter")
                .into_iter()
                .flat_map(View::items)
                .peekable();
            let has = if let Some(concepts) = concepts {
                concepts
                    .items()
                    .any(|one| text(one, "code").as_deref() == Some(code))
            } else if filters.peek().is_none() {
                term(tx, system, code)?.is_some()
            } else {
                let mut all = true;
                for filter in filters {
                    let (above, itself) = hierarchy(filter, at)?;
                    all = all && lies_in(tx, system, code, &above, itself)?;
                }
                all
            };
            if !has {
                return Ok(false);
            }
        }
        let imports = imports(part);
        if own.is_none() && imports.is_empty() {
            return Ok(false);
        }
        for url in imports {
            let has = self.within(tx, &url, |builder, tx, found| match found {
                ValueSet::Stored(resource) => builder.has(tx, resource.root(), system, code),
                other => other.has(tx, system, code),
            })?;
            if !has {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// Works with a value set that another one includes.
    fn within<T>(
        &mut self,
        tx: &mut Tx<'_>,
        url: &str,
        work: impl FnOnce(&mut Self, &mut Tx<'_>, &ValueSet) -> Result<T>,
    ) -> Result<T> {
        if self.open.iter().any(|one| one == url) || self.open.len() >= DEPTH_MAX {
            let text = "the value sets include one another in a circle, or too many deep";
            let place = "ValueSet.compose.include.valueSet";
            return Err(refusal::refuse(IssueCode::TooCostly, place, text));
        }
        let found = find(tx, url)?;
        self.open.push(url.to_owned());
        let result = work(self, tx, &found);
        self.open.pop();
        result
    }
}

fn parts<'a>(value_set: View<'a>, name: &str) -> impl Iterator<Item = View<'a>> {
    value_set
        .at(&["compose", name])
        .into_iter()
        .flat_map(View::items)
}

fn imports(part: View<'_>) -> Vec<String> {
    let urls = part.get("valueSet").into_iter().flat_map(View::items);
    urls.filter_map(|url| url.as_str().map(|url| url.into_owned()))
        .collect()
}

/// The one kind of filter that is understood: by the hierarchy. Answers the code, and whether it
/// lies in the set itself.
fn hierarchy(filter: View<'_>, at: usize) -> Result<(String, bool)> {
    let property = text(filter, "property").unwrap_or_default();
    let operator = text(filter, "op").unwrap_or_default();
    let value = text(filter, "value").unwrap_or_default();
    match (property.as_str(), operator.as_str()) {
        ("concept" | "code", "is-a") => Ok((value, true)),
        ("concept" | "code", "descendent-of") => Ok((value, false)),
        _ => {
            let text = "filters by concept is-a and descendent-of are understood, no others";
            let place = format!("ValueSet.compose.include[{at}].filter");
            Err(refusal::refuse(IssueCode::NotSupported, &place, text))
        }
    }
}

/// The codes an expansion lists, nested ones too.
fn listed(expansion: View<'_>) -> Result<Vec<Member>> {
    let mut members = Vec::new();
    let mut waiting: Vec<View<'_>> = expansion
        .get("contains")
        .into_iter()
        .flat_map(View::items)
        .collect();
    waiting.reverse();
    while let Some(one) = waiting.pop() {
        let mut inner: Vec<View<'_>> = one
            .get("contains")
            .into_iter()
            .flat_map(View::items)
            .collect();
        inner.reverse();
        waiting.extend(inner);
        let heading = one.get("abstract").and_then(View::as_bool) == Some(true);
        if let Some(code) = text(one, "code").filter(|_| !heading) {
            members.push(Member {
                system: text(one, "system").unwrap_or_default(),
                term: named(None, code, text(one, "display")),
            });
        }
        if members.len() > MEMBERS_MAX {
            return Err(too_many());
        }
    }
    Ok(members)
}

/// The term as it is known, under the display that a value set gives it.
fn named(found: Option<Term>, code: String, display: Option<String>) -> Term {
    let mut term = found.unwrap_or_else(|| Term {
        display: code.clone(),
        code,
        designations: Vec::new(),
        parent: None,
        inactive: false,
        properties: Vec::new(),
    });
    if let Some(display) = display {
        term.display = display;
    }
    term
}

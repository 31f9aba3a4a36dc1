//! Value sets: what lies in them, and whether a code does.
//!
//! Whole local code systems are read in pages; what is put together of several parts is listed in
//! memory up to a limit.

use fhir::{IssueCode, Resource};
use kernel::Result;
use kernel::text::{fold, pinyin_initials, pinyin_key};
use store::Tx;
use terminology::whole;

use super::code_systems::{self, System, Term, of_local};
use super::compose::Builder;
use super::{not_here, stored};
use crate::refusal;

/// Codes that are listed to put a value set together.
pub(super) const MEMBERS_MAX: usize = 10_000;
/// Behind the URI of a code system: all its codes, or those below one.
const IMPLICIT: &str = "?fhir_vs";

/// A value set.
pub(super) enum ValueSet {
    /// All codes of a system.
    All(String),
    /// A code of a system and those below it.
    Below(String, String),
    /// As a client stored it, or sent it along.
    Stored(Resource),
}

/// A code in a value set.
#[derive(Clone, Debug)]
pub(super) struct Member {
    pub system: String,
    pub term: Term,
}

/// What an expansion shows.
pub(super) struct Expansion {
    pub total: i64,
    pub members: Vec<Member>,
}

/// The value set of a URL.
///
/// # Errors
/// When it is not known here.
pub(super) fn find(tx: &mut Tx<'_>, url: &str) -> Result<ValueSet> {
    if let Some((system, which)) = url.split_once(IMPLICIT) {
        if which.is_empty() {
            return Ok(ValueSet::All(system.to_owned()));
        }
        if let Some(code) = which.strip_prefix("=isa/") {
            return Ok(ValueSet::Below(system.to_owned(), code.to_owned()));
        }
    }
    let found = stored(tx, "ValueSet", url)?;
    found
        .map(ValueSet::Stored)
        .ok_or_else(|| not_here("the value set", url))
}

/// Systems and codes of a value set, for a search.
///
/// # Errors
/// When it is not known here, or has more than `max` codes.
pub(crate) fn codes_of(tx: &mut Tx<'_>, url: &str, max: usize) -> Result<Vec<(String, String)>> {
    let value_set = find(tx, url)?;
    let members = value_set.members(tx)?;
    if members.len() > max {
        let text = "the value set lists too many codes for a search";
        return Err(refusal::refuse(IssueCode::TooCostly, "", text));
    }
    Ok(members
        .into_iter()
        .map(|one| (one.system, one.term.code))
        .collect())
}

impl ValueSet {
    /// One page of its codes: those that the filter finds, from the one behind `offset` others on.
    ///
    /// # Errors
    /// What can't be expanded here, with its place.
    pub(super) fn expand(
        &self,
        tx: &mut Tx<'_>,
        filter: Option<&str>,
        (offset, count): (u32, u32),
    ) -> Result<Expansion> {
        let filter = filter.filter(|text| !text.trim().is_empty());
        if let Self::All(uri) = self
            && let Some(System::Local(system)) = code_systems::find(tx, uri)?
        {
            return whole_system(tx, uri, &system.system, filter, (offset, count));
        }
        let mut members = self.members(tx)?;
        if let Some(filter) = filter {
            let wanted = Wanted::of(filter);
            members.retain(|one| wanted.matches(&one.term));
        }
        let total = i64::try_from(members.len()).unwrap_or(i64::MAX);
        let page = members
            .into_iter()
            .skip(offset as usize)
            .take(count as usize);
        Ok(Expansion {
            total,
            members: page.collect(),
        })
    }

    pub(super) fn members(&self, tx: &mut Tx<'_>) -> Result<Vec<Member>> {
        match self {
            Self::All(uri) => all_of(tx, uri),
            Self::Below(uri, code) => is_a(tx, uri, code, true),
            Self::Stored(resource) => Builder::default().members(tx, resource.root()),
        }
    }

    /// Whether a code lies in it.
    ///
    /// # Errors
    /// What can't be decided here, with its place.
    pub(super) fn has(&self, tx: &mut Tx<'_>, system: &str, code: &str) -> Result<bool> {
        match self {
            Self::All(uri) => Ok(uri == system && term(tx, uri, code)?.is_some()),
            Self::Below(uri, above) => Ok(uri == system && lies_in(tx, uri, code, above, true)?),
            Self::Stored(resource) => Builder::default().has(tx, resource.root(), system, code),
        }
    }
}

fn whole_system(
    tx: &mut Tx<'_>,
    uri: &str,
    name: &str,
    filter: Option<&str>,
    (offset, count): (u32, u32),
) -> Result<Expansion> {
    let today = tx.now().date();
    let (total, concepts) = match filter {
        None => (
            whole::count(tx, name)?,
            whole::page(tx, name, offset, count)?,
        ),
        Some(filter) => {
            let found = whole::matching(tx, name, filter, whole::PAGE_MAX)?;
            let total = i64::try_from(found.len()).unwrap_or(i64::MAX);
            let page = found.into_iter().skip(offset as usize).take(count as usize);
            (total, page.collect())
        }
    };
    let members = concepts.into_iter().map(|concept| Member {
        system: uri.to_owned(),
        term: of_local(concept, today),
    });
    Ok(Expansion {
        total,
        members: members.collect(),
    })
}

/// A text as expansions are filtered: by code, names, pinyin and initials.
struct Wanted {
    folded: String,
    sound: String,
}

impl Wanted {
    fn of(filter: &str) -> Self {
        let folded = fold(filter).to_lowercase();
        Self {
            sound: folded.replace(' ', ""),
            folded,
        }
    }

    fn matches(&self, term: &Term) -> bool {
        let named = |name: &str| {
            fold(name).to_lowercase().contains(&self.folded)
                || pinyin_key(name).starts_with(&self.sound)
                || pinyin_initials(name).starts_with(&self.sound)
        };
        term.code.to_lowercase().starts_with(&self.folded)
            || named(&term.display)
            || term.designations.iter().any(|(_, name)| named(name))
    }
}

pub(super) fn too_many() -> kernel::Error {
    let text = "the value set has too many codes to list; narrow it, or ask for whole systems";
    refusal::refuse(IssueCode::TooCostly, "ValueSet.compose", text)
}

fn system_of(tx: &mut Tx<'_>, uri: &str) -> Result<System> {
    code_systems::find(tx, uri)?.ok_or_else(|| not_here("the code system", uri))
}

pub(super) fn term(tx: &mut Tx<'_>, uri: &str, code: &str) -> Result<Option<Term>> {
    system_of(tx, uri)?.term(tx, code)
}

pub(super) fn all_of(tx: &mut Tx<'_>, uri: &str) -> Result<Vec<Member>> {
    let terms = match system_of(tx, uri)? {
        System::Stored(terms, _) => terms,
        System::Local(system) => {
            let total = whole::count(tx, &system.system)?;
            if usize::try_from(total).unwrap_or(usize::MAX) > MEMBERS_MAX {
                return Err(too_many());
            }
            let today = tx.now().date();
            let mut terms = Vec::new();
            loop {
                let from = u32::try_from(terms.len()).map_err(kernel::Error::internal)?;
                let page = whole::page(tx, &system.system, from, whole::PAGE_MAX)?;
                if page.is_empty() {
                    break;
                }
                terms.extend(page.into_iter().map(|concept| of_local(concept, today)));
            }
            terms
        }
    };
    if terms.len() > MEMBERS_MAX {
        return Err(too_many());
    }
    let member = |term| Member {
        system: uri.to_owned(),
        term,
    };
    Ok(terms.into_iter().map(member).collect())
}

/// A code, where it is wanted too, and those below it.
pub(super) fn is_a(tx: &mut Tx<'_>, uri: &str, code: &str, itself: bool) -> Result<Vec<Member>> {
    let system = system_of(tx, uri)?;
    let limit = u32::try_from(MEMBERS_MAX + 1).unwrap_or(u32::MAX);
    let mut codes = system.below(tx, code, limit)?;
    if codes.len() > MEMBERS_MAX {
        return Err(too_many());
    }
    if itself {
        codes.insert(0, code.to_owned());
    }
    let mut members = Vec::with_capacity(codes.len());
    for code in codes {
        let term = system.term(tx, &code)?;
        members.extend(term.map(|term| Member {
            system: uri.to_owned(),
            term,
        }));
    }
    Ok(members)
}

pub(super) fn lies_in(
    tx: &mut Tx<'_>,
    uri: &str,
    code: &str,
    above: &str,
    itself: bool,
) -> Result<bool> {
    let system = system_of(tx, uri)?;
    if system.term(tx, code)?.is_none() {
        return Ok(false);
    }
    if code == above {
        return Ok(itself);
    }
    Ok(system.above(tx, code)?.iter().any(|one| one == above))
}

//! The look before a write: what conditions find, what patches make, which ids new resources get,
//! and what the references between entries of a bundle become.

use std::collections::HashMap;
use std::sync::Arc;

use fhir::{IssueCode, Resource, View};
use kernel::{Error, Result};
use store::{Store, Tx};

use super::{Action, Condition, Item, Patch, Step, Target, Wanted};
use crate::{hash, prepare, refusal, relink, rows, search};

/// What a look found for each change.
#[derive(Clone, Debug, Default)]
pub(super) struct Seen {
    /// Id of the resource that exists.
    id: Option<String>,
    /// The id a new one gets.
    new_id: String,
    /// For patches: the version and the resource.
    stored: Option<(i64, Resource)>,
    /// Condition references of its resource and what they found.
    references: Vec<(String, String)>,
}

/// The same for changes that need no look: no condition, no patch, nothing to resolve.
pub(super) fn without_look(items: &[Item], store: &Store) -> Option<Vec<Seen>> {
    // A condition in a reference has a question mark in it.
    let plain = |resource: &Resource| !resource.text().contains('?');
    let known = items.iter().map(|item| match &item.wanted {
        Wanted::Create {
            resource,
            unless: None,
        } if plain(resource) => Some(None),
        Wanted::Update {
            target: Target::Id(_, id),
            resource,
            ..
        } if plain(resource) => Some(Some(id.clone())),
        Wanted::Delete {
            target: Target::Id(_, id),
            ..
        } => Some(Some(id.clone())),
        _ => None,
    });
    let known: Vec<Option<String>> = known.collect::<Option<_>>()?;
    let now = store.clock().now();
    let seen = known.into_iter().map(|id| Seen {
        id,
        new_id: store.ids().next(now).to_string(),
        ..Seen::default()
    });
    Some(seen.collect())
}

pub(super) fn look(tx: &mut Tx<'_>, items: &[Item]) -> Result<Vec<Seen>> {
    let looks = items
        .iter()
        .map(|item| look_at(tx, &item.wanted).map_err(|error| at_entry(error, item.entry)));
    looks.collect()
}

fn look_at(tx: &mut Tx<'_>, wanted: &Wanted) -> Result<Seen> {
    let mut seen = Seen {
        new_id: tx.new_id().to_string(),
        ..Seen::default()
    };
    let (target, resource) = match wanted {
        Wanted::Create { resource, unless } => {
            if let Some(condition) = unless {
                seen.id = find(tx, condition)?;
            }
            (None, Some(resource))
        }
        Wanted::Update {
            target, resource, ..
        } => (Some(target), Some(resource)),
        Wanted::Patch { target, .. } | Wanted::Delete { target, .. } => (Some(target), None),
    };
    match target {
        Some(Target::Id(_, id)) => seen.id = Some(id.clone()),
        Some(Target::Found(condition)) => seen.id = find(tx, condition)?,
        None => {}
    }
    if let (Wanted::Patch { target, .. }, Some(id)) = (wanted, &seen.id) {
        let header = rows::require(tx, target.kind(), id)?;
        let body = rows::body(tx, header.key, header.version)?.unwrap_or_default();
        let stored = Resource::parse(body.as_bytes()).map_err(refusal::of_issue)?;
        seen.stored = Some((header.version, stored));
    }
    if let Some(resource) = resource {
        seen.references = conditional_references(tx, resource)?;
    }
    Ok(seen)
}

impl Target {
    /// The type of what is to be changed.
    pub(crate) fn kind(&self) -> &'static str {
        match self {
            Self::Id(kind, _) => kind,
            Self::Found(condition) => condition.kind,
        }
    }
}

/// The one resource a condition finds among those the actor may see.
///
/// # Errors
/// 412 when it finds several.
pub(super) fn find(tx: &mut Tx<'_>, condition: &Condition) -> Result<Option<String>> {
    let mut found = search::ids(tx, condition.kind, &condition.query, 2)?;
    if found.len() > 1 {
        let text = format!(
            "{}?{} finds more than one resource",
            condition.kind, condition.text
        );
        return Err(refusal::refuse(IssueCode::MultipleMatches, "", text));
    }
    Ok(found.pop())
}

/// References such as `Patient?identifier=…`, which stand for the one resource they find.
fn conditional_references(tx: &mut Tx<'_>, resource: &Resource) -> Result<Vec<(String, String)>> {
    let mut texts = Vec::new();
    each_text(resource.root(), &mut |view, text| {
        if view.name() == "reference" && is_condition(text) && !texts.contains(&text.to_owned()) {
            texts.push(text.to_owned());
        }
    });
    let mut found = Vec::new();
    for text in texts {
        let (kind, criteria) = text.split_once('?').unwrap_or((&text, ""));
        let kind = known_type(kind)?;
        let condition = super::condition(kind, criteria)?;
        let Some(id) = find(tx, &condition)? else {
            let why = format!("the reference {kind}?… finds nothing");
            return Err(refusal::refuse(IssueCode::NotFound, kind, why));
        };
        found.push((text.clone(), [kind, "/", &id].concat()));
    }
    Ok(found)
}

fn is_condition(text: &str) -> bool {
    text.split_once('?')
        .is_some_and(|(kind, _)| fhir::definitions::resource_type(kind).is_some())
}

/// The type of this name.
pub(crate) fn known_type(name: &str) -> Result<&'static str> {
    let kind = fhir::definitions::resource_type(name).map(|kind| kind.name);
    kind.ok_or_else(|| {
        let text = "R4 has no such resource type";
        refusal::refuse(IssueCode::NotSupported, "", text)
    })
}

/// Turns the changes into steps: ids given, references between entries replaced, everything checked.
pub(super) fn plan(items: &[Item], seen: &[Seen], first_key: i64, base: &str) -> Result<Vec<Step>> {
    let mut addresses: HashMap<&str, String> = HashMap::new();
    for (item, seen) in items.iter().zip(seen) {
        if let Some(link) = &item.link {
            let address = address_of(&item.wanted, seen);
            if let Some(relative) = relative_part(link) {
                addresses.insert(relative, address.clone());
            }
            addresses.insert(link, address);
        }
    }
    let mut steps = Vec::with_capacity(items.len());
    for ((item, seen), key) in items.iter().zip(seen).zip(first_key..) {
        let step = step_of(&item.wanted, seen, &addresses, key, base);
        let step = step.map_err(|error| at_entry(error, item.entry))?;
        steps.push(Step {
            entry: item.entry,
            ..step
        });
    }
    refuse_twice(&steps)?;
    Ok(steps)
}

/// `Type/id` at the end of an absolute address, which entries of the same server may use alone.
fn relative_part(link: &str) -> Option<&str> {
    let last = link.starts_with("http").then(|| link.rfind('/'))??;
    let before = link[..last].rfind('/')?;
    Some(&link[before + 1..])
}

/// The same resource twice in one bundle has no defined end.
fn refuse_twice(steps: &[Step]) -> Result<()> {
    let mut changed = std::collections::HashSet::new();
    for step in steps {
        let changes = !matches!(step.action, Action::Nothing);
        if changes && !changed.insert(hash::address(step.kind, &step.id)) {
            let text = format!(
                "{}/{} is changed by more than one entry",
                step.kind, step.id
            );
            return Err(refusal::refuse(IssueCode::Invalid, "Bundle.entry", text));
        }
    }
    Ok(())
}

fn address_of(wanted: &Wanted, seen: &Seen) -> String {
    let kind = match wanted {
        Wanted::Create { resource, .. } => resource.type_name(),
        Wanted::Update { target, .. }
        | Wanted::Patch { target, .. }
        | Wanted::Delete { target, .. } => target.kind(),
    };
    [kind, "/", seen.id.as_deref().unwrap_or(&seen.new_id)].concat()
}

/// What a step is checked and made with.
struct Maker<'a> {
    seen: &'a Seen,
    addresses: &'a HashMap<&'a str, String>,
    base: &'a str,
}

fn step_of(
    wanted: &Wanted,
    seen: &Seen,
    addresses: &HashMap<&str, String>,
    key: i64,
    base: &str,
) -> Result<Step> {
    let maker = Maker {
        seen,
        addresses,
        base,
    };
    let step = Step {
        condition: None,
        kind: "",
        id: seen.id.clone().unwrap_or_else(|| seen.new_id.clone()),
        key,
        entry: None,
        made_on: None,
        seen: None,
        only_new: false,
        action: Action::Nothing,
    };
    match wanted {
        Wanted::Create { resource, unless } => Ok(Step {
            kind: resource.type_name(),
            condition: unless
                .as_deref()
                .map(|condition| (condition.clone(), seen.id.clone())),
            only_new: true,
            action: match &seen.id {
                Some(_) => Action::Nothing,
                None => maker.put(resource, "POST")?,
            },
            ..step
        }),
        Wanted::Update {
            target,
            resource,
            seen: version,
            only_new,
        } => Ok(Step {
            kind: target.kind(),
            id: maker.updated_id(target, resource, &step.id)?,
            condition: maker.condition(target),
            seen: *version,
            only_new: *only_new,
            action: maker.put(resource, "PUT")?,
            ..step
        }),
        Wanted::Patch {
            target,
            patch,
            seen: version,
        } => {
            let (made_on, patched) = maker.patched(patch)?;
            Ok(Step {
                kind: target.kind(),
                condition: maker.condition(target),
                seen: *version,
                made_on: Some(made_on),
                action: maker.put(&patched, "PATCH")?,
                ..step
            })
        }
        Wanted::Delete {
            target,
            seen: version,
        } => Ok(Step {
            kind: target.kind(),
            condition: maker.condition(target),
            seen: *version,
            action: match &seen.id {
                Some(_) => Action::Delete,
                None => Action::Nothing,
            },
            ..step
        }),
    }
}

impl Maker<'_> {
    fn put(&self, resource: &Resource, method: &'static str) -> Result<Action> {
        let resource = relinked(resource, self.addresses, &self.seen.references)?;
        let prepared = Arc::new(prepare::prepare(resource, self.base)?);
        Ok(Action::Put { prepared, method })
    }

    fn condition(&self, target: &Target) -> Option<(Condition, Option<String>)> {
        match target {
            Target::Found(condition) => Some((*condition.clone(), self.seen.id.clone())),
            Target::Id(..) => None,
        }
    }

    /// An update by criteria that find nothing may bring its own id.
    fn updated_id(&self, target: &Target, resource: &Resource, id: &str) -> Result<String> {
        let given = resource.id();
        match (&self.seen.id, target, given) {
            (None, Target::Found(_), Some(given)) => Ok(given.to_owned()),
            (Some(_), _, Some(given)) if given != id => {
                let text = "the id in the body is not the one addressed";
                Err(refusal::refuse(IssueCode::Invalid, "id", text))
            }
            _ => Ok(id.to_owned()),
        }
    }

    fn patched(&self, patch: &Patch) -> Result<(i64, Resource)> {
        let (version, stored) = self.seen.stored.as_ref().ok_or_else(refusal::not_found)?;
        let patched = match patch {
            Patch::Json(document) => fhir::patch::json_patch(stored, document),
            Patch::FhirPath(parameters) => fhir::patch::fhirpath_patch(stored, parameters),
        };
        let patched = patched.map_err(refusal::of_issue)?;
        if patched.type_name() != stored.type_name() || patched.id() != stored.id() {
            let text = "a patch changes neither type nor id";
            return Err(refusal::refuse(IssueCode::Invalid, "id", text));
        }
        Ok((*version, patched))
    }
}

/// The resource with references to other entries, and conditions, replaced by addresses. Every other
/// byte stays.
fn relinked(
    resource: &Resource,
    addresses: &HashMap<&str, String>,
    conditions: &[(String, String)],
) -> Result<Resource> {
    if addresses.is_empty() && conditions.is_empty() {
        return Ok(resource.clone());
    }
    let mut splices: Vec<(std::ops::Range<usize>, String)> = Vec::new();
    each_text(resource.root(), &mut |view, text| {
        let (whole, part) = text
            .split_once('#')
            .map_or((text, None), |(a, b)| (a, Some(b)));
        let condition = conditions.iter().find(|(condition, _)| condition == text);
        let found = addresses
            .get(whole)
            .or(condition.map(|(_, address)| address));
        if let Some(address) = found {
            let mut text = address.clone();
            if let Some(part) = part {
                text = [&text, "#", part].concat();
            }
            splices.push((view.span(), relink::quoted(&text)));
        }
    });
    relink::spliced(resource, splices)
}

/// Calls for every text within a value, in order.
fn each_text<'a>(view: View<'a>, call: &mut dyn FnMut(View<'a>, &str)) {
    use fhir::json::Kind;
    match view.kind() {
        Kind::String => {
            if let Some(text) = view.as_str() {
                call(view, &text);
            }
        }
        Kind::Object => view.members().for_each(|member| each_text(member, call)),
        Kind::Array => view.items().for_each(|item| each_text(item, call)),
        _ => {}
    }
}

/// Names the entry at fault.
pub(super) fn at_entry(error: Error, entry: Option<usize>) -> Error {
    let Some(place) = entry.filter(|_| error.code() != refusal::MOVED) else {
        return error;
    };
    let entry = format!("Bundle.entry[{place}]");
    let Some(serde_json::Value::Array(issues)) = error.data().and_then(|data| data.get("issue"))
    else {
        return error.at(entry);
    };
    let mut issues = issues.clone();
    for issue in &mut issues {
        let place = issue["expression"][0].as_str().map_or_else(
            || entry.clone(),
            |inner| [&entry, ".resource.", inner].concat(),
        );
        issue["expression"] = serde_json::json!([place]);
    }
    error.with(serde_json::json!({ "issue": issues }))
}

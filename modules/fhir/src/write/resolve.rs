//! The look before a write: what conditions find, what patches make, which ids new resources get,
//! and what the references between entries of a bundle become.

use std::collections::HashMap;
use std::sync::Arc;

use fhir::{IssueCode, Resource, View};
use kernel::{Error, Result};
use store::Tx;

use super::{Action, Condition, Item, Patch, Step, Target, Wanted};
use crate::{hash, prepare, refusal, rows, search};

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
    pub(super) fn kind(&self) -> &'static str {
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
pub(super) fn plan(
    items: &[Item],
    seen: Vec<Seen>,
    first_key: i64,
    base: &str,
) -> Result<Vec<Step>> {
    let mut addresses: HashMap<&str, String> = HashMap::new();
    for (item, seen) in items.iter().zip(&seen) {
        if let Some(link) = &item.link {
            addresses.insert(link, address_of(&item.wanted, seen));
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

fn step_of(
    wanted: &Wanted,
    seen: Seen,
    addresses: &HashMap<&str, String>,
    key: i64,
    base: &str,
) -> Result<Step> {
    let checked = |resource: &Resource, method: &'static str| -> Result<Action> {
        let resource = relinked(resource, addresses, &seen.references)?;
        let prepared = Arc::new(prepare::prepare(resource, base)?);
        Ok(Action::Put { prepared, method })
    };
    let mut step = Step {
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
        Wanted::Create { resource, unless } => {
            step.kind = resource.type_name();
            step.condition = unless.clone().map(|condition| (condition, seen.id.clone()));
            step.only_new = true;
            if seen.id.is_none() {
                step.action = checked(resource, "POST")?;
            }
        }
        Wanted::Update {
            target,
            resource,
            seen: version,
            only_new,
        } => {
            step.kind = target.kind();
            (step.seen, step.only_new) = (*version, *only_new);
            if let Target::Found(condition) = target {
                step.condition = Some((condition.clone(), seen.id.clone()));
                if seen.id.is_none() {
                    step.id = resource.id().map_or(seen.new_id.clone(), str::to_owned);
                }
            }
            if let (Some(given), Some(_)) = (resource.id(), &seen.id)
                && given != step.id
            {
                let text = "the id in the body is not the one addressed";
                return Err(refusal::refuse(IssueCode::Invalid, "id", text));
            }
            step.action = checked(resource, "PUT")?;
        }
        Wanted::Patch {
            target,
            patch,
            seen: version,
        } => {
            step.kind = target.kind();
            step.seen = *version;
            let (made_on, stored) = seen.stored.clone().ok_or_else(refusal::not_found)?;
            step.made_on = Some(made_on);
            if let Target::Found(condition) = target {
                step.condition = Some((condition.clone(), seen.id.clone()));
            }
            let patched = match patch {
                Patch::Json(document) => fhir::patch::json_patch(&stored, document),
                Patch::FhirPath(parameters) => fhir::patch::fhirpath_patch(&stored, parameters),
            };
            let patched = patched.map_err(refusal::of_issue)?;
            if patched.type_name() != stored.type_name() || patched.id() != stored.id() {
                let text = "a patch changes neither type nor id";
                return Err(refusal::refuse(IssueCode::Invalid, "id", text));
            }
            step.action = checked(&patched, "PATCH")?;
        }
        Wanted::Delete {
            target,
            seen: version,
        } => {
            step.kind = target.kind();
            step.seen = *version;
            if let Target::Found(condition) = target {
                step.condition = Some((condition.clone(), seen.id.clone()));
            }
            if seen.id.is_some() {
                step.action = Action::Delete;
            }
        }
    }
    Ok(step)
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
            splices.push((view.span(), serde_json::Value::from(text).to_string()));
        }
    });
    if splices.is_empty() {
        return Ok(resource.clone());
    }
    let mut text = String::with_capacity(resource.text().len());
    let mut from = 0;
    for (span, with) in splices {
        text.push_str(&resource.text()[from..span.start]);
        text.push_str(&with);
        from = span.end;
    }
    text.push_str(&resource.text()[from..]);
    Resource::parse(text.as_bytes()).map_err(refusal::of_issue)
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

//! Batch and transaction: many requests in one.
//!
//! A transaction's changes are one command: all or none, whatever refers to what. A batch's entries
//! stand alone; each has its own outcome and its own idempotency key, made of the one that came.

use axum::http::StatusCode;
use fhir::json::Limits;
use fhir::{IssueCode, Resource, View};
use http::Ctx;
use kernel::{AppRight, Error, Kind, Result};
use serde_json::json;

use crate::answer::{self, Bundle, etag};
use crate::api::{Call, read_text, search_text};
use crate::app;
use crate::keys::Keys;
use crate::prepare;
use crate::refusal;
use crate::rows;
use crate::shape::{Pairs, Prefer, Shape};
use crate::write::{self, Done, Item, Outcome, Patch, Place, Target, Wanted, known_type};

/// Entries of one bundle.
const ENTRIES_MAX: usize = 2_000;

/// One entry, read.
enum Entry {
    Write(Box<Wanted>),
    Read(Address),
}

/// What an entry's URL addresses.
#[derive(Clone, Debug)]
pub(crate) enum Address {
    /// A resource, or one of its versions.
    One(&'static str, String, Option<i64>),
    /// A search of a type.
    Search(&'static str, Pairs),
}

/// Runs the bundle in `bytes`.
///
/// # Errors
/// Why it can't be run, or why a transaction was not.
pub(crate) async fn run(ctx: &Ctx, keys: &Keys, call: &Call, bytes: &[u8]) -> Result<String> {
    let bundle = Resource::parse_within(bytes, Limits::BUNDLE).map_err(refusal::of_issue)?;
    if bundle.type_name() != "Bundle" {
        let text = "this address takes a Bundle of type batch or transaction";
        return Err(refusal::refuse(IssueCode::Invalid, "resourceType", text));
    }
    let kind = bundle
        .root()
        .get("type")
        .and_then(View::as_plain)
        .unwrap_or("");
    let entries: Vec<View<'_>> = bundle
        .root()
        .get("entry")
        .into_iter()
        .flat_map(View::items)
        .collect();
    if entries.len() > ENTRIES_MAX {
        let text = format!("a bundle has at most {ENTRIES_MAX} entries");
        return Err(refusal::refuse(IssueCode::TooCostly, "Bundle.entry", text));
    }
    match kind {
        "transaction" => {
            let read = entries.iter().enumerate().map(|(at, entry)| {
                read_entry(*entry, &call.base).map_err(|error| at_entry(error, at))
            });
            let links = entries.iter().map(|entry| link_of(*entry)).collect();
            let read = read.collect::<Result<Vec<Entry>>>()?;
            transaction(ctx, keys, call, read, links).await
        }
        "batch" => {
            let read = entries
                .iter()
                .map(|entry| read_entry(*entry, &call.base))
                .collect();
            batch(ctx, keys, call, read).await
        }
        _ => {
            let text = "this server runs bundles of type batch and transaction";
            Err(refusal::refuse(IssueCode::Invalid, "Bundle.type", text))
        }
    }
}

fn at_entry(error: Error, at: usize) -> Error {
    let has_issues = error.data().is_some_and(|data| data.get("issue").is_some());
    if has_issues {
        let mut issues = error
            .data()
            .map(|data| data["issue"].clone())
            .unwrap_or_default();
        for issue in issues.as_array_mut().into_iter().flatten() {
            issue["expression"] = json!([format!("Bundle.entry[{at}]")]);
        }
        return error.with(json!({ "issue": issues }));
    }
    error.at(format!("Bundle.entry[{at}]"))
}

/// What other entries call this one.
fn link_of(entry: View<'_>) -> Option<String> {
    entry
        .get("fullUrl")
        .and_then(View::as_str)
        .map(|url| url.into_owned())
}

/// The request of an entry, in words.
struct Request {
    method: String,
    url: String,
    seen: Option<i64>,
    only_new: bool,
    unless: Option<String>,
}

fn read_request(entry: View<'_>, base: &str) -> Result<Request> {
    let missing = |name: &str| {
        let place = ["Bundle.entry.request.", name].concat();
        refusal::refuse(IssueCode::Required, &place, "the entry's request needs it")
    };
    let request = entry.get("request").ok_or_else(|| missing("method"))?;
    let text = |name: &str| {
        let text = request.get(name).and_then(View::as_str);
        text.map(|text| text.into_owned())
    };
    let url = text("url").ok_or_else(|| missing("url"))?;
    let seen = text("ifMatch").map(|tag| {
        let tag = tag.trim().trim_start_matches("W/").trim_matches('"');
        tag.parse::<i64>().map_err(|_| {
            let place = "Bundle.entry.request.ifMatch";
            refusal::refuse(IssueCode::Value, place, "this is no version")
        })
    });
    Ok(Request {
        method: text("method").ok_or_else(|| missing("method"))?,
        url: url
            .strip_prefix(base)
            .unwrap_or(&url)
            .trim_start_matches('/')
            .to_owned(),
        seen: seen.transpose()?,
        only_new: text("ifNoneMatch").as_deref() == Some("*"),
        unless: text("ifNoneExist"),
    })
}

fn resource_of(entry: View<'_>) -> Result<Resource> {
    let view = entry.get("resource").ok_or_else(|| {
        let text = "the entry needs a resource";
        refusal::refuse(IssueCode::Required, "Bundle.entry.resource", text)
    })?;
    view.to_resource().map_err(refusal::of_issue)
}

fn read_entry(entry: View<'_>, base: &str) -> Result<Entry> {
    let request = read_request(entry, base)?;
    let seen = request.seen;
    Ok(Entry::Write(Box::new(match request.method.as_str() {
        "GET" | "HEAD" => return Ok(Entry::Read(address(&request.url)?)),
        "POST" => {
            let resource = resource_of(entry)?;
            let kind = known_type(&request.url)?;
            if kind != resource.type_name() {
                let place = "Bundle.entry.request.url";
                let text = "the entry's url and resource are of different types";
                return Err(refusal::refuse(IssueCode::Invalid, place, text));
            }
            let unless = request.unless.map(|criteria| {
                let criteria = criteria.trim_start_matches('?');
                write::condition(kind, criteria)
            });
            Wanted::Create {
                resource,
                unless: unless.transpose()?.map(Box::new),
            }
        }
        "PUT" => {
            let resource = resource_of(entry)?;
            let target = target(&request.url)?;
            if let Target::Id(_, id) = &target {
                prepare::require_id(&resource, id)?;
            }
            if resource.type_name() != target.kind() {
                let text = "the entry's url and resource are of different types";
                return Err(refusal::refuse(
                    IssueCode::Invalid,
                    "Bundle.entry.request.url",
                    text,
                ));
            }
            Wanted::Update {
                target,
                resource,
                seen,
                only_new: request.only_new,
            }
        }
        "PATCH" => Wanted::Patch {
            target: target(&request.url)?,
            patch: patch(resource_of(entry)?)?,
            seen,
        },
        "DELETE" => Wanted::Delete {
            target: target(&request.url)?,
            seen,
        },
        _ => {
            let place = "Bundle.entry.request.method";
            let text = "the method is GET, POST, PUT, PATCH or DELETE";
            return Err(refusal::refuse(IssueCode::Value, place, text));
        }
    })))
}

/// A patch in a bundle is Parameters.
fn patch(resource: Resource) -> Result<Patch> {
    if resource.type_name() == "Parameters" {
        return Ok(Patch::FhirPath(resource));
    }
    let text = "a patch in a bundle is a Parameters resource";
    Err(refusal::refuse(
        IssueCode::NotSupported,
        "Bundle.entry.resource",
        text,
    ))
}

fn target(url: &str) -> Result<Target> {
    if let Some((kind, criteria)) = url.split_once('?') {
        return Ok(Target::Found(Box::new(write::condition(
            known_type(kind)?,
            criteria,
        )?)));
    }
    match address(url)? {
        Address::One(kind, id, None) => Ok(Target::Id(kind, id)),
        _ => {
            let text = "the url of a change is Type/id or Type?criteria";
            Err(refusal::refuse(
                IssueCode::Value,
                "Bundle.entry.request.url",
                text,
            ))
        }
    }
}

fn address(url: &str) -> Result<Address> {
    let (path, query) = url.split_once('?').unwrap_or((url, ""));
    let parts: Vec<&str> = path.split('/').collect();
    match parts.as_slice() {
        [kind] => Ok(Address::Search(
            known_type(kind)?,
            crate::shape::pairs_of_form(query.as_bytes())?,
        )),
        [kind, id] if !id.starts_with(['$', '_']) => {
            Ok(Address::One(known_type(kind)?, (*id).to_owned(), None))
        }
        [kind, id, "_history", version] => {
            let version = version.parse().map_err(|_| refusal::not_found())?;
            Ok(Address::One(
                known_type(kind)?,
                (*id).to_owned(),
                Some(version),
            ))
        }
        _ => {
            let text = "entries read Type/id, Type/id/_history/version and Type?criteria";
            Err(refusal::refuse(
                IssueCode::NotSupported,
                "Bundle.entry.request.url",
                text,
            ))
        }
    }
}

/// The order in which a transaction works: what goes, what comes, what changes (FHIR R4 §3.1.0.11.2).
fn turn(wanted: &Wanted) -> u8 {
    match wanted {
        Wanted::Delete { .. } => 0,
        Wanted::Create { .. } => 1,
        Wanted::Update { .. } | Wanted::Patch { .. } => 2,
    }
}

async fn transaction(
    ctx: &Ctx,
    keys: &Keys,
    call: &Call,
    entries: Vec<Entry>,
    links: Vec<Option<String>>,
) -> Result<String> {
    refuse_same_link(&links)?;
    let count = entries.len();
    let mut reads: Vec<(usize, Address)> = Vec::new();
    let mut items: Vec<Item> = Vec::new();
    for (at, (entry, link)) in entries.into_iter().zip(links).enumerate() {
        match entry {
            Entry::Read(address) => reads.push((at, address)),
            Entry::Write(wanted) => items.push(Item {
                wanted: *wanted,
                link,
                entry: Some(at),
            }),
        }
    }
    items.sort_by_key(|item| turn(&item.wanted));
    let places: Vec<usize> = items.iter().filter_map(|item| item.entry).collect();
    let mut answers: Vec<Option<(String, Option<String>)>> = vec![None; count];
    if !items.is_empty() {
        let place = Place {
            store: ctx.store(),
            request: ctx.request(),
            keys,
            base: &call.base,
        };
        let done = write::run(place, items).await?;
        let texts = texts_of(ctx, call, &done).await?;
        for ((at, done), text) in places.into_iter().zip(&done).zip(texts) {
            answers[at] = Some((response_of(done), text));
        }
    }
    for (at, address) in reads {
        let text = read(ctx, &call.base, address)
            .await
            .map_err(|error| at_entry(error, at))?;
        answers[at] = Some((json!({ "status": "200 OK" }).to_string(), Some(text)));
    }
    let mut bundle = Bundle::new("transaction-response", None, &[]);
    for (response, text) in answers.iter().flatten() {
        push(&mut bundle, response, text.as_deref());
    }
    Ok(bundle.finish())
}

/// Two entries of one name can't be told apart by those that refer to them.
fn refuse_same_link(links: &[Option<String>]) -> Result<()> {
    let mut seen = std::collections::HashSet::new();
    for (at, link) in links.iter().enumerate() {
        if let Some(link) = link
            && !seen.insert(link)
        {
            let place = format!("Bundle.entry[{at}].fullUrl");
            return Err(refusal::refuse(
                IssueCode::Invalid,
                &place,
                "another entry has the same fullUrl",
            ));
        }
    }
    Ok(())
}

async fn batch(ctx: &Ctx, keys: &Keys, call: &Call, entries: Vec<Result<Entry>>) -> Result<String> {
    let mut bundle = Bundle::new("batch-response", None, &[]);
    for (at, entry) in entries.into_iter().enumerate() {
        let result = match entry {
            Ok(Entry::Read(address)) => read(ctx, &call.base, address)
                .await
                .map(|text| (json!({ "status": "200 OK" }).to_string(), Some(text))),
            Ok(Entry::Write(wanted)) => write_one(ctx, keys, call, *wanted, at).await,
            Err(error) => Err(error),
        };
        match result {
            Ok((response, text)) => push(&mut bundle, &response, text.as_deref()),
            Err(error) => {
                if ctx.actor().app.is_some() && error.kind() == Kind::Forbidden {
                    ctx.note_app_refusal(error.code()).await?;
                }
                let (status, outcome) = ctx.outcome(&error);
                let response = json!({ "status": status_text(status), "outcome": outcome });
                push(&mut bundle, &response.to_string(), None);
            }
        }
    }
    Ok(bundle.finish())
}

async fn write_one(
    ctx: &Ctx,
    keys: &Keys,
    call: &Call,
    wanted: Wanted,
    at: usize,
) -> Result<(String, Option<String>)> {
    let mut request = ctx.request().clone();
    if let Some(key) = &mut request.idempotency {
        key.key = format!("{}#{at}", key.key);
    }
    let place = Place {
        store: ctx.store(),
        request: &request,
        keys,
        base: &call.base,
    };
    let done = write::run(place, vec![Item::alone(wanted)]).await?;
    let mut texts = texts_of(ctx, call, &done).await?;
    let one = done
        .first()
        .ok_or_else(|| Error::internal("a change without a result"))?;
    Ok((response_of(one), texts.pop().flatten()))
}

fn push(bundle: &mut Bundle, response: &str, text: Option<&str>) {
    match text {
        Some(text) => bundle.entry(&[("resource", text), ("response", response)]),
        None => bundle.entry(&[("response", response)]),
    }
}

fn response_of(done: &Done) -> String {
    let mut response = json!({ "status": status_text(answer::status_of(done)) });
    if done.outcome == Outcome::Deleted || done.outcome == Outcome::Nothing {
        response["status"] = json!("204 No Content");
    }
    if done.version > 0 {
        response["etag"] = json!(etag(done.version));
        response["lastModified"] = json!(done.at.to_string());
    }
    if matches!(
        done.outcome,
        Outcome::Created | Outcome::Updated | Outcome::Found
    ) {
        let location = format!("{}/{}/_history/{}", done.kind, done.id, done.version);
        response["location"] = json!(location);
    }
    response.to_string()
}

fn status_text(status: StatusCode) -> String {
    [
        status.as_str(),
        " ",
        status.canonical_reason().unwrap_or(""),
    ]
    .concat()
}

/// What was stored, where the client asked for it.
async fn texts_of(ctx: &Ctx, call: &Call, done: &[Done]) -> Result<Vec<Option<String>>> {
    if call.shape.prefer != Prefer::Representation || !call.prefers {
        return Ok(vec![None; done.len()]);
    }
    let done = done.to_vec();
    ctx.read(move |tx| {
        let mut texts = Vec::with_capacity(done.len());
        for one in &done {
            let seen = one.version > 0 && app::may(tx.actor(), &one.kind, AppRight::Read);
            let header = rows::head(tx, &one.kind, &one.id)?.filter(|_| seen);
            texts.push(match header {
                Some(header) => rows::body(tx, header.key, one.version)?,
                None => None,
            });
        }
        Ok(texts)
    })
    .await
}

async fn read(ctx: &Ctx, base: &str, address: Address) -> Result<String> {
    match address {
        Address::One(kind, id, version) => read_text(ctx, kind, id, version).await,
        Address::Search(kind, mut pairs) => {
            let shape = Shape::take(&axum::http::HeaderMap::new(), &mut pairs)?;
            search_text(
                ctx,
                kind,
                Call {
                    base: base.to_owned(),
                    pairs,
                    shape,
                    prefers: false,
                    headers: axum::http::HeaderMap::new(),
                },
            )
            .await
        }
    }
}

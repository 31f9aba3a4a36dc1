//! Search by address and by form.

use axum::body::Bytes;
use axum::http::StatusCode;
use axum::response::Response;
use fhir::search::{Clause, Criterion, Query, Summary, Total, parse_query};
use http::{Ctx, Path};
use kernel::Result;
use serde_json::json;

use super::{Call, kind_of};
use crate::answer::{self, Bundle, full_url, quoted};
use crate::rows::{self, Header};
use crate::{access, refusal, search};

/// Search one type.
#[utoipa::path(get, path = "/fhir/{type}", tag = "fhir", params(("type" = String, Path)),
    responses((status = 200, body = Object, content_type = "application/fhir+json")),
    extensions(("x-permission" = json!("fhir.read"))))]
pub(super) async fn fhir_search(
    ctx: Ctx,
    Path(kind): Path<String>,
    call: Call,
) -> http::Result<Response> {
    Ok(run(&ctx, Some(kind_of(&kind)?), call).await?)
}

/// Search one type by a form.
#[utoipa::path(post, path = "/fhir/{type}/_search", tag = "fhir",
    params(("type" = String, Path)),
    request_body(content = String, content_type = "application/x-www-form-urlencoded"),
    responses((status = 200, body = Object, content_type = "application/fhir+json")),
    extensions(("x-permission" = json!("fhir.read"))))]
pub(super) async fn fhir_search_form(
    ctx: Ctx,
    Path(kind): Path<String>,
    call: Call,
    bytes: Bytes,
) -> http::Result<Response> {
    let call = with_form(call, &bytes)?;
    Ok(run(&ctx, Some(kind_of(&kind)?), call).await?)
}

/// Search the types named in `_type`, or all.
#[utoipa::path(get, path = "/fhir", tag = "fhir",
    responses((status = 200, body = Object, content_type = "application/fhir+json")),
    extensions(("x-permission" = json!("fhir.read"))))]
pub(super) async fn fhir_search_all(ctx: Ctx, call: Call) -> http::Result<Response> {
    Ok(run(&ctx, None, call).await?)
}

/// Search the types named in `_type`, or all: the address as some clients write it.
#[utoipa::path(get, path = "/fhir/", tag = "fhir",
    responses((status = 200, body = Object, content_type = "application/fhir+json")),
    extensions(("x-permission" = json!("fhir.read"))))]
pub(super) async fn fhir_search_all_at_slash(ctx: Ctx, call: Call) -> http::Result<Response> {
    fhir_search_all(ctx, call).await
}

/// Search the types named in `_type`, or all, by a form.
#[utoipa::path(post, path = "/fhir/_search", tag = "fhir",
    request_body(content = String, content_type = "application/x-www-form-urlencoded"),
    responses((status = 200, body = Object, content_type = "application/fhir+json")),
    extensions(("x-permission" = json!("fhir.read"))))]
pub(super) async fn fhir_search_all_form(
    ctx: Ctx,
    call: Call,
    bytes: Bytes,
) -> http::Result<Response> {
    let call = with_form(call, &bytes)?;
    Ok(run(&ctx, None, call).await?)
}

/// Search what is in a patient's compartment: one type, or with `*` the types named in `_type`.
#[utoipa::path(get, path = "/fhir/{type}/{id}/{member}", tag = "fhir",
    params(("type" = String, Path), ("id" = String, Path), ("member" = String, Path)),
    responses((status = 200, body = Object, content_type = "application/fhir+json")),
    extensions(("x-permission" = json!("fhir.read"))))]
pub(super) async fn fhir_search_compartment(
    ctx: Ctx,
    Path((kind, id, member)): Path<(String, String, String)>,
    call: Call,
) -> http::Result<Response> {
    if kind_of(&kind)? != "Patient" {
        let text = "compartments of patients are searched: Patient/{id}/{type}";
        return Err(refusal::refuse(fhir::IssueCode::NotSupported, "", text).into());
    }
    let member = match member.as_str() {
        "*" => None,
        name => Some(kind_of(name)?),
    };
    let text = bundle_of(&ctx, member, Some(id), call).await?;
    Ok(answer::body(StatusCode::OK, text))
}

/// The last observations of each code of a patient.
#[utoipa::path(get, path = "/fhir/Observation/$lastn", tag = "fhir",
    responses((status = 200, body = Object, content_type = "application/fhir+json")),
    extensions(("x-permission" = json!("fhir.read"))))]
pub(super) async fn fhir_lastn(ctx: Ctx, mut call: Call) -> http::Result<Response> {
    let mut count = 1;
    let mut wrong = false;
    call.pairs.retain(|(name, value)| {
        let is_max = name == "max";
        if is_max {
            wrong |= value.parse().map(|max| count = max).is_err();
        }
        !is_max
    });
    if wrong {
        let text = "max is a whole number";
        return Err(refusal::refuse(fhir::IssueCode::Value, "max", text).into());
    }
    let query = parse_query(Some("Observation"), &call.pairs, call.shape.lenient)
        .map_err(refusal::of_issues)?;
    let asked = query.clone();
    let answer = ctx
        .read(move |tx| {
            let headers = search::lastn(tx, &asked, count)?;
            access::note(tx, headers.iter(), "fhir.search")?;
            let bodies = rows::bodies(tx, &headers)?;
            Ok(Answer {
                matches: headers.into_iter().zip(bodies).collect(),
                included: Vec::new(),
                total: None,
                next: None,
                cut: false,
            })
        })
        .await?;
    let text = render(&call, Some("Observation/$lastn"), &query, answer);
    Ok(answer::body(StatusCode::OK, call.shape.lay_out(text)))
}

fn with_form(mut call: Call, bytes: &[u8]) -> Result<Call> {
    let mut form = crate::shape::pairs_of_form(bytes)?;
    let own = crate::shape::Shape::take(&call.headers, &mut form)?;
    call.shape.pretty |= own.pretty;
    call.pairs.extend(form);
    Ok(call)
}

async fn run(ctx: &Ctx, kind: Option<&'static str>, call: Call) -> Result<Response> {
    let text = bundle(ctx, kind, call).await?;
    Ok(answer::body(StatusCode::OK, text))
}

/// The searchset a query answers; also an entry of a batch.
pub(crate) async fn bundle(ctx: &Ctx, kind: Option<&'static str>, call: Call) -> Result<String> {
    bundle_of(ctx, kind, None, call).await
}

/// The same within the compartment of a patient.
async fn bundle_of(
    ctx: &Ctx,
    kind: Option<&'static str>,
    patient: Option<String>,
    mut call: Call,
) -> Result<String> {
    let mut query =
        parse_query(kind, &call.pairs, call.shape.lenient).map_err(refusal::of_issues)?;
    let path = patient.as_ref().map_or_else(
        || kind.map(str::to_owned),
        |id| Some(["Patient/", id, "/", kind.unwrap_or("*")].concat()),
    );
    query.clauses.extend(patient.map(|id| Clause {
        name: "Patient".to_owned(),
        criterion: Criterion::Compartment(id),
    }));
    call.shape.summary = query.summary;
    call.shape.elements.clone_from(&query.elements);
    let asked = query.clone();
    let answer = ctx.read(move |tx| answer_of(tx, &asked)).await?;
    Ok(call
        .shape
        .lay_out(render(&call, path.as_deref(), &query, answer)))
}

struct Answer {
    matches: Vec<(Header, String)>,
    included: Vec<(Header, String)>,
    total: Option<i64>,
    next: Option<String>,
    cut: bool,
}

fn answer_of(tx: &mut store::Tx<'_>, query: &Query) -> Result<Answer> {
    let only_count = query.summary == Some(Summary::Count) || query.count == Some(0);
    let wants_total = only_count || query.total == Some(Total::Accurate);
    let total = if wants_total {
        Some(search::total(tx, query)?)
    } else {
        None
    };
    if only_count {
        return Ok(Answer {
            matches: Vec::new(),
            included: Vec::new(),
            total,
            next: None,
            cut: false,
        });
    }
    let found = search::page(tx, query)?;
    let included = search::included(tx, query, &found.headers)?;
    access::note(tx, found.headers.iter().chain(&included), "fhir.search")?;
    let matches = rows::bodies(tx, &found.headers)?;
    let texts = rows::bodies(tx, &included)?;
    let cut = included.len() >= search::INCLUDED_MAX;
    Ok(Answer {
        matches: found.headers.into_iter().zip(matches).collect(),
        included: included.into_iter().zip(texts).collect(),
        total,
        next: found.next,
        cut,
    })
}

fn render(call: &Call, path: Option<&str>, query: &Query, answer: Answer) -> String {
    let path = path.map_or_else(
        || call.base.clone(),
        |path| [&call.base, "/", path].concat(),
    );
    let used = || {
        query
            .used
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()))
    };
    let mut links = vec![("self", [&path, "?", &answer::query_string(used())].concat())];
    if let Some(next) = &answer.next {
        let pairs = used().chain([("_cursor", next.as_str())]);
        links.push(("next", [&path, "?", &answer::query_string(pairs)].concat()));
    }
    let mut bundle = Bundle::new("searchset", answer.total, &links);
    let groups = [(answer.matches, "match"), (answer.included, "include")];
    for (group, mode) in groups {
        for (header, body) in group {
            let search = json!({ "mode": mode }).to_string();
            let url = quoted(&full_url(&call.base, &header));
            let body = call.shape.apply(body);
            bundle.entry(&[("fullUrl", &url), ("resource", &body), ("search", &search)]);
        }
    }
    let mut warnings: Vec<fhir::Issue> = query
        .ignored
        .iter()
        .map(|name| {
            let text = format!("the parameter {name} was not understood and left out");
            fhir::Issue::warning(fhir::IssueCode::NotSupported, "", text)
        })
        .collect();
    if answer.cut {
        let text = "there is more to include than one answer holds";
        warnings.push(fhir::Issue::warning(fhir::IssueCode::TooCostly, "", text));
    }
    if !warnings.is_empty() {
        let outcome = fhir::outcome(&warnings).to_string();
        let search = json!({ "mode": "outcome" }).to_string();
        bundle.entry(&[("resource", &outcome), ("search", &search)]);
    }
    bundle.finish()
}

impl Call {
    /// `_summary` and `_elements` of a read; other parameters are refused.
    pub(super) fn take_parts(&mut self, kind: &'static str) -> Result<()> {
        if self.pairs.is_empty() {
            return Ok(());
        }
        let query =
            parse_query(Some(kind), &self.pairs, self.shape.lenient).map_err(refusal::of_issues)?;
        self.shape.summary = query.summary;
        self.shape.elements = query.elements;
        Ok(())
    }
}

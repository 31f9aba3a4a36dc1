//! `$everything`: all that lies in a patient's compartment and may be seen, oldest first, in pages.

use fhir::IssueCode;
use http::Ctx;
use kernel::{AppRight, Result};
use serde_json::json;
use store::{Composed, Tx};

use crate::access::{self, ALIASES, Eye};
use crate::answer::{self, Bundle, full_url, quoted};
use crate::rows::{self, HEADER, Header};
use crate::shape::Pairs;
use crate::{app, hash, kinds, moves, refusal};

/// Resources a page has when the client names no number, and at most.
const PAGE_DEFAULT: u32 = 200;
const PAGE_MAX: u32 = 1_000;

#[derive(Clone, Default)]
struct Asked {
    count: u32,
    after: i64,
    types: Vec<i64>,
    since: Option<i64>,
}

fn asked(pairs: &Pairs) -> Result<Asked> {
    let mut asked = Asked {
        count: PAGE_DEFAULT,
        ..Asked::default()
    };
    for (name, value) in pairs {
        let wrong = || refusal::refuse(IssueCode::Value, name, "this value can't be read");
        match name.as_str() {
            "_count" => {
                let count = value.parse::<u32>().map_err(|_| wrong())?;
                asked.count = count.clamp(1, PAGE_MAX);
            }
            "_cursor" => asked.after = value.parse().map_err(|_| wrong())?,
            "_type" => {
                for kind in value.split(',') {
                    asked.types.push(kinds::number(kind).ok_or_else(wrong)?);
                }
            }
            "_since" => {
                let at: kernel::Instant = value.parse().map_err(|_| wrong())?;
                asked.since = Some(at.micros());
            }
            _ => {
                let text = "$everything takes _count, _type and _since";
                return Err(refusal::refuse(IssueCode::NotSupported, name, text));
            }
        }
    }
    Ok(asked)
}

fn page(tx: &mut Tx<'_>, id: &str, asked: &Asked) -> Result<Vec<Header>> {
    for number in &asked.types {
        let kind = kinds::name(*number).unwrap_or_default();
        app::require(tx.actor(), kind, AppRight::Read)?;
    }
    let standing = moves::standing(tx, id)?;
    let patient = rows::require(tx, "Patient", standing.as_deref().unwrap_or(id))?;
    let mut sql = Composed::new();
    let eye = Eye::bind(tx, &mut sql, AppRight::Read);
    sql.push("SELECT ").push(HEADER);
    sql.push(" FROM fhir_compartment AS c CROSS JOIN fhir_resource AS r WHERE c.patient = ");
    sql.bind(hash::address("Patient", &patient.id));
    sql.push(" AND c.code = 0 AND r.key = c.key AND r.key > ")
        .bind(asked.after);
    if !asked.types.is_empty() {
        sql.push(" AND c.kind IN (")
            .bind_all(asked.types.iter().copied())
            .push(")");
    }
    if let Some(since) = asked.since {
        sql.push(" AND r.updated_at >= ").bind(since);
    }
    sql.push(" AND ");
    eye.push_live(&mut sql, &ALIASES[0]);
    sql.push(" ORDER BY r.key LIMIT ").bind(asked.count + 1);
    tx.query_composed(&sql)
}

/// The bundle of a page.
pub(crate) async fn run(ctx: &Ctx, base: &str, pairs: &Pairs, id: String) -> Result<String> {
    let asked = asked(pairs)?;
    let (wanted, patient) = (asked.clone(), id.clone());
    let (headers, bodies, more) = ctx
        .read(move |tx| {
            let mut headers = page(tx, &patient, &wanted)?;
            let more = headers.len() > wanted.count as usize;
            headers.truncate(wanted.count as usize);
            access::note(tx, headers.iter(), "fhir.everything")?;
            let bodies = rows::bodies(tx, &headers)?;
            Ok((headers, bodies, more))
        })
        .await?;
    let path = [base, "/Patient/", &id, "/$everything"].concat();
    let kept = || {
        let pairs = pairs.iter().filter(|(name, _)| name != "_cursor");
        pairs.map(|(name, value)| (name.as_str(), value.as_str()))
    };
    let mut links = vec![("self", [&path, "?", &answer::query_string(kept())].concat())];
    if let Some(last) = headers.last().filter(|_| more) {
        let key = last.key.to_string();
        let query = answer::query_string(kept().chain([("_cursor", key.as_str())]));
        links.push(("next", [&path, "?", &query].concat()));
    }
    let mut bundle = Bundle::new("searchset", None, &links);
    let search = json!({ "mode": "match" }).to_string();
    for (header, body) in headers.iter().zip(&bodies) {
        let url = quoted(&full_url(base, header));
        bundle.entry(&[("fullUrl", &url), ("resource", body), ("search", &search)]);
    }
    Ok(bundle.finish())
}

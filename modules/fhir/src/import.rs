//! Bulk import: NDJSON, a resource a line, plain or gzipped, through the same checks as any write.
//!
//! Lines are written a hundred a transaction; where one of them is refused, each of the hundred is
//! written by itself, so that one bad line costs no other. What is refused is named by its line.

use std::io::Read;

use fhir::{IssueCode, Resource};
use http::Ctx;
use kernel::{Error, Result};
use serde_json::{Value, json};
use store::{Change, Subject};

use crate::keys::Keys;
use crate::prepare::Prepared;
use crate::profiles::InForce;
use crate::write::{self, Item, Place, Target, Wanted};
use crate::{access, kinds, prepare, refusal};

/// What a gzipped body may unpack to; the body itself is limited as a bundle is.
const UNPACKED_BYTES_MAX: u64 = 64 * 1024 * 1024;
/// Lines of one import, of one transaction, and refusals one answer names.
const LINES_MAX: usize = 10_000;
const LINES_A_WRITE: usize = 100;
const REFUSALS_MAX: usize = 200;

/// What became of an import.
#[derive(Default)]
struct Report {
    accepted: usize,
    refused: usize,
    /// Line and OperationOutcome of the first that were refused.
    lines: Vec<(usize, Value)>,
}

impl Report {
    fn refuse(&mut self, ctx: &Ctx, line: usize, error: &Error) {
        self.refused += 1;
        if self.lines.len() < REFUSALS_MAX {
            self.lines.push((line, ctx.outcome(error).1));
        }
    }

    fn text(&self, dry_run: bool) -> String {
        let name = if dry_run { "acceptable" } else { "stored" };
        let mut parameters = vec![
            json!({ "name": "dryRun", "valueBoolean": dry_run }),
            json!({ "name": name, "valueInteger": self.accepted }),
            json!({ "name": "refused", "valueInteger": self.refused }),
        ];
        parameters.extend(self.lines.iter().map(|(line, outcome)| {
            json!({ "name": "refusal", "part": [
                { "name": "line", "valueInteger": line },
                { "name": "outcome", "resource": outcome },
            ] })
        }));
        json!({ "resourceType": "Parameters", "parameter": parameters }).to_string()
    }
}

/// Unpacks a body where it is packed.
///
/// # Errors
/// What does not unpack, or to too much.
pub(crate) fn unpacked(bytes: &[u8]) -> Result<Vec<u8>> {
    if !bytes.starts_with(&[0x1f, 0x8b]) {
        return Ok(bytes.to_vec());
    }
    let mut out = Vec::new();
    let decoder = flate2::read::MultiGzDecoder::new(bytes);
    let read = decoder.take(UNPACKED_BYTES_MAX + 1).read_to_end(&mut out);
    if read.is_err() {
        let text = "the body begins as gzip and does not unpack";
        return Err(refusal::refuse(IssueCode::Invalid, "", text));
    }
    if out.len() as u64 > UNPACKED_BYTES_MAX {
        let text = "the body unpacks to more than 64 MiB; send it in parts";
        return Err(refusal::refuse(IssueCode::TooLong, "", text));
    }
    Ok(out)
}

/// Imports the lines of a body, or says what would become of them; answers the report.
///
/// # Errors
/// Too many lines; a role that does not write; whatever the database reports.
pub(crate) async fn run(
    ctx: &Ctx,
    keys: &Keys,
    base: &str,
    bytes: &[u8],
    dry_run: bool,
) -> Result<String> {
    let lines: Vec<(usize, &[u8])> = (1..)
        .zip(bytes.split(|byte| *byte == b'\n'))
        .filter(|(_, line)| !line.iter().all(u8::is_ascii_whitespace))
        .collect();
    if lines.len() > LINES_MAX {
        let text = "an import has at most 10,000 lines; send it in parts";
        return Err(refusal::refuse(IssueCode::TooLong, "", text));
    }
    let mut report = Report::default();
    for some in lines.chunks(LINES_A_WRITE) {
        let mut read: Vec<(usize, Wanted)> = Vec::with_capacity(some.len());
        for (line, bytes) in some {
            match wanted(bytes) {
                Ok(wanted) => read.push((*line, wanted)),
                Err(error) => report.refuse(ctx, *line, &error),
            }
        }
        if dry_run {
            check(ctx, base, read, &mut report).await?;
        } else {
            store_some(ctx, keys, base, read, &mut report).await?;
        }
    }
    note(ctx, &report, dry_run).await?;
    Ok(report.text(dry_run))
}

/// A line with an id stands under it; one without gets one.
fn wanted(line: &[u8]) -> Result<Wanted> {
    let resource = Resource::parse(line.trim_ascii()).map_err(refusal::of_issue)?;
    let kind = resource.type_name();
    let Some(id) = resource.id().map(str::to_owned) else {
        return Ok(Wanted::Create {
            resource,
            unless: None,
        });
    };
    prepare::require_id(&resource, &id)?;
    Ok(Wanted::Update {
        target: Target::Id(kind, id),
        resource,
        seen: None,
        only_new: false,
    })
}

async fn store_some(
    ctx: &Ctx,
    keys: &Keys,
    base: &str,
    read: Vec<(usize, Wanted)>,
    report: &mut Report,
) -> Result<()> {
    let Some(first) = read.first().map(|(line, _)| *line) else {
        return Ok(());
    };
    let all: Vec<Item> = read
        .iter()
        .map(|(_, one)| Item::alone(one.clone()))
        .collect();
    let count = all.len();
    match store_one(ctx, keys, base, all, format!("lines-{first}")).await {
        Ok(()) => report.accepted += count,
        Err(error) if is_ours(&error) => return Err(error),
        Err(_) => {
            for (line, one) in read {
                let item = vec![Item::alone(one)];
                match store_one(ctx, keys, base, item, format!("line-{line}")).await {
                    Ok(()) => report.accepted += 1,
                    Err(error) if is_ours(&error) => return Err(error),
                    Err(error) => report.refuse(ctx, line, &error),
                }
            }
        }
    }
    Ok(())
}

/// The server's own trouble, which no line is to blame for.
fn is_ours(error: &Error) -> bool {
    use kernel::Kind;
    matches!(
        error.kind(),
        Kind::Internal | Kind::Unavailable | Kind::Throttled
    )
}

async fn store_one(
    ctx: &Ctx,
    keys: &Keys,
    base: &str,
    items: Vec<Item>,
    part: String,
) -> Result<()> {
    let mut request = ctx.request().clone();
    if let Some(key) = &mut request.idempotency {
        key.key = [&key.key, "#", &part].concat();
    }
    let place = Place {
        store: ctx.store(),
        request: &request,
        keys,
        base,
    };
    write::run(place, items).await.map(|_| ())
}

/// What can be said without writing: form, owner, basis.
async fn check(
    ctx: &Ctx,
    base: &str,
    read: Vec<(usize, Wanted)>,
    report: &mut Report,
) -> Result<()> {
    let mut read_well: Vec<(usize, Prepared)> = Vec::new();
    for (line, wanted) in read {
        let (Wanted::Create { resource, .. } | Wanted::Update { resource, .. }) = wanted else {
            continue;
        };
        let owner = kinds::owner_api(resource.type_name());
        let prepared = prepare::prepare(resource, base);
        match (prepared, owner) {
            (Ok(prepared), None) => read_well.push((line, prepared)),
            (Err(error), _) => report.refuse(ctx, line, &error),
            (Ok(_), Some(api)) => {
                let error = Error::rule("fhir.owned", format!("kept by a module: use {api}"));
                report.refuse(ctx, line, &error.with(json!({ "api": api })));
            }
        }
    }
    let checked = ctx.read(move |tx| {
        access::require_writer(tx)?;
        let mut in_force = InForce::load(tx)?;
        let checks = read_well.iter().map(|(line, prepared)| {
            let fine = access::require_patients(tx, &prepared.rows.patients)
                .and_then(|_| in_force.require(tx, &prepared.resource));
            (*line, fine.err())
        });
        Ok(checks.collect::<Vec<_>>())
    });
    for (line, refused) in checked.await? {
        match refused {
            None => report.accepted += 1,
            Some(error) if is_ours(&error) => return Err(error),
            Some(error) => report.refuse(ctx, line, &error),
        }
    }
    Ok(())
}

async fn note(ctx: &Ctx, report: &Report, dry_run: bool) -> Result<()> {
    let detail = json!({
        "accepted": report.accepted, "refused": report.refused, "dry_run": dry_run,
    });
    let mut request = ctx.request().clone();
    request.idempotency = None;
    let noted = ctx.store().write(&request, move |tx| {
        access::require_writer(tx)?;
        let subject = Subject {
            org_id: Some(tx.actor().org_id),
            ..Subject::new("fhir-import", tx.new_id())
        };
        tx.record(Change::new("fhir.imported").detail(detail.clone()), subject)
    });
    noted.await
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;

    #[test]
    fn a_bomb_does_not_go_off() {
        let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
        let zeros = vec![b' '; 1024 * 1024];
        for _ in 0..80 {
            packed.write_all(&zeros).unwrap();
        }
        let packed = packed.finish().unwrap();
        assert!(packed.len() < 200_000);
        assert_eq!(
            unpacked(&packed).unwrap_err().kind(),
            kernel::Kind::TooLarge
        );
        assert!(unpacked(&packed[..1000]).is_err());
        assert_eq!(unpacked(b"{}").unwrap(), b"{}");
    }
}

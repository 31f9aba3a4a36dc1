//! Rows of organizations: those above before those below, whatever their order in the file.

use std::collections::BTreeSet;

use kernel::{Id, Result};
use network::commands::OrganizationInput;
use network::model::{OrgKind, Position};
use network::roster;
use store::Tx;

use super::{Known, Outcome, RowResult, Seen, carried, count, data_rows};
use crate::header::Headed;
use crate::line::Line;
use crate::report::ImportReport;
use crate::words;
use sheet::Row;

/// A row whose turn has not come.
struct Waiting<'a> {
    headed: &'a Headed<'a>,
    row: &'a Row,
    code: String,
    name: String,
    parent: Option<String>,
}

pub(super) fn run(
    tx: &mut Tx<'_>,
    sheets: &[&Headed<'_>],
    known: &mut Known,
    report: &mut ImportReport,
) -> Result<()> {
    let mut waiting = Vec::new();
    let mut seen = Seen::default();
    for headed in sheets {
        for row in data_rows(headed, &mut seen, report) {
            let mut line = Line {
                headed,
                row,
                report,
                failed: false,
            };
            let (code, name, parent) = (
                line.required("code"),
                line.required("name"),
                line.text("parent"),
            );
            if let (Some(code), Some(name), false) = (code, name, line.failed) {
                waiting.push(Waiting {
                    headed,
                    row,
                    code,
                    name,
                    parent,
                });
            }
        }
    }
    while !waiting.is_empty() {
        let awaited: BTreeSet<String> = waiting
            .iter()
            .flat_map(|one| [one.code.clone(), one.name.clone()])
            .collect();
        // A row waits while the one above it is still to come, even if an older one has that name.
        let is_blocked = |one: &Waiting<'_>| {
            one.parent
                .as_ref()
                .is_some_and(|parent| awaited.contains(parent) && *parent != one.code)
        };
        let (blocked, ready): (Vec<_>, Vec<_>) = waiting.into_iter().partition(is_blocked);
        if ready.is_empty() {
            for one in &blocked {
                let mut line = Line {
                    headed: one.headed,
                    row: one.row,
                    report,
                    failed: false,
                };
                line.fault("parent", "import.parent-circle", &[]);
            }
            return Ok(());
        }
        for one in &ready {
            let mut line = Line {
                headed: one.headed,
                row: one.row,
                report,
                failed: false,
            };
            if let Some(outcome) = organization(tx, known, &mut line, one)? {
                count(report, one.headed, outcome);
            }
        }
        // What was made in this round is within reach of the next, and of the other sheets.
        roster::finish(tx)?;
        waiting = blocked;
    }
    Ok(())
}

fn organization(
    tx: &mut Tx<'_>,
    known: &mut Known,
    line: &mut Line<'_, '_>,
    row: &Waiting<'_>,
) -> RowResult {
    let existing = roster::organization(tx, &row.code)?;
    let before = existing
        .as_ref()
        .map(|org| OrganizationInput::from(&org.data));
    let parent_id = match row.parent.as_deref().map(|parent| known.org(parent)) {
        None => before.as_ref().and_then(|input| input.parent_id),
        Some(Ok(id)) => Some(id),
        Some(Err(code)) => {
            line.fault("parent", code, &[]);
            return Ok(None);
        }
    };
    let Some(input) = filled(line, row, parent_id, before.clone()) else {
        return Ok(None);
    };
    if before.is_some_and(|before| serde_json::json!(before) == serde_json::json!(input)) {
        return Ok(Some(Outcome::Unchanged));
    }
    let put = roster::put_organization(tx, &input);
    let Some(saved) = carried(line, put)? else {
        return Ok(None);
    };
    known.add_org(saved.id, &saved.code, &[&saved.name, &saved.short_name]);
    Ok(Some(if existing.is_some() {
        Outcome::Changed
    } else {
        Outcome::Created
    }))
}

/// The row over what is known: a blank cell or absent column leaves a value as it is.
fn filled(
    line: &mut Line<'_, '_>,
    row: &Waiting<'_>,
    parent_id: Option<Id>,
    before: Option<OrganizationInput>,
) -> Option<OrganizationInput> {
    let kind: Option<OrgKind> = line.required_of("kind", words::ORG_KINDS);
    let level = line.one_of("level", words::LEVELS);
    let known_level = before.as_ref().map(|input| input.level);
    let level = level.or(known_level).or(kind.map(words::usual_level));
    let mut input = before.unwrap_or_else(|| blank(kind, level));
    input.code.clone_from(&row.code);
    input.name.clone_from(&row.name);
    input.kind = kind.unwrap_or(input.kind);
    input.level = level.unwrap_or(input.level);
    input.parent_id = parent_id;
    keep(&mut input.short_name, line.text("short_name"));
    keep(&mut input.name_en, line.text("name_en"));
    keep(
        &mut input.ownership,
        line.one_of("ownership", words::OWNERSHIPS),
    );
    keep(
        &mut input.positioning,
        line.one_of("positioning", words::POSITIONINGS),
    );
    keep(&mut input.funding, line.one_of("funding", words::FUNDINGS));
    keep(
        &mut input.input_mode,
        line.one_of("input_mode", words::INPUT_MODES),
    );
    keep(&mut input.credit_code, line.text("credit_code"));
    keep(&mut input.institution_code, line.text("institution_code"));
    keep(&mut input.identity_reason, line.text("identity_reason"));
    keep(&mut input.grade, line.text("grade"));
    keep(&mut input.address, line.text("address"));
    keep(&mut input.phone, line.text("phone"));
    keep(&mut input.opened_on, line.date("opened_on"));
    input.legal_person = line.yes("legal_person").unwrap_or(input.legal_person);
    match (
        line.microdegrees("latitude"),
        line.microdegrees("longitude"),
    ) {
        (Some(latitude_microdegrees), Some(longitude_microdegrees)) => {
            input.position = Some(Position {
                latitude_microdegrees,
                longitude_microdegrees,
            });
        }
        (None, None) => {}
        _ if line.failed => {}
        (None, _) => line.fault("latitude", "import.position-half", &[]),
        (_, None) => line.fault("longitude", "import.position-half", &[]),
    }
    (!line.failed).then_some(input)
}

fn blank(kind: Option<OrgKind>, level: Option<network::Level>) -> OrganizationInput {
    OrganizationInput {
        code: String::new(),
        name: String::new(),
        short_name: None,
        name_en: None,
        kind: kind.unwrap_or(OrgKind::Other),
        level: level.unwrap_or(network::Level::District),
        parent_id: None,
        ownership: None,
        positioning: None,
        funding: None,
        input_mode: None,
        credit_code: None,
        institution_code: None,
        identity_reason: None,
        legal_person: false,
        grade: None,
        address: None,
        phone: None,
        position: None,
        opened_on: None,
        decision_id: None,
    }
}

/// A value the row gives replaces what was there.
pub(super) fn keep<T>(place: &mut Option<T>, given: Option<T>) {
    if given.is_some() {
        *place = given;
    }
}

//! Where the headings of a sheet are, and which kind of sheet it is.

use std::collections::BTreeMap;

use crate::columns::{Column, LAYOUTS, Layout, column_of, is_ignored, normalized};
use crate::report::{ImportReport, Place, Severity, SheetReport};
use sheet::{Raw, Row, Sheet};

/// Rows looked through for the headings: titles, dates and remarks stand above them.
const HEADER_ROWS_MAX: usize = 20;
/// Headings that must be known before a row is taken for the headings.
const KNOWN_MIN: usize = 2;

/// A sheet that was understood.
#[derive(Clone, Debug)]
pub(crate) struct Headed<'a> {
    pub(crate) sheet: &'a Sheet,
    pub(crate) layout: &'static Layout,
    /// Index of the heading row within the sheet's rows.
    pub(crate) header: usize,
    /// Position of each column by its key.
    pub(crate) columns: BTreeMap<&'static str, (u16, String)>,
}

impl<'a> Headed<'a> {
    /// The rows below the headings.
    pub(crate) fn data(&self) -> &'a [Row] {
        &self.sheet.rows[self.header + 1..]
    }

    /// The column's place in a row; the row's first cell when the sheet has no such column.
    pub(crate) fn place(&self, row: u32, key: &str) -> Place {
        let found = self.columns.get(key);
        Place {
            sheet: self.sheet.name.clone(),
            row,
            column: found.map_or(0, |(column, _)| *column),
            heading: found.map(|(_, heading)| heading.clone()),
        }
    }
}

/// The text a heading cell shows.
pub(crate) fn shown(raw: &Raw) -> &str {
    match raw {
        Raw::Text(text) | Raw::Number(text) | Raw::Serial(text) | Raw::Fault(text) => text,
    }
}

/// Finds out what a sheet holds; says what is odd about its headings.
pub(crate) fn understand<'a>(sheet: &'a Sheet, report: &mut ImportReport) -> Option<Headed<'a>> {
    let mut summary = SheetReport {
        name: sheet.name.clone(),
        ..SheetReport::default()
    };
    let found = best(sheet);
    let Some((layout, header)) = found else {
        report.sheets.push(summary);
        if let Some(first) = sheet.rows.first() {
            let place = Place {
                sheet: sheet.name.clone(),
                row: first.number,
                column: 0,
                heading: None,
            };
            report.say(Severity::Warning, &place, "import.sheet-unknown", &[], None);
        }
        return None;
    };
    let row = &sheet.rows[header];
    let mut columns: BTreeMap<&'static str, (u16, String)> = BTreeMap::new();
    let here = |column: u16, heading: &str| Place {
        sheet: sheet.name.clone(),
        row: row.number,
        column,
        heading: Some(heading.to_owned()),
    };
    for (position, raw) in &row.cells {
        let heading = shown(raw);
        match column_of(layout, heading) {
            // A merged heading repeats itself; the first one counts.
            Some(column)
                if columns
                    .get(column.key)
                    .is_some_and(|(_, first)| first == heading) => {}
            Some(column) if columns.contains_key(column.key) => better_of_two(
                layout,
                column,
                *position,
                heading,
                &mut columns,
                report,
                &here(*position, heading),
            ),
            Some(column) => {
                columns.insert(column.key, (*position, heading.to_owned()));
            }
            None if is_ignored(heading) => {}
            None => {
                summary.unknown_columns.push(crate::report::echo(heading));
                let place = here(*position, heading);
                report.say(
                    Severity::Note,
                    &place,
                    "import.column-unknown",
                    &[("heading", heading)],
                    None,
                );
            }
        }
    }
    summary.kind = Some(layout.kind);
    summary.header_row = Some(row.number);
    report.sheets.push(summary);
    let missing: Vec<&Column> = layout
        .columns
        .iter()
        .filter(|column| column.required && !columns.contains_key(column.key))
        .collect();
    for column in &missing {
        let place = Place {
            sheet: sheet.name.clone(),
            row: row.number,
            column: 0,
            heading: None,
        };
        let heading = column.headings[0];
        report.say(
            Severity::Error,
            &place,
            "import.column-missing",
            &[("heading", heading)],
            None,
        );
    }
    missing.is_empty().then_some(Headed {
        sheet,
        layout,
        header,
        columns,
    })
}

/// Two headings mean the same column: a code is surer than a name, else the first one counts.
fn better_of_two(
    layout: &Layout,
    column: &'static Column,
    position: u16,
    heading: &str,
    columns: &mut BTreeMap<&'static str, (u16, String)>,
    report: &mut ImportReport,
    place: &Place,
) {
    let rank = |heading: &str| {
        let wanted = normalized(heading);
        column
            .headings
            .iter()
            .position(|known| normalized(known) == wanted)
    };
    // 机构编码 and 机构名称 side by side are usual; the code is used and nothing needs saying.
    let is_pair = matches!(
        column.key,
        "org" | "department" | "parent" | "ward" | "practitioner"
    );
    let first = columns
        .get(column.key)
        .map(|(_, first)| first.clone())
        .unwrap_or_default();
    if rank(heading) < rank(&first) {
        columns.insert(column.key, (position, heading.to_owned()));
    }
    if !is_pair {
        debug_assert!(layout.columns.iter().any(|known| known.key == column.key));
        report.say(
            Severity::Warning,
            place,
            "import.column-twice",
            &[("heading", heading), ("other", &first)],
            None,
        );
    }
}

/// The layout and row that fit best: most headings known, weighed by the sheet's name.
fn best(sheet: &Sheet) -> Option<(&'static Layout, usize)> {
    let name = normalized(&sheet.name);
    let mut best: Option<((bool, usize, usize), &'static Layout, usize)> = None;
    for (index, row) in sheet.rows.iter().take(HEADER_ROWS_MAX).enumerate() {
        for layout in LAYOUTS {
            let mut known: Vec<&str> = row
                .cells
                .values()
                .filter_map(|raw| column_of(layout, shown(raw)))
                .map(|column| column.key)
                .collect();
            known.sort_unstable();
            known.dedup();
            let required = layout.columns.iter().filter(|column| column.required);
            let missing = required
                .filter(|column| !known.contains(&column.key))
                .count();
            let named = layout
                .names
                .iter()
                .any(|known| name.contains(&normalized(known)));
            // Of sheets that lack nothing the one with most known headings wins; the name decides ties.
            let score = (
                missing == 0,
                known.len() * 2 + usize::from(named),
                usize::MAX - missing,
            );
            let is_enough = known.len() >= KNOWN_MIN && (missing == 0 || named || known.len() > 3);
            if is_enough && best.as_ref().is_none_or(|(top, _, _)| score > *top) {
                best = Some((score, layout, index));
            }
        }
    }
    best.map(|(_, layout, index)| (layout, index))
}

/// A row that repeats the headings, as at the top of each printed page.
pub(crate) fn repeats_headings(headed: &Headed<'_>, row: &Row) -> bool {
    let header = &headed.sheet.rows[headed.header];
    row.cells.len() >= KNOWN_MIN
        && row.cells.iter().all(|(column, raw)| {
            header
                .cells
                .get(column)
                .is_some_and(|heading| normalized(shown(heading)) == normalized(shown(raw)))
        })
}

/// A total, a signature or a remark below the table.
pub(crate) fn is_footer(headed: &Headed<'_>, row: &Row) -> bool {
    const MARKS: &[&str] = &[
        "合计",
        "总计",
        "小计",
        "填表人",
        "制表",
        "审核",
        "注:",
        "注：",
        "备注",
        "说明",
        "total",
        "note:",
    ];
    let Some(first) = row.cells.values().next() else {
        return true;
    };
    let text = kernel::text::fold(shown(first)).to_lowercase();
    let required = headed
        .layout
        .columns
        .iter()
        .filter(|column| column.required);
    let filled = required.filter(|column| {
        headed
            .columns
            .get(column.key)
            .is_some_and(|(position, _)| row.cells.contains_key(position))
    });
    filled.count() <= 1
        && MARKS
            .iter()
            .any(|mark| text.starts_with(&kernel::text::fold(mark)))
}

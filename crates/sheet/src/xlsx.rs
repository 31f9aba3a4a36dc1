//! xlsx: measured before it is unpacked, then read cell by cell, so that neither a bomb nor a lone
//! cell in the last corner of a sheet costs memory.

use std::collections::BTreeMap;
use std::io::{Cursor, Read};

use calamine::{DataRef, Reader, Xlsx};
use kernel::{Error, Kind, Result};

use super::{
    COLUMNS_MAX, ROWS_MAX, Raw, Row, SHEETS_MAX, Sheet, Workbook, damaged, text, too_many_rows,
};

/// Bytes a file may unpack to.
const UNPACKED_BYTES_MAX: u64 = 200 * 1024 * 1024;
/// Parts a file may have.
const PARTS_MAX: usize = 2_000;
/// Cells a file may have.
const CELLS_MAX: usize = 4_000_000;
/// Cells that merged regions of one sheet may fill.
const MERGED_CELLS_MAX: u64 = 200_000;
/// Days between the two epochs of spreadsheets.
const EPOCH_1904_DAYS: i64 = 1_462;

pub(super) fn read(bytes: &[u8]) -> Result<Workbook> {
    measure(bytes)?;
    let mut workbook: Xlsx<_> = Xlsx::new(Cursor::new(bytes)).map_err(damaged)?;
    let is_1904 = workbook.has_1904_epoch();
    let names = workbook.sheet_names();
    if names.len() > SHEETS_MAX {
        return Err(Error::invalid(
            "import.too-many-sheets",
            "file",
            "a file has at most 50 sheets",
        ));
    }
    let mut left = Left {
        rows: ROWS_MAX,
        cells: CELLS_MAX,
    };
    let mut sheets = Vec::with_capacity(names.len());
    for name in names {
        let mut rows = read_rows(&mut workbook, &name, is_1904, &mut left)?;
        fill_merged(&mut workbook, &name, &mut rows)?;
        let rows = rows.into_iter().map(|(number, cells)| Row {
            number: number + 1,
            cells,
        });
        sheets.push(Sheet {
            name,
            rows: rows.filter(|row| !row.cells.is_empty()).collect(),
        });
    }
    Ok(Workbook {
        encoding: "xlsx",
        sheets,
    })
}

/// Unpacks everything into nothing, counting: what the file says of its own size is not believed.
fn measure(bytes: &[u8]) -> Result<()> {
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).map_err(damaged)?;
    if archive.len() > PARTS_MAX {
        return Err(bomb());
    }
    let mut left = UNPACKED_BYTES_MAX;
    for index in 0..archive.len() {
        let part = archive.by_index(index).map_err(damaged)?;
        let unpacked =
            std::io::copy(&mut part.take(left + 1), &mut std::io::sink()).map_err(damaged)?;
        left = left.checked_sub(unpacked).ok_or_else(bomb)?;
    }
    Ok(())
}

fn bomb() -> Error {
    let detail = "the file unpacks to far more than a roster can be; nothing was read";
    Error::new(Kind::TooLarge, "import.file-bomb", detail).at("file")
}

struct Left {
    rows: usize,
    cells: usize,
}

type Rows = BTreeMap<u32, BTreeMap<u16, Raw>>;

fn read_rows(
    workbook: &mut Xlsx<Cursor<&[u8]>>,
    name: &str,
    is_1904: bool,
    left: &mut Left,
) -> Result<Rows> {
    let mut rows = Rows::new();
    // A chart sheet has no cells to read.
    let Ok(mut reader) = workbook.worksheet_cells_reader(name) else {
        return Ok(rows);
    };
    while let Some(cell) = reader.next_cell().map_err(damaged)? {
        left.cells = left.cells.checked_sub(1).ok_or_else(too_many_rows)?;
        let (row, column) = cell.get_position();
        let Some(column) = u16::try_from(column)
            .ok()
            .filter(|column| *column < COLUMNS_MAX)
        else {
            continue;
        };
        let Some(raw) = raw_of(cell.get_value(), is_1904) else {
            continue;
        };
        if !rows.contains_key(&row) {
            left.rows = left.rows.checked_sub(1).ok_or_else(too_many_rows)?;
        }
        rows.entry(row).or_default().insert(column, raw);
    }
    Ok(rows)
}

fn raw_of(value: &DataRef<'_>, is_1904: bool) -> Option<Raw> {
    match value {
        DataRef::Int(number) => Some(Raw::Number(number.to_string())),
        DataRef::Float(number) => Some(Raw::Number(number.to_string())),
        DataRef::String(value) => text(value),
        DataRef::SharedString(value) => text(value),
        DataRef::Bool(value) => Some(Raw::Text(if *value { "是" } else { "否" }.to_owned())),
        DataRef::DateTime(value) if value.is_datetime() => {
            Some(Raw::Serial(shifted(value.as_f64().to_string(), is_1904)))
        }
        DataRef::DateTime(value) => Some(Raw::Number(value.as_f64().to_string())),
        DataRef::DateTimeIso(value) | DataRef::DurationIso(value) => text(value),
        DataRef::Error(fault) => Some(Raw::Fault(fault.to_string())),
        DataRef::Empty => None,
    }
}

/// The serial in the usual epoch.
fn shifted(serial: String, is_1904: bool) -> String {
    let (days, rest) = serial
        .split_once('.')
        .map_or((serial.as_str(), ""), |(days, rest)| (days, rest));
    match days.parse::<i64>() {
        Ok(days) if is_1904 => format!("{}.{rest}", days + EPOCH_1904_DAYS),
        _ => serial,
    }
}

/// Every cell of a merged region holds what its first cell holds: a department written once beside
/// ten people is the department of all ten.
fn fill_merged(workbook: &mut Xlsx<Cursor<&[u8]>>, name: &str, rows: &mut Rows) -> Result<()> {
    let regions = workbook.merge_cells_by_sheet_name(name);
    let mut left = MERGED_CELLS_MAX;
    for region in regions.map_err(damaged)? {
        let ((top, first), (bottom, last)) = (region.start, region.end);
        let last = last.min(u32::from(COLUMNS_MAX) - 1);
        let area =
            u64::from(bottom.saturating_sub(top) + 1) * u64::from(last.saturating_sub(first) + 1);
        let Some(rest) = left.checked_sub(area) else {
            return Ok(());
        };
        left = rest;
        let head = u16::try_from(first)
            .ok()
            .and_then(|first| rows.get(&top)?.get(&first).cloned());
        let Some(head) = head else { continue };
        for row in top..=bottom {
            // Only rows that hold something of their own: a merged tail adds no rows.
            let Some(cells) = rows.get_mut(&row) else {
                continue;
            };
            for column in (first..=last).filter_map(|column| u16::try_from(column).ok()) {
                cells.entry(column).or_insert_with(|| head.clone());
            }
        }
    }
    Ok(())
}

//! A file as rows of cells, whatever it was: nothing here knows what the cells mean. Rosters,
//! catalogues and maps are read through it.

mod csv;
mod xlsx;

use std::collections::BTreeMap;

use kernel::{Error, Kind, Result};

/// Largest file.
pub const FILE_BYTES_MAX: usize = 20 * 1024 * 1024;
/// Rows of one file, all sheets together; the largest catalogues have somewhat over 100,000.
pub const ROWS_MAX: usize = 200_000;
/// Columns of one sheet that are looked at.
const COLUMNS_MAX: u16 = 200;
/// Sheets of one file.
const SHEETS_MAX: usize = 50;
/// Characters of one cell.
const CELL_CHARS_MAX: usize = 4_000;

/// What a cell holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Raw {
    /// Text as typed.
    Text(String),
    /// A number in decimal notation.
    Number(String),
    /// A date or time as the days since the epoch of spreadsheets, in decimal notation.
    Serial(String),
    /// What a formula left instead of a value: `#N/A`.
    Fault(String),
}

/// One row that is not empty.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// Counted from 1.
    pub number: u32,
    /// By column, counted from 0; empty cells are absent.
    pub cells: BTreeMap<u16, Raw>,
}

/// One sheet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sheet {
    /// Its name.
    pub name: String,
    /// Its rows that are not empty.
    pub rows: Vec<Row>,
}

/// A file.
#[derive(Clone, Debug)]
pub struct Workbook {
    /// `xlsx`, `utf-8`, `utf-16` or `gb18030`.
    pub encoding: &'static str,
    /// Its sheets in their order.
    pub sheets: Vec<Sheet>,
}

/// Reads an xlsx or csv file, told by its content.
///
/// # Errors
/// `import.file-too-large`, `import.file-type`, `import.file-damaged`, `import.encoding`,
/// `import.too-many-rows`.
pub fn read(bytes: &[u8], file_name: &str) -> Result<Workbook> {
    if bytes.is_empty() {
        return Err(Error::invalid(
            "import.file-empty",
            "file",
            "the file is empty",
        ));
    }
    if bytes.len() > FILE_BYTES_MAX {
        return Err(too_large());
    }
    if bytes.starts_with(b"PK\x03\x04") {
        return xlsx::read(bytes);
    }
    if bytes.starts_with(&[0xd0, 0xcf, 0x11, 0xe0]) {
        let detail =
            "this is an old .xls file, or one with a password; save it as .xlsx without a password";
        return Err(Error::invalid("import.file-type", "file", detail));
    }
    csv::read(bytes, file_name)
}

/// The refusal of a file of more than [`FILE_BYTES_MAX`].
pub fn too_large() -> Error {
    let detail = "a file has at most 20 MiB; split it";
    Error::new(Kind::TooLarge, "import.file-too-large", detail).at("file")
}

fn too_many_rows() -> Error {
    let detail = "a file has at most 200000 rows; split it";
    Error::new(Kind::TooLarge, "import.too-many-rows", detail).at("file")
}

fn damaged(reason: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Error {
    let detail = "the file can't be read; open it in a spreadsheet program and save it again";
    Error::invalid("import.file-damaged", "file", detail).because(reason)
}

impl Raw {
    /// The cell as a person reads it; a fault of a formula is no value.
    pub fn text(&self) -> &str {
        match self {
            Self::Text(text) | Self::Number(text) | Self::Serial(text) => text,
            Self::Fault(_) => "",
        }
    }
}

/// Text of a cell, or nothing for blanks. Over-long text is cut where no field could take it.
fn text(value: &str) -> Option<Raw> {
    if kernel::text::fold(value).is_empty() {
        return None;
    }
    Some(Raw::Text(value.chars().take(CELL_CHARS_MAX).collect()))
}

//! Spreadsheets out: xlsx with a header row. A text that a spreadsheet program could take for a
//! formula stays text, because cells are written as strings and never evaluated.

use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use kernel::{Error, Result};
use rust_xlsxwriter::{Format, Workbook};

/// Rows of one export; a larger one is narrowed by filters first.
pub const EXPORT_ROWS_MAX: usize = 50_000;

/// One cell.
#[derive(Clone, Debug)]
pub enum Cell {
    /// Text, also numbers that are names.
    Text(String),
    /// A whole number.
    Number(i64),
    /// Nothing known.
    Empty,
}

impl From<&str> for Cell {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}
impl From<String> for Cell {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}
impl From<i64> for Cell {
    fn from(number: i64) -> Self {
        Self::Number(number)
    }
}
impl<T: Into<Self>> From<Option<T>> for Cell {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Empty, Into::into)
    }
}

/// Numbers up to here are exact in a spreadsheet; larger ones are written as text.
const EXACT_MAX: i64 = 1 << 53;

/// An xlsx file as an answer, offered for download under `name` (ASCII letters, digits, `-`).
///
/// # Errors
/// `server.internal` when the file can't be made.
pub fn xlsx(name: &str, headers: &[&str], rows: &[Vec<Cell>]) -> Result<Response> {
    let bytes = workbook(headers, rows).map_err(Error::internal)?;
    let disposition = format!("attachment; filename=\"{name}.xlsx\"");
    let mut response = bytes.into_response();
    let out = response.headers_mut();
    out.insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static(
            "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        ),
    );
    out.insert(
        header::CONTENT_DISPOSITION,
        HeaderValue::from_str(&disposition).map_err(Error::internal)?,
    );
    Ok(response)
}

fn workbook(headers: &[&str], rows: &[Vec<Cell>]) -> Result<Vec<u8>, rust_xlsxwriter::XlsxError> {
    let mut workbook = Workbook::new();
    let bold = Format::new().set_bold();
    let sheet = workbook.add_worksheet();
    for (column, title) in (0_u16..).zip(headers) {
        sheet.write_string_with_format(0, column, *title, &bold)?;
    }
    for (line, row) in (1_u32..).zip(rows.iter().take(EXPORT_ROWS_MAX)) {
        for (column, cell) in (0_u16..).zip(row) {
            match cell {
                Cell::Text(text) => sheet.write_string(line, column, text)?,
                Cell::Number(number) if number.abs() <= EXACT_MAX => {
                    sheet.write_number(line, column, exact(*number))?
                }
                Cell::Number(number) => sheet.write_string(line, column, number.to_string())?,
                Cell::Empty => sheet,
            };
        }
    }
    sheet.set_freeze_panes(1, 0)?;
    sheet.autofit();
    workbook.save_to_buffer()
}

#[expect(
    clippy::cast_precision_loss,
    reason = "the caller checked that the number is exact as a float"
)]
fn exact(number: i64) -> f64 {
    number as f64
}

//! The template: one sheet a kind with the headings the import knows, required ones marked.

use kernel::{Error, Result};
use rust_xlsxwriter::{Color, Format, Workbook, XlsxError};

use crate::columns::LAYOUTS;

/// The template as an xlsx file.
///
/// # Errors
/// `server.internal` when the file can't be made.
pub(crate) fn xlsx() -> Result<Vec<u8>> {
    make().map_err(Error::internal)
}

fn make() -> Result<Vec<u8>, XlsxError> {
    let mut workbook = Workbook::new();
    let plain = Format::new().set_bold();
    let required = Format::new()
        .set_bold()
        .set_font_color(Color::RGB(0x00C0_153E));
    // Codes and numbers of people stay text, so that no digit is lost.
    let text = Format::new().set_num_format("@");
    for layout in LAYOUTS {
        let sheet = workbook.add_worksheet();
        sheet.set_name(layout.names[0])?;
        for (position, column) in (0_u16..).zip(layout.columns) {
            let heading = column.headings[0];
            if column.required {
                sheet.write_string_with_format(0, position, format!("{heading}*"), &required)?;
            } else {
                sheet.write_string_with_format(0, position, heading, &plain)?;
            }
            sheet.set_column_format(position, &text)?;
            sheet.set_column_width(position, 18)?;
        }
        sheet.set_freeze_panes(1, 0)?;
    }
    workbook.save_to_buffer()
}

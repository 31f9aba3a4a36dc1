//! A catalogue as a spreadsheet that can be brought again; a large one fits too.

use std::collections::BTreeSet;

use kernel::{Error, Result};
use rust_xlsxwriter::{Format, Workbook, XlsxError};
use serde_json::Value;

use crate::model::Concept;

const COLUMNS: [&str; 7] = [
    "code",
    "zh",
    "en",
    "synonyms",
    "parent",
    "active_from",
    "active_to",
];

/// The bytes of an xlsx file.
///
/// # Errors
/// `server.internal` when it can't be made.
pub(crate) fn of_concepts(concepts: &[Concept]) -> Result<Vec<u8>> {
    write(concepts).map_err(Error::internal)
}

fn write(concepts: &[Concept]) -> Result<Vec<u8>, XlsxError> {
    let names = concepts
        .iter()
        .flat_map(|one| one.attributes.keys().cloned());
    let attributes: BTreeSet<String> = names.collect();
    let mut workbook = Workbook::new();
    let bold = Format::new().set_bold();
    let sheet = workbook.add_worksheet();
    let headings = COLUMNS
        .iter()
        .copied()
        .chain(attributes.iter().map(String::as_str));
    for (column, heading) in (0_u16..).zip(headings) {
        sheet.write_string_with_format(0, column, heading, &bold)?;
    }
    for (line, concept) in (1_u32..).zip(concepts) {
        let day = |day: Option<kernel::Date>| day.map_or_else(String::new, |day| day.to_string());
        let own = [
            concept.code.clone(),
            concept.zh.clone(),
            concept.en.clone(),
            concept.synonyms.join("|"),
            concept.parent.clone().unwrap_or_default(),
            day(concept.active_from),
            day(concept.active_to),
        ];
        let others = attributes
            .iter()
            .map(|name| match concept.attributes.get(name) {
                None | Some(Value::Null) => String::new(),
                Some(Value::String(text)) => text.clone(),
                Some(value) => value.to_string(),
            });
        for (column, text) in (0_u16..).zip(own.into_iter().chain(others)) {
            if !text.is_empty() {
                sheet.write_string(line, column, text)?;
            }
        }
    }
    sheet.set_freeze_panes(1, 0)?;
    workbook.save_to_buffer()
}

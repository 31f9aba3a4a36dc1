//! csv in UTF-8, GB18030 or UTF-16, with commas, semicolons or tabs.

use std::collections::BTreeMap;

use encoding_rs::{Encoding, GB18030, UTF_8};
use kernel::{Error, Result};

use super::{COLUMNS_MAX, ROWS_MAX, Row, Sheet, Workbook, damaged, text, too_many_rows};

pub(super) fn read(bytes: &[u8], file_name: &str) -> Result<Workbook> {
    let (content, encoding) = decode(bytes)?;
    // Line numbers are those a person counts; the reader would count a line of `\r\n` late.
    let content = content.replace("\r\n", "\n");
    let mut reader = ::csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(delimiter_of(&content))
        .from_reader(content.as_bytes());
    let mut rows = Vec::new();
    for record in reader.records() {
        let record = record.map_err(damaged)?;
        let line = record.position().map_or(0, ::csv::Position::line);
        let cells: BTreeMap<_, _> = (0..COLUMNS_MAX)
            .zip(record.iter())
            .filter_map(|(column, value)| Some((column, text(value)?)))
            .collect();
        if !cells.is_empty() {
            rows.push(Row {
                number: u32::try_from(line).unwrap_or(u32::MAX),
                cells,
            });
        }
        if rows.len() > ROWS_MAX {
            return Err(too_many_rows());
        }
    }
    let name = file_name.rsplit(['/', '\\']).next().unwrap_or(file_name);
    let name = name.rsplit_once('.').map_or(name, |(stem, _)| stem);
    Ok(Workbook {
        encoding,
        sheets: vec![Sheet {
            name: name.to_owned(),
            rows,
        }],
    })
}

/// UTF-8 if it can be that, else GB18030, which spreadsheet programs in China write by default.
fn decode(bytes: &[u8]) -> Result<(String, &'static str)> {
    if let Some((encoding, _)) = Encoding::for_bom(bytes).filter(|(encoding, _)| *encoding != UTF_8)
    {
        let (content, _, had_errors) = encoding.decode(bytes);
        return if had_errors {
            Err(bad_encoding(1))
        } else {
            Ok((content.into_owned(), "utf-16"))
        };
    }
    if bytes.contains(&0) {
        let detail = "this is neither a spreadsheet nor a text file; save it as .xlsx or .csv";
        return Err(Error::invalid("import.file-type", "file", detail));
    }
    let plain = bytes.strip_prefix(b"\xef\xbb\xbf");
    match (std::str::from_utf8(plain.unwrap_or(bytes)), plain) {
        (Ok(content), _) => return Ok((content.to_owned(), "utf-8")),
        // It says that it is UTF-8, and is not.
        (Err(error), Some(plain)) => return Err(bad_encoding(line_at(plain, error.valid_up_to()))),
        (Err(_), None) => {}
    }
    if let Some(content) = GB18030.decode_without_bom_handling_and_without_replacement(bytes) {
        return Ok((content.into_owned(), "gb18030"));
    }
    let line = bytes.split(|byte| *byte == b'\n').position(|line| {
        GB18030
            .decode_without_bom_handling_and_without_replacement(line)
            .is_none()
    });
    Err(bad_encoding(line.map_or(1, |line| line + 1)))
}

fn line_at(bytes: &[u8], at: usize) -> usize {
    bytes[..at].iter().filter(|byte| **byte == b'\n').count() + 1
}

fn bad_encoding(line: usize) -> Error {
    let detail =
        format!("line {line} is neither UTF-8 nor GB18030; save the file again in one of them");
    Error::invalid("import.encoding", "file", detail).with(serde_json::json!({ "line": line }))
}

/// The separator that most of the first lines have most of.
fn delimiter_of(content: &str) -> u8 {
    let head: Vec<&str> = content.lines().take(20).collect();
    let count = |delimiter: u8| -> usize {
        head.iter()
            .map(|line| line.bytes().filter(|byte| *byte == delimiter).count())
            .sum()
    };
    [b',', b'\t', b';']
        .into_iter()
        .max_by_key(|delimiter| (count(*delimiter), *delimiter == b','))
        .unwrap_or(b',')
}

//! Reading a catalogue file: xlsx or csv with the columns of `data/README.md`, or a FHIR CodeSystem.
//! Every oddity is named by line and column; nothing is guessed.

use std::collections::{BTreeMap, HashSet};

use kernel::text::{fold, pinyin_initials, pinyin_key};
use kernel::{Date, Error, Result};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::fhir_files;
use crate::model::{Concept, ICD10};

/// The most concepts one file may bring; the national clinical ICD-10 has about 35,000.
pub const ROWS_MAX: usize = sheet::ROWS_MAX;
/// The longest code.
const CODE_CHARS_MAX: usize = 64;
/// The longest name.
const NAME_CHARS_MAX: usize = 300;
/// The longest attribute or list of synonyms.
const TEXT_CHARS_MAX: usize = 2_000;
/// Problems beyond this number are counted, not listed.
pub const PROBLEMS_MAX: usize = 200;

/// What is wrong with one cell.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct RowProblem {
    /// Line of the file, the first is 1.
    pub line: u64,
    /// Column by its heading.
    pub column: String,
    /// Stable code: `terminology.cell-empty`.
    pub code: String,
    /// What would be right.
    pub detail: String,
}

/// What a file says.
#[derive(Debug)]
pub struct Catalogue {
    /// Its good rows.
    pub concepts: Vec<Concept>,
    /// Its bad cells.
    pub problems: Vec<RowProblem>,
}

/// Decodes a file as UTF-8, else as GB18030, which is what spreadsheets in Chinese offices save.
/// A short GB18030 text may happen to be valid UTF-8 of odd letters; Chinese then decides.
///
/// # Errors
/// `terminology.encoding` when it is neither.
pub fn decode(bytes: &[u8]) -> Result<String> {
    let unmarked = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let utf8 = std::str::from_utf8(unmarked).ok();
    if let Some(text) = utf8
        && (text.is_ascii() || unmarked.len() < bytes.len() || has_chinese(text))
    {
        return Ok(text.to_owned());
    }
    let (text, _, broken) = encoding_rs::GB18030.decode(unmarked);
    match utf8 {
        _ if !broken && has_chinese(&text) => Ok(text.into_owned()),
        Some(text) => Ok(text.to_owned()),
        None => {
            let detail = "the file is neither UTF-8 nor GB18030; save it as CSV UTF-8";
            Err(Error::invalid("terminology.encoding", "file", detail))
        }
    }
}

fn has_chinese(text: &str) -> bool {
    text.chars().any(|c| ('\u{3400}'..='\u{9fff}').contains(&c))
}

/// What a file is, told by its content.
#[derive(Debug)]
pub enum Content {
    /// Rows of a spreadsheet.
    Sheet(sheet::Workbook),
    /// A FHIR resource.
    Fhir(Value),
}

/// Reads an xlsx, csv or JSON file.
///
/// # Errors
/// `terminology.encoding`, `terminology.json`, and what a spreadsheet is refused for.
pub fn content(bytes: &[u8]) -> Result<Content> {
    if bytes.len() > sheet::FILE_BYTES_MAX {
        return Err(sheet::too_large());
    }
    if bytes.starts_with(b"PK") || bytes.starts_with(&[0xd0, 0xcf]) {
        return sheet::read(bytes, "catalogue.xlsx").map(Content::Sheet);
    }
    let text = decode(bytes)?;
    if text.trim_start().starts_with('{') {
        let json = serde_json::from_str(&text).map_err(|error| {
            let detail = format!("the file is no whole JSON: {error}");
            Error::invalid("terminology.json", "file", detail)
        })?;
        return Ok(Content::Fhir(json));
    }
    sheet::read(text.as_bytes(), "catalogue.csv").map(Content::Sheet)
}

/// Reads a file of one system.
///
/// # Errors
/// `terminology.columns` when a required column is missing or one occurs twice,
/// `terminology.too-many-rows`; what the file as a whole is refused for.
pub fn read(system: &str, url: &str, bytes: &[u8], today: Date) -> Result<Catalogue> {
    let mut catalogue = match content(bytes)? {
        Content::Sheet(workbook) => of_sheets(system, &workbook)?,
        Content::Fhir(json) => fhir_files::catalogue(system, url, &json, today)?,
    };
    catalogue.concepts.shrink_to_fit();
    Ok(catalogue)
}

fn of_sheets(system: &str, workbook: &sheet::Workbook) -> Result<Catalogue> {
    let mut reading = Reading::new(system);
    let mut rows = workbook
        .sheets
        .iter()
        .flat_map(|sheet| &sheet.rows)
        .filter(|row| {
            let first = row.cells.values().next().map_or("", sheet::Raw::text);
            !first.starts_with('#')
        });
    let headings = headings(rows.next())?;
    for row in rows {
        let mut cells = BTreeMap::new();
        for (column, raw) in &row.cells {
            let Some(heading) = headings
                .get(usize::from(*column))
                .filter(|name| !name.is_empty())
            else {
                let detail = "the line has more cells than there are headings";
                reading.problem(row.number, "", "terminology.too-many-cells", detail);
                continue;
            };
            if matches!(raw, sheet::Raw::Fault(_)) {
                let detail = "a formula left a fault here";
                reading.problem(row.number, heading, "terminology.cell-fault", detail);
            }
            cells.insert(heading.clone(), of_cell(raw, heading));
        }
        reading.row(row.number, cells)?;
    }
    Ok(reading.catalogue)
}

/// A cell as text; a day that a spreadsheet counts is written out.
fn of_cell(raw: &sheet::Raw, heading: &str) -> String {
    let is_date = matches!(heading, "active_from" | "active_to");
    let days = raw
        .text()
        .split('.')
        .next()
        .and_then(|days| days.parse::<i64>().ok());
    match (raw, days, Date::new(1899, 12, 30)) {
        (sheet::Raw::Serial(_), Some(days), Ok(epoch)) if is_date => {
            epoch.plus_days(days).to_string()
        }
        _ => raw.text().to_owned(),
    }
}

/// Headings as the offices write them, and the columns they mean.
const HEADINGS: [(&str, &str); 18] = [
    ("编码", "code"),
    ("代码", "code"),
    ("项目编码", "code"),
    ("项目代码", "code"),
    ("名称", "zh"),
    ("中文名称", "zh"),
    ("项目名称", "zh"),
    ("display", "zh"),
    ("name", "zh"),
    ("英文名称", "en"),
    ("别名", "synonyms"),
    ("同义词", "synonyms"),
    ("上级编码", "parent"),
    ("上级代码", "parent"),
    ("启用日期", "active_from"),
    ("停用日期", "active_to"),
    ("单位", "unit"),
    ("标本", "specimen"),
];

fn headings(row: Option<&sheet::Row>) -> Result<Vec<String>> {
    let last = row.and_then(|row| row.cells.keys().last().copied());
    let headings: Vec<String> = (0..=last.unwrap_or(0))
        .map(|column| {
            let cell = row.and_then(|row| row.cells.get(&column));
            let folded = fold(cell.map_or("", sheet::Raw::text)).to_lowercase();
            let known = HEADINGS.iter().find(|(word, _)| *word == folded);
            known.map_or(folded, |(_, column)| (*column).to_owned())
        })
        .collect();
    let missing = ["code", "zh"]
        .into_iter()
        .find(|one| !headings.iter().any(|have| have == one));
    if let Some(column) = missing {
        let detail = "the first line must name the columns, among them code and zh";
        return Err(Error::invalid("terminology.columns", column, detail));
    }
    let mut seen = HashSet::new();
    let twice = headings
        .iter()
        .find(|one| !one.is_empty() && !seen.insert(one.as_str()));
    if let Some(column) = twice {
        return Err(Error::invalid(
            "terminology.columns",
            column.clone(),
            "this column occurs twice",
        ));
    }
    Ok(headings)
}

/// A catalogue while its rows come in.
pub(crate) struct Reading {
    system: String,
    seen: HashSet<String>,
    pub(crate) catalogue: Catalogue,
}

impl Reading {
    pub(crate) fn new(system: &str) -> Self {
        Self {
            system: system.to_owned(),
            seen: HashSet::new(),
            catalogue: Catalogue {
                concepts: Vec::new(),
                problems: Vec::new(),
            },
        }
    }

    fn problem(&mut self, line: u32, column: &str, code: &str, detail: &str) {
        self.catalogue.problems.push(RowProblem {
            line: u64::from(line),
            column: column.to_owned(),
            code: code.to_owned(),
            detail: detail.to_owned(),
        });
    }

    /// Takes one row by its columns.
    ///
    /// # Errors
    /// `terminology.too-many-rows`.
    pub(crate) fn row(&mut self, line: u32, cells: BTreeMap<String, String>) -> Result<()> {
        if self.catalogue.concepts.len() >= ROWS_MAX {
            let detail = format!("a file may bring {ROWS_MAX} concepts; split it");
            return Err(Error::invalid("terminology.too-many-rows", "file", detail));
        }
        let mut row = Row {
            line: u64::from(line),
            problems: &mut self.catalogue.problems,
            cells: BTreeMap::new(),
        };
        row.take(cells);
        let concept = row.concept(&self.system);
        if !self.seen.insert(concept.code.clone()) {
            row.problem(
                "code",
                "terminology.code-twice",
                "this code is in an earlier line too",
            );
        }
        self.catalogue.concepts.push(concept);
        Ok(())
    }
}

struct Row<'a> {
    line: u64,
    problems: &'a mut Vec<RowProblem>,
    cells: BTreeMap<String, String>,
}

impl Row<'_> {
    fn take(&mut self, cells: BTreeMap<String, String>) {
        for (heading, cell) in cells {
            let value = tidy(&cell);
            if value.chars().any(char::is_control) {
                self.problem(
                    &heading,
                    "terminology.cell-control",
                    "the cell has control characters",
                );
            }
            if !value.is_empty() {
                self.cells.insert(heading, value);
            }
        }
    }

    fn problem(&mut self, column: &str, code: &str, detail: &str) {
        self.problems.push(RowProblem {
            line: self.line,
            column: column.to_owned(),
            code: code.to_owned(),
            detail: detail.to_owned(),
        });
    }

    fn concept(&mut self, system: &str) -> Concept {
        let code = fold(&self.required("code", CODE_CHARS_MAX));
        let zh = self.required("zh", NAME_CHARS_MAX);
        let en = self.limited("en", NAME_CHARS_MAX).unwrap_or_default();
        let parent = self
            .limited("parent", CODE_CHARS_MAX)
            .or_else(|| wider_code(system, &code));
        let synonyms = self.limited("synonyms", TEXT_CHARS_MAX).unwrap_or_default();
        let active_from = self.date("active_from");
        let active_to = self.date("active_to");
        if let (Some(from), Some(to)) = (active_from, active_to)
            && to < from
        {
            self.problem(
                "active_to",
                "terminology.dates",
                "the last day lies before the first",
            );
        }
        Concept {
            system: system.to_owned(),
            pinyin: pinyin_key(&zh),
            initials: pinyin_initials(&zh),
            code,
            zh,
            en,
            parent,
            synonyms: split_synonyms(&synonyms),
            attributes: self.attributes(),
            active_from,
            active_to,
        }
    }

    fn required(&mut self, column: &str, chars_max: usize) -> String {
        self.limited(column, chars_max).unwrap_or_else(|| {
            self.problem(
                column,
                "terminology.cell-empty",
                "this cell must not be empty",
            );
            String::new()
        })
    }

    fn limited(&mut self, column: &str, chars_max: usize) -> Option<String> {
        let value = self.cells.remove(column)?;
        if value.chars().count() > chars_max {
            let detail = format!("at most {chars_max} characters");
            self.problem(column, "terminology.cell-too-long", &detail);
        }
        Some(value)
    }

    fn date(&mut self, column: &str) -> Option<Date> {
        let value = self.cells.remove(column)?;
        let date = value.parse().ok();
        if date.is_none() {
            self.problem(column, "terminology.date", "a date is written YYYY-MM-DD");
        }
        date
    }

    fn attributes(&mut self) -> Map<String, Value> {
        let mut attributes = Map::new();
        for (column, value) in std::mem::take(&mut self.cells) {
            if value.chars().count() > TEXT_CHARS_MAX {
                let detail = format!("at most {TEXT_CHARS_MAX} characters");
                self.problem(&column, "terminology.cell-too-long", &detail);
            }
            let typed = match value.as_str() {
                "true" => Value::Bool(true),
                "false" => Value::Bool(false),
                _ if column.ends_with("_minutes") => match value.parse::<u32>() {
                    Ok(minutes) => Value::from(minutes),
                    Err(_) => {
                        self.problem(&column, "terminology.number", "whole minutes in digits");
                        Value::Null
                    }
                },
                _ => Value::String(value),
            };
            attributes.insert(column, typed);
        }
        attributes
    }
}

/// Full-width letters, digits and blanks become ASCII, ends are trimmed; Chinese punctuation stays.
fn tidy(cell: &str) -> String {
    let narrow = cell.chars().map(|c| match c {
        '０'..='９' | 'Ａ'..='Ｚ' | 'ａ'..='ｚ' => {
            char::from_u32(u32::from(c) - 0xfee0).expect("full-width forms map onto ASCII")
        }
        '\u{3000}' | '\u{a0}' => ' ',
        _ => c,
    });
    narrow.collect::<String>().trim().to_owned()
}

/// ICD-10 says in the code what is wider: `I63.3` lies in `I63`.
fn wider_code(system: &str, code: &str) -> Option<String> {
    if system != ICD10 {
        return None;
    }
    code.split_once('.').map(|(wider, _)| wider.to_owned())
}

/// Synonyms from one cell.
pub fn split_synonyms(cell: &str) -> Vec<String> {
    cell.split('|')
        .map(str::trim)
        .filter(|one| !one.is_empty())
        .map(str::to_owned)
        .collect()
}

/// Finds parents that are neither in the file nor known already. ICD-10 parents that follow from
/// the code are dropped in silence: a file may bring only the leaves.
pub fn check_parents(catalogue: &mut Catalogue, system: &str, is_known: impl Fn(&str) -> bool) {
    let codes: HashSet<String> = catalogue
        .concepts
        .iter()
        .map(|one| one.code.clone())
        .collect();
    for concept in &mut catalogue.concepts {
        let Some(parent) = &concept.parent else {
            continue;
        };
        if codes.contains(parent) || is_known(parent) {
            continue;
        }
        if wider_code(system, &concept.code).as_ref() == Some(parent) {
            concept.parent = None;
            continue;
        }
        catalogue.problems.push(RowProblem {
            line: 0,
            column: "parent".to_owned(),
            code: "terminology.parent".to_owned(),
            detail: format!("{}: no concept has the code {parent}", concept.code),
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read_text(system: &str, text: &str) -> Result<Catalogue> {
        read(
            system,
            "urn:x",
            text.as_bytes(),
            Date::new(2026, 11, 1).unwrap(),
        )
    }

    fn problems(text: &str) -> Vec<(u64, String, String)> {
        let read = read_text("exam", text).unwrap();
        read.problems
            .into_iter()
            .map(|one| (one.line, one.column, one.code))
            .collect()
    }

    #[test]
    fn rows_become_concepts_with_typed_attributes() {
        let text = "\u{feff}# a comment\ncode,zh,en,synonyms,duration_minutes,contrast,body\n\
                    CT-1, 颅脑ＣＴ ,CT head,头部CT| 头颅CT |,10,false,\n";
        let read = read_text("exam", text).unwrap();
        assert!(read.problems.is_empty(), "{:?}", read.problems);
        let concept = &read.concepts[0];
        assert_eq!(
            (concept.zh.as_str(), concept.initials.as_str()),
            ("颅脑CT", "lnct")
        );
        assert_eq!(concept.synonyms, ["头部CT", "头颅CT"]);
        assert_eq!(concept.number("duration_minutes"), Some(10));
        assert!(!concept.flag("contrast") && !concept.attributes.contains_key("body"));
    }

    #[test]
    fn bad_cells_are_named() {
        let text = "code,zh,en,active_from,active_to,x_minutes\n\
                    A,甲,a,2026-02-01,2026-01-01,\n\
                    ,乙,b,,,\n\
                    A,丙,c,1.1.2026,,ten\n\
                    B,丁,d,,,,extra\n";
        let expected = [
            (2, "active_to", "terminology.dates"),
            (3, "code", "terminology.cell-empty"),
            (4, "active_from", "terminology.date"),
            (4, "x_minutes", "terminology.number"),
            (4, "code", "terminology.code-twice"),
            (5, "", "terminology.too-many-cells"),
        ];
        let expected =
            expected.map(|(line, column, code)| (line, column.to_owned(), code.to_owned()));
        assert_eq!(problems(text), expected);
    }

    #[test]
    fn files_without_headings_or_in_another_encoding_are_understood_or_refused() {
        assert_eq!(
            read_text("exam", "code,en\nA,a\n").unwrap_err().code(),
            "terminology.columns"
        );
        assert_eq!(
            read_text("exam", "code,zh,en,en\n").unwrap_err().code(),
            "terminology.columns"
        );
        let (gb, _, _) = encoding_rs::GB18030.encode("code,zh,en\nA,头颅,head\n");
        assert_eq!(
            read("exam", "urn:x", &gb, Date::new(2026, 11, 1).unwrap())
                .unwrap()
                .concepts[0]
                .zh,
            "头颅"
        );
        assert_eq!(
            decode(b"\xff\xff\xff").unwrap_err().code(),
            "terminology.encoding"
        );
    }

    #[test]
    fn parents_follow_from_icd_codes_and_others_must_exist() {
        let mut leaf = read_text("icd10", "code,zh,en\nI63.9,脑梗死,infarction\n").unwrap();
        assert_eq!(leaf.concepts[0].parent.as_deref(), Some("I63"));
        check_parents(&mut leaf, "icd10", |_| false);
        assert!(leaf.concepts[0].parent.is_none() && leaf.problems.is_empty());
        let mut other = read_text("exam", "code,zh,en,parent\nA,甲,a,B\n").unwrap();
        check_parents(&mut other, "exam", |_| false);
        assert_eq!(other.problems[0].code, "terminology.parent");
    }
}

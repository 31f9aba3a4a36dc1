//! What an import says: row by row, cell by cell, in both languages.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::messages;

/// Findings a report lists; beyond them it only counts.
pub const FINDINGS_MAX: usize = 1_000;
/// Characters of a cell that are echoed.
const ECHO_CHARS_MAX: usize = 40;

/// What a sheet holds.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema,
)]
#[serde(rename_all = "kebab-case")]
pub enum SheetKind {
    /// 机构
    Organizations,
    /// 科室
    Departments,
    /// 人员
    People,
    /// 床位
    Beds,
    /// 设备
    Equipment,
    /// 排班
    Schedules,
}

/// How much a finding weighs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
#[schema(as = ImportSeverity)]
pub enum Severity {
    /// Nothing is imported until it is corrected.
    Error,
    /// Understood, but somebody should look.
    Warning,
    /// What was skipped or read in a certain way.
    Note,
}

/// Something to say about one cell, row or sheet.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = ImportFinding)]
pub struct Finding {
    /// How much it weighs.
    pub severity: Severity,
    /// The sheet; the file's name for csv.
    pub sheet: String,
    /// The cell as spreadsheets name it: `C7`.
    pub cell: String,
    /// The row, counted from 1.
    pub row: u32,
    /// The heading of the column, where it is about one.
    pub column: Option<String>,
    /// Stable code.
    pub code: String,
    /// What is wrong and what would be right, in Chinese.
    pub message_zh: String,
    /// The same in English.
    pub message_en: String,
    /// What the cell holds, shortened; identifiers are masked.
    pub value: Option<String>,
}

/// What was found in one sheet.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = ImportSheet)]
pub struct SheetReport {
    /// Its name.
    pub name: String,
    /// What it holds; absent when that could not be told.
    pub kind: Option<SheetKind>,
    /// The row of the headings.
    pub header_row: Option<u32>,
    /// Rows of data.
    pub rows: u32,
    /// Rows that make something new.
    pub created: u32,
    /// Rows that change something.
    pub changed: u32,
    /// Rows that say what is known already.
    pub unchanged: u32,
    /// Headings that mean nothing here.
    pub unknown_columns: Vec<String>,
}

/// What an import says.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = RosterImportReport)]
pub struct ImportReport {
    /// The file's name.
    pub file: String,
    /// `xlsx`, `utf-8`, `gb18030` or `utf-16`.
    pub encoding: String,
    /// The sheets.
    pub sheets: Vec<SheetReport>,
    /// What there is to say, at most 1000 of them.
    pub findings: Vec<Finding>,
    /// Errors in all.
    pub error_count: u32,
    /// Warnings in all.
    pub warning_count: u32,
    /// Was it taken in?
    pub applied: bool,
}

/// Where something is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Place {
    pub(crate) sheet: String,
    pub(crate) row: u32,
    /// Counted from 0.
    pub(crate) column: u16,
    pub(crate) heading: Option<String>,
}

impl ImportReport {
    /// Adds a finding; `facts` fill the braces of the sentences.
    pub(crate) fn say(
        &mut self,
        severity: Severity,
        place: &Place,
        code: &str,
        facts: &[(&str, &str)],
        value: Option<&str>,
    ) {
        let (zh, en) = messages::sentences(code);
        self.say_sentences(
            severity,
            place,
            code,
            (fill(zh, facts), fill(en, facts)),
            value,
        );
    }

    /// Adds a finding whose sentences are at hand: a refusal of another module.
    pub(crate) fn say_sentences(
        &mut self,
        severity: Severity,
        place: &Place,
        code: &str,
        sentences: (String, String),
        value: Option<&str>,
    ) {
        match severity {
            Severity::Error => self.error_count += 1,
            Severity::Warning => self.warning_count += 1,
            Severity::Note => {}
        }
        // Errors come first in what a person can still read.
        let errors = self
            .findings
            .iter()
            .filter(|one| one.severity == Severity::Error)
            .count();
        if self.findings.len() >= FINDINGS_MAX {
            if severity != Severity::Error || errors >= FINDINGS_MAX {
                return;
            }
            if let Some(at) = self
                .findings
                .iter()
                .rposition(|one| one.severity != Severity::Error)
            {
                self.findings.remove(at);
            }
        }
        self.findings.push(Finding {
            severity,
            sheet: echo(&place.sheet),
            cell: format!("{}{}", letters(place.column), place.row),
            row: place.row,
            column: place.heading.as_deref().map(echo),
            code: code.to_owned(),
            message_zh: sentences.0,
            message_en: sentences.1,
            value: value.map(echo),
        });
    }
}

fn fill(sentence: &str, facts: &[(&str, &str)]) -> String {
    facts
        .iter()
        .fold(sentence.to_owned(), |text, (name, value)| {
            text.replace(&format!("{{{name}}}"), &echo(value))
        })
}

/// A cell's text made harmless for a screen or a log: one short line without control characters.
pub(crate) fn echo(text: &str) -> String {
    let mut shown: String = text
        .chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .take(ECHO_CHARS_MAX)
        .collect();
    if text.chars().count() > ECHO_CHARS_MAX {
        shown.push('…');
    }
    shown
}

/// A column as spreadsheets name it: 0 is `A`, 26 is `AA`.
pub(crate) fn letters(column: u16) -> String {
    let mut rest = u32::from(column) + 1;
    let mut letters = Vec::new();
    while rest > 0 {
        rest -= 1;
        let letter = u8::try_from(rest % 26).unwrap_or(0);
        letters.push(char::from(b'A' + letter));
        rest /= 26;
    }
    letters.iter().rev().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_have_letters() {
        let cases = [
            (0, "A"),
            (25, "Z"),
            (26, "AA"),
            (51, "AZ"),
            (701, "ZZ"),
            (702, "AAA"),
        ];
        for (column, expected) in cases {
            assert_eq!(letters(column), expected);
        }
    }

    #[test]
    fn an_echo_is_short_and_harmless() {
        assert_eq!(echo("a\nb\u{7}"), "a b ");
        assert_eq!(echo(&"长".repeat(50)).chars().count(), 41);
    }
}

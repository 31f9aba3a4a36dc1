//! One row of a sheet, read field by field; what can't be read is said of its cell.

use kernel::{Date, Money};

use crate::header::{Headed, shown};
use crate::report::{ImportReport, Place, Severity};
use crate::values;
use crate::words::{Words, choices, meaning};
use sheet::{Raw, Row};

/// Digits a spreadsheet keeps exactly.
const EXACT_DIGITS_MAX: usize = 15;
/// Columns whose values are masked in reports.
const MASKED: &[&str] = &["resident_id", "phone", "licence_number"];

/// A row and the headings above it.
pub(crate) struct Line<'a, 'r> {
    pub(crate) headed: &'a Headed<'a>,
    pub(crate) row: &'a Row,
    pub(crate) report: &'r mut ImportReport,
    /// Something in this row could not be read.
    pub(crate) failed: bool,
}

impl Line<'_, '_> {
    /// The cell of a column.
    pub(crate) fn place(&self, key: &str) -> Place {
        self.headed.place(self.row.number, key)
    }

    fn raw(&self, key: &str) -> Option<&Raw> {
        let (column, _) = self.headed.columns.get(key)?;
        self.row.cells.get(column)
    }

    /// The cell's text as a report may show it.
    pub(crate) fn shown(&self, key: &str) -> Option<String> {
        let text = shown(self.raw(key)?).to_owned();
        Some(if MASKED.contains(&key) {
            kernel::text::mask_identifier(&text)
        } else {
            text
        })
    }

    /// Says that the cell is wrong.
    pub(crate) fn fault(&mut self, key: &str, code: &str, facts: &[(&str, &str)]) {
        let (place, value) = (self.place(key), self.shown(key));
        self.failed = true;
        self.report
            .say(Severity::Error, &place, code, facts, value.as_deref());
    }

    /// Says that a refusal of another module is about this cell.
    pub(crate) fn refuse(&mut self, key: &str, code: &str, sentences: (String, String)) {
        let (place, value) = (self.place(key), self.shown(key));
        self.failed = true;
        self.report
            .say_sentences(Severity::Error, &place, code, sentences, value.as_deref());
    }

    /// Text, folded. A number counts as its digits while they are exact.
    pub(crate) fn text(&mut self, key: &str) -> Option<String> {
        match self.raw(key)?.clone() {
            Raw::Text(text) => Some(kernel::text::fold(&text)),
            Raw::Number(number) => {
                let digits = number
                    .trim_start_matches('-')
                    .split('.')
                    .next()
                    .unwrap_or_default();
                if digits.len() > EXACT_DIGITS_MAX {
                    self.fault(key, "import.number-inexact", &[]);
                    return None;
                }
                Some(number)
            }
            Raw::Serial(_) => {
                self.fault(key, "import.date-in-text", &[]);
                None
            }
            Raw::Fault(_) => {
                self.fault(key, "import.formula-fault", &[]);
                None
            }
        }
    }

    /// Text that must be there.
    pub(crate) fn required(&mut self, key: &str) -> Option<String> {
        let found = self.text(key);
        if found.is_none() && !self.failed {
            self.missing(key);
        }
        found
    }

    fn missing(&mut self, key: &str) {
        let heading = self
            .headed
            .columns
            .get(key)
            .map(|(_, heading)| heading.clone())
            .unwrap_or_default();
        self.fault(key, "import.cell-missing", &[("heading", &heading)]);
    }

    /// A value read by `read`; `code` says what would be right.
    fn read<T>(&mut self, key: &str, code: &str, read: impl Fn(&str) -> Option<T>) -> Option<T> {
        let text = self.text(key)?;
        let value = read(&text);
        if value.is_none() {
            self.fault(key, code, &[]);
        }
        value
    }

    /// A date: a cell formatted as one, a text that reads as one, or a plausible serial.
    pub(crate) fn date(&mut self, key: &str) -> Option<Date> {
        let value = match self.raw(key)?.clone() {
            Raw::Serial(serial) => values::serial_date(&serial),
            Raw::Number(number) => {
                values::date(&number).or_else(|| values::plausible_serial(&number))
            }
            Raw::Text(text)
                if matches!(
                    kernel::text::fold(&text).as_str(),
                    "长期" | "永久" | "/" | "-" | "无"
                ) =>
            {
                return None;
            }
            Raw::Text(text) => {
                values::date(&text).or_else(|| values::plausible_serial(&kernel::text::fold(&text)))
            }
            Raw::Fault(_) => None,
        };
        if value.is_none() {
            self.fault(key, "import.date", &[]);
        }
        value
    }

    /// A word of a list.
    pub(crate) fn one_of<T: Copy>(&mut self, key: &str, words: Words<T>) -> Option<T> {
        let text = self.text(key)?;
        let value = meaning(words, &text);
        if value.is_none() {
            self.fault(key, "import.word", &[("choices", &choices(words))]);
        }
        value
    }

    /// A word of a list that must be there.
    pub(crate) fn required_of<T: Copy>(&mut self, key: &str, words: Words<T>) -> Option<T> {
        if self.raw(key).is_none() {
            self.missing(key);
            return None;
        }
        self.one_of(key, words)
    }

    /// Yes or no.
    pub(crate) fn yes(&mut self, key: &str) -> Option<bool> {
        self.read(key, "import.yes-no", values::yes)
    }

    /// Money in 元.
    pub(crate) fn yuan(&mut self, key: &str) -> Option<Money> {
        self.read(key, "import.money", values::yuan)
    }

    /// Degrees in millionths.
    pub(crate) fn microdegrees(&mut self, key: &str) -> Option<i64> {
        self.read(key, "import.degrees", values::microdegrees)
    }

    /// A whole number.
    pub(crate) fn whole(&mut self, key: &str) -> Option<i64> {
        self.read(key, "import.whole-number", values::whole)
    }

    /// Weekdays.
    pub(crate) fn weekdays(&mut self, key: &str) -> Option<Vec<u8>> {
        self.read(key, "import.weekdays", values::weekdays)
    }

    /// Hours of the day.
    pub(crate) fn hours(&mut self, key: &str) -> Option<Vec<(String, String)>> {
        self.read(key, "import.hours", values::hours)
    }
}

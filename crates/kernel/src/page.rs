//! Keyset pages: a cursor names the last row seen, so that cost does not grow with the page number.

use serde::{Deserialize, Serialize};

use crate::{Error, Id, Result};

/// Rows a page holds unless the caller asks for fewer.
pub const PAGE_SIZE_DEFAULT: u32 = 50;
/// The most rows a page may hold.
pub const PAGE_SIZE_MAX: u32 = 200;

/// The key of the last row of a page: a sort key (instant, number) and the id that breaks ties.
/// Text form: `{key}.{id}`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cursor {
    /// The sort key.
    pub key: i64,
    /// Breaks ties.
    pub id: Id,
}

impl Cursor {
    /// Parses the text form.
    ///
    /// # Errors
    /// `page.cursor` when the text was not made by an earlier page.
    pub fn parse(text: &str) -> Result<Self> {
        let parts = text
            .split_once('.')
            .and_then(|(key, id)| Some((key.parse().ok()?, id.parse().ok()?)));
        let (key, id) = parts.ok_or_else(|| {
            Error::invalid(
                "page.cursor",
                "after",
                "take `after` from `next` of the page before, unchanged",
            )
        })?;
        Ok(Self { key, id })
    }

    /// Where the page before ended, of a query that may not name it.
    ///
    /// # Errors
    /// As [`Cursor::parse`].
    pub fn after(text: Option<&str>) -> Result<Option<Self>> {
        text.map(Self::parse).transpose()
    }

    /// The text form.
    pub fn text(self) -> String {
        format!("{}.{}", self.key, self.id)
    }
}

/// One page of a list.
#[derive(Clone, Debug, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Page<T> {
    /// The rows.
    pub items: Vec<T>,
    /// Pass as `after` to get the next page; absent on the last one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
}

impl<T> Page<T> {
    /// Makes a page from up to `size + 1` rows: the extra row only says that there is more.
    pub fn from_rows(mut rows: Vec<T>, size: u32, cursor: impl Fn(&T) -> Cursor) -> Self {
        let size = size as usize;
        let more = rows.len() > size;
        rows.truncate(size);
        let next = if more {
            rows.last().map(|row| cursor(row).text())
        } else {
            None
        };
        Self { items: rows, next }
    }
}

/// The size asked for, within 1 and [`PAGE_SIZE_MAX`].
pub fn page_size(asked: Option<u32>) -> u32 {
    asked.unwrap_or(PAGE_SIZE_DEFAULT).clamp(1, PAGE_SIZE_MAX)
}

//! Many rows at once, the way that is cheapest on each engine.

use kernel::Result;

use crate::engine::Connection;
use crate::{Composed, Tx, Value};

/// Rows a statement, so that each size is prepared once.
const SIZES: [usize; 6] = [256, 64, 16, 4, 2, 1];

impl Tx<'_> {
    /// Inserts `rows`; `start` is the statement up to its values, as in
    /// `INSERT INTO word (key, text) VALUES `. All rows are of one length.
    ///
    /// PostgreSQL gets many rows a statement, since each statement is a round trip. SQLite gets one a
    /// statement: one of several rows keeps a journal of the pages it touches, to be undone alone,
    /// and that costs more than the rows do.
    ///
    /// # Errors
    /// As [`Tx::execute`].
    pub fn insert_rows(&mut self, start: &'static str, rows: &[Vec<Value>]) -> Result<()> {
        let sizes = match self.session.connection {
            Connection::Sqlite(_) => &SIZES[SIZES.len() - 1..],
            Connection::Postgres(_) => &SIZES[..],
        };
        let mut rest = rows;
        while let Some(size) = sizes.iter().find(|size| **size <= rest.len()) {
            let (some, more) = rest.split_at(*size);
            rest = more;
            let mut sql = Composed::new();
            sql.push(start);
            for (index, row) in some.iter().enumerate() {
                sql.push(if index == 0 { "(" } else { ", (" });
                sql.bind_all(row.iter().cloned()).push(")");
            }
            self.execute_composed(&sql)?;
        }
        Ok(())
    }
}

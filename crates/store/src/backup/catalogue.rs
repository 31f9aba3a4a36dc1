//! The tables of a database as the database itself describes them.
//!
//! This is the only place where statements are written at run time: from the names in the
//! database's own catalogue, quoted, and from nothing else.

use kernel::{Error, Result};
use serde::Deserialize;

use crate::engine::Connection;

/// A column, and its place in the primary key; 0 when it is not in it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct TableColumn {
    name: String,
    pk: i64,
}

/// A table that rows of another point to.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Parent {
    pub(crate) parent: String,
}

/// A table, with the statements that copy it.
#[derive(Clone, Debug)]
pub(crate) struct Table {
    pub(crate) name: String,
    pub(crate) columns: Vec<String>,
    /// Where in `columns` the primary key stands.
    pub(crate) key: Vec<usize>,
    pub(crate) parents: Vec<String>,
}

impl Table {
    pub(crate) fn new(name: String, columns: &[TableColumn], parents: Vec<String>) -> Self {
        let mut key: Vec<usize> = (0..columns.len())
            .filter(|&at| columns[at].pk > 0)
            .collect();
        key.sort_by_key(|&at| columns[at].pk);
        let columns = columns.iter().map(|column| column.name.clone()).collect();
        Self {
            name,
            columns,
            key,
            parents,
        }
    }

    /// The first rows in key order, `limit` of them.
    pub(crate) fn first_page(&self, limit: u32) -> Result<&'static str> {
        let key = self.key_list()?;
        let (columns, table) = (self.column_list(), quoted(&self.name));
        Ok(leak(format!(
            "SELECT {columns} FROM {table} ORDER BY {key} LIMIT {limit}"
        )))
    }

    /// The rows after a key, which comes as parameters.
    pub(crate) fn next_page(&self, limit: u32) -> Result<&'static str> {
        let key = self.key_list()?;
        let places: Vec<String> = (1..=self.key.len())
            .map(|place| format!("${place}"))
            .collect();
        let (columns, table, places) = (self.column_list(), quoted(&self.name), places.join(", "));
        Ok(leak(format!(
            "SELECT {columns} FROM {table} WHERE ({key}) > ({places}) ORDER BY {key} LIMIT {limit}"
        )))
    }

    pub(crate) fn insert(&self) -> &'static str {
        let places: Vec<String> = (1..=self.columns.len())
            .map(|place| format!("${place}"))
            .collect();
        let (columns, table, places) = (self.column_list(), quoted(&self.name), places.join(", "));
        leak(format!("INSERT INTO {table} ({columns}) VALUES ({places})"))
    }

    /// For PostgreSQL, which takes many rows in one go.
    pub(crate) fn copy_in(&self) -> String {
        let (columns, table) = (self.column_list(), quoted(&self.name));
        format!("COPY {table} ({columns}) FROM STDIN")
    }

    pub(crate) fn delete_all(&self) -> &'static str {
        let table = quoted(&self.name);
        leak(format!("DELETE FROM {table}"))
    }

    pub(crate) fn count(&self) -> &'static str {
        let table = quoted(&self.name);
        leak(format!("SELECT COUNT(*) AS count FROM {table}"))
    }

    fn column_list(&self) -> String {
        let names: Vec<String> = self.columns.iter().map(|name| quoted(name)).collect();
        names.join(", ")
    }

    fn key_list(&self) -> Result<String> {
        if self.key.is_empty() {
            let reason = format!(
                "table {} has no primary key, so it can't be read in pages",
                self.name
            );
            return Err(Error::internal(reason));
        }
        let names: Vec<String> = self
            .key
            .iter()
            .map(|&at| quoted(&self.columns[at]))
            .collect();
        Ok(names.join(", "))
    }
}

fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

/// Statements are kept for the life of the process; there are a few for each table.
fn leak(sql: String) -> &'static str {
    Box::leak(sql.into_boxed_str())
}

/// All tables but the list of migrations, parents before children.
pub(crate) fn tables(connection: &mut Connection<'_>) -> Result<Vec<Table>> {
    let all = match connection {
        Connection::Sqlite(_) => crate::sqlite::tables::read(connection)?,
        Connection::Postgres(_) => crate::postgres::tables::read(connection)?,
    };
    let mut waiting: Vec<Table> = all
        .into_iter()
        .filter(|table| table.name != "migration")
        .collect();
    let mut ordered: Vec<Table> = Vec::new();
    while !waiting.is_empty() {
        let is_waiting = |name: &String| waiting.iter().any(|table| table.name == *name);
        let ready = waiting.iter().position(|table| {
            table
                .parents
                .iter()
                .all(|parent| *parent == table.name || !is_waiting(parent))
        });
        // Tables that point at each other have deferred constraints, or no row could ever be made.
        ordered.push(waiting.remove(ready.unwrap_or(0)));
    }
    Ok(ordered)
}

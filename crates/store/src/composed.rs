//! Statements put together at run time, for searches whose shape the caller chooses.
//!
//! Text can only come from constants and from the numbers of parameters, so nothing a user typed
//! can reach it; every value is bound. Modules with fixed statements keep to constants.

use kernel::Result;
use serde::de::DeserializeOwned;

use crate::{Row, Tx, Value};

/// A statement made of constant fragments and bound values.
#[derive(Clone, Debug, Default)]
pub struct Composed {
    text: String,
    values: Vec<Value>,
}

/// A bound value that may stand at several places; it must stand at one at least.
#[derive(Clone, Copy, Debug)]
pub struct Slot(usize);

impl Composed {
    /// An empty statement.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a constant fragment.
    pub fn push(&mut self, fragment: &'static str) -> &mut Self {
        self.text.push_str(fragment);
        self
    }

    /// Adds a parameter with a value of its own.
    pub fn bind(&mut self, value: impl Into<Value>) -> &mut Self {
        let slot = self.slot(value);
        self.put(slot)
    }

    /// Adds parameters with commas between them.
    pub fn bind_all<V: Into<Value>>(&mut self, values: impl IntoIterator<Item = V>) -> &mut Self {
        for (index, value) in values.into_iter().enumerate() {
            if index > 0 {
                self.push(", ");
            }
            self.bind(value);
        }
        self
    }

    /// Binds a value without writing it yet.
    pub fn slot(&mut self, value: impl Into<Value>) -> Slot {
        self.values.push(value.into());
        Slot(self.values.len())
    }

    /// Adds a value bound before.
    pub fn put(&mut self, slot: Slot) -> &mut Self {
        self.text.push('$');
        self.text.push_str(&slot.0.to_string());
        self
    }

    /// How many values are bound.
    pub fn bound(&self) -> usize {
        self.values.len()
    }
}

impl Tx<'_> {
    /// [`Tx::query`] of a composed statement.
    ///
    /// # Errors
    /// Whatever the database reports.
    pub fn query_composed<T: DeserializeOwned>(&mut self, sql: &Composed) -> Result<Vec<T>> {
        let rows = self.query_text(&sql.text, &sql.values)?;
        rows.into_iter().map(Row::decode).collect()
    }

    /// [`Tx::execute`] of a composed statement, such as many rows in one INSERT.
    ///
    /// # Errors
    /// As [`Tx::execute`].
    pub fn execute_composed(&mut self, sql: &Composed) -> Result<u64> {
        self.execute_text(&sql.text, &sql.values)
    }
}

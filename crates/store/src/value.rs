//! What goes into a statement and what comes out of a row.

use std::sync::Arc;

use kernel::{Date, Error, Id, Instant, Money, Result};
use serde::de::value::{Error as DecodeError, MapDeserializer};
use serde::de::{DeserializeOwned, Deserializer, IntoDeserializer, Visitor};
use serde::forward_to_deserialize_any;

/// A parameter or column: the types both engines store alike.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value {
    /// SQL NULL.
    Null,
    /// BIGINT: numbers, instants in microseconds, money in 分, booleans as 0 and 1.
    Int(i64),
    /// TEXT and JSONB.
    Text(String),
}

/// Builds the parameter list of a statement: `&params![id, now, "waiting"]`.
#[macro_export]
macro_rules! params {
    ($($value:expr),* $(,)?) => { [$($crate::Value::from($value)),*] };
}

impl From<i64> for Value {
    fn from(value: i64) -> Self {
        Self::Int(value)
    }
}
impl From<i32> for Value {
    fn from(value: i32) -> Self {
        Self::Int(value.into())
    }
}
impl From<u32> for Value {
    fn from(value: u32) -> Self {
        Self::Int(value.into())
    }
}
impl From<u16> for Value {
    fn from(value: u16) -> Self {
        Self::Int(value.into())
    }
}
impl From<u8> for Value {
    fn from(value: u8) -> Self {
        Self::Int(value.into())
    }
}
impl From<bool> for Value {
    fn from(value: bool) -> Self {
        Self::Int(value.into())
    }
}
impl From<&str> for Value {
    fn from(value: &str) -> Self {
        Self::Text(value.to_owned())
    }
}
impl From<String> for Value {
    fn from(value: String) -> Self {
        Self::Text(value)
    }
}
impl From<&String> for Value {
    fn from(value: &String) -> Self {
        Self::Text(value.clone())
    }
}
impl From<Id> for Value {
    fn from(value: Id) -> Self {
        Self::Text(value.to_string())
    }
}
impl From<&Id> for Value {
    fn from(value: &Id) -> Self {
        Self::Text(value.to_string())
    }
}
impl From<Instant> for Value {
    fn from(value: Instant) -> Self {
        Self::Int(value.micros())
    }
}
impl From<Date> for Value {
    fn from(value: Date) -> Self {
        Self::Text(value.to_string())
    }
}
impl From<Money> for Value {
    fn from(value: Money) -> Self {
        Self::Int(value.as_fen())
    }
}
impl From<&serde_json::Value> for Value {
    fn from(value: &serde_json::Value) -> Self {
        Self::Text(value.to_string())
    }
}
impl<T: Into<Self>> From<Option<T>> for Value {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Null, Into::into)
    }
}
impl<T: Clone + Into<Self>> From<&Option<T>> for Value {
    fn from(value: &Option<T>) -> Self {
        value.clone().map_or(Self::Null, Into::into)
    }
}

/// One row of an answer: column names and their values.
#[derive(Clone, Debug)]
pub struct Row {
    /// Names as the statement gave them.
    pub columns: Arc<[String]>,
    /// One value a column.
    pub values: Vec<Value>,
}

impl Row {
    /// Decodes the row into a struct by column name. A column the struct lacks is an error when the
    /// struct says `deny_unknown_fields`; a field without a column always is.
    ///
    /// # Errors
    /// `server.internal`: row and struct disagree, which is a defect.
    pub fn decode<T: DeserializeOwned>(self) -> Result<T> {
        let names = self.columns.iter().map(String::as_str);
        let fields = names.zip(self.values);
        T::deserialize(MapDeserializer::<_, DecodeError>::new(fields)).map_err(|error| {
            Error::internal(format!(
                "a row does not fit its type: {error}; columns {:?}",
                self.columns
            ))
        })
    }

    /// The text of a column.
    pub(crate) fn text(&self, column: &str) -> Result<String> {
        match self.get(column) {
            Some(Value::Text(text)) => Ok(text.clone()),
            other => Err(Error::internal(format!(
                "no text in column {column}: {other:?}"
            ))),
        }
    }

    /// The value of a column.
    pub fn get(&self, column: &str) -> Option<&Value> {
        self.columns
            .iter()
            .position(|name| name == column)
            .map(|at| &self.values[at])
    }
}

impl<'de> IntoDeserializer<'de, DecodeError> for Value {
    type Deserializer = Self;
    fn into_deserializer(self) -> Self {
        self
    }
}

impl<'de> Deserializer<'de> for Value {
    type Error = DecodeError;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, DecodeError> {
        match self {
            Self::Null => visitor.visit_unit(),
            Self::Int(value) => visitor.visit_i64(value),
            Self::Text(value) => visitor.visit_string(value),
        }
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, DecodeError> {
        match self {
            Self::Null => visitor.visit_none(),
            value => visitor.visit_some(value),
        }
    }

    fn deserialize_bool<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, DecodeError> {
        match self {
            Self::Int(value @ (0 | 1)) => visitor.visit_bool(value == 1),
            other => other.deserialize_any(visitor),
        }
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        name: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, DecodeError> {
        match self {
            Self::Text(value) => IntoDeserializer::<DecodeError>::into_deserializer(value)
                .deserialize_enum(name, variants, visitor),
            other => other.deserialize_any(visitor),
        }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        visitor: V,
    ) -> Result<V::Value, DecodeError> {
        visitor.visit_newtype_struct(self)
    }

    forward_to_deserialize_any! {
        i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf unit
        unit_struct seq tuple tuple_struct map struct identifier ignored_any
    }
}

/// A JSONB column decoded into `T`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Json<T>(pub T);

impl<T> Json<T> {
    /// The value inside.
    pub fn into_inner(self) -> T {
        self.0
    }
}

/// Decodes a JSON column of a row that was read as is.
///
/// # Errors
/// `server.internal` when the text is not the JSON expected.
pub fn json_column<T: DeserializeOwned>(row: &Row, column: &str) -> Result<T> {
    match row.get(column) {
        Some(Value::Text(text)) => serde_json::from_str(text).map_err(Error::internal),
        _ => Err(Error::internal(format!("no JSON in column {column}"))),
    }
}

impl<'de, T: DeserializeOwned> serde::Deserialize<'de> for Json<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        serde_json::from_str(&text)
            .map(Self)
            .map_err(serde::de::Error::custom)
    }
}

impl<T> std::ops::Deref for Json<T> {
    type Target = T;
    fn deref(&self) -> &T {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    use super::*;

    #[derive(Deserialize, Debug, PartialEq)]
    #[serde(rename_all = "kebab-case")]
    enum State {
        Waiting,
    }

    #[derive(Deserialize, Debug)]
    #[serde(deny_unknown_fields)]
    struct Sample {
        at: Instant,
        live: bool,
        state: State,
        name: Option<String>,
        body: Json<serde_json::Value>,
    }

    fn row(columns: &[&str], values: &[Value]) -> Row {
        Row {
            columns: columns.iter().map(|name| (*name).to_owned()).collect(),
            values: values.to_vec(),
        }
    }

    #[test]
    fn rows_decode_by_name() {
        let columns = ["live", "at", "state", "name", "body"];
        let values = params![true, 5_i64, "waiting", Value::Null, "{\"a\":1}"];
        let sample: Sample = row(&columns, &values).decode().unwrap();
        assert!(sample.live && sample.name.is_none() && sample.state == State::Waiting);
        assert_eq!(sample.at.micros(), 5);
        assert_eq!(sample.body["a"], 1);
    }

    #[test]
    fn an_extra_or_missing_column_is_an_error() {
        assert!(row(&["live"], &params![true]).decode::<Sample>().is_err());
        let columns = ["live", "at", "state", "name", "body", "extra"];
        let values = params![true, 5_i64, "waiting", Value::Null, "{}", 1_i64];
        assert!(row(&columns, &values).decode::<Sample>().is_err());
    }
}

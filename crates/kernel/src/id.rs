//! Identifiers: UUIDv7, made by the store's id source, without meaning in them.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::{Error, Kind};

/// An identifier of anything stored. Text form: lower-case hyphenated UUID.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Id(uuid::Uuid);

impl Id {
    /// All zeros: this server itself.
    pub const NIL: Self = Self(uuid::Uuid::nil());
    /// Above every other id: where a list read backwards begins.
    pub const MAX: Self = Self(uuid::Uuid::max());

    /// Lays out a UUIDv7 (RFC 9562 §5.7) from milliseconds since the epoch and ten random bytes.
    pub fn from_parts(unix_millis: u64, random: [u8; 10]) -> Self {
        let mut bytes = [0_u8; 16];
        bytes[..6].copy_from_slice(&unix_millis.to_be_bytes()[2..]);
        bytes[6..].copy_from_slice(&random);
        bytes[6] = (bytes[6] & 0x0f) | 0x70;
        bytes[8] = (bytes[8] & 0x3f) | 0x80;
        Self(uuid::Uuid::from_bytes(bytes))
    }

    /// The first characters, for log lines and printed numbers where the whole is too long.
    pub fn short(&self) -> String {
        self.0.simple().to_string()[20..].to_owned()
    }
}

impl FromStr for Id {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        uuid::Uuid::try_parse(text).map(Self).map_err(|_| {
            Error::new(
                Kind::Invalid,
                "id.malformed",
                "an id is a UUID such as 01928f0e-…",
            )
        })
    }
}

impl fmt::Display for Id {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0.hyphenated())
    }
}

impl fmt::Debug for Id {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl Serialize for Id {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Id {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse()
            .map_err(|error: Error| serde::de::Error::custom(error.detail()))
    }
}

impl utoipa::PartialSchema for Id {
    fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
        use utoipa::openapi::schema::{ObjectBuilder, SchemaFormat, Type};
        ObjectBuilder::new()
            .schema_type(Type::String)
            .format(Some(SchemaFormat::Custom("uuid".into())))
            .into()
    }
}

impl utoipa::ToSchema for Id {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_form_round_trips_and_sorts_by_time() {
        let early = Id::from_parts(1_000, [0xff; 10]);
        let late = Id::from_parts(1_001, [0; 10]);
        assert!(early < late);
        assert!(early.to_string() < late.to_string());
        assert_eq!(early.to_string().parse::<Id>().unwrap(), early);
        assert_eq!(early.to_string().as_bytes()[14], b'7');
    }

    #[test]
    fn malformed_text_is_refused() {
        assert!("'; DROP TABLE".parse::<Id>().is_err());
    }
}

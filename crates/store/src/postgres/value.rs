//! Values on PostgreSQL's wire, and what its refusals mean here.

use std::error::Error as StdError;

use bytes::BytesMut;
use kernel::{Error, Kind};
use postgres::error::SqlState;
use postgres::types::{FromSql, IsNull, ToSql, Type, to_sql_checked};

use super::UNREACHABLE;
use crate::{Value, engine};

impl ToSql for Value {
    fn to_sql(
        &self,
        ty: &Type,
        out: &mut BytesMut,
    ) -> Result<IsNull, Box<dyn StdError + Sync + Send>> {
        match self {
            Self::Null => Ok(IsNull::Yes),
            Self::Int(value) => match *ty {
                Type::INT2 => i16::try_from(*value)?.to_sql(ty, out),
                Type::INT4 => i32::try_from(*value)?.to_sql(ty, out),
                Type::INT8 => value.to_sql(ty, out),
                _ => Err(format!("a whole number was given where {ty} is wanted").into()),
            },
            Self::Text(value) => match *ty {
                Type::JSONB => {
                    // The binary form of jsonb is its version, 1, and then the text.
                    out.extend_from_slice(&[1]);
                    value.to_sql(&Type::TEXT, out)
                }
                Type::TEXT
                | Type::VARCHAR
                | Type::BPCHAR
                | Type::NAME
                | Type::JSON
                | Type::UNKNOWN => value.to_sql(&Type::TEXT, out),
                _ => Err(format!("text was given where {ty} is wanted").into()),
            },
        }
    }

    fn accepts(_: &Type) -> bool {
        true
    }

    to_sql_checked!();
}

impl<'a> FromSql<'a> for Value {
    fn from_sql(ty: &Type, raw: &'a [u8]) -> Result<Self, Box<dyn StdError + Sync + Send>> {
        Ok(match *ty {
            Type::INT2 => Self::Int(i16::from_sql(ty, raw)?.into()),
            Type::INT4 => Self::Int(i32::from_sql(ty, raw)?.into()),
            Type::INT8 => Self::Int(i64::from_sql(ty, raw)?),
            Type::JSONB => {
                Self::Text(std::str::from_utf8(raw.get(1..).unwrap_or_default())?.to_owned())
            }
            Type::TEXT | Type::VARCHAR | Type::BPCHAR | Type::NAME | Type::JSON | Type::UNKNOWN => {
                Self::Text(std::str::from_utf8(raw)?.to_owned())
            }
            _ => {
                return Err(
                    format!("a column of type {ty} came back; CAST it to BIGINT or TEXT").into(),
                );
            }
        })
    }

    fn from_sql_null(_: &Type) -> Result<Self, Box<dyn StdError + Sync + Send>> {
        Ok(Self::Null)
    }

    fn accepts(_: &Type) -> bool {
        true
    }
}

pub(crate) fn failure(error: postgres::Error) -> Error {
    let Some(state) = error.code().cloned() else {
        if error.is_closed()
            || error
                .source()
                .is_some_and(|cause| cause.is::<std::io::Error>())
        {
            return unreachable(error);
        }
        return Error::internal(error);
    };
    match state {
        SqlState::T_R_SERIALIZATION_FAILURE
        | SqlState::T_R_DEADLOCK_DETECTED
        | SqlState::LOCK_NOT_AVAILABLE => engine::contention(error),
        SqlState::UNIQUE_VIOLATION => engine::duplicate(error),
        SqlState::CHECK_VIOLATION
        | SqlState::FOREIGN_KEY_VIOLATION
        | SqlState::NOT_NULL_VIOLATION
        | SqlState::EXCLUSION_VIOLATION => engine::constraint(error),
        SqlState::DISK_FULL | SqlState::OUT_OF_MEMORY => engine::full(error),
        SqlState::ADMIN_SHUTDOWN
        | SqlState::CRASH_SHUTDOWN
        | SqlState::CANNOT_CONNECT_NOW
        | SqlState::TOO_MANY_CONNECTIONS => unreachable(error),
        _ => Error::internal(error),
    }
}

fn unreachable(error: postgres::Error) -> Error {
    let detail = "the database can't be reached; try again shortly";
    Error::new(Kind::Unavailable, UNREACHABLE, detail).because(error)
}

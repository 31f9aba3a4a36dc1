//! Instants, calendar dates and spans. China keeps one time zone, so local time is UTC+8.

use std::fmt;
use std::ops::{Add, Sub};
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::{Error, Kind};

const MICROS_PER_SECOND: i64 = 1_000_000;
const LOCAL_OFFSET_SECONDS: i32 = 8 * 3600;

/// A moment: microseconds since 1970-01-01T00:00:00Z. JSON: RFC 3339 in UTC.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub struct Instant(i64);

/// A length of time in microseconds; may be negative. JSON: whole seconds.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub struct Span(i64);

/// A calendar date in local time. Text and JSON: `YYYY-MM-DD`.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Date(jiff::civil::Date);

impl Instant {
    /// From microseconds since the epoch.
    pub const fn from_micros(micros: i64) -> Self {
        Self(micros)
    }

    /// Microseconds since the epoch; what the databases store.
    pub const fn micros(self) -> i64 {
        self.0
    }

    /// Whole milliseconds since the epoch, never negative: the time field of a UUIDv7.
    pub fn unix_millis(self) -> u64 {
        u64::try_from(self.0.div_euclid(1000)).unwrap_or(0)
    }

    /// The calendar date in local time (UTC+8).
    pub fn date(self) -> Date {
        Date(self.local().date())
    }

    /// Hour of the day in local time, 0 to 23.
    pub fn local_hour(self) -> u8 {
        u8::try_from(self.local().hour()).expect("an hour fits u8")
    }

    /// `2026-11-22 14:05` in local time, for documents and messages.
    pub fn local_minutes(self) -> String {
        self.local().strftime("%Y-%m-%d %H:%M").to_string()
    }

    fn local(self) -> jiff::civil::DateTime {
        let offset =
            jiff::tz::Offset::from_seconds(LOCAL_OFFSET_SECONDS).expect("+8h is an offset");
        let stamp = jiff::Timestamp::from_microsecond(self.0).unwrap_or_default();
        offset.to_datetime(stamp)
    }
}

impl Span {
    /// No time at all.
    pub const ZERO: Self = Self(0);

    /// From whole seconds.
    pub const fn seconds(seconds: i64) -> Self {
        Self(seconds * MICROS_PER_SECOND)
    }

    /// From whole minutes.
    pub const fn minutes(minutes: i64) -> Self {
        Self::seconds(minutes * 60)
    }

    /// From whole hours.
    pub const fn hours(hours: i64) -> Self {
        Self::minutes(hours * 60)
    }

    /// From days of 24 hours.
    pub const fn days(days: i64) -> Self {
        Self::hours(days * 24)
    }

    /// Whole seconds, rounded towards zero.
    pub const fn whole_seconds(self) -> i64 {
        self.0 / MICROS_PER_SECOND
    }

    /// Whole minutes, rounded towards zero.
    pub const fn whole_minutes(self) -> i64 {
        self.whole_seconds() / 60
    }
}

impl Date {
    /// A date from its parts.
    ///
    /// # Errors
    /// `date.malformed` when the parts name no day.
    pub fn new(year: i16, month: i8, day: i8) -> Result<Self, Error> {
        jiff::civil::Date::new(year, month, day)
            .map(Self)
            .map_err(|_| malformed_date())
    }

    /// Midnight at the start of this day in local time.
    pub fn start(self) -> Instant {
        self.at(0, 0)
    }

    /// A moment of this day in local time.
    pub fn at(self, hour: u8, minute: u8) -> Instant {
        let days = jiff::civil::date(1970, 1, 1)
            .until(self.0)
            .map_or(0, |span| i64::from(span.get_days()));
        let seconds = days * 86_400 + i64::from(hour) * 3600 + i64::from(minute) * 60
            - i64::from(LOCAL_OFFSET_SECONDS);
        Instant(seconds * MICROS_PER_SECOND)
    }

    /// The date `days` later (earlier when negative); saturates at the calendar's ends.
    pub fn plus_days(self, days: i64) -> Self {
        Self(
            self.0
                .saturating_add(jiff::Span::new().days(days.clamp(-3_000_000, 3_000_000))),
        )
    }

    /// Days from `self` to `other`, negative when `other` is earlier.
    pub fn days_until(self, other: Self) -> i64 {
        self.0
            .until(other.0)
            .map_or(0, |span| i64::from(span.get_days()))
    }

    /// Completed years from `self` (a birth date) to `on`; zero for a date in the future.
    pub fn age_on(self, on: Self) -> u16 {
        let had_birthday = (on.0.month(), on.0.day()) >= (self.0.month(), self.0.day());
        let years = i32::from(on.0.year()) - i32::from(self.0.year()) - i32::from(!had_birthday);
        u16::try_from(years).unwrap_or(0)
    }

    /// Year, month, day.
    pub fn parts(self) -> (i16, i8, i8) {
        (self.0.year(), self.0.month(), self.0.day())
    }

    /// ISO weekday, 1 for Monday to 7 for Sunday.
    pub fn weekday(self) -> u8 {
        u8::try_from(self.0.weekday().to_monday_one_offset()).expect("1 to 7")
    }
}

impl Add<Span> for Instant {
    type Output = Self;
    fn add(self, span: Span) -> Self {
        Self(self.0.saturating_add(span.0))
    }
}

impl Sub<Span> for Instant {
    type Output = Self;
    fn sub(self, span: Span) -> Self {
        Self(self.0.saturating_sub(span.0))
    }
}

impl Sub for Instant {
    type Output = Span;
    fn sub(self, earlier: Self) -> Span {
        Span(self.0.saturating_sub(earlier.0))
    }
}

impl FromStr for Instant {
    type Err = Error;

    /// RFC 3339 with an offset; a time without one is refused, not guessed.
    fn from_str(text: &str) -> Result<Self, Error> {
        text.parse::<jiff::Timestamp>()
            .map(|stamp| Self(stamp.as_microsecond()))
            .map_err(|_| {
                Error::new(
                    Kind::Invalid,
                    "time.malformed",
                    "a time is written 2026-11-22T14:05:00+08:00, with its offset",
                )
            })
    }
}

impl FromStr for Date {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        let strict = text.len() == 10 && text.is_ascii();
        let parsed = strict
            .then(|| text.parse::<jiff::civil::Date>().ok())
            .flatten();
        parsed.map(Self).ok_or_else(malformed_date)
    }
}

fn malformed_date() -> Error {
    Error::new(
        Kind::Invalid,
        "date.malformed",
        "a date is written YYYY-MM-DD, such as 2026-11-22",
    )
}

impl fmt::Display for Instant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let stamp = jiff::Timestamp::from_microsecond(self.0).unwrap_or_default();
        write!(f, "{stamp}")
    }
}

impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

impl fmt::Debug for Instant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl fmt::Debug for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl fmt::Debug for Span {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}s", self.whole_seconds())
    }
}

impl Serialize for Instant {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl Serialize for Date {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl Serialize for Span {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_i64(self.whole_seconds())
    }
}

/// An instant arrives as RFC 3339 text (JSON) or as microseconds (a database column).
impl<'de> Deserialize<'de> for Instant {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visitor;
        impl serde::de::Visitor<'_> for Visitor {
            type Value = Instant;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an RFC 3339 time with its offset")
            }
            fn visit_i64<E: serde::de::Error>(self, micros: i64) -> Result<Instant, E> {
                Ok(Instant(micros))
            }
            fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Instant, E> {
                text.parse()
                    .map_err(|error: Error| E::custom(error.detail()))
            }
        }
        deserializer.deserialize_any(Visitor)
    }
}

impl<'de> Deserialize<'de> for Date {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse()
            .map_err(|error: Error| serde::de::Error::custom(error.detail()))
    }
}

impl<'de> Deserialize<'de> for Span {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        i64::deserialize(deserializer).map(Self::seconds)
    }
}

fn text_schema(format: &str) -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
    use utoipa::openapi::schema::{ObjectBuilder, SchemaFormat, Type};
    ObjectBuilder::new()
        .schema_type(Type::String)
        .format(Some(SchemaFormat::Custom(format.into())))
        .into()
}

impl utoipa::PartialSchema for Instant {
    fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
        text_schema("date-time")
    }
}
impl utoipa::ToSchema for Instant {}

impl utoipa::PartialSchema for Date {
    fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
        text_schema("date")
    }
}
impl utoipa::ToSchema for Date {}

impl utoipa::PartialSchema for Span {
    fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
        use utoipa::openapi::schema::{ObjectBuilder, Type};
        ObjectBuilder::new()
            .schema_type(Type::Integer)
            .description(Some("seconds"))
            .into()
    }
}
impl utoipa::ToSchema for Span {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn local_dates_turn_at_local_midnight() {
        let before: Instant = "2026-11-22T15:59:59Z".parse().unwrap();
        assert_eq!(before.date().to_string(), "2026-11-22");
        assert_eq!((before + Span::seconds(1)).date().to_string(), "2026-11-23");
        assert_eq!(
            before.date().plus_days(1).start(),
            before + Span::seconds(1)
        );
        assert_eq!(before.local_minutes(), "2026-11-22 23:59");
    }

    #[test]
    fn a_date_is_strict() {
        for wrong in [
            "2026-2-3",
            "2026-02-30",
            "20260203",
            "2026/02/03",
            "２０２６-02-03",
            "",
        ] {
            assert!(wrong.parse::<Date>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn age_counts_completed_years() {
        let birth: Date = "1980-06-15".parse().unwrap();
        assert_eq!(birth.age_on("2026-06-14".parse().unwrap()), 45);
        assert_eq!(birth.age_on("2026-06-15".parse().unwrap()), 46);
    }

    #[test]
    fn json_round_trips() {
        let at: Instant = "2026-11-22T14:05:00.123456+08:00".parse().unwrap();
        let json = serde_json::to_string(&at).unwrap();
        assert_eq!(json, "\"2026-11-22T06:05:00.123456Z\"");
        assert_eq!(serde_json::from_str::<Instant>(&json).unwrap(), at);
    }
}

//! Dates, times and moments of any precision, as FHIR and FHIRPath write them.

use std::cmp::Ordering;

/// A date without a zone lies here: every member of the consortium works at UTC+8.
const LOCAL_ZONE_MINUTES: i16 = 480;
const MICROS_PER_SECOND: i64 = 1_000_000;
const MICROS_PER_MINUTE: i64 = 60 * MICROS_PER_SECOND;
const MICROS_PER_DAY: i64 = 24 * 60 * MICROS_PER_MINUTE;

/// How much of a moment is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[expect(missing_docs, reason = "the names say it")]
pub enum Precision {
    Year,
    Month,
    Day,
    Hour,
    Minute,
    Second,
    /// Fractions of a second were written.
    Fraction,
}

/// Whether something is a date, a moment or a time of day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names say it")]
pub enum TemporalKind {
    Date,
    DateTime,
    Time,
}

/// A date, moment or time of day of any precision.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names of parts of a date say it")]
pub struct Temporal {
    pub kind: TemporalKind,
    pub year: i16,
    pub month: u8,
    pub day: u8,
    pub hour: u8,
    pub minute: u8,
    pub second: u8,
    pub micros: u32,
    pub precision: Precision,
    /// Digits of the fraction, for writing it again.
    pub fraction_digits: u8,
    pub zone_minutes: Option<i16>,
}

impl Temporal {
    /// Reads `2024`, `2024-02`, `2024-02-29` and, behind `T`, hours to fractions with or without
    /// a zone. Days that do not exist are refused. A trailing `T` makes a date a moment.
    pub fn parse(text: &str) -> Option<Self> {
        let (date, time) = match text.split_once('T') {
            Some((date, time)) => (date, Some(time)),
            None => (text, None),
        };
        let mut parts = date.split('-');
        let mut value = Self {
            kind: TemporalKind::Date,
            year: digits(parts.next()?, 4)?.try_into().ok()?,
            month: 1,
            day: 1,
            hour: 0,
            minute: 0,
            second: 0,
            micros: 0,
            precision: Precision::Year,
            fraction_digits: 0,
            zone_minutes: None,
        };
        if let Some(month) = parts.next() {
            value.month = digits(month, 2)?.try_into().ok()?;
            value.precision = Precision::Month;
        }
        if let Some(day) = parts.next() {
            value.day = digits(day, 2)?.try_into().ok()?;
            value.precision = Precision::Day;
        }
        let exists = value.year > 0
            && (1..=12).contains(&value.month)
            && (1..=days_in_month(value.year, value.month)).contains(&value.day);
        if parts.next().is_some() || !exists {
            return None;
        }
        if let Some(time) = time {
            value.kind = TemporalKind::DateTime;
            if !time.is_empty() {
                (value.precision == Precision::Day).then_some(())?;
                value.set_time(time)?;
            }
        }
        Some(value)
    }

    /// Reads a time of day, `14:30`, `14:30:05.25`.
    pub fn parse_time(text: &str) -> Option<Self> {
        let mut value = Self::parse("0001-01-01")?;
        value.set_time(text)?;
        value.kind = TemporalKind::Time;
        value.zone_minutes.is_none().then_some(value)
    }

    fn set_time(&mut self, text: &str) -> Option<()> {
        let zone_at = text.find(['Z', '+', '-']).unwrap_or(text.len());
        let (time, zone) = text.split_at(zone_at);
        self.zone_minutes = match zone {
            "" => None,
            "Z" => Some(0),
            _ => Some(zone_minutes(zone)?),
        };
        let mut parts = time.split(':');
        self.hour = digits(parts.next()?, 2)?.try_into().ok()?;
        self.precision = Precision::Hour;
        if let Some(minute) = parts.next() {
            self.minute = digits(minute, 2)?.try_into().ok()?;
            self.precision = Precision::Minute;
        }
        if let Some(second) = parts.next() {
            let (whole, fraction) = second.split_once('.').unwrap_or((second, "-"));
            self.second = digits(whole, 2)?.try_into().ok()?;
            self.precision = Precision::Second;
            if fraction != "-" {
                self.set_fraction(fraction)?;
            }
        }
        let fits = self.hour < 24 && self.minute < 60 && self.second <= 60;
        (fits && parts.next().is_none()).then_some(())
    }

    fn set_fraction(&mut self, fraction: &str) -> Option<()> {
        let all_digits = fraction.bytes().all(|digit| digit.is_ascii_digit());
        if fraction.is_empty() || !all_digits {
            return None;
        }
        let six: String = fraction.chars().chain("000000".chars()).take(6).collect();
        self.micros = six.parse().ok()?;
        self.fraction_digits = fraction.len().min(9).try_into().ok()?;
        self.precision = Precision::Fraction;
        Some(())
    }

    /// The time it covers as `[low, high)` in microseconds since 1970 UTC.
    pub fn range(&self) -> (i64, i64) {
        let low = self.start();
        let high = match self.precision {
            Precision::Year => self.with_month(i32::from(self.month) + 12).start(),
            Precision::Month => self.with_month(i32::from(self.month) + 1).start(),
            Precision::Day => low + MICROS_PER_DAY,
            Precision::Hour => low + 60 * MICROS_PER_MINUTE,
            Precision::Minute => low + MICROS_PER_MINUTE,
            Precision::Second => low + MICROS_PER_SECOND,
            Precision::Fraction => {
                let digits = u32::from(self.fraction_digits.min(6));
                low + 10_i64.pow(6 - digits)
            }
        };
        (low, high)
    }

    /// Its first microsecond since 1970 UTC.
    pub fn start(&self) -> i64 {
        let zone = i64::from(self.zone_minutes.unwrap_or(LOCAL_ZONE_MINUTES));
        let minutes = i64::from(self.hour) * 60 + i64::from(self.minute) - zone;
        days_since_1970(self.year, self.month, self.day) * MICROS_PER_DAY
            + minutes * MICROS_PER_MINUTE
            + i64::from(self.second) * MICROS_PER_SECOND
            + i64::from(self.micros)
    }

    /// The same day in the month that lies `month - 1` months after January; short months cut it.
    pub(crate) fn with_month(self, month: i32) -> Self {
        let months = i32::from(self.year) * 12 + month - 1;
        let year = i16::try_from(months.div_euclid(12)).unwrap_or(self.year);
        let month = u8::try_from(months.rem_euclid(12) + 1).unwrap_or(1);
        let day = self.day.min(days_in_month(year, month));
        Self {
            year,
            month,
            day,
            ..self
        }
    }

    /// Which comes first, as FHIRPath tells it: `None` when precision or zone leaves it open.
    pub fn compare(&self, other: &Self) -> Option<Ordering> {
        let comparable = (self.kind == TemporalKind::Time) == (other.kind == TemporalKind::Time);
        if !comparable {
            return None;
        }
        let timed =
            |value: &Self| value.kind == TemporalKind::DateTime && value.precision > Precision::Day;
        let (left, right) = match (self.zone_minutes, other.zone_minutes) {
            (Some(_), Some(_)) => (self.in_utc(), other.in_utc()),
            (None, None) => (*self, *other),
            _ if timed(self) && timed(other) => return None,
            _ => (*self, *other),
        };
        for (precision, (a, b)) in PARTS
            .iter()
            .zip(left.parts().into_iter().zip(right.parts()))
        {
            let (known_left, known_right) =
                (left.precision >= *precision, right.precision >= *precision);
            match (known_left, known_right) {
                (true, true) if a != b => return Some(a.cmp(&b)),
                (true, true) => {}
                (false, false) => return Some(Ordering::Equal),
                _ => return None,
            }
        }
        Some(Ordering::Equal)
    }

    fn parts(&self) -> [i64; 6] {
        let fine = i64::from(self.second) * MICROS_PER_SECOND + i64::from(self.micros);
        [
            self.year.into(),
            self.month.into(),
            self.day.into(),
            self.hour.into(),
            self.minute.into(),
            fine,
        ]
    }

    fn in_utc(&self) -> Self {
        if self.precision < Precision::Hour {
            return *self;
        }
        let moved = self.at_micros(self.start());
        Self {
            zone_minutes: Some(0),
            ..moved
        }
    }

    /// The same kind and precision at another moment (UTC).
    fn at_micros(self, micros: i64) -> Self {
        let days = micros.div_euclid(MICROS_PER_DAY);
        let rest = micros.rem_euclid(MICROS_PER_DAY);
        let (year, month, day) = civil_from_days(days);
        let part = |unit: i64, modulus: i64| u8::try_from(rest / unit % modulus).unwrap_or(0);
        Self {
            year,
            month,
            day,
            hour: part(60 * MICROS_PER_MINUTE, 24),
            minute: part(MICROS_PER_MINUTE, 60),
            second: part(MICROS_PER_SECOND, 60),
            micros: u32::try_from(rest % MICROS_PER_SECOND).unwrap_or(0),
            ..self
        }
    }

    /// Moved by microseconds; zone and precision stay.
    pub(crate) fn plus_micros(self, micros: i64) -> Option<Self> {
        let zone = i64::from(self.zone_minutes.unwrap_or(LOCAL_ZONE_MINUTES)) * MICROS_PER_MINUTE;
        let local = self.start().checked_add(zone)?.checked_add(micros)?;
        let in_range = (-62_135_596_800_000_000..253_402_300_800_000_000).contains(&local);
        in_range.then(|| self.at_micros(local))
    }
}

/// The parts that [`Temporal::compare`] looks at, coarse to fine; seconds with their fraction.
const PARTS: [Precision; 6] = [
    Precision::Year,
    Precision::Month,
    Precision::Day,
    Precision::Hour,
    Precision::Minute,
    Precision::Second,
];

fn digits(text: &str, length: usize) -> Option<u16> {
    let fits = text.len() == length && text.bytes().all(|byte| byte.is_ascii_digit());
    fits.then(|| text.parse().ok()).flatten()
}

fn zone_minutes(zone: &str) -> Option<i16> {
    let (hours, minutes) = zone.get(1..)?.split_once(':')?;
    let (hours, minutes) = (digits(hours, 2)?, digits(minutes, 2)?);
    let total = i16::try_from(hours * 60 + minutes).ok()?;
    let fits = total <= 14 * 60 && minutes < 60;
    fits.then_some(if zone.starts_with('-') { -total } else { total })
}

fn days_in_month(year: i16, month: u8) -> u8 {
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    match month {
        2 if leap => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// Days from 1970-01-01, in the Gregorian calendar; eras of 400 years keep it exact.
fn days_since_1970(year: i16, month: u8, day: u8) -> i64 {
    let year = i64::from(year) - i64::from(month <= 2);
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let day_of_year = (153 * ((i64::from(month) + 9) % 12) + 2) / 5 + i64::from(day) - 1;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    era * 146_097 + day_of_era - 719_468
}

fn civil_from_days(days: i64) -> (i16, u8, u8) {
    let days = days + 719_468;
    let era = days.div_euclid(146_097);
    let day_of_era = days.rem_euclid(146_097);
    let year_of_era =
        (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * shifted + 2) / 5 + 1;
    let month = if shifted < 10 {
        shifted + 3
    } else {
        shifted - 9
    };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    (
        i16::try_from(year).unwrap_or(i16::MAX),
        u8::try_from(month).unwrap_or(1),
        u8::try_from(day).unwrap_or(1),
    )
}

impl std::fmt::Display for Temporal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if self.kind != TemporalKind::Time {
            write!(f, "{:04}", self.year)?;
            if self.precision >= Precision::Month {
                write!(f, "-{:02}", self.month)?;
            }
            if self.precision >= Precision::Day {
                write!(f, "-{:02}", self.day)?;
            }
            if self.precision >= Precision::Hour {
                f.write_str("T")?;
            }
        }
        if self.precision >= Precision::Hour {
            write!(f, "{:02}", self.hour)?;
        }
        if self.precision >= Precision::Minute {
            write!(f, ":{:02}", self.minute)?;
        }
        if self.precision >= Precision::Second {
            write!(f, ":{:02}", self.second)?;
        }
        if self.precision >= Precision::Fraction {
            let micros = format!("{:06}", self.micros);
            write!(
                f,
                ".{}",
                &micros[..usize::from(self.fraction_digits.min(6))]
            )?;
        }
        match self.zone_minutes {
            Some(0) => f.write_str("Z"),
            Some(zone) => {
                let sign = if zone < 0 { '-' } else { '+' };
                write!(f, "{sign}{:02}:{:02}", zone.abs() / 60, zone.abs() % 60)
            }
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_days_that_exist() {
        for text in [
            "2024",
            "2024-02",
            "2024-02-29",
            "2024-02-29T10:00:00.250+08:00",
            "2024T",
        ] {
            assert!(Temporal::parse(text).is_some(), "{text}");
        }
        for text in [
            "2026-02-30",
            "2023-02-29",
            "24-01-01",
            "2024-13",
            "2024-1",
            "2024-02T10:00",
            "2024-01-01T25:00:00Z",
            "2024-01-01T10:00:00+15:00",
            "0000",
            "",
        ] {
            assert!(Temporal::parse(text).is_none(), "{text}");
        }
    }

    #[test]
    fn ranges_follow_precision() {
        let hour = 3_600_000_000;
        let range = |text| Temporal::parse(text).unwrap().range();
        assert_eq!(range("1970-01-01"), (-8 * hour, 16 * hour));
        assert_eq!(range("1970-01-01T08:00:00+08:00"), (0, 1_000_000));
        assert_eq!(range("1970-01-01T00:00:00.5Z"), (500_000, 600_000));
        assert_eq!(range("1971").0, 365 * 24 * hour - 8 * hour);
        assert_eq!(range("1972-02").1 - range("1972-02").0, 29 * 24 * hour);
    }

    #[test]
    fn what_is_written_comes_back() {
        for text in [
            "2024",
            "2024-02",
            "2024-02-29",
            "2024-02-29T10:00:00.250+08:00",
            "2024-02-29T10:00:00Z",
        ] {
            assert_eq!(Temporal::parse(text).unwrap().to_string(), text);
        }
    }

    #[test]
    fn comparison_knows_what_it_does_not_know() {
        let compare = |a, b| {
            Temporal::parse(a)
                .unwrap()
                .compare(&Temporal::parse(b).unwrap())
        };
        assert_eq!(compare("2024", "2023-05"), Some(Ordering::Greater));
        assert_eq!(compare("2024", "2024-05"), None);
        assert_eq!(
            compare("2024-01-01T08:00:00+08:00", "2024-01-01T00:00:00.0Z"),
            Some(Ordering::Equal)
        );
    }
}

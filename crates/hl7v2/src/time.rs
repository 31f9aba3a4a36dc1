//! Times as HL7 writes them: `YYYY[MM[DD[HH[MM[SS[.SSSS]]]]]][+/-ZZZZ]`.

use kernel::{Date, Instant};

const MICROS_PER_MINUTE: i64 = 60_000_000;
/// China keeps one time zone.
const LOCAL_MINUTES: i64 = 8 * 60;

/// How much of a time is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Precision {
    /// The year.
    Year,
    /// The month.
    Month,
    /// The day.
    Day,
    /// Minutes and more; an hour alone is taken as its first minute.
    Minute,
    /// Seconds and more.
    Second,
}

/// A time with what is known of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Timestamp {
    /// How much is known.
    pub precision: Precision,
    /// The day; the first one where less is known.
    pub date: Date,
    /// Hour, minute, second.
    pub clock: (u8, u8, u8),
    /// Microseconds.
    pub micros: u32,
    /// Minutes ahead of UTC.
    pub offset_minutes: i64,
}

impl Timestamp {
    /// Reads a time; one without a zone is in `usual_minutes`.
    pub fn parse(text: &str, usual_minutes: Option<i64>) -> Option<Self> {
        let sign = text.find(['+', '-']);
        let (local, zone) = text.split_at(sign.unwrap_or(text.len()));
        let offset_minutes = match zone.len() {
            0 => usual_minutes.unwrap_or(LOCAL_MINUTES),
            5 => {
                let (hours, minutes) = (digits(zone.get(1..3)?)?, digits(zone.get(3..5)?)?);
                let ahead = i64::from(hours * 60 + minutes);
                if hours > 14 || minutes > 59 {
                    return None;
                }
                if zone.starts_with('-') { -ahead } else { ahead }
            }
            _ => return None,
        };
        let (whole, fraction) = local.split_once('.').unwrap_or((local, ""));
        let part = |from: usize, to: usize| match whole.get(from..to) {
            Some(part) => digits(part).map(Some),
            None => Some(None),
        };
        let precision = match whole.len() {
            4 => Precision::Year,
            6 => Precision::Month,
            8 => Precision::Day,
            10 | 12 => Precision::Minute,
            14 => Precision::Second,
            _ => return None,
        };
        let year = i16::try_from(part(0, 4)??).ok()?;
        let small = |value: Option<u32>| u8::try_from(value.unwrap_or(0)).ok();
        let month = i8::try_from(part(4, 6)?.unwrap_or(1)).ok()?;
        let day = i8::try_from(part(6, 8)?.unwrap_or(1)).ok()?;
        let clock = (
            small(part(8, 10)?)?,
            small(part(10, 12)?)?,
            small(part(12, 14)?)?,
        );
        let fine = clock.0 < 24 && clock.1 < 60 && clock.2 < 60;
        let micros = read_fraction(fraction)?;
        if !fine || (!fraction.is_empty() && precision != Precision::Second) {
            return None;
        }
        Some(Self {
            precision,
            date: Date::new(year, month, day).ok()?,
            clock,
            micros,
            offset_minutes,
        })
    }

    /// The moment; the first one of what is known.
    pub fn instant(&self) -> Instant {
        let minute = self.date.at(self.clock.0, self.clock.1).micros();
        let within = i64::from(self.clock.2) * 1_000_000 + i64::from(self.micros);
        let shift = (LOCAL_MINUTES - self.offset_minutes) * MICROS_PER_MINUTE;
        Instant::from_micros(minute + within + shift)
    }

    /// As FHIR writes a dateTime: no more than is known.
    pub fn fhir(&self) -> String {
        let day = self.date.to_string();
        match self.precision {
            Precision::Year => day[..day.len() - 6].to_owned(),
            Precision::Month => day[..day.len() - 3].to_owned(),
            Precision::Day => day,
            Precision::Minute | Precision::Second => {
                let (hour, minute, second) = self.clock;
                let ahead = self.offset_minutes.abs();
                let sign = if self.offset_minutes < 0 { '-' } else { '+' };
                let fraction = match self.micros {
                    0 => String::new(),
                    micros => format!(".{micros:06}").trim_end_matches('0').to_owned(),
                };
                format!(
                    "{day}T{hour:02}:{minute:02}:{second:02}{fraction}{sign}{:02}:{:02}",
                    ahead / 60,
                    ahead % 60
                )
            }
        }
    }
}

fn digits(text: &str) -> Option<u32> {
    let all = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    if all { text.parse().ok() } else { None }
}

fn read_fraction(text: &str) -> Option<u32> {
    if text.is_empty() {
        return Some(0);
    }
    let read = digits(text).filter(|_| text.len() <= 6)?;
    let missing = u32::try_from(6 - text.len()).ok()?;
    read.checked_mul(10_u32.pow(missing))
}

/// A date, or a moment with its zone, as HL7 writes what FHIR writes `2026-11-22T08:00:00+08:00`.
pub fn of_fhir(text: &str) -> String {
    let (date, clock) = text.split_once('T').unwrap_or((text, ""));
    let mut written: String = date.chars().filter(char::is_ascii_digit).collect();
    let zone_at = clock.find(['Z', '+', '-']).unwrap_or(clock.len());
    let (time, zone) = clock.split_at(zone_at);
    // HL7 knows four digits of a fraction.
    let (whole, fraction) = time.split_once('.').unwrap_or((time, ""));
    written.extend(whole.chars().filter(char::is_ascii_digit));
    if !fraction.is_empty() {
        written.push('.');
        written.extend(fraction.chars().take(4));
    }
    match zone {
        "Z" => written.push_str("+0000"),
        zone => written.extend(zone.chars().filter(|c| *c != ':')),
    }
    written
}

/// A moment in local time, to the second: `20261122080000+0800`.
pub fn compact(at: Instant) -> String {
    let local = at.local_minutes();
    let digits: String = local.chars().filter(char::is_ascii_digit).collect();
    let second = at.micros().div_euclid(1_000_000).rem_euclid(60);
    format!("{digits}{second:02}+0800")
}

//! Times of HL7 version 3: `20261122`, `20261122143005+0800`.

use std::fmt;

/// A time as precise as it was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Time {
    /// `YYYY`, `YYYYMM`, … `YYYYMMDDHHMMSS`; fractions of a second are left out.
    digits: String,
    /// Minutes east of Greenwich, where it was written.
    offset_minutes: Option<i32>,
}

impl Time {
    /// Reads a time that a calendar and a clock have.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let zone = text.find(['+', '-']);
        let (rest, zone) = text.split_at(zone.unwrap_or(text.len()));
        let digits = rest.split_once('.').map_or(rest, |(whole, _)| whole);
        let fraction = rest.get(digits.len()..).unwrap_or("");
        let plain = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
        let fine = matches!(digits.len(), 4 | 6 | 8 | 10 | 12 | 14)
            && plain(digits)
            && plain(fraction.trim_start_matches('.'))
            && (fraction.is_empty() || digits.len() == 14);
        if !fine {
            return None;
        }
        let time = Self {
            digits: digits.to_owned(),
            offset_minutes: offset(zone)?,
        };
        time.exists().then_some(time)
    }

    fn part(&self, from: usize, length: usize) -> Option<u32> {
        self.digits.get(from..from + length)?.parse().ok()
    }

    fn exists(&self) -> bool {
        let within = |from: usize, least: u32, most: u32| {
            self.part(from, 2)
                .is_none_or(|value| (least..=most).contains(&value))
        };
        let year = self.part(0, 4).unwrap_or(0);
        let leap =
            year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
        let days = match self.part(4, 2) {
            Some(2) if leap => 29,
            Some(2) => 28,
            Some(4 | 6 | 9 | 11) => 30,
            _ => 31,
        };
        year > 0
            && within(4, 1, 12)
            && within(6, 1, days)
            && within(8, 0, 23)
            && within(10, 0, 59)
            && within(12, 0, 59)
    }

    /// As it is written in a document.
    pub fn text(&self) -> String {
        match self.offset_minutes {
            None => self.digits.clone(),
            Some(minutes) => {
                let (sign, minutes) = (if minutes < 0 { '-' } else { '+' }, minutes.abs());
                format!(
                    "{}{sign}{:02}{:02}",
                    self.digits,
                    minutes / 60,
                    minutes % 60
                )
            }
        }
    }

    /// The day, `YYYY-MM-DD`, where it is written that precisely.
    pub fn day(&self) -> Option<String> {
        let at = |from: usize, to: usize| self.digits.get(from..to);
        Some(format!("{}-{}-{}", at(0, 4)?, at(4, 6)?, at(6, 8)?))
    }

    /// The instant as RFC 3339 writes it: what is not written is the first there is, and the zone is
    /// `default_offset` (`+08:00`) where none is told.
    pub fn instant(&self, default_offset: &str) -> String {
        let digits = format!("{:0<14}", self.digits);
        let at = |from: usize, to: usize| digits.get(from..to).unwrap_or("00");
        let first = |text: &str| {
            if text == "00" {
                "01".to_owned()
            } else {
                text.to_owned()
            }
        };
        let zone = match self.offset_minutes {
            None => default_offset.to_owned(),
            Some(minutes) => {
                let (sign, minutes) = (if minutes < 0 { '-' } else { '+' }, minutes.abs());
                format!("{sign}{:02}:{:02}", minutes / 60, minutes % 60)
            }
        };
        format!(
            "{}-{}-{}T{}:{}:{}{zone}",
            at(0, 4),
            first(at(4, 6)),
            first(at(6, 8)),
            at(8, 10),
            at(10, 12),
            at(12, 14)
        )
    }
}

fn offset(zone: &str) -> Option<Option<i32>> {
    if zone.is_empty() {
        return Some(None);
    }
    let digits = zone.get(1..)?;
    if digits.len() != 4 || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let (hours, minutes): (i32, i32) = (digits[..2].parse().ok()?, digits[2..].parse().ok()?);
    if hours > 14 || minutes > 59 {
        return None;
    }
    let total = hours * 60 + minutes;
    Some(Some(if zone.starts_with('-') { -total } else { total }))
}

impl fmt::Display for Time {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text())
    }
}

#[cfg(test)]
mod tests {
    use super::Time;

    #[test]
    fn times_are_read_as_precisely_as_they_are_written() {
        for (text, instant) in [
            ("20261122", "2026-11-22T00:00:00+08:00"),
            ("202611", "2026-11-01T00:00:00+08:00"),
            ("2026", "2026-01-01T00:00:00+08:00"),
            ("202611221430", "2026-11-22T14:30:00+08:00"),
            ("20261122143005.123+0000", "2026-11-22T14:30:05+00:00"),
            ("20240229", "2024-02-29T00:00:00+08:00"),
        ] {
            let time = Time::parse(text).expect(text);
            assert_eq!(time.instant("+08:00"), instant);
            assert_eq!(Time::parse(&time.text()), Some(time));
        }
        for text in [
            "",
            "20260230",
            "20261301",
            "2026112",
            "20261122T10",
            "2026112225",
            "20261122+08:00",
            "20261122+9900",
            "20261122.5",
            "２０２６",
        ] {
            assert_eq!(Time::parse(text), None, "{text}");
        }
    }
}

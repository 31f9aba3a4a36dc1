//! Opening hours and gaps of a device. Pure.

use std::collections::BTreeSet;

use kernel::{Date, Error, Instant, Result, Span};

use super::{CELL_MINUTES, OpeningHours};
use crate::model::Channel;

/// Length of a cell in microseconds.
pub(crate) const CELL_MICROS: i64 = CELL_MINUTES * 60 * 1_000_000;

/// The grid moment at or before.
pub(crate) fn floor(at: Instant) -> Instant {
    Instant::from_micros(at.micros().div_euclid(CELL_MICROS) * CELL_MICROS)
}

/// The grid moment at or after.
pub(crate) fn ceiling(at: Instant) -> Instant {
    let floor = floor(at);
    if floor == at {
        at
    } else {
        floor + Span::minutes(CELL_MINUTES)
    }
}

/// Minutes rounded up to whole cells.
pub(crate) fn whole_cells(minutes: i64) -> i64 {
    (minutes + CELL_MINUTES - 1).div_euclid(CELL_MINUTES) * CELL_MINUTES
}

/// A stretch of open time of one day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Stretch {
    pub start: Instant,
    pub end: Instant,
    pub channel: Channel,
}

/// The open stretches of a day, earliest first.
pub(crate) fn stretches(hours: &[OpeningHours], date: Date) -> Vec<Stretch> {
    let weekday = date.weekday();
    let mut stretches: Vec<Stretch> = hours
        .iter()
        .filter(|one| one.weekdays.contains(&weekday))
        .filter_map(|one| {
            let start = crate::text::day_minutes("hours", &one.start).ok()?;
            let end = crate::text::day_minutes("hours", &one.end).ok()?;
            Some(Stretch {
                start: date.start() + Span::minutes(start),
                end: date.start() + Span::minutes(end),
                channel: one.channel,
            })
        })
        .collect();
    stretches.sort_by_key(|stretch| (stretch.start, stretch.end));
    stretches
}

/// Which reserve a cell lies in: of several stretches that cover it, the most open one counts.
/// `None` when the device is closed then.
pub(crate) fn channel_at(hours: &[OpeningHours], at: Instant) -> Option<Channel> {
    stretches(hours, at.date())
        .into_iter()
        .filter(|stretch| stretch.start <= at && at < stretch.end)
        .map(|stretch| stretch.channel)
        .min()
}

/// The most reserved channel that the time from `start` for `minutes` touches.
///
/// # Errors
/// `resources.equipment-closed` when part of it lies outside the opening hours.
pub(crate) fn require_open(
    hours: &[OpeningHours],
    start: Instant,
    minutes: i64,
) -> Result<Channel> {
    let mut at = start;
    let end = start + Span::minutes(minutes);
    let mut widest = Channel::Routine;
    while at < end {
        let Some(channel) = channel_at(hours, at) else {
            let detail =
                "the device is closed during part of this time; choose a time within its hours";
            return Err(Error::rule("resources.equipment-closed", detail).at("start"));
        };
        widest = widest.max(channel);
        at = at + Span::minutes(CELL_MINUTES);
    }
    Ok(widest)
}

/// What a gap is looked for with.
pub(crate) struct Wanted {
    pub from: Instant,
    pub to: Instant,
    pub minutes: i64,
    pub limit: usize,
}

/// Starts at which the device is open and free for so long, earliest first and not overlapping
/// each other; `may_use` says whether so reserved a time is open to the one who asks. A reserve opens
/// some time before, so what is not open at one moment of a stretch is not open later in it.
pub(crate) fn gaps(
    hours: &[OpeningHours],
    taken: &BTreeSet<i64>,
    wanted: &Wanted,
    may_use: impl Fn(Channel, Instant) -> bool,
) -> Vec<(Instant, Channel)> {
    let cells = whole_cells(wanted.minutes) / CELL_MINUTES;
    let mut found = Vec::new();
    let mut date = wanted.from.date();
    while date.start() < wanted.to && found.len() < wanted.limit {
        for stretch in stretches(hours, date) {
            let mut start = ceiling(stretch.start.max(wanted.from));
            let last = stretch.end.min(wanted.to);
            while found.len() < wanted.limit && start + Span::minutes(cells * CELL_MINUTES) <= last
            {
                match last_taken(taken, start, cells) {
                    // No shorter step can be free: this cell blocks them all.
                    Some(cell) => start = Instant::from_micros(cell + CELL_MICROS),
                    None if !may_use(stretch.channel, start) => break,
                    None => {
                        found.push((start, stretch.channel));
                        start = start + Span::minutes(cells * CELL_MINUTES);
                    }
                }
            }
        }
        date = date.plus_days(1);
    }
    found.sort_unstable();
    found.dedup_by_key(|(start, _)| *start);
    found
}

/// The last taken cell among so many from `start`.
fn last_taken(taken: &BTreeSet<i64>, start: Instant, cells: i64) -> Option<i64> {
    let end = start.micros() + cells * CELL_MICROS;
    taken.range(start.micros()..end).next_back().copied()
}

/// Minutes the hours are open between two moments.
pub(crate) fn open_minutes(hours: &[OpeningHours], from: Instant, to: Instant) -> i64 {
    let mut cells = BTreeSet::new();
    let mut date = from.date();
    while date.start() < to {
        for stretch in stretches(hours, date) {
            let mut at = stretch.start.max(ceiling(from));
            while at < stretch.end.min(to) {
                cells.insert(at.micros());
                at = at + Span::minutes(CELL_MINUTES);
            }
        }
        date = date.plus_days(1);
    }
    i64::try_from(cells.len()).unwrap_or(0) * CELL_MINUTES
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn hours(start: &str, end: &str, channel: Channel) -> OpeningHours {
        OpeningHours {
            weekdays: vec![1],
            start: start.to_owned(),
            end: end.to_owned(),
            channel,
        }
    }

    fn monday() -> Date {
        "2026-11-23".parse().unwrap()
    }

    #[test]
    fn time_outside_the_hours_is_closed() {
        let hours = [
            hours("08:00", "12:00", Channel::Routine),
            hours("12:00", "13:00", Channel::Green),
        ];
        assert_eq!(
            require_open(&hours, monday().at(11, 0), 60).unwrap(),
            Channel::Routine
        );
        assert_eq!(
            require_open(&hours, monday().at(11, 30), 60).unwrap(),
            Channel::Green
        );
        let refused = require_open(&hours, monday().at(12, 30), 40).unwrap_err();
        assert_eq!(refused.code(), "resources.equipment-closed");
        assert!(require_open(&hours, monday().plus_days(1).at(9, 0), 10).is_err());
        assert_eq!(
            open_minutes(&hours, monday().start(), monday().plus_days(7).start()),
            300
        );
    }

    #[test]
    fn gaps_step_over_what_is_taken() {
        let hours = [hours("08:00", "09:00", Channel::Routine)];
        let taken = BTreeSet::from([monday().at(8, 10).micros(), monday().at(8, 15).micros()]);
        let wanted = Wanted {
            from: monday().at(7, 58),
            to: monday().at(23, 0),
            minutes: 12,
            limit: 9,
        };
        let starts: Vec<String> = gaps(&hours, &taken, &wanted, |_, _| true)
            .iter()
            .map(|(at, _)| at.local_minutes())
            .collect();
        assert_eq!(starts, ["2026-11-23 08:20", "2026-11-23 08:35"]);
    }

    proptest! {
        /// The quick search finds what looking at every grid moment finds.
        #[test]
        fn gaps_equal_brute_force(
            taken in prop::collection::btree_set(0_i64..48, 0..30),
            minutes in 1_i64..60,
            offset in 0_i64..30,
        ) {
            let hours = [hours("08:00", "10:00", Channel::Routine), hours("10:30", "12:00", Channel::Routine)];
            let start = monday().at(8, 0);
            let taken: BTreeSet<i64> =
                taken.iter().map(|cell| start.micros() + cell * CELL_MICROS).collect();
            let from = start + Span::minutes(offset);
            let wanted = Wanted { from, to: monday().at(23, 0), minutes, limit: 100 };
            let quick: Vec<Instant> =
                gaps(&hours, &taken, &wanted, |_, _| true).into_iter().map(|gap| gap.0).collect();
            let mut brute = Vec::new();
            let mut at = ceiling(from);
            while at < monday().at(12, 0) {
                let length = whole_cells(minutes);
                let is_open = require_open(&hours, at, length).is_ok();
                let free = (0..length / CELL_MINUTES)
                    .all(|cell| !taken.contains(&(at.micros() + cell * CELL_MICROS)));
                if is_open && free {
                    brute.push(at);
                    at = at + Span::minutes(length);
                } else {
                    at = at + Span::minutes(CELL_MINUTES);
                }
            }
            prop_assert_eq!(quick, brute);
        }
    }
}

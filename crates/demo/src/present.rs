//! The last hours before the curtain: whatever the time of day, every list has something that waits.

use kernel::{Instant, Span};
use referral::Kind;

use crate::play::{Play, Task};
use crate::play_case::{Fate, Stage};
use crate::play_open::Wish;

/// A wish of the last hours: minutes before the present, kind, from where, fate, left before.
type Late = (i64, Kind, &'static str, Fate, Option<Stage>);

const LATE: &[Late] = &[
    // Overdue: nobody has answered in two hours, and the duty chief has been told.
    (
        205,
        Kind::Up,
        "village-1-1",
        Fate::Completes,
        Some(Stage::Answer),
    ),
    (
        170,
        Kind::Up,
        "town-2",
        Fate::Completes,
        Some(Stage::Answer),
    ),
    (
        140,
        Kind::Exam,
        "community-2",
        Fate::Completes,
        Some(Stage::Answer),
    ),
    // Fresh.
    (
        55,
        Kind::Up,
        "village-2-3",
        Fate::Completes,
        Some(Stage::Answer),
    ),
    (42, Kind::Up, "town-1", Fate::Completes, Some(Stage::Answer)),
    (
        31,
        Kind::Exam,
        "community-1",
        Fate::Completes,
        Some(Stage::Answer),
    ),
    (
        24,
        Kind::Up,
        "village-3-2",
        Fate::Completes,
        Some(Stage::Answer),
    ),
    (
        15,
        Kind::Up,
        "community-1",
        Fate::Completes,
        Some(Stage::Answer),
    ),
    (
        9,
        Kind::Up,
        "village-1-1",
        Fate::Completes,
        Some(Stage::Answer),
    ),
    (5, Kind::Up, "town-4", Fate::Completes, Some(Stage::Answer)),
    // Questions for specialists.
    (
        600,
        Kind::Advice,
        "village-1-1",
        Fate::Completes,
        Some(Stage::Answer),
    ),
    (
        90,
        Kind::Advice,
        "community-1",
        Fate::Completes,
        Some(Stage::Answer),
    ),
    (
        35,
        Kind::Advice,
        "village-2-3",
        Fate::Completes,
        Some(Stage::Answer),
    ),
    // The green channel: in a bed's waiting, on the way, and a minute ago.
    (
        150,
        Kind::Emergency,
        "town-3",
        Fate::Completes,
        Some(Stage::Treat),
    ),
    (
        48,
        Kind::Emergency,
        "village-2-3",
        Fate::Completes,
        Some(Stage::Arrive),
    ),
    (
        4,
        Kind::Emergency,
        "town-1",
        Fate::Completes,
        Some(Stage::Answer),
    ),
    // Expected: places are held.
    (420, Kind::Up, "village-1-1", Fate::Completes, None),
    (380, Kind::Up, "town-1", Fate::Completes, None),
    (340, Kind::Exam, "community-1", Fate::Completes, None),
    (300, Kind::Up, "village-4-1", Fate::Completes, None),
    (260, Kind::Up, "community-1", Fate::Completes, None),
    // Home after a day, and back in hospital within hours.
    (2_900, Kind::Emergency, "town-2", Fate::Returns, None),
    (2_880, Kind::Emergency, "community-2", Fate::Returns, None),
    // Accepted, and admitted elsewhere before they came.
    (1_400, Kind::Up, "town-3", Fate::Elsewhere, None),
    (1_350, Kind::Up, "village-3-1", Fate::Elsewhere, None),
    // There, waiting for results.
    (
        2_600,
        Kind::Up,
        "village-1-1",
        Fate::Completes,
        Some(Stage::Return),
    ),
    (
        2_500,
        Kind::Exam,
        "community-1",
        Fate::Completes,
        Some(Stage::Return),
    ),
    (
        2_300,
        Kind::Up,
        "village-2-3",
        Fate::Completes,
        Some(Stage::Return),
    ),
    (
        1_700,
        Kind::Emergency,
        "town-1",
        Fate::Completes,
        Some(Stage::Treat),
    ),
];

/// Referrals down that wait for the community: minutes before the present, and for whom. The first has
/// waited for more than a day, and a reminder has gone out.
const DOWN: &[(i64, &str)] = &[
    (1_700, "village-1-1"),
    (560, "village-2-3"),
    (330, "town-1"),
    (190, "community-1"),
    (45, "village-1-1"),
];

/// Puts the last hours on the agenda.
pub(crate) fn plan(play: &mut Play) {
    let until: Instant = play.world.options.until;
    for (minutes, kind, from, fate, stop) in LATE {
        let at = until - Span::minutes(*minutes);
        if at > play.world.now() {
            let wish = Wish::Home {
                kind: *kind,
                from: Some(*from),
                fate: Some(*fate),
                stop: *stop,
            };
            play.at(at, Task::Wish(wish));
        }
    }
    for (minutes, to) in DOWN {
        let at = until - Span::minutes(*minutes);
        play.at(at, Task::Wish(Wish::DownWaiting { to }));
    }
    // Just before the end the clocks run once more, so that what is overdue says so.
    play.at(until - Span::minutes(1), Task::Background);
}

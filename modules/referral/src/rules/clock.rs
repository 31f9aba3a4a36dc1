//! Limits: how long a case may stand in a state, and what happens when the time is over.

use kernel::{Error, Instant, Result, Span};
use serde::{Deserialize, Serialize};

use super::{Facts, decide};
use crate::words::{Action, Kind, Priority, Role, Side, State};

/// The rule set `referral.clocks`.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Clocks {
    /// The first that fits holds.
    pub clocks: Vec<Clock>,
    /// A bed accepted without a time of arrival is held this long.
    pub bed_wait_minutes: i64,
    /// A hold outlives the no-show limit by this much, so that the limit decides first.
    pub hold_margin_minutes: i64,
    /// A bed stays held this long after arrival.
    pub arrived_bed_minutes: i64,
    /// Kinds that are accepted only with a place.
    pub place_needed: Vec<Kind>,
    /// Kinds of receiving organization that have places to hold; others accept without.
    pub place_needed_at: Vec<String>,
    /// Kinds that may take places reserved for the green channel, and pay no deposit.
    pub green_channel: Vec<Kind>,
}

/// One limit.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Clock {
    /// In this state.
    pub state: State,
    /// For this kind; any when absent.
    #[serde(default)]
    pub kind: Option<Kind>,
    /// For this priority; any when absent.
    #[serde(default)]
    pub priority: Option<Priority>,
    /// After this long; counted from the time of arrival agreed where there is one.
    pub minutes: i64,
    /// This happens.
    pub action: Action,
}

/// Longest limit that makes sense: two years.
const MINUTES_MAX: i64 = 2 * 366 * 24 * 60;

impl Clocks {
    /// Refuses limits that no case could obey.
    ///
    /// # Errors
    /// `referral.clock-rule`, with the entry at fault.
    pub fn check(&self) -> Result<()> {
        let wrong =
            |field: String, detail: &str| Err(Error::invalid("referral.clock-rule", field, detail));
        for (at, clock) in self.clocks.iter().enumerate() {
            if !(1..=MINUTES_MAX).contains(&clock.minutes) {
                return wrong(
                    format!("clocks.{at}.minutes"),
                    "a limit lies between a minute and two years",
                );
            }
            let possible = Kind::ALL.iter().any(|kind| {
                let facts = Facts::favourable(*kind);
                decide(
                    clock.state,
                    clock.action,
                    Side::System,
                    Role::System,
                    &facts,
                )
                .is_ok()
            });
            if !possible {
                return wrong(
                    format!("clocks.{at}.action"),
                    "the clock can't do this in that state",
                );
            }
        }
        let spans = [
            self.bed_wait_minutes,
            self.hold_margin_minutes,
            self.arrived_bed_minutes,
        ];
        if spans
            .iter()
            .any(|minutes| !(1..=MINUTES_MAX).contains(minutes))
        {
            return wrong(
                "bed_wait_minutes".into(),
                "waiting times lie between a minute and two years",
            );
        }
        Ok(())
    }

    /// The limit for a case that comes to `state`.
    pub fn of(&self, state: State, kind: Kind, priority: Priority) -> Option<&Clock> {
        self.clocks.iter().find(|clock| {
            clock.state == state
                && clock.kind.is_none_or(|only| only == kind)
                && clock.priority.is_none_or(|only| only == priority)
        })
    }

    /// When the limit of `state` runs out, counted from `from`.
    pub fn due(
        &self,
        state: State,
        kind: Kind,
        priority: Priority,
        from: Instant,
    ) -> Option<Instant> {
        self.of(state, kind, priority)
            .map(|clock| from + Span::minutes(clock.minutes))
    }
}

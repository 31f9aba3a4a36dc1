//! The life of a hold, as a total function over state and command.

use kernel::{Error, Instant};

use crate::model::HoldState;

/// What may be asked of a hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Command {
    /// The patient is expected.
    Confirm,
    /// The patient came.
    Consume,
    /// Not needed any more, or taken back.
    Release,
    /// Its time is over.
    Expire,
}

/// What becomes of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// A new state.
    Becomes(HoldState),
    /// It is so already: a repeated command does no harm.
    Stays,
}

/// Why not.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Refusal {
    /// The patient came; the place is theirs.
    #[error("the patient has come; what is used up can't be given back")]
    Consumed,
    /// Somebody gave it back.
    #[error("this hold was released; hold a place again")]
    Released,
    /// Time ended it.
    #[error("this hold has expired; hold a place again")]
    Expired,
    /// Time has not ended it.
    #[error("this hold has not expired yet")]
    NotDue,
}

impl From<Refusal> for Error {
    fn from(refusal: Refusal) -> Self {
        let code = match refusal {
            Refusal::Consumed => "resources.hold-consumed",
            Refusal::Released => "resources.hold-released",
            Refusal::Expired => "resources.hold-expired",
            Refusal::NotDue => "resources.hold-not-due",
        };
        Self::conflict(code, refusal.to_string())
    }
}

/// Decides `command` on a hold in `state` that ends at `expires_at`. A live hold past its time
/// counts as expired, whether or not the sweep has come by.
pub(crate) fn decide(
    state: HoldState,
    command: Command,
    expires_at: Instant,
    now: Instant,
) -> Result<Outcome, Refusal> {
    use Command::{Confirm, Consume, Expire, Release};
    use HoldState::{Confirmed, Consumed, Expired, Held, Released};
    use Outcome::{Becomes, Stays};
    let is_over = expires_at <= now;
    match (state, command) {
        (Held | Confirmed, Confirm | Consume) if is_over => Err(Refusal::Expired),
        (Held | Confirmed, Confirm) => Ok(Becomes(Confirmed)),
        (Held | Confirmed, Consume) => Ok(Becomes(Consumed)),
        (Held | Confirmed, Release) => Ok(Becomes(Released)),
        (Held | Confirmed, Expire) if is_over => Ok(Becomes(Expired)),
        (Held | Confirmed, Expire) => Err(Refusal::NotDue),
        (Consumed, Consume) | (Released | Expired, Release | Expire) => Ok(Stays),
        (Consumed, Confirm | Release | Expire) => Err(Refusal::Consumed),
        (Released, Confirm | Consume) => Err(Refusal::Released),
        (Expired, Confirm | Consume) => Err(Refusal::Expired),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use HoldState::{Confirmed, Consumed, Expired, Held, Released};

    /// One line a state: what confirm, consume, release and expire do before and after the time.
    const TABLE: &[(HoldState, bool, [&str; 4])] = &[
        (Held, false, ["confirmed", "consumed", "released", "NotDue"]),
        (Held, true, ["Expired", "Expired", "released", "expired"]),
        (
            Confirmed,
            false,
            ["confirmed", "consumed", "released", "NotDue"],
        ),
        (
            Confirmed,
            true,
            ["Expired", "Expired", "released", "expired"],
        ),
        (
            Consumed,
            false,
            ["Consumed", "stays", "Consumed", "Consumed"],
        ),
        (
            Consumed,
            true,
            ["Consumed", "stays", "Consumed", "Consumed"],
        ),
        (Released, false, ["Released", "Released", "stays", "stays"]),
        (Released, true, ["Released", "Released", "stays", "stays"]),
        (Expired, false, ["Expired", "Expired", "stays", "stays"]),
        (Expired, true, ["Expired", "Expired", "stays", "stays"]),
    ];

    #[test]
    fn every_state_answers_every_command() {
        let now = Instant::from_micros(1_000);
        for (state, is_over, expected) in TABLE {
            let expires_at = Instant::from_micros(if *is_over { 1_000 } else { 1_001 });
            let commands = [
                Command::Confirm,
                Command::Consume,
                Command::Release,
                Command::Expire,
            ];
            for (command, word) in commands.into_iter().zip(expected) {
                let answer = match decide(*state, command, expires_at, now) {
                    Ok(Outcome::Becomes(next)) => next.word().to_owned(),
                    Ok(Outcome::Stays) => "stays".to_owned(),
                    Err(refusal) => format!("{refusal:?}"),
                };
                assert_eq!(&answer, word, "{state:?} {command:?} over={is_over}");
            }
        }
    }

    #[test]
    fn every_live_state_has_an_exit_by_time() {
        let now = Instant::from_micros(5);
        for state in [Held, Confirmed] {
            assert_eq!(
                decide(state, Command::Expire, now, now),
                Ok(Outcome::Becomes(Expired))
            );
        }
    }
}

//! The play: one thing after another in the order of time, each by the person whose work it is, with
//! the clock set to the moment. What lies behind the present is done; what would come after it waits
//! in somebody's list.

use std::collections::BTreeMap;

use kernel::{Error, Id, Instant, Kind as ErrorKind, Result, Span};
use referral::{Referral, State};
use store::Request;

use crate::open_places;
use crate::play_case::Case;
use crate::play_open::Wish;
use crate::present;
use crate::random::Random;
use crate::resident;
use crate::wards::Stay;
use crate::world::World;

/// What was played.
#[derive(Clone, Debug, Default)]
pub struct Played {
    /// Cases by the state they stand in.
    pub cases: BTreeMap<State, usize>,
    /// Stays of patients who came without a referral.
    pub stays: usize,
    /// Follow-ups recorded.
    pub follow_ups: usize,
    /// Things somebody tried that a rule or another person stood in the way of.
    pub stumbles: usize,
    /// Beds that are occupied at the end, of all.
    pub occupied: (usize, usize),
}

/// Something that happens at a moment.
pub(crate) enum Task {
    /// Clocks, followers and sweeps of the server.
    Background,
    /// Sessions of the clinics for the next weeks.
    Sessions,
    /// The wishes of a day are drawn.
    Day,
    /// Rounds on a ward: who leaves, who comes.
    Ward(usize),
    /// A bed is clean.
    Clean { bed_id: Id, ward: usize },
    /// Somebody is in need.
    Wish(Wish),
    /// The next step of a case.
    Step(usize),
    /// A message in a case, by the sending side or the other.
    Message { case: usize, by_sender: bool },
    /// A follow-up is due.
    FollowUp { case: usize, id: Id },
    /// Appointments and machine time of everyday.
    Desk,
    /// Emergency access to a record, or consent.
    Privacy,
}

/// Everything in motion.
pub(crate) struct Play {
    pub world: World,
    pub cases: Vec<Case>,
    /// Patients who came without a referral, by ward.
    pub stays: Vec<Vec<Stay>>,
    /// Patients discharged lately, who may come back.
    pub discharged: Vec<usize>,
    pub played: Played,
    /// Dice of what is measured, so that measuring more changes nobody's fate.
    pub results: Random,
    queue: BTreeMap<(Instant, u64), Task>,
    sequence: u64,
}

impl Play {
    /// Puts something on the agenda.
    pub(crate) fn at(&mut self, at: Instant, task: Task) {
        self.sequence += 1;
        self.queue.insert((at, self.sequence), task);
    }

    /// Puts something on the agenda so many minutes from now, between `least` and `most`.
    pub(crate) fn after(&mut self, least: u32, most: u32, task: Task) {
        let minutes = i64::from(self.world.random.between(least, most));
        self.at(self.world.now() + Span::minutes(minutes), task);
    }

    /// A case as it stands.
    pub(crate) async fn referral(&self, id: Id) -> Result<Referral> {
        let read = move |tx: &mut store::Tx<'_>| tx.load::<Referral>(id).map(|found| found.data);
        self.world
            .app
            .store()
            .read(&Request::system("demo"), read)
            .await
    }

    /// A rule, a clock or somebody else was faster: that is life. Anything else is a defect.
    pub(crate) fn forgive<T>(&mut self, result: Result<T>) -> Result<Option<T>> {
        match result {
            Ok(value) => Ok(Some(value)),
            Err(error) if is_life(&error) => {
                self.played.stumbles += 1;
                Ok(None)
            }
            Err(error) => Err(error),
        }
    }

    async fn perform(&mut self, task: Task) -> Result<()> {
        match task {
            Task::Background => self.background().await,
            Task::Sessions => {
                open_places::make_sessions(&self.world).await?;
                let next = self.world.now() + Span::days(open_places::SESSION_DAYS / 2);
                self.at(next, Task::Sessions);
                Ok(())
            }
            Task::Day => self.day(),
            Task::Ward(ward) => self.round(ward).await,
            Task::Clean { bed_id, ward } => self.clean(bed_id, ward).await,
            Task::Wish(wish) => self.fulfil(wish).await,
            Task::Step(case) => self.step(case).await,
            Task::Message { case, by_sender } => self.message(case, by_sender).await,
            Task::FollowUp { case, id } => self.follow_up(case, id).await,
            Task::Desk => self.desk().await,
            Task::Privacy => self.privacy().await,
        }
    }

    /// The server's own work, every half-hour by day and every two hours by night.
    async fn background(&mut self) -> Result<()> {
        self.world.app.run_background().await?;
        let by_day = (7..21).contains(&self.world.now().local_hour());
        let pause = if by_day {
            Span::minutes(30)
        } else {
            Span::hours(2)
        };
        self.at(self.world.now() + pause, Task::Background);
        Ok(())
    }
}

fn is_life(error: &Error) -> bool {
    matches!(error.kind(), ErrorKind::Rule | ErrorKind::Conflict)
}

/// Plays from the store's present to the end of the options.
pub(crate) async fn play(world: World, progress: &mut (dyn FnMut(&str) + Send)) -> Result<Played> {
    let (start, until) = (world.now(), world.options.until);
    let wards = world.wards.len();
    let mut play = Play {
        cases: Vec::new(),
        stays: (0..wards).map(|_| Vec::new()).collect(),
        discharged: Vec::new(),
        played: Played::default(),
        queue: BTreeMap::new(),
        sequence: 0,
        results: world.random.fork("results"),
        world,
    };
    play.at(start, Task::Background);
    play.at(start, Task::Day);
    play.at(
        start + Span::days(open_places::SESSION_DAYS / 2),
        Task::Sessions,
    );
    play.fill_wards().await?;
    let desk_from = until - Span::days(3);
    play.at(desk_from.max(start + Span::minutes(30)), Task::Desk);
    play.at(start + Span::hours(30), Task::Privacy);
    present::plan(&mut play);
    let mut told = start.date();
    while let Some(entry) = play.queue.first_entry() {
        let (at, _) = *entry.key();
        if at > until {
            break;
        }
        let task = entry.remove();
        play.world.clock.set(at.max(play.world.now()));
        play.perform(task).await?;
        if told.days_until(at.date()) >= 15 {
            told = at.date();
            progress(&format!(
                "played to {told}: {} cases so far",
                play.cases.len()
            ));
        }
    }
    play.world.clock.set(until);
    resident::open_account(&mut play).await?;
    play.world.app.run_background().await?;
    play.finish(progress).await
}

impl Play {
    async fn finish(mut self, progress: &mut (dyn FnMut(&str) + Send)) -> Result<Played> {
        for at in 0..self.cases.len() {
            let state = self.referral(self.cases[at].id).await?.state;
            *self.played.cases.entry(state).or_default() += 1;
        }
        let beds: Vec<Id> = self
            .world
            .wards
            .iter()
            .flat_map(|ward| &ward.beds)
            .map(|bed| bed.id)
            .collect();
        self.played.occupied = self
            .world
            .app
            .store()
            .read(&Request::system("demo"), move |tx| {
                let mut occupied = 0;
                for id in &beds {
                    let bed = tx.load::<resources::Bed>(*id)?;
                    occupied += usize::from(bed.state == resources::BedState::Occupied);
                }
                Ok((occupied, beds.len()))
            })
            .await?;
        let states: Vec<String> = self
            .played
            .cases
            .iter()
            .map(|(state, count)| format!("{} {count}", state.word()))
            .collect();
        progress(&format!(
            "{} cases ({}), {} follow-ups, {} other stays, {} of {} beds occupied",
            self.cases.len(),
            states.join(", "),
            self.played.follow_ups,
            self.played.stays,
            self.played.occupied.0,
            self.played.occupied.1,
        ));
        Ok(self.played)
    }
}

//! The demonstration consortium: a seeded generator and a simulator that works through commands.
//!
//! [`ensure`] fills an empty database: it founds the consortium of [`shape`], registers the residents
//! of [`population`], opens wards, devices and clinics, and then plays some weeks of work as the
//! people who do it. Nothing here writes a module's table: what the simulator can do, a person can.

mod accounts;
mod cast;
mod desk;
mod found;
pub mod names;
mod open_places;
mod panels;
mod play;
mod play_answer;
mod play_case;
mod play_community;
mod play_open;
mod play_results;
mod play_sheet;
mod play_stay;
pub mod population;
pub mod population_health;
mod present;
pub mod random;
mod register;
mod resident;
mod scenarios;
mod scenarios_urgent;
pub mod shape;
mod shape_departments;
mod shape_organizations;
mod shape_people;
mod shape_resources;
mod texts;
mod wards;
mod world;

use http::App;
use kernel::{Error, Id, Instant, Kind, Result, Span};
use store::{Change, Clock, Ids, Request, Subject};

pub use play::Played;

/// What the demonstration is made of.
#[derive(Clone, Copy, Debug)]
pub struct Options {
    /// Days of work that lie behind the people who open it.
    pub days: u16,
    /// The same seed gives the same people and the same work.
    pub seed: u64,
    /// How many residents are registered.
    pub residents: u32,
    /// The present: the moment at which the work stops.
    pub until: Instant,
}

/// Residents of the whole demonstration.
pub const RESIDENTS: u32 = 30_000;
/// Residents and days of [`small`].
const SMALL: (u32, u16) = (1_500, 3);

/// The document that the marks are about; nothing else has this id.
const MARK: Id = Id::MAX;
const BEGUN: &str = "demo.begun";
const FINISHED: &str = "demo.finished";

impl Options {
    /// The whole consortium with so many days of work up to `until`.
    pub const fn new(days: u16, seed: u64, until: Instant) -> Self {
        Self {
            days,
            seed,
            residents: RESIDENTS,
            until,
        }
    }

    /// When the work begins: early on the first of the days.
    pub fn start(&self) -> Instant {
        self.until.date().plus_days(-i64::from(self.days)).at(5, 0)
    }

    /// The clock and the ids with which the store is opened to build the demonstration.
    pub fn clock_and_ids(&self) -> (Clock, Ids) {
        (Clock::manual(self.start()), Ids::seeded(self.seed))
    }
}

/// Is there a demonstration in this database?
///
/// # Errors
/// `demo.half-made` when building it was interrupted.
pub async fn is_built(app: &App) -> Result<bool> {
    let marks = app
        .store()
        .read(&Request::system("demo"), |tx| tx.events_of(MARK))
        .await?;
    let has = |event: &str| marks.iter().any(|mark| mark.event == event);
    if has(BEGUN) && !has(FINISHED) {
        let detail =
            "building the demonstration was interrupted; delete the data folder and start again";
        return Err(Error::new(Kind::Unsupported, "demo.half-made", detail));
    }
    Ok(has(FINISHED))
}

/// Builds the demonstration unless it is there. The store's clock is set by hand and is left at
/// `options.until`; open the store anew to go on with the machine's clock. `progress` gets a line for
/// each thing done.
///
/// # Errors
/// `demo.half-made`, `demo.clock`, or whatever a command or the database reports.
pub async fn ensure(
    app: &App,
    options: &Options,
    progress: &mut (dyn FnMut(&str) + Send),
) -> Result<Option<Played>> {
    if is_built(app).await? {
        return Ok(None);
    }
    if matches!(app.store().clock(), Clock::System) {
        let detail = "the demonstration is built on a clock set by hand";
        return Err(Error::new(Kind::Internal, "demo.clock", detail));
    }
    app.store().clock().set(options.start());
    app.prepare().await?;
    mark(app, BEGUN, options).await?;
    let mut world = found::found(app, options, progress).await?;
    accounts::hire(&mut world, progress).await?;
    open_places::open(&mut world, progress).await?;
    register::register(&mut world, options.residents, progress).await?;
    let played = play::play(world, progress).await?;
    mark(app, FINISHED, options).await?;
    // Sequence numbers of the last events, on engines that give them after the commit.
    app.run_background().await?;
    Ok(Some(played))
}

/// A few residents and days, for tests; the days follow the store's present.
///
/// # Errors
/// As [`ensure`].
pub async fn small(app: &App, seed: u64) -> Result<Option<Played>> {
    let (residents, days) = SMALL;
    let until = app.store().clock().now() + Span::days(i64::from(days) + 1);
    let options = Options {
        days,
        seed,
        residents,
        until,
    };
    ensure(app, &options, &mut |_| {}).await
}

async fn mark(app: &App, event: &'static str, options: &Options) -> Result<()> {
    let detail = serde_json::json!({
        "days": options.days, "seed": options.seed, "residents": options.residents,
    });
    let write = move |tx: &mut store::Tx<'_>| {
        tx.record(
            Change::new(event).detail(detail.clone()),
            Subject::new("demo", MARK),
        )
    };
    app.store().write(&Request::system("demo"), write).await
}

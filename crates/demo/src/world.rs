//! What the builder knows of the consortium: ids by key, the cast, residents, beds, the dice.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use http::App;
use kernel::identity::Sex;
use kernel::{Date, Error, Id, Instant, Result};
use resources::{Channel, SexRule};
use store::{Clock, Request, Tx};

use crate::Options;
use crate::cast::{Cast, Person};
use crate::population::Resident;
use crate::random::Random;
use crate::shape::Shape;

/// The consortium under construction.
pub(crate) struct World {
    pub app: App,
    pub clock: Clock,
    pub options: Options,
    pub shape: Shape,
    pub random: Random,
    /// Organization key → id.
    pub organizations: BTreeMap<String, Id>,
    /// Department key → id.
    pub departments: BTreeMap<String, Id>,
    /// Practitioner key → id.
    pub practitioners: BTreeMap<String, Id>,
    pub cast: Cast,
    pub residents: Vec<Registered>,
    /// Residents by the key of the organization whose own patients they are.
    pub served: BTreeMap<String, Vec<usize>>,
    /// Residents by the key of the organization in whose wider area they live.
    pub around: BTreeMap<String, Arc<Vec<usize>>>,
    pub wards: Vec<WardBeds>,
    pub templates: Vec<Id>,
    /// Minutes of the usual examination of each device of the shape.
    pub device_minutes: Vec<i64>,
    /// Residents with a live case, in a bed, or dead.
    pub busy: BTreeSet<usize>,
}

/// A registered resident.
pub(crate) struct Registered {
    pub id: Id,
    pub resident: Resident,
}

/// A ward with its beds.
pub(crate) struct WardBeds {
    /// Key of the organization.
    pub organization: String,
    /// Key of the department.
    pub department: String,
    pub beds: Vec<BedPlace>,
}

/// A bed that ordinary patients may get.
#[derive(Clone, Copy, Debug)]
pub(crate) struct BedPlace {
    pub id: Id,
    pub sex_rule: SexRule,
    pub channel: Channel,
}

impl World {
    /// The present moment of the play.
    pub(crate) fn now(&self) -> Instant {
        self.clock.now()
    }

    /// Today in the play.
    pub(crate) fn today(&self) -> Date {
        self.now().date()
    }

    /// The id of an organization.
    pub(crate) fn organization(&self, key: &str) -> Result<Id> {
        let id = self.organizations.get(key).copied();
        id.ok_or_else(|| Error::internal(format!("no organization {key}")))
    }

    /// The id of a department.
    pub(crate) fn department(&self, key: &str) -> Result<Id> {
        let id = self.departments.get(key).copied();
        id.ok_or_else(|| Error::internal(format!("no department {key}")))
    }

    /// Does something as the server.
    pub(crate) async fn as_system<T, F>(&self, run: F) -> Result<T>
    where
        T: Send + 'static,
        F: Fn(&mut Tx<'_>) -> Result<T> + Send + 'static,
    {
        self.app.store().write(&Request::system("demo"), run).await
    }

    /// Does something as somebody, under a permission of theirs.
    pub(crate) async fn as_person<T, F>(
        &self,
        person: &Arc<Person>,
        permission: &str,
        run: F,
    ) -> Result<T>
    where
        T: Send + 'static,
        F: Fn(&mut Tx<'_>) -> Result<T> + Send + 'static,
    {
        self.app
            .store()
            .write(&person.request(permission)?, run)
            .await
    }

    /// A resident without a live case whom `fits`, out of `among`; nobody after many tries.
    pub(crate) fn somebody(
        &mut self,
        among: &[usize],
        fits: impl Fn(&Resident, Date) -> bool,
    ) -> Option<usize> {
        const TRIES: usize = 200;
        if among.is_empty() {
            return None;
        }
        let today = self.today();
        for _ in 0..TRIES {
            let at = among[self.random.index(among.len())];
            if !self.busy.contains(&at) && fits(&self.residents[at].resident, today) {
                return Some(at);
            }
        }
        None
    }
}

/// Fits a bed for one sex?
pub(crate) fn suits(rule: SexRule, sex: Sex) -> bool {
    match rule {
        SexRule::Any => true,
        SexRule::Male => sex == Sex::Male,
        SexRule::Female => sex == Sex::Female,
    }
}

//! The everyday around the cases: appointments of people who walk in, machine time of the house's own
//! patients, the waitlist, consents, and now and then a record opened in an emergency.

use kernel::{Date, Id, Result, Span};
use resources::{Channel, HoldRequest, PlaceKind, Search, WaitRequest};
use store::Tx;

use crate::play::{Play, Task};
use crate::population::Resident;
use crate::texts;

/// Appointments and machine times booked in one go.
const BOOKED_AT_ONCE: usize = 14;
/// How often the desk is looked at, in minutes by day.
const DESK_MINUTES: i64 = 40;
/// Hours between two emergency accesses.
const PRIVACY_HOURS: (u32, u32) = (80, 190);
/// From this age on people consent for themselves.
const OF_AGE_YEARS: u16 = 18;
/// Patients looked at until there is one whom the emergency doctor has no basis to read.
const PATIENTS_TRIED: usize = 8;

impl Play {
    /// Books some appointments and machine times.
    pub(crate) async fn desk(&mut self) -> Result<()> {
        let now = self.world.now();
        let by_day = (8..18).contains(&now.local_hour());
        let pause = if by_day {
            Span::minutes(DESK_MINUTES)
        } else {
            Span::hours(3)
        };
        self.at(now + pause, Task::Desk);
        if by_day {
            for _ in 0..BOOKED_AT_ONCE {
                self.book().await?;
            }
            if self.world.random.chance(120) {
                self.wait().await?;
            }
        }
        Ok(())
    }

    async fn book(&mut self) -> Result<()> {
        let machine = self.world.random.chance(350);
        let all = self.neighbours("lead");
        let Some(patient) = self.world.somebody(&all, |_, _| true) else {
            return Ok(());
        };
        let patient_id = self.world.residents[patient].id;
        let patient_sex = Some(self.world.residents[patient].resident.sex);
        let hours = i64::from(self.world.random.between(1, 90));
        let from = self.world.now() + Span::hours(hours);
        let mut search = Search::new(PlaceKind::Slot, Id::NIL, from, from + Span::hours(30));
        let organization = if machine {
            let at = self.world.random.index(self.world.device_minutes.len());
            let device = self.world.shape.devices[at].clone();
            search.kind = PlaceKind::Equipment;
            search.equipment_kind = Some(device.modality.to_owned());
            search.minutes = Some(self.world.device_minutes[at]);
            device.organization
        } else {
            let at = self.world.random.index(self.world.shape.schedules.len());
            let clinic = self.world.shape.schedules[at].clone();
            search.department_id = Some(self.world.department(&clinic.department)?);
            clinic.organization
        };
        let org_id = self.world.organization(&organization)?;
        search.org_id = Some(org_id);
        search.for_org_id = org_id;
        search.channel = Channel::Routine;
        search.limit = 20;
        let choice = self.world.random.index(20);
        let roles = ["referral-office", "general-practitioner"];
        let clerk = self
            .world
            .cast
            .at(&organization, &roles, &mut self.world.random)?;
        let book = move |tx: &mut Tx<'_>| {
            let offers = resources::find(tx, &search)?;
            let Some(offer) = offers.get(choice % offers.len().max(1)) else {
                return Ok(());
            };
            let request = HoldRequest {
                place: offer.place,
                owner_kind: "desk",
                owner_id: tx.new_id(),
                patient_id: Some(patient_id),
                patient_sex,
                for_org_id: org_id,
                channel: Channel::Routine,
                until: tx.now() + Span::hours(2),
            };
            let hold = resources::hold(tx, &request)?;
            resources::confirm(tx, hold.id, offer.start_at + Span::hours(1)).map(|_| ())
        };
        let booked = self.world.as_person(&clerk, "resources.hold", book).await;
        self.forgive(booked).map(|_| ())
    }

    /// Somebody stands in the waitlist for a sought-after bed.
    async fn wait(&mut self) -> Result<()> {
        let all = self.neighbours("lead");
        let Some(patient) = self.world.somebody(&all, |_, _| true) else {
            return Ok(());
        };
        let registered = &self.world.residents[patient];
        let (patient_id, patient_sex) = (registered.id, Some(registered.resident.sex));
        let org_id = self.world.organization("lead")?;
        let department_id = Some(self.world.department("lead/intensive-care")?);
        let now = self.world.now();
        let request = WaitRequest {
            kind: PlaceKind::Bed,
            org_id,
            department_id,
            key: "28".to_owned(),
            minutes: None,
            isolation: true,
            from: now,
            to: now + Span::days(10),
            owner_kind: "desk".to_owned(),
            owner_id: patient_id,
            patient_id: Some(patient_id),
            patient_sex,
            for_org_id: org_id,
            channel: Channel::Routine,
        };
        let manager = self
            .world
            .cast
            .at("lead", &["bed-manager"], &mut self.world.random)?;
        let wait = move |tx: &mut Tx<'_>| resources::wait(tx, &request).map(|_| ());
        let waited = self.world.as_person(&manager, "resources.hold", wait).await;
        self.forgive(waited).map(|_| ())
    }

    /// A record is opened in an emergency and reviewed; elsewhere somebody gives consent.
    pub(crate) async fn privacy(&mut self) -> Result<()> {
        let hours = i64::from(self.world.random.between(PRIVACY_HOURS.0, PRIVACY_HOURS.1));
        let next = self.world.now() + Span::hours(hours);
        self.at(next, Task::Privacy);
        for _ in 0..PATIENTS_TRIED {
            let all = self.neighbours("lead");
            let of_age = |resident: &Resident, today: Date| {
                resident.birth_date.age_on(today) >= OF_AGE_YEARS
            };
            let Some(patient) = self.world.somebody(&all, of_age) else {
                return Ok(());
            };
            // Who may read the record already needs no emergency for it.
            let Some(access) = self.emergency_access(patient).await? else {
                continue;
            };
            // The last ones wait for the privacy officer.
            let recent = self.world.options.until - Span::days(7);
            if self.world.now() < recent {
                self.review_access(access).await?;
            }
            return self.consent(patient).await;
        }
        Ok(())
    }

    /// An emergency doctor opens a record; nothing where there is a basis for it already.
    async fn emergency_access(&mut self, patient: usize) -> Result<Option<Id>> {
        let patient_id = self.world.residents[patient].id;
        let department_id = self.world.department("lead/emergency")?;
        let roles = ["attending-doctor"];
        let doctor =
            self.world
                .cast
                .inside(department_id, "lead", &roles, &mut self.world.random)?;
        let reason = *self.world.random.pick(texts::EMERGENCY_ACCESS);
        let open = move |tx: &mut Tx<'_>| {
            let patient = record::patient(tx, patient_id)?;
            record::open_break_glass(tx, &patient, reason, false).map(|access| access.id)
        };
        let opened = self
            .world
            .as_person(&doctor, "record.break-glass", open)
            .await;
        match opened {
            Err(error) if error.code() == "record.basis-exists" => Ok(None),
            opened => self.forgive(opened),
        }
    }

    async fn review_access(&mut self, id: Id) -> Result<()> {
        let officer = self
            .world
            .cast
            .at("lead", &["privacy-officer"], &mut self.world.random)?;
        let review = move |tx: &mut Tx<'_>| {
            let access = tx.load::<record::BreakGlass>(id)?;
            let new = record::NewReview {
                outcome: record::BreakGlassOutcome::Justified,
                note: "抢救记录与调阅内容相符。".to_owned(),
            };
            record::review_break_glass(tx, access, &new).map(|_| ())
        };
        let reviewed = self.world.as_person(&officer, "record.audit", review).await;
        self.forgive(reviewed).map(|_| ())
    }

    /// A patient lets the whole group read the record for a year.
    async fn consent(&mut self, patient: usize) -> Result<()> {
        let resident = &self.world.residents[patient].resident;
        let served_by = self.world.shape.places[resident.place].served_by.clone();
        let patient_id = self.world.residents[patient].id;
        let lead = self.world.organization("lead")?;
        let expires_at = self.world.now() + Span::days(365);
        let roles = ["village-doctor", "general-practitioner"];
        let doctor = self
            .world
            .cast
            .at(&served_by, &roles, &mut self.world.random)?;
        let grant = move |tx: &mut Tx<'_>| {
            let patient = record::patient(tx, patient_id)?;
            let purpose = "慢病共管期间医联体内调阅健康档案";
            let new = record::NewConsent::permit(record::Reach::Group, lead, purpose, expires_at);
            record::grant_consent(tx, &patient, &new).map(|_| ())
        };
        let granted = self.world.as_person(&doctor, "record.consent", grant).await;
        self.forgive(granted).map(|_| ())
    }
}

//! Words that beds, slots and equipment share: places, channels, holds, searches, offers.

use kernel::identity::Sex;
use kernel::{Id, Instant, Money};
use serde::{Deserialize, Serialize};
use store::{Entity, Value, params};

/// What sort of place is held.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    Hash,
    PartialOrd,
    Ord,
    Serialize,
    Deserialize,
    utoipa::ToSchema,
)]
#[serde(rename_all = "kebab-case")]
pub enum PlaceKind {
    /// 床位
    Bed,
    /// 号源
    Slot,
    /// 设备时段
    Equipment,
}

impl PlaceKind {
    /// The stored word.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Bed => "bed",
            Self::Slot => "slot",
            Self::Equipment => "equipment",
        }
    }
}

/// A place that can be held.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(tag = "kind", rename_all = "kebab-case", deny_unknown_fields)]
pub enum Place {
    /// A bed, from now on.
    Bed {
        /// Which.
        bed_id: Id,
    },
    /// An appointment slot.
    Slot {
        /// Which.
        slot_id: Id,
    },
    /// Time on a device.
    Equipment {
        /// Which.
        equipment_id: Id,
        /// From when; on the five-minute grid.
        start: Instant,
        /// How long; rounded up to the five-minute grid.
        minutes: i64,
    },
}

impl Place {
    /// What sort of place it is.
    pub const fn kind(&self) -> PlaceKind {
        match self {
            Self::Bed { .. } => PlaceKind::Bed,
            Self::Slot { .. } => PlaceKind::Slot,
            Self::Equipment { .. } => PlaceKind::Equipment,
        }
    }

    /// The id of the bed, the slot or the device.
    pub const fn id(&self) -> Id {
        match self {
            Self::Bed { bed_id } => *bed_id,
            Self::Slot { slot_id } => *slot_id,
            Self::Equipment { equipment_id, .. } => *equipment_id,
        }
    }

    /// How long the time on a device is.
    pub const fn minutes(&self) -> Option<i64> {
        match self {
            Self::Bed { .. } | Self::Slot { .. } => None,
            Self::Equipment { minutes, .. } => Some(*minutes),
        }
    }
}

/// Through which door a request comes, and for which a place is kept.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    Hash,
    PartialOrd,
    Ord,
    Serialize,
    Deserialize,
    utoipa::ToSchema,
)]
#[serde(rename_all = "kebab-case")]
pub enum Channel {
    /// 普通渠道: everybody.
    Routine,
    /// 转诊预留: requests of other members, sometimes of one member only.
    Referral,
    /// 绿色通道预留: emergencies.
    Green,
}

impl Channel {
    /// The stored word.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Routine => "routine",
            Self::Referral => "referral",
            Self::Green => "green",
        }
    }
}

/// Where a hold stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum HoldState {
    /// The place is kept until the hold expires.
    Held,
    /// The patient is expected; kept until the appointment and some grace.
    Confirmed,
    /// The patient came.
    Consumed,
    /// Given back, or taken back by the member that owns the place.
    Released,
    /// Time ended it.
    Expired,
}

impl HoldState {
    /// The stored word.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Held => "held",
            Self::Confirmed => "confirmed",
            Self::Consumed => "consumed",
            Self::Released => "released",
            Self::Expired => "expired",
        }
    }

    /// Does it still keep the place for somebody who has not come yet?
    pub const fn is_live(self) -> bool {
        matches!(self, Self::Held | Self::Confirmed)
    }
}

/// A place kept for somebody for a time.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Hold {
    /// Its id.
    pub id: Id,
    /// The place.
    pub place: Place,
    /// The member that owns the place.
    pub org_id: Id,
    /// The department, where the place has one.
    pub department_id: Option<Id>,
    /// What the place is called: ward and bed, clinic and time, device and time.
    pub place_name: String,
    /// When the appointment or the exam begins; beds have no such time.
    pub start_at: Option<Instant>,
    /// When it ends, for equipment and slots.
    pub end_at: Option<Instant>,
    /// The member on whose account the hold is counted.
    pub for_org_id: Id,
    /// Its door.
    pub channel: Channel,
    /// Kind of the thing it belongs to: `referral`, `desk`, `waitlist`.
    pub owner_kind: String,
    /// That thing's id.
    pub owner_id: Id,
    /// For whom, where known.
    pub patient_id: Option<Id>,
    /// The patient's sex, where known.
    pub patient_sex: Option<Sex>,
    /// Where it stands.
    pub state: HoldState,
    /// Then it ends by itself while it is live.
    pub expires_at: Instant,
    /// When it was taken.
    pub held_at: Instant,
    /// When it ended.
    pub ended_at: Option<Instant>,
    /// Why it ended, a code.
    pub reason: Option<String>,
    /// The price agreed when it was taken.
    pub price: Money,
    /// Version of `resources.holds` that set its times.
    pub rule_version: i64,
}

impl Entity for Hold {
    const KIND: &'static str = "hold";
    const TABLE: &'static str = "hold";
    const COLUMNS: &'static [&'static str] = &[
        "place_kind",
        "place_id",
        "org_id",
        "for_org_id",
        "owner_kind",
        "owner_id",
        "patient_id",
        "start_at",
        "end_at",
        "state",
        "expires_at",
    ];

    fn id(&self) -> Id {
        self.id
    }
    fn org_id(&self) -> Option<Id> {
        Some(self.org_id)
    }
    fn peer_org_id(&self) -> Option<Id> {
        Some(self.for_org_id)
    }
    fn patient_id(&self) -> Option<Id> {
        self.patient_id
    }
    fn columns(&self) -> Vec<Value> {
        let end_at = self
            .end_at
            .filter(|_| self.place.kind() == PlaceKind::Equipment);
        params![
            self.place.kind().word(),
            self.place.id(),
            self.org_id,
            self.for_org_id,
            self.owner_kind.as_str(),
            self.owner_id,
            self.patient_id,
            self.start_at,
            end_at,
            self.state.word(),
            self.expires_at,
        ]
        .to_vec()
    }
}

/// Asks for a place.
#[derive(Clone, Debug)]
pub struct HoldRequest {
    /// Which place.
    pub place: Place,
    /// Kind of the thing the hold belongs to, such as `referral`.
    pub owner_kind: &'static str,
    /// That thing's id.
    pub owner_id: Id,
    /// For whom, where known.
    pub patient_id: Option<Id>,
    /// The patient's sex; beds for one sex ask for it.
    pub patient_sex: Option<Sex>,
    /// The member on whose account the hold is counted.
    pub for_org_id: Id,
    /// Its door.
    pub channel: Channel,
    /// Until when; the rule `resources.holds` sets the longest.
    pub until: Instant,
}

/// How offers are put in order.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Sort {
    /// Soonest first, then nearest.
    #[default]
    Wait,
    /// Nearest first, then soonest.
    Distance,
    /// Cheapest first, then soonest.
    Price,
}

/// Looks for places over the members that share them.
#[derive(Clone, Debug)]
pub struct Search {
    /// What sort of place.
    pub kind: PlaceKind,
    /// At one member only.
    pub org_id: Option<Id>,
    /// In one department only.
    pub department_id: Option<Id>,
    /// A specialty or what lies below it; needed for slots and beds unless a department is given.
    pub specialty: Option<String>,
    /// The patient's sex, for beds.
    pub sex: Option<Sex>,
    /// An isolation bed only.
    pub isolation: bool,
    /// Not before.
    pub from: Instant,
    /// Before.
    pub to: Instant,
    /// `CT`, `MR` …; needed for equipment.
    pub equipment_kind: Option<String>,
    /// The examination, which sets duration, price and preparation.
    pub exam: Option<String>,
    /// How long, where no examination says it.
    pub minutes: Option<i64>,
    /// Who asks: quotas and distances are theirs.
    pub for_org_id: Id,
    /// Through which door.
    pub channel: Channel,
    /// In which order.
    pub sort: Sort,
    /// At most.
    pub limit: usize,
}

impl Search {
    /// A search for `kind` on behalf of `for_org_id` between two moments, soonest first.
    pub fn new(kind: PlaceKind, for_org_id: Id, from: Instant, to: Instant) -> Self {
        Self {
            kind,
            org_id: None,
            department_id: None,
            specialty: None,
            sex: None,
            isolation: false,
            from,
            to,
            equipment_kind: None,
            exam: None,
            minutes: None,
            for_org_id,
            channel: Channel::Referral,
            sort: Sort::Wait,
            limit: SEARCH_MAX,
        }
    }
}

/// The most offers one search answers.
pub const SEARCH_MAX: usize = 50;

/// A place that is free.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Offer {
    /// The place; hold exactly this.
    pub place: Place,
    /// The member.
    pub org_id: Id,
    /// Its short name.
    pub org_name: String,
    /// The department, where there is one.
    pub department_id: Option<Id>,
    /// The specialty, for slots and beds.
    pub specialty: Option<String>,
    /// What the place is called.
    pub name: String,
    /// Who sees the patient, for slots.
    pub practitioner: Option<String>,
    /// When it begins; beds are free at once.
    pub start_at: Instant,
    /// When it ends; beds have no end.
    pub end_at: Option<Instant>,
    /// For whom the place is kept.
    pub channel: Channel,
    /// Minutes from now until it begins.
    pub wait_minutes: i64,
    /// How far it is from the member that asks; unknown where a position is missing.
    pub distance_meters: Option<i64>,
    /// What it costs: registration fee, bed a day, or the examination.
    pub price: Money,
    /// What the patient has to do before, for examinations.
    pub preparation: Option<String>,
}

/// A request that waits for a place of one sort at one member.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct WaitRequest {
    /// What sort of place.
    pub kind: PlaceKind,
    /// Where.
    pub org_id: Id,
    /// In one department only.
    pub department_id: Option<Id>,
    /// The specialty, for slots and beds; the kind of equipment otherwise.
    pub key: String,
    /// How long, for equipment.
    pub minutes: Option<i64>,
    /// An isolation bed only.
    pub isolation: bool,
    /// Not before.
    pub from: Instant,
    /// The request lapses then.
    pub to: Instant,
    /// Kind of the thing it belongs to.
    pub owner_kind: String,
    /// That thing's id.
    pub owner_id: Id,
    /// For whom, where known.
    pub patient_id: Option<Id>,
    /// The patient's sex, for beds.
    pub patient_sex: Option<Sex>,
    /// The member on whose account it is counted.
    pub for_org_id: Id,
    /// Its door; the green channel stands in front.
    pub channel: Channel,
}

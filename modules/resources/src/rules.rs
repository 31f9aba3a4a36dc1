//! What the consortium may change: times and limits as rule sets, and the decisions that use them.

use kernel::identity::Sex;
use kernel::{Error, Id, Instant, Result, Span};
use serde::{Deserialize, Serialize};
use store::{RuleSeed, check_body};

use crate::beds::SexRule;
use crate::model::{Channel, PlaceKind};

/// Times and limits of holds and of the waitlist.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct HoldRules {
    /// How long a slot is kept where the request does not say.
    pub slot_minutes: i64,
    /// The same for a bed.
    pub bed_minutes: i64,
    /// The same for equipment.
    pub equipment_minutes: i64,
    /// The longest a hold may last before it is confirmed.
    pub held_minutes_max: i64,
    /// The longest a confirmed hold may last.
    pub confirmed_days_max: i64,
    /// After its beginning a confirmed appointment is kept this long for a late patient.
    pub grace_minutes: i64,
    /// Live holds one requesting member may have.
    pub open_max: i64,
    /// How long a place offered from the waitlist waits for an answer.
    pub waitlist_response_minutes: i64,
    /// The longest a request may stand in the waitlist.
    pub waitlist_days_max: i64,
    /// The furthest ahead, and the longest window, a search may look.
    pub search_days_max: i64,
}

impl HoldRules {
    /// The usual length of a hold on such a place.
    pub(crate) fn usual(&self, kind: PlaceKind) -> Span {
        Span::minutes(match kind {
            PlaceKind::Bed => self.bed_minutes,
            PlaceKind::Slot => self.slot_minutes,
            PlaceKind::Equipment => self.equipment_minutes,
        })
    }

    /// When a hold asked for until `until` ends: no hold outlives the limit, and none outlives the
    /// appointment it is for.
    pub(crate) fn expiry(
        &self,
        until: Instant,
        longest: Span,
        start_at: Option<Instant>,
        now: Instant,
    ) -> Result<Instant> {
        if until <= now {
            let detail = "a hold ends in the future; give a later time";
            return Err(Error::invalid("resources.until-past", "until", detail));
        }
        let limit = until.min(now + longest);
        let appointment = start_at.map(|start| start + Span::minutes(self.grace_minutes));
        Ok(appointment.map_or(limit, |appointment| limit.min(appointment)))
    }
}

/// How sessions are made from templates.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ScheduleRules {
    /// Sessions are made this many days ahead.
    pub days_ahead: i64,
    /// The most slots a session may have.
    pub session_slots_max: i64,
    /// Referral quotas open to everybody this many hours before the session, where the template
    /// does not say.
    pub referral_release_hours: i64,
    /// The same for the green-channel reserve.
    pub green_release_hours: i64,
    /// Days without sessions.
    pub closed_dates: Vec<kernel::Date>,
}

/// How equipment is planned.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct EquipmentRules {
    /// The longest single booking.
    pub booking_minutes_max: i64,
    /// The longest single maintenance window.
    pub maintenance_days_max: i64,
    /// The green-channel reserve opens to everybody this many minutes before its hour.
    pub green_release_minutes: i64,
}

pub(crate) const HOLDS: &str = "resources.holds";
pub(crate) const SCHEDULE: &str = "resources.schedule";
pub(crate) const EQUIPMENT: &str = "resources.equipment";

/// The rule sets the module comes with.
pub(crate) const SEEDS: &[RuleSeed] = &[
    RuleSeed {
        code: HOLDS,
        title_zh: "资源锁定与候补：时限和上限",
        title_en: "Holds and waitlist: times and limits",
        source: "本地设定",
        body: r#"{"slot_minutes": 120, "bed_minutes": 240, "equipment_minutes": 120,
            "held_minutes_max": 4320, "confirmed_days_max": 60, "grace_minutes": 120,
            "open_max": 2000, "waitlist_response_minutes": 30, "waitlist_days_max": 90,
            "search_days_max": 31}"#,
        check: check_holds,
    },
    RuleSeed {
        code: SCHEDULE,
        title_zh: "排班：放号天数与预留释放时间",
        title_en: "Schedules: days ahead and release times of reserves",
        source: "本地设定",
        body: r#"{"days_ahead": 14, "session_slots_max": 200, "referral_release_hours": 24,
            "green_release_hours": 1, "closed_dates": []}"#,
        check: check_schedule,
    },
    RuleSeed {
        code: EQUIPMENT,
        title_zh: "设备：预约时长、检修与预留释放时间",
        title_en: "Equipment: booking length, maintenance and release of the reserve",
        source: "本地设定",
        body: r#"{"booking_minutes_max": 480, "maintenance_days_max": 14, "green_release_minutes": 60}"#,
        check: check_equipment,
    },
];

fn check_holds(body: &serde_json::Value) -> Result<()> {
    check_body::<HoldRules>(body)?;
    let rules: HoldRules = serde_json::from_value(body.clone()).map_err(Error::internal)?;
    let positive = [
        ("slot_minutes", rules.slot_minutes),
        ("bed_minutes", rules.bed_minutes),
        ("equipment_minutes", rules.equipment_minutes),
        ("held_minutes_max", rules.held_minutes_max),
        ("confirmed_days_max", rules.confirmed_days_max),
        ("open_max", rules.open_max),
        ("waitlist_response_minutes", rules.waitlist_response_minutes),
        ("waitlist_days_max", rules.waitlist_days_max),
        ("search_days_max", rules.search_days_max),
    ];
    require_positive(&positive)?;
    require_range("confirmed_days_max", rules.confirmed_days_max, 1, 366)?;
    require_range("grace_minutes", rules.grace_minutes, 0, 24 * 60)?;
    require_range("open_max", rules.open_max, 1, 100_000)?;
    require_range("search_days_max", rules.search_days_max, 1, 92)
}

fn check_schedule(body: &serde_json::Value) -> Result<()> {
    check_body::<ScheduleRules>(body)?;
    let rules: ScheduleRules = serde_json::from_value(body.clone()).map_err(Error::internal)?;
    require_range("days_ahead", rules.days_ahead, 1, 92)?;
    require_range("session_slots_max", rules.session_slots_max, 1, 500)?;
    require_range(
        "referral_release_hours",
        rules.referral_release_hours,
        0,
        24 * 31,
    )?;
    require_range("green_release_hours", rules.green_release_hours, 0, 24 * 31)
}

fn check_equipment(body: &serde_json::Value) -> Result<()> {
    check_body::<EquipmentRules>(body)?;
    let rules: EquipmentRules = serde_json::from_value(body.clone()).map_err(Error::internal)?;
    require_range("booking_minutes_max", rules.booking_minutes_max, 5, 24 * 60)?;
    require_range("maintenance_days_max", rules.maintenance_days_max, 1, 31)?;
    require_range(
        "green_release_minutes",
        rules.green_release_minutes,
        0,
        24 * 60,
    )
}

fn require_positive(fields: &[(&'static str, i64)]) -> Result<()> {
    fields
        .iter()
        .try_for_each(|(field, value)| require_range(field, *value, 1, 1_000_000))
}

/// Refuses a number outside `low..=high`.
pub(crate) fn require_range(field: &'static str, value: i64, low: i64, high: i64) -> Result<()> {
    if (low..=high).contains(&value) {
        return Ok(());
    }
    let detail = format!("{field} is {value}; it must lie between {low} and {high}");
    Err(Error::invalid("resources.out-of-range", field, detail)
        .with(serde_json::json!({ "field": field, "low": low, "high": high })))
}

/// For whom a place is kept, and until when.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Reserve {
    /// Its door.
    pub channel: Channel,
    /// For one member only.
    pub quota_org_id: Option<Id>,
    /// From then on it is everybody's.
    pub release_at: Option<Instant>,
}

/// May a request for `for_org_id` through `channel` take this place now? The SQL of searches says
/// the same; a test compares the two.
pub(crate) fn may_take(reserve: Reserve, channel: Channel, for_org_id: Id, now: Instant) -> bool {
    let is_released = reserve
        .release_at
        .is_some_and(|release_at| release_at <= now);
    if is_released || channel == Channel::Green {
        return true;
    }
    match reserve.channel {
        Channel::Routine => true,
        Channel::Referral => {
            channel == Channel::Referral
                && reserve
                    .quota_org_id
                    .is_none_or(|quota_org_id| quota_org_id == for_org_id)
        }
        Channel::Green => false,
    }
}

/// Refuses a place that is kept for others.
pub(crate) fn require_may_take(
    reserve: Reserve,
    channel: Channel,
    for_org_id: Id,
    now: Instant,
) -> Result<()> {
    if may_take(reserve, channel, for_org_id, now) {
        return Ok(());
    }
    let release_at = reserve.release_at.map(Instant::local_minutes);
    let detail = match &release_at {
        Some(at) => format!("this place is kept for others until {at}; choose another or wait"),
        None => "this place is kept for others; choose another".to_owned(),
    };
    Err(Error::rule("resources.reserved", detail)
        .with(serde_json::json!({ "channel": reserve.channel, "release_at": release_at })))
}

/// Refuses a bed for the other sex, and an unknown sex for a bed that has a rule.
pub(crate) fn require_sex(rule: SexRule, sex: Option<Sex>) -> Result<()> {
    match (rule, sex) {
        (SexRule::Any, _)
        | (SexRule::Male, Some(Sex::Male))
        | (SexRule::Female, Some(Sex::Female)) => Ok(()),
        (_, Some(Sex::Male | Sex::Female)) => Err(Error::rule(
            "resources.sex-rule",
            "this bed is in a room for the other sex; choose another bed",
        )),
        (_, None | Some(Sex::Other | Sex::Unknown)) => Err(Error::rule(
            "resources.sex-unknown",
            "this bed is in a room for one sex and the patient's sex is not known; choose a bed for any",
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(micros: i64) -> Instant {
        Instant::from_micros(micros)
    }

    #[test]
    fn seeds_pass_their_own_checks() {
        for seed in SEEDS {
            let body = serde_json::from_str(seed.body).unwrap();
            (seed.check)(&body).unwrap();
        }
    }

    #[test]
    fn a_rule_with_a_limit_of_nothing_is_refused() {
        let mut body: serde_json::Value = serde_json::from_str(SEEDS[0].body).unwrap();
        body["open_max"] = 0.into();
        assert_eq!(
            (SEEDS[0].check)(&body).unwrap_err().code(),
            "resources.out-of-range"
        );
        body["open_max"] = "many".into();
        assert_eq!(
            (SEEDS[0].check)(&body).unwrap_err().code(),
            "rule.unreadable"
        );
    }

    #[test]
    fn reserves_open_to_their_own_until_released() {
        let (mine, other) = (Id::NIL, Id::MAX);
        let keep = |channel, quota_org_id| Reserve {
            channel,
            quota_org_id,
            release_at: Some(at(100)),
        };
        let cases = [
            (keep(Channel::Routine, None), Channel::Routine, 5, true),
            (keep(Channel::Routine, None), Channel::Referral, 5, true),
            (keep(Channel::Referral, None), Channel::Routine, 5, false),
            (keep(Channel::Referral, None), Channel::Referral, 5, true),
            (
                keep(Channel::Referral, Some(mine)),
                Channel::Referral,
                5,
                true,
            ),
            (
                keep(Channel::Referral, Some(other)),
                Channel::Referral,
                5,
                false,
            ),
            (
                keep(Channel::Referral, Some(other)),
                Channel::Green,
                5,
                true,
            ),
            (keep(Channel::Green, None), Channel::Referral, 99, false),
            (keep(Channel::Green, None), Channel::Green, 5, true),
            (keep(Channel::Green, None), Channel::Routine, 100, true),
            (
                keep(Channel::Referral, Some(other)),
                Channel::Routine,
                100,
                true,
            ),
        ];
        for (reserve, channel, now, expected) in cases {
            assert_eq!(
                may_take(reserve, channel, mine, at(now)),
                expected,
                "{reserve:?} {channel:?} {now}"
            );
        }
    }

    #[test]
    fn beds_for_one_sex_ask_for_it() {
        assert!(require_sex(SexRule::Female, Some(Sex::Female)).is_ok());
        assert_eq!(
            require_sex(SexRule::Female, Some(Sex::Male))
                .unwrap_err()
                .code(),
            "resources.sex-rule"
        );
        assert_eq!(
            require_sex(SexRule::Male, None).unwrap_err().code(),
            "resources.sex-unknown"
        );
        assert!(require_sex(SexRule::Any, None).is_ok());
    }

    #[test]
    fn no_hold_outlives_its_limit_or_its_appointment() {
        let rules: HoldRules = serde_json::from_str(SEEDS[0].body).unwrap();
        let now = at(0);
        let far = now + Span::days(400);
        assert_eq!(
            rules.expiry(far, Span::days(3), None, now).unwrap(),
            now + Span::days(3)
        );
        let start = now + Span::hours(5);
        assert_eq!(
            rules.expiry(far, Span::days(3), Some(start), now).unwrap(),
            now + Span::hours(7)
        );
        assert_eq!(
            rules
                .expiry(now, Span::days(3), None, now)
                .unwrap_err()
                .code(),
            "resources.until-past"
        );
    }
}

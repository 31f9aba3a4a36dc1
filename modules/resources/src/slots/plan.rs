//! Laying out a session: which slot is kept for whom, and until when. Pure.

use kernel::{Date, Instant, Money, Span};

use super::{Quota, Template, TemplateState};
use crate::model::Channel;
use crate::rules::{Reserve, ScheduleRules};

/// A slot to be made.
#[derive(Clone, Debug)]
pub(crate) struct PlannedSlot {
    pub number: i64,
    pub start_at: Instant,
    pub end_at: Instant,
    pub reserve: Reserve,
    pub price: Money,
}

/// Does the template make a session on this day?
pub(crate) fn falls_on(template: &Template, date: Date, rules: &ScheduleRules) -> bool {
    template.state == TemplateState::Active
        && template.valid_from <= date
        && template.valid_to.is_none_or(|last| date <= last)
        && template.weekdays.contains(&date.weekday())
        && !rules.closed_dates.contains(&date)
}

/// The moment of a day so many minutes after midnight.
pub(crate) fn at_minutes(date: Date, minutes: i64) -> Instant {
    date.start() + Span::minutes(minutes)
}

/// The slots of one session.
pub(crate) fn slots(template: &Template, date: Date, rules: &ScheduleRules) -> Vec<PlannedSlot> {
    let count = (template.end_minutes - template.start_minutes) / template.slot_minutes;
    let session_start = at_minutes(date, template.start_minutes);
    let kept = spread(&template.quotas, count);
    (0..count)
        .map(|index| {
            let start_at = session_start + Span::minutes(index * template.slot_minutes);
            let quota = usize::try_from(index)
                .ok()
                .and_then(|index| kept.get(index).copied().flatten());
            let reserve = match quota.and_then(|at| template.quotas.get(at)) {
                Some(quota) => Reserve {
                    channel: quota.channel,
                    quota_org_id: quota.org_id,
                    release_at: Some(session_start - Span::hours(release_hours(quota, rules))),
                },
                None => Reserve {
                    channel: Channel::Routine,
                    quota_org_id: None,
                    release_at: Some(session_start),
                },
            };
            PlannedSlot {
                number: index + 1,
                start_at,
                end_at: start_at + Span::minutes(template.slot_minutes),
                reserve,
                price: template.price,
            }
        })
        .collect()
}

fn release_hours(quota: &Quota, rules: &ScheduleRules) -> i64 {
    quota.release_hours.unwrap_or(match quota.channel {
        Channel::Green => rules.green_release_hours,
        Channel::Routine | Channel::Referral => rules.referral_release_hours,
    })
}

/// Which quota keeps which place: each quota's places are spread over the session, so that no
/// member gets only the last hour.
fn spread(quotas: &[Quota], count: i64) -> Vec<Option<usize>> {
    let length = usize::try_from(count).unwrap_or(0);
    let mut kept: Vec<Option<usize>> = vec![None; length];
    for (at, quota) in quotas.iter().enumerate() {
        for turn in 0..quota.places {
            let wanted = usize::try_from(turn * count / quota.places.max(1)).unwrap_or(0);
            let free = (0..length)
                .map(|step| (wanted + step) % length)
                .find(|&place| kept[place].is_none());
            if let Some(place) = free {
                kept[place] = Some(at);
            }
        }
    }
    kept
}

#[cfg(test)]
mod tests {
    use kernel::Id;
    use proptest::prelude::*;

    use super::*;

    fn quota(channel: Channel, places: i64) -> Quota {
        Quota {
            channel,
            org_id: None,
            places,
            release_hours: None,
        }
    }

    #[test]
    fn quotas_are_spread_over_the_session() {
        let kept = spread(&[quota(Channel::Referral, 2), quota(Channel::Green, 1)], 8);
        assert_eq!(
            kept,
            [Some(0), Some(1), None, None, Some(0), None, None, None]
        );
    }

    #[test]
    fn slots_follow_each_other_and_reserves_open_before_the_session() {
        let template = Template {
            id: Id::NIL,
            org_id: Id::NIL,
            department_id: Id::NIL,
            specialty: "03".to_owned(),
            code: "C1".to_owned(),
            name: "门诊".to_owned(),
            practitioner_id: None,
            practitioner: None,
            room: None,
            weekdays: vec![1],
            start_minutes: 480,
            end_minutes: 545,
            slot_minutes: 15,
            quotas: vec![quota(Channel::Green, 1)],
            price: Money::fen(1500),
            valid_from: "2026-11-01".parse().unwrap(),
            valid_to: None,
            state: TemplateState::Active,
        };
        let rules: ScheduleRules = serde_json::from_str(crate::rules::SEEDS[1].body).unwrap();
        let monday: Date = "2026-11-23".parse().unwrap();
        assert!(falls_on(&template, monday, &rules));
        assert!(!falls_on(&template, monday.plus_days(1), &rules));
        let slots = slots(&template, monday, &rules);
        assert_eq!(slots.len(), 4);
        assert!(
            slots
                .windows(2)
                .all(|pair| pair[0].end_at == pair[1].start_at)
        );
        assert_eq!(slots[0].reserve.release_at, Some(monday.at(7, 0)));
        assert_eq!(slots[3].end_at, monday.at(9, 0));
    }

    proptest! {
        #[test]
        fn each_quota_gets_exactly_its_places(
            places in prop::collection::vec(1_i64..12, 0..5),
            extra in 0_i64..20,
        ) {
            let quotas: Vec<Quota> = places.iter().map(|&places| quota(Channel::Referral, places)).collect();
            let count = places.iter().sum::<i64>() + extra;
            let kept = spread(&quotas, count);
            for (at, &places) in places.iter().enumerate() {
                let got = kept.iter().filter(|one| **one == Some(at)).count();
                prop_assert_eq!(i64::try_from(got).unwrap(), places);
            }
        }
    }
}

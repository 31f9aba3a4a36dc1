//! Residents who do not exist: households of an aging county, with identity numbers in a region
//! that no real number uses (`9901..`), telephone numbers in one block, and chronic conditions by
//! age and sex at about the rates of such counties.

use std::collections::HashMap;

use kernel::Date;
use kernel::identity::{Sex, resident_id_check};
use serde::Serialize;

use crate::names;
use crate::population_health::{Condition, conditions_of};
use crate::random::Random;
use crate::shape::Place;

/// The first four digits of every invented identity number; no division of the country has them.
pub const TEST_REGION: &str = "9901";
const FIRST_PHONE: u64 = 19_900_000_000;
const AGE_YEARS_MAX: u32 = 101;

/// An invented resident.
#[derive(Clone, Debug, Serialize)]
pub struct Resident {
    /// 0, 1, 2 … in the order of households.
    pub number: u32,
    /// Name.
    pub name: String,
    /// Sex.
    pub sex: Sex,
    /// Birth date.
    pub birth_date: Date,
    /// An 18-character number with a valid check character in the test region.
    pub resident_id: String,
    /// Electronic health card number.
    pub health_card: String,
    /// Telephone; a child has the one of the household's first adult.
    pub phone: Option<String>,
    /// Index into the places of the shape.
    pub place: usize,
    /// Household, unique over all places.
    pub household: u32,
    /// Place, group and door.
    pub address: String,
    /// How care is paid for.
    pub insurance: Insurance,
    /// Chronic conditions, the oldest first.
    pub conditions: Vec<Condition>,
    /// Known allergies, in Chinese.
    pub allergies: Vec<&'static str>,
    /// Expected date of delivery of a pregnant woman.
    pub delivery_due: Option<Date>,
}

/// 费别
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Insurance {
    /// 城乡居民医保
    Resident,
    /// 城镇职工医保
    Employee,
    /// 自费
    SelfPay,
}

/// Makes `count` residents of `places` as of a date. The same seed gives the same residents.
///
/// # Panics
/// When `places` is empty.
pub fn residents(seed: u64, count: u32, as_of: Date, places: &[Place]) -> Vec<Resident> {
    assert!(!places.is_empty(), "residents need a place to live in");
    let mut maker = Maker {
        random: Random::new(seed).fork("residents"),
        as_of,
        weights: places
            .iter()
            .enumerate()
            .map(|(at, place)| (at, place.weight))
            .collect(),
        serials: HashMap::new(),
        doors: vec![0; places.len()],
        made: Vec::with_capacity(usize::try_from(count).unwrap_or(0)),
    };
    let mut household = 0;
    while maker.made.len() < usize::try_from(count).unwrap_or(0) {
        let room = usize::try_from(count).unwrap_or(0) - maker.made.len();
        maker.household(household, room, places);
        household += 1;
    }
    maker.made
}

struct Maker {
    random: Random,
    as_of: Date,
    weights: Vec<(usize, u32)>,
    /// Sequence numbers given out per region and birth date.
    serials: HashMap<(u8, Date), u32>,
    /// Doors given out per place.
    doors: Vec<u32>,
    made: Vec<Resident>,
}

/// Who lives in a household, before names.
#[derive(Clone, Copy)]
struct Member {
    sex: Sex,
    age_years: u32,
    /// Carries the family's surname; partners who married in have their own.
    of_the_family: bool,
}

/// Kinds of households with their share in a thousand.
#[derive(Clone, Copy)]
enum Household {
    ElderAlone,
    ElderCouple,
    EldersWithGrandchild,
    Couple,
    CoupleWithChildren,
    ThreeGenerations,
    AdultAlone,
}

const HOUSEHOLDS: &[(Household, u32)] = &[
    (Household::ElderAlone, 90),
    (Household::ElderCouple, 150),
    (Household::EldersWithGrandchild, 50),
    (Household::Couple, 200),
    (Household::CoupleWithChildren, 270),
    (Household::ThreeGenerations, 140),
    (Household::AdultAlone, 100),
];

impl Maker {
    fn household(&mut self, household: u32, room: usize, places: &[Place]) {
        let place = *self.random.weighted(&self.weights);
        self.doors[place] += 1;
        let door = self.doors[place];
        let address = format!(
            "{}{}组{}号",
            places[place].address,
            door / 40 + 1,
            door % 40 + 1
        );
        let surname = names::surname(&mut self.random);
        let mut members = self.members();
        members.truncate(room);
        let mut first_phone = None;
        for member in members {
            let mut resident = self.person(member, surname, place, places[place].region_suffix);
            resident.household = household;
            resident.address.clone_from(&address);
            if member.age_years < 14 {
                resident.phone.clone_from(&first_phone);
            } else if first_phone.is_none() {
                first_phone.clone_from(&resident.phone);
            }
            self.made.push(resident);
        }
    }

    fn members(&mut self) -> Vec<Member> {
        let mut members = Vec::with_capacity(6);
        match *self.random.weighted(HOUSEHOLDS) {
            Household::ElderAlone => {
                // Widows outnumber widowers.
                let sex = if self.random.chance(640) {
                    Sex::Female
                } else {
                    Sex::Male
                };
                let age_years = self.elder_age();
                members.push(Member {
                    sex,
                    age_years,
                    of_the_family: true,
                });
            }
            Household::ElderCouple => {
                let age = self.elder_age();
                self.couple(age, &mut members);
            }
            Household::EldersWithGrandchild => {
                let age = self.random.between(56, 74);
                self.couple(age, &mut members);
                self.children(age.saturating_sub(50), 1, &mut members);
            }
            Household::Couple => {
                let age = self.random.between(26, 62);
                self.couple(age, &mut members);
            }
            Household::CoupleWithChildren => {
                let age = self.random.between(27, 54);
                self.couple(age, &mut members);
                let children = 1 + u32::from(self.random.chance(380));
                self.children(age - 25, children, &mut members);
            }
            Household::ThreeGenerations => {
                let age = self.random.between(29, 50);
                let grandparents = age + self.random.between(23, 31);
                self.couple(grandparents, &mut members);
                if self.random.chance(350) {
                    members.pop();
                }
                self.couple(age, &mut members);
                let children = 1 + u32::from(self.random.chance(420));
                self.children(age - 26, children, &mut members);
            }
            Household::AdultAlone => {
                let sex = if self.random.chance(600) {
                    Sex::Male
                } else {
                    Sex::Female
                };
                let age_years = self.random.between(20, 62);
                members.push(Member {
                    sex,
                    age_years,
                    of_the_family: true,
                });
            }
        }
        members
    }

    /// An age of 60 or more; older ages are rarer.
    fn elder_age(&mut self) -> u32 {
        let one = self.random.between(60, 94);
        let other = self.random.between(60, 94);
        one.min(other)
    }

    fn couple(&mut self, age_years: u32, members: &mut Vec<Member>) {
        let her_age = (age_years + 1).saturating_sub(self.random.below(5)).max(20);
        members.push(Member {
            sex: Sex::Male,
            age_years,
            of_the_family: true,
        });
        members.push(Member {
            sex: Sex::Female,
            age_years: her_age,
            of_the_family: false,
        });
    }

    fn children(&mut self, eldest_years_max: u32, count: u32, members: &mut Vec<Member>) {
        let mut age_years = eldest_years_max
            .min(24)
            .saturating_sub(self.random.below(4));
        for _ in 0..count {
            let sex = if self.random.chance(525) {
                Sex::Male
            } else {
                Sex::Female
            };
            members.push(Member {
                sex,
                age_years,
                of_the_family: true,
            });
            age_years = age_years.saturating_sub(self.random.between(2, 6));
        }
    }

    fn person(
        &mut self,
        member: Member,
        surname: &str,
        place: usize,
        region_suffix: u8,
    ) -> Resident {
        let birth_date = self.birth_date(member.age_years);
        let birth_year = birth_date.parts().0;
        let own_surname = if member.of_the_family {
            surname
        } else {
            names::surname(&mut self.random)
        };
        let name = names::person_name(&mut self.random, own_surname, member.sex, birth_year);
        let resident_id = self.resident_id(region_suffix, birth_date, member.sex);
        let number = u32::try_from(self.made.len()).expect("fewer residents than 2³²");
        let reachable = member.age_years >= 14 && self.random.chance(930);
        let phone = reachable.then(|| (FIRST_PHONE + u64::from(number)).to_string());
        let conditions = conditions_of(
            &mut self.random,
            member.sex,
            member.age_years,
            birth_date,
            self.as_of,
        );
        let delivery_due = self.delivery_due(member);
        Resident {
            number,
            name,
            sex: member.sex,
            birth_date,
            health_card: format!("T{}", &resident_id[2..]),
            resident_id,
            phone,
            place,
            household: 0,
            address: String::new(),
            insurance: self.insurance(member.age_years),
            conditions,
            allergies: self.allergies(),
            delivery_due,
        }
    }

    /// A birth date that gives exactly `age_years` on the generator's date.
    fn birth_date(&mut self, age_years: u32) -> Date {
        let (year, month, day) = self.as_of.parts();
        let age = i16::try_from(age_years.min(AGE_YEARS_MAX)).expect("ages are small");
        // 29 February has no anniversary in most years; the day before it always has.
        let day = if (month, day) == (2, 29) { 28 } else { day };
        let birthday = Date::new(year - age, month, day).expect("a day that exists in every year");
        birthday.plus_days(-i64::from(self.random.below(365)))
    }

    fn resident_id(&mut self, region_suffix: u8, birth_date: Date, sex: Sex) -> String {
        let serial = self.serials.entry((region_suffix, birth_date)).or_insert(0);
        *serial += 1;
        invented_resident_id(region_suffix, birth_date, sex, *serial)
    }

    fn insurance(&mut self, age_years: u32) -> Insurance {
        let employee_per_mille = if (20..=80).contains(&age_years) {
            230
        } else {
            0
        };
        match self.random.below(1000) {
            draw if draw < employee_per_mille => Insurance::Employee,
            draw if draw < 970 => Insurance::Resident,
            _ => Insurance::SelfPay,
        }
    }

    fn allergies(&mut self) -> Vec<&'static str> {
        const ALLERGENS: &[(&str, u32)] = &[
            ("青霉素类", 50),
            ("磺胺类", 15),
            ("头孢菌素类", 15),
            ("海鲜", 12),
            ("花粉", 8),
        ];
        if self.random.chance(40) {
            vec![*self.random.weighted(ALLERGENS)]
        } else {
            Vec::new()
        }
    }

    fn delivery_due(&mut self, member: Member) -> Option<Date> {
        let fertile = member.sex == Sex::Female && (21..=41).contains(&member.age_years);
        (fertile && self.random.chance(28))
            .then(|| self.as_of.plus_days(i64::from(self.random.between(1, 270))))
    }
}

/// An identity number of the test region: `serial` counts people of one region and birth date.
///
/// # Panics
/// When more than 499 people of one sex are asked for in one region and day.
pub fn invented_resident_id(region_suffix: u8, birth_date: Date, sex: Sex, serial: u32) -> String {
    let (year, month, day) = birth_date.parts();
    let sequence = serial * 2 - u32::from(sex != Sex::Female);
    assert!(
        sequence < 1000,
        "an identity number has three digits for the sequence"
    );
    let digits = format!("{TEST_REGION}{region_suffix:02}{year:04}{month:02}{day:02}{sequence:03}");
    let check = char::from(resident_id_check(digits.as_bytes()));
    format!("{digits}{check}")
}

#[cfg(test)]
#[path = "population_tests.rs"]
mod tests;

//! The 300 practitioners: how many of which work in which department, with titles, licences and
//! the experts who go down to the centres.

use kernel::Date;
use kernel::identity::Sex;

use crate::names;
use crate::population::invented_resident_id;
use crate::random::Random;
use crate::shape::{
    Department, Licence, Organization, OrganizationKind as Kind, Practitioner, Role, WorkSite,
};

/// Identity numbers of practitioners are of region 9901-99, so that none is a resident's.
const PRACTITIONER_REGION: u8 = 99;
const FIRST_PHONE: u64 = 19_900_900_000;

/// Department (without its organization), role, how many.
type Staffing = (&'static str, Role, u32);

const LEAD_STAFF: &[Staffing] = &[
    ("administration", Role::Director, 1),
    ("administration", Role::DutyChief, 2),
    ("administration", Role::PrivacyOfficer, 1),
    ("administration", Role::SystemAdmin, 1),
    ("referral-office", Role::ReferralOffice, 3),
    ("referral-office", Role::Dispatcher, 1),
    ("referral-office", Role::BedManager, 2),
    ("cardiology", Role::AttendingDoctor, 3),
    ("neurology", Role::AttendingDoctor, 3),
    ("respiratory", Role::AttendingDoctor, 3),
    ("gastroenterology", Role::AttendingDoctor, 3),
    ("endocrinology", Role::AttendingDoctor, 3),
    ("nephrology", Role::AttendingDoctor, 3),
    ("oncology", Role::AttendingDoctor, 3),
    ("general-surgery", Role::AttendingDoctor, 3),
    ("orthopaedics", Role::AttendingDoctor, 3),
    ("neurosurgery", Role::AttendingDoctor, 3),
    ("urology", Role::AttendingDoctor, 3),
    ("obstetrics", Role::AttendingDoctor, 3),
    ("paediatrics", Role::AttendingDoctor, 3),
    ("ophthalmology", Role::AttendingDoctor, 3),
    ("emergency", Role::AttendingDoctor, 6),
    ("intensive-care", Role::AttendingDoctor, 2),
    ("cardiology", Role::WardNurse, 2),
    ("neurology", Role::WardNurse, 2),
    ("respiratory", Role::WardNurse, 2),
    ("gastroenterology", Role::WardNurse, 2),
    ("endocrinology", Role::WardNurse, 2),
    ("nephrology", Role::WardNurse, 2),
    ("oncology", Role::WardNurse, 2),
    ("general-surgery", Role::WardNurse, 2),
    ("orthopaedics", Role::WardNurse, 2),
    ("neurosurgery", Role::WardNurse, 2),
    ("urology", Role::WardNurse, 2),
    ("obstetrics", Role::WardNurse, 2),
    ("paediatrics", Role::WardNurse, 2),
    ("ophthalmology", Role::WardNurse, 2),
    ("emergency", Role::WardNurse, 2),
    ("intensive-care", Role::WardNurse, 2),
    ("imaging", Role::Technician, 4),
    ("ultrasound", Role::Technician, 3),
    ("endoscopy", Role::Technician, 2),
    ("pharmacy", Role::Pharmacist, 4),
];

const BRANCH_STAFF: &[Staffing] = &[
    ("administration", Role::Director, 1),
    ("administration", Role::DutyChief, 2),
    ("administration", Role::SystemAdmin, 1),
    ("referral-office", Role::ReferralOffice, 3),
    ("referral-office", Role::BedManager, 1),
    ("internal-medicine", Role::AttendingDoctor, 3),
    ("surgery", Role::AttendingDoctor, 3),
    ("rehabilitation", Role::AttendingDoctor, 3),
    ("obstetrics", Role::AttendingDoctor, 3),
    ("paediatrics", Role::AttendingDoctor, 3),
    ("chinese-medicine", Role::AttendingDoctor, 3),
    ("emergency", Role::AttendingDoctor, 3),
    ("internal-medicine", Role::WardNurse, 3),
    ("surgery", Role::WardNurse, 2),
    ("rehabilitation", Role::WardNurse, 3),
    ("obstetrics", Role::WardNurse, 2),
    ("paediatrics", Role::WardNurse, 2),
    ("chinese-medicine", Role::WardNurse, 2),
    ("emergency", Role::WardNurse, 1),
    ("imaging", Role::Technician, 3),
    ("pharmacy", Role::Pharmacist, 3),
];

const TOWNSHIP_STAFF: &[Staffing] = &[
    ("general-practice", Role::Director, 1),
    ("general-practice", Role::GeneralPractitioner, 6),
    ("chinese-medicine", Role::GeneralPractitioner, 2),
    ("inpatient", Role::WardNurse, 5),
    ("public-health", Role::PublicHealthDoctor, 3),
    ("examination", Role::Technician, 2),
    ("pharmacy", Role::Pharmacist, 1),
];

const COMMUNITY_STAFF: &[Staffing] = &[
    ("general-practice", Role::Director, 1),
    ("general-practice", Role::GeneralPractitioner, 5),
    ("chinese-medicine", Role::GeneralPractitioner, 1),
    ("inpatient", Role::WardNurse, 3),
    ("public-health", Role::PublicHealthDoctor, 3),
    ("examination", Role::Technician, 1),
    ("pharmacy", Role::Pharmacist, 1),
];

const CLINIC_STAFF_ONE: &[Staffing] = &[("clinic", Role::VillageDoctor, 1)];
const CLINIC_STAFF_TWO: &[Staffing] = &[("clinic", Role::VillageDoctor, 2)];
const CITY_STAFF: &[Staffing] = &[("medical-affairs", Role::HealthBureau, 1)];
const BUREAU_STAFF: &[Staffing] = &[("medical-affairs", Role::HealthBureau, 3)];

/// Departments of the lead whose second doctor spends one weekday at a centre.
const OUTREACH: [(&str, &str, u8); 6] = [
    ("lead/cardiology", "town-1", 2),
    ("lead/neurology", "town-2", 3),
    ("lead/endocrinology", "community-1", 4),
    ("lead/respiratory", "town-3", 2),
    ("lead/orthopaedics", "town-4", 5),
    ("lead/gastroenterology", "community-2", 1),
];

/// Everybody who works in the consortium and its authorities.
pub fn practitioners(
    seed: u64,
    as_of: Date,
    organizations: &[Organization],
    departments: &[Department],
) -> Vec<Practitioner> {
    let mut maker = Maker {
        random: Random::new(seed).fork("practitioners"),
        as_of,
        made: Vec::new(),
    };
    let mut clinics = 0;
    for organization in organizations {
        let staff = match organization.kind {
            Kind::HealthBureau if organization.key == "city" => CITY_STAFF,
            Kind::HealthBureau => BUREAU_STAFF,
            Kind::LeadHospital => LEAD_STAFF,
            Kind::BranchHospital => BRANCH_STAFF,
            Kind::TownshipCentre => TOWNSHIP_STAFF,
            Kind::CommunityCentre => COMMUNITY_STAFF,
            Kind::VillageClinic => {
                clinics += 1;
                if clinics % 2 == 0 {
                    CLINIC_STAFF_TWO
                } else {
                    CLINIC_STAFF_ONE
                }
            }
        };
        for (department, role, count) in staff {
            let key = format!("{}/{department}", organization.key);
            debug_assert!(
                departments.iter().any(|one| one.key == key),
                "{key} is no department"
            );
            for rank in 0..*count {
                maker.hire(&organization.key, &key, *role, rank);
            }
        }
    }
    for (department, site, weekday) in OUTREACH {
        send_down(&mut maker.made, department, site, weekday, as_of);
    }
    maker.made
}

struct Maker {
    random: Random,
    as_of: Date,
    made: Vec<Practitioner>,
}

impl Maker {
    /// Adds one; `rank` 0 is the senior of the department.
    fn hire(&mut self, employer: &str, department: &str, role: Role, rank: u32) {
        let serial = u32::try_from(self.made.len()).expect("a few hundred") + 1;
        let sex = self.sex(role);
        let age_years = self.age_years(role, rank);
        let (year, _, _) = self.as_of.parts();
        let born = year - i16::try_from(age_years).expect("an age");
        let birth_date = Date::new(born, 1, 1)
            .expect("the first of January exists")
            .plus_days(i64::from(self.random.below(300)));
        let surname = names::surname(&mut self.random);
        let licences = self.licences(role, rank, serial, age_years);
        let practitioner = Practitioner {
            key: format!("p{serial:03}"),
            name: names::person_name(&mut self.random, surname, sex, born),
            sex,
            birth_date,
            resident_id: invented_resident_id(PRACTITIONER_REGION, birth_date, sex, serial),
            phone: (FIRST_PHONE + u64::from(serial)).to_string(),
            employer: employer.to_owned(),
            department: department.to_owned(),
            role,
            title: title(role, rank),
            staff_status: if self.random.chance(720) && role != Role::VillageDoctor {
                "established"
            } else {
                "contract"
            },
            licences,
            work_sites: Vec::new(),
        };
        self.made.push(practitioner);
    }

    fn sex(&mut self, role: Role) -> Sex {
        let women_per_mille = match role {
            Role::WardNurse => 960,
            Role::Pharmacist | Role::PublicHealthDoctor => 650,
            Role::VillageDoctor => 350,
            _ => 450,
        };
        if self.random.chance(women_per_mille) {
            Sex::Female
        } else {
            Sex::Male
        }
    }

    fn age_years(&mut self, role: Role, rank: u32) -> u32 {
        match role {
            Role::Director | Role::DutyChief => self.random.between(46, 57),
            Role::VillageDoctor => self.random.between(34, 64),
            Role::WardNurse => self.random.between(24, 45),
            _ => match rank {
                0 => self.random.between(47, 58),
                1 => self.random.between(39, 49),
                _ => self.random.between(27, 40),
            },
        }
    }

    fn licences(&mut self, role: Role, rank: u32, serial: u32, age_years: u32) -> Vec<Licence> {
        let (kind, valid_years) = match role {
            Role::AttendingDoctor | Role::Director | Role::DutyChief => ("doctor", None),
            Role::PublicHealthDoctor => ("doctor", None),
            Role::GeneralPractitioner if rank >= 4 => ("assistant-doctor", None),
            Role::GeneralPractitioner => ("doctor", None),
            Role::VillageDoctor => ("village-doctor", Some(5)),
            Role::WardNurse => ("nurse", Some(5)),
            Role::Pharmacist => ("pharmacist", Some(5)),
            Role::Technician => ("technician", None),
            Role::ReferralOffice | Role::Dispatcher | Role::BedManager => ("nurse", Some(5)),
            Role::HealthBureau | Role::SystemAdmin | Role::PrivacyOfficer => return Vec::new(),
        };
        let years_ago = self
            .random
            .between(1, age_years.saturating_sub(24).clamp(1, 4));
        let issued_on = self
            .as_of
            .plus_days(-i64::from(years_ago * 365 + self.random.below(300)).min(5 * 365 - 20));
        let valid_until = valid_years.map(|years: i64| issued_on.plus_days(years * 365));
        vec![Licence {
            kind,
            number: format!("990100{:09}", serial * 37),
            issued_on,
            valid_until,
        }]
    }
}

fn title(role: Role, rank: u32) -> &'static str {
    let ladder: &[&str] = match role {
        Role::AttendingDoctor => &["主任医师", "副主任医师", "主治医师", "主治医师", "住院医师"],
        Role::Director | Role::DutyChief => &["副主任医师"],
        Role::GeneralPractitioner => &["副主任医师", "主治医师", "主治医师", "医师", "助理医师"],
        Role::PublicHealthDoctor => &["主治医师", "医师"],
        Role::VillageDoctor => &["乡村医生", "乡村全科执业助理医师"],
        Role::WardNurse => &["主管护师", "护师", "护士"],
        Role::ReferralOffice | Role::Dispatcher | Role::BedManager => &["主管护师", "护师"],
        Role::Technician => &["主管技师", "技师"],
        Role::Pharmacist => &["主管药师", "药师"],
        Role::HealthBureau | Role::SystemAdmin | Role::PrivacyOfficer => &[""],
    };
    let at = usize::try_from(rank).unwrap_or(0).min(ladder.len() - 1);
    ladder[at]
}

fn send_down(made: &mut [Practitioner], department: &str, site: &str, weekday: u8, as_of: Date) {
    let expert = made
        .iter_mut()
        .filter(|one| one.department == department && one.role == Role::AttendingDoctor)
        .nth(1);
    if let Some(expert) = expert {
        expert.work_sites.push(WorkSite {
            organization: site.to_owned(),
            weekday,
            starts_on: as_of.plus_days(-120),
            // A posting lasts at least six months (B2 of the rules of consortia).
            ends_on: as_of.plus_days(120),
        });
    }
}

//! What the members pool: 500 beds by ward, 20 devices, weekly sessions, services.

use crate::shape::{
    Bed, Department, Device, Organization, OrganizationKind as Kind, Practitioner, Role,
    ScheduleTemplate, ServiceOffer, Ward,
};

/// Department, beds, kind of bed, sex rule (`rooms` alternates by room), isolation beds at the end.
type WardRow = (&'static str, u32, &'static str, &'static str, u32);

const HOSPITAL_WARDS: &[WardRow] = &[
    ("lead/cardiology", 26, "general", "rooms", 0),
    ("lead/neurology", 26, "general", "rooms", 0),
    ("lead/respiratory", 24, "general", "rooms", 4),
    ("lead/gastroenterology", 18, "general", "rooms", 0),
    ("lead/endocrinology", 18, "general", "rooms", 0),
    ("lead/nephrology", 18, "general", "rooms", 0),
    ("lead/oncology", 18, "general", "rooms", 0),
    ("lead/general-surgery", 26, "general", "rooms", 0),
    ("lead/orthopaedics", 26, "general", "rooms", 0),
    ("lead/neurosurgery", 18, "general", "rooms", 0),
    ("lead/urology", 14, "general", "rooms", 0),
    ("lead/obstetrics", 20, "general", "female", 0),
    ("lead/paediatrics", 18, "general", "any", 2),
    ("lead/ophthalmology", 8, "general", "rooms", 0),
    ("lead/emergency", 10, "observation", "any", 0),
    ("lead/intensive-care", 12, "intensive", "any", 2),
    ("branch/internal-medicine", 30, "general", "rooms", 2),
    ("branch/surgery", 18, "general", "rooms", 0),
    ("branch/rehabilitation", 26, "rehabilitation", "rooms", 0),
    ("branch/obstetrics", 8, "general", "female", 0),
    ("branch/paediatrics", 8, "general", "any", 0),
    ("branch/chinese-medicine", 10, "general", "rooms", 0),
    ("town-1/inpatient", 20, "general", "rooms", 2),
    ("town-2/inpatient", 20, "general", "rooms", 2),
    ("town-3/inpatient", 20, "general", "rooms", 2),
    ("town-4/inpatient", 20, "general", "rooms", 2),
    ("community-1/inpatient", 10, "rehabilitation", "rooms", 0),
    ("community-2/inpatient", 10, "rehabilitation", "rooms", 0),
];

/// Wards and their beds; rooms have two beds, isolation rooms one.
pub fn wards(departments: &[Department]) -> Vec<Ward> {
    HOSPITAL_WARDS
        .iter()
        .filter_map(|row| {
            departments
                .iter()
                .find(|one| one.key == row.0)
                .map(|found| (row, found))
        })
        .map(
            |((key, count, kind, sex_rule, isolated), department)| Ward {
                key: format!("{key}/ward"),
                organization: department.organization.clone(),
                department: department.key.clone(),
                name: match department.name.as_str() {
                    "住院部" => "综合病区".to_owned(),
                    name => format!("{name}病区"),
                },
                beds: (0..*count)
                    .map(|at| bed(at, *count, kind, sex_rule, *isolated))
                    .collect(),
            },
        )
        .collect()
}

fn bed(at: u32, count: u32, kind: &'static str, sex_rule: &'static str, isolated: u32) -> Bed {
    let isolation = at >= count - isolated;
    // Rooms before the isolation rooms hold two beds each; the isolation rooms follow.
    let room = if isolation {
        (count - isolated).div_ceil(2) + at - (count - isolated)
    } else {
        at / 2
    };
    let by_room = if room % 2 == 0 { "male" } else { "female" };
    Bed {
        number: format!("{:02}", at + 1),
        room: format!("{}", 101 + room),
        kind: if isolation && kind == "general" {
            "isolation"
        } else {
            kind
        },
        sex_rule: match sex_rule {
            "rooms" if !isolation => by_room,
            "rooms" => "any",
            other => other,
        },
        isolation,
    }
}

const CT_EXAMS: &[&str] = &[
    "CT-HEAD",
    "CT-CHEST",
    "CT-ABD",
    "CT-PELVIS",
    "CT-KUB",
    "CT-CSPINE",
    "CT-LSPINE",
    "CT-LIMB",
    "CT-SINUS",
];
const CT_CONTRAST_EXAMS: &[&str] = &[
    "CT-HEAD",
    "CT-CHEST",
    "CT-ABD",
    "CT-HEAD-CE",
    "CT-CTA-HN",
    "CT-CHEST-CE",
    "CT-CTPA",
    "CT-CCTA",
    "CT-AORTA",
    "CT-ABD-CE",
];
const MR_EXAMS: &[&str] = &[
    "MR-HEAD",
    "MR-HEAD-CE",
    "MR-DWI",
    "MR-MRA",
    "MR-CSPINE",
    "MR-TSPINE",
    "MR-LSPINE",
    "MR-KNEE",
    "MR-SHOULDER",
    "MR-MRCP",
    "MR-ABD-CE",
    "MR-PELVIS",
];
const US_EXAMS: &[&str] = &[
    "US-ABD",
    "US-URO",
    "US-PROSTATE",
    "US-THYROID",
    "US-BREAST",
    "US-CHEST",
    "US-SUPERFICIAL",
];
const US_VASCULAR_EXAMS: &[&str] = &["US-ECHO", "US-CAROTID", "US-LEV", "US-LEA", "US-TCD"];
const US_WOMEN_EXAMS: &[&str] = &["US-GYN", "US-TVS", "US-OB", "US-OB-NT", "US-OB-ANOM"];
const DR_EXAMS: &[&str] = &["DR-CHEST", "DR-SPINE", "DR-LIMB", "DR-PELVIS", "DR-ABD"];
const ES_EXAMS: &[&str] = &["ES-EGD", "ES-EGD-S", "ES-COLON", "ES-COLON-S"];

/// Department, name, modality, examinations, opening hour, closing hour, part open to members.
type DeviceRow = (
    &'static str,
    &'static str,
    &'static str,
    &'static [&'static str],
    u8,
    u8,
    u8,
);

const DEVICES: [DeviceRow; 20] = [
    (
        "lead/imaging",
        "CT一室(128排)",
        "CT",
        CT_CONTRAST_EXAMS,
        8,
        20,
        30,
    ),
    ("lead/imaging", "CT二室(64排)", "CT", CT_EXAMS, 8, 20, 40),
    ("lead/imaging", "磁共振室(1.5T)", "MR", MR_EXAMS, 8, 20, 40),
    (
        "lead/cardiology",
        "导管室",
        "XA",
        &["DSA-CAG", "DSA-CEREBRAL"],
        8,
        18,
        20,
    ),
    ("lead/imaging", "DR室", "DR", DR_EXAMS, 8, 17, 20),
    ("lead/imaging", "乳腺机房", "MG", &["MG-BREAST"], 8, 17, 30),
    ("lead/ultrasound", "超声一室", "US", US_EXAMS, 8, 17, 30),
    (
        "lead/ultrasound",
        "超声二室(心血管)",
        "US",
        US_VASCULAR_EXAMS,
        8,
        17,
        30,
    ),
    (
        "lead/ultrasound",
        "超声三室(妇产)",
        "US",
        US_WOMEN_EXAMS,
        8,
        17,
        30,
    ),
    ("lead/endoscopy", "胃肠镜一室", "ES", ES_EXAMS, 8, 17, 40),
    (
        "lead/endoscopy",
        "支气管镜室",
        "ES",
        &["ES-BRONCH", "ES-LARYNX"],
        8,
        12,
        30,
    ),
    (
        "lead/respiratory",
        "肺功能室",
        "PF",
        &["PF-SPIRO", "PF-FENO"],
        8,
        17,
        40,
    ),
    (
        "lead/cardiology",
        "动态心电室",
        "ECG",
        &["EC-ECG", "EC-HOLTER", "EC-ABPM", "EC-TREADMILL"],
        8,
        17,
        40,
    ),
    ("branch/imaging", "CT室(64排)", "CT", CT_EXAMS, 8, 18, 40),
    ("branch/imaging", "超声室", "US", US_EXAMS, 8, 17, 30),
    ("branch/imaging", "骨密度室", "BD", &["BD-DXA"], 8, 17, 50),
    ("town-1/examination", "DR室", "DR", DR_EXAMS, 8, 17, 20),
    ("town-2/examination", "超声室", "US", US_EXAMS, 8, 17, 20),
    ("town-3/examination", "DR室", "DR", DR_EXAMS, 8, 17, 20),
    ("town-4/examination", "超声室", "US", US_EXAMS, 8, 17, 20),
];

/// The devices.
pub fn devices() -> Vec<Device> {
    (1_u32..)
        .zip(DEVICES)
        .map(
            |(serial, (department, name, modality, exams, opens, closes, shared))| Device {
                key: format!("d{serial:02}"),
                organization: department.split('/').next().unwrap_or_default().to_owned(),
                department: department.to_owned(),
                name: name.to_owned(),
                modality,
                exams: exams.to_vec(),
                opens_hour: opens,
                closes_hour: closes,
                weekdays: if modality == "CT" {
                    (1..=7).collect()
                } else {
                    (1..=5).collect()
                },
                shared_percent: shared,
            },
        )
        .collect()
}

/// Weekly sessions: each specialist three, each township doctor every morning, experts one at the
/// centre they are posted to.
pub fn schedules(
    practitioners: &[Practitioner],
    departments: &[Department],
) -> Vec<ScheduleTemplate> {
    let sees_outpatients = |key: &str| {
        departments
            .iter()
            .any(|one| one.key == key && one.outpatient)
    };
    let mut schedules = Vec::new();
    for (at, doctor) in (0_u8..).zip(
        practitioners
            .iter()
            .filter(|one| matches!(one.role, Role::AttendingDoctor | Role::GeneralPractitioner))
            .filter(|one| sees_outpatients(&one.department)),
    ) {
        let own = |weekday, session| {
            session_of(
                doctor,
                &doctor.employer,
                &doctor.department,
                weekday,
                session,
            )
        };
        if doctor.role == Role::GeneralPractitioner {
            schedules.extend((1..=5).map(|weekday| own(weekday, "morning")));
        } else {
            let free = |weekday: &u8| {
                doctor
                    .work_sites
                    .iter()
                    .all(|site| site.weekday != *weekday)
            };
            let days = [at % 5 + 1, (at + 2) % 5 + 1, (at + 3) % 5 + 1];
            for (place, weekday) in days.into_iter().filter(free).enumerate() {
                schedules.push(own(
                    weekday,
                    if place == 1 { "afternoon" } else { "morning" },
                ));
            }
        }
        for site in &doctor.work_sites {
            let department = format!("{}/general-practice", site.organization);
            schedules.push(session_of(
                doctor,
                &site.organization,
                &department,
                site.weekday,
                "morning",
            ));
        }
    }
    schedules
}

fn session_of(
    doctor: &Practitioner,
    organization: &str,
    department: &str,
    weekday: u8,
    session: &'static str,
) -> ScheduleTemplate {
    let (fee_fen, minutes_per_slot) = match (doctor.role, doctor.title) {
        (Role::GeneralPractitioner, _) => (100, 15),
        (_, "主任医师") => (3000, 10),
        (_, "副主任医师") => (2000, 10),
        _ => (1000, 10),
    };
    let session_minutes: u8 = if session == "morning" { 210 } else { 180 };
    let slots = session_minutes / minutes_per_slot;
    let shared = doctor.role == Role::AttendingDoctor;
    ScheduleTemplate {
        practitioner: doctor.key.clone(),
        organization: organization.to_owned(),
        department: department.to_owned(),
        weekday,
        session,
        starts_hour: if session == "morning" { 8 } else { 14 },
        minutes_per_slot,
        slots,
        member_quota: if shared { slots * 3 / 10 } else { 2 },
        green_channel_quota: u8::from(shared),
        fee_fen,
    }
}

const LEAD_SERVICES: &[&str] = &[
    "PCI",
    "PACEMAKER",
    "ABLATION",
    "THROMBOLYSIS-AMI",
    "CCU-CARE",
    "THROMBOLYSIS-STROKE",
    "THROMBECTOMY",
    "STROKE-UNIT",
    "CRANIOTOMY",
    "BURRHOLE",
    "ENDOSCOPIC-HAEMOSTASIS",
    "POLYPECTOMY",
    "ERCP",
    "BRONCHOSCOPY-LAVAGE",
    "NIV",
    "MECHANICAL-VENTILATION",
    "CRRT",
    "HAEMODIALYSIS",
    "HAEMOPERFUSION",
    "INSULIN-PUMP",
    "CHEMOTHERAPY",
    "APPENDICECTOMY",
    "CHOLECYSTECTOMY",
    "COLECTOMY",
    "SPLENECTOMY",
    "HIP-REPLACEMENT",
    "KNEE-REPLACEMENT",
    "FRACTURE-FIXATION",
    "SPINE-SURGERY",
    "URETEROSCOPY",
    "TURP",
    "CHEST-DRAIN",
    "CAESAREAN",
    "DELIVERY",
    "PPH-RESCUE",
    "HYSTERECTOMY",
    "NICU",
    "PHOTOTHERAPY",
    "CATARACT",
    "TELE-CONSULT",
    "TELE-ECG",
    "TELE-IMAGING",
];
const BRANCH_SERVICES: &[&str] = &[
    "THROMBOLYSIS-AMI",
    "NIV",
    "HAEMODIALYSIS",
    "APPENDICECTOMY",
    "HERNIA-REPAIR",
    "FRACTURE-FIXATION",
    "CAESAREAN",
    "DELIVERY",
    "REHAB-NEURO",
    "REHAB-ORTHO",
    "REHAB-CARDIO",
    "SPEECH-SWALLOW",
    "ACUPUNCTURE",
    "TUINA",
    "PALLIATIVE",
];
const CENTRE_SERVICES: &[&str] = &[
    "REHAB-NEURO",
    "REHAB-ORTHO",
    "ACUPUNCTURE",
    "TUINA",
    "PALLIATIVE",
    "INFUSION",
    "HOME-BED",
    "CHRONIC-FOLLOWUP",
    "VACCINATION",
    "RABIES-WOUND",
    "ANTENATAL",
    "WOUND-CARE",
];
const CLINIC_SERVICES: &[&str] = &["WOUND-CARE", "CHRONIC-FOLLOWUP"];

/// Services of each member by its kind; hospitals open theirs to the group.
pub fn services(organizations: &[Organization]) -> Vec<ServiceOffer> {
    organizations
        .iter()
        .flat_map(|organization| {
            let (codes, open_to) = match organization.kind {
                Kind::HealthBureau => (&[][..], "own"),
                Kind::LeadHospital => (LEAD_SERVICES, "group"),
                Kind::BranchHospital => (BRANCH_SERVICES, "group"),
                Kind::TownshipCentre | Kind::CommunityCentre => (CENTRE_SERVICES, "group"),
                Kind::VillageClinic => (CLINIC_SERVICES, "own"),
            };
            codes.iter().map(move |technique| ServiceOffer {
                organization: organization.key.clone(),
                technique: (*technique).to_owned(),
                open_to,
            })
        })
        .collect()
}

//! The tree: an invented city and county, their health authorities, and the members of the group
//! "1 lead + 1 branch hospital + 4 township centres + 2 community centres + 20 village clinics".

use kernel::Date;
use kernel::identity::complete_credit_code;

use crate::shape::{Alliance, Bond, Group, Level, Organization, OrganizationKind as Kind, Place};

const COUNTY: &str = "云岭县";
const COUNTY_EN: &str = "Yunling";

/// A town with its villages; names are invented.
struct Town {
    name: &'static str,
    name_en: &'static str,
    distance_km: u32,
    villages: [(&'static str, &'static str); 5],
}

const TOWNS: [Town; 4] = [
    Town {
        name: "青禾镇",
        name_en: "Qinghe",
        distance_km: 14,
        villages: [
            ("青垄村", "Qinglong"),
            ("麦语村", "Maiyu"),
            ("穗安村", "Suian"),
            ("禾音村", "Heyin"),
            ("垄月村", "Longyue"),
        ],
    },
    Town {
        name: "柳汀镇",
        name_en: "Liuting",
        distance_km: 22,
        villages: [
            ("汀兰村", "Tinglan"),
            ("柳絮村", "Liuxu"),
            ("溪语村", "Xiyu"),
            ("苇安村", "Weian"),
            ("荻影村", "Diying"),
        ],
    },
    Town {
        name: "松月镇",
        name_en: "Songyue",
        distance_km: 37,
        villages: [
            ("松语村", "Songyu"),
            ("石盈村", "Shiying"),
            ("岭霁村", "Lingji"),
            ("月坡村", "Yuepo"),
            ("杉影村", "Shanying"),
        ],
    },
    Town {
        name: "禾湾镇",
        name_en: "Hewan",
        distance_km: 28,
        villages: [
            ("湾月村", "Wanyue"),
            ("渚安村", "Zhuan"),
            ("芦语村", "Luyu"),
            ("渔映村", "Yuying"),
            ("汀霞村", "Tingxia"),
        ],
    },
];

const COMMUNITIES: [(&str, &str, u32); 2] = [("望禾社区", "Wanghe", 3), ("映霞社区", "Yingxia", 5)];

/// Everything in the tree, parents first.
pub fn organizations() -> Vec<Organization> {
    let mut all = vec![city(), bureau(), lead(), branch()];
    for (at, town) in (1_u32..).zip(&TOWNS) {
        all.push(township_centre(at, town));
    }
    for (at, community) in (1_u32..).zip(&COMMUNITIES) {
        all.push(community_centre(at, community));
    }
    for (at, town) in (1_u32..).zip(&TOWNS) {
        for (village_at, village) in (1_u32..).zip(&town.villages) {
            all.push(village_clinic(at, town, village_at, village));
        }
    }
    for (serial, organization) in (1_u32..).zip(&mut all) {
        identify(serial, organization);
    }
    all
}

/// What most members share; each function below changes the rest.
fn member(key: String, parent: &str, level: Level, kind: Kind) -> Organization {
    Organization {
        key,
        parent: Some(parent.to_owned()),
        level,
        kind,
        name: String::new(),
        short_name: String::new(),
        name_en: String::new(),
        credit_code: String::new(),
        institution_code: String::new(),
        ownership: "public",
        positioning: "",
        affiliation: format!("{COUNTY}卫生健康局"),
        funding_channel: "县级财政差额补助",
        input_mode: "定项补助",
        grade: "",
        cooperation_mode: "tight",
        council_class: "ordinary",
        approved_beds: 0,
        distance_to_lead_km: 0,
        address: String::new(),
        phone: String::new(),
    }
}

fn city() -> Organization {
    Organization {
        parent: None,
        name: "澜川市卫生健康委员会".into(),
        short_name: "市卫健委".into(),
        name_en: "Lanchuan City Health Commission".into(),
        ownership: "government",
        affiliation: "澜川市人民政府".into(),
        funding_channel: "市级财政全额",
        input_mode: "预算拨款",
        cooperation_mode: "",
        council_class: "",
        distance_to_lead_km: 68,
        address: "澜川市文澜路1号".into(),
        ..member("city".into(), "", Level::City, Kind::HealthBureau)
    }
}

fn bureau() -> Organization {
    Organization {
        name: format!("{COUNTY}卫生健康局"),
        short_name: "县卫健局".into(),
        name_en: format!("{COUNTY_EN} County Health Bureau"),
        ownership: "government",
        affiliation: format!("{COUNTY}人民政府"),
        funding_channel: "县级财政全额",
        input_mode: "预算拨款",
        cooperation_mode: "",
        council_class: "",
        distance_to_lead_km: 2,
        address: format!("{COUNTY}安和路8号"),
        ..member("bureau".into(), "city", Level::District, Kind::HealthBureau)
    }
}

fn lead() -> Organization {
    Organization {
        name: "云岭联合医院".into(),
        short_name: "总院".into(),
        name_en: "Yunling United Hospital".into(),
        positioning: "急危重症和疑难病症诊疗",
        grade: "三级乙等综合医院",
        council_class: "chair",
        approved_beds: 300,
        address: format!("{COUNTY}同心大道66号"),
        ..member("lead".into(), "bureau", Level::District, Kind::LeadHospital)
    }
}

fn branch() -> Organization {
    Organization {
        name: "云岭青岚医院".into(),
        short_name: "青岚分院".into(),
        name_en: "Yunling Qinglan Hospital".into(),
        positioning: "常见病、多发病和康复接续医疗",
        grade: "二级甲等综合医院",
        council_class: "standing",
        cooperation_mode: "entrusted",
        approved_beds: 100,
        distance_to_lead_km: 9,
        address: format!("{COUNTY}青岚路12号"),
        ..member(
            "branch".into(),
            "bureau",
            Level::District,
            Kind::BranchHospital,
        )
    }
}

fn township_centre(at: u32, town: &Town) -> Organization {
    Organization {
        name: format!("{}中心卫生院", town.name),
        short_name: format!("{}卫生院", town.name.trim_end_matches('镇')),
        name_en: format!("{} Township Health Centre", town.name_en),
        positioning: "基本医疗、基本公共卫生和康复",
        funding_channel: "县级财政全额",
        grade: "乡镇中心卫生院",
        approved_beds: 20,
        distance_to_lead_km: town.distance_km,
        address: format!("{COUNTY}{}健民街1号", town.name),
        ..member(
            format!("town-{at}"),
            "lead",
            Level::Town,
            Kind::TownshipCentre,
        )
    }
}

fn community_centre(at: u32, (name, name_en, distance_km): &(&str, &str, u32)) -> Organization {
    Organization {
        name: format!("{name}卫生服务中心"),
        short_name: format!("{}社卫", name.trim_end_matches("社区")),
        name_en: format!("{name_en} Community Health Centre"),
        positioning: "基本医疗、基本公共卫生和康复",
        funding_channel: "县级财政全额",
        grade: "社区卫生服务中心",
        cooperation_mode: "semi-tight",
        approved_beds: 10,
        distance_to_lead_km: *distance_km,
        address: format!("{COUNTY}{name}"),
        ..member(
            format!("community-{at}"),
            "lead",
            Level::Town,
            Kind::CommunityCentre,
        )
    }
}

fn village_clinic(at: u32, town: &Town, village_at: u32, village: &(&str, &str)) -> Organization {
    let (name, name_en) = village;
    Organization {
        name: format!("{}{name}卫生室", town.name),
        short_name: format!("{name}卫生室"),
        name_en: format!("{name_en} Village Clinic"),
        positioning: "初步诊治、随访和健康教育",
        affiliation: format!("{}中心卫生院", town.name),
        funding_channel: "公共卫生服务补助",
        input_mode: "购买服务",
        grade: "村卫生室",
        council_class: "",
        distance_to_lead_km: town.distance_km + 3 + village_at * 2,
        address: format!("{COUNTY}{}{name}", town.name),
        ..member(
            format!("village-{at}-{village_at}"),
            &format!("town-{at}"),
            Level::Village,
            Kind::VillageClinic,
        )
    }
}

/// Gives codes of the test region with valid check characters, and a telephone.
fn identify(serial: u32, organization: &mut Organization) {
    let body = organization_code(&format!("T{serial:07}"));
    let category = if organization.kind == Kind::HealthBureau {
        "11"
    } else {
        "12"
    };
    organization.credit_code = complete_credit_code(&format!("{category}990101{body}"))
        .expect("digits and T are in the alphabet and 17 long");
    organization.institution_code = match organization.kind {
        Kind::HealthBureau => String::new(),
        Kind::LeadHospital | Kind::BranchHospital => format!("{body}99010111A1001"),
        Kind::CommunityCentre => format!("{body}99010111B1001"),
        Kind::TownshipCentre => format!("{body}99010111C1001"),
        Kind::VillageClinic => format!("{body}99010111D6001"),
    };
    organization.phone = format!("0000-9{serial:06}");
}

/// Completes eight characters of an organization code (GB 11714: 11 − Σ Cᵢ·Wᵢ mod 11).
fn organization_code(body: &str) -> String {
    const WEIGHTS: [u32; 8] = [3, 7, 9, 10, 5, 8, 4, 2];
    let sum: u32 = body
        .chars()
        .zip(WEIGHTS)
        .map(|(c, weight)| c.to_digit(36).expect("letters and digits only") * weight)
        .sum();
    match 11 - sum % 11 {
        // The alphabet of the credit code has X, so both fit inside it.
        10 => format!("{body}X"),
        11 => format!("{body}0"),
        digit => format!("{body}{digit}"),
    }
}

/// Places where residents live: villages, the seats of the towns, the two communities.
pub fn places() -> Vec<Place> {
    let mut places = Vec::new();
    for (at, town) in (1_u8..).zip(&TOWNS) {
        let centre = format!("town-{at}");
        for (village_at, (name, _)) in (1_u8..).zip(&town.villages) {
            places.push(Place {
                name: (*name).to_owned(),
                address: format!("{COUNTY}{}{name}", town.name),
                served_by: format!("village-{at}-{village_at}"),
                centre: centre.clone(),
                region_suffix: at,
                weight: 26 + u32::from((at * 3 + village_at * 5) % 9),
            });
        }
        places.push(Place {
            name: format!("{}镇区", town.name),
            address: format!("{COUNTY}{}镇区", town.name),
            served_by: centre.clone(),
            centre,
            region_suffix: at,
            weight: 50,
        });
    }
    for (at, (name, _, _)) in (1_u8..).zip(&COMMUNITIES) {
        places.push(Place {
            name: (*name).to_owned(),
            address: format!("{COUNTY}{name}"),
            served_by: format!("community-{at}"),
            centre: format!("community-{at}"),
            region_suffix: 10 + at,
            weight: 150,
        });
    }
    places
}

fn day(year: i16, month: i8, day: i8) -> Date {
    Date::new(year, month, day).expect("a constant date of the calendar")
}

/// The group of all members.
pub fn group(organizations: &[Organization]) -> Group {
    Group {
        key: "group".into(),
        name: "云岭县医疗联合体".into(),
        name_en: "Yunling County Medical Consortium".into(),
        lead: "lead".into(),
        members: organizations
            .iter()
            .filter(|one| one.kind != Kind::HealthBureau)
            .map(|one| one.key.clone())
            .collect(),
        approved_by: "bureau".into(),
        approval_number: "云卫健发〔2023〕18号".into(),
        approved_on: day(2023, 3, 15),
    }
}

/// Two alliances that cross the tree.
pub fn alliances() -> Vec<Alliance> {
    let keys = |keys: &[&str]| keys.iter().map(|key| (*key).to_owned()).collect();
    vec![
        Alliance {
            key: "alliance-chest-pain".into(),
            name: "胸痛中心联盟".into(),
            name_en: "Chest Pain Centre Alliance".into(),
            specialty: "03.04",
            lead: "lead".into(),
            members: keys(&["lead", "branch", "town-1", "town-2", "town-3", "town-4"]),
        },
        Alliance {
            key: "alliance-rehabilitation".into(),
            name: "康复专科联盟".into(),
            name_en: "Rehabilitation Alliance".into(),
            specialty: "21",
            lead: "branch".into(),
            members: keys(&[
                "branch",
                "lead",
                "town-1",
                "town-3",
                "community-1",
                "community-2",
            ]),
        },
    ]
}

/// Agreements of the lead with each member.
pub fn bonds(organizations: &[Organization]) -> Vec<Bond> {
    let mut bonds = Vec::new();
    let mut add = |to: &Organization, kind: &'static str, what: &str, ends_on: Option<Date>| {
        bonds.push(Bond {
            from: "lead".into(),
            to: to.key.clone(),
            kind,
            title: format!("{}{what}", to.short_name),
            starts_on: day(2023, 4, 1),
            ends_on,
        });
    };
    for to in organizations {
        match to.kind {
            Kind::BranchHospital => {
                add(to, "agreement", "紧密型合作协议", None);
                add(
                    to,
                    "entrusted-management",
                    "委托管理合同",
                    Some(day(2028, 3, 31)),
                );
                add(to, "technique", "技术协作协议", Some(day(2028, 3, 31)));
                add(to, "information", "信息互联互通协议", None);
            }
            Kind::TownshipCentre | Kind::CommunityCentre => {
                add(to, "agreement", "医联体组建协议", None);
                add(to, "technique", "专科帮扶协议", Some(day(2027, 3, 31)));
                add(to, "training", "人员培训协议", Some(day(2027, 3, 31)));
                add(to, "information", "信息互联互通协议", None);
            }
            Kind::HealthBureau | Kind::LeadHospital | Kind::VillageClinic => {}
        }
    }
    bonds
}

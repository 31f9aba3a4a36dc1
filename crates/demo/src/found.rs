//! Founding the consortium: organizations, the group with its approval, alliances, bonds, services,
//! surveys, catchments.

use std::collections::{BTreeMap, BTreeSet};

use http::App;
use kernel::{Id, Result};
use network::commands::{self as net, OrganizationInput};
use network::model::{
    BondKind, CooperationMode, CouncilClass, EquipmentCount, Evidence, Funding, GroupForm,
    InputMode, LegalPersonMode, MemberRole, OpenTo, OrgKind, Ownership, Position, Positioning,
    StaffCounts, TechniqueKind,
};
use store::{BlobRef, Change, Tx};

use crate::Options;
use crate::random::Random;
use crate::shape::{self, Organization, OrganizationKind, Role, Shape};
use crate::world::World;

/// Where the lead hospital stands, in a corner of the map without a town.
const LEAD_LATITUDE: i64 = 31_200_000;
const LEAD_LONGITUDE: i64 = 112_400_000;
/// Microdegrees a kilometre is long, about.
const KILOMETRE: i64 = 9_000;

/// Records everything that a roster does not bring: who belongs to whom.
pub(crate) async fn found(
    app: &App,
    options: &Options,
    progress: &mut (dyn FnMut(&str) + Send),
) -> Result<World> {
    let as_of = options.start().date();
    let mut world = World {
        app: app.clone(),
        clock: app.store().clock().clone(),
        options: *options,
        shape: shape::consortium(options.seed, as_of),
        random: Random::new(options.seed).fork("work"),
        organizations: BTreeMap::new(),
        departments: BTreeMap::new(),
        practitioners: BTreeMap::new(),
        cast: crate::cast::Cast::default(),
        residents: Vec::new(),
        served: BTreeMap::new(),
        around: BTreeMap::new(),
        wards: Vec::new(),
        templates: Vec::new(),
        device_minutes: Vec::new(),
        busy: BTreeSet::new(),
    };
    let shape = world.shape.clone();
    world.organizations = world.as_system(move |tx| organizations(tx, &shape)).await?;
    let (shape, ids) = (world.shape.clone(), world.organizations.clone());
    world.as_system(move |tx| groups(tx, &shape, &ids)).await?;
    let contract = contract(app)?;
    let (shape, ids) = (world.shape.clone(), world.organizations.clone());
    world
        .as_system(move |tx| bonds(tx, &shape, &ids, &contract))
        .await?;
    let (shape, ids) = (world.shape.clone(), world.organizations.clone());
    world
        .as_system(move |tx| capability(tx, &shape, &ids))
        .await?;
    let lead = id_of(&world.organizations, "lead")?;
    world
        .as_system(move |tx| terminology::sample(tx, lead))
        .await?;
    progress(&format!(
        "{} organizations, {} group, {} alliances, {} bonds, {} services",
        world.shape.organizations.len(),
        world.shape.groups.len(),
        world.shape.alliances.len(),
        world.shape.bonds.len(),
        world.shape.services.len(),
    ));
    Ok(world)
}

fn id_of(ids: &BTreeMap<String, Id>, key: &str) -> Result<Id> {
    let id = ids.get(key).copied();
    id.ok_or_else(|| kernel::Error::internal(format!("no organization {key}")))
}

fn organizations(tx: &mut Tx<'_>, shape: &Shape) -> Result<BTreeMap<String, Id>> {
    let mut ids = BTreeMap::new();
    for (at, one) in shape.organizations.iter().enumerate() {
        let parent_id = match &one.parent {
            Some(parent) => Some(id_of(&ids, parent)?),
            None => None,
        };
        let input = input_of(one, at, parent_id);
        let made = network::roster::put_organization(tx, &input)?;
        ids.insert(one.key.clone(), made.id);
    }
    network::roster::finish(tx)?;
    Ok(ids)
}

fn input_of(one: &Organization, at: usize, parent_id: Option<Id>) -> OrganizationInput {
    use OrganizationKind as K;
    let (kind, positioning) = match one.kind {
        K::HealthBureau => (OrgKind::HealthBureau, Positioning::Administration),
        K::LeadHospital => (OrgKind::LeadHospital, Positioning::AcuteComplex),
        K::BranchHospital => (OrgKind::BranchHospital, Positioning::ContinuingCare),
        K::TownshipCentre => (OrgKind::TownshipCentre, Positioning::Primary),
        K::CommunityCentre => (OrgKind::CommunityCentre, Positioning::Primary),
        K::VillageClinic => (OrgKind::VillageClinic, Positioning::Primary),
    };
    let (funding, input_mode) = match one.kind {
        K::HealthBureau => (Funding::FullBudget, InputMode::PerPost),
        K::LeadHospital | K::BranchHospital => (Funding::PartialBudget, InputMode::Project),
        K::TownshipCentre | K::CommunityCentre => (Funding::FullBudget, InputMode::PerPost),
        K::VillageClinic => (Funding::PartialBudget, InputMode::PurchasedService),
    };
    let text = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
    OrganizationInput {
        code: one.key.to_uppercase(),
        name: one.name.clone(),
        short_name: Some(one.short_name.clone()),
        name_en: Some(one.name_en.clone()),
        kind,
        level: match one.level {
            shape::Level::City => network::Level::City,
            shape::Level::District => network::Level::District,
            shape::Level::Town => network::Level::Town,
            shape::Level::Village => network::Level::Village,
        },
        parent_id,
        ownership: Some(Ownership::Government),
        positioning: Some(positioning),
        funding: Some(funding),
        input_mode: Some(input_mode),
        credit_code: text(&one.credit_code),
        institution_code: text(&one.institution_code),
        identity_reason: None,
        legal_person: one.kind != K::VillageClinic,
        grade: text(one.grade),
        address: text(&one.address),
        phone: text(&one.phone),
        position: Some(position(at, i64::from(one.distance_to_lead_km))),
        opened_on: None,
        decision_id: None,
    }
}

/// A point at about this distance from the lead; each organization lies in its own direction.
fn position(at: usize, distance_km: i64) -> Position {
    const DIRECTIONS: [(i64, i64); 8] = [
        (10, 0),
        (7, 7),
        (0, 10),
        (-7, 7),
        (-10, 0),
        (-7, -7),
        (0, -10),
        (7, -7),
    ];
    let (north, east) = DIRECTIONS[at % DIRECTIONS.len()];
    Position {
        latitude_microdegrees: LEAD_LATITUDE + north * distance_km * KILOMETRE / 10,
        longitude_microdegrees: LEAD_LONGITUDE + east * distance_km * KILOMETRE / 10,
    }
}

fn groups(tx: &mut Tx<'_>, shape: &Shape, ids: &BTreeMap<String, Id>) -> Result<()> {
    for group in &shape.groups {
        let made = net::create_group(
            tx,
            &net::GroupInput {
                name: group.name.clone(),
                short_name: None,
                name_en: Some(group.name_en.clone()),
                form: GroupForm::CountyCommunity,
                lead_org_id: id_of(ids, &group.lead)?,
                legal_person_mode: LegalPersonMode::Separate,
            },
        )?;
        let approval = net::ApprovalInput {
            issuer: name_of(shape, &group.approved_by),
            number: group.approval_number.clone(),
            approved_on: group.approved_on,
            scope: "县域内医疗服务协同、资源统筹、双向转诊".to_owned(),
            evidence_id: None,
        };
        let approved = net::approve_group(tx, made.id, made.version, &approval)?;
        for one in shape
            .organizations
            .iter()
            .filter(|one| one.key != group.lead)
        {
            if group.members.contains(&one.key) {
                let mut input = membership(one, id_of(ids, &one.key)?);
                input.joined_on = Some(group.approved_on);
                net::join_group(tx, made.id, &input)?;
            }
        }
        net::activate_group(tx, made.id, approved.version)?;
    }
    Ok(())
}

fn name_of(shape: &Shape, key: &str) -> String {
    let found = shape.organizations.iter().find(|one| one.key == key);
    found.map_or_else(String::new, |one| one.name.clone())
}

fn membership(one: &Organization, org_id: Id) -> net::MembershipInput {
    let branch = one.kind == OrganizationKind::BranchHospital;
    net::MembershipInput {
        org_id,
        role: if branch {
            MemberRole::Branch
        } else {
            MemberRole::Member
        },
        cooperation_mode: match one.cooperation_mode {
            "entrusted" => CooperationMode::Entrusted,
            "semi-tight" => CooperationMode::SemiTight,
            "loose" => CooperationMode::Loose,
            _ => CooperationMode::Tight,
        },
        council_class: match one.council_class {
            "standing" => CouncilClass::StandingMember,
            "ordinary" => CouncilClass::Member,
            _ => CouncilClass::NoSeat,
        },
        joined_on: None,
    }
}

/// The paper behind the entrusted management: one page that says it is invented.
fn contract(app: &App) -> Result<BlobRef> {
    const PAGE: &[u8] = b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n\
        2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n\
        3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 420 595]/Contents 4 0 R\
        /Resources<</Font<</F 5 0 R>>>>>>endobj\n\
        4 0 obj<</Length 62>>stream\nBT /F 14 Tf 40 540 Td (Demonstration contract, invented) Tj ET   \nendstream endobj\n\
        5 0 obj<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>endobj\n\
        trailer<</Root 1 0 R>>\n%%EOF\n";
    app.store().put_blob(PAGE, "application/pdf")
}

fn bonds(
    tx: &mut Tx<'_>,
    shape: &Shape,
    ids: &BTreeMap<String, Id>,
    contract: &BlobRef,
) -> Result<()> {
    for alliance in &shape.alliances {
        let input = net::AllianceInput {
            name: alliance.name.clone(),
            name_en: Some(alliance.name_en.clone()),
            specialty: alliance.specialty.to_owned(),
            lead_org_id: id_of(ids, &alliance.lead)?,
            starts_on: None,
            evidence_ids: Vec::new(),
        };
        let mut made = net::create_alliance(tx, &input)?;
        for key in alliance.members.iter().filter(|key| **key != alliance.lead) {
            let member = net::AllianceMemberInput {
                org_id: id_of(ids, key)?,
                council_class: CouncilClass::Member,
                joined_on: None,
            };
            made = net::add_alliance_member(tx, made.id, made.version, &member)?;
        }
    }
    let evidence_id = upload(tx, id_of(ids, "lead")?, contract)?;
    for bond in &shape.bonds {
        let kind = bond_kind(bond.kind);
        let proven = kind == BondKind::EntrustedManagement;
        let input = net::BondInput {
            kind,
            from_org_id: id_of(ids, &bond.from)?,
            to_org_id: id_of(ids, &bond.to)?,
            group_id: None,
            title: bond.title.clone(),
            number: None,
            terms: None,
            starts_on: bond.starts_on,
            ends_on: bond.ends_on,
            evidence_ids: if proven {
                vec![evidence_id]
            } else {
                Vec::new()
            },
        };
        net::create_bond(tx, &input)?;
    }
    Ok(())
}

fn upload(tx: &mut Tx<'_>, org_id: Id, blob: &BlobRef) -> Result<Id> {
    tx.keep_blob(blob)?;
    let evidence = Evidence {
        id: tx.new_id(),
        org_id,
        name: "委托管理合同.pdf".to_owned(),
        media_type: blob.media_type.clone(),
        size_bytes: blob.size_bytes,
        sha256: blob.sha256.clone(),
        uploaded_at: tx.now(),
        uploaded_by: tx.actor().name.clone(),
    };
    tx.insert(&evidence, Change::new("evidence.uploaded"))
        .map(|kept| kept.id)
}

fn bond_kind(word: &str) -> BondKind {
    match word {
        "entrusted-management" => BondKind::EntrustedManagement,
        "technique" => BondKind::Technique,
        "training" => BondKind::Training,
        "information" => BondKind::Information,
        _ => BondKind::Agreement,
    }
}

/// Services, surveys of what each member has, and who answers for which village.
fn capability(tx: &mut Tx<'_>, shape: &Shape, ids: &BTreeMap<String, Id>) -> Result<()> {
    for offer in &shape.services {
        let concept = terminology::concept(tx, terminology::TECHNIQUE, &offer.technique)?;
        let input = net::TechniqueInput {
            org_id: id_of(ids, &offer.organization)?,
            code: concept.code.clone(),
            name: concept.zh.clone(),
            name_en: Some(concept.en.clone()),
            kind: TechniqueKind::Technique,
            department_id: None,
            open_to: if offer.open_to == "group" {
                OpenTo::Group
            } else {
                OpenTo::Own
            },
            note: None,
            starts_on: None,
        };
        net::create_technique(tx, &input)?;
    }
    for one in shape
        .organizations
        .iter()
        .filter(|one| one.kind != OrganizationKind::HealthBureau)
    {
        net::create_survey(tx, &survey(tx, shape, one, id_of(ids, &one.key)?))?;
    }
    for (at, place) in shape.places.iter().enumerate() {
        let input = net::CatchmentInput {
            area_code: format!("9901{:02}{:03}", place.region_suffix, at + 1),
            area_name: place.name.clone(),
            grid: None,
            org_id: id_of(ids, &place.served_by)?,
            population: None,
            starts_on: None,
        };
        net::create_catchment(tx, &input)?;
    }
    Ok(())
}

fn survey(tx: &Tx<'_>, shape: &Shape, one: &Organization, org_id: Id) -> net::SurveyInput {
    let staff = |roles: &[Role]| {
        let here = shape
            .practitioners
            .iter()
            .filter(|person| person.employer == one.key);
        let count = here.filter(|person| roles.contains(&person.role)).count();
        u32::try_from(count).unwrap_or(0)
    };
    let beds = shape
        .wards
        .iter()
        .filter(|ward| ward.organization == one.key);
    let beds: Vec<_> = beds.flat_map(|ward| &ward.beds).collect();
    let count = |count: usize| u32::try_from(count).unwrap_or(0);
    let mut equipment: Vec<EquipmentCount> = Vec::new();
    for device in shape
        .devices
        .iter()
        .filter(|device| device.organization == one.key)
    {
        match equipment
            .iter_mut()
            .find(|known| known.kind == device.modality)
        {
            Some(known) => known.count += 1,
            None => equipment.push(EquipmentCount {
                kind: device.modality.to_owned(),
                count: 1,
            }),
        }
    }
    let offers = shape
        .services
        .iter()
        .filter(|offer| offer.organization == one.key);
    net::SurveyInput {
        org_id,
        surveyed_on: tx.now().date(),
        staff: StaffCounts {
            doctors: staff(&[Role::AttendingDoctor, Role::Director, Role::DutyChief]),
            general_practitioners: staff(&[Role::GeneralPractitioner]),
            doctors_intermediate_up: staff(&[Role::AttendingDoctor]),
            nurses: staff(&[Role::WardNurse, Role::ReferralOffice, Role::BedManager]),
            technicians: staff(&[Role::Technician]),
            pharmacists: staff(&[Role::Pharmacist]),
            public_health: staff(&[Role::PublicHealthDoctor]),
            village_doctors: staff(&[Role::VillageDoctor]),
            others: staff(&[Role::Dispatcher, Role::PrivacyOfficer, Role::SystemAdmin]),
        },
        beds_approved: one.approved_beds.max(count(beds.len())),
        beds_open: count(beds.len()),
        beds_intensive: count(beds.iter().filter(|bed| bed.kind == "intensive").count()),
        equipment,
        technique_codes: offers.map(|offer| offer.technique.clone()).collect(),
        note: None,
    }
}

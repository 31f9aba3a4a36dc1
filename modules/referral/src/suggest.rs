//! Gathers what the suggestion needs: levels, neighbours, free places, distances.

use kernel::identity::Sex;
use kernel::{Id, Instant, Result, Span};
use network::OrgKind;
use resources::{Channel, PlaceKind, Search};
use store::{Rule, Tx};

use crate::content::Content;
use crate::rules::catalogue::{Candidate, Catalogue, Suggestion};
use crate::words::{Kind, Service};

/// Free places are looked for this far ahead.
const WINDOW: Span = Span::days(3);

/// What the rules say of a sheet, without looking for somebody to ask.
pub(crate) fn without_targets(
    tx: &mut Tx<'_>,
    kind: Kind,
    from_org_id: Id,
    content: &Content,
) -> Result<Suggestion> {
    let rule: Rule<Catalogue> = tx.rule("referral.catalogue")?;
    let level = level_by(tx, &rule.body, from_org_id)?;
    Ok(rule.body.suggest(rule.version, kind, level, content, &[]))
}

/// What the rules say of a sheet, and who could be asked. Beds are counted for the patient's sex where
/// it may be known, because most wards take one sex only.
pub(crate) fn with_targets(
    tx: &mut Tx<'_>,
    kind: Kind,
    from_org_id: Id,
    content: &Content,
    patient_sex: Option<Sex>,
) -> Result<Suggestion> {
    let rule: Rule<Catalogue> = tx.rule("referral.catalogue")?;
    let level = level_by(tx, &rule.body, from_org_id)?;
    let first = rule.body.suggest(rule.version, kind, level, content, &[]);
    let specialty = first.specialty_code.as_deref();
    let offers = free_places(tx, kind, from_org_id, content, specialty, patient_sex)?;
    let candidates = candidates(tx, &rule.body, from_org_id, specialty, &offers)?;
    Ok(rule
        .body
        .suggest(rule.version, kind, level, content, &candidates))
}

/// The level of care of an organization.
pub(crate) fn level_of_org(tx: &mut Tx<'_>, org_id: Id) -> Result<u8> {
    let rule: Rule<Catalogue> = tx.rule("referral.catalogue")?;
    level_by(tx, &rule.body, org_id)
}

/// The word by which rules name a kind of organization.
pub(crate) const fn kind_word(kind: OrgKind) -> &'static str {
    match kind {
        OrgKind::LeadHospital => "lead-hospital",
        OrgKind::BranchHospital => "branch-hospital",
        OrgKind::MemberHospital => "member-hospital",
        OrgKind::CommunityCentre => "community-centre",
        OrgKind::TownshipCentre => "township-centre",
        OrgKind::VillageClinic => "village-clinic",
        OrgKind::HealthBureau => "health-bureau",
        OrgKind::Region => "region",
        OrgKind::Other => "other",
    }
}

fn level_by(tx: &mut Tx<'_>, catalogue: &Catalogue, org_id: Id) -> Result<u8> {
    let org = network::org(tx, org_id)?;
    Ok(catalogue.level_of(kind_word(org.kind)))
}

fn candidates(
    tx: &mut Tx<'_>,
    catalogue: &Catalogue,
    from_org_id: Id,
    specialty: Option<&str>,
    offers: &[(Id, Instant)],
) -> Result<Vec<Candidate>> {
    let peers = network::group_peers(tx, from_org_id)?;
    let mut candidates = Vec::new();
    for org in peers.into_iter().filter(|org| org.id != from_org_id) {
        // Government bodies and nodes of the tree treat nobody.
        if !catalogue.levels.contains_key(kind_word(org.kind)) {
            continue;
        }
        let mut own = offers
            .iter()
            .filter(|(owner, _)| *owner == org.id)
            .map(|(_, start)| *start);
        let first_free_at: Option<Instant> = own.clone().min();
        let free_places = u32::try_from(own.by_ref().count()).unwrap_or(u32::MAX);
        candidates.push(Candidate {
            org_id: org.id,
            level: catalogue.level_of(kind_word(org.kind)),
            distance_meters: network::distance_meters(tx, from_org_id, org.id)?,
            has_specialty: has_specialty(tx, org.id, specialty)?,
            name: org.short_name,
            free_places,
            first_free_at,
        });
    }
    Ok(candidates)
}

fn has_specialty(tx: &mut Tx<'_>, org_id: Id, specialty: Option<&str>) -> Result<bool> {
    let Some(code) = specialty else {
        return Ok(false);
    };
    let departments = network::departments(tx, org_id)?;
    Ok(departments.iter().any(|department| {
        department
            .specialty
            .as_deref()
            .is_some_and(|own| own.starts_with(code))
    }))
}

/// Who has a place free, and from when; nothing where the sheet does not say what to look for.
fn free_places(
    tx: &mut Tx<'_>,
    kind: Kind,
    from_org_id: Id,
    content: &Content,
    specialty: Option<&str>,
    patient_sex: Option<Sex>,
) -> Result<Vec<(Id, Instant)>> {
    let now = tx.now();
    let place = match content.service {
        Service::Inpatient | Service::Emergency => PlaceKind::Bed,
        Service::Exam => PlaceKind::Equipment,
        Service::Outpatient => PlaceKind::Slot,
        Service::Advice | Service::Community => return Ok(Vec::new()),
    };
    let mut search = Search::new(place, from_org_id, now, now + WINDOW);
    search.sex = patient_sex;
    search.channel = if kind == Kind::Emergency {
        Channel::Green
    } else {
        Channel::Referral
    };
    if place == PlaceKind::Equipment {
        let Some(exam) = &content.exam else {
            return Ok(Vec::new());
        };
        let concept = terminology::concept(tx, terminology::EXAM, &exam.item_code)?;
        search.equipment_kind = Some(concept.text("modality").to_owned());
        search.exam = Some(exam.item_code.clone());
    } else {
        let Some(code) = specialty else {
            return Ok(Vec::new());
        };
        search.specialty = Some(code.to_owned());
    }
    let offers = resources::find(tx, &search)?;
    Ok(offers
        .into_iter()
        .map(|offer| (offer.org_id, offer.start_at))
        .collect())
}

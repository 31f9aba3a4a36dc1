//! Which organization answers for which area.

use kernel::{Date, Error, Id, Result};
use serde::{Deserialize, Serialize};
use store::{Change, Tx, Versioned};
use utoipa::ToSchema;

use super::{open_org, ordered, reaches_everything, require_reach};
use crate::model::Catchment;
use crate::rules::{Refusal, optional_text, required_code, required_text};
use crate::store::catalogue;

const NAME_LENGTH_MAX: usize = 100;

/// An area and who answers for it.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CatchmentInput {
    /// Code of the area.
    pub area_code: String,
    /// Name of the village or neighbourhood.
    pub area_name: String,
    /// Name of the grid it is part of.
    #[serde(default)]
    pub grid: Option<String>,
    /// The organization that answers for it.
    pub org_id: Id,
    /// Residents.
    #[serde(default)]
    pub population: Option<u32>,
    /// From; today if absent. An area that had another organization changes over on this day.
    #[serde(default)]
    pub starts_on: Option<Date>,
}

/// What of an arrangement may be corrected.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CatchmentCorrection {
    /// Name of the village or neighbourhood.
    pub area_name: String,
    /// Name of the grid it is part of.
    #[serde(default)]
    pub grid: Option<String>,
    /// Residents.
    #[serde(default)]
    pub population: Option<u32>,
}

/// Says which organization answers for an area; the one before it stops on the same day.
///
/// # Errors
/// Names the field at fault; `network.catchment-unchanged` when nothing would change.
pub fn create_catchment(tx: &mut Tx<'_>, input: &CatchmentInput) -> Result<Versioned<Catchment>> {
    require_reach(tx, input.org_id)?;
    open_org(tx, input.org_id, "org_id")?;
    let area_code = required_code(&input.area_code, "area_code")?;
    let starts_on = input.starts_on.unwrap_or(tx.now().date());
    if let Some(mut former) = catalogue::live_catchment(tx, &area_code)? {
        require_reach(tx, former.org_id)?;
        if former.org_id == input.org_id {
            let detail = "this organization answers for the area already";
            return Err(Error::conflict("network.catchment-unchanged", detail).at("org_id"));
        }
        ordered(former.starts_on, Some(starts_on), "starts_on")?;
        former.ends_on = Some(starts_on);
        tx.update(&former, Change::new("catchment.ended"))?;
    }
    let catchment = Catchment {
        id: tx.new_id(),
        area_code,
        area_name: required_text(&input.area_name, "area_name", NAME_LENGTH_MAX)?,
        grid: optional_text(input.grid.as_deref(), "grid", NAME_LENGTH_MAX)?,
        org_id: input.org_id,
        population: input.population,
        starts_on,
        ends_on: None,
    };
    tx.insert(&catchment, Change::new("catchment.assigned"))
}

/// The arrangement, as far as the actor's directory reaches.
///
/// # Errors
/// Not found, also for what is out of reach.
pub fn readable_catchment(tx: &mut Tx<'_>, id: Id) -> Result<Versioned<Catchment>> {
    let catchment = tx.load::<Catchment>(id)?;
    if reaches_everything(tx) || http::access::covers(tx, catchment.org_id)? {
        Ok(catchment)
    } else {
        Err(Error::not_found("catchment"))
    }
}

/// Corrects what is known of an area.
///
/// # Errors
/// Names the field at fault; `network.ended` once the arrangement is over.
pub fn correct_catchment(
    tx: &mut Tx<'_>,
    id: Id,
    version: i64,
    input: &CatchmentCorrection,
) -> Result<Versioned<Catchment>> {
    let mut catchment = load_live_catchment(tx, id, version)?;
    catchment.area_name = required_text(&input.area_name, "area_name", NAME_LENGTH_MAX)?;
    catchment.grid = optional_text(input.grid.as_deref(), "grid", NAME_LENGTH_MAX)?;
    catchment.population = input.population;
    tx.update(&catchment, Change::new("catchment.corrected"))
}

/// Leaves an area without an organization from today.
///
/// # Errors
/// `network.ended`.
pub fn end_catchment(tx: &mut Tx<'_>, id: Id, version: i64) -> Result<Versioned<Catchment>> {
    let mut catchment = load_live_catchment(tx, id, version)?;
    catchment.ends_on = Some(tx.now().date().max(catchment.starts_on));
    tx.update(&catchment, Change::new("catchment.ended"))
}

fn load_live_catchment(tx: &mut Tx<'_>, id: Id, version: i64) -> Result<Versioned<Catchment>> {
    let catchment = tx.load::<Catchment>(id)?;
    require_reach(tx, catchment.org_id)?;
    tx.check_version(&catchment, version)?;
    if catchment.ends_on.is_some() {
        return Err(Refusal::Ended.into());
    }
    Ok(catchment)
}

//! The four-level tree: where an organization may hang, and how far two are apart.

use kernel::Id;

use super::Refusal;
use crate::model::{Level, Org, OrgKind, Position};

/// Deeper trees than this are a mistake in the data.
const DEPTH_MAX: usize = 12;

/// May an organization of this kind and level hang below `ancestors[0]`? `ancestors` goes up to the
/// top; it is empty at the top.
///
/// # Errors
/// [`Refusal::Place`] or [`Refusal::OrganizationClosed`].
pub(crate) fn check_place(
    id: Id,
    kind: OrgKind,
    level: Level,
    ancestors: &[Org],
) -> Result<(), Refusal> {
    let Some(parent) = ancestors.first() else {
        return Ok(());
    };
    if ancestors.iter().any(|above| above.id == id) {
        return Err(Refusal::Place("an organization can't hang below itself"));
    }
    if ancestors.len() >= DEPTH_MAX {
        return Err(Refusal::Place("the tree is too deep here"));
    }
    if !parent.is_open() {
        return Err(Refusal::OrganizationClosed);
    }
    if parent.level > level {
        return Err(Refusal::Place(
            "the level above must be at least as wide as the level below",
        ));
    }
    if kind == OrgKind::Region && parent.kind != OrgKind::Region {
        return Err(Refusal::Place("a region hangs below a region"));
    }
    if parent.kind == OrgKind::VillageClinic {
        return Err(Refusal::Place("nothing hangs below a village clinic"));
    }
    Ok(())
}

/// Metres of one degree of latitude.
const DEGREE_METERS: i64 = 111_195;
const MICRO: i64 = 1_000_000;

/// Metres between two places, within one percent over the size of a province: flat earth with the
/// cosine of the middle latitude by Bhāskara's formula, in whole numbers.
pub(crate) fn distance_meters(from: Position, to: Position) -> i64 {
    let north = (from.latitude_microdegrees - to.latitude_microdegrees) * DEGREE_METERS / MICRO;
    let east = (from.longitude_microdegrees - to.longitude_microdegrees) * DEGREE_METERS / MICRO;
    let middle_millidegrees =
        i64::midpoint(from.latitude_microdegrees, to.latitude_microdegrees) / 1000;
    let square = middle_millidegrees * middle_millidegrees / MICRO;
    let cosine_micro = (32_400 - 4 * square) * MICRO / (32_400 + square);
    let east = east * cosine_micro / MICRO;
    (north * north + east * east).isqrt()
}

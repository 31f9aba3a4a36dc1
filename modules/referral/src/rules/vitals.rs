//! Plausibility of vital signs: a slip of the finger is refused before it frightens anybody.

use std::collections::BTreeMap;

use kernel::{Error, Result};
use serde::{Deserialize, Serialize};

use crate::content::VitalSigns;

/// The rule set `referral.vitals`: name of the sign → what can be.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct VitalRanges {
    /// By the field's name.
    pub ranges: BTreeMap<String, VitalRange>,
}

/// What a living person's sign can be.
#[derive(Clone, Debug, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct VitalRange {
    /// Least possible.
    pub min: i64,
    /// Most possible.
    pub max: i64,
    /// Usual from.
    pub usual_min: i64,
    /// Usual to.
    pub usual_max: i64,
    /// Unit as shown.
    pub unit: String,
}

impl VitalRanges {
    /// Refuses what can't be.
    ///
    /// # Errors
    /// `referral.vital-implausible`, with the sign and its range.
    pub fn check(&self, signs: &VitalSigns) -> Result<()> {
        for (name, value) in signs.measured() {
            let Some(range) = self.ranges.get(name) else {
                continue;
            };
            if !(range.min..=range.max).contains(&value) {
                let detail = format!(
                    "{value} can't be; between {} and {} {}",
                    range.min, range.max, range.unit
                );
                let data =
                    serde_json::json!({ "min": range.min, "max": range.max, "unit": range.unit });
                let field = format!("content.vital_signs.{name}");
                return Err(Error::invalid("referral.vital-implausible", field, detail).with(data));
            }
        }
        if let (Some(high), Some(low)) = (signs.systolic_mmhg, signs.diastolic_mmhg)
            && low >= high
        {
            let field = "content.vital_signs.diastolic_mmhg";
            let detail = "the diastolic pressure lies below the systolic one";
            return Err(Error::invalid("referral.vital-implausible", field, detail));
        }
        Ok(())
    }

    /// Refuses ranges that contradict themselves.
    ///
    /// # Errors
    /// `referral.vital-rule`, with the sign.
    pub fn check_rule(&self) -> Result<()> {
        let wrong = self.ranges.iter().find(|(_, range)| {
            range.min > range.usual_min
                || range.usual_min > range.usual_max
                || range.usual_max > range.max
        });
        match wrong {
            None => Ok(()),
            Some((name, _)) => Err(Error::invalid(
                "referral.vital-rule",
                format!("ranges.{name}"),
                "least, usual and most possible values must rise",
            )),
        }
    }
}

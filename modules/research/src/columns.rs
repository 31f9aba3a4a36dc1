//! The columns of an extract, and how the values of those that could point at a person are widened,
//! step by step, until they say nothing.

use serde::{Deserialize, Serialize};

/// A column.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Serialize,
    Deserialize,
    utoipa::ToSchema,
)]
#[serde(rename_all = "kebab-case")]
#[schema(as = ExtractColumn)]
pub enum Column {
    /// Administrative sex.
    Sex,
    /// Completed years on the last day of the period; from the top age on, one group.
    Age,
    /// County of household registration: the first six digits of the resident ID.
    County,
    /// The organization whose patient it is; small ones by their kind.
    Organization,
    /// Month of the registration.
    Registered,
    /// Whether the patient has died.
    Deceased,
    /// The latest diagnosis in the period, ICD-10.
    Diagnosis,
    /// Visits and stays in the period.
    Visits,
    /// Results in the period.
    Results,
    /// Prescriptions in the period.
    Medications,
    /// Day of the first entry in the period.
    FirstEntry,
    /// Day of the last entry in the period.
    LastEntry,
}

/// The value of a column that was widened until nothing is left.
pub(crate) const ANY: &str = "*";

impl Column {
    /// All, in the order of the table.
    pub const ALL: [Self; 12] = [
        Self::Sex,
        Self::Age,
        Self::County,
        Self::Organization,
        Self::Registered,
        Self::Deceased,
        Self::Diagnosis,
        Self::Visits,
        Self::Results,
        Self::Medications,
        Self::FirstEntry,
        Self::LastEntry,
    ];

    /// The word on the wire and in the head of the table.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Sex => "sex",
            Self::Age => "age",
            Self::County => "county",
            Self::Organization => "organization",
            Self::Registered => "registered",
            Self::Deceased => "deceased",
            Self::Diagnosis => "diagnosis",
            Self::Visits => "visits",
            Self::Results => "results",
            Self::Medications => "medications",
            Self::FirstEntry => "first-entry",
            Self::LastEntry => "last-entry",
        }
    }

    /// How many steps widen it until nothing is left; 0 for one that is no quasi-identifier.
    pub const fn steps(self) -> usize {
        match self {
            Self::Sex | Self::Deceased => 1,
            Self::Organization | Self::Registered => 2,
            Self::County | Self::Diagnosis => 3,
            Self::Age => 4,
            _ => 0,
        }
    }

    /// Whether a FHIR extract's Patient has it.
    pub const fn is_of_person(self) -> bool {
        matches!(
            self,
            Self::Sex | Self::Age | Self::County | Self::Organization | Self::Deceased
        )
    }

    /// The value after so many steps. What is not known stays so until nothing is left of the rest.
    pub(crate) fn widened(self, value: &str, steps: usize) -> String {
        if steps >= self.steps() && self.steps() > 0 {
            return ANY.to_owned();
        }
        match self {
            Self::Age => age(value, steps),
            Self::County => value.chars().take(6 - 2 * steps.min(2)).collect(),
            Self::Organization => {
                let (kind, code) = value.split_once('/').unwrap_or((value, ""));
                let plain = steps == 0 && !code.is_empty();
                if plain { code } else { kind }.to_owned()
            }
            Self::Registered => value.chars().take(if steps == 0 { 7 } else { 4 }).collect(),
            Self::Diagnosis if steps == 1 => value.split('.').next().unwrap_or_default().to_owned(),
            Self::Diagnosis if steps == 2 => value.chars().take(1).collect(),
            _ => value.to_owned(),
        }
    }
}

/// Widths of an age group, in years.
const AGE_WIDTHS: [u16; 4] = [1, 5, 10, 20];

/// `90+` stays what it is, and where the years below it do not fill a group, the group ends there.
fn age(value: &str, steps: usize) -> String {
    let width = AGE_WIDTHS[steps.min(AGE_WIDTHS.len() - 1)];
    match value.parse::<u16>() {
        Ok(years) if width > 1 => {
            let low = years / width * width;
            format!("{low}-{}", low + width - 1)
        }
        _ => value.to_owned(),
    }
}

/// The age as the extract first has it: from `top` on, all alike.
pub(crate) fn age_value(years: Option<u16>, top: u16) -> String {
    match years {
        Some(years) if years >= top => format!("{top}+"),
        Some(years) => years.to_string(),
        None => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_widen_step_by_step_until_nothing_is_left() {
        for (column, value, steps) in [
            (Column::Sex, "female", &["female", "*"][..]),
            (Column::Age, "47", &["47", "45-49", "40-49", "40-59", "*"]),
            (Column::Age, "90+", &["90+", "90+", "90+", "90+", "*"]),
            (Column::Age, "", &["", "", "", "", "*"]),
            (Column::County, "110105", &["110105", "1101", "11", "*"]),
            (
                Column::Organization,
                "village-clinic/V1",
                &["V1", "village-clinic", "*"],
            ),
            (
                Column::Organization,
                "village-clinic/",
                &["village-clinic", "village-clinic", "*"],
            ),
            (Column::Registered, "2026-03", &["2026-03", "2026", "*"]),
            (Column::Diagnosis, "E11.900", &["E11.900", "E11", "E", "*"]),
        ] {
            let widened: Vec<String> = (0..=column.steps())
                .map(|step| column.widened(value, step))
                .collect();
            assert_eq!(widened, steps, "{column:?} {value}");
        }
        assert_eq!(age_value(Some(89), 90), "89");
        assert_eq!(age_value(Some(104), 90), "90+");
        assert_eq!(age_value(None, 90), "");
    }
}

//! How a sender's fields and codes become ours, as data.

use std::collections::BTreeMap;

use hl7v2::{Location, Message, Path};
use kernel::identity::Sex;
use kernel::{Error, Result};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Paths a field may be looked for at.
const PATHS_MAX: usize = 10;
/// Maps of the module `terminology` that one mapping names.
const MAPS_MAX: usize = 5;
/// Entries of one code map.
const CODES_MAX: usize = 5_000;
/// Characters of a code, a unit or a name.
const TEXT_CHARACTERS_MAX: usize = 200;

/// Fields and where they lie unless a sender's mapping says otherwise; the first path with a value
/// wins. `PID-3(5=PI).1` is component 1 of the repetition of PID-3 whose component 5 is PI.
const PATHS: &[(&str, &[&str])] = &[
    (
        "patient-number",
        &["PID-3(5=PI).1", "PID-3(5=MR).1", "PID-3.1", "PID-2.1"],
    ),
    (
        "prior-number",
        &["MRG-1(5=PI).1", "MRG-1(5=MR).1", "MRG-1.1"],
    ),
    ("name", &["PID-5"]),
    ("birth-date", &["PID-7.1"]),
    ("sex", &["PID-8.1"]),
    (
        "phone",
        &["PID-13(3=CP).1", "PID-13.1", "PID-13.12", "PID-14.1"],
    ),
    ("address", &["PID-11"]),
    ("village", &[]),
    (
        "resident-id",
        &["PID-3(5=NNCHN).1", "PID-3(5=NI).1", "PID-19.1"],
    ),
    ("health-card", &["PID-3(5=HC).1"]),
    ("insurance", &["PID-3(5=SS).1"]),
    ("visit-number", &["PV1-19.1", "PID-18.1"]),
    ("visit-class", &["PV1-2.1"]),
    ("place", &["PV1-3"]),
    ("admitted-at", &["PV1-44.1"]),
    ("discharged-at", &["PV1-45.1"]),
    ("event-at", &["EVN-6.1", "EVN-2.1", "MSH-7.1"]),
    ("report-number", &["OBR-3.1", "OBR-2.1"]),
    ("report-status", &["OBR-25.1"]),
    ("report-at", &["OBR-22.1"]),
    ("specimen-at", &["OBR-7.1"]),
];

/// Code maps, the codes they may lead to (any where empty), and what they hold unless a sender's
/// mapping says otherwise.
type Codes = (
    &'static str,
    &'static [&'static str],
    &'static [(&'static str, &'static str)],
);
const CODES: &[Codes] = &[
    (
        "sex",
        &["male", "female", "other", "unknown"],
        &[
            ("M", "male"),
            ("F", "female"),
            ("O", "other"),
            ("A", "other"),
            ("U", "unknown"),
            ("1", "male"),
            ("2", "female"),
            ("9", "other"),
            ("0", "unknown"),
            ("男", "male"),
            ("女", "female"),
        ],
    ),
    (
        "visit-class",
        &["AMB", "IMP", "EMER", "OBSENC", "HH", "PRENC", "SS", "VR"],
        &[
            ("I", "IMP"),
            ("O", "AMB"),
            ("E", "EMER"),
            ("P", "PRENC"),
            ("R", "AMB"),
            ("B", "IMP"),
            ("C", "AMB"),
        ],
    ),
    (
        "result-status",
        &[
            "registered",
            "preliminary",
            "final",
            "amended",
            "corrected",
            "cancelled",
            "entered-in-error",
            "unknown",
        ],
        &[
            ("F", "final"),
            ("U", "final"),
            ("C", "corrected"),
            ("P", "preliminary"),
            ("R", "preliminary"),
            ("S", "preliminary"),
            ("I", "registered"),
            ("X", "cancelled"),
            ("D", "entered-in-error"),
            ("W", "entered-in-error"),
        ],
    ),
    (
        "report-status",
        &[
            "registered",
            "partial",
            "preliminary",
            "final",
            "amended",
            "corrected",
            "appended",
            "cancelled",
            "entered-in-error",
            "unknown",
        ],
        &[
            ("F", "final"),
            ("C", "corrected"),
            ("P", "preliminary"),
            ("R", "preliminary"),
            ("A", "partial"),
            ("O", "registered"),
            ("I", "registered"),
            ("S", "registered"),
            ("X", "cancelled"),
        ],
    ),
    (
        "order-status",
        &[
            "draft",
            "active",
            "on-hold",
            "revoked",
            "completed",
            "entered-in-error",
            "unknown",
        ],
        &[
            ("NW", "active"),
            ("SN", "active"),
            ("XO", "active"),
            ("XR", "active"),
            ("SC", "active"),
            ("IP", "active"),
            ("RL", "active"),
            ("HD", "on-hold"),
            ("CA", "revoked"),
            ("OC", "revoked"),
            ("CR", "revoked"),
            ("DC", "revoked"),
            ("OD", "revoked"),
            ("CM", "completed"),
        ],
    ),
    // OBR-24, table 0074. `*` stands for every other section and for none: a laboratory's own system
    // says `laboratory` there.
    (
        "section",
        &[
            "laboratory",
            "imaging",
            "vital-signs",
            "exam",
            "procedure",
            "survey",
            "social-history",
            "therapy",
            "activity",
        ],
        &[
            ("LAB", "laboratory"),
            ("CH", "laboratory"),
            ("HM", "laboratory"),
            ("IMM", "laboratory"),
            ("MB", "laboratory"),
            ("MCB", "laboratory"),
            ("MYC", "laboratory"),
            ("SR", "laboratory"),
            ("BLB", "laboratory"),
            ("BG", "laboratory"),
            ("CG", "laboratory"),
            ("GE", "laboratory"),
            ("TX", "laboratory"),
            ("VR", "laboratory"),
            ("PAR", "laboratory"),
            ("SP", "laboratory"),
            ("CP", "laboratory"),
            ("RAD", "imaging"),
            ("RX", "imaging"),
            ("CT", "imaging"),
            ("NMR", "imaging"),
            ("NMS", "imaging"),
            ("RUS", "imaging"),
            ("CUS", "imaging"),
            ("OUS", "imaging"),
            ("VUS", "imaging"),
            ("XRC", "imaging"),
            ("EC", "procedure"),
            ("EN", "procedure"),
            ("CTH", "procedure"),
        ],
    ),
    (
        "interpretation",
        &[],
        &[
            ("↑", "H"),
            ("↓", "L"),
            ("↑↑", "HH"),
            ("↓↓", "LL"),
            ("*", "A"),
            ("阳性", "POS"),
            ("阴性", "NEG"),
        ],
    ),
    (
        "unit",
        &[],
        &[
            ("10^9/L", "10*9/L"),
            ("×10^9/L", "10*9/L"),
            ("10E9/L", "10*9/L"),
            ("10^12/L", "10*12/L"),
            ("×10^12/L", "10*12/L"),
            ("10E12/L", "10*12/L"),
            ("g/L", "g/L"),
            ("mg/L", "mg/L"),
            ("mg/dL", "mg/dL"),
            ("mmol/L", "mmol/L"),
            ("umol/L", "umol/L"),
            ("μmol/L", "umol/L"),
            ("U/L", "U/L"),
            ("IU/L", "[IU]/L"),
            ("ng/mL", "ng/mL"),
            ("pg/mL", "pg/mL"),
            ("fL", "fL"),
            ("pg", "pg"),
            ("%", "%"),
            ("mmHg", "mm[Hg]"),
            ("℃", "Cel"),
            ("次/分", "/min"),
            ("s", "s"),
            ("mm/h", "mm/h"),
        ],
    ),
];

/// A code that members share.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = Hl7SharedCode)]
pub struct SharedCode {
    /// The code system.
    pub system: String,
    /// The code in it.
    pub code: String,
    /// Its name.
    #[serde(default)]
    pub display: Option<String>,
}

/// How a sender's fields and codes are read. What it does not name is read as the default mapping
/// says; an empty list of paths says that the sender has no such field.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
#[schema(as = Hl7Mapping)]
pub struct Mapping {
    /// What the patient index calls the sender's system.
    pub system: String,
    /// Field of ours → where it lies: `"name": ["PID-5"]`.
    pub paths: BTreeMap<String, Vec<String>>,
    /// Code map → the sender's code → ours: `"sex": {"1": "male"}`.
    pub codes: BTreeMap<String, BTreeMap<String, String>>,
    /// The sender's item codes (OBX-3.1, OBR-4.1) → codes that members share.
    pub items: BTreeMap<String, SharedCode>,
    /// Names of maps of the module `terminology` by which item codes are read that `items` lacks, the
    /// first one that has an equivalent wins. What is decided in the workshop holds from the next
    /// message on.
    pub maps: Vec<String>,
    /// Minutes that times without a zone are ahead of UTC.
    pub utc_offset_minutes: i64,
    /// The visit class where the sender gives none or one that is not mapped.
    pub visit_class: String,
}

impl Default for Mapping {
    fn default() -> Self {
        Self {
            system: "his".to_owned(),
            paths: BTreeMap::new(),
            codes: BTreeMap::new(),
            items: BTreeMap::new(),
            maps: Vec::new(),
            utc_offset_minutes: 480,
            visit_class: "AMB".to_owned(),
        }
    }
}

impl Mapping {
    /// The default mapping with every path and code written out.
    pub fn complete() -> Self {
        let paths = PATHS.iter().map(|(name, paths)| {
            let paths = paths.iter().map(|path| (*path).to_owned());
            ((*name).to_owned(), paths.collect())
        });
        let codes = CODES.iter().map(|(name, _, pairs)| {
            let pairs = pairs.iter();
            let pairs = pairs.map(|(theirs, ours)| ((*theirs).to_owned(), (*ours).to_owned()));
            ((*name).to_owned(), pairs.collect())
        });
        Self {
            paths: paths.collect(),
            codes: codes.collect(),
            ..Self::default()
        }
    }

    /// Refuses a mapping that could not be read by.
    ///
    /// # Errors
    /// `hl7.mapping` with the field at fault.
    pub fn check(&self) -> Result<()> {
        let refuse =
            |field: String, detail: &str| Err(Error::invalid("hl7.mapping", field, detail));
        let characters = self.system.chars().count();
        if !(1..=40).contains(&characters) || self.system.trim() != self.system {
            return refuse(
                "system".to_owned(),
                "the system has a name of at most 40 characters",
            );
        }
        if !(-14 * 60..=14 * 60).contains(&self.utc_offset_minutes) {
            let detail = "a zone is at most 14 hours away from UTC";
            return refuse("utc_offset_minutes".to_owned(), detail);
        }
        for (name, paths) in &self.paths {
            let field = format!("paths.{name}");
            if !PATHS.iter().any(|(known, _)| known == name) {
                return refuse(field, "there is no such field");
            }
            if paths.len() > PATHS_MAX {
                return refuse(field, "a field has at most 10 paths");
            }
            for (at, path) in paths.iter().enumerate() {
                if let Err(detail) = path.parse::<Path>() {
                    return refuse(format!("{field}[{at}]"), &detail);
                }
            }
        }
        for (name, pairs) in &self.codes {
            let Some((_, allowed, _)) = CODES.iter().find(|(known, _, _)| known == name) else {
                return refuse(format!("codes.{name}"), "there is no such code map");
            };
            let fine = |text: &str| !text.is_empty() && text.chars().count() <= TEXT_CHARACTERS_MAX;
            let wrong = pairs.iter().find(|(theirs, ours)| {
                let known = allowed.is_empty() || allowed.contains(&ours.as_str());
                !fine(theirs) || !fine(ours) || !known
            });
            if let Some((theirs, _)) = wrong {
                let detail = format!("the codes here lead to: {}", allowed.join(", "));
                return refuse(format!("codes.{name}.{theirs}"), &detail);
            }
            if pairs.len() > CODES_MAX {
                return refuse(
                    format!("codes.{name}"),
                    "a code map has at most 5,000 entries",
                );
            }
        }
        let classes = CODES.iter().find(|(name, _, _)| *name == "visit-class");
        if !classes.is_some_and(|(_, allowed, _)| allowed.contains(&self.visit_class.as_str())) {
            return refuse("visit_class".to_owned(), "this is no visit class");
        }
        self.check_items()
    }

    fn check_items(&self) -> Result<()> {
        let fine = |text: &str| {
            let characters = text.chars().count();
            (1..=TEXT_CHARACTERS_MAX).contains(&characters) && !text.contains(char::is_whitespace)
        };
        let wrong = self.items.iter().find(|(theirs, shared)| {
            theirs.is_empty() || !fine(&shared.system) || !fine(&shared.code)
        });
        if let Some((theirs, _)) = wrong {
            let detail = "an item leads to a system and a code without blanks";
            return Err(Error::invalid(
                "hl7.mapping",
                format!("items.{theirs}"),
                detail,
            ));
        }
        if self.maps.len() > MAPS_MAX {
            return Err(Error::invalid(
                "hl7.mapping",
                "maps",
                "a mapping names at most 5 maps",
            ));
        }
        if self.items.len() > CODES_MAX {
            let detail = "a mapping has at most 5,000 items";
            return Err(Error::invalid("hl7.mapping", "items", detail));
        }
        Ok(())
    }

    /// Where a field is looked for.
    pub fn paths_of(&self, name: &str) -> Vec<Path> {
        if let Some(own) = self.paths.get(name) {
            return own.iter().filter_map(|path| path.parse().ok()).collect();
        }
        let usual = PATHS.iter().find(|(known, _)| *known == name);
        let paths = usual.map_or(&[][..], |(_, paths)| paths);
        paths.iter().filter_map(|path| path.parse().ok()).collect()
    }

    /// The value of a field with its place: the first of its paths that has one.
    pub fn found(&self, message: &Message, name: &str) -> Option<(Location, String)> {
        self.paths_of(name).iter().find_map(|path| {
            let value = message.value(path)?;
            Some((Location::field(path.segment(), 1, path.field()), value))
        })
    }

    /// The value of a field, at the first of its paths that has one.
    pub fn value(&self, message: &Message, name: &str) -> Option<String> {
        self.found(message, name).map(|(_, value)| value)
    }

    /// The place a person is sent to for a field: the first of its paths.
    pub fn place_of(&self, name: &str) -> Location {
        self.paths_of(name).first().map_or_else(
            || Location::segment("MSH", 1),
            |path| Location::field(path.segment(), 1, path.field()),
        )
    }

    /// Our code for the sender's, if the map has it.
    pub fn code(&self, map: &str, theirs: &str) -> Option<String> {
        if let Some(ours) = self.codes.get(map).and_then(|pairs| pairs.get(theirs)) {
            return Some(ours.clone());
        }
        let (_, _, pairs) = CODES.iter().find(|(name, _, _)| *name == map)?;
        let pair = pairs.iter().find(|(known, _)| *known == theirs)?;
        Some(pair.1.to_owned())
    }

    /// The sex a code stands for.
    pub fn sex(&self, theirs: &str) -> Option<Sex> {
        match self.code("sex", theirs)?.as_str() {
            "male" => Some(Sex::Male),
            "female" => Some(Sex::Female),
            "other" => Some(Sex::Other),
            _ => Some(Sex::Unknown),
        }
    }
}

/// The default mapping read backwards: the first of senders' codes that leads to ours.
pub(crate) fn usual_theirs(map: &str, ours: &str) -> Option<&'static str> {
    let (_, _, pairs) = CODES.iter().find(|(name, _, _)| *name == map)?;
    let pair = pairs.iter().find(|(_, mapped)| *mapped == ours)?;
    Some(pair.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_default_mapping_keeps_its_own_rules() {
        Mapping::default().check().unwrap();
        Mapping::complete().check().unwrap();
        let empty: Mapping = serde_json::from_str("{}").unwrap();
        assert_eq!(empty, Mapping::default());
    }

    #[test]
    fn a_wrong_mapping_is_refused_with_its_field() {
        for (body, field) in [
            (r#"{"system": ""}"#, "system"),
            (r#"{"paths": {"nose": []}}"#, "paths.nose"),
            (r#"{"paths": {"name": ["PID-5", "5"]}}"#, "paths.name[1]"),
            (r#"{"codes": {"sex": {"1": "man"}}}"#, "codes.sex.1"),
            (r#"{"codes": {"taste": {}}}"#, "codes.taste"),
            (
                r#"{"items": {"WBC": {"system": "a b", "code": "1"}}}"#,
                "items.WBC",
            ),
            (r#"{"utc_offset_minutes": 9999}"#, "utc_offset_minutes"),
            (r#"{"visit_class": "X"}"#, "visit_class"),
        ] {
            let mapping: Mapping = serde_json::from_str(body).unwrap();
            let refused = mapping.check().unwrap_err();
            assert_eq!(refused.fields(), [field], "{body}");
        }
    }
}

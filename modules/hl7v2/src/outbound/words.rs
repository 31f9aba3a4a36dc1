//! Our codes in a receiver's words: its mapping read backwards.

use kernel::Result;
use store::Tx;
use terminology::{Asked, MapState, Relation};

use crate::mapping::{Mapping, usual_theirs};

/// A code of ours, or theirs.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Coded {
    pub code: String,
    pub name: String,
    /// Name of the code system as HL7 table 0396 has it.
    pub system: String,
}

impl Coded {
    /// The components of CE and CWE, with what it stands for behind it.
    pub(super) fn parts<'a>(&'a self, other: Option<&'a Self>) -> Vec<&'a str> {
        let mut parts = vec![self.code.as_str(), self.name.as_str(), self.system.as_str()];
        if let Some(other) = other {
            parts.extend([
                other.code.as_str(),
                other.name.as_str(),
                other.system.as_str(),
            ]);
        }
        parts
    }
}

/// Code maps whose defaults tell senders' spellings apart; outside them our own codes are the standard.
const OWN_ONLY: [&str; 2] = ["interpretation", "unit"];

/// A receiver's code for ours; where it has none, `usual`.
pub(super) fn code(mapping: &Mapping, map: &str, ours: &str, usual: &str) -> String {
    let own = mapping.codes.get(map);
    let mut pairs = own.into_iter().flatten();
    if let Some((theirs, _)) = pairs.find(|(_, mapped)| mapped.as_str() == ours) {
        return theirs.clone();
    }
    if OWN_ONLY.contains(&map) {
        return usual.to_owned();
    }
    usual_theirs(map, ours).unwrap_or(usual).to_owned()
}

/// A coding of ours as it stands in a resource.
pub(super) struct Coding {
    pub system: String,
    pub code: String,
    pub display: String,
}

/// What a thing is called: a receiver's own code where its items or maps have one, and our coding.
pub(super) fn item(
    tx: &mut Tx<'_>,
    mapping: &Mapping,
    codings: &[Coding],
    text: &str,
) -> Result<(Coded, Option<Coded>)> {
    let ours = codings
        .iter()
        .find(|coding| standard(&coding.system).is_some())
        .or_else(|| codings.first());
    let Some(ours) = ours else {
        let plain = Coded {
            name: text.to_owned(),
            ..Coded::default()
        };
        return Ok((plain, None));
    };
    let own = Coded {
        code: ours.code.clone(),
        name: named(&ours.display, text),
        system: system_name(&ours.system),
    };
    for coding in codings {
        let theirs = mapping
            .items
            .iter()
            .find(|(_, shared)| shared.system == coding.system && shared.code == coding.code);
        if let Some((theirs, shared)) = theirs {
            let name = shared.display.clone().unwrap_or_default();
            let theirs = Coded {
                code: theirs.clone(),
                name: named(&name, text),
                system: "L".to_owned(),
            };
            return Ok((theirs, Some(own)));
        }
        if let Some(theirs) = by_maps(tx, mapping, coding, text)? {
            return Ok((theirs, Some(own)));
        }
    }
    Ok((own, None))
}

fn by_maps(
    tx: &mut Tx<'_>,
    mapping: &Mapping,
    coding: &Coding,
    text: &str,
) -> Result<Option<Coded>> {
    for name in &mapping.maps {
        let map = terminology::map_by_code(tx, name)?;
        let Some(map) = map.filter(|map| map.state == MapState::Active) else {
            continue;
        };
        // The map a sender reads by is read from its end.
        let reverse = map.target == coding.system && map.source != coding.system;
        if !reverse && map.source != coding.system {
            continue;
        }
        let asked = Asked {
            system: &coding.system,
            code: &coding.code,
            other: None,
            map: Some(&map.code),
        };
        let found = terminology::translate(tx, asked, reverse)?;
        let same = found
            .into_iter()
            .find(|one| one.relation == Relation::Equivalent);
        if let Some((code, name)) = same.and_then(|one| Some((one.code?, one.name))) {
            return Ok(Some(Coded {
                code,
                name: named(&name, text),
                system: "L".to_owned(),
            }));
        }
    }
    Ok(None)
}

fn named(name: &str, text: &str) -> String {
    if name.is_empty() { text } else { name }.to_owned()
}

fn standard(system: &str) -> Option<&'static str> {
    match system {
        "http://loinc.org" => Some("LN"),
        "http://snomed.info/sct" => Some("SCT"),
        "http://hl7.org/fhir/sid/icd-10" => Some("I10"),
        _ => None,
    }
}

fn system_name(system: &str) -> String {
    if let Some(name) = standard(system) {
        return name.to_owned();
    }
    // What came by HL7 keeps the name its sender gave it.
    let local = system.strip_prefix("urn:lianti:hl7:");
    let name = local.and_then(|rest| rest.rsplit(':').next());
    name.filter(|name| !name.is_empty())
        .unwrap_or("L")
        .to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_read_backwards() {
        let mut mapping = Mapping::default();
        for (map, ours, usual, wanted) in [
            ("sex", "female", "U", "F"),
            ("visit-class", "IMP", "I", "I"),
            ("result-status", "final", "F", "F"),
            ("result-status", "amended", "C", "C"),
            ("unit", "10*9/L", "10*9/L", "10*9/L"),
            ("interpretation", "H", "H", "H"),
        ] {
            assert_eq!(code(&mapping, map, ours, usual), wanted, "{map} {ours}");
        }
        let own = |theirs: &str, ours: &str| [(theirs.to_owned(), ours.to_owned())].into();
        mapping.codes.insert("sex".to_owned(), own("2", "female"));
        mapping
            .codes
            .insert("unit".to_owned(), own("10^9/L", "10*9/L"));
        assert_eq!(code(&mapping, "sex", "female", "U"), "2");
        assert_eq!(code(&mapping, "sex", "male", "U"), "M");
        assert_eq!(code(&mapping, "unit", "10*9/L", "10*9/L"), "10^9/L");
    }
}

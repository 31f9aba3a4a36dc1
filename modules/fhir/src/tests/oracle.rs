//! Who may see what, told from the rules as docs/record.md words them and from nothing of the program:
//! sets and lists of what was said, and no database.

use std::collections::{BTreeMap, BTreeSet};

use kernel::Id;

/// Somebody who asks.
pub(super) struct Member {
    pub org: Id,
    pub in_group: bool,
    pub resident: bool,
}

/// Something about a patient.
#[derive(Debug)]
pub(super) struct Thing {
    pub kind: &'static str,
    pub patient: Id,
    pub org: Id,
    /// Part of the record; none for who the patient is, and for consents.
    pub part: Option<&'static str>,
    pub day: Option<String>,
    pub labels: Vec<String>,
}

impl Thing {
    /// The patient.
    pub(super) fn person(patient: Id) -> Self {
        Self {
            kind: "Patient",
            patient,
            org: patient,
            part: None,
            day: None,
            labels: Vec::new(),
        }
    }
}

/// A consent.
pub(super) struct Said {
    pub patient: Id,
    pub author: Id,
    pub deny: bool,
    pub reach: String,
    pub grantee: Option<Id>,
    pub parts: Vec<String>,
    pub from: Option<String>,
    pub opens: Vec<String>,
}

/// All that was said and written.
#[derive(Default)]
pub(super) struct Oracle {
    pub members: Vec<Member>,
    pub own: BTreeSet<(Id, Id)>,
    pub care: BTreeSet<(Id, Id)>,
    /// By place of the asking client.
    pub glass: BTreeSet<(usize, Id)>,
    pub linked: BTreeSet<(usize, Id)>,
    pub said: Vec<Said>,
    pub things: BTreeMap<String, Thing>,
}

impl Oracle {
    /// Whether the client at a place may see a thing.
    pub(super) fn sees(&self, at: usize, thing: &Thing) -> bool {
        let patient = thing.patient;
        if self.members[at].resident {
            return self.linked.contains(&(at, patient));
        }
        if self.glass.contains(&(at, patient)) {
            return true;
        }
        let org = self.members[at].org;
        let own = self.own.contains(&(org, patient));
        let care = self.care.contains(&(org, patient));
        // The record is open to them at all.
        let permits: Vec<&Said> = self.about(at, patient).filter(|said| !said.deny).collect();
        let denies: Vec<&Said> = self.about(at, patient).filter(|said| said.deny).collect();
        let unlimited = |said: &Said| said.parts.is_empty() && said.from.is_none();
        let stands = |permit: &Said| {
            let beats = |deny: &&Said| unlimited(deny) && exactness(deny) >= exactness(permit);
            !denies.iter().any(beats)
        };
        let open = own || care || permits.iter().any(|permit| stands(permit));
        if !open {
            return false;
        }
        if thing.org == org {
            return true;
        }
        // What is denied, of this thing.
        let against: Vec<&&Said> = denies
            .iter()
            .filter(|deny| unlimited(deny) || (thing.part.is_some() && fits(deny, thing)))
            .collect();
        let for_it: Vec<&&Said> = permits
            .iter()
            .filter(|permit| thing.part.is_none() || fits(permit, thing))
            .filter(|permit| {
                !against
                    .iter()
                    .any(|deny| exactness(deny) >= exactness(permit))
            })
            .collect();
        let own_reads = own && (thing.part.is_none() || against.is_empty());
        let reads = own_reads || care || !for_it.is_empty();
        let opened = |label: &String| for_it.iter().any(|permit| permit.opens.contains(label));
        reads && thing.labels.iter().all(opened)
    }

    /// The consents about the client's organization.
    fn about(&self, at: usize, patient: Id) -> impl Iterator<Item = &Said> {
        let asking = &self.members[at];
        self.said.iter().filter(move |said| {
            if said.patient != patient {
                return false;
            }
            let spared = said.deny && said.reach != "org" && said.author == asking.org;
            let named = said.grantee == Some(asking.org);
            let same_group = || {
                let theirs = self
                    .members
                    .iter()
                    .find(|one| Some(one.org) == said.grantee);
                asking.in_group && theirs.is_some_and(|one| one.in_group)
            };
            let covers = match said.reach.as_str() {
                "everyone" => true,
                "group" => named || same_group(),
                _ => named,
            };
            covers && !spared
        })
    }
}

fn exactness(said: &Said) -> usize {
    match said.reach.as_str() {
        "org" => 3,
        "group" => 2,
        _ => 1,
    }
}

fn fits(said: &Said, thing: &Thing) -> bool {
    let part = thing.part.unwrap_or_default();
    let in_part = said.parts.is_empty() || said.parts.iter().any(|one| one == part);
    // Every thing of the scene has a day.
    in_part
        && said
            .from
            .as_ref()
            .is_none_or(|from| thing.day.as_ref() >= Some(from))
}

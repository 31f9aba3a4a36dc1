//! Item codes that a sender's mapping reads by maps of the module `terminology`.

use std::collections::BTreeSet;

use kernel::Result;
use store::Tx;
use terminology::{Asked, MapState, Relation};

use super::Work;
use crate::mapping::{Mapping, SharedCode};

/// Item codes of one message that are looked up.
const CODES_MAX: usize = 500;

/// The mapping with the items of this message filled in; `None` where it names no map.
pub(super) fn with_maps(tx: &mut Tx<'_>, work: Work<'_>) -> Result<Option<Mapping>> {
    if work.mapping.maps.is_empty() {
        return Ok(None);
    }
    let mut maps = Vec::new();
    for name in &work.mapping.maps {
        let map = terminology::map_by_code(tx, name)?;
        maps.extend(map.filter(|map| map.state == MapState::Active));
    }
    let mut mapping = work.mapping.clone();
    for code in codes(work) {
        for map in &maps {
            let asked = Asked {
                system: &map.source,
                code: &code,
                other: None,
                map: Some(&map.code),
            };
            let found = terminology::translate(tx, asked, false)?;
            let same = found
                .into_iter()
                .find(|one| one.relation == Relation::Equivalent);
            let Some(same) = same else { continue };
            if let Some(shared) = same.code {
                let display = Some(same.name).filter(|name| !name.is_empty());
                let item = SharedCode {
                    system: same.system,
                    code: shared,
                    display,
                };
                mapping.items.insert(code.clone(), item);
                break;
            }
        }
    }
    Ok(Some(mapping))
}

/// The item codes of a message that the mapping itself does not know.
fn codes(work: Work<'_>) -> BTreeSet<String> {
    let mut codes = BTreeSet::new();
    for (index, segment) in work.message.segments().iter().enumerate() {
        let fields: &[usize] = match segment.name() {
            "OBX" => &[3, 5],
            "OBR" => &[4],
            "RXE" | "RXO" | "RXD" => &[1, 2],
            _ => &[],
        };
        for field in fields {
            let code = work.part(index, *field, 1);
            codes.extend(code.filter(|code| !work.mapping.items.contains_key(code)));
        }
        if codes.len() >= CODES_MAX {
            break;
        }
    }
    codes
}

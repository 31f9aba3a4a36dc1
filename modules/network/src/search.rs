//! The network's part of the search over everything: organizations and people.

use http::SearchHit;
use kernel::{Result, Scope};
use store::Tx;

use crate::store::organizations::{self, Filter};
use crate::store::people;
use crate::{PERMISSION_READ, commands};

/// Hits by name, pinyin, initials or code, as far as the actor's directory reaches.
pub(crate) fn search(tx: &mut Tx<'_>, q: &str, limit: u32) -> Result<Vec<SearchHit>> {
    let Some(scope) = tx.actor().scope(PERMISSION_READ) else {
        return Ok(Vec::new());
    };
    let everywhere = commands::reaches_everything(tx);
    let mut hits = Vec::new();
    let filter = Filter {
        everywhere,
        q: Some(q.to_owned()),
        ..Filter::default()
    };
    for org in organizations::list_as(tx, scope, &filter, limit)? {
        hits.push(SearchHit {
            kind: "organization".to_owned(),
            id: org.id,
            title: org.name.clone(),
            subtitle: org.code.clone(),
            state: None,
            link: format!("/network/organizations/{}", org.id),
        });
    }
    // A resident finds institutions; staff find each other.
    if tx.actor().role == "resident" || scope < Scope::Org {
        return Ok(hits);
    }
    let filter = people::Filter {
        everywhere,
        q: Some(q.to_owned()),
        ..people::Filter::default()
    };
    for person in people::list_as(tx, scope, &filter, limit)? {
        let home = crate::org(tx, person.home_org_id)?;
        hits.push(SearchHit {
            kind: "practitioner".to_owned(),
            id: person.id,
            title: person.name.clone(),
            subtitle: person
                .title
                .clone()
                .map_or(home.short_name.clone(), |title| {
                    format!("{title} · {}", home.short_name)
                }),
            state: None,
            link: format!("/network/people/{}", person.id),
        });
    }
    Ok(hits)
}

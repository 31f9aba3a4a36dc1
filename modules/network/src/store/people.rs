//! Practitioners: reading them, and the one way to save them.

use std::collections::BTreeSet;

use kernel::{Date, Id, Result};
use serde::{Deserialize, Serialize};
use store::{Change, Entity, Tx, Value, Versioned, params};

use crate::model::{Practitioner, word};
use crate::rules::{Guarded, guard_unchanged};
use crate::store::organizations::{cite, load_decision};

/// A practitioner as stored. Only this file can save one, so that no command changes a person's
/// staff status without a decision.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(transparent)]
struct Stored(Practitioner);

impl Entity for Stored {
    const KIND: &'static str = "practitioner";
    const TABLE: &'static str = "practitioner";
    const COLUMNS: &'static [&'static str] =
        &["code", "home_org_id", "state", "resident_id", "name_key"];

    fn id(&self) -> Id {
        self.0.id
    }
    fn org_id(&self) -> Option<Id> {
        Some(self.0.home_org_id)
    }
    fn columns(&self) -> Vec<Value> {
        let person = &self.0;
        params![
            person.code.as_str(),
            person.home_org_id,
            word(&person.state),
            &person.resident_id,
            kernel::text::pinyin_key(&person.name),
        ]
        .to_vec()
    }
}

fn plain(stored: Versioned<Stored>) -> Versioned<Practitioner> {
    Versioned {
        version: stored.version,
        data: stored.data.0,
    }
}

const FORGET_SITES: &str = "DELETE FROM practitioner_site WHERE practitioner_id = $1";
const ADD_SITE: &str =
    "INSERT INTO practitioner_site (practitioner_id, site_id, org_id, department_id,
    starts_on, ends_on) VALUES ($1, $2, $3, $4, $5, $6)";
const FORGET_LICENCE: &str =
    "DELETE FROM practitioner_licence WHERE practitioner_id = $1 AND licence_id = $2";
const LICENCE_IDS: &str = "SELECT licence_id FROM practitioner_licence WHERE practitioner_id = $1";
const KEEP_LICENCE: &str =
    "INSERT INTO practitioner_licence (practitioner_id, licence_id, expires_on)
    VALUES ($1, $2, $3)
    ON CONFLICT (practitioner_id, licence_id) DO UPDATE SET expires_on = excluded.expires_on,
      noticed_days = CASE WHEN practitioner_licence.expires_on = excluded.expires_on
        THEN practitioner_licence.noticed_days ELSE NULL END";
const EXPIRING: &str = "SELECT l.practitioner_id, l.licence_id, l.expires_on, l.noticed_days
    FROM practitioner_licence AS l JOIN practitioner AS p ON p.id = l.practitioner_id
    WHERE l.expires_on <= $1 AND p.state = 'active'
      AND (l.expires_on, l.practitioner_id, l.licence_id) > ($2, $3, $4)
    ORDER BY l.expires_on, l.practitioner_id, l.licence_id LIMIT 500";
const EXPIRING_AT: &str = "SELECT l.practitioner_id, l.licence_id, l.expires_on, l.noticed_days
    FROM practitioner_licence AS l JOIN practitioner AS p ON p.id = l.practitioner_id
    WHERE l.expires_on <= $1 AND p.state = 'active' AND p.home_org_id = $2
    ORDER BY l.expires_on, l.practitioner_id, l.licence_id LIMIT 100";
const NOTICED: &str = "UPDATE practitioner_licence SET noticed_days = $3
    WHERE practitioner_id = $1 AND licence_id = $2";
const BY_CODE: &str = "SELECT version, body FROM practitioner WHERE home_org_id = $1 AND code = $2";
const AT: &str = "SELECT p.version, p.body FROM practitioner AS p
    WHERE p.state = 'active' AND (p.home_org_id = $1 OR p.id IN
        (SELECT w.practitioner_id FROM practitioner_site AS w WHERE w.org_id = $1))
    ORDER BY p.name_key, p.id";
const BY_RESIDENT_ID: &str = "SELECT version, body FROM practitioner WHERE resident_id = $1";
const FORGET_WORDS: &str = "DELETE FROM practitioner_word WHERE practitioner_id = $1";
const ADD_WORD: &str = "INSERT INTO practitioner_word (word, practitioner_id) VALUES ($1, $2)";
const WITHOUT_WORDS: &str = "SELECT p.version, p.body FROM practitioner AS p
    WHERE NOT EXISTS (SELECT 1 FROM practitioner_word AS k WHERE k.practitioner_id = p.id)
    ORDER BY p.id LIMIT $1";

/// $1 to $8 narrow the list, $9 and $10 are the last row seen.
macro_rules! listed {
    ($named:literal) => {
        concat!(
            "SELECT p.version, p.body FROM practitioner AS p
             WHERE (CAST($1 AS BIGINT) = 1
               OR p.home_org_id IN (SELECT org_id FROM org_scope WHERE viewer_id = $2 AND scope = $3)
               OR p.id IN (SELECT w.practitioner_id FROM practitioner_site AS w JOIN org_scope AS s
                   ON s.org_id = w.org_id WHERE s.viewer_id = $2 AND s.scope = $3))
             AND (CAST($4 AS TEXT) IS NULL OR p.home_org_id = $4)
             AND (CAST($5 AS TEXT) IS NULL OR p.id IN (SELECT w.practitioner_id
                   FROM practitioner_site AS w WHERE w.org_id = $5 AND w.starts_on <= $6
                     AND (w.ends_on IS NULL OR w.ends_on >= $6)))
             AND (CAST($7 AS TEXT) IS NULL OR p.id IN (SELECT w.practitioner_id
                   FROM practitioner_site AS w WHERE w.department_id = $7 AND w.starts_on <= $6
                     AND (w.ends_on IS NULL OR w.ends_on >= $6)))
             AND (CAST($8 AS TEXT) IS NULL OR p.state = $8)
             AND (p.name_key, p.id) > ($9, $10)",
            $named,
            " ORDER BY p.name_key, p.id LIMIT $11"
        )
    };
}

const LIST: &str = listed!("");
const NAMED: &str = listed!(
    " AND p.id IN (SELECT k.practitioner_id FROM practitioner_word AS k
        WHERE k.word >= $12 AND k.word < $13)"
);

/// Above every text that begins with the prefix it is put behind.
const LAST_CHARACTER: char = '\u{10ffff}';
/// Practitioners given words in one go.
const FILLED_AT_ONCE: u32 = 500;

/// A licence that runs out.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Expiring {
    pub(crate) practitioner_id: Id,
    pub(crate) licence_id: Id,
    pub(crate) expires_on: Date,
    pub(crate) noticed_days: Option<i64>,
}

/// What a list of practitioners is narrowed by.
#[derive(Clone, Debug, Default)]
pub(crate) struct Filter {
    pub(crate) everywhere: bool,
    pub(crate) q: Option<String>,
    pub(crate) home_org_id: Option<Id>,
    pub(crate) site_org_id: Option<Id>,
    pub(crate) department_id: Option<Id>,
    pub(crate) state: Option<String>,
    pub(crate) after: Option<Id>,
}

pub(crate) fn insert(tx: &mut Tx<'_>, person: &Practitioner) -> Result<Versioned<Practitioner>> {
    let change = Change::new("practitioner.created").detail(
        serde_json::json!({ "home_org_id": person.home_org_id, "profession": person.profession }),
    );
    let saved = plain(tx.insert(&Stored(person.clone()), change)?);
    project(tx, &saved.data)?;
    keep_words(tx, &saved.data)?;
    Ok(saved)
}

/// The only way to save a changed practitioner: staff status and home employer stay unless
/// `decision_id` names a decision that covers the change.
pub(crate) fn save(
    tx: &mut Tx<'_>,
    before: &Versioned<Practitioner>,
    after: Practitioner,
    decision_id: Option<Id>,
    change: Change,
) -> Result<Versioned<Practitioner>> {
    let decision = load_decision(tx, decision_id)?;
    let today = tx.now().date();
    let guarded = (Guarded::from(&before.data), Guarded::from(&after));
    let changed = guard_unchanged(
        &guarded.0,
        &guarded.1,
        decision.as_ref().map(|found| &found.data),
        today,
    )?;
    let change = cite(tx, decision, after.id, &changed, change)?;
    let renamed = (&before.name, &before.code) != (&after.name, &after.code);
    let saved = plain(tx.update(
        &Versioned {
            version: before.version,
            data: Stored(after),
        },
        change,
    )?);
    project(tx, &saved.data)?;
    if renamed {
        keep_words(tx, &saved.data)?;
    }
    Ok(saved)
}

fn keep_words(tx: &mut Tx<'_>, person: &Practitioner) -> Result<()> {
    tx.execute(FORGET_WORDS, &params![person.id])?;
    for word in words(&person.name, &person.code) {
        tx.execute(ADD_WORD, &params![word, person.id])?;
    }
    Ok(())
}

/// Gives words to practitioners of before there were any; finds none at later starts.
///
/// # Errors
/// Whatever the database reports.
pub(crate) fn fill_words(tx: &mut Tx<'_>) -> Result<()> {
    loop {
        let people = find(tx, WITHOUT_WORDS, &params![FILLED_AT_ONCE])?;
        for person in &people {
            keep_words(tx, person)?;
        }
        if people.len() < FILLED_AT_ONCE as usize {
            return Ok(());
        }
    }
}

/// The staff number, and the ends of the name from each of its parts on: `张三`, `zhangsan`, `zs`, `三`,
/// `san`, `s`. A part is a Chinese character, or a word in other letters.
fn words(name: &str, code: &str) -> BTreeSet<String> {
    let name = kernel::text::fold(name);
    let mut words = BTreeSet::from([typed(code)]);
    let mut begins = true;
    for (at, character) in name.char_indices() {
        if begins || !character.is_ascii() {
            let end = &name[at..];
            words.insert(typed(end));
            words.insert(kernel::text::pinyin_key(end));
            words.insert(kernel::text::pinyin_initials(end));
        }
        begins = character == ' ';
    }
    words.remove("");
    words
}

/// What is typed, as words are kept: folded, in lower case, without blanks.
fn typed(text: &str) -> String {
    kernel::text::fold(text).to_lowercase().replace(' ', "")
}

/// Rewrites the rows that searches and the licence job read.
fn project(tx: &mut Tx<'_>, person: &Practitioner) -> Result<()> {
    #[derive(Deserialize)]
    struct Kept {
        licence_id: Id,
    }
    tx.execute(FORGET_SITES, &params![person.id])?;
    for site in &person.sites {
        let values = params![
            person.id,
            site.id,
            site.org_id,
            site.department_id,
            site.starts_on,
            site.ends_on
        ];
        tx.execute(ADD_SITE, &values)?;
    }
    for kept in tx.query::<Kept>(LICENCE_IDS, &params![person.id])? {
        let mut licences = person.licences.iter();
        if !licences.any(|licence| licence.id == kept.licence_id && licence.expires_on.is_some()) {
            tx.execute(FORGET_LICENCE, &params![person.id, kept.licence_id])?;
        }
    }
    for licence in &person.licences {
        if let Some(expires_on) = licence.expires_on {
            tx.execute(KEEP_LICENCE, &params![person.id, licence.id, expires_on])?;
        }
    }
    Ok(())
}

pub(crate) fn load(tx: &mut Tx<'_>, id: Id) -> Result<Versioned<Practitioner>> {
    tx.load::<Stored>(id).map(plain)
}

fn find(
    tx: &mut Tx<'_>,
    sql: &'static str,
    values: &[Value],
) -> Result<Vec<Versioned<Practitioner>>> {
    Ok(tx
        .find::<Stored>(sql, values)?
        .into_iter()
        .map(plain)
        .collect())
}

pub(crate) fn by_code(
    tx: &mut Tx<'_>,
    home_org_id: Id,
    code: &str,
) -> Result<Option<Versioned<Practitioner>>> {
    Ok(find(tx, BY_CODE, &params![home_org_id, code])?.pop())
}

/// People at work who are employed by an organization or have worked there.
pub(crate) fn at(tx: &mut Tx<'_>, org_id: Id) -> Result<Vec<Versioned<Practitioner>>> {
    find(tx, AT, &params![org_id])
}

pub(crate) fn by_resident_id(
    tx: &mut Tx<'_>,
    number: &str,
) -> Result<Option<Versioned<Practitioner>>> {
    Ok(find(tx, BY_RESIDENT_ID, &params![number])?.pop())
}

/// As far as the operation's permission reaches.
pub(crate) fn list(
    tx: &mut Tx<'_>,
    filter: &Filter,
    limit: u32,
) -> Result<Vec<Versioned<Practitioner>>> {
    let scope = tx.scope().unwrap_or(kernel::Scope::Region);
    list_as(tx, scope, filter, limit)
}

/// As far as `scope` reaches.
pub(crate) fn list_as(
    tx: &mut Tx<'_>,
    scope: kernel::Scope,
    filter: &Filter,
    limit: u32,
) -> Result<Vec<Versioned<Practitioner>>> {
    let after = match filter.after {
        Some(id) => (kernel::text::pinyin_key(&load(tx, id)?.name), id),
        None => (String::new(), Id::NIL),
    };
    let (viewer, today) = (tx.actor().org_id, tx.now().date());
    let mut values = params![
        filter.everywhere,
        viewer,
        scope.table_word(),
        filter.home_org_id,
        filter.site_org_id,
        today,
        filter.department_id,
        &filter.state,
        after.0,
        after.1,
        limit,
    ]
    .to_vec();
    let word = typed(filter.q.as_deref().unwrap_or_default());
    if word.is_empty() {
        return find(tx, LIST, &values);
    }
    let end = format!("{word}{LAST_CHARACTER}");
    values.extend(params![word, end]);
    find(tx, NAMED, &values)
}

/// Licences of people at work that run out by `until`, after the one given, soonest first.
pub(crate) fn expiring(
    tx: &mut Tx<'_>,
    until: Date,
    after: Option<&Expiring>,
) -> Result<Vec<Expiring>> {
    let (on, person, licence) = after.map_or((String::new(), Id::NIL, Id::NIL), |last| {
        (
            last.expires_on.to_string(),
            last.practitioner_id,
            last.licence_id,
        )
    });
    tx.query(EXPIRING, &params![until, on, person, licence])
}

/// Licences of one employer's people that run out by `until`, soonest first, at most 100.
pub(crate) fn expiring_at(tx: &mut Tx<'_>, org_id: Id, until: Date) -> Result<Vec<Expiring>> {
    tx.query(EXPIRING_AT, &params![until, org_id])
}

pub(crate) fn mark_noticed(tx: &mut Tx<'_>, expiring: &Expiring, days: i64) -> Result<()> {
    tx.execute(
        NOTICED,
        &params![expiring.practitioner_id, expiring.licence_id, days],
    )
    .map(|_| ())
}

#[cfg(test)]
mod tests {
    use super::words;

    #[test]
    fn a_name_is_found_from_each_of_its_parts_on() {
        let found = |name: &str| {
            words(name, "D-01")
                .into_iter()
                .collect::<Vec<_>>()
                .join(" ")
        };
        assert_eq!(found("张三"), "d-01 s san zhangsan zs 三 张三");
        assert_eq!(found("Ann Lee"), "annlee d-01 lee");
    }
}

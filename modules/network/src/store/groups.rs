//! Groups, memberships, alliances, bonds, decisions.

use kernel::{Date, Id, Result};
use store::{Change, Tx, Versioned, params};

use crate::model::{Alliance, Bond, Decision, Group, Membership, Organization};
use crate::store::organizations;

/// The start of a statement that works out `down`: everybody in the active groups of `$1` on day `$2`.
macro_rules! peers_with {
    () => {
        "WITH RECURSIVE
    up (id, parent_id) AS (
      SELECT id, parent_id FROM organization WHERE id = $1
      UNION
      SELECT o.id, o.parent_id FROM organization AS o JOIN up ON o.id = up.parent_id),
    mine (group_id) AS (
      SELECT m.group_id FROM membership AS m JOIN up ON up.id = m.org_id
      JOIN consortium_group AS g ON g.id = m.group_id
      WHERE m.left_on IS NULL AND m.joined_on <= $2 AND g.state = 'active'),
    down (id) AS (
      SELECT m.org_id FROM membership AS m JOIN mine ON mine.group_id = m.group_id
      WHERE m.left_on IS NULL AND m.joined_on <= $2
      UNION
      SELECT o.id FROM organization AS o JOIN down ON o.parent_id = down.id)"
    };
}

const GROUPS: &str = "SELECT version, body FROM consortium_group ORDER BY name_key, id";
const GROUPS_LED: &str = "SELECT version, body FROM consortium_group
    WHERE lead_org_id = $1 AND state <> 'dissolved' ORDER BY id";
const MEMBERS: &str = "SELECT version, body FROM membership WHERE group_id = $1
    ORDER BY joined_on, id";
const MEMBERSHIPS_OF: &str = "SELECT version, body FROM membership WHERE org_id = $1
    ORDER BY joined_on, id";
const LIVE_MEMBERSHIPS: &str =
    "SELECT version, body FROM membership WHERE left_on IS NULL ORDER BY id";
const ALLIANCES: &str = "SELECT version, body FROM alliance ORDER BY name_key, id";
const ALLIANCES_OF: &str = "SELECT a.version, a.body FROM alliance AS a
    JOIN alliance_member AS m ON m.alliance_id = a.id WHERE m.org_id = $1 ORDER BY a.name_key, a.id";
const FORGET_MEMBERS: &str = "DELETE FROM alliance_member WHERE alliance_id = $1";
const ADD_MEMBER: &str = "INSERT INTO alliance_member (alliance_id, org_id) VALUES ($1, $2)";
const BONDS: &str = "SELECT b.version, b.body FROM bond AS b
    WHERE (CAST($1 AS BIGINT) = 1
        OR b.from_org_id IN (SELECT org_id FROM org_scope WHERE viewer_id = $2 AND scope = $3)
        OR b.to_org_id IN (SELECT org_id FROM org_scope WHERE viewer_id = $2 AND scope = $3))
      AND (CAST($4 AS TEXT) IS NULL OR b.from_org_id = $4 OR b.to_org_id = $4)
      AND (CAST($5 AS TEXT) IS NULL OR b.kind = $5)
      AND (CAST($6 AS TEXT) IS NULL OR b.state = $6)
      AND b.id < $7
    ORDER BY b.id DESC LIMIT $8";
const DECISIONS: &str =
    "SELECT version, body FROM decision WHERE id < $1 ORDER BY id DESC LIMIT $2";
const DECISION_BY_NUMBER: &str =
    "SELECT version, body FROM decision WHERE issuer = $1 AND number = $2";
const PEERS: &str = concat!(
    peers_with!(),
    " SELECT id FROM organization
    WHERE id IN (SELECT id FROM down) AND id <> $1 AND state = 'open'
      AND kind NOT IN ('region', 'health-bureau')
    ORDER BY name_key, id"
);
const IS_PEER: &str = concat!(
    peers_with!(),
    " SELECT COUNT(*) AS count FROM down WHERE id = $3"
);
pub(crate) fn all(tx: &mut Tx<'_>) -> Result<Vec<Versioned<Group>>> {
    tx.find(GROUPS, &[])
}

pub(crate) fn led_by(tx: &mut Tx<'_>, org_id: Id) -> Result<Vec<Versioned<Group>>> {
    tx.find(GROUPS_LED, &params![org_id])
}

/// Memberships of a group, past ones too.
pub(crate) fn members(tx: &mut Tx<'_>, group_id: Id) -> Result<Vec<Versioned<Membership>>> {
    tx.find(MEMBERS, &params![group_id])
}

/// Memberships of an organization, past ones too.
pub(crate) fn memberships_of(tx: &mut Tx<'_>, org_id: Id) -> Result<Vec<Versioned<Membership>>> {
    tx.find(MEMBERSHIPS_OF, &params![org_id])
}

pub(crate) fn live_memberships(tx: &mut Tx<'_>) -> Result<Vec<Versioned<Membership>>> {
    tx.find(LIVE_MEMBERSHIPS, &[])
}

pub(crate) fn alliances(tx: &mut Tx<'_>) -> Result<Vec<Versioned<Alliance>>> {
    tx.find(ALLIANCES, &[])
}

pub(crate) fn alliances_of(tx: &mut Tx<'_>, org_id: Id) -> Result<Vec<Versioned<Alliance>>> {
    tx.find(ALLIANCES_OF, &params![org_id])
}

/// Saves an alliance and the list of who is in it now.
pub(crate) fn save_alliance(
    tx: &mut Tx<'_>,
    alliance: &Versioned<Alliance>,
    change: Change,
) -> Result<Versioned<Alliance>> {
    let saved = if alliance.version == 0 {
        tx.insert(&alliance.data, change)?
    } else {
        tx.update(alliance, change)?
    };
    tx.execute(FORGET_MEMBERS, &params![saved.id])?;
    for member in saved
        .members
        .iter()
        .filter(|member| member.left_on.is_none())
    {
        tx.execute(ADD_MEMBER, &params![saved.id, member.org_id])?;
    }
    Ok(saved)
}

/// What a list of bonds is narrowed by.
#[derive(Clone, Debug, Default)]
pub(crate) struct BondFilter {
    pub(crate) everywhere: bool,
    pub(crate) org_id: Option<Id>,
    pub(crate) kind: Option<String>,
    pub(crate) state: Option<String>,
    pub(crate) before: Option<Id>,
}

/// Bonds that touch what the viewer sees, newest first.
pub(crate) fn bonds(
    tx: &mut Tx<'_>,
    filter: &BondFilter,
    limit: u32,
) -> Result<Vec<Versioned<Bond>>> {
    let scope = tx.scope().unwrap_or(kernel::Scope::Region);
    let viewer = tx.actor().org_id;
    let before = filter.before.unwrap_or(Id::MAX);
    let values = params![
        filter.everywhere,
        viewer,
        scope.table_word(),
        filter.org_id,
        &filter.kind,
        &filter.state,
        before,
        limit,
    ];
    tx.find(BONDS, &values)
}

pub(crate) fn decisions(
    tx: &mut Tx<'_>,
    before: Option<Id>,
    limit: u32,
) -> Result<Vec<Versioned<Decision>>> {
    tx.find(DECISIONS, &params![before.unwrap_or(Id::MAX), limit])
}

pub(crate) fn decision_by_number(
    tx: &mut Tx<'_>,
    issuer: &str,
    number: &str,
) -> Result<Option<Versioned<Decision>>> {
    Ok(tx.find(DECISION_BY_NUMBER, &params![issuer, number])?.pop())
}

/// Open members of the groups an organization belongs to, itself left out. Those below a member in
/// the tree belong to the group too.
pub(crate) fn peers(tx: &mut Tx<'_>, org_id: Id, today: Date) -> Result<Vec<Organization>> {
    #[derive(serde::Deserialize)]
    struct Peer {
        id: Id,
    }
    let peers: Vec<Peer> = tx.query(PEERS, &params![org_id, today])?;
    peers
        .into_iter()
        .map(|peer| organizations::load(tx, peer.id).map(|org| org.data))
        .collect()
}

/// Is `other` in an active group that `org_id` belongs to?
pub(crate) fn is_peer(tx: &mut Tx<'_>, org_id: Id, other: Id, today: Date) -> Result<bool> {
    Ok(tx.count(IS_PEER, &params![org_id, today, other])? > 0)
}

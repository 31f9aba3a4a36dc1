//! Organizations and their tree.

use axum::response::Response;
use http::export::{self, Cell};
use http::{App, Created, Ctx, Etag, Json, Path, Query};
use kernel::{Id, Instant, Page, Result, page};
use serde::{Deserialize, Serialize};
use store::{Tx, Versioned};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::{OrgBrief, after_id, etag};
use crate::commands::{self, CloseInput, MoveInput, OrganizationInput};
use crate::model::{
    AllianceState, CooperationMode, CouncilClass, GroupState, Level, MemberRole, OrgKind, OrgState,
    Organization, word,
};
use crate::store::organizations::Filter;
use crate::store::{groups, organizations};

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(organization_list, organization_create))
        .routes(routes!(organization_tree))
        .routes(routes!(organization_export))
        .routes(routes!(organization_get, organization_update))
        .routes(routes!(organization_move))
        .routes(routes!(organization_close))
        .routes(routes!(organization_reopen))
        .routes(routes!(organization_history))
}

/// What a list of organizations is narrowed by.
#[derive(Clone, Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct OrganizationParams {
    /// Part of a name, pinyin, initials or code.
    q: Option<String>,
    /// What sort of institution.
    kind: Option<OrgKind>,
    /// Level in the tree.
    level: Option<Level>,
    /// Open or closed.
    state: Option<OrgState>,
    /// Directly below this one.
    parent_id: Option<Id>,
    /// Live members of this group.
    group_id: Option<Id>,
    /// `next` of the page before.
    after: Option<String>,
    /// Rows a page, at most 200.
    limit: Option<u32>,
}

/// One line of the tree, parents before children.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[schema(as = NetworkTreeNode)]
pub struct TreeNode {
    /// The organization.
    #[serde(flatten)]
    pub org: OrgBrief,
    /// What it hangs below.
    pub parent_id: Option<Id>,
    /// 0 at the top.
    pub depth: u32,
    /// Lines directly below that are shown.
    pub children: u32,
    /// Shown only as the way to something within reach; it can't be opened.
    pub is_waypoint: bool,
}

/// The tree as the viewer sees it.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[schema(as = NetworkTree)]
pub struct Tree {
    /// Its lines, in the order to show them.
    pub nodes: Vec<TreeNode>,
}

/// A group an organization belongs to.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct GroupOf {
    /// The membership.
    pub membership_id: Id,
    /// The group.
    pub group_id: Id,
    /// Its name.
    pub group_name: String,
    /// Where the group stands.
    pub group_state: GroupState,
    /// Lead, branch or member.
    pub role: MemberRole,
    /// How close.
    pub cooperation_mode: CooperationMode,
    /// Seat on the council.
    pub council_class: CouncilClass,
    /// From.
    pub joined_on: kernel::Date,
    /// Until.
    pub left_on: Option<kernel::Date>,
}

/// A specialty alliance an organization is in.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct AllianceOf {
    /// The alliance.
    pub id: Id,
    /// Its name.
    pub name: String,
    /// Specialty code.
    pub specialty: String,
    /// Does the organization lead it?
    pub leads: bool,
}

/// A member's page.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct OrganizationDetail {
    /// The organization.
    #[serde(flatten)]
    pub organization: Organization,
    /// From its parent up to the top.
    pub ancestors: Vec<OrgBrief>,
    /// Directly below it.
    pub children: Vec<OrgBrief>,
    /// Groups, past ones too.
    pub groups: Vec<GroupOf>,
    /// Alliances it is in now.
    pub alliances: Vec<AllianceOf>,
    /// What this viewer may do: `update`, `move`, `close`, `reopen`.
    pub actions: Vec<String>,
}

/// What happened to an organization.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[schema(as = NetworkHistoryEntry)]
pub struct HistoryEntry {
    /// When.
    pub at: Instant,
    /// What: `organization.moved`.
    pub event: String,
    /// By whom.
    pub actor_name: String,
    /// In which role.
    pub role: String,
    /// The version after it.
    pub version: i64,
    /// What changed.
    #[schema(value_type = Object)]
    pub detail: serde_json::Value,
    /// The organization as it was then.
    pub organization: Option<Organization>,
}

/// The history of an organization, newest first.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[schema(as = NetworkHistory)]
pub struct History {
    /// What happened.
    pub items: Vec<HistoryEntry>,
}

fn filter_of(tx: &Tx<'_>, params: &OrganizationParams) -> Result<Filter> {
    Ok(Filter {
        everywhere: commands::reaches_everything(tx),
        q: params.q.clone(),
        kind: params.kind.as_ref().map(word),
        level: params.level.as_ref().map(word),
        state: params.state.as_ref().map(word),
        parent_id: params.parent_id,
        group_id: params.group_id,
        after: after_id(params.after.as_deref())?,
    })
}

/// Organizations within reach, by name.
#[utoipa::path(get, path = "/api/organizations", tag = "network", params(OrganizationParams),
    responses((status = 200, body = Page<Organization>)),
    extensions(("x-permission" = json!("network.read"))))]
async fn organization_list(
    ctx: Ctx,
    Query(params): Query<OrganizationParams>,
) -> http::Result<Json<Page<Organization>>> {
    let limit = page::page_size(params.limit);
    let rows = ctx
        .read(move |tx| {
            let filter = filter_of(tx, &params)?;
            organizations::list(tx, &filter, limit + 1)
        })
        .await?;
    Ok(Json(super::page(
        rows,
        limit,
        |org: &Organization| org.id,
        |row| row.data,
    )))
}

/// The tree: organizations within reach and the way up from each.
#[utoipa::path(get, path = "/api/organizations/tree", tag = "network",
    responses((status = 200, body = Tree)), extensions(("x-permission" = json!("network.read"))))]
async fn organization_tree(ctx: Ctx) -> http::Result<Json<Tree>> {
    let scope = ctx.scope();
    let (all, visible) = ctx
        .read(move |tx| {
            let all = organizations::all(tx)?;
            let visible = if commands::reaches_everything(tx) {
                all.iter().map(|org| org.id).collect()
            } else {
                http::access::visible_orgs(tx, scope)?
            };
            Ok((all, visible))
        })
        .await?;
    let all: Vec<Organization> = all.into_iter().map(|org| org.data).collect();
    Ok(Json(Tree {
        nodes: super::graph::tree_of(&all, &visible.into_iter().collect()),
    }))
}

/// The directory as a spreadsheet.
#[utoipa::path(get, path = "/api/organizations/export", tag = "network", params(OrganizationParams),
    responses((status = 200, description = "xlsx",
        content_type = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")),
    extensions(("x-permission" = json!("network.read"))))]
async fn organization_export(
    ctx: Ctx,
    Query(params): Query<OrganizationParams>,
) -> http::Result<Response> {
    let limit = u32::try_from(export::EXPORT_ROWS_MAX).unwrap_or(u32::MAX);
    let rows = ctx
        .read(move |tx| {
            let filter = Filter {
                after: None,
                ..filter_of(tx, &params)?
            };
            organizations::list(tx, &filter, limit)
        })
        .await?;
    let headers = [
        "机构编码",
        "机构名称",
        "简称",
        "英文名称",
        "机构类型",
        "级别",
        "上级机构",
        "状态",
        "举办主体",
        "功能定位",
        "经费渠道",
        "投入方式",
        "统一社会信用代码",
        "卫生机构登记号",
        "等级",
        "地址",
        "电话",
    ];
    let names: std::collections::BTreeMap<Id, String> =
        rows.iter().map(|org| (org.id, org.code.clone())).collect();
    let line = |org: Versioned<Organization>| {
        let org = org.data;
        let parent = org.parent_id.and_then(|id| names.get(&id).cloned());
        vec![
            Cell::from(org.code),
            org.name.into(),
            org.short_name.into(),
            org.name_en.into(),
            word(&org.kind).into(),
            word(&org.level).into(),
            parent.into(),
            word(&org.state).into(),
            org.ownership.as_ref().map(word).into(),
            org.positioning.as_ref().map(word).into(),
            org.funding.as_ref().map(word).into(),
            org.input_mode.as_ref().map(word).into(),
            org.credit_code.into(),
            org.institution_code.into(),
            org.grade.into(),
            org.address.into(),
            org.phone.into(),
        ]
    };
    let lines: Vec<Vec<Cell>> = rows.into_iter().map(line).collect();
    Ok(export::xlsx("organizations", &headers, &lines)?)
}

/// Record an organization.
#[utoipa::path(post, path = "/api/organizations", tag = "network", request_body = OrganizationInput,
    responses((status = 201, body = Organization)), extensions(("x-permission" = json!("network.manage"))))]
async fn organization_create(
    ctx: Ctx,
    Json(body): Json<OrganizationInput>,
) -> http::Result<Created<Organization>> {
    let created = ctx
        .write(move |tx| commands::create_organization(tx, &body).map(etag))
        .await?;
    Ok(Created(created))
}

/// A member's page.
#[utoipa::path(get, path = "/api/organizations/{id}", tag = "network", params(("id" = Id, Path)),
    responses((status = 200, body = OrganizationDetail)),
    extensions(("x-permission" = json!("network.read"))))]
async fn organization_get(ctx: Ctx, Path(id): Path<Id>) -> http::Result<Etag<OrganizationDetail>> {
    Ok(ctx.read(move |tx| detail(tx, id)).await?)
}

fn detail(tx: &mut Tx<'_>, id: Id) -> Result<Etag<OrganizationDetail>> {
    let org = readable(tx, id)?;
    let mut path = organizations::path_up(tx, id)?.into_iter();
    path.next();
    let ancestors = path.map(|above| above.data.into()).collect();
    let children = organizations::children(tx, id)?;
    let mut in_groups = Vec::new();
    for membership in groups::memberships_of(tx, id)? {
        let membership_id = membership.id;
        let group = tx.load::<crate::model::Group>(membership.group_id)?;
        in_groups.push(GroupOf {
            membership_id,
            group_id: group.id,
            group_name: group.data.name,
            group_state: group.data.state,
            role: membership.role,
            cooperation_mode: membership.cooperation_mode,
            council_class: membership.council_class,
            joined_on: membership.joined_on,
            left_on: membership.left_on,
        });
    }
    let alliances = groups::alliances_of(tx, id)?;
    let live = alliances
        .into_iter()
        .filter(|alliance| alliance.state == AllianceState::Active);
    let alliances = live.map(|alliance| AllianceOf {
        id: alliance.id,
        leads: alliance.lead_org_id == id,
        name: alliance.data.name,
        specialty: alliance.data.specialty,
    });
    let body = OrganizationDetail {
        ancestors,
        children: children
            .into_iter()
            .map(|child| child.data.into())
            .collect(),
        groups: in_groups,
        alliances: alliances.collect(),
        actions: actions(tx, &org.data)?,
        organization: org.data,
    };
    Ok(Etag::new(org.version, body))
}

/// The organization, if the viewer may see it.
fn readable(tx: &mut Tx<'_>, id: Id) -> Result<Versioned<Organization>> {
    let org = organizations::load(tx, id)?;
    if commands::reaches_everything(tx) || http::access::covers(tx, id)? {
        return Ok(org);
    }
    Err(kernel::Error::not_found("organization"))
}

fn actions(tx: &mut Tx<'_>, org: &Organization) -> Result<Vec<String>> {
    let manages = match tx.actor().scope(crate::PERMISSION_MANAGE) {
        Some(scope) => {
            commands::reaches_everything(tx) || http::access::covers_as(tx, scope, org.id)?
        }
        None => false,
    };
    let open: &[&str] = match (manages, org.state) {
        (false, _) => &[],
        (true, OrgState::Open) => &["update", "move", "close"],
        (true, OrgState::Closed) => &["reopen"],
    };
    Ok(open.iter().map(|action| (*action).to_owned()).collect())
}

/// Replace what is known of an organization.
#[utoipa::path(put, path = "/api/organizations/{id}", tag = "network", params(("id" = Id, Path)),
    request_body = OrganizationInput, responses((status = 200, body = Organization)),
    extensions(("x-permission" = json!("network.manage"))))]
async fn organization_update(
    ctx: Ctx,
    Path(id): Path<Id>,
    Json(body): Json<OrganizationInput>,
) -> http::Result<Etag<Organization>> {
    let seen = ctx.if_match()?;
    Ok(ctx
        .write(move |tx| commands::update_organization(tx, id, seen, &body).map(etag))
        .await?)
}

/// Hang an organization elsewhere in the tree; needs a decision.
#[utoipa::path(post, path = "/api/organizations/{id}/move", tag = "network", params(("id" = Id, Path)),
    request_body = MoveInput, responses((status = 200, body = Organization)),
    extensions(("x-permission" = json!("network.manage"))))]
async fn organization_move(
    ctx: Ctx,
    Path(id): Path<Id>,
    Json(body): Json<MoveInput>,
) -> http::Result<Etag<Organization>> {
    let seen = ctx.if_match()?;
    Ok(ctx
        .write(move |tx| commands::move_organization(tx, id, seen, &body).map(etag))
        .await?)
}

/// Close an organization; its memberships end.
#[utoipa::path(post, path = "/api/organizations/{id}/close", tag = "network", params(("id" = Id, Path)),
    request_body = CloseInput, responses((status = 200, body = Organization)),
    extensions(("x-permission" = json!("network.manage"))))]
async fn organization_close(
    ctx: Ctx,
    Path(id): Path<Id>,
    Json(body): Json<CloseInput>,
) -> http::Result<Etag<Organization>> {
    let seen = ctx.if_match()?;
    Ok(ctx
        .write(move |tx| commands::close_organization(tx, id, seen, &body).map(etag))
        .await?)
}

/// Open a closed organization again.
#[utoipa::path(post, path = "/api/organizations/{id}/reopen", tag = "network", params(("id" = Id, Path)),
    responses((status = 200, body = Organization)), extensions(("x-permission" = json!("network.manage"))))]
async fn organization_reopen(ctx: Ctx, Path(id): Path<Id>) -> http::Result<Etag<Organization>> {
    let seen = ctx.if_match()?;
    Ok(ctx
        .write(move |tx| commands::reopen_organization(tx, id, seen).map(etag))
        .await?)
}

/// What happened to an organization, and how it was then.
#[utoipa::path(get, path = "/api/organizations/{id}/history", tag = "network", params(("id" = Id, Path)),
    responses((status = 200, body = History)), extensions(("x-permission" = json!("network.read"))))]
async fn organization_history(ctx: Ctx, Path(id): Path<Id>) -> http::Result<Json<History>> {
    let items = ctx
        .read(move |tx| {
            readable(tx, id)?;
            let mut items = Vec::new();
            for event in tx.events_of(id)? {
                let version = event.version;
                let organization = if version > 0 {
                    Some(organizations::load_version(tx, id, version)?.data)
                } else {
                    None
                };
                items.push(HistoryEntry {
                    at: event.at,
                    detail: event.detail_json(),
                    event: event.event,
                    actor_name: event.actor_name,
                    role: event.role,
                    version,
                    organization,
                });
            }
            items.reverse();
            Ok(items)
        })
        .await?;
    Ok(Json(History { items }))
}

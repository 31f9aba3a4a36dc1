//! Register, find, open and change patients.

use http::{App, Created, Ctx, Etag, Json, Path, Query};
use kernel::{Basis, Error, Id, Page};
use serde::{Deserialize, Serialize};
use serde_json::json;
use store::{Change, Subject, Tx, Versioned};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::index::merge;
use crate::input::{FindQuery, IdentifierInput, MatchQuery, NewPatient, PatientChange};
use crate::matching::{self, Match};
use crate::model::{Patient, PatientBrief};
use crate::{basis, patients, rules, search, sensitive};

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(patient_list, patient_register))
        .routes(routes!(patient_matches))
        .routes(routes!(patient_find))
        .routes(routes!(patient_show, patient_change))
        .routes(routes!(patient_brief))
        .routes(routes!(patient_unmask))
        .routes(routes!(patient_identify))
        .routes(routes!(patient_identifier_retire))
}

/// A patient as opened on a basis: numbers and telephones masked until asked for one by one.
#[derive(Clone, Serialize, Deserialize, utoipa::ToSchema)]
pub struct PatientRecord {
    /// The patient, masked.
    pub patient: Patient,
    /// The version, also in the ETag.
    pub version: i64,
    /// Completed years today.
    pub age_years: Option<u16>,
    /// On which basis it was opened.
    pub basis: Basis,
    /// What this viewer may do with it.
    pub actions: Vec<String>,
    /// The id that was asked for, where it was merged into this patient.
    #[serde(default)]
    pub redirected_from: Option<Id>,
}

/// The answer to a command on a record.
pub(super) fn record(
    tx: &mut Tx<'_>,
    patient: &Versioned<Patient>,
    basis: Basis,
) -> kernel::Result<Etag<PatientRecord>> {
    let actions = actions(tx, &basis);
    let mut shown = patient.masked();
    sensitive::leave_out_hidden(tx, &mut shown)?;
    let record = PatientRecord {
        patient: shown,
        version: patient.version,
        age_years: patient.age_years(tx.now().date()),
        basis,
        actions,
        redirected_from: None,
    };
    Ok(Etag::new(patient.version, record))
}

fn actions(tx: &Tx<'_>, basis: &Basis) -> Vec<String> {
    let mut actions = vec!["unmask".to_owned()];
    let treats = matches!(basis, Basis::OwnPatient | Basis::Care { .. });
    if treats && tx.actor().scope("record.register").is_some() {
        let writing = [
            "change",
            "add-identifier",
            "retire-identifier",
            "add-allergy",
            "end-allergy",
        ];
        actions.extend(writing.map(str::to_owned));
        actions.extend(["add-problem", "end-problem"].map(str::to_owned));
    }
    let consents = treats || *basis == Basis::Oneself;
    if consents && tx.actor().scope("record.consent").is_some() {
        actions.extend(["give-consent", "withdraw-consent"].map(str::to_owned));
    }
    actions
}

/// Loads a patient for a change: the actor's organization must treat the patient, and the caller
/// must have seen the newest version.
pub(super) fn load_for_change(
    tx: &mut Tx<'_>,
    id: Id,
    seen: i64,
) -> kernel::Result<(Versioned<Patient>, Basis)> {
    let patient = basis::patient(tx, id)?;
    if patient.id != id {
        return Err(merge::replaced(id, patient.id));
    }
    let found = basis::basis(tx, id)?;
    let basis = found.filter(|basis| matches!(basis, Basis::OwnPatient | Basis::Care { .. }));
    let basis = basis.ok_or_else(|| basis::no_basis(id))?;
    tx.check_version(&patient, seen)?;
    Ok((patient, basis))
}

/// Which of the organization's patients to list.
#[derive(Clone, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct ListQuery {
    /// Beginning of the name, of its pinyin or initials, or a whole number.
    q: Option<String>,
    /// `next` of the page before; without `q` only.
    after: Option<String>,
    /// Rows a page, at most 200.
    limit: Option<u32>,
}

/// The organization's own patients, newest first; with `q` also those in live care. Masked.
#[utoipa::path(get, path = "/api/patients", tag = "record", params(ListQuery),
    responses((status = 200, body = Page<PatientBrief>)),
    extensions(("x-permission" = json!("record.read"))))]
async fn patient_list(
    ctx: Ctx,
    Query(query): Query<ListQuery>,
) -> http::Result<Json<Page<PatientBrief>>> {
    let size = kernel::page::page_size(query.limit);
    let after = kernel::Cursor::after(query.after.as_deref())?;
    let q = rules::clean(query.q.as_deref());
    rules::check_length("q", q.as_deref(), 60)?;
    let page = ctx.read(move |tx| match &q {
        Some(q) => Ok(Page {
            items: search::within_reach(tx, q, size)?,
            next: None,
        }),
        None => search::own(tx, after, size),
    });
    Ok(Json(page.await?))
}

/// Register a patient. Answers 409 with the matches while somebody who may be the same person has
/// not been ruled out.
#[utoipa::path(post, path = "/api/patients", tag = "record", request_body = NewPatient,
    responses((status = 201, body = PatientRecord)),
    extensions(("x-permission" = json!("record.register"))))]
async fn patient_register(
    ctx: Ctx,
    Json(body): Json<NewPatient>,
) -> http::Result<Created<PatientRecord>> {
    let result = ctx.write(move |tx| {
        let org_id = body.org_id.unwrap_or(tx.actor().org_id);
        http::access::require_org(tx, org_id).map_err(|error| error.at("org_id"))?;
        let patient = patients::register(tx, &body)?;
        // A centre that registers for its village clinic treats the patient as well.
        basis::join_org(tx, &patient, tx.actor().org_id, "registered")?;
        Ok(Created(record(tx, &patient, Basis::OwnPatient)?))
    });
    Ok(basis::audited(&ctx, result.await).await?)
}

/// Possible duplicates of somebody about to be registered. Masked, and audited.
#[utoipa::path(post, path = "/api/patients/matches", tag = "record", request_body = MatchQuery,
    responses((status = 200, body = Vec<Match>)),
    extensions(("x-permission" = json!("record.search"))))]
async fn patient_matches(ctx: Ctx, Json(body): Json<MatchQuery>) -> http::Result<Json<Vec<Match>>> {
    Ok(Json(
        ctx.write(move |tx| matching::matches(tx, &body)).await?,
    ))
}

/// Find a patient in the whole consortium by one number, or by name and birth date. Masked, and
/// audited with every patient found.
#[utoipa::path(post, path = "/api/patients/find", tag = "record", request_body = FindQuery,
    responses((status = 200, body = Vec<Match>)),
    extensions(("x-permission" = json!("record.search"))))]
async fn patient_find(ctx: Ctx, Json(body): Json<FindQuery>) -> http::Result<Json<Vec<Match>>> {
    Ok(Json(ctx.write(move |tx| matching::find(tx, &body)).await?))
}

/// Open a patient's record. Needs a basis; the look is noted with it.
#[utoipa::path(get, path = "/api/patients/{id}", tag = "record", params(("id" = Id, Path)),
    responses((status = 200, body = PatientRecord)),
    extensions(("x-permission" = json!("record.read"))))]
async fn patient_show(ctx: Ctx, Path(id): Path<Id>) -> http::Result<Etag<PatientRecord>> {
    let result = ctx.read(move |tx| {
        let (patient, basis) = basis::view(tx, id, "record")?;
        let mut answer = record(tx, &patient, basis)?;
        answer.body.redirected_from = (patient.id != id).then_some(id);
        Ok(answer)
    });
    Ok(basis::audited(&ctx, result.await).await?)
}

/// Change who a patient is and how they are reached.
#[utoipa::path(patch, path = "/api/patients/{id}", tag = "record", params(("id" = Id, Path)),
    request_body = PatientChange, responses((status = 200, body = PatientRecord)),
    extensions(("x-permission" = json!("record.register"))))]
async fn patient_change(
    ctx: Ctx,
    Path(id): Path<Id>,
    Json(body): Json<PatientChange>,
) -> http::Result<Etag<PatientRecord>> {
    let seen = ctx.if_match()?;
    let result = ctx.write(move |tx| {
        let (patient, basis) = load_for_change(tx, id, seen)?;
        let patient = patients::change(tx, patient, &body)?;
        record(tx, &patient, basis)
    });
    Ok(basis::audited(&ctx, result.await).await?)
}

/// A patient in one line, masked; the name too without a basis. Audited as a find then.
#[utoipa::path(get, path = "/api/patients/{id}/brief", tag = "record", params(("id" = Id, Path)),
    responses((status = 200, body = PatientBrief)),
    extensions(("x-permission" = json!("record.search"))))]
async fn patient_brief(ctx: Ctx, Path(id): Path<Id>) -> http::Result<Json<PatientBrief>> {
    let (brief, readable) = ctx
        .read(move |tx| Ok((basis::brief(tx, id)?, basis::basis(tx, id)?.is_some())))
        .await?;
    if readable {
        return Ok(Json(brief));
    }
    let note = move |tx: &mut Tx<'_>| {
        let patient = basis::patient(tx, id)?;
        let subject = Subject {
            peer_org_id: Some(tx.actor().org_id),
            ..Subject::of(&patient.data)
        };
        tx.record(
            Change::new("record.found").detail(json!({ "by": "id" })),
            subject,
        )
    };
    ctx.store().write(ctx.request(), note).await?;
    Ok(Json(brief.hidden()))
}

/// What to show in full.
#[derive(Clone, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields, tag = "field", rename_all = "kebab-case")]
enum Unmask {
    /// One number.
    Identifier {
        /// Which.
        identifier_id: Id,
    },
    /// The patient's telephone.
    Phone,
    /// The telephones of guardian and family.
    Contacts,
}

/// What was asked for, in full.
#[derive(Clone, Serialize, Deserialize, utoipa::ToSchema)]
struct Unmasked {
    /// One text a line asked for.
    values: Vec<String>,
}

/// Show a number or telephone in full. Needs a basis; noted by itself.
#[utoipa::path(post, path = "/api/patients/{id}/unmask", tag = "record", params(("id" = Id, Path)),
    request_body = Unmask, responses((status = 200, body = Unmasked)),
    extensions(("x-permission" = json!("record.read"))))]
async fn patient_unmask(
    ctx: Ctx,
    Path(id): Path<Id>,
    Json(body): Json<Unmask>,
) -> http::Result<Json<Unmasked>> {
    // Not under the idempotency key: its store of replies must not hold numbers in full.
    let result = ctx
        .store()
        .write(ctx.request(), move |tx| unmask(tx, id, &body));
    Ok(Json(basis::audited(&ctx, result.await).await?))
}

fn unmask(tx: &mut Tx<'_>, id: Id, asked: &Unmask) -> kernel::Result<Unmasked> {
    let patient = basis::patient(tx, id)?;
    let basis = basis::basis(tx, id)?.ok_or_else(|| basis::no_basis(id))?;
    let (field, kind, values) = match asked {
        Unmask::Identifier { identifier_id } => {
            let found = patient
                .identifiers
                .iter()
                .find(|one| one.id == *identifier_id);
            let one = found.ok_or_else(|| Error::not_found("identifier"))?;
            ("identifier", Some(one.kind), vec![one.value.clone()])
        }
        Unmask::Phone => ("phone", None, patient.phone.clone().into_iter().collect()),
        Unmask::Contacts => {
            let contacts = patient.guardian.iter().chain(&patient.contacts);
            (
                "contacts",
                None,
                contacts.filter_map(|one| one.phone.clone()).collect(),
            )
        }
    };
    if values.is_empty() {
        return Err(Error::rule(
            "record.unmask-nothing",
            "the record does not have it",
        ));
    }
    let subject = Subject {
        peer_org_id: Some(tx.actor().org_id),
        ..Subject::of(&patient.data)
    };
    let detail = json!({ "field": field, "identifier_kind": kind });
    tx.record(
        Change::new("record.unmasked").basis(basis).detail(detail),
        subject,
    )?;
    Ok(Unmasked { values })
}

/// Add a number to a record.
#[utoipa::path(post, path = "/api/patients/{id}/identifiers", tag = "record", params(("id" = Id, Path)),
    request_body = IdentifierInput, responses((status = 200, body = PatientRecord)),
    extensions(("x-permission" = json!("record.register"))))]
async fn patient_identify(
    ctx: Ctx,
    Path(id): Path<Id>,
    Json(body): Json<IdentifierInput>,
) -> http::Result<Etag<PatientRecord>> {
    let seen = ctx.if_match()?;
    let result = ctx.write(move |tx| {
        let (patient, basis) = load_for_change(tx, id, seen)?;
        let patient = patients::identify(tx, patient, &body)?;
        record(tx, &patient, basis)
    });
    Ok(basis::audited(&ctx, result.await).await?)
}

/// Take a number out of use; it stays in the history and finds nobody.
#[utoipa::path(post, path = "/api/patients/{id}/identifiers/{identifier_id}/retire", tag = "record",
    params(("id" = Id, Path), ("identifier_id" = Id, Path)),
    responses((status = 200, body = PatientRecord)),
    extensions(("x-permission" = json!("record.register"))))]
async fn patient_identifier_retire(
    ctx: Ctx,
    Path((id, identifier_id)): Path<(Id, Id)>,
) -> http::Result<Etag<PatientRecord>> {
    let seen = ctx.if_match()?;
    let result = ctx.write(move |tx| {
        let (patient, basis) = load_for_change(tx, id, seen)?;
        let patient = patients::retire_identifier(tx, patient, identifier_id)?;
        record(tx, &patient, basis)
    });
    Ok(basis::audited(&ctx, result.await).await?)
}

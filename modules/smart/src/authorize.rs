//! The consent screen: what an app asks for, and the answer of whoever is asked.

use axum::http::HeaderMap;
use http::{Ctx, Json};
use kernel::{Error, Id, Kind, Result};
use serde::{Deserialize, Serialize};
use serde_json::json;
use store::{Change, Subject, Tx, hex, sha256_hex};
use utoipa::ToSchema;

use crate::code_flow::{self, Asked, Outcome};
use crate::model::App;
use crate::oauth::{Form, Refusal};
use crate::rows::{self, CodeRow, GrantRow};
use crate::settings;

/// The query of the address an app sent somebody to.
#[derive(Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = SmartRequest)]
pub(crate) struct RequestInput {
    /// Everything behind the question mark.
    query: String,
}

/// The answer of whoever was asked.
#[derive(Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = SmartDecision)]
pub(crate) struct DecisionInput {
    /// Everything behind the question mark, as it was put before them.
    query: String,
    /// Do they agree?
    allow: bool,
    /// The patient they picked, where one was to be picked.
    patient_id: Option<Id>,
}

/// What an app asks for.
#[derive(Clone, Serialize, ToSchema)]
#[schema(as = SmartRequestView)]
pub(crate) struct RequestView {
    /// Where to go at once: the app is told that its request was refused.
    location: Option<String>,
    /// What is put before the person, otherwise.
    consent: Option<ConsentView>,
}

/// What is put before somebody.
#[derive(Clone, Serialize, ToSchema)]
#[schema(as = SmartConsentView)]
pub(crate) struct ConsentView {
    /// The app's name.
    app: String,
    /// What it is for.
    description: String,
    /// The organization that answers for it.
    org_name: String,
    /// The host people are sent back to.
    returns_to: String,
    /// What it gets to see and to do.
    data: Vec<DataView>,
    /// Does it learn who they are?
    identity: bool,
    /// Does it go on when they are away?
    offline: bool,
    /// Does it go on as long as they are signed in?
    online: bool,
    /// The patient it is opened for.
    patient: Option<PatientView>,
    /// Are they to pick a patient?
    picks_patient: bool,
}

/// One scope on data.
#[derive(Clone, Serialize, ToSchema)]
#[schema(as = SmartDataView)]
pub(crate) struct DataView {
    /// `patient` or `user`.
    level: String,
    /// The type; `*` for all.
    resource: String,
    /// Letters of `cruds`.
    rights: String,
}

/// A patient.
#[derive(Clone, Serialize, ToSchema)]
#[schema(as = SmartPatientView)]
pub(crate) struct PatientView {
    /// Their id.
    id: Id,
    /// Their name.
    name: String,
}

/// Where the person goes next.
#[derive(Clone, Serialize, ToSchema)]
#[schema(as = SmartLocation)]
pub(crate) struct Location {
    /// An address of the app.
    pub(crate) location: String,
}

fn form_of(query: &str) -> Result<Form> {
    Form::parse(query.as_bytes())
        .map_err(|refusal| Error::new(Kind::Invalid, "smart.request", refusal.why).at("query"))
}

/// What an app asks for, in order to put it before the person signed in.
#[utoipa::path(post, path = "/api/smart/requests", tag = "smart", request_body = RequestInput,
    responses((status = 200, body = RequestView)), extensions(("x-permission" = json!("fhir.read"))))]
pub(crate) async fn smart_request(
    ctx: Ctx,
    headers: HeaderMap,
    Json(body): Json<RequestInput>,
) -> http::Result<Json<RequestView>> {
    let form = form_of(&body.query)?;
    let base = base_of(&ctx, &headers);
    let org_name = ctx.app().config().org_name;
    let outcome = ctx
        .store()
        .write(&without_key(&ctx), move |tx| {
            match code_flow::check(tx, &form, &base)? {
                Outcome::Ask(asked) => Ok(RequestView {
                    location: None,
                    consent: Some(consent(tx, &asked, org_name)?),
                }),
                Outcome::Return {
                    location,
                    refusal,
                    app,
                } => {
                    note_refusal(tx, &app, "authorize", &refusal)?;
                    Ok(RequestView {
                        location: Some(location),
                        consent: None,
                    })
                }
            }
        })
        .await?;
    Ok(Json(outcome))
}

type OrgName = fn(&mut Tx<'_>, Id) -> Result<String>;

fn consent(tx: &mut Tx<'_>, asked: &Asked, org_name: OrgName) -> Result<ConsentView> {
    let patient = match &asked.launch {
        Some((id, _)) => Some(patient_view(tx, *id)?),
        None => None,
    };
    let data = asked.scopes.data().map(|one| DataView {
        level: one.level.word().to_owned(),
        resource: one.resource.clone(),
        rights: one.rights.letters(),
    });
    let host = asked
        .redirect_uri
        .split("://")
        .nth(1)
        .and_then(|rest| rest.split(['/', '?']).next());
    Ok(ConsentView {
        app: asked.app.name.clone(),
        description: asked.app.description.clone(),
        org_name: org_name(tx, asked.app.org_id)?,
        returns_to: host.unwrap_or(&asked.redirect_uri).to_owned(),
        data: data.collect(),
        identity: asked.scopes.has("openid"),
        offline: asked.scopes.has("offline_access"),
        online: asked.scopes.has("online_access"),
        patient,
        picks_patient: asked.picks_patient,
    })
}

/// A patient whom the actor has a basis for.
///
/// # Errors
/// Not found, whether there is none or no basis.
fn patient_view(tx: &mut Tx<'_>, id: Id) -> Result<PatientView> {
    require_basis(tx, id)?;
    let patient = record::patient(tx, id)?;
    Ok(PatientView {
        id,
        name: patient.name.clone(),
    })
}

/// Refuses a patient whom the actor has no basis for.
///
/// # Errors
/// `smart.patient`.
pub(crate) fn require_basis(tx: &mut Tx<'_>, patient_id: Id) -> Result<()> {
    if record::basis(tx, patient_id)?.is_some() {
        return Ok(());
    }
    let text = "there is no such patient, or you have no basis to read their record";
    Err(Error::not_found("smart.patient")
        .at("patient_id")
        .with(json!({ "why": text })))
}

/// Agree to what an app asks for, or refuse it; answers where to go.
#[utoipa::path(post, path = "/api/smart/decisions", tag = "smart", request_body = DecisionInput,
    responses((status = 200, body = Location)), extensions(("x-permission" = json!("fhir.read"))))]
pub(crate) async fn smart_decide(
    ctx: Ctx,
    headers: HeaderMap,
    Json(body): Json<DecisionInput>,
) -> http::Result<Json<Location>> {
    let form = form_of(&body.query)?;
    let base = base_of(&ctx, &headers);
    let Some(session) = ctx.session().cloned() else {
        let text = "sign in as yourself: a system's token agrees to nothing";
        return Err(Error::forbidden("smart.session", text).into());
    };
    // Not under an idempotency key: its store of replies must not hold the code.
    let request = without_key(&ctx);
    let decided = ctx.store().write(&request, move |tx| {
        let asked = match code_flow::check(tx, &form, &base)? {
            Outcome::Ask(asked) => asked,
            Outcome::Return {
                location,
                refusal,
                app,
            } => {
                note_refusal(tx, &app, "authorize", &refusal)?;
                return Ok(location);
            }
        };
        if !body.allow {
            let refusal = Refusal::new("access_denied", "the person did not agree");
            note_refusal(tx, &asked.app, "authorize", &refusal)?;
            return Ok(code_flow::refused(
                &asked.redirect_uri,
                &asked.state,
                &refusal,
            ));
        }
        let code = grant(tx, &asked, body.patient_id, &session)?;
        let pairs = [("code", code.as_str()), ("state", asked.state.as_str())];
        Ok(code_flow::with_query(&asked.redirect_uri, &pairs))
    });
    let location = decided.await?;
    Ok(Json(Location { location }))
}

/// Keeps what was granted, and answers the code for it.
fn grant(
    tx: &mut Tx<'_>,
    asked: &Asked,
    picked: Option<Id>,
    session: &http::signin::LiveSession,
) -> Result<String> {
    let rule = settings::rule(tx)?;
    let patient_id = match (&asked.launch, asked.picks_patient) {
        (Some((patient, launch)), _) => {
            if !rows::use_launch(tx, launch)? {
                let text = "the launch was used meanwhile: open the app again";
                return Err(Error::conflict("smart.launch-used", text));
            }
            Some(*patient)
        }
        (None, true) => Some(picked.ok_or_else(|| {
            let text = "pick the patient for whom the app is opened";
            Error::invalid("smart.patient-needed", "patient_id", text)
        })?),
        (None, false) => None,
    };
    if let Some(patient) = patient_id {
        require_basis(tx, patient)?;
    }
    let (id, now) = (tx.new_id(), tx.now());
    let online = asked.scopes.has("online_access");
    let row = GrantRow {
        id,
        app_id: asked.app.id,
        account_id: tx.actor().id,
        assignment_id: session.assignment_id,
        patient_id,
        scope: asked.scopes.text(),
        session_sha256: online.then(|| session.token_sha256.clone()),
        created_at: now,
        ends_at: now + kernel::Span::days(rule.refresh_days),
        revoked_at: None,
    };
    rows::insert_grant(tx, &row)?;
    let code = hex(&tx.random_bytes::<32>());
    let kept = CodeRow {
        grant_id: id,
        redirect_uri: asked.redirect_uri.clone(),
        challenge: asked.challenge.clone(),
        nonce: asked.nonce.clone(),
        expires_at: now + kernel::Span::seconds(rule.code_seconds),
    };
    rows::insert_code(tx, &sha256_hex(code.as_bytes()), &kept)?;
    let subject = Subject {
        patient_id,
        ..subject(&asked.app)
    };
    let basis = match patient_id {
        Some(patient) => record::basis(tx, patient)?,
        None => None,
    };
    let mut change = Change::new("smart.granted").detail(json!({
        "app": named(&asked.app), "grant_id": id, "scope": row.scope,
    }));
    change.basis = basis;
    tx.record(change, subject)?;
    Ok(code)
}

/// The app as entries of the audit name it.
pub(crate) fn named(app: &App) -> serde_json::Value {
    json!({ "id": app.id, "name": app.name })
}

/// The app as the thing an entry of the audit is about.
pub(crate) fn subject(app: &App) -> Subject {
    Subject {
        org_id: Some(app.org_id),
        ..Subject::new("smart-app", app.id)
    }
}

/// Audits that an app did not get what it asked for.
pub(crate) fn note_refusal(
    tx: &mut Tx<'_>,
    app: &App,
    place: &str,
    refusal: &Refusal,
) -> Result<()> {
    let detail =
        json!({ "app": named(app), "at": place, "error": refusal.error, "why": refusal.why });
    tx.record(Change::new("smart.refused").detail(detail), subject(app))
}

/// The FHIR address of this server.
pub(crate) fn base_of(ctx: &Ctx, headers: &HeaderMap) -> String {
    [&http::origin(ctx.app(), headers), "/fhir"].concat()
}

/// A request whose answer is not kept.
pub(crate) fn without_key(ctx: &Ctx) -> store::Request {
    store::Request {
        idempotency: None,
        ..ctx.request().clone()
    }
}

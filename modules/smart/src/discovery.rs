//! What an app finds by itself: where to ask, what is offered, which key signs.

use axum::http::HeaderMap;
use http::{Ctx, Json};
use serde_json::{Value, json};

use crate::assertion::ALGORITHMS;
use crate::authorize::base_of;
use crate::keys;

/// Where the public keys are.
const KEYS_PATH: &str = "/smart/jwks";

/// What this server offers apps (SMART App Launch 2, §2.2).
#[utoipa::path(get, path = "/fhir/.well-known/smart-configuration", tag = "smart",
    responses((status = 200, body = Object)), extensions(("x-permission" = json!("public"))))]
pub(crate) async fn smart_configuration(ctx: Ctx, headers: HeaderMap) -> Json<Value> {
    let origin = http::origin(ctx.app(), &headers);
    let mut body = shared(&base_of(&ctx, &headers), &origin);
    body["capabilities"] = json!([
        "launch-ehr",
        "launch-standalone",
        "client-public",
        "client-confidential-symmetric",
        "client-confidential-asymmetric",
        "sso-openid-connect",
        "context-banner",
        "context-ehr-patient",
        "context-standalone-patient",
        "permission-offline",
        "permission-online",
        "permission-patient",
        "permission-user",
        "permission-v1",
        "permission-v2",
    ]);
    Json(body)
}

/// The same as an OpenID Connect client reads it (OpenID Connect Discovery §4).
#[utoipa::path(get, path = "/fhir/.well-known/openid-configuration", tag = "smart",
    responses((status = 200, body = Object)), extensions(("x-permission" = json!("public"))))]
pub(crate) async fn smart_openid_configuration(ctx: Ctx, headers: HeaderMap) -> Json<Value> {
    let origin = http::origin(ctx.app(), &headers);
    let mut body = shared(&base_of(&ctx, &headers), &origin);
    body["subject_types_supported"] = json!(["public"]);
    body["id_token_signing_alg_values_supported"] = json!(["ES256"]);
    Json(body)
}

fn shared(base: &str, origin: &str) -> Value {
    let at = |path: &str| [origin, path].concat();
    json!({
        "issuer": base,
        "jwks_uri": at(KEYS_PATH),
        "authorization_endpoint": at(http::AUTHORIZE_PATH),
        "token_endpoint": at(http::TOKEN_PATH),
        "introspection_endpoint": at(http::INTROSPECT_PATH),
        "revocation_endpoint": at(http::REVOKE_PATH),
        "grant_types_supported": ["authorization_code", "refresh_token", "client_credentials"],
        "response_types_supported": ["code"],
        "code_challenge_methods_supported": ["S256"],
        "token_endpoint_auth_methods_supported": ["client_secret_basic", "private_key_jwt"],
        "token_endpoint_auth_signing_alg_values_supported": ALGORITHMS,
        "scopes_supported": [
            "openid", "fhirUser", "profile", "launch", "launch/patient", "offline_access",
            "online_access", "patient/*.cruds", "user/*.cruds", "system/*.cruds",
        ],
    })
}

/// The keys that sign who somebody is.
#[utoipa::path(get, path = "/smart/jwks", tag = "smart",
    responses((status = 200, body = Object)), extensions(("x-permission" = json!("public"))))]
pub(crate) async fn smart_jwks(ctx: Ctx) -> http::Result<Json<Value>> {
    Ok(Json(keys::published(&ctx).await?))
}

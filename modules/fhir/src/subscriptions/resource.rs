//! The Subscription resource: what of it is checked when it is written, and its status.

use fhir::json::Stamp;
use fhir::{Document, IssueCode, Resource, View, json as fhir_json};
use kernel::{Error, Id, Instant, Result};
use serde_json::json;
use store::{Change, Job, Tx, params};

use super::{Kept, body, head, kept, text};
use crate::rows::{self, Header, NewVersion};
use crate::settings::{self, SubscriptionRule};
use crate::write::{self, Condition, subject_of};
use crate::{index, kinds, refusal};

/// The job that takes a requested subscription into service.
pub(crate) const START: &str = "fhir.start-subscription";
const ENDPOINT: &str = "Subscription.channel.endpoint";
/// Headers one subscription sends along.
const HEADERS_MAX: usize = 10;

const SAVE: &str = "INSERT INTO fhir_subscription
        (key, kind, account_id, role, org_id, state, failures, retry_at, leased_until)
    VALUES ($1, $2, $3, $4, $5, $6, 0, 0, 0)
    ON CONFLICT (key) DO UPDATE SET kind = excluded.kind, account_id = excluded.account_id,
        role = excluded.role, org_id = excluded.org_id, state = excluded.state, failures = 0,
        retry_at = 0";
const SET_STATE: &str = "UPDATE fhir_subscription SET state = $2 WHERE key = $1";
const OF_ORG: &str = "SELECT COUNT(*) AS count FROM fhir_subscription
    WHERE org_id = $1 AND state <> 'off' AND key <> $2";
const DROP_NOTICES: &str = "DELETE FROM fhir_notice WHERE subscription = $1";

/// Where and how a subscription sends.
#[derive(Clone, Debug)]
pub(super) struct Channel {
    pub endpoint: String,
    /// The resource goes along; otherwise only that something happened.
    pub payload: bool,
    pub headers: Vec<(String, String)>,
}

fn wrong(place: &str, why: &str) -> Error {
    refusal::refuse(IssueCode::NotSupported, place, why)
}

/// Reads the channel; refuses what would not be sent.
pub(super) fn channel(resource: &Resource, rule: &SubscriptionRule) -> Result<Channel> {
    let root = resource.root();
    if text(root, &["channel", "type"]).as_deref() != Some("rest-hook") {
        return Err(wrong(
            "Subscription.channel.type",
            "channels are of the type rest-hook",
        ));
    }
    let payload = match text(root, &["channel", "payload"]).as_deref() {
        None => false,
        Some("application/fhir+json" | "application/json") => true,
        Some(_) => {
            let why = "the payload is application/fhir+json, or none";
            return Err(wrong("Subscription.channel.payload", why));
        }
    };
    let endpoint = text(root, &["channel", "endpoint"]).unwrap_or_default();
    check_endpoint(&endpoint, rule)?;
    let mut headers = Vec::new();
    let lines = root
        .at(&["channel", "header"])
        .into_iter()
        .flat_map(View::items);
    for line in lines {
        let line = line.as_str().unwrap_or_default();
        headers.push(header_of(&line)?);
    }
    if headers.len() > HEADERS_MAX {
        return Err(wrong("Subscription.channel.header", "at most ten headers"));
    }
    Ok(Channel {
        endpoint,
        payload,
        headers,
    })
}

/// `Name: value`. What steers the transport itself is the server's.
fn header_of(line: &str) -> Result<(String, String)> {
    const OURS: [&str; 8] = [
        "host",
        "content-length",
        "content-type",
        "transfer-encoding",
        "connection",
        "upgrade",
        "te",
        "trailer",
    ];
    let refused = || {
        let why = "a header is Name: value, and none that the transport sets itself";
        wrong("Subscription.channel.header", why)
    };
    let (name, value) = line.split_once(':').ok_or_else(refused)?;
    let name = name.trim().to_ascii_lowercase();
    let value = value.trim();
    let known = axum::http::HeaderName::try_from(name.as_str()).is_ok();
    let fine = axum::http::HeaderValue::from_str(value).is_ok();
    if !known || !fine || OURS.contains(&name.as_str()) {
        return Err(refused());
    }
    Ok((name, value.to_owned()))
}

/// Refuses endpoints that do not lie on an allowed host, under HTTPS. Without TLS only the machine
/// itself is spoken to, and only by the demonstration; see [`super::deliver`].
fn check_endpoint(endpoint: &str, rule: &SubscriptionRule) -> Result<()> {
    let refused = |why: &str| Err(Error::rule("fhir.subscription-endpoint", why).at(ENDPOINT));
    let Ok(uri) = endpoint.parse::<axum::http::Uri>() else {
        return refused("the endpoint is no address");
    };
    let (Some(scheme), Some(authority)) = (uri.scheme_str(), uri.authority()) else {
        return refused("the endpoint is a whole address: https://host/path");
    };
    if authority.as_str().contains('@') || uri.query().is_some() {
        return refused("the endpoint has neither a user nor a query; use headers");
    }
    let host = authority.host().to_ascii_lowercase();
    let loopback = matches!(host.as_str(), "127.0.0.1" | "localhost" | "[::1]");
    if scheme != "https" && !(scheme == "http" && loopback) {
        return refused("the endpoint is reached by https");
    }
    let with_port = authority.port_u16().map(|port| format!("{host}:{port}"));
    let usual = matches!(authority.port_u16(), None | Some(443));
    let allowed = rule.hosts.iter().any(|one| {
        let one = one.to_ascii_lowercase();
        (one == host && usual) || Some(&one) == with_port.as_ref()
    });
    if allowed {
        return Ok(());
    }
    refused("the consortium does not allow this host; ask for it to be added to the rule set")
}

/// The criteria as a search of one type.
pub(super) fn criteria(resource: &Resource) -> Result<Condition> {
    let place = "Subscription.criteria";
    let text = text(resource.root(), &["criteria"]).unwrap_or_default();
    let (name, query) = text.split_once('?').unwrap_or((&text, ""));
    let kind = write::known_type(name).map_err(|error| error.at(place))?;
    if query.is_empty() {
        return Ok(Condition {
            kind,
            text: String::new(),
            query: fhir::search::Query {
                types: vec![kind],
                ..Default::default()
            },
        });
    }
    write::condition(kind, query)
}

/// Takes note of a Subscription that a client has just stored.
///
/// # Errors
/// What of it the server would not do: its channel, its host, its criteria.
pub(crate) fn stored(tx: &mut Tx<'_>, key: i64, resource: &Resource) -> Result<()> {
    let rule = settings::subscriptions(tx)?;
    let condition = criteria(resource)?;
    let off = text(resource.root(), &["status"]).as_deref() == Some("off");
    if !off {
        channel(resource, &rule)?;
        let org_id = tx.actor().org_id;
        if tx.count(OF_ORG, &params![org_id, key])? >= rule.of_organization_max {
            let why = "this organization has as many subscriptions as it may";
            let data = json!({ "limit": rule.of_organization_max });
            return Err(Error::rule("fhir.subscription-limit", why).with(data));
        }
    }
    let actor = tx.actor().clone();
    let kind = kinds::number(condition.kind);
    let state = if off { "off" } else { "requested" };
    tx.execute(
        SAVE,
        &params![key, kind, actor.id, actor.role, actor.org_id, state],
    )?;
    if off {
        return withdrawn(tx, key);
    }
    let now = tx.now();
    tx.schedule(START, &key.to_string(), now, &json!({}))
}

/// A subscription that was turned off or deleted sends nothing more.
///
/// # Errors
/// Whatever the database reports.
pub(crate) fn withdrawn(tx: &mut Tx<'_>, key: i64) -> Result<()> {
    tx.cancel_job(START, &key.to_string())?;
    tx.execute(SET_STATE, &params![key, "off"])?;
    tx.execute(DROP_NOTICES, &params![key]).map(|_| ())
}

/// Takes a requested subscription into service.
///
/// # Errors
/// Whatever the database reports.
pub(crate) fn start(tx: &mut Tx<'_>, job: &Job) -> Result<()> {
    let key = job.key.parse::<i64>().map_err(Error::internal)?;
    match kept(tx, key)? {
        Some(found) if found.state == "requested" => set_status(tx, &found, "active", None),
        _ => Ok(()),
    }
}

/// Whether the subscription has run out.
pub(super) fn has_ended(resource: &Resource, now: Instant) -> bool {
    let end = text(resource.root(), &["end"]);
    end.and_then(|end| end.parse::<Instant>().ok())
        .is_some_and(|end| end <= now)
}

/// Sets the status, here and in the resource, whose next version says it.
pub(super) fn set_status(
    tx: &mut Tx<'_>,
    found: &Kept,
    status: &'static str,
    error: Option<&str>,
) -> Result<()> {
    tx.execute(SET_STATE, &params![found.key, status])?;
    if status == "off" {
        withdrawn(tx, found.key)?;
    }
    let Some(header) = head(tx, found.key)?.filter(|header| !header.deleted) else {
        return Ok(());
    };
    let Some(resource) = body(tx, &header)? else {
        return Ok(());
    };
    let mut operations = vec![json!({ "op": "add", "path": "/status", "value": status })];
    if resource.root().get("error").is_some() {
        operations.push(json!({ "op": "remove", "path": "/error" }));
    }
    if let Some(error) = error {
        operations.push(json!({ "op": "add", "path": "/error", "value": error }));
    }
    let patch = json!(operations).to_string();
    let patch = Document::parse(patch.as_bytes(), fhir_json::Limits::RESOURCE)
        .map_err(refusal::of_issue)?;
    let resource = fhir::patch::json_patch(&resource, &patch).map_err(refusal::of_issue)?;
    put(tx, &header, &resource, status)
}

fn put(tx: &mut Tx<'_>, header: &Header, resource: &Resource, status: &str) -> Result<()> {
    let version = header.version + 1;
    let (version_text, now_text) = (version.to_string(), tx.now().to_string());
    let stamp = Stamp {
        id: &header.id,
        version_id: &version_text,
        last_updated: &now_text,
    };
    let new = NewVersion {
        kind: "Subscription",
        id: &header.id,
        version,
        key: header.key,
        method: "PATCH",
        org_id: header.org_id.clone(),
        owner: None,
        rows: &index::rows(resource, ""),
        body: resource.stamped(&stamp),
    };
    let rule = record::sensitive::rule(tx)?;
    rows::write(tx, &new, &rule)?;
    let detail = json!({ "id": header.id, "version": version, "status": status });
    let subject = subject_of("Subscription", &header.id, &header.org_id, None);
    tx.record(
        Change::new("fhir.subscription-status").detail(detail),
        subject,
    )
}

/// The account a subscription asks for, with what it may do today.
pub(super) fn subscriber(
    tx: &mut Tx<'_>,
    found: &Kept,
) -> Result<Option<std::sync::Arc<kernel::Actor>>> {
    let (account_id, org_id): (Id, Id) = (found.account_id, found.org_id);
    let actor = http::signin::actor_in_role(tx, account_id, &found.role, org_id)?;
    Ok(actor.filter(|actor| actor.scope("fhir.read").is_some()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_allowed_hosts_are_spoken_to() {
        let rule = SubscriptionRule {
            hosts: vec![
                "his.example".into(),
                "lab.example:8443".into(),
                "127.0.0.1:9".into(),
            ],
            tries_max: 3,
            of_organization_max: 3,
        };
        let fine = [
            "https://his.example/hook",
            "https://HIS.example:443/hook",
            "https://lab.example:8443/",
            "http://127.0.0.1:9/hook",
        ];
        for endpoint in fine {
            assert!(check_endpoint(endpoint, &rule).is_ok(), "{endpoint}");
        }
        let refused = [
            "http://his.example/hook",
            "https://his.example:22/",
            "https://lab.example/",
            "https://his.example.evil/",
            "https://evil@his.example/",
            "https://his.example/?a=b",
            "http://127.0.0.1:8080/",
            "http://169.254.169.254/latest",
            "https://127.0.0.1/",
            "ftp://his.example/",
            "/hook",
            "",
        ];
        for endpoint in refused {
            assert!(check_endpoint(endpoint, &rule).is_err(), "{endpoint}");
        }
    }

    #[test]
    fn headers_are_names_with_values() {
        assert!(header_of("Authorization: Bearer x").is_ok());
        for line in [
            "Host: a",
            "no colon",
            "X: a\r\nY: b",
            ": v",
            "Content-Length: 3",
        ] {
            assert!(header_of(line).is_err(), "{line}");
        }
    }
}

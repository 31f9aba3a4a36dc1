//! A whole application in process: real routes, real store, no network.

use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::http::{HeaderMap, Request, StatusCode, header};
use http::signin::{Account, AccountState, Assignment};
use http::utoipa_openapi::OpenApi;
use http::{App, Config, Module};
use kernel::{Id, Span};
use serde_json::{Value, json};
use store::{Change, Clock, JobState, Store, hex, params, sha256_hex};
use tower::ServiceExt;

use crate::{TestEngine, TestStore};

/// An application on one engine.
pub struct TestApp {
    /// The application.
    pub app: App,
    /// Its OpenAPI document.
    pub document: OpenApi,
    router: Router,
    test_store: TestStore,
}

impl TestApp {
    /// A fresh application, prepared as the server would.
    pub async fn new(engine: TestEngine, modules: fn() -> Vec<Module>) -> Self {
        Self::with_config(engine, modules, |_| {}).await
    }

    /// The same with another configuration.
    pub async fn with_config(
        engine: TestEngine,
        modules: fn() -> Vec<Module>,
        change: impl FnOnce(&mut Config),
    ) -> Self {
        let migrations = all_migrations(&modules());
        let test_store = crate::prepared::open(engine, modules, migrations).await;
        let mut config = plain_config();
        change(&mut config);
        let (app, router, document) =
            http::build(modules(), test_store.store.clone(), config).unwrap();
        app.prepare().await.unwrap();
        Self {
            app,
            document,
            router,
            test_store,
        }
    }

    /// The store.
    pub fn store(&self) -> &Store {
        &self.test_store.store
    }

    /// The clock, set by hand.
    pub fn clock(&self) -> &Clock {
        &self.test_store.clock
    }

    /// The scratch store, to open it a second time.
    pub fn test_store(&self) -> &TestStore {
        &self.test_store
    }

    /// Moves the clock and runs what became due.
    pub async fn advance(&self, span: Span) {
        self.clock().advance(span);
        self.settle().await;
    }

    /// Runs jobs and followers until nothing is due, and fails if a job died.
    pub async fn settle(&self) {
        // On PostgreSQL events get their number just after the commit.
        for _ in 0..100 {
            self.app.run_background().await.unwrap();
            if self.unnumbered().await == 0 {
                break;
            }
            tokio::time::sleep(std::time::Duration::from_millis(10)).await;
        }
        self.app.run_background().await.unwrap();
        let failed = self
            .store()
            .read(&store::Request::system("test"), |tx| {
                let waiting = tx.jobs(JobState::Waiting, None, 200)?;
                let dead = tx.jobs(JobState::Dead, None, 200)?;
                Ok(waiting
                    .into_iter()
                    .chain(dead)
                    .filter(|job| job.last_error.is_some())
                    .collect::<Vec<_>>())
            })
            .await
            .unwrap();
        assert!(failed.is_empty(), "jobs failed: {failed:#?}");
    }

    async fn unnumbered(&self) -> i64 {
        const UNNUMBERED: &str = "SELECT COUNT(*) AS count FROM event WHERE seq IS NULL";
        self.store()
            .read(&store::Request::system("test"), |tx| {
                tx.count(UNNUMBERED, &[])
            })
            .await
            .unwrap()
    }

    /// Somebody in `role` at `org_id`, signed in with a token.
    pub async fn client(&self, role: &str, org_id: Id) -> Client {
        self.client_in(role, org_id, None).await
    }

    /// Somebody in `role` in a department of `org_id`.
    pub async fn client_in(&self, role: &str, org_id: Id, department_id: Option<Id>) -> Client {
        let (account_id, token) = make_token(self.store(), role, org_id, department_id)
            .await
            .unwrap();
        Client {
            account_id,
            ..Client::new(self.router.clone(), Some(token))
        }
    }

    /// Somebody who has not signed in.
    pub fn anonymous(&self) -> Client {
        Client::new(self.router.clone(), None)
    }

    /// Checks the audit chain and fails if anything is wrong with it.
    pub async fn assert_audit_whole(&self) {
        self.settle().await;
        let verification = self.store().verify_audit().await.unwrap();
        assert!(verification.is_whole(), "{:#?}", verification.findings);
    }
}

/// An account in `role` at `org_id` with an API token that does not run out; answers both.
///
/// # Errors
/// Whatever the database reports.
pub async fn make_token(
    store: &Store,
    role: &str,
    org_id: Id,
    department_id: Option<Id>,
) -> kernel::Result<(Id, String)> {
    const TOKEN: &str = "INSERT INTO api_token (id, token_sha256, name, account_id, assignment_id,
        created_at, expires_at) VALUES ($1, $2, 'test', $3, $4, $5, $6)";
    let role = role.to_owned();
    let request = store::Request::system("test");
    let write = store.write(&request, move |tx| {
        let token = hex(&tx.random_bytes::<16>());
        let account = Account {
            id: tx.new_id(),
            username: format!("{role}-{}", tx.new_id()),
            name: format!("测试 {role}"),
            practitioner_id: None,
            state: AccountState::Active,
            demo: false,
            system: false,
        };
        tx.insert(&account, Change::new("account.created"))?;
        let assignment = Assignment {
            id: tx.new_id(),
            account_id: account.id,
            role: role.clone(),
            org_id,
            department_id,
            valid_from: "2000-01-01".parse()?,
            valid_to: None,
        };
        tx.insert(&assignment, Change::new("assignment.created"))?;
        let far = tx.now() + Span::days(10_000);
        let hash = sha256_hex(token.as_bytes());
        let values = params![tx.new_id(), hash, account.id, assignment.id, tx.now(), far];
        tx.execute(TOKEN, &values)?;
        Ok((account.id, token))
    });
    write.await
}

/// The configuration of a server whom nothing is known of.
pub(crate) fn plain_config() -> Config {
    Config {
        demo: false,
        name: "test".to_owned(),
        secure_cookies: false,
        trusted_proxies: Vec::new(),
        org_name: |_, id| Ok(id.to_string()),
        pages: None,
    }
}

fn all_migrations(modules: &[Module]) -> Vec<store::Migration> {
    let own = http::own_migrations().iter();
    own.chain(modules.iter().flat_map(|module| module.migrations))
        .copied()
        .collect()
}

/// Somebody who sends requests.
#[derive(Clone)]
pub struct Client {
    router: Router,
    token: Option<String>,
    /// The account behind it.
    pub account_id: Id,
    headers: HeaderMap,
}

/// An answer.
#[derive(Debug)]
pub struct Reply {
    /// Its status.
    pub status: StatusCode,
    /// Its headers.
    pub headers: HeaderMap,
    /// Its body.
    pub bytes: Arc<[u8]>,
    /// Its body as JSON; null when it is not.
    pub json: Value,
}

impl Reply {
    /// The code of the problem document or OperationOutcome, or "" where there is none.
    pub fn code(&self) -> &str {
        let coding = &self.json["issue"][0]["details"]["coding"][0]["code"];
        let code = self.json["code"].as_str().or(coding.as_str());
        code.unwrap_or("")
    }

    /// The version in the ETag.
    pub fn version(&self) -> i64 {
        let tag = self
            .headers
            .get(header::ETAG)
            .and_then(|tag| tag.to_str().ok())
            .unwrap_or("");
        tag.trim_matches('"')
            .parse()
            .unwrap_or_else(|_| panic!("no version in ETag {tag:?}: {self:?}"))
    }

    /// The `id` of the body.
    pub fn id(&self) -> Id {
        self.json["id"]
            .as_str()
            .unwrap_or_else(|| panic!("no id: {self:?}"))
            .parse()
            .unwrap()
    }

    /// Fails unless the status is `status`; answers itself.
    #[track_caller]
    pub fn expect(self, status: u16) -> Self {
        assert_eq!(
            self.status.as_u16(),
            status,
            "{}",
            String::from_utf8_lossy(&self.bytes)
        );
        self
    }

    /// Fails unless it is a refusal with this code; answers itself.
    #[track_caller]
    pub fn expect_code(self, code: &str) -> Self {
        assert_eq!(
            self.code(),
            code,
            "{} {}",
            self.status,
            String::from_utf8_lossy(&self.bytes)
        );
        self
    }
}

impl Client {
    /// Whoever bears `token`, or nobody.
    pub fn new(router: Router, token: Option<String>) -> Self {
        Self {
            router,
            token,
            account_id: Id::NIL,
            headers: HeaderMap::new(),
        }
    }

    /// The same person with one more header, such as `If-Match`.
    pub fn with(&self, name: &'static str, value: impl AsRef<str>) -> Self {
        let mut other = self.clone();
        other.headers.insert(name, value.as_ref().parse().unwrap());
        other
    }

    /// The same person naming the version they saw.
    pub fn seeing(&self, version: i64) -> Self {
        self.with("if-match", format!("\"{version}\""))
    }

    /// GET.
    pub async fn get(&self, path: &str) -> Reply {
        self.send("GET", path, None, Body::empty()).await
    }

    /// POST JSON.
    pub async fn post(&self, path: &str, body: Value) -> Reply {
        self.send(
            "POST",
            path,
            Some("application/json"),
            Body::from(body.to_string()),
        )
        .await
    }

    /// PUT JSON.
    pub async fn put(&self, path: &str, body: Value) -> Reply {
        self.send(
            "PUT",
            path,
            Some("application/json"),
            Body::from(body.to_string()),
        )
        .await
    }

    /// DELETE without a body.
    pub async fn delete(&self, path: &str) -> Reply {
        self.send("DELETE", path, None, Body::empty()).await
    }

    /// POST a form with one file and text fields.
    pub async fn upload(
        &self,
        path: &str,
        file_name: &str,
        bytes: &[u8],
        fields: &[(&str, &str)],
    ) -> Reply {
        const BOUNDARY: &str = "lianti-test-boundary";
        let mut body = Vec::new();
        for (name, value) in fields {
            let part = format!(
                "--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n"
            );
            body.extend_from_slice(part.as_bytes());
        }
        let head = format!(
            "--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{file_name}\"\r\n\
             Content-Type: application/octet-stream\r\n\r\n"
        );
        body.extend_from_slice(head.as_bytes());
        body.extend_from_slice(bytes);
        body.extend_from_slice(format!("\r\n--{BOUNDARY}--\r\n").as_bytes());
        let content_type = format!("multipart/form-data; boundary={BOUNDARY}");
        self.send("POST", path, Some(&content_type), Body::from(body))
            .await
    }

    /// Any method and body.
    pub async fn send(
        &self,
        method: &str,
        path: &str,
        content_type: Option<&str>,
        body: Body,
    ) -> Reply {
        let mut request = Request::builder().method(method).uri(path);
        if let Some(token) = &self.token {
            request = request.header(header::AUTHORIZATION, format!("Bearer {token}"));
        }
        if let Some(content_type) = content_type {
            request = request.header(header::CONTENT_TYPE, content_type);
        }
        for (name, value) in &self.headers {
            request = request.header(name, value);
        }
        let response = self
            .router
            .clone()
            .oneshot(request.body(body).unwrap())
            .await
            .unwrap();
        let (status, headers) = (response.status(), response.headers().clone());
        let bytes = axum::body::to_bytes(response.into_body(), usize::MAX)
            .await
            .unwrap();
        let json = serde_json::from_slice(&bytes).unwrap_or(json!(null));
        Reply {
            status,
            headers,
            bytes: bytes.to_vec().into(),
            json,
        }
    }
}

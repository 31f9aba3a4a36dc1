//! The context of one request: who, how far, under which key, in which language.

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use kernel::{Actor, Error, Kind, Scope};
use serde::Serialize;
use serde::de::DeserializeOwned;
use store::{Request, Store, Tx};

use crate::App;
use crate::problem::ProblemResponse;

/// The languages the product speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Language {
    /// 简体中文, the default.
    Zh,
    /// English.
    En,
}

impl Language {
    /// The first of ours in an Accept-Language header.
    pub fn from_header(header: Option<&str>) -> Self {
        let mut tags = header.unwrap_or("").split(',').map(str::trim);
        tags.find_map(|tag| {
            let tag = tag.to_ascii_lowercase();
            if tag.starts_with("zh") {
                Some(Self::Zh)
            } else if tag.starts_with("en") {
                Some(Self::En)
            } else {
                None
            }
        })
        .unwrap_or(Self::Zh)
    }
}

/// Identity, reach and request of the call in hand; handlers take it as their first argument.
#[derive(Clone)]
pub struct Ctx {
    pub(crate) app: App,
    pub(crate) request: Request,
    pub(crate) if_match: Option<String>,
    pub(crate) language: Language,
    pub(crate) session: Option<crate::signin::LiveSession>,
}

impl Ctx {
    /// The application.
    pub fn app(&self) -> &App {
        &self.app
    }

    /// The store.
    pub fn store(&self) -> &Store {
        self.app.store()
    }

    /// Who acts.
    pub fn actor(&self) -> &Actor {
        &self.request.actor
    }

    /// The request as the store sees it.
    pub fn request(&self) -> &Request {
        &self.request
    }

    /// The session in use; `None` with a token.
    pub fn session(&self) -> Option<&crate::signin::LiveSession> {
        self.session.as_ref()
    }

    /// The language of the caller.
    pub fn language(&self) -> Language {
        self.language
    }

    /// How far the operation's permission reaches for this actor.
    pub fn scope(&self) -> Scope {
        self.request.scope.unwrap_or(Scope::Own)
    }

    /// The version the caller saw, from `If-Match: "3"`.
    ///
    /// # Errors
    /// `request.if-match` when the header is missing or not a version.
    pub fn if_match(&self) -> Result<i64, Error> {
        let version = self.if_match.as_deref().and_then(|text| {
            text.trim()
                .trim_start_matches("W/")
                .trim_matches('"')
                .parse::<i64>()
                .ok()
        });
        version.ok_or_else(|| {
            Error::new(
                Kind::Invalid,
                "request.if-match",
                "send the version you saw, as the ETag gave it: If-Match: \"3\"",
            )
            .at("If-Match")
        })
    }

    /// Runs a command: one write transaction, answered when it is on disk, repeated harmlessly
    /// under the caller's idempotency key.
    ///
    /// # Errors
    /// What the closure answers, or whatever the database reports.
    pub async fn write<T, F>(&self, run: F) -> Result<T, Error>
    where
        T: Serialize + DeserializeOwned + Send + 'static,
        F: Fn(&mut Tx<'_>) -> Result<T, Error> + Send + 'static,
    {
        self.store().command(&self.request, run).await
    }

    /// Runs a query on a snapshot.
    ///
    /// # Errors
    /// What the closure answers, or whatever the database reports.
    pub async fn read<T, F>(&self, run: F) -> Result<T, Error>
    where
        T: Send + 'static,
        F: Fn(&mut Tx<'_>) -> Result<T, Error> + Send + 'static,
    {
        self.store().read(&self.request, run).await
    }
}

impl FromRequestParts<App> for Ctx {
    type Rejection = ProblemResponse;

    async fn from_request_parts(parts: &mut Parts, _: &App) -> Result<Self, Self::Rejection> {
        let ctx = parts.extensions.get::<Self>().cloned();
        ctx.ok_or_else(|| {
            Error::internal("the operation lies outside the authorization layer").into()
        })
    }
}

//! The wire: who asks, what they may do, how answers and refusals look.
//!
//! A module hands over a [`Module`]; `app` makes one router of them. Each operation names the
//! permission it needs in the OpenAPI document (`x-permission`), and the same document drives the
//! check, so an operation without one does not start.

pub mod access;
mod api;
mod app;
mod apps;
mod authorize;
mod context;
mod events;
pub mod export;
mod extract;
mod home;
mod messages;
mod module;
pub mod notice;
mod outcome;
mod problem;
pub mod signin;

pub use app::{App, Config, build};
pub use apps::{
    APP_TOKEN_START, AUTHORIZE_PATH, INTROSPECT_PATH, REVOKE_PATH, TOKEN_PATH, insufficient_scope,
    origin,
};
pub use context::{Ctx, Language};
pub use events::pump_events;
pub use extract::{Json, Path, Query};
pub use module::{
    AppBearer, AppTokenFn, Grant, Module, MoveFn, Moved, PatientMove, Permission, SearchHit,
    WorkItem,
};
pub use problem::{Problem, ProblemResponse, Result};

pub use api::{Created, Etag};

/// The OpenAPI document type, so that only this crate depends on its library's version.
pub use utoipa::openapi as utoipa_openapi;

/// The tables of this crate: accounts, sessions, scopes, notices.
pub fn own_migrations() -> &'static [store::Migration] {
    signin::MIGRATIONS
}

//! Serving: open, check the schema, prepare, listen, and stop without losing what was begun.

use std::net::SocketAddr;
use std::time::Duration;

use axum::Router;
use http::{App, Config};
use kernel::{Error, Id, Kind, Result};
use store::{Clock, Ids, Options, SchemaState, Store, Tx};
use tokio::net::TcpListener;
use tokio::sync::watch;

use crate::config::Resolved;
use crate::{background, modules, web};

/// How long open requests may take to end after the signal to stop.
const GRACE: Duration = Duration::from_secs(5);

/// Opens the store and makes the application, without touching the schema.
///
/// # Errors
/// What opening reports.
pub fn open(resolved: &Resolved, demo: bool) -> Result<(App, Router)> {
    open_at(resolved, demo, Clock::System, Ids::random())
}

/// The same with another clock and other ids: what builds the demonstration.
///
/// # Errors
/// As [`open`].
pub fn open_at(resolved: &Resolved, demo: bool, clock: Clock, ids: Ids) -> Result<(App, Router)> {
    let options = Options::new(resolved.database.clone(), resolved.data.clone());
    let store = Store::open(&Options {
        clock,
        ids,
        ..options
    })?;
    let config = Config {
        demo,
        name: resolved.name.clone(),
        secure_cookies: resolved.behind_tls,
        trusted_proxies: resolved.trusted_proxies.clone(),
        org_name,
        pages: Some(Router::new().fallback(web::serve)),
    };
    http::build(modules::all(), store, config).map(|(app, router, _)| (app, router))
}

/// Administrators made on the command line stand at the installation itself, which is no organization.
fn org_name(tx: &mut Tx<'_>, id: Id) -> Result<String> {
    if id == Id::NIL {
        return Ok("联体 Lianti".to_owned());
    }
    network::org(tx, id).map(|org| org.name)
}

/// Refuses a database that this program should not work on, and fills an empty one.
///
/// # Errors
/// `migrate.behind` when `lianti migrate` must run first, or what the schema check reports.
pub fn check_schema(app: &App) -> Result<()> {
    match app.store().schema_state(app.migrations())? {
        SchemaState::Current => Ok(()),
        SchemaState::Empty => app.store().migrate(app.migrations()).map(|_| ()),
        SchemaState::Behind(missing) => Err(Error::new(
            Kind::Unsupported,
            "migrate.behind",
            format!(
                "the database was made by an older version and lacks {} migration(s), the first {}; \
                 take a backup, then run: lianti migrate",
                missing.len(),
                missing.first().map_or("", String::as_str)
            ),
        )),
    }
}

/// Serves until a signal to stop.
///
/// # Errors
/// `serve.listen` or `hl7.listen` when an address is taken, `hl7.tls`.
pub async fn run(
    app: App,
    router: Router,
    resolved: &Resolved,
    started: impl FnOnce(SocketAddr),
) -> Result<()> {
    let listen = resolved.listen;
    let listener = TcpListener::bind(listen).await.map_err(|error| {
        Error::new(
            Kind::Unavailable,
            "serve.listen",
            format!("can't listen on {listen}: {error}"),
        )
    })?;
    let address = listener.local_addr().map_err(Error::internal)?;
    let (stop, stopped) = watch::channel(false);
    let messages = match &resolved.hl7 {
        Some(hl7) => Some(hl7v2_server::Listener::bind(hl7.listen, hl7.tls.as_ref()).await?),
        None => None,
    };
    let mut tasks = background::start(&app, &stopped);
    if let Some(messages) = messages {
        tracing::info!(address = %messages.address()?, "taking HL7 v2 messages");
        tasks.spawn(messages.run(app.clone(), stopped.clone()));
    }
    started(address);
    let service = router.into_make_service_with_connect_info::<SocketAddr>();
    let mut graceful = stopped.clone();
    let server = axum::serve(listener, service).with_graceful_shutdown(async move {
        // An error means that the sender is gone, which is a signal to stop as well.
        drop(graceful.changed().await);
    });
    let stopping = async {
        signal().await;
        tracing::info!("stopping: finishing what was begun");
        stop.send_replace(true);
        // Live screens never end by themselves.
        tokio::time::sleep(GRACE).await;
    };
    tokio::select! {
        result = server => result.map_err(Error::internal)?,
        () = stopping => {}
    }
    stop.send_replace(true);
    while tasks.join_next().await.is_some() {}
    if let Err(error) = app.store().sign_head().await {
        tracing::warn!(?error, "the audit head was not signed");
    }
    let store = app.store().clone();
    tokio::task::spawn_blocking(move || store.close())
        .await
        .map_err(Error::internal)
}

async fn signal() {
    use tokio::signal::unix::{SignalKind, signal};
    let Ok(mut terminate) = signal(SignalKind::terminate()) else {
        return drop(tokio::signal::ctrl_c().await);
    };
    tokio::select! {
        _ = tokio::signal::ctrl_c() => {}
        _ = terminate.recv() => {}
    }
}

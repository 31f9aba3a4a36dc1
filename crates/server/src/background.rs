//! What goes on beside requests: jobs, followers, live screens, signed audit heads.

use std::time::Duration;

use http::App;
use kernel::Result;
use tokio::sync::watch;
use tokio::task::JoinSet;

/// How often to look for work that became due by time alone.
const TICK: Duration = Duration::from_secs(1);
/// How often the head of the audit chain is signed.
const SIGN_EVERY: Duration = Duration::from_secs(60);
/// Pause after the database could not be reached.
const RETRY: Duration = Duration::from_secs(2);

/// Starts the loops; they end when `stop` changes.
pub fn start(app: &App, stop: &watch::Receiver<bool>) -> JoinSet<()> {
    let mut tasks = JoinSet::new();
    tasks.spawn(work(app.clone(), stop.clone()));
    tasks.spawn(sign(app.clone(), stop.clone()));
    tasks.spawn(deliver(app.clone(), stop.clone()));
    tasks.spawn(hl7v2_server::send_outbound(app.clone(), stop.clone()));
    let (pumped, mut stopped) = (app.clone(), stop.clone());
    tasks.spawn(async move {
        tokio::select! {
            result = http::pump_events(pumped) => {
                if let Err(error) = result {
                    tracing::error!(?error, "live screens stopped");
                }
            }
            _ = stopped.changed() => {}
        }
    });
    tasks
}

async fn work(app: App, mut stop: watch::Receiver<bool>) {
    let mut changed = app.store().changed();
    loop {
        if let Err(error) = once(&app).await {
            tracing::warn!(?error, "background work waits for the database");
            tokio::time::sleep(RETRY).await;
        }
        tokio::select! {
            _ = stop.changed() => return,
            _ = changed.changed() => {}
            () = tokio::time::sleep(TICK) => {}
        }
    }
}

async fn once(app: &App) -> Result<()> {
    app.store().run_due_jobs(app.jobs()).await?;
    app.store().run_followers(app.followers()).await?;
    Ok(())
}

/// Beside the other work: somebody else's endpoint may be slow.
async fn deliver(app: App, mut stop: watch::Receiver<bool>) {
    loop {
        let delivered = tokio::select! {
            _ = stop.changed() => return,
            delivered = fhir_server::deliver(&app) => delivered,
        };
        match delivered {
            Ok(0) => {}
            Ok(_) => continue,
            Err(error) => tracing::warn!(?error, "subscriptions wait for the database"),
        }
        tokio::select! {
            _ = stop.changed() => return,
            () = tokio::time::sleep(TICK) => {}
        }
    }
}

async fn sign(app: App, mut stop: watch::Receiver<bool>) {
    loop {
        tokio::select! {
            _ = stop.changed() => return,
            () = tokio::time::sleep(SIGN_EVERY) => {}
        }
        if let Err(error) = app.store().sign_head().await {
            tracing::warn!(?error, "the audit head was not signed; it is tried again");
        }
    }
}

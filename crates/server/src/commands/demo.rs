//! `lianti demo`: an invented consortium with one-click sign-in, on this machine only.

use std::net::SocketAddr;

use kernel::{Error, Kind, Result};
use store::Clock;

use super::block_on;
use crate::config::Resolved;
use crate::serve;

pub(super) fn run(resolved: &Resolved, days: u16, seed: u64, prepare_only: bool) -> Result<()> {
    require_loopback(resolved.listen)?;
    if let Some(hl7) = &resolved.hl7 {
        require_loopback(hl7.listen)?;
    }
    build(resolved, days, seed)?;
    if prepare_only {
        return Ok(());
    }
    let (app, router) = serve::open(resolved, true)?;
    block_on(async {
        app.prepare().await?;
        serve::run(app, router, resolved, |address| {
            println!("Open http://{address} and choose whom to sign in as. Stop with Ctrl-C.");
        })
        .await
    })
}

/// Builds the demonstration where there is none, on a clock that walks through the days up to now.
fn build(resolved: &Resolved, days: u16, seed: u64) -> Result<()> {
    let options = demo::Options::new(days, seed, Clock::System.now());
    let (clock, ids) = options.clock_and_ids();
    let (app, _) = serve::open_at(resolved, true, clock, ids)?;
    serve::check_schema(&app)?;
    block_on(async {
        let built = demo::ensure(&app, &options, &mut |line| println!("{line}")).await;
        let store = app.store().clone();
        tokio::task::spawn_blocking(move || store.close())
            .await
            .map_err(Error::internal)?;
        built.map(|_| ())
    })
}

/// Anybody who reaches a demonstration is signed in as anybody, so nobody else may reach it.
fn require_loopback(listen: SocketAddr) -> Result<()> {
    if listen.ip().is_loopback() {
        return Ok(());
    }
    Err(Error::new(
        Kind::Forbidden,
        "demo.loopback",
        format!(
            "demonstration mode signs anybody in, so it listens on loopback only, not on {}",
            listen.ip()
        ),
    )
    .at("--listen"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_loopback_is_listened_on() {
        for (address, allowed) in [
            ("127.0.0.1:8080", true),
            ("[::1]:80", true),
            ("0.0.0.0:8080", false),
            ("[::]:80", false),
        ] {
            assert_eq!(
                require_loopback(address.parse().unwrap()).is_ok(),
                allowed,
                "{address}"
            );
        }
    }
}

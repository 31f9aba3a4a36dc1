//! `lianti demo`: an invented consortium with one-click sign-in, on this machine only.

use std::net::SocketAddr;

use kernel::{Error, Kind, Result};

use super::block_on;
use crate::config::Resolved;
use crate::serve;

pub(super) fn run(resolved: &Resolved, days: u16, seed: u64, prepare_only: bool) -> Result<()> {
    require_loopback(resolved.listen)?;
    let (app, router) = serve::open(resolved, true)?;
    serve::check_schema(&app)?;
    block_on(async {
        app.prepare().await?;
        demo::ensure(&app, &demo::Options { days, seed }, &mut |line| println!("{line}")).await?;
        if prepare_only {
            let store = app.store().clone();
            return tokio::task::spawn_blocking(move || store.close()).await.map_err(Error::internal);
        }
        serve::run(app, router, resolved.listen, |address| {
            println!("Open http://{address} and choose whom to sign in as. Stop with Ctrl-C.");
        })
        .await
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
        format!("demonstration mode signs anybody in, so it listens on loopback only, not on {}", listen.ip()),
    )
    .at("--listen"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_loopback_is_listened_on() {
        for (address, allowed) in
            [("127.0.0.1:8080", true), ("[::1]:80", true), ("0.0.0.0:8080", false), ("[::]:80", false)]
        {
            assert_eq!(require_loopback(address.parse().unwrap()).is_ok(), allowed, "{address}");
        }
    }
}

//! The command line beside a running server, sign-in and its lock, live events across a crash.

use std::io::{BufRead, BufReader};
use std::process::Command;
use std::time::Duration;

use serde_json::json;
use testkit::TestEngine;

use crate::server::{Caller, Place};

const PASSWORD: &str = "Gute-Nacht-7-Sterne";

#[test]
fn an_administrator_is_made_beside_the_running_server_and_wrong_passwords_lock_the_account() {
    let place = Place::new(&TestEngine::Sqlite);
    let server = place.serve();
    let made = place.run(
        &[
            "admin",
            "create",
            "--username",
            "chief",
            "--name",
            "管理员",
            "--password-stdin",
        ],
        &format!("{PASSWORD}\n"),
    );
    assert!(
        made.status.success(),
        "{}",
        String::from_utf8_lossy(&made.stderr)
    );
    let caller = Caller::new("");
    let url = format!("{}/api/session", server.address);
    let sign_in = |password: &str| {
        let body = json!({ "username": "chief", "password": password });
        caller
            .post(
                &url,
                &[("x-lianti", "1"), ("origin", server.address.as_str())],
                &body,
            )
            .unwrap()
    };
    let good = sign_in(PASSWORD);
    assert_eq!(good.status, 204, "{good:?}");
    let wrong: Vec<u16> = (0..12).map(|_| sign_in("wrong password").status).collect();
    assert_eq!(wrong[0], 401);
    assert_eq!(wrong[11], 429, "{wrong:?}");
    let locked = sign_in(PASSWORD);
    assert_eq!(
        locked.status, 429,
        "the right one is refused as well while the lock holds: {locked:?}"
    );
    // Both processes wrote to one chain.
    server.kill();
    place.assert_whole();
    let verified = place.run(&["audit", "verify"], "");
    assert!(
        verified.status.success(),
        "{}",
        String::from_utf8_lossy(&verified.stdout)
    );
}

#[test]
fn backup_verify_and_restore_work_beside_the_running_server() {
    let place = Place::new(&TestEngine::Sqlite);
    let server = place.serve();
    let folder = place.folder.path().join("backup");
    let path = folder.to_str().unwrap();
    let run = |arguments: &[&str]| {
        let output = place.run(arguments, "");
        assert!(
            output.status.success(),
            "{arguments:?}: {}",
            String::from_utf8_lossy(&output.stderr)
        );
    };
    run(&["backup", path]);
    run(&["backup", "verify", path]);
    drop(server);
}

#[test]
fn live_events_go_on_where_the_line_dropped_also_over_a_crash() {
    let place = Place::new(&TestEngine::Sqlite);
    let mut people = crate::writers::writers(&place);
    let server = place.serve();
    let newest = place.store(|store, _| {
        store
            .read_now(&store::Request::system("test"), |tx| tx.last_seq())
            .unwrap()
    });
    crate::writers::work(&mut people[..2], &server.address, |_| {
        std::thread::sleep(Duration::from_millis(150));
    });
    server.kill();
    let server = place.serve();
    let mut seen = listen(&server.address, &place.world.office_token, newest, 4);
    seen.sort_unstable();
    let expected: Vec<i64> = (newest + 1..=newest + 4).collect();
    assert_eq!(seen, expected, "nothing between is missing");
}

/// The numbers of the first `count` events after `last`.
fn listen(address: &str, token: &str, last: i64, count: usize) -> Vec<i64> {
    let mut curl = Command::new("curl")
        .args(["--silent", "--no-buffer", "--max-time", "5"])
        .args(["--header", &format!("Authorization: Bearer {token}")])
        .args(["--header", &format!("Last-Event-ID: {last}")])
        .arg(format!("{address}/api/events"))
        .stdout(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    let lines = BufReader::new(curl.stdout.take().unwrap()).lines();
    let numbers = lines
        .map_while(Result::ok)
        .filter_map(|line| line.strip_prefix("id:")?.trim().parse().ok());
    let seen = numbers.take(count).collect();
    drop(curl.kill());
    drop(curl.wait());
    seen
}

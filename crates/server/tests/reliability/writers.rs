//! People who hold and release places without pause, remember what they were told, and repeat a
//! command under the same key until they know.

use std::sync::atomic::{AtomicBool, Ordering};

use kernel::Id;
use serde_json::{Value, json};
use store::{Request, params};

use crate::server::{Caller, Place};

/// Writers at once.
pub const WRITERS: usize = 32;

/// One writer, with a slot of its own.
pub struct Writer {
    caller: Caller,
    slot: Id,
    count: usize,
    /// The command whose answer did not come.
    pending: Option<Command>,
    /// Holds that were answered, and whether their release was, too.
    pub told: Vec<(String, bool)>,
    /// Commands put off because the server could not write just then.
    pub refused: usize,
    /// Answers that should not be, such as a place taken by oneself.
    pub strange: Vec<String>,
}

#[derive(Clone)]
struct Command {
    path: String,
    key: String,
    version: Option<i64>,
    body: Value,
    hold: Option<String>,
}

/// One writer a slot.
pub fn writers(place: &Place) -> Vec<Writer> {
    let world = place.world.clone();
    let slots = place.store(|store, runtime| {
        runtime.block_on(bench::world::add_slots(store, &world, 10, WRITERS))
    });
    slots
        .into_iter()
        .map(|slot| Writer {
            caller: Caller::new(&place.world.office_token),
            slot,
            count: 0,
            pending: None,
            told: Vec::new(),
            refused: 0,
            strange: Vec::new(),
        })
        .collect()
}

/// What writers look at between two commands.
#[derive(Default)]
pub struct Signals {
    stop: AtomicBool,
    /// Answers are no longer heard: the power is going, and what is said now counts for nothing.
    pub deaf: AtomicBool,
}

/// Lets all writers work while `meanwhile` runs beside them.
pub fn work(writers: &mut [Writer], address: &str, meanwhile: impl FnOnce(&Signals)) {
    let signals = Signals::default();
    std::thread::scope(|scope| {
        for writer in writers.iter_mut() {
            let signals = &signals;
            scope.spawn(move || writer.work(address, signals));
        }
        meanwhile(&signals);
        signals.stop.store(true, Ordering::SeqCst);
    });
}

impl Writer {
    fn work(&mut self, address: &str, signals: &Signals) {
        while !signals.stop.load(Ordering::SeqCst) {
            let command = self.pending.take().unwrap_or_else(|| self.next());
            if !self.send(address, command, signals) {
                std::thread::sleep(std::time::Duration::from_millis(5));
            }
        }
    }

    /// Releases what is held, or holds.
    fn next(&mut self) -> Command {
        self.count += 1;
        Command {
            path: "/api/resources/holds".to_owned(),
            key: format!("{}-{}", self.slot, self.count),
            version: None,
            body: json!({ "place": { "kind": "slot", "slot_id": self.slot }, "channel": "routine" }),
            hold: None,
        }
    }

    /// Answers whether the answer came.
    fn send(&mut self, address: &str, command: Command, signals: &Signals) -> bool {
        let version = command.version.map(|version| format!("\"{version}\""));
        let mut headers = vec![("idempotency-key", command.key.as_str())];
        if let Some(version) = &version {
            headers.push(("if-match", version));
        }
        let reply = self.caller.post(
            &format!("{address}{}", command.path),
            &headers,
            &command.body,
        );
        let heard = !signals.deaf.load(Ordering::SeqCst);
        let Some(reply) = reply.filter(|_| heard) else {
            self.pending = Some(command);
            return false;
        };
        match (reply.status, &command.hold) {
            (201, None) => {
                let hold = reply.json["id"].as_str().unwrap().to_owned();
                self.told.push((hold.clone(), false));
                self.pending = Some(Command {
                    path: format!("/api/resources/holds/{hold}/release"),
                    key: format!("{}-release", command.key),
                    version: reply.version,
                    body: json!({ "reason": "试验" }),
                    hold: Some(hold),
                });
                true
            }
            (200, Some(hold)) => {
                self.told.retain(|(told, _)| told != hold);
                self.told.push((hold.clone(), true));
                true
            }
            // Not now: the same command again, later.
            (503 | 507 | 429, _) => {
                self.refused += 1;
                self.pending = Some(command);
                false
            }
            (status, _) => {
                self.strange
                    .push(format!("{} {status} {}", command.key, reply.json));
                false
            }
        }
    }
}

/// Fails unless everything that was told is so, and nothing was done twice.
pub fn assert_kept(place: &Place, writers: &[Writer]) -> usize {
    const STATE: &str =
        "SELECT COUNT(*) AS count FROM hold WHERE id = $1 AND state = $2 OR id = $1 AND $3 = 1";
    const LIVE: &str =
        "SELECT COUNT(*) AS count FROM hold WHERE place_id = $1 AND state IN ('held', 'confirmed')";
    let strange: Vec<&String> = writers.iter().flat_map(|writer| &writer.strange).collect();
    assert!(
        strange.is_empty(),
        "{} strange answers, such as {:?}",
        strange.len(),
        strange.first()
    );
    let told: Vec<(String, bool)> = writers
        .iter()
        .flat_map(|writer| writer.told.clone())
        .collect();
    let slots: Vec<Id> = writers.iter().map(|writer| writer.slot).collect();
    let count = told.len();
    place.store(|store, _| {
        let lost = store
            .read_now(&Request::system("test"), move |tx| {
                let mut lost = Vec::new();
                for (hold, released) in &told {
                    let values = params![hold.as_str(), "released", i64::from(!released)];
                    if tx.count(STATE, &values)? != 1 {
                        lost.push(hold.clone());
                    }
                }
                for slot in &slots {
                    if tx.count(LIVE, &params![slot])? > 1 {
                        lost.push(format!("slot {slot} is held twice"));
                    }
                }
                Ok(lost)
            })
            .unwrap();
        assert!(
            lost.is_empty(),
            "{} of {count} acknowledged writes lost: {:?}",
            lost.len(),
            lost.first()
        );
    });
    count
}

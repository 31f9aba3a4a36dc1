//! The real binary under crashes, contention, a full disk and overload. How much is done is set by
//! `LIANTI_CRASH_CYCLES`, `LIANTI_POWER_CYCLES` and `LIANTI_RELIABILITY=full`.
#![expect(clippy::unwrap_used, reason = "a test that can't go on says where")]

mod clock;
mod cluster;
mod contest;
mod crash_postgres;
mod crash_sqlite;
mod disk;
mod overload;
mod power;
mod server;
mod session;
mod writers;

//! The words everything else is written in: ids, instants, money, errors, actors, permissions.
//!
//! Nothing here does I/O, reads a clock, draws a random number or knows of a database or a wire.

pub mod access;
pub mod app;
pub mod error;
pub mod id;
pub mod identity;
pub mod money;
pub mod page;
pub mod text;
pub mod time;

pub use access::{Actor, ActorKind, Basis, Scope};
pub use app::{AppGrant, AppLevel, AppReach, AppRight, AppRights, DataScope};
pub use error::{Error, Kind, Result};
pub use id::Id;
pub use money::Money;
pub use page::{Cursor, Page};
pub use time::{Date, Instant, Span};

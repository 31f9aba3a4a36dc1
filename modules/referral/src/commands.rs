//! Commands: the one way in, for the interface, the demonstration's simulator and tests alike.

mod answer;
mod apply;
mod bodies;
mod down;
mod draft;
mod effects;
mod follow_up;
mod talk;
mod treat;

pub use apply::{act, act_as_system};
pub use bodies::{
    Accept, Admit, AnswerQuestion, Arrive, Close, CloseElsewhere, Command, DeclineDown, Exit,
    ProposeDown, Reassign, RecordDeath, ReturnResults, Review, See, Submit,
};
pub use draft::{NewReferral, create_draft, edit_draft};
pub use follow_up::{miss, record_follow_up};
pub use talk::{NewAttachment, attach, post_message};

pub(crate) use apply::facts_of;
pub(crate) use talk::attachment_of;

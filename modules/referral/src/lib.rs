//! Two-way referral from draft to closed case.
//!
//! The public face: commands as functions of a transaction ([`create_draft`], [`act`], …), used
//! alike by the operations, the demonstration's simulator and tests; [`queue`] for the dispatch
//! wall; the table of rules for a doctor to read ([`table_markdown`]).

mod api;
mod commands;
mod content;
mod counts;
mod down;
mod fhir;
mod figures;
mod follow_ups;
mod formulary;
mod grants;
mod jobs;
mod lists;
mod messages;
mod model;
mod moves;
mod outcome;
mod rules;
mod seeds;
mod store;
mod suggest;
#[cfg(test)]
mod tests;
mod view;
mod visible;
mod words;
mod work;

use ::store::Migration;

pub use commands::{
    Accept, Admit, AnswerQuestion, Arrive, Close, CloseElsewhere, Command, DeclineDown, Exit,
    NewAttachment, NewReferral, ProposeDown, Reassign, RecordDeath, ReturnResults, Review, See,
    Submit, act, act_as_system, attach, create_draft, edit_draft, post_message, record_follow_up,
};
pub use content::{Consent, ConsentBy, ConsentForm, Content, Diagnosis, ExamRequest, VitalSigns};
pub use counts::Counts;
pub use down::{
    DownPlan, FollowUp, FollowUpRecord, FollowUpState, FollowUpWay, PlanContent, PlannedDrug,
};
pub use fhir::{request_priority, request_status, task_status};
pub use follow_ups::FollowUpQuery;
pub use formulary::{FormularyEntry, FormularyRow, FormularyView, NewFormularyEntry};
pub use model::{Encounter, HeldPlace, Party, PatientCard, Referral};
pub use outcome::{AdviceSuggests, DischargeSummary, Outcome, OutcomeResult};
pub use rules::table::{Cell, table};
pub use rules::{Facts, Refusal, Transition, decide};
pub use visible::{answered_by_actor, load_to_show};
pub use words::{Action, Kind, Phase, Priority, Role, Service, Side, State};
pub use work::{OrgCounts, Queue, QueueRow, is_visible, queue};

/// This module's tables.
pub const MIGRATIONS: &[Migration] = &[
    Migration {
        module: "referral",
        number: 1,
        name: "referrals, messages, attachments, follow-ups",
        sql: include_str!("../sql/0001_referral.sql"),
    },
    Migration {
        module: "referral",
        number: 2,
        name: "initials of patients",
        sql: include_str!("../sql/0002_initials.sql"),
    },
    Migration {
        module: "referral",
        number: 3,
        name: "formularies of members",
        sql: include_str!("../sql/0003_formulary.sql"),
    },
];

/// What this capability hands to the server.
pub fn module() -> http::Module {
    let mut module = http::Module::new("referral", api::routes());
    module.permissions = grants::PERMISSIONS;
    module.grants = grants::GRANTS;
    module.migrations = MIGRATIONS;
    module.jobs = jobs::JOBS;
    module.followers = jobs::FOLLOWERS;
    module.rule_seeds = seeds::SEEDS;
    module.messages = messages::ALL;
    module.work = Some(work::work);
    module.search = Some(work::search);
    module.moves = Some(moves::patient_references);
    module.seed = Some(lists::named::fill_initials);
    module
}

/// The table of rules as a page: what each role may do in each state, and why the rest is refused.
pub fn table_markdown() -> String {
    rules::table::markdown()
}

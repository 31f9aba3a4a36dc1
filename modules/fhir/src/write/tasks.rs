//! A Task that an outside system sends for a case: read into the referral's own command, so that it
//! does what a click does, by the same rules and rights. What the command can't say is refused with
//! its place and the address that takes it, and nothing is stored.

use fhir::Resource;
use kernel::{Error, Id, Instant, Result};
use referral::{
    Accept, Admit, Arrive, Close, CloseElsewhere, Command, Exit, Outcome, Reassign, Referral,
    Review, See, State, task_status,
};
use serde_json::Value;
use store::{Tx, Versioned};

use super::command::{placed, refuse, target};
use crate::project::referral::{self as project, STATE};
use crate::refusal;
use crate::rows::Header;

/// The code system of `Task.input.type`: what a command needs to know.
const INPUT: &str = "urn:lianti:referral-input";
/// The inputs that are understood, and what each takes.
const INPUTS: &[(&str, &str)] = &[
    ("arrived-at", "valueDateTime"),
    ("bed", "valueReference"),
    ("department", "valueId"),
    ("doctor", "valueString"),
    ("expected-at", "valueDateTime"),
    ("note", "valueString"),
    ("number", "valueString"),
    ("outcome", "valueCode"),
    ("outcome-text", "valueString"),
    ("place", "valueString"),
    ("practitioner", "valueReference"),
    ("satisfaction", "valueInteger"),
    ("slot", "valueId"),
];
/// Elements that say what to do; the others must be as they were.
const ASKING: &[&str] = &[
    "meta",
    "text",
    "status",
    "statusReason",
    "businessStatus",
    "owner",
    "input",
    "lastModified",
];
/// Where a field of a command stands in the resource.
const PLACES: &[(&str, &str)] = &[
    ("reason_code", "Task.statusReason.coding"),
    ("reason_text", "Task.statusReason.text"),
    ("text", "Task.statusReason.text"),
    ("org_id", "Task.owner"),
    ("place", "Task.input"),
    ("place.bed_id", "Task.input"),
    ("place.slot_id", "Task.input"),
    ("expected_at", "Task.input"),
    ("arrived_at", "Task.input"),
    ("department_id", "Task.input"),
    ("practitioner_id", "Task.input"),
    ("number", "Task.input"),
    ("outcome", "Task.input"),
    ("satisfaction", "Task.input"),
];

/// Whether a stored Task stands for a case; others are the clients' own.
pub(super) fn is_case(header: &Header) -> bool {
    header.type_name() == "Task" && header.owner.as_deref() == Some(project::OWNER)
}

/// Runs the command that the change of a case's Task asks for.
///
/// # Errors
/// `store.stale-version` where the case has moved on since the Task was stored; what can't be said;
/// what the referral refuses.
pub(super) fn change(
    tx: &mut Tx<'_>,
    known: &Header,
    stored: &str,
    resource: &Resource,
) -> Result<()> {
    let id: Id = known.id.parse().map_err(|_| refusal::not_found())?;
    let stored: Value = serde_json::from_str(stored).map_err(Error::internal)?;
    let sent = resource.root().to_value();
    let case: Versioned<Referral> = tx.load(id)?;
    let now = case.state;
    if state_of(&stored) != Some(now) {
        return Err(refusal::stale(known.version));
    }
    unchanged(&sent, &stored)?;
    let Some(command) = command(now, &sent, &stored)? else {
        return Ok(());
    };
    tx.under(command.action().permission(), |tx| {
        referral::act(tx, id, None, &command)
    })
    .map_err(|error| placed(error, PLACES))?;
    project::project(tx, id)
}

fn unchanged(sent: &Value, stored: &Value) -> Result<()> {
    let names = |value: &Value| -> Vec<String> {
        let members = value.as_object().into_iter().flatten();
        members.map(|(name, _)| name.clone()).collect()
    };
    for name in names(sent).iter().chain(&names(stored)) {
        if !ASKING.contains(&name.as_str()) && sent.get(name) != stored.get(name) {
            let place = ["Task.", name].concat();
            let text = "a case is changed by its status, businessStatus, statusReason, owner and \
                        input; send all else as it was";
            return Err(refuse(&place, text));
        }
    }
    Ok(())
}

/// The state that a Task names in `businessStatus`.
fn state_of(task: &Value) -> Option<State> {
    let codings = task["businessStatus"]["coding"].as_array()?;
    let code = codings.iter().find(|coding| coding["system"] == STATE)?["code"].as_str()?;
    State::ALL.iter().copied().find(|one| one.word() == code)
}

/// The state that is asked for: the one of `businessStatus` where that was changed, or the one that
/// the status alone stands for.
fn wanted(now: State, sent: &Value, stored: &Value) -> Result<State> {
    if !sent["businessStatus"].is_null() && sent["businessStatus"] != stored["businessStatus"] {
        let text = "name one state of urn:lianti:referral-state";
        let named = state_of(sent).ok_or_else(|| refuse("Task.businessStatus", text))?;
        let follows = sent["status"] == stored["status"] || sent["status"] == task_status(named);
        if !follows {
            let text = format!(
                "businessStatus {} goes with status {}",
                named.word(),
                task_status(named)
            );
            return Err(refuse("Task.status", &text));
        }
        return Ok(named);
    }
    if sent["status"] == stored["status"] {
        return Ok(now);
    }
    match sent["status"].as_str() {
        Some("received") => Ok(State::InReview),
        Some("accepted") => Ok(State::Accepted),
        Some("rejected") => Ok(State::Rejected),
        Some("cancelled") => Ok(State::Withdrawn),
        Some("completed") => Ok(State::Closed),
        Some("in-progress") => {
            let text = "say by businessStatus (urn:lianti:referral-state) which: arrived, admitted, \
                        seen or community-accepted";
            Err(refuse("Task.businessStatus", text))
        }
        _ => {
            let text =
                "a case is received, accepted, rejected, in-progress, completed or cancelled";
            Err(refuse("Task.status", text))
        }
    }
}

/// The command; `None` where nothing is asked for.
fn command(now: State, sent: &Value, stored: &Value) -> Result<Option<Command>> {
    let inputs = Inputs::of(sent)?;
    if sent["owner"] != stored["owner"] {
        let text = "refer to the Organization of this server that the case is passed to";
        let org_id = target(&sent["owner"], "Organization")
            .ok_or_else(|| refuse("Task.owner.reference", text))?;
        let exit = exit(sent);
        return Ok(Some(Command::Reassign(Reassign {
            org_id,
            department_id: inputs.id("department")?,
            reason_code: exit.reason_code,
            reason_text: exit.reason_text,
        })));
    }
    let wanted = wanted(now, sent, stored)?;
    if wanted == now {
        return Ok(None);
    }
    let command = match wanted {
        State::InReview if now == State::Accepted => Command::ReturnToReview(exit(sent)),
        State::InReview => Command::Review(Review {
            department_id: inputs.id("department")?,
        }),
        State::Accepted => Command::Accept(inputs.acceptance()?),
        State::Rejected => Command::Reject(exit(sent)),
        State::Withdrawn => Command::Withdraw(exit(sent)),
        State::NoShow => Command::MarkNoShow,
        State::Arrived => Command::Arrive(Arrive {
            arrived_at: inputs.moment("arrived-at")?,
        }),
        State::Admitted => Command::Admit(Admit {
            number: inputs.text("number"),
            place: inputs.place()?,
            place_text: inputs.text("place"),
            doctor_name: inputs.text("doctor"),
        }),
        State::Seen => Command::See(See {
            number: inputs.text("number"),
            doctor_name: inputs.text("doctor"),
        }),
        State::CommunityAccepted => Command::AcceptDown,
        State::Closed => Command::Close(Close {
            outcome: inputs.outcome()?,
        }),
        State::ClosedElsewhere => Command::CloseElsewhere(CloseElsewhere {
            text: exit(sent).reason_text.unwrap_or_default(),
            referral_id: None,
        }),
        _ => {
            let text = format!(
                "a case does not become {} by its Task: use /api/referrals/{{id}}",
                wanted.word()
            );
            return Err(refuse("Task.businessStatus", &text));
        }
    };
    Ok(Some(command))
}

/// The reason to leave a path.
fn exit(sent: &Value) -> Exit {
    let reason = &sent["statusReason"];
    let code = reason["coding"][0]["code"].as_str().unwrap_or_default();
    Exit {
        reason_code: code.to_owned(),
        reason_text: reason["text"].as_str().map(str::to_owned),
    }
}

/// What the command is given, by its word.
struct Inputs<'a>(Vec<(&'static str, &'a Value)>);

impl<'a> Inputs<'a> {
    fn of(sent: &'a Value) -> Result<Self> {
        let mut inputs: Vec<(&'static str, &Value)> = Vec::new();
        for (number, input) in sent["input"].as_array().into_iter().flatten().enumerate() {
            let place = format!("Task.input[{number}]");
            let coding = &input["type"]["coding"][0];
            let code = coding["code"]
                .as_str()
                .filter(|_| coding["system"] == INPUT);
            let known = INPUTS.iter().find(|(word, _)| Some(*word) == code);
            let Some((word, element)) = known else {
                let words: Vec<&str> = INPUTS.iter().map(|(word, _)| *word).collect();
                let text = format!("name one of {INPUT}: {}", words.join(", "));
                return Err(refuse(&[&place, ".type"].concat(), &text));
            };
            let value = &input[*element];
            if value.is_null() {
                let text = format!("{word} is given as {element}");
                return Err(refuse(&place, &text));
            }
            if inputs.iter().any(|(known, _)| known == word) {
                return Err(refuse(&place, "this input is given twice"));
            }
            inputs.push((word, value));
        }
        Ok(Self(inputs))
    }

    fn get(&self, word: &str) -> Option<&Value> {
        self.0
            .iter()
            .find(|(known, _)| *known == word)
            .map(|(_, value)| *value)
    }

    fn text(&self, word: &str) -> Option<String> {
        self.get(word).and_then(Value::as_str).map(str::to_owned)
    }

    fn id(&self, word: &str) -> Result<Option<Id>> {
        let Some(text) = self.text(word) else {
            return Ok(None);
        };
        let wrong = || refuse("Task.input", &format!("{word} is an id of this server"));
        text.parse().map(Some).map_err(|_| wrong())
    }

    fn reference(&self, word: &str, kind: &str) -> Result<Option<Id>> {
        let Some(value) = self.get(word) else {
            return Ok(None);
        };
        let text = format!("{word} refers to a {kind} of this server");
        target(value, kind)
            .map(Some)
            .ok_or_else(|| refuse("Task.input", &text))
    }

    fn moment(&self, word: &str) -> Result<Option<Instant>> {
        let Some(text) = self.text(word) else {
            return Ok(None);
        };
        let wrong = format!("{word} is a moment with its zone: 2026-01-31T08:00:00+08:00");
        let moment = text.parse().map_err(|_| refuse("Task.input", &wrong))?;
        Ok(Some(moment))
    }

    fn place(&self) -> Result<Option<resources::Place>> {
        let bed = self.reference("bed", "Location")?;
        let slot = self.id("slot")?;
        match (bed, slot) {
            (None, None) => Ok(None),
            (Some(bed_id), None) => Ok(Some(resources::Place::Bed { bed_id })),
            (None, Some(slot_id)) => Ok(Some(resources::Place::Slot { slot_id })),
            (Some(_), Some(_)) => Err(refuse("Task.input", "name a bed or a slot, not both")),
        }
    }

    fn acceptance(&self) -> Result<Accept> {
        Ok(Accept {
            place: self.place()?,
            expected_at: self.moment("expected-at")?,
            department_id: self.id("department")?,
            practitioner_id: self.reference("practitioner", "Practitioner")?,
            note: self.text("note"),
        })
    }

    fn outcome(&self) -> Result<Outcome> {
        let words = "outcome is one of cured, improved, unchanged, worse, died, other (valueCode)";
        let wrong = || refuse("Task.input", words);
        let code = self.get("outcome").cloned().ok_or_else(wrong)?;
        let satisfaction = self.get("satisfaction").map(|value| {
            let number = value.as_u64().and_then(|number| u8::try_from(number).ok());
            number.ok_or_else(|| refuse("Task.input", "satisfaction is 1 to 5"))
        });
        Ok(Outcome {
            result: serde_json::from_value(code).map_err(|_| wrong())?,
            text: self.text("outcome-text"),
            satisfaction: satisfaction.transpose()?,
        })
    }
}

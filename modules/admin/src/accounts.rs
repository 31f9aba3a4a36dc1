//! Accounts and what they are assigned to.

use http::signin::{self, Account, AccountState, Assignment};
use kernel::{Date, Error, Id, Result, text};
use serde::{Deserialize, Serialize};
use serde_json::json;
use store::{Change, Subject, Tx, Versioned, params};

use crate::{duties, holders};

/// A role to give.
#[derive(Clone, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewAssignment {
    /// The role code.
    pub role: String,
    /// Where.
    pub org_id: Id,
    /// In which department.
    #[serde(default)]
    pub department_id: Option<Id>,
    /// From this day; today if left out.
    #[serde(default)]
    pub valid_from: Option<Date>,
    /// To this day, included; open if left out.
    #[serde(default)]
    pub valid_to: Option<Date>,
}

/// An account to make.
#[derive(Clone, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewAccount {
    /// What is typed at sign-in; kept in lower case.
    pub username: String,
    /// The name shown.
    pub name: String,
    /// The practitioner behind it.
    #[serde(default)]
    pub practitioner_id: Option<Id>,
    /// Belongs to a system, which uses API tokens and gets no password.
    #[serde(default)]
    pub system: bool,
    /// Its first role.
    pub assignment: NewAssignment,
}

/// An administrator's account made on the command line.
pub struct NewAdmin<'a> {
    /// What is typed at sign-in.
    pub username: &'a str,
    /// The name shown.
    pub name: &'a str,
    /// The role code.
    pub role: &'a str,
    /// Where; [`Id::NIL`] is the installation itself.
    pub org_id: Id,
    /// The hash of a password that passed its check.
    pub password_hash: &'a str,
    /// Ask for a new password at the first sign-in.
    pub must_change: bool,
}

const NAME_CHARACTERS_MAX: usize = 60;
const USERNAME_CHARACTERS_MAX: usize = 60;

const ASSIGNMENTS: &str =
    "SELECT version, body FROM assignment WHERE account_id = $1 ORDER BY id LIMIT 200";
const BY_USERNAME: &str = "SELECT COUNT(*) AS count FROM account WHERE username = $1";
const OTHERS_IN_ROLE: &str = "SELECT COUNT(*) AS count FROM assignment AS g
    JOIN account AS a ON a.id = g.account_id
    WHERE g.role = $1 AND a.state = 'active' AND g.valid_from <= $2
    AND (g.valid_to IS NULL OR g.valid_to >= $2) AND a.id <> $3 AND g.id <> $4";

/// Does the actor's administration reach this organization? One at the installation itself reaches
/// everything.
///
/// # Errors
/// Whatever the database reports.
pub fn reaches(tx: &mut Tx<'_>, org_id: Id) -> Result<bool> {
    Ok(tx.actor().org_id == Id::NIL || http::access::covers(tx, org_id)?)
}

pub(crate) fn assignments_of(
    tx: &mut Tx<'_>,
    account_id: Id,
) -> Result<Vec<Versioned<Assignment>>> {
    tx.find(ASSIGNMENTS, &params![account_id])
}

pub(crate) fn in_force(assignment: &Assignment, today: Date) -> bool {
    assignment.valid_from <= today && assignment.valid_to.is_none_or(|last| last >= today)
}

/// The account, if the actor's administration reaches it by one of its assignments.
///
/// # Errors
/// `NotFound` with code `account`.
pub fn load(tx: &mut Tx<'_>, id: Id) -> Result<Versioned<Account>> {
    let account: Versioned<Account> = tx.load(id)?;
    for assignment in assignments_of(tx, id)? {
        if reaches(tx, assignment.org_id)? {
            return Ok(account);
        }
    }
    if tx.actor().org_id == Id::NIL {
        Ok(account)
    } else {
        Err(Error::not_found("account"))
    }
}

/// The account for a change: within reach, not the actor's own, and in the version seen.
///
/// # Errors
/// `NotFound` with code `account`; `admin.own-account`; `store.stale-version`.
pub fn load_for_change(tx: &mut Tx<'_>, id: Id, seen: i64) -> Result<Versioned<Account>> {
    let account = load(tx, id)?;
    refuse_own(tx, id)?;
    for assignment in assignments_of(tx, id)? {
        // Whoever administers one member must not lock out somebody who also works at another.
        if in_force(&assignment, tx.now().date()) && !reaches(tx, assignment.org_id)? {
            let detail = "this account also works where your administration does not reach";
            return Err(Error::forbidden("admin.shared-account", detail));
        }
    }
    tx.check_version(&account, seen)?;
    Ok(account)
}

fn refuse_own(tx: &Tx<'_>, account_id: Id) -> Result<()> {
    if tx.actor().id != account_id {
        return Ok(());
    }
    let detail = "another administrator changes your own account and roles";
    Err(Error::forbidden("admin.own-account", detail))
}

/// Makes an account with its first role; the password is set by the caller.
///
/// # Errors
/// `admin.username-shape`, `admin.username-taken`, `admin.name-shape`, and as [`assign`].
pub fn create(
    tx: &mut Tx<'_>,
    new: &NewAccount,
    org_exists: fn(&mut Tx<'_>, Id) -> Result<String>,
) -> Result<Versioned<Account>> {
    let account = Account {
        id: tx.new_id(),
        username: checked_username(tx, &new.username)?,
        name: checked_name(&new.name)?,
        practitioner_id: new.practitioner_id,
        state: AccountState::Active,
        demo: false,
        system: new.system,
    };
    let account = tx.insert(&account, Change::new("account.created"))?;
    assign(tx, &account, &new.assignment, org_exists).map_err(|error| {
        if error.fields().is_empty() {
            error.at("assignment")
        } else {
            error
        }
    })?;
    Ok(account)
}

fn checked_username(tx: &mut Tx<'_>, typed: &str) -> Result<String> {
    let username = text::fold(typed).to_lowercase();
    let length = username.chars().count();
    let allowed = |c: char| c.is_alphanumeric() || "._-@".contains(c);
    if !(3..=USERNAME_CHARACTERS_MAX).contains(&length) || !username.chars().all(allowed) {
        let detail = "a user name has 3 to 60 letters, digits, dots, hyphens or @";
        return Err(Error::invalid("admin.username-shape", "username", detail));
    }
    if tx.count(BY_USERNAME, &params![username.as_str()])? > 0 {
        let detail = "this user name is taken; choose another";
        return Err(Error::conflict("admin.username-taken", detail).at("username"));
    }
    Ok(username)
}

/// The name without blanks at its ends.
///
/// # Errors
/// `admin.name-shape`.
pub fn checked_name(typed: &str) -> Result<String> {
    let name = typed.trim();
    if (1..=NAME_CHARACTERS_MAX).contains(&name.chars().count()) {
        return Ok(name.to_owned());
    }
    Err(Error::invalid(
        "admin.name-shape",
        "name",
        "a name has 1 to 60 characters",
    ))
}

/// Gives an account a role. Nobody gives themselves one, and nobody holds two duties.
///
/// # Errors
/// `admin.own-account`, `admin.role-unknown`, `admin.dates`, `access.out-of-scope`,
/// `admin.duties-mixed`, `admin.assigned-already`, `NotFound` for an unknown organization.
pub fn assign(
    tx: &mut Tx<'_>,
    account: &Account,
    new: &NewAssignment,
    org_exists: fn(&mut Tx<'_>, Id) -> Result<String>,
) -> Result<Versioned<Assignment>> {
    refuse_own(tx, account.id)?;
    let matrix = signin::role_matrix(tx)?;
    if !matrix.roles.iter().any(|role| role.code == new.role) {
        let detail = "there is no such role in the matrix";
        return Err(Error::invalid("admin.role-unknown", "role", detail));
    }
    if new.org_id != Id::NIL {
        org_exists(tx, new.org_id).map_err(|error| error.at("org_id"))?;
    }
    if !reaches(tx, new.org_id)? {
        let detail = "this organization is outside your permission's reach";
        return Err(Error::forbidden("access.out-of-scope", detail).at("org_id"));
    }
    let today = tx.now().date();
    let valid_from = new.valid_from.unwrap_or(today);
    if new
        .valid_to
        .is_some_and(|last| last < valid_from || last < today)
    {
        let detail = "the last day lies before the first, or in the past";
        return Err(Error::invalid("admin.dates", "valid_to", detail));
    }
    let still = |one: &Assignment| one.valid_to.is_none_or(|last| last >= today);
    let held = assignments_of(tx, account.id)?;
    let same = |one: &Assignment| one.role == new.role && one.org_id == new.org_id;
    if held
        .iter()
        .any(|one| still(one) && same(one) && one.department_id == new.department_id)
    {
        let detail = "the account has this role there already";
        return Err(Error::conflict("admin.assigned-already", detail).at("role"));
    }
    let roles = held.iter().filter(|one| still(one));
    let roles: Vec<&str> = roles
        .map(|one| one.role.as_str())
        .chain([&*new.role])
        .collect();
    for matrix in holders::matrices_from_today(tx)? {
        let duties = roles
            .iter()
            .flat_map(|role| duties::duties_of(&matrix, role));
        duties::check_alone(&duties.collect()).map_err(|error| error.at("role"))?;
    }
    let assignment = Assignment {
        id: tx.new_id(),
        account_id: account.id,
        role: new.role.clone(),
        org_id: new.org_id,
        department_id: new.department_id,
        valid_from,
        valid_to: new.valid_to,
    };
    let detail = json!({ "account_id": account.id, "role": new.role });
    tx.insert(
        &assignment,
        Change::new("assignment.created").detail(detail),
    )
}

/// Ends an assignment after `last`, a day not in the past; yesterday means at once.
///
/// # Errors
/// `NotFound` with code `assignment`; `admin.own-account`, `admin.dates`,
/// `admin.last-security-admin`, `store.stale-version`.
pub fn end_assignment(
    tx: &mut Tx<'_>,
    id: Id,
    seen: i64,
    last: Option<Date>,
) -> Result<Versioned<Assignment>> {
    let mut assignment: Versioned<Assignment> = tx.load(id)?;
    if !reaches(tx, assignment.org_id)? {
        return Err(Error::not_found("assignment"));
    }
    refuse_own(tx, assignment.account_id)?;
    tx.check_version(&assignment, seen)?;
    let today = tx.now().date();
    let last = last.unwrap_or(today.plus_days(-1));
    if last < today.plus_days(-1) || assignment.valid_to.is_some_and(|end| end < today) {
        let detail = "the assignment has ended, or the day lies in the past";
        return Err(Error::invalid("admin.dates", "valid_to", detail));
    }
    refuse_last_security_admin(tx, &assignment.role, Id::NIL, id)?;
    assignment.valid_to = Some(last);
    // One that began today or later and ends at once holds on no day from now on; history keeps
    // what it was.
    assignment.valid_from = assignment.valid_from.min(last);
    let detail = json!({ "account_id": assignment.account_id, "role": assignment.role });
    let assignment = tx.update(&assignment, Change::new("assignment.ended").detail(detail))?;
    if last < today {
        signin::end_sessions_of(tx, assignment.account_id)?;
    }
    Ok(assignment)
}

/// Disables or enables an account; disabling ends its sessions.
///
/// # Errors
/// `admin.state-already`, `admin.last-security-admin`.
pub fn set_state(
    tx: &mut Tx<'_>,
    mut account: Versioned<Account>,
    state: AccountState,
) -> Result<Versioned<Account>> {
    if account.state == state {
        let detail = "the account is in this state already";
        return Err(Error::rule("admin.state-already", detail));
    }
    if state == AccountState::Disabled {
        let today = tx.now().date();
        for assignment in assignments_of(tx, account.id)? {
            if in_force(&assignment, today) {
                refuse_last_security_admin(tx, &assignment.role, account.id, Id::NIL)?;
            }
        }
        signin::end_sessions_of(tx, account.id)?;
    }
    account.state = state;
    let event = match state {
        AccountState::Active => "account.enabled",
        AccountState::Disabled => "account.disabled",
    };
    tx.update(&account, Change::new(event))
}

/// Somebody must be left who can change accounts and roles.
fn refuse_last_security_admin(
    tx: &mut Tx<'_>,
    role: &str,
    without_account: Id,
    without_assignment: Id,
) -> Result<()> {
    let matrix = signin::role_matrix(tx)?;
    let is_keeper = |code: &str| {
        let grants = matrix.grants(code);
        grants.contains_key("role.manage") && grants.contains_key("account.manage")
    };
    if !is_keeper(role) {
        return Ok(());
    }
    let today = tx.now().date();
    let mut others = 0;
    for keeper in matrix.roles.iter().filter(|one| is_keeper(&one.code)) {
        let values = params![
            keeper.code.as_str(),
            today,
            without_account,
            without_assignment
        ];
        others += tx.count(OTHERS_IN_ROLE, &values)?;
    }
    if others > 0 {
        return Ok(());
    }
    let detail = "this is the last active security administrator; appoint another first";
    Err(Error::rule("admin.last-security-admin", detail))
}

/// Audits an act on an account that changes no document: a reset, an unlock.
///
/// # Errors
/// Whatever the database reports.
pub fn note(tx: &mut Tx<'_>, event: &'static str, account: &Account) -> Result<()> {
    tx.record(Change::new(event), Subject::of(account))
}

/// Makes an administrator's account on the command line, where no administrator is signed in.
///
/// # Errors
/// `admin.username-shape`, `admin.username-taken`, `admin.name-shape`, `admin.role-unknown`.
pub fn create_admin(tx: &mut Tx<'_>, new: &NewAdmin<'_>) -> Result<Id> {
    let matrix = signin::role_matrix(tx)?;
    if !matrix.roles.iter().any(|role| role.code == new.role) {
        let detail = "there is no such role in the matrix";
        return Err(Error::invalid("admin.role-unknown", "role", detail));
    }
    let account = Account {
        id: tx.new_id(),
        username: checked_username(tx, new.username)?,
        name: checked_name(new.name)?,
        practitioner_id: None,
        state: AccountState::Active,
        demo: false,
        system: false,
    };
    tx.insert(&account, Change::new("account.created"))?;
    let assignment = Assignment {
        id: tx.new_id(),
        account_id: account.id,
        role: new.role.to_owned(),
        org_id: new.org_id,
        department_id: None,
        valid_from: tx.now().date(),
        valid_to: None,
    };
    let detail = json!({ "account_id": account.id, "role": new.role });
    tx.insert(
        &assignment,
        Change::new("assignment.created").detail(detail),
    )?;
    signin::set_password(tx, account.id, new.password_hash, new.must_change)?;
    Ok(account.id)
}

//! `lianti admin create`: the first accounts, with passwords that were typed.

use std::io::{BufRead, IsTerminal, Write};

use http::signin::{PasswordRules, check_password};
use kernel::{Error, Id, Result};
use store::{Request, Tx};

use super::{block_on, open_ready};
use crate::config::{AdminCommand, Resolved};

/// Roles that may be given from the command line; all others are given on the screen.
const ROLES: [&str; 3] = ["system-admin", "security-admin", "audit-admin"];

pub(super) fn run(resolved: &Resolved, command: AdminCommand) -> Result<()> {
    let AdminCommand::Create {
        username,
        name,
        role,
        organization,
        password_stdin,
    } = command;
    let username = kernel::text::fold(&username).to_lowercase();
    if username.is_empty() || username.chars().any(char::is_whitespace) {
        return Err(Error::invalid(
            "admin.username",
            "--username",
            "a user name has no blanks and is not empty",
        ));
    }
    if !ROLES.contains(&role.as_str()) {
        let detail = format!(
            "the command line gives only these roles: {}",
            ROLES.join(", ")
        );
        return Err(Error::invalid("admin.role", "--role", detail));
    }
    let app = open_ready(resolved)?;
    block_on(app.prepare())?;
    let request = Request::system("command line");
    let rules: PasswordRules = app.store().read_now(&request, |tx| {
        tx.rule("access.passwords").map(|rule| rule.body)
    })?;
    let password = read_password(password_stdin)?;
    check_password(&rules, &username, &password)?;
    let hash = block_on(app.hash_password(password))?;
    let shown = username.clone();
    app.store().write_now(&request, move |tx| {
        let org_id = match &organization {
            Some(code) => org_with_code(tx, code)?,
            // The installation itself: administrators exist before the first organization does.
            None => Id::NIL,
        };
        let new = admin::NewAdmin {
            username: &username,
            name: &name,
            role: &role,
            org_id,
            password_hash: &hash,
            must_change: false,
        };
        admin::create_admin(tx, &new)
    })?;
    println!("account {shown} created; sign in and set up the second factor");
    app.store().close();
    Ok(())
}

fn org_with_code(tx: &mut Tx<'_>, code: &str) -> Result<Id> {
    let org = network::org_by_code(tx, code)?;
    org.map(|org| org.id).ok_or_else(|| {
        let detail = "no organization has this code; leave it out to make an administrator of the installation";
        Error::invalid("admin.organization", "--organization", detail)
    })
}

/// From standard input as it is, or twice from the terminal.
fn read_password(from_stdin: bool) -> Result<String> {
    let mut lines = std::io::stdin().lock().lines();
    let mut line = |prompt: &str| -> Result<String> {
        if !from_stdin {
            print!("{prompt}: ");
            std::io::stdout().flush().map_err(Error::internal)?;
        }
        lines
            .next()
            .transpose()
            .map_err(Error::internal)?
            .ok_or_else(|| {
                Error::invalid(
                    "admin.password",
                    "password",
                    "no password was given on standard input",
                )
            })
    };
    if from_stdin {
        return line("");
    }
    if std::io::stdin().is_terminal() {
        println!("the password is shown while you type it; nobody should look over your shoulder");
    }
    let password = line("password")?;
    if line("once more")? != password {
        return Err(Error::invalid(
            "admin.password",
            "password",
            "the two passwords differ",
        ));
    }
    Ok(password)
}

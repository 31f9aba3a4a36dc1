//! Accounts, roles, rule sets, audit and jobs on screens.

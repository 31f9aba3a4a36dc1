//! Roster import from spreadsheets.

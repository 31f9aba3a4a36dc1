//! Text that people typed, made fit to keep.

use kernel::text::{fold, tidy};
use kernel::{Error, Result};

/// Longest code.
const CODE_LENGTH_MAX: usize = 40;

/// Tidied text of 1 to `length_max` characters without control characters.
pub(crate) fn required_text(text: &str, field: &str, length_max: usize) -> Result<String> {
    let tidied = tidy(text);
    if tidied.is_empty() {
        return Err(Error::invalid(
            "network.text-missing",
            field,
            "this can't be empty",
        ));
    }
    if tidied.chars().count() > length_max {
        let detail = format!("at most {length_max} characters fit here");
        let data = serde_json::json!({ "length_max": length_max });
        return Err(Error::invalid("network.text-too-long", field, detail).with(data));
    }
    if tidied.chars().any(char::is_control) {
        let detail = "remove the control characters";
        return Err(Error::invalid("network.text-control", field, detail));
    }
    Ok(tidied)
}

/// As [`required_text`]; blank text counts as absent.
pub(crate) fn optional_text(
    text: Option<&str>,
    field: &str,
    length_max: usize,
) -> Result<Option<String>> {
    match text.map(tidy) {
        Some(tidied) if !tidied.is_empty() => required_text(&tidied, field, length_max).map(Some),
        _ => Ok(None),
    }
}

/// A code: 1 to 40 letters, digits, dots, dashes or underscores.
pub(crate) fn required_code(text: &str, field: &str) -> Result<String> {
    let code = required_text(&fold(text), field, CODE_LENGTH_MAX)?;
    let is_fit = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_' | '.' | '/');
    if code.chars().all(is_fit) {
        return Ok(code);
    }
    let detail = "a code has letters, digits, dashes, dots and underscores only";
    Err(Error::invalid("network.code-malformed", field, detail))
}

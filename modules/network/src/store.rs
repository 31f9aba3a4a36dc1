//! Every SQL statement of the module, beside its row type.

pub(crate) mod catalogue;
pub(crate) mod groups;
pub(crate) mod organizations;
pub(crate) mod people;
pub(crate) mod scopes;

/// A search pattern for `search_key LIKE … ESCAPE '!'`: what was typed, folded and in lower case.
/// Blank text finds everything.
pub(crate) fn pattern(typed: Option<&str>) -> String {
    let folded = kernel::text::fold(typed.unwrap_or_default()).to_lowercase();
    let mut pattern = String::from("%");
    for c in folded.chars() {
        if matches!(c, '%' | '_' | '!') {
            pattern.push('!');
        }
        pattern.push(c);
    }
    pattern.push('%');
    pattern
}

//! Rules on a file's lines, whatever it contains.

use super::Finding;

const LINES_MAX: usize = 500;
const BYTES_MAX: usize = 2 * 1024 * 1024;

/// Words that mark unfinished work, written apart so that this file does not break its own rule.
const UNFINISHED: &[&str] = &[
    concat!("TO", "DO"),
    concat!("FIX", "ME"),
    concat!("unimple", "mented!"),
    concat!("to", "do!("),
];

/// Folders of a developer's machine: what they hold is not in the repository.
const MACHINE_PATHS: &[&str] = &[
    concat!("/ro", "ot/"),
    concat!("/ho", "me/"),
    concat!("/Us", "ers/"),
    concat!("/wo", "rk/"),
    concat!("/tm", "p/lianti"),
    concat!("../sha", "red"),
];

/// Source files, whose length is limited; data and generated files are not.
const SOURCES: &[&str] = &["rs", "ts", "tsx", "js", "mjs", "css", "sql", "sh"];

pub(super) fn check_size(path: &str, bytes: usize) -> Vec<Finding> {
    if bytes <= BYTES_MAX {
        return Vec::new();
    }
    vec![Finding::new(
        path,
        1,
        format!("{bytes} bytes; a tracked file has at most {BYTES_MAX}"),
    )]
}

pub(super) fn check(path: &str, text: &str) -> Vec<Finding> {
    let mut findings = Vec::new();
    if is_source(path) && !is_data(path) {
        findings.extend(check_length(path, text));
    }
    for (index, line) in text.lines().enumerate() {
        if let Some(message) = check_line(path, line) {
            findings.push(Finding::new(path, index + 1, message));
        }
    }
    findings
}

fn check_line(path: &str, line: &str) -> Option<String> {
    if is_lockfile(path) {
        return foreign_registry(line).map(|host| {
            format!("a package from {host}; lockfiles name the public registries only")
        });
    }
    if let Some(word) = UNFINISHED.iter().find(|word| line.contains(*word)) {
        return Some(format!("`{word}`: finish it, or open an issue"));
    }
    if path.ends_with(".rs") && line.trim_start().starts_with(concat!("#[", "allow("))
        || line.trim_start().starts_with(concat!("#![", "allow("))
    {
        return Some(
            "use #[expect(lint, reason = \"…\")]: it says why, and ends when it may".to_owned(),
        );
    }
    if let Some(folder) = MACHINE_PATHS
        .iter()
        .find(|folder| names_folder(line, folder))
    {
        return Some(format!("`{folder}` is a folder of one machine"));
    }
    sets_registry(path, line)
        .then(|| "a registry is a setting of a machine, not of this repository".to_owned())
}

/// A folder at the start of a path, not in the middle of one: `docs/work/x` is fine.
fn names_folder(line: &str, folder: &str) -> bool {
    line.match_indices(folder).any(|(at, _)| {
        let before = line[..at].chars().next_back();
        let after = line[at + folder.len()..].chars().next();
        let starts_a_path = !before.is_some_and(|c| c.is_alphanumeric() || "._-/})*".contains(c));
        let goes_on = !folder.ends_with('/') || after.is_some_and(char::is_alphanumeric);
        starts_a_path && goes_on && !is_address(line, at)
    })
}

/// A route in a test or a link (`"/work/…"` of the web interface) is no folder.
fn is_address(line: &str, at: usize) -> bool {
    let start = line[..at].trim_end_matches(['"', '\'', '`']);
    ["to=", "href=", "path:", "to:", "goto("]
        .iter()
        .any(|word| start.trim_end().ends_with(word))
}

fn foreign_registry(line: &str) -> Option<String> {
    let (key, value) = line
        .split_once("https://")
        .or_else(|| line.split_once("http://"))?;
    let key = key.trim_start();
    if !key.starts_with("\"resolved\"") && !key.starts_with("source = ") {
        return None;
    }
    let host = value.split('/').next().unwrap_or_default();
    let public =
        host == "registry.npmjs.org" || value.starts_with("github.com/rust-lang/crates.io-index");
    (!public).then(|| host.to_owned())
}

fn sets_registry(path: &str, line: &str) -> bool {
    let line = line.trim_start();
    (path.ends_with(".npmrc") && line.starts_with("registry"))
        || (path.ends_with(".cargo/config.toml") && line.starts_with("[source"))
}

fn check_length(path: &str, text: &str) -> Option<Finding> {
    let lines = if path.ends_with(".rs") {
        lines_before_tests(text)
    } else {
        text.lines().count()
    };
    (lines > LINES_MAX).then(|| {
        Finding::new(
            path,
            LINES_MAX,
            format!("{lines} lines; split it by idea at {LINES_MAX}"),
        )
    })
}

/// Tests at the end of a file do not count: they are many short cases.
fn lines_before_tests(text: &str) -> usize {
    let lines: Vec<&str> = text.lines().collect();
    lines
        .windows(2)
        .position(|pair| {
            pair[0] == "#[cfg(test)]" && pair[1].starts_with("mod ") && pair[1].ends_with('{')
        })
        .unwrap_or(lines.len())
}

fn is_source(path: &str) -> bool {
    path.rsplit_once('.')
        .is_some_and(|(_, extension)| SOURCES.contains(&extension))
}

/// Tests, generated files and tables of words.
fn is_data(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    name.contains(".gen.")
        || name.contains(".test.")
        || name == "tests.rs"
        || path.contains("/tests/")
        || path.contains("/data/")
        || name.starts_with("data")
}

fn is_lockfile(path: &str) -> bool {
    path.ends_with("package-lock.json") || path.ends_with("Cargo.lock")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_refused(path: &str, line: &str) {
        assert!(!check(path, line).is_empty(), "{path}: {line}");
    }

    fn is_fine(path: &str, line: &str) {
        assert_eq!(check(path, line), Vec::new(), "{path}: {line}");
    }

    #[test]
    fn unfinished_work_is_refused() {
        is_refused("modules/x/src/lib.rs", concat!("// TO", "DO: later"));
        is_refused("ui/src/a.ts", concat!("/* FIX", "ME */"));
        is_refused("modules/x/src/lib.rs", concat!("    to", "do!()"));
        is_fine("modules/x/src/lib.rs", "let todos = 1;");
    }

    #[test]
    fn lints_are_expected_never_allowed() {
        is_refused(
            "crates/x/src/lib.rs",
            concat!("    #[", "allow(dead_code)]"),
        );
        is_fine(
            "crates/x/src/lib.rs",
            "#[expect(dead_code, reason = \"…\")]",
        );
    }

    #[test]
    fn folders_of_a_machine_are_refused() {
        is_refused("docs/a.md", concat!("see `/ro", "ot/notes`"));
        is_refused("e2e/run.mjs", concat!("const x = '/ho", "me/me/x'"));
        is_fine("ui/src/a.tsx", concat!("<Link to=\"/wo", "rk/late\">"));
        is_fine("docs/a.md", concat!("modules/wo", "rk/src, or /ho", "me/"));
    }

    #[test]
    fn lockfiles_name_public_registries() {
        let lock = "ui/package-lock.json";
        is_fine(
            lock,
            "\"resolved\": \"https://registry.npmjs.org/a/-/a-1.tgz\",",
        );
        is_refused(lock, "\"resolved\": \"http://mirror.example/a-1.tgz\",");
        is_fine(lock, "\"url\": \"https://opencollective.example/a\"");
        is_fine(
            "Cargo.lock",
            "source = \"registry+https://github.com/rust-lang/crates.io-index\"",
        );
        is_refused(
            "Cargo.lock",
            "source = \"registry+https://mirror.example/index\"",
        );
        is_refused(".npmrc", "registry=https://mirror.example/");
    }

    #[test]
    fn files_stay_short_without_their_tests() {
        let long = "fn f() {}\n".repeat(LINES_MAX + 1);
        is_refused("crates/x/src/lib.rs", &long);
        is_refused("ui/src/a.tsx", &long);
        is_fine("crates/x/tests/all.rs", &long);
        is_fine("ui/src/schema.gen.ts", &long);
        is_fine("docs/long.md", &long);
        let tested = format!("fn f() {{}}\n#[cfg(test)]\nmod tests {{\n{long}}}\n");
        is_fine("crates/x/src/lib.rs", &tested);
        assert_eq!(check_size("a.png", BYTES_MAX), Vec::new());
        assert_eq!(check_size("a.png", BYTES_MAX + 1).len(), 1);
    }
}

//! SQL that both engines run alike: the words that break or differ on one of them are refused.

use super::Finding;
use super::literals::literals;

/// A forbidden piece of SQL and what to write instead.
struct Ban {
    words: &'static str,
    instead: &'static str,
}

const BANS: &[Ban] = &[
    Ban {
        words: "::",
        instead: "CAST(x AS type)",
    },
    Ban {
        words: "now()",
        instead: "a parameter with tx.now()",
    },
    Ban {
        words: "ilike",
        instead: "lower(x) LIKE lower($1)",
    },
    Ban {
        words: "skip locked",
        instead: "a conditional UPDATE that one caller wins",
    },
    Ban {
        words: "lateral",
        instead: "a join or a window",
    },
    Ban {
        words: "= any",
        instead: "IN (SELECT …)",
    },
    Ban {
        words: "json_each",
        instead: "a table, or Rust",
    },
    Ban {
        words: "greatest",
        instead: "CASE WHEN",
    },
    Ban {
        words: "serial",
        instead: "a UUIDv7 from tx.new_id()",
    },
    Ban {
        words: "bigserial",
        instead: "a UUIDv7 from tx.new_id()",
    },
    Ban {
        words: "autoincrement",
        instead: "a UUIDv7 from tx.new_id()",
    },
];

/// Where the engines' differences live.
const ENGINES: &[&str] = &["crates/store/src/sqlite", "crates/store/src/postgres"];

/// The store writes the statements of an entity from its constant table and column names, its tests
/// tamper with the chain, and the harnesses make a schema a test or run.
const BUILDERS: &[&str] = &[
    "crates/store/",
    "crates/testkit/",
    "crates/bench/",
    "crates/server/tests/",
];

const VERBS: &[&str] = &[
    "SELECT", "INSERT", "UPDATE", "DELETE", "WITH", "CREATE", "ALTER", "DROP", "VALUES",
];

pub(super) fn check(path: &str, text: &str) -> Vec<Finding> {
    if ENGINES.iter().any(|engine| path.starts_with(engine)) {
        return Vec::new();
    }
    if has_extension(path, "sql") {
        return check_statement(path, 1, text);
    }
    if !has_extension(path, "rs") {
        return Vec::new();
    }
    let is_builder = BUILDERS.iter().any(|folder| path.starts_with(folder));
    let mut findings = Vec::new();
    for literal in literals(text)
        .iter()
        .filter(|literal| is_statement(literal.text))
    {
        findings.extend(check_statement(path, literal.line, literal.text));
        if !is_builder && literal.before.trim_end().ends_with("format!(") {
            let message = "SQL is one constant a statement, never built by format!";
            findings.push(Finding::new(path, literal.line, message));
        }
    }
    findings
}

fn check_statement(path: &str, first_line: usize, statement: &str) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (index, line) in statement.lines().enumerate() {
        let code = line
            .split("--")
            .next()
            .unwrap_or_default()
            .to_ascii_lowercase();
        for ban in BANS.iter().filter(|ban| contains_words(&code, ban.words)) {
            let message = format!("`{}` in SQL; write {}", ban.words, ban.instead);
            findings.push(Finding::new(path, first_line + index, message));
        }
    }
    findings
}

/// A literal is SQL when it starts as a statement does: a verb in capitals and more behind it.
fn is_statement(literal: &str) -> bool {
    let start = literal.trim_start_matches(['\\', '\n', ' ', '(']);
    VERBS.iter().any(|verb| {
        start
            .strip_prefix(verb)
            .is_some_and(|rest| rest.starts_with([' ', '\n', '\\']))
    })
}

/// `serial` must not be found in `serial_number`.
fn contains_words(code: &str, words: &str) -> bool {
    let part_of_a_name = |c: char| c.is_alphanumeric() || c == '_';
    code.match_indices(words).any(|(at, _)| {
        let before = code[..at].chars().next_back();
        let after = code[at + words.len()..].chars().next();
        let starts_alone =
            !words.starts_with(part_of_a_name) || !before.is_some_and(part_of_a_name);
        let ends_alone = !words.ends_with(part_of_a_name) || !after.is_some_and(part_of_a_name);
        starts_alone && ends_alone
    })
}

fn has_extension(path: &str, extension: &str) -> bool {
    std::path::Path::new(path)
        .extension()
        .is_some_and(|found| found == extension)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(path: &str, text: &str) -> Vec<usize> {
        check(path, text)
            .iter()
            .map(|finding| finding.line)
            .collect()
    }

    #[test]
    fn sql_files_are_read_line_by_line() {
        let file = "modules/x/sql/0001_x.sql";
        let table = |rest: &str| ["CREATE", " TABLE t (", rest].concat();
        let select = |rest: &str| ["SELECT", " ", rest].concat();
        assert_eq!(
            lines(file, &table("id TEXT PRIMARY KEY)")),
            Vec::<usize>::new()
        );
        assert_eq!(
            lines(file, &table("\n  n BIGSERIAL,\n  serial_number TEXT)")),
            [2]
        );
        assert_eq!(lines(file, "-- now() is not used\nSELECT now()"), [2]);
        assert_eq!(
            lines(file, &select("x::text, y FROM t WHERE y ILIKE $1")),
            [1, 1]
        );
        assert_eq!(lines(file, &select("a FROM t WHERE a = ANY($1)")), [1]);
    }

    #[test]
    fn rust_files_are_read_by_their_literals() {
        let file = "modules/x/src/store.rs";
        let cast = concat!("const A: &str = \"SELECT a:", ":text FROM t\";");
        let built = concat!("let a = format!(\"SEL", "ECT {column} FROM t\");");
        assert_eq!(lines(file, cast), [1]);
        assert_eq!(lines(file, built), [1]);
        assert_eq!(
            lines(file, "f(\"the greatest serial\")"),
            Vec::<usize>::new()
        );
        assert_eq!(
            lines("crates/store/src/postgres.rs", cast),
            Vec::<usize>::new()
        );
    }
}

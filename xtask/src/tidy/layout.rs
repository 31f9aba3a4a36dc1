//! Rules on which files exist beside which.

use std::collections::BTreeSet;
use std::path::Path;

use super::Finding;

/// Screens that belong to no single module: what waits for me, and my own account.
const SCREENS_WITHOUT_MODULE: &[&str] = &["work", "account"];

/// Modules that people meet only through the screens of others.
const MODULES_WITHOUT_SCREENS: &[&str] = &["fhir"];

pub(super) fn check(root: &Path, paths: &[String]) -> Vec<Finding> {
    let mut findings = check_modules(paths);
    if let Ok(registry) = std::fs::read_to_string(root.join("docs/errors.md")) {
        findings.extend(check_error_codes("docs/errors.md", &registry));
    }
    findings
}

fn check_modules(paths: &[String]) -> Vec<Finding> {
    let modules = folders_in(paths, "modules/");
    let screens = folders_in(paths, "ui/src/modules/");
    let mut findings = Vec::new();
    let mut missing = |path: String, message: &str| {
        findings.push(Finding::new(&path, 1, message));
    };
    for module in &modules {
        for needed in [
            format!("modules/{module}/README.md"),
            format!("docs/{module}.md"),
        ] {
            if !paths.contains(&needed) {
                missing(
                    needed,
                    "missing: every module has its README and its page in docs",
                );
            }
        }
        let without = MODULES_WITHOUT_SCREENS.contains(module);
        if without == screens.contains(module) {
            missing(
                format!("ui/src/modules/{module}"),
                "a module has screens of its name, or is listed among MODULES_WITHOUT_SCREENS",
            );
        }
    }
    for screen in screens.difference(&modules) {
        if !SCREENS_WITHOUT_MODULE.contains(screen) {
            missing(
                format!("ui/src/modules/{screen}"),
                "screens without a module of that name",
            );
        }
    }
    findings
}

/// The names of the folders right below `parent`.
fn folders_in<'a>(paths: &'a [String], parent: &str) -> BTreeSet<&'a str> {
    paths
        .iter()
        .filter_map(|path| path.strip_prefix(parent)?.split_once('/'))
        .map(|(folder, _)| folder)
        .collect()
}

/// The registry is a table whose first column is the code.
fn check_error_codes(path: &str, registry: &str) -> Vec<Finding> {
    let mut seen = BTreeSet::new();
    let mut findings = Vec::new();
    for (index, line) in registry.lines().enumerate() {
        let Some(code) = line
            .strip_prefix("| `")
            .and_then(|rest| rest.split('`').next())
        else {
            continue;
        };
        if !seen.insert(code) {
            findings.push(Finding::new(
                path,
                index + 1,
                format!("`{code}` is listed twice"),
            ));
        }
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::*;

    fn missing(paths: &[&str]) -> Vec<String> {
        let paths: Vec<String> = paths.iter().map(|path| (*path).to_owned()).collect();
        check_modules(&paths)
            .into_iter()
            .map(|finding| finding.path)
            .collect()
    }

    #[test]
    fn a_module_has_a_readme_a_page_and_screens() {
        let whole = [
            "docs/care.md",
            "modules/care/README.md",
            "ui/src/modules/care/index.tsx",
        ];
        assert_eq!(missing(&whole), Vec::<String>::new());
        assert_eq!(
            missing(&["modules/care/src/lib.rs"]),
            [
                "modules/care/README.md",
                "docs/care.md",
                "ui/src/modules/care"
            ]
        );
        assert_eq!(
            missing(&["ui/src/modules/care/index.tsx"]),
            ["ui/src/modules/care"]
        );
        assert_eq!(
            missing(&["ui/src/modules/work/index.tsx"]),
            Vec::<String>::new()
        );
    }

    #[test]
    fn an_error_code_is_listed_once() {
        let table = "| code |\n|---|\n| `a.b` | x |\n| `a.c` | x |\n| `a.b` | y |\n";
        let findings = check_error_codes("docs/errors.md", table);
        assert_eq!(
            findings,
            [Finding::new("docs/errors.md", 5, "`a.b` is listed twice")]
        );
    }
}

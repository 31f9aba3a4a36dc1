//! `cargo xtask new-module NAME`: the skeleton of a capability.

use crate::{Outcome, run};

const MANIFEST: &str = r#"[package]
name = "lianti-NAME"
description = "One line that says what the capability is for"
version.workspace = true
edition.workspace = true
rust-version.workspace = true
license.workspace = true
repository.workspace = true

[lib]
doctest = false

[dependencies]
kernel.workspace = true
store.workspace = true
http.workspace = true
axum.workspace = true
serde.workspace = true
serde_json.workspace = true
utoipa.workspace = true
utoipa-axum.workspace = true

[dev-dependencies]
testkit.workspace = true

[lints]
workspace = true
"#;

const README: &str = "\
# NAME

One page: who uses it, its states, the sources of its rules, its API.
";

const LIBRARY: &str = "\
//! NAME: one sentence that says what the capability is for.
//!
//! The public face is this file; other modules see nothing else.
";

const RULES: &str = "\
//! The decisions of NAME, on values only: no I/O, no clock.
";

pub(crate) fn run(arguments: &[String]) -> Outcome {
    let [name] = arguments else {
        return Err("new-module needs one name: cargo xtask new-module consultation".to_owned());
    };
    if !is_module_name(name) {
        return Err(format!(
            "`{name}` is not a module name: one English word in small letters"
        ));
    }
    let folder = run::root().join("modules").join(name);
    if folder.exists() {
        return Err(format!("modules/{name} exists already"));
    }
    let files = [
        ("Cargo.toml", MANIFEST),
        ("README.md", README),
        ("src/lib.rs", LIBRARY),
        ("src/rules.rs", RULES),
    ];
    for (file, text) in files {
        let path = folder.join(file);
        let parent = path
            .parent()
            .expect("every file lies in the module's folder");
        std::fs::create_dir_all(parent).map_err(|error| error.to_string())?;
        std::fs::write(&path, text.replace("NAME", name)).map_err(|error| error.to_string())?;
    }
    println!(
        "wrote modules/{name}. Next:\n\
         1. root Cargo.toml, [workspace.dependencies]:\n   \
         {name} = {{ path = \"modules/{name}\", package = \"lianti-{name}\" }}\n\
         2. crates/server: {name}.workspace = true, and one line in src/modules.rs:\n   \
         {name}::module(),\n\
         3. ui/src/modules/{name}/index.tsx, or its name among MODULES_WITHOUT_SCREENS in \
         xtask/src/tidy/layout.rs\n\
         4. docs/{name}.md for the people who use it"
    );
    Ok(())
}

fn is_module_name(name: &str) -> bool {
    !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_one_small_word() {
        assert!(is_module_name("consultation"));
        for wrong in ["", "Consult", "tele-clinic", "../x", "m2"] {
            assert!(!is_module_name(wrong), "{wrong}");
        }
    }
}

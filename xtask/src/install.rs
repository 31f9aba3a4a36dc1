//! What the tests need on the machine: install it where that is allowed, else say what to install.

use crate::Outcome;
use crate::postgres;
use crate::run;
use crate::web;

/// Brings in Debian packages and npm packages; `browser` adds what the browser tests need.
pub(crate) fn run(browser: bool) -> Outcome {
    let missing = missing_packages(browser);
    if !missing.is_empty() {
        install_debian(&missing)?;
        let still = missing_packages(browser);
        if !still.is_empty() {
            return Err(format!("installed, yet not found: {}", still.join(" ")));
        }
    }
    web::make_dist_folder()?;
    if web::exists() {
        web::install_packages("ui")?;
    }
    if browser && run::root().join("e2e/package.json").is_file() {
        web::install_packages("e2e")?;
    }
    Ok(())
}

fn missing_packages(browser: bool) -> Vec<&'static str> {
    let mut missing = Vec::new();
    if !postgres::is_installed() {
        missing.push("postgresql");
    }
    if browser && !run::on_path("chromium") {
        missing.push("chromium");
    }
    if browser && !has_cjk_font() {
        missing.push("fonts-noto-cjk");
    }
    missing
}

/// Chinese text without such a font is a row of boxes, in screenshots and on paper.
fn has_cjk_font() -> bool {
    run::capture(&mut run::command("fc-list", [":lang=zh", "family"]))
        .is_ok_and(|families| !families.trim().is_empty())
}

fn install_debian(packages: &[&str]) -> Outcome {
    let list = packages.join(" ");
    if !postgres::is_root()? || !run::on_path("apt-get") {
        return Err(format!(
            "missing: {list}\nInstall it and run this again. On Debian or Ubuntu: \
             sudo apt-get install {list}"
        ));
    }
    println!("installing {list}");
    let quiet = |arguments: &[&str]| {
        let mut command = run::command("apt-get", arguments);
        command.env("DEBIAN_FRONTEND", "noninteractive");
        command
    };
    run::run(&mut quiet(&["update", "-qq"]))?;
    let mut arguments = vec!["install", "-y", "-qq", "--no-install-recommends"];
    arguments.extend(packages);
    run::run(&mut quiet(&arguments))
}

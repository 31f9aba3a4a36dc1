//! What the tests need on the machine: install it where that is allowed, else say what to install.

use crate::Outcome;
use crate::clients;
use crate::fhir;
use crate::postgres;
use crate::run;
use crate::web;

/// Something the machine must have before a step can run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Need {
    /// The programs of a PostgreSQL server.
    Postgres,
    /// The npm packages of the web interface.
    WebPackages,
    /// A browser, a Chinese font, and the npm packages that drive it.
    Browser,
    /// The official FHIR R4 examples and FHIRPath cases, pinned by hash.
    FhirExamples,
    /// Python with virtual environments, and the packages of the independent clients.
    Clients,
}

/// Brings in what `needs` name: Debian, npm and Python packages.
pub(crate) fn run(needs: &[Need]) -> Outcome {
    let missing = missing_packages(needs);
    if !missing.is_empty() {
        install_debian(&missing)?;
        let still = missing_packages(needs);
        if !still.is_empty() {
            return Err(format!("installed, yet not found: {}", still.join(" ")));
        }
    }
    web::make_dist_folder()?;
    if needs.contains(&Need::FhirExamples) {
        fhir::examples()?;
        fhir::fhirpath_cases()?;
    }
    if needs.contains(&Need::WebPackages) {
        web::install_packages("ui")?;
    }
    if needs.contains(&Need::Browser) {
        web::install_packages("e2e")?;
    }
    if needs.contains(&Need::Clients) {
        clients::install()?;
    }
    Ok(())
}

fn missing_packages(needs: &[Need]) -> Vec<&'static str> {
    let mut missing = Vec::new();
    if needs.contains(&Need::Postgres) && !postgres::is_installed() {
        missing.push("postgresql");
    }
    if needs.contains(&Need::Browser) && !run::on_path("chromium") {
        missing.push("chromium");
    }
    if needs.contains(&Need::Browser) && !has_cjk_font() {
        missing.push("fonts-noto-cjk");
    }
    if needs.contains(&Need::Clients) && !clients::has_venv() {
        missing.push("python3-venv");
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

//! Profiles in force, by rule set `fhir.profiles`: what the consortium asks of resources beyond R4.
//!
//! The rule set holds the StructureDefinitions themselves, so that what is in force is versioned, has
//! its day, and does not change under anybody. What of a profile is not checked must be accepted in
//! so many words, or the rule set is refused.

use std::collections::HashMap;
use std::sync::Arc;

use fhir::validate::{CodeCheck, Profile};
use fhir::{Issue, IssueCode, Resource};
use kernel::{Error, Kind, Result};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use store::{RuleSeed, Tx, check_body};

use crate::{refusal, terms};

const RULE: &str = "fhir.profiles";
/// Profiles in force at once, and bytes of them: each write of their types reads them.
const PROFILES_MAX: usize = 50;
const BYTES_MAX: usize = 2 * 1024 * 1024;

/// The rule set `fhir.profiles`.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct ProfileRule {
    /// The profiles in force.
    profiles: Vec<Entry>,
}

/// A profile in force.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    /// Of which resources of its type.
    binds: Binds,
    /// Put in force although parts of it are not checked.
    #[serde(default)]
    accept_unchecked: bool,
    /// The StructureDefinition.
    definition: Value,
}

/// Which resources a profile binds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Binds {
    /// All of its type.
    Always,
    /// Those that claim it in `meta.profile`.
    Claimed,
}

/// The rule set as it comes: no profile.
pub(crate) const SEED: RuleSeed = RuleSeed {
    code: RULE,
    title_zh: "FHIR 规范（Profile）：本联体对资源的附加要求",
    title_en: "FHIR profiles: what is asked of resources beyond R4",
    source: "本地设定",
    body: r#"{"profiles": []}"#,
    check,
};

fn check(body: &Value) -> Result<()> {
    check_body::<ProfileRule>(body)?;
    let rule: ProfileRule = serde_json::from_value(body.clone()).map_err(Error::internal)?;
    if rule.profiles.len() > PROFILES_MAX || body.to_string().len() > BYTES_MAX {
        let text = format!("at most {PROFILES_MAX} profiles, and 2 MiB together");
        return Err(Error::invalid("fhir.profile-rule", "body.profiles", text));
    }
    let mut urls: Vec<String> = Vec::new();
    for (index, entry) in rule.profiles.iter().enumerate() {
        let place = format!("body.profiles[{index}]");
        let profile = entry.read().map_err(|issues| {
            let first = issues.first();
            let text = first.map_or_else(String::new, |issue| {
                format!("{}: {}", issue.expression, issue.details)
            });
            Error::invalid("fhir.profile-rule", [&place, ".definition"].concat(), text)
        })?;
        if urls.contains(&profile.url) {
            let text = format!("{} is there twice", profile.url);
            return Err(Error::invalid("fhir.profile-rule", place, text));
        }
        if !profile.not_checked.is_empty() && !entry.accept_unchecked {
            let text = format!(
                "not checked: {}. Set accept_unchecked to put it in force nevertheless",
                profile.not_checked.join("; ")
            );
            let place = [&place, ".accept_unchecked"].concat();
            return Err(Error::invalid("fhir.profile-unchecked", place, text));
        }
        urls.push(profile.url);
    }
    Ok(())
}

impl Entry {
    fn kind(&self) -> &str {
        self.definition["type"].as_str().unwrap_or_default()
    }

    fn url(&self) -> &str {
        self.definition["url"].as_str().unwrap_or_default()
    }

    fn read(&self) -> std::result::Result<Profile, Vec<Issue>> {
        let definition = Resource::parse(self.definition.to_string().as_bytes());
        Profile::read(&definition.map_err(|issue| vec![issue])?)
    }
}

/// The profiles in force, read once a command.
pub(crate) struct InForce {
    entries: Vec<Entry>,
    /// Those that a resource needed, by their place.
    read: HashMap<usize, Arc<Profile>>,
}

impl InForce {
    /// # Errors
    /// Whatever the database reports.
    pub(crate) fn load(tx: &mut Tx<'_>) -> Result<Self> {
        Ok(Self {
            entries: tx.rule::<ProfileRule>(RULE)?.body.profiles,
            read: HashMap::new(),
        })
    }

    /// Types and URLs.
    pub(crate) fn names(&self) -> Vec<(String, String)> {
        let named = self.entries.iter();
        named
            .map(|entry| (entry.kind().to_owned(), entry.url().to_owned()))
            .collect()
    }

    /// Refuses a resource that is not as the profiles in force ask.
    ///
    /// # Errors
    /// `fhir.invalid`, each issue with its place and the profile.
    pub(crate) fn require(&mut self, tx: &mut Tx<'_>, resource: &Resource) -> Result<()> {
        let mut issues = self.issues(tx, resource)?;
        issues.retain(Issue::is_error);
        if issues.is_empty() {
            Ok(())
        } else {
            Err(refusal::of_issues(issues))
        }
    }

    /// What is wrong with a resource by the profiles in force.
    ///
    /// # Errors
    /// Whatever the database reports.
    pub(crate) fn issues(&mut self, tx: &mut Tx<'_>, resource: &Resource) -> Result<Vec<Issue>> {
        let mut issues = Vec::new();
        for (place, entry) in self.entries.iter().enumerate() {
            if entry.kind() != resource.type_name() {
                continue;
            }
            let profile = match self.read.get(&place) {
                Some(profile) => Arc::clone(profile),
                None => Arc::new(entry.read().map_err(refusal::of_issues)?),
            };
            self.read.insert(place, Arc::clone(&profile));
            if entry.binds == Binds::Always || profile.is_claimed(resource) {
                issues.extend(by(tx, &profile, resource)?);
            }
        }
        Ok(issues)
    }
}

/// What is wrong with a resource by one profile: one in force, or one that is stored here; and what
/// of the profile is not checked.
///
/// # Errors
/// When it is not known here, or makes no sense.
pub(crate) fn issues_by(tx: &mut Tx<'_>, resource: &Resource, url: &str) -> Result<Vec<Issue>> {
    let url = url.split('|').next().unwrap_or(url);
    if url.strip_prefix("http://hl7.org/fhir/StructureDefinition/") == Some(resource.type_name()) {
        return Ok(Vec::new());
    }
    let in_force = InForce::load(tx)?;
    let profile = match in_force.entries.iter().find(|entry| entry.url() == url) {
        Some(entry) => entry.read(),
        None => Profile::read(&terms::profile(tx, url)?),
    };
    let profile = profile.map_err(refusal::of_issues)?;
    if profile.kind != resource.type_name() {
        let text = format!("{url} is about {}", profile.kind);
        return Err(refusal::refuse(IssueCode::Invalid, "profile", text));
    }
    let mut issues = by(tx, &profile, resource)?;
    issues.extend(told(&profile));
    Ok(issues)
}

/// What can be said of a StructureDefinition as a profile: why it can't be put in force, or what of
/// it would not be checked.
pub(crate) fn of_definition(definition: &Resource) -> Vec<Issue> {
    let constrains = definition
        .root()
        .get("derivation")
        .and_then(fhir::View::as_plain);
    if definition.type_name() != "StructureDefinition" || constrains != Some("constraint") {
        return Vec::new();
    }
    match Profile::read(definition) {
        Ok(profile) => told(&profile),
        Err(issues) => issues
            .into_iter()
            .map(|issue| Issue::warning(issue.code, issue.expression, issue.details))
            .collect(),
    }
}

fn told(profile: &Profile) -> Vec<Issue> {
    let notes = profile.not_checked.iter();
    notes
        .map(|note| {
            let text = format!("not checked: {note} (profile {})", profile.url);
            Issue::warning(IssueCode::NotSupported, profile.kind, text)
        })
        .collect()
}

fn by(tx: &mut Tx<'_>, profile: &Profile, resource: &Resource) -> Result<Vec<Issue>> {
    let checked = profile.check(resource);
    let mut issues = checked.issues;
    for code in &checked.codes {
        let fits = fits(tx, code);
        let text = match fits {
            Ok(true) => continue,
            Ok(false) => format!("a code of {} is needed", code.value_set),
            Err(error) if matches!(error.kind(), Kind::Internal | Kind::Unavailable) => {
                return Err(error);
            }
            Err(error) => format!("a code of {} is needed: {error}", code.value_set),
        };
        let text = format!("{text} (profile {})", code.profile);
        issues.push(Issue::error(
            IssueCode::CodeInvalid,
            code.place.clone(),
            text,
        ));
    }
    Ok(issues)
}

/// Whether one of the codes is in the value set.
fn fits(tx: &mut Tx<'_>, code: &CodeCheck) -> Result<bool> {
    for (system, one) in &code.codings {
        if terms::holds(tx, &code.value_set, system.as_deref(), one)? {
            return Ok(true);
        }
    }
    Ok(false)
}

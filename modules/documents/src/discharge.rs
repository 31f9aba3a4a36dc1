//! A discharge summary out of what is known of a stay: filled in, looked over by a doctor, issued.

use kernel::{Date, Error, Id, Instant, Result};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use store::Tx;

/// Stays a list shows.
const STAYS_MAX: u32 = 50;
/// Results, drugs and diagnoses that are filled in.
const LINES_MAX: u32 = 60;
/// Characters of a text of a summary at most.
const TEXT_CHARACTERS_MAX: usize = 20_000;
/// Characters of a line at most.
const LINE_CHARACTERS_MAX: usize = 500;

/// Where a stay is known from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "kebab-case")]
#[schema(as = StaySource)]
pub enum Source {
    /// A visit, told by the hospital's own system.
    Encounter,
    /// A referral whose results were sent back.
    Referral,
}

/// A stay of the actor's organization that may be summarised.
#[derive(Clone, Debug, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Stay {
    /// Where it is known from.
    pub source: Source,
    /// The Encounter or referral.
    pub id: Id,
    /// Its number.
    pub number: Option<String>,
    /// Its begin.
    pub start: Option<String>,
    /// Its end.
    pub end: Option<String>,
    /// Ward or department in words.
    pub place: Option<String>,
}

/// A diagnosis.
#[derive(Clone, Debug, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DischargeDiagnosis {
    /// ICD-10 code, where one was given.
    #[serde(default)]
    pub code: Option<String>,
    /// In words.
    pub display: String,
}

/// A result.
#[derive(Clone, Debug, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DischargeResult {
    /// What was measured.
    pub name: String,
    /// The value with its unit.
    pub value: String,
    /// When.
    #[serde(default)]
    pub at: Option<String>,
}

/// A discharge summary as it is filled in.
#[derive(Clone, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DischargeContent {
    /// Whose.
    pub patient_id: Id,
    /// Where the stay is known from.
    pub source: Source,
    /// The Encounter or referral.
    pub stay_id: Id,
    /// 住院号.
    #[serde(default)]
    pub number: Option<String>,
    /// Day of admission.
    #[serde(default)]
    pub admitted_on: Option<Date>,
    /// Day of discharge.
    #[serde(default)]
    pub discharged_on: Option<Date>,
    /// Ward or department in words.
    #[serde(default)]
    pub place: Option<String>,
    /// Diagnoses at discharge, the main one first.
    pub diagnoses: Vec<DischargeDiagnosis>,
    /// 诊疗经过.
    #[serde(default)]
    pub course: String,
    /// Results that matter.
    #[serde(default)]
    pub results: Vec<DischargeResult>,
    /// What was found, in words.
    #[serde(default)]
    pub findings: String,
    /// Drugs to go on with, a line each.
    #[serde(default)]
    pub medications: Vec<String>,
    /// 出院情况.
    #[serde(default)]
    pub condition: String,
    /// 出院医嘱.
    #[serde(default)]
    pub advice: String,
    /// The issued summary that this one replaces.
    #[serde(default)]
    pub replaces_id: Option<Id>,
}

/// Logs carry ids only.
impl std::fmt::Debug for DischargeContent {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("DischargeContent(…)")
    }
}

impl DischargeContent {
    fn empty(patient_id: Id, source: Source, stay_id: Id) -> Self {
        Self {
            patient_id,
            source,
            stay_id,
            number: None,
            admitted_on: None,
            discharged_on: None,
            place: None,
            diagnoses: Vec::new(),
            course: String::new(),
            results: Vec::new(),
            findings: String::new(),
            medications: Vec::new(),
            condition: String::new(),
            advice: String::new(),
            replaces_id: None,
        }
    }

    /// Refuses what no discharge summary lacks or holds.
    ///
    /// # Errors
    /// `documents.missing`, `documents.too-long`, `documents.period`.
    pub(crate) fn check(&self, now: Instant) -> Result<()> {
        let missing = |field: &str| {
            let detail = "a discharge summary has a diagnosis, what was done, and advice";
            Err(Error::invalid("documents.missing", field, detail))
        };
        if self.diagnoses.is_empty()
            || self
                .diagnoses
                .iter()
                .any(|one| one.display.trim().is_empty())
        {
            return missing("diagnoses");
        }
        for (field, text) in [("course", &self.course), ("advice", &self.advice)] {
            if text.trim().is_empty() {
                return missing(field);
            }
        }
        let Some(discharged_on) = self.discharged_on else {
            return missing("discharged_on");
        };
        let texts = [
            ("course", &self.course),
            ("findings", &self.findings),
            ("condition", &self.condition),
            ("advice", &self.advice),
        ];
        let long = texts
            .iter()
            .find(|(_, text)| text.chars().count() > TEXT_CHARACTERS_MAX);
        let lines = self.medications.iter();
        let lines = lines.chain(self.diagnoses.iter().map(|one| &one.display));
        let mut lines = lines.chain(self.results.iter().flat_map(|one| [&one.name, &one.value]));
        let long_line = lines.any(|line| line.chars().count() > LINE_CHARACTERS_MAX);
        let many = self.results.len() + self.medications.len() + self.diagnoses.len() > 300;
        if long.is_some() || long_line || many {
            let field = long.map_or("results", |(field, _)| *field);
            let detail =
                "texts have at most 20,000 characters, lines 500, and there are at most 300";
            return Err(Error::invalid("documents.too-long", field, detail));
        }
        let early = self.admitted_on.is_some_and(|day| day > discharged_on);
        if early || discharged_on > now.date() {
            let detail = "the patient came before leaving, and left before today's end";
            return Err(Error::invalid("documents.period", "discharged_on", detail));
        }
        Ok(())
    }
}

/// The stays of a patient at the actor's organization, the latest first.
///
/// # Errors
/// `record.no-basis`; whatever the database reports.
pub(crate) fn stays(tx: &mut Tx<'_>, patient_id: Id) -> Result<Vec<Stay>> {
    record::view(tx, patient_id, "discharge-summary")?;
    let criteria = format!("patient=Patient/{patient_id}");
    let mut all = Vec::new();
    for body in resources(tx, "Encounter", &criteria, STAYS_MAX)? {
        if is_ours(tx, &body)
            && let Some(id) = body["id"].as_str().and_then(|id| id.parse().ok())
        {
            all.push(encounter(&body, id));
        }
    }
    for case in referral::answered_by_actor(tx, patient_id, "discharge-summary")? {
        let stay = case.encounter.clone().unwrap_or_default();
        let left = case.discharge.as_ref().and_then(|it| it.discharged_at);
        let day = |at: Option<Instant>| at.map(|at| at.date().to_string());
        all.push(Stay {
            source: Source::Referral,
            id: case.id,
            number: stay.number.or_else(|| Some(case.number.clone())),
            start: day(stay.admitted_at.or(stay.seen_at)),
            end: day(left),
            place: stay.place_text.or_else(|| case.to.department_name.clone()),
        });
    }
    all.sort_by(|a, b| b.start.cmp(&a.start));
    Ok(all)
}

/// What is known of a stay, as a summary to look over.
///
/// # Errors
/// `documents.stay` (not found) for a stay that is not the actor's organization's.
pub(crate) fn fill(
    tx: &mut Tx<'_>,
    patient_id: Id,
    source: Source,
    stay_id: Id,
) -> Result<DischargeContent> {
    record::view(tx, patient_id, "discharge-summary")?;
    let mut content = DischargeContent::empty(patient_id, source, stay_id);
    match source {
        Source::Encounter => from_encounter(tx, &mut content)?,
        Source::Referral => from_referral(tx, &mut content)?,
    }
    Ok(content)
}

fn no_stay() -> Error {
    Error::not_found("documents.stay")
}

fn resources(tx: &mut Tx<'_>, kind: &str, criteria: &str, limit: u32) -> Result<Vec<Value>> {
    let found = fhir_server::find_resources(tx, kind, criteria, limit, "discharge-summary")?;
    found
        .iter()
        .map(|text| serde_json::from_str(text).map_err(Error::internal))
        .collect()
}

/// A visit at the actor's organization.
fn is_ours(tx: &Tx<'_>, encounter: &Value) -> bool {
    let org = format!("Organization/{}", tx.actor().org_id);
    encounter["serviceProvider"]["reference"] == org.as_str()
}

fn encounter(body: &Value, id: Id) -> Stay {
    let text = |value: &Value| value.as_str().map(str::to_owned);
    let day = |value: &Value| {
        value
            .as_str()
            .and_then(|at| at.get(..10))
            .map(str::to_owned)
    };
    Stay {
        source: Source::Encounter,
        id,
        number: text(&body["identifier"][0]["value"]),
        start: day(&body["period"]["start"]),
        end: day(&body["period"]["end"]),
        place: text(&body["location"][0]["location"]["display"]),
    }
}

fn from_encounter(tx: &mut Tx<'_>, content: &mut DischargeContent) -> Result<()> {
    let id = content.stay_id;
    let text = fhir_server::read_resource(tx, "Encounter", id, "discharge-summary")
        .map_err(|_| no_stay())?;
    let body: Value = serde_json::from_str(&text).map_err(Error::internal)?;
    let subject = body["subject"]["reference"].as_str().unwrap_or_default();
    if !is_ours(tx, &body) || subject != format!("Patient/{}", content.patient_id) {
        return Err(no_stay());
    }
    let stay = encounter(&body, id);
    let day = |text: &Option<String>| text.as_deref().and_then(|text| text.parse().ok());
    content.admitted_on = day(&stay.start);
    content.discharged_on = day(&stay.end);
    content.number = stay.number;
    content.place = stay.place;
    let of_stay = format!("encounter=Encounter/{id}");
    for one in resources(tx, "Condition", &of_stay, LINES_MAX)? {
        let (code, display) = coded(&one["code"]);
        if let Some(display) = display {
            content.diagnoses.push(DischargeDiagnosis { code, display });
        }
    }
    for one in resources(tx, "Observation", &of_stay, LINES_MAX)? {
        let (_, name) = coded(&one["code"]);
        let (Some(name), Some(value)) = (name, value_of(&one)) else {
            continue;
        };
        let at = one["effectiveDateTime"].as_str();
        let at = at.map(|at| at.get(..16).unwrap_or(at).replace('T', " "));
        content.results.push(DischargeResult { name, value, at });
    }
    for one in resources(tx, "MedicationRequest", &of_stay, LINES_MAX)? {
        let (_, name) = coded(&one["medicationCodeableConcept"]);
        let dose = one["dosageInstruction"][0]["text"].as_str();
        if let Some(name) = name {
            let parts: Vec<&str> = [Some(name.as_str()), dose].into_iter().flatten().collect();
            content.medications.push(parts.join(" "));
        }
    }
    Ok(())
}

fn coded(concept: &Value) -> (Option<String>, Option<String>) {
    let coding = &concept["coding"][0];
    let text = |value: &Value| value.as_str().map(str::to_owned);
    let display = text(&concept["text"]).or_else(|| text(&coding["display"]));
    let code = text(&coding["code"]);
    (code.clone(), display.or(code))
}

/// A value as it was written: 5.60 stays 5.60.
fn value_of(observation: &Value) -> Option<String> {
    let quantity = &observation["valueQuantity"];
    if !quantity["value"].is_null() {
        let unit = quantity["unit"].as_str().or(quantity["code"].as_str());
        let comparator = quantity["comparator"].as_str().unwrap_or("");
        let value = format!("{comparator}{}", quantity["value"]);
        return Some(
            [value.as_str(), unit.unwrap_or("")]
                .join(" ")
                .trim()
                .to_owned(),
        );
    }
    if let Some(text) = observation["valueString"].as_str() {
        return Some(text.to_owned());
    }
    coded(&observation["valueCodeableConcept"]).1
}

fn from_referral(tx: &mut Tx<'_>, content: &mut DischargeContent) -> Result<()> {
    let case =
        referral::load_to_show(tx, content.stay_id, "discharge-summary").map_err(|_| no_stay())?;
    let ours = case.to.org_id == tx.actor().org_id && case.patient_id == content.patient_id;
    let Some(discharge) = case.discharge.clone().filter(|_| ours) else {
        return Err(no_stay());
    };
    let stay = case.encounter.clone().unwrap_or_default();
    let summary = discharge.summary;
    content.number = stay.number.or_else(|| Some(case.number.clone()));
    content.admitted_on = stay.admitted_at.or(stay.seen_at).map(Instant::date);
    content.discharged_on = summary
        .discharged_on
        .or_else(|| discharge.discharged_at.map(Instant::date));
    content.place = stay.place_text.or_else(|| case.to.department_name.clone());
    let diagnoses = summary.diagnoses.into_iter();
    content.diagnoses = diagnoses
        .map(|one| DischargeDiagnosis {
            code: Some(one.code).filter(|code| !code.is_empty()),
            display: one.display,
        })
        .collect();
    content.course = summary.treatment;
    content.findings = summary.findings;
    content.condition = summary.condition;
    content.advice = summary.advice;
    Ok(())
}

/// Whether a stay may still be summarised by the actor: as [`fill`], without reading what it holds.
///
/// # Errors
/// As [`fill`].
pub(crate) fn require(tx: &mut Tx<'_>, content: &DischargeContent) -> Result<()> {
    fill(tx, content.patient_id, content.source, content.stay_id).map(|_| ())
}

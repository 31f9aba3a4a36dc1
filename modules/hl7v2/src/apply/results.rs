//! ORU^R01: reports and their results become FHIR DiagnosticReport and Observation.

use std::collections::HashMap;

use hl7v2::{Location, Path, Segment, unescape};
use kernel::{Id, Result};
use serde_json::{Value, json};
use store::Tx;

use super::value::{self, Spliced};
use super::{Applied, Work, located, patient, refuse, stable_id, visit};

const CATEGORIES: &str = "http://terminology.hl7.org/CodeSystem/observation-category";
const SECTIONS: &str = "http://terminology.hl7.org/CodeSystem/v2-0074";
const INTERPRETATIONS: &str = "http://terminology.hl7.org/CodeSystem/v3-ObservationInterpretation";

/// An OBR with what follows it, as places in the message.
struct Group {
    order: usize,
    results: Vec<usize>,
    comments: Vec<usize>,
}

/// Where the results of one message belong.
pub(super) struct Context {
    pub subject: Value,
    pub encounter: Option<Value>,
    pub performer: Value,
}

impl Context {
    pub(super) fn new(tx: &mut Tx<'_>, work: Work<'_>, patient_id: Id) -> Result<Self> {
        Ok(Self {
            subject: json!({ "reference": format!("Patient/{patient_id}") }),
            encounter: visit::reference(tx, work)?,
            performer: json!([{ "reference": format!("Organization/{}", work.sender.org_id) }]),
        })
    }
}

pub(super) fn store(tx: &mut Tx<'_>, work: Work<'_>, applied: &mut Applied) -> Result<()> {
    let groups = groups(work)?;
    let patient_id = patient::known(tx, work, applied)?;
    let context = Context::new(tx, work, patient_id)?;
    let mut reports = Counter::default();
    for group in &groups {
        report(tx, work, &context, group, &mut reports, applied)?;
    }
    Ok(())
}

fn groups(work: Work<'_>) -> Result<Vec<Group>> {
    let mut groups: Vec<Group> = Vec::new();
    for (index, segment) in work.message.segments().iter().enumerate() {
        match (segment.name(), groups.last_mut()) {
            ("OBR", _) => groups.push(Group {
                order: index,
                results: Vec::new(),
                comments: Vec::new(),
            }),
            ("OBX", Some(group)) => group.results.push(index),
            ("NTE", Some(group)) if group.results.is_empty() => group.comments.push(index),
            ("OBX", None) => {
                let detail = "a result stands before the order it belongs to";
                return Err(refuse(
                    "hl7.segment-missing",
                    &Location::segment("OBR", 1),
                    detail,
                ));
            }
            _ => {}
        }
    }
    if groups.is_empty() {
        let detail = "a result message has an OBR";
        return Err(refuse(
            "hl7.segment-missing",
            &Location::segment("OBR", 1),
            detail,
        ));
    }
    Ok(groups)
}

impl Work<'_> {
    pub(super) fn segment(&self, index: usize) -> &Segment {
        &self.message.segments()[index]
    }

    pub(super) fn at(&self, index: usize, field: usize) -> Location {
        let sequence = self.message.sequence_of(index);
        Location::field(self.segment(index).name(), sequence, field)
    }

    /// A component of a field of one segment.
    pub(super) fn part(&self, index: usize, field: usize, component: usize) -> Option<String> {
        let path: Path = format!("{}-{field}.{component}", self.segment(index).name())
            .parse()
            .ok()?;
        path.value_in(self.segment(index), &self.message.separators)
    }

    /// A mapped field within one segment.
    fn mapped(&self, index: usize, field: &str) -> Option<String> {
        let segment = self.segment(index);
        let paths = self.mapping.paths_of(field);
        let mut here = paths.iter().filter(|path| path.segment() == segment.name());
        here.find_map(|path| path.value_in(segment, &self.message.separators))
    }

    /// A time in one segment, refused where it is none.
    fn time_in(&self, index: usize, field: &str) -> Result<Option<String>> {
        let Some(text) = self.mapped(index, field) else {
            return Ok(None);
        };
        let at = Location {
            field: self.mapping.place_of(field).field,
            ..self.at(index, 0)
        };
        let detail = "this is no time that a calendar and a clock have: YYYYMMDDHHMMSS+ZZZZ";
        let time = self
            .time(&text)
            .ok_or_else(|| refuse("hl7.time", &at, detail))?;
        Ok(Some(time.fhir()))
    }

    /// A coded item (CE, CWE) with the code that members share first, and the sender's own behind it.
    pub(super) fn concept(
        &self,
        index: usize,
        field: usize,
        applied: &mut Applied,
    ) -> Option<Value> {
        let code = self.part(index, field, 1);
        let text = self.part(index, field, 2).or_else(|| code.clone())?;
        let mut coding = Vec::new();
        if let Some(code) = &code {
            match self.mapping.items.get(code) {
                Some(shared) => {
                    let mut one = json!({ "system": shared.system, "code": shared.code });
                    if let Some(display) = &shared.display {
                        one["display"] = json!(display);
                    }
                    coding.push(one);
                }
                None if self.part(index, field, 3).as_deref() != Some("LN") => {
                    applied.note("hl7.item-unmapped", Some(code));
                }
                None => {}
            }
            let code: String = code.split_whitespace().collect::<Vec<_>>().join(" ");
            coding.push(json!({
                "system": self.coding_system(self.part(index, field, 3).as_deref()),
                "code": code,
                "display": text,
            }));
        }
        let mut concept = json!({ "text": text });
        if !coding.is_empty() {
            concept["coding"] = json!(coding);
        }
        Some(concept)
    }

    fn coding_system(&self, name: Option<&str>) -> String {
        match name {
            Some("LN") => "http://loinc.org".to_owned(),
            Some("SCT") => "http://snomed.info/sct".to_owned(),
            Some("I10") => "http://hl7.org/fhir/sid/icd-10".to_owned(),
            other => {
                let plain = other
                    .unwrap_or("local")
                    .chars()
                    .filter(char::is_ascii_alphanumeric);
                let plain: String = plain.take(40).collect();
                format!("urn:lianti:hl7:{}:{plain}", self.sender.id)
            }
        }
    }
}

fn report(
    tx: &mut Tx<'_>,
    work: Work<'_>,
    context: &Context,
    group: &Group,
    reports: &mut Counter,
    applied: &mut Applied,
) -> Result<()> {
    let order = group.order;
    let Some(number) = work.mapped(order, "report-number") else {
        let detail = "a report has the number of its order: OBR-3, or OBR-2";
        return Err(refuse("hl7.field-missing", &work.at(order, 3), detail));
    };
    let Some(code) = work.concept(order, 4, applied) else {
        let detail = "an order says what was ordered";
        return Err(refuse("hl7.field-missing", &work.at(order, 4), detail));
    };
    let taken_at = work.time_in(order, "specimen-at")?;
    let issued_at = work.time_in(order, "report-at")?;
    let item = work.part(order, 4, 1).unwrap_or_default();
    let section = work.part(order, 24, 1);
    let mapped = section.and_then(|section| work.mapping.code("section", &section));
    let category = mapped.or_else(|| work.mapping.code("section", "*"));
    let key = reports.name(&[&work.sender.id.to_string(), &number, &item]);
    let mut names = Counter::default();
    let mut results = Vec::new();
    for (at, &index) in group.results.iter().enumerate() {
        let next = group.results.get(at + 1).copied().unwrap_or(usize::MAX);
        let name = work.part(index, 3, 1).or_else(|| work.part(index, 3, 2));
        let sub = work.part(index, 4, 1).unwrap_or_default();
        let name = names.name(&[&key, &name.unwrap_or_default(), &sub]);
        let result = Item {
            index,
            next,
            name: &name,
            category: category.as_deref(),
            taken_at: taken_at.as_deref(),
        };
        let id = observation(tx, work, context, &result, applied)?;
        results.push(json!({ "reference": format!("Observation/{id}") }));
    }
    let times = (taken_at, issued_at);
    let mut body = report_body(work, context, group, (&number, code), times);
    if !results.is_empty() {
        body["result"] = json!(results);
    }
    let id = stable_id(&["report", &key]);
    body["id"] = json!(id);
    fhir_server::store_resource(tx, id, &body.to_string())
        .map_err(|error| located(error, &work.at(order, 1)))?;
    applied.did("report-stored", format!("DiagnosticReport/{id}"));
    Ok(())
}

fn report_body(
    work: Work<'_>,
    context: &Context,
    group: &Group,
    (number, code): (&str, Value),
    times: (Option<String>, Option<String>),
) -> Value {
    let theirs = work.mapped(group.order, "report-status");
    let status = theirs.and_then(|code| work.mapping.code("report-status", &code));
    let mut body = json!({
        "resourceType": "DiagnosticReport",
        "identifier": [{
            "system": format!("urn:lianti:hl7:{}:report", work.sender.id),
            "value": number,
        }],
        "status": status.unwrap_or_else(|| "unknown".to_owned()),
        "code": code,
        "subject": context.subject,
        "performer": context.performer,
    });
    let section = work.part(group.order, 24, 1);
    let section = section.filter(|code| code.bytes().all(|byte| byte.is_ascii_uppercase()));
    if let Some(section) = section {
        body["category"] = json!([{ "coding": [{ "system": SECTIONS, "code": section }] }]);
    }
    if let Some(encounter) = &context.encounter {
        body["encounter"] = encounter.clone();
    }
    if let Some(at) = times.0 {
        body["effectiveDateTime"] = json!(at);
    }
    if let Some(at) = times.1.filter(|at| at.contains('T')) {
        body["issued"] = json!(at);
    }
    let conclusion = comments(work, group.comments.iter().copied());
    if !conclusion.is_empty() {
        body["conclusion"] = json!(conclusion);
    }
    body
}

/// A result within its report.
struct Item<'a> {
    index: usize,
    /// Where the next result begins.
    next: usize,
    /// What names it among all results of the sender.
    name: &'a str,
    category: Option<&'a str>,
    taken_at: Option<&'a str>,
}

fn observation(
    tx: &mut Tx<'_>,
    work: Work<'_>,
    context: &Context,
    item: &Item<'_>,
    applied: &mut Applied,
) -> Result<Id> {
    let index = item.index;
    let Some(code) = work.concept(index, 3, applied) else {
        let detail = "a result says what was measured";
        return Err(refuse("hl7.field-missing", &work.at(index, 3), detail));
    };
    let theirs = work.part(index, 11, 1);
    let status = theirs.and_then(|code| work.mapping.code("result-status", &code));
    let mut body = json!({
        "resourceType": "Observation",
        "status": status.unwrap_or_else(|| "unknown".to_owned()),
        "code": code,
        "subject": context.subject,
        "performer": context.performer,
    });
    if let Some(encounter) = &context.encounter {
        body["encounter"] = encounter.clone();
    }
    if let Some(category) = item.category {
        body["category"] = json!([{ "coding": [{ "system": CATEGORIES, "code": category }] }]);
    }
    let own_time = work.part(index, 14, 1);
    let own_time = own_time
        .and_then(|text| work.time(&text))
        .map(|time| time.fhir());
    if let Some(at) = own_time.as_deref().or(item.taken_at) {
        body["effectiveDateTime"] = json!(at);
    }
    if let Some(flag) = work.part(index, 8, 1) {
        body["interpretation"] = json!([interpretation(work, &flag)]);
    }
    let after = index + 1..item.next.min(work.message.segments().len());
    let notes = after.take_while(|&at| work.segment(at).name() == "NTE");
    let comment = comments(work, notes);
    if !comment.is_empty() {
        body["note"] = json!([{ "text": comment }]);
    }
    let id = stable_id(&["result", item.name]);
    body["id"] = json!(id);
    let mut spliced = Spliced::new(body);
    value::put(work, index, &mut spliced, applied)?;
    value::put_range(work, index, &mut spliced);
    fhir_server::store_resource(tx, id, &spliced.text())
        .map_err(|error| located(error, &work.at(index, 5)))?;
    applied.did("observation-stored", format!("Observation/{id}"));
    Ok(id)
}

/// Counts things of one name: results without a sub-id may repeat a code, as lines of a text do, and
/// none of them overwrites another.
#[derive(Default)]
pub(super) struct Counter(HashMap<String, usize>);

impl Counter {
    /// The name made unique: the first one keeps it.
    pub(super) fn name(&mut self, parts: &[&str]) -> String {
        let name = parts.join("\u{1f}");
        let count = self.0.entry(name.clone()).or_insert(0);
        *count += 1;
        match *count {
            1 => name,
            again => format!("{name}\u{1f}{again}"),
        }
    }
}

fn interpretation(work: Work<'_>, flag: &str) -> Value {
    let mapped = work.mapping.code("interpretation", flag);
    let plain = flag.bytes().all(|byte| byte.is_ascii_uppercase()) && flag.len() <= 4;
    match mapped.or_else(|| plain.then(|| flag.to_owned())) {
        Some(code) => json!({
            "coding": [{ "system": INTERPRETATIONS, "code": code }],
            "text": flag,
        }),
        None => json!({ "text": flag }),
    }
}

/// The comments of NTE segments, a line each.
fn comments(work: Work<'_>, indices: impl Iterator<Item = usize>) -> String {
    let separators = &work.message.separators;
    let lines = indices.flat_map(|index| {
        let field = work.segment(index).field(separators, 3);
        let lines = field.split(separators.repetition);
        lines
            .map(|line| unescape(line, separators))
            .collect::<Vec<_>>()
    });
    lines.collect::<Vec<_>>().join("\n").trim().to_owned()
}

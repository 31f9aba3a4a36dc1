//! ORU^R01 of a report with its results, as far as the receiver's organization may see them.

use fhir::View;
use hl7v2::{SegmentWriter, of_fhir};
use kernel::{Error, Id, Result};
use store::Tx;

use super::LOOK;
use super::compose::{hidden, no_visit, patient};
use super::model::{Outbound, Receiver};
use super::views::{self, number, referred, text};
use super::words::{self, Coded};

/// Results of one report that are sent at most.
const RESULTS_MAX: usize = 1_000;

/// The segments behind MSH.
pub(super) fn segments(
    tx: &mut Tx<'_>,
    receiver: &Receiver,
    out: &Outbound,
    patient_id: Id,
) -> Result<Vec<SegmentWriter>> {
    let seen = current(tx, out, "DiagnosticReport")?;
    let pid = patient(tx, receiver, patient_id)?;
    let resource = views::parse(&seen.text)?;
    let root = resource.root();
    let source = network::org(tx, seen.org_id)?;
    let mut all = vec![pid, no_visit(), order(tx, receiver, root, &out.subject.id)?];
    if let Some(conclusion) = text(root, &["conclusion"]) {
        all.push(note(&conclusion));
    }
    let mut results = Results {
        receiver,
        source: (source.code, source.name),
        written: 0,
        all,
    };
    let references = root.get("result").into_iter().flat_map(View::items);
    let ids: Vec<String> = references
        .filter_map(|reference| referred(reference, "Observation"))
        .take(RESULTS_MAX)
        .collect();
    for id in ids {
        // A result that is hidden from this organization is left out, as it is everywhere else.
        if let Some(one) = fhir_server::seen_resource(tx, "Observation", &id, LOOK)? {
            let observation = views::parse(&one.text)?;
            results.observation(tx, observation.root())?;
        }
    }
    Ok(results.all)
}

/// A resource as it is now, if it may be seen and is not overtaken by a version with a message of its own.
pub(super) fn current(
    tx: &mut Tx<'_>,
    out: &Outbound,
    kind: &str,
) -> Result<fhir_server::SeenResource> {
    let seen = fhir_server::seen_resource(tx, kind, &out.subject.id, LOOK)?.ok_or_else(hidden)?;
    if out
        .subject
        .version
        .is_some_and(|version| version != seen.version)
    {
        let detail = "a newer version has a message of its own";
        return Err(Error::conflict("hl7.superseded", detail));
    }
    Ok(seen)
}

fn order(tx: &mut Tx<'_>, receiver: &Receiver, root: View<'_>, id: &str) -> Result<SegmentWriter> {
    let mapping = &receiver.mapping;
    let number = text(root, &["identifier", "value"]).unwrap_or_else(|| id.to_owned());
    let status = text(root, &["status"]).unwrap_or_default();
    let usual = match status.as_str() {
        "amended" | "appended" => "C",
        "cancelled" | "entered-in-error" => "X",
        _ => "F",
    };
    let mut segment = SegmentWriter::new("OBR")
        .text(1, "1")
        .parts(3, &[&number, "LIANTI"])
        .text(25, &words::code(mapping, "report-status", &status, usual));
    if let Some(code) = root.get("code") {
        let (coded, other) = coded(tx, receiver, code)?;
        segment = segment.parts(4, &coded.parts(other.as_ref()));
    }
    let taken = text(root, &["effectiveDateTime"]);
    if let Some(at) = taken.or_else(|| text(root, &["effectivePeriod", "start"])) {
        segment = segment.text(7, &of_fhir(&at));
    }
    if let Some(at) = text(root, &["issued"]) {
        segment = segment.text(22, &of_fhir(&at));
    }
    let section = text(root, &["category", "coding", "code"]).unwrap_or_default();
    let usual = if section.bytes().all(|byte| byte.is_ascii_uppercase()) {
        section.as_str()
    } else {
        ""
    };
    Ok(segment.text(24, &words::code(mapping, "section", &section, usual)))
}

fn note(words: &str) -> SegmentWriter {
    SegmentWriter::new("NTE").text(1, "1").text(3, words)
}

fn coded(
    tx: &mut Tx<'_>,
    receiver: &Receiver,
    concept: View<'_>,
) -> Result<(Coded, Option<Coded>)> {
    let (codings, words) = views::concept(concept);
    words::item(tx, &receiver.mapping, &codings, &words)
}

struct Results<'a> {
    receiver: &'a Receiver,
    /// Code and name of the organization that wrote the report.
    source: (String, String),
    written: usize,
    all: Vec<SegmentWriter>,
}

impl Results<'_> {
    /// A result with its components.
    fn observation(&mut self, tx: &mut Tx<'_>, root: View<'_>) -> Result<()> {
        let Some(code) = root.get("code") else {
            return Ok(());
        };
        let (name, other) = coded(tx, self.receiver, code)?;
        let components: Vec<View<'_>> = root
            .get("component")
            .into_iter()
            .flat_map(View::items)
            .collect();
        if components.is_empty() || has_value(root) {
            self.line(tx, root, root, (&name, other.as_ref()), "")?;
        }
        for (at, component) in components.into_iter().enumerate() {
            if let Some(code) = component.get("code") {
                let (name, other) = coded(tx, self.receiver, code)?;
                let sub = format!("1.{}", at + 1);
                self.line(tx, root, component, (&name, other.as_ref()), &sub)?;
            }
        }
        for comment in root.get("note").into_iter().flat_map(View::items) {
            if let Some(words) = text(comment, &["text"]) {
                self.all.push(note(&words));
            }
        }
        Ok(())
    }

    /// One OBX: `holder` has the value, `root` the rest.
    fn line(
        &mut self,
        tx: &mut Tx<'_>,
        root: View<'_>,
        holder: View<'_>,
        (name, other): (&Coded, Option<&Coded>),
        sub: &str,
    ) -> Result<()> {
        self.written += 1;
        let mapping = &self.receiver.mapping;
        let status = text(root, &["status"]).unwrap_or_default();
        let usual = if status == "amended" { "C" } else { "F" };
        let (code, org) = (self.source.0.as_str(), self.source.1.as_str());
        let mut segment = SegmentWriter::new("OBX")
            .text(1, &self.written.to_string())
            .parts(3, &name.parts(other))
            .text(4, sub)
            .text(11, &words::code(mapping, "result-status", &status, usual))
            .parts(15, &[code, org]);
        segment = value(tx, self.receiver, segment, holder)?;
        if let Some(range) = range(holder) {
            segment = segment.text(7, &range);
        }
        if let Some(flag) = text(holder, &["interpretation", "coding", "code"]) {
            segment = segment.text(8, &words::code(mapping, "interpretation", &flag, &flag));
        }
        if let Some(at) = text(root, &["effectiveDateTime"]) {
            segment = segment.text(14, &of_fhir(&at));
        }
        self.all.push(segment);
        Ok(())
    }
}

fn has_value(view: View<'_>) -> bool {
    view.members()
        .any(|member| member.name().starts_with("value"))
}

/// OBX-2, OBX-5 and OBX-6; a number keeps its digits.
fn value(
    tx: &mut Tx<'_>,
    receiver: &Receiver,
    segment: SegmentWriter,
    holder: View<'_>,
) -> Result<SegmentWriter> {
    if let Some(quantity) = holder.get("valueQuantity") {
        return Ok(amount(receiver, segment, quantity));
    }
    if let Some(concept) = holder.get("valueCodeableConcept") {
        let (coded, other) = coded(tx, receiver, concept)?;
        let parts = coded.parts(other.as_ref());
        return Ok(segment.text(2, "CWE").parts(5, &parts));
    }
    if let Some(words) = text(holder, &["valueString"]) {
        let kind = if words.contains('\n') { "FT" } else { "ST" };
        return Ok(segment.text(2, kind).text(5, &words));
    }
    let modern = !receiver.hl7_version.starts_with("2.3") && receiver.hl7_version != "2.4";
    for (name, kind) in [
        ("valueDateTime", if modern { "DTM" } else { "TS" }),
        ("valueTime", "TM"),
    ] {
        if let Some(at) = text(holder, &[name]) {
            return Ok(segment.text(2, kind).text(5, &of_fhir(&at)));
        }
    }
    if let Some(number) = number(holder, &["valueInteger"]) {
        return Ok(segment.text(2, "NM").text(5, &number));
    }
    let said = holder.get("valueBoolean").and_then(View::as_bool);
    Ok(match said {
        Some(yes) => segment.text(2, "ST").text(5, if yes { "Y" } else { "N" }),
        None => segment.text(2, "ST"),
    })
}

fn amount(receiver: &Receiver, segment: SegmentWriter, quantity: View<'_>) -> SegmentWriter {
    let number = number(quantity, &["value"]).unwrap_or_default();
    let segment = match text(quantity, &["comparator"]) {
        Some(sign) => segment.text(2, "SN").parts(5, &[&sign, &number]),
        None => segment.text(2, "NM").text(5, &number),
    };
    let shown = text(quantity, &["unit"]).unwrap_or_default();
    match text(quantity, &["code"]) {
        Some(code) => {
            let theirs = words::code(&receiver.mapping, "unit", &code, &code);
            let system = if theirs == code { "UCUM" } else { "L" };
            segment.parts(6, &[&theirs, &shown, system])
        }
        None => segment.text(6, &shown),
    }
}

fn range(holder: View<'_>) -> Option<String> {
    let range = holder.get("referenceRange")?.items().next()?;
    text(range, &["text"]).or_else(|| {
        let low = number(range, &["low", "value"]);
        let high = number(range, &["high", "value"]);
        match (low, high) {
            (Some(low), Some(high)) => Some(format!("{low}-{high}")),
            (Some(low), None) => Some(format!(">={low}")),
            (None, Some(high)) => Some(format!("<={high}")),
            (None, None) => None,
        }
    })
}

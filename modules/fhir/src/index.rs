//! From a resource to the rows it is found by. Pure: nothing here touches the store.

use std::collections::BTreeSet;

use fhir::Resource;
use fhir::search::{IndexValue, Reference, TIME_MIN, extract};

use crate::hash::{self, Param, sortable};
use crate::{context, kinds, labels};

/// Characters of a text that are indexed; what lies behind them finds nothing.
const TEXT_CHARS_MAX: usize = 200;

/// The search rows of one resource.
#[derive(Clone, Debug, Default)]
pub(crate) struct Rows {
    /// Hashes of tokens.
    pub tokens: BTreeSet<i64>,
    /// Parameter, folded text, text as written where it differs.
    pub strings: BTreeSet<(i64, String, Option<String>)>,
    /// Parameter, low, high.
    pub dates: BTreeSet<(i64, i64, i64)>,
    /// Parameter (with unit), low, high.
    pub quantities: BTreeSet<(i64, i64, i64)>,
    /// Parameter, address.
    pub references: BTreeSet<(i64, i64)>,
    /// Patient's address, code (0: any), date.
    pub compartment: BTreeSet<(i64, i64, i64)>,
    /// The patients named, the one it is about first.
    pub patients: Vec<String>,
    /// The parameters with a value, each between blanks.
    pub present: String,
    /// When what it tells happened, where it says so.
    pub dated: Option<i64>,
    /// System and code of every coding, where it is about a patient.
    pub codes: BTreeSet<(Option<String>, String)>,
    /// The texts beside them.
    pub texts: BTreeSet<String>,
}

/// Makes the rows of a resource. `base` is this server's address, so that absolute references to it
/// count as local.
pub(crate) fn rows(resource: &Resource, base: &str) -> Rows {
    let kind = resource.type_name();
    let mut rows = Rows::default();
    let mut present: BTreeSet<&'static str> = BTreeSet::new();
    let mut patients = Patients::default();
    let (date_codes, code_codes) = kinds::compartment_keys(kind);
    let mut date: Option<i64> = None;
    let mut codes: BTreeSet<i64> = BTreeSet::from([0]);
    for entry in extract(resource, base) {
        let code = entry.parameter.code;
        present.insert(code);
        let param = Param { kind, code };
        if kinds::codes_of(kind, entry.parameter) == [code] {
            rows.add(param, &entry.value);
        }
        match &entry.value {
            IndexValue::Reference(reference) => patients.note(kind, code, reference),
            IndexValue::Date { low, .. } if date_codes.contains(&code) => {
                date = Some(date.map_or(*low, |known| known.min(*low)));
            }
            IndexValue::Token { code: value, .. } if code_codes.contains(&code) => {
                codes.insert(hash::of(&[value]));
            }
            _ => {}
        }
    }
    rows.patients = match replaced_by(resource) {
        Some(standing) => vec![standing],
        None => patients.ordered(kind, resource.id()),
    };
    for patient in &rows.patients {
        let patient = hash::address("Patient", patient);
        for code in &codes {
            let row = (patient, *code, date.unwrap_or(TIME_MIN));
            rows.compartment.insert(row);
        }
    }
    if let Some(address) = context::address_of(resource, base) {
        rows.references.insert((context::param().plain(), address));
    }
    rows.dated = date.filter(|date| *date > TIME_MIN);
    if !rows.patients.is_empty() {
        labels::collect(resource.root(), &mut rows);
    }
    rows.present = present
        .iter()
        .fold(String::from(" "), |text, code| text + code + " ");
    rows
}

/// A patient that was merged into another is seen by whoever may see that one.
fn replaced_by(resource: &Resource) -> Option<String> {
    if resource.type_name() != "Patient" {
        return None;
    }
    let mut links = resource.root().get("link")?.items();
    let link = links.find(|link| {
        let kind = link.get("type").and_then(fhir::View::as_plain);
        kind == Some("replaced-by")
    })?;
    let reference = link.at(&["other", "reference"])?.as_plain()?;
    reference.strip_prefix("Patient/").map(str::to_owned)
}

/// Patients a resource names: those by which it lies in their compartment come first.
#[derive(Default)]
struct Patients {
    subject: Vec<String>,
    others: Vec<String>,
}

impl Patients {
    fn note(&mut self, kind: &'static str, code: &str, reference: &Reference) {
        let Some(("Patient", id)) = &reference.target else {
            return;
        };
        let members = fhir::definitions::compartment("Patient", kind);
        if code == "patient" || code == "subject" || members.contains(&code) {
            self.subject.push(id.clone());
        } else {
            self.others.push(id.clone());
        }
    }

    fn ordered(self, kind: &str, own_id: Option<&str>) -> Vec<String> {
        if kind == "Patient" {
            return own_id.map(str::to_owned).into_iter().collect();
        }
        let mut ordered: Vec<String> = Vec::new();
        for id in self.subject.into_iter().chain(self.others) {
            if !ordered.contains(&id) {
                ordered.push(id);
            }
        }
        ordered
    }
}

impl Rows {
    fn add(&mut self, param: Param<'_>, value: &IndexValue) {
        match value {
            IndexValue::Token {
                system,
                code,
                of_type,
                text,
            } => {
                self.add_token(param, system.as_deref(), code);
                if let Some((system, kind)) = of_type {
                    self.tokens.insert(param.token_of_type(system, kind, code));
                    self.tokens.insert(param.token_of_type("", kind, code));
                }
                if let Some(text) = text {
                    self.strings.insert((param.text(), short(text), None));
                }
            }
            IndexValue::String {
                exact,
                folded,
                pinyin,
                initials,
            } => {
                let exact = (exact != folded).then(|| exact.clone());
                self.strings.insert((param.plain(), short(folded), exact));
                for sound in pinyin.iter().chain(initials) {
                    self.strings.insert((param.pinyin(), short(sound), None));
                }
            }
            IndexValue::Date { low, high } => {
                self.dates.insert((param.plain(), *low, *high));
            }
            IndexValue::Number { low, high } => {
                self.quantities
                    .insert((param.plain(), sortable(*low), sortable(*high)));
            }
            IndexValue::Quantity {
                low,
                high,
                system,
                unit,
                canonical,
            } => {
                let (system, unit) = (system.as_deref(), unit.as_deref());
                self.add_quantity(param, (*low, *high), system, unit, canonical.as_ref());
            }
            IndexValue::Reference(reference) => self.add_reference(param, reference),
            IndexValue::Uri(uri) => {
                self.strings.insert((param.plain(), short(uri), None));
            }
            IndexValue::Composite(parts) => self.add_composite(param, parts),
        }
    }

    fn add_token(&mut self, param: Param<'_>, system: Option<&str>, code: &str) {
        let system = system.unwrap_or("");
        if !code.is_empty() {
            self.tokens.insert(param.token(system, code));
            self.tokens.insert(param.token_code(code));
        }
        if !system.is_empty() {
            self.tokens.insert(param.token_system(system));
        }
    }

    fn add_quantity(
        &mut self,
        param: Param<'_>,
        (low, high): (f64, f64),
        system: Option<&str>,
        unit: Option<&str>,
        canonical: Option<&(f64, f64, String)>,
    ) {
        let (low, high) = (sortable(low), sortable(high));
        self.quantities.insert((param.plain(), low, high));
        match (canonical, unit) {
            (Some((low, high, unit)), _) => {
                let (low, high) = (sortable(*low), sortable(*high));
                self.quantities
                    .insert((param.quantity_canonical(unit), low, high));
            }
            // A unit that UCUM does not know is compared as it is written.
            (None, Some(unit)) => {
                for system in [Some(""), system].into_iter().flatten() {
                    self.quantities
                        .insert((param.quantity_unit(system, unit), low, high));
                }
            }
            (None, None) => {}
        }
    }

    fn add_reference(&mut self, param: Param<'_>, reference: &Reference) {
        if let Some((kind, id)) = &reference.target {
            self.references
                .insert((param.plain(), hash::address(kind, id)));
        }
        if let Some(url) = &reference.url {
            self.strings.insert((param.plain(), short(url), None));
        }
        if let Some((system, value)) = &reference.identifier {
            let system = system.as_deref().unwrap_or("");
            self.tokens
                .insert(param.reference_identifier(system, value));
            self.tokens.insert(param.reference_identifier_code(value));
        }
    }

    /// The first part is a token (or reference) in every composite but a few; the other parts are
    /// kept under parameters that name it, with and without its system.
    fn add_composite(&mut self, param: Param<'_>, parts: &[IndexValue]) {
        let Some((first, rest)) = parts.split_first() else {
            return;
        };
        for name in composite_names(first) {
            for (place, value) in rest.iter().enumerate() {
                let name = [name.as_str(), "$", PLACES[place.min(2)]].concat();
                param.with_first(&name, |param| self.add(param, value));
            }
        }
    }
}

/// The places of a composite's further parts.
pub(crate) const PLACES: [&str; 3] = ["1", "2", "3"];

/// How the first part of a composite is written into the parameter of the others.
fn composite_names(first: &IndexValue) -> Vec<String> {
    match first {
        IndexValue::Token { system, code, .. } => vec![
            code_name(code),
            system_name(system.as_deref().unwrap_or(""), code),
        ],
        IndexValue::Reference(Reference {
            target: Some((kind, id)),
            ..
        }) => {
            vec![code_name(&[kind, "/", id].concat())]
        }
        IndexValue::Reference(Reference { url: Some(url), .. }) | IndexValue::Uri(url) => {
            vec![code_name(url)]
        }
        IndexValue::String { folded, .. } => vec![code_name(folded)],
        _ => Vec::new(),
    }
}

/// The first part by code alone.
pub(crate) fn code_name(code: &str) -> String {
    ["c:", code].concat()
}

/// The first part by system and code.
pub(crate) fn system_name(system: &str, code: &str) -> String {
    ["s:", system, "|", code].concat()
}

/// The start of a text, as far as it is indexed.
pub(crate) fn short(text: &str) -> String {
    text.chars().take(TEXT_CHARS_MAX).collect()
}

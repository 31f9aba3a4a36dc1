//! `ConceptMap/$translate` over the maps of the module `terminology` and the ConceptMap resources that
//! are stored here.

use fhir::{IssueCode, Resource, View};
use kernel::Result;
use serde_json::{Value, json};
use store::{Composed, Tx};

use super::{Inputs, not_here, read, stored, text};
use crate::access::{ALIASES, Eye};
use crate::hash::Param;
use crate::index::short;
use crate::rows::{HEADER, Header};
use crate::{kinds, refusal};

/// Maps that are looked through when none is named, and matches of one answer.
const MAPS_MAX: u32 = 20;
const MATCHES_MAX: usize = 200;

/// What is to be translated.
struct Asked<'a> {
    system: &'a str,
    code: &'a str,
    target: Option<&'a str>,
    reverse: bool,
}

/// The answer of a translation, as Parameters.
///
/// # Errors
/// What is missing; a map that is not known here.
pub(super) fn translate(
    tx: &mut Tx<'_>,
    inputs: &Inputs,
    map: Option<Resource>,
) -> Result<Vec<Value>> {
    inputs.only(&[
        "url",
        "system",
        "code",
        "display",
        "targetsystem",
        "reverse",
    ])?;
    let asked = Asked {
        system: inputs.require("system")?,
        code: inputs.require("code")?,
        target: inputs.get("targetsystem"),
        reverse: inputs.flag("reverse")?,
    };
    let mut matches: Vec<Value> = Vec::new();
    let maps = match (map, inputs.get("url")) {
        (Some(map), _) => vec![map],
        (None, Some(url)) => match kept_map(tx, url)? {
            Some(kept) => {
                of_kept(tx, &asked, Some(&kept), &mut matches)?;
                Vec::new()
            }
            None => {
                let found = stored(tx, "ConceptMap", url)?;
                vec![found.ok_or_else(|| not_here("the concept map", url))?]
            }
        },
        (None, None) => {
            of_kept(tx, &asked, None, &mut matches)?;
            maps_of(tx, &asked)?
        }
    };
    for map in &maps {
        let url = text(map.root(), "url");
        for group in map.root().get("group").into_iter().flat_map(View::items) {
            of_group(group, &asked, url.as_deref(), &mut matches);
        }
    }
    if matches.len() > MATCHES_MAX {
        let text = "there are more matches than one answer holds; name a map";
        return Err(refusal::refuse(IssueCode::TooCostly, "url", text));
    }
    let told = |one: &Value| {
        let word = one["part"][0]["valueCode"].as_str().unwrap_or("");
        !matches!(word, "unmatched" | "disjoint")
    };
    let result = matches.iter().any(told);
    let mut parameters = vec![json!({ "name": "result", "valueBoolean": result })];
    if matches.is_empty() {
        let text = "no map that is stored here says what this code becomes";
        parameters.push(json!({ "name": "message", "valueString": text }));
    }
    parameters.extend(matches);
    Ok(parameters)
}

/// How the URLs of the maps of the module `terminology` begin.
const KEPT: &str = "urn:lianti:map:";

/// The name of a map of the module `terminology`, from its URL.
fn kept_map(tx: &mut Tx<'_>, url: &str) -> Result<Option<String>> {
    let url = url.split('|').next().unwrap_or(url);
    let Some(code) = url.strip_prefix(KEPT) else {
        return Ok(None);
    };
    let map = terminology::map_by_code(tx, code)?;
    let used = map.filter(|map| map.state == terminology::MapState::Active);
    Ok(used.map(|map| map.code))
}

/// What the confirmed entries of kept maps say.
fn of_kept(
    tx: &mut Tx<'_>,
    asked: &Asked<'_>,
    map: Option<&str>,
    matches: &mut Vec<Value>,
) -> Result<()> {
    let question = terminology::Asked {
        system: asked.system,
        code: asked.code,
        other: asked.target,
        map,
    };
    for found in terminology::translate(tx, question, asked.reverse)? {
        let url = format!("{KEPT}{}", found.map);
        let name = Some(found.name).filter(|name| !name.is_empty());
        let code = found.code.map(|code| (code, name));
        matches.push(matched(
            found.relation.word(),
            &found.system,
            code,
            Some(&url),
        ));
    }
    Ok(())
}

/// The stored maps from (or, reversed, to) a code system, the newest first.
fn maps_of(tx: &mut Tx<'_>, asked: &Asked<'_>) -> Result<Vec<Resource>> {
    let code = if asked.reverse {
        "target-system"
    } else {
        "source-system"
    };
    let param = Param {
        kind: "ConceptMap",
        code,
    };
    let mut sql = Composed::new();
    let eye = Eye::bind(tx, &mut sql, kernel::AppRight::Read);
    sql.push("SELECT ").push(HEADER);
    sql.push(" FROM fhir_resource AS r WHERE r.kind = ")
        .bind(kinds::number("ConceptMap"));
    sql.push(" AND EXISTS (SELECT 1 FROM fhir_string AS s WHERE s.key = r.key AND s.param = ")
        .bind(param.plain());
    sql.push(" AND s.folded = ")
        .bind(short(asked.system))
        .push(") AND ");
    eye.push_live(&mut sql, &ALIASES[0]);
    sql.push(" ORDER BY r.key DESC LIMIT ").bind(MAPS_MAX);
    let headers: Vec<Header> = tx.query_composed(&sql)?;
    let mut maps = Vec::with_capacity(headers.len());
    for header in &headers {
        maps.push(read(tx, header)?);
    }
    Ok(maps)
}

fn of_group(group: View<'_>, asked: &Asked<'_>, url: Option<&str>, matches: &mut Vec<Value>) {
    let source = text(group, "source").unwrap_or_default();
    let target = text(group, "target").unwrap_or_default();
    let (from, to) = if asked.reverse {
        (&target, &source)
    } else {
        (&source, &target)
    };
    if from != asked.system || asked.target.is_some_and(|wanted| wanted != to) {
        return;
    }
    let mut known = false;
    for element in group.get("element").into_iter().flat_map(View::items) {
        let own = text(element, "code").unwrap_or_default();
        for one in element.get("target").into_iter().flat_map(View::items) {
            let theirs = text(one, "code");
            let equivalence = text(one, "equivalence").unwrap_or_else(|| "relatedto".to_owned());
            let (here, found) = if asked.reverse {
                let display = text(element, "display");
                (theirs, Some((own.clone(), display)))
            } else {
                let found = theirs.map(|code| (code, text(one, "display")));
                (Some(own.clone()), found)
            };
            if here.as_deref() == Some(asked.code) && matches.len() <= MATCHES_MAX {
                known = true;
                let word = if asked.reverse {
                    turned(&equivalence)
                } else {
                    &equivalence
                };
                matches.push(matched(word, to, found, url));
            }
        }
    }
    let unmapped = group.get("unmapped").filter(|_| !known && !asked.reverse);
    let found = unmapped.and_then(|unmapped| match text(unmapped, "mode").as_deref() {
        Some("provided") => Some((asked.code.to_owned(), None)),
        Some("fixed") => Some((text(unmapped, "code")?, text(unmapped, "display"))),
        _ => None,
    });
    if found.is_some() {
        matches.push(matched("relatedto", to, found, url));
    }
}

/// An equivalence as it reads from the other side.
fn turned(word: &str) -> &str {
    match word {
        "wider" => "narrower",
        "narrower" => "wider",
        "subsumes" => "specializes",
        "specializes" => "subsumes",
        other => other,
    }
}

fn matched(
    equivalence: &str,
    system: &str,
    found: Option<(String, Option<String>)>,
    url: Option<&str>,
) -> Value {
    let mut part = vec![json!({ "name": "equivalence", "valueCode": equivalence })];
    if let Some((code, display)) = found {
        let mut coding = json!({ "system": system, "code": code });
        if let Some(display) = display {
            coding["display"] = json!(display);
        }
        part.push(json!({ "name": "concept", "valueCoding": coding }));
    }
    if let Some(url) = url {
        part.push(json!({ "name": "source", "valueUri": url }));
    }
    json!({ "name": "match", "part": part })
}

//! Ten thousand ways to break an official example, each refused at the right place.

#![expect(clippy::unwrap_used, reason = "tests fail loudly")]

use std::fs;
use std::path::PathBuf;

use lianti_fhir::definitions::{Element, Primitive, Type, TypeRef, resource_type};
use lianti_fhir::json::Kind;
use lianti_fhir::{Resource, View, validate};

use crate::package;

const MUTATIONS: usize = 10_000;
/// Larger examples take their time and break in no other ways.
const BYTES_MAX: u64 = 16_384;

/// An element of an example, with what is needed to break it.
struct Site<'a> {
    view: View<'a>,
    parent: View<'a>,
    owner: &'static Type,
    element: &'static Element,
    type_ref: &'static TypeRef,
    /// FHIRPath, as an issue names it.
    path: String,
    /// Path of JSON names, as the reader names it.
    json: String,
}

fn sites<'a>(
    view: View<'a>,
    kind: &'static Type,
    path: &str,
    json: &str,
    found: &mut Vec<Site<'a>>,
) {
    for member in view
        .members()
        .filter(|member| !member.name().starts_with('_'))
    {
        let Some((element, type_ref)) = kind.property(member.name()) else {
            continue;
        };
        let dot = if json.is_empty() { "" } else { "." };
        for (index, item) in member
            .items()
            .enumerate()
            .filter(|(_, item)| item.kind() != Kind::Null)
        {
            let index = if member.kind() == Kind::Array {
                format!("[{index}]")
            } else {
                String::new()
            };
            let path = format!("{path}.{}{index}", element.name);
            let json = format!("{json}{dot}{}{index}", member.name());
            let inner = match type_ref.definition().name {
                "Resource" => {
                    resource_type(item.get("resourceType").unwrap().as_plain().unwrap()).unwrap()
                }
                _ => type_ref.definition(),
            };
            sites(item, inner, &path, &json, found);
            found.push(Site {
                view: item,
                parent: view,
                owner: kind,
                element,
                type_ref,
                path,
                json,
            });
        }
    }
}

/// A small generator with a fixed seed: the same ten thousand every time.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        usize::try_from((self.0 >> 33) % u64::try_from(sides).unwrap()).unwrap()
    }
}

fn spliced(text: &str, start: usize, end: usize, with: &str) -> String {
    format!("{}{with}{}", &text[..start], &text[end..])
}

fn replaced(text: &str, view: View<'_>, with: &str) -> String {
    spliced(text, view.span().start, view.span().end, with)
}

/// Breaks a site in one way; gives the text and the place an issue must name.
fn broken(text: &str, site: &Site<'_>, way: usize) -> Option<(String, String)> {
    let primitive = site.type_ref.definition().primitive();
    let single = site.element.max == Some(1);
    let path = site.path.clone();
    let behind_brace = |view: View<'_>| {
        (view.kind() == Kind::Object && view.members().next().is_some())
            .then(|| view.span().start + 1)
    };
    match way {
        // A required element goes, with everything in it.
        0 => {
            let twin = site
                .parent
                .members()
                .any(|member| member.name().strip_prefix('_') == Some(site.view.name()));
            if site.element.min == 0 || !single || twin || site.view.name().is_empty() {
                return None;
            }
            let name = format!("\"{}\"", site.view.name());
            let start = text[..site.view.span().start].rfind(&name)?;
            let (before, after) = (
                text[..start].trim_end(),
                text[site.view.span().end..].trim_start(),
            );
            let joined = match (before.strip_suffix(','), after.strip_prefix(',')) {
                (Some(before), Some(_)) => format!("{before}{after}"),
                (Some(before), None) => format!("{before}{after}"),
                (None, Some(after)) => format!("{before}{after}"),
                (None, None) => return None,
            };
            Some((joined, path))
        }
        // A value of another JSON type.
        1 => {
            let with = match site.view.kind() {
                Kind::String => "{\"id\":\"x\"}",
                Kind::Number | Kind::True | Kind::False => "\"x\"",
                Kind::Object => "17",
                _ => return None,
            };
            Some((replaced(text, site.view, with), path))
        }
        // A code that is none.
        2 => (site.element.binding.is_some() && primitive == Some(Primitive::Code))
            .then(|| (replaced(text, site.view, "\"no-such-code\""), path)),
        // An element nobody knows.
        3 => {
            let start = behind_brace(site.view)?;
            Some((
                spliced(text, start, start, "\"colour\":\"red\","),
                format!("{path}.colour"),
            ))
        }
        // A day that does not exist.
        4 => match primitive? {
            Primitive::Date | Primitive::DateTime => {
                Some((replaced(text, site.view, "\"2026-02-30\""), path))
            }
            Primitive::Instant => {
                Some((replaced(text, site.view, "\"2026-02-30T10:00:00Z\""), path))
            }
            _ => None,
        },
        // Several where one is allowed.
        5 => single.then(|| {
            (
                replaced(text, site.view, &format!("[{0},{0}]", site.view.raw())),
                path,
            )
        }),
        // A member given twice.
        6 => {
            let start = behind_brace(site.view)?;
            let first = site.view.members().next()?;
            let json = format!("{}.{}", site.json, first.name());
            Some((
                spliced(text, start, start, &format!("\"{}\":null,", first.name())),
                json,
            ))
        }
        // Nothing where something is.
        7 => {
            let with = match site.view.kind() {
                Kind::String => "\"\"",
                Kind::Object => "{}",
                _ => "null",
            };
            Some((replaced(text, site.view, with), path))
        }
        // A reference to a type it may not point at.
        8 => {
            let targets = &site.type_ref.targets;
            let fits = site.type_ref.name == "Reference"
                && !targets.is_empty()
                && !targets.contains(&"Basic");
            let reference = site.view.get("reference").filter(|_| fits)?;
            Some((
                replaced(text, reference, "\"Basic/1\""),
                format!("{path}.reference"),
            ))
        }
        // Blanks where none may be; a number that is none.
        _ => match primitive? {
            Primitive::Uri
            | Primitive::Url
            | Primitive::Canonical
            | Primitive::Id
            | Primitive::Code => Some((replaced(text, site.view, "\" a  b \""), path)),
            Primitive::PositiveInt | Primitive::UnsignedInt => {
                Some((replaced(text, site.view, "-1"), path))
            }
            Primitive::Integer => Some((replaced(text, site.view, "1.5"), path)),
            Primitive::Xhtml => Some((
                replaced(text, site.view, "\"<div><script>1</script></div>\""),
                path,
            )),
            _ => None,
        },
    }
}

/// Where the text is refused.
fn places(text: &str) -> Vec<String> {
    match Resource::parse(text.as_bytes()) {
        Err(issue) => vec![issue.expression],
        Ok(resource) => validate::validate(&resource)
            .into_iter()
            .filter(lianti_fhir::Issue::is_error)
            .map(|issue| issue.expression)
            .collect(),
    }
}

#[test]
fn each_is_refused_at_its_place() {
    let Some(mut files) = package::files() else {
        return;
    };
    let definition = |path: &PathBuf| {
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        [
            "SearchParameter",
            "ValueSet",
            "CodeSystem",
            "StructureDefinition",
            "ConceptMap",
            "package",
            "ig-r4",
            "OperationDefinition",
        ]
        .iter()
        .any(|kind| name.starts_with(kind))
    };
    files.retain(|path| !definition(path) && fs::metadata(path).unwrap().len() < BYTES_MAX);
    let mut dice = Dice(2026);
    let (mut done, mut ways, mut wrong) = (0, [0; 10], Vec::new());
    while done < MUTATIONS {
        let text = fs::read_to_string(&files[dice.roll(files.len())]).unwrap();
        let resource = Resource::parse(text.as_bytes()).unwrap();
        let mut found = Vec::new();
        sites(
            resource.root(),
            resource.kind(),
            resource.type_name(),
            "",
            &mut found,
        );
        for _ in 0..200 {
            let (site, way) = (&found[dice.roll(found.len())], dice.roll(ways.len()));
            let Some((text, place)) = broken(&text, site, way) else {
                continue;
            };
            done += 1;
            ways[way] += 1;
            let places = places(&text);
            if !places.contains(&place) {
                wrong.push(format!(
                    "{way} {} {place} ({} {}): {places:?}",
                    resource.type_name(),
                    site.owner.name,
                    site.type_ref.name
                ));
            }
        }
    }
    println!("{done} mutations, by way {ways:?}");
    assert!(ways.iter().all(|count| *count > 50), "{ways:?}");
    assert!(
        wrong.is_empty(),
        "{} missed:\n{}",
        wrong.len(),
        wrong[..wrong.len().min(30)].join("\n")
    );
}

//! FHIRPath Patch: a Parameters resource with add, insert, delete, replace and move.

use super::splice::{children, parent_of, replaced, spliced, with_item, with_member, without};
use super::{Draft, OPERATIONS_MAX, refused};
use crate::definitions::Type;
use crate::fhirpath::{Element, Expression, Item};
use crate::issue::{Issue, IssueCode, short};
use crate::json::{Document, Kind, Resource, View};

/// Applies a FHIRPath Patch.
pub fn fhirpath_patch(resource: &Resource, patch: &Resource) -> Result<Resource, Issue> {
    if patch.type_name() != "Parameters" {
        return Err(refused("", "a FHIRPath Patch is a Parameters resource"));
    }
    let mut draft = Draft::new(resource);
    let operations = patch
        .root()
        .get("parameter")
        .into_iter()
        .flat_map(View::items);
    for (index, parameter) in operations.enumerate() {
        if index >= OPERATIONS_MAX {
            let details = format!("a patch has at most {OPERATIONS_MAX} operations");
            return Err(Issue::error(IssueCode::TooCostly, "", details));
        }
        let place = format!("Parameters.parameter[{index}]");
        let operation = Operation { place, parameter };
        let current = Resource::from_document(draft.document.clone())?;
        let text = operation.apply(&current)?;
        draft.set(&text)?;
    }
    draft.finish(resource)
}

struct Operation<'a> {
    place: String,
    parameter: View<'a>,
}

impl<'a> Operation<'a> {
    fn wrong(&self, details: impl Into<String>) -> Issue {
        refused(self.place.clone(), details)
    }

    fn part(&self, name: &str) -> Option<View<'a>> {
        let parts = self.parameter.get("part").into_iter().flat_map(View::items);
        parts
            .into_iter()
            .find(|part| part.get("name").and_then(View::as_plain) == Some(name))
    }

    fn text(&self, name: &str) -> Result<String, Issue> {
        let value = self
            .part(name)
            .and_then(|part| value_of(part)?.as_str().map(String::from));
        value.ok_or_else(|| self.wrong(format!("the part {name} is missing")))
    }

    fn number(&self, name: &str) -> Result<usize, Issue> {
        let value = self
            .part(name)
            .and_then(|part| value_of(part)?.as_number()?.parse().ok());
        value.ok_or_else(|| self.wrong(format!("the part {name} is missing")))
    }

    fn apply(&self, resource: &Resource) -> Result<String, Issue> {
        if self.parameter.get("name").and_then(View::as_plain) != Some("operation") {
            return Err(self.wrong("a FHIRPath Patch has parameters named operation"));
        }
        let path = self.text("path")?;
        let expression = Expression::parse(&path).map_err(|error| self.wrong(error))?;
        let items = expression
            .evaluate(resource)
            .map_err(|error| self.wrong(error))?;
        let elements: Vec<Element<'_>> = items.iter().filter_map(Item::element).collect();
        if elements.len() < items.len() {
            return Err(self.wrong("the path gives values, not elements"));
        }
        let document = resource.document();
        match self.text("type")?.as_str() {
            "add" => self.add(document, self.single(&elements)?),
            "replace" => self.replace(document, self.single(&elements)?),
            "delete" if elements.is_empty() => Ok(document.text().to_owned()),
            "delete" => self.delete(document, self.single(&elements)?),
            "insert" => self.insert(document, &elements),
            "move" => self.move_item(document, &elements),
            other => Err(self.wrong(format!("there is no operation {}", short(other)))),
        }
    }

    fn single<'e>(&self, elements: &[Element<'e>]) -> Result<Element<'e>, Issue> {
        match elements {
            [one] => Ok(*one),
            [] => Err(self.wrong("the path finds nothing")),
            _ => Err(self.wrong("the path finds several elements; name one")),
        }
    }

    fn view<'e>(&self, element: Element<'e>) -> Result<View<'e>, Issue> {
        element
            .view
            .ok_or_else(|| self.wrong("the element has no value of its own"))
    }

    fn add(&self, document: &Document, element: Element<'_>) -> Result<String, Issue> {
        let name = self.text("name")?;
        let object = self.view(element)?;
        let (member, many) = self.member_name(element.kind, &name)?;
        let value = self.value(element.kind, &member)?;
        let text = document.text();
        match object.get(&member) {
            Some(array) if many => {
                let end = children(array).len();
                with_item(text, array, end, &value).ok_or_else(|| self.wrong("the array is broken"))
            }
            Some(_) => Err(self.wrong(format!("{name} is there already; replace it"))),
            None if many => Ok(with_member(text, object, &member, &format!("[{value}]"))),
            None => Ok(with_member(text, object, &member, &value)),
        }
    }

    /// The member an element name stands for, and whether it is an array.
    fn member_name(&self, kind: &'static Type, name: &str) -> Result<(String, bool), Issue> {
        let unknown = || self.wrong(format!("{} has no element {}", kind.name, short(name)));
        let plain = name.strip_suffix("[x]").unwrap_or(name);
        if let Some((element, _)) = kind.property(plain) {
            return Ok((plain.to_owned(), element.max != Some(1)));
        }
        let element = kind
            .element(plain)
            .filter(|element| element.choice)
            .ok_or_else(unknown)?;
        let part = self.part("value").and_then(value_of);
        let type_name = part.map(|value| &value.name()["value".len()..]);
        let type_name = type_name.ok_or_else(|| self.wrong("the part value is missing"))?;
        let member = format!("{}{type_name}", element.name);
        kind.property(&member).ok_or_else(unknown)?;
        Ok((member, element.max != Some(1)))
    }

    /// The text of the operation's value for a member of `kind`.
    fn value(&self, kind: &'static Type, member: &str) -> Result<String, Issue> {
        let part = self
            .part("value")
            .ok_or_else(|| self.wrong("the part value is missing"))?;
        let inner = kind
            .property(member)
            .map(|(_, type_ref)| type_ref.definition());
        self.part_text(part, inner.unwrap_or(kind))
    }

    /// A `value[x]` as it stands, or an object put together from parts.
    fn part_text(&self, part: View<'_>, kind: &'static Type) -> Result<String, Issue> {
        if let Some(value) = value_of(part) {
            return Ok(value.raw().to_owned());
        }
        if let Some(resource) = part.get("resource") {
            return Ok(resource.raw().to_owned());
        }
        let mut members: Vec<(String, bool, Vec<String>)> = Vec::new();
        for inner in part.get("part").into_iter().flat_map(View::items) {
            let name = inner
                .get("name")
                .and_then(View::as_plain)
                .unwrap_or_default();
            let typed = || {
                let value = value_of(inner)?;
                Some(format!("{name}{}", &value.name()["value".len()..]))
            };
            let known = kind
                .property(name)
                .map(|found| (name.to_owned(), found))
                .or_else(|| {
                    let member = typed()?;
                    kind.property(&member).map(|found| (member, found))
                });
            let Some((member, (element, type_ref))) = known else {
                let details = format!("{} has no element {}", kind.name, short(name));
                return Err(self.wrong(details));
            };
            let text = self.part_text(inner, type_ref.definition())?;
            match members.iter_mut().find(|(known, ..)| *known == member) {
                Some((_, true, texts)) => texts.push(text),
                Some(_) => return Err(self.wrong(format!("{member} is given twice"))),
                None => members.push((member, element.max != Some(1), vec![text])),
            }
        }
        if members.is_empty() {
            return Err(self.wrong("the part value says nothing"));
        }
        let members: Vec<String> = members
            .into_iter()
            .map(|(name, many, texts)| {
                let texts = texts.join(",");
                if many {
                    format!("\"{name}\":[{texts}]")
                } else {
                    format!("\"{name}\":{texts}")
                }
            })
            .collect();
        Ok(format!("{{{}}}", members.join(",")))
    }

    fn replace(&self, document: &Document, element: Element<'_>) -> Result<String, Issue> {
        let old = self.view(element)?;
        let part = self
            .part("value")
            .ok_or_else(|| self.wrong("the part value is missing"))?;
        let value = self.part_text(part, element.kind)?;
        let text = document.text();
        let (name, suffix) = (old.name(), capitalized(element.kind.name));
        let given = value_of(part).map(|value| value.name()["value".len()..].to_owned());
        let stem = name
            .strip_suffix(suffix.as_str())
            .filter(|stem| !stem.is_empty());
        if let (Some(stem), Some(given)) = (stem, given)
            && given != suffix
            && let Some(parent) = parent_of(old)
            && parent.get(&format!("{stem}{given}")).is_none()
        {
            let span = old.span();
            let start = old.node().name_start as usize;
            let with = format!("{stem}{given}\":{value}");
            return Ok(spliced(text, start, span.end, &with));
        }
        Ok(replaced(text, old, &value))
    }

    fn delete(&self, document: &Document, element: Element<'_>) -> Result<String, Issue> {
        let mut view = self.view(element)?;
        let whole = |view| {
            without(document.text(), view).ok_or_else(|| self.wrong("the whole cannot be removed"))
        };
        if let Some(array) = parent_of(view).filter(|parent| parent.kind() == Kind::Array) {
            if children(array).len() > 1 {
                return whole(view);
            }
            view = array;
        }
        // The extensions of a primitive go with it.
        let twin = parent_of(view).and_then(|parent| parent.get(&format!("_{}", view.name())));
        let text = whole(view)?;
        if twin.is_none() {
            return Ok(text);
        }
        let name = format!("_{}", view.name());
        let rest = Document::parse(text.as_bytes(), crate::json::Limits::BUNDLE)?;
        let parent = parent_of(view).map(|parent| parent.index);
        let found = parent.and_then(|index| {
            View {
                document: &rest,
                index,
            }
            .get(&name)
        });
        Ok(found.and_then(|twin| without(&text, twin)).unwrap_or(text))
    }

    /// The array all of `elements` stand in.
    fn array<'e>(&self, elements: &[Element<'e>]) -> Result<View<'e>, Issue> {
        let first = elements
            .first()
            .ok_or_else(|| self.wrong("the path finds nothing"))?;
        let array = parent_of(self.view(*first)?).filter(|parent| parent.kind() == Kind::Array);
        array.ok_or_else(|| self.wrong("the path names no list"))
    }

    fn insert(&self, document: &Document, elements: &[Element<'_>]) -> Result<String, Issue> {
        let array = self.array(elements)?;
        let kind = elements.first().map(|element| element.kind);
        let part = self
            .part("value")
            .ok_or_else(|| self.wrong("the part value is missing"))?;
        let kind = kind.ok_or_else(|| self.wrong("the path finds nothing"))?;
        let value = self.part_text(part, kind)?;
        let added = with_item(document.text(), array, self.number("index")?, &value);
        added.ok_or_else(|| self.wrong("there is no such place in the list"))
    }

    fn move_item(&self, document: &Document, elements: &[Element<'_>]) -> Result<String, Issue> {
        let array = self.array(elements)?;
        let mut items: Vec<&str> = array.items().map(View::raw).collect();
        let (from, to) = (self.number("source")?, self.number("destination")?);
        if from >= items.len() || to >= items.len() {
            return Err(self.wrong("there is no such place in the list"));
        }
        let item = items.remove(from);
        items.insert(to, item);
        Ok(replaced(
            document.text(),
            array,
            &format!("[{}]", items.join(",")),
        ))
    }
}

/// The `value[x]` of a parameter.
fn value_of(part: View<'_>) -> Option<View<'_>> {
    part.members().find(|member| {
        let kind = member.name().strip_prefix("value");
        kind.is_some_and(|kind| kind.starts_with(|letter: char| letter.is_ascii_uppercase()))
    })
}

fn capitalized(name: &str) -> String {
    let (first, rest) = name.split_at(name.len().min(1));
    first.to_ascii_uppercase() + rest
}

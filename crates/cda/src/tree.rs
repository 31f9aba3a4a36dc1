//! XML as a small tree, with limits, and with the place of what is wrong.

use std::collections::{HashMap, HashSet};
use std::ops::Range;

use quick_xml::events::{BytesRef, BytesStart, Event};
use quick_xml::name::{Namespace, ResolveResult};
use quick_xml::reader::NsReader;

use crate::NAMESPACE;
use crate::charset::allowed;
use crate::fault::Fault;

/// Elements inside elements. Documents in use stay under thirty.
pub const DEPTH_MAX: usize = 64;
/// Elements of one document.
pub const ELEMENTS_MAX: usize = 100_000;
/// Attributes of one element.
pub const ATTRIBUTES_MAX: usize = 64;

/// An element.
#[derive(Clone, Debug)]
pub(crate) struct Element {
    /// Its name without prefix.
    pub name: String,
    /// Whether it is of HL7 version 3.
    pub ours: bool,
    /// Attributes by local name; those of the schema instance namespace are not told apart.
    pub attributes: Vec<(String, String)>,
    /// What it holds.
    pub children: Vec<Node>,
    /// Where it stands in the text.
    pub span: Range<usize>,
}

/// What an element holds.
#[derive(Clone, Debug)]
pub(crate) enum Node {
    Text(String),
    Element(Element),
}

impl Element {
    pub(crate) fn attribute(&self, name: &str) -> Option<&str> {
        let mut all = self.attributes.iter();
        let (_, value) = all.find(|(known, _)| known == name)?;
        Some(value.trim()).filter(|value| !value.is_empty())
    }

    pub(crate) fn elements(&self) -> impl Iterator<Item = &Self> {
        self.children.iter().filter_map(|child| match child {
            Node::Element(element) => Some(element),
            Node::Text(_) => None,
        })
    }

    /// All words in it, in order.
    pub(crate) fn words(&self) -> String {
        let mut text = String::new();
        collect(self, &mut text);
        text
    }
}

fn collect(element: &Element, text: &mut String) {
    for child in &element.children {
        match child {
            Node::Text(words) => text.push_str(words),
            Node::Element(inner) => collect(inner, text),
        }
    }
}

/// An element whose end has not come.
struct Open {
    element: Element,
    /// Its place among those of its name.
    number: usize,
    counts: HashMap<String, usize>,
}

struct Builder {
    open: Vec<Open>,
    root: Option<Element>,
    elements: usize,
    ids: HashSet<String>,
}

impl Builder {
    fn place(&self) -> String {
        if self.open.is_empty() {
            return "/".to_owned();
        }
        let mut place = String::new();
        for open in &self.open {
            push_step(&mut place, &open.element.name, open.number);
        }
        place
    }

    fn refuse(&self, code: &'static str, detail: &'static str) -> Fault {
        Fault::new(code, self.place(), detail)
    }

    fn open(&mut self, start: &BytesStart<'_>, ours: bool, at: usize) -> Result<(), Fault> {
        let name = start.local_name().as_ref().to_owned();
        let number = match self.open.last_mut() {
            None if self.root.is_some() => {
                return Err(self.refuse("cda.syntax", "something follows the document"));
            }
            None => 1,
            Some(parent) => {
                let count = parent.counts.entry(name.clone()).or_default();
                *count += 1;
                *count
            }
        };
        let element = Element {
            name,
            ours,
            attributes: Vec::new(),
            children: Vec::new(),
            span: at..at,
        };
        self.open.push(Open {
            element,
            number,
            counts: HashMap::new(),
        });
        self.elements += 1;
        if self.open.len() > DEPTH_MAX {
            return Err(self.refuse("cda.too-deep", "at most 64 elements lie inside each other"));
        }
        if self.elements > ELEMENTS_MAX {
            return Err(self.refuse("cda.too-many", "a document has at most 100,000 elements"));
        }
        let attributes = self.attributes(start)?;
        if let Some(open) = self.open.last_mut() {
            open.element.attributes = attributes;
        }
        Ok(())
    }

    fn attributes(&mut self, start: &BytesStart<'_>) -> Result<Vec<(String, String)>, Fault> {
        let mut attributes = Vec::new();
        for attribute in start.attributes() {
            let Ok(attribute) = attribute else {
                let detail = "an attribute is written wrongly, or stands twice";
                return Err(self.refuse("cda.syntax", detail));
            };
            if attributes.len() == ATTRIBUTES_MAX {
                return Err(self.refuse("cda.too-many", "an element has at most 64 attributes"));
            }
            let key: &str = attribute.key.as_ref();
            if key == "xmlns" || key.starts_with("xmlns:") {
                continue;
            }
            if attribute.value.contains('<') {
                return Err(self.refuse("cda.syntax", "< does not stand in a value"));
            }
            let name = key.rsplit(':').next().unwrap_or(key).to_owned();
            let value = self.resolve(&attribute.value)?;
            if name == "ID" && !self.ids.insert(value.clone()) {
                let detail = "this ID stands at another element too";
                return Err(self.refuse("cda.duplicate-id", detail));
            }
            attributes.push((name, value));
        }
        Ok(attributes)
    }

    /// A value with its references resolved; white space in it is a blank, as XML wants it.
    fn resolve(&self, raw: &str) -> Result<String, Fault> {
        let mut text = String::with_capacity(raw.len());
        let mut rest = raw;
        while let Some(at) = rest.find(['&', '\n', '\r', '\t']) {
            text.push_str(&rest[..at]);
            let letter = rest.as_bytes()[at];
            rest = &rest[at + 1..];
            if letter != b'&' {
                text.push(' ');
                continue;
            }
            let Some((name, behind)) = rest.split_once(';') else {
                return Err(self.refuse("cda.syntax", "& begins a reference that has no end"));
            };
            text.push(self.entity(name)?);
            rest = behind;
        }
        text.push_str(rest);
        Ok(text)
    }

    fn entity(&self, name: &str) -> Result<char, Fault> {
        let number = name.strip_prefix('#').map(|digits| {
            let hex = digits.strip_prefix('x');
            let plain = hex.unwrap_or(digits);
            let radix = if hex.is_some() { 16 } else { 10 };
            // A sign would pass as a number.
            let fine = plain.bytes().all(|byte| byte.is_ascii_hexdigit());
            u32::from_str_radix(plain, radix).ok().filter(|_| fine)
        });
        let letter = match (name, number) {
            ("amp", _) => Some('&'),
            ("lt", _) => Some('<'),
            ("gt", _) => Some('>'),
            ("quot", _) => Some('"'),
            ("apos", _) => Some('\''),
            (_, Some(number)) => number.and_then(char::from_u32).filter(|c| allowed(*c)),
            (_, None) => {
                let detail = "entities are not read here; write the character itself";
                return Err(self.refuse("cda.entity", detail));
            }
        };
        letter.ok_or_else(|| self.refuse("cda.character", "this number is no character of XML"))
    }

    fn words(&mut self, words: &str) -> Result<(), Fault> {
        if self.open.is_empty() {
            if words.trim().is_empty() {
                return Ok(());
            }
            return Err(self.refuse("cda.syntax", "words stand outside the document"));
        }
        if let Some(open) = self.open.last_mut() {
            match open.element.children.last_mut() {
                Some(Node::Text(before)) => before.push_str(words),
                _ => open.element.children.push(Node::Text(words.to_owned())),
            }
        }
        Ok(())
    }

    fn reference(&mut self, reference: &BytesRef<'_>) -> Result<(), Fault> {
        let name = reference.clone().into_inner();
        let letter = self.entity(&name)?;
        self.words(letter.encode_utf8(&mut [0; 4]))
    }

    fn close(&mut self, end: usize) {
        let Some(mut open) = self.open.pop() else {
            return;
        };
        open.element.span.end = end;
        match self.open.last_mut() {
            Some(parent) => parent.element.children.push(Node::Element(open.element)),
            None => self.root = Some(open.element),
        }
    }
}

/// A step of a place. The first of its name is written without a number.
pub(crate) fn push_step(place: &mut String, name: &str, number: usize) {
    place.push('/');
    place.push_str(name);
    if number > 1 {
        place.push('[');
        place.push_str(&number.to_string());
        place.push(']');
    }
}

/// The root element of a text.
///
/// # Errors
/// The first thing that is wrong, with its place.
pub(crate) fn parse(text: &str) -> Result<Element, Fault> {
    let mut reader = NsReader::from_str(text);
    reader.config_mut().check_comments = true;
    let mut builder = Builder {
        open: Vec::new(),
        root: None,
        elements: 0,
        ids: HashSet::new(),
    };
    loop {
        let begin = position(&reader);
        let event = match reader.read_resolved_event() {
            Ok((resolved, event)) => {
                let ours = resolved == ResolveResult::Bound(Namespace(NAMESPACE));
                let unknown = matches!(resolved, ResolveResult::Unknown(_));
                if unknown && matches!(event, Event::Start(_) | Event::Empty(_)) {
                    let detail = "the prefix of an element here is not declared";
                    return Err(builder.refuse("cda.namespace", detail));
                }
                (event, ours)
            }
            Err(error) => return Err(syntax(&builder, &error)),
        };
        match event {
            (Event::Start(start), ours) => builder.open(&start, ours, begin)?,
            (Event::Empty(start), ours) => {
                builder.open(&start, ours, begin)?;
                builder.close(position(&reader));
            }
            (Event::End(_), _) => builder.close(position(&reader)),
            (Event::Text(words), _) => builder.words(&lines(&words.into_inner()))?,
            (Event::CData(words), _) => builder.words(&lines(&words.into_inner()))?,
            (Event::GeneralRef(reference), _) => builder.reference(&reference)?,
            (Event::DocType(_), _) => {
                let detail = "a document type definition is not read here";
                return Err(builder.refuse("cda.doctype", detail));
            }
            (Event::Comment(_) | Event::PI(_) | Event::Decl(_), _) => {}
            (Event::Eof, _) => break,
        }
    }
    match builder.root.take() {
        Some(root) if builder.open.is_empty() => Ok(root),
        None if builder.open.is_empty() => {
            Err(Fault::new("cda.empty", "/", "there is no document"))
        }
        _ => Err(builder.refuse("cda.truncated", "the document ends inside this element")),
    }
}

fn position(reader: &NsReader<&[u8]>) -> usize {
    usize::try_from(reader.buffer_position()).unwrap_or(usize::MAX)
}

/// Line ends as XML hands them on.
fn lines(text: &str) -> std::borrow::Cow<'_, str> {
    if text.contains('\r') {
        return text.replace("\r\n", "\n").replace('\r', "\n").into();
    }
    text.into()
}

fn syntax(builder: &Builder, error: &quick_xml::Error) -> Fault {
    use quick_xml::Error;
    use quick_xml::errors::IllFormedError;
    match error {
        Error::Syntax(_) | Error::IllFormed(IllFormedError::MissingEndTag(_)) => {
            builder.refuse("cda.truncated", "what begins here has no end")
        }
        Error::IllFormed(IllFormedError::MismatchedEndTag { .. }) => builder.refuse(
            "cda.syntax",
            "another element is closed here than was opened",
        ),
        Error::Namespace(_) => {
            builder.refuse("cda.namespace", "a namespace is declared wrongly here")
        }
        _ => builder.refuse("cda.syntax", "this is not well-formed XML"),
    }
}

/// The place at which a text breaks off.
pub(crate) fn place_at_end(text: &str) -> String {
    match parse(text) {
        Err(fault) => fault.at,
        Ok(_) => "/".to_owned(),
    }
}

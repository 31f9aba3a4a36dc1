//! The reader: one pass over the bytes, no recursion, no copy of strings.

use std::sync::Arc;

use super::{Document, Kind, Limits, Node};
use crate::issue::{Issue, IssueCode, Severity};

/// How many members an object may have: no type of R4 comes near, and each is compared with all.
const MEMBERS_MAX: usize = 256;

/// Reads a whole document.
pub(super) fn document(bytes: &[u8], limits: Limits) -> Result<Document, Issue> {
    if bytes.len() > limits.bytes_max {
        let details = format!("larger than {} bytes", limits.bytes_max);
        return Err(Issue::error(IssueCode::TooLong, "", details));
    }
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let text = std::str::from_utf8(bytes)
        .map_err(|error| refused("", format!("not UTF-8 at byte {}", error.valid_up_to())))?;
    let mut reader = Reader {
        text,
        bytes,
        at: 0,
        nodes: Vec::with_capacity(bytes.len() / 16 + 4),
        open: Vec::with_capacity(16),
        depth_max: limits.depth_max,
        values_max: limits.values_max,
    };
    reader.read()?;
    Ok(Document {
        text: Arc::from(text),
        nodes: reader.nodes.into(),
    })
}

fn refused(place: impl Into<String>, details: impl Into<String>) -> Issue {
    Issue {
        severity: Severity::Fatal,
        code: IssueCode::Structure,
        expression: place.into(),
        details: details.into(),
    }
}

struct Reader<'a> {
    text: &'a str,
    bytes: &'a [u8],
    at: usize,
    nodes: Vec<Node>,
    /// Indexes of the objects and arrays being read.
    open: Vec<u32>,
    depth_max: usize,
    values_max: usize,
}

/// The place of a member name: start and length. Nothing in arrays and at the root.
type Name = (u32, u16);

impl Reader<'_> {
    fn read(&mut self) -> Result<(), Issue> {
        self.blanks();
        self.value((0, 0))?;
        while let Some(parent) = self.open.last().copied() {
            self.next_in(parent)?;
        }
        self.blanks();
        if self.at < self.bytes.len() {
            return Err(self.wrong("something follows the end of the document"));
        }
        Ok(())
    }

    /// Reads the next child of an open object or array, or its end.
    fn next_in(&mut self, parent: u32) -> Result<(), Issue> {
        self.blanks();
        let object = self.nodes[parent as usize].kind == Kind::Object;
        let first = self.nodes.len() == parent as usize + 1;
        let close = if object { b'}' } else { b']' };
        match self.peek() {
            Some(byte) if byte == close => {
                self.at += 1;
                self.close(parent);
                return Ok(());
            }
            Some(b',') if !first => {
                self.at += 1;
                self.blanks();
            }
            Some(_) if first => {}
            Some(_) => return Err(self.wrong("a comma or the end of a list is missing")),
            None => return Err(self.wrong("the document ends before it is complete")),
        }
        if !object {
            return self.value((0, 0));
        }
        let name = self.name(parent)?;
        self.blanks();
        if self.peek() != Some(b':') {
            return Err(self.wrong("a colon is missing behind a member name"));
        }
        self.at += 1;
        self.blanks();
        self.value(name)
    }

    fn close(&mut self, parent: u32) {
        let next = self.nodes.len();
        let node = &mut self.nodes[parent as usize];
        node.next = next as u32;
        node.end = self.at as u32;
        self.open.pop();
    }

    fn name(&mut self, parent: u32) -> Result<Name, Issue> {
        if self.peek() != Some(b'"') {
            return Err(self.wrong("a member name in quotes is missing"));
        }
        let start = self.at + 1;
        if self.string()? {
            return Err(self.wrong("member names of FHIR have no escapes"));
        }
        let name = &self.text[start..self.at - 1];
        let Ok(length) = u16::try_from(name.len()) else {
            return Err(self.wrong("a member name is too long"));
        };
        let (mut child, mut members) = (parent + 1, 0);
        while (child as usize) < self.nodes.len() {
            members += 1;
            if members > MEMBERS_MAX {
                return Err(self.wrong("an object has too many members"));
            }
            let node = &self.nodes[child as usize];
            if node.name_len == length && self.name_of(node) == name {
                let place = self.place();
                let place = if place.is_empty() {
                    name.to_owned()
                } else {
                    format!("{place}.{name}")
                };
                let details = format!("{} is given twice", crate::issue::short(name));
                return Err(refused(place, details));
            }
            child = node.next;
        }
        Ok((start as u32, length))
    }

    fn name_of(&self, node: &Node) -> &str {
        let start = node.name_start as usize;
        &self.text[start..start + usize::from(node.name_len)]
    }

    fn value(&mut self, name: Name) -> Result<(), Issue> {
        if self.nodes.len() >= self.values_max {
            let details = format!("more than {} values", self.values_max);
            return Err(Issue::error(IssueCode::TooLong, self.place(), details));
        }
        let start = self.at;
        let (kind, escaped) = match self.peek() {
            Some(b'{') => return self.open(Kind::Object, name),
            Some(b'[') => return self.open(Kind::Array, name),
            Some(b'"') => (Kind::String, self.string()?),
            Some(b'-' | b'0'..=b'9') => (self.number()?, false),
            Some(b't') => (self.word("true", Kind::True)?, false),
            Some(b'f') => (self.word("false", Kind::False)?, false),
            Some(b'n') => (self.word("null", Kind::Null)?, false),
            Some(_) => return Err(self.wrong("a value is missing")),
            None => return Err(self.wrong("the document ends before it is complete")),
        };
        self.push(kind, escaped, name, start);
        Ok(())
    }

    fn open(&mut self, kind: Kind, name: Name) -> Result<(), Issue> {
        if self.open.len() >= self.depth_max {
            let details = format!("nested deeper than {} levels", self.depth_max);
            return Err(refused(self.place(), details));
        }
        self.open.push(self.nodes.len() as u32);
        let start = self.at;
        self.at += 1;
        self.push(kind, false, name, start);
        Ok(())
    }

    fn push(&mut self, kind: Kind, escaped: bool, (name_start, name_len): Name, start: usize) {
        self.nodes.push(Node {
            kind,
            escaped,
            name_len,
            name_start,
            start: start as u32,
            end: self.at as u32,
            next: self.nodes.len() as u32 + 1,
        });
    }

    /// Reads a string; tells whether it has escapes.
    fn string(&mut self) -> Result<bool, Issue> {
        let mut escaped = false;
        self.at += 1;
        loop {
            match self.peek() {
                Some(b'"') => {
                    self.at += 1;
                    return Ok(escaped);
                }
                Some(b'\\') => {
                    escaped = true;
                    self.escape()?;
                }
                Some(0..=0x1f) => {
                    return Err(self.wrong("a control character stands in a string"));
                }
                Some(_) => self.at += 1,
                None => return Err(self.wrong("a string has no end")),
            }
        }
    }

    fn escape(&mut self) -> Result<(), Issue> {
        let letter = self.bytes.get(self.at + 1);
        match letter {
            Some(b'"' | b'\\' | b'/' | b'n' | b'r' | b't') => {
                self.at += 2;
                Ok(())
            }
            Some(b'u') => {
                let unit = self.hex()?;
                match unit {
                    0xd800..=0xdbff => match self.hex() {
                        Ok(0xdc00..=0xdfff) => Ok(()),
                        _ => Err(self.wrong("half of a surrogate pair")),
                    },
                    0xdc00..=0xdfff => Err(self.wrong("half of a surrogate pair")),
                    0..=8 | 0xb | 0xc | 0xe..=0x1f => {
                        Err(self.wrong("a control character stands in a string"))
                    }
                    _ => Ok(()),
                }
            }
            Some(b'b' | b'f') => Err(self.wrong("a control character stands in a string")),
            _ => Err(self.wrong("an escape that JSON does not know")),
        }
    }

    /// Reads `\uXXXX`.
    fn hex(&mut self) -> Result<u32, Issue> {
        let digits = self
            .bytes
            .get(self.at..self.at + 6)
            .filter(|six| six.starts_with(b"\\u"));
        let unit = digits.and_then(|six| {
            six[2..].iter().try_fold(0, |unit, digit| {
                Some(unit * 16 + char::from(*digit).to_digit(16)?)
            })
        });
        self.at += 6;
        unit.ok_or_else(|| self.wrong("an escape that JSON does not know"))
    }

    fn number(&mut self) -> Result<Kind, Issue> {
        if self.peek() == Some(b'-') {
            self.at += 1;
        }
        match self.peek() {
            Some(b'0') => self.at += 1,
            Some(b'1'..=b'9') => self.digits()?,
            _ => return Err(self.wrong("a number without digits")),
        }
        if self.peek() == Some(b'.') {
            self.at += 1;
            self.digits()?;
        }
        if matches!(self.peek(), Some(b'e' | b'E')) {
            self.at += 1;
            if matches!(self.peek(), Some(b'+' | b'-')) {
                self.at += 1;
            }
            self.digits()?;
        }
        Ok(Kind::Number)
    }

    fn digits(&mut self) -> Result<(), Issue> {
        let start = self.at;
        while matches!(self.peek(), Some(b'0'..=b'9')) {
            self.at += 1;
        }
        if self.at == start {
            return Err(self.wrong("a number without digits"));
        }
        Ok(())
    }

    fn word(&mut self, word: &str, kind: Kind) -> Result<Kind, Issue> {
        if self.bytes[self.at..].starts_with(word.as_bytes()) {
            self.at += word.len();
            return Ok(kind);
        }
        Err(self.wrong("a value is missing"))
    }

    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    fn blanks(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\n' | b'\r' | b'\t')) {
            self.at += 1;
        }
    }

    fn wrong(&self, what: &str) -> Issue {
        refused(self.place(), format!("{what} (byte {})", self.at))
    }

    /// The path of the innermost object or array being read.
    fn place(&self) -> String {
        let mut place = String::new();
        for (depth, index) in self.open.iter().enumerate() {
            let node = &self.nodes[*index as usize];
            if node.name_len > 0 {
                if !place.is_empty() {
                    place.push('.');
                }
                place.push_str(self.name_of(node));
            } else if depth > 0 {
                let items = self.items_of(self.open[depth - 1]);
                place.push_str(&format!("[{}]", items.saturating_sub(1)));
            }
        }
        place
    }

    fn items_of(&self, parent: u32) -> usize {
        let mut count = 0;
        let mut child = parent + 1;
        while (child as usize) < self.nodes.len() {
            count += 1;
            let next = self.nodes[child as usize].next;
            // An open child has not got its end yet: it is the last.
            if next == child + 1 && self.open.contains(&child) {
                break;
            }
            child = next;
        }
        count
    }
}

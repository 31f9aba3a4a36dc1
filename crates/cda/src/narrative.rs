//! The words of a section as a small tree in which nothing can act: known parts, no attributes but
//! the spans of cells, no addresses.

use crate::tree::{Element, Node};

/// Columns or rows one cell spans at most.
const SPAN_MAX: u8 = 50;

/// A piece of narrative.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Block {
    /// Words.
    Text(String),
    /// A part with what it holds.
    Element {
        /// What it is.
        part: Part,
        /// Columns it spans, of cells.
        columns: u8,
        /// Rows it spans, of cells.
        rows: u8,
        /// What it holds.
        children: Vec<Block>,
    },
}

/// What a piece of narrative is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// A paragraph.
    Paragraph,
    /// A list without numbers.
    List,
    /// A list with numbers.
    Numbered,
    /// An item of a list.
    Item,
    /// Words apart.
    Content,
    /// A line ends.
    Break,
    /// Below the line.
    Below,
    /// Above the line.
    Above,
    /// What a table or list is about.
    Caption,
    /// A table.
    Table,
    /// Its head.
    Head,
    /// Its body.
    Rows,
    /// Its foot.
    Foot,
    /// A row.
    Row,
    /// A cell of a head.
    HeadCell,
    /// A cell.
    Cell,
    /// The place of a picture or file, which is not shown.
    Media,
}

/// Part, its name in CDA, its name in HTML.
const PARTS: [(Part, &str, &str); 17] = [
    (Part::Paragraph, "paragraph", "p"),
    (Part::List, "list", "ul"),
    (Part::Numbered, "list", "ol"),
    (Part::Item, "item", "li"),
    (Part::Content, "content", "span"),
    (Part::Break, "br", "br"),
    (Part::Below, "sub", "sub"),
    (Part::Above, "sup", "sup"),
    (Part::Caption, "caption", "caption"),
    (Part::Table, "table", "table"),
    (Part::Head, "thead", "thead"),
    (Part::Rows, "tbody", "tbody"),
    (Part::Foot, "tfoot", "tfoot"),
    (Part::Row, "tr", "tr"),
    (Part::HeadCell, "th", "th"),
    (Part::Cell, "td", "td"),
    (Part::Media, "renderMultiMedia", "span"),
];

/// Elements whose content is no text to read.
const DROPPED: [&str; 9] = [
    "script", "style", "iframe", "object", "embed", "svg", "math", "col", "colgroup",
];

impl Part {
    fn of(name: &str, numbered: bool) -> Option<Self> {
        if name == "list" && numbered {
            return Some(Self::Numbered);
        }
        let found = PARTS.iter().find(|(_, cda, _)| *cda == name);
        found.map(|(part, ..)| *part)
    }

    fn names(self) -> (&'static str, &'static str) {
        let found = PARTS.iter().find(|(part, ..)| *part == self);
        found.map_or(("content", "span"), |(_, cda, html)| (cda, html))
    }

    fn is_cell(self) -> bool {
        matches!(self, Self::Cell | Self::HeadCell)
    }

    /// Inside these, white space between the parts says nothing.
    fn is_frame(self) -> bool {
        matches!(
            self,
            Self::Table
                | Self::Head
                | Self::Rows
                | Self::Foot
                | Self::Row
                | Self::List
                | Self::Numbered
        )
    }
}

impl Block {
    /// A part that holds these.
    pub fn part(part: Part, children: Vec<Self>) -> Self {
        Self::Element {
            part,
            columns: 1,
            rows: 1,
            children,
        }
    }

    /// A part that holds these words.
    pub fn words(part: Part, words: impl Into<String>) -> Self {
        Self::part(part, vec![Self::Text(words.into())])
    }

    /// The words in it.
    pub fn text(&self) -> String {
        match self {
            Self::Text(words) => words.clone(),
            Self::Element { children, .. } => children.iter().map(Self::text).collect(),
        }
    }
}

/// A table of words.
pub fn table(head: &[&str], rows: &[Vec<String>]) -> Block {
    let head = head.iter().map(|word| Block::words(Part::HeadCell, *word));
    let head = Block::part(Part::Row, head.collect());
    let rows = rows.iter().map(|row| {
        let cells = row.iter().map(|word| Block::words(Part::Cell, word));
        Block::part(Part::Row, cells.collect())
    });
    let rows = Block::part(Part::Rows, rows.collect());
    Block::part(Part::Table, vec![Block::part(Part::Head, vec![head]), rows])
}

/// What a `text` element says.
pub(crate) fn read(text: &Element) -> Vec<Block> {
    let blocks = children(text, false);
    let empty = blocks
        .iter()
        .all(|block| matches!(block, Block::Text(words) if words.trim().is_empty()));
    if empty { Vec::new() } else { blocks }
}

fn children(element: &Element, frame: bool) -> Vec<Block> {
    let mut blocks: Vec<Block> = Vec::new();
    for child in &element.children {
        match child {
            Node::Text(words) if frame && words.trim().is_empty() => {}
            Node::Text(words) => push(&mut blocks, Block::Text(words.clone())),
            Node::Element(inner) => {
                for block in of_element(inner) {
                    push(&mut blocks, block);
                }
            }
        }
    }
    blocks
}

/// Words that meet are one text, however they were put apart.
fn push(blocks: &mut Vec<Block>, block: Block) {
    match (blocks.last_mut(), block) {
        (_, Block::Text(words)) if words.is_empty() => {}
        (Some(Block::Text(before)), Block::Text(words)) => before.push_str(&words),
        (_, block) => blocks.push(block),
    }
}

fn of_element(element: &Element) -> Vec<Block> {
    if DROPPED.contains(&element.name.to_ascii_lowercase().as_str()) {
        return Vec::new();
    }
    let numbered = element.attribute("listType") == Some("ordered");
    let part = element
        .ours
        .then(|| Part::of(&element.name, numbered))
        .flatten();
    // Unknown elements lose themselves, not their words.
    let Some(part) = part else {
        return children(element, false);
    };
    let span = |name: &str| {
        let number = element
            .attribute(name)
            .and_then(|text| text.parse::<u32>().ok());
        let number = number.filter(|_| part.is_cell()).unwrap_or(1);
        u8::try_from(number.clamp(1, u32::from(SPAN_MAX))).unwrap_or(1)
    };
    vec![Block::Element {
        part,
        columns: span("colspan"),
        rows: span("rowspan"),
        children: children(element, part.is_frame()),
    }]
}

/// The narrative as HTML that cannot act.
pub fn html(blocks: &[Block]) -> String {
    let mut out = String::new();
    for block in blocks {
        push_html(block, &mut out);
    }
    out
}

fn push_html(block: &Block, out: &mut String) {
    match block {
        Block::Text(words) => escape(words, out),
        Block::Element {
            part,
            columns,
            rows,
            children,
        } => {
            let (_, name) = part.names();
            open(name, *columns, *rows, out);
            if *part == Part::Break {
                return;
            }
            for child in children {
                push_html(child, out);
            }
            out.push_str("</");
            out.push_str(name);
            out.push('>');
        }
    }
}

/// The narrative as CDA writes it.
pub(crate) fn push_cda(block: &Block, out: &mut String) {
    match block {
        Block::Text(words) => escape(words, out),
        Block::Element {
            part,
            columns,
            rows,
            children,
        } => {
            let (name, _) = part.names();
            open(name, *columns, *rows, out);
            if *part == Part::Numbered {
                out.pop();
                out.push_str(" listType=\"ordered\">");
            }
            for child in children {
                push_cda(child, out);
            }
            out.push_str("</");
            out.push_str(name);
            out.push('>');
        }
    }
}

fn open(name: &str, columns: u8, rows: u8, out: &mut String) {
    out.push('<');
    out.push_str(name);
    for (attribute, span) in [("colspan", columns), ("rowspan", rows)] {
        if span > 1 {
            out.push_str(&format!(" {attribute}=\"{span}\""));
        }
    }
    out.push('>');
}

/// Words as XML and HTML write them, in texts and in values.
pub(crate) fn escape(words: &str, out: &mut String) {
    for letter in words.chars() {
        match letter {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            '\r' => out.push_str("&#13;"),
            other if crate::charset::allowed(other) => out.push(other),
            // What XML has no way to write is a mark, so that nobody takes the text for whole.
            _ => out.push('\u{fffd}'),
        }
    }
}

//! Narrative markup: what a browser may be shown without harm (txt-1).

/// The elements R4 allows in a narrative.
const ELEMENTS: &[&str] = &[
    "a",
    "abbr",
    "acronym",
    "b",
    "big",
    "blockquote",
    "br",
    "caption",
    "cite",
    "code",
    "col",
    "colgroup",
    "dd",
    "dfn",
    "div",
    "dl",
    "dt",
    "em",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "hr",
    "i",
    "img",
    "li",
    "ol",
    "p",
    "pre",
    "q",
    "samp",
    "small",
    "span",
    "strong",
    "sub",
    "sup",
    "table",
    "tbody",
    "td",
    "tfoot",
    "th",
    "thead",
    "tr",
    "tt",
    "ul",
    "var",
];

/// Attributes R4 allows, beside those of tables and images.
const ATTRIBUTES: &[&str] = &[
    "abbr",
    "accesskey",
    "align",
    "alt",
    "axis",
    "bgcolor",
    "border",
    "cellhalign",
    "cellpadding",
    "cellspacing",
    "cellvalign",
    "char",
    "charoff",
    "charset",
    "cite",
    "class",
    "colspan",
    "compact",
    "coords",
    "dir",
    "frame",
    "headers",
    "height",
    "href",
    "hreflang",
    "hspace",
    "id",
    "lang",
    "longdesc",
    "name",
    "nowrap",
    "rel",
    "rev",
    "rowspan",
    "rules",
    "scope",
    "shape",
    "span",
    "src",
    "start",
    "style",
    "summary",
    "tabindex",
    "title",
    "type",
    "valign",
    "value",
    "vspace",
    "width",
    "xml:lang",
    "xmlns",
    "xml:space",
];

/// Deeper nesting is no narrative.
const DEPTH_MAX: usize = 64;

/// What is wrong with a narrative's markup.
pub(crate) fn xhtml_problem(text: &str) -> Option<&'static str> {
    scan(text).err()
}

fn scan(text: &str) -> Result<(), &'static str> {
    let mut rest = text.trim();
    if !rest.starts_with("<div") {
        return Err("txt-1: a narrative is a div");
    }
    let mut open: Vec<&str> = Vec::new();
    loop {
        if let Some(tag) = rest.strip_prefix("<!--") {
            let end = tag.find("-->").ok_or("txt-1: a comment has no end")?;
            rest = &tag[end + 3..];
        } else if let Some(tag) = rest.strip_prefix("</") {
            let end = tag.find('>').ok_or("txt-1: a tag has no end")?;
            if open.pop() != Some(tag[..end].trim()) {
                return Err("txt-1: tags are not closed in order");
            }
            rest = &tag[end + 1..];
        } else if let Some(tag) = rest.strip_prefix('<') {
            let (name, closed, behind) = start_tag(tag)?;
            if !closed {
                open.push(name);
            }
            if open.len() > DEPTH_MAX {
                return Err("txt-1: nested too deep");
            }
            rest = behind;
        } else {
            let end = rest.find('<').ok_or("txt-1: something follows the div")?;
            rest = &rest[end..];
        }
        if open.is_empty() {
            break;
        }
    }
    if !rest.trim().is_empty() {
        return Err("txt-1: something follows the div");
    }
    Ok(())
}

/// Reads a tag behind its `<`: name, whether it closes itself, what follows.
fn start_tag(tag: &str) -> Result<(&str, bool, &str), &'static str> {
    let end = tag.find(|letter: char| letter.is_whitespace() || matches!(letter, '>' | '/'));
    let end = end.ok_or("txt-1: a tag has no end")?;
    let (name, mut rest) = tag.split_at(end);
    if !ELEMENTS.contains(&name) {
        return Err("txt-1: an element that a narrative may not have");
    }
    loop {
        rest = rest.trim_start();
        if let Some(behind) = rest.strip_prefix("/>") {
            return Ok((name, true, behind));
        }
        if let Some(behind) = rest.strip_prefix('>') {
            return Ok((name, false, behind));
        }
        rest = attribute(rest)?;
    }
}

fn attribute(rest: &str) -> Result<&str, &'static str> {
    let (name, behind) = rest
        .split_once('=')
        .ok_or("txt-1: an attribute without a value")?;
    if !ATTRIBUTES.contains(&name.trim()) {
        return Err("txt-1: an attribute that a narrative may not have");
    }
    let behind = behind.trim_start();
    let quote = behind
        .chars()
        .next()
        .filter(|quote| matches!(quote, '"' | '\''));
    let quote = quote.ok_or("txt-1: an attribute value without quotes")?;
    let (value, behind) = behind[1..]
        .split_once(quote)
        .ok_or("txt-1: a value has no end")?;
    let compact: String = value
        .chars()
        .filter(|letter| !letter.is_whitespace() && !letter.is_control())
        .collect();
    let compact = compact.to_ascii_lowercase();
    let active = [
        "javascript:",
        "vbscript:",
        "data:text",
        "expression(",
        "&#",
        "@import",
    ];
    if matches!(name.trim(), "href" | "src" | "style" | "cite" | "longdesc")
        && active.iter().any(|word| compact.contains(word))
    {
        return Err("txt-1: active content");
    }
    Ok(behind)
}

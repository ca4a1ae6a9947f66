//! XML as trees of one record each, with the bytes of every text. Names are local ones, since the namespace changes with
//! every version of a standard. A document type, and with it every entity of one's own, is refused.

use quick_xml::Reader;
use quick_xml::escape::{resolve_predefined_entity, unescape};
use quick_xml::events::{BytesRef, Event};

use crate::cite::Origin;
use crate::error::{At, FormatError};
use crate::issue::Refusal;
use crate::limits::Limits;
use crate::source::Span;
use crate::tabular::Cell;
use crate::whole::Whole;

/// An element with all that is in it.
#[derive(Debug, Default)]
pub(crate) struct Node {
    pub(crate) name: String,
    pub(crate) children: Vec<Node>,
    pub(crate) span: Span,
    attributes: Vec<Attribute>,
    text: String,
    /// From the first to the last byte of the text.
    text_span: Option<Span>,
    /// Whether the bytes are another spelling of the text.
    is_decoded: bool,
}

/// An attribute of an element.
#[derive(Debug)]
struct Attribute {
    name: String,
    value: String,
    span: Span,
    is_decoded: bool,
}

/// Reads a file element by element.
pub(crate) struct Trees<'t> {
    reader: Reader<&'t [u8]>,
    text: &'t str,
    file_name: &'t str,
    offset: u64,
    limits: &'t Limits,
    /// The names of the elements that are open.
    open: Vec<String>,
    elements: usize,
}

/// What comes next outside records.
pub(crate) enum Next {
    /// A whole element of one of the wanted names.
    Tree(Node),
    /// The beginning of an element of one of the marks, outside whole elements.
    Mark(Span),
    /// The end of the file.
    End,
}

impl Node {
    /// Whether it has that name, whatever its case.
    pub(crate) fn is(&self, name: &str) -> bool {
        self.name.eq_ignore_ascii_case(name)
    }

    /// All elements inside, each before those inside it.
    pub(crate) fn all(&self) -> Vec<&Node> {
        let mut found = Vec::new();
        let mut waiting: Vec<&Node> = self.children.iter().rev().collect();
        while let Some(node) = waiting.pop() {
            found.push(node);
            waiting.extend(node.children.iter().rev());
        }
        found
    }

    /// The first element inside of one of the names.
    pub(crate) fn find(&self, names: &[&str]) -> Option<&Node> {
        names.iter().find_map(|name| self.all().into_iter().find(|node| node.is(name)))
    }

    /// The child of a name.
    pub(crate) fn child(&self, name: &str) -> Option<&Node> {
        self.children.iter().find(|child| child.is(name))
    }

    /// The text, without white space around it; empty where there is none.
    pub(crate) fn text(&self) -> &str {
        self.text.trim()
    }

    /// The text as a cell, which all setters take.
    pub(crate) fn cell(&self) -> Cell<'_> {
        let origin = match self.text_span {
            Some(span) if self.is_decoded => Origin::Read(span, "the text without entities"),
            Some(span) => {
                let before = self.text.len() - self.text.trim_start().len();
                let after = self.text.len() - self.text.trim_end().len();
                Origin::Bytes(Span::new(span.start + before as u64, (span.end - after as u64).max(span.start)))
            }
            None => Origin::Read(self.span, "the name of the element"),
        };
        Cell { name: &self.name, text: self.text(), origin }
    }

    /// The element at the end of a path of children.
    pub(crate) fn at(&self, path: &[&str]) -> Option<&Node> {
        path.iter().try_fold(self, |node, name| node.child(name))
    }

    /// The text at the end of a path as a cell; empty where there is none.
    pub(crate) fn cell_at<'n>(&'n self, path: &[&'n str]) -> Cell<'n> {
        match self.at(path).filter(|node| !node.text().is_empty()) {
            Some(node) => node.cell(),
            None => Cell { name: path.last().copied().unwrap_or(""), text: "", origin: Origin::Bytes(self.span) },
        }
    }

    /// An attribute as a cell; empty where there is none.
    pub(crate) fn attribute<'n>(&'n self, name: &'n str) -> Cell<'n> {
        match self.attributes.iter().find(|attribute| attribute.name == name) {
            Some(Attribute { value, span, is_decoded, .. }) => {
                let origin =
                    if *is_decoded { Origin::Read(*span, "the text without entities") } else { Origin::Bytes(*span) };
                Cell { name, text: value, origin }
            }
            None => Cell { name, text: "", origin: Origin::Bytes(self.span) },
        }
    }

    /// Something in it is not what it should be.
    pub(crate) fn refuse(&self, expected: impl ToString) -> Refusal {
        let shown = if self.text().is_empty() { &self.name } else { self.text() };
        Refusal::new(&self.name, shown, expected).at(self.span)
    }

    /// The names of its children, for issues.
    pub(crate) fn child_names(&self) -> String {
        self.children.iter().map(|child| child.name.as_str()).collect::<Vec<_>>().join(", ")
    }

    fn push(&mut self, text: &str, span: Span, is_decoded: bool) {
        if text.trim().is_empty() && self.text.is_empty() {
            return;
        }
        self.text.push_str(text);
        let start = self.text_span.map_or(span.start, |known| known.start);
        self.is_decoded |= is_decoded || self.text_span.is_some();
        self.text_span = Some(Span::new(start, span.end));
    }
}

impl<'t> Trees<'t> {
    pub(crate) fn new(whole: &'t Whole, file_name: &'t str, limits: &'t Limits) -> Trees<'t> {
        let reader = Reader::from_reader(whole.text.as_bytes());
        Trees { reader, text: &whole.text, file_name, offset: whole.offset, limits, open: Vec::new(), elements: 0 }
    }

    /// Goes to the next element of one of the names and reads it whole; on the way it stops where a mark begins.
    pub(crate) fn next(&mut self, wanted: &[&str], marks: &[&str]) -> Result<Next, FormatError> {
        let mut nodes: Vec<Node> = Vec::new();
        let is_any = |names: &[&str], name: &str| names.iter().any(|one| one.eq_ignore_ascii_case(name));
        loop {
            let from = self.reader.buffer_position();
            let event = match self.reader.read_event() {
                Ok(event) => event.into_owned(),
                Err(error) => return Err(self.not_xml(&error.to_string())),
            };
            let span = Span::new(self.offset + from, self.offset + self.reader.buffer_position());
            match event {
                Event::Start(start) => {
                    let name = local(start.name().as_ref());
                    self.count(span)?;
                    self.open.push(name.clone());
                    if self.open.len() > self.limits.nesting {
                        return Err(self.limit("nesting of XML", self.open.len(), self.limits.nesting, span));
                    }
                    if nodes.is_empty() && is_any(marks, &name) {
                        return Ok(Next::Mark(span));
                    }
                    if !nodes.is_empty() || is_any(wanted, &name) {
                        let attributes = self.attributes(span);
                        nodes.push(Node { name, span, attributes, ..Node::default() });
                    }
                }
                Event::Empty(empty) => {
                    self.count(span)?;
                    let name = local(empty.name().as_ref());
                    if nodes.is_empty() && is_any(marks, &name) {
                        return Ok(Next::Mark(span));
                    }
                    let attributes = self.attributes(span);
                    let node = Node { name, span, attributes, ..Node::default() };
                    match nodes.last_mut() {
                        Some(parent) => parent.children.push(node),
                        None if is_any(wanted, &node.name) => return Ok(Next::Tree(node)),
                        None => {}
                    }
                }
                Event::End(_) => {
                    self.open.pop();
                    let Some(mut node) = nodes.pop() else { continue };
                    node.span.end = span.end;
                    match nodes.last_mut() {
                        Some(parent) => parent.children.push(node),
                        None => return Ok(Next::Tree(node)),
                    }
                }
                Event::Eof if self.open.is_empty() => return Ok(Next::End),
                Event::Eof => return Err(self.not_xml("the end of the file inside an element")),
                Event::DocType(_) => {
                    return Err(FormatError::NotReadable {
                        at: At::file(self.file_name).byte(span.start),
                        found: "a document type (DOCTYPE)".into(),
                        expected: "XML without one, since nothing outside the file may be read".into(),
                    });
                }
                other => {
                    if let Some(node) = nodes.last_mut() {
                        self.add_text(node, &other, span)?;
                    }
                }
            }
        }
    }

    /// The attributes of the tag with these bytes. Namespaces are none.
    fn attributes(&self, span: Span) -> Vec<Attribute> {
        let place = |at: u64| usize::try_from(at.saturating_sub(self.offset)).unwrap_or(usize::MAX);
        let tag = self.text.get(place(span.start)..place(span.end)).unwrap_or_default();
        let inside = tag.trim_start_matches('<').trim_end_matches('>').trim_end_matches('/');
        let after_name = inside.find(|c: char| c.is_ascii_whitespace()).unwrap_or(inside.len());
        let mut rest = inside.get(after_name..).unwrap_or_default();
        let mut found = Vec::new();
        while let Some((name, after)) = rest.split_once('=') {
            let after = after.trim_start();
            let Some(quote) = after.chars().next().filter(|quote| matches!(quote, '"' | '\'')) else { break };
            let after = after.get(1..).unwrap_or_default();
            let Some((raw, behind)) = after.split_once(quote) else { break };
            // Both are parts of the tag, which ends where its inside and the marks around it end.
            let start = span.start + 1 + (inside.len() - after.len()) as u64;
            let name = name.trim();
            if !name.starts_with("xmlns") {
                let value = unescape(raw).map_or_else(|_| raw.to_owned(), std::borrow::Cow::into_owned);
                let is_decoded = value != raw;
                found.push(Attribute { name: local(name), value, span: Span::sized(start, raw.len()), is_decoded });
            }
            rest = behind;
        }
        found
    }

    fn add_text(&self, node: &mut Node, event: &Event<'_>, span: Span) -> Result<(), FormatError> {
        match event {
            Event::Text(text) => node.push(&text.xml10_content(), span, false),
            Event::CData(text) => node.push(&text.xml10_content(), span, true),
            Event::GeneralRef(reference) => match resolve(reference) {
                Some(text) => node.push(&text, span, true),
                None => {
                    return Err(FormatError::NotReadable {
                        at: At::file(self.file_name).byte(span.start),
                        found: "an entity of the file's own".into(),
                        expected: "characters, or the five entities of XML".into(),
                    });
                }
            },
            _ => {}
        }
        Ok(())
    }

    fn count(&mut self, span: Span) -> Result<(), FormatError> {
        self.elements += 1;
        if self.elements > self.limits.values {
            return Err(self.limit("elements of an XML file", self.elements, self.limits.values, span));
        }
        Ok(())
    }

    fn limit(&self, what: &'static str, seen: usize, max: usize, span: Span) -> FormatError {
        let at = At::file(self.file_name).byte(span.start);
        FormatError::Limit { at, what, seen: seen as u64, max: max as u64 }
    }

    fn not_xml(&self, found: &str) -> FormatError {
        FormatError::NotReadable {
            at: At::file(self.file_name).byte(self.offset + self.reader.error_position()),
            found: crate::issue::excerpt(found.as_bytes()),
            expected: "XML".into(),
        }
    }
}

fn resolve(reference: &BytesRef<'_>) -> Option<String> {
    match reference.resolve_char_ref() {
        Ok(Some(letter)) => Some(letter.to_string()),
        Ok(None) => resolve_predefined_entity(reference).map(str::to_owned),
        Err(_) => None,
    }
}

/// A name without its namespace.
fn local(name: &str) -> String {
    name.rsplit_once(':').map_or(name, |(_, local)| local).to_owned()
}

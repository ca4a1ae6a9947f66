//! Datagrams one after the other, the templates they define, and the records of their data sets with the bytes of each
//! field. Memory is bounded by one set, which is at most 64 KiB, and by the number of templates.

use std::collections::HashMap;
use std::rc::Rc;

use super::template::{Field, Template, number16, number32, read_template};
use crate::error::{At, FormatError};
use crate::issue::Refusal;
use crate::limits::Limits;
use crate::source::{Source, Span};
use crate::tabular::Window;

/// The most templates of a file.
const MOST_TEMPLATES: usize = 100_000;
const V5_HEADER: usize = 24;
const V5_RECORD: usize = 48;
const V9_HEADER: usize = 20;
const IPFIX_HEADER: usize = 16;

/// What comes next.
pub(super) enum Next {
    /// A record, in [`Datagrams::record`].
    Record(Span),
    /// Bytes that are no record that can be read.
    Lost(Span, Refusal),
    /// Nothing.
    End,
}

/// What the header of a datagram says.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Header {
    version: u16,
    pub(super) exported_s: u32,
    /// Where that stands.
    pub(super) exported: Span,
    /// For how long the exporter has run, in milliseconds; NetFlow 9 alone says it.
    pub(super) uptime_ms: Option<u32>,
    pub(super) domain: u32,
    /// What NetFlow 9 says of how much is in it, and what has been seen.
    count: u64,
    records: u64,
    sets: u64,
    is_unknown: bool,
    /// The byte after the datagram, where it says so.
    end: Option<u64>,
}

struct Set {
    template: Rc<Template>,
    left: usize,
}

/// Reads record by record.
pub(super) struct Datagrams<'s> {
    window: Window<'s>,
    file_name: String,
    columns: usize,
    header: Option<Header>,
    templates: HashMap<(u32, u16), Rc<Template>>,
    set: Option<Set>,
    v5_left: u16,
    /// How much of the window the present record takes, and where its fields are.
    taken: usize,
    places: Vec<(usize, usize)>,
    present: Option<Rc<Template>>,
}

/// One record.
pub(super) struct Record<'r> {
    bytes: &'r [u8],
    start: u64,
    places: &'r [(usize, usize)],
    fields: &'r [Field],
    pub(super) header: Header,
}

/// The bytes of a field.
#[derive(Clone, Copy, Debug)]
pub(super) struct Value<'r> {
    pub(super) bytes: &'r [u8],
    pub(super) span: Span,
}

impl<'r> Record<'r> {
    /// A field by its information element.
    pub(super) fn get(&self, element: u16) -> Option<Value<'r>> {
        let index = self.fields.iter().position(|field| field.element == Some(element))?;
        let (from, to) = *self.places.get(index)?;
        let bytes = self.bytes.get(from..to).filter(|bytes| !bytes.is_empty())?;
        Some(Value { bytes, span: Span::sized(self.start + from as u64, bytes.len()) })
    }
}

impl Value<'_> {
    /// The number, which may take fewer bytes than the element has.
    pub(super) fn number(&self) -> Option<u64> {
        (self.bytes.len() <= 8).then(|| self.bytes.iter().fold(0, |number, byte| (number << 8) | u64::from(*byte)))
    }
}

/// Whether the first bytes are those of a datagram.
pub(super) fn begins(head: &[u8]) -> Option<&'static str> {
    let at = |from: usize| number16(head, from);
    let is_set = |from: usize, kinds: [u16; 2]| {
        at(from).is_some_and(|id| kinds.contains(&id) || id >= 256) && at(from + 2).is_some_and(|length| length >= 4)
    };
    match at(0)? {
        5 if at(2)? > 0 && head.len() > V5_HEADER && number32(head, 8)? > 946_684_800 => Some("NetFlow 5"),
        9 if at(2)? > 0 && is_set(V9_HEADER, [0, 1]) => Some("NetFlow 9"),
        10 if usize::from(at(2)?) >= IPFIX_HEADER && is_set(IPFIX_HEADER, [2, 3]) => Some("IPFIX"),
        _ => None,
    }
}

impl<'s> Datagrams<'s> {
    pub(super) fn new(source: &'s mut dyn Source, limits: &Limits) -> Datagrams<'s> {
        let file_name = source.info().file_name.clone();
        Datagrams {
            window: Window::new(source),
            file_name,
            columns: limits.columns,
            header: None,
            templates: HashMap::new(),
            set: None,
            v5_left: 0,
            taken: 0,
            places: Vec::new(),
            present: None,
        }
    }

    /// The present record.
    pub(super) fn record(&self) -> Record<'_> {
        Record {
            bytes: self.window.bytes().get(..self.taken).unwrap_or_default(),
            start: self.window.offset(),
            places: &self.places,
            fields: self.present.as_ref().map(|template| template.fields.as_slice()).unwrap_or_default(),
            header: self.header.unwrap_or_default(),
        }
    }

    pub(super) fn next(&mut self) -> Result<Next, FormatError> {
        self.window.consume(std::mem::take(&mut self.taken));
        loop {
            if self.v5_left > 0 {
                self.v5_left -= 1;
                return Ok(self.lose(
                    V5_RECORD,
                    "a record of NetFlow 5",
                    "NetFlow 9 or IPFIX, which can name translations",
                ));
            }
            if let Some(next) = self.next_of_set() {
                return Ok(next);
            }
            if self.set.is_some() {
                continue;
            }
            let next = match self.header {
                None => self.begin_datagram()?,
                Some(header) => self.begin_set(header)?,
            };
            if let Some(next) = next {
                return Ok(next);
            }
        }
    }

    /// The next record of the set that is open; nothing where the set has ended or the record is one of options.
    fn next_of_set(&mut self) -> Option<Next> {
        let set = self.set.as_mut()?;
        let template = Rc::clone(&set.template);
        if set.left < template.least {
            let padding = set.left;
            self.set = None;
            self.window.consume(padding);
            return None;
        }
        let bytes = self.window.bytes().get(..set.left).unwrap_or_default();
        let Some(length) = template.layout(bytes, &mut self.places) else {
            let left = set.left;
            self.set = None;
            return Some(self.lose(left, "a record that reaches beyond its set", "fields that end inside the set"));
        };
        set.left -= length;
        if let Some(header) = &mut self.header {
            header.records += 1;
        }
        if template.is_options {
            self.window.consume(length);
            return None;
        }
        self.taken = length;
        self.present = Some(template);
        Some(Next::Record(Span::sized(self.window.offset(), length)))
    }

    fn begin_datagram(&mut self) -> Result<Option<Next>, FormatError> {
        if !self.need(2)? {
            return if self.window.bytes().is_empty() { Ok(Some(Next::End)) } else { Err(self.lost("a single byte")) };
        }
        let version = number16(self.window.bytes(), 0).unwrap_or(0);
        match version {
            5 => self.begin_v5()?,
            9 if self.need(V9_HEADER)? => {
                let (bytes, offset) = (self.window.bytes(), self.window.offset());
                let header = Header {
                    version,
                    count: u64::from(number16(bytes, 2).unwrap_or(0)),
                    uptime_ms: number32(bytes, 4),
                    exported_s: number32(bytes, 8).unwrap_or(0),
                    exported: Span::sized(offset + 8, 4),
                    domain: number32(bytes, 16).unwrap_or(0),
                    ..Header::default()
                };
                self.header = Some(header);
                self.window.consume(V9_HEADER);
            }
            10 if self.need(IPFIX_HEADER)? => {
                let (bytes, offset) = (self.window.bytes(), self.window.offset());
                let length = usize::from(number16(bytes, 2).unwrap_or(0));
                let header = Header {
                    version,
                    exported_s: number32(bytes, 4).unwrap_or(0),
                    exported: Span::sized(offset + 4, 4),
                    domain: number32(bytes, 12).unwrap_or(0),
                    end: Some(offset + length as u64),
                    ..Header::default()
                };
                if length < IPFIX_HEADER || !self.need(length)? {
                    return Err(self.lost(&format!("an IPFIX message of {length} bytes")));
                }
                self.header = Some(header);
                self.window.consume(IPFIX_HEADER);
            }
            0 => return self.pass_zeros().map(Some),
            9 | 10 => return Err(self.lost("a header that is cut off")),
            other => return Err(self.lost(&format!("version {other}"))),
        }
        Ok(None)
    }

    fn begin_v5(&mut self) -> Result<(), FormatError> {
        if !self.need(V5_HEADER)? {
            return Err(self.lost("a header that is cut off"));
        }
        let count = number16(self.window.bytes(), 2).unwrap_or(0);
        if !self.need(V5_HEADER + V5_RECORD * usize::from(count))? {
            return Err(self.lost(&format!("NetFlow 5 with {count} records, more than there are bytes for")));
        }
        self.window.consume(V5_HEADER);
        self.v5_left = count;
        Ok(())
    }

    /// Zeros up to the end of the file are padding.
    fn pass_zeros(&mut self) -> Result<Next, FormatError> {
        loop {
            let zeros = self.window.bytes().iter().take_while(|byte| **byte == 0).count();
            let all = zeros == self.window.bytes().len();
            if !all {
                return Err(self.lost("bytes after padding"));
            }
            self.window.consume(zeros);
            if !self.window.more()? {
                return Ok(Next::End);
            }
        }
    }

    fn begin_set(&mut self, header: Header) -> Result<Option<Next>, FormatError> {
        let offset = self.window.offset();
        let left = header.end.map(|end| usize::try_from(end.saturating_sub(offset)).unwrap_or(usize::MAX));
        if left.is_some_and(|left| left < 4) {
            self.window.consume(left.unwrap_or(0));
            self.header = None;
            return Ok(None);
        }
        if !self.need(4)? {
            let left = self.window.bytes().len();
            if left > 0 {
                return Err(self.lost("a set that is cut off"));
            }
            return self.end_v9(header).map(|()| None);
        }
        let bytes = self.window.bytes();
        let (id, length) = (number16(bytes, 0).unwrap_or(0), usize::from(number16(bytes, 2).unwrap_or(0)));
        if header.version == 9 && matches!(id, 5 | 9 | 10) {
            return self.end_v9(header).map(|()| None);
        }
        if length < 4 && header.version == 9 {
            return if id == 0 { self.end_v9(header).map(|()| None) } else { Err(self.lost("a set of no length")) };
        }
        if let Some(left) = left.filter(|left| length < 4 || length > *left) {
            self.header = None;
            let rest = self.window.bytes().get(..left).unwrap_or_default();
            if rest.iter().all(|byte| *byte == 0) {
                self.window.consume(left);
                return Ok(None);
            }
            return Ok(Some(self.lose(
                left,
                &format!("a set of {length} bytes"),
                "a set that ends inside its message",
            )));
        }
        if !self.need(length)? {
            return Err(self.lost("a set that is cut off"));
        }
        self.open_set(header, id, length)
    }

    fn open_set(&mut self, header: Header, id: u16, length: usize) -> Result<Option<Next>, FormatError> {
        let body = length - 4;
        let is_v9 = header.version == 9;
        if let Some(header) = &mut self.header {
            header.sets += 1;
        }
        let kind = match (is_v9, id) {
            (true, 0) | (false, 2) => Some(false),
            (true, 1) | (false, 3) => Some(true),
            _ => None,
        };
        if let Some(is_options) = kind {
            return self.define(header, length, is_options);
        }
        if id < 256 {
            return if is_v9 {
                Err(self.lost(&format!("a set {id}")))
            } else {
                Ok(Some(self.lose(length, &format!("a set {id}"), "templates (2, 3) or data (256 and above)")))
            };
        }
        let Some(template) = self.templates.get(&(header.domain, id)).cloned() else {
            if let Some(header) = &mut self.header {
                header.is_unknown = true;
            }
            let found = format!("{body} bytes of template {id}, exporter {}", header.domain);
            return Ok(Some(self.lose(length, &found, "its template before it in the file")));
        };
        if template.least == 0 {
            return Ok(Some(self.lose(length, &format!("records of template {id}"), "records of a byte or more")));
        }
        self.window.consume(4);
        self.set = Some(Set { template, left: body });
        Ok(None)
    }

    /// Reads a set of templates.
    fn define(&mut self, header: Header, length: usize, is_options: bool) -> Result<Option<Next>, FormatError> {
        let set = self.window.bytes().get(4..length).unwrap_or_default();
        let (mut at, mut defined, mut is_broken) = (0, Vec::new(), false);
        // What is left behind the last template is padding.
        while set.len() - at >= 4 && !is_broken {
            let read = read_template(set.get(at..).unwrap_or_default(), header.version, is_options, self.columns);
            let Some((id, template, taken)) = read else {
                is_broken = set.get(at..).unwrap_or_default().iter().any(|byte| *byte != 0);
                break;
            };
            defined.push((id, template));
            at += taken;
        }
        if is_broken {
            return Ok(Some(self.lose(length, "a set of templates", "templates that end inside their set")));
        }
        if let Some(header) = &mut self.header {
            header.records += defined.len() as u64;
        }
        for (id, template) in defined {
            if template.fields.is_empty() {
                self.templates.remove(&(header.domain, id));
            } else {
                self.templates.insert((header.domain, id), Rc::new(template));
            }
        }
        self.window.consume(length);
        if self.templates.len() <= MOST_TEMPLATES {
            return Ok(None);
        }
        let (seen, max) = (self.templates.len() as u64, MOST_TEMPLATES as u64);
        let at = At::file(&self.file_name).byte(self.window.offset());
        Err(FormatError::Limit { at, what: "templates of a file", seen, max })
    }

    /// Exporters count the records and templates, or the sets; one of both must be right where all can be counted.
    fn end_v9(&mut self, header: Header) -> Result<(), FormatError> {
        let header = self.header.take().unwrap_or(header);
        if header.is_unknown || header.count == header.records || header.count == header.sets {
            return Ok(());
        }
        let (count, records, sets) = (header.count, header.records, header.sets);
        Err(self.lost(&format!("a header of {count} records before {records} in {sets} sets")))
    }

    /// Passes over bytes as one row.
    fn lose(&mut self, length: usize, found: &str, expected: &str) -> Next {
        let span = Span::sized(self.window.offset(), length);
        self.window.consume(length);
        Next::Lost(span, Refusal::row(found.as_bytes(), expected))
    }

    /// From here on it cannot be known where anything begins.
    fn lost(&self, found: &str) -> FormatError {
        FormatError::NotReadable {
            at: At::file(&self.file_name).byte(self.window.offset()),
            found: found.to_owned(),
            expected: "whole datagrams of NetFlow 9 or IPFIX, one after the other".into(),
        }
    }

    /// Whether so many bytes lie ahead.
    fn need(&mut self, count: usize) -> Result<bool, FormatError> {
        while self.window.bytes().len() < count {
            if !self.window.more()? {
                return Ok(false);
            }
        }
        Ok(true)
    }
}

//! JSON read lazily, each value with the bytes it stands in. Any value may be missing, null or of another type: then it
//! is absent, as police tools have learned to expect.

use std::borrow::Cow;
use std::fmt;

use serde::Deserialize as _;
use serde::de::{IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;

use crate::error::{At, FormatError};
use crate::issue::Refusal;
use crate::limits::Limits;
use crate::source::{Source, Span};
use crate::tabular::Cell;
use crate::whole::Whole;

/// A whole file, checked to be JSON.
pub(crate) struct Document {
    text: String,
    /// Where the text begins in the file: after a byte order mark.
    offset: u64,
}

/// One value of a document.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Node<'d> {
    raw: &'d str,
    offset: u64,
}

/// The members of an object; none where the value was none.
#[derive(Debug, Default)]
pub(crate) struct Object<'d> {
    members: Vec<(Cow<'d, str>, Node<'d>)>,
}

/// A text, number or truth value as text.
#[derive(Clone, Debug)]
pub(crate) struct Text<'d> {
    name: &'static str,
    /// Without quotes and escapes.
    pub(crate) text: Cow<'d, str>,
    /// Without quotes, with escapes.
    pub(crate) raw: &'d str,
    pub(crate) span: Span,
}

impl Document {
    /// Reads a file to its end.
    pub(crate) fn read(source: &mut dyn Source, limits: &Limits) -> Result<Document, FormatError> {
        let file_name = source.info().file_name.clone();
        let Whole { text, offset } = Whole::read(source, limits, "bytes of a JSON file")?;
        check_shape(&text, limits, &file_name, offset)?;
        serde_json::from_str::<IgnoredAny>(&text).map_err(|error| syntax(&error, &text, &file_name, offset))?;
        Ok(Document { text, offset })
    }

    /// The outermost value.
    pub(crate) fn root(&self) -> Node<'_> {
        let raw = self.text.trim_ascii_start();
        let skipped = self.text.len() - raw.len();
        Node { raw: raw.trim_ascii_end(), offset: self.offset + skipped as u64 }
    }
}

impl<'d> Node<'d> {
    /// Its bytes.
    pub(crate) fn span(self) -> Span {
        Span::sized(self.offset, self.raw.len())
    }

    pub(crate) fn is_array(self) -> bool {
        self.raw.starts_with('[')
    }

    pub(crate) fn is_object(self) -> bool {
        self.raw.starts_with('{')
    }

    /// The members of an object; none of anything else.
    pub(crate) fn object(self) -> Object<'d> {
        if !self.is_object() {
            return Object::default();
        }
        let mut deserializer = serde_json::Deserializer::from_str(self.raw);
        let read = serde::Deserializer::deserialize_map(&mut deserializer, Members);
        let members = read.unwrap_or_default();
        Object { members: members.into_iter().map(|(key, value)| (key, self.inside(value))).collect() }
    }

    /// The elements of an array; none of anything else.
    pub(crate) fn array(self) -> Vec<Node<'d>> {
        if !self.is_array() {
            return Vec::new();
        }
        let mut deserializer = serde_json::Deserializer::from_str(self.raw);
        let read = serde::Deserializer::deserialize_seq(&mut deserializer, Elements);
        read.unwrap_or_default().into_iter().map(|value| self.inside(value)).collect()
    }

    /// A text without outer white space, or a number or truth value as text; nothing if it is null, empty, an object
    /// or an array.
    pub(crate) fn text(self, name: &'static str) -> Result<Option<Text<'d>>, Refusal> {
        let (raw, offset, text) = match self.raw.strip_prefix('"').and_then(|raw| raw.strip_suffix('"')) {
            None if self.raw == "null" || self.is_object() || self.is_array() => return Ok(None),
            None => (self.raw, self.offset, Cow::Borrowed(self.raw)),
            Some(inner) if !inner.contains('\\') => {
                let raw = inner.trim_ascii();
                let skipped = inner.len() - inner.trim_ascii_start().len();
                (raw, self.offset + 1 + skipped as u64, Cow::Borrowed(raw))
            }
            Some(inner) => {
                let text = String::deserialize(&mut serde_json::Deserializer::from_str(self.raw))
                    .map_err(|_| Refusal::new(name, inner, "a text whose escapes are letters").at(self.span()))?;
                (inner, self.offset + 1, Cow::Owned(text.trim().to_owned()))
            }
        };
        let span = Span::sized(offset, raw.len());
        Ok((!text.is_empty()).then_some(Text { name, text, raw, span }))
    }

    /// A value that lies inside this one.
    fn inside(self, value: &'d RawValue) -> Node<'d> {
        let raw = value.get();
        let distance = (raw.as_ptr() as usize).saturating_sub(self.raw.as_ptr() as usize);
        Node { raw, offset: self.offset + distance as u64 }
    }
}

impl<'d> Object<'d> {
    /// The member of that name, unless it is null.
    pub(crate) fn get(&self, key: &str) -> Option<Node<'d>> {
        self.members.iter().find(|(name, _)| name == key).map(|(_, node)| *node).filter(|node| node.raw != "null")
    }

    /// The object in a member; without members where there is none.
    pub(crate) fn object(&self, key: &str) -> Object<'d> {
        self.get(key).map(Node::object).unwrap_or_default()
    }

    /// The elements of the array in a member.
    pub(crate) fn array(&self, key: &str) -> Vec<Node<'d>> {
        self.get(key).map(Node::array).unwrap_or_default()
    }

    /// The text of a member.
    pub(crate) fn text(&self, key: &'static str) -> Result<Option<Text<'d>>, Refusal> {
        self.get(key).map_or(Ok(None), |node| node.text(key))
    }

    /// All members in the order of the file.
    pub(crate) fn members(&self) -> impl Iterator<Item = (&str, Node<'d>)> {
        self.members.iter().map(|(name, node)| (name.as_ref(), *node))
    }
}

impl Text<'_> {
    /// As a cell, which all setters take.
    pub(crate) fn cell(&self) -> Cell<'_> {
        Cell { name: self.name, text: &self.text, origin: self.span.into() }
    }
}

struct Members;

impl<'d> Visitor<'d> for Members {
    type Value = Vec<(Cow<'d, str>, &'d RawValue)>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'d>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut members = Vec::new();
        while let Some(key) = map.next_key::<String>()? {
            members.push((Cow::Owned(key), map.next_value()?));
        }
        Ok(members)
    }
}

struct Elements;

impl<'d> Visitor<'d> for Elements {
    type Value = Vec<&'d RawValue>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an array")
    }

    fn visit_seq<A: SeqAccess<'d>>(self, mut elements: A) -> Result<Self::Value, A::Error> {
        let mut all = Vec::new();
        while let Some(element) = elements.next_element()? {
            all.push(element);
        }
        Ok(all)
    }
}

/// Depth and number of values, counted before anything else reads the text, so that neither the stack nor the memory of
/// a reader depends on them.
fn check_shape(text: &str, limits: &Limits, file_name: &str, offset: u64) -> Result<(), FormatError> {
    let (mut depth, mut values, mut in_text, mut escaped) = (0_usize, 1_usize, false, false);
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if in_text => escaped = true,
            b'"' => in_text = !in_text,
            _ if in_text => {}
            b'{' | b'[' => (depth, values) = (depth + 1, values + 1),
            b'}' | b']' => depth = depth.saturating_sub(1),
            b',' => values += 1,
            _ => {}
        }
        let exceeded = |what, seen: usize, max: usize| FormatError::Limit {
            at: At::file(file_name).byte(offset + at as u64),
            what,
            seen: seen as u64,
            max: max as u64,
        };
        if depth > limits.nesting {
            return Err(exceeded("nesting of JSON", depth, limits.nesting));
        }
        if values > limits.values {
            return Err(exceeded("values of a JSON file", values, limits.values));
        }
    }
    Ok(())
}

fn syntax(error: &serde_json::Error, text: &str, file_name: &str, offset: u64) -> FormatError {
    let before: usize = text.split_inclusive('\n').take(error.line().saturating_sub(1)).map(str::len).sum();
    let at = (before + error.column().saturating_sub(1)).min(text.len());
    let rest = text.as_bytes().get(at..).unwrap_or_default();
    let found = if error.is_eof() || rest.is_empty() {
        "the end of the file".into()
    } else {
        // Sixteen bytes show the mistake; more might be what somebody wrote.
        crate::issue::excerpt(rest.get(..16).unwrap_or(rest))
    };
    FormatError::NotReadable { at: At::file(file_name).byte(offset + at as u64), found, expected: "JSON".into() }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::string_slice, reason = "a test may stop")]
    #![allow(clippy::cast_possible_truncation, reason = "the texts are short")]

    use super::*;

    fn document(text: &str) -> Document {
        Document { text: text.to_owned(), offset: 0 }
    }

    #[test]
    fn values_stand_where_they_say() {
        let text = r#" { "a" : [ 1, {"b\n" : "x\u00e9y" }, null ], "c": " spaced ", "d": null, "e": "" } "#;
        let document = document(text);
        let root = document.root().object();
        let elements = root.array("a");
        assert_eq!(elements.len(), 3);
        let number = elements[0].text("n").unwrap().unwrap();
        assert_eq!((number.text.as_ref(), number.raw), ("1", "1"));
        let escaped = elements[1].object().text("b\n").unwrap().unwrap();
        assert_eq!((escaped.text.as_ref(), escaped.raw), ("x\u{e9}y", r"x\u00e9y"));
        let spaced = root.text("c").unwrap().unwrap();
        assert_eq!(spaced.text, "spaced");
        for found in [number, escaped, spaced] {
            let (start, end) = (found.span.start as usize, found.span.end as usize);
            assert_eq!(&text[start..end], found.raw);
        }
        assert!(root.get("d").is_none() && root.text("e").unwrap().is_none() && root.text("a").unwrap().is_none());
        assert!(root.object("c").members.is_empty() && root.array("c").is_empty());
    }

    #[test]
    fn a_text_that_is_no_text_is_refused() {
        let document = document(r#""\ud800""#);
        assert!(document.root().text("a").is_err());
    }
}

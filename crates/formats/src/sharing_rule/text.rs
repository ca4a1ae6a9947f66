//! The text of a rule file: the keys before the list, and the elements of the list one by one, so that a mistake in one
//! subscriber costs that one only and each keeps its bytes.

use crate::error::{At, FormatError};
use crate::source::Span;
use crate::whole::Whole;

/// A part of the file and where it stands.
#[derive(Clone, Copy, Debug)]
pub(super) struct Entry<'t> {
    pub(super) text: &'t str,
    pub(super) start: u64,
}

/// The keys before the list, then one element after the other.
pub(super) struct Entries<'t> {
    head: Entry<'t>,
    rest: Entry<'t>,
    indent: usize,
    file_name: &'t str,
}

const LIST: &str = "subscribers:";

impl<'t> Entries<'t> {
    pub(super) fn split(whole: &'t Whole, file_name: &'t str) -> Result<Entries<'t>, FormatError> {
        let text = whole.text.as_str();
        let mut at = 0;
        for line in text.split_inclusive('\n') {
            let after = line.strip_prefix(LIST).map(|after| without_comment(after).trim());
            if let Some(after) = after.filter(|after| after.is_empty() || *after == "[]") {
                let end = at + line.len();
                let head = Entry { text: text.get(..at).unwrap_or_default(), start: whole.offset };
                let rest = text.get(end..).unwrap_or_default();
                let skipped = blank_lines(rest);
                let rest = Entry {
                    text: rest.get(skipped..).unwrap_or_default(),
                    start: whole.offset + (end + skipped) as u64,
                };
                let is_empty = !after.is_empty();
                return Entries { head, rest, indent: indent(rest.text), file_name }.check_begin(is_empty);
            }
            at += line.len();
        }
        Err(FormatError::NotReadable {
            at: At::file(file_name).column("subscribers"),
            found: "no list of subscribers".into(),
            expected: "the key subscribers: on a line of its own, as the last key, with one element a subscriber"
                .into(),
        })
    }

    pub(super) fn head(&self) -> Entry<'t> {
        self.head
    }

    fn check_begin(self, must_be_empty: bool) -> Result<Entries<'t>, FormatError> {
        if self.rest.text.is_empty() || (!must_be_empty && self.rest.text.trim_start().starts_with("- ")) {
            return Ok(self);
        }
        Err(self.not_an_element())
    }

    fn not_an_element(&self) -> FormatError {
        FormatError::NotReadable {
            at: At::file(self.file_name).byte(self.rest.start),
            found: crate::issue::excerpt(self.rest.text.lines().next().unwrap_or_default().as_bytes()),
            expected: "an element of the list, which begins with - and is the last of the file".into(),
        }
    }
}

impl<'t> Iterator for Entries<'t> {
    type Item = Result<Entry<'t>, FormatError>;

    fn next(&mut self) -> Option<Self::Item> {
        let text = self.rest.text;
        if text.is_empty() {
            return None;
        }
        let first = text.split_inclusive('\n').next().unwrap_or_default();
        if indent(first) != self.indent || !first.trim_start().starts_with('-') {
            let error = self.not_an_element();
            self.rest.text = "";
            return Some(Err(error));
        }
        let mut length = first.len();
        for line in text.split_inclusive('\n').skip(1) {
            let is_blank = line.trim().is_empty() || line.trim_start().starts_with('#');
            if !is_blank && indent(line) <= self.indent {
                break;
            }
            length += line.len();
        }
        let entry = Entry { text: text.get(..length).unwrap_or_default(), start: self.rest.start };
        self.rest = Entry { text: text.get(length..).unwrap_or_default(), start: self.rest.start + length as u64 };
        Some(Ok(entry))
    }
}

impl Entry<'_> {
    /// The bytes of a key's value, where they spell it; of the key itself for an empty value.
    pub(super) fn find(&self, key: &str, value: &str) -> Option<Span> {
        if key.is_empty() {
            return None;
        }
        for (at, _) in self.text.match_indices(key) {
            let before = self.text.get(..at).and_then(|before| before.chars().next_back());
            let after = self.text.get(at + key.len()..)?;
            let is_key = before.is_none_or(|c| c.is_whitespace() || "{,\"'".contains(c));
            let Some(rest) = after.trim_start_matches(['"', '\'', ' ']).strip_prefix(':').filter(|_| is_key) else {
                continue;
            };
            if value.is_empty() {
                return Some(Span::sized(self.start + at as u64, key.len()));
            }
            let written = rest.trim_start().trim_start_matches(['"', '\'']);
            if written.starts_with(value) {
                let from = self.text.len() - written.len();
                return Some(Span::sized(self.start + from as u64, value.len()));
            }
        }
        None
    }
}

fn indent(line: &str) -> usize {
    line.len() - line.trim_start_matches(' ').len()
}

fn without_comment(text: &str) -> &str {
    text.split_once('#').map_or(text, |(before, _)| before)
}

/// How much at the beginning is blank lines and comments.
fn blank_lines(text: &str) -> usize {
    let is_blank = |line: &&str| line.trim().is_empty() || line.trim_start().starts_with('#');
    text.split_inclusive('\n').take_while(is_blank).map(str::len).sum()
}

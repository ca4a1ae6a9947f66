//! What a format is.

use std::borrow::Cow;

use tutela_model::TableId;

use crate::error::FormatError;
use crate::limits::Limits;
use crate::sink::Sink;
use crate::source::{ReadSeek, Source};

/// A file format that evidence arrives in.
pub trait Format: Sync {
    /// Its name and its page in the manual.
    fn meta(&self) -> &'static FormatMeta;

    /// Whether a file is of this format, from its first bytes and its name. Never fails.
    fn probe(&self, head: &[u8], file_name: &str) -> Probe;

    /// Whether its files are bytes and no text. Few are: a text with many NUL bytes is a mistake, and is refused.
    fn is_binary(&self) -> bool {
        false
    }

    /// The tables it can fill.
    fn tables(&self) -> &'static [TableId];

    /// Reads a file. A row that cannot become a record is refused through the sink, and reading goes on.
    ///
    /// # Errors
    /// Only when the file cannot be read at all, or no further.
    fn read(&self, source: &mut dyn Source, out: &mut Sink<'_>, limits: &Limits) -> Result<(), FormatError>;

    /// Files of this format, good, bad and hostile, with what a right reader gets. One suite runs those of all formats.
    fn examples(&self) -> &'static [Example];
}

/// The name of a format and its page in the manual.
#[derive(Debug)]
pub struct FormatMeta {
    /// The name on the command line and in the case; never changes.
    pub id: &'static str,
    /// The name for people.
    pub title: &'static str,
    /// The standard it follows, with its version, or who writes it.
    pub standard: &'static str,
    /// The version of Tutela that first read it.
    pub since: &'static str,
    /// The page in the manual, in Markdown: what is read, what is not, and what a row is.
    pub manual: &'static str,
}

/// Whether a file is of a format.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Probe {
    /// It is not.
    No,
    /// It may be; the reason.
    Maybe(Cow<'static, str>),
    /// It is; the reason.
    Yes(Cow<'static, str>),
}

/// A file of a format and what a right reader gets from it.
#[derive(Clone, Copy)]
pub struct Example {
    /// What it shows.
    pub name: &'static str,
    /// Good, bad or hostile.
    pub kind: ExampleKind,
    /// The name the file comes with.
    pub file_name: &'static str,
    /// The file.
    pub content: Content,
    /// The mapping file that goes with it.
    pub mapping: Option<&'static str>,
    /// What comes out.
    pub expect: Expect,
}

/// What an example is for.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum ExampleKind {
    /// As the standard wants it.
    Good,
    /// With mistakes that happen.
    Bad,
    /// Made to do harm.
    Hostile,
}

/// The bytes of an example.
#[derive(Clone, Copy)]
pub enum Content {
    /// As they stand.
    Bytes(&'static [u8]),
    /// Made when asked for, which keeps the repository small.
    Made(fn() -> Vec<u8>),
    /// Made while it is read, which keeps memory small; with its length.
    Streamed(fn() -> (Box<dyn ReadSeek>, u64)),
}

/// What a right reader gets.
#[derive(Clone, Copy, Debug)]
pub enum Expect {
    /// The file is read.
    Read {
        /// Rows seen.
        rows: u64,
        /// Rows that gave or joined a record.
        in_records: u64,
        /// Rows refused.
        refused: u64,
        /// Records by table.
        records: &'static [(TableId, u64)],
    },
    /// The file is refused whole, and the message holds these words.
    Refused(&'static str),
}

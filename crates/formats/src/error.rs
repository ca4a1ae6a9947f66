//! Why a source could not be read at all. Trouble with one row is an [`crate::Issue`], not an error.

use std::fmt;

use crate::mapping::MappingError;
use crate::probing::ProbeError;

/// Who is at fault; exit codes and HTTP statuses follow from it.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum ErrorKind {
    /// The source is not what it should be.
    Input,
    /// What was asked for cannot be done, such as a mapping that names no column.
    Usage,
    /// A limit was reached.
    Limit,
    /// The disk or the system failed.
    Environment,
    /// Our own mistake.
    Internal,
}

/// Where in a source, as far as it is known.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct At {
    /// The name of the file.
    pub file_name: Box<str>,
    /// The row, counted from 1.
    pub row: Option<u64>,
    /// The byte, counted from 0.
    pub byte_offset: Option<u64>,
    /// The column, heading, attribute or key.
    pub column: Option<Box<str>>,
}

impl At {
    /// A place in a file that is not known closer.
    pub fn file(file_name: &str) -> At {
        At { file_name: file_name.into(), ..At::default() }
    }

    /// The same with a byte.
    #[must_use]
    pub fn byte(mut self, byte_offset: u64) -> At {
        self.byte_offset = Some(byte_offset);
        self
    }

    /// The same with a row.
    #[must_use]
    pub fn row(mut self, row: u64) -> At {
        self.row = Some(row);
        self
    }

    /// The same with a column.
    #[must_use]
    pub fn column(mut self, column: &str) -> At {
        self.column = Some(column.into());
        self
    }
}

impl fmt::Display for At {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.file_name)?;
        if let Some(row) = self.row {
            write!(f, ", row {row}")?;
        }
        if let Some(byte_offset) = self.byte_offset {
            write!(f, ", byte {byte_offset}")?;
        }
        if let Some(column) = &self.column {
            write!(f, ", column {column}")?;
        }
        Ok(())
    }
}

/// Why a source could not be read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum FormatError {
    /// The source as a whole is not what the format reads.
    #[error("{at}: found {found}, expected {expected}")]
    NotReadable {
        /// Where.
        at: At,
        /// What is there.
        found: String,
        /// What should be there.
        expected: String,
    },
    /// A limit was reached that the rest of the file cannot be read past.
    #[error("{at}: {what}: {seen} is more than the limit of {max}")]
    Limit {
        /// Where.
        at: At,
        /// What is limited, with its unit and what to do.
        what: &'static str,
        /// How much there is.
        seen: u64,
        /// How much there may be.
        max: u64,
    },
    /// The file needs something that was not given, such as the account it belongs to.
    #[error("{at}: found {found}, expected {expected}")]
    Usage {
        /// Where.
        at: At,
        /// What was given.
        found: String,
        /// What is needed.
        expected: String,
    },
    /// No format knows the file.
    #[error(transparent)]
    Unknown(#[from] ProbeError),
    /// The mapping file cannot be used.
    #[error(transparent)]
    Mapping(#[from] MappingError),
    /// The source could not be read from disk.
    #[error("{at}: cannot read")]
    Read {
        /// Where.
        at: At,
        /// The cause.
        #[source]
        source: std::io::Error,
    },
    /// Records or issues could not be written.
    #[error("{at}: cannot write what was read")]
    Write {
        /// The source that was being read.
        at: At,
        /// The cause.
        #[source]
        source: std::io::Error,
    },
    /// A mistake of the reader.
    #[error("{at}: {what}")]
    Internal {
        /// Where.
        at: At,
        /// What went wrong.
        what: String,
    },
    /// Everything that was wanted has been found. Never leaves this crate.
    #[doc(hidden)]
    #[error("reading was stopped")]
    Enough,
}

impl FormatError {
    /// Who is at fault.
    pub fn kind(&self) -> ErrorKind {
        match self {
            FormatError::NotReadable { .. } | FormatError::Unknown(_) => ErrorKind::Input,
            FormatError::Limit { .. } => ErrorKind::Limit,
            FormatError::Usage { .. } | FormatError::Mapping(_) => ErrorKind::Usage,
            FormatError::Read { .. } | FormatError::Write { .. } => ErrorKind::Environment,
            FormatError::Internal { .. } | FormatError::Enough => ErrorKind::Internal,
        }
    }
}

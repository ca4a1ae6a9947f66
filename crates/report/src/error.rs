//! Why something could not leave a case.

use std::path::PathBuf;

use tutela_case::{CaseError, ErrorKind};

/// Why something could not leave a case.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ReportError {
    /// The case refused.
    #[error(transparent)]
    Case(#[from] CaseError),
    /// The page could not be set.
    #[error("the dossier could not be typeset: {0}")]
    Typeset(String),
    /// What was asked for is not possible.
    #[error("{0}")]
    Usage(String),
    /// A file could not be read or written.
    #[error("{}", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// The cause.
        #[source]
        source: std::io::Error,
    },
    /// Something could not be put into its form.
    #[error("{what}: {why}")]
    Form {
        /// What was written.
        what: &'static str,
        /// Why it could not be.
        why: String,
    },
}

impl ReportError {
    /// Who is at fault.
    #[must_use]
    pub fn kind(&self) -> ErrorKind {
        match self {
            Self::Case(e) => e.kind(),
            Self::Usage(_) => ErrorKind::Usage,
            Self::Io { .. } => ErrorKind::Environment,
            Self::Typeset(_) | Self::Form { .. } => ErrorKind::Internal,
        }
    }

    pub(crate) fn form(what: &'static str) -> impl FnOnce(String) -> Self {
        move |why| Self::Form { what, why }
    }
}

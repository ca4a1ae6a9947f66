//! Why something could not be done with a custody log.

use std::path::{Path, PathBuf};

/// Why something could not be done with a custody log.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CustodyError {
    /// What was asked for is not possible.
    #[error("{0}")]
    Usage(String),
    /// The log, a checkpoint or a proof is not what it should be.
    #[error("{0}")]
    Damaged(String),
    /// A file could not be read or written.
    #[error("{}", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// The cause.
        #[source]
        source: std::io::Error,
    },
}

impl CustodyError {
    pub(crate) fn io(path: &Path) -> impl FnOnce(std::io::Error) -> Self + use<> {
        let path = path.to_path_buf();
        move |source| Self::Io { path, source }
    }

    pub(crate) fn damaged(text: impl Into<String>) -> Self {
        Self::Damaged(text.into())
    }
}

//! Why something could not be done with a case.

use std::path::{Path, PathBuf};

/// Who is at fault; exit codes and HTTP status follow from it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ErrorKind {
    /// The file or data given.
    Input,
    /// What was asked for is not possible.
    Usage,
    /// A limit was hit.
    Limit,
    /// The machine: files, permissions, space.
    Environment,
    /// Our bug, or a case that has been damaged.
    Internal,
}

/// Why something could not be done with a case.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CaseError {
    /// What was asked for is not possible.
    #[error("{0}")]
    Usage(String),
    /// Whoever asks has not the right; the log has the refusal.
    #[error("{0}")]
    NotAllowed(String),
    /// It was told to stop before its end.
    #[error("stopped before its end; what was finished is kept")]
    Stopped,
    /// Nobody gets in with that name and password, or for now.
    #[error("{0}")]
    SignIn(String),
    /// It is proposed, and happens once a second person confirms it. Nothing has happened yet.
    #[error("{message}")]
    Pending {
        /// The proposal.
        proposal_ref: String,
        /// Who waits for whom, in words.
        message: String,
    },
    /// The case is not what it should be.
    #[error("damaged case: {0}")]
    Damaged(String),
    /// Another process works on the case.
    #[error("{}: another process is working on this case; try again when it has ended", path.display())]
    Locked {
        /// The case.
        path: PathBuf,
    },
    /// A file could not be read or written.
    #[error("{}", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// The cause.
        #[source]
        source: std::io::Error,
    },
    /// An archive is no whole backup.
    #[error("{}: {why}", path.display())]
    Archive {
        /// The archive.
        path: PathBuf,
        /// What is wrong with it.
        why: String,
    },
    /// The database in the folder refused.
    #[error("case.db")]
    Store(#[from] rusqlite::Error),
    /// The database on a server refused.
    #[error("{server}: {why}")]
    Server {
        /// The database, without a password.
        server: String,
        /// What it said.
        why: String,
    },
    /// The database on a server cannot be reached.
    #[error("{server}: cannot be reached ({why})")]
    Unreachable {
        /// The database, without a password.
        server: String,
        /// Why not.
        why: String,
    },
    /// A source could not be read.
    #[error(transparent)]
    Format(#[from] tutela_formats::FormatError),
    /// A step could not be run.
    #[error(transparent)]
    Step(#[from] tutela_analysis::StepError),
    /// The engine failed.
    #[error(transparent)]
    Engine(#[from] tutela_engine::EngineError),
    /// A JSON file could not be read.
    #[error("{}", path.display())]
    Json {
        /// The file.
        path: PathBuf,
        /// The cause.
        #[source]
        source: serde_json::Error,
    },
}

impl CaseError {
    /// Who is at fault.
    #[must_use]
    pub fn kind(&self) -> ErrorKind {
        match self {
            Self::Usage(_) | Self::NotAllowed(_) | Self::SignIn(_) | Self::Stopped => ErrorKind::Usage,
            Self::Pending { .. } => ErrorKind::Usage,
            Self::Archive { .. } => ErrorKind::Input,
            Self::Locked { .. }
            | Self::Io { .. }
            | Self::Server { .. }
            | Self::Unreachable { .. }
            | Self::Engine(_) => ErrorKind::Environment,
            Self::Damaged(_) | Self::Store(_) | Self::Json { .. } => ErrorKind::Internal,
            Self::Format(e) => match e.kind() {
                tutela_formats::ErrorKind::Input => ErrorKind::Input,
                tutela_formats::ErrorKind::Usage => ErrorKind::Usage,
                tutela_formats::ErrorKind::Limit => ErrorKind::Limit,
                tutela_formats::ErrorKind::Environment => ErrorKind::Environment,
                tutela_formats::ErrorKind::Internal => ErrorKind::Internal,
            },
            Self::Step(e) => match e.kind() {
                tutela_analysis::ErrorKind::Usage => ErrorKind::Usage,
                tutela_analysis::ErrorKind::Limit => ErrorKind::Limit,
                tutela_analysis::ErrorKind::Environment => ErrorKind::Environment,
                tutela_analysis::ErrorKind::Internal => ErrorKind::Internal,
            },
        }
    }

    pub(crate) fn io(path: &Path) -> impl FnOnce(std::io::Error) -> Self + use<> {
        let path = path.to_path_buf();
        move |source| Self::Io { path, source }
    }
}

impl From<tutela_custody::CustodyError> for CaseError {
    fn from(error: tutela_custody::CustodyError) -> Self {
        use tutela_custody::CustodyError;
        match error {
            CustodyError::Usage(text) => Self::Usage(text),
            CustodyError::Io { path, source } => Self::Io { path, source },
            other => Self::Damaged(other.to_string()),
        }
    }
}

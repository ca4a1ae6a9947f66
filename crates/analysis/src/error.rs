//! Why a step could not be run.

use std::path::PathBuf;

use tutela_engine::EngineError;

/// Who is at fault; exit codes and HTTP status follow from it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ErrorKind {
    /// What was asked for is not possible.
    Usage,
    /// A limit of memory or disk was hit.
    Limit,
    /// The machine: files, permissions, space.
    Environment,
    /// Our bug.
    Internal,
}

/// Why a step could not be run.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StepError {
    /// The engine failed.
    #[error("step {step}, stage {stage}")]
    Stage {
        /// Which step.
        step: String,
        /// Which stage.
        stage: String,
        /// The cause.
        #[source]
        source: EngineError,
    },
    /// A stage that this step reads is not there.
    #[error("step {step} reads the stages of {needs}, which has not run")]
    Missing {
        /// Which step.
        step: String,
        /// The step it builds on.
        needs: String,
    },
    /// A parameter that no step has, or a value outside its range.
    #[error("parameter {name}: {found}; expected {expected}")]
    Param {
        /// Its name.
        name: String,
        /// What was found.
        found: String,
        /// What was expected.
        expected: String,
    },
    /// A step's text breaks the rules for steps.
    #[error("step {step}: {reason}")]
    Definition {
        /// Which step.
        step: String,
        /// What is wrong with it.
        reason: String,
    },
    /// A stage holds something other than what its reader expects.
    #[error("stage {stage}: {reason}")]
    Shape {
        /// Which stage.
        stage: String,
        /// What is wrong.
        reason: String,
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
    /// A JSON file could not be read or written.
    #[error("{}", path.display())]
    Json {
        /// The file.
        path: PathBuf,
        /// The cause.
        #[source]
        source: serde_json::Error,
    },
}

impl StepError {
    /// Who is at fault.
    #[must_use]
    pub fn kind(&self) -> ErrorKind {
        match self {
            Self::Stage { source, .. } if source.is_limit() => ErrorKind::Limit,
            Self::Stage { source: EngineError::Io { .. }, .. } | Self::Io { .. } | Self::Json { .. } => {
                ErrorKind::Environment
            }
            Self::Param { .. } | Self::Missing { .. } => ErrorKind::Usage,
            Self::Stage { .. } | Self::Definition { .. } | Self::Shape { .. } => ErrorKind::Internal,
        }
    }

    pub(crate) fn shape(stage: &str, reason: impl Into<String>) -> Self {
        Self::Shape { stage: stage.to_owned(), reason: reason.into() }
    }
}

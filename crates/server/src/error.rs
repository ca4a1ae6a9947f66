//! Why nothing could be served.

use std::net::SocketAddr;

use tutela_case::{CaseError, ErrorKind};

/// Why nothing could be served.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ServeError {
    /// A case could not be opened.
    #[error(transparent)]
    Case(#[from] CaseError),
    /// Two cases would have the same address.
    #[error("two cases are named {name}; serve them one at a time, or rename a folder")]
    SameName {
        /// The name.
        name: String,
    },
    /// The address can be reached from other machines.
    #[error(
        "{address}: can be reached from other machines, and {lacking}; without that only addresses of this one \
         (127.0.0.1, [::1]) are served"
    )]
    NotLoopback {
        /// The address.
        address: SocketAddr,
        /// What is lacking for that.
        lacking: String,
    },
    /// What was configured cannot be used.
    #[error("{file}: {why}")]
    Configuration {
        /// The file.
        file: String,
        /// What was found and what was expected.
        why: String,
    },
    /// The address could not be listened on.
    #[error("{address}: cannot be listened on (another one: --listen 127.0.0.1:0 takes any free port)")]
    Listen {
        /// The address.
        address: SocketAddr,
        /// The cause.
        #[source]
        source: std::io::Error,
    },
    /// No threads.
    #[error("threads")]
    Threads(#[source] std::io::Error),
    /// The system gives no random numbers.
    #[error("the system gives no random numbers: {0}")]
    Chance(getrandom::Error),
}

impl ServeError {
    /// Who is at fault.
    #[must_use]
    pub fn kind(&self) -> ErrorKind {
        match self {
            Self::Case(e) => e.kind(),
            Self::SameName { .. } | Self::NotLoopback { .. } | Self::Configuration { .. } => ErrorKind::Usage,
            Self::Listen { .. } | Self::Threads(_) | Self::Chance(_) => ErrorKind::Environment,
        }
    }
}

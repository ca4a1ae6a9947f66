//! Where a case's database is: in the folder, unless `store.json` notes a server.

use std::fs;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::url::StoreUrl;
use crate::{CaseError, files};

/// The note of a server, in the case's folder.
pub(crate) const NOTE: &str = "store.json";

/// Where a case's database is.
#[derive(Debug, Clone)]
pub(crate) enum Place {
    /// In the folder, as `case.db`.
    Folder,
    /// On a server.
    Server(Box<Server>),
}

/// A schema of a PostgreSQL database.
#[derive(Debug, Clone)]
pub(crate) struct Server {
    /// The database.
    pub(crate) url: StoreUrl,
    /// The schema, which is this case's alone.
    pub(crate) schema: String,
}

impl std::fmt::Display for Server {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}, schema {}", self.url, self.schema)
    }
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Note {
    url: String,
    schema: String,
}

/// The SQLite file of a case.
pub(crate) fn file(root: &Path) -> PathBuf {
    root.join("case.db")
}

impl Place {
    /// The place that a case's folder notes.
    ///
    /// # Errors
    /// Where the note cannot be read.
    pub(crate) fn of(root: &Path) -> Result<Self, CaseError> {
        let path = root.join(NOTE);
        if !path.exists() {
            return Ok(Self::Folder);
        }
        let text = fs::read(&path).map_err(CaseError::io(&path))?;
        let note: Note = serde_json::from_slice(&text).map_err(|source| CaseError::Json { path, source })?;
        let is_name = note.schema.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_');
        if note.schema.is_empty() || note.schema.len() > 63 || !is_name {
            return Err(CaseError::Damaged(format!("{NOTE}: schema is no name of lower-case letters, digits and _")));
        }
        Ok(Self::Server(Box::new(Server { url: StoreUrl::parse(&note.url)?, schema: note.schema })))
    }

    /// Chooses the place of a new case's database and notes it durably, before anything is made there. A schema's name is
    /// made of chance, so that no two cases share one.
    ///
    /// # Errors
    /// Where it cannot be noted.
    pub(crate) fn choose(root: &Path, url: Option<&StoreUrl>) -> Result<Self, CaseError> {
        let path = root.join(NOTE);
        let Some(url) = url else {
            // An attempt that did not get to its end may have left one.
            if path.exists() {
                fs::remove_file(&path).map_err(CaseError::io(&path))?;
            }
            return Ok(Self::Folder);
        };
        if let Ok(Self::Server(noted)) = Self::of(root)
            && noted.url.to_string() == url.to_string()
        {
            return Ok(Self::Server(Box::new(Server { url: url.clone(), schema: noted.schema })));
        }
        let schema = format!("tutela_{:016x}", tutela_custody::nonce()?);
        let note = Note { url: url.to_string(), schema: schema.clone() };
        let mut text =
            serde_json::to_vec_pretty(&note).map_err(|source| CaseError::Json { path: path.clone(), source })?;
        text.push(b'\n');
        files::write_whole(&path, &text)?;
        Ok(Self::Server(Box::new(Server { url: url.clone(), schema })))
    }

    /// What it is called where something is said about it.
    pub(crate) fn name(&self) -> &'static str {
        match self {
            Self::Folder => "case.db",
            Self::Server(_) => "database",
        }
    }

    /// Whether a database is there that a case of this folder may have; on a server that is known only by asking it.
    pub(crate) fn may_be_there(&self, root: &Path) -> bool {
        match self {
            Self::Folder => file(root).exists(),
            Self::Server(_) => true,
        }
    }
}

//! Rules of the house that no compiler checks. They run as an ordinary test, so a clean clone is held to them.

mod bans;
mod layers;
mod length;
mod links;
mod names;

use std::fmt;
use std::path::{Path, PathBuf};

use anyhow::Result;

use crate::{codegen, repo};

/// One breach of a rule.
#[derive(Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(crate) struct Complaint {
    path: PathBuf,
    line: Option<usize>,
    text: String,
}

impl Complaint {
    fn at(path: &Path, line: usize, text: impl Into<String>) -> Complaint {
        Complaint { path: path.to_path_buf(), line: Some(line), text: text.into() }
    }

    fn file(path: &Path, text: impl Into<String>) -> Complaint {
        Complaint { path: path.to_path_buf(), line: None, text: text.into() }
    }
}

impl fmt::Display for Complaint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.line {
            Some(line) => write!(f, "{}:{line}: {}", self.path.display(), self.text),
            None => write!(f, "{}: {}", self.path.display(), self.text),
        }
    }
}

/// A text file of the repository.
pub(crate) struct Source {
    path: PathBuf,
    text: String,
}

impl Source {
    fn extension(&self) -> &str {
        self.path.extension().and_then(|e| e.to_str()).unwrap_or_default()
    }
}

/// Every breach of every rule, sorted.
pub(crate) fn complaints(root: &Path) -> Result<Vec<Complaint>> {
    let files = repo::files(root)?;
    let mut found = names::check(&files);
    for path in codegen::drift(root)? {
        found.push(Complaint::file(&path, "out of date; run cargo xtask codegen"));
    }
    let sources = read(root, &files)?;
    for source in &sources {
        bans::check(source, &mut found);
        length::check(source, &mut found);
    }
    layers::check(&sources, &mut found)?;
    links::check(root, &sources, &mut found);
    found.sort();
    Ok(found)
}

/// The files that have rules by their content.
fn read(root: &Path, files: &[PathBuf]) -> Result<Vec<Source>> {
    let checked = ["rs", "sql", "ts", "tsx", "md", "toml"];
    let mut sources = Vec::new();
    for path in files {
        if path.extension().is_some_and(|e| checked.iter().any(|c| e == *c)) {
            sources.push(Source { path: path.clone(), text: repo::text(root, path)? });
        }
    }
    Ok(sources)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may stop")]

    use super::*;

    #[test]
    fn the_repository_is_tidy() {
        let lines: Vec<String> = complaints(&repo::root()).unwrap().iter().map(ToString::to_string).collect();
        assert!(lines.is_empty(), "\n{}", lines.join("\n"));
    }
}

//! Files made from other files. They are committed, and a test fails when they drift.

mod leads;
mod manual;
mod tables;

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

use crate::schema;

/// A file that is made, and what it must hold.
pub(crate) struct Made {
    pub(crate) path: PathBuf,
    pub(crate) text: String,
}

/// Everything that is made from `schema/` and from the published JSON Schema.
pub(crate) fn made(root: &Path) -> Result<Vec<Made>> {
    let tables = schema::read(root)?;
    let mut made = tables::make(&tables);
    made.push(manual::make(&tables));
    made.push(leads::make(root)?);
    Ok(made)
}

/// Writes the made files that differ.
pub(crate) fn write(root: &Path) -> Result<()> {
    for file in made(root)? {
        let path = root.join(&file.path);
        if fs::read_to_string(&path).ok().as_deref() == Some(file.text.as_str()) {
            continue;
        }
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder)?;
        }
        fs::write(&path, &file.text).with_context(|| path.display().to_string())?;
    }
    Ok(())
}

/// The paths of made files that are not as they would be made now.
pub(crate) fn drift(root: &Path) -> Result<Vec<PathBuf>> {
    let differs = |file: &Made| fs::read_to_string(root.join(&file.path)).ok().as_ref() != Some(&file.text);
    Ok(made(root)?.into_iter().filter(differs).map(|file| file.path).collect())
}

/// Fails when a made file has drifted.
pub(crate) fn check(root: &Path) -> Result<()> {
    match drift(root)?.as_slice() {
        [] => Ok(()),
        [first, ..] => bail!("{}: out of date; run cargo xtask codegen", first.display()),
    }
}

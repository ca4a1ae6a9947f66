//! Names that say nothing of what is inside.

use std::path::{Path, PathBuf};

use super::Complaint;

// "shared" is none of them: a case that several people share is called so.
const EMPTY_NAMES: &[&str] = &["common", "helper", "helpers", "misc", "stuff", "util", "utils"];

/// Checks the name of every file and folder.
pub(super) fn check(files: &[PathBuf]) -> Vec<Complaint> {
    files.iter().filter_map(|path| says_nothing(path).map(|name| complaint(path, name))).collect()
}

fn says_nothing(path: &Path) -> Option<&'static str> {
    let parts = path.iter().filter_map(|part| part.to_str());
    parts.filter_map(|part| part.split('.').next()).find_map(|stem| EMPTY_NAMES.iter().copied().find(|n| *n == stem))
}

fn complaint(path: &Path, name: &str) -> Complaint {
    Complaint::file(path, format!("{name:?} says nothing; name it after what it does"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_and_folders_are_named_after_what_they_do() {
        for path in ["crates/model/src/utils.rs", "crates/case/src/common/mod.rs", "web/src/helpers.test.ts"] {
            assert_eq!(check(&[PathBuf::from(path)]).len(), 1, "{path}");
        }
        for path in ["crates/model/src/time.rs", "docs/src/commons.md"] {
            assert!(check(&[PathBuf::from(path)]).is_empty(), "{path}");
        }
    }
}

//! Every page of the manual can be reached, and every link between files of the repository leads somewhere.

use std::collections::BTreeSet;
use std::path::{Component, Path, PathBuf};

use super::{Complaint, Source};

const MANUAL: &str = "docs/src";

/// Checks all pages.
pub(super) fn check(root: &Path, sources: &[Source], found: &mut Vec<Complaint>) {
    let pages: Vec<&Source> = sources.iter().filter(|s| s.extension() == "md").collect();
    for page in &pages {
        for (line, target) in links(&page.text) {
            if !root.join(resolve(&page.path, target)).exists() {
                found.push(Complaint::at(&page.path, line, format!("the link {target:?} leads nowhere")));
            }
        }
    }
    let summary = Path::new(MANUAL).join("SUMMARY.md");
    let listed: BTreeSet<PathBuf> = pages
        .iter()
        .filter(|page| page.path == summary)
        .flat_map(|page| links(&page.text))
        .map(|(_, target)| resolve(&summary, target))
        .collect();
    for page in pages {
        if page.path.starts_with(MANUAL) && page.path != summary && !listed.contains(&page.path) {
            found.push(Complaint::file(&page.path, "not in docs/src/SUMMARY.md, so no reader will find it"));
        }
    }
}

/// The targets of `[text](target)` that are files, with their line. Code blocks hold no links.
fn links(text: &str) -> Vec<(usize, &str)> {
    let mut found = Vec::new();
    let mut in_code = false;
    for (index, line) in text.lines().enumerate() {
        if line.trim_start().starts_with("```") {
            in_code = !in_code;
        }
        if in_code {
            continue;
        }
        for part in line.split("](").skip(1) {
            let Some((target, _)) = part.split_once(')') else { continue };
            let file = target.split('#').next().unwrap_or_default();
            if !file.is_empty() && !file.contains("://") && !file.starts_with("mailto:") {
                found.push((index + 1, file));
            }
        }
    }
    found
}

/// The target relative to the root instead of to its page.
fn resolve(page: &Path, target: &str) -> PathBuf {
    let mut path = page.parent().map(Path::to_path_buf).unwrap_or_default();
    for part in Path::new(target).components() {
        match part {
            Component::ParentDir => {
                path.pop();
            }
            Component::Normal(name) => path.push(name),
            Component::CurDir | Component::RootDir | Component::Prefix(_) => {}
        }
    }
    path
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may stop")]

    use super::*;

    fn said(pages: &[(&str, &str)]) -> Vec<String> {
        let folder = tempfile::tempdir().unwrap();
        let mut sources = Vec::new();
        for (path, text) in pages {
            let file = folder.path().join(path);
            std::fs::create_dir_all(file.parent().unwrap()).unwrap();
            std::fs::write(&file, text).unwrap();
            sources.push(Source { path: path.into(), text: (*text).to_owned() });
        }
        let mut found = Vec::new();
        check(folder.path(), &sources, &mut found);
        found.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn a_page_outside_the_summary_is_named() {
        let listed = [("docs/src/SUMMARY.md", "- [A](a.md)\n"), ("docs/src/a.md", "# A\n")];
        assert!(said(&listed).is_empty());
        let lost = [("docs/src/SUMMARY.md", ""), ("docs/src/deep/a.md", "# A\n")];
        assert_eq!(said(&lost), ["docs/src/deep/a.md: not in docs/src/SUMMARY.md, so no reader will find it"]);
    }

    #[test]
    fn a_link_must_lead_somewhere() {
        let text =
            "[a](b.md) [out](https://example.org) [up](../x/y.md#part) [here](#part)\n```\n[code](none.md)\n```\n";
        let lines = said(&[("docs/a.md", text), ("x/y.md", "")]);
        assert_eq!(lines, ["docs/a.md:1: the link \"b.md\" leads nowhere"]);
    }
}

//! Which crate may use which. Data moves one way, so a crate uses only those to its left.

use std::collections::BTreeSet;
use std::path::Path;

use anyhow::{Context, Result};
use toml::Table;

use super::{Complaint, Source};

/// A crate, the crates of this workspace it may use, and why no more.
struct Layer {
    name: &'static str,
    may_use: &'static [&'static str],
    because: &'static str,
}

/// From left to right.
const LAYERS: &[Layer] = &[
    Layer {
        name: "tutela-model",
        may_use: &[],
        because: "the vocabulary has no I/O and no opinion, so that everything can share it",
    },
    Layer {
        name: "tutela-formats",
        may_use: &["tutela-model"],
        because: "a reader of hostile files must compile fast, fuzz easily and know no engine",
    },
    Layer {
        name: "tutela-engine",
        may_use: &["tutela-model"],
        because: "the engine runs queries and does not know what they look for",
    },
    Layer {
        name: "tutela-analysis",
        may_use: &["tutela-model", "tutela-engine"],
        because: "a step is a pure function of tables and parameters, so that any lead can be replayed",
    },
    Layer {
        name: "tutela-custody",
        may_use: &[],
        because: "whoever checks a case must need nothing but the log, so that the checker stays small",
    },
    Layer {
        name: "tutela-verify",
        may_use: &["tutela-custody"],
        because: "the stand-alone verifier must not trust, or need, the rest of Tutela",
    },
    Layer {
        name: "tutela-case",
        may_use: &["tutela-model", "tutela-formats", "tutela-engine", "tutela-analysis", "tutela-custody"],
        because: "a case holds evidence and must not know how synthetic worlds are made",
    },
    Layer {
        name: "tutela-report",
        may_use: &["tutela-model", "tutela-analysis", "tutela-case"],
        because: "what leaves a case says what the case says, and needs no engine to say it again years later",
    },
    Layer {
        name: "tutela-server",
        may_use: &["tutela-model", "tutela-formats", "tutela-analysis", "tutela-case", "tutela-report"],
        because: "the server shows what a case says and adds nothing to it",
    },
    Layer {
        name: "tutela-world",
        may_use: &["tutela-model"],
        because: "a world that knew the readers or the steps would test them with themselves",
    },
    Layer {
        name: "tutela",
        may_use: &[
            "tutela-model",
            "tutela-formats",
            "tutela-engine",
            "tutela-analysis",
            "tutela-custody",
            "tutela-case",
            "tutela-report",
            "tutela-server",
            "tutela-world",
        ],
        because: "the command joins the others",
    },
    Layer { name: "xtask", may_use: &[], because: "the checks must run where the checked code does not compile" },
];

/// An outside crate, the only crates that may use it, and why.
struct Gate {
    dependency: &'static str,
    only: &'static [&'static str],
    because: &'static str,
}

const GATES: &[Gate] = &[
    Gate {
        dependency: "anyhow",
        only: &["tutela", "xtask"],
        because: "a library's errors are typed, so that exit code and status follow from their kind",
    },
    Gate { dependency: "axum", only: &["tutela-server"], because: "only the server listens" },
    Gate { dependency: "clap", only: &["tutela"], because: "only the command has a command line" },
    Gate {
        dependency: "datafusion",
        only: &["tutela-engine", "tutela-analysis"],
        because: "formats and cases must live without the engine",
    },
    Gate { dependency: "rand", only: &["tutela-world"], because: "nothing that touches evidence may depend on chance" },
    Gate { dependency: "ed25519-dalek", only: &["tutela-custody"], because: "keys are handled in one place" },
    Gate { dependency: "typst", only: &["tutela-report"], because: "pages are set in one place" },
    Gate { dependency: "rusqlite", only: &["tutela-case"], because: "the case alone has a store" },
    Gate { dependency: "postgres", only: &["tutela-case"], because: "the case alone has a store" },
];

const SECTIONS: &[&str] = &["dependencies", "dev-dependencies", "build-dependencies"];

/// Checks the manifest of every crate.
pub(super) fn check(sources: &[Source], found: &mut Vec<Complaint>) -> Result<()> {
    for source in sources.iter().filter(|s| s.path.ends_with("Cargo.toml")) {
        let manifest: Table = toml::from_str(&source.text).with_context(|| source.path.display().to_string())?;
        if manifest.contains_key("package") {
            check_crate(&source.path, &manifest, found);
        }
        check_versions(&source.path, &manifest, found);
    }
    Ok(())
}

fn check_crate(path: &Path, manifest: &Table, found: &mut Vec<Complaint>) {
    let name = manifest.get("package").and_then(|p| p.get("name")).and_then(toml::Value::as_str).unwrap_or_default();
    let Some(layer) = LAYERS.iter().find(|l| l.name == name) else {
        found.push(Complaint::file(path, format!("{name} has no place in LAYERS of xtask/src/tidy/layers.rs")));
        return;
    };
    let inherits = manifest.get("lints").and_then(|l| l.get("workspace")).and_then(toml::Value::as_bool);
    if inherits != Some(true) {
        found.push(Complaint::file(path, "add [lints] workspace = true: the lints hold for every crate"));
    }
    for dependency in dependencies(manifest) {
        let ours = LAYERS.iter().any(|l| l.name == dependency);
        if ours && !layer.may_use.contains(&dependency.as_str()) {
            let text = format!("layer crossed: {name} must not use {dependency}; {}", layer.because);
            found.push(Complaint::file(path, text));
        }
        let gate = GATES.iter().find(|g| g.dependency == dependency);
        if let Some(gate) = gate.filter(|g| !g.only.contains(&name)) {
            let text = format!("{name} must not use {dependency}; {}", gate.because);
            found.push(Complaint::file(path, text));
        }
    }
}

/// The names of everything a crate depends on, in tests and on single platforms too.
fn dependencies(manifest: &Table) -> BTreeSet<String> {
    let targets = manifest.get("target").and_then(toml::Value::as_table);
    let tables = targets.into_iter().flat_map(|t| t.values()).filter_map(toml::Value::as_table);
    let mut names = BTreeSet::new();
    for table in tables.chain([manifest]) {
        for section in SECTIONS {
            if let Some(section) = table.get(*section).and_then(toml::Value::as_table) {
                names.extend(section.iter().map(|(name, value)| package(name, value)));
            }
        }
    }
    names
}

/// The real name of a dependency that may have been renamed.
fn package(name: &str, value: &toml::Value) -> String {
    value.get("package").and_then(toml::Value::as_str).unwrap_or(name).to_owned()
}

/// Versions are stated once, in the root manifest, and never as `*`.
fn check_versions(path: &Path, manifest: &Table, found: &mut Vec<Complaint>) {
    let workspace = manifest.get("workspace").and_then(|w| w.get("dependencies")).and_then(toml::Value::as_table);
    for (name, value) in workspace.into_iter().flatten() {
        let version = value.as_str().or_else(|| value.get("version").and_then(toml::Value::as_str));
        if version == Some("*") {
            found.push(Complaint::file(path, format!("{name}: any version is no version")));
        }
        if value.get("git").is_some() {
            found.push(Complaint::file(
                path,
                format!("{name}: from a registry only, so that the build can be repeated"),
            ));
        }
    }
    for section in SECTIONS {
        for (name, value) in manifest.get(*section).and_then(toml::Value::as_table).into_iter().flatten() {
            if value.get("workspace").and_then(toml::Value::as_bool) != Some(true) {
                let text = format!("{name}: state it in the root Cargo.toml with a line of why, and inherit it");
                found.push(Complaint::file(path, text));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may stop")]

    use super::*;

    fn complaints(manifest: &str) -> String {
        let source = Source { path: "crates/x/Cargo.toml".into(), text: manifest.to_owned() };
        let mut found = Vec::new();
        check(&[source], &mut found).unwrap();
        found.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
    }

    fn manifest(name: &str, rest: &str) -> String {
        format!("[package]\nname = \"{name}\"\n[lints]\nworkspace = true\n{rest}")
    }

    #[test]
    fn an_edge_to_the_right_is_named() {
        for section in ["dependencies", "dev-dependencies", "build-dependencies", "target.'cfg(unix)'.dependencies"] {
            let text = manifest("tutela-analysis", &format!("[{section}]\ntutela-case.workspace = true\n"));
            let said = complaints(&text);
            assert!(said.contains("layer crossed: tutela-analysis must not use tutela-case"), "{section}: {said}");
        }
    }

    #[test]
    fn an_edge_to_the_left_is_silent() {
        assert_eq!(complaints(&manifest("tutela-analysis", "[dependencies]\ntutela-engine.workspace = true\n")), "");
    }

    #[test]
    fn only_the_command_knows_the_world() {
        for name in ["tutela-model", "tutela-formats", "tutela-engine", "tutela-analysis", "tutela-case"] {
            let said = complaints(&manifest(name, "[dev-dependencies]\ntutela-world.workspace = true\n"));
            assert!(said.contains("layer crossed"), "{name}");
        }
    }

    #[test]
    fn a_renamed_dependency_is_seen() {
        let text = manifest("tutela-formats", "[dependencies]\nx = { workspace = true, package = \"datafusion\" }\n");
        assert!(complaints(&text).contains("tutela-formats must not use datafusion"));
    }

    #[test]
    fn loose_manifests_are_refused() {
        for (text, expect) in [
            (manifest("newcomer", ""), "no place in LAYERS"),
            ("[package]\nname = \"tutela-model\"\n".to_owned(), "add [lints]"),
            (manifest("tutela-model", "[dependencies]\nserde = \"1\"\n"), "state it in the root"),
            ("[workspace.dependencies]\nserde = \"*\"\n".to_owned(), "any version"),
            ("[workspace.dependencies]\nserde = { git = \"x\" }\n".to_owned(), "registry only"),
        ] {
            assert!(complaints(&text).contains(expect), "{expect}: {}", complaints(&text));
        }
    }
}

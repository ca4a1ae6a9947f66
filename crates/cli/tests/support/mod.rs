//! The binary, and a small district as canonical CSV files.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    missing_docs,
    unreachable_pub,
    dead_code,
    reason = "test code"
)]

pub mod asked;

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

pub fn tutela(args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_tutela")).args(args).env("TUTELA_USER", "tester").output().unwrap()
}

pub fn ok(args: &[&str]) -> String {
    let output = tutela(args);
    let text = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(matches!(output.status.code(), Some(0 | 1)), "{args:?}: {:?}\n{text}", output.status);
    String::from_utf8(output.stdout).unwrap()
}

pub fn district() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/district")
}

/// Adds a legal basis that holds for a long time.
pub fn add_basis(case: &str, id: &str) {
    let dates = ["--from", "2026-01-01", "--until", "2030-12-31"];
    let of = ["--act", "order 12/2026", "--authority", "public prosecutor", "--scope", "log-ins and assignments"];
    ok(&[&["basis", "add", case, "--id", id][..], &of, &dates].concat());
}

/// Takes tables of the district in.
pub fn intake(case: &str, basis: &str, tables: &[&str]) {
    let mut args = vec!["intake".to_owned(), case.to_owned(), "--basis".to_owned(), basis.to_owned()];
    args.extend(tables.iter().map(|t| district().join(format!("{t}.csv")).to_string_lossy().into_owned()));
    ok(&args.iter().map(String::as_str).collect::<Vec<_>>());
}

/// Takes the district in and runs every step; the case is at `case` below the folder.
pub fn run_district(dir: &Path) -> String {
    let case = dir.join("case").to_string_lossy().into_owned();
    ok(&["case", "init", &case]);
    add_basis(&case, "B1");
    intake(&case, "B1", &["session", "assignment", "account", "person", "line"]);
    ok(&["run", &case]);
    case
}

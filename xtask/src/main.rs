//! Tidy checks and code generation: `cargo xtask codegen`, `cargo xtask tidy`.

mod codegen;
mod repo;
mod schema;
mod tidy;

use std::io::Write as _;
use std::process::ExitCode;

use anyhow::{Result, bail};

fn main() -> Result<ExitCode> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let root = repo::root();
    match words.as_slice() {
        ["codegen"] => codegen::write(&root).map(|()| ExitCode::SUCCESS),
        ["codegen", "--check"] => codegen::check(&root).map(|()| ExitCode::SUCCESS),
        ["tidy"] => report(&tidy::complaints(&root)?),
        _ => bail!("usage: cargo xtask codegen [--check] | tidy"),
    }
}

fn report(complaints: &[tidy::Complaint]) -> Result<ExitCode> {
    let mut out = std::io::stdout().lock();
    for complaint in complaints {
        writeln!(out, "{complaint}")?;
    }
    Ok(if complaints.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

//! `tutela retention`, `tutela delete` and `tutela purge`: how long things are kept, and how they go.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context as _;
use clap::Args;

use super::{code, open};
use crate::output::{say, table};

/// `tutela retention`
#[derive(Debug, Args)]
pub(crate) struct RetentionArgs {
    /// The case.
    case: PathBuf,
}

/// `tutela delete`
#[derive(Debug, Args)]
pub(crate) struct DeleteArgs {
    /// The case.
    case: PathBuf,
    /// The source: its SHA-256, the beginning of it, or its file name.
    source: String,
    /// The order, with its number and who gave it.
    #[arg(long)]
    order: String,
    /// Why.
    #[arg(long)]
    reason: String,
    /// Where to write the tombstone: the proof that the deletion is in the log.
    #[arg(long)]
    out: Option<PathBuf>,
}

/// `tutela purge`
#[derive(Debug, Args)]
pub(crate) struct PurgeArgs {
    /// The case.
    case: PathBuf,
    /// The person's reference.
    person: String,
    /// The decision that cleared them.
    #[arg(long)]
    reason: String,
    /// Where to write the proof that the purge is in the log.
    #[arg(long)]
    out: Option<PathBuf>,
}

/// Exit code 1 where something is due.
pub(crate) fn retention(args: &RetentionArgs, by: &str) -> anyhow::Result<ExitCode> {
    let kept = open(&args.case, by)?.retention()?;
    let due = |r: &tutela_case::Retention| r.due && !r.sources.is_empty();
    let rows: Vec<Vec<String>> = kept
        .iter()
        .map(|r| {
            let state = if due(r) {
                "due"
            } else if r.sources.is_empty() {
                "nothing kept"
            } else {
                "kept"
            };
            vec![r.basis_id.clone(), r.keep_until.clone(), r.sources.len().to_string(), state.to_owned()]
        })
        .collect();
    say(&table(&["basis", "keep until", "sources", "state"], &rows))?;
    for source in kept.iter().filter(|r| due(r)).flat_map(|r| &r.sources) {
        say(&format!("due: tutela delete {} {source} --order \"...\" --reason \"...\"", args.case.display()))?;
    }
    Ok(code(kept.iter().any(due)))
}

pub(crate) fn delete(args: &DeleteArgs, by: &str) -> anyhow::Result<ExitCode> {
    let (entry, gone, proof) = open(&args.case, by)?.delete_source(&args.source, &args.order, &args.reason)?;
    say(&format!(
        "source {}: deleted with its records ({}) and {} runs; entry {} of the log says so",
        entry.subject,
        gone.tables.join(", "),
        gone.runs.len(),
        entry.index
    ))?;
    write_proof(args.out.as_ref(), &proof)
}

pub(crate) fn purge(args: &PurgeArgs, by: &str) -> anyhow::Result<ExitCode> {
    let (entry, changed, proof) = open(&args.case, by)?.purge_person(&args.person, &args.reason)?;
    say(&format!(
        "person {}: purged from {} rows of {} record files, with {} runs; entry {} of the log says so as {}",
        args.person,
        changed.rows_purged,
        changed.records.len(),
        changed.runs.len(),
        entry.index,
        entry.subject
    ))?;
    write_proof(args.out.as_ref(), &proof)
}

fn write_proof(out: Option<&PathBuf>, proof: &str) -> anyhow::Result<ExitCode> {
    if let Some(path) = out {
        std::fs::write(path, proof).with_context(|| path.display().to_string())?;
    }
    Ok(ExitCode::SUCCESS)
}

//! `tutela case`

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Subcommand;
use tutela_case::Case;

use super::{code, custody, open};
use crate::output::{say, table};

/// `tutela case ...`
#[derive(Debug, Subcommand)]
pub(crate) enum CaseCommand {
    /// Makes a new case in a folder of its own.
    Init {
        /// The folder.
        case: PathBuf,
    },
    /// Says what a case holds.
    Status {
        /// The case.
        case: PathBuf,
    },
    /// Checks every sealed file, record file, run and log entry.
    Verify(custody::VerifyArgs),
}

pub(crate) fn run(command: &CaseCommand, by: &str) -> anyhow::Result<ExitCode> {
    match command {
        CaseCommand::Init { case } => {
            Case::init(case, by)?;
            say(&format!("case made in {}", case.display()))?;
            Ok(ExitCode::SUCCESS)
        }
        CaseCommand::Status { case } => status(&open(case, by)?),
        CaseCommand::Verify(args) => custody::verify(args),
    }
}

fn status(case: &Case) -> anyhow::Result<ExitCode> {
    let sources = case.sources()?;
    let rows: Vec<Vec<String>> = sources
        .iter()
        .map(|s| {
            let short = s.source_id.get(..12).unwrap_or(&s.source_id).to_owned();
            let figures = [s.size_bytes, s.rows, s.rows_in_records, s.rows_refused].map(|n| n.to_string());
            let mut row = vec![s.file_name.clone(), short, s.format.clone(), s.basis_id.clone()];
            row.extend(figures);
            row
        })
        .collect();
    say(&table(&["file", "source", "format", "basis", "bytes", "rows", "in records", "refused"], &rows))?;
    match case.leads() {
        Ok((run_id, leads)) => say(&format!(
            "\nrun {run_id}: {} leads, {} supported, {} insufficient, {} contradicted",
            leads.leads.len(),
            leads.funnel.supported,
            leads.funnel.insufficient,
            leads.funnel.contradicted
        ))?,
        Err(_) => say("\nnothing has been run yet")?,
    }
    Ok(code(sources.iter().any(|s| s.rows_refused > 0)))
}

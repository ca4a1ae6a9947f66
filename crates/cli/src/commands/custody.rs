//! `tutela custody`

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Subcommand;

use super::Answer;
use crate::output::say;

/// `tutela custody ...`
#[derive(Debug, Subcommand)]
pub(crate) enum CustodyCommand {
    /// Checks every sealed file, record file, run and log entry; needs no secret.
    Verify {
        /// The case.
        case: PathBuf,
        /// How to answer.
        #[arg(long, value_enum, default_value = "table")]
        format: Answer,
    },
}

pub(crate) fn run(command: &CustodyCommand) -> anyhow::Result<ExitCode> {
    let CustodyCommand::Verify { case, format } = command;
    verify(case, *format)
}

pub(crate) fn verify(case: &Path, format: Answer) -> anyhow::Result<ExitCode> {
    let found = tutela_case::verify(case)?;
    if format == Answer::Json {
        say(&serde_json::to_string_pretty(&found)?)?;
    } else {
        for line in &found.broken {
            say(&format!("BROKEN      {line}"))?;
        }
        for line in &found.unfinished {
            say(&format!("unfinished  {line}"))?;
        }
        let verdict = if found.is_whole() { "whole" } else { "BROKEN" };
        say(&format!(
            "{verdict}: {} log entries, {} sealed files, {} record files, {} stage files",
            found.entries, found.sealed, found.records, found.stages
        ))?;
    }
    Ok(if found.is_whole() { ExitCode::SUCCESS } else { ExitCode::from(2) })
}

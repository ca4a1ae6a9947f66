//! `tutela issues`

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;
use tutela_formats::Severity;

use super::{Answer, open};
use crate::output::{say, table};

/// `tutela issues`
#[derive(Debug, Args)]
pub(crate) struct IssuesArgs {
    /// The case.
    case: PathBuf,
    /// How to answer.
    #[arg(long, value_enum, default_value = "table")]
    format: Answer,
}

pub(crate) fn run(args: &IssuesArgs, by: &str) -> anyhow::Result<ExitCode> {
    let issues = open(&args.case, by)?.issues()?;
    if args.format == Answer::Json {
        say(&serde_json::to_string_pretty(&issues)?)?;
        return Ok(ExitCode::SUCCESS);
    }
    let number = |n: Option<u64>| n.map(|n| n.to_string()).unwrap_or_default();
    let rows: Vec<Vec<String>> = issues
        .into_iter()
        .map(|i| {
            let what = if i.severity == Severity::Refused { "refused" } else { "note" };
            vec![
                i.file_name,
                number(i.row),
                number(i.byte_offset),
                i.column.unwrap_or_default(),
                what.to_owned(),
                i.found,
                i.expected,
            ]
        })
        .collect();
    say(&table(&["file", "row", "byte", "column", "what", "found", "expected"], &rows))?;
    Ok(ExitCode::SUCCESS)
}

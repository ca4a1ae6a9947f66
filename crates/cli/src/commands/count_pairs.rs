//! `tutela count-pairs`: the interval join alone. Left out of the help: it is for measurements, and needs no case.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;

use super::run::cores;
use crate::output::say;

/// `tutela count-pairs`
#[derive(Debug, Args)]
pub(crate) struct CountPairsArgs {
    /// Parquet file with the columns of the table `session`.
    sessions: PathBuf,
    /// Parquet file with the columns of the table `assignment`.
    assignments: PathBuf,
    /// Error of the sessions' clocks, in seconds, either way.
    #[arg(long, default_value_t = 2, value_parser = clap::value_parser!(i64).range(0..=31_536_000))]
    clock_error_s: i64,
    /// Threads; as many as the machine has cores where absent.
    #[arg(long)]
    threads: Option<usize>,
}

pub(crate) fn run(args: &CountPairsArgs) -> anyhow::Result<ExitCode> {
    let threads = args.threads.unwrap_or_else(cores);
    let count =
        tutela_analysis::count_pairs(&args.sessions, &args.assignments, args.clock_error_s * 1_000_000, threads)?;
    say(&serde_json::to_string(&count)?)?;
    Ok(ExitCode::SUCCESS)
}

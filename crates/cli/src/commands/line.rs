//! `tutela line`

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, Subcommand, ValueEnum};
use tutela_case::LineCheckKind;
use tutela_model::lead::LineRef;

use super::open;
use crate::output::{say, table};

/// `tutela line ...`
#[derive(Debug, Subcommand)]
pub(crate) enum LineCommand {
    /// Notes what was found where a line ends.
    Check(CheckArgs),
    /// Lists what was found, in the order it was noted.
    List {
        /// The case.
        case: PathBuf,
    },
}

/// `tutela line check`
#[derive(Debug, Args)]
pub(crate) struct CheckArgs {
    /// The case.
    case: PathBuf,
    /// The operator, as in the records.
    operator: String,
    /// The operator's reference of the line.
    line: String,
    /// What was found.
    #[arg(long, value_enum)]
    found: Found,
    /// The day of the search or of the operator's check.
    #[arg(long)]
    on: String,
    /// Who looked and how, or the number of the report.
    #[arg(long)]
    how: String,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Found {
    /// A search there found nothing of what the inquiry is about.
    Nothing,
    /// The operator followed the wire: it ends where the register says.
    Confirmed,
    /// The operator followed the wire: it ends elsewhere.
    Elsewhere,
}

pub(crate) fn run(command: &LineCommand, by: &str) -> anyhow::Result<ExitCode> {
    match command {
        LineCommand::Check(args) => check(args, by),
        LineCommand::List { case } => {
            let checks = open(case, by)?.line_checks()?;
            let rows = checks
                .into_iter()
                .map(|c| vec![c.on, c.line.operator, c.line.line_ref, words(c.kind).to_owned(), c.how, c.who, c.utc]);
            say(&table(&["on", "operator", "line", "found", "how", "noted by", "at"], &rows.collect::<Vec<_>>()))?;
            Ok(ExitCode::SUCCESS)
        }
    }
}

fn check(args: &CheckArgs, by: &str) -> anyhow::Result<ExitCode> {
    let kind = match args.found {
        Found::Nothing => LineCheckKind::NothingFound,
        Found::Confirmed => LineCheckKind::Confirmed,
        Found::Elsewhere => LineCheckKind::EndsElsewhere,
    };
    let line = LineRef { operator: args.operator.clone(), line_ref: args.line.clone() };
    let noted = open(&args.case, by)?.check_line(&line, kind, &args.on, &args.how)?;
    say(&format!("line {} of {}: {}, {}", line.line_ref, line.operator, words(noted.kind), noted.on))?;
    Ok(ExitCode::SUCCESS)
}

fn words(kind: LineCheckKind) -> &'static str {
    match kind {
        LineCheckKind::NothingFound => "nothing found",
        LineCheckKind::Confirmed => "wire confirmed",
        LineCheckKind::EndsElsewhere => "wire ends elsewhere",
    }
}

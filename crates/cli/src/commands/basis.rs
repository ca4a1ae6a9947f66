//! `tutela basis`

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, Subcommand};
use tutela_case::Basis;

use super::open;
use crate::output::{say, table};

/// `tutela basis ...`
#[derive(Debug, Subcommand)]
pub(crate) enum BasisCommand {
    /// Adds the act under which sources were acquired.
    Add(AddArgs),
    /// Lists the legal bases of a case.
    List {
        /// The case.
        case: PathBuf,
    },
}

/// `tutela basis add`
#[derive(Debug, Args)]
pub(crate) struct AddArgs {
    /// The case.
    case: PathBuf,
    /// Its reference in this case; B1, B2, ... where absent.
    #[arg(long)]
    id: Option<String>,
    /// The act: a decree, an order, a request, with its number.
    #[arg(long)]
    act: String,
    /// Who issued it.
    #[arg(long)]
    authority: String,
    /// What it covers.
    #[arg(long)]
    scope: String,
    /// First day it holds, YYYY-MM-DD.
    #[arg(long)]
    from: String,
    /// Last day it holds, YYYY-MM-DD.
    #[arg(long)]
    until: String,
}

pub(crate) fn run(command: &BasisCommand, by: &str) -> anyhow::Result<ExitCode> {
    match command {
        BasisCommand::Add(args) => {
            let mut case = open(&args.case, by)?;
            let number = case.bases()?.len() + 1;
            let basis = Basis {
                basis_id: args.id.clone().unwrap_or_else(|| format!("B{number}")),
                act: args.act.clone(),
                authority: args.authority.clone(),
                scope: args.scope.clone(),
                from_date: args.from.clone(),
                until_date: args.until.clone(),
            };
            case.add_basis(&basis)?;
            say(&basis.basis_id)?;
        }
        BasisCommand::List { case } => {
            let bases = open(case, by)?.bases()?;
            let rows: Vec<Vec<String>> = bases
                .into_iter()
                .map(|b| vec![b.basis_id, b.act, b.authority, b.scope, b.from_date, b.until_date])
                .collect();
            say(&table(&["id", "act", "authority", "scope", "from", "until"], &rows))?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

//! `tutela basis`

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, Subcommand, ValueEnum};
use tutela_case::{Basis, Lapse, LapseKind};

use super::open;
use crate::output::{say, table};

/// `tutela basis ...`
#[derive(Debug, Subcommand)]
pub(crate) enum BasisCommand {
    /// Adds the act under which sources were acquired.
    Add(AddArgs),
    /// Records that a basis no longer holds: what was acquired under it leaves every finding.
    Lapse(LapseArgs),
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

/// `tutela basis lapse`
#[derive(Debug, Args)]
pub(crate) struct LapseArgs {
    /// The case.
    case: PathBuf,
    /// The basis.
    id: String,
    /// Why it no longer holds.
    #[arg(long, value_enum)]
    kind: Kind,
    /// The decision, in words.
    #[arg(long)]
    reason: String,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Kind {
    /// An urgent act was not validated in time.
    NotValidated,
    /// A court annulled it.
    Annulled,
    /// It was withdrawn.
    Withdrawn,
}

impl Kind {
    fn of(self) -> LapseKind {
        match self {
            Self::NotValidated => LapseKind::NotValidated,
            Self::Annulled => LapseKind::Annulled,
            Self::Withdrawn => LapseKind::Withdrawn,
        }
    }
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
        BasisCommand::Lapse(args) => {
            let lapse = Lapse { kind: args.kind.of(), reason: args.reason.clone() };
            let sources = open(&args.case, by)?.lapse_basis(&args.id, &lapse)?;
            say(&format!(
                "basis {}: no longer holds; {sources} sources leave. See what changes with: tutela run {}",
                args.id,
                args.case.display()
            ))?;
        }
        BasisCommand::List { case } => {
            let case = open(case, by)?;
            let (bases, lapses) = (case.bases()?, case.lapses()?);
            let rows: Vec<Vec<String>> = bases
                .into_iter()
                .map(|b| {
                    let state = lapses.get(&b.basis_id).map_or("holds", |_| "has lapsed").to_owned();
                    vec![b.basis_id, b.act, b.authority, b.scope, b.from_date, b.until_date, state]
                })
                .collect();
            say(&table(&["id", "act", "authority", "scope", "from", "until", "state"], &rows))?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

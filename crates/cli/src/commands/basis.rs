//! `tutela basis`

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, Subcommand, ValueEnum};
use tutela_case::{Basis, Lapse, LapseKind, Terms};

use super::open;
use crate::output::{say, table};

/// `tutela basis ...`
#[derive(Debug, Subcommand)]
pub(crate) enum BasisCommand {
    /// Adds the act under which sources were acquired.
    Add(AddArgs),
    /// Records that a basis no longer holds: what was acquired under it leaves every finding.
    Lapse(LapseArgs),
    /// Records that an urgent act was validated, within 48 hours.
    Validate(ValidateArgs),
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
    /// An urgent act, and when it was issued, as 2026-05-04T10:00:00Z: it lapses after 48 hours unless it is validated.
    #[arg(long, value_name = "INSTANT")]
    urgent: Option<String>,
    /// A record table that it covers; may be given several times, and covers all where absent.
    #[arg(long = "table", value_name = "TABLE")]
    tables: Vec<String>,
    /// The last day on which what was acquired may be kept, YYYY-MM-DD.
    #[arg(long)]
    keep_until: Option<String>,
}

/// `tutela basis validate`
#[derive(Debug, Args)]
pub(crate) struct ValidateArgs {
    /// The case.
    case: PathBuf,
    /// The basis.
    id: String,
    /// The decree that validates it.
    #[arg(long)]
    decree: String,
    /// When it was validated, as 2026-05-05T09:00:00Z.
    #[arg(long)]
    at: String,
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
            let terms = Terms {
                urgent_since_utc: args.urgent.clone(),
                tables: args.tables.clone(),
                keep_until: args.keep_until.clone(),
            };
            case.add_basis_with(&basis, &terms)?;
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
        BasisCommand::Validate(args) => {
            open(&args.case, by)?.validate_basis(&args.id, &args.decree, &args.at)?;
            say(&format!("basis {}: validated", args.id))?;
        }
        BasisCommand::List { case } => {
            let case = open(case, by)?;
            let (bases, lapses, terms) = (case.bases()?, case.lapses()?, case.terms()?);
            let rows: Vec<Vec<String>> = bases
                .into_iter()
                .map(|b| {
                    let urgent = terms.get(&b.basis_id).is_some_and(|t| t.urgent_since_utc.is_some());
                    let holds = if urgent { "holds (urgent)" } else { "holds" };
                    let state = lapses.get(&b.basis_id).map_or(holds, |_| "has lapsed").to_owned();
                    vec![b.basis_id, b.act, b.authority, b.scope, b.from_date, b.until_date, state]
                })
                .collect();
            say(&table(&["id", "act", "authority", "scope", "from", "until", "state"], &rows))?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

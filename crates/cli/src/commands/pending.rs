//! `tutela pending`: what waits for a second person.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context as _;
use clap::{Args, Subcommand};
use tutela_case::{Confirmed, FourEyes, Proposal, ProposalState};

use super::{Answer, code, open};
use crate::output::{say, table};

/// `tutela pending ...`
#[derive(Debug, Subcommand)]
pub(crate) enum PendingCommand {
    /// Lists what waits for a second person; exit code 1 where something does.
    List {
        /// The case.
        case: PathBuf,
        /// Also what was confirmed, rejected or taken back.
        #[arg(long)]
        all: bool,
        /// How to answer.
        #[arg(long, value_enum, default_value = "table")]
        format: Answer,
    },
    /// Confirms a proposal as the second person: what was proposed happens.
    Confirm(ConfirmArgs),
    /// Rejects a proposal as the second person.
    Reject(DecideArgs),
    /// Takes one's own proposal back.
    Withdraw(DecideArgs),
}

/// `tutela pending confirm`
#[derive(Debug, Args)]
pub(crate) struct ConfirmArgs {
    /// The case.
    case: PathBuf,
    /// The proposal, as P12.
    proposal: String,
    /// For a deletion or a purge: where to write the proof that it is in the log.
    #[arg(long)]
    out: Option<PathBuf>,
}

/// `tutela pending reject` and `withdraw`
#[derive(Debug, Args)]
pub(crate) struct DecideArgs {
    /// The case.
    case: PathBuf,
    /// The proposal, as P12.
    proposal: String,
    /// Why. It is kept for good.
    #[arg(long)]
    reason: String,
}

pub(crate) fn run(command: &PendingCommand, by: &str) -> anyhow::Result<ExitCode> {
    match command {
        PendingCommand::List { case, all, format } => {
            let case = open(case, by)?;
            let (mut found, set) = (case.proposals()?, case.four_eyes()?);
            let waits = |p: &Proposal| matches!(p.state, ProposalState::Pending | ProposalState::Confirmed);
            let look = found.iter().any(|p| p.state == ProposalState::Pending);
            found.retain(|p| *all || waits(p) || p.state == ProposalState::Stale);
            if *format == Answer::Json {
                say(&serde_json::to_string_pretty(&found)?)?;
                return Ok(code(look));
            }
            let names: Vec<&str> = set.into_iter().map(FourEyes::name).collect();
            say(&format!(
                "under four eyes: {}",
                if names.is_empty() { "nothing".to_owned() } else { names.join(", ") }
            ))?;
            let headings = ["proposal", "what", "by", "when", "state", "reason"];
            say(&table(&headings, &found.iter().map(row).collect::<Vec<_>>()))?;
            return Ok(code(look));
        }
        PendingCommand::Confirm(args) => confirm(args, by)?,
        PendingCommand::Reject(args) => {
            open(&args.case, by)?.reject(&args.proposal, &args.reason)?;
            say(&format!("proposal {}: rejected by {by}", args.proposal))?;
        }
        PendingCommand::Withdraw(args) => {
            open(&args.case, by)?.withdraw_proposal(&args.proposal, &args.reason)?;
            say(&format!("proposal {}: taken back", args.proposal))?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn row(p: &Proposal) -> Vec<String> {
    let by = p.decided_by.as_deref().unwrap_or("-");
    let state = match p.state {
        ProposalState::Pending => "waits for a second person".to_owned(),
        ProposalState::Stale => format!("stale: {}", p.stale.as_deref().unwrap_or_default()),
        ProposalState::Confirmed => format!("confirmed by {by}; {} can look once", p.who),
        ProposalState::Done => format!("confirmed by {by}, done"),
        ProposalState::Rejected => format!("rejected by {by}: {}", p.decided_reason.as_deref().unwrap_or_default()),
        ProposalState::Withdrawn => format!("taken back: {}", p.decided_reason.as_deref().unwrap_or_default()),
    };
    vec![p.proposal_ref.clone(), p.words.clone(), p.who.clone(), p.utc.clone(), state, p.reason.clone()]
}

fn confirm(args: &ConfirmArgs, by: &str) -> anyhow::Result<()> {
    let proposal = &args.proposal;
    let (text, proof) = match open(&args.case, by)?.confirm(proposal)? {
        Confirmed::Reveal => (
            format!("proposal {proposal}: confirmed by {by}; whoever proposed it can look once, with the same command"),
            None,
        ),
        Confirmed::SignOff(done) => (
            format!("lead {}: gate {} signed by {}, confirmed by {by}", done.lead_ref, done.gate as u8 + 1, done.who),
            None,
        ),
        Confirmed::Delete(entry, gone, proof) => (
            format!(
                "source {}: deleted with its records ({}) and {} runs; entry {} of the log says so",
                entry.subject,
                gone.tables.join(", "),
                gone.runs.len(),
                entry.index
            ),
            Some(proof),
        ),
        Confirmed::Purge(entry, changed, proof) => (
            format!(
                "person purged from {} rows of {} record files, with {} runs; entry {} of the log says so as {}",
                changed.rows_purged,
                changed.records.len(),
                changed.runs.len(),
                entry.index,
                entry.subject
            ),
            Some(proof),
        ),
        Confirmed::FourEyes(acts) => {
            (format!("under four eyes now: {}", acts.iter().map(|a| a.name()).collect::<Vec<_>>().join(", ")), None)
        }
    };
    if let (Some(path), Some(proof)) = (&args.out, proof) {
        std::fs::write(path, proof).with_context(|| path.display().to_string())?;
    }
    say(&text)
}

//! `tutela seed`

use std::io::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context as _;
use clap::{Args, Subcommand};
use tutela_case::IntakeOptions;

use super::open;
use crate::output::say;

/// `tutela seed ...`
#[derive(Debug, Subcommand)]
pub(crate) enum SeedCommand {
    /// States a recipient whom other evidence has established; it is sealed and logged like any source.
    Add(AddArgs),
}

/// `tutela seed add`
#[derive(Debug, Args)]
pub(crate) struct AddArgs {
    /// The case.
    case: PathBuf,
    /// The legal basis of the evidence.
    #[arg(long)]
    basis: String,
    /// The account: an IBAN, an e-mail address, a telephone number, or the provider's number with --provider.
    #[arg(long)]
    account: String,
    /// Who keeps the account.
    #[arg(long)]
    provider: Option<String>,
    /// What establishes the recipient: an exhibit, a partner's report, a record. Payments are no such evidence.
    #[arg(long)]
    evidence: String,
    /// Why payments are followed from this account.
    #[arg(long)]
    reason: String,
}

pub(crate) fn run(command: &SeedCommand, by: &str) -> anyhow::Result<ExitCode> {
    let SeedCommand::Add(args) = command;
    for (name, text) in [("--account", &args.account), ("--evidence", &args.evidence), ("--reason", &args.reason)] {
        anyhow::ensure!(!text.trim().is_empty(), "{name}: found nothing, expected a text");
    }
    let mut case = open(&args.case, by)?;
    let cells = [args.provider.as_deref().unwrap_or_default(), &args.account, &args.evidence, &args.reason, by];
    let quoted: Vec<String> = cells.iter().map(|cell| format!("\"{}\"", cell.replace('"', "\"\""))).collect();
    let name = format!("seed-{}.csv", args.account.replace(|c: char| !c.is_ascii_alphanumeric(), "-"));
    // Only as a way in: the case seals its own copy.
    let folder = args.case.join("seed.part");
    std::fs::create_dir_all(&folder).with_context(|| folder.display().to_string())?;
    let path = folder.join(name);
    let mut file = std::fs::File::create(&path).with_context(|| path.display().to_string())?;
    writeln!(file, "provider,account_ref,evidence_ref,reason,stated_by")?;
    writeln!(file, "{}", quoted.join(","))?;
    drop(file);
    let taken = case.intake(&path, &args.basis, &IntakeOptions::default());
    std::fs::remove_dir_all(&folder).with_context(|| folder.display().to_string())?;
    let report = taken?;
    anyhow::ensure!(
        report.rows_refused == 0,
        "seed {}: refused; see: tutela issues {}",
        args.account,
        args.case.display()
    );
    say(&format!(
        "seed {}: source {}; run the steps again: tutela run {}",
        args.account,
        report.source_id,
        args.case.display()
    ))?;
    Ok(ExitCode::SUCCESS)
}

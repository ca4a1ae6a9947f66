//! `tutela custody`

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context as _, bail};
use clap::{Args, Subcommand};

use super::{Answer, code, open};
use crate::output::{say, table, tell};

/// `tutela custody ...`
#[derive(Debug, Subcommand)]
pub(crate) enum CustodyCommand {
    /// Checks every sealed file, record file, run and log entry; needs no secret and no database.
    Verify(VerifyArgs),
    /// Lists every act; as JSON, with its particulars, one act a line.
    Log {
        /// The case.
        case: PathBuf,
        /// How to answer.
        #[arg(long, value_enum, default_value = "table")]
        format: Answer,
    },
    /// Prints the newest signed checkpoint, to be kept outside the case.
    Checkpoint {
        /// The case.
        case: PathBuf,
    },
    /// Prints the key that checks the log's signatures, to be kept outside the case.
    Key {
        /// The case.
        case: PathBuf,
    },
    /// Proves that an item is in the log, or that the log only grew since a checkpoint.
    Prove(ProveArgs),
    /// Asks for and attaches time-stamps (RFC 3161) of checkpoints.
    #[command(subcommand)]
    Timestamp(TimestampCommand),
}

/// `tutela custody verify`
#[derive(Debug, Args)]
pub(crate) struct VerifyArgs {
    /// The case.
    pub(crate) case: PathBuf,
    /// How to answer.
    #[arg(long, value_enum, default_value = "table")]
    pub(crate) format: Answer,
    /// The log's key, or a file with it, as it was handed out; else the one that the case states is believed.
    #[arg(long)]
    pub(crate) key: Option<String>,
    /// A checkpoint that was kept outside the case; may be given several times.
    #[arg(long = "checkpoint", value_name = "FILE")]
    pub(crate) checkpoints: Vec<PathBuf>,
    /// Checks the files only, where the database cannot be reached or is not to be.
    #[arg(long)]
    pub(crate) without_database: bool,
}

/// `tutela custody prove`
#[derive(Debug, Args)]
pub(crate) struct ProveArgs {
    /// The case.
    case: PathBuf,
    /// The number of an entry, what an act was about (a source, a run, a lead), or a file that was sealed.
    #[arg(required_unless_present = "since")]
    item: Option<String>,
    /// A checkpoint kept earlier: prove that the log only grew since.
    #[arg(long, value_name = "FILE", conflicts_with = "item")]
    since: Option<PathBuf>,
    /// Where to write the proof; to standard output where absent.
    #[arg(long)]
    out: Option<PathBuf>,
}

/// `tutela custody timestamp ...`
#[derive(Debug, Subcommand)]
pub(crate) enum TimestampCommand {
    /// Writes a request over the newest checkpoint, to be sent to a time-stamping authority.
    Request {
        /// The case.
        case: PathBuf,
        /// Where to write the request.
        #[arg(long)]
        out: PathBuf,
    },
    /// Attaches the response of the authority.
    Attach {
        /// The case.
        case: PathBuf,
        /// The response.
        token: PathBuf,
    },
}

pub(crate) fn run(command: &CustodyCommand, by: &str) -> anyhow::Result<ExitCode> {
    match command {
        CustodyCommand::Verify(args) => return verify(args),
        CustodyCommand::Log { case, format } => log(case, *format, by)?,
        CustodyCommand::Checkpoint { case } => say(open(case, by)?.checkpoint().trim_end_matches('\n'))?,
        CustodyCommand::Key { case } => say(&open(case, by)?.log_key()?.to_string())?,
        CustodyCommand::Prove(args) => prove(args, by)?,
        CustodyCommand::Timestamp(TimestampCommand::Request { case, out }) => {
            let (size, request) = open(case, by)?.timestamp_request()?;
            write(out, &request)?;
            say(&format!("request over the checkpoint of {size} entries written to {}", out.display()))?;
        }
        CustodyCommand::Timestamp(TimestampCommand::Attach { case, token }) => {
            let (size, time) = open(case, by)?.timestamp_attach(token)?;
            say(&format!("checkpoint of {size} entries stamped at {time}"))?;
            let kept = case.join("custody").join("timestamps").join(&size);
            say(&format!(
                "check the authority's signature with: openssl ts -verify -in {0}.tsr -data {0}.checkpoint -CAfile CA.pem",
                kept.display()
            ))?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn log(case: &Path, format: Answer, by: &str) -> anyhow::Result<()> {
    let acts = open(case, by)?.acts()?;
    if format == Answer::Json {
        return acts.iter().try_for_each(|act| say(&serde_json::to_string(act)?));
    }
    let row = |a: &tutela_case::custody::Entry| {
        vec![a.index.to_string(), a.utc.clone(), a.who.clone(), a.act.clone(), a.subject.clone()]
    };
    say(&table(&["entry", "when", "who", "what", "to"], &acts.iter().map(row).collect::<Vec<_>>()))
}

fn prove(args: &ProveArgs, by: &str) -> anyhow::Result<()> {
    let case = open(&args.case, by)?;
    let text = match (&args.item, &args.since) {
        (Some(item), _) => {
            let (entry, text) = case.prove(item)?;
            tell(&format!(
                "entry {}: {} of {} by {} at {}",
                entry.index, entry.act, entry.subject, entry.who, entry.utc
            ));
            text
        }
        (None, Some(since)) => {
            let older = std::fs::read_to_string(since).with_context(|| since.display().to_string())?;
            case.prove_growth(&older)?
        }
        (None, None) => bail!("an item or --since is needed"),
    };
    match &args.out {
        Some(path) => write(path, text.as_bytes()),
        None => say(text.trim_end_matches('\n')),
    }
}

fn write(path: &Path, bytes: &[u8]) -> anyhow::Result<()> {
    std::fs::write(path, bytes).with_context(|| path.display().to_string())
}

pub(crate) fn verify(args: &VerifyArgs) -> anyhow::Result<ExitCode> {
    let options = tutela_case::audit_options(args.key.as_deref(), &args.checkpoints)?;
    let check = if args.without_database { tutela_case::verify_files } else { tutela_case::verify };
    let found = check(&args.case, &options)?;
    if args.format == Answer::Json {
        say(&serde_json::to_string_pretty(&found)?)?;
    } else {
        for line in &found.broken {
            say(&format!("BROKEN      {line}"))?;
        }
        for line in &found.unfinished {
            say(&format!("unfinished  {line}"))?;
        }
        for line in &found.not_checked {
            say(&format!("not checked {line}"))?;
        }
        let verdict = if found.is_whole() { "whole" } else { "BROKEN" };
        let database = if found.database { "compared" } else { "not compared" };
        say(&format!(
            "{verdict}: {} log entries, {} sealed files, {} record files, {} files of runs, {} time-stamps; database {database}",
            found.entries, found.sealed, found.records, found.stages, found.timestamps
        ))?;
        if let (Some(key), None) = (&found.log_key, &args.key) {
            say(&format!("the key was believed as the case states it: {key}"))?;
        }
    }
    // What was to be checked and could not be is to be looked at.
    let look = !args.without_database && !found.not_checked.is_empty();
    Ok(if found.is_whole() { code(look) } else { ExitCode::from(2) })
}

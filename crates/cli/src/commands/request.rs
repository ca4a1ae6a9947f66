//! `tutela request`

mod words;

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context as _;
use clap::{Args, Subcommand, ValueEnum};
use tutela_case::{ExportOptions, IntakeOptions, PlanOptions, TrafficRetention};

use super::intake::{expand, given_mapping};
use super::run::cores;
use super::{Answer, open};
use crate::output::{say, tell};

/// `tutela request ...`
#[derive(Debug, Subcommand)]
pub(crate) enum RequestCommand {
    /// Plans which connections to ask operators about, and explains each choice and what is left out.
    Plan(PlanArgs),
    /// Writes the planned requests, one set of files an operator, and keeps them in the case.
    Export(ExportArgs),
    /// Compares the files of a reply with the requests they name, and takes in the rows that agree.
    Import(ImportArgs),
    /// Lists the requests and how each stands.
    List(ListArgs),
    /// Shows one request and what the comparison of its reply found.
    Show(ShowArgs),
}

/// `tutela request plan`
#[derive(Debug, Args)]
pub(crate) struct PlanArgs {
    /// The case.
    case: PathBuf,
    /// A list of address blocks and their operators: CSV with the headings prefix and operator.
    #[arg(long, value_name = "FILE")]
    operators: Option<PathBuf>,
    /// The moment from which retention is counted, such as 2026-07-01T00:00:00Z; now where absent.
    #[arg(long, value_name = "TIME")]
    as_of: Option<String>,
    /// Which retention holds.
    #[arg(long, value_enum, default_value = "internet")]
    retention: RetentionArg,
    /// A parameter's value, as NAME=VALUE; may be given several times (`tutela steps` lists them under plan_requests).
    #[arg(long = "set", value_name = "NAME=VALUE")]
    set: Vec<String>,
    /// Show only this account, as platform:account_ref or its account_ref.
    #[arg(long)]
    account: Option<String>,
    /// Memory that queries may hold before they spill, in MiB.
    #[arg(long, default_value_t = 512)]
    memory_mib: usize,
    /// Parallel partitions; as many as the machine has cores where absent. No result depends on it.
    #[arg(long)]
    partitions: Option<usize>,
    /// How to answer.
    #[arg(long, value_enum, default_value = "table")]
    format: Answer,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum RetentionArg {
    /// Internet traffic: 12 months (`retention_internet_months`).
    Internet,
    /// Telephone traffic: 24 months (`retention_telephone_months`).
    Telephone,
    /// Crimes of the list: 72 months (`retention_listed_months`).
    Listed,
}

/// `tutela request export`
#[derive(Debug, Args)]
pub(crate) struct ExportArgs {
    /// The case.
    case: PathBuf,
    /// The act under which it is asked.
    #[arg(long)]
    basis: String,
    /// Where to write.
    #[arg(long)]
    out: PathBuf,
    /// The zone of local times, by its IANA name. UTC always stands beside them.
    #[arg(long, default_value = "Europe/Rome")]
    zone: String,
    /// Ask only about this account, as platform:account_ref; may be given several times.
    #[arg(long = "account")]
    accounts: Vec<String>,
    /// Ask only this operator; may be given several times.
    #[arg(long = "operator")]
    operators: Vec<String>,
}

/// `tutela request import`
#[derive(Debug, Args)]
pub(crate) struct ImportArgs {
    /// The case.
    case: PathBuf,
    /// The files of one reply, or folders of them: who held the addresses, and whose lines they are.
    #[arg(required = true)]
    files: Vec<PathBuf>,
    /// The legal basis under which the reply was obtained.
    #[arg(long)]
    basis: String,
    /// The format to read them as; found by looking at each file where absent.
    #[arg(long)]
    format: Option<String>,
    /// A mapping file to read them through.
    #[arg(long)]
    mapping: Option<PathBuf>,
    /// The table that a CSV file fills, where its headings leave that open.
    #[arg(long)]
    table: Option<String>,
    /// A value that no row states, as COLUMN=VALUE; may be given several times.
    #[arg(long = "constant", value_name = "COLUMN=VALUE")]
    constants: Vec<String>,
    /// The operator shares addresses and keeps no ports: several lines for one question are a set, not a contradiction.
    #[arg(long)]
    shared: bool,
    /// How to answer.
    #[arg(long, value_enum, default_value = "table")]
    output: Answer,
}

/// `tutela request list`
#[derive(Debug, Args)]
pub(crate) struct ListArgs {
    /// The case.
    case: PathBuf,
    /// Only requests that stand so: open, answered, noted, partly_blocked or blocked.
    #[arg(long)]
    outcome: Option<String>,
    /// How to answer.
    #[arg(long, value_enum, default_value = "table")]
    format: Answer,
}

/// `tutela request show`
#[derive(Debug, Args)]
pub(crate) struct ShowArgs {
    /// The case.
    case: PathBuf,
    /// The request.
    request: String,
    /// How to answer.
    #[arg(long, value_enum, default_value = "table")]
    format: Answer,
}

pub(crate) fn run(command: &RequestCommand, by: &str) -> anyhow::Result<ExitCode> {
    match command {
        RequestCommand::Plan(args) => plan(args, by),
        RequestCommand::Export(args) => export(args, by),
        RequestCommand::Import(args) => import(args, by),
        RequestCommand::List(args) => list(args, by),
        RequestCommand::Show(args) => show(args, by),
    }
}

fn plan(args: &PlanArgs, by: &str) -> anyhow::Result<ExitCode> {
    let pair = |text: &String| {
        let (name, value) = text.split_once('=').with_context(|| format!("--set {text}: expected NAME=VALUE"))?;
        anyhow::Ok((name.to_owned(), value.to_owned()))
    };
    let moment = |text: &String| {
        let read = tutela_model::time::parse_instant(text).and_then(|at| at.stated());
        read.map_err(|expected| anyhow::anyhow!("--as-of {text}: expected {expected}"))
    };
    let options = PlanOptions {
        as_of_us: args.as_of.as_ref().map(moment).transpose()?,
        retention: match args.retention {
            RetentionArg::Internet => TrafficRetention::Internet,
            RetentionArg::Telephone => TrafficRetention::Telephone,
            RetentionArg::Listed => TrafficRetention::Listed,
        },
        address_blocks: args.operators.clone(),
        set: args.set.iter().map(pair).collect::<anyhow::Result<_>>()?,
        memory_bytes: args.memory_mib << 20,
        partitions: args.partitions.unwrap_or_else(cores),
    };
    let mut plan = open(&args.case, by)?.plan_requests(&options, &|text| tell(text))?;
    if let Some(account) = &args.account {
        let is = |name: &str| name == account || name.split_once(':').is_some_and(|(_, of)| of == account);
        plan.accounts.retain(|a| is(&a.account));
        plan.requests.retain(|r| is(&r.account));
        plan.left_out.retain(|l| is(&l.account));
        anyhow::ensure!(!plan.accounts.is_empty(), "account {account}: not under investigation in this case");
    }
    match args.format {
        Answer::Json => say(&serde_json::to_string_pretty(&plan)?)?,
        Answer::Table => say(&words::plan(&plan, &args.case))?,
    }
    Ok(ExitCode::SUCCESS)
}

fn export(args: &ExportArgs, by: &str) -> anyhow::Result<ExitCode> {
    let options = ExportOptions {
        basis_id: args.basis.clone(),
        out: args.out.clone(),
        zone: args.zone.clone(),
        accounts: args.accounts.clone(),
        operators: args.operators.clone(),
    };
    let exported = open(&args.case, by)?.export_requests(&options)?;
    for sent in exported.files {
        say(&format!(
            "{}: {} requests, {} to {}; {}",
            sent.operator,
            sent.requests,
            sent.first_ref,
            sent.last_ref,
            sent.written.first().map(|p| p.display().to_string()).unwrap_or_default()
        ))?;
    }
    Ok(ExitCode::SUCCESS)
}

fn import(args: &ImportArgs, by: &str) -> anyhow::Result<ExitCode> {
    let mapping = given_mapping(args.mapping.as_deref(), args.table.as_deref(), &args.constants)?;
    let files = expand(&args.files)?;
    let options = IntakeOptions { format: args.format.clone(), mapping };
    let report = open(&args.case, by)?.import_reply(&files, &args.basis, &options, args.shared)?;
    match args.output {
        Answer::Json => say(&serde_json::to_string_pretty(&report)?)?,
        Answer::Table => {
            for file in &report.files {
                say(&words::reply(file))?;
            }
        }
    }
    Ok(super::code(report.files.iter().any(|f| f.blocked > 0 || f.intake.rows_refused > 0)))
}

fn list(args: &ListArgs, by: &str) -> anyhow::Result<ExitCode> {
    let mut states = open(&args.case, by)?.request_states()?;
    if let Some(outcome) = &args.outcome {
        states.retain(|s| s.outcome == *outcome);
    }
    match args.format {
        Answer::Json => say(&serde_json::to_string_pretty(&states)?)?,
        Answer::Table => say(&words::list(&states))?,
    }
    Ok(super::code(states.iter().any(|s| s.outcome.ends_with("blocked"))))
}

fn show(args: &ShowArgs, by: &str) -> anyhow::Result<ExitCode> {
    let states = open(&args.case, by)?.request_states()?;
    let state = states.into_iter().find(|s| s.request.request_ref == args.request);
    let state = state.with_context(|| format!("request {}: not one of this case", args.request))?;
    match args.format {
        Answer::Json => say(&serde_json::to_string_pretty(&state)?)?,
        Answer::Table => say(&words::show(&state))?,
    }
    Ok(super::code(state.outcome.ends_with("blocked")))
}

//! `tutela run`

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context as _;
use clap::Args;
use tutela_case::{Case, Change, PaymentChange, PaymentStanding, RunOptions, RunReport, Standing};

use super::judgement::tell_contradictions;
use super::open;
use crate::output::{say, table, tell};

/// `tutela run`
#[derive(Debug, Args)]
pub(crate) struct RunArgs {
    /// The case.
    case: PathBuf,
    /// Steps to run, with all they build on; all steps where none is named.
    steps: Vec<String>,
    /// Memory that queries may hold before they spill, in MiB.
    #[arg(long, default_value_t = 512)]
    memory_mib: usize,
    /// Parallel partitions; as many as the machine has cores where absent. No result depends on it.
    #[arg(long)]
    partitions: Option<usize>,
    /// Compute everything again and compare with what was kept.
    #[arg(long)]
    verify: bool,
    /// A parameter's value, as NAME=VALUE; may be given several times (`tutela steps` lists them).
    #[arg(long = "set", value_name = "NAME=VALUE")]
    set: Vec<String>,
}

pub(crate) fn run(args: &RunArgs, by: &str) -> anyhow::Result<ExitCode> {
    let pair = |text: &String| {
        let (name, value) = text.split_once('=').with_context(|| format!("--set {text}: expected NAME=VALUE"))?;
        anyhow::Ok((name.to_owned(), value.to_owned()))
    };
    let options = RunOptions {
        steps: args.steps.clone(),
        set: args.set.iter().map(pair).collect::<anyhow::Result<_>>()?,
        memory_bytes: args.memory_mib << 20,
        partitions: args.partitions.unwrap_or_else(cores),
        verify: args.verify,
    };
    let mut case = open(&args.case, by)?;
    let report = run_steps(&mut case, &options)?;
    say(&format!("run {}", report.run_id))?;
    say(&stages(&report))?;
    if options.steps.is_empty() {
        tell_changes(&case)?;
        tell_payment_changes(&case)?;
    }
    Ok(ExitCode::SUCCESS)
}

/// What changed since the run before: new records, other parameters, or records whose legal basis no longer holds.
fn tell_changes(case: &Case) -> anyhow::Result<()> {
    for (basis, lapse) in case.lapses()? {
        say(&format!("basis {basis} no longer holds ({}): its records are in no finding", lapse.reason))?;
    }
    tell_contradictions(&case.judgements()?)?;
    let Some((before, changes)) = case.changes()? else { return Ok(()) };
    if changes.is_empty() {
        return say(&format!("no lead changed since run {before}"));
    }
    let stands = |s: &Option<Standing>| {
        s.as_ref().map_or_else(
            || "-".to_owned(),
            |s| {
                let person = s.person_ref.as_ref().map(|p| format!(" {p}")).unwrap_or_default();
                format!("{}{person}, {} episodes", s.outcome.name(), s.episodes)
            },
        )
    };
    let row = |c: &Change| vec![c.lead_ref.clone(), c.account.clone(), stands(&c.before), stands(&c.after)];
    say(&format!("\n{} leads changed since run {before}:", changes.len()))?;
    say(&table(&["lead", "account", "before", "now"], &changes.iter().map(row).collect::<Vec<_>>()))
}

/// The same of leads from payments; nothing is said where none changed.
fn tell_payment_changes(case: &Case) -> anyhow::Result<()> {
    let Some((before, changes)) = case.payment_changes()?.filter(|(_, changes)| !changes.is_empty()) else {
        return Ok(());
    };
    let stands = |s: &Option<PaymentStanding>| {
        s.as_ref().map_or_else(
            || "-".to_owned(),
            |s| {
                let ratio = s.log10_lr.map(|l| format!(", log10 LR {l:+.2}")).unwrap_or_default();
                format!("{} {}{ratio}", s.role, s.outcome)
            },
        )
    };
    let row = |c: &PaymentChange| vec![c.lead_ref.clone(), stands(&c.before), stands(&c.after)];
    say(&format!("\n{} leads from payments changed since run {before}:", changes.len()))?;
    say(&table(&["lead", "before", "now"], &changes.iter().map(row).collect::<Vec<_>>()))
}

/// Runs the steps and tells each stage as it ends.
pub(crate) fn run_steps(case: &mut Case, options: &RunOptions) -> anyhow::Result<RunReport> {
    Ok(case.run(options, &|text| tell(text))?)
}

pub(crate) fn cores() -> usize {
    std::thread::available_parallelism().map_or(2, std::num::NonZero::get)
}

fn stages(report: &RunReport) -> String {
    let rows: Vec<Vec<String>> = report
        .steps
        .iter()
        .map(|s| {
            let rows: u64 = s.stages.iter().map(|stage| stage.rows).sum();
            vec![
                s.id.clone(),
                s.stages.len().to_string(),
                rows.to_string(),
                format!("{:.2}", s.seconds),
                mebibytes(s.peak_bytes),
            ]
        })
        .collect();
    table(&["step", "stages", "rows", "seconds", "peak MiB"], &rows)
}

/// Bytes in MiB, or a dash where the system does not tell.
pub(crate) fn mebibytes(bytes: Option<u64>) -> String {
    bytes.map_or_else(|| "-".to_owned(), |b| (b >> 20).to_string())
}

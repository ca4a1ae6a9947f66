//! `tutela case`

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::bail;
use clap::{Args, Subcommand};
use tutela_case::{Act, Case, FourEyes, MeasureState, ProposalState, STORE, StoreUrl};

use super::{code, custody, open};
use crate::output::{say, table, tell};

/// What stands for the folder where a database is asked for.
const FOLDER: &str = "folder";

/// `tutela case ...`
#[derive(Debug, Subcommand)]
pub(crate) enum CaseCommand {
    /// Makes a new case in a folder of its own.
    Init {
        /// The folder.
        case: PathBuf,
        /// Where its database is: "folder", or a PostgreSQL database as postgresql://USER@HOST:PORT/DATABASE, whose password
        /// is in PGPASSWORD; else as TUTELA_STORE says; else in the folder.
        #[arg(long, value_name = "URL")]
        store: Option<String>,
    },
    /// Writes the whole case into one archive: its files, its log, and its database in a form that every store takes.
    Backup {
        /// The case.
        case: PathBuf,
        /// The archive to write.
        file: PathBuf,
        /// Puts the key that signs the log into it: whoever has the archive can then add to the log.
        #[arg(long)]
        with_key: bool,
    },
    /// Makes a case of such an archive, after checking it.
    Restore {
        /// The archive.
        file: PathBuf,
        /// The folder of the new case.
        case: PathBuf,
        /// Where its database is to be; as with init.
        #[arg(long, value_name = "URL")]
        store: Option<String>,
    },
    /// Says what a case holds.
    Status {
        /// The case.
        case: PathBuf,
    },
    /// Says what is under four eyes, or sets it: what one person then proposes happens when a second one confirms it.
    FourEyes(FourEyesArgs),
    /// Checks every sealed file, record file, run and log entry.
    Verify(custody::VerifyArgs),
}

/// `tutela case four-eyes`
#[derive(Debug, Args)]
pub(crate) struct FourEyesArgs {
    /// The case.
    case: PathBuf,
    /// Showing names and personal data waits for a second person.
    #[arg(long)]
    reveal: bool,
    /// Signing a gate does; refusing one never waits.
    #[arg(long)]
    sign_off: bool,
    /// Deleting a source and purging a person do.
    #[arg(long)]
    deletion: bool,
    /// Nothing does. Less than before needs a second person itself.
    #[arg(long, conflicts_with_all = ["reveal", "sign_off", "deletion"])]
    none: bool,
}

pub(crate) fn run(command: &CaseCommand, by: &str) -> anyhow::Result<ExitCode> {
    match command {
        CaseCommand::Init { case, store } => {
            Case::init_in(case, by, place(store.as_deref())?.as_ref())?;
            say(&format!("case made in {}", case.display()))?;
            Ok(ExitCode::SUCCESS)
        }
        CaseCommand::Backup { case, file, with_key } => backup(&mut open(case, by)?, file, *with_key),
        CaseCommand::Restore { file, case, store } => restore(file, case, place(store.as_deref())?.as_ref()),
        CaseCommand::Status { case } => status(&open(case, by)?),
        CaseCommand::FourEyes(args) => four_eyes(args, by),
        CaseCommand::Verify(args) => custody::verify(args),
    }
}

fn four_eyes(args: &FourEyesArgs, by: &str) -> anyhow::Result<ExitCode> {
    let mut case = open(&args.case, by)?;
    let wanted = [args.reveal, args.sign_off, args.deletion];
    if args.none || wanted.contains(&true) {
        let acts = FourEyes::ALL.into_iter().zip(wanted).filter(|(_, wanted)| *wanted).map(|(act, _)| act).collect();
        case.set_four_eyes(&acts)?;
    }
    let set: Vec<&str> = case.four_eyes()?.into_iter().map(FourEyes::name).collect();
    say(&format!("under four eyes: {}", if set.is_empty() { "nothing".to_owned() } else { set.join(", ") }))?;
    Ok(ExitCode::SUCCESS)
}

/// What waits for somebody, as far as whoever asks may see it.
fn waiting(case: &Case) -> anyhow::Result<()> {
    let mut lines = Vec::new();
    let mut add = |count: usize, what: &str, command: &str| {
        if count > 0 {
            lines.push(format!("{count} {what} (tutela {command})"));
        }
    };
    if case.is_allowed(Act::Pending) {
        let waits = case.proposals()?.into_iter().filter(|p| p.state == ProposalState::Pending).count();
        add(waits, "acts wait for a second person", "pending list");
    }
    let against = case.judgements()?.into_iter().filter(|j| j.contradicted.is_some()).count();
    add(against, "judgements are contradicted by the newest run", "judgement list");
    if case.is_allowed(Act::SeeMeasures) {
        let due = case.measures()?.into_iter().filter(|m| m.state == MeasureState::Due).count();
        add(due, "measures have come to their last day", "measure list");
    }
    if case.is_allowed(Act::SeeTasks) {
        add(case.tasks()?.into_iter().filter(|t| t.overdue).count(), "tasks are overdue", "task list");
    }
    let alarms = case.exhibits()?.into_iter().filter(|e| !e.alarms.is_empty()).count();
    add(alarms, "exhibits have an alarm", "exhibit list");
    let kept = case.retention()?.into_iter().filter(|r| r.due).map(|r| r.sources.len()).sum();
    add(kept, "sources are due to be deleted", "retention");
    lines.iter().try_for_each(|line| say(line))
}

/// Where a new case's database is to be; nothing stands for the folder.
fn place(given: Option<&str>) -> anyhow::Result<Option<StoreUrl>> {
    match given {
        None => Ok(StoreUrl::of_environment()?),
        Some(FOLDER) => Ok(None),
        Some(text) => {
            let url = StoreUrl::parse(text)?;
            if url.has_password() {
                bail!(
                    "--store: holds a password, which everybody on this machine can see; put it into PGPASSWORD, or the whole \
                     address into {STORE}"
                );
            }
            Ok(Some(url))
        }
    }
}

fn backup(case: &mut Case, file: &Path, with_key: bool) -> anyhow::Result<ExitCode> {
    let done = case.backup(file, with_key)?;
    say(&format!(
        "{}: {} bytes with {} files and {} log entries, read back and whole\nSHA-256 {}, which the log has too",
        done.file.display(),
        done.size_bytes,
        done.files,
        done.entries,
        done.sha256
    ))?;
    tell(if done.with_key {
        "the key that signs the log is in it: whoever has the archive can add to the log; keep it accordingly"
    } else {
        "the key that signs the log is not in it: what is restored can be read and checked, and goes on only with the key"
    });
    Ok(ExitCode::SUCCESS)
}

fn restore(file: &Path, case: &Path, store: Option<&StoreUrl>) -> anyhow::Result<ExitCode> {
    let done = tutela_case::restore(file, case, store)?;
    say(&format!("{}: {} files and {} log entries, checked and whole", case.display(), done.files, done.entries))?;
    if !done.with_key {
        tell(
            "the key that signs the log was not in the archive: put it into custody/key, or its folder into TUTELA_KEYS, \
             before going on with this case",
        );
    }
    tell("go on with one of the two only: a log that grows in two places is found out by whoever keeps checkpoints");
    Ok(ExitCode::SUCCESS)
}

fn status(case: &Case) -> anyhow::Result<ExitCode> {
    let (sources, exhibits) = (case.sources()?, case.source_exhibits()?);
    let exhibit = |source: &str| {
        let of = exhibits.get(source);
        of.map_or_else(|| "-".to_owned(), |of| of.iter().cloned().collect::<Vec<_>>().join(", "))
    };
    let rows: Vec<Vec<String>> = sources
        .iter()
        .map(|s| {
            let short = s.source_id.get(..12).unwrap_or(&s.source_id).to_owned();
            let figures = [s.size_bytes, s.rows, s.rows_in_records, s.rows_refused].map(|n| n.to_string());
            let of = exhibit(&s.source_id);
            let mut row = vec![s.file_name.clone(), short, s.format.clone(), s.basis_id.clone(), of];
            row.extend(figures);
            row
        })
        .collect();
    let headings = ["file", "source", "format", "basis", "exhibit", "bytes", "rows", "in records", "refused"];
    say(&table(&headings, &rows))?;
    match case.leads() {
        Ok((run_id, leads)) => say(&format!(
            "\nrun {run_id}: {} leads, {} supported, {} insufficient, {} contradicted",
            leads.leads.len(),
            leads.funnel.supported,
            leads.funnel.insufficient,
            leads.funnel.contradicted
        ))?,
        Err(_) => say("\nnothing has been run yet")?,
    }
    waiting(case)?;
    Ok(code(sources.iter().any(|s| s.rows_refused > 0)))
}

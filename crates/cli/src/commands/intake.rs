//! `tutela intake`

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Context as _;
use clap::Args;
use serde::Serialize;
use tutela_case::{Case, IntakeOptions, IntakeReport, IntakeStatus};
use tutela_formats::Mapping;
use tutela_model::TableId;

use super::{Answer, open};
use crate::output::{say, tell};

/// `tutela intake`
#[derive(Debug, Args)]
pub(crate) struct IntakeArgs {
    /// The case.
    case: PathBuf,
    /// Files, or folders whose files are all taken in. `NAME.csv` is read through `NAME.mapping.yaml` where that is there.
    #[arg(required = true)]
    files: Vec<PathBuf>,
    /// The legal basis they were acquired under.
    #[arg(long)]
    basis: String,
    /// The format to read them as; found by looking at each file where absent.
    #[arg(long)]
    format: Option<String>,
    /// A mapping file to read them through, or the name of one that comes with Tutela (see `tutela formats`).
    #[arg(long)]
    mapping: Option<PathBuf>,
    /// The table that a CSV file fills, where its headings leave that open.
    #[arg(long)]
    table: Option<String>,
    /// A value that no row states, as COLUMN=VALUE; may be given several times.
    #[arg(long = "constant", value_name = "COLUMN=VALUE")]
    constants: Vec<String>,
    /// The exhibit that they were taken from (see `tutela exhibit`).
    #[arg(long, value_name = "REF")]
    exhibit: Option<String>,
    /// How to answer.
    #[arg(long, value_enum, default_value = "table")]
    output: Answer,
}

/// What became of one file.
#[derive(Debug, Serialize)]
#[serde(untagged)]
pub(crate) enum Outcome {
    Read(Box<IntakeReport>),
    Refused { file_name: String, status: &'static str, message: String },
}

pub(crate) fn run(args: &IntakeArgs, by: &str) -> anyhow::Result<ExitCode> {
    let given = given_mapping(args.mapping.as_deref(), args.table.as_deref(), &args.constants)?;
    let files = expand(&args.files)?;
    let mut case = open(&args.case, by)?;
    let how = How { format: args.format.as_deref(), mapping: given.as_ref(), exhibit: args.exhibit.as_deref() };
    let outcomes = take_in_as(&mut case, &files, &args.basis, &how, args.output == Answer::Table)?;
    if args.output == Answer::Json {
        say(&serde_json::to_string_pretty(&outcomes)?)?;
    }
    let refused_files = outcomes.iter().any(|o| matches!(o, Outcome::Refused { .. }));
    let refused_rows = outcomes.iter().any(|o| matches!(o, Outcome::Read(r) if r.rows_refused > 0));
    Ok(if refused_files { ExitCode::from(2) } else { super::code(refused_rows) })
}

/// Takes files in one after the other; a file that cannot be read does not stop the others.
pub(crate) fn take_in(
    case: &mut Case,
    files: &[PathBuf],
    basis: &str,
    format: Option<&str>,
    given: Option<&Mapping>,
    talk: bool,
) -> anyhow::Result<Vec<Outcome>> {
    take_in_as(case, files, basis, &How { format, mapping: given, exhibit: None }, talk)
}

/// How files are taken in.
struct How<'a> {
    format: Option<&'a str>,
    mapping: Option<&'a Mapping>,
    exhibit: Option<&'a str>,
}

fn take_in_as(
    case: &mut Case,
    files: &[PathBuf],
    basis: &str,
    how: &How<'_>,
    talk: bool,
) -> anyhow::Result<Vec<Outcome>> {
    let mut outcomes = Vec::new();
    for path in files {
        let outcome = match take_in_one(case, path, basis, how) {
            Ok(report) => Outcome::Read(Box::new(report)),
            Err(error) if files.len() == 1 && !talk => return Err(error),
            Err(error) => Outcome::Refused {
                file_name: path.display().to_string(),
                status: "refused",
                message: format!("{error:#}"),
            },
        };
        match &outcome {
            Outcome::Read(report) if talk => say(&sentence(report))?,
            Outcome::Refused { file_name, message, .. } => tell(&format!("{file_name}: refused whole: {message}")),
            Outcome::Read(_) => {}
        }
        outcomes.push(outcome);
    }
    Ok(outcomes)
}

fn take_in_one(case: &mut Case, path: &Path, basis: &str, how: &How<'_>) -> anyhow::Result<IntakeReport> {
    let beside = mapping_beside(path);
    let mapping = match (how.mapping, beside) {
        (Some(given), _) => Some(given.clone()),
        (None, Some(path)) => Some(read_mapping(&path)?),
        (None, None) => None,
    };
    let options = IntakeOptions { format: how.format.map(str::to_owned), mapping };
    Ok(match how.exhibit {
        Some(exhibit) => case.intake_from(path, basis, &options, exhibit)?,
        None => case.intake(path, basis, &options)?,
    })
}

fn sentence(report: &IntakeReport) -> String {
    let records: Vec<String> = report.records.iter().map(|(table, n)| format!("{table} {n}")).collect();
    let records = if records.is_empty() { "no records".to_owned() } else { records.join(", ") };
    match (report.status, report.same_as.as_ref().filter(|name| **name != report.file_name)) {
        (IntakeStatus::Already, None) => format!("{}: taken in before; nothing changed", report.file_name),
        (IntakeStatus::Already, Some(name)) => {
            format!("{}: the same bytes as {name}, taken in before; only the name was noted", report.file_name)
        }
        (IntakeStatus::TakenIn, _) => format!(
            "{}: {}; {} rows = {} in records + {} refused; {records}; {:.1} s",
            report.file_name, report.format, report.rows, report.rows_in_records, report.rows_refused, report.seconds
        ),
    }
}

/// The mapping given on the command line, from a file, a table and constants.
pub(crate) fn given_mapping(
    mapping: Option<&Path>,
    table: Option<&str>,
    constants: &[String],
) -> anyhow::Result<Option<Mapping>> {
    if mapping.is_none() && table.is_none() && constants.is_empty() {
        return Ok(None);
    }
    let mut given = match mapping {
        Some(path) => named_mapping(path)?,
        None => Mapping::default(),
    };
    if let Some(name) = table {
        let table = TableId::from_name(name).with_context(|| {
            let known: Vec<&str> = TableId::ALL.iter().map(|t| t.name()).collect();
            format!("--table {name}: no such table; expected one of {}", known.join(", "))
        })?;
        given.table = Some(table);
    }
    for constant in constants {
        let (column, value) =
            constant.split_once('=').with_context(|| format!("--constant {constant}: expected COLUMN=VALUE"))?;
        given.constants.insert(column.to_owned(), value.to_owned());
    }
    given.check()?;
    Ok(Some(given))
}

/// A mapping that comes with Tutela, by its name; else a file.
fn named_mapping(path: &Path) -> anyhow::Result<Mapping> {
    let shipped = path.to_str().filter(|_| !path.exists()).and_then(tutela_formats::shipped);
    match shipped {
        Some(mapping) => Ok(mapping?),
        None if path.components().count() == 1 && path.extension().is_none() && !path.exists() => {
            let known: Vec<&str> = tutela_formats::SHIPPED.iter().map(|one| one.id).collect();
            anyhow::bail!("--mapping {}: no such file, and none of {}", path.display(), known.join(", "))
        }
        None => read_mapping(path),
    }
}

fn read_mapping(path: &Path) -> anyhow::Result<Mapping> {
    let text = std::fs::read_to_string(path).with_context(|| path.display().to_string())?;
    Mapping::from_yaml(&text).with_context(|| path.display().to_string())
}

/// The mapping that lies beside a file, if one does.
fn mapping_beside(path: &Path) -> Option<PathBuf> {
    let beside = path.with_extension("mapping.yaml");
    beside.is_file().then_some(beside)
}

/// The files named, folders replaced by their files in order of name; mapping files are not taken in by themselves.
pub(crate) fn expand(paths: &[PathBuf]) -> anyhow::Result<Vec<PathBuf>> {
    let mut out = Vec::new();
    for path in paths {
        if path.is_dir() {
            let mut inside = std::fs::read_dir(path)
                .with_context(|| path.display().to_string())?
                .map(|entry| Ok(entry?.path()))
                .collect::<std::io::Result<Vec<_>>>()?;
            inside.sort();
            inside.retain(|p| !p.to_string_lossy().ends_with(".mapping.yaml"));
            out.extend(expand(&inside)?);
        } else {
            out.push(path.clone());
        }
    }
    Ok(out)
}

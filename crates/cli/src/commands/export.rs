//! `tutela export`

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Context as _;
use clap::Args;
use tutela_report::{ExportFormat, ExportOptions, export};

use super::dossier::Unmask;
use super::open;
use crate::output::{say, tell};

/// `tutela export`
#[derive(Debug, Args)]
pub(crate) struct ExportArgs {
    /// The case.
    case: PathBuf,
    /// The form.
    #[arg(long, value_enum)]
    format: Form,
    /// A lead, by reference or account; may be given several times. All where absent.
    #[arg(long = "lead", value_name = "REF")]
    leads: Vec<String>,
    /// Where to write it. Its proofs are written beside it, as FILE.proofs.zip.
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// Records of each item of evidence.
    #[arg(long)]
    most: Option<usize>,
    #[command(flatten)]
    unmask: Unmask,
}

/// A form that other tools read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Form {
    /// CASE 1.5 over UCO, as JSON-LD.
    Case,
    /// FollowTheMoney entities, one JSON object a line.
    Ftm,
    /// i2 Analyst's Notebook exchange (.anx).
    I2,
    /// Tables as CSV, in a ZIP.
    Csv,
    /// Tables as Parquet, in a ZIP.
    Parquet,
}

impl From<Form> for ExportFormat {
    fn from(form: Form) -> Self {
        match form {
            Form::Case => Self::Case,
            Form::Ftm => Self::Ftm,
            Form::I2 => Self::I2,
            Form::Csv => Self::Csv,
            Form::Parquet => Self::Parquet,
        }
    }
}

pub(crate) fn run(args: &ExportArgs, by: &str) -> anyhow::Result<ExitCode> {
    let mut case = open(&args.case, by)?;
    let mut options = ExportOptions::masked(args.format.into());
    options.leads.clone_from(&args.leads);
    options.unmask = args.unmask.why();
    options.most = args.most.unwrap_or(options.most);
    let made = export(&mut case, &options)?;
    let path = args.out.clone().unwrap_or_else(|| PathBuf::from(format!("leads.{}", options.format.extension())));
    write(&path, &made.bytes)?;
    let mut proofs = path.as_os_str().to_owned();
    proofs.push(".proofs.zip");
    let proofs = PathBuf::from(proofs);
    write(&proofs, &made.proofs)?;
    say(&format!(
        "{}\n{} leads, SHA-256 {}, entry {} of the custody log",
        path.display(),
        made.leads,
        made.sha256,
        made.entry
    ))?;
    tell(&format!("its proofs are in {}", proofs.display()));
    Ok(ExitCode::SUCCESS)
}

fn write(path: &Path, bytes: &[u8]) -> anyhow::Result<()> {
    std::fs::write(path, bytes).with_context(|| path.display().to_string())
}

//! Exports for other tools, one file a form. Each holds what the leads say and the records they rest on, as of one moment of
//! the case; people and other personal data only where the right and a reason allow.

mod case_jsonld;
mod csv;
mod extract;
mod followthemoney;
mod i2;
mod ids;
mod parquet;
mod tables;

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use tutela_case::{Act, Case, EXPORT, Moment};

use crate::ReportError;
use crate::archive::{self, Entry};
use crate::proofs;
use extract::Extract;

/// Records exported of each item of evidence where nothing else is said.
const MOST: usize = 1000;

/// A form that other tools read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ExportFormat {
    /// CASE 1.5 over UCO, as JSON-LD.
    Case,
    /// FollowTheMoney entities, one JSON object a line.
    Ftm,
    /// i2 Analyst's Notebook exchange (XML).
    I2,
    /// Tables as CSV, in a ZIP.
    Csv,
    /// Tables as Parquet, in a ZIP.
    Parquet,
}

/// Every form, in the order of the manual.
pub const EXPORT_FORMATS: [ExportFormat; 5] =
    [ExportFormat::Case, ExportFormat::Ftm, ExportFormat::I2, ExportFormat::Csv, ExportFormat::Parquet];

impl ExportFormat {
    /// Its name.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Case => "case",
            Self::Ftm => "ftm",
            Self::I2 => "i2",
            Self::Csv => "csv",
            Self::Parquet => "parquet",
        }
    }

    /// How a file of it ends.
    #[must_use]
    pub fn extension(self) -> &'static str {
        match self {
            Self::Case => "case.jsonld",
            Self::Ftm => "ftm.json",
            Self::I2 => "anx",
            Self::Csv => "csv.zip",
            Self::Parquet => "parquet.zip",
        }
    }

    /// What it is, for a browser.
    #[must_use]
    pub fn media_type(self) -> &'static str {
        match self {
            Self::Case => "application/ld+json",
            Self::Ftm => "application/x-ndjson",
            Self::I2 => "application/xml",
            Self::Csv | Self::Parquet => "application/zip",
        }
    }

    fn write(self, extract: &Extract) -> Result<Vec<u8>, ReportError> {
        match self {
            Self::Case => case_jsonld::write(extract),
            Self::Ftm => followthemoney::write(extract),
            Self::I2 => Ok(i2::write(extract)),
            Self::Csv => csv::write(extract),
            Self::Parquet => parquet::write(extract),
        }
    }
}

/// What to export.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExportOptions {
    /// The form.
    pub format: ExportFormat,
    /// The leads, by reference or account; all where empty.
    pub leads: Vec<String>,
    /// Why people are to be named; they stay masked where absent.
    pub unmask: Option<String>,
    /// Records of each item of evidence.
    pub most: usize,
}

impl ExportOptions {
    /// All leads, masked.
    #[must_use]
    pub fn masked(format: ExportFormat) -> Self {
        Self { format, leads: Vec::new(), unmask: None, most: MOST }
    }
}

/// An export, logged.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Export {
    /// The file.
    pub bytes: Vec<u8>,
    /// Its SHA-256, as the log has it.
    pub sha256: String,
    /// How many leads are in it.
    pub leads: u64,
    /// The number of the act in the custody log.
    pub entry: u64,
    /// The proofs of what it rests on, and of the act itself: a ZIP for `tutela-verify`.
    pub proofs: Vec<u8>,
}

impl Export {
    /// The file and its proofs in one ZIP, for those who can save one file only.
    ///
    /// # Errors
    /// Where they cannot be packed.
    pub fn with_proofs(self, name: &str) -> Result<Vec<u8>, ReportError> {
        archive::pack(&[Entry::new(name, self.bytes), Entry::new(format!("{name}.proofs.zip"), self.proofs)])
    }
}

/// Exports leads of the newest run, and logs it.
///
/// # Errors
/// Where the right is missing, there is no such lead, or names are asked for without a reason.
pub fn export(case: &mut Case, options: &ExportOptions) -> Result<Export, ReportError> {
    case.may(Act::Export)?;
    let at = case.moment(None)?;
    let extract = Extract::read(case, &at, options)?;
    let bytes = options.format.write(&extract)?;
    let sha256 = hex::encode(Sha256::digest(&bytes));
    let detail = serde_json::json!({
        "format": options.format,
        "leads": if options.leads.is_empty() { Vec::new() } else { extract.lead_refs() },
        "all": options.leads.is_empty(),
        "most": options.most,
        "unmask": options.unmask,
        "entries": at.entries,
        "run_id": at.run_id,
        "version": env!("CARGO_PKG_VERSION"),
        "sha256": sha256,
    });
    let entry = case.log_departure(Act::Export, EXPORT, options.format.name(), detail)?.index;
    let proofs = proofs_of(case, &at, &extract, entry)?;
    Ok(Export { bytes, sha256, leads: extract.lead_refs().len() as u64, entry, proofs })
}

fn proofs_of(case: &Case, at: &Moment, extract: &Extract, entry: u64) -> Result<Vec<u8>, ReportError> {
    let mut subjects: BTreeSet<String> = extract.sources.iter().map(|s| s.source_id.clone()).collect();
    subjects.extend(extract.bases.iter().map(|b| b.basis_id.clone()));
    subjects.extend(extract.lead_refs());
    subjects.insert(at.run_id.clone());
    let mut files = proofs::files(case, at, &subjects, &BTreeSet::new())?;
    files.push(Entry::new(format!("proofs/{entry:06}-export.proof"), case.proof_of_entry(entry)?));
    archive::pack(&files)
}

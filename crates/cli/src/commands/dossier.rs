//! `tutela dossier`

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context as _, bail};
use clap::Args;
use tutela_case::Case;
use tutela_report::{DossierOptions, Lang, defence_bundle, dossier, dossier_again};

use super::open;
use crate::output::{say, tell};

/// `tutela dossier`
#[derive(Debug, Args)]
pub(crate) struct DossierArgs {
    /// The case.
    case: PathBuf,
    /// The lead's reference, or the account's.
    #[arg(required_unless_present = "again")]
    lead: Option<String>,
    /// The language.
    #[arg(long, value_enum, default_value = "en")]
    lang: Language,
    /// Where to write it; where absent, beside you, named after the lead. Its proof is written beside it.
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// Records listed of each item of evidence.
    #[arg(long)]
    most: Option<usize>,
    #[command(flatten)]
    unmask: Unmask,
    /// Make the defence bundle instead: a ZIP with the dossier in both languages, everything exculpatory, the method, the
    /// proofs and the verifier.
    #[arg(long, conflicts_with = "lang")]
    defence: bool,
    /// Makes the dossier of an entry of the custody log again, and says whether its bytes are the same.
    #[arg(long, value_name = "ENTRY", conflicts_with_all = ["lead", "lang", "most", "unmask", "defence"])]
    again: Option<u64>,
}

/// Naming people in what leaves the case.
#[derive(Debug, Args)]
pub(crate) struct Unmask {
    /// Name people and show personal data. Needs the right and a reason; both are logged.
    #[arg(long, requires = "reason")]
    pub(crate) unmask: bool,
    /// Why they are needed.
    #[arg(long, requires = "unmask")]
    pub(crate) reason: Option<String>,
}

/// The language of a dossier.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Language {
    /// English.
    En,
    /// Italian.
    It,
}

impl From<Language> for Lang {
    fn from(language: Language) -> Self {
        match language {
            Language::En => Self::En,
            Language::It => Self::It,
        }
    }
}

impl Unmask {
    /// Why people are named; nothing where they stay masked.
    pub(crate) fn why(&self) -> Option<String> {
        self.reason.clone().filter(|_| self.unmask)
    }
}

pub(crate) fn run(args: &DossierArgs, by: &str) -> anyhow::Result<ExitCode> {
    let mut case = open(&args.case, by)?;
    if let Some(entry) = args.again {
        return again(&mut case, entry, args.out.as_deref());
    }
    let Some(lead) = &args.lead else { bail!("a lead is needed") };
    let mut options = DossierOptions::masked(args.lang.into());
    options.unmask = args.unmask.why();
    options.most = args.most.unwrap_or(options.most);
    if args.defence {
        let made = defence_bundle(&mut case, lead, &options, verifier())?;
        let path = args.out.clone().unwrap_or_else(|| PathBuf::from(format!("{}-defence.zip", made.lead_ref)));
        write(&path, &made.zip, &made.proof)?;
        return told(&path, &made.sha256, made.entry);
    }
    let made = dossier(&mut case, lead, &options)?;
    let name = || PathBuf::from(format!("{}-{}.pdf", made.lead_ref, options.lang.code()));
    let path = args.out.clone().unwrap_or_else(name);
    write(&path, &made.pdf, &made.proof)?;
    told(&path, &made.sha256, made.entry)
}

fn told(path: &Path, sha256: &str, entry: u64) -> anyhow::Result<ExitCode> {
    say(&format!("{}\nSHA-256 {sha256}, entry {entry} of the custody log", path.display()))?;
    tell(&format!("its proof is in {}", proof_path(path).display()));
    Ok(ExitCode::SUCCESS)
}

/// The stand-alone verifier, where it lies beside this program.
fn verifier() -> Option<Vec<u8>> {
    std::fs::read(std::env::current_exe().ok()?.with_file_name("tutela-verify")).ok()
}

fn again(case: &mut Case, entry: u64, out: Option<&Path>) -> anyhow::Result<ExitCode> {
    let (made, same) = dossier_again(case, entry)?;
    if let Some(path) = out {
        write(path, &made.pdf, &made.proof)?;
    }
    let verdict = if same { "the same bytes as were handed out" } else { "NOT the bytes that were handed out" };
    say(&format!("{verdict}: {} of entry {entry}, SHA-256 {}", made.lead_ref, made.sha256))?;
    Ok(super::code(!same))
}

/// Writes what leaves the case, and its proof beside it.
pub(super) fn write(path: &Path, bytes: &[u8], proof: &str) -> anyhow::Result<()> {
    std::fs::write(path, bytes).with_context(|| path.display().to_string())?;
    let text = proof;
    let proof = proof_path(path);
    std::fs::write(&proof, text).with_context(|| proof.display().to_string())
}

fn proof_path(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".proof");
    PathBuf::from(name)
}

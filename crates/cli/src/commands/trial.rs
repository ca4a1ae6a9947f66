//! `tutela world trial`: many worlds made, run and scored.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context as _, bail};
use clap::Args;
use tutela_analysis::{StatedRatio, Subject};
use tutela_case::Case;
use tutela_world::Score;
use tutela_world::trial::{Stated, StatedOf, Trial, write_report};

use super::demo::{basis, every_step, intake};
use super::world::config_of;
use crate::output::{say, tell};

/// `tutela world trial`
#[derive(Debug, Args)]
pub(crate) struct TrialArgs {
    /// Seeds, as FIRST..LAST, both included.
    #[arg(long)]
    seeds: String,
    /// A configuration by name or as a YAML file; `all` is every named one.
    #[arg(long, default_value = "all")]
    config: String,
    /// Where to write the report; a folder of its own.
    #[arg(long)]
    out: PathBuf,
    /// Keep each world and its case; otherwise they are removed once scored.
    #[arg(long)]
    keep: bool,
}

pub(crate) fn run(args: &TrialArgs, by: &str) -> anyhow::Result<ExitCode> {
    let (first, last) = seeds(&args.seeds)?;
    let configurations: Vec<&str> = match args.config.as_str() {
        "all" => tutela_world::CONFIGS.iter().map(|(name, _)| *name).collect(),
        one => vec![one],
    };
    for name in &configurations {
        config_of(Some(name))?;
    }
    std::fs::create_dir_all(&args.out).with_context(|| args.out.display().to_string())?;
    let worlds = args.out.join("worlds");
    let mut trial = Trial::default();
    for name in configurations {
        for seed in first..=last {
            let folder = worlds.join(format!("{}-{seed}", label(name)));
            let score = world(&mut trial, name, seed, &folder, by)?;
            tell(&format!(
                "{name}, seed {seed}: {} decidable, {} right, {} wrong, {} not found",
                score.decidable, score.right, score.wrong, score.missed
            ));
            if !args.keep {
                remove(&folder)?;
            }
        }
    }
    if !args.keep {
        remove(&worlds)?;
    }
    write_report(&trial, &args.out)?;
    let figures = trial.total().figures();
    say(&format!(
        "{} worlds, {} innocent people at risk: {} right, {} wrong; {} of {} decidable found\nthe report is {}",
        figures.worlds,
        figures.innocents_at_risk,
        figures.supported_right,
        figures.supported_wrong,
        figures.found,
        figures.decidable,
        args.out.join("trial.md").display()
    ))?;
    Ok(super::code(figures.supported_wrong > 0))
}

/// The first and the last seed.
pub(super) fn seeds(text: &str) -> anyhow::Result<(u64, u64)> {
    let read = |part: &str| part.parse::<u64>().with_context(|| format!("--seeds {text}: `{part}` is no whole number"));
    let (first, last) = match text.split_once("..") {
        Some((first, last)) => (read(first)?, read(last.trim_start_matches('='))?),
        None => (read(text)?, read(text)?),
    };
    if last < first {
        bail!("--seeds {text}: expected FIRST..LAST with LAST not before FIRST");
    }
    Ok((first, last))
}

/// A configuration's name, as it can stand in a file name.
pub(super) fn label(name: &str) -> String {
    Path::new(name).file_stem().map_or_else(|| name.to_owned(), |s| s.to_string_lossy().into_owned())
}

pub(super) fn remove(folder: &Path) -> anyhow::Result<()> {
    std::fs::remove_dir_all(folder).with_context(|| folder.display().to_string())
}

/// Makes a world, takes it in, runs every step and adds what came of it.
fn world(trial: &mut Trial, name: &str, seed: u64, folder: &Path, by: &str) -> anyhow::Result<Score> {
    if folder.exists() {
        remove(folder)?;
    }
    let dir = folder.join("world");
    tutela_world::make(seed, &config_of(Some(name))?, &dir)?;
    let mut case = Case::init(&folder.join("case"), by)?;
    case.add_basis(&basis())?;
    intake(&mut case, &dir.join("files"))?;
    case.run(&every_step(), &|_| {})?;
    let stated: Vec<Stated> = case.stated_ratios()?.into_iter().map(stated).collect();
    let leads = serde_json::to_value(&case.leads()?.1)?;
    Ok(trial.add(&label(name), seed, &leads, &stated, &dir)?)
}

fn stated(ratio: StatedRatio) -> Stated {
    let subject = match ratio.subject {
        Subject::Line(operator, line) => StatedOf::Line(operator, line),
        Subject::Person(person) => StatedOf::Person(person),
    };
    Stated { platform: ratio.platform, account_ref: ratio.account_ref, subject, log10_lr: ratio.log10_lr }
}

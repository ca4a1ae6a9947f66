//! `tutela demo`: the whole flow on a synthetic world, and what came of it.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context as _, bail};
use clap::Args;
use serde::Serialize;
use tutela_case::clock::Stopwatch;
use tutela_case::{Basis, Case, RunOptions, RunReport, peak_bytes};
use tutela_model::lead::Funnel;
use tutela_report::{DossierOptions, Lang, dossier};
use tutela_world::Score;

use super::intake::{Outcome, expand, take_in};
use super::run::{cores, mebibytes, run_steps};
use super::world::config_of;
use crate::output::{say, table, tell};

/// The file that marks a folder as made by the demo.
const MARK: &str = "made-by-tutela-demo";

/// `tutela demo`
#[derive(Debug, Args)]
pub(crate) struct DemoArgs {
    /// Where to write; an earlier demo there is replaced.
    #[arg(long)]
    out: PathBuf,
    /// The world's seed.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// The world's configuration: a name or a file; the default world where absent.
    #[arg(long)]
    config: Option<String>,
}

/// `summary.json`.
#[derive(Debug, Serialize)]
struct Summary {
    #[serde(flatten)]
    funnel: Funnel,
    truth: Truth,
    stages: Vec<Stage>,
}

#[derive(Debug, Serialize)]
struct Truth {
    right: u64,
    wrong: u64,
    missed: u64,
}

/// A part of the flow: how long it took and how much memory it needed at most.
#[derive(Debug, Serialize)]
struct Stage {
    name: String,
    seconds: f64,
    peak_bytes: Option<u64>,
}

pub(crate) fn run(args: &DemoArgs, by: &str) -> anyhow::Result<ExitCode> {
    clear(&args.out)?;
    let mut stages = Vec::new();
    let world = args.out.join("world");
    tell("making a synthetic world");
    timed(&mut stages, "world", || Ok(tutela_world::make(args.seed, &config_of(args.config.as_deref())?, &world)?))?;
    let mut case = Case::init(&args.out.join("case"), by)?;
    case.add_basis(&basis())?;
    tell("taking its files in");
    timed(&mut stages, "intake", || intake(&mut case, &world.join("files")))?;
    tell("running the analysis");
    let report = run_steps(&mut case, &every_step())?;
    stages.extend(steps(&report));
    let mut dossiers = Vec::new();
    tell("typesetting the dossier of the most urgent supported lead");
    timed(&mut stages, "dossier", || {
        dossiers = dossiers_of(&mut case, &args.out)?;
        Ok(())
    })?;
    let funnel = case.leads()?.1;
    let score = tutela_world::score(&serde_json::to_value(&funnel)?, &world)?;
    let truth = Truth { right: score.right, wrong: score.wrong, missed: score.missed };
    let summary = Summary { funnel: funnel.funnel, truth, stages };
    std::fs::write(args.out.join("summary.json"), serde_json::to_string_pretty(&summary)? + "\n")?;
    say(&tell_funnel(&summary, &score))?;
    for path in &dossiers {
        say(&format!("\nA dossier is in {}", path.display()))?;
    }
    say(&format!(
        "\nThe case is in {0}/case; look on with:\n  tutela leads {0}/case\n  tutela explain {0}/case LEAD",
        args.out.display()
    ))?;
    Ok(super::code(summary.truth.wrong > 0))
}

/// Writes the dossier of the most urgent supported lead in both languages; none where no lead is supported.
fn dossiers_of(case: &mut Case, out: &Path) -> anyhow::Result<Vec<PathBuf>> {
    let Some(lead) = tutela_report::most_urgent(case)? else { return Ok(Vec::new()) };
    let mut paths = Vec::new();
    for lang in [Lang::En, Lang::It] {
        let path = out.join(format!("dossier-{}.pdf", lang.code()));
        let made = dossier(case, &lead, &DossierOptions::masked(lang))?;
        super::dossier::write(&path, &made.pdf, &made.proof)?;
        paths.push(path);
    }
    Ok(paths)
}

/// All steps, as `tutela run` runs them.
pub(super) fn every_step() -> RunOptions {
    RunOptions { steps: Vec::new(), set: Vec::new(), memory_bytes: 512 << 20, partitions: cores(), verify: false }
}

/// Removes an earlier demo; anything else in that place is left alone.
fn clear(out: &Path) -> anyhow::Result<()> {
    if out.exists() {
        let empty = std::fs::read_dir(out).with_context(|| out.display().to_string())?.next().is_none();
        if !empty && !out.join(MARK).exists() {
            bail!("{}: holds something that the demo did not make; choose another folder", out.display());
        }
        std::fs::remove_dir_all(out).with_context(|| out.display().to_string())?;
    }
    std::fs::create_dir_all(out).with_context(|| out.display().to_string())?;
    std::fs::write(out.join(MARK), "")?;
    Ok(())
}

/// The basis that synthetic worlds are taken in under.
pub(super) fn basis() -> Basis {
    Basis {
        basis_id: "B1".to_owned(),
        act: "invented order 1".to_owned(),
        authority: "invented court".to_owned(),
        scope: "everything in the synthetic world".to_owned(),
        from_date: "2020-01-01".to_owned(),
        until_date: "2099-12-31".to_owned(),
    }
}

/// Takes in all files of a world.
pub(super) fn intake(case: &mut Case, files: &Path) -> anyhow::Result<()> {
    let files = expand(&[files.to_path_buf()])?;
    for outcome in take_in(case, &files, "B1", None, None, false)? {
        if let Outcome::Refused { file_name, message, .. } = outcome {
            bail!("{file_name}: {message}");
        }
    }
    Ok(())
}

fn timed<T>(stages: &mut Vec<Stage>, name: &str, work: impl FnOnce() -> anyhow::Result<T>) -> anyhow::Result<T> {
    tutela_case::reset_peak();
    let watch = Stopwatch::start();
    let done = work()?;
    stages.push(Stage { name: name.to_owned(), seconds: watch.seconds(), peak_bytes: peak_bytes() });
    Ok(done)
}

fn steps(report: &RunReport) -> impl Iterator<Item = Stage> + '_ {
    report.steps.iter().map(|s| Stage { name: s.id.clone(), seconds: s.seconds, peak_bytes: s.peak_bytes })
}

fn tell_funnel(summary: &Summary, score: &Score) -> String {
    let funnel = &summary.funnel;
    let rows: Vec<Vec<String>> = [
        (funnel.connections, "connections of accounts under investigation"),
        (funnel.usable, "with a usable address"),
        (funnel.assigned, "covered by an operator's assignment"),
        (funnel.episodes, "episodes (all connections in one assignment count once)"),
        (funnel.candidate_lines, "candidate lines"),
        (funnel.accounts, "accounts"),
        (funnel.resolved, "accounts resolved to a line"),
        (funnel.supported, "leads supported: one person, by more than network records"),
        (funnel.insufficient, "leads insufficient: the records cannot decide"),
        (funnel.contradicted, "leads contradicted: the evidence excludes itself"),
        (score.right, "right, against the truth of the synthetic world"),
        (score.wrong, "wrong (must be 0)"),
        (score.missed, "not found, though the records could decide"),
    ]
    .into_iter()
    .map(|(n, what)| vec![n.to_string(), what.to_owned()])
    .collect();
    let times: Vec<Vec<String>> = summary
        .stages
        .iter()
        .map(|s| vec![s.name.clone(), format!("{:.2}", s.seconds), mebibytes(s.peak_bytes)])
        .collect();
    format!("\n{}\n\n{}", table(&["", ""], &rows), table(&["stage", "seconds", "peak MiB"], &times))
}

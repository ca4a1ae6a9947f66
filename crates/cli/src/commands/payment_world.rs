//! `tutela world payments`: corridors of payments with a known truth, and how leads compare with it.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Context as _;
use clap::Subcommand;
use serde::Serialize;
use serde_json::Value;
use tutela_case::Case;
use tutela_world::{
    PAYMENT_CONFIGS, Part, PaymentConfig, PaymentScore, Share, confirmed, make_payments, score_payments,
};

use super::demo::{basis, every_step, intake};
use super::trial::{label, remove, seeds};
use super::{code, open};
use crate::output::{say, table, tell};

/// The months by which a trial ranks; those after them confirm.
const SPLIT_MONTH: u32 = 12;

/// `tutela world payments ...`
#[derive(Debug, Subcommand)]
pub(crate) enum PaymentWorldCommand {
    /// Writes a synthetic corridor of payments in the real file formats, and its truth beside it.
    Make(MakeArgs),
    /// Compares a case's leads from payments with the truth of a corridor.
    Score {
        /// The case.
        case: PathBuf,
        /// The corridor's folder.
        world: PathBuf,
    },
    /// Makes, runs and scores several corridors, each as a whole, by its first year alone, and by what came after.
    Trial(TrialArgs),
    /// Lists the named corridors.
    Configs,
}

/// `tutela world payments make`
#[derive(Debug, clap::Args)]
pub(crate) struct MakeArgs {
    /// Equal seeds and configurations write equal bytes.
    #[arg(long)]
    seed: u64,
    /// A named corridor, or a YAML file.
    #[arg(long, default_value = "default")]
    config: String,
    /// Innocent senders.
    #[arg(long)]
    innocents: Option<u32>,
    /// Buyers; at most one for a thousand innocent senders.
    #[arg(long)]
    buyers: Option<u32>,
    /// Seeds: recipients whom other evidence established.
    #[arg(long)]
    seeds: Option<u32>,
    /// Write payments after so many months into a folder of their own.
    #[arg(long)]
    split_month: Option<u32>,
    /// Where to write.
    #[arg(long)]
    out: PathBuf,
}

/// `tutela world payments trial`
#[derive(Debug, clap::Args)]
pub(crate) struct TrialArgs {
    /// Seeds, as FIRST..LAST, both included.
    #[arg(long)]
    seeds: String,
    /// A named corridor or a YAML file; `all` is every named one.
    #[arg(long, default_value = "default")]
    config: String,
    /// Innocent senders, where not as configured.
    #[arg(long)]
    innocents: Option<u32>,
    /// Buyers, where not as configured.
    #[arg(long)]
    buyers: Option<u32>,
    /// Where to write the report; a folder of its own.
    #[arg(long)]
    out: PathBuf,
}

/// One corridor, or all of a configuration together.
#[derive(Debug, Default, Serialize)]
struct Tried {
    config: String,
    /// The corridor's seed; absent where several stand together.
    seed: Option<u64>,
    /// By all its months.
    all: PaymentScore,
    /// By the first year.
    early: PaymentScore,
    /// By what came after, alone.
    later: PaymentScore,
    /// Supported by the first year and connected to a seed again by what came after.
    confirmed: Share,
    /// Leads where no seed was stated. Must be 0.
    without_seed: u64,
}

pub(crate) fn run(command: &PaymentWorldCommand, by: &str) -> anyhow::Result<ExitCode> {
    match command {
        PaymentWorldCommand::Make(args) => {
            let plain = config_of(&args.config)?;
            let config = PaymentConfig {
                innocents: args.innocents.unwrap_or(plain.innocents),
                buyers: args.buyers.unwrap_or(plain.buyers),
                seeds: args.seeds.unwrap_or(plain.seeds),
                split_month: args.split_month.unwrap_or(plain.split_month),
                ..plain
            };
            say(&serde_json::to_string_pretty(&make_payments(args.seed, &config, &args.out)?)?)?;
            Ok(ExitCode::SUCCESS)
        }
        PaymentWorldCommand::Score { case, world } => {
            let score = score_payments(&leads(&open(case, by)?)?, world, Part::All)?;
            say(&serde_json::to_string_pretty(&score)?)?;
            Ok(code(score.innocent_supported > 0))
        }
        PaymentWorldCommand::Trial(args) => trial(args, by),
        PaymentWorldCommand::Configs => {
            for (name, what) in PAYMENT_CONFIGS {
                say(&format!("{name:<24} {what}"))?;
            }
            Ok(ExitCode::SUCCESS)
        }
    }
}

/// A configuration by name or from a file.
fn config_of(text: &str) -> anyhow::Result<PaymentConfig> {
    if let Some(config) = PaymentConfig::named(text) {
        return Ok(config);
    }
    let known: Vec<&str> = PAYMENT_CONFIGS.iter().map(|(name, _)| *name).collect();
    let yaml = std::fs::read_to_string(text)
        .with_context(|| format!("--config {text}: neither a file nor one of {}", known.join(", ")))?;
    PaymentConfig::from_yaml(&yaml).with_context(|| text.to_owned())
}

fn leads(case: &Case) -> anyhow::Result<Value> {
    Ok(serde_json::to_value(case.payments()?.1)?)
}

fn trial(args: &TrialArgs, by: &str) -> anyhow::Result<ExitCode> {
    let (first, last) = seeds(&args.seeds)?;
    let configurations: Vec<&str> = match args.config.as_str() {
        "all" => PAYMENT_CONFIGS.iter().map(|(name, _)| *name).collect(),
        one => vec![one],
    };
    std::fs::create_dir_all(&args.out).with_context(|| args.out.display().to_string())?;
    let mut tried: Vec<Tried> = Vec::new();
    for name in configurations {
        let mut together = Tried { config: name.to_owned(), ..Tried::default() };
        for seed in first..=last {
            let plain = config_of(name)?;
            let config = PaymentConfig {
                innocents: args.innocents.unwrap_or(plain.innocents),
                buyers: args.buyers.unwrap_or(plain.buyers),
                split_month: SPLIT_MONTH,
                ..plain
            };
            let folder = args.out.join("worlds").join(format!("{}-{seed}", label(name)));
            let one = corridor(name, seed, &config, &folder, by)?;
            tell(&format!("{name}, seed {seed}: {}", line(&one.all)));
            for (own, more) in
                [(&mut together.all, &one.all), (&mut together.early, &one.early), (&mut together.later, &one.later)]
            {
                own.add(more);
            }
            together.confirmed.add(one.confirmed);
            together.without_seed += one.without_seed;
            tried.push(one);
            remove(&folder)?;
        }
        tried.push(together);
    }
    let path = args.out.join("trial.json");
    std::fs::write(&path, serde_json::to_string_pretty(&tried)? + "\n").with_context(|| path.display().to_string())?;
    say(&report(&tried))?;
    let wrong = tried.iter().any(|one| {
        one.without_seed + one.all.innocent_supported + one.early.innocent_supported + one.later.innocent_supported > 0
    });
    Ok(code(wrong))
}

/// Makes a corridor and takes it in as three cases: its first year, what came after, and all of it; the last first without a seed.
fn corridor(name: &str, seed: u64, config: &PaymentConfig, folder: &Path, by: &str) -> anyhow::Result<Tried> {
    if folder.exists() {
        remove(folder)?;
    }
    let world = folder.join("world");
    make_payments(seed, config, &world)?;
    let taken = |case: &str, parts: &[&str]| -> anyhow::Result<Value> {
        let mut case = Case::init(&folder.join(case), by)?;
        case.add_basis(&basis())?;
        for part in parts.iter().chain(&["registers", "contacts", "seeds"]) {
            intake(&mut case, &world.join(part))?;
        }
        case.run(&every_step(), &|_| {})?;
        leads(&case)
    };
    let early = taken("early", &["payments"])?;
    let later = taken("later", &["payments-later"])?;
    let mut case = Case::init(&folder.join("all"), by)?;
    case.add_basis(&basis())?;
    for part in ["payments", "payments-later", "registers", "contacts"] {
        intake(&mut case, &world.join(part))?;
    }
    case.run(&every_step(), &|_| {})?;
    let without_seed = case.payments()?.1.leads.len() as u64;
    intake(&mut case, &world.join("seeds"))?;
    case.run(&every_step(), &|_| {})?;
    let all = leads(&case)?;
    Ok(Tried {
        config: name.to_owned(),
        seed: Some(seed),
        all: score_payments(&all, &world, Part::All)?,
        early: score_payments(&early, &world, Part::Early)?,
        later: score_payments(&later, &world, Part::Later)?,
        confirmed: confirmed(&early, &later)?,
        without_seed,
    })
}

fn line(score: &PaymentScore) -> String {
    format!(
        "{} of {} innocent senders supported, {} of {} connected buyers in the first of the ranking",
        score.innocent_supported, score.innocent_senders, score.buyers_found.hits, score.buyers_found.of
    )
}

fn share(share: Share) -> String {
    match share.of {
        0 => "-".to_owned(),
        of => format!("{}/{of} ({:.0}-{:.0} %)", share.hits, 100.0 * share.low, 100.0 * share.high),
    }
}

/// One row a corridor and part of its time.
fn report(tried: &[Tried]) -> String {
    let mut rows = Vec::new();
    for one in tried {
        let seed = one.seed.map_or_else(|| "all".to_owned(), |seed| seed.to_string());
        for (part, score) in [("whole", &one.all), ("first year", &one.early), ("after it", &one.later)] {
            rows.push(vec![
                one.config.clone(),
                seed.clone(),
                part.to_owned(),
                format!("{} of {}", score.innocent_supported, score.innocent_senders),
                share(score.buyers_found),
                share(score.buyers_supported),
                share(score.supported_right),
                share(score.victims_named),
                share(score.services_named),
                if part == "first year" { share(one.confirmed) } else { "-".to_owned() },
                if part == "whole" { one.without_seed.to_string() } else { "-".to_owned() },
            ]);
        }
    }
    table(
        &[
            "corridor",
            "seed",
            "months",
            "innocents supported",
            "buyers in the first 2n",
            "buyers supported",
            "of supported, buyers",
            "victims named",
            "services named",
            "confirmed later",
            "without seed",
        ],
        &rows,
    )
}

//! `tutela world`

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context as _;
use clap::Subcommand;
use tutela_world::{AnswerOptions, Config};

use super::{Answer, open};
use crate::output::say;

/// `tutela world ...`
#[derive(Debug, Subcommand)]
pub(crate) enum WorldCommand {
    /// Writes a synthetic district in the real file formats, and its truth beside it.
    Make {
        /// Equal seeds and configurations write equal bytes.
        #[arg(long)]
        seed: u64,
        /// The name of a configuration, or a YAML file; the default world where absent.
        #[arg(long)]
        config: Option<String>,
        /// Where to write.
        #[arg(long)]
        out: PathBuf,
    },
    /// Makes, runs and scores many worlds, and reports how often the leads are right.
    Trial(super::trial::TrialArgs),
    /// Corridors of payments.
    #[command(subcommand)]
    Payments(super::payment_world::PaymentWorldCommand),
    /// Lists the named configurations.
    Configs,
    /// Plays the operators of a world: answers request files of `tutela request export`.
    Answer(AnswerArgs),
    /// Compares a case's leads with the truth of a world.
    Score {
        /// The case.
        case: PathBuf,
        /// The world's folder.
        world: PathBuf,
        /// How to answer.
        #[arg(long, value_enum, default_value = "table")]
        format: Answer,
    },
}

/// `tutela world answer`
#[derive(Debug, clap::Args)]
pub(crate) struct AnswerArgs {
    /// The world's folder.
    world: PathBuf,
    /// Request files.
    #[arg(required = true)]
    requests: Vec<PathBuf>,
    /// Where to write the answers.
    #[arg(long)]
    out: PathBuf,
    /// Plant a documented error in the first answer of each file; `list` lists them. May be given several times.
    #[arg(long = "plant", value_name = "ERROR")]
    plant: Vec<String>,
    /// Plant it in every answer.
    #[arg(long)]
    everywhere: bool,
    /// Leave out what was looked up.
    #[arg(long)]
    silent: bool,
    /// Write whose lines they are as well.
    #[arg(long)]
    lines: bool,
}

fn answer(args: &AnswerArgs) -> anyhow::Result<()> {
    if args.plant.iter().any(|p| p == "list") {
        for (name, what) in tutela_world::PLANTS {
            say(&format!("{name:<24} {what}"))?;
        }
        return Ok(());
    }
    let options = AnswerOptions {
        plant: args.plant.clone(),
        everywhere: args.everywhere,
        silent: args.silent,
        lines: args.lines,
    };
    let done = tutela_world::answer(&args.world, &args.requests, &args.out, &options)?;
    say(&serde_json::to_string_pretty(&done)?)
}

pub(crate) fn run(command: &WorldCommand, by: &str) -> anyhow::Result<ExitCode> {
    match command {
        WorldCommand::Make { seed, config, out } => {
            let made = tutela_world::make(*seed, &config_of(config.as_deref())?, out)?;
            say(&serde_json::to_string_pretty(&made)?)?;
        }
        WorldCommand::Trial(args) => return super::trial::run(args, by),
        WorldCommand::Payments(command) => return super::payment_world::run(command, by),
        WorldCommand::Configs => {
            for (name, what) in tutela_world::CONFIGS {
                say(&format!("{name:<24} {what}"))?;
            }
        }
        WorldCommand::Answer(args) => answer(args)?,
        WorldCommand::Score { case, world, format } => {
            let leads = serde_json::to_value(open(case, by)?.leads()?.1)?;
            let score = tutela_world::score(&leads, world)?;
            if *format == Answer::Json {
                say(&serde_json::to_string_pretty(&score)?)?;
            } else {
                say(&format!("right {}, wrong {}, not found {}", score.right, score.wrong, score.missed))?;
            }
            return Ok(super::code(score.wrong > 0));
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// A configuration by name or from a file.
pub(crate) fn config_of(text: Option<&str>) -> anyhow::Result<Config> {
    let Some(text) = text else { return Ok(Config::default()) };
    if let Some(config) = tutela_world::config_named(text) {
        return Ok(config);
    }
    let known: Vec<&str> = tutela_world::CONFIGS.iter().map(|(name, _)| *name).collect();
    let yaml = std::fs::read_to_string(text)
        .with_context(|| format!("--config {text}: neither a file nor one of {}", known.join(", ")))?;
    Config::from_yaml(&yaml).with_context(|| text.to_owned())
}

//! `tutela sign`

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, ValueEnum};
use tutela_case::{Decision, GateName};

use super::open;
use crate::output::say;

/// `tutela sign`
#[derive(Debug, Args)]
pub(crate) struct SignArgs {
    /// The case.
    case: PathBuf,
    /// The lead's reference, or the account's.
    lead: String,
    /// The gate: 1 is signed before 2.
    #[arg(long, value_enum)]
    gate: GateArg,
    /// What you decide.
    #[arg(long, value_enum, default_value = "sign")]
    decision: DecisionArg,
    /// Why. It is kept for good.
    #[arg(long)]
    reason: String,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum GateArg {
    /// Gate 1, resolution: from connections to lines.
    #[value(name = "1", alias = "resolution")]
    Resolution,
    /// Gate 2, attribution: from lines to a person.
    #[value(name = "2", alias = "attribution")]
    Attribution,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum DecisionArg {
    /// I have read it and stand by it.
    Sign,
    /// I do not accept it.
    Refuse,
    /// I take my decision back; it stays in the log.
    Withdraw,
}

pub(crate) fn run(args: &SignArgs, by: &str) -> anyhow::Result<ExitCode> {
    let gate = match args.gate {
        GateArg::Resolution => GateName::Resolution,
        GateArg::Attribution => GateName::Attribution,
    };
    let decision = match args.decision {
        DecisionArg::Sign => Decision::Signed,
        DecisionArg::Refuse => Decision::Refused,
        DecisionArg::Withdraw => Decision::Withdrawn,
    };
    let done = open(&args.case, by)?.sign_off(&args.lead, gate, decision, &args.reason)?;
    let what = match done.decision {
        Decision::Signed => "signed",
        Decision::Refused => "refused",
        Decision::Withdrawn => "taken back",
    };
    say(&format!("lead {}: gate {} {what} by {} at {}", done.lead_ref, done.gate as u8 + 1, done.who, done.utc))?;
    Ok(ExitCode::SUCCESS)
}

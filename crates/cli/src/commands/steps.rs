//! `tutela steps`

use std::process::ExitCode;

use clap::Args;
use tutela_analysis::{STEPS, picture_steps, plan_steps};

use crate::output::say;

/// `tutela steps`
#[derive(Debug, Args)]
pub(crate) struct StepsArgs {
    /// Print the text of the steps: it is the method.
    #[arg(long)]
    sql: bool,
}

pub(crate) fn run(args: &StepsArgs) -> anyhow::Result<ExitCode> {
    // The plan of requests and the pictures have steps too, though they are not of a run.
    for step in STEPS.iter().copied().chain(plan_steps()).chain(picture_steps()) {
        let meta = step.meta();
        say(&format!("{} (version {})", meta.id, meta.version))?;
        say(&format!("  looks for      {}", meta.looks_for))?;
        say(&format!("  does not show  {}", meta.does_not_show))?;
        for param in step.params() {
            say(&format!(
                "  parameter      {} = {} ({}..{}): {}",
                param.name, param.default, param.min, param.max, param.meaning
            ))?;
        }
        if let Some(text) = step.sql().filter(|_| args.sql) {
            say(&format!("\n{text}"))?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

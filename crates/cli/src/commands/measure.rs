//! `tutela measure`: what an authority ordered against a person.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, Subcommand};
use tutela_case::{MEASURE_KINDS, Measure, MeasureState, NewMeasure};

use super::{Answer, code, open};
use crate::output::{say, table};

/// `tutela measure ...`
#[derive(Debug, Subcommand)]
pub(crate) enum MeasureCommand {
    /// Records a measure that was ordered.
    Add(AddArgs),
    /// Records that a measure ended.
    End(StepArgs),
    /// Records that a measure was revoked.
    Revoke(StepArgs),
    /// Records that a measure was prolonged; --on is its new last day.
    Prolong(StepArgs),
    /// Lists the measures; exit code 1 where the last day of one has come.
    List {
        /// The case.
        case: PathBuf,
        /// How to answer.
        #[arg(long, value_enum, default_value = "table")]
        format: Answer,
    },
    /// Lists the kinds that have a name; any other is stated in words.
    Kinds,
}

/// `tutela measure add`
#[derive(Debug, Args)]
pub(crate) struct AddArgs {
    /// The case.
    case: PathBuf,
    /// Against whom, by person_ref.
    #[arg(long, value_name = "PERSON_REF")]
    person: String,
    /// Which: a kind that `tutela measure kinds` lists, or any other in words.
    #[arg(long)]
    kind: String,
    /// First day, YYYY-MM-DD.
    #[arg(long)]
    from: String,
    /// Last day, YYYY-MM-DD; it holds until it is ended where absent.
    #[arg(long)]
    until: Option<String>,
    /// Who ordered it, with the number of the order.
    #[arg(long)]
    authority: String,
    /// The legal basis of the case that it rests on.
    #[arg(long)]
    basis: Option<String>,
    /// The lead that it rests on.
    #[arg(long)]
    lead: Option<String>,
    /// What else is to be known.
    #[arg(long)]
    note: Option<String>,
}

/// `tutela measure end`, `revoke` and `prolong`
#[derive(Debug, Args)]
pub(crate) struct StepArgs {
    /// The case.
    case: PathBuf,
    /// The measure, as M12.
    measure: String,
    /// The day, YYYY-MM-DD.
    #[arg(long)]
    on: String,
    /// Why, and on whose order.
    #[arg(long)]
    reason: String,
}

pub(crate) fn run(command: &MeasureCommand, by: &str) -> anyhow::Result<ExitCode> {
    let done = match command {
        MeasureCommand::Add(args) => {
            let new = NewMeasure {
                kind: args.kind.clone(),
                person_ref: args.person.clone(),
                from_date: args.from.clone(),
                until_date: args.until.clone(),
                authority: args.authority.clone(),
                basis_id: args.basis.clone(),
                lead_ref: args.lead.clone(),
                note: args.note.clone(),
            };
            open(&args.case, by)?.add_measure(&new)?
        }
        MeasureCommand::End(args) => open(&args.case, by)?.end_measure(&args.measure, &args.on, &args.reason)?,
        MeasureCommand::Revoke(args) => open(&args.case, by)?.revoke_measure(&args.measure, &args.on, &args.reason)?,
        MeasureCommand::Prolong(args) => {
            open(&args.case, by)?.prolong_measure(&args.measure, &args.on, &args.reason)?
        }
        MeasureCommand::List { case, format } => {
            let found = open(case, by)?.measures()?;
            match format {
                Answer::Json => say(&serde_json::to_string_pretty(&found)?)?,
                Answer::Table => list(&found)?,
            }
            return Ok(code(found.iter().any(|m| m.state == MeasureState::Due)));
        }
        MeasureCommand::Kinds => {
            MEASURE_KINDS.iter().try_for_each(|kind| say(kind))?;
            return Ok(ExitCode::SUCCESS);
        }
    };
    say(&format!(
        "measure {}: {} of {}, {}",
        done.measure_ref,
        done.ordered.kind,
        done.ordered.person_ref,
        state(&done)
    ))?;
    Ok(ExitCode::SUCCESS)
}

fn state(of: &Measure) -> String {
    match (of.state, of.days_left) {
        (MeasureState::ToCome, _) => "to come".to_owned(),
        (MeasureState::InForce, Some(left)) => format!("in force, {left} days left"),
        (MeasureState::InForce, None) => "in force".to_owned(),
        (MeasureState::Due, Some(0)) => "DUE: today is its last day".to_owned(),
        (MeasureState::Due, left) => format!("DUE: its last day was {} days ago", -left.unwrap_or(0)),
        (MeasureState::Ended, _) => "ended".to_owned(),
        (MeasureState::Revoked, _) => "revoked".to_owned(),
    }
}

fn list(found: &[Measure]) -> anyhow::Result<()> {
    let row = |m: &Measure| {
        let of = &m.ordered;
        let basis =
            of.basis_id.as_ref().map(|id| format!("basis {id}{}", if m.basis_lapsed { " (lapsed)" } else { "" }));
        let lead = of.lead_ref.as_ref().map(|lead| format!("lead {lead}"));
        let rests: Vec<String> = basis.into_iter().chain(lead).collect();
        let last = m.steps.last().map(|s| format!("{} on {}: {}", s.step, s.date, s.reason));
        vec![
            m.measure_ref.clone(),
            of.kind.clone(),
            of.person_ref.clone(),
            of.from_date.clone(),
            of.until_date.clone().unwrap_or_else(|| "-".to_owned()),
            of.authority.clone(),
            rests.join(", "),
            state(m),
            last.or_else(|| of.note.clone()).unwrap_or_else(|| "-".to_owned()),
        ]
    };
    let headings = ["measure", "kind", "person", "from", "until", "authority", "rests on", "state", "note"];
    say(&table(&headings, &found.iter().map(row).collect::<Vec<_>>()))
}

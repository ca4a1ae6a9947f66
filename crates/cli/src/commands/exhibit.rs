//! `tutela exhibit`: what was seized, and through whose hands it went.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context as _;
use clap::{Args, Subcommand, ValueEnum};
use tutela_case::{ChainLink, Exhibit, LinkKind, NewExhibit, NewSeal, NewTransfer, SealChange};

use super::{Answer, code, open};
use crate::output::{say, table};

/// `tutela exhibit ...`
#[derive(Debug, Subcommand)]
pub(crate) enum ExhibitCommand {
    /// Records what was seized.
    Add(AddArgs),
    /// Records that an exhibit went to another keeper; exit code 1 where its seals are not those expected.
    Transfer(TransferArgs),
    /// Records that a seal was put on, broken or replaced; exit code 1 where it was not on the exhibit.
    Seal(SealArgs),
    /// Lists the exhibits; exit code 1 where one has an alarm.
    List {
        /// The case.
        case: PathBuf,
        /// How to answer.
        #[arg(long, value_enum, default_value = "table")]
        format: Answer,
    },
    /// Shows one exhibit with its chain of custody; exit code 1 where it has an alarm.
    Show {
        /// The case.
        case: PathBuf,
        /// The exhibit.
        exhibit: String,
        /// How to answer.
        #[arg(long, value_enum, default_value = "table")]
        format: Answer,
    },
}

/// `tutela exhibit add`
#[derive(Debug, Args)]
pub(crate) struct AddArgs {
    /// The case.
    case: PathBuf,
    /// Its reference, as in the report of the seizure.
    exhibit: String,
    /// What it is.
    #[arg(long)]
    description: String,
    /// From whom it was seized, by person_ref, where a record knows the person.
    #[arg(long, value_name = "PERSON_REF")]
    from_person: Option<String>,
    /// From whom otherwise, in words and without a name: it is kept for good.
    #[arg(long, value_name = "WORDS")]
    from: Option<String>,
    /// Where.
    #[arg(long)]
    place: String,
    /// When, as 2026-05-04T06:30:00+02:00.
    #[arg(long, value_name = "INSTANT")]
    at: String,
    /// The legal basis, which must hold on that day.
    #[arg(long)]
    basis: String,
    /// The authority that ordered or validated the seizure.
    #[arg(long)]
    authority: String,
    /// Who took it into their keeping; whoever records it where absent.
    #[arg(long)]
    holder: Option<String>,
    /// The number of a seal; given once for each.
    #[arg(long = "seal", value_name = "NUMBER")]
    seals: Vec<String>,
    /// SHA-256 of its image.
    #[arg(long, value_name = "SHA256")]
    image: Option<String>,
    /// The exhibit that it was part of.
    #[arg(long, value_name = "REF")]
    parent: Option<String>,
}

/// `tutela exhibit transfer`
#[derive(Debug, Args)]
pub(crate) struct TransferArgs {
    /// The case.
    case: PathBuf,
    /// The exhibit.
    exhibit: String,
    /// When, as 2026-05-04T06:30:00+02:00.
    #[arg(long, value_name = "INSTANT")]
    at: String,
    /// Who gives it: its present holder.
    #[arg(long)]
    from: String,
    /// Who takes it.
    #[arg(long)]
    to: String,
    /// A seal that was found on it; given once for each.
    #[arg(long = "seal", value_name = "NUMBER")]
    seals: Vec<String>,
    /// A seal on it afterwards, where they are not those found; given once for each.
    #[arg(long = "seal-after", value_name = "NUMBER")]
    seals_after: Vec<String>,
    /// Why.
    #[arg(long)]
    reason: String,
}

/// `tutela exhibit seal`
#[derive(Debug, Args)]
pub(crate) struct SealArgs {
    /// The case.
    case: PathBuf,
    /// The exhibit.
    exhibit: String,
    /// What was done.
    #[arg(value_enum)]
    change: ChangeArg,
    /// When, as 2026-05-04T06:30:00+02:00.
    #[arg(long, value_name = "INSTANT")]
    at: String,
    /// The seal that was broken or replaced.
    #[arg(long, value_name = "NUMBER")]
    seal: Option<String>,
    /// The seal that was put on.
    #[arg(long, value_name = "NUMBER")]
    new_seal: Option<String>,
    /// Why.
    #[arg(long)]
    reason: String,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum ChangeArg {
    /// A seal was put on.
    Applied,
    /// A seal was broken.
    Broken,
    /// A seal was broken and another put on in its place.
    Replaced,
}

pub(crate) fn run(command: &ExhibitCommand, by: &str) -> anyhow::Result<ExitCode> {
    match command {
        ExhibitCommand::Add(args) => add(args, by),
        ExhibitCommand::Transfer(args) => {
            let after = args.seals_after.iter().cloned().collect();
            let new = NewTransfer {
                at_utc: args.at.clone(),
                from: args.from.clone(),
                to: args.to.clone(),
                seals_found: args.seals.iter().cloned().collect(),
                seals_after: (!args.seals_after.is_empty()).then_some(after),
                reason: args.reason.clone(),
            };
            told(&args.exhibit, &open(&args.case, by)?.transfer_exhibit(&args.exhibit, &new)?)
        }
        ExhibitCommand::Seal(args) => {
            let change = match args.change {
                ChangeArg::Applied => SealChange::Applied,
                ChangeArg::Broken => SealChange::Broken,
                ChangeArg::Replaced => SealChange::Replaced,
            };
            let new = NewSeal {
                at_utc: args.at.clone(),
                change,
                seal: args.seal.clone(),
                new_seal: args.new_seal.clone(),
                reason: args.reason.clone(),
            };
            told(&args.exhibit, &open(&args.case, by)?.seal_exhibit(&args.exhibit, &new)?)
        }
        ExhibitCommand::List { case, format } => {
            let found = open(case, by)?.exhibits()?;
            match format {
                Answer::Json => say(&serde_json::to_string_pretty(&found)?)?,
                Answer::Table => list(&found)?,
            }
            Ok(code(found.iter().any(|e| !e.alarms.is_empty())))
        }
        ExhibitCommand::Show { case, exhibit, format } => {
            let found = open(case, by)?.exhibits()?.into_iter().find(|e| e.seized.exhibit_ref == *exhibit);
            let found =
                found.with_context(|| format!("exhibit {exhibit}: not in this case (see: tutela exhibit list)"))?;
            match format {
                Answer::Json => say(&serde_json::to_string_pretty(&found)?)?,
                Answer::Table => show(&found)?,
            }
            Ok(code(!found.alarms.is_empty()))
        }
    }
}

fn add(args: &AddArgs, by: &str) -> anyhow::Result<ExitCode> {
    let new = NewExhibit {
        exhibit_ref: args.exhibit.clone(),
        description: args.description.clone(),
        from_person: args.from_person.clone(),
        from_whom: args.from.clone(),
        place: args.place.clone(),
        seized_utc: args.at.clone(),
        basis_id: args.basis.clone(),
        authority: args.authority.clone(),
        holder: args.holder.clone().unwrap_or_else(|| by.to_owned()),
        seals: args.seals.iter().cloned().collect(),
        image_sha256: args.image.clone(),
        parent_ref: args.parent.clone(),
    };
    let made = open(&args.case, by)?.add_exhibit(&new)?;
    say(&format!(
        "exhibit {}: kept by {}, seals {}",
        made.seized.exhibit_ref,
        made.present_holder,
        seals(&made.present_seals)
    ))?;
    Ok(ExitCode::SUCCESS)
}

fn seals(of: &std::collections::BTreeSet<String>) -> String {
    if of.is_empty() { "none".to_owned() } else { of.iter().cloned().collect::<Vec<_>>().join(", ") }
}

fn told(exhibit: &str, link: &ChainLink) -> anyhow::Result<ExitCode> {
    say(&format!("exhibit {exhibit}: kept by {}, seals {}; entry {}", link.to, seals(&link.seals_after), link.entry))?;
    if let Some(alarm) = &link.alarm {
        say(&format!("ALARM: {alarm}; recorded"))?;
    }
    Ok(code(link.alarm.is_some()))
}

fn list(found: &[Exhibit]) -> anyhow::Result<()> {
    let row = |e: &Exhibit| {
        let basis = if e.basis_lapsed { format!("{} (lapsed)", e.seized.basis_id) } else { e.seized.basis_id.clone() };
        vec![
            e.seized.exhibit_ref.clone(),
            e.seized.description.clone(),
            e.seized.parent_ref.clone().unwrap_or_else(|| "-".to_owned()),
            e.seized.seized_utc.clone(),
            basis,
            e.present_holder.clone(),
            seals(&e.present_seals),
            e.chain.len().to_string(),
            e.sources.len().to_string(),
            if e.alarms.is_empty() { "-".to_owned() } else { format!("ALARM: {}", e.alarms.join("; ")) },
        ]
    };
    let headings = ["exhibit", "what", "part of", "seized", "basis", "holder", "seals", "steps", "sources", "alarms"];
    say(&table(&headings, &found.iter().map(row).collect::<Vec<_>>()))
}

fn show(e: &Exhibit) -> anyhow::Result<()> {
    let of = &e.seized;
    let dash = |text: &Option<String>| text.clone().unwrap_or_else(|| "-".to_owned());
    let from = of.from_person.as_ref().or(of.from_whom.as_ref()).cloned();
    say(&format!("Exhibit {}: {}", of.exhibit_ref, of.description))?;
    let facts = [
        ("seized", format!("{} at {}, from {}", of.seized_utc, of.place, dash(&from))),
        ("under", format!("basis {}{}, {}", of.basis_id, if e.basis_lapsed { " (lapsed)" } else { "" }, of.authority)),
        ("part of", dash(&of.parent_ref)),
        ("image", dash(&of.image_sha256)),
        ("holder now", e.present_holder.clone()),
        ("seals now", seals(&e.present_seals)),
        ("sources", if e.sources.is_empty() { "-".to_owned() } else { e.sources.join(", ") }),
    ];
    for (name, fact) in facts {
        say(&format!("  {name:<11} {fact}"))?;
    }
    say("")?;
    let row = |l: &ChainLink| {
        let kind = match l.kind {
            LinkKind::Seized => "seized",
            LinkKind::Transfer => "transfer",
            LinkKind::SealApplied => "seal put on",
            LinkKind::SealBroken => "seal broken",
            LinkKind::SealReplaced => "seal replaced",
        };
        vec![
            l.at_utc.clone(),
            kind.to_owned(),
            dash(&l.from),
            l.to.clone(),
            seals(&l.seals_before),
            seals(&l.seals_after),
            l.reason.clone(),
            l.who.clone(),
            l.entry.to_string(),
            l.alarm.as_ref().map_or_else(|| "-".to_owned(), |a| format!("ALARM: {a}")),
        ]
    };
    let headings = ["when", "what", "from", "to", "seals before", "after", "reason", "recorded by", "entry", "alarm"];
    say(&table(&headings, &e.chain.iter().map(row).collect::<Vec<_>>()))
}

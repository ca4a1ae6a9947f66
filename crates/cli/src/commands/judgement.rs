//! `tutela judgement`

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, Subcommand, ValueEnum};
use tutela_case::{Judgement, JudgementKind, NewJudgement, Part};

use super::{Answer, code, open};
use crate::output::{say, table};

/// `tutela judgement ...`
#[derive(Debug, Subcommand)]
pub(crate) enum JudgementCommand {
    /// Confirms, refutes, sets aside or splits a lead, or merges several, with a reason.
    Add(AddArgs),
    /// Takes a judgement back; both stay in the log.
    Withdraw {
        /// The case.
        case: PathBuf,
        /// The judgement, as J12.
        judgement: String,
        /// Why. It is kept for good.
        #[arg(long)]
        reason: String,
    },
    /// Lists the judgements, and where the newest run goes against one; exit code 1 where it does.
    List {
        /// The case.
        case: PathBuf,
        /// How to answer.
        #[arg(long, value_enum, default_value = "table")]
        format: Answer,
    },
}

/// `tutela judgement add`
#[derive(Debug, Args)]
pub(crate) struct AddArgs {
    /// The case.
    case: PathBuf,
    /// The lead's reference, or the account's; for a merge two or more.
    #[arg(required = true)]
    leads: Vec<String>,
    /// What you decide.
    #[arg(long, value_enum)]
    kind: KindArg,
    /// For a split: one of the people, as NAME, or NAME=EVIDENCE for an item of evidence that is theirs (`tutela leads
    /// --format json` lists them as evidence_ref); given once for each.
    #[arg(long = "part", value_name = "NAME[=EVIDENCE]")]
    parts: Vec<String>,
    /// For a split: who a part is, where that is known, as NAME=PERSON_REF.
    #[arg(long = "part-person", value_name = "NAME=PERSON_REF")]
    part_people: Vec<String>,
    /// Why. It is kept for good.
    #[arg(long)]
    reason: String,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
#[value(rename_all = "snake_case")]
enum KindArg {
    /// The person that the lead supports is the one.
    Confirm,
    /// What the lead says is wrong.
    Refute,
    /// The lead is not followed for now.
    #[value(alias = "set-aside")]
    SetAside,
    /// The account is two or more people's.
    Split,
    /// Two or more accounts are one person's.
    Merge,
}

impl KindArg {
    fn of(self) -> JudgementKind {
        match self {
            Self::Confirm => JudgementKind::Confirm,
            Self::Refute => JudgementKind::Refute,
            Self::SetAside => JudgementKind::SetAside,
            Self::Split => JudgementKind::Split,
            Self::Merge => JudgementKind::Merge,
        }
    }
}

pub(crate) fn run(command: &JudgementCommand, by: &str) -> anyhow::Result<ExitCode> {
    match command {
        JudgementCommand::Add(args) => add(args, by),
        JudgementCommand::Withdraw { case, judgement, reason } => {
            let done = open(case, by)?.withdraw_judgement(judgement, reason)?;
            say(&format!(
                "judgement {}: {} taken back; both entries stay in the log",
                done.judgement_ref,
                done.kind.name()
            ))?;
            Ok(ExitCode::SUCCESS)
        }
        JudgementCommand::List { case, format } => {
            let found = open(case, by)?.judgements()?;
            let look = found.iter().any(|j| j.contradicted.is_some());
            if *format == Answer::Json {
                say(&serde_json::to_string_pretty(&found)?)?;
            } else {
                list(&found)?;
            }
            Ok(code(look))
        }
    }
}

fn add(args: &AddArgs, by: &str) -> anyhow::Result<ExitCode> {
    let mut parts: Vec<Part> = Vec::new();
    for text in &args.parts {
        let (name, item) = text.split_once('=').map_or((text.as_str(), None), |(name, item)| (name, Some(item)));
        if !parts.iter().any(|p| p.name == name) {
            parts.push(Part { name: name.to_owned(), person_ref: None, evidence_refs: Vec::new() });
        }
        if let (Some(part), Some(item)) = (parts.iter_mut().find(|p| p.name == name), item) {
            part.evidence_refs.push(item.to_owned());
        }
    }
    for text in &args.part_people {
        let named =
            text.split_once('=').and_then(|(name, person)| Some((parts.iter_mut().find(|p| p.name == name)?, person)));
        let Some((part, person)) = named else {
            anyhow::bail!("--part-person {text}: expected NAME=PERSON_REF, with a NAME that --part gives");
        };
        part.person_ref = Some(person.to_owned());
    }
    let new = NewJudgement { kind: args.kind.of(), leads: args.leads.clone(), parts, reason: args.reason.clone() };
    let made = open(&args.case, by)?.judge(&new)?;
    say(&format!(
        "judgement {}: {} of lead {} by {} at {}",
        made.judgement_ref,
        made.kind.name(),
        leads_of(&made),
        made.who,
        made.utc
    ))?;
    tell_contradictions(std::slice::from_ref(&made))?;
    Ok(ExitCode::SUCCESS)
}

fn leads_of(judgement: &Judgement) -> String {
    judgement.leads.iter().map(|l| l.lead_ref.as_str()).collect::<Vec<_>>().join(" + ")
}

fn list(found: &[Judgement]) -> anyhow::Result<()> {
    if found.is_empty() {
        return say("nobody has judged a lead yet (tutela judgement add)");
    }
    let row = |j: &Judgement| {
        let state = match (&j.withdrawn, &j.contradicted, &j.not_compared) {
            (Some(taken), ..) => format!("taken back by {}: {}", taken.who, taken.reason),
            (None, Some(against), _) => format!("contradicted by run {}", against.run_id),
            (None, None, Some(_)) => "stands, not compared".to_owned(),
            (None, None, None) => "stands".to_owned(),
        };
        let mut cells =
            vec![j.judgement_ref.clone(), j.kind.name().to_owned(), leads_of(j), j.who.clone(), j.utc.clone()];
        cells.extend([j.run_id.clone(), state, j.reason.clone()]);
        cells
    };
    let headings = ["judgement", "kind", "leads", "by", "when", "made on run", "state", "reason"];
    say(&table(&headings, &found.iter().map(row).collect::<Vec<_>>()))?;
    for judgement in found.iter().filter(|j| !j.parts.is_empty()) {
        for part in &judgement.parts {
            let person = part.person_ref.as_deref().unwrap_or("not known");
            let items = if part.evidence_refs.is_empty() { "-".to_owned() } else { part.evidence_refs.join(", ") };
            say(&format!("{} part {}: person {person}; evidence {items}", judgement.judgement_ref, part.name))?;
        }
    }
    let unread: BTreeMap<&str, ()> = found.iter().filter_map(|j| Some((j.not_compared.as_deref()?, ()))).collect();
    for why in unread.keys() {
        say(&format!("not compared with a run: {why}"))?;
    }
    tell_contradictions(found)
}

/// Where a run goes against judgements, one line each.
pub(crate) fn tell_contradictions(found: &[Judgement]) -> anyhow::Result<()> {
    for judgement in found {
        for (against, why) in judgement.contradicted.iter().flat_map(|c| c.why.iter().map(move |why| (c, why))) {
            say(&format!(
                "judgement {} ({}, by {}) contradicted by run {}: {why}",
                judgement.judgement_ref,
                judgement.kind.name(),
                judgement.who,
                against.run_id
            ))?;
        }
    }
    Ok(())
}

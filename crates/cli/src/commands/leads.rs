//! `tutela leads`

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::bail;
use clap::Args;
use tutela_case::{Case, GateName, Judgement, Name, SignOffs, line_alarms, standing};
use tutela_model::lead::{Lead, LeadsDocument};

use super::judgement::tell_contradictions;
use super::{Answer, open};
use crate::output::{say, table};

/// `tutela leads`
#[derive(Debug, Args)]
pub(crate) struct LeadsArgs {
    /// The case.
    case: PathBuf,
    /// How to answer. The JSON follows a published schema and shows references, never names.
    #[arg(long, value_enum, default_value = "table")]
    format: Answer,
    #[command(flatten)]
    reveal: Reveal,
}

/// Showing names.
#[derive(Debug, Args)]
pub(crate) struct Reveal {
    /// Show names and personal data. Needs a reason; both are logged.
    #[arg(long, requires = "reason")]
    pub(crate) reveal: bool,
    /// Why names are needed.
    #[arg(long, requires = "reveal")]
    pub(crate) reason: Option<String>,
}

impl Reveal {
    /// The names behind references, where they were asked for; logged before they are read.
    pub(crate) fn names(&self, case: &mut Case, people: &[String]) -> anyhow::Result<BTreeMap<String, Name>> {
        match &self.reason {
            Some(reason) if self.reveal => Ok(case.reveal(people, reason)?),
            _ => Ok(BTreeMap::new()),
        }
    }
}

pub(crate) fn run(args: &LeadsArgs, by: &str) -> anyhow::Result<ExitCode> {
    let mut case = open(&args.case, by)?;
    let (run_id, document) = case.leads()?;
    if args.format == Answer::Json {
        if args.reveal.reveal {
            bail!("--format json never shows names; leave out --reveal, or use the table");
        }
        say(&serde_json::to_string_pretty(&document)?)?;
        return Ok(ExitCode::SUCCESS);
    }
    let people: Vec<String> = document.leads.iter().filter_map(|l| l.person_ref.clone()).collect();
    let names = args.reveal.names(&mut case, &people)?;
    let signed = case.sign_offs()?;
    let judged = case.judgements_on(&run_id, &document)?;
    say(&leads_table(&document, &names, &signed, &judged))?;
    let checks = case.line_checks()?;
    for lead in &document.leads {
        for alarm in line_alarms(&checks, lead) {
            say(&format!("\nALARM, lead {}: {}", lead.lead_ref, alarm.words))?;
        }
    }
    tell_contradictions(&judged)?;
    say(&format!("\nrun {run_id}; explain a lead with: tutela explain {} LEAD", args.case.display()))?;
    Ok(ExitCode::SUCCESS)
}

fn leads_table(
    document: &LeadsDocument,
    names: &BTreeMap<String, Name>,
    signed: &SignOffs,
    judged: &[Judgement],
) -> String {
    let mut leads: Vec<&Lead> = document.leads.iter().collect();
    leads.sort_by_key(|l| (l.outcome, std::cmp::Reverse(l.counts.episodes)));
    let rows: Vec<Vec<String>> = leads.into_iter().map(|l| row(l, names, signed, judged)).collect();
    let headings = ["lead", "account", "outcome", "person", "gate 1", "gate 2", "signed", "judged", "episodes", "why"];
    table(&headings, &rows)
}

/// The judgements on a lead that stand, and whether the run goes against them.
fn standing_judgements(judged: &[Judgement], lead: &Lead) -> String {
    let about = judged.iter().filter(|j| j.stands() && j.is_about(&lead.lead_ref));
    let words: Vec<String> = about
        .map(|j| {
            let against = if j.contradicted.is_some() { ", contradicted" } else { "" };
            format!("{} {}{against}", j.kind.name(), j.judgement_ref)
        })
        .collect();
    if words.is_empty() { "-".to_owned() } else { words.join("; ") }
}

fn row(lead: &Lead, names: &BTreeMap<String, Name>, signed: &SignOffs, judged: &[Judgement]) -> Vec<String> {
    let person = lead.person_ref.as_ref().map_or_else(
        || "-".to_owned(),
        |person| names.get(person).map_or_else(|| person.clone(), |name| format!("{person} ({name})")),
    );
    let ratio = |log10: Option<f64>| log10.map_or_else(|| "-".to_owned(), |l| format!("{l:+.1}"));
    vec![
        lead.lead_ref.clone(),
        format!("{}:{}", lead.account.platform, lead.account.account_ref),
        lead.outcome.name().to_owned(),
        person,
        ratio(lead.resolution.log10_lr),
        ratio(lead.attribution.log10_lr),
        format!("{} / {}", standing(signed, lead, GateName::Resolution), standing(signed, lead, GateName::Attribution)),
        standing_judgements(judged, lead),
        lead.counts.episodes.to_string(),
        lead.attribution.reason.clone(),
    ]
}

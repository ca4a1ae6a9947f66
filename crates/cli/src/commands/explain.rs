//! `tutela explain`

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;
use tutela_analysis::PaymentItem;
use tutela_case::{
    Act, Case, Explained, ExplainedPayment, ExplainedRecord, GateName, Judgement, LineAlarm, SEED_EVIDENCE, SignOffs,
    line_alarms, standing,
};
use tutela_model::lead::{Evidence, Gate, Lead};

use super::leads::Reveal;
use super::open;
use crate::output::say;

/// `tutela explain`
#[derive(Debug, Args)]
pub(crate) struct ExplainArgs {
    /// The case.
    case: PathBuf,
    /// The lead's reference, or the account's; of a lead of accounts or of payments.
    lead: String,
    /// How to answer.
    #[arg(long, value_enum, default_value = "text")]
    format: Form,
    /// Records shown of each item of evidence.
    #[arg(long, default_value_t = 3)]
    most: usize,
    /// Show every record.
    #[arg(long)]
    all: bool,
    #[command(flatten)]
    reveal: Reveal,
}

/// How to answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Form {
    /// Text for people.
    Text,
    /// JSON for programs.
    Json,
}

pub(crate) fn run(args: &ExplainArgs, by: &str) -> anyhow::Result<ExitCode> {
    let mut case = open(&args.case, by)?;
    let most = if args.all { usize::MAX } else { args.most };
    if args.lead.starts_with("P-") && explain_payment(args, &mut case, most)? {
        return Ok(ExitCode::SUCCESS);
    }
    let mut explained = match case.explain(&args.lead, most, false) {
        Ok(explained) => explained,
        // An account that has no lead of its own may have one of payments.
        Err(_) if case.is_allowed(Act::Payments) && explain_payment(args, &mut case, most)? => {
            return Ok(ExitCode::SUCCESS);
        }
        Err(error) => return Err(error.into()),
    };
    if args.reveal.reveal {
        case.reveal_lead(&explained.lead.lead_ref, args.reveal.reason.as_deref().unwrap_or_default())?;
        explained = case.explain(&args.lead, most, true)?;
    }
    let text = match args.format {
        Form::Json => serde_json::to_string_pretty(&explained)?,
        Form::Text => {
            let alarms = line_alarms(&case.line_checks()?, &explained.lead);
            tell_all(&explained, &case.sign_offs()?, &case.judgements()?, &alarms)
        }
    };
    say(&text)?;
    Ok(ExitCode::SUCCESS)
}

/// Explains a lead of payments. Says whether there is one.
fn explain_payment(args: &ExplainArgs, case: &mut Case, most: usize) -> anyhow::Result<bool> {
    let Some(mut explained) = case.explain_payment(&args.lead, most, false)? else { return Ok(false) };
    if args.reveal.reveal {
        case.reveal_lead(&explained.lead.lead_ref, args.reveal.reason.as_deref().unwrap_or_default())?;
        if let Some(revealed) = case.explain_payment(&args.lead, most, true)? {
            explained = revealed;
        }
    }
    say(&match args.format {
        Form::Json => serde_json::to_string_pretty(&explained)?,
        Form::Text => tell_payment(&explained),
    })?;
    Ok(true)
}

fn tell_payment(explained: &ExplainedPayment) -> String {
    let lead = &explained.lead;
    let provider = lead.provider.as_ref().map(|p| format!("{p}/")).unwrap_or_default();
    let mut out = vec![
        format!("Lead {}  account {provider}{}  run {}", lead.lead_ref, lead.account_ref, explained.run_id),
        format!("Role: {}   outcome: {}", lead.role, lead.outcome),
        format!("  because      {}", lead.reason),
    ];
    if let (Some(log10), Some([one, other])) = (lead.log10_lr, &lead.propositions) {
        out.push(format!("  log10 LR     {log10:+.2}"));
        out.push(format!("  proposition  {one}"));
        out.push(format!("  against      {other}"));
    }
    if !lead.seed_evidence.is_empty() {
        out.push("\nEstablished by".to_owned());
        out.extend(lead.seed_evidence.iter().map(|seed| format!("  {} ({})", seed.evidence_ref, seed.reason)));
        records(&mut out, explained, SEED_EVIDENCE);
    }
    for (title, items) in [("Against", &lead.against), ("For, or what makes it what it is", &lead.r#for)] {
        out.push(format!("\n{title}"));
        if items.is_empty() {
            out.push("  nothing in the records".to_owned());
        }
        for item in items {
            out.push(payment_text(item));
            records(&mut out, explained, &item.kind);
        }
    }
    out.push(format!("\nWould decide\n  {}", lead.would_decide));
    out.join("\n")
}

fn payment_text(item: &PaymentItem) -> String {
    let sums: Vec<String> = item.sums.iter().map(|(currency, sum)| format!("{sum} {currency}")).collect();
    let sums = if sums.is_empty() { String::new() } else { format!(" ({})", sums.join(", ")) };
    format!("  [{:+.2}] {}{sums}\n      who else: {}", item.log10_lr, item.finding, item.innocent)
}

/// The records behind an item, as many as were read.
fn records(out: &mut Vec<String>, explained: &ExplainedPayment, kind: &str) {
    let Some(item) = explained.items.iter().find(|item| item.evidence_ref == kind) else { return };
    out.extend(item.shown.iter().map(record_text));
    // A bulk entry gives several records of one row, so that more may be shown than there are rows.
    let rest = item.records.saturating_sub(item.shown.len() as u64);
    if rest > 0 {
        out.push(format!("      and {rest} more records (--all shows them)"));
    }
}

fn tell_all(explained: &Explained, signed: &SignOffs, judged: &[Judgement], alarms: &[LineAlarm]) -> String {
    let lead = &explained.lead;
    let mut out = vec![
        format!(
            "Lead {}  account {} on {}  run {}",
            lead.lead_ref, lead.account.account_ref, lead.account.platform, explained.run_id
        ),
        format!(
            "Outcome: {}{}",
            lead.outcome.name(),
            lead.person_ref.as_ref().map(|p| format!(", {p}")).unwrap_or_default()
        ),
        format!(
            "{} connections, {} usable, {} covered by an assignment, {} episodes",
            lead.counts.connections, lead.counts.usable, lead.counts.assigned, lead.counts.episodes
        ),
    ];
    out.extend(alarms.iter().map(|a| format!("ALARM: {}", a.words)));
    judgements(&mut out, lead, judged);
    gate(&mut out, "Gate 1, resolution", &lead.resolution);
    decision(&mut out, signed, lead, GateName::Resolution);
    gate(&mut out, "Gate 2, attribution", &lead.attribution);
    decision(&mut out, signed, lead, GateName::Attribution);
    evidence(&mut out, "Against", &lead.against, explained);
    evidence(&mut out, "For", &lead.r#for, explained);
    rest(&mut out, lead);
    out.join("\n")
}

/// What people have judged about the lead, and where the run goes against it.
fn judgements(out: &mut Vec<String>, lead: &Lead, judged: &[Judgement]) {
    for judgement in judged.iter().filter(|j| j.is_about(&lead.lead_ref)) {
        let taken = judgement.withdrawn.as_ref().map(|w| format!(", taken back by {}: {}", w.who, w.reason));
        out.push(format!(
            "Judgement {}: {} by {} at {}: {}{}",
            judgement.judgement_ref,
            judgement.kind.name(),
            judgement.who,
            judgement.utc,
            judgement.reason,
            taken.unwrap_or_default()
        ));
        if let Some(against) = &judgement.contradicted {
            out.extend(against.why.iter().map(|why| format!("  contradicted by run {}: {why}", against.run_id)));
        }
    }
}

fn gate(out: &mut Vec<String>, title: &str, gate: &Gate) {
    let weight = match (gate.log10_lr, &gate.words) {
        (Some(log10), Some(words)) => format!("log10 LR {log10:+.1} ({words})"),
        _ => "nothing to weigh".to_owned(),
    };
    out.push(format!("\n{title}: {weight}; {:?}", gate.status).to_lowercase().replacen("gate", "Gate", 1));
    out.push(format!("  proposition  {}", gate.proposition));
    out.push(format!("  against      {}", gate.alternative));
    out.push(format!("  because      {}", gate.reason));
}

/// Who decided what about a gate, and why.
fn decision(out: &mut Vec<String>, signed: &SignOffs, lead: &Lead, gate: GateName) {
    let stands = standing(signed, lead, gate);
    match signed.get(&(lead.lead_ref.clone(), gate)).filter(|_| stands != "-") {
        Some(found) => {
            let second = found.confirmed_by.as_ref().map(|who| format!(", confirmed by {who}")).unwrap_or_default();
            out.push(format!("  sign-off     {stands}, by {}{second} at {}: {}", found.who, found.utc, found.reason))
        }
        None => out.push("  sign-off     nobody has decided yet (tutela sign)".to_owned()),
    }
}

fn evidence(out: &mut Vec<String>, title: &str, items: &[Evidence], explained: &Explained) {
    out.push(format!("\n{title}"));
    if items.is_empty() {
        out.push("  nothing in the records".to_owned());
    }
    for item in items {
        let weight = item.log10_lr.map_or_else(|| "limits".to_owned(), |l| format!("{l:+.1}"));
        let origin = if item.from_network { "network" } else { "not from the network" };
        out.push(format!("  [{weight}] {} ({origin})", item.statement));
        let Some(shown) = explained.items.iter().find(|i| i.evidence_ref == item.evidence_ref) else { continue };
        for record in &shown.shown {
            out.push(record_text(record));
        }
        let rest = shown.records.saturating_sub(shown.shown.len() as u64);
        if rest > 0 {
            out.push(format!("      and {rest} more records (--all shows them)"));
        }
    }
}

fn record_text(record: &ExplainedRecord) -> String {
    let short = record.source_id.get(..12).unwrap_or(&record.source_id);
    let mut text = format!(
        "      {} in {} ({short}) row {}, bytes {}..{}",
        record.table.name(),
        record.file_name,
        record.row,
        record.span.start,
        record.span.end
    );
    for value in &record.values {
        let shown = match (&value.value, &value.bytes, value.span, value.rule) {
            (None, ..) => "masked".to_owned(),
            (Some(value), Some(bytes), Some(span), rule) => {
                let rule = rule.map(|r| format!(" ({r})")).unwrap_or_default();
                format!("{value} <- {}..{} `{bytes}`{rule}", span.start, span.end)
            }
            (Some(value), _, _, rule) => format!("{value} ({})", rule.unwrap_or("not in the file")),
        };
        text.push_str(&format!("\n        {:<14} {shown}", value.column));
    }
    text.push_str(&format!("\n        {} more bytes of the row stay masked", record.masked_bytes));
    text
}

fn rest(out: &mut Vec<String>, lead: &Lead) {
    out.push("\nHypotheses".to_owned());
    for finding in &lead.hypotheses {
        let name = format!("{:?}", finding.hypothesis);
        out.push(format!("  {name:<24} {:<9} {}", format!("{:?}", finding.status).to_lowercase(), finding.reason));
    }
    out.push("\nNot in the records".to_owned());
    out.extend(lead.missing.iter().map(|m| format!("  {m}")));
    out.push(format!("\nNext lawful step\n  {}", lead.next_step));
}

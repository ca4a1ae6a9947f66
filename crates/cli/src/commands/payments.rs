//! `tutela payments`

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;
use tutela_analysis::{PaymentItem, PaymentLead};

use super::{Answer, open};
use crate::output::{say, table};

/// `tutela payments`
#[derive(Debug, Args)]
pub(crate) struct PaymentsArgs {
    /// The case.
    case: PathBuf,
    /// Explain one lead: its reference, or its account.
    lead: Option<String>,
    /// How to answer.
    #[arg(long, value_enum, default_value = "table")]
    format: Answer,
}

pub(crate) fn run(args: &PaymentsArgs, by: &str) -> anyhow::Result<ExitCode> {
    let (run_id, mut document) = open(&args.case, by)?.payments()?;
    if let Some(wanted) = &args.lead {
        document.leads.retain(|lead| lead.lead_ref == *wanted || lead.account_ref == *wanted);
        anyhow::ensure!(!document.leads.is_empty(), "lead {wanted}: not in run {run_id}");
    }
    if args.format == Answer::Json {
        say(&serde_json::to_string_pretty(&document)?)?;
        return Ok(ExitCode::SUCCESS);
    }
    if args.lead.is_some() {
        for lead in &document.leads {
            say(&explained(lead))?;
        }
        return Ok(ExitCode::SUCCESS);
    }
    if document.seeds == 0 {
        say(
            "no seed: payments are followed from recipients whom other evidence has established; see: tutela seed add --help",
        )?;
        return Ok(ExitCode::SUCCESS);
    }
    let rows: Vec<Vec<String>> = document.leads.iter().map(row).collect();
    say(&table(&["lead", "account", "role", "outcome", "log10 LR", "rank", "why"], &rows))?;
    say(&format!(
        "\nrun {run_id}; {} payments, {} seeds; explain a lead with: tutela payments {} LEAD",
        document.payments,
        document.seeds,
        args.case.display()
    ))?;
    Ok(ExitCode::SUCCESS)
}

fn account(lead: &PaymentLead) -> String {
    match &lead.provider {
        Some(provider) => format!("{provider}/{}", lead.account_ref),
        None => lead.account_ref.clone(),
    }
}

fn ratio(log10: Option<f64>) -> String {
    log10.map_or_else(|| "-".to_owned(), |log10| format!("{log10:+.2}"))
}

fn row(lead: &PaymentLead) -> Vec<String> {
    vec![
        lead.lead_ref.clone(),
        account(lead),
        lead.role.clone(),
        lead.outcome.clone(),
        ratio(lead.log10_lr),
        lead.rank.map_or_else(|| "-".to_owned(), |rank| rank.to_string()),
        lead.reason.clone(),
    ]
}

fn explained(lead: &PaymentLead) -> String {
    let mut lines = vec![
        format!("{}  {}", lead.lead_ref, account(lead)),
        format!("role: {}   outcome: {}   log10 LR: {}", lead.role, lead.outcome, ratio(lead.log10_lr)),
        lead.reason.clone(),
    ];
    if let Some([one, other]) = &lead.propositions {
        lines.push(format!("\nis it that {one};\nor that {other}?"));
    }
    for seed in &lead.seed_evidence {
        lines.push(format!(
            "\nseed: {} ({}); source {}, row {}",
            seed.evidence_ref, seed.reason, seed.record.source_id, seed.record.row
        ));
    }
    for (title, items) in [("against", &lead.against), ("for", &lead.r#for)] {
        if !items.is_empty() {
            lines.push(format!("\n{title}"));
            lines.extend(items.iter().map(item));
        }
    }
    lines.push(format!("\nwould decide: {}", lead.would_decide));
    lines.join("\n")
}

fn item(item: &PaymentItem) -> String {
    let sums: Vec<String> = item.sums.iter().map(|(currency, sum)| format!("{sum} {currency}")).collect();
    let mut text = format!(
        "  {:+.2}  {} ({})\n         who else: {}",
        item.log10_lr,
        item.finding,
        sums.join(", "),
        item.innocent
    );
    for payment in item.payments.iter().take(10) {
        text.push_str(&format!("\n         source {}, row {}", payment.source_id, payment.row));
    }
    if item.payments.len() > 10 {
        text.push_str(&format!("\n         and {} more (--format json lists all)", item.payments.len() - 10));
    }
    text
}

//! How a case stands: the funnel, what changed, what waits for a person, which acts it rests on.

use axum::Json;
use axum::extract::State;
use schemars::JsonSchema;
use serde::Serialize;
use tutela_case::{Act, Change, LapseKind, Standing};
use tutela_model::lead::{Funnel, Outcome};

use super::{Choice, case_named};
use crate::App;
use crate::listing::SigningState;
use crate::problem::{Named, Problem};

/// So many changed leads are listed.
const CHANGES_MAX: usize = 200;

/// How a case stands.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Overview {
    /// The newest run.
    run_id: String,
    funnel: Funnel,
    /// Leads from payments on recipients who may be victims.
    may_be_victims: u64,
    /// Leads by sign-off.
    signings: Vec<Choice<SigningState>>,
    /// What changed since the run before; absent where none is kept.
    changes: Option<Changes>,
    bases: Vec<BasisRow>,
    /// Absent for those who may not see sources.
    sources: Option<SourceTotals>,
    /// Seconds and memory of each step of the run.
    steps: Vec<StepTime>,
}

/// What changed between two runs.
#[derive(Debug, Serialize, JsonSchema)]
struct Changes {
    /// The run before.
    before_run_id: String,
    total: u64,
    /// The first of them.
    leads: Vec<ChangeRow>,
}

/// How one lead changed.
#[derive(Debug, Serialize, JsonSchema)]
struct ChangeRow {
    lead_ref: String,
    /// `platform:account_ref`.
    account: String,
    before: Option<StandingRow>,
    after: Option<StandingRow>,
}

/// How a lead stood.
#[derive(Debug, Serialize, JsonSchema)]
struct StandingRow {
    outcome: Outcome,
    resolution_log10_lr: Option<f64>,
    attribution_log10_lr: Option<f64>,
    episodes: u64,
}

/// A legal basis.
#[derive(Debug, Serialize, JsonSchema)]
struct BasisRow {
    basis_id: String,
    act: String,
    authority: String,
    scope: String,
    from_date: String,
    until_date: String,
    /// Why it no longer holds, where it has lapsed.
    lapsed: Option<String>,
    /// Sources taken in under it; absent for those who may not see sources.
    sources: Option<u64>,
}

/// All sources together.
#[derive(Debug, Serialize, JsonSchema)]
struct SourceTotals {
    sources: u64,
    size_bytes: u64,
    rows: u64,
    rows_in_records: u64,
    rows_refused: u64,
}

/// What a step cost.
#[derive(Debug, Serialize, JsonSchema)]
struct StepTime {
    step: String,
    seconds: f64,
    peak_bytes: Option<u64>,
}

pub(super) async fn show(State(app): State<App>, Named(name): Named<String>) -> Result<Json<Overview>, Problem> {
    let case = case_named(&app, &name)?;
    let leads = case.leads().await?;
    let payments = case.payment_leads().await?;
    let may_be_victims = payments.iter().filter(|l| l.outcome == "may_be_victim").count() as u64;
    let mut signings = std::collections::BTreeMap::new();
    for row in &leads.rows {
        *signings.entry(row.signing).or_insert(0) += 1;
    }
    let funnel = leads.document.funnel.clone();
    let run_id = leads.run_id.clone();
    let sees_sources = crate::held::actor()?.may(Act::Sources);
    let (changes, bases, lapses, sources, report) = case
        .act(move |c| {
            let sources = if sees_sources { c.sources()? } else { Vec::new() };
            Ok((leads.changes(c)?, c.bases()?, c.lapses()?, sources, c.run_report()?))
        })
        .await?;
    let bases = bases.into_iter().map(|b| BasisRow {
        sources: sees_sources.then(|| sources.iter().filter(|s| s.basis_id == b.basis_id).count() as u64),
        lapsed: lapses.get(&b.basis_id).map(|l| format!("{}: {}", lapse_words(l.kind), l.reason)),
        basis_id: b.basis_id,
        act: b.act,
        authority: b.authority,
        scope: b.scope,
        from_date: b.from_date,
        until_date: b.until_date,
    });
    let totals = SourceTotals {
        sources: sources.len() as u64,
        size_bytes: sources.iter().map(|s| s.size_bytes).sum(),
        rows: sources.iter().map(|s| s.rows).sum(),
        rows_in_records: sources.iter().map(|s| s.rows_in_records).sum(),
        rows_refused: sources.iter().map(|s| s.rows_refused).sum(),
    };
    let step = |s: tutela_case::StepReport| StepTime { step: s.id, seconds: s.seconds, peak_bytes: s.peak_bytes };
    Ok(Json(Overview {
        run_id,
        funnel,
        may_be_victims,
        signings: signings.into_iter().map(|(value, count)| Choice { value, count }).collect(),
        changes: changes.as_ref().as_ref().map(|(before_run_id, all)| Changes {
            before_run_id: before_run_id.clone(),
            total: all.len() as u64,
            leads: all.iter().take(CHANGES_MAX).cloned().map(change_row).collect(),
        }),
        bases: bases.collect(),
        sources: sees_sources.then_some(totals),
        steps: report.steps.into_iter().map(step).collect(),
    }))
}

pub(super) fn lapse_words(kind: LapseKind) -> &'static str {
    match kind {
        LapseKind::NotValidated => "not validated",
        LapseKind::Annulled => "annulled",
        LapseKind::Withdrawn => "withdrawn",
    }
}

fn change_row(change: Change) -> ChangeRow {
    let standing = |s: Standing| StandingRow {
        outcome: s.outcome,
        resolution_log10_lr: s.resolution_log10_lr,
        attribution_log10_lr: s.attribution_log10_lr,
        episodes: s.episodes,
    };
    ChangeRow {
        lead_ref: change.lead_ref,
        account: change.account,
        before: change.before.map(standing),
        after: change.after.map(standing),
    }
}

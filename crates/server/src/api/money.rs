//! Flows from seeds outward, each pattern with its innocent explanation beside it.

use std::collections::{BTreeMap, BTreeSet};

use axum::Json;
use axum::extract::State;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tutela_case::{FlowEdge, Node, PaymentItem, PaymentLead};

use super::case_named;
use super::picture::{self, GraphNode};
use crate::App;
use crate::held::off;
use crate::problem::{Asked, Named, Problem};

/// So many seeds are listed.
const SEEDS_MAX: u32 = 200;

/// The seeds, and what the leads from payments amount to.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Money {
    run_id: String,
    /// The seeds that payments are followed from, the most payers first; 200 at most.
    seeds: Vec<SeedRow>,
    /// Leads from payments, by role and outcome.
    leads: Vec<LeadCount>,
}

/// A seed.
#[derive(Debug, Serialize, JsonSchema)]
struct SeedRow {
    node: GraphNode,
    /// Whether it pays out for many, so that nothing is followed from it.
    is_service: bool,
    payers: u64,
}

/// How many leads have a role and an outcome.
#[derive(Debug, Serialize, JsonSchema)]
struct LeadCount {
    role: String,
    outcome: String,
    count: u64,
}

/// Which flows are wanted.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct FlowQuery {
    /// The seed, as `payment:REFERENCE`.
    #[schemars(extend("pattern" = picture::NODE_PATTERN))]
    seed: String,
    /// Payers of each recipient, at most 200; 14 where absent.
    #[schemars(range(min = 1, max = 200))]
    most: Option<u64>,
}

/// The flows around a seed.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct FlowPage {
    run_id: String,
    seed: SeedRow,
    /// Who paid it, the most payments first.
    direct: Vec<FlowRow>,
    /// What was paid to it in all, by currency.
    totals: Vec<FlowRow>,
    /// Who paid the accounts that pass money on to it.
    through: Vec<FlowRow>,
    /// What was paid to each of these in all, by currency.
    through_totals: Vec<FlowRow>,
    /// What its payers pay in common. These recipients may be victims.
    common: Vec<CommonRow>,
    /// What the records say of the accounts shown, each pattern with its innocent explanation.
    patterns: Vec<AccountPatterns>,
}

/// Payments to an account in one currency.
#[derive(Debug, Serialize, JsonSchema)]
struct FlowRow {
    /// The payer; absent where all payers are counted together.
    from: Option<GraphNode>,
    to: GraphNode,
    payers: u64,
    currency: String,
    payments: u64,
    /// An exact decimal.
    amount: String,
    /// Days since 1970-01-01.
    first_day: Option<i64>,
    last_day: Option<i64>,
    /// How many were taken back.
    reversed: u64,
}

/// A recipient that payers of the seed pay in common.
#[derive(Debug, Serialize, JsonSchema)]
struct CommonRow {
    node: GraphNode,
    payers: u64,
    currency: String,
    payments: u64,
    amount: String,
}

/// What is said of an account.
#[derive(Debug, Serialize, JsonSchema)]
struct AccountPatterns {
    node: String,
    lead_ref: String,
    role: String,
    outcome: String,
    reason: String,
    log10_lr: Option<f64>,
    would_decide: String,
    /// Those against first.
    items: Vec<Pattern>,
}

/// A pattern, and who else shows it, innocently.
#[derive(Debug, Serialize, JsonSchema)]
struct Pattern {
    kind: String,
    against: bool,
    finding: String,
    innocent: String,
    log10_lr: f64,
    /// Sums by currency, as exact decimals.
    sums: BTreeMap<String, String>,
    payments: u64,
}

pub(super) async fn show(State(app): State<App>, Named(name): Named<String>) -> Result<Json<Money>, Problem> {
    let case = case_named(&app, &name)?;
    let (pictures, leads) = (case.pictures().await?, case.payment_leads().await?);
    off(move || {
        let mut counts: BTreeMap<(String, String), u64> = BTreeMap::new();
        for lead in leads.iter() {
            *counts.entry((lead.role.clone(), lead.outcome.clone())).or_default() += 1;
        }
        let seeds = pictures.seeds(SEEDS_MAX)?;
        Ok(Json(Money {
            run_id: pictures.run_id().to_owned(),
            seeds: seeds.iter().map(seed_row).collect(),
            leads: counts.into_iter().map(|((role, outcome), count)| LeadCount { role, outcome, count }).collect(),
        }))
    })
    .await
}

fn seed_row(seed: &tutela_case::FlowSeed) -> SeedRow {
    SeedRow { node: picture::node(&seed.node), is_service: seed.is_service, payers: seed.payers }
}

pub(super) async fn flow(
    State(app): State<App>,
    Named(name): Named<String>,
    Asked(query): Asked<FlowQuery>,
) -> Result<Json<FlowPage>, Problem> {
    let case = case_named(&app, &name)?;
    let seed = picture::named("seed", &query.seed)?;
    let most = usize::try_from(picture::within("most", query.most, 14, 200)?).unwrap_or(14);
    let (pictures, leads) = (case.pictures().await?, case.payment_leads().await?);
    off(move || {
        let found = pictures.flow(&seed, most)?;
        let found = found.ok_or_else(|| Problem::not_found(format!("{seed}: no seed of the newest run")))?;
        let mut shown: Vec<&Node> = vec![&found.seed.node];
        shown.extend(found.direct.iter().chain(&found.through).filter_map(|e| e.from.as_ref()));
        shown.extend(found.common.iter().map(|c| &c.node));
        let common = |c: &tutela_case::CommonRecipient| CommonRow {
            node: picture::node(&c.node),
            payers: c.payers,
            currency: c.currency.clone(),
            payments: c.payments,
            amount: c.amount.clone(),
        };
        Ok(Json(FlowPage {
            run_id: pictures.run_id().to_owned(),
            seed: seed_row(&found.seed),
            direct: rows(&found.direct),
            totals: rows(&found.totals),
            through: rows(&found.through),
            through_totals: rows(&found.through_totals),
            common: found.common.iter().map(common).collect(),
            patterns: patterns(&shown, &leads),
        }))
    })
    .await
}

fn rows(edges: &[FlowEdge]) -> Vec<FlowRow> {
    let row = |e: &FlowEdge| FlowRow {
        from: e.from.as_ref().map(picture::node),
        to: picture::node(&e.to),
        payers: e.payers,
        currency: e.currency.clone(),
        payments: e.payments,
        amount: e.amount.clone(),
        first_day: e.first_day,
        last_day: e.last_day,
        reversed: e.reversed,
    };
    edges.iter().map(row).collect()
}

/// What the leads say of the accounts shown, each once.
fn patterns(shown: &[&Node], leads: &[PaymentLead]) -> Vec<AccountPatterns> {
    let wanted: BTreeSet<&str> = shown.iter().filter_map(|n| n.lead_ref.as_deref()).collect();
    let found: BTreeMap<&str, &PaymentLead> =
        leads.iter().filter(|l| wanted.contains(l.lead_ref.as_str())).map(|l| (l.lead_ref.as_str(), l)).collect();
    let mut told = BTreeSet::new();
    let once = shown.iter().filter(|n| told.insert(n.id));
    once.filter_map(|n| Some((n, *found.get(n.lead_ref.as_deref()?)?)))
        .map(|(node, lead)| AccountPatterns {
            node: node.key.to_string(),
            lead_ref: lead.lead_ref.clone(),
            role: lead.role.clone(),
            outcome: lead.outcome.clone(),
            reason: lead.reason.clone(),
            log10_lr: lead.log10_lr,
            would_decide: lead.would_decide.clone(),
            items: lead
                .against
                .iter()
                .map(|i| pattern(i, true))
                .chain(lead.r#for.iter().map(|i| pattern(i, false)))
                .collect(),
        })
        .collect()
}

fn pattern(item: &PaymentItem, against: bool) -> Pattern {
    Pattern {
        kind: item.kind.clone(),
        against,
        finding: item.finding.clone(),
        innocent: item.innocent.clone(),
        log10_lr: item.log10_lr,
        sums: item.sums.clone(),
        payments: item.payments.len() as u64,
    }
}

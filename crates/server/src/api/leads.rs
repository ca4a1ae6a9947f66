//! The list of leads, one lead, and what a person decides about it.

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tutela_case::{Decision, GateName, LineAlarm, Referral};
use tutela_model::lead::{Lead, Outcome};

use super::{Choice, Paging, Who, case_named};
use crate::App;
use crate::held::Leads;
use crate::listing::{self, Certainty, Filter, GateSigning, LeadsQuery, Row, SigningState, Urgency};
use crate::problem::{Asked, Named, Problem, Sent};
use crate::sign_in::Visitor;

/// A page of leads, with what the filters would leave.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct LeadsPage {
    /// The run they come from.
    run_id: String,
    /// Leads that pass the filters.
    total: u64,
    /// All leads of the run.
    all: u64,
    page: u64,
    per_page: u64,
    leads: Vec<Row>,
    /// Leads by outcome, under the other filters.
    outcomes: Vec<Choice<Outcome>>,
    /// Leads by sign-off, under the other filters.
    signings: Vec<Choice<SigningState>>,
    /// Leads on the two axes, under the other filters.
    axes: Vec<Cell>,
}

/// How many leads share a place on the two axes.
#[derive(Debug, Serialize, JsonSchema)]
struct Cell {
    certainty: Certainty,
    urgency: Urgency,
    count: u64,
}

/// A lead, and how its gates stand.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct LeadPage {
    /// The run it comes from.
    run_id: String,
    lead: Lead,
    /// SHA-256 of what the lead says; a decision names it.
    lead_digest: String,
    /// Its row in the list.
    row: Row,
    /// Gate 1.
    resolution: GateStanding,
    /// Gate 2.
    attribution: GateStanding,
    /// The referrals that report the account.
    referrals: Vec<ReferralRow>,
    /// What was found at lines of the lead and stands against naming anybody through them.
    alarms: Vec<AlarmRow>,
    /// Whether this visitor is shown names and personal data.
    revealed: bool,
    /// The names shown, by reference.
    names: BTreeMap<String, String>,
}

/// How a gate stands with the people who decide.
#[derive(Debug, Serialize, JsonSchema)]
struct GateStanding {
    signing: GateSigning,
    /// The decision that stands, also where the lead has changed since.
    decision: Option<DecisionRow>,
}

/// A decision.
#[derive(Debug, Serialize, JsonSchema)]
struct DecisionRow {
    /// `signed`, `refused` or `withdrawn`.
    decision: DecisionKind,
    reason: String,
    who: String,
    utc: String,
    run_id: String,
}

/// What a person decides about a gate.
#[derive(Debug, Clone, Copy, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
enum DecisionKind {
    /// The person has read it and stands by it.
    Signed,
    /// The person does not accept it.
    Refused,
    /// The person takes an earlier decision back.
    Withdrawn,
}

/// One of the two gates.
#[derive(Debug, Clone, Copy, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
enum GateKind {
    /// Gate 1: from connections to lines.
    Resolution,
    /// Gate 2: from lines to a person.
    Attribution,
}

/// A referral that reports the account.
#[derive(Debug, Serialize, JsonSchema)]
struct ReferralRow {
    referral_ref: String,
    kind: String,
    /// When the incident happened, UTC.
    reported_utc: Option<String>,
    /// When it was received, UTC.
    received_utc: Option<String>,
    /// The urgency that the reporter stated.
    urgency: Option<String>,
    /// SHA-256 of the source.
    source_id: String,
    /// The row in it.
    row: u64,
}

/// What stands against naming anybody through a line.
#[derive(Debug, Serialize, JsonSchema)]
struct AlarmRow {
    operator: String,
    line_ref: String,
    /// Searches there that found nothing since the wire was last confirmed.
    searches: u64,
    /// Whether the wire is known to end elsewhere than the register says.
    ends_elsewhere: bool,
}

/// A decision to be made.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewSignOff {
    gate: GateKind,
    decision: DecisionKind,
    /// Why, in words. It is kept for good.
    #[schemars(length(max = 2000), extend("pattern" = super::REASON_PATTERN))]
    reason: String,
    /// The digest of the lead that was read.
    lead_digest: String,
}

/// A reveal to be made.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewReveal {
    /// Why the names are needed, in words. It is kept for good.
    #[schemars(length(max = 2000), extend("pattern" = super::REASON_PATTERN))]
    reason: String,
}

pub(super) async fn list(
    State(app): State<App>,
    Named(name): Named<String>,
    Asked(query): Asked<LeadsQuery>,
) -> Result<Json<LeadsPage>, Problem> {
    let paging = Paging::new(query.page, query.per_page)?;
    let leads = case_named(&app, &name)?.leads().await?;
    crate::held::off(move || Ok(Json(page(&leads, &query, paging)))).await
}

fn page(leads: &Leads, query: &LeadsQuery, paging: Paging) -> LeadsPage {
    let mut selected = Vec::new();
    let (mut outcomes, mut signings, mut axes) = (BTreeMap::new(), BTreeMap::new(), BTreeMap::new());
    for row in query.searched(&leads.rows, &leads.orders) {
        if query.passes(row, None) {
            selected.push(row);
        }
        if query.passes(row, Some(Filter::Outcome)) {
            *outcomes.entry(row.outcome).or_insert(0) += 1;
        }
        if query.passes(row, Some(Filter::Signing)) {
            *signings.entry(row.signing).or_insert(0) += 1;
        }
        if query.passes(row, Some(Filter::Axes)) {
            *axes.entry((row.certainty, row.urgency)).or_insert(0) += 1;
        }
    }
    LeadsPage {
        run_id: leads.run_id.clone(),
        total: selected.len() as u64,
        all: leads.rows.len() as u64,
        page: paging.page,
        per_page: paging.per_page,
        leads: paging.of(selected).into_iter().cloned().collect(),
        outcomes: outcomes.into_iter().map(|(value, count)| Choice { value, count }).collect(),
        signings: signings.into_iter().map(|(value, count)| Choice { value, count }).collect(),
        axes: axes.into_iter().map(|((certainty, urgency), count)| Cell { certainty, urgency, count }).collect(),
    }
}

pub(super) async fn show(
    State(app): State<App>,
    visitor: Who,
    Named((name, lead_ref)): Named<(String, String)>,
) -> Result<Json<LeadPage>, Problem> {
    let leads = case_named(&app, &name)?.leads().await?;
    lead_page(&app, &visitor, &name, &leads, &lead_ref)
}

fn lead_page(
    app: &App,
    visitor: &Visitor,
    case: &str,
    leads: &Leads,
    lead_ref: &str,
) -> Result<Json<LeadPage>, Problem> {
    let (lead, row) = leads.get(lead_ref)?;
    let gate = |gate: GateName| GateStanding {
        signing: listing::gate_signing(&leads.sign_offs, lead, gate),
        decision: leads.decision(lead, gate).map(decision_row),
    };
    let revealed = app.sign_in.revealed(visitor, case, lead_ref);
    Ok(Json(LeadPage {
        run_id: leads.run_id.clone(),
        lead: lead.clone(),
        lead_digest: Leads::digest(lead)?,
        row: row.clone(),
        resolution: gate(GateName::Resolution),
        attribution: gate(GateName::Attribution),
        referrals: leads.referrals_of(lead).iter().map(referral_row).collect(),
        alarms: leads.alarms_of(lead).into_iter().map(alarm_row).collect(),
        revealed: revealed.is_some(),
        names: revealed.unwrap_or_default(),
    }))
}

fn alarm_row(alarm: LineAlarm) -> AlarmRow {
    AlarmRow {
        operator: alarm.line.operator,
        line_ref: alarm.line.line_ref,
        searches: alarm.searches,
        ends_elsewhere: alarm.ends_elsewhere,
    }
}

fn decision_row(found: &tutela_case::SignOff) -> DecisionRow {
    DecisionRow {
        decision: match found.decision {
            Decision::Signed => DecisionKind::Signed,
            Decision::Refused => DecisionKind::Refused,
            Decision::Withdrawn => DecisionKind::Withdrawn,
        },
        reason: found.reason.clone(),
        who: found.who.clone(),
        utc: found.utc.clone(),
        run_id: found.run_id.clone(),
    }
}

fn referral_row(found: &Referral) -> ReferralRow {
    ReferralRow {
        referral_ref: found.referral_ref.clone(),
        kind: found.kind.clone(),
        reported_utc: found.reported_utc.clone(),
        received_utc: found.received_utc.clone(),
        urgency: found.urgency.clone(),
        source_id: found.source_id.clone(),
        row: found.row,
    }
}

pub(super) async fn sign_off(
    State(app): State<App>,
    visitor: Who,
    Named((name, lead_ref)): Named<(String, String)>,
    Sent(new): Sent<NewSignOff>,
) -> Result<Json<LeadPage>, Problem> {
    let reason = stated(&new.reason)?;
    let case = case_named(&app, &name)?;
    let leads = case.leads().await?;
    let (lead, _) = leads.get(&lead_ref)?;
    if Leads::digest(lead)? != new.lead_digest {
        let detail = format!("lead {lead_ref}: says something else by now; read it again before you decide");
        return Err(Problem::conflict("changed", detail));
    }
    let gate = match new.gate {
        GateKind::Resolution => GateName::Resolution,
        GateKind::Attribution => GateName::Attribution,
    };
    let decision = match new.decision {
        DecisionKind::Signed => Decision::Signed,
        DecisionKind::Refused => Decision::Refused,
        DecisionKind::Withdrawn => Decision::Withdrawn,
    };
    let leads = case.sign_off(lead.lead_ref.clone(), gate, decision, reason).await?;
    lead_page(&app, &visitor, &name, &leads, &lead_ref)
}

pub(super) async fn reveal(
    State(app): State<App>,
    visitor: Who,
    Named((name, lead_ref)): Named<(String, String)>,
    Sent(new): Sent<NewReveal>,
) -> Result<Json<LeadPage>, Problem> {
    let reason = stated(&new.reason)?;
    let case = case_named(&app, &name)?;
    let leads = case.leads().await?;
    let lead = leads.get(&lead_ref)?.0.lead_ref.clone();
    let names = case.act(move |c| c.reveal_lead(&lead, &reason)).await?;
    let names = names.into_iter().map(|(person, name)| (person, name.to_string())).collect();
    app.sign_in.keep_revealed(&visitor, &name, &lead_ref, names);
    lead_page(&app, &visitor, &name, &leads, &lead_ref)
}

pub(super) async fn mask(
    State(app): State<App>,
    visitor: Who,
    Named((name, lead_ref)): Named<(String, String)>,
) -> Result<StatusCode, Problem> {
    case_named(&app, &name)?;
    app.sign_in.mask(&visitor, &name, &lead_ref);
    Ok(StatusCode::NO_CONTENT)
}

/// A reason that says something.
pub(super) fn stated(reason: &str) -> Result<String, Problem> {
    if reason.chars().filter(|c| c.is_alphanumeric()).count() < 3 {
        return Err(Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "reason_needed", "a reason is needed, in words"));
    }
    if reason.chars().count() > 2000 {
        return Err(Problem::new(
            StatusCode::UNPROCESSABLE_ENTITY,
            "limit",
            "the reason is longer than 2000 characters",
        ));
    }
    Ok(reason.trim().to_owned())
}

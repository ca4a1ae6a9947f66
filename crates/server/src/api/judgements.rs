//! What people decide beyond the gates: judgements on leads.

use axum::Json;
use axum::extract::State;
use axum::routing::{get, post};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tutela_case::{Act, Judgement, JudgementKind, NewJudgement, Part};

use super::{Route, case_named};
use crate::App;
use crate::held::Leads;
use crate::problem::{Asked, Named, Problem, Sent};

/// Which judgements are wanted.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct JudgementsQuery {
    /// Only those about this lead.
    lead: Option<String>,
}

/// Judgements.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct JudgementsPage {
    /// In the order they were made.
    judgements: Vec<JudgementRow>,
}

/// A judgement.
#[derive(Debug, Serialize, JsonSchema)]
struct JudgementRow {
    judgement_ref: String,
    kind: JudgementName,
    /// The leads that it is about.
    leads: Vec<String>,
    /// The people that an account is split into.
    parts: Vec<PartRow>,
    reason: String,
    who: String,
    utc: String,
    /// The run it was made on.
    run_id: String,
    /// Whether nobody took it back.
    stands: bool,
    withdrawn_by: Option<String>,
    withdrawn_reason: Option<String>,
    /// What the newest run finds against it, in sentences.
    contradicted: Vec<String>,
}

/// One of the people that an account is split into.
#[derive(Debug, Serialize, JsonSchema)]
struct PartRow {
    name: String,
    /// The person, by reference, where it is known.
    person_ref: Option<String>,
    /// The items of evidence that are this person's.
    evidence_refs: Vec<String>,
}

/// What a person decides about a lead.
#[derive(Debug, Clone, Copy, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
enum JudgementName {
    /// The person that the lead supports is the one.
    Confirm,
    /// What the lead says is wrong.
    Refute,
    /// The lead is not followed for now.
    SetAside,
    /// The account is two or more people's.
    Split,
    /// Two or more accounts are one person's.
    Merge,
}

/// A judgement to be made on a lead; a merge is of several.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewJudgementOf {
    kind: JudgementName,
    lead_ref: String,
    /// The digest of the lead that was read.
    lead_digest: String,
    /// Why, in words. It is kept for good.
    #[schemars(length(max = 2000), extend("pattern" = super::REASON_PATTERN))]
    reason: String,
    /// For a split: the people that the account is split into, two or more.
    #[schemars(length(max = 20))]
    parts: Option<Vec<NewPart>>,
    /// For a merge: the other leads that are the same person's.
    #[schemars(length(max = 49))]
    others: Option<Vec<ReadLead>>,
}

/// One of the people that an account is split into.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct NewPart {
    /// What this part is called, as A or B.
    name: String,
    /// The person, by reference, where it is known.
    person_ref: Option<String>,
    /// The items of evidence that are this person's, by their references in the lead; of several parts one at most has an item.
    evidence_refs: Option<Vec<String>>,
}

/// A lead as it was read.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct ReadLead {
    lead_ref: String,
    /// The digest of what it said.
    lead_digest: String,
}

/// A reason.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Reason {
    /// Why, in words. It is kept for good.
    #[schemars(length(max = 2000), extend("pattern" = super::REASON_PATTERN))]
    reason: String,
}

pub(super) fn routes() -> Vec<Route> {
    let new = Route::new;
    vec![
        new("get", "/cases/{case}/judgements", "listJudgements", "What people judged of leads.", get(list))
            .needs(Act::Leads)
            .query::<JudgementsQuery>()
            .answers::<JudgementsPage>(),
        new("post", "/cases/{case}/judgements", "judge", "Judges a lead, with a reason.", post(judge))
            .needs(Act::Judge)
            .body::<NewJudgementOf>()
            .answers::<JudgementsPage>(),
        new(
            "post",
            "/cases/{case}/judgements/{judgement}/withdrawals",
            "withdrawJudgement",
            "Takes a judgement back; both stay in the log.",
            post(withdraw),
        )
        .needs(Act::Judge)
        .body::<Reason>()
        .answers::<JudgementsPage>(),
    ]
}

fn row(judgement: Judgement) -> JudgementRow {
    JudgementRow {
        stands: judgement.stands(),
        kind: match judgement.kind {
            JudgementKind::Confirm => JudgementName::Confirm,
            JudgementKind::Refute => JudgementName::Refute,
            JudgementKind::SetAside => JudgementName::SetAside,
            JudgementKind::Split => JudgementName::Split,
            JudgementKind::Merge => JudgementName::Merge,
        },
        leads: judgement.leads.into_iter().map(|l| l.lead_ref).collect(),
        parts: judgement.parts.into_iter().map(part_row).collect(),
        judgement_ref: judgement.judgement_ref,
        reason: judgement.reason,
        who: judgement.who,
        utc: judgement.utc,
        run_id: judgement.run_id,
        withdrawn_by: judgement.withdrawn.as_ref().map(|w| w.who.clone()),
        withdrawn_reason: judgement.withdrawn.map(|w| w.reason),
        contradicted: judgement.contradicted.map(|c| c.why).unwrap_or_default(),
    }
}

fn part_row(part: Part) -> PartRow {
    PartRow { name: part.name, person_ref: part.person_ref, evidence_refs: part.evidence_refs }
}

async fn about(app: &App, name: &str, lead: Option<String>) -> Result<Json<JudgementsPage>, Problem> {
    let case = case_named(app, name)?;
    // Compared with the leads that were read already.
    let leads = case.leads().await.ok();
    let found = case
        .act(move |case| match leads {
            Some(leads) => case.judgements_on(&leads.run_id, &leads.document),
            None => case.judgements(),
        })
        .await?;
    let wanted = |j: &Judgement| lead.as_ref().is_none_or(|lead| j.is_about(lead));
    Ok(Json(JudgementsPage { judgements: found.into_iter().filter(wanted).map(row).collect() }))
}

async fn list(
    State(app): State<App>,
    Named(name): Named<String>,
    Asked(query): Asked<JudgementsQuery>,
) -> Result<Json<JudgementsPage>, Problem> {
    about(&app, &name, query.lead).await
}

async fn judge(
    State(app): State<App>,
    Named(name): Named<String>,
    Sent(new): Sent<NewJudgementOf>,
) -> Result<Json<JudgementsPage>, Problem> {
    let reason = super::leads::stated(&new.reason)?;
    let case = case_named(&app, &name)?;
    let leads = case.leads().await?;
    let first = ReadLead { lead_ref: new.lead_ref.clone(), lead_digest: new.lead_digest };
    let read: Vec<ReadLead> = std::iter::once(first).chain(new.others.unwrap_or_default()).collect();
    for read in &read {
        let (lead, _) = leads.get(&read.lead_ref)?;
        if Leads::digest(lead)? != read.lead_digest {
            let detail = format!("lead {}: says something else by now; read it again before you decide", read.lead_ref);
            return Err(Problem::conflict("changed", detail));
        }
    }
    let kind = match new.kind {
        JudgementName::Confirm => JudgementKind::Confirm,
        JudgementName::Refute => JudgementKind::Refute,
        JudgementName::SetAside => JudgementKind::SetAside,
        JudgementName::Split => JudgementKind::Split,
        JudgementName::Merge => JudgementKind::Merge,
    };
    let part = |p: NewPart| Part {
        name: p.name,
        person_ref: p.person_ref,
        evidence_refs: p.evidence_refs.unwrap_or_default(),
    };
    let parts = new.parts.unwrap_or_default().into_iter().map(part).collect();
    let made = NewJudgement { kind, leads: read.into_iter().map(|l| l.lead_ref).collect(), parts, reason };
    case.act(move |case| case.judge(&made)).await?;
    about(&app, &name, Some(new.lead_ref)).await
}

async fn withdraw(
    State(app): State<App>,
    Named((name, judgement)): Named<(String, String)>,
    Sent(new): Sent<Reason>,
) -> Result<Json<JudgementsPage>, Problem> {
    let reason = super::leads::stated(&new.reason)?;
    let found = case_named(&app, &name)?.act(move |case| case.withdraw_judgement(&judgement, &reason)).await?;
    about(&app, &name, found.leads.first().map(|l| l.lead_ref.clone())).await
}

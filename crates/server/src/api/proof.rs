//! From evidence to bytes: the records behind each item, each value with its place in the sealed file.

use axum::Json;
use axum::extract::State;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tutela_case::{ExplainedItem, ExplainedPayment, ExplainedRecord, PaymentItem};
use tutela_formats::Span;

use super::picture::within;
use super::{Who, case_named};
use crate::App;
use crate::problem::{Asked, Named, Problem};

/// How much of the proof is wanted.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ProofQuery {
    /// Records of each item, at most 200; 3 where absent.
    #[schemars(range(min = 1, max = 200))]
    most: Option<u64>,
}

impl ProofQuery {
    fn most(&self) -> Result<usize, Problem> {
        Ok(usize::try_from(within("most", self.most, 3, 200)?).unwrap_or(usize::MAX))
    }
}

/// The records behind each item of evidence.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Proof {
    /// The run it comes from.
    run_id: String,
    /// Whether personal data are shown to this visitor.
    unmasked: bool,
    items: Vec<ProofItem>,
}

/// An item of evidence with its records.
#[derive(Debug, Serialize, JsonSchema)]
struct ProofItem {
    evidence_ref: String,
    /// How many records it rests on.
    records: u64,
    shown: Vec<ProofRecord>,
}

/// A record in its sealed file.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct ProofRecord {
    table: String,
    file_name: String,
    /// SHA-256 of the sealed file.
    source_id: String,
    /// The row, counted from 1.
    row: u64,
    /// The bytes of the row in the sealed file.
    span: ByteSpan,
    values: Vec<ProofValue>,
    /// Bytes of the row that are not shown.
    masked_bytes: u64,
}

/// One value of a record.
#[derive(Debug, Serialize, JsonSchema)]
struct ProofValue {
    column: String,
    /// The value; absent where it is masked.
    value: Option<String>,
    /// Where its bytes are; absent where no bytes of the file say it.
    span: Option<ByteSpan>,
    /// Its bytes as they stand in the sealed file, escaped; absent where masked.
    bytes: Option<String>,
    /// The rule it follows by, where the bytes do not spell it.
    rule: Option<String>,
}

/// A range of bytes: from `start`, up to and without `end`.
#[derive(Debug, Clone, Copy, Serialize, JsonSchema)]
struct ByteSpan {
    start: u64,
    end: u64,
}

impl From<Span> for ByteSpan {
    fn from(span: Span) -> Self {
        Self { start: span.start, end: span.end }
    }
}

pub(super) async fn show(
    State(app): State<App>,
    visitor: Who,
    Named((name, lead_ref)): Named<(String, String)>,
    Asked(query): Asked<ProofQuery>,
) -> Result<Json<Proof>, Problem> {
    let most = query.most()?;
    let case = case_named(&app, &name)?;
    let leads = case.leads().await?;
    let (lead, _) = leads.get(&lead_ref)?;
    let unmasked = app.sign_in.revealed(&visitor, &name, &lead_ref).is_some();
    let explained = case.explain(&leads, lead, most, unmasked).await?;
    Ok(Json(Proof { run_id: explained.run_id.clone(), unmasked, items: explained.items.iter().map(item).collect() }))
}

/// The records behind each item of a lead from payments. They stay masked: no person stands beside a payment account.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct PaymentProof {
    /// The run it comes from.
    run_id: String,
    lead_ref: String,
    /// What establishes a recipient; then the items, against before for.
    items: Vec<PaymentProofItem>,
}

/// An item of evidence from payments with its records.
#[derive(Debug, Serialize, JsonSchema)]
struct PaymentProofItem {
    /// Which pattern; `seed_evidence` is what establishes a recipient.
    kind: String,
    /// What was found; absent of what establishes a recipient.
    finding: Option<String>,
    against: bool,
    /// How many records it rests on.
    records: u64,
    /// Payments first, then the records near them.
    shown: Vec<ProofRecord>,
}

pub(super) async fn of_payments(
    State(app): State<App>,
    Named((name, lead_ref)): Named<(String, String)>,
    Asked(query): Asked<ProofQuery>,
) -> Result<Json<PaymentProof>, Problem> {
    let most = query.most()?;
    let case = case_named(&app, &name)?;
    let (run_id, leads) = (case.leads().await?.run_id.clone(), case.payment_leads().await?);
    let found = leads.iter().find(|l| l.lead_ref == lead_ref).cloned();
    let lead = found.ok_or_else(|| Problem::not_found(format!("lead {lead_ref}: not in run {run_id}")))?;
    let of = lead.lead_ref.clone();
    let order = case.act(move |case| case.explain_order(&run_id, &of, std::iter::empty(), false)).await?;
    case.read(move || Ok(Json(payment_proof(&order.explain_payment(lead, most)?)))).await
}

fn payment_proof(explained: &ExplainedPayment) -> PaymentProof {
    let lead = &explained.lead;
    let finding = |of: &[PaymentItem], kind: &str| of.iter().find(|i| i.kind == kind).map(|i| i.finding.clone());
    let item = |item: &ExplainedItem| {
        let against = finding(&lead.against, &item.evidence_ref);
        PaymentProofItem {
            against: against.is_some(),
            finding: against.or_else(|| finding(&lead.r#for, &item.evidence_ref)),
            kind: item.evidence_ref.clone(),
            records: item.records,
            shown: item.shown.iter().map(record).collect(),
        }
    };
    PaymentProof {
        run_id: explained.run_id.clone(),
        lead_ref: lead.lead_ref.clone(),
        items: explained.items.iter().map(item).collect(),
    }
}

fn item(item: &ExplainedItem) -> ProofItem {
    ProofItem {
        evidence_ref: item.evidence_ref.clone(),
        records: item.records,
        shown: item.shown.iter().map(record).collect(),
    }
}

pub(super) fn record(record: &ExplainedRecord) -> ProofRecord {
    let values = record.values.iter().map(|v| ProofValue {
        column: v.column.to_owned(),
        value: v.value.clone(),
        span: v.span.map(ByteSpan::from),
        bytes: v.bytes.clone(),
        rule: v.rule.map(str::to_owned),
    });
    ProofRecord {
        table: record.table.name().to_owned(),
        file_name: record.file_name.clone(),
        source_id: record.source_id.clone(),
        row: record.row,
        span: record.span.into(),
        values: values.collect(),
        masked_bytes: record.masked_bytes,
    }
}

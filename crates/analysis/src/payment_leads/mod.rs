//! Leads from payments: what the stages say of each account around a seed, in words that a magistrate can read.

mod words;

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use tutela_engine::Engine;
use tutela_model::TableId;
use tutela_model::money::Amount;

use crate::rows::{Row, read};
use crate::{RecordRef, StepError};

/// The form of the document.
pub const PAYMENTS_FORMAT: &str = "tutela-payments/1";

/// All leads from payments of one run.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub struct PaymentsDocument {
    /// [`PAYMENTS_FORMAT`].
    pub format: String,
    /// Payments read, after both sides of one payment were joined.
    pub payments: u64,
    /// Seeds stated.
    pub seeds: u64,
    /// The leads: ranked ones first, in their order; then the others.
    pub leads: Vec<PaymentLead>,
}

/// One account around a seed.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub struct PaymentLead {
    /// The same in every run and every case.
    pub lead_ref: String,
    /// Who keeps the account; absent where its reference means the same everywhere.
    pub provider: Option<String>,
    /// The account.
    pub account_ref: String,
    /// `buyer`, `recipient`, `relay`, `service` or `unclear`.
    pub role: String,
    /// `supported`, `insufficient`, `may_be_victim` or `may_be_victim_of_fraud`.
    pub outcome: String,
    /// Why, in a sentence.
    pub reason: String,
    /// The two propositions that the ratio compares.
    pub propositions: Option<[String; 2]>,
    /// log10 of the likelihood ratio of all items; absent where none is stated.
    pub log10_lr: Option<f64>,
    /// The place among those whose payments need explaining; absent for recipients, relays, services and possible victims.
    pub rank: Option<u64>,
    /// What speaks against, the strongest first.
    pub against: Vec<PaymentItem>,
    /// What speaks for, the strongest first.
    pub r#for: Vec<PaymentItem>,
    /// What establishes the recipient, where the account is a seed.
    pub seed_evidence: Vec<SeedEvidence>,
    /// The lawful step that would decide.
    pub would_decide: String,
}

/// One item of evidence.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub struct PaymentItem {
    /// Which pattern.
    pub kind: String,
    /// What was found.
    pub finding: String,
    /// Who else shows it, innocently.
    pub innocent: String,
    /// log10 of its likelihood ratio.
    pub log10_lr: f64,
    /// Items of one group depend on each other.
    pub dependence: String,
    /// Sums by currency, as exact decimals.
    pub sums: BTreeMap<String, String>,
    /// The payments that make the pattern, and no others.
    pub payments: Vec<PaymentRef>,
    /// Other records that make it: the log-ins, messages and trips near the payments.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub beside: Vec<RecordRef>,
}

/// A payment by the record it was read from.
#[derive(Clone, Debug, Deserialize, Eq, Ord, PartialEq, PartialOrd, Serialize)]
pub struct PaymentRef {
    /// SHA-256 of the sealed source.
    pub source_id: String,
    /// The row in it.
    pub row: u64,
}

/// What establishes a seed.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct SeedEvidence {
    /// The exhibit, report or record.
    pub evidence_ref: String,
    /// Why payments are followed from it.
    pub reason: String,
    /// The record that states it.
    pub record: PaymentRef,
}

struct Lead {
    account_key: String,
    role: String,
    outcome: String,
    reason: String,
    log10_lr: Option<f64>,
    rank: Option<u64>,
}

struct Item {
    account_key: String,
    kind: String,
    dependence: String,
    log10_lr: f64,
    detail: String,
}

/// A payment that makes an item.
struct Made {
    creditor: String,
    currency: String,
    amount: Amount,
    record: PaymentRef,
}

/// What makes an item, by account and kind.
type ByItem<T> = BTreeMap<(String, String), Vec<T>>;

/// Everything that leads are put together from.
struct Found {
    items: BTreeMap<String, Vec<Item>>,
    payments: ByItem<Made>,
    beside: ByItem<RecordRef>,
    seeds: Vec<(String, SeedEvidence)>,
}

const LEADS: &str = "SELECT l.account_key, l.role, l.outcome, l.reason, l.log10_lr, CAST(l.rank AS BIGINT) AS place \
                     FROM payment_lead l ORDER BY COALESCE(l.rank, 9000000000), l.role, l.account_key";
const ITEMS: &str = "SELECT e.account_key, e.kind, e.dependence, e.log10_lr, e.detail FROM payment_evidence e \
                     ORDER BY e.account_key, e.kind";
const MADE: &str = "SELECT p.account_key, p.kind, p.creditor, p.currency, p.amount, p.source_id, p.row FROM pattern_payment p \
                    ORDER BY p.account_key, p.kind, p.source_id, p.row, p.part, p.creditor";
const BESIDE: &str = "SELECT n.account_key, n.kind, n.source_id, n.row FROM near_record n \
                      ORDER BY n.account_key, n.kind, n.source_id, n.row";
const SEEDS: &str = "SELECT s.provider, s.account_ref, s.evidence_ref, s.reason, s.source_id, s.row FROM payment_seed s \
                     ORDER BY s.account_ref, s.source_id, s.row";

/// Reads the stages of a run into leads.
pub(crate) async fn read_document(engine: &Engine) -> Result<PaymentsDocument, StepError> {
    let leads = read(engine, "payment_lead", LEADS, lead).await?;
    let mut found = Found {
        items: BTreeMap::new(),
        payments: BTreeMap::new(),
        beside: BTreeMap::new(),
        seeds: read(engine, "payment_seed", SEEDS, seed).await?,
    };
    for item in read(engine, "payment_evidence", ITEMS, item).await? {
        found.items.entry(item.account_key.clone()).or_default().push(item);
    }
    for (key, payment) in read(engine, "pattern_payment", MADE, made).await? {
        found.payments.entry(key).or_default().push(payment);
    }
    for (key, record) in read(engine, "near_record", BESIDE, beside).await? {
        found.beside.entry(key).or_default().push(record);
    }
    let count = "SELECT COUNT(*) AS payments FROM paid p";
    let payments = read(engine, "paid", count, |row| row.count("payments")).await?;
    Ok(PaymentsDocument {
        format: PAYMENTS_FORMAT.to_owned(),
        payments: payments.first().copied().unwrap_or(0),
        seeds: found.seeds.len() as u64,
        leads: leads.iter().map(|lead| assemble(lead, &found)).collect(),
    })
}

fn lead(row: &Row<'_>) -> Result<Lead, StepError> {
    let rank = row.count("place")?;
    Ok(Lead {
        account_key: row.required("account_key")?,
        role: row.required("role")?,
        outcome: row.required("outcome")?,
        reason: row.required("reason")?,
        log10_lr: row.real("log10_lr")?,
        rank: (rank > 0).then_some(rank),
    })
}

fn item(row: &Row<'_>) -> Result<Item, StepError> {
    Ok(Item {
        account_key: row.required("account_key")?,
        kind: row.required("kind")?,
        dependence: row.required("dependence")?,
        log10_lr: row.real("log10_lr")?.unwrap_or(0.0),
        detail: row.text("detail")?.unwrap_or_default(),
    })
}

fn record(row: &Row<'_>) -> Result<PaymentRef, StepError> {
    Ok(PaymentRef { source_id: row.required("source_id")?, row: row.count("row")? })
}

fn made(row: &Row<'_>) -> Result<((String, String), Made), StepError> {
    let key = (row.required("account_key")?, row.required("kind")?);
    let made = Made {
        creditor: row.required("creditor")?,
        currency: row.required("currency")?,
        amount: row.amount("amount")?,
        record: record(row)?,
    };
    Ok((key, made))
}

fn beside(row: &Row<'_>) -> Result<((String, String), RecordRef), StepError> {
    let kind = row.required("kind")?;
    let table = TableId::from_name(&kind)
        .ok_or_else(|| StepError::shape("near_record", format!("no table is called {kind}")))?;
    let record = record(row)?;
    let found = RecordRef { table, source_id: record.source_id, row: record.row };
    Ok(((row.required("account_key")?, "near_contact".to_owned()), found))
}

fn seed(row: &Row<'_>) -> Result<(String, SeedEvidence), StepError> {
    let (provider, account) = (row.text("provider")?, row.required("account_ref")?);
    let evidence = SeedEvidence {
        evidence_ref: row.required("evidence_ref")?,
        reason: row.required("reason")?,
        record: record(row)?,
    };
    // Either spelling is looked for: the steps say which of them is the key.
    Ok((provider.map_or_else(|| account.clone(), |provider| format!("{provider}/{account}")), evidence))
}

fn assemble(lead: &Lead, found: &Found) -> PaymentLead {
    let key = &lead.account_key;
    let of_lead = found.items.get(key).map(Vec::as_slice).unwrap_or_default();
    let mut said: Vec<PaymentItem> = of_lead.iter().map(|item| payment_item(item, found)).collect();
    said.sort_by(|a, b| b.log10_lr.abs().total_cmp(&a.log10_lr.abs()).then_with(|| a.kind.cmp(&b.kind)));
    let (against, r#for) = said.into_iter().partition(|item| item.log10_lr < 0.0);
    let (provider, account_ref) = match key.split_once('/') {
        Some((provider, account)) => (Some(provider.to_owned()).filter(|p| !p.is_empty()), account.to_owned()),
        None => (None, key.clone()),
    };
    let is_seed = |stated: &str| stated == key || stated.ends_with(&format!("/{key}")) || format!("/{stated}") == *key;
    let evidence = found.seeds.iter().filter(|(stated, _)| is_seed(stated)).map(|(_, evidence)| evidence.clone());
    let digest = Sha256::digest(key.as_bytes());
    PaymentLead {
        lead_ref: format!("P-{}", hex::encode(digest.get(..6).unwrap_or_default())),
        provider,
        account_ref,
        role: lead.role.clone(),
        outcome: lead.outcome.clone(),
        reason: words::reason(&lead.reason).to_owned(),
        propositions: lead.log10_lr.map(|_| words::PROPOSITIONS.map(str::to_owned)),
        log10_lr: lead.log10_lr,
        rank: lead.rank,
        against,
        r#for,
        seed_evidence: if matches!(lead.role.as_str(), "recipient" | "service") {
            evidence.collect()
        } else {
            Vec::new()
        },
        would_decide: words::would_decide(&lead.reason).to_owned(),
    }
}

/// The payments that make a pattern, and what they add up to.
fn payment_item(item: &Item, found: &Found) -> PaymentItem {
    let key = (item.account_key.clone(), item.kind.clone());
    let own = found.payments.get(&key).map(Vec::as_slice).unwrap_or_default();
    let mut sums: BTreeMap<String, Amount> = BTreeMap::new();
    for payment in own {
        let sum = sums.entry(payment.currency.clone()).or_default();
        *sum = sum.checked_add(payment.amount).unwrap_or(*sum);
    }
    let others: BTreeSet<&str> = own.iter().map(|payment| payment.creditor.as_str()).collect();
    let mut payments: Vec<PaymentRef> = own.iter().map(|payment| payment.record.clone()).collect();
    payments.sort();
    PaymentItem {
        kind: item.kind.clone(),
        finding: words::finding(&item.kind, &item.detail, own.len(), others.len()),
        innocent: words::innocent(&item.kind).to_owned(),
        log10_lr: item.log10_lr,
        dependence: item.dependence.clone(),
        sums: sums.into_iter().map(|(currency, sum)| (currency, sum.to_string())).collect(),
        payments,
        beside: found.beside.get(&key).cloned().unwrap_or_default(),
    }
}

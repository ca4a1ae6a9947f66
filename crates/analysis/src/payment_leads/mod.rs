//! Leads from payments: what the stages say of each account around a seed, in words that a magistrate can read.

mod words;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use tutela_engine::Engine;
use tutela_model::money::Amount;

use crate::StepError;
use crate::rows::{Row, read};

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
    /// The payments that make the pattern.
    pub payments: Vec<PaymentRef>,
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
}

struct Followed {
    account_key: String,
    target: String,
    creditor: String,
    currency: String,
    amount: Amount,
    is_reversed: bool,
    record: PaymentRef,
}

const LEADS: &str = "SELECT l.account_key, l.role, l.outcome, l.reason, l.log10_lr, CAST(l.rank AS BIGINT) AS place \
                     FROM payment_lead l ORDER BY COALESCE(l.rank, 9000000000), l.role, l.account_key";
const ITEMS: &str = "SELECT e.account_key, e.kind, e.dependence, e.log10_lr FROM payment_evidence e \
                     ORDER BY e.account_key, e.kind";
const FOLLOWED: &str = "SELECT f.account_key, f.kind, f.creditor, f.currency, f.amount, \
                        f.is_reversed, f.source_id, f.row FROM followed_payment f \
                        ORDER BY f.account_key, f.day, f.source_id, f.row, f.part";
const SEEDS: &str = "SELECT s.provider, s.account_ref, s.evidence_ref, s.reason, s.source_id, s.row FROM payment_seed s \
                     ORDER BY s.account_ref, s.source_id, s.row";

/// Reads the stages of a run into leads.
pub(crate) async fn read_document(engine: &Engine) -> Result<PaymentsDocument, StepError> {
    let leads = read(engine, "payment_lead", LEADS, lead).await?;
    let mut items: BTreeMap<String, Vec<Item>> = BTreeMap::new();
    for item in read(engine, "payment_evidence", ITEMS, item).await? {
        items.entry(item.account_key.clone()).or_default().push(item);
    }
    let mut followed: BTreeMap<String, Vec<Followed>> = BTreeMap::new();
    for payment in read(engine, "followed_payment", FOLLOWED, followed_payment).await? {
        followed.entry(payment.account_key.clone()).or_default().push(payment);
    }
    let seeds = read(engine, "payment_seed", SEEDS, seed).await?;
    let count = "SELECT COUNT(*) AS payments FROM paid p";
    let payments = read(engine, "paid", count, |row| row.count("payments")).await?;
    Ok(PaymentsDocument {
        format: PAYMENTS_FORMAT.to_owned(),
        payments: payments.first().copied().unwrap_or(0),
        seeds: seeds.len() as u64,
        leads: leads.iter().map(|lead| assemble(lead, &items, &followed, &seeds)).collect(),
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
    })
}

fn record(row: &Row<'_>) -> Result<PaymentRef, StepError> {
    Ok(PaymentRef { source_id: row.required("source_id")?, row: row.count("row")? })
}

fn followed_payment(row: &Row<'_>) -> Result<Followed, StepError> {
    Ok(Followed {
        account_key: row.required("account_key")?,
        target: row.required("kind")?,
        creditor: row.required("creditor")?,
        currency: row.required("currency")?,
        amount: row.amount("amount")?,
        is_reversed: row.flag("is_reversed")?,
        record: record(row)?,
    })
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

fn assemble(
    lead: &Lead,
    items: &BTreeMap<String, Vec<Item>>,
    followed: &BTreeMap<String, Vec<Followed>>,
    seeds: &[(String, SeedEvidence)],
) -> PaymentLead {
    let key = &lead.account_key;
    let followed = followed.get(key).map(Vec::as_slice).unwrap_or_default();
    let of_lead = items.get(key).map(Vec::as_slice).unwrap_or_default();
    let mut said: Vec<PaymentItem> = of_lead.iter().map(|item| payment_item(item, followed)).collect();
    said.sort_by(|a, b| b.log10_lr.abs().total_cmp(&a.log10_lr.abs()).then_with(|| a.kind.cmp(&b.kind)));
    let (against, r#for) = said.into_iter().partition(|item| item.log10_lr < 0.0);
    let (provider, account_ref) = match key.split_once('/') {
        Some((provider, account)) => (Some(provider.to_owned()).filter(|p| !p.is_empty()), account.to_owned()),
        None => (None, key.clone()),
    };
    let is_seed = |stated: &str| stated == key || stated.ends_with(&format!("/{key}")) || format!("/{stated}") == *key;
    let evidence = seeds.iter().filter(|(stated, _)| is_seed(stated)).map(|(_, evidence)| evidence.clone());
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
fn payment_item(item: &Item, followed: &[Followed]) -> PaymentItem {
    let belongs = |payment: &&Followed| match item.kind.as_str() {
        "paid_recipients_in_common" => payment.target == "common",
        "paid_through_relay" => payment.target == "relay",
        "reversed" => payment.target != "common" && payment.is_reversed,
        "paid_established_recipient" | "paid_second_established_recipient" => payment.target == "seed",
        _ => payment.target != "common",
    };
    let own: Vec<&Followed> = followed.iter().filter(belongs).collect();
    let mut sums: BTreeMap<String, Amount> = BTreeMap::new();
    for payment in &own {
        let sum = sums.entry(payment.currency.clone()).or_default();
        *sum = sum.checked_add(payment.amount).unwrap_or(*sum);
    }
    let recipients: std::collections::BTreeSet<&str> = own.iter().map(|payment| payment.creditor.as_str()).collect();
    let mut payments: Vec<PaymentRef> = own.iter().map(|payment| payment.record.clone()).collect();
    payments.sort();
    PaymentItem {
        kind: item.kind.clone(),
        finding: words::finding(&item.kind, own.len(), recipients.len()),
        innocent: words::innocent(&item.kind).to_owned(),
        log10_lr: item.log10_lr,
        dependence: item.dependence.clone(),
        sums: sums.into_iter().map(|(currency, sum)| (currency, sum.to_string())).collect(),
        payments,
    }
}

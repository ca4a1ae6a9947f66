//! FollowTheMoney entities, one JSON object a line: the same entity is written once, and every value is a list of texts.
//!
//! A masked person's name is their reference. An account, a line and the device behind an item are `UserAccount`s; what ties them
//! to people is an `UnknownLink`, whose role is the evidence's own statement; payments are between `BankAccount`s.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};
use tutela_model::lead::Lead;

use super::extract::{Extract, value};
use super::ids::short;
use crate::ReportError;

/// Values of one property, without repetition.
type Properties = BTreeMap<&'static str, BTreeSet<String>>;

/// Entities by id.
#[derive(Default)]
struct Entities(BTreeMap<String, (&'static str, Properties)>);

impl Entities {
    fn add(&mut self, schema: &'static str, key: &[&str], properties: &[(&'static str, &str)]) -> String {
        let id = format!("tutela-{}", short(&[&[schema], key].concat()));
        let (_, known) = self.0.entry(id.clone()).or_insert_with(|| (schema, Properties::new()));
        for (name, text) in properties.iter().filter(|(_, text)| !text.trim().is_empty()) {
            known.entry(name).or_default().insert((*text).to_owned());
        }
        id
    }
}

pub(super) fn write(extract: &Extract) -> Result<Vec<u8>, ReportError> {
    let mut entities = Entities::default();
    for source in &extract.sources {
        let size = source.size_bytes.to_string();
        let title = format!("SHA-256 {}", source.source_id);
        entities.add(
            "Document",
            &[&source.source_id],
            &[("fileName", &source.file_name), ("title", &source.file_name), ("fileSize", &size), ("summary", &title)],
        );
    }
    for explained in &extract.leads {
        lead(extract, &explained.lead, &mut entities);
        addresses(explained, &mut entities);
    }
    for lead in &extract.payments.leads {
        let provider = lead.provider.as_deref().unwrap_or_default();
        let summary = format!("{}: {} ({})", lead.role, lead.reason, lead.lead_ref);
        entities.add(
            "BankAccount",
            &[provider, &lead.account_ref],
            &[
                ("name", &lead.account_ref),
                ("accountNumber", &lead.account_ref),
                ("bankName", provider),
                ("summary", &summary),
            ],
        );
    }
    // Where a reference means the same everywhere, its account has no provider.
    let everywhere: BTreeSet<&str> =
        extract.payments.leads.iter().filter(|l| l.provider.is_none()).map(|l| l.account_ref.as_str()).collect();
    for record in &extract.paid {
        paid(record, &everywhere, &mut entities);
    }
    let mut out = Vec::new();
    for (id, (schema, properties)) in entities.0 {
        let properties: BTreeMap<&str, Vec<String>> =
            properties.into_iter().map(|(name, values)| (name, values.into_iter().collect())).collect();
        let entity: Value = json!({ "id": id, "schema": schema, "properties": properties });
        serde_json::to_writer(&mut out, &entity).map_err(|e| ReportError::form("followthemoney")(e.to_string()))?;
        out.push(b'\n');
    }
    Ok(out)
}

/// An end of a payment: the account, and whoever holds it, known by the account only.
fn end(provider: &str, account: &str, entities: &mut Entities) -> (String, String) {
    let name = format!("holder of {account}");
    let holder = entities.add("LegalEntity", &[provider, account], &[("name", &name)]);
    let account = entities.add(
        "BankAccount",
        &[provider, account],
        &[("name", account), ("accountNumber", account), ("bankName", provider), ("owner", &holder)],
    );
    (holder, account)
}

/// A payment, where both of its ends have an account.
fn paid(record: &tutela_case::ExplainedRecord, everywhere: &BTreeSet<&str>, entities: &mut Entities) {
    let of = |column: &str| value(record, column).unwrap_or_default();
    let provider = |side: &str, account: &str| {
        let own = value(record, side).filter(|p| !p.is_empty());
        let kept = own.or_else(|| value(record, "provider")).unwrap_or_default();
        if everywhere.contains(account) { "" } else { kept }
    };
    if of("debtor_account").is_empty() || of("creditor_account").is_empty() {
        return;
    }
    let (payer, payer_account) = end(provider("debtor_provider", of("debtor_account")), of("debtor_account"), entities);
    let (beneficiary, beneficiary_account) =
        end(provider("creditor_provider", of("creditor_account")), of("creditor_account"), entities);
    let row = record.row.to_string();
    let place = format!("source {}, row {row}", record.source_id);
    entities.add(
        "Payment",
        &[&record.source_id, &row],
        &[
            ("payer", &payer),
            ("payerAccount", &payer_account),
            ("beneficiary", &beneficiary),
            ("beneficiaryAccount", &beneficiary_account),
            ("amount", of("amount")),
            ("currency", of("currency")),
            ("date", of("at_utc").get(..10).unwrap_or_default()),
            ("transactionNumber", of("payment_ref")),
            ("summary", &place),
        ],
    );
}

fn account(lead: &Lead, entities: &mut Entities) -> String {
    let summary = format!("{}: {} ({})", lead.outcome.name(), lead.attribution.reason, lead.lead_ref);
    entities.add(
        "UserAccount",
        &[&lead.account.platform, &lead.account.account_ref],
        &[
            ("username", &lead.account.account_ref),
            ("service", &lead.account.platform),
            ("name", &lead.account.account_ref),
            ("summary", &summary),
        ],
    )
}

fn lead(extract: &Extract, lead: &Lead, entities: &mut Entities) {
    let account_id = account(lead, entities);
    let mut lines = BTreeMap::new();
    for line in &lead.lines {
        let id = entities.add(
            "UserAccount",
            &["line", &line.operator, &line.line_ref],
            &[
                ("username", &line.line_ref),
                ("service", &line.operator),
                ("name", &line.line_ref),
                ("summary", "internet access"),
            ],
        );
        lines.insert((line.operator.as_str(), line.line_ref.as_str()), id);
    }
    for person in &lead.people {
        entities.add(
            "Person",
            &[&person.person_ref],
            &[
                ("name", extract.called(&person.person_ref)),
                ("alias", if extract.names.contains_key(&person.person_ref) { &person.person_ref } else { "" }),
            ],
        );
    }
    let sides = [("against", &lead.against), ("for", &lead.r#for)];
    for (side, item) in sides.into_iter().flat_map(|(side, items)| items.iter().map(move |i| (side, i))) {
        let person = item.person_ref.as_deref().map(|p| entities.add("Person", &[p], &[("name", extract.called(p))]));
        let line = item.line.as_ref().and_then(|l| lines.get(&(l.operator.as_str(), l.line_ref.as_str())).cloned());
        // What names a person and a line ties these two; what names one of them ties it to the account.
        let (subject, object) = match (person, line) {
            (Some(person), Some(line)) => (line, person),
            (Some(one), None) | (None, Some(one)) => (account_id.clone(), one),
            (None, None) => continue,
        };
        let weight = item.log10_lr.map(|l| format!("log10 LR {l:+}")).unwrap_or_default();
        let summary = format!("{side}; {}; {weight}; {} records", item.kind, item.records);
        entities.add(
            "UnknownLink",
            &[&lead.lead_ref, &item.evidence_ref],
            &[("subject", &subject), ("object", &object), ("role", &item.statement), ("summary", &summary)],
        );
    }
}

/// The addresses that the account was used from, as its cited records say.
fn addresses(explained: &tutela_case::Explained, entities: &mut Entities) {
    let of = &explained.lead.account;
    for record in explained.items.iter().flat_map(|i| &i.shown).filter(|r| r.table.name() == "session") {
        let ours = value(record, "account_ref") == Some(of.account_ref.as_str());
        if let Some(ip) = value(record, "ip").filter(|_| ours) {
            entities.add("UserAccount", &[&of.platform, &of.account_ref], &[("ipAddress", ip)]);
        }
    }
}

//! From a lead of payments to the bytes it rests on.

use serde::Serialize;
use tutela_analysis::{PaymentItem, PaymentLead, RecordRef};
use tutela_model::TableId;

use crate::explain::ExplainedItem;
use crate::{Act, Case, CaseError, Moment};

/// A lead of payments with the records behind each of its items.
#[derive(Debug, Serialize)]
pub struct ExplainedPayment {
    /// The run it comes from.
    pub run_id: String,
    /// The lead.
    pub lead: PaymentLead,
    /// What establishes the recipient, where it is a seed; then the items, against before for. The reference of an item is its kind.
    pub items: Vec<ExplainedItem>,
}

/// The reference of the records that establish a seed.
pub const SEED_EVIDENCE: &str = "seed_evidence";

impl Case {
    /// Explains one lead of payments ([`find_payment_lead`]); nothing where there is none. At most `most` records are shown of
    /// each item; personal columns stay masked unless `reveal`, for which whoever asks must have given a reason before
    /// ([`Case::reveal_lead`]).
    ///
    /// # Errors
    /// Where several accounts are called so, or a source cannot be read back.
    pub fn explain_payment(
        &self,
        wanted: &str,
        most: usize,
        reveal: bool,
    ) -> Result<Option<ExplainedPayment>, CaseError> {
        self.need(if reveal { Act::RevealPersonal } else { Act::Explain })?;
        let (run_id, document) = self.payments()?;
        let Some(lead) = find_payment_lead(&document.leads, wanted)?.cloned() else { return Ok(None) };
        let holder = std::iter::once(lead.account_ref.as_str());
        self.explain_order(&run_id, &lead.lead_ref, holder, reveal)?.explain_payment(lead, most).map(Some)
    }

    /// Explains a lead of payments of a moment, with every record it rests on.
    ///
    /// # Errors
    /// As [`Case::explain_payment`].
    pub fn explain_payment_at(
        &self,
        at: &Moment,
        lead: PaymentLead,
        reveal: bool,
    ) -> Result<ExplainedPayment, CaseError> {
        self.need(Act::Leads)?;
        if reveal {
            self.need(Act::RevealPersonal)?;
            self.check_revealed(&lead.lead_ref, std::iter::once(lead.account_ref.as_str()))?;
        }
        self.check_basis(&at.run_id)?;
        self.order(&at.run_id, reveal)?.explain_payment(lead, usize::MAX)
    }
}

/// The lead of payments that somebody means: by its reference, its account, or its account as `PROVIDER/ACCOUNT`.
///
/// # Errors
/// Where several accounts are called so: a number means something at its provider only, and nobody is taken for somebody else.
pub fn find_payment_lead<'a>(leads: &'a [PaymentLead], named: &str) -> Result<Option<&'a PaymentLead>, CaseError> {
    if let Some(lead) = leads.iter().find(|l| l.lead_ref == named) {
        return Ok(Some(lead));
    }
    let is = |l: &&PaymentLead| {
        let at = |provider: &String| named.strip_prefix(provider.as_str())?.strip_prefix('/');
        l.account_ref == named || l.provider.as_ref().and_then(at) == Some(l.account_ref.as_str())
    };
    let found: Vec<&PaymentLead> = leads.iter().filter(is).collect();
    match found.as_slice() {
        [] => Ok(None),
        [only] => Ok(Some(only)),
        several => Err(CaseError::Usage(format!(
            "account {named}: {} providers keep one that is called so; name the lead: {}",
            several.len(),
            several.iter().map(|l| l.lead_ref.as_str()).collect::<Vec<_>>().join(", ")
        ))),
    }
}

/// The records that an item rests on: at most `most` payments, then as many of the other records near them.
#[must_use]
pub fn payment_records(item: &PaymentItem, most: usize) -> Vec<RecordRef> {
    let payment = |p: &tutela_analysis::PaymentRef| RecordRef {
        table: TableId::Payment,
        source_id: p.source_id.clone(),
        row: p.row,
    };
    let mut records: Vec<RecordRef> = item.payments.iter().map(payment).collect();
    // Several items of one bulk entry stand in one row.
    records.dedup();
    records.truncate(most);
    records.extend(item.beside.iter().take(most).cloned());
    records
}

/// The records of each item that are to be shown, at most so many payments and so many others, and how many there are.
pub(crate) fn cited(lead: &PaymentLead, most: usize) -> Vec<(String, Vec<RecordRef>, usize)> {
    let of_item =
        |item: &PaymentItem| (item.kind.clone(), payment_records(item, most), payment_records(item, usize::MAX).len());
    let seeds: Vec<RecordRef> = lead
        .seed_evidence
        .iter()
        .map(|seed| RecordRef {
            table: TableId::PaymentSeed,
            source_id: seed.record.source_id.clone(),
            row: seed.record.row,
        })
        .collect();
    let own = (!seeds.is_empty()).then(|| {
        let all = seeds.len();
        (SEED_EVIDENCE.to_owned(), seeds.into_iter().take(most).collect(), all)
    });
    own.into_iter().chain(lead.against.iter().chain(&lead.r#for).map(of_item)).collect()
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "test code")]
mod tests {
    use super::*;

    fn lead(lead_ref: &str, provider: &str, account_ref: &str) -> PaymentLead {
        serde_json::from_value(serde_json::json!({
            "lead_ref": lead_ref, "provider": provider, "account_ref": account_ref, "role": "unclear", "outcome": "insufficient",
            "reason": "", "propositions": null, "log10_lr": null, "rank": null, "against": [], "for": [], "seed_evidence": [],
            "would_decide": "",
        }))
        .unwrap()
    }

    #[test]
    fn an_account_of_one_provider_is_never_taken_for_that_of_another() {
        let leads = [lead("P-1", "Wallet", "17"), lead("P-2", "Transfer", "17"), lead("P-3", "Wallet", "18")];
        let found = |named: &str| find_payment_lead(&leads, named).map(|l| l.map(|l| l.lead_ref.clone()));
        assert_eq!(found("P-2").unwrap().as_deref(), Some("P-2"));
        assert_eq!(found("18").unwrap().as_deref(), Some("P-3"));
        assert_eq!(found("Transfer/17").unwrap().as_deref(), Some("P-2"));
        assert_eq!(found("Transfer/18").unwrap(), None);
        assert!(found("17").unwrap_err().to_string().contains("P-1, P-2"));
    }
}

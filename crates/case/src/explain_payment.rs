//! From a lead of payments to the bytes it rests on.

use serde::Serialize;
use tutela_analysis::{PaymentItem, PaymentLead, RecordRef};
use tutela_model::TableId;

use crate::explain::ExplainedItem;
use crate::{Act, Case, CaseError};

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
    /// Explains one lead of payments, by its reference or its account; nothing where there is none. At most `most` records are shown
    /// of each item; personal columns stay masked unless `reveal`, for
    /// which whoever asks must have given a reason before ([`Case::reveal_lead`]).
    ///
    /// # Errors
    /// Where a source cannot be read back.
    pub fn explain_payment(
        &self,
        wanted: &str,
        most: usize,
        reveal: bool,
    ) -> Result<Option<ExplainedPayment>, CaseError> {
        self.need(if reveal { Act::RevealPersonal } else { Act::Explain })?;
        let (run_id, document) = self.payments()?;
        let Some(lead) = document.leads.into_iter().find(|lead| lead.is_called(wanted)) else { return Ok(None) };
        if reveal {
            self.check_revealed(&lead.lead_ref, std::iter::once(lead.account_ref.as_str()))?;
        }
        self.log_read(&lead.lead_ref, reveal)?;
        let cited = cited(&lead);
        let read = self.read_back(cited.iter().flat_map(|(_, records)| records.iter().take(most)), reveal)?;
        let items = cited
            .into_iter()
            .map(|(kind, records)| ExplainedItem {
                evidence_ref: kind,
                records: records.len() as u64,
                shown: records.iter().take(most).filter_map(|record| read.get(record)).flatten().cloned().collect(),
            })
            .collect();
        Ok(Some(ExplainedPayment { run_id, lead, items }))
    }
}

/// The records of each item, payments first.
fn cited(lead: &PaymentLead) -> Vec<(String, Vec<RecordRef>)> {
    let of_item = |item: &PaymentItem| {
        let payment = |p: &tutela_analysis::PaymentRef| RecordRef {
            table: TableId::Payment,
            source_id: p.source_id.clone(),
            row: p.row,
        };
        let mut records: Vec<RecordRef> = item.payments.iter().map(payment).collect();
        // Several items of one bulk entry stand in one row.
        records.dedup();
        records.extend(item.beside.iter().cloned());
        (item.kind.clone(), records)
    };
    let seeds: Vec<RecordRef> = lead
        .seed_evidence
        .iter()
        .map(|seed| RecordRef {
            table: TableId::PaymentSeed,
            source_id: seed.record.source_id.clone(),
            row: seed.record.row,
        })
        .collect();
    let own = (!seeds.is_empty()).then(|| (SEED_EVIDENCE.to_owned(), seeds));
    own.into_iter().chain(lead.against.iter().chain(&lead.r#for).map(of_item)).collect()
}

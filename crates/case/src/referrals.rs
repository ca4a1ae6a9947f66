//! What the referrals say about the accounts they report: when, through which channel, how urgent by their own word.

use std::collections::BTreeMap;

use arrow::array::{Array as _, Int64Array, RecordBatch, StringArray, TimestampMicrosecondArray};
use tutela_engine::read_batches;
use tutela_model::TableId;

use crate::rights::Act;
use crate::store::record_path;
use crate::{Case, CaseError, RecordFile, RunReport, clock};

/// A referral that reports an account.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Referral {
    /// The reporter's own number of it.
    pub referral_ref: String,
    /// The channel it came through.
    pub kind: String,
    /// When the reported incident happened, in microseconds since 1970, where stated.
    pub reported_us: Option<i64>,
    /// The same in RFC 3339, UTC.
    pub reported_utc: Option<String>,
    /// When it was received, where stated.
    pub received_utc: Option<String>,
    /// The urgency that the reporter stated.
    pub urgency: Option<String>,
    /// SHA-256 of the source.
    pub source_id: String,
    /// The row in the source.
    pub row: u64,
}

impl Case {
    /// The referrals that may be used, by the account they report (`platform:account_ref`).
    ///
    /// A referral reports an account where the mention of the account follows it in the same source, before the next
    /// referral: that is how the readers number the rows of a report.
    ///
    /// # Errors
    /// Where the records cannot be read.
    pub fn referrals(&self) -> Result<BTreeMap<String, Vec<Referral>>, CaseError> {
        self.need(Act::Leads)?;
        let files = self.usable_record_files()?;
        let of = |table: TableId| files.iter().filter(move |f| f.table == table);
        let mut by_source: BTreeMap<&str, BTreeMap<u64, Referral>> = BTreeMap::new();
        for file in of(TableId::Referral) {
            let found = self.read_referrals(file)?;
            by_source.entry(file.source_id.as_str()).or_default().extend(found);
        }
        let mut out: BTreeMap<String, Vec<Referral>> = BTreeMap::new();
        for file in of(TableId::Mention) {
            let Some(referrals) = by_source.get(file.source_id.as_str()) else { continue };
            for (account, row) in self.read_reported(file)? {
                if let Some((_, referral)) = referrals.range(..=row).next_back() {
                    out.entry(account).or_default().push(referral.clone());
                }
            }
        }
        for referrals in out.values_mut() {
            referrals.sort();
            referrals.dedup();
        }
        Ok(out)
    }

    /// What the newest finished run did, with the values of all parameters.
    ///
    /// # Errors
    /// Where no run has ended or its report cannot be read.
    pub fn run_report(&self) -> Result<RunReport, CaseError> {
        self.need(Act::Leads)?;
        let path = self.run_dir(&self.current_run()?).join("run.json");
        let text = std::fs::read(&path).map_err(CaseError::io(&path))?;
        serde_json::from_slice(&text).map_err(|source| CaseError::Json { path, source })
    }

    fn read_referrals(&self, file: &RecordFile) -> Result<Vec<(u64, Referral)>, CaseError> {
        let columns = ["referral_ref", "kind", "reported_utc", "received_utc", "urgency", "row"];
        let mut out = Vec::new();
        for batch in read_batches(&record_path(&self.root, file.table, &file.source_id), &columns)? {
            let batch = batch?;
            let (reference, kind, urgency) = (text(&batch, 0)?, text(&batch, 1)?, text(&batch, 4)?);
            let (reported, received) = (instant(&batch, 2)?, instant(&batch, 3)?);
            let rows = whole(&batch, 5)?;
            let at = |c: &TimestampMicrosecondArray, i| (!c.is_null(i)).then(|| clock::utc_of(c.value(i)));
            for i in 0..batch.num_rows() {
                let row = u64::try_from(rows.value(i)).unwrap_or(0);
                let referral = Referral {
                    referral_ref: reference.value(i).to_owned(),
                    kind: kind.value(i).to_owned(),
                    reported_us: (!reported.is_null(i)).then(|| reported.value(i)),
                    reported_utc: at(reported, i).flatten(),
                    received_utc: at(received, i).flatten(),
                    urgency: (!urgency.is_null(i)).then(|| urgency.value(i).to_owned()),
                    source_id: file.source_id.clone(),
                    row,
                };
                out.push((row, referral));
            }
        }
        Ok(out)
    }

    /// The accounts that a source says are reported, with their rows.
    fn read_reported(&self, file: &RecordFile) -> Result<Vec<(String, u64)>, CaseError> {
        let mut out = Vec::new();
        let path = record_path(&self.root, file.table, &file.source_id);
        for batch in read_batches(&path, &["kind", "role", "value", "row"])? {
            let batch = batch?;
            let (kind, role, value, rows) = (text(&batch, 0)?, text(&batch, 1)?, text(&batch, 2)?, whole(&batch, 3)?);
            let reported = |i: &usize| kind.value(*i) == "account" && !role.is_null(*i) && role.value(*i) == "reported";
            for i in (0..batch.num_rows()).filter(reported) {
                out.push((value.value(i).to_owned(), u64::try_from(rows.value(i)).unwrap_or(0)));
            }
        }
        Ok(out)
    }
}

fn text(batch: &RecordBatch, index: usize) -> Result<&StringArray, CaseError> {
    batch.column(index).as_any().downcast_ref().ok_or_else(|| shape(index, "text"))
}

fn whole(batch: &RecordBatch, index: usize) -> Result<&Int64Array, CaseError> {
    batch.column(index).as_any().downcast_ref().ok_or_else(|| shape(index, "whole numbers"))
}

fn instant(batch: &RecordBatch, index: usize) -> Result<&TimestampMicrosecondArray, CaseError> {
    batch.column(index).as_any().downcast_ref().ok_or_else(|| shape(index, "instants"))
}

fn shape(index: usize, expected: &str) -> CaseError {
    CaseError::Damaged(format!("records: column {index} holds no {expected}"))
}

//! Requests to operators and their replies: what to ask, the question as it was sent, and the comparison of the reply
//! with it, field by field, before any of it becomes a record.
//!
//! A request is a record like any other: the file that was sent is sealed in the case and read into the table `request`.
//! What the comparison of a reply found is the table `reply`, beside the records that passed.

mod compare;
mod examine;
mod export;
mod list;
mod plan;
mod reply;
pub(crate) mod rows;
mod sheet;

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use tutela_model::TableId;

pub use compare::ReplyRow;
pub use export::{ExportOptions, Exported, Sent};
pub use list::RequestState;
pub use plan::{AccountPlan, LeftOut, Plan, PlanOptions, PlannedRequest, TrafficRetention};
pub use reply::{ReplyFile, ReplyReport};

pub(crate) use reply::Screen;
pub(crate) use rows::each as each_row;

use crate::custody::Entry;
use crate::store::record_path;
use crate::{Act, Case, CaseError};

/// The act of writing a request file.
const EXPORT: &str = "request_export";
/// The act of taking a reply in.
const IMPORT: &str = "reply_import";
/// The act of refusing a reply.
const REFUSE: &str = "reply_refuse";

/// One question to an operator, as it was sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Request {
    /// Its reference: the case's mark, a number, and two characters that catch a mistyped one.
    pub request_ref: String,
    /// Who is asked.
    pub operator: String,
    /// The act under which it is asked.
    pub basis_ref: String,
    /// The address asked about.
    pub ip: String,
    /// The port; its absence is stated in the request.
    pub port: Option<i64>,
    /// The moment asked about, in microseconds since 1970 UTC.
    pub asked_us: i64,
    /// The moment less the clock error.
    pub from_us: i64,
    /// The moment plus the clock error.
    pub until_us: i64,
    /// The zone of the local time.
    pub zone: String,
    /// The moment in local time.
    pub asked_local: String,
    /// SHA-256 of the sealed file that the values were copied from.
    pub session_source_id: String,
    /// The row of that file.
    pub session_row: i64,
    /// The first 16 digits of the SHA-256 of what is asked.
    pub checksum: String,
    /// When it was written.
    pub sent_us: i64,
}

impl Request {
    /// The port, or the word that says that there is none.
    #[must_use]
    pub fn port_text(&self) -> String {
        self.port.map_or_else(|| "absent".to_owned(), |p| p.to_string())
    }

    /// What the checksum is made of: everything that decides who is named.
    fn sum(&self) -> String {
        let of = format!(
            "{}\n{}\n{}\n{}\n{}\n{}\n{}\n{}:{}",
            self.request_ref,
            self.operator,
            self.ip,
            self.port_text(),
            utc(self.asked_us),
            utc(self.from_us),
            utc(self.until_us),
            self.session_source_id,
            self.session_row
        );
        digits(&of, 16)
    }
}

/// The first digits of a SHA-256, in capitals.
fn digits(of: &str, length: usize) -> String {
    let digest = hex::encode_upper(Sha256::digest(of));
    digest.get(..length).unwrap_or_default().to_owned()
}

/// A moment as RFC 3339 in UTC.
pub(crate) fn utc(micros: i64) -> String {
    jiff::Timestamp::from_microsecond(micros).map_or_else(|_| micros.to_string(), |at| at.to_string())
}

/// The reference of a case's request of a number.
fn request_ref(mark: &str, number: u64) -> String {
    let front = format!("{mark}-{number:06}");
    let check = digits(&front, 2);
    format!("{front}-{check}")
}

/// The mark of the case that a reference belongs to, where it is whole: a mistyped one has none.
fn mark_of(request_ref: &str) -> Option<&str> {
    let (front, check) = request_ref.rsplit_once('-')?;
    let (mark, _) = front.split_once('-')?;
    (digits(front, 2) == check).then_some(mark)
}

impl Case {
    /// What marks this case's requests: it follows from when and by whom the case was made.
    pub(crate) fn request_mark(&self) -> Result<String, CaseError> {
        let entries = self.entries()?;
        let first = entries.first().ok_or_else(|| CaseError::Damaged("the custody log is empty".to_owned()))?;
        Ok(format!("Q{}", digits(&format!("{} {} {}", first.utc, first.who, first.subject), 6)))
    }

    /// Every request that this case has sent, by reference.
    ///
    /// # Errors
    /// Where the log or the records cannot be read.
    pub fn requests(&self) -> Result<BTreeMap<String, Request>, CaseError> {
        self.need(Act::SeeRequests)?;
        self.sent_requests()
    }

    /// The same, for what is done under another right.
    pub(crate) fn sent_requests(&self) -> Result<BTreeMap<String, Request>, CaseError> {
        self.requests_of(&self.entries()?)
    }

    /// The same as some entries of the log say.
    pub(crate) fn requests_of(&self, entries: &[Entry]) -> Result<BTreeMap<String, Request>, CaseError> {
        let sent: BTreeSet<&str> = entries.iter().filter(|e| e.act == EXPORT).map(|e| e.subject.as_str()).collect();
        let mut out = BTreeMap::new();
        for file in self.store.record_files()?.iter().filter(|f| f.table == TableId::Request) {
            if !sent.contains(file.source_id.as_str()) {
                continue;
            }
            let columns: Vec<&str> = TableId::Request.table().columns.iter().map(|c| c.name).collect();
            rows::each(&record_path(&self.root, file.table, &file.source_id), &columns, |row| {
                let request = request(row)?;
                out.insert(request.request_ref.clone(), request);
                Ok(())
            })?;
        }
        Ok(out)
    }
}

fn request(row: &rows::Row<'_>) -> Result<Request, CaseError> {
    Ok(Request {
        request_ref: row.required("request_ref")?,
        operator: row.required("operator")?,
        basis_ref: row.required("basis_ref")?,
        ip: row.required("ip")?,
        port: row.integer("port"),
        asked_us: row.number("asked_utc")?,
        from_us: row.number("from_utc")?,
        until_us: row.number("until_utc")?,
        zone: row.required("zone")?,
        asked_local: row.required("asked_local")?,
        session_source_id: row.required("session_source_id")?,
        session_row: row.number("session_row")?,
        checksum: row.required("checksum")?,
        sent_us: row.number("sent_utc")?,
    })
}

#[cfg(test)]
mod tests {
    use super::{mark_of, request_ref};

    #[test]
    fn a_mistyped_reference_belongs_to_no_case() {
        let whole = request_ref("QA1B2C3", 12);
        assert_eq!(mark_of(&whole), Some("QA1B2C3"));
        let mut missed = 0;
        for (at, _) in whole.char_indices() {
            for digit in ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9'] {
                let mut typed: Vec<char> = whole.chars().collect();
                if typed[at] == digit {
                    continue;
                }
                typed[at] = digit;
                let typed: String = typed.into_iter().collect();
                missed += u32::from(mark_of(&typed).is_some());
            }
        }
        assert!(missed <= 2, "{missed} mistyped references were taken for whole ones");
    }
}

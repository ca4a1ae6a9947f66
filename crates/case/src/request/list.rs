//! `Case::request_states`: what was asked, what was answered, and what the comparison found.

use std::collections::BTreeMap;

use serde::Serialize;
use tutela_model::TableId;

use super::compare::ReplyRow;
use super::{IMPORT, REFUSE, Request, rows, utc};
use crate::custody::Entry;
use crate::rights::Act;
use crate::store::record_path;
use crate::{Case, CaseError};

/// When the newest reply to a request was taken in, and what the comparison found of its rows.
type Compared = (Option<String>, Vec<ReplyRow>);

/// How a request stands.
#[derive(Debug, Clone, Serialize)]
pub struct RequestState {
    /// The request.
    #[serde(flatten)]
    pub request: Request,
    /// The moment asked about, for people.
    pub asked_utc: String,
    /// When it was written.
    pub sent_utc: String,
    /// When its reply was taken in; absent while there is none.
    pub answered_utc: Option<String>,
    /// `open`, `answered`, `noted`, `blocked`, or `partly_blocked` where only rows about the line are.
    pub outcome: String,
    /// What the comparison found of each row of its reply.
    pub rows: Vec<ReplyRow>,
    /// Replies that were refused whole because of this request: when, and why.
    pub refusals: Vec<String>,
}

impl Case {
    /// Every request with its state, by reference.
    ///
    /// # Errors
    /// Where the log or the records cannot be read.
    pub fn request_states(&self) -> Result<Vec<RequestState>, CaseError> {
        self.need(Act::SeeRequests)?;
        self.request_states_of(&self.entries()?)
    }

    /// The same as some entries of the log say.
    pub(crate) fn request_states_of(&self, entries: &[Entry]) -> Result<Vec<RequestState>, CaseError> {
        let mut found = self.reply_rows(entries)?;
        let mut refusals: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for entry in entries.iter().filter(|e| e.act == REFUSE) {
            let text = |key: &str| entry.detail.get(key).and_then(serde_json::Value::as_str).unwrap_or_default();
            let line = format!("{}: {} (file {})", entry.utc, text("reason"), entry.subject);
            refusals.entry(text("request_ref").to_owned()).or_default().push(line);
        }
        Ok(self
            .requests_of(entries)?
            .into_iter()
            .map(|(name, request)| {
                let (answered_utc, rows) = found.remove(&name).unwrap_or_default();
                RequestState {
                    asked_utc: utc(request.asked_us),
                    sent_utc: utc(request.sent_us),
                    answered_utc,
                    outcome: outcome(&rows).to_owned(),
                    refusals: refusals.remove(&name).unwrap_or_default(),
                    request,
                    rows,
                }
            })
            .collect())
    }

    /// What the comparisons found, by request, with when the newest reply was taken in.
    fn reply_rows(&self, entries: &[Entry]) -> Result<BTreeMap<String, Compared>, CaseError> {
        let taken: BTreeMap<String, String> =
            entries.iter().filter(|e| e.act == IMPORT).map(|e| (e.subject.clone(), e.utc.clone())).collect();
        let columns = ["request_ref", "table_name", "outcome", "check_kind", "field", "found", "expected", "row"];
        let mut out: BTreeMap<String, Compared> = BTreeMap::new();
        for file in self.store.record_files()?.iter().filter(|f| f.table == TableId::Reply) {
            let Some(utc) = taken.get(&file.source_id) else { continue };
            rows::each(&record_path(&self.root, file.table, &file.source_id), &columns, |row| {
                let table = row.required("table_name")?;
                let found = ReplyRow {
                    request_ref: row.required("request_ref")?,
                    table: TableId::from_name(&table)
                        .ok_or_else(|| CaseError::Damaged(format!("reply: no table is called {table}")))?,
                    row: row.number("row")?,
                    outcome: row.required("outcome")?,
                    check: row.required("check_kind")?,
                    field: row.text("field"),
                    found: row.text("found"),
                    expected: row.text("expected"),
                };
                let (answered, rows) = out.entry(found.request_ref.clone()).or_default();
                *answered = answered.take().max(Some(utc.clone()));
                rows.push(found);
                Ok(())
            })?;
        }
        Ok(out)
    }
}

fn outcome(rows: &[ReplyRow]) -> &'static str {
    let of = |table: TableId, outcome: &str| rows.iter().any(|r| r.table == table && r.outcome == outcome);
    let passed = of(TableId::Assignment, "accepted") || of(TableId::Assignment, "noted");
    if rows.is_empty() {
        "open"
    } else if !passed {
        "blocked"
    } else if of(TableId::Line, "blocked") {
        "partly_blocked"
    } else if rows.iter().any(|r| r.outcome == "noted") {
        "noted"
    } else {
        "answered"
    }
}

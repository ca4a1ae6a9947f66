//! From a lead to the bytes it rests on: each record's row and byte range, and the bytes of the cited columns, read back
//! from the sealed file. What stands around them stays masked.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::io::{Read as _, Seek as _, SeekFrom};

use serde::Serialize;
use tutela_analysis::RecordRef;
use tutela_formats::{Cited, Limits, Mapping, SourceInfo, Span};
use tutela_model::lead::{Evidence, Lead};
use tutela_model::{Privacy, TableId};

use crate::judgements::find_lead;
use crate::store::SourceRow;
use crate::{Act, Case, CaseError, FourEyes, stated};

/// The longest run of bytes that is shown of one value.
const SHOWN_BYTES: u64 = 256;

/// A lead with the records behind each item of evidence.
#[derive(Debug, Serialize)]
pub struct Explained {
    /// The run it comes from.
    pub run_id: String,
    /// The lead.
    pub lead: Lead,
    /// The items of evidence, against before for.
    pub items: Vec<ExplainedItem>,
}

/// One item of evidence with its records.
#[derive(Debug, Serialize)]
pub struct ExplainedItem {
    /// The item's reference inside the lead.
    pub evidence_ref: String,
    /// How many source records it rests on.
    pub records: u64,
    /// Those that are shown.
    pub shown: Vec<ExplainedRecord>,
}

/// A record in its sealed file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ExplainedRecord {
    /// The table.
    pub table: TableId,
    /// The name the file came with.
    pub file_name: String,
    /// SHA-256 of the sealed file.
    pub source_id: String,
    /// The row, counted from 1.
    pub row: u64,
    /// The bytes of the row in the sealed file.
    pub span: Span,
    /// The columns, each with its own bytes.
    pub values: Vec<ExplainedValue>,
    /// Bytes of the row that are not shown.
    pub masked_bytes: u64,
}

/// One value of a record and the bytes it was read from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ExplainedValue {
    /// The column.
    pub column: &'static str,
    /// The value; absent where it is masked.
    pub value: Option<String>,
    /// Where its bytes are; absent where no bytes of the file say it.
    pub span: Option<Span>,
    /// Its bytes as they stand in the sealed file, escaped; absent where masked.
    pub bytes: Option<String>,
    /// The rule it follows by, where the bytes do not spell it.
    pub rule: Option<&'static str>,
}

impl Case {
    /// Explains one lead. At most `most` records are shown of each item; personal columns stay masked unless `reveal`, for
    /// which whoever asks must have given a reason before ([`Case::reveal_lead`]).
    ///
    /// # Errors
    /// Where no such lead is in the newest run, or a source cannot be read back.
    pub fn explain(&self, lead_ref: &str, most: usize, reveal: bool) -> Result<Explained, CaseError> {
        self.need(if reveal { Act::RevealPersonal } else { Act::Explain })?;
        let run_id = self.current_run()?;
        self.check_basis(&run_id)?;
        let explained = self.explain_of(&run_id, lead_ref, most, reveal)?;
        self.log_read(&explained.lead.lead_ref, reveal)?;
        Ok(explained)
    }

    /// The same for a lead of a given run.
    pub(crate) fn explain_of(
        &self,
        run_id: &str,
        lead_ref: &str,
        most: usize,
        reveal: bool,
    ) -> Result<Explained, CaseError> {
        let document = tutela_analysis::leads(&self.run_dir(run_id))?;
        let lead_ref = &find_lead(&document, run_id, lead_ref)?.lead_ref;
        let found = self.explain_all_of(run_id, &|l: &Lead| l.lead_ref == *lead_ref, most, reveal)?.into_iter().next();
        found.ok_or_else(|| CaseError::Usage(format!("lead {lead_ref}: not in run {run_id}")))
    }

    /// The same for some leads of a given run.
    pub(crate) fn explain_all_of(
        &self,
        run_id: &str,
        wanted: &dyn Fn(&Lead) -> bool,
        most: usize,
        reveal: bool,
    ) -> Result<Vec<Explained>, CaseError> {
        if reveal {
            self.need(Act::RevealPersonal)?;
        }
        let mut leads = tutela_analysis::leads(&self.run_dir(run_id))?.leads;
        leads.retain(|l| wanted(l));
        if reveal {
            for lead in &leads {
                self.check_revealed(&lead.lead_ref, lead.people.iter().map(|p| p.person_ref.as_str()))?;
            }
        }
        let only = leads.first().filter(|_| leads.len() == 1).map(|l| l.lead_ref.as_str());
        let mut cited = match leads.len() {
            0 => BTreeMap::new(),
            _ => tutela_analysis::all_citations(&self.run_dir(run_id), only)?,
        };
        let kept: BTreeSet<&str> = leads.iter().map(|l| l.lead_ref.as_str()).collect();
        cited.retain(|lead_ref, _| kept.contains(lead_ref.as_str()));
        let records = cited.values().flat_map(|items| items.values().flat_map(|refs| refs.iter().take(most)));
        let read = self.read_back(records, reveal)?;
        let nothing = BTreeMap::new();
        let explain = |lead: Lead| {
            let cited = cited.get(&lead.lead_ref).unwrap_or(&nothing);
            let items =
                lead.against.iter().chain(&lead.r#for).map(|item| explained(item, cited, &read, most)).collect();
            Explained { run_id: run_id.to_owned(), lead, items }
        };
        Ok(leads.into_iter().map(explain).collect())
    }

    /// Every record that any lead rests on, read back unmasked from its sealed file, source by source. For checks; like any
    /// reveal it needs a reason, which the log holds first.
    ///
    /// # Errors
    /// As [`Case::explain`], and where reveals are under four eyes: nobody confirms everything at once.
    pub fn read_back_all(&self, reason: &str) -> Result<BTreeMap<RecordRef, Vec<ExplainedRecord>>, CaseError> {
        self.need(Act::RevealPersonal)?;
        let reason = stated::reason("a reveal", reason)?;
        let run_id = self.current_run()?;
        self.check_basis(&run_id)?;
        if self.is_under_four_eyes(FourEyes::Reveal)? {
            let why = "reveals are under four eyes: the records of all leads are not shown at once; reveal a lead";
            return Err(CaseError::Usage(why.to_owned()));
        }
        self.log.append(&self.who, "reveal_all", "records", serde_json::json!({ "reason": reason }))?;
        let cited = tutela_analysis::all_citations(&self.run_dir(&run_id), None)?;
        self.read_back(cited.values().flat_map(|items| items.values().flatten()), true)
    }

    pub(crate) fn read_back<'a>(
        &self,
        wanted: impl Iterator<Item = &'a RecordRef>,
        reveal: bool,
    ) -> Result<BTreeMap<RecordRef, Vec<ExplainedRecord>>, CaseError> {
        let mut by_source: BTreeMap<&str, BTreeSet<(TableId, u64)>> = BTreeMap::new();
        for record in wanted {
            by_source.entry(&record.source_id).or_default().insert((record.table, record.row));
        }
        let sources: BTreeMap<String, SourceRow> =
            self.store.sources()?.into_iter().map(|s| (s.source_id.clone(), s)).collect();
        let mut out: BTreeMap<RecordRef, Vec<ExplainedRecord>> = BTreeMap::new();
        for (source_id, rows) in by_source {
            let source = sources.get(source_id).ok_or_else(|| {
                CaseError::Damaged(format!("a finding cites source {source_id}, which the case does not have"))
            })?;
            for record in self.read_source(source, &rows, reveal)? {
                let key = RecordRef { table: record.table, source_id: source_id.to_owned(), row: record.row };
                out.entry(key).or_default().push(record);
            }
        }
        Ok(out)
    }

    fn read_source(
        &self,
        source: &SourceRow,
        rows: &BTreeSet<(TableId, u64)>,
        reveal: bool,
    ) -> Result<Vec<ExplainedRecord>, CaseError> {
        let path = self.sealed(&source.source_id);
        let mut file = File::open(&path).map_err(CaseError::io(&path))?;
        let info = SourceInfo {
            source_id: source.source_id.clone(),
            file_name: source.file_name.clone(),
            size_bytes: source.size_bytes,
        };
        let format = tutela_formats::by_id(&source.format).ok_or_else(|| {
            CaseError::Usage(format!(
                "source {}: read as {}, a format this version does not have",
                source.source_id, source.format
            ))
        })?;
        let mapping = source.mapping.as_deref().map(Mapping::from_yaml).transpose();
        let mapping = mapping.map_err(tutela_formats::FormatError::from)?;
        let cited = tutela_formats::cite(format, &mut file, &info, mapping.as_ref(), &Limits::default(), rows)?;
        cited.into_iter().map(|c| self.show(c, source, &mut file, reveal)).collect()
    }

    fn show(
        &self,
        cited: Cited,
        source: &SourceRow,
        file: &mut File,
        reveal: bool,
    ) -> Result<ExplainedRecord, CaseError> {
        let mut values = Vec::with_capacity(cited.columns.len());
        let mut shown_bytes = 0;
        for column in &cited.columns {
            let privacy = cited.table.table().columns.iter().find(|c| c.name == column.column).map(|c| c.privacy);
            let sees = |p| self.role.is_none_or(|role| role.sees(p));
            let open = privacy.is_some_and(|p| p <= Privacy::Pseudonym || reveal && sees(p));
            let bytes = match column.span.filter(|_| open) {
                Some(span) => Some(self.bytes(span, source, file)?),
                None => None,
            };
            if bytes.is_some() {
                shown_bytes += column.span.map_or(0, |s| s.end.saturating_sub(s.start));
            }
            values.push(ExplainedValue {
                column: column.column,
                value: open.then(|| column.value.clone()),
                span: column.span,
                bytes,
                rule: column.rule,
            });
        }
        Ok(ExplainedRecord {
            table: cited.table,
            file_name: source.file_name.clone(),
            source_id: source.source_id.clone(),
            row: cited.row,
            span: cited.span,
            values,
            masked_bytes: cited.span.end.saturating_sub(cited.span.start).saturating_sub(shown_bytes),
        })
    }

    fn bytes(&self, span: Span, source: &SourceRow, file: &mut File) -> Result<String, CaseError> {
        let path = self.sealed(&source.source_id);
        file.seek(SeekFrom::Start(span.start)).map_err(CaseError::io(&path))?;
        let mut bytes = Vec::new();
        let length = span.end.saturating_sub(span.start).min(SHOWN_BYTES);
        file.take(length).read_to_end(&mut bytes).map_err(CaseError::io(&path))?;
        Ok(String::from_utf8_lossy(&bytes)
            .chars()
            .flat_map(|c| if c.is_control() { c.escape_default().collect() } else { vec![c] })
            .collect())
    }
}

fn explained(
    item: &Evidence,
    cited: &BTreeMap<String, Vec<RecordRef>>,
    read: &BTreeMap<RecordRef, Vec<ExplainedRecord>>,
    most: usize,
) -> ExplainedItem {
    let refs = cited.get(&item.evidence_ref).map(Vec::as_slice).unwrap_or_default();
    let shown = refs.iter().take(most).filter_map(|r| read.get(r)).flatten().cloned().collect();
    ExplainedItem { evidence_ref: item.evidence_ref.clone(), records: refs.len() as u64, shown }
}

//! Records read back from their sealed files: each value with the bytes it was read from. Where rows stand for themselves only
//! these are read, at the places that the record files give.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::io::{Read as _, Seek as _, SeekFrom};
use std::path::PathBuf;

use tutela_analysis::RecordRef;
use tutela_engine::read_where;
use tutela_formats::{Cited, Limits, Mapping, SourceInfo, Span};
use tutela_model::{Privacy, TableId};

use crate::explain::{ExplainedRecord, ExplainedValue};
use crate::request::rows::Row;
use crate::store::{SourceRow, record_path};
use crate::{Case, CaseError, Role};

/// The longest run of bytes that is shown of one value.
const SHOWN_BYTES: u64 = 256;
/// A file up to that size is read whole sooner than places are looked up.
const WHOLE_BYTES: u64 = 256 << 10;

/// What reading back needs of a case.
#[derive(Debug)]
pub(crate) struct Reading {
    root: PathBuf,
    role: Option<Role>,
    sources: BTreeMap<String, SourceRow>,
}

impl Case {
    /// What reading back needs, as whoever acts.
    pub(crate) fn reading(&self) -> Result<Reading, CaseError> {
        let sources = self.store.sources()?.into_iter().map(|s| (s.source_id.clone(), s)).collect();
        Ok(Reading { root: self.root.clone(), role: self.role, sources })
    }

    pub(crate) fn read_back<'a>(
        &self,
        wanted: impl Iterator<Item = &'a RecordRef>,
        reveal: bool,
    ) -> Result<BTreeMap<RecordRef, Vec<ExplainedRecord>>, CaseError> {
        self.reading()?.read_back(wanted, reveal)
    }
}

impl Reading {
    /// Reads records back; personal columns stay masked unless `reveal`.
    pub(crate) fn read_back<'a>(
        &self,
        wanted: impl Iterator<Item = &'a RecordRef>,
        reveal: bool,
    ) -> Result<BTreeMap<RecordRef, Vec<ExplainedRecord>>, CaseError> {
        let mut by_source: BTreeMap<&str, BTreeSet<(TableId, u64)>> = BTreeMap::new();
        for record in wanted {
            by_source.entry(&record.source_id).or_default().insert((record.table, record.row));
        }
        let mut out: BTreeMap<RecordRef, Vec<ExplainedRecord>> = BTreeMap::new();
        for (source_id, rows) in by_source {
            let source = self.sources.get(source_id).ok_or_else(|| {
                CaseError::Damaged(format!("a finding cites source {source_id}, which the case does not have"))
            })?;
            for record in self.read_source(source, &rows, reveal)? {
                let key = RecordRef { table: record.table, source_id: source_id.to_owned(), row: record.row };
                out.entry(key).or_default().push(record);
            }
        }
        Ok(out)
    }

    fn sealed(&self, source_id: &str) -> PathBuf {
        self.root.join("sealed").join(source_id)
    }

    /// The bytes at which rows begin, as their records say.
    fn places(&self, source: &SourceRow, rows: &BTreeSet<(TableId, u64)>) -> Result<BTreeMap<u64, u64>, CaseError> {
        let mut out = BTreeMap::new();
        if source.size_bytes <= WHOLE_BYTES {
            return Ok(out);
        }
        let mut by_table: BTreeMap<TableId, BTreeSet<i64>> = BTreeMap::new();
        for (table, row) in rows {
            by_table.entry(*table).or_default().extend(i64::try_from(*row));
        }
        for (table, wanted) in by_table {
            let path = record_path(&self.root, table, &source.source_id);
            for batch in read_where(&path, &["row", "byte_offset"], "row", &wanted)? {
                out.extend(
                    (0..batch.num_rows()).map(|i| Row::of(&batch, i)).map(|r| (r.count("row"), r.count("byte_offset"))),
                );
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
        let places = self.places(source, rows)?;
        let limits = Limits::default();
        let cited = tutela_formats::cite(format, &mut file, &info, mapping.as_ref(), &limits, rows, &places)?;
        let found: BTreeSet<(TableId, u64)> = cited.iter().map(|c| (c.table, c.row)).collect();
        if let Some((table, row)) = rows.difference(&found).next() {
            return Err(CaseError::Damaged(format!(
                "source {}: row {row} of the sealed file gives no {table}, which a finding cites",
                source.source_id
            )));
        }
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

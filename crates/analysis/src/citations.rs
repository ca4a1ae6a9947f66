//! From an item of evidence to the source rows it rests on.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use arrow::array::{Array as _, Int64Array, RecordBatch, StringArray};
use tutela_engine::{EngineError, read_batches, read_where};
use tutela_model::TableId;
use tutela_model::lead::{Evidence, Lead};

use crate::leads::lead_ref;
use crate::{StepError, stage_path};

/// One record in a source.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, serde::Deserialize, serde::Serialize)]
pub struct RecordRef {
    /// The record table.
    pub table: TableId,
    /// SHA-256 of the source.
    pub source_id: String,
    /// Row in the source.
    pub row: u64,
}

/// The source rows behind each item of evidence of some leads of a run, by lead and item.
///
/// # Errors
/// Where the run's stages cannot be read.
pub fn citations(
    run_dir: &Path,
    leads: &[Lead],
) -> Result<BTreeMap<String, BTreeMap<String, Vec<RecordRef>>>, StepError> {
    let accounts = accounts_of(run_dir, leads)?;
    let lines = lines_of(run_dir, leads)?;
    let mut by_key: BTreeMap<(&str, Key), Vec<RecordRef>> = BTreeMap::new();
    for batch in &cited(run_dir, &accounts.keys().copied().collect())? {
        let account = integers(batch, 0)?;
        let [kind, person, table, source] = [1, 2, 4, 5].map(|i| texts(batch, i));
        let (kind, person, table, source) = (kind?, person?, table?, source?);
        let (line, row) = (integers(batch, 3)?, integers(batch, 6)?);
        for i in 0..batch.num_rows() {
            let Some(lead) = accounts.get(&account.value(i)) else { continue };
            let key = Key {
                kind: kind.value(i).to_owned(),
                person: (!person.is_null(i)).then(|| person.value(i).to_owned()),
                line: (!line.is_null(i)).then(|| line.value(i)),
            };
            let table = TableId::from_name(table.value(i))
                .ok_or_else(|| StepError::shape("citation", format!("no table {}", table.value(i))))?;
            let row = u64::try_from(row.value(i)).map_err(|_| StepError::shape("citation", "negative row"))?;
            let record = RecordRef { table, source_id: source.value(i).to_owned(), row };
            by_key.entry((lead, key)).or_default().push(record);
        }
    }
    let of_lead = |lead: &Lead| {
        let items = lead.against.iter().chain(&lead.r#for).map(|item| {
            let key = (lead.lead_ref.as_str(), key_of(item, &lines));
            (item.evidence_ref.clone(), by_key.get(&key).cloned().unwrap_or_default())
        });
        (lead.lead_ref.clone(), items.collect())
    };
    Ok(leads.iter().map(of_lead).collect())
}

/// What stands of these accounts in the stage of citations, which is in their order.
fn cited(run_dir: &Path, accounts: &BTreeSet<i64>) -> Result<Vec<RecordBatch>, StepError> {
    let wrap = |source| StepError::Stage { step: "cite_records".to_owned(), stage: "citation".to_owned(), source };
    read_where(&stage_path(run_dir, "cite_records", "citation"), &CITATION, "account_id", accounts).map_err(wrap)
}

/// Under what the rows of an item are kept.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Key {
    kind: String,
    person: Option<String>,
    line: Option<i64>,
}

const CITATION: [&str; 7] = ["account_id", "kind", "person_ref", "line_id", "table_name", "source_id", "row"];

fn key_of(item: &Evidence, lines: &BTreeMap<(&str, &str), i64>) -> Key {
    let kind = match item.kind.as_str() {
        "line_set" | "line_weak" | "line_doubt" => "line_episodes",
        "device_of_several" => "shared_device",
        other => other,
    };
    let line = item.line.as_ref().and_then(|l| lines.get(&(l.operator.as_str(), l.line_ref.as_str())).copied());
    Key { kind: kind.to_owned(), person: item.person_ref.clone(), line }
}

/// The lead of each account under investigation.
pub(crate) fn accounts(run_dir: &Path) -> Result<BTreeMap<i64, String>, StepError> {
    let mut out = BTreeMap::new();
    for batch in stage(run_dir, "weigh_leads", "lead_count", &["account_id", "platform", "account_ref"])? {
        let batch = batch?;
        let (id, platform, account) = (integers(&batch, 0)?, texts(&batch, 1)?, texts(&batch, 2)?);
        for i in 0..batch.num_rows() {
            out.insert(id.value(i), lead_ref(platform.value(i), account.value(i)));
        }
    }
    Ok(out)
}

/// The numbers of the accounts of some leads, each with its lead.
fn accounts_of<'l>(run_dir: &Path, leads: &'l [Lead]) -> Result<BTreeMap<i64, &'l str>, StepError> {
    let wanted: BTreeMap<(&str, &str), &str> = leads
        .iter()
        .map(|l| ((l.account.platform.as_str(), l.account.account_ref.as_str()), l.lead_ref.as_str()))
        .collect();
    let mut out = BTreeMap::new();
    for batch in stage(run_dir, "weigh_leads", "lead_count", &["account_id", "platform", "account_ref"])? {
        let batch = batch?;
        let (id, platform, account) = (integers(&batch, 0)?, texts(&batch, 1)?, texts(&batch, 2)?);
        for i in 0..batch.num_rows() {
            if let Some(lead) = wanted.get(&(platform.value(i), account.value(i))) {
                out.insert(id.value(i), *lead);
            }
        }
    }
    Ok(out)
}

/// The numbers of the lines that items of some leads are about, by operator and reference.
fn lines_of<'l>(run_dir: &Path, leads: &'l [Lead]) -> Result<BTreeMap<(&'l str, &'l str), i64>, StepError> {
    let items = leads.iter().flat_map(|l| l.against.iter().chain(&l.r#for));
    let lines = items.filter_map(|i| i.line.as_ref()).map(|l| (l.operator.as_str(), l.line_ref.as_str()));
    let wanted: BTreeMap<(&str, &str), (&'l str, &'l str)> = lines.map(|line| (line, line)).collect();
    let mut out = BTreeMap::new();
    for batch in stage(run_dir, "count_episodes", "known_line", &["line_id", "operator", "line_ref"])? {
        let batch = batch?;
        let (id, operator, line) = (integers(&batch, 0)?, texts(&batch, 1)?, texts(&batch, 2)?);
        for i in 0..batch.num_rows() {
            if let Some(line) = wanted.get(&(operator.value(i), line.value(i))) {
                out.insert(*line, id.value(i));
            }
        }
    }
    Ok(out)
}

pub(crate) type Batches = Box<dyn Iterator<Item = Result<RecordBatch, StepError>>>;

pub(crate) fn stage(run_dir: &Path, step: &str, stage: &str, columns: &[&str]) -> Result<Batches, StepError> {
    let wrap = {
        let (step, stage) = (step.to_owned(), stage.to_owned());
        move |source: EngineError| StepError::Stage { step: step.clone(), stage: stage.clone(), source }
    };
    let batches = read_batches(&stage_path(run_dir, step, stage), columns).map_err(&wrap)?;
    Ok(Box::new(batches.map(move |b| b.map_err(&wrap))))
}

pub(crate) fn integers(batch: &RecordBatch, column: usize) -> Result<&Int64Array, StepError> {
    let found = batch.column(column).as_any().downcast_ref();
    found.ok_or_else(|| StepError::shape("citation", format!("column {column} holds no whole numbers")))
}

pub(crate) fn texts(batch: &RecordBatch, column: usize) -> Result<&StringArray, StepError> {
    let found = batch.column(column).as_any().downcast_ref();
    found.ok_or_else(|| StepError::shape("citation", format!("column {column} holds no text")))
}

//! Small worlds as text, run through all steps.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::expect_used,
    missing_docs,
    unreachable_pub,
    dead_code,
    reason = "test code"
)]

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use arrow::array::{
    ArrayRef, BooleanArray, Date32Array, Decimal128Array, Int64Array, RecordBatch, StringArray,
    TimestampMicrosecondArray,
};
use tutela_analysis::{ParamValues, STEPS, StageDone, StepContext};
use tutela_engine::{Engine, EngineConfig, StageWriter};
use tutela_model::lead::LeadsDocument;
use tutela_model::money::Amount;
use tutela_model::{ColumnKind, TableId};

/// Rows of one table: each a list of `column=value`.
pub type Rows = Vec<Vec<(&'static str, String)>>;

/// Record tables by name.
#[derive(Debug, Clone, Default)]
pub struct World {
    pub tables: BTreeMap<TableId, Rows>,
}

impl World {
    pub fn row(&mut self, table: TableId, cells: &[(&'static str, String)]) -> &mut Self {
        self.tables.entry(table).or_default().push(cells.to_vec());
        self
    }

    /// A connection, at minutes since the epoch of the tests.
    pub fn session(
        &mut self,
        account: &str,
        minute: i64,
        ip: &str,
        port: Option<u16>,
        device: Option<&str>,
    ) -> &mut Self {
        let mut cells = vec![
            ("platform", "p".to_owned()),
            ("account_ref", account.to_owned()),
            ("at_utc", minutes(minute)),
            ("zone_origin", "stated".to_owned()),
            ("clock_error_s", "1".to_owned()),
            ("ip", ip.to_owned()),
        ];
        cells.extend(port.map(|p| ("port", p.to_string())));
        cells.extend(device.map(|d| ("device_ref", d.to_owned())));
        self.row(TableId::Session, &cells)
    }

    pub fn account(&mut self, account: &str, person: Option<&str>) -> &mut Self {
        let mut cells = vec![("platform", "p".to_owned()), ("account_ref", account.to_owned())];
        cells.extend(person.map(|p| ("person_ref", p.to_owned())));
        self.row(TableId::Account, &cells)
    }

    pub fn assignment(&mut self, ip: &str, ports: Option<(u16, u16)>, from: i64, until: i64, line: &str) -> &mut Self {
        let mut cells = vec![
            ("operator", "op".to_owned()),
            ("ip", ip.to_owned()),
            ("from_utc", minutes(from)),
            ("line_ref", line.to_owned()),
        ];
        // A length divisible by seven stands for an assignment whose end nobody recorded.
        if (until - from) % 7 != 0 {
            cells.push(("until_utc", minutes(until)));
        }
        cells.extend(ports.into_iter().flat_map(|(a, b)| [("port_from", a.to_string()), ("port_to", b.to_string())]));
        self.row(TableId::Assignment, &cells)
    }

    pub fn line(&mut self, line: &str, holder: &str, access_kind: &str) -> &mut Self {
        let cells = [
            ("operator", "op"),
            ("line_ref", line),
            ("holder_ref", holder),
            ("access_kind", access_kind),
            ("address_kind", "installation"),
        ];
        self.row(TableId::Line, &cells.map(|(c, v)| (c, v.to_owned())))
    }

    pub fn person(&mut self, person: &str, household: &str) -> &mut Self {
        self.row(TableId::Person, &[("person_ref", person.to_owned()), ("household_ref", household.to_owned())])
    }
}

/// Microseconds of a minute since 2026-01-01, as text.
fn minutes(minute: i64) -> String {
    (1_767_225_600_000_000 + minute * 60_000_000).to_string()
}

/// Writes the tables, split over `files` files each, and runs every step.
pub fn run(world: &World, files: usize, partitions: usize) -> (tempfile::TempDir, Vec<(String, Vec<StageDone>)>) {
    run_only(world, files, partitions, |_| true)
}

/// The same with some of the steps.
pub fn run_only(
    world: &World,
    files: usize,
    partitions: usize,
    wanted: impl Fn(&str) -> bool,
) -> (tempfile::TempDir, Vec<(String, Vec<StageDone>)>) {
    let dir = tempfile::tempdir().unwrap();
    let records = write(world, dir.path(), files);
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).build().unwrap();
    let config = EngineConfig { memory_bytes: 256 << 20, partitions, spill_dir: dir.path().join("spill") };
    let engine = Engine::open(&config).unwrap();
    let run_dir = dir.path().join("run");
    let params = ParamValues::with(&[]).unwrap();
    let mut done = Vec::new();
    for step in STEPS.iter().filter(|step| wanted(step.meta().id)) {
        let out_dir = run_dir.join(step.meta().id);
        std::fs::create_dir_all(&out_dir).unwrap();
        let progress = |_: &StageDone| {};
        let context = StepContext {
            engine: &engine,
            records: &records,
            run_dir: &run_dir,
            out_dir: &out_dir,
            params: &params,
            progress: &progress,
        };
        let stages = runtime.block_on(step.run(&context));
        let stages = stages.unwrap_or_else(|e| panic!("{}: {}", step.meta().id, chain(&e)));
        done.push((step.meta().id.to_owned(), stages));
    }
    (dir, done)
}

/// The leads of a world.
pub fn leads(world: &World) -> LeadsDocument {
    let (dir, _) = run(world, 1, 2);
    tutela_analysis::leads(&dir.path().join("run")).unwrap()
}

fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        text = format!("{text}: {cause}");
        source = cause.source();
    }
    text
}

fn write(world: &World, dir: &Path, files: usize) -> BTreeMap<TableId, Vec<PathBuf>> {
    let mut out = BTreeMap::new();
    for (table, rows) in &world.tables {
        let size = rows.len().div_ceil(files).max(1);
        for (number, part) in rows.chunks(size).enumerate() {
            let path = dir.join(format!("{}-{number}.parquet", table.name()));
            let batch = batch(*table, part, number);
            let mut writer = StageWriter::create(&path, &batch.schema()).unwrap();
            writer.write(&batch).unwrap();
            writer.finish().unwrap();
            out.entry(*table).or_insert_with(Vec::new).push(path);
        }
    }
    out
}

fn batch(table: TableId, rows: &[Vec<(&'static str, String)>], number: usize) -> RecordBatch {
    let schema = table.table().arrow_schema();
    let cell =
        |row: &[(&'static str, String)], name: &str| row.iter().find(|(c, _)| *c == name).map(|(_, v)| v.clone());
    let mut columns: Vec<ArrayRef> = Vec::new();
    for column in table.table().columns {
        let texts: Vec<Option<String>> = rows.iter().map(|r| cell(r, column.name)).collect();
        let integer = || texts.iter().map(|t| t.as_ref().map(|t| t.parse::<i64>().unwrap()));
        columns.push(match column.kind {
            ColumnKind::Text => Arc::new(StringArray::from(texts.clone())),
            ColumnKind::Integer => Arc::new(integer().collect::<Int64Array>()),
            ColumnKind::Instant => {
                Arc::new(integer().collect::<TimestampMicrosecondArray>().with_timezone(tutela_model::UTC))
            }
            ColumnKind::Date => {
                Arc::new(integer().map(|v| v.map(|v| i32::try_from(v).unwrap())).collect::<Date32Array>())
            }
            ColumnKind::Boolean => {
                Arc::new(texts.iter().map(|t| t.as_ref().map(|t| t == "true")).collect::<BooleanArray>())
            }
            ColumnKind::Decimal => {
                let units = texts.iter().map(|t| t.as_ref().map(|t| Amount::parse(t).unwrap().units()));
                let array: Decimal128Array = units.collect();
                Arc::new(array.with_data_type(ColumnKind::Decimal.arrow_type()))
            }
        });
    }
    let source = format!("{number:064x}");
    columns.push(Arc::new(StringArray::from_iter_values(rows.iter().map(|_| source.clone()))));
    columns.push(Arc::new((1..=rows.len() as i64).collect::<Int64Array>()));
    columns.push(Arc::new((0..rows.len() as i64).map(|i| i * 100).collect::<Int64Array>()));
    RecordBatch::try_new(schema, columns).unwrap()
}

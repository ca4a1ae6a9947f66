//! Which holdings of an address cover each log-in: an equality on the network, an overlap of times, a range of ports.
//!
//! The engine's hash join meets every holding of an address with every log-in from it before it looks at times. Here
//! the holdings of one address are sorted by start, with the latest end so far beside each, so that a log-in meets
//! only those that can cover it.

use std::collections::HashMap;
use std::path::Path;
use std::sync::Arc;

use arrow::array::{Array as _, ArrayRef, BooleanBuilder, Int64Builder, RecordBatch};
use arrow::datatypes::{DataType, Field, Schema, SchemaRef};
use futures::StreamExt as _;
use tutela_engine::{Engine, EngineError, Params, StageFile, StageWriter};

use super::{integers, text};

/// Rows collected before a batch is written.
const BATCH_ROWS: usize = 8192;

/// One holding: who held a network and a range of ports, and when.
#[derive(Debug, Clone, Copy)]
pub(super) struct Holding {
    from_us: i64,
    until_us: i64,
    /// Latest end among this and all earlier holdings of the network.
    latest_until_us: i64,
    port_from: i64,
    port_to: i64,
    pub(super) holding_id: i64,
    pub(super) line_id: i64,
}

/// The holdings of all networks, those of one network together and sorted by start.
#[derive(Debug, Default)]
pub(super) struct Index {
    holdings: Vec<Holding>,
    by_network: HashMap<String, (usize, usize)>,
}

/// One log-in on one network that can hold its address.
#[derive(Debug, Clone, Copy)]
pub(super) struct Login {
    pub(super) login_id: i64,
    account_id: i64,
    at_us: i64,
    error_us: i64,
    port: Option<i64>,
}

impl Index {
    /// Reads the stage `holdings`.
    pub(super) async fn read(engine: &Engine, holdings: &str) -> Result<Self, EngineError> {
        let mut index = Self::default();
        let sql = format_select(HOLDING_SQL, holdings);
        let mut stream = engine.stream(holdings, &sql, &Params::new()).await?;
        while let Some(batch) = stream.next().await {
            let batch = batch.map_err(|e| EngineError::query(holdings, e))?;
            let [holding_id, line_id, from_us, until_us, port_from, port_to] = integers(&batch)?;
            let network = text(&batch, 6)?;
            for row in 0..batch.num_rows() {
                let until = until_us.value(row);
                let holding = Holding {
                    from_us: from_us.value(row),
                    until_us: until,
                    latest_until_us: until,
                    port_from: if port_from.is_null(row) { i64::MIN } else { port_from.value(row) },
                    port_to: if port_to.is_null(row) { i64::MAX } else { port_to.value(row) },
                    holding_id: holding_id.value(row),
                    line_id: line_id.value(row),
                };
                index.push(network.value(row), holding);
            }
        }
        Ok(index)
    }

    fn push(&mut self, network: &str, mut holding: Holding) {
        let end = self.holdings.len();
        let range = match self.by_network.get_mut(network) {
            Some(range) => range,
            None => self.by_network.entry(network.to_owned()).or_insert((end, end)),
        };
        if let Some(last) = self.holdings.get(range.0..range.1).and_then(<[Holding]>::last) {
            holding.latest_until_us = holding.latest_until_us.max(last.latest_until_us);
        }
        self.holdings.push(holding);
        range.1 = end + 1;
    }

    /// Calls `found` with each holding that can cover the log-in, in order of start.
    pub(super) fn covering(&self, network: &str, login: &Login, mut found: impl FnMut(&Holding)) {
        let Some(holdings) = self.by_network.get(network).and_then(|(from, to)| self.holdings.get(*from..*to)) else {
            return;
        };
        let earliest = login.at_us.saturating_sub(login.error_us);
        let latest = login.at_us.saturating_add(login.error_us);
        let end = holdings.partition_point(|h| h.from_us <= latest);
        let start = holdings.get(..end).unwrap_or_default();
        // Where no earlier holding lasts to `earliest`, none before it can cover the log-in.
        let first = start.partition_point(|h| h.latest_until_us <= earliest);
        for holding in start.get(first..).unwrap_or_default() {
            let port_fits = login.port.is_none_or(|p| (holding.port_from..=holding.port_to).contains(&p));
            if holding.until_us > earliest && port_fits {
                found(holding);
            }
        }
    }
}

/// Joins the stages `logins` and `holdings` and writes one row for each log-in and holding that can cover it.
pub(super) async fn run(engine: &Engine, logins: &str, holdings: &str, path: &Path) -> Result<StageFile, EngineError> {
    let index = Index::read(engine, holdings).await?;
    let mut writer = StageWriter::create(path, &schema())?;
    let mut out = Output::default();
    each_login(engine, logins, |network, login| {
        index.covering(network, login, |holding| out.push(login, holding));
        if out.rows >= BATCH_ROWS { out.flush(&mut writer) } else { Ok(()) }
    })
    .await?;
    out.flush(&mut writer)?;
    writer.finish()
}

/// Calls `found` with each row of the stage `logins` and its network, in order of log-in and network.
pub(super) async fn each_login(
    engine: &Engine,
    logins: &str,
    mut found: impl FnMut(&str, &Login) -> Result<(), EngineError>,
) -> Result<(), EngineError> {
    let sql = format_select(LOGIN_SQL, logins);
    let mut stream = engine.stream(logins, &sql, &Params::new()).await?;
    while let Some(batch) = stream.next().await {
        let batch = batch.map_err(|e| EngineError::query(logins, e))?;
        let [login_id, account_id, at_us, error_us, port] = integers(&batch)?;
        let network = text(&batch, 5)?;
        for row in 0..batch.num_rows() {
            let login = Login {
                login_id: login_id.value(row),
                account_id: account_id.value(row),
                at_us: at_us.value(row),
                error_us: error_us.value(row),
                port: (!port.is_null(row)).then(|| port.value(row)),
            };
            found(network.value(row), &login)?;
        }
    }
    Ok(())
}

/// The one place a table name is put into a statement: the names are those of stages, fixed in the steps' text.
fn format_select(columns: &str, table: &str) -> String {
    columns.replace("{table}", table)
}

const LOGIN_SQL: &str = "SELECT login_id, account_id, at_us, error_us, port, network FROM {table} \
                         ORDER BY login_id, network";
const HOLDING_SQL: &str = "SELECT holding_id, line_id, from_us, until_us, port_from, port_to, network FROM {table} \
                           ORDER BY network, from_us, until_us, holding_id";

/// Rows on their way out.
#[derive(Debug, Default)]
struct Output {
    login_id: Int64Builder,
    account_id: Int64Builder,
    holding_id: Int64Builder,
    line_id: Int64Builder,
    certain: BooleanBuilder,
    rows: usize,
}

impl Output {
    fn push(&mut self, login: &Login, holding: &Holding) {
        self.login_id.append_value(login.login_id);
        self.account_id.append_value(login.account_id);
        self.holding_id.append_value(holding.holding_id);
        self.line_id.append_value(holding.line_id);
        let inside = holding.from_us <= login.at_us.saturating_sub(login.error_us)
            && holding.until_us > login.at_us.saturating_add(login.error_us);
        self.certain.append_value(inside);
        self.rows += 1;
    }

    fn flush(&mut self, writer: &mut StageWriter) -> Result<(), EngineError> {
        self.rows = 0;
        let columns: Vec<ArrayRef> = vec![
            Arc::new(self.login_id.finish()),
            Arc::new(self.account_id.finish()),
            Arc::new(self.holding_id.finish()),
            Arc::new(self.line_id.finish()),
            Arc::new(self.certain.finish()),
        ];
        let batch =
            RecordBatch::try_new(schema(), columns).map_err(|e| EngineError::query("interval_join", e.into()))?;
        writer.write(&batch)
    }
}

fn schema() -> SchemaRef {
    let integer = |name: &str| Field::new(name, DataType::Int64, false);
    Arc::new(Schema::new(vec![
        integer("login_id"),
        integer("account_id"),
        integer("holding_id"),
        integer("line_id"),
        Field::new("certain", DataType::Boolean, false),
    ]))
}

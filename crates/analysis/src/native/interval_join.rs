//! Which holdings of an address cover each log-in: an equality on the network, an overlap of times, a range of ports.
//!
//! The engine's hash join meets every holding of an address with every log-in from it before it looks at times. Here
//! the holdings of each address lie in slices of time ([`IntervalIndex`]), and a log-in meets those of its slice.

use std::path::Path;
use std::sync::Arc;

use arrow::array::{Array as _, ArrayRef, BooleanBuilder, Int64Array, Int64Builder, RecordBatch};
use arrow::datatypes::{DataType, Field, Schema, SchemaRef};
use tutela_engine::{Engine, EngineError, StageFile, StageWriter};

use super::interval_index::{Interval, IntervalIndex};
use super::{check_order, integers, text};

/// Rows collected before a batch is written.
const BATCH_ROWS: usize = 8192;

/// The holdings of all networks.
#[derive(Debug, Default)]
pub(super) struct Index {
    intervals: IntervalIndex<String>,
    holdings: Vec<Holding>,
}

/// Which line held it, under which number, and when.
#[derive(Debug, Clone, Copy)]
pub(super) struct Holding {
    pub(super) holding_id: i64,
    pub(super) line_id: i64,
    from_us: i64,
    until_us: i64,
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
    /// Reads the stage `holdings`, whose rows come by network.
    pub(super) fn read(engine: &Engine, holdings: &str) -> Result<Self, EngineError> {
        let mut index = Self::default();
        let (mut network, mut intervals) = (String::new(), Vec::new());
        for batch in engine.stage_rows(holdings, &HOLDING)? {
            let batch = batch?;
            let [holding_id, line_id, from_us, until_us, port_from, port_to] = integers(&batch)?;
            let networks = text(&batch, 6)?;
            for row in 0..batch.num_rows() {
                if networks.value(row) != network {
                    check_order(holdings, &network, networks.value(row))?;
                    index.intervals.add(std::mem::take(&mut network), &mut intervals);
                    intervals.clear();
                    networks.value(row).clone_into(&mut network);
                }
                let (from_us, until_us) = (from_us.value(row), until_us.value(row));
                let port = |of: &Int64Array, absent| if of.is_null(row) { absent } else { to_port(of.value(row)) };
                intervals.push(Interval {
                    from_us,
                    until_us,
                    id: number(index.holdings.len(), holdings)?,
                    port_from: port(port_from, 0),
                    port_to: port(port_to, u16::MAX),
                });
                let (holding_id, line_id) = (holding_id.value(row), line_id.value(row));
                index.holdings.push(Holding { holding_id, line_id, from_us, until_us });
            }
        }
        index.intervals.add(network, &mut intervals);
        Ok(index)
    }

    /// Calls `found` with each holding that can cover the log-in, in order of start.
    pub(super) fn covering(&self, network: &str, login: &Login, mut found: impl FnMut(&Holding)) {
        let Some(of) = self.intervals.find(network) else { return };
        let window = (login.at_us.saturating_sub(login.error_us), login.at_us.saturating_add(login.error_us));
        self.intervals.covering(of, window, login.port.map(to_port), |interval| {
            if let Some(holding) = self.holdings.get(interval.id as usize) {
                found(holding);
            }
        });
    }
}

/// Every format refuses ports above 65,535.
pub(super) fn to_port(value: i64) -> u16 {
    u16::try_from(value.max(0)).unwrap_or(u16::MAX)
}

fn number(position: usize, stage: &str) -> Result<u32, EngineError> {
    let many = || EngineError::query(stage, tutela_engine::not_implemented("more than 2^32 holdings".to_owned()));
    u32::try_from(position).map_err(|_| many())
}

/// Joins the stages `logins` and `holdings` and writes one row for each log-in and holding that can cover it.
pub(super) fn run(engine: &Engine, logins: &str, holdings: &str, path: &Path) -> Result<StageFile, EngineError> {
    let index = Index::read(engine, holdings)?;
    let mut writer = StageWriter::create(path, &schema())?;
    let mut out = Output::default();
    each_login(engine, logins, |network, login| {
        index.covering(network, login, |holding| out.push(login, holding));
        if out.rows >= BATCH_ROWS { out.flush(&mut writer) } else { Ok(()) }
    })?;
    out.flush(&mut writer)?;
    writer.finish()
}

/// Calls `found` with each row of the stage `logins` and its network, in order of log-in and network, as the stage is.
pub(super) fn each_login(
    engine: &Engine,
    logins: &str,
    mut found: impl FnMut(&str, &Login) -> Result<(), EngineError>,
) -> Result<(), EngineError> {
    for batch in engine.stage_rows(logins, &LOGIN)? {
        let batch = batch?;
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

const LOGIN: [&str; 6] = ["login_id", "account_id", "at_us", "error_us", "port", "network"];
const HOLDING: [&str; 7] = ["holding_id", "line_id", "from_us", "until_us", "port_from", "port_to", "network"];

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

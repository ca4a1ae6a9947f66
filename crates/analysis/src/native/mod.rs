//! Stages computed by Rust where SQL is too slow. The SQL text of the stage stays the definition; tests hold the
//! code to it.

mod components;
mod interval_index;
mod interval_join;
mod lone_line;
mod merge_holdings;
#[cfg(test)]
mod oracle_tests;
mod pair_count;

pub use pair_count::{PairCount, count_pairs};

use std::path::Path;

use arrow::array::{Int64Array, RecordBatch, StringArray};
use tutela_engine::{Engine, EngineError, StageFile, bad_column};

/// Runs `NAME(left, right)` and writes its rows.
pub(crate) fn run(call: &str, engine: &Engine, path: &Path) -> Result<StageFile, EngineError> {
    let (name, tables) = call.trim_end_matches(')').split_once('(').unwrap_or((call, ""));
    let tables: Vec<&str> = tables.split(',').map(str::trim).collect();
    match (name, tables.as_slice()) {
        ("components", [ties]) => components::run(engine, ties, path),
        ("interval_join", [logins, holdings]) => interval_join::run(engine, logins, holdings, path),
        ("lone_line", [logins, holdings]) => lone_line::run(engine, logins, holdings, path),
        ("merge_holdings", [pieces]) => merge_holdings::run(engine, pieces, path),
        _ => Err(EngineError::query(
            call,
            tutela_engine::not_implemented(format!("no native function is called {call}")),
        )),
    }
}

/// Refuses a stage whose networks do not come one after the other in order: a function that takes them as they come
/// would take one that comes twice for two.
fn check_order(stage: &str, before: &str, network: &str) -> Result<(), EngineError> {
    if before < network { Ok(()) } else { Err(EngineError::query(stage, tutela_engine::out_of_order("network"))) }
}

/// The first columns of a batch, as whole numbers.
fn integers<const N: usize>(batch: &RecordBatch) -> Result<[&Int64Array; N], EngineError> {
    let columns: Vec<&Int64Array> = (0..N)
        .map(|i| batch.column(i).as_any().downcast_ref::<Int64Array>().ok_or_else(|| bad_column(batch, i)))
        .collect::<Result<_, _>>()?;
    columns.try_into().map_err(|_| bad_column(batch, 0))
}

/// A column of a batch, as text.
fn text(batch: &RecordBatch, column: usize) -> Result<&StringArray, EngineError> {
    batch.column(column).as_any().downcast_ref::<StringArray>().ok_or_else(|| bad_column(batch, column))
}

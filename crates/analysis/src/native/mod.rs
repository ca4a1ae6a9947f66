//! Stages computed by Rust where SQL is too slow. The SQL text of the stage stays the definition; tests hold the
//! code to it.

mod interval_join;

use std::path::Path;

use tutela_engine::{Engine, EngineError, StageFile};

/// Runs `NAME(left, right)` and writes its rows.
pub(crate) async fn run(call: &str, engine: &Engine, path: &Path) -> Result<StageFile, EngineError> {
    let (name, tables) = call.trim_end_matches(')').split_once('(').unwrap_or((call, ""));
    let tables: Vec<&str> = tables.split(',').map(str::trim).collect();
    match (name, tables.as_slice()) {
        ("interval_join", [logins, holdings]) => interval_join::run(engine, logins, holdings, path).await,
        _ => Err(EngineError::query(
            call,
            tutela_engine::not_implemented(format!("no native function is called {call}")),
        )),
    }
}

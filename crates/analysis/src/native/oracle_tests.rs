//! The interval join held to its definition: the SQL of the stage, and a loop over all pairs.

#![allow(clippy::unwrap_used, clippy::panic, reason = "test code")]

use std::path::Path;
use std::sync::Arc;

use arrow::array::{ArrayRef, Int64Array, RecordBatch, StringArray, TimestampMicrosecondArray};
use arrow::datatypes::{DataType, Field, Schema, TimeUnit};
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use tutela_engine::{Engine, EngineConfig, Params, StageWriter, read_batches};

use super::{PairCount, count_pairs};

/// Far from now, but so that an error can still be added in SQL.
const FAR: i64 = 1 << 61;
const NETWORKS: [&str; 5] =
    ["203.0.113.7/32", "203.0.113.0/24", "2001:db8:1::/48", "2001:db8:1:200::/56", "2001:db8::9/128"];

#[derive(Debug, Clone)]
struct Login {
    network: usize,
    at_us: i64,
    error_us: i64,
    port: Option<i64>,
}

#[derive(Debug, Clone)]
struct Holding {
    network: usize,
    from_us: i64,
    until_us: i64,
    ports: Option<(i64, i64)>,
}

fn moment() -> impl Strategy<Value = i64> {
    prop_oneof![12 => -10..200_i64, 1 => Just(-FAR), 1 => Just(FAR)]
}

fn login() -> impl Strategy<Value = Login> {
    let error = prop_oneof![3 => Just(2_i64), 2 => 0..80_i64, 1 => Just(FAR)];
    let port = prop::option::of(prop_oneof![1..80_i64, Just(65_535)]);
    (0..6_usize, moment(), error, port).prop_map(|(network, at_us, error_us, port)| Login {
        network,
        at_us,
        error_us,
        port,
    })
}

fn holding() -> impl Strategy<Value = Holding> {
    // No end, no length, an end before the begin, and ends on the begins of others.
    let until = prop_oneof![6 => (-3..60_i64).prop_map(Some), 1 => Just(None)];
    let ports = prop::option::of(prop_oneof![(0..60_i64, 0..30_i64).prop_map(|(a, n)| (a, a + n)), Just((0, 65_535))]);
    (0..5_usize, moment(), until, ports).prop_map(|(network, from_us, length, ports)| {
        let until_us = length.map_or(i64::MAX, |length| from_us + length);
        Holding { network, from_us, until_us, ports }
    })
}

fn world() -> impl Strategy<Value = (Vec<Login>, Vec<Holding>)> {
    (prop::collection::vec(login(), 0..60), prop::collection::vec(holding(), 0..120))
}

#[test]
fn the_join_says_what_its_sql_says() {
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let sql = candidate_sql();
    let mut runner = TestRunner::new(Config { cases: 60, ..Config::default() });
    runner
        .run(&world(), |(logins, mut holdings)| {
            // As the stage has them.
            holdings.sort_by_key(|h| (NETWORKS.get(h.network).copied(), h.from_us, h.until_us));
            let dir = tempfile::tempdir().unwrap();
            let config = EngineConfig { memory_bytes: 64 << 20, partitions: 2, spill_dir: dir.path().join("spill") };
            let engine = Engine::open(&config).unwrap();
            write(&engine, dir.path(), "login_network", login_rows(&logins));
            write(&engine, dir.path(), "holding", holding_rows(&holdings));
            let path = dir.path().join("candidate.parquet");
            let found = super::run("interval_join(login_network, holding)", &engine, &path).unwrap();
            let wanted = runtime.block_on(engine.collect("candidate", &sql, &Params::new())).unwrap();
            let columns = ["login_id", "account_id", "holding_id", "line_id", "certain"];
            let native: Vec<RecordBatch> = read_batches(&path, &columns).unwrap().map(Result::unwrap).collect();
            prop_assert_eq!(text(&native), text(&wanted));
            prop_assert_eq!(found.rows, pairs(&logins, &holdings, None).pairs);
            Ok(())
        })
        .unwrap();
}

#[test]
fn counted_pairs_are_those_of_a_loop() {
    let mut runner = TestRunner::new(Config { cases: 60, ..Config::default() });
    let error = prop_oneof![Just(0_i64), Just(2), 0..90_i64, Just(i64::MAX)];
    runner
        .run(&(world(), error, 1..4_usize), |((logins, holdings), error_us, threads)| {
            let dir = tempfile::tempdir().unwrap();
            let (sessions, assignments) = (dir.path().join("s.parquet"), dir.path().join("a.parquet"));
            save(&sessions, &session_rows(&logins));
            save(&assignments, &assignment_rows(&holdings));
            let counted = count_pairs(&sessions, &assignments, error_us, threads).unwrap();
            prop_assert_eq!(counted, pairs(&logins, &holdings, Some(error_us)));
            Ok(())
        })
        .unwrap();
}

/// Every login beside every holding.
fn pairs(logins: &[Login], holdings: &[Holding], error_us: Option<i64>) -> PairCount {
    let (sessions, assignments) = (logins.len() as u64, holdings.len() as u64);
    let mut count = PairCount { sessions, assignments, ..PairCount::default() };
    for (number, login) in (1_u64..).zip(logins) {
        let error = i128::from(error_us.unwrap_or(login.error_us));
        let at = i128::from(login.at_us);
        for (id, holding) in (1_u64..).zip(holdings) {
            let (from, until) = (i128::from(holding.from_us), i128::from(holding.until_us));
            let in_block = match (login.port, holding.ports) {
                (Some(port), Some((first, last))) => first <= port && port <= last,
                _ => true,
            };
            // A clock that is wrong without bounds still shows a moment that can be written down.
            let latest = (at + error).min(i128::from(i64::MAX));
            let earliest = (at - error).max(i128::from(i64::MIN));
            if login.network == holding.network && from <= latest && until > earliest && in_block {
                count.pairs += 1;
                count.checksum += number ^ id;
            }
        }
    }
    count
}

fn candidate_sql() -> String {
    let text = crate::step("resolve_sessions").unwrap().sql().unwrap();
    let step = crate::SqlStep::parse("any", text);
    step.stages().iter().find(|s| s.name == "candidate").unwrap().sql.to_owned()
}

type Columns = Vec<(&'static str, ArrayRef)>;

fn integers(values: impl Iterator<Item = Option<i64>>) -> ArrayRef {
    Arc::new(values.collect::<Int64Array>())
}

fn instants(values: impl Iterator<Item = Option<i64>>) -> ArrayRef {
    Arc::new(values.collect::<TimestampMicrosecondArray>().with_timezone("UTC"))
}

fn networks(values: impl Iterator<Item = usize>) -> ArrayRef {
    // A network that nobody holds is in no list.
    Arc::new(values.map(|n| NETWORKS.get(n).copied().unwrap_or("198.51.100.1/32")).map(Some).collect::<StringArray>())
}

fn numbers(count: usize, times: i64) -> ArrayRef {
    integers((1..=count as i64).map(|i| Some(i * times)))
}

fn login_rows(logins: &[Login]) -> Columns {
    vec![
        ("login_id", numbers(logins.len(), 1)),
        ("account_id", numbers(logins.len(), 3)),
        ("at_us", integers(logins.iter().map(|l| Some(l.at_us)))),
        ("error_us", integers(logins.iter().map(|l| Some(l.error_us)))),
        ("port", integers(logins.iter().map(|l| l.port))),
        ("network", networks(logins.iter().map(|l| l.network))),
    ]
}

fn holding_rows(holdings: &[Holding]) -> Columns {
    vec![
        ("holding_id", numbers(holdings.len(), 1)),
        ("line_id", numbers(holdings.len(), 7)),
        ("network", networks(holdings.iter().map(|h| h.network))),
        ("port_from", integers(holdings.iter().map(|h| h.ports.map(|p| p.0)))),
        ("port_to", integers(holdings.iter().map(|h| h.ports.map(|p| p.1)))),
        ("from_us", integers(holdings.iter().map(|h| Some(h.from_us)))),
        ("until_us", integers(holdings.iter().map(|h| Some(h.until_us)))),
    ]
}

fn session_rows(logins: &[Login]) -> Columns {
    vec![
        ("row", numbers(logins.len(), 1)),
        ("ip", networks(logins.iter().map(|l| l.network))),
        ("at_utc", instants(logins.iter().map(|l| Some(l.at_us)))),
        ("port", integers(logins.iter().map(|l| l.port))),
    ]
}

fn assignment_rows(holdings: &[Holding]) -> Columns {
    let until = holdings.iter().map(|h| (h.until_us != i64::MAX).then_some(h.until_us));
    vec![
        ("row", numbers(holdings.len(), 1)),
        ("ip", networks(holdings.iter().map(|h| h.network))),
        ("from_utc", instants(holdings.iter().map(|h| Some(h.from_us)))),
        ("until_utc", instants(until)),
        ("port_from", integers(holdings.iter().map(|h| h.ports.map(|p| p.0)))),
        ("port_to", integers(holdings.iter().map(|h| h.ports.map(|p| p.1)))),
    ]
}

fn save(path: &Path, columns: &Columns) {
    let kind = |name: &str| match name {
        "network" | "ip" => DataType::Utf8,
        name if name.ends_with("_utc") => DataType::Timestamp(TimeUnit::Microsecond, Some("UTC".into())),
        _ => DataType::Int64,
    };
    let fields: Vec<Field> = columns.iter().map(|(name, _)| Field::new(*name, kind(name), true)).collect();
    let arrays = columns.iter().map(|(_, array)| Arc::clone(array)).collect();
    let batch = RecordBatch::try_new(Arc::new(Schema::new(fields)), arrays).unwrap();
    let mut writer = StageWriter::create(path, &batch.schema()).unwrap();
    writer.write(&batch).unwrap();
    writer.finish().unwrap();
}

fn write(engine: &Engine, dir: &Path, name: &str, columns: Columns) {
    let path = dir.join(format!("{name}.parquet"));
    save(&path, &columns);
    engine.register_stage(name, &path).unwrap();
}

fn text(batches: &[RecordBatch]) -> Vec<String> {
    let cell = |column: &ArrayRef, row| format!("{:?}", column.slice(row, 1));
    let row = |b: &RecordBatch, row| b.columns().iter().map(|c| cell(c, row)).collect::<String>();
    batches.iter().flat_map(|b| (0..b.num_rows()).map(|r| row(b, r)).collect::<Vec<_>>()).collect()
}

/// A stage that is not in the order its reader relies on is refused, not misread.
#[test]
fn a_stage_out_of_order_is_refused() {
    let dir = tempfile::tempdir().unwrap();
    let config = EngineConfig { memory_bytes: 64 << 20, partitions: 1, spill_dir: dir.path().join("spill") };
    let engine = Engine::open(&config).unwrap();
    let on = |network| Holding { network, from_us: 0, until_us: 9, ports: None };
    write(&engine, dir.path(), "login_network", login_rows(&[]));
    for (name, holdings, refused) in [("sorted", [on(1), on(0)], false), ("unsorted", [on(0), on(1)], true)] {
        write(&engine, dir.path(), name, holding_rows(&holdings));
        let call = format!("interval_join(login_network, {name})");
        assert_eq!(super::run(&call, &engine, &dir.path().join("out.parquet")).is_err(), refused, "{name}");
    }
}

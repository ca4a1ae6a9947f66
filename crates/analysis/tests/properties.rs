//! Findings do not depend on the order of rows or files, nor on partitions; native code says what its SQL says.

#![allow(clippy::unwrap_used, clippy::panic, reason = "test code")]

mod support;

use std::collections::BTreeMap;

use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use support::{World, run};
use tutela_analysis::STEPS;

/// Stages that say where a finding comes from; they name files and rows, which differ where those differ.
const PROVENANCE: [&str; 5] = ["login_row", "named_row", "session_record", "holding_record", "citation"];

fn digests(world: &World, files: usize, partitions: usize, keep: impl Fn(&str) -> bool) -> BTreeMap<String, String> {
    let (_dir, steps) = run(world, files, partitions);
    let stages = steps.into_iter().flat_map(|(_, stages)| stages);
    stages.filter(|s| keep(&s.name)).map(|s| (s.name, s.digest)).collect()
}

/// A small world with shared addresses, overlaps, gaps, missing ports and duplicates.
fn world() -> impl Strategy<Value = World> {
    let session = (0..6u8, 0..4000i64, 0..12u8, prop::option::of(1024..6000u16), prop::option::of(0..5u8));
    let assignment = (0..12u8, 0..4u16, any::<bool>(), 0..4000i64, 1..900i64, 0..8u8);
    (prop::collection::vec(session, 1..80), prop::collection::vec(assignment, 1..80)).prop_map(
        |(sessions, assignments)| {
            let mut world = World::default();
            for (account, minute, ip, port, device) in sessions {
                let device = device.map(|d| format!("d{d}"));
                world.session(&format!("a{account}"), minute, &format!("203.0.113.{ip}"), port, device.as_deref());
            }
            for (ip, block, ports, from, length, line) in assignments {
                let ports = ports.then_some((1024 + block * 1000, 2023 + block * 1000));
                world.assignment(&format!("203.0.113.{ip}"), ports, from, from + length, &format!("l{line}"));
            }
            for account in 0..6 {
                world.account(&format!("a{account}"), (account > 2).then(|| format!("p{account}")).as_deref());
            }
            for line in 0..8 {
                world.line(&format!("l{line}"), &format!("p{line}"), if line == 7 { "hosting" } else { "fixed" });
                world.person(&format!("p{line}"), &format!("h{}", line / 2));
            }
            world
        },
    )
}

#[test]
fn order_and_partitions_change_nothing() {
    let mut runner = TestRunner::new(Config { cases: 12, ..Config::default() });
    let strategy = (world(), any::<u64>(), 1..4usize, 1..5usize);
    runner
        .run(&strategy, |(world, seed, files, partitions)| {
            let findings = |name: &str| !PROVENANCE.contains(&name);
            let expected = digests(&world, 1, 1, findings);
            prop_assert_eq!(&expected, &digests(&shuffled(&world, seed), files, partitions, findings));
            // Where the sources are the same bytes, the citations are the same too.
            prop_assert_eq!(digests(&world, files, 1, |_| true), digests(&world, files, partitions, |_| true));
            Ok(())
        })
        .unwrap();
}

#[test]
fn native_stages_say_what_their_sql_says() {
    let mut runner = TestRunner::new(Config { cases: 24, ..Config::default() });
    runner
        .run(&world(), |world| {
            let (dir, _) = run(&world, 1, 2);
            let run_dir = dir.path().join("run");
            let joined = ["login_id", "account_id", "holding_id", "line_id", "certain"];
            let held =
                ["holding_id", "line_id", "network", "prefix_length", "port_from", "port_to", "from_us", "until_us"];
            for (step, stage, left, columns) in [
                ("resolve_sessions", "holding", "piece", &held[..]),
                ("resolve_sessions", "candidate", "login_network", &joined[..]),
                ("place_people", "named_alone", "named_network", &["login_id", "line_id", "holding_id"]),
            ] {
                let expected = sql_rows(&run_dir, step, stage, left);
                prop_assert_eq!(stage_rows(&run_dir, step, stage, columns), expected);
            }
            Ok(())
        })
        .unwrap();
}

/// The rows of a native stage, by running the SQL that stands for it.
fn sql_rows(run_dir: &std::path::Path, step: &str, stage: &str, left: &str) -> Vec<String> {
    let text = tutela_analysis::step(step).unwrap().sql().unwrap();
    let parsed = tutela_analysis::SqlStep::parse("any", text);
    let sql = parsed.stages().iter().find(|s| s.name == stage).unwrap().sql;
    let config =
        tutela_engine::EngineConfig { memory_bytes: 64 << 20, partitions: 2, spill_dir: run_dir.join("spill-oracle") };
    let engine = tutela_engine::Engine::open(&config).unwrap();
    engine.register_stage(left, &tutela_analysis::stage_path(run_dir, step, left)).unwrap();
    engine.register_stage("holding", &tutela_analysis::stage_path(run_dir, "resolve_sessions", "holding")).unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    rows(&runtime.block_on(engine.collect(stage, sql, &tutela_engine::Params::new())).unwrap())
}

fn stage_rows(run_dir: &std::path::Path, step: &str, stage: &str, columns: &[&str]) -> Vec<String> {
    let batches = tutela_engine::read_batches(&tutela_analysis::stage_path(run_dir, step, stage), columns).unwrap();
    rows(&batches.map(Result::unwrap).collect::<Vec<_>>())
}

fn rows(batches: &[arrow::array::RecordBatch]) -> Vec<String> {
    let mut out = Vec::new();
    for batch in batches {
        for row in 0..batch.num_rows() {
            let cells: Vec<String> = batch.columns().iter().map(|c| format!("{:?}", c.slice(row, 1))).collect();
            out.push(cells.join("|"));
        }
    }
    out.sort();
    out
}

fn shuffled(world: &World, seed: u64) -> World {
    let mut out = world.clone();
    let mut state = seed | 1;
    for rows in out.tables.values_mut() {
        for i in (1..rows.len()).rev() {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            rows.swap(i, usize::try_from(state >> 33).unwrap() % (i + 1));
        }
    }
    out
}

#[test]
fn every_step_is_well_formed() {
    let mut stages = std::collections::BTreeSet::new();
    let mut params = std::collections::BTreeSet::new();
    let mut earlier: Vec<&str> = Vec::new();
    for step in STEPS {
        let meta = step.meta();
        assert!(meta.version > 0 && !meta.looks_for.is_empty() && !meta.does_not_show.is_empty(), "{}", meta.id);
        for needs in step.after() {
            assert!(earlier.contains(needs), "{} runs after {needs}", meta.id);
        }
        for param in step.params() {
            assert!(params.insert(param.name), "{} is declared twice", param.name);
            assert!(
                param.min <= param.default && param.default <= param.max && !param.meaning.is_empty(),
                "{}",
                param.name
            );
        }
        earlier.push(meta.id);
        if let Some(text) = step.sql() {
            let parsed = tutela_analysis::SqlStep::parse(meta.id, text);
            assert_eq!(parsed.faults(), &[] as &[String], "{}", meta.id);
            for stage in parsed.stages() {
                assert!(stages.insert(stage.name), "stage {} is there twice", stage.name);
                assert!(tutela_model::TableId::from_name(stage.name).is_none(), "{} is a record table", stage.name);
                assert!(!stage.sql.contains("SELECT *") && !stage.sql.contains("RECURSIVE"), "{}", stage.name);
            }
        }
    }
}

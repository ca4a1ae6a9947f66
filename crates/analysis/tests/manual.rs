//! The manual's "Add a step" is true: the step it shows parses, obeys the rules and runs.

#![allow(clippy::unwrap_used, clippy::panic, reason = "test code")]

mod support;

use std::collections::BTreeMap;
use std::path::Path;

use support::{World, run};
use tutela_analysis::{ParamValues, SqlStep, StageDone, Step, StepContext};
use tutela_engine::{Engine, EngineConfig};

#[test]
fn the_step_that_the_manual_shows_runs() {
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/src/extend/add-a-step.md");
    let page = std::fs::read_to_string(page).unwrap();
    let blocks: Vec<&str> = page.split("```sql\n").skip(1).map(|b| b.split("```").next().unwrap()).collect();
    let text: &'static str = Box::leak(blocks.join("\n").into_boxed_str());
    let step = SqlStep::parse("find_idle_accounts", text);
    assert_eq!(step.faults(), &[] as &[String]);

    let mut world = World::default();
    world.session("asleep", 0, "203.0.113.1", None, None).session("awake", 100 * 24 * 60, "203.0.113.2", None, None);
    let (dir, _) = run(&world, 1, 2);
    let spill_dir = dir.path().join("spill-manual");
    let engine = Engine::open(&EngineConfig { memory_bytes: 64 << 20, partitions: 1, spill_dir }).unwrap();
    let context = StepContext {
        engine: &engine,
        records: &BTreeMap::new(),
        run_dir: &dir.path().join("run"),
        out_dir: &dir.path().join("out"),
        params: &ParamValues::of(&[&step], &[]).unwrap(),
        progress: &|_: &StageDone| {},
    };
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let done = runtime.block_on(step.run(&context)).unwrap();
    assert_eq!(done.iter().map(|s| (s.name.as_str(), s.rows)).collect::<Vec<_>>(), [("idle_account", 1)]);
}

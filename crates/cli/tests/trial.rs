//! Trials of small worlds: the figures add up, nobody is blamed, and nothing but the report stays.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "test code")]

mod support;

use support::{ok, tutela};

const WORLD: &str =
    "households: 60\ndays: 150\nreported_accounts: 20\nreported_connections: 3000\ninnocent_connections: 15000\n";

#[test]
fn a_trial_adds_up_and_leaves_its_report() {
    let dir = tempfile::tempdir().unwrap();
    let path = |name: &str| dir.path().join(name).to_string_lossy().into_owned();
    std::fs::write(path("small.yaml"), WORLD).unwrap();
    let said = ok(&["world", "trial", "--seeds", "5..7", "--config", &path("small.yaml"), "--out", &path("out")]);
    assert!(said.starts_with("3 worlds"), "{said}");

    let text = std::fs::read_to_string(path("out/trial.json")).unwrap();
    let trial: serde_json::Value = serde_json::from_str(&text).unwrap();
    let count = |v: &serde_json::Value, name: &str| v[name].as_u64().unwrap();
    assert_eq!(count(&trial, "worlds"), 3);
    assert_eq!(count(&trial, "supported_wrong"), 0);
    assert!(count(&trial, "supported_right") > 0 && count(&trial, "innocents_at_risk") > 0);
    assert_eq!(count(&trial, "decidable") + count(&trial, "undecidable"), 60, "every account is one or the other");
    let small = &trial["by_configuration"]["small"];
    for name in ["worlds", "innocents_at_risk", "supported_right", "decidable", "found"] {
        assert_eq!(count(&trial, name), count(small, name), "{name}");
    }
    for name in ["cllr_gate1", "cllr_gate2"] {
        assert!((0.0..1.0).contains(&trial[name].as_f64().unwrap()), "{name}: {}", trial[name]);
    }
    let lost: u64 = trial["lost"].as_object().unwrap().values().map(|n| n.as_u64().unwrap()).sum();
    assert_eq!(count(&trial, "found") + lost, count(&trial, "decidable"), "each one not found has a reason");

    let report = std::fs::read_to_string(path("out/trial.md")).unwrap();
    assert!(report.contains("Cllr-min") && report.contains("### small"));
    for plot in ["tippett_gate1", "ece_gate1", "tippett_gate2", "ece_gate2"] {
        assert!(std::fs::read_to_string(path(&format!("out/{plot}.svg"))).unwrap().ends_with("</svg>\n"));
    }
    assert!(!dir.path().join("out/worlds").exists(), "worlds and cases are removed once scored");
}

#[test]
fn seeds_that_make_no_sense_are_refused_before_anything_is_made() {
    let dir = tempfile::tempdir().unwrap();
    let out = dir.path().join("out").to_string_lossy().into_owned();
    for (seeds, config) in [("7..5", "ordinary"), ("a..b", "ordinary"), ("1..2", "no_such_configuration")] {
        let output = tutela(&["world", "trial", "--seeds", seeds, "--config", config, "--out", &out]);
        assert_eq!(output.status.code(), Some(2), "{seeds} {config}");
    }
    assert!(!dir.path().join("out").exists());
}

/// The trial that the manual shows.
fn shipped() -> serde_json::Value {
    serde_json::from_str(include_str!("../../../docs/src/calibration/trial.json")).unwrap()
}

#[test]
fn no_ratio_is_stated_that_the_shipped_trial_does_not_bear_out() {
    let params: Vec<_> = tutela_analysis::STEPS.iter().flat_map(|s| s.params()).collect();
    let default = |name: &str| params.iter().find(|p| p.name == name).unwrap().default;
    let trial = shipped();
    for gate in ["gate1", "gate2"] {
        let bound = trial[gate]["log10_lr_bound"].as_f64().unwrap();
        assert!(default("lr_log10_cap") <= bound, "{gate}: the trial bears out {bound}");
        assert!(trial[gate]["log10_lr_greatest"].as_f64().unwrap() <= default("lr_log10_cap"), "{gate}");
    }
}

#[test]
fn the_shipped_trial_is_large_enough_and_the_manual_says_what_came_of_it() {
    let trial = shipped();
    let count = |name: &str| trial[name].as_u64().unwrap();
    assert!(count("worlds") >= 60 && count("innocents_at_risk") >= 3000);
    assert_eq!((count("supported_wrong"), count("lines_wrong_records_right")), (0, 0));
    let configurations = trial["by_configuration"].as_object().unwrap();
    for (name, _) in tutela_world::CONFIGS {
        assert!(configurations.contains_key(*name), "{name} was tried");
    }
    let page = include_str!("../../../docs/src/calibration.md");
    for (name, figures) in configurations {
        let of = |name: &str| figures[name].as_u64().unwrap();
        let row = format!(
            "| `{name}` | {} | {} | {} | {} |",
            of("worlds"),
            of("innocents_at_risk"),
            of("decidable"),
            of("found")
        );
        assert!(page.contains(&row), "the manual lacks {row}");
    }
}

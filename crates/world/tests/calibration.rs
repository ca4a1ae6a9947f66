//! The calibration metrics against an independent implementation, and what must hold of them always.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "test code")]

use proptest::prelude::*;
use tutela_world::calibration::{Trials, upper_bound};

fn close(a: f64, b: f64) -> bool {
    (a - b).abs() < 1e-9
}

#[test]
fn metrics_equal_the_reference() {
    let reference: serde_json::Value = serde_json::from_str(include_str!("reference/lir.json")).unwrap();
    let numbers = |v: &serde_json::Value| v.as_array().unwrap().iter().map(|n| n.as_f64().unwrap()).collect();
    for case in reference["cases"].as_array().unwrap() {
        let trials = Trials { same: numbers(&case["same"]), different: numbers(&case["different"]) };
        let expect = |name: &str| case[name].as_f64().unwrap();
        assert!(close(trials.cllr().unwrap(), expect("cllr")), "{}: cllr", case["name"]);
        assert!(close(trials.cllr_min().unwrap(), expect("cllr_min")), "{}: {:?}", case["name"], trials.cllr_min());
        for pair in case["ece"].as_array().unwrap() {
            let found = trials.ece(pair[0].as_f64().unwrap()).unwrap();
            assert!(close(found, pair[1].as_f64().unwrap()), "{}: ece at {}: {found}", case["name"], pair[0]);
        }
    }
}

#[test]
fn bounds_of_rates_are_those_of_the_tables() {
    // No failure in n: 1 - 0.05^(1/n). One in ten: 0.3942 (Clopper and Pearson, one-sided 95 %).
    assert!(close(upper_bound(0, 3000).unwrap(), 1.0 - 0.05f64.powf(1.0 / 3000.0)));
    assert!((upper_bound(1, 10).unwrap() - 0.3942).abs() < 1e-4);
    assert!((upper_bound(5, 100).unwrap() - 0.1023).abs() < 1e-4);
    assert_eq!(upper_bound(0, 0), None);
    assert_eq!(upper_bound(4, 4), Some(1.0));
}

#[test]
fn without_ratios_of_both_kinds_there_is_no_cost() {
    assert_eq!(Trials { same: vec![1.0], different: vec![] }.cllr(), None);
    assert_eq!(Trials::default().cllr_min(), None);
}

fn ratios() -> impl Strategy<Value = Vec<f64>> {
    prop::collection::vec((-40..40_i32).prop_map(|n| f64::from(n) / 8.0), 1..40)
}

proptest! {
    #[test]
    fn recalibration_never_costs_more(same in ratios(), different in ratios()) {
        let trials = Trials { same, different };
        let (cllr, least) = (trials.cllr().unwrap(), trials.cllr_min().unwrap());
        prop_assert!(least <= cllr + 1e-9 && (0.0..=1.0 + 1e-9).contains(&least), "{least} > {cllr}");
    }

    #[test]
    fn any_monotone_change_leaves_discrimination_as_it_is(same in ratios(), different in ratios()) {
        let bent = |of: &[f64]| of.iter().map(|l| l * 3.0 - 1.0).collect();
        let trials = Trials { same, different };
        let other = Trials { same: bent(&trials.same), different: bent(&trials.different) };
        prop_assert!(close(trials.cllr_min().unwrap(), other.cllr_min().unwrap()));
    }

    #[test]
    fn tippett_curves_fall(same in ratios(), different in ratios()) {
        let (a, b) = Trials { same, different }.tippett(&[-6.0, -2.0, 0.0, 2.0, 6.0]);
        prop_assert!(a.is_sorted_by(|x, y| x >= y) && b.is_sorted_by(|x, y| x >= y));
        prop_assert!(close(a[0], 1.0) && close(b[4], 0.0));
    }
}

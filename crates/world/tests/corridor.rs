//! Corridors: the same bytes for the same seed, in realistic proportion.

#![allow(clippy::unwrap_used, reason = "a test may stop")]

use std::path::Path;

use tutela_world::{PaymentConfig, make_payments};

fn digest(folder: &Path) -> Vec<(String, u64, u64)> {
    let mut found = Vec::new();
    for inner in ["payments", "payments-later", "registers", "contacts", "seeds", "truth"] {
        for entry in std::fs::read_dir(folder.join(inner)).unwrap() {
            let path = entry.unwrap().path();
            let bytes = std::fs::read(&path).unwrap();
            let sum = bytes.iter().fold(0_u64, |sum, byte| sum.wrapping_mul(31).wrapping_add(u64::from(*byte)));
            found.push((path.file_name().unwrap().to_string_lossy().into_owned(), bytes.len() as u64, sum));
        }
    }
    found.sort();
    found
}

#[test]
fn equal_seeds_give_equal_bytes() {
    let small = PaymentConfig {
        innocents: 3_000,
        buyers: 3,
        recipients: 6,
        seeds: 3,
        relays: 2,
        months: 4,
        ..PaymentConfig::default()
    };
    let config = PaymentConfig { relay_chain: 2, split_month: 2, ..small };
    let (one, two) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let made = make_payments(7, &config, one.path()).unwrap();
    make_payments(7, &config, two.path()).unwrap();
    assert_eq!(digest(one.path()), digest(two.path()));
    assert!(made.payments > 9_000, "{made:?}");
    let other = tempfile::tempdir().unwrap();
    make_payments(8, &config, other.path()).unwrap();
    assert_ne!(digest(one.path()), digest(other.path()));
}

#[test]
fn an_offender_stands_among_a_thousand_innocents() {
    let config = PaymentConfig { innocents: 3_000, buyers: 4, ..PaymentConfig::default() };
    let error = make_payments(1, &config, tempfile::tempdir().unwrap().path()).unwrap_err().to_string();
    assert!(error.contains("at least 1,000 innocent senders"), "{error}");
    if let Some(folder) = std::env::var_os("TUTELA_WORLD") {
        make_payments(1, &PaymentConfig::default(), Path::new(&folder)).unwrap();
    }
}

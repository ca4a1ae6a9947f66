//! Payments: every pattern equals a count by hand on generated graphs, and what the method says of small worlds.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    clippy::float_cmp,
    reason = "test code"
)]

mod support;

use std::collections::{BTreeMap, BTreeSet};

use arrow::array::{Array as _, Float64Array, Int64Array, StringArray};
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use support::{World, run_only};
use tutela_analysis::{PaymentLead, PaymentsDocument};
use tutela_model::TableId;

/// 2026-01-01 as a day since 1970.
const BEGIN: i64 = 20_454;

type Extra<'e> = &'e [(&'static str, &'e str)];

trait Payments {
    fn pay(&mut self, day: i64, from: &str, to: &str, amount: &str, extra: Extra<'_>) -> &mut Self;
    fn seed(&mut self, account: &str) -> &mut Self;
}

impl Payments for World {
    fn pay(&mut self, day: i64, from: &str, to: &str, amount: &str, extra: Extra<'_>) -> &mut World {
        let mut cells = vec![
            ("booked_date", (BEGIN + day).to_string()),
            ("amount", amount.to_owned()),
            ("currency", "EUR".to_owned()),
            ("debtor_account", from.to_owned()),
            ("creditor_account", to.to_owned()),
            ("provider", "p".to_owned()),
        ];
        cells.extend(extra.iter().map(|(column, value)| (*column, (*value).to_owned())));
        self.row(TableId::Payment, &cells)
    }

    fn seed(&mut self, account: &str) -> &mut World {
        let cells = [("provider", "p"), ("account_ref", account), ("evidence_ref", "exhibit 1"), ("reason", "test")];
        self.row(TableId::PaymentSeed, &cells.map(|(column, value)| (column, value.to_owned())))
    }
}

fn is_payment_step(id: &str) -> bool {
    id.ends_with("_payments")
}

fn leads(world: &World, files: usize) -> PaymentsDocument {
    let (dir, _) = run_only(world, files, 2, is_payment_step);
    tutela_analysis::payments(&dir.path().join("run")).unwrap()
}

fn lead<'d>(document: &'d PaymentsDocument, account: &str) -> &'d PaymentLead {
    document.leads.iter().find(|lead| lead.account_ref == account).unwrap_or_else(|| panic!("no lead {account}"))
}

#[derive(Clone, Debug)]
struct Graph {
    payments: Vec<(u8, u8, i64, i64)>,
    seeds: BTreeSet<u8>,
    services: BTreeSet<u8>,
}

fn graph() -> impl Strategy<Value = Graph> {
    let payment = (0..14_u8, 0..14_u8, 0..40_i64, 1..60_i64);
    (
        prop::collection::vec(payment, 1..120),
        prop::collection::btree_set(0..14_u8, 1..4),
        prop::collection::btree_set(0..14_u8, 0..2),
    )
        .prop_map(|(payments, seeds, services)| Graph { payments, seeds, services })
}

/// What the steps find, counted without them.
#[derive(Debug, Default, PartialEq)]
struct Counted {
    direct: BTreeMap<(String, String), i64>,
    relays: BTreeSet<String>,
    connected: BTreeSet<String>,
    common: BTreeMap<String, (i64, i64)>,
    log10_p: BTreeMap<String, i64>,
    significant: BTreeSet<String>,
}

fn key(account: u8) -> String {
    format!("p/a{account:02}")
}

fn choose(n: u128, k: u128) -> u128 {
    if k > n { 0 } else { (0..k).fold(1, |c, i| c * (n - i) / (i + 1)) }
}

impl Graph {
    fn world(&self) -> World {
        let mut world = World::default();
        for (from, to, day, amount) in &self.payments {
            world.pay(*day, &format!("a{from:02}"), &format!("a{to:02}"), &format!("{amount}.10"), &[]);
        }
        for seed in &self.seeds {
            world.seed(&format!("a{seed:02}"));
        }
        for service in &self.services {
            let cells = [("provider", "p"), ("account_kind", "account"), ("activity", "shop")];
            let mut cells: Vec<_> = cells.iter().map(|(column, value)| (*column, (*value).to_owned())).collect();
            cells.push(("account_ref", format!("a{service:02}")));
            world.row(TableId::PaymentAccount, &cells);
        }
        world
    }

    fn payments(&self) -> impl Iterator<Item = (u8, u8, i64, i64)> + Clone {
        self.payments.iter().copied().filter(|(from, to, ..)| from != to).map(|(f, t, d, a)| (f, t, d, a * 100 + 10))
    }

    fn is_relay(&self, account: u8) -> bool {
        let ins: Vec<_> = self.payments().filter(|p| p.1 == account).collect();
        let outs: Vec<_> = self.payments().filter(|p| p.0 == account).collect();
        let sum = |list: &[(u8, u8, i64, i64)]| list.iter().map(|p| p.3).sum::<i64>();
        let quick = outs
            .iter()
            .filter(|out| ins.iter().filter(|i| i.2 <= out.2).map(|i| i.2).max().is_some_and(|last| out.2 - last <= 3));
        let debtors: BTreeSet<u8> = ins.iter().map(|p| p.0).collect();
        debtors.len() >= 2
            && sum(&outs) * 100 >= sum(&ins) * 80
            && sum(&outs) * 80 <= sum(&ins) * 100
            && quick.count() * 100 >= outs.len() * 80
    }

    fn count(&self) -> Counted {
        let mut counted = Counted::default();
        let is_aside = |account: &u8| self.seeds.contains(account) || self.services.contains(account);
        let followed: BTreeSet<u8> = self.seeds.difference(&self.services).copied().collect();
        let mut direct = BTreeSet::new();
        for (from, to, ..) in self.payments().filter(|(from, to, ..)| followed.contains(to) && !is_aside(from)) {
            direct.insert(from);
            *counted.direct.entry((key(from), key(to))).or_default() += 1;
        }
        let relays: BTreeSet<u8> = direct.iter().copied().filter(|account| self.is_relay(*account)).collect();
        let payers: BTreeSet<u8> = direct.difference(&relays).copied().collect();
        let mut connected = payers.clone();
        connected.extend(
            self.payments()
                .filter(|(from, to, ..)| relays.contains(to) && !relays.contains(from) && !is_aside(from))
                .map(|p| p.0),
        );
        let debtors_of =
            |account: u8| self.payments().filter(|p| p.1 == account).map(|p| p.0).collect::<BTreeSet<u8>>();
        let people = self.payments().map(|p| p.0).collect::<BTreeSet<u8>>().len();
        let recipients: BTreeSet<u8> =
            self.payments().filter(|(from, to, ..)| payers.contains(from) && !is_aside(to)).map(|p| p.1).collect();
        let mut tests: Vec<(f64, u8, i64)> = Vec::new();
        for recipient in recipients {
            let debtors = debtors_of(recipient);
            let common = debtors.intersection(&payers).count();
            let ways = |k: usize| {
                choose(payers.len() as u128, k as u128)
                    * choose((people - payers.len()) as u128, (debtors.len() - k) as u128)
            };
            let tail: u128 = (common..=payers.len().min(debtors.len())).map(ways).sum();
            let log10 = (tail as f64 / choose(people as u128, debtors.len() as u128) as f64).log10();
            let thousandths = (log10 * 1000.0).round() as i64;
            counted.common.insert(key(recipient), (common as i64, debtors.len() as i64));
            counted.log10_p.insert(key(recipient), thousandths);
            tests.push((thousandths as f64 / 1000.0, recipient, common as i64));
        }
        // Benjamini and Hochberg: everything up to the last p that is at most its place's share of 5 %.
        tests.sort_by(|a, b| a.0.total_cmp(&b.0));
        let limit = |place: usize| -1.301 + (place as f64).log10() - (tests.len() as f64).log10();
        let last = (1..=tests.len()).rev().find(|place| tests[place - 1].0 <= limit(*place) + 0.0005);
        counted.significant =
            tests.iter().take(last.unwrap_or(0)).filter(|test| test.2 >= 2).map(|test| key(test.1)).collect();
        counted.relays = relays.iter().map(|account| key(*account)).collect();
        counted.connected = connected.iter().map(|account| key(*account)).collect();
        counted
    }
}

/// The rows of a stage, as texts of the columns named.
fn stage(run: &std::path::Path, step: &str, name: &str, columns: &[&str]) -> Vec<Vec<String>> {
    let path = tutela_analysis::stage_path(run, step, name);
    let mut rows = Vec::new();
    for batch in tutela_engine::read_batches(&path, columns).unwrap() {
        let batch = batch.unwrap();
        for row in 0..batch.num_rows() {
            let cell = |index: usize| {
                let column = batch.column(index);
                let any = column.as_any();
                if let Some(texts) = any.downcast_ref::<StringArray>() {
                    texts.value(row).to_owned()
                } else if let Some(numbers) = any.downcast_ref::<Int64Array>() {
                    numbers.value(row).to_string()
                } else {
                    ((any.downcast_ref::<Float64Array>().unwrap().value(row) * 1000.0).round() as i64).to_string()
                }
            };
            rows.push((0..columns.len()).map(cell).collect());
        }
    }
    rows
}

fn found(world: &World) -> Counted {
    let (dir, _) = run_only(world, 1, 2, is_payment_step);
    let run = dir.path().join("run");
    let of = |name: &str, columns: &[&str]| stage(&run, "follow_payments", name, columns);
    let number = |text: &String| text.parse::<i64>().unwrap();
    Counted {
        direct: of("direct_payer", &["account_key", "household", "payments"])
            .iter()
            .map(|r| ((r[0].clone(), r[1].clone()), number(&r[2])))
            .collect(),
        relays: of("relay_account", &["account_key"]).into_iter().map(|r| r[0].clone()).collect(),
        connected: of("connected_payer", &["account_key"]).into_iter().map(|r| r[0].clone()).collect(),
        common: of("co_payment", &["creditor", "common", "debtors"])
            .iter()
            .map(|r| (r[0].clone(), (number(&r[1]), number(&r[2]))))
            .collect(),
        log10_p: of("co_payment", &["creditor", "log10_p"]).iter().map(|r| (r[0].clone(), number(&r[1]))).collect(),
        significant: of("common_recipient", &["account_key"]).into_iter().map(|r| r[0].clone()).collect(),
    }
}

#[test]
fn every_pattern_equals_a_count_by_hand() {
    let mut runner = TestRunner::new(Config { cases: 40, ..Config::default() });
    runner
        .run(&graph(), |graph| {
            let (counted, mut found) = (graph.count(), found(&graph.world()));
            for (creditor, expected) in &counted.log10_p {
                // The last digit may fall to either side where a value lies between two thousandths.
                let near = found.log10_p.get(creditor).is_some_and(|found| (found - expected).abs() <= 1);
                prop_assert!(near, "{creditor}: {:?}, expected {expected}", found.log10_p.get(creditor));
            }
            found.log10_p.clone_from(&counted.log10_p);
            prop_assert_eq!(found, counted);
            Ok(())
        })
        .unwrap();
}

/// Ten buyers of two recipients, of whom one is a seed twice over, among people who pay others.
fn corridor() -> World {
    let mut world = World::default();
    for person in 0..400 {
        for day in [3, 33, 63, 93] {
            world.pay(day, &format!("i{person:03}"), &format!("f{person:03}"), "150.00", &[]);
        }
    }
    for buyer in 0..10 {
        for day in 0..6 {
            for recipient in ["seed-1", "seed-2", "other-1", "other-2"] {
                world.pay(buyer + day * 9, &format!("b{buyer}"), recipient, "35.50", &[]);
            }
        }
    }
    world
}

#[test]
fn without_a_seed_there_is_nothing() {
    let document = leads(&corridor(), 1);
    assert_eq!((document.seeds, document.leads.len()), (0, 0));
}

#[test]
fn repeated_payments_to_two_seeds_and_others_in_common_are_supported() {
    let mut world = corridor();
    world.seed("seed-1").seed("seed-2");
    let document = leads(&world, 1);
    for buyer in 0..10 {
        let lead = lead(&document, &format!("b{buyer}"));
        assert_eq!((lead.role.as_str(), lead.outcome.as_str()), ("buyer", "supported"), "{lead:?}");
        let item = lead.r#for.iter().find(|item| item.kind == "paid_established_recipient").unwrap();
        assert_eq!((item.payments.len(), item.sums["EUR"].as_str()), (12, "426"));
        assert!(lead.r#for.iter().chain(&lead.against).all(|item| !item.innocent.is_empty()));
    }
    for recipient in ["seed-1", "other-1"] {
        let lead = lead(&document, recipient);
        assert_eq!((lead.role.as_str(), lead.outcome.as_str()), ("recipient", "may_be_victim"));
    }
    assert_eq!(lead(&document, "seed-1").seed_evidence[0].evidence_ref, "exhibit 1");
    assert!(document.leads.iter().all(|lead| !lead.account_ref.starts_with('i')), "nobody else is shown");
}

#[test]
fn one_household_of_seeds_counts_once() {
    let mut world = corridor();
    world.seed("seed-1").seed("seed-2");
    for seed in ["seed-1", "seed-2"] {
        let cells = [("provider", "p"), ("account_kind", "account"), ("account_ref", seed), ("payout_ref", "point-7")];
        world.row(TableId::PaymentAccount, &cells.map(|(column, value)| (column, value.to_owned())));
    }
    let document = leads(&world, 1);
    assert_eq!(lead(&document, "b0").outcome, "insufficient");
}

#[test]
fn a_pay_out_agent_is_named_and_nothing_is_followed_from_it() {
    let mut world = corridor();
    world.seed("seed-1").seed("agent");
    for person in 0..400 {
        let country = [("debtor_country", ["IT", "DE", "FR"][person % 3])];
        world.pay(5, &format!("i{person:03}"), "agent", "20.00", &country);
    }
    let document = leads(&world, 1);
    assert_eq!(lead(&document, "agent").role, "service");
    assert!(document.leads.iter().all(|lead| !lead.account_ref.starts_with('i')));
}

#[test]
fn fraud_and_reversals_speak_for_a_victim() {
    let mut world = corridor();
    world.seed("seed-1").seed("seed-2");
    for (number, amount) in ["40.00", "90.00", "200.00", "450.00", "900.00"].iter().enumerate() {
        world.pay(i64::try_from(number).unwrap() * 8, "victim-1", "seed-1", amount, &[]);
    }
    world.pay(3, "victim-2", "seed-1", "50.00", &[]).pay(4, "victim-2", "seed-1", "60.00", &[("status", "reversed")]);
    world.pay(3, "victim-3", "seed-2", "75.00", &[]).pay(9, "victim-3", "seed-2", "75.00", &[("is_reversal", "true")]);
    let document = leads(&world, 1);
    for victim in ["victim-1", "victim-2", "victim-3"] {
        let lead = lead(&document, victim);
        assert_eq!(lead.outcome, "may_be_victim_of_fraud", "{lead:?}");
        assert_eq!((lead.rank, lead.role.as_str()), (None, "unclear"));
    }
}

#[test]
fn a_documented_relation_speaks_against() {
    let mut world = corridor();
    world.seed("seed-1").seed("seed-2");
    for (account, person) in [("b0", "person-b"), ("seed-1", "person-s")] {
        let cells = [("provider", "p"), ("account_kind", "account"), ("account_ref", account), ("person_ref", person)];
        world.row(TableId::PaymentAccount, &cells.map(|(column, value)| (column, value.to_owned())));
    }
    let cells = [("person_ref", "person-s"), ("other_ref", "person-b"), ("kind", "sibling")];
    world.row(TableId::Relation, &cells.map(|(column, value)| (column, value.to_owned())));
    let document = leads(&world, 1);
    assert_eq!(lead(&document, "b0").outcome, "insufficient");
    assert_eq!(lead(&document, "b1").outcome, "supported");
}

/// Two banks' records of the same payments are one payment each; two equal payments on one day stay two.
#[test]
fn both_sides_of_a_payment_are_one() {
    let mut world = World::default();
    for side in ["debit", "credit"] {
        for day in [1, 1, 4] {
            world.pay(day, "IT51X9999999999000000012345", "DE19999999990000123456", "35.50", &[("side", side)]);
        }
        world.pay(6, "a", "b", "20.00", &[("side", side), ("end_to_end_ref", "E-1")]);
    }
    assert_eq!(leads(&world, 2).payments, 4);
    assert_eq!(leads(&world, 1).payments, 8, "one source never repeats a payment");
}

#[test]
fn partitions_change_nothing() {
    let mut world = corridor();
    world.seed("seed-1").seed("seed-2");
    let digests = |partitions| {
        let (_dir, steps) = run_only(&world, 2, partitions, is_payment_step);
        steps.into_iter().flat_map(|(_, stages)| stages).map(|s| (s.name, s.digest)).collect::<Vec<_>>()
    };
    assert_eq!(digests(1), digests(4));
}

//! Payments: every pattern equals a count by hand on generated graphs, and what the method says of small worlds.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    clippy::float_cmp,
    reason = "test code"
)]

mod payment_contacts;
mod payment_patterns;
mod support;

use arrow::array::AsArray as _;
use arrow::datatypes::{DataType, Decimal128Type};
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

/// A landlord whom all buyers pay monthly and alike ties nobody together, and is named as what it is.
#[test]
fn a_landlord_is_no_recipient_in_common() {
    let mut world = corridor();
    world.seed("seed-1").seed("seed-2");
    for buyer in 0..10 {
        for month in 0..5 {
            world.pay(month * 30 + buyer % 3, &format!("b{buyer}"), "landlord", "400.00", &[]);
        }
    }
    let document = leads(&world, 1);
    let landlord = lead(&document, "landlord");
    assert_eq!((landlord.role.as_str(), landlord.outcome.as_str()), ("service", "insufficient"));
    let item = &landlord.r#for[0];
    assert_eq!((item.kind.as_str(), item.payments.len(), item.sums["EUR"].as_str()), ("paid_like_rent", 50, "20000"));
    let buyer = lead(&document, "b0");
    let common = buyer.r#for.iter().find(|item| item.kind == "paid_recipients_in_common").unwrap();
    assert_eq!(common.payments.len(), 12, "payments to other-1 and other-2 alone");
}

/// Money that passes three accounts on its way to a seed: the payers are connected, the accounts named with their place.
#[test]
fn a_chain_of_relays_is_followed() {
    let mut world = corridor();
    world.seed("seed-1");
    for day in [10, 40, 70] {
        for (from, to, sum, later) in [
            ("payer-1", "far", "50.00", 0),
            ("payer-2", "far", "50.00", 0),
            ("far", "middle", "95.00", 1),
            ("payer-3", "middle", "40.00", 1),
            ("middle", "near", "130.00", 2),
            ("payer-4", "near", "30.00", 2),
            ("near", "seed-1", "150.00", 3),
        ] {
            world.pay(day + later, from, to, sum, &[]);
        }
    }
    let document = leads(&world, 1);
    for (relay, place) in [("near", "account 1"), ("middle", "account 2"), ("far", "account 3")] {
        let lead = lead(&document, relay);
        assert_eq!(lead.role, "relay", "{relay}");
        assert!(lead.r#for[0].finding.contains(place), "{}", lead.r#for[0].finding);
        assert_eq!(lead.r#for[0].payments.len(), 9, "{relay}: two payers in and one payment out, thrice");
    }
    for payer in ["payer-1", "payer-2", "payer-3", "payer-4"] {
        let lead = lead(&document, payer);
        assert_eq!((lead.role.as_str(), lead.outcome.as_str()), ("unclear", "insufficient"));
        assert!(lead.r#for.iter().any(|item| item.kind == "paid_through_relay" && item.payments.len() == 3));
    }
}

/// Two accounts on one document are one payer wherever people are counted, and each is told of the other.
#[test]
fn accounts_of_one_person_count_once() {
    let mut world = corridor();
    world.seed("seed-1").seed("seed-2");
    let common = |world: &World| {
        let document = leads(world, 1);
        let item = lead(&document, "other-1").r#for[0].clone();
        (item.finding, document)
    };
    assert!(common(&world).0.starts_with("paid by 10 of the 10 payers"), "{}", common(&world).0);
    for account in ["b0", "b1"] {
        let cells = [("provider", "p"), ("account_kind", "account"), ("account_ref", account), ("document_ref", "D-1")];
        world.row(TableId::PaymentAccount, &cells.map(|(column, value)| (column, value.to_owned())));
    }
    let (finding, document) = common(&world);
    assert!(finding.starts_with("paid by 9 of the 9 payers"), "{finding}");
    let item = lead(&document, "b0").r#for.iter().find(|item| item.kind == "shares_details").unwrap();
    assert_eq!((item.log10_lr, item.payments.len()), (0.0, 12));
}

/// Sums are exact decimals in every stage, and equal those added up in whole cents.
#[test]
fn no_sum_passes_through_binary_floating_point() {
    let mut world = corridor();
    world.seed("seed-1").seed("seed-2");
    let mut cents = 400 * 4 * 15_000 + 10 * 6 * 4 * 3_550;
    // A tenth has no binary fraction: added up as one, these would drift.
    for number in 0..1_000 {
        world.pay(number % 50, &format!("t{}", number % 7), "seed-1", "0.10", &[]);
        cents += 10;
    }
    let (dir, steps) = run_only(&world, 3, 2, is_payment_step);
    let run = dir.path().join("run");
    let mut decimals = 0;
    for (step, stages) in &steps {
        for stage in stages.iter().filter(|stage| stage.file.ends_with(".parquet")) {
            let schema = tutela_engine::schema_of(&run.join(step).join(&stage.file)).unwrap();
            for field in schema.fields() {
                let (name, kind) = (field.name().as_str(), field.data_type());
                let is_money = name.contains("amount") || matches!(name, "first_two" | "last_two");
                assert_eq!(is_money, matches!(kind, DataType::Decimal128(_, 18)), "{}.{name} is {kind}", stage.name);
                assert!(!kind.is_floating() || name.starts_with("log10_"), "{}.{name} is {kind}", stage.name);
                decimals += usize::from(is_money);
            }
        }
    }
    assert!(decimals >= 15, "{decimals} columns of money");
    let total = |step: &str, stage: &str| {
        let path = tutela_analysis::stage_path(&run, step, stage);
        let batches = tutela_engine::read_batches(&path, &["amount"]).unwrap();
        batches
            .map(|batch| batch.unwrap().column(0).as_primitive::<Decimal128Type>().values().iter().sum::<i128>())
            .sum()
    };
    let expected = i128::from(cents) * 10_i128.pow(16);
    let (paid, edges): (i128, i128) = (total("match_payments", "paid"), total("follow_payments", "edge"));
    assert_eq!((paid, edges), (expected, expected));
    let document = tutela_analysis::payments(&run).unwrap();
    let tenth = lead(&document, "t0").r#for.iter().find(|item| item.kind == "paid_established_recipient").unwrap();
    assert_eq!((tenth.payments.len(), tenth.sums["EUR"].as_str()), (143, "14.3"));
}

/// What the stages cannot show: no amount is cast on the way, and no code that adds sums up knows binary fractions.
#[test]
fn no_amount_is_cast_or_held_as_a_binary_fraction() {
    for step in tutela_analysis::STEPS.iter().filter(|step| is_payment_step(step.meta().id)) {
        let sql = step.sql().unwrap_or_default().to_uppercase();
        // Absent ratios, and the count of tests.
        let sql = sql.replace("CAST(NULL AS DOUBLE)", "").replace("CAST(P.TESTS AS DOUBLE)", "");
        for cast in ["AS DOUBLE", "AS FLOAT", "AS REAL", "::DOUBLE", "ARROW_CAST"] {
            assert!(!sql.contains(cast), "{}: {cast}", step.meta().id);
        }
    }
    for code in [include_str!("../src/payment_leads/mod.rs"), include_str!("../src/payment_leads/words.rs")] {
        for line in code.lines().filter(|line| line.contains("f64") || line.contains("f32")) {
            assert!(line.contains("log10"), "{line}");
        }
    }
}

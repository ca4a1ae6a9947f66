//! Payments near messages, log-ins and trips of the same people, against a count of every pair.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use tutela_model::TableId;

use crate::payment_patterns::stage;
use crate::support::{World, run_only};
use crate::{BEGIN, Payments as _, is_payment_step};

const HOUR_S: i64 = 3_600;
const DAY_S: i64 = 86_400;

/// Seconds from the beginning: payments of one payer to one seed, and everything else that two people did.
#[derive(Clone, Debug)]
struct Lives {
    payments: Vec<i64>,
    messages: Vec<(i64, bool)>,
    payer_logins: Vec<i64>,
    recipient_logins: Vec<i64>,
    trips: Vec<(i64, i64)>,
}

fn lives() -> impl Strategy<Value = Lives> {
    let payments = || prop::collection::vec(0..60 * DAY_S, 1..12);
    let anywhen = || prop::collection::vec(0..60 * DAY_S, 0..10);
    // Some of what happens follows the payments, some does not.
    let beside = prop::collection::vec((any::<prop::sample::Index>(), -20 * HOUR_S..20 * HOUR_S), 0..14);
    let online =
        prop::collection::vec((any::<prop::sample::Index>(), -2 * HOUR_S..2 * HOUR_S, -2 * HOUR_S..2 * HOUR_S), 0..8);
    let trips = prop::collection::vec((0..400 * DAY_S, 0..20 * DAY_S), 0..3);
    (payments(), anywhen(), beside, online, trips).prop_map(|(payments, others, beside, online, trips)| {
        let near = |index: &prop::sample::Index| payments[index.index(payments.len())];
        let mut messages: Vec<(i64, bool)> = others.iter().map(|at| (*at, at % 2 == 0)).collect();
        messages.extend(beside.iter().map(|(index, off)| (near(index) + off, off % 2 == 0)));
        let payer_logins = online.iter().map(|(index, off, _)| near(index) + off).chain(others.clone()).collect();
        let recipient_logins = online.iter().map(|(index, off, more)| near(index) + off + more).collect();
        let trips = trips.iter().map(|(from, length)| (from - 170 * DAY_S, from - 170 * DAY_S + length)).collect();
        Lives { payments, messages, payer_logins, recipient_logins, trips }
    })
}

fn micros(second: i64) -> String {
    ((BEGIN * DAY_S + second) * 1_000_000).to_string()
}

impl Lives {
    fn world(&self) -> World {
        let mut world = World::default();
        for at in &self.payments {
            world.pay(at.div_euclid(DAY_S), "payer", "seed", "20.00", &[("at_utc", &micros(*at))]);
        }
        world.seed("seed");
        // The payer by telephone, the seed by e-mail address.
        for (account, column, value) in [("payer", "phone", "+390000001"), ("seed", "email", "s@example.org")] {
            let known = [("provider", "p"), ("account_kind", "account"), ("account_ref", account), (column, value)];
            let mut cells = known.map(|(column, value)| (column, value.to_owned())).to_vec();
            if account == "payer" {
                cells.push(("document_ref", "D1".to_owned()));
            }
            world.row(TableId::PaymentAccount, &cells);
            let own = [("platform", "m"), ("account_ref", account), (column, value)];
            world.row(TableId::Account, &own.map(|(column, value)| (column, value.to_owned())));
        }
        for (at, is_from_payer) in &self.messages {
            let (from, to) = if *is_from_payer { ("payer", "seed") } else { ("seed", "payer") };
            let cells = [("platform", "m"), ("sender_ref", from), ("recipient_ref", to), ("at_utc", &micros(*at))];
            world.row(TableId::Message, &cells.map(|(column, value)| (column, value.to_owned())));
        }
        for (account, logins) in [("payer", &self.payer_logins), ("seed", &self.recipient_logins)] {
            for at in logins {
                let cells = [("platform", "m"), ("account_ref", account), ("at_utc", &micros(*at))];
                world.row(TableId::Session, &cells.map(|(column, value)| (column, value.to_owned())));
            }
        }
        for (from, until) in &self.trips {
            let cells = [
                ("traveller_ref", "T"),
                ("document_ref", "D1"),
                ("depart_utc", &micros(*from)),
                ("arrive_utc", &micros(*until)),
            ];
            world.row(TableId::Trip, &cells.map(|(column, value)| (column, value.to_owned())));
        }
        world
    }

    /// From when to when payments are near each contact.
    fn contacts(&self, kind: &str) -> Vec<(i64, i64)> {
        match kind {
            "message" => self.messages.iter().map(|(at, _)| (at - 12 * HOUR_S, at + 12 * HOUR_S)).collect(),
            "session" => {
                let both = |at: &&i64| self.recipient_logins.iter().any(|other| (*at - other).abs() <= HOUR_S);
                self.payer_logins.iter().filter(both).map(|at| (at - HOUR_S, at + HOUR_S)).collect()
            }
            _ => self.trips.iter().map(|(from, until)| (from - 7 * DAY_S, until + 7 * DAY_S)).collect(),
        }
    }

    /// Payments, those near contact, comparisons, those near contact; and the rows near it where that is a pattern.
    fn count(&self) -> BTreeMap<String, ([i64; 4], BTreeSet<i64>)> {
        let mut out = BTreeMap::new();
        for (kind, shifts) in [
            ("message", &[-28, -21, -14, -7, 7, 14, 21, 28][..]),
            ("session", &[-28, -21, -14, -7, 7, 14, 21, 28][..]),
            ("trip", &[-180, -120, -60, 60, 120, 180][..]),
        ] {
            let contacts = self.contacts(kind);
            let is_near = |at: i64| contacts.iter().any(|(from, until)| (*from..=*until).contains(&at));
            let near: BTreeSet<i64> =
                (1..).zip(&self.payments).filter(|(_, at)| is_near(**at)).map(|(row, _)| row).collect();
            let others = self.payments.iter().flat_map(|at| shifts.iter().map(move |days| at + days * DAY_S));
            let near_others = others.filter(|at| is_near(*at)).count() as i64;
            let (n, k) = (self.payments.len() as i64, near.len() as i64);
            let controls = n * shifts.len() as i64;
            if k + near_others > 0 {
                let is_pattern = k >= 3 && k * controls >= near_others * n * 2;
                let rows = if is_pattern { near } else { BTreeSet::new() };
                out.insert(kind.to_owned(), ([n, k, controls, near_others], rows));
            }
        }
        out
    }

    fn found(&self) -> BTreeMap<String, ([i64; 4], BTreeSet<i64>)> {
        let (dir, _) = run_only(&self.world(), 1, 2, is_payment_step);
        let run = dir.path().join("run");
        let number = |text: &String| text.parse::<i64>().unwrap();
        let columns = ["kind", "payments", "near", "controls", "near_controls", "is_pattern"];
        let mut out = BTreeMap::new();
        for row in stage(&run, "surround_payments", "near_contact", &columns) {
            let counts = [1, 2, 3, 4].map(|at| number(&row[at]));
            let hits = stage(&run, "surround_payments", "near_hit", &["kind", "days", "row"]);
            let near = hits.iter().filter(|hit| row[5] == "true" && hit[0] == row[0] && hit[1] == "0");
            out.insert(row[0].clone(), (counts, near.map(|hit| number(&hit[2])).collect()));
        }
        let listed: BTreeSet<i64> = stage(&run, "weigh_payments", "pattern_payment", &["kind", "row"])
            .iter()
            .filter(|row| row[0] == "near_contact")
            .map(|row| number(&row[1]))
            .collect();
        let all: BTreeSet<i64> = out.values().flat_map(|(_, rows): &(_, BTreeSet<i64>)| rows).copied().collect();
        assert_eq!(listed, all, "the item lists the payments of its patterns");
        out
    }
}

#[test]
fn payments_near_contact_equal_a_count_of_every_pair() {
    let rng = TestRng::deterministic_rng(RngAlgorithm::ChaCha);
    let mut runner = TestRunner::new_with_rng(Config { cases: 15, ..Config::default() }, rng);
    let patterns = std::cell::Cell::new(0);
    runner
        .run(&lives(), |lives| {
            let counted = lives.count();
            patterns.set(patterns.get() + counted.values().filter(|(_, rows)| !rows.is_empty()).count());
            prop_assert_eq!(lives.found(), counted);
            Ok(())
        })
        .unwrap();
    assert!(patterns.get() >= 3, "{} patterns", patterns.get());
}

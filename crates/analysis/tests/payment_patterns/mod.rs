//! Every pattern around seeds, and the payments that make it, against a count by hand on generated graphs.

mod graph;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use arrow::array::{Array as _, BooleanArray, Float64Array, Int64Array, StringArray};

use proptest::prelude::*;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};

use crate::is_payment_step;
use crate::support::{World, run_only};
use graph::{ACCOUNTS, Graph, Paid, graph};

/// Payments by their row, from 1.
type Rows = BTreeSet<i64>;

/// What the steps find, counted without them.
#[derive(Debug, Default, PartialEq)]
struct Counted {
    households: BTreeMap<String, (String, i64)>,
    direct: BTreeMap<(String, String), i64>,
    relays: BTreeMap<String, i64>,
    connected: BTreeSet<String>,
    common: BTreeMap<String, (i64, i64)>,
    log10_p: BTreeMap<String, i64>,
    rent: BTreeSet<String>,
    significant: BTreeSet<String>,
    /// By account and pattern.
    made_of: BTreeMap<(String, String), Rows>,
}

fn key(account: u8) -> String {
    format!("p/a{account:02}")
}

fn choose(n: u128, k: u128) -> u128 {
    if k > n { 0 } else { (0..k).fold(1, |c, i| c * (n - i) / (i + 1)) }
}

/// A count under way.
struct Count<'g> {
    graph: &'g Graph,
    paid: Vec<Paid>,
    households: BTreeMap<u8, BTreeSet<u8>>,
    followed: BTreeSet<u8>,
    counted: Counted,
}

impl<'g> Count<'g> {
    fn new(graph: &'g Graph) -> Count<'g> {
        Count {
            graph,
            paid: graph.paid(),
            households: graph.households(),
            followed: graph.seeds.difference(&graph.services).copied().collect(),
            counted: Counted::default(),
        }
    }

    fn household(&self, account: u8) -> u8 {
        self.households.get(&account).and_then(|all| all.first().copied()).unwrap_or(account)
    }

    fn is_aside(&self, account: u8) -> bool {
        self.graph.seeds.contains(&account) || self.graph.services.contains(&account)
    }

    /// Households that pay an account from outside its own.
    fn payers_of(&self, account: u8) -> BTreeSet<u8> {
        let own = self.households.contains_key(&account).then(|| self.household(account));
        let from = self.paid.iter().filter(|paid| paid.to == account).map(|paid| self.household(paid.from));
        from.filter(|payer| Some(*payer) != own).collect()
    }

    fn payers_of_any(&self, accounts: &BTreeSet<u8>) -> BTreeSet<u8> {
        let to = self.paid.iter().filter(|paid| accounts.contains(&paid.to));
        to.map(|paid| paid.from).filter(|payer| !self.is_aside(*payer)).collect()
    }

    fn passes_on(&self, account: u8) -> bool {
        let ins: Vec<&Paid> = self.paid.iter().filter(|paid| paid.to == account).collect();
        let outs: Vec<&Paid> = self.paid.iter().filter(|paid| paid.from == account).collect();
        let sum = |list: &[&Paid]| list.iter().map(|paid| paid.cents).sum::<i64>();
        let last_in = |day: i64| ins.iter().map(|paid| paid.day).filter(|before| *before <= day).max();
        let quick = outs.iter().filter(|out| last_in(out.day).is_some_and(|last| out.day - last <= 3)).count();
        !ins.is_empty()
            && !outs.is_empty()
            && self.payers_of(account).len() >= 2
            && sum(&outs) * 100 >= sum(&ins) * 80
            && sum(&outs) * 80 <= sum(&ins) * 100
            && quick * 100 >= outs.len() * 80
    }

    fn all(mut self) -> Counted {
        for (account, all) in &self.households {
            let first = key(all.first().copied().unwrap());
            self.counted.households.insert(key(*account), (first, all.len() as i64));
        }
        let direct = self.payers_of_any(&self.followed);
        for paid in self.paid.clone() {
            if !self.followed.contains(&paid.to) || self.is_aside(paid.from) {
                continue;
            }
            let pair = (key(paid.from), key(self.household(paid.to)));
            *self.counted.direct.entry(pair).or_default() += 1;
        }
        let relays = self.relays(&direct);
        let payers: BTreeSet<u8> = direct.iter().copied().filter(|payer| !relays.contains_key(payer)).collect();
        let mut connected = payers.clone();
        let to_relays = self.payers_of_any(&relays.keys().copied().collect());
        connected.extend(to_relays.into_iter().filter(|payer| !relays.contains_key(payer)));
        let outside =
            |paid: &&Paid| self.followed.contains(&paid.to) && self.household(paid.to) != self.household(paid.from);
        let outside: BTreeSet<u8> = self.paid.iter().filter(outside).map(|paid| paid.from).collect();
        self.co_payments(&payers.intersection(&outside).copied().collect());
        self.counted.relays = relays.iter().map(|(account, level)| (key(*account), *level)).collect();
        self.counted.connected = connected.iter().map(|account| key(*account)).collect();
        self.patterns(&connected, &relays);
        self.counted
    }

    /// Accounts that pass on to a seed, over at most three of them in a row, with how many.
    fn relays(&self, direct: &BTreeSet<u8>) -> BTreeMap<u8, i64> {
        let mut upstream = direct.clone();
        let mut edge = direct.clone();
        for _ in 0..2 {
            edge = self.payers_of_any(&edge);
            upstream.extend(&edge);
        }
        let passing: BTreeSet<u8> = upstream.into_iter().filter(|account| self.passes_on(*account)).collect();
        let mut found: BTreeMap<u8, i64> = BTreeMap::new();
        let mut level: BTreeSet<u8> = passing.intersection(direct).copied().collect();
        for number in 1..=3 {
            for account in &level {
                found.entry(*account).or_insert(number);
            }
            level = self.payers_of_any(&level).intersection(&passing).copied().collect();
        }
        found
    }

    fn co_payments(&mut self, payers: &BTreeSet<u8>) {
        let payers: BTreeSet<u8> = payers.iter().map(|payer| self.household(*payer)).collect();
        let everybody: BTreeSet<u8> = (0..ACCOUNTS).flat_map(|account| self.payers_of(account)).collect();
        let mut tests: Vec<(i64, u8, usize)> = Vec::new();
        for recipient in 0..ACCOUNTS {
            if self.is_aside(recipient) {
                continue;
            }
            let debtors = self.payers_of(recipient);
            let common = debtors.intersection(&payers).count();
            if common == 0 {
                continue;
            }
            // Payers who pay nobody outside their household are in no draw.
            let (marked, drawn, people) = (payers.len(), debtors.len(), everybody.len());
            self.counted.common.insert(key(recipient), (common as i64, drawn as i64));
            let ways =
                |k: usize| choose(marked as u128, k as u128) * choose((people - marked) as u128, (drawn - k) as u128);
            let tail: u128 = (common..=marked.min(drawn)).map(ways).sum();
            let log10 = (tail as f64 / choose(people as u128, drawn as u128) as f64).log10();
            let thousandths = (log10 * 1000.0).round() as i64;
            self.counted.log10_p.insert(key(recipient), thousandths);
            tests.push((thousandths, recipient, common));
        }
        // Benjamini and Hochberg: everything up to the last p that is at most its place's share of 5 %.
        tests.sort_unstable();
        let limit = |place: usize| -1.301 + (place as f64).log10() - (tests.len() as f64).log10();
        let fits = |place: &usize| tests[place - 1].0 as f64 / 1000.0 <= limit(*place) + 0.0005;
        let last = (1..=tests.len()).rev().find(fits).unwrap_or(0);
        for (_, recipient, _) in tests.iter().take(last).filter(|test| test.2 >= 2) {
            if self.is_rent(*recipient) {
                self.counted.rent.insert(key(*recipient));
            } else {
                self.counted.significant.insert(key(*recipient));
            }
        }
    }

    fn is_rent(&self, recipient: u8) -> bool {
        let payers: BTreeSet<u8> = self.paid.iter().filter(|p| p.to == recipient).map(|p| p.from).collect();
        let is_alike = |payer: &&u8| {
            let own = self.sequence(|paid| paid.from == **payer && paid.to == recipient);
            let monthly = own.windows(2).filter(|w| (20..=45).contains(&(w[1].day - w[0].day))).count();
            let sums = || own.iter().map(|paid| paid.cents);
            own.len() >= 3
                && monthly * 100 >= (own.len() - 1) * 60
                && sums().max().unwrap() * 100 <= sums().min().unwrap() * 110
        };
        let alike = payers.iter().filter(is_alike).count();
        alike >= 2 && alike * 100 >= payers.len() * 60
    }

    /// The payments that a rule names, in their order.
    fn sequence(&self, wanted: impl Fn(&Paid) -> bool) -> Vec<Paid> {
        let mut own: Vec<Paid> = self.paid.iter().copied().filter(|paid| wanted(paid)).collect();
        own.sort_by_key(|paid| (paid.day, paid.row));
        own
    }

    fn make(&mut self, account: u8, kind: &str, rows: impl IntoIterator<Item = i64>) {
        let rows: Rows = rows.into_iter().collect();
        if !rows.is_empty() {
            self.counted.made_of.entry((key(account), kind.to_owned())).or_default().extend(rows);
        }
    }

    fn patterns(&mut self, connected: &BTreeSet<u8>, relays: &BTreeMap<u8, i64>) {
        let common = self.counted.significant.clone();
        let shared: Vec<u8> = self.sharing(connected);
        for account in connected.iter().copied() {
            let own = self.sequence(|paid| paid.from == account);
            let to_seeds: Vec<Paid> = own.iter().copied().filter(|p| self.followed.contains(&p.to)).collect();
            let to_relays: Vec<Paid> = own.iter().copied().filter(|p| relays.contains_key(&p.to)).collect();
            let rows = |list: &[Paid]| list.iter().map(|paid| paid.row).collect::<Vec<i64>>();
            self.make(account, "paid_established_recipient", rows(&to_seeds));
            self.make(account, "paid_through_relay", rows(&to_relays));
            let households: BTreeSet<u8> = to_seeds.iter().map(|paid| self.household(paid.to)).collect();
            if households.len() >= 2 {
                self.make(account, "paid_second_established_recipient", rows(&to_seeds));
            }
            let to_common: Vec<Paid> = own.iter().copied().filter(|p| common.contains(&key(p.to))).collect();
            self.make(account, "paid_recipients_in_common", rows(&to_common));
            let both: Vec<i64> = rows(&to_seeds).into_iter().chain(rows(&to_relays)).collect();
            if shared.contains(&account) {
                self.make(account, "shares_details", both.clone());
            }
            if self.is_related(account, &to_seeds, &to_relays, relays) {
                self.make(account, "documented_relation", both);
            }
            let mut sequences: Vec<Vec<Paid>> = Vec::new();
            for household in &households {
                sequences.push(to_seeds.iter().copied().filter(|p| self.household(p.to) == *household).collect());
            }
            for relay in relays.keys() {
                sequences.push(to_relays.iter().copied().filter(|p| p.to == *relay).collect());
            }
            self.sequences(account, &sequences, households.len());
        }
        for relay in relays.keys().copied() {
            let rows: Vec<i64> = self.sequence(|p| p.from == relay || p.to == relay).iter().map(|p| p.row).collect();
            self.make(relay, "passes_on", rows);
        }
        for recipient in 0..ACCOUNTS {
            let kind =
                match (self.counted.significant.contains(&key(recipient)), self.counted.rent.contains(&key(recipient)))
                {
                    (true, _) => "paid_in_common",
                    (_, true) => "paid_like_rent",
                    _ => continue,
                };
            let rows = self.sequence(|p| p.to == recipient && connected.contains(&p.from));
            self.make(recipient, kind, rows.iter().map(|paid| paid.row));
        }
    }

    /// Payers of whom another of the same household is around as well.
    fn sharing(&self, connected: &BTreeSet<u8>) -> Vec<u8> {
        let others = |account: &u8| {
            let own = self.households.get(account);
            own.is_some_and(|own| own.intersection(connected).count() >= 2)
        };
        connected.iter().copied().filter(others).collect()
    }

    /// Whether a payer shares details with the holder of a seed that its payments lead to.
    fn is_related(&self, account: u8, seeds: &[Paid], to_relays: &[Paid], relays: &BTreeMap<u8, i64>) -> bool {
        let Some(own) = self.households.get(&account) else { return false };
        let mut reached: BTreeSet<u8> = seeds.iter().map(|paid| self.household(paid.to)).collect();
        let mut edge: BTreeSet<u8> = to_relays.iter().map(|paid| paid.to).collect();
        for level in (1..=3).rev() {
            // What a relay can still pass on is bounded by how many there may be in a row from it.
            let mut further = BTreeSet::new();
            for relay in &edge {
                for paid in self.paid.iter().filter(|paid| paid.from == *relay) {
                    if self.followed.contains(&paid.to) {
                        reached.insert(self.household(paid.to));
                    } else if level > 1 && relays.contains_key(&paid.to) {
                        further.insert(paid.to);
                    }
                }
            }
            edge = further;
        }
        own.first().is_some_and(|first| reached.contains(first))
    }

    fn sequences(&mut self, account: u8, sequences: &[Vec<Paid>], households: usize) {
        for own in sequences.iter().filter(|own| !own.is_empty()) {
            let gaps: Vec<i64> = own.windows(2).map(|w| w[1].day - w[0].day).collect();
            let count = |fits: &dyn Fn(i64) -> bool| gaps.iter().filter(|gap| fits(**gap)).count();
            let increases = own.windows(2).filter(|w| w[1].cents > w[0].cents).count();
            let n = own.len();
            let sum = |list: &[Paid]| list.iter().map(|paid| paid.cents).sum::<i64>();
            let (first_two, last_two) = (sum(&own[..n.min(2)]), sum(&own[n.saturating_sub(2)..]));
            let span = own[n - 1].day - own[0].day;
            let all: Vec<i64> = own.iter().map(|paid| paid.row).collect();
            if n >= 4 && span <= 180 && increases * 10 >= (n - 1) * 8 && last_two * 100 >= first_two * 250 {
                self.make(account, "sums_grow_and_stop", all.clone());
            }
            let monthly = count(&|gap| (20..=45).contains(&gap));
            if n >= 5 && monthly * 100 >= (n - 1) * 60 && households < 2 {
                self.make(account, "regular_as_support", all.clone());
            }
            let near = |limit: i64| -> Vec<i64> {
                let is_near =
                    |at: usize| (at > 0 && gaps[at - 1] <= limit) || gaps.get(at).is_some_and(|gap| *gap <= limit);
                (0..n).filter(|at| is_near(*at)).map(|at| own[at].row).collect()
            };
            if count(&|gap| gap <= 1) >= 2 {
                self.make(account, "sequence", near(1));
            }
            if n >= 4 && count(&|gap| gap <= 15) * 2 >= n - 1 {
                self.make(account, "sequence", near(15));
            }
        }
    }
}

/// The rows of a stage, as texts of the columns named.
pub(crate) fn stage(run: &Path, step: &str, name: &str, columns: &[&str]) -> Vec<Vec<String>> {
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
                } else if let Some(flags) = any.downcast_ref::<BooleanArray>() {
                    flags.value(row).to_string()
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
    let keys = |name: &str| of(name, &["account_key"]).into_iter().map(|r| r[0].clone()).collect();
    let mut made_of: BTreeMap<(String, String), Rows> = BTreeMap::new();
    for row in stage(&run, "weigh_payments", "pattern_payment", &["account_key", "kind", "row"]) {
        made_of.entry((row[0].clone(), row[1].clone())).or_default().insert(number(&row[2]));
    }
    Counted {
        households: stage(&run, "tie_payments", "account_household", &["account_key", "household", "accounts"])
            .iter()
            .map(|r| (r[0].clone(), (r[1].clone(), number(&r[2]))))
            .collect(),
        direct: of("direct_payer", &["account_key", "household", "payments"])
            .iter()
            .map(|r| ((r[0].clone(), r[1].clone()), number(&r[2])))
            .collect(),
        relays: of("relay_account", &["account_key", "level"]).iter().map(|r| (r[0].clone(), number(&r[1]))).collect(),
        connected: keys("connected_payer"),
        common: of("co_payment", &["creditor", "common", "debtors"])
            .iter()
            .map(|r| (r[0].clone(), (number(&r[1]), number(&r[2]))))
            .collect(),
        log10_p: of("co_payment", &["creditor", "log10_p"]).iter().map(|r| (r[0].clone(), number(&r[1]))).collect(),
        rent: keys("rent_recipient"),
        significant: keys("common_recipient"),
        made_of,
    }
}

#[test]
fn every_pattern_and_its_payments_equal_a_count_by_hand() {
    // The same graphs each time, so that each pattern is surely among them.
    let rng = TestRng::deterministic_rng(RngAlgorithm::ChaCha);
    let mut runner = TestRunner::new_with_rng(Config { cases: 40, ..Config::default() }, rng);
    let mut seen: BTreeMap<String, usize> = BTreeMap::new();
    let seen_by = std::cell::RefCell::new(&mut seen);
    runner
        .run(&graph(), |graph| {
            let (counted, mut found) = (Count::new(&graph).all(), found(&graph.world()));
            for (creditor, expected) in &counted.log10_p {
                // The last digit may fall to either side where a value lies between two thousandths.
                let near = found.log10_p.get(creditor).is_some_and(|found| (found - expected).abs() <= 1);
                prop_assert!(near, "{creditor}: {:?}, expected {expected}", found.log10_p.get(creditor));
            }
            found.log10_p.clone_from(&counted.log10_p);
            for (_, kind) in counted.made_of.keys() {
                *seen_by.borrow_mut().entry(kind.clone()).or_default() += 1;
            }
            prop_assert_eq!(found, counted);
            Ok(())
        })
        .unwrap();
    // The graphs must have shown each of them, or nothing was tested.
    for kind in [
        "documented_relation",
        "paid_established_recipient",
        "paid_in_common",
        "paid_recipients_in_common",
        "paid_second_established_recipient",
        "paid_through_relay",
        "passes_on",
        "regular_as_support",
        "sequence",
        "shares_details",
        "sums_grow_and_stop",
    ] {
        assert!(seen.get(kind).is_some_and(|count| *count >= 1), "{kind}: {seen:?}");
    }
}

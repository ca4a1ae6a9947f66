//! Generated graphs of payments, and what stands in them without any step.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;
use tutela_model::TableId;

use crate::Payments as _;
use crate::support::World;

/// A payment: from, to, day, and whole euros.
type Payment = (u8, u8, i64, i64);

#[derive(Clone, Debug)]
pub(super) struct Graph {
    payments: Vec<Payment>,
    pub(super) seeds: BTreeSet<u8>,
    pub(super) services: BTreeSet<u8>,
    /// Account, kind of detail, its value.
    details: BTreeSet<(u8, u8, u8)>,
}

pub(super) const ACCOUNTS: u8 = 16;

pub(super) fn graph() -> impl Strategy<Value = Graph> {
    // Many at random; some pay monthly and alike, or grow; some pass on what they get; some pay two recipients together.
    let single = (0..12_u8, 0..12_u8, 0..90_i64, 1..60_i64).prop_map(|payment| vec![payment]);
    let monthly = (0..12_u8, 0..4_u8, 0..20_i64, 50..52_i64).prop_map(|(from, to, day, sum)| {
        (0..5).map(|month| (from, to, day + 30 * month, sum)).collect::<Vec<Payment>>()
    });
    let passed = (4..12_u8, 4..12_u8, 12..ACCOUNTS, 0..8_u8, 0..80_i64, 20..60_i64).prop_map(
        |(one, other, relay, to, day, sum)| {
            let to = if to < 4 { to } else { to + 8 };
            vec![(one, relay, day, sum), (other, relay, day, sum), (relay, to, day + 1, 2 * sum - 3)]
        },
    );
    let together = (4..6_u8, 0..4_u8, 9..11_u8, 0..20_i64, any::<bool>()).prop_map(|(first, seed, to, day, alike)| {
        let months = if alike { 3 } else { 1 };
        let sum = |payer: u8| if alike { 70 } else { 20 + i64::from(payer) };
        let pays = |payer: u8| (0..months).map(move |month| (payer, to, day + 30 * month, sum(payer)));
        (first..first + 4).flat_map(|payer| pays(payer).chain([(payer, seed, day, 20)])).collect::<Vec<Payment>>()
    });
    let growing = (4..12_u8, 0..4_u8, 0..60_i64, 5..20_i64).prop_map(|(from, to, day, sum)| {
        vec![
            (from, to, day, sum),
            (from, to, day + 1, 2 * sum),
            (from, to, day + 1, 4 * sum),
            (from, to, day + 2, 8 * sum),
        ]
    });
    let piece = prop_oneof![4 => single, 1 => monthly, 3 => passed, 2 => together, 1 => growing];
    (
        prop::collection::vec(piece, 4..25),
        prop::collection::btree_set(0..5_u8, 1..4),
        prop::collection::btree_set(0..ACCOUNTS, 0..2),
        prop::collection::btree_set((0..ACCOUNTS, 0..3_u8, 0..2_u8), 0..9),
    )
        .prop_map(|(pieces, seeds, services, details)| Graph {
            payments: pieces.concat(),
            seeds,
            services,
            details,
        })
}

/// One payment with its row and its sum in cents.
#[derive(Clone, Copy, Debug)]
pub(super) struct Paid {
    pub(super) row: i64,
    pub(super) from: u8,
    pub(super) to: u8,
    pub(super) day: i64,
    pub(super) cents: i64,
}

impl Graph {
    pub(super) fn world(&self) -> World {
        let mut world = World::default();
        for (from, to, day, amount) in &self.payments {
            world.pay(*day, &format!("a{from:02}"), &format!("a{to:02}"), &format!("{amount}.10"), &[]);
        }
        for seed in &self.seeds {
            world.seed(&format!("a{seed:02}"));
        }
        let known = |account: &u8| {
            vec![
                ("provider", "p".to_owned()),
                ("account_kind", "account".to_owned()),
                ("account_ref", format!("a{account:02}")),
            ]
        };
        for service in &self.services {
            let mut cells = known(service);
            cells.push(("activity", "shop".to_owned()));
            world.row(TableId::PaymentAccount, &cells);
        }
        for (account, kind, value) in &self.details {
            let mut cells = known(account);
            let column = ["phone", "device_ref", "payout_ref"][usize::from(*kind)];
            cells.push((column, format!("v{value}")));
            world.row(TableId::PaymentAccount, &cells);
        }
        world
    }

    pub(super) fn paid(&self) -> Vec<Paid> {
        let rows = (1..).zip(&self.payments);
        let all = rows.map(|(row, (from, to, day, euros))| Paid {
            row,
            from: *from,
            to: *to,
            day: *day,
            cents: euros * 100 + 10,
        });
        all.filter(|paid| paid.from != paid.to).collect()
    }

    /// Spreads over shared details until nothing changes. Only accounts with a tie are in it.
    pub(super) fn households(&self) -> BTreeMap<u8, BTreeSet<u8>> {
        let own = || self.details.iter().filter(|(account, ..)| !self.services.contains(account));
        let of_detail = |kind: u8, value: u8| -> BTreeSet<u8> {
            own().filter(|d| (d.1, d.2) == (kind, value)).map(|d| d.0).collect()
        };
        let ties: Vec<BTreeSet<u8>> = own()
            .map(|(_, kind, value)| of_detail(*kind, *value))
            .filter(|tie| (2..=10).contains(&tie.len()))
            .collect();
        let tied: BTreeSet<u8> = ties.iter().flatten().copied().collect();
        let grow = |account: u8| {
            let mut found = BTreeSet::from([account]);
            loop {
                let more: BTreeSet<u8> =
                    ties.iter().filter(|tie| !tie.is_disjoint(&found)).flatten().copied().collect();
                if more.is_subset(&found) {
                    return found;
                }
                found.extend(more);
            }
        };
        tied.into_iter().map(|account| (account, grow(account))).collect()
    }
}

//! Who held which address and ports, and when: what really was, before any record of it.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use rand::Rng as _;
use rand::seq::SliceRandom as _;

use crate::Dice;
use crate::config::Config;
use crate::district::{District, Operator};

/// The end of every world: 2026-07-01T00:00:00Z.
pub(crate) const END_S: i64 = 1_782_864_000;
pub(crate) const DAY_S: i64 = 86_400;
/// When addresses change: four in the morning.
const CHANGE_S: i64 = 4 * 3600;
/// How long an address is nobody's in between.
const PAUSE_S: i64 = 30;
/// Length of the prefixes that the operator with IPv6 delegates.
pub(crate) const DELEGATED: u8 = 56;
/// Ports that can be handed out.
const PORTS: std::ops::RangeInclusive<u32> = 1024..=65_535;

/// A line held an address or a prefix, and ports of it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Assignment {
    /// The address, or the first of the prefix.
    pub(crate) ip: IpAddr,
    pub(crate) ports: Option<(u16, u16)>,
    pub(crate) from_s: i64,
    pub(crate) until_s: i64,
}

impl Assignment {
    /// The address, or the prefix with its length.
    pub(crate) fn network(&self) -> String {
        match self.ip {
            IpAddr::V4(ip) => ip.to_string(),
            IpAddr::V6(ip) => format!("{ip}/{DELEGATED}"),
        }
    }
}

/// The assignments of every line, by time.
#[derive(Debug)]
pub(crate) struct Network {
    pub(crate) by_line: Vec<Vec<Assignment>>,
    /// The delegated IPv6 prefixes of every line, by time; most lines have none.
    pub(crate) prefixes: Vec<Vec<Assignment>>,
    pub(crate) start_s: i64,
}

impl Network {
    pub(crate) fn make(config: &Config, district: &District, dice: &mut Dice) -> Self {
        let start_s = END_S - i64::from(config.days) * DAY_S;
        let none = vec![Vec::new(); district.lines.len()];
        let mut network = Self { by_line: none.clone(), prefixes: none, start_s };
        for operator in Operator::ALL {
            let lines: Vec<usize> =
                (0..district.lines.len()).filter(|l| district.lines[*l].operator == operator).collect();
            match operator {
                Operator::Daily => network.shuffled(&lines, [198, 18, 0, 0], 1, 1, dice),
                Operator::Weekly => {
                    network.leased(&lines, dice);
                    network.delegated(&lines, dice);
                }
                Operator::StaticGroup => network.fixed(&lines, [198, 19, 0, 0], 4),
                Operator::PortBlocks => {
                    network.shuffled(&lines, [198, 19, 64, 0], config.fixed_subscribers_per_address, 1, dice);
                }
                Operator::Mobile => {
                    network.shuffled(&lines, [198, 19, 96, 0], config.mobile_subscribers_per_address, 2, dice);
                }
                Operator::Business => network.fixed(&lines, [198, 19, 192, 0], 1),
                Operator::Hosting => network.fixed(&lines, [203, 0, 113, 0], 1),
            }
        }
        network
    }

    /// What a line held at a time.
    pub(crate) fn at(&self, line: usize, at_s: i64) -> Option<Assignment> {
        held_at(&self.by_line[line], at_s)
    }

    /// The delegated prefix that a line held at a time.
    pub(crate) fn prefix_at(&self, line: usize, at_s: i64) -> Option<Assignment> {
        held_at(&self.prefixes[line], at_s)
    }

    /// Delegated prefixes, which last for months and then change for others (DynamIPs 2020 [C]).
    fn delegated(&mut self, lines: &[usize], dice: &mut Dice) {
        let mut free: Vec<u32> = (0..4 * index(lines.len()) + 4).collect();
        free.shuffle(dice);
        // None comes twice: two lines that hold one prefix at the same time would be a wrong record, not a change.
        let mut free = free.into_iter().chain(4 * index(lines.len()) + 4..);
        for line in lines {
            let mut from_s = self.start_s - DAY_S * dice.random_range(1..120) + CHANGE_S;
            while from_s < END_S {
                let until_s = from_s + DAY_S * dice.random_range(90..240);
                let number = u128::from(free.next().unwrap_or_default());
                let ip = IpAddr::V6(Ipv6Addr::from((0x2001_0db8_u128 << 96) | (number << (128 - DELEGATED))));
                self.prefixes[*line].push(Assignment { ip, ports: None, from_s, until_s: until_s - PAUSE_S });
                from_s = until_s;
            }
        }
    }

    /// Addresses (or port blocks of them) dealt out anew every few days. Lines stay in regions of four addresses.
    fn shuffled(&mut self, lines: &[usize], base: [u8; 4], per_address: u32, days: i64, dice: &mut Dice) {
        let base = u32::from(Ipv4Addr::from(base));
        let slots = per_address as usize;
        // Where addresses are not shared, one in five more than lines, so that some stay free.
        let region = if slots > 1 { slots * 4 } else { lines.len().max(1) };
        let spare = if slots > 1 { 0 } else { region / 5 + 1 };
        for (number, members) in lines.chunks(region).enumerate() {
            let mut places: Vec<usize> = (0..members.len() + spare).collect();
            let first = number * region.div_ceil(slots);
            let mut from_s = self.start_s - DAY_S + CHANGE_S;
            while from_s < END_S {
                places.shuffle(dice);
                let until_s = from_s + days * DAY_S - PAUSE_S;
                for (line, place) in members.iter().zip(&places) {
                    let ip = base + index(first + place / slots);
                    self.by_line[*line].push(Assignment {
                        ip: v4(ip),
                        ports: block(per_address, place % slots),
                        from_s,
                        until_s,
                    });
                }
                from_s += days * DAY_S;
            }
        }
    }

    /// Leases of days to weeks; an address that is given back goes to whoever asks next.
    fn leased(&mut self, lines: &[usize], dice: &mut Dice) {
        let base = u32::from(Ipv4Addr::new(198, 18, 128, 0));
        let mut free: Vec<usize> = (0..lines.len() + lines.len() / 5 + 1).collect();
        free.shuffle(dice);
        let mut held: Vec<Option<(usize, i64, i64)>> = vec![None; lines.len()];
        let mut day_s = self.start_s - DAY_S + CHANGE_S;
        while day_s < END_S {
            for (number, line) in lines.iter().enumerate() {
                if let Some((place, from_s, until_s)) = held[number] {
                    if day_s < until_s {
                        continue;
                    }
                    let ip = v4(base + index(place));
                    self.by_line[*line].push(Assignment { ip, ports: None, from_s, until_s: day_s - PAUSE_S });
                    free.insert(dice.random_range(0..=free.len() / 2), place);
                }
                let length = dice.random_range(5..40);
                held[number] = free.pop().map(|place| (place, day_s, day_s + length * DAY_S));
            }
            day_s += DAY_S;
        }
        for (line, lease) in lines.iter().zip(held) {
            if let Some((place, from_s, _)) = lease {
                self.by_line[*line].push(Assignment {
                    ip: v4(base + index(place)),
                    ports: None,
                    from_s,
                    until_s: END_S + DAY_S,
                });
            }
        }
    }

    /// Addresses that never change, shared by so many lines.
    fn fixed(&mut self, lines: &[usize], base: [u8; 4], per_address: u32) {
        let base = u32::from(Ipv4Addr::from(base));
        for (number, line) in lines.iter().enumerate() {
            self.by_line[*line].push(Assignment {
                ip: v4(base + index(number / per_address as usize)),
                ports: block(per_address, number % per_address as usize),
                from_s: self.start_s - 200 * DAY_S,
                until_s: END_S + DAY_S,
            });
        }
    }
}

/// What of these, sorted by time, holds at a time.
fn held_at(held: &[Assignment], at_s: i64) -> Option<Assignment> {
    let next = held.partition_point(|a| a.from_s <= at_s);
    held.get(next.checked_sub(1)?).copied().filter(|a| at_s < a.until_s)
}

fn v4(ip: u32) -> IpAddr {
    IpAddr::V4(Ipv4Addr::from(ip))
}

/// The ports of one of so many subscribers; none where the address is not shared.
fn block(per_address: u32, place: usize) -> Option<(u16, u16)> {
    if per_address == 1 {
        return None;
    }
    let size = (PORTS.end() - PORTS.start() + 1) / per_address;
    let from = PORTS.start() + index(place) * size;
    Some((u16::try_from(from).ok()?, u16::try_from(from + size - 1).ok()?))
}

fn index(place: usize) -> u32 {
    u32::try_from(place).unwrap_or(u32::MAX)
}

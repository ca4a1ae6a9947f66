//! The arithmetic of rules that share addresses: which ports of which address a subscriber has.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// How many ports an address has.
const PORTS: u32 = 1 << 16;

/// The longest offset: with it a subscriber has 4095 ranges.
pub(super) const MOST_OFFSET: u8 = 12;

/// A rule that has been checked.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Rule {
    Deterministic(Deterministic),
    Map(Map),
}

/// Blocks of ports in the order of the inside addresses (RFC 7422, sequential).
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) struct Deterministic {
    pub(super) inside: Range,
    pub(super) outside: Range,
    pub(super) ports_per_subscriber: u32,
    pub(super) reserved_ports: u32,
    pub(super) subscribers_per_address: u32,
}

/// Ports and address inside the delegated prefix (RFC 7597, RFC 7599).
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) struct Map {
    pub(super) ipv6: u128,
    pub(super) ipv6_length: u8,
    pub(super) ipv4: u32,
    pub(super) ipv4_length: u8,
    pub(super) ea_bits: u8,
    pub(super) psid_offset: u8,
}

/// Addresses from the first to the last.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) struct Range {
    pub(super) first: u32,
    pub(super) last: u32,
}

/// What a subscriber has: an address or a network, and its ranges of ports; none is all ports.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) struct Share {
    pub(super) ip: Ipv4Addr,
    pub(super) length: u8,
    pub(super) ports: Vec<(u16, u16)>,
}

impl Range {
    pub(super) fn count(self) -> u64 {
        u64::from(self.last - self.first) + 1
    }

    fn index_of(self, address: u32) -> Option<u32> {
        (self.first..=self.last).contains(&address).then(|| address - self.first)
    }
}

impl Deterministic {
    /// Whether the numbers can be; what was expected if not, with the key.
    pub(super) fn check(self) -> Result<(), (&'static str, String)> {
        let room = PORTS.saturating_sub(self.reserved_ports);
        if self.ports_per_subscriber == 0 || self.ports_per_subscriber > room {
            return Err((
                "ports_per_subscriber",
                format!("a number from 1 to {room}, the ports that are not reserved"),
            ));
        }
        let most = room / self.ports_per_subscriber;
        if self.subscribers_per_address == 0 || self.subscribers_per_address > most {
            return Err(("subscribers_per_address", format!("a number from 1 to {most}")));
        }
        let shares = self.outside.count() * u64::from(self.subscribers_per_address);
        if self.inside.count() > shares {
            return Err((
                "inside",
                format!("a range of at most {shares} addresses, for which the outside ones suffice"),
            ));
        }
        Ok(())
    }

    /// What an inside address has; nothing where it is not of the range.
    pub(super) fn share(self, inside: Ipv4Addr) -> Option<Share> {
        let index = self.inside.index_of(inside.to_bits())?;
        let (address, block) = (index / self.subscribers_per_address, index % self.subscribers_per_address);
        let from = self.reserved_ports + block * self.ports_per_subscriber;
        let to = from + self.ports_per_subscriber - 1;
        let ports = (u16::try_from(from).ok()?, u16::try_from(to).ok()?);
        let ip = self.outside.first.checked_add(address).filter(|ip| *ip <= self.outside.last)?;
        Some(Share { ip: Ipv4Addr::from_bits(ip), length: 32, ports: vec![ports] })
    }

    /// The other way round: which inside address has a port.
    #[cfg(test)]
    fn inside_of(self, ip: Ipv4Addr, port: u16) -> Option<Ipv4Addr> {
        let address = self.outside.index_of(ip.to_bits())?;
        let block = u32::from(port).checked_sub(self.reserved_ports)? / self.ports_per_subscriber;
        if block >= self.subscribers_per_address {
            return None;
        }
        let inside = self.inside.first.checked_add(address * self.subscribers_per_address + block)?;
        (inside <= self.inside.last).then(|| Ipv4Addr::from_bits(inside))
    }
}

impl Map {
    /// How many bits of the embedded part name the set of ports; none where the address is not shared.
    pub(super) fn psid_length(self) -> u8 {
        self.ea_bits.saturating_sub(32 - self.ipv4_length)
    }

    /// How long a delegated prefix is.
    pub(super) fn prefix_length(self) -> u8 {
        self.ipv6_length + self.ea_bits
    }

    /// Whether the numbers can be; what was expected if not, with the key.
    pub(super) fn check(self) -> Result<(), (&'static str, String)> {
        let room = 128_u8.saturating_sub(self.ipv6_length);
        if self.ea_bits > room.min(48) {
            return Err(("ea_bits", format!("a number from 0 to {}", room.min(48))));
        }
        let psid_length = self.psid_length();
        if psid_length > 16 {
            return Err(("ea_bits", format!("at most {}, which leaves 16 bits for the ports", 48 - self.ipv4_length)));
        }
        if psid_length == 0 {
            return Ok(());
        }
        let most = MOST_OFFSET.min(16 - psid_length);
        if self.psid_offset > most {
            return Err(("psid_offset", format!("a number from 0 to {most}")));
        }
        Ok(())
    }

    /// What a delegated prefix has; nothing where it is not of the rule.
    pub(super) fn share(self, prefix: Ipv6Addr, length: u8) -> Option<Share> {
        let bits = prefix.to_bits();
        let mask = |length: u8| u128::MAX.checked_shl(128 - u32::from(length)).unwrap_or(0);
        if length != self.prefix_length() || bits & mask(self.ipv6_length) != self.ipv6 {
            return None;
        }
        let ea = if self.ea_bits == 0 { 0 } else { (bits & !mask(self.ipv6_length)) >> (128 - u32::from(length)) };
        let ea = u64::try_from(ea).ok()?;
        let psid_length = self.psid_length();
        let suffix_bits = self.ea_bits - psid_length;
        let ip_length = self.ipv4_length + suffix_bits;
        let suffix = u32::try_from(ea >> psid_length).ok()?;
        let ip = self.ipv4 | suffix.checked_shl(u32::from(32 - ip_length)).unwrap_or(0);
        let psid = u16::try_from(ea & ((1_u64 << psid_length) - 1)).ok()?;
        let ports = if psid_length == 0 { Vec::new() } else { self.ranges(psid) };
        Some(Share { ip: Ipv4Addr::from_bits(ip), length: ip_length, ports })
    }

    /// The ports of a set: their first bits are anything but zero, then comes the set's number, then anything.
    fn ranges(self, psid: u16) -> Vec<(u16, u16)> {
        let low_bits = 16 - self.psid_offset - self.psid_length();
        let last = (1_u32 << low_bits) - 1;
        let first_of =
            |high: u32| (high << (16 - u32::from(self.psid_offset))) | (u32::from(psid) << u32::from(low_bits));
        let highs = if self.psid_offset == 0 { 0..1 } else { 1..1_u32 << self.psid_offset };
        let ranges = highs.map(|high| (first_of(high), first_of(high) + last));
        ranges.filter_map(|(from, to)| Some((u16::try_from(from).ok()?, u16::try_from(to).ok()?))).collect()
    }

    /// The other way round: which delegated prefix has a port.
    #[cfg(test)]
    fn prefix_of(self, ip: Ipv4Addr, port: u16) -> Option<Ipv6Addr> {
        let suffix_length = 32 - self.ipv4_length;
        let suffix = ip.to_bits().checked_sub(self.ipv4).filter(|suffix| u64::from(*suffix) < 1 << suffix_length)?;
        let psid_length = self.psid_length();
        if self.psid_offset > 0 && port >> (16 - self.psid_offset) == 0 {
            return None;
        }
        let low_bits = 16 - self.psid_offset - psid_length;
        let psid = (u32::from(port) >> low_bits) & ((1 << psid_length) - 1);
        let ea = (u128::from(suffix) << psid_length) | u128::from(psid);
        let shifted = ea.checked_shl(128 - u32::from(self.prefix_length())).unwrap_or(0);
        Some(Ipv6Addr::from_bits(self.ipv6 | shifted))
    }
}

/// An address and how many bits of it count, as one text.
pub(super) fn text(ip: IpAddr, length: u8) -> String {
    let whole = if ip.is_ipv4() { 32 } else { 128 };
    if length == whole { ip.to_string() } else { format!("{ip}/{length}") }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may stop")]

    use std::collections::BTreeMap;

    use proptest::prelude::*;

    use super::*;

    fn v4(text: &str) -> Ipv4Addr {
        text.parse().unwrap()
    }

    fn v6(text: &str) -> Ipv6Addr {
        text.parse().unwrap()
    }

    fn map(ipv6: &str, ipv6_length: u8, ipv4: &str, ipv4_length: u8, ea_bits: u8, psid_offset: u8) -> Map {
        let (ipv6, ipv4) = (v6(ipv6).to_bits(), v4(ipv4).to_bits());
        Map { ipv6, ipv6_length, ipv4, ipv4_length, ea_bits, psid_offset }
    }

    /// RFC 7597, appendix A, example 1: a shared address.
    #[test]
    fn the_first_example_of_map_comes_out() {
        let rule = map("2001:db8::", 40, "192.0.2.0", 24, 16, 6);
        assert_eq!(rule.check(), Ok(()));
        assert_eq!(rule.psid_length(), 8);
        let share = rule.share(v6("2001:db8:12:3400::"), 56).unwrap();
        assert_eq!((share.ip, share.length), (v4("192.0.2.18"), 32));
        assert_eq!(share.ports.len(), 63);
        assert_eq!(share.ports[..3], [(1232, 1235), (2256, 2259), (3280, 3283)]);
        assert_eq!(share.ports[61..], [(63696, 63699), (64720, 64723)]);
        // Example 2: the relay finds the prefix of 192.0.2.18, port 1232.
        assert_eq!(rule.prefix_of(v4("192.0.2.18"), 1232), Some(v6("2001:db8:12:3400::")));
    }

    /// The further examples: a whole address of its own, by embedded bits and by a rule for one subscriber.
    #[test]
    fn a_whole_address_has_all_ports() {
        let embedded = map("2001:db8::", 40, "192.0.2.0", 24, 8, 0);
        let share = embedded.share(v6("2001:db8:12::"), 48).unwrap();
        assert_eq!(share, Share { ip: v4("192.0.2.18"), length: 32, ports: Vec::new() });
        let alone = map("2001:db8:12:3400::", 56, "192.0.2.18", 32, 0, 0);
        let share = alone.share(v6("2001:db8:12:3400::"), 56).unwrap();
        assert_eq!(share, Share { ip: v4("192.0.2.18"), length: 32, ports: Vec::new() });
        let network = map("2001:db8::", 40, "192.0.2.0", 24, 4, 0);
        let share = network.share(v6("2001:db8:10::"), 44).unwrap();
        assert_eq!((share.ip, share.length), (v4("192.0.2.16"), 28));
    }

    #[test]
    fn without_an_offset_a_set_is_one_range() {
        let rule = map("2001:db8::", 40, "192.0.2.0", 24, 10, 0);
        let share = rule.share(v6("2001:db8:12:c000::"), 50).unwrap();
        assert_eq!((share.ip, share.ports), (v4("192.0.2.18"), vec![(49152, 65535)]));
        let other = rule.share(v6("2001:db8:12::"), 50).unwrap();
        assert_eq!((other.ip, other.ports), (v4("192.0.2.18"), vec![(0, 16383)]));
        assert_eq!(rule.share(v6("2001:db8:12::"), 56), None);
        assert_eq!(rule.share(v6("2001:db9:12::"), 50), None);
    }

    fn deterministic(inside: (&str, &str), outside: (&str, &str), ports: u32, reserved: u32) -> Deterministic {
        let range = |(first, last): (&str, &str)| Range { first: v4(first).to_bits(), last: v4(last).to_bits() };
        Deterministic {
            inside: range(inside),
            outside: range(outside),
            ports_per_subscriber: ports,
            reserved_ports: reserved,
            subscribers_per_address: (PORTS - reserved) / ports,
        }
    }

    #[test]
    fn blocks_follow_the_inside_addresses() {
        // 64512 ports are not reserved: 64 subscribers of 1008 ports an address.
        let rule = deterministic(("100.64.0.0", "100.64.0.127"), ("203.0.113.0", "203.0.113.1"), 1008, 1024);
        assert_eq!(rule.check(), Ok(()));
        let cases = [
            ("100.64.0.0", "203.0.113.0", (1024, 2031)),
            ("100.64.0.1", "203.0.113.0", (2032, 3039)),
            ("100.64.0.63", "203.0.113.0", (64528, 65535)),
            ("100.64.0.64", "203.0.113.1", (1024, 2031)),
            ("100.64.0.127", "203.0.113.1", (64528, 65535)),
        ];
        for (inside, ip, ports) in cases {
            assert_eq!(rule.share(v4(inside)), Some(Share { ip: v4(ip), length: 32, ports: vec![ports] }), "{inside}");
        }
        assert_eq!(rule.share(v4("100.64.0.128")), None);
        assert_eq!(rule.share(v4("100.63.255.255")), None);
        assert_eq!(rule.inside_of(v4("203.0.113.1"), 1023), None);
        let crowded = deterministic(("100.64.0.0", "100.64.0.128"), ("203.0.113.0", "203.0.113.1"), 1008, 1024);
        assert_eq!(crowded.check().unwrap_err().0, "inside");
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

        /// Every port is at most one subscriber's, and the way back finds that subscriber.
        #[test]
        fn deterministic_ports_are_nobody_elses(
            subscribers in 1_u32..200, ports in 64_u32..4096, reserved in 0_u32..4096, pool in 1_u32..8,
        ) {
            let rule = Deterministic {
                inside: Range { first: v4("100.64.0.0").to_bits(), last: v4("100.64.0.0").to_bits() + subscribers - 1 },
                outside: Range { first: v4("203.0.113.0").to_bits(), last: v4("203.0.113.0").to_bits() + pool - 1 },
                ports_per_subscriber: ports,
                reserved_ports: reserved,
                subscribers_per_address: (PORTS - reserved) / ports,
            };
            prop_assume!(rule.check().is_ok());
            let mut holders = BTreeMap::new();
            for index in 0..subscribers {
                let inside = Ipv4Addr::from_bits(rule.inside.first + index);
                let share = rule.share(inside).unwrap();
                for (first, last) in share.ports {
                    prop_assert!(u32::from(first) >= reserved && last >= first);
                    for port in [first, first + (last - first) / 2, last] {
                        prop_assert_eq!(rule.inside_of(share.ip, port), Some(inside));
                    }
                    prop_assert!(holders.insert((share.ip, first), last).is_none());
                }
            }
            let ranges: Vec<_> = holders.into_iter().collect();
            for pair in ranges.windows(2) {
                let (((ip, _), last), ((next_ip, next_first), _)) = (pair[0], pair[1]);
                prop_assert!(ip != next_ip || last < next_first);
            }
        }

        #[test]
        fn ports_of_a_map_rule_are_nobody_elses(ipv4_length in 28_u8..=32, psid_length in 1_u8..=7, offset in 0_u8..=8) {
            let rule = Map {
                ipv6: v6("2001:db8::").to_bits(),
                ipv6_length: 40,
                ipv4: v4("192.0.2.0").to_bits(),
                ipv4_length,
                ea_bits: 32 - ipv4_length + psid_length,
                psid_offset: offset,
            };
            prop_assert_eq!(rule.check(), Ok(()));
            // Each port of the first and of the last address is looked at.
            let mut holders: BTreeMap<Ipv4Addr, Vec<Option<u32>>> = BTreeMap::new();
            for ea in 0..1_u32 << rule.ea_bits {
                let shift = 128 - u32::from(rule.prefix_length());
                let prefix = Ipv6Addr::from_bits(rule.ipv6 | (u128::from(ea) << shift));
                let share = rule.share(prefix, rule.prefix_length()).unwrap();
                let held = holders.entry(share.ip).or_insert_with(|| vec![None; PORTS as usize]);
                for (first, last) in share.ports {
                    for port in first..=last {
                        prop_assert_eq!(held[usize::from(port)].replace(ea), None);
                    }
                    prop_assert_eq!(rule.prefix_of(share.ip, first), Some(prefix));
                    prop_assert_eq!(rule.prefix_of(share.ip, last), Some(prefix));
                }
            }
            prop_assert_eq!(holders.len(), 1 << (32 - ipv4_length));
            for held in holders.values() {
                let excluded = if offset == 0 { 0 } else { 1_usize << (16 - offset) };
                prop_assert!(held[..excluded].iter().all(Option::is_none));
                prop_assert!(held[excluded..].iter().all(Option::is_some));
            }
        }
    }
}

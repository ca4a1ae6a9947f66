//! What a record says of an internet access: addresses with their ports and times, and the line that held them.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use tutela_model::selector;
use tutela_model::time::{self, Zone};

use crate::cite::Origin;
use crate::issue::Refusal;
use crate::put::{self, BY_NORMAL_FORM, BY_TIME};
use crate::tabular::Cell;
use crate::xml::Node;

/// A time and where it stands.
#[derive(Clone, Copy, Debug)]
pub(super) struct Moment {
    pub(super) micros: i64,
    pub(super) origin: Origin,
}

/// An address, the ports of it, and when.
#[derive(Clone, Debug)]
pub(super) struct Held {
    pub(super) ip: String,
    pub(super) ip_origin: Origin,
    pub(super) ports: Option<[(u16, Origin); 2]>,
    pub(super) from: Moment,
    pub(super) until: Option<Moment>,
}

/// A time span; either end may be open.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Times {
    pub(super) from: Option<Moment>,
    pub(super) until: Option<Moment>,
}

const INTERVALS: [&str; 5] = ["interval", "addressInterval", "timeSpan", "naInterval", "validity"];
const GROUPS: [&str; 6] =
    ["naAssignedAddress", "assignedAddress", "natInformation", "nat", "naNATInformation", "addressAssignment"];
const LEAVES: [&str; 3] = ["iPTextAddress", "iPv4BinaryAddress", "iPv6BinaryAddress"];
/// What an address belongs to somebody else by.
const OF_OTHERS: [&str; 2] = ["destinationAddress", "destinationPort"];
/// The most ports or addresses that one assignment may list.
const MOST_PORTS: usize = 4096;

fn is_any(node: &Node, names: &[&str]) -> bool {
    names.iter().any(|name| node.is(name))
}

/// The identifier of the line.
pub(super) fn subscriber<'n>(record: &'n Node, inside: &'n Node) -> Option<&'n Node> {
    const NAMES: [&str; 5] =
        ["naSubscriberID", "naSubscriberIdentifier", "subscriberID", "subscriberIdentifier", "naAccountID"];
    let found = inside.find(&NAMES).or_else(|| record.find(&NAMES))?;
    // The identifier may be a choice with its text one element deeper.
    let leaf =
        if found.text().is_empty() { found.all().into_iter().find(|node| !node.text().is_empty())? } else { found };
    Some(leaf)
}

/// All addresses of one use of an access.
pub(super) fn addresses(usage: &Node, zone: Option<&Zone>) -> Result<Vec<Held>, Refusal> {
    let times = span_of(usage, zone)?;
    let mut groups = Vec::new();
    find_groups(usage, &mut groups);
    let mut held = Vec::new();
    for group in &groups {
        // An address inside the operator's network is nobody's outside.
        let is_inner = group.all().iter().any(|node| node.is("internal") && node.children.is_empty());
        if !is_inner {
            group_addresses(group, times, zone, &mut held)?;
        }
    }
    if held.is_empty() && !groups.is_empty() {
        return Err(usage.refuse("an address outside the operator's network"));
    }
    Ok(held)
}

/// The innermost elements that assign addresses.
fn find_groups<'n>(node: &'n Node, groups: &mut Vec<&'n Node>) {
    let before = groups.len();
    for child in &node.children {
        find_groups(child, groups);
    }
    let holds_address = || node.all().iter().any(|inside| is_any(inside, &LEAVES));
    if groups.len() == before && is_any(node, &GROUPS) && holds_address() {
        groups.push(node);
    }
}

fn group_addresses(group: &Node, around: Times, zone: Option<&Zone>, held: &mut Vec<Held>) -> Result<(), Refusal> {
    let mut own = span_of(group, zone)?;
    if let Some(assigned) = group.find(&["assignedTime"]) {
        own.from = Some(moment(assigned, zone)?);
    }
    let from =
        own.from.or(around.from).ok_or_else(|| group.refuse("when it was assigned: a startTime or assignedTime"))?;
    let until = own.until.or(around.until);
    if until.is_some_and(|until| until.micros < from.micros) {
        return Err(group.refuse("an end after the beginning"));
    }
    let mut found = Found::default();
    found.walk(group)?;
    let ports = found.ports()?;
    if found.addresses.len() * ports.len().max(1) > MOST_PORTS {
        return Err(group.refuse(format_args!("at most {MOST_PORTS} addresses and ports")));
    }
    for (ip, ip_origin) in &found.addresses {
        let of_ip = |ports| Held { ip: ip.clone(), ip_origin: *ip_origin, ports, from, until };
        if ports.is_empty() {
            held.push(of_ip(None));
        }
        held.extend(ports.iter().map(|ports| of_ip(Some(*ports))));
    }
    Ok(())
}

/// The addresses and ports of a group.
#[derive(Default)]
struct Found<'n> {
    addresses: Vec<(String, Origin)>,
    single_ports: Vec<&'n Node>,
    ranges: Vec<&'n Node>,
}

impl<'n> Found<'n> {
    fn walk(&mut self, node: &'n Node) -> Result<(), Refusal> {
        for child in &node.children {
            let name = child.name.to_ascii_lowercase();
            if is_any(child, &OF_OTHERS) {
                continue;
            }
            if is_any(child, &LEAVES) {
                self.addresses.push(address(child)?);
            } else if name.contains("port") && name.contains("range") {
                self.ranges.push(child);
            } else if child.is("portNumber") && child.children.is_empty() {
                self.single_ports.push(child);
            } else if (name == "range" || name == "mask") && child.all().iter().any(|inside| is_any(inside, &LEAVES)) {
                return Err(child.refuse("single addresses, or networks as text such as 2001:db8:1::/56"));
            } else {
                self.walk(child)?;
            }
        }
        Ok(())
    }

    fn ports(&self) -> Result<Vec<[(u16, Origin); 2]>, Refusal> {
        let mut ports = Vec::new();
        for node in &self.single_ports {
            let port = port(node)?;
            ports.push([port, port]);
        }
        for range in &self.ranges {
            let ends: Vec<&Node> = range.all().into_iter().filter(|node| !node.text().is_empty()).collect();
            let [first, last] = ends.as_slice() else {
                return Err(range.refuse("a first and a last port"));
            };
            let (first, last_port) = (port(first)?, port(last)?);
            if last_port.0 < first.0 {
                return Err(last.refuse("a last port from the first on"));
            }
            ports.push([first, last_port]);
        }
        Ok(ports)
    }
}

fn port(node: &Node) -> Result<(u16, Origin), Refusal> {
    let cell = node.cell();
    let plain = cell.text.parse::<u16>().ok().filter(|port| port.to_string() == cell.text);
    plain.map(|port| (port, cell.origin)).ok_or_else(|| cell.refuse("a port from 0 to 65535"))
}

fn address(node: &Node) -> Result<(String, Origin), Refusal> {
    let cell = node.cell();
    let text = if node.is("iPTextAddress") {
        selector::ip_or_network(cell.text).map_err(|error| cell.refuse(error))?.to_string()
    } else {
        binary_address(cell.text).ok_or_else(|| cell.refuse("an address of 4 or 16 bytes in hexadecimal"))?.to_string()
    };
    let origin = match (text == cell.text, node.is("iPTextAddress")) {
        (true, _) => cell.origin,
        (false, true) => cell.origin.by(BY_NORMAL_FORM),
        (false, false) => cell.origin.by("the address in hexadecimal"),
    };
    Ok((text, origin))
}

fn binary_address(text: &str) -> Option<IpAddr> {
    let bytes = hex::decode(text).ok()?;
    if let Ok(four) = <[u8; 4]>::try_from(bytes.as_slice()) {
        return Some(Ipv4Addr::from(four).into());
    }
    let sixteen = <[u8; 16]>::try_from(bytes.as_slice()).ok()?;
    Some(IpAddr::from(Ipv6Addr::from(sixteen)).to_canonical())
}

/// The interval that is a child of an element.
pub(super) fn span_of(node: &Node, zone: Option<&Zone>) -> Result<Times, Refusal> {
    let Some(interval) = INTERVALS.iter().find_map(|name| node.child(name)) else { return Ok(Times::default()) };
    let end = |name: &str| interval.child(name).filter(|time| !time.text().is_empty());
    Ok(Times {
        from: end("startTime").map(|time| moment(time, zone)).transpose()?,
        until: end("endTime").map(|time| moment(time, zone)).transpose()?,
    })
}

/// `20260302161000Z`, `20260302171000+0100`, or the same as RFC 3339 writes it.
fn moment(node: &Node, zone: Option<&Zone>) -> Result<Moment, Refusal> {
    let cell = node.cell();
    let micros = generalized_time(&cell, zone)?;
    Ok(Moment { micros, origin: cell.origin.by(BY_TIME) })
}

fn generalized_time(cell: &Cell<'_>, zone: Option<&Zone>) -> Result<i64, Refusal> {
    const EXPECTED: &str = "a time with its zone, such as 20260302161000Z or 20260302171000+0100";
    let digits = cell.text.bytes().take_while(u8::is_ascii_digit).count();
    let (Some(clock), Some(rest)) = (cell.text.get(..14), cell.text.get(14..)) else {
        return Err(cell.refuse(EXPECTED));
    };
    if digits < 14 {
        return put::read_instant(cell, zone).map(|read| read.micros);
    }
    let split = rest.find(['Z', '+', '-']).unwrap_or(rest.len());
    let (fraction, offset) = rest.split_at_checked(split).unwrap_or((rest, ""));
    let part = |from: usize, to: usize| clock.get(from..to).unwrap_or_default();
    let (day, hour) = (part(0, 4).to_owned() + "-" + part(4, 6) + "-" + part(6, 8), part(8, 10));
    let fraction = fraction.replace(',', ".");
    let offset = match offset.as_bytes() {
        [_, _, _, _, _] => offset.get(..3).unwrap_or_default().to_owned() + ":" + offset.get(3..).unwrap_or_default(),
        _ => offset.to_owned(),
    };
    let text = format!("{day}T{hour}:{}:{}{fraction}{offset}", part(10, 12), part(12, 14));
    let same = Cell { text: &text, ..*cell };
    match time::parse_instant(&text) {
        Ok(read) if read.had_zone => Ok(read.micros),
        Ok(_) if zone.is_some() => put::read_instant(&same, zone).map(|read| read.micros),
        Ok(_) => Err(cell.refuse(EXPECTED)),
        Err(error) => Err(cell.refuse(error)),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may stop")]

    use super::*;
    use crate::source::Span;

    #[test]
    fn times_are_read_in_all_their_forms() {
        let rome = Zone::parse("Europe/Rome").unwrap();
        let cases = [
            ("20260302161000Z", None, Some("2026-03-02T16:10:00Z")),
            ("20260302171000+0100", None, Some("2026-03-02T16:10:00Z")),
            ("20260302111000.25-0500", None, Some("2026-03-02T16:10:00.25Z")),
            ("2026-03-02T17:10:00+01:00", None, Some("2026-03-02T16:10:00Z")),
            ("20260302171000", Some(&rome), Some("2026-03-02T16:10:00Z")),
            ("20260302171000", None, None),
            ("20260230171000Z", None, None),
            ("202603021710", None, None),
            ("", None, None),
        ];
        for (text, zone, expected) in cases {
            let cell = Cell { name: "startTime", text, origin: Span::new(0, 1).into() };
            let read = generalized_time(&cell, zone).ok().map(time::format_instant);
            assert_eq!(read.as_deref(), expected, "{text}");
        }
    }

    #[test]
    fn addresses_are_read_from_bytes() {
        assert_eq!(binary_address("CB007109").map(|ip| ip.to_string()).as_deref(), Some("203.0.113.9"));
        let v6 = binary_address("20010db8000000000000000000000001").map(|ip| ip.to_string());
        assert_eq!(v6.as_deref(), Some("2001:db8::1"));
        assert_eq!(binary_address("CB0071"), None);
        assert_eq!(binary_address("203.0.113.9"), None);
    }
}

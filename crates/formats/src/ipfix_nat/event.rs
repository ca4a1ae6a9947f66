//! What a record says of a translation: whose address became which, with which ports, and when.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use super::datagram::{Record, Value};
use crate::cite::Origin;
use crate::issue::Refusal;
use crate::port_events::{Block, Kind};

/// Information elements, by their number at IANA.
mod element {
    pub(super) const PROTOCOL: u16 = 4;
    pub(super) const SOURCE_IPV4: u16 = 8;
    pub(super) const FLOW_END_UPTIME: u16 = 21;
    pub(super) const FLOW_START_UPTIME: u16 = 22;
    pub(super) const SOURCE_IPV6: u16 = 27;
    pub(super) const FLOW_START_S: u16 = 150;
    pub(super) const FLOW_END_S: u16 = 151;
    pub(super) const FLOW_START_MS: u16 = 152;
    pub(super) const FLOW_END_MS: u16 = 153;
    pub(super) const FLOW_START_US: u16 = 154;
    pub(super) const FLOW_END_US: u16 = 155;
    pub(super) const BOOTED_MS: u16 = 160;
    pub(super) const OUTSIDE_IPV4: u16 = 225;
    pub(super) const OUTSIDE_PORT: u16 = 227;
    pub(super) const NAT_EVENT: u16 = 230;
    pub(super) const INGRESS_VRF: u16 = 234;
    pub(super) const OUTSIDE_IPV6: u16 = 281;
    pub(super) const OBSERVED_S: u16 = 322;
    pub(super) const OBSERVED_MS: u16 = 323;
    pub(super) const OBSERVED_US: u16 = 324;
    pub(super) const RANGE_FIRST: u16 = 361;
    pub(super) const RANGE_LAST: u16 = 362;
    pub(super) const RANGE_STEP: u16 = 363;
    pub(super) const RANGE_COUNT: u16 = 364;
}

const BY_BYTES: &str = "the number or address in binary";
const BY_TIME_IN_BYTES: &str = "the time in binary";
const BY_UPTIME: &str = "the time since the exporter began, added to when it began";
const BY_HEADER: &str = "the time at which the datagram was sent";
const BY_COUNT: &str = "the first port and how many there are";

/// A time and where it stands.
pub(super) type Moment = (i64, Origin);

/// What a record says.
pub(super) struct Translation {
    pub(super) what: What,
    pub(super) inside: (IpAddr, Origin),
    pub(super) vrf: Option<u64>,
    pub(super) block: Block,
    /// Where the outside address, the first and the last port stand.
    pub(super) places: [Origin; 3],
    pub(super) protocol: String,
}

/// Whether it is an event, which is half of a record, or a flow, which is a whole one.
#[derive(Clone, Copy)]
pub(super) enum What {
    Event(Kind, Moment),
    Flow(Moment, Moment),
}

/// Reads a record.
pub(super) fn read(record: &Record<'_>) -> Result<Translation, Refusal> {
    let outside = address(record, element::OUTSIDE_IPV4, element::OUTSIDE_IPV6)
        .ok_or_else(|| Refusal::missing("postNATSourceIPv4Address (225)", "the address outside"))?;
    let inside = address(record, element::SOURCE_IPV4, element::SOURCE_IPV6)
        .ok_or_else(|| Refusal::missing("sourceIPv4Address (8)", "the address inside"))?;
    for (name, ip) in [("postNATSourceIPv4Address (225)", outside.0), ("sourceIPv4Address (8)", inside.0)] {
        if ip.is_unspecified() {
            return Err(Refusal::new(name, &ip.to_string(), "an address"));
        }
    }
    if outside.0 == inside.0 {
        let found = outside.0.to_string();
        return Err(Refusal::new("postNATSourceIPv4Address (225)", &found, "an address that was translated"));
    }
    let (ports, [first, last]) = ports(record)?;
    let what = match record.get(element::NAT_EVENT) {
        Some(event) => {
            let kind = kind(event)?;
            What::Event(kind, event_time(record, kind)?)
        }
        None => flow(record)?,
    };
    let protocol = record.get(element::PROTOCOL).filter(|_| record.get(element::RANGE_FIRST).is_none());
    Ok(Translation {
        what,
        inside,
        vrf: record.get(element::INGRESS_VRF).and_then(|vrf| vrf.number()).filter(|vrf| *vrf != 0),
        block: Block { ip: outside.0, ports: Some(ports) },
        places: [outside.1, first, last],
        protocol: protocol.and_then(|protocol| protocol.number()).map(|number| number.to_string()).unwrap_or_default(),
    })
}

/// RFC 8158, table 2; 1 and 2 are of the time before it.
fn kind(event: Value<'_>) -> Result<Kind, Refusal> {
    let found = event.number().unwrap_or(u64::MAX);
    let refuse = |expected: &str| Refusal::new("natEvent (230)", &found.to_string(), expected).at(event.span);
    match found {
        1 | 4 | 6 | 8 | 10 | 16 => Ok(Kind::Given),
        2 | 5 | 7 | 9 | 11 | 17 => Ok(Kind::Taken),
        14 | 15 => Err(refuse("an event with ports; which ports of the address are meant is not said")),
        _ => Err(refuse("the making or the end of a session, a binding or a block of ports")),
    }
}

fn address(record: &Record<'_>, v4: u16, v6: u16) -> Option<(IpAddr, Origin)> {
    let four = record.get(v4).and_then(|value| {
        let bytes = <[u8; 4]>::try_from(value.bytes).ok()?;
        Some((IpAddr::from(Ipv4Addr::from(bytes)), by(value, BY_BYTES)))
    });
    four.or_else(|| {
        let value = record.get(v6)?;
        let bytes = <[u8; 16]>::try_from(value.bytes).ok()?;
        Some((IpAddr::from(Ipv6Addr::from(bytes)).to_canonical(), by(value, BY_BYTES)))
    })
}

fn ports(record: &Record<'_>) -> Result<((u16, u16), [Origin; 2]), Refusal> {
    let port = |name: &str, value: Value<'_>| {
        let number = value.number().unwrap_or(u64::MAX);
        let port = u16::try_from(number);
        port.map_err(|_| Refusal::new(name, &number.to_string(), "a port from 0 to 65535").at(value.span))
    };
    let Some(first) = record.get(element::RANGE_FIRST) else {
        let value = record
            .get(element::OUTSIDE_PORT)
            .ok_or_else(|| Refusal::missing("postNAPTSourceTransportPort (227)", "a port, or portRangeStart (361)"))?;
        let single = port("postNAPTSourceTransportPort (227)", value)?;
        if single == 0 {
            return Err(Refusal::new("postNAPTSourceTransportPort (227)", "0", "a port").at(value.span));
        }
        return Ok(((single, single), [by(value, BY_BYTES), by(value, BY_BYTES)]));
    };
    if let Some(step) = record.get(element::RANGE_STEP).filter(|step| step.number().is_none_or(|step| step > 1)) {
        let found = step.number().unwrap_or(u64::MAX).to_string();
        return Err(Refusal::new("portRangeStepSize (363)", &found, "ports without gaps").at(step.span));
    }
    let from = port("portRangeStart (361)", first)?;
    let (to, last_origin) = match (record.get(element::RANGE_LAST), record.get(element::RANGE_COUNT)) {
        (Some(last), _) => (port("portRangeEnd (362)", last)?, by(last, BY_BYTES)),
        (None, Some(count)) => {
            let number = count.number().filter(|number| (1..=65536).contains(number));
            let last = number.and_then(|number| u16::try_from(u64::from(from) + number - 1).ok());
            let refusal =
                || Refusal::new("portRangeNumPorts (364)", "too many or none", "ports up to 65535").at(count.span);
            (last.ok_or_else(refusal)?, by(count, BY_COUNT))
        }
        (None, None) => return Err(Refusal::missing("portRangeEnd (362)", "the last port of the block")),
    };
    if to < from {
        return Err(Refusal::new("portRangeEnd (362)", &to.to_string(), "a last port from the first on"));
    }
    Ok(((from, to), [by(first, BY_BYTES), last_origin]))
}

/// When an event happened: as it says; else as its flow began or ended; else as it was sent.
fn event_time(record: &Record<'_>, kind: Kind) -> Result<Moment, Refusal> {
    let of_flow = match kind {
        Kind::Given => flow_start,
        Kind::Taken => flow_end,
    };
    let said = observed(record).or_else(|| of_flow(record));
    let header = record.header;
    in_range(said.unwrap_or((i64::from(header.exported_s) * 1_000_000, Origin::Read(header.exported, BY_HEADER))))
}

/// The time of a flow. Where only one end is said, the port was surely held at that moment.
fn flow(record: &Record<'_>) -> Result<What, Refusal> {
    let start = flow_start(record).or_else(|| observed(record)).or_else(|| flow_end(record));
    let end = flow_end(record).or_else(|| observed(record)).or(start);
    let (Some(start), Some(end)) = (start, end) else {
        return Err(Refusal::missing("flowStartMilliseconds (152)", "when the flow began and ended"));
    };
    let (start, end) = (in_range(start)?, in_range(end)?);
    if end.0 < start.0 {
        return Err(Refusal::row(b"a flow that ends before it begins", "an end after the beginning"));
    }
    Ok(What::Flow(start, end))
}

fn observed(record: &Record<'_>) -> Option<Moment> {
    use element::{OBSERVED_MS, OBSERVED_S, OBSERVED_US};
    time(record, OBSERVED_MS, 1000).or_else(|| time(record, OBSERVED_S, 1_000_000)).or_else(|| ntp(record, OBSERVED_US))
}

fn flow_start(record: &Record<'_>) -> Option<Moment> {
    use element::{FLOW_START_MS, FLOW_START_S, FLOW_START_UPTIME, FLOW_START_US};
    time(record, FLOW_START_MS, 1000)
        .or_else(|| time(record, FLOW_START_S, 1_000_000))
        .or_else(|| ntp(record, FLOW_START_US))
        .or_else(|| since_boot(record, FLOW_START_UPTIME))
}

fn flow_end(record: &Record<'_>) -> Option<Moment> {
    use element::{FLOW_END_MS, FLOW_END_S, FLOW_END_UPTIME, FLOW_END_US};
    time(record, FLOW_END_MS, 1000)
        .or_else(|| time(record, FLOW_END_S, 1_000_000))
        .or_else(|| ntp(record, FLOW_END_US))
        .or_else(|| since_boot(record, FLOW_END_UPTIME))
}

/// A count of units since 1970; `unit` is in microseconds. Zero is no time.
fn time(record: &Record<'_>, element: u16, unit: i64) -> Option<Moment> {
    let value = record.get(element)?;
    let count = i64::try_from(value.number()?).ok().filter(|count| *count > 0)?;
    Some((count.checked_mul(unit)?, by(value, BY_TIME_IN_BYTES)))
}

/// Seconds since 1900 and a fraction of 2^32, as IPFIX writes microseconds.
fn ntp(record: &Record<'_>, element: u16) -> Option<Moment> {
    const FROM_1900_TO_1970_S: i64 = 2_208_988_800;
    let value = record.get(element).filter(|value| value.bytes.len() == 8)?;
    let number = value.number().filter(|number| *number > 0)?;
    let seconds = i64::try_from(number >> 32).ok()? - FROM_1900_TO_1970_S;
    let micros = i64::try_from(((number & 0xffff_ffff) * 1_000_000) >> 32).ok()?;
    Some((seconds.checked_mul(1_000_000)?.checked_add(micros)?, by(value, BY_TIME_IN_BYTES)))
}

/// Milliseconds since the exporter began, whose clock NetFlow 9 has in its header and IPFIX in a field.
fn since_boot(record: &Record<'_>, element: u16) -> Option<Moment> {
    let value = record.get(element)?;
    let since_ms = i64::try_from(value.number()?).ok()?;
    let booted_ms = match (record.header.uptime_ms, record.get(element::BOOTED_MS).and_then(|value| value.number())) {
        (_, Some(booted_ms)) => i64::try_from(booted_ms).ok()?,
        (Some(uptime_ms), None) => i64::from(record.header.exported_s) * 1000 - i64::from(uptime_ms),
        (None, None) => return None,
    };
    Some((booted_ms.checked_add(since_ms)?.checked_mul(1000)?, by(value, BY_UPTIME)))
}

/// The years 2000 to 2099: a count outside has been cut off or is none.
fn in_range(moment: Moment) -> Result<Moment, Refusal> {
    const MICROS: std::ops::Range<i64> = 946_684_800_000_000..4_102_444_800_000_000;
    if MICROS.contains(&moment.0) {
        return Ok(moment);
    }
    Err(Refusal::new("time", &moment.0.to_string(), "a time of the years 2000 to 2099"))
}

fn by(value: Value<'_>, rule: &'static str) -> Origin {
    Origin::Read(value.span, rule)
}

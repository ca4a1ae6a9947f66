//! One packet: a line without indent, then indented attributes, then a blank line.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use tutela_model::selector;
use tutela_model::time::{self, Zone};

use crate::error::FormatError;
use crate::issue::Refusal;
use crate::limits::Limits;
use crate::source::Span;
use crate::tabular::Window;

/// Splits the file into packets.
pub(super) struct Packets<'s> {
    window: Window<'s>,
    line_end: u8,
    row_bytes: usize,
    taken: usize,
}

/// What comes next.
pub(super) enum Next {
    /// A packet, in [`Packets::bytes`].
    Packet(Span),
    /// A packet that is too long, passed over.
    TooLong(Span, Refusal),
    /// Nothing.
    End,
}

impl<'s> Packets<'s> {
    pub(super) fn new(mut window: Window<'s>, limits: &Limits) -> Result<Packets<'s>, FormatError> {
        window.skip_byte_order_mark()?;
        let head = window.peek()?;
        let line_end = if memchr::memchr(b'\n', head).is_none() { b'\r' } else { b'\n' };
        Ok(Packets { window, line_end, row_bytes: limits.row_bytes, taken: 0 })
    }

    /// The bytes of the present packet.
    pub(super) fn bytes(&self) -> &[u8] {
        self.window.bytes().get(..self.taken).unwrap_or_default()
    }

    /// The byte that ends a line.
    pub(super) fn line_end(&self) -> u8 {
        self.line_end
    }

    pub(super) fn next(&mut self) -> Result<Next, FormatError> {
        self.window.consume(std::mem::take(&mut self.taken));
        self.skip_blank()?;
        let mut from = 0;
        loop {
            let bytes = self.window.bytes();
            let (end, seen) = packet_end(bytes, from, self.line_end);
            if let Some(end) = end.or_else(|| self.window.is_at_end().then_some(bytes.len())) {
                if bytes.is_empty() {
                    return Ok(Next::End);
                }
                if end > self.row_bytes {
                    self.window.consume(end);
                    return Ok(self.too_long(end as u64));
                }
                self.taken = end;
                return Ok(Next::Packet(Span::sized(self.window.offset(), end)));
            }
            if bytes.len() > self.row_bytes {
                return self.pass_over();
            }
            from = seen;
            self.window.more()?;
        }
    }

    fn skip_blank(&mut self) -> Result<(), FormatError> {
        loop {
            let bytes = self.window.bytes();
            let blank = bytes.iter().take_while(|byte| matches!(byte, b'\r' | b'\n')).count();
            let all = blank == bytes.len();
            self.window.consume(blank);
            if !all || !self.window.more()? {
                return Ok(());
            }
        }
    }

    fn too_long(&self, length: u64) -> Next {
        let found = format!("a packet of {length} bytes");
        let refusal = Refusal::row(found.as_bytes(), format_args!("a packet of at most {} bytes", self.row_bytes));
        Next::TooLong(Span::new(self.window.offset() - length, self.window.offset()), refusal)
    }

    /// Goes to the end of a packet that is too long, keeping nothing of it but the line end that may end it.
    fn pass_over(&mut self) -> Result<Next, FormatError> {
        let mut length = 0_u64;
        loop {
            let bytes = self.window.bytes();
            let at_end = self.window.is_at_end();
            let (end, seen) = packet_end(bytes, 0, self.line_end);
            let count = end.unwrap_or(if at_end { bytes.len() } else { seen });
            length += count as u64;
            self.window.consume(count);
            if end.is_some() || at_end {
                return Ok(self.too_long(length));
            }
            self.window.more()?;
        }
    }
}

/// Where a packet ends: after a line that is followed by a blank or an unindented one. Else how much need not be looked
/// at again.
fn packet_end(bytes: &[u8], from: usize, line_end: u8) -> (Option<usize>, usize) {
    let mut at = from;
    while let Some(found) = memchr::memchr(line_end, bytes.get(at..).unwrap_or_default()) {
        let next = at + found + 1;
        match bytes.get(next) {
            Some(b' ' | b'\t') => at = next,
            Some(_) => return (Some(next), next),
            None => return (None, at + found),
        }
    }
    (None, bytes.len())
}

/// What a packet reports.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub(super) enum Status {
    Start,
    Interim,
    Stop,
    /// The server has begun or ceased to keep sessions: it has none.
    Reset,
}

/// A value and where it stands.
#[derive(Clone, Copy, Debug)]
pub(super) struct Value<'p> {
    pub(super) text: &'p str,
    pub(super) span: Span,
}

/// An address or network of a packet.
#[derive(Clone, Copy, Debug)]
pub(super) struct Address {
    pub(super) ip: IpAddr,
    pub(super) length: u8,
    pub(super) span: Span,
}

/// A block of ports that the translator gave or took back.
#[derive(Clone, Copy, Debug)]
pub(super) struct Block {
    pub(super) ip: Ipv4Addr,
    pub(super) first: u16,
    pub(super) last: u16,
    pub(super) is_given: bool,
    pub(super) spans: [Span; 3],
}

/// The attributes of a packet that matter here.
#[derive(Debug, Default)]
pub(super) struct Attributes<'p> {
    pub(super) status: Option<Value<'p>>,
    pub(super) user: Option<Value<'p>>,
    pub(super) nas_ip: Option<Value<'p>>,
    pub(super) nas_ipv6: Option<Value<'p>>,
    pub(super) nas_name: Option<Value<'p>>,
    pub(super) session: Option<Value<'p>>,
    pub(super) unique_session: Option<Value<'p>>,
    session_time: Option<Value<'p>>,
    delay: Option<Value<'p>>,
    timestamp: Option<Value<'p>>,
    event_timestamp: Option<Value<'p>>,
    header: Option<Value<'p>>,
    pub(super) addresses: Vec<Address>,
    pub(super) blocks: Vec<Block>,
    block: BlockParts<'p>,
}

#[derive(Debug, Default)]
struct BlockParts<'p> {
    ip: Option<Value<'p>>,
    first: Option<Value<'p>>,
    last: Option<Value<'p>>,
    alloc: Option<Value<'p>>,
}

impl<'p> BlockParts<'p> {
    fn get(&self, part: BlockPart) -> Option<Value<'p>> {
        match part {
            BlockPart::Ip => self.ip,
            BlockPart::First => self.first,
            BlockPart::Last => self.last,
            BlockPart::Alloc => self.alloc,
        }
    }

    fn get_mut(&mut self, part: BlockPart) -> &mut Option<Value<'p>> {
        match part {
            BlockPart::Ip => &mut self.ip,
            BlockPart::First => &mut self.first,
            BlockPart::Last => &mut self.last,
            BlockPart::Alloc => &mut self.alloc,
        }
    }
}

/// The times of a packet, in seconds since 1970.
#[derive(Clone, Copy, Debug)]
pub(super) struct Times {
    /// When what it reports happened.
    pub(super) at_s: u32,
    /// When the session began, by its length.
    pub(super) began_s: Option<u32>,
    pub(super) span: Span,
}

/// 2000-01-01 and 2100-01-01: a count of seconds outside has been cut off or is none.
const SECONDS: std::ops::Range<i64> = 946_684_800..4_102_444_800;

impl<'p> Attributes<'p> {
    /// Reads the attributes of a packet that begins at `offset`.
    pub(super) fn read(bytes: &'p [u8], offset: u64, line_end: u8, most: usize) -> Result<Attributes<'p>, Refusal> {
        if memchr::memchr(0, bytes).is_some() {
            return Err(Refusal::row(bytes, "a packet without NUL bytes"));
        }
        let mut attributes = Attributes::default();
        let mut begin = 0;
        for (number, line) in bytes.split(|byte| *byte == line_end).enumerate() {
            if number > most {
                return Err(Refusal::row(b"more attributes", format_args!("a packet of at most {most} attributes")));
            }
            let line_offset = offset + begin as u64;
            begin += line.len() + 1;
            if !line.starts_with(b"\t") && !line.starts_with(b" ") {
                attributes.header = value(line, line_offset)?.or(attributes.header);
                continue;
            }
            let Some(mark) = memchr::memchr(b'=', line) else { continue };
            let name = line.get(..mark).unwrap_or_default().trim_ascii();
            let rest = line.get(mark + 1..).unwrap_or_default();
            if !is_of_interest(name) {
                continue;
            }
            if let Some(value) = value(rest, line_offset + mark as u64 + 1)? {
                attributes.set(name, value)?;
            }
        }
        attributes.end_block()?;
        Ok(attributes)
    }

    fn set(&mut self, name: &[u8], value: Value<'p>) -> Result<(), Refusal> {
        match name {
            b"Acct-Status-Type" => self.status = Some(value),
            b"User-Name" => self.user = Some(value),
            b"NAS-IP-Address" => self.nas_ip = Some(value),
            b"NAS-IPv6-Address" => self.nas_ipv6 = Some(value),
            b"NAS-Identifier" => self.nas_name = Some(value),
            b"Acct-Session-Id" => self.session = Some(value),
            b"Acct-Unique-Session-Id" => self.unique_session = Some(value),
            b"Acct-Session-Time" => self.session_time = Some(value),
            b"Acct-Delay-Time" => self.delay = Some(value),
            b"Timestamp" => self.timestamp = Some(value),
            b"Event-Timestamp" => self.event_timestamp = Some(value),
            b"Framed-IP-Address" => self.set_framed_ip(value)?,
            b"Framed-IPv6-Address" | b"Framed-IPv6-Prefix" | b"Delegated-IPv6-Prefix" => {
                self.set_prefix(name, value)?
            }
            _ => self.set_block(name, value)?,
        }
        Ok(())
    }

    fn set_framed_ip(&mut self, value: Value<'p>) -> Result<(), Refusal> {
        let expected = "an IPv4 address";
        let ip: Ipv4Addr =
            value.text.parse().map_err(|_| Refusal::new("Framed-IP-Address", value.text, expected).at(value.span))?;
        // RFC 2865, 5.8: with these the server lets others choose, so they are nobody's.
        let chosen_by_others = [Ipv4Addr::UNSPECIFIED, Ipv4Addr::BROADCAST, Ipv4Addr::new(255, 255, 255, 254)];
        if !chosen_by_others.contains(&ip) {
            self.addresses.push(Address { ip: ip.into(), length: 32, span: value.span });
        }
        Ok(())
    }

    fn set_prefix(&mut self, name: &[u8], value: Value<'p>) -> Result<(), Refusal> {
        let (address, length) = value.text.split_once('/').unwrap_or((value.text, "128"));
        let length: Option<u8> = length.parse().ok().filter(|length| *length <= 128);
        let read = selector::ip(address).ok().map(selector::Ip::addr).zip(length);
        let (Some((IpAddr::V6(ip), length)), false) = (read, length == Some(0)) else {
            let name = String::from_utf8_lossy(name);
            return Err(Refusal::new(name, value.text, "a prefix such as 2001:db8:1::/56").at(value.span));
        };
        let mask = u128::MAX.checked_shl(128 - u32::from(length)).unwrap_or(0);
        let ip = Ipv6Addr::from(u128::from(ip) & mask);
        if !ip.is_unspecified() {
            self.addresses.push(Address { ip: ip.into(), length, span: value.span });
        }
        Ok(())
    }

    /// Blocks come as attributes of their own, one after the other, or together in braces (RFC 8045).
    fn set_block(&mut self, name: &[u8], value: Value<'p>) -> Result<(), Refusal> {
        let Some(inner) = value.text.strip_prefix('{') else { return self.set_block_part(name, value) };
        let inner = inner.strip_suffix('}').unwrap_or(inner);
        let mut from = value.span.start + 1;
        for part in inner.split(',') {
            if let Some((name, rest)) = part.split_once('=') {
                let text = rest.trim_ascii();
                let skipped = part.len() - rest.trim_ascii_start().len();
                let span = Span::sized(from + skipped as u64, text.len());
                self.set_block_part(name.trim_ascii().as_bytes(), Value { text, span })?;
            }
            from += part.len() as u64 + 1;
        }
        self.end_block()
    }

    fn set_block_part(&mut self, name: &[u8], value: Value<'p>) -> Result<(), Refusal> {
        let Some(part) = block_part(name).filter(|_| !value.text.is_empty()) else { return Ok(()) };
        if self.block.get(part).is_some() {
            // The same part again begins the next block.
            self.end_block()?;
        }
        *self.block.get_mut(part) = Some(value);
        Ok(())
    }

    fn end_block(&mut self) -> Result<(), Refusal> {
        let parts = std::mem::take(&mut self.block);
        let (ip, first, last) = match (parts.ip, parts.first, parts.last) {
            (None, None, None) => return Ok(()),
            (Some(ip), Some(first), Some(last)) => (ip, first, last),
            _ => return Err(Refusal::missing("IP-Port-Range", "an external address, a first and a last port")),
        };
        let port = |value: Value<'_>| -> Result<u16, Refusal> {
            let refusal = |_| Refusal::new("IP-Port-Range", value.text, "a port from 0 to 65535").at(value.span);
            value.text.parse().map_err(refusal)
        };
        let (first_port, last_port) = (port(first)?, port(last)?);
        if last_port < first_port {
            return Err(Refusal::new("IP-Port-Range", last.text, "a last port from the first on").at(last.span));
        }
        let refusal = |_| Refusal::new("IP-Port-Range", ip.text, "an external IPv4 address").at(ip.span);
        let address = ip.text.parse().map_err(refusal)?;
        let is_given = parts.alloc.is_none_or(|alloc| !matches!(alloc.text, "2" | "Deallocation" | "Dealloc"));
        let spans = [ip.span, first.span, last.span];
        self.blocks.push(Block { ip: address, first: first_port, last: last_port, is_given, spans });
        Ok(())
    }

    /// What the packet reports.
    pub(super) fn status(&self) -> Result<Status, Refusal> {
        const NAME: &str = "Acct-Status-Type";
        const EXPECTED: &str = "Start, Interim-Update, Stop, Accounting-On or Accounting-Off";
        let value = self.status.ok_or_else(|| Refusal::missing(NAME, EXPECTED))?;
        match value.text.strip_prefix("::").unwrap_or(value.text) {
            "Start" | "1" => Ok(Status::Start),
            "Stop" | "2" => Ok(Status::Stop),
            "Interim-Update" | "Alive" | "3" => Ok(Status::Interim),
            "Accounting-On" | "Accounting-Off" | "7" | "8" => Ok(Status::Reset),
            other => Err(Refusal::new(NAME, other, EXPECTED).at(value.span)),
        }
    }

    /// When it happened. `zone` is that of the packet's first line, if it is known.
    pub(super) fn times(&self, zone: Option<&Zone>) -> Result<Times, Refusal> {
        let delay_s = seconds("Acct-Delay-Time", self.delay)?.unwrap_or(0);
        let (at_s, span) = match (self.timestamp, self.event_timestamp, self.header.zip(zone)) {
            (Some(value), ..) => (seconds("Timestamp", Some(value))?.unwrap_or(0) - delay_s, value.span),
            (None, Some(value), _) => (event_seconds(value)?, value.span),
            (None, None, Some((value, zone))) => (header_seconds(value, zone)? - delay_s, value.span),
            (None, None, None) => return Err(Refusal::missing("Timestamp", "the time in seconds since 1970")),
        };
        let in_range = |name: &str, seconds: i64| {
            let fits = SECONDS.contains(&seconds);
            u32::try_from(seconds)
                .ok()
                .filter(|_| fits)
                .ok_or_else(|| Refusal::new(name, &seconds.to_string(), "a time of the years 2000 to 2099").at(span))
        };
        let session_time_s = seconds("Acct-Session-Time", self.session_time)?;
        let began_s = session_time_s.map(|length_s| in_range("Acct-Session-Time", at_s - length_s)).transpose()?;
        Ok(Times { at_s: in_range("Timestamp", at_s)?, began_s, span })
    }

    /// Which server keeps the session.
    pub(super) fn nas(&self) -> Option<Value<'p>> {
        self.nas_ip.or(self.nas_ipv6).or(self.nas_name)
    }
}

fn is_of_interest(name: &[u8]) -> bool {
    match name {
        b"Acct-Status-Type"
        | b"User-Name"
        | b"NAS-IP-Address"
        | b"NAS-IPv6-Address"
        | b"NAS-Identifier"
        | b"Acct-Session-Id"
        | b"Acct-Unique-Session-Id"
        | b"Acct-Session-Time"
        | b"Acct-Delay-Time"
        | b"Timestamp"
        | b"Event-Timestamp"
        | b"Framed-IP-Address"
        | b"Framed-IPv6-Address"
        | b"Framed-IPv6-Prefix"
        | b"Delegated-IPv6-Prefix" => true,
        _ => name.starts_with(b"IP-Port-"),
    }
}

#[derive(Clone, Copy)]
enum BlockPart {
    Ip,
    First,
    Last,
    Alloc,
}

/// Servers spell the parts of a block in several ways: `IP-Port-Range-Ext-IPv4-Addr`, `IP-Port-Range.Ext-IPv4-Addr`,
/// `IP-Port-Range-Range-Start`, `IP-Port-Range-Start`, or inside braces `Range-Start` alone.
fn block_part(name: &[u8]) -> Option<BlockPart> {
    let mut name = name.strip_prefix(b"IP-Port-").unwrap_or(name);
    while let Some(rest) = name.strip_prefix(b"Range-").or_else(|| name.strip_prefix(b"Range.")) {
        name = rest;
    }
    match name {
        b"Ext-IPv4-Addr" => Some(BlockPart::Ip),
        b"Start" => Some(BlockPart::First),
        b"End" => Some(BlockPart::Last),
        b"Alloc" => Some(BlockPart::Alloc),
        _ => None,
    }
}

/// The text after an attribute's `=`, without quotes; nothing if it is empty.
fn value(rest: &[u8], offset: u64) -> Result<Option<Value<'_>>, Refusal> {
    let text = rest.trim_ascii();
    let mut begin = offset + (rest.len() - rest.trim_ascii_start().len()) as u64;
    let quoted = text.strip_prefix(b"\"").and_then(|text| text.strip_suffix(b"\""));
    let text = match quoted {
        Some(inner) => {
            begin += 1;
            inner
        }
        None => text,
    };
    let span = Span::sized(begin, text.len());
    let text = std::str::from_utf8(text).map_err(|_| Refusal::row(text, "UTF-8").at(span))?;
    Ok((!text.is_empty()).then_some(Value { text, span }))
}

fn seconds(name: &str, value: Option<Value<'_>>) -> Result<Option<i64>, Refusal> {
    let Some(value) = value else { return Ok(None) };
    let number: Option<u32> = value.text.parse().ok().filter(|_| value.text.bytes().all(|byte| byte.is_ascii_digit()));
    match number {
        Some(number) => Ok(Some(i64::from(number))),
        None => Err(Refusal::new(name, value.text, "a number of seconds").at(value.span)),
    }
}

/// A count of seconds, RFC 3339, or `Mar  2 2026 17:00:00 UTC`. Other names of zones are not unique.
fn event_seconds(value: Value<'_>) -> Result<i64, Refusal> {
    if value.text.bytes().all(|byte| byte.is_ascii_digit()) {
        return Ok(seconds("Event-Timestamp", Some(value))?.unwrap_or(0));
    }
    if let Ok(read) = time::parse_instant(value.text).and_then(time::Instant::stated) {
        return Ok(read.div_euclid(1_000_000));
    }
    let expected = "a time in seconds since 1970, or with its offset from UTC";
    let refusal = || Refusal::new("Event-Timestamp", value.text, expected).at(value.span);
    let clock = value.text.strip_suffix(" UTC").or_else(|| value.text.strip_suffix(" GMT")).ok_or_else(refusal)?;
    let zone = Zone::parse("UTC").map_err(|_| refusal())?;
    let clock = clock.split_ascii_whitespace().collect::<Vec<_>>().join(" ");
    let read = time::parse_local(&clock, "%b %d %Y %H:%M:%S", &zone).map_err(|_| refusal())?;
    Ok(read.micros.div_euclid(1_000_000))
}

/// `Mon Mar  2 17:00:00 2026` on the clock of the server.
fn header_seconds(value: Value<'_>, zone: &Zone) -> Result<i64, Refusal> {
    let clock = value.text.split_ascii_whitespace().collect::<Vec<_>>().join(" ");
    let read = time::parse_local(&clock, "%a %b %d %H:%M:%S %Y", zone);
    let read = read.map_err(|error| Refusal::new("the first line", value.text, error).at(value.span))?;
    Ok(read.micros.div_euclid(1_000_000))
}

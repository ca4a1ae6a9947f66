//! Blocks of ports that Juniper's address translators log: which inside address held which ports of which address when.

use tutela_model::time::{self, Zone};
use tutela_model::{TableId, selector};

use crate::cite::Origin;
use crate::error::FormatError;
use crate::format::{Content, Example, ExampleKind, Expect, Format, FormatMeta, Probe};
use crate::hostile::{self, Pieces};
use crate::issue::Refusal;
use crate::limits::Limits;
use crate::lines::{Lines, NextLine, Part};
use crate::port_events::{self, Block, Event, Hosts, Kind, Places, PortEvents};
use crate::put::{self, BY_CONSTANT};
use crate::sink::{RowAt, Sink};
use crate::source::{Source, Span};
use crate::tabular::Cell;

pub(crate) static FORMAT: CgnatSyslogJuniper = CgnatSyslogJuniper;

pub(crate) struct CgnatSyslogJuniper;

static META: FormatMeta = FormatMeta {
    id: "cgnat_syslog_juniper",
    title: "Port blocks of Juniper address translators (syslog)",
    standard: "Junos syslog, JSERVICES_NAT_PORT_BLOCK_ALLOC, _ACTIVE and _RELEASE",
    since: "0.1",
    manual: "\
A row is one line:

```text
Mar  2 17:10:01 2026-03-02 17:10:00: cgn1{svc-1}[jservices-nat]: JSERVICES_NAT_PORT_BLOCK_ALLOC: 100.64.1.2 -> 203.0.113.9:1024-1535
```

Lines may come in any order; those of one block and one subscriber make a record in `assignment`, which carries the row of
the line that gave the block.

| column | from |
|---|---|
| `operator` | the mapping's constant (`operator`); else the host that logs |
| `line_ref` | the inside address, which the operator can tell the subscriber of |
| `ip`, `port_from`, `port_to` | the outside address with the first and the last port |
| `from_utc` | the first ALLOC. The same ALLOC again before a RELEASE, or an ACTIVE, says that the block is still held |
| `until_utc` | the RELEASE. Absent where there is none: neither the last line nor the next holder of the ports is the end |
| `request_ref` | the mapping's constant |

**The time** is the one with the year, `2026-03-02 17:10:00` (also `17: 10:00`), on the clock of the device, whose zone the
mapping states: `dates: {from_utc: {zone: Europe/Rome}}`. A line without it that begins with a time that has its zone
(RFC 5424) has that one. `Mar  2 17:10:01` alone has no year, so the row is refused.

Lines of one block and one moment count in the order of the file. Inside addresses are used again behind other hosts. Where the constant `operator` stands for several hosts, the case gets
a note, since then one `line_ref` may mean several lines.

**Refused rows.** Other messages (`JSERVICES_NAT_RULE_MATCH`, `JSERVICES_NAT_OUTOF_PORTS_APP`, sessions), no known time,
an address or ports that cannot be, and a RELEASE without an earlier ALLOC in the file: when the block was given is not
known. What stands after the ports is not read.

Everything is held until the end of the file, about 100 bytes a line; beyond the limit the file is refused and must be
cut by days.",
};

impl Format for CgnatSyslogJuniper {
    fn meta(&self) -> &'static FormatMeta {
        &META
    }

    fn probe(&self, head: &[u8], _file_name: &str) -> Probe {
        match memchr::memmem::find(head, b"JSERVICES_NAT_PORT_BLOCK_") {
            Some(_) => Probe::Yes("the message JSERVICES_NAT_PORT_BLOCK_".into()),
            None if memchr::memmem::find(head, b"JSERVICES_NAT_").is_some() => {
                Probe::Maybe("a message JSERVICES_NAT_, though no port block so far".into())
            }
            None => Probe::No,
        }
    }

    fn tables(&self) -> &'static [TableId] {
        &[TableId::Assignment]
    }

    fn read(&self, source: &mut dyn Source, out: &mut Sink<'_>, limits: &Limits) -> Result<(), FormatError> {
        let mapping = source.mapping().cloned();
        let file_name = source.info().file_name.clone();
        let zone = mapping.as_ref().and_then(|mapping| mapping.zone("from_utc"));
        let operator = mapping.as_ref().and_then(|mapping| mapping.constant("operator"));
        let mut reader = Reader { operator, zone: zone.as_ref(), hosts: Hosts::default() };
        let mut lines = Lines::new(source, limits)?;
        let mut events = PortEvents::new(limits, out.is_citing());
        for row in 1.. {
            match lines.next()? {
                NextLine::End => break,
                NextLine::Unreadable(span, refusal) => out.refuse(RowAt { row, span }, refusal)?,
                NextLine::Line(span) => match reader.event(lines.line(), row, span, limits) {
                    Ok(event) => events.add(&event, &file_name)?,
                    Err(refusal) => out.refuse(RowAt { row, span }, refusal)?,
                },
            }
        }
        reader.hosts.note(operator, out)?;
        events.give(mapping.as_ref(), "an ALLOC", out)
    }

    fn examples(&self) -> &'static [Example] {
        EXAMPLES
    }
}

struct Reader<'r> {
    operator: Option<&'r str>,
    zone: Option<&'r Zone>,
    hosts: Hosts,
}

const ALLOC: &str = "JSERVICES_NAT_PORT_BLOCK_ALLOC";
const ACTIVE: &str = "JSERVICES_NAT_PORT_BLOCK_ACTIVE";
const RELEASE: &str = "JSERVICES_NAT_PORT_BLOCK_RELEASE";

impl Reader<'_> {
    fn event<'e>(&'e mut self, line: Part<'e>, row: u64, span: Span, limits: &Limits) -> Result<Event<'e>, Refusal> {
        let expected = format!("{ALLOC}, {ACTIVE} or {RELEASE}");
        let unknown = || Refusal::row(line.text.as_bytes(), &expected);
        let (kind, mark) = [(Kind::Given, ALLOC), (Kind::Given, ACTIVE), (Kind::Taken, RELEASE)]
            .into_iter()
            .find(|(_, mark)| line.text.contains(mark))
            .ok_or_else(unknown)?;
        let (head, message) = line.split_once(mark).ok_or_else(unknown)?;
        let (inside, outside) = message
            .split_once("->")
            .ok_or_else(|| message.refuse("message", "an inside address, ->, an outside address with its ports"))?;
        let missing = |name: &str| Refusal::missing(name, "an address");
        let inside = inside.words().find(|word| word.text != ":").ok_or_else(|| missing("inside address"))?;
        let outside = outside.words().next().ok_or_else(|| missing("outside address"))?;
        let line_ip = selector::ip(inside.text).map_err(|error| inside.refuse("inside address", error))?.addr();
        let (block, ip, [first, last]) = block(outside)?;
        let time = head_time(head, self.zone)?;
        let host = host(head, time.span)?;
        if host.text.len() > limits.text_bytes {
            return Err(host.refuse("host", format_args!("a text of at most {} bytes", limits.text_bytes)));
        }
        self.hosts.see(host.text);
        let (operator, operator_origin) = match self.operator {
            Some(stated) => (stated, Origin::Rule(BY_CONSTANT)),
            None => (host.text, host.span().into()),
        };
        let places = Places {
            operator: operator_origin,
            line_ref: port_events::ip_origin(inside.text, line_ip, inside.span()),
            ip: port_events::ip_origin(ip.text, block.ip, ip.span()),
            first: first.span().into(),
            last: last.span().into(),
            at: port_events::time_origin(time.span),
        };
        let line_ref = port_events::ip_text(inside.text, line_ip);
        let at = time.micros;
        Ok(Event { row, span, kind, operator, line_ref, protocol: "", block, at, places })
    }
}

/// `203.0.113.9:1024-1535`.
fn block(outside: Part<'_>) -> Result<(Block, Part<'_>, [Part<'_>; 2]), Refusal> {
    let shape = || outside.refuse("outside address", "an address with its ports, such as 203.0.113.9:1024-1535");
    let (ip, ports) = outside.rsplit_once(':').ok_or_else(shape)?;
    let (first, last) = ports.split_once("-").ok_or_else(shape)?;
    let address = selector::ip(ip.text).map_err(|error| ip.refuse("outside address", error))?.addr();
    let ports = port_events::ports(first, last)?;
    Ok((Block { ip: address, ports: Some(ports) }, ip, [first, last]))
}

/// A time of the head and where it stands.
struct HeadTime {
    micros: i64,
    span: Span,
}

/// The time with the year; else one at the beginning that states its zone.
fn head_time(head: Part<'_>, zone: Option<&Zone>) -> Result<HeadTime, Refusal> {
    let words: Vec<Part<'_>> = head.words().take(12).collect();
    let dated = words.iter().position(|word| is_date(word.text));
    if let Some((day, clock)) = dated.and_then(|at| Some((words.get(at)?, words.get(at + 1..)?))) {
        let text: String = clock.iter().take(2).map(|word| word.text).collect();
        let two = clock.first().is_some_and(|word| word.text.len() == 3 && word.text.ends_with(':'));
        let text = if two { text } else { clock.first().map_or("", |word| word.text).to_owned() };
        let last = clock.get(usize::from(two)).copied().unwrap_or(*day).without_end(":");
        let span = day.until(last);
        let text = format!("{} {}", day.text, text.trim_end_matches(':'));
        let cell = Cell { name: "time", text: &text, origin: span.into() };
        let zone =
            zone.ok_or_else(|| cell.refuse("its zone in the mapping: dates: {from_utc: {zone: Europe/Rome}}"))?;
        let read = put::read_local(&cell, "%Y-%m-%d %H:%M:%S%.f", zone)?;
        return Ok(HeadTime { micros: read.micros, span });
    }
    for word in words.iter().take(2) {
        let word = word.text.strip_prefix('<').and_then(|_| Some(word.split_once(">")?.1)).unwrap_or(*word);
        if let Ok(micros) = time::parse_instant(word.text).and_then(time::Instant::stated) {
            return Ok(HeadTime { micros, span: word.span() });
        }
    }
    Err(head.refuse("time", "a time with its year, such as 2026-03-02 17:10:00"))
}

fn is_date(text: &str) -> bool {
    text.len() == 10
        && text
            .bytes()
            .enumerate()
            .all(|(at, byte)| matches!(at, 4 | 7) == (byte == b'-') && (byte == b'-' || byte.is_ascii_digit()))
}

/// The word after the time, up to the service set in braces.
fn host(head: Part<'_>, time: Span) -> Result<Part<'_>, Refusal> {
    let missing = || Refusal::missing("host", "the host that logs, after the time");
    let before_set = head.split_once("{").map_or(head, |(before, _)| before);
    let after = usize::try_from(time.end.saturating_sub(head.start)).unwrap_or(usize::MAX);
    let text = before_set.text.get(after..).ok_or_else(missing)?;
    let rest = Part { text, start: time.end };
    rest.words().map(|word| word.without_end(":")).find(|word| !word.text.is_empty()).ok_or_else(missing)
}

const MAPPING: &str = "\
constants: {operator: Example Net, request_ref: R-7}
dates: {from_utc: {zone: Europe/Rome}}
";

const fn example(
    kind: ExampleKind,
    name: &'static str,
    content: Content,
    mapping: Option<&'static str>,
    expect: Expect,
) -> Example {
    Example { name, kind, file_name: "cgn1.log", content, mapping, expect }
}

static EXAMPLES: &[Example] = &[
    example(
        ExampleKind::Good,
        "blocks given, sent again, taken back, and one still held",
        Content::Bytes(
            b"Mar  2 17:10:01 2026-03-02 17: 10:00: cgn1{svc-1}[jservices-nat]: JSERVICES_NAT_PORT_BLOCK_ALLOC: 100.64.1.2 -> 203.0.113.9:1024-1535 0x69a5b9e8\n\
              Mar  2 17:40:01 2026-03-02 17:40:00: cgn1{svc-1}[jservices-nat]: JSERVICES_NAT_PORT_BLOCK_ALLOC: 100.64.1.2 -> 203.0.113.9:1024-1535\n\
              Mar  2 18:10:01 2026-03-02 18:10:00: cgn1{svc-1}[jservices-nat]: JSERVICES_NAT_PORT_BLOCK_RELEASE: 100.64.1.2 -> 203.0.113.9:1024-1535\n\
              Mar  2 18:15:01 2026-03-02 18:15:00: cgn1{svc-1}[jservices-nat]: JSERVICES_NAT_PORT_BLOCK_ALLOC: 100.64.1.3 -> 203.0.113.9:1024-1535\n\
              Mar  2 18:45:01 2026-03-02 18:45:00: cgn1{svc-1}[jservices-nat]: JSERVICES_NAT_PORT_BLOCK_ACTIVE: 100.64.1.3 -> 203.0.113.9:1024-1535\n",
        ),
        Some(MAPPING),
        Expect::Read { rows: 5, in_records: 5, refused: 0, records: &[(TableId::Assignment, 2)] },
    ),
    example(
        ExampleKind::Good,
        "times with their zone, and the host as operator",
        Content::Bytes(
            b"<134>1 2026-03-02T17:10:00+01:00 cgn1.isp.example {svc-1}[jservices-nat]: JSERVICES_NAT_PORT_BLOCK_ALLOC: 2001:DB8::2 -> 203.0.113.9:1024-1535\r\n\
              2026-03-02T18:10:00+01:00 cgn1.isp.example (FPC Slot 5, PIC Slot 1) {svc-1}[jservices-nat]: JSERVICES_NAT_PORT_BLOCK_RELEASE: 2001:DB8::2 -> 203.0.113.9:1024-1535\r\n",
        ),
        None,
        Expect::Read { rows: 2, in_records: 2, refused: 0, records: &[(TableId::Assignment, 1)] },
    ),
    example(
        ExampleKind::Bad,
        "rows that cannot be",
        Content::Bytes(
            b"Mar  2 17:10:01 cgn1{svc-1}[jservices-nat]: JSERVICES_NAT_PORT_BLOCK_ALLOC: 100.64.1.2 -> 203.0.113.9:1024-1535\n\
              Mar  2 17:10:01 2026-03-02 17:10:00: cgn1{svc-1}[jservices-nat]: JSERVICES_NAT_RULE_MATCH: proto 17(UDP) app: any\n\
              Mar  2 17:10:01 2026-03-02 17:10:00: cgn1{svc-1}[jservices-nat]: JSERVICES_NAT_OUTOF_PORTS_APP: 100.64.1.2\n\
              Mar  2 17:10:01 2026-03-02 17:10:00: cgn1{svc-1}[jservices-nat]: JSERVICES_NAT_PORT_BLOCK_RELEASE: 100.64.1.2 -> 203.0.113.9:1024-1535\n\
              Mar  2 17:10:01 2026-03-02 17:10:00: cgn1{svc-1}[jservices-nat]: JSERVICES_NAT_PORT_BLOCK_ALLOC: 100.64.1.2 -> 203.0.113.9:1024-70000\n\
              Mar  2 17:10:01 2026-03-02 17:10:00: cgn1{svc-1}[jservices-nat]: JSERVICES_NAT_PORT_BLOCK_ALLOC: 100.64.1.2 -> 203.0.113.9:1535-1024\n\
              Mar  2 17:10:01 2026-02-30 17:10:00: cgn1{svc-1}[jservices-nat]: JSERVICES_NAT_PORT_BLOCK_ALLOC: 100.64.1.2 -> 203.0.113.9:1024-1535\n\
              Mar 29 02:30:01 2026-03-29 02:30:00: cgn1{svc-1}[jservices-nat]: JSERVICES_NAT_PORT_BLOCK_ALLOC: 100.64.1.2 -> 203.0.113.9:1024-1535\n\
              Mar  2 17:10:01 2026-03-02 17:10:00: cgn1{svc-1}[jservices-nat]: JSERVICES_NAT_PORT_BLOCK_ALLOC: 100.64.1 -> 203.0.113.9:1024-1535\n\
              Mar  2 17:10:01 2026-03-02 17:10:00: cgn1{svc-1}[jservices-nat]: JSERVICES_NAT_PORT_BLOCK_ALLOC: 100.64.1.2\n\
              Mar  2 17:10:01 2026-03-02 17:10:00: cgn2{svc-1}[jservices-nat]: JSERVICES_NAT_PORT_BLOCK_ALLOC: 100.64.1.2 -> 203.0.113.9:1024-1535\n",
        ),
        Some(MAPPING),
        Expect::Read { rows: 11, in_records: 1, refused: 10, records: &[(TableId::Assignment, 1)] },
    ),
    example(
        ExampleKind::Bad,
        "no zone stated",
        Content::Bytes(
            b"Mar  2 17:10:01 2026-03-02 17:10:00: cgn1{svc-1}[jservices-nat]: JSERVICES_NAT_PORT_BLOCK_ALLOC: 100.64.1.2 -> 203.0.113.9:1024-1535\n",
        ),
        None,
        Expect::Read { rows: 1, in_records: 0, refused: 1, records: &[] },
    ),
    example(ExampleKind::Hostile, "zip bomb", hostile::ZIP_BOMB, None, Expect::Refused("a ZIP archive")),
    example(
        ExampleKind::Hostile,
        "marks that are repeated, left out and out of order",
        Content::Bytes(
            b"JSERVICES_NAT_PORT_BLOCK_ALLOC\n\
              JSERVICES_NAT_PORT_BLOCK_ALLOC: -> \n\
              JSERVICES_NAT_PORT_BLOCK_ALLOC: ::1 -> [::]:1-2\n\
              2026-03-02 JSERVICES_NAT_PORT_BLOCK_ALLOC: 100.64.1.2 -> 203.0.113.9:1024-1535\n\
              2026-03-02 17:10:00: JSERVICES_NAT_PORT_BLOCK_ALLOC: 100.64.1.2 -> 203.0.113.9:1024-1535\n\
              2026-03-02 17:10:00: {JSERVICES_NAT_PORT_BLOCK_RELEASE JSERVICES_NAT_PORT_BLOCK_ALLOC: 100.64.1.2 -> 203.0.113.9:1-2-3\n\
              \x00JSERVICES_NAT_PORT_BLOCK_ALLOC\n\
              \xff\xfeJSERVICES_NAT_PORT_BLOCK_ALLOC\n",
        ),
        Some(MAPPING),
        Expect::Read { rows: 8, in_records: 0, refused: 8, records: &[] },
    ),
    example(
        ExampleKind::Hostile,
        "a line of 2 MiB between two others",
        Content::Streamed(|| {
            let good = b"2026-03-02 17:10:00: cgn1{s}[jservices-nat]: JSERVICES_NAT_PORT_BLOCK_ALLOC: 100.64.1.2 -> 203.0.113.9:1024-1535";
            Pieces::streamed(vec![(good.to_vec(), 1), (b"\n".to_vec(), 1), (b"JSERVICES_NAT_PORT_BLOCK_ALLOC ".to_vec(), 1 << 16), (b"\n".to_vec(), 1), (good.to_vec(), 1)])
        }),
        Some(MAPPING),
        Expect::Read { rows: 3, in_records: 2, refused: 1, records: &[(TableId::Assignment, 1)] },
    ),
];

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may stop")]

    use super::*;

    #[test]
    fn the_time_with_the_year_is_found() {
        let rome = Zone::parse("Europe/Rome").unwrap();
        let cases = [
            ("Mar  2 17:10:01 2026-03-02 17: 10:00: cgn1{", Some("2026-03-02T16:10:00Z")),
            ("Mar  2 17:10:01 2026-03-02 17:10:00: cgn1{", Some("2026-03-02T16:10:00Z")),
            ("2026-07-02 17:10:00.5: cgn1{", Some("2026-07-02T15:10:00.5Z")),
            ("<134>1 2026-03-02T17:10:00Z cgn1 {", Some("2026-03-02T17:10:00Z")),
            ("<134>2026-03-02T17:10:00Z cgn1 {", Some("2026-03-02T17:10:00Z")),
            ("Mar  2 17:10:01 cgn1{", None),
            ("", None),
        ];
        for (head, expected) in cases {
            let read = head_time(Part { text: head, start: 0 }, Some(&rome));
            let read = read.ok().map(|read| time::format_instant(read.micros));
            assert_eq!(read.as_deref(), expected, "{head}");
        }
    }
}

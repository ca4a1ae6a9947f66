//! Ports that Cisco's IOS XR address translators log: which inside address held which ports of which address when.

use std::borrow::Cow;

use tutela_model::time::Zone;
use tutela_model::{TableId, selector};

use crate::cite::Origin;
use crate::error::FormatError;
use crate::format::{Content, Example, ExampleKind, Expect, Format, FormatMeta, Probe};
use crate::hostile;
use crate::issue::Refusal;
use crate::limits::Limits;
use crate::lines::{Lines, NextLine, Part};
use crate::port_events::{self, Block, Event, Hosts, Kind, Places, PortEvents};
use crate::put::{self, BY_CONSTANT};
use crate::sink::{RowAt, Sink};
use crate::source::{Source, Span};
use crate::tabular::Cell;

pub(crate) static FORMAT: CgnatSyslogCisco = CgnatSyslogCisco;

pub(crate) struct CgnatSyslogCisco;

static META: FormatMeta = FormatMeta {
    id: "cgnat_syslog_cisco",
    title: "Ports of Cisco IOS XR address translators (syslog)",
    standard: "Cisco IOS XR carrier-grade NAT external logging: NAT44 and DS-Lite records",
    since: "0.1",
    manual: "\
A row is one record in brackets; a line holds one or several, and a line without any is a row too:

```text
Mar  2 17:10:01 cgn1 1 2026 Mar 2 17:10:00 192.0.2.1 - - NAT44 - [UserbasedA - 100.64.1.2 - - 203.0.113.9 - 1024 1535 - -][...]
```

The eleven fields are the event, the protocol, the inside address, its VRF, the inside IPv6 address (DS-Lite), the outside
address, the inside port, the first and the last outside port, and the destination with its port; `-` stands for none.
Rows may come in any order; those of one block and one subscriber make a record in `assignment`, which carries the row
that gave the block.

| column | from |
|---|---|
| `operator` | the mapping's constant (`operator`); else the host after the time; else the host before it |
| `line_ref` | the inside address; with its VRF, where one is named, as `100.64.1.2@VRF`, since each VRF has addresses of its own |
| `ip`, `port_from`, `port_to` | the outside address with the first and the last port. A session (`SessionbasedA`) has one port |
| `from_utc` | the first `UserbasedA`, `SessionbasedA` or `SessionbasedAD` |
| `until_utc` | `UserbasedW`, `SessionbasedW` or `SessionbasedWD`; absent where there is none |
| `request_ref` | the mapping's constant |

**The time** is the one with the year, on the clock of the device, whose zone the mapping states:
`dates: {from_utc: {zone: Europe/Rome}}`. The time at the beginning of the line, which has no year, is not used.

Rows of one block and one moment count in the order of the file. Inside addresses are used again behind other hosts: where
the constant `operator` stands for several hosts, the case gets a note, since one `line_ref` may then mean several lines.

`assignment` has no column for the protocol: where the same port was given to two lines, one for TCP and one for UDP, both
hold it.

**Refused rows.** Lines without a record, `Portblockrunout` and other events, no known time, another number of fields, an
address or ports that cannot be, and a withdrawal without an earlier assignment in the file.

Everything is held until the end of the file, about 100 bytes a row; beyond the limit the file is refused and must be
cut by days.",
};

const GIVEN: [&str; 3] = ["UserbasedA", "SessionbasedA", "SessionbasedAD"];
const TAKEN: [&str; 3] = ["UserbasedW", "SessionbasedW", "SessionbasedWD"];
const FIELDS: usize = 11;

impl Format for CgnatSyslogCisco {
    fn meta(&self) -> &'static FormatMeta {
        &META
    }

    fn probe(&self, head: &[u8], _file_name: &str) -> Probe {
        let named = |mark: &[u8]| memchr::memmem::find(head, mark).is_some();
        if [&b"[UserbasedA "[..], b"[UserbasedW ", b"[SessionbasedA", b"[SessionbasedW"].into_iter().any(named) {
            return Probe::Yes("a record in brackets such as [UserbasedA".into());
        }
        if named(b"[Portblockrunout ") {
            return Probe::Maybe("a record [Portblockrunout, though no assignment so far".into());
        }
        Probe::No
    }

    fn tables(&self) -> &'static [TableId] {
        &[TableId::Assignment]
    }

    fn read(&self, source: &mut dyn Source, out: &mut Sink<'_>, limits: &Limits) -> Result<(), FormatError> {
        let mapping = source.mapping().cloned();
        let file_name = source.info().file_name.clone();
        let zone = mapping.as_ref().and_then(|mapping| mapping.zone("from_utc"));
        let operator = mapping.as_ref().and_then(|mapping| mapping.constant("operator"));
        let reader = Reader { operator, zone: zone.as_ref(), text_bytes: limits.text_bytes };
        let mut lines = Lines::new(source, limits)?;
        let mut events = PortEvents::new(limits, out.is_citing());
        let mut hosts = Hosts::default();
        let mut row = 0;
        loop {
            match lines.next()? {
                NextLine::End => break,
                NextLine::Unreadable(span, refusal) => {
                    row += 1;
                    out.refuse(RowAt { row, span }, refusal)?;
                }
                NextLine::Line(span) => {
                    let line = lines.line();
                    let Some((head, mut rest)) = line.split_once("[") else {
                        row += 1;
                        out.refuse(RowAt { row, span }, Refusal::row(line.text.as_bytes(), "a record in brackets"))?;
                        continue;
                    };
                    let head = reader.head(head);
                    if let Some(host) = head.as_ref().ok().and_then(|head| head.host) {
                        hosts.see(host.text);
                    }
                    loop {
                        row += 1;
                        let (record, after) = rest.split_once("]").unwrap_or((rest, Part { text: "", ..rest }));
                        let span = Span::sized(record.start - 1, record.text.len() + 1);
                        match head.as_ref().map_err(Clone::clone).and_then(|head| reader.event(head, record, row, span))
                        {
                            Ok(event) => events.add(&event, &file_name)?,
                            Err(refusal) => out.refuse(RowAt { row, span }, refusal)?,
                        }
                        let Some((_, next)) = after.split_once("[") else { break };
                        rest = next;
                    }
                }
            }
        }
        hosts.note(operator, out)?;
        events.give(mapping.as_ref(), "an assignment (UserbasedA, SessionbasedA)", out)
    }

    fn examples(&self) -> &'static [Example] {
        EXAMPLES
    }
}

struct Reader<'r> {
    operator: Option<&'r str>,
    zone: Option<&'r Zone>,
    text_bytes: usize,
}

/// What stands before the records of a line.
struct Head<'l> {
    at: i64,
    time: Span,
    host: Option<Part<'l>>,
}

impl Reader<'_> {
    /// `… 1 2026 Mar 2 17:10:00 192.0.2.1 - - NAT44 - `
    fn head<'l>(&self, head: Part<'l>) -> Result<Head<'l>, Refusal> {
        let words: Vec<Part<'l>> = head.words().take(24).collect();
        let shape = || head.refuse("time", "a time with its year, such as 2026 Mar 2 17:10:00");
        let at = words.windows(4).position(is_time).ok_or_else(shape)?;
        let (Some([year, month, day, clock]), before, after) =
            (words.get(at..at + 4), words.get(..at).unwrap_or_default(), words.get(at + 4))
        else {
            return Err(shape());
        };
        let span = year.until(*clock);
        let text = format!("{} {} {} {}", year.text, month.text, day.text, clock.text.trim_end_matches(':'));
        let cell = Cell { name: "time", text: &text, origin: span.into() };
        let zone =
            self.zone.ok_or_else(|| cell.refuse("its zone in the mapping: dates: {from_utc: {zone: Europe/Rome}}"))?;
        let read = put::read_local(&cell, "%Y %b %d %H:%M:%S%.f", zone)?;
        let is_name = |part: &&Part<'l>| part.text != "-" && part.text.bytes().any(|byte| byte.is_ascii_alphanumeric());
        // Before the time stand the version of the protocol and, before it, the host that a collector has put there.
        let outer = before.iter().rev().nth(1).filter(|part| !part.text.contains('<'));
        let host = after.filter(is_name).or(outer.filter(is_name)).copied();
        if let Some(long) = host.filter(|host| host.text.len() > self.text_bytes) {
            return Err(long.refuse("host", format_args!("a text of at most {} bytes", self.text_bytes)));
        }
        Ok(Head { at: read.micros, time: span, host })
    }

    fn event<'e>(&'e self, head: &Head<'e>, record: Part<'e>, row: u64, span: Span) -> Result<Event<'e>, Refusal> {
        let words: Vec<Part<'e>> = record.words().take(FIELDS + 1).collect();
        let Some(name) = words.first() else { return Err(record.refuse("event", "an event")) };
        let kind = match name.text {
            text if GIVEN.contains(&text) => Kind::Given,
            text if TAKEN.contains(&text) => Kind::Taken,
            _ => return Err(name.refuse("event", "ports that were assigned (…A, …AD) or withdrawn (…W, …WD)")),
        };
        let [_, protocol, inside, vrf, inside_v6, outside, _, first, last, _, _] = words.as_slice() else {
            return Err(record.refuse("record", format_args!("{FIELDS} fields with - for none, not {}", words.len())));
        };
        let inside = if inside.text == "-" { inside_v6 } else { inside };
        let line_ip = selector::ip(inside.text).map_err(|error| inside.refuse("inside address", error))?.addr();
        let ip = selector::ip(outside.text).map_err(|error| outside.refuse("outside address", error))?.addr();
        let last = if last.text == "-" && name.text.starts_with("Session") { first } else { last };
        let ports = port_events::ports(*first, *last)?;
        let (line_ref, line_origin) = match vrf.text {
            "-" => (
                port_events::ip_text(inside.text, line_ip),
                port_events::ip_origin(inside.text, line_ip, inside.span()),
            ),
            vrf_text if vrf_text.len() > self.text_bytes / 2 => {
                return Err(vrf.refuse("VRF", format_args!("a text of at most {} bytes", self.text_bytes / 2)));
            }
            vrf_text => {
                let span = Span::new(inside.start.min(vrf.start), vrf.span().end.max(inside.span().end));
                (Cow::Owned(format!("{line_ip}@{vrf_text}")), Origin::Read(span, "the inside address and its VRF"))
            }
        };
        let (operator, operator_origin) = match (self.operator, head.host) {
            (Some(stated), _) => (stated, Origin::Rule(BY_CONSTANT)),
            (None, Some(host)) => (host.text, host.span().into()),
            (None, None) => {
                return Err(Refusal::missing("operator", "the host that logs, or a mapping's constant operator"));
            }
        };
        let places = Places {
            operator: operator_origin,
            line_ref: line_origin,
            ip: port_events::ip_origin(outside.text, ip, outside.span()),
            first: first.span().into(),
            last: last.span().into(),
            at: port_events::time_origin(head.time),
        };
        let block = Block { ip, ports: Some(ports) };
        Ok(Event { row, span, kind, operator, line_ref, protocol: protocol.text, block, at: head.at, places })
    }
}

/// Whether four words are `2026 Mar 2 17:10:00`.
fn is_time(words: &[Part<'_>]) -> bool {
    let [year, month, day, clock] = words else { return false };
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    year.text.len() == 4
        && digits(year.text)
        && month.text.len() == 3
        && month.text.bytes().all(|byte| byte.is_ascii_alphabetic())
        && day.text.len() <= 2
        && digits(day.text)
        && clock.text.contains(':')
}

const MAPPING: &str = "\
constants: {operator: Example Net}
dates: {from_utc: {zone: UTC}}
";

const ZONE: &str = "dates: {from_utc: {zone: Europe/Rome}}";

const fn example(
    kind: ExampleKind,
    name: &'static str,
    content: Content,
    mapping: Option<&'static str>,
    expect: Expect,
) -> Example {
    Example { name, kind, file_name: "cgn.log", content, mapping, expect }
}

static EXAMPLES: &[Example] = &[
    example(
        ExampleKind::Good,
        "several records a line, with and without a VRF",
        Content::Bytes(
            b"Mar  2 17:10:01 cgn1 1 2026 Mar 2 16:10:00 192.0.2.1 - - NAT44 - [UserbasedA - 100.64.1.2 - - 203.0.113.9 - 1024 1535 - -][UserbasedA - 100.64.1.2 red - 203.0.113.9 - 1536 2047 - -]\n\
              Mar  2 18:10:01 cgn1 1 2026 Mar 2 17:10:00.250 192.0.2.1 - - NAT44 - [UserbasedW - 100.64.1.2 - - 203.0.113.9 - 1024 1535 - -] [UserbasedA - 100.64.1.3 - - 203.0.113.9 - 1024 1535 - -]\n",
        ),
        Some(MAPPING),
        Expect::Read { rows: 4, in_records: 4, refused: 0, records: &[(TableId::Assignment, 3)] },
    ),
    example(
        ExampleKind::Good,
        "sessions, DS-Lite, and the host as operator",
        Content::Bytes(
            b"<14>1 2026 Mar 2 16:10:00 cgn1.isp.example - - NAT44 - [SessionbasedA TCP 100.64.1.2 - - 203.0.113.9 50001 4242 - - -]\n\
              <14>1 2026 Mar 2 16:10:00 cgn1.isp.example - - NAT44 - [SessionbasedAD UDP 100.64.1.3 - - 203.0.113.9 50002 4242 - 198.51.100.1 53]\n\
              <14>1 2026 Mar 2 16:10:30 cgn1.isp.example - - NAT44 - [SessionbasedWD UDP 100.64.1.3 - - 203.0.113.9 50002 4242 - 198.51.100.1 53]\n\
              Mar  2 17:10:01 cgn2.isp.example 1 2026 Mar 2 16:11:00 - - - DSLITE - [UserbasedA - - - 2001:DB8::2 203.0.113.9 - 1024 1535 - -]\n",
        ),
        Some(ZONE),
        Expect::Read { rows: 4, in_records: 4, refused: 0, records: &[(TableId::Assignment, 3)] },
    ),
    example(
        ExampleKind::Bad,
        "rows that cannot be",
        Content::Bytes(
            b"Mar  2 17:10:01 cgn1 restarted\n\
              Mar  2 17:10:01 cgn1 - - NAT44 - [UserbasedA - 100.64.1.2 - - 203.0.113.9 - 1024 1535 - -]\n\
              1 2026 Mar 2 16:10:00 cgn1 - - NAT44 - [Portblockrunout - 100.64.1.2 - - - - - - - -][UserbasedA - 100.64.1.2 - - 203.0.113.9 - 1024 1535 - -]\n\
              1 2026 Mar 2 16:10:00 cgn1 - - NAT44 - [UserbasedW - 100.64.1.9 - - 203.0.113.9 - 1024 1535 - -]\n\
              1 2026 Mar 2 16:10:00 cgn1 - - NAT44 - [UserbasedA - - - - 203.0.113.9 - 1024 1535 - -][UserbasedA - 100.64.1.2 - - - - 1024 1535 - -]\n\
              1 2026 Mar 2 16:10:00 cgn1 - - NAT44 - [UserbasedA - 100.64.1.2 - - 203.0.113.9 - 1024 - - -][UserbasedA - 100.64.1.2 - 203.0.113.9 - 1024 1535]\n\
              1 2026 Feb 30 16:10:00 cgn1 - - NAT44 - [UserbasedA - 100.64.1.2 - - 203.0.113.9 - 1024 1535 - -]\n",
        ),
        Some(MAPPING),
        Expect::Read { rows: 10, in_records: 1, refused: 9, records: &[(TableId::Assignment, 1)] },
    ),
    example(
        ExampleKind::Bad,
        "no zone stated",
        Content::Bytes(
            b"1 2026 Mar 2 16:10:00 cgn1 - - NAT44 - [UserbasedA - 100.64.1.2 - - 203.0.113.9 - 1024 1535 - -]\n",
        ),
        None,
        Expect::Read { rows: 1, in_records: 0, refused: 1, records: &[] },
    ),
    example(ExampleKind::Hostile, "zip bomb", hostile::ZIP_BOMB, None, Expect::Refused("a ZIP archive")),
    example(
        ExampleKind::Hostile,
        "brackets that never end",
        Content::Bytes(
            b"1 2026 Mar 2 16:10:00 cgn1 - - NAT44 - [[[[[UserbasedA\n\
              1 2026 Mar 2 16:10:00 cgn1 - - NAT44 - []]][]\n\
              [UserbasedA \x00\n\
              [UserbasedA - 100.64.1.2 - - 203.0.113.9 - 1024 1535 - -\n\
              1 2026 Mar 2 16:10:00 cgn1 - - NAT44 - [UserbasedA - 100.64.1.2 - - 203.0.113.9 - 99999999999999999999 1 - -\n",
        ),
        Some(MAPPING),
        Expect::Read { rows: 6, in_records: 0, refused: 6, records: &[] },
    ),
    example(
        ExampleKind::Hostile,
        "ten thousand records in a line",
        Content::Made(|| {
            let record = b"[UserbasedA - 100.64.1.2 - - 203.0.113.9 - 1024 1535 - -]";
            [&b"1 2026 Mar 2 16:10:00 cgn1 - - NAT44 - "[..], &record.repeat(10_000)].concat()
        }),
        Some(MAPPING),
        Expect::Read { rows: 10_000, in_records: 10_000, refused: 0, records: &[(TableId::Assignment, 1)] },
    ),
];

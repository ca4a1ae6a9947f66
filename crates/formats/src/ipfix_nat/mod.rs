//! Translations that routers report by NetFlow 9 and IPFIX: which inside address held which ports of which address when.
//!
//! The datagrams are read here and not by a crate: the one there is (`netflow_parser`) does not say in which bytes a value
//! stands, and brings an old parser generator along.

mod datagram;
mod event;
mod examples;
mod template;

use std::borrow::Cow;

use tutela_model::{TableId, assignment};

use crate::cite::Origin;
use crate::error::{At, FormatError};
use crate::format::{Example, Format, FormatMeta, Probe};
use crate::issue::Refusal;
use crate::limits::Limits;
use crate::mapping::Mapping;
use crate::port_events::{Event, Places, PortEvents};
use crate::put::BY_CONSTANT;
use crate::sink::{RowAt, Sink};
use crate::source::{Source, Span};

use datagram::{Datagrams, Next};
use event::{Moment, Translation, What};

pub(crate) static FORMAT: IpfixNat = IpfixNat;

pub(crate) struct IpfixNat;

static META: FormatMeta = FormatMeta {
    id: "ipfix_nat",
    title: "Address translations in NetFlow 9 and IPFIX",
    standard: "RFC 8158 NAT events, RFC 7011 IPFIX, RFC 3954 NetFlow 9",
    since: "0.1",
    manual: "\
A file is one or more datagrams as they were sent, one after the other, without packet headers. A row is one record of a data
set. Templates, options and what options templates describe are no rows.

| column | from |
|---|---|
| `operator` | the mapping's constant (`operator`), which is needed: no datagram names one |
| `line_ref` | `sourceIPv4Address` (8) or `sourceIPv6Address` (27), the address inside; with `ingressVRFID` (234), unless it is 0, as `100.64.1.2@5` |
| `ip` | `postNATSourceIPv4Address` (225) or `postNATSourceIPv6Address` (281) |
| `port_from`, `port_to` | `portRangeStart` and `portRangeEnd` (361, 362), or the number of ports (364); else `postNAPTSourceTransportPort` (227) |
| `request_ref` | the mapping's constant |

**Events** have a `natEvent` (230). The making of a session, binding or block of ports gives `from_utc`, its end `until_utc`;
those of one subscriber and block make a record, whatever their order (those of one moment: in the order of the file), which
carries the row of the first. An event without
an end is still held. The time is that of the observation (322 to 324), else of the flow, else that of the datagram.

**Flows** without a `natEvent` but with an outside address and port give a record each, from the beginning of the flow (150,
152, 154, 22) to its end (151, 153, 155, 21). Where only one moment is said, the record is of that moment.

**Refused rows.** A data set whose template does not come before it in the file: one row, with the template and the exporter's
number (source id or observation domain). Records without a translation, other events (ports that ran out, quotas), bindings
of addresses without ports (14, 15), ports with gaps (363), times outside the years 2000 to 2099, records of NetFlow 5, and
the end of something whose beginning is not in the file.

A file in which it cannot be known where the next datagram begins is refused whole; so is NetFlow 9 whose header counts
neither its records nor its sets. Exporters are told apart by their number alone: files of several exporters are best taken
in one by one.",
};

impl Format for IpfixNat {
    fn meta(&self) -> &'static FormatMeta {
        &META
    }

    fn probe(&self, head: &[u8], _file_name: &str) -> Probe {
        match datagram::begins(head) {
            Some(name) => Probe::Yes(Cow::Borrowed(name)),
            None => Probe::No,
        }
    }

    fn is_binary(&self) -> bool {
        true
    }

    fn tables(&self) -> &'static [TableId] {
        &[TableId::Assignment]
    }

    fn read(&self, source: &mut dyn Source, out: &mut Sink<'_>, limits: &Limits) -> Result<(), FormatError> {
        let mapping = source.mapping().cloned();
        let file_name = source.info().file_name.clone();
        let operator = mapping.as_ref().and_then(|mapping| mapping.constant("operator"));
        let operator = operator.filter(|operator| !operator.is_empty()).ok_or_else(|| FormatError::Usage {
            at: At::file(&file_name),
            found: "datagrams, which do not say whose they are".into(),
            expected: "the operator, as operator among the constants of a mapping".into(),
        })?;
        let mut datagrams = Datagrams::new(source, limits);
        let mut events = PortEvents::new(limits, out.is_citing());
        for row in 1.. {
            match datagrams.next()? {
                Next::End => break,
                Next::Lost(span, refusal) => out.refuse(RowAt { row, span }, refusal)?,
                Next::Record(span) => match event::read(&datagrams.record()) {
                    Err(refusal) => {
                        let refusal = if refusal.at.is_some() { refusal } else { refusal.at(span) };
                        out.refuse(RowAt { row, span }, refusal)?;
                    }
                    Ok(translation) => match translation.what {
                        What::Event(..) => events.add(&translation.event(operator, row, span), &file_name)?,
                        What::Flow(from, until) => {
                            out.joined();
                            let at = RowAt { row, span };
                            give_flow(&translation, operator, mapping.as_ref(), at, [from, until], out)?;
                        }
                    },
                },
            }
        }
        events.give(mapping.as_ref(), "the making", out)
    }

    fn examples(&self) -> &'static [Example] {
        examples::EXAMPLES
    }
}

impl Translation {
    fn line_ref(&self) -> String {
        match self.vrf {
            Some(vrf) => format!("{}@{vrf}", self.inside.0),
            None => self.inside.0.to_string(),
        }
    }

    /// As half of a record.
    fn event<'e>(&'e self, operator: &'e str, row: u64, span: Span) -> Event<'e> {
        let [ip, first, last] = self.places;
        let (kind, (at, at_origin)) = match self.what {
            What::Event(kind, at) => (kind, at),
            What::Flow(from, _) => (crate::port_events::Kind::Given, from),
        };
        let places =
            Places { operator: Origin::Rule(BY_CONSTANT), line_ref: self.inside.1, ip, first, last, at: at_origin };
        let line_ref = Cow::Owned(self.line_ref());
        Event { row, span, kind, operator, line_ref, protocol: &self.protocol, block: self.block, at, places }
    }
}

fn give_flow(
    translation: &Translation,
    operator: &str,
    mapping: Option<&Mapping>,
    at: RowAt,
    [from, until]: [Moment; 2],
    out: &mut Sink<'_>,
) -> Result<(), FormatError> {
    let [ip, first, last] = translation.places;
    let request = mapping.and_then(|mapping| mapping.constant("request_ref")).unwrap_or_default();
    out.joined_records(at, |row| -> Result<(), Refusal> {
        row.record(TableId::Assignment, |record| {
            record.text(assignment::OPERATOR, operator, Origin::Rule(BY_CONSTANT))?;
            record.text(assignment::LINE_REF, &translation.line_ref(), translation.inside.1)?;
            record.text(assignment::IP, &translation.block.ip.to_string(), ip)?;
            if let Some((port_from, port_to)) = translation.block.ports {
                record.integer(assignment::PORT_FROM, i64::from(port_from), first)?;
                record.integer(assignment::PORT_TO, i64::from(port_to), last)?;
            }
            record.instant(assignment::FROM_UTC, from.0, from.1)?;
            record.instant(assignment::UNTIL_UTC, until.0, until.1)?;
            record.text(assignment::REQUEST_REF, request, Origin::Rule(BY_CONSTANT))
        })
    })
}

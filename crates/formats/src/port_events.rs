//! From events to assignments: an address translator reports that it gave ports to a subscriber and that it took them
//! back. The reports may stand in any order, but for those of one moment; each joins a record or is refused.

use std::borrow::Cow;
use std::collections::HashMap;
use std::net::IpAddr;

use tutela_model::{TableId, assignment};

use crate::cite::Origin;
use crate::error::{At, FormatError};
use crate::issue::Refusal;
use crate::limits::Limits;
use crate::lines::Part;
use crate::mapping::Mapping;
use crate::put::{BY_CONSTANT, BY_NORMAL_FORM, BY_TIME};
use crate::sink::{RowAt, Sink};
use crate::source::Span;

/// What an event reports.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(crate) enum Kind {
    /// The ports are the subscriber's: from now on, or still.
    Given,
    /// They are no longer.
    Taken,
}

/// Which ports of which address.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(crate) struct Block {
    pub(crate) ip: IpAddr,
    /// The first and the last port; nothing is the whole address.
    pub(crate) ports: Option<(u16, u16)>,
}

/// One event on its way in.
#[derive(Clone, Debug)]
pub(crate) struct Event<'e> {
    pub(crate) row: u64,
    pub(crate) span: Span,
    pub(crate) kind: Kind,
    pub(crate) operator: &'e str,
    pub(crate) line_ref: Cow<'e, str>,
    /// The protocol, where ports are given for one only.
    pub(crate) protocol: &'e str,
    pub(crate) block: Block,
    /// Microseconds since 1970.
    pub(crate) at: i64,
    pub(crate) places: Places,
}

/// Where the values of an event stand.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Places {
    pub(crate) operator: Origin,
    pub(crate) line_ref: Origin,
    pub(crate) ip: Origin,
    pub(crate) first: Origin,
    pub(crate) last: Origin,
    pub(crate) at: Origin,
}

impl Places {
    /// Where nothing is cited, places are not kept.
    const UNKNOWN: Places = Places::all(Origin::Rule("not kept"));

    pub(crate) const fn all(origin: Origin) -> Places {
        Places { operator: origin, line_ref: origin, ip: origin, first: origin, last: origin, at: origin }
    }
}

#[derive(Clone, Copy, Debug)]
struct Kept {
    holder: u32,
    block: Block,
    at: i64,
    kind: Kind,
    row: u64,
    offset: u64,
    length: u32,
    place: u32,
}

/// A block that was held.
struct Held {
    first: Kept,
    from: (i64, Origin),
    until: Option<(i64, Origin)>,
}

/// Whether more than one host logs.
#[derive(Default)]
pub(crate) struct Hosts {
    first: Option<String>,
    other: Option<String>,
}

impl Hosts {
    pub(crate) fn see(&mut self, host: &str) {
        match &self.first {
            None => self.first = Some(host.to_owned()),
            Some(first) if self.other.is_none() && first != host => self.other = Some(host.to_owned()),
            Some(_) => {}
        }
    }

    /// Says so where one operator was stated for all of them.
    pub(crate) fn note(&self, stated: Option<&str>, out: &mut Sink<'_>) -> Result<(), FormatError> {
        let (Some(first), Some(other), Some(_)) = (&self.first, &self.other, stated) else { return Ok(()) };
        let expected = "one host where a constant stands for the operator, or a file a host: one inside address may be \
                        another line behind another host";
        out.note(Refusal::new("operator", &format!("{first}, {other}"), expected))
    }
}

/// All events of a file.
pub(crate) struct PortEvents {
    events: Vec<Kept>,
    holders: Vec<[Box<str>; 3]>,
    holder_ids: HashMap<[Box<str>; 3], u32>,
    places: Option<Vec<Places>>,
    most: usize,
}

impl PortEvents {
    pub(crate) fn new(limits: &Limits, is_citing: bool) -> PortEvents {
        let most = limits.open_items.min(u32::MAX as usize - 1);
        PortEvents {
            events: Vec::new(),
            holders: Vec::new(),
            holder_ids: HashMap::new(),
            places: is_citing.then(Vec::new),
            most,
        }
    }

    /// Takes an event; its fate is told by [`PortEvents::give`].
    pub(crate) fn add(&mut self, event: &Event<'_>, file_name: &str) -> Result<(), FormatError> {
        let holder = [event.operator.into(), event.line_ref.as_ref().into(), event.protocol.into()];
        let holder = match self.holder_ids.get(&holder) {
            Some(id) => *id,
            None => {
                let id = u32::try_from(self.holders.len()).unwrap_or(u32::MAX);
                self.holders.push(holder.clone());
                self.holder_ids.insert(holder, id);
                id
            }
        };
        let place = u32::try_from(self.events.len()).unwrap_or(u32::MAX);
        if let Some(places) = &mut self.places {
            places.push(event.places);
        }
        self.events.push(Kept {
            holder,
            block: event.block,
            at: event.at,
            kind: event.kind,
            row: event.row,
            offset: event.span.start,
            length: u32::try_from(event.span.end - event.span.start).unwrap_or(u32::MAX),
            place,
        });
        if self.events.len() <= self.most {
            return Ok(());
        }
        let what = "events held until the end of the file (cut the file by days)";
        let (seen, max) = (self.events.len() as u64, self.most as u64);
        Err(FormatError::Limit { at: At::file(file_name), what, seen, max })
    }

    /// Hands out the records, and refuses what joined none. `given` is how an event that gives is called.
    pub(crate) fn give(
        mut self,
        mapping: Option<&Mapping>,
        given: &str,
        out: &mut Sink<'_>,
    ) -> Result<(), FormatError> {
        self.events.sort_unstable_by_key(|event| (event.holder, event.block, event.at, event.row));
        let (mut held, mut lost) = (Vec::new(), Vec::new());
        for events in self.events.chunk_by(|one, other| (one.holder, one.block) == (other.holder, other.block)) {
            self.pair(events, &mut held, &mut lost, out);
        }
        held.sort_by_key(|held: &Held| held.first.row);
        lost.sort_by_key(|event: &Kept| event.row);
        for held in &held {
            self.give_one(held, mapping, out)?;
        }
        for event in lost {
            let refusal = Refusal::missing("from_utc", format_args!("{given} of the same block before this event"));
            out.refuse(event.row_at(), refusal)?;
        }
        Ok(())
    }

    /// The events of one block and one subscriber, in the order of time.
    fn pair(&self, events: &[Kept], held: &mut Vec<Held>, lost: &mut Vec<Kept>, out: &mut Sink<'_>) {
        let mut open: Option<Held> = None;
        for event in events {
            let origin = self.places_of(event).at;
            match (event.kind, open.take()) {
                // Sent again: still active.
                (Kind::Given, Some(still)) => open = Some(still),
                (Kind::Given, None) => open = Some(Held { first: *event, from: (event.at, origin), until: None }),
                (Kind::Taken, Some(ended)) => held.push(Held { until: Some((event.at, origin)), ..ended }),
                (Kind::Taken, None) if repeats(event, held) => {}
                (Kind::Taken, None) => {
                    lost.push(*event);
                    continue;
                }
            }
            out.joined();
        }
        held.extend(open);
    }

    fn places_of(&self, event: &Kept) -> Places {
        let places = self.places.as_ref().and_then(|places| places.get(event.place as usize));
        places.copied().unwrap_or(Places::UNKNOWN)
    }

    fn give_one(&self, held: &Held, mapping: Option<&Mapping>, out: &mut Sink<'_>) -> Result<(), FormatError> {
        let event = held.first;
        let places = self.places_of(&event);
        let Some([operator, line_ref, _]) = self.holders.get(event.holder as usize) else { return Ok(()) };
        out.joined_records(event.row_at(), |row| {
            row.record(TableId::Assignment, |record| {
                record.text(assignment::OPERATOR, operator, places.operator)?;
                record.text(assignment::LINE_REF, line_ref, places.line_ref)?;
                record.text(assignment::IP, &event.block.ip.to_string(), places.ip)?;
                if let Some((first, last)) = event.block.ports {
                    record.integer(assignment::PORT_FROM, i64::from(first), places.first)?;
                    record.integer(assignment::PORT_TO, i64::from(last), places.last)?;
                }
                record.instant(assignment::FROM_UTC, held.from.0, held.from.1)?;
                if let Some((until, origin)) = held.until {
                    record.instant(assignment::UNTIL_UTC, until, origin)?;
                }
                let request = mapping.and_then(|mapping| mapping.constant("request_ref")).unwrap_or_default();
                record.text(assignment::REQUEST_REF, request, Origin::Rule(BY_CONSTANT))
            })
        })
    }
}

/// Whether an end has been reported before, at the same moment.
fn repeats(event: &Kept, held: &[Held]) -> bool {
    held.last().is_some_and(|last| {
        let until = last.until.map(|(at, _)| at);
        (last.first.holder, last.first.block) == (event.holder, event.block) && until == Some(event.at)
    })
}

impl Kept {
    fn row_at(&self) -> RowAt {
        RowAt { row: self.row, span: Span::sized(self.offset, self.length as usize) }
    }
}

/// An address in its normal form.
pub(crate) fn ip_text(text: &str, ip: IpAddr) -> Cow<'_, str> {
    let normal = ip.to_string();
    if normal == text { Cow::Borrowed(text) } else { Cow::Owned(normal) }
}

/// Where an address stands that may be written in another way than its normal form.
pub(crate) fn ip_origin(text: &str, ip: IpAddr, span: Span) -> Origin {
    if text == ip.to_string() { span.into() } else { Origin::Read(span, BY_NORMAL_FORM) }
}

/// Where a time stands that is written without a zone, or in a form of the device's.
pub(crate) fn time_origin(span: Span) -> Origin {
    Origin::Read(span, BY_TIME)
}

/// A first and a last port.
pub(crate) fn ports(first: Part<'_>, last: Part<'_>) -> Result<(u16, u16), Refusal> {
    let port = |part: Part<'_>| {
        let number: Option<u16> = part.text.parse().ok();
        let plain = number.filter(|number| number.to_string() == part.text);
        plain.ok_or_else(|| part.refuse("ports", "a port from 0 to 65535"))
    };
    let (from, to) = (port(first)?, port(last)?);
    if to < from {
        return Err(last.refuse("ports", "a last port from the first on"));
    }
    Ok((from, to))
}

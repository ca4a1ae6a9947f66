//! RADIUS accounting as FreeRADIUS writes it to its detail files: who held which address when.

mod episodes;
mod examples;
mod packet;
mod sessions;

use std::borrow::Cow;

use tutela_model::time::Zone;
use tutela_model::{TableId, assignment};

use crate::cite::Origin;
use crate::error::{At, FormatError};
use crate::format::{Example, Format, FormatMeta, Probe};
use crate::issue::Refusal;
use crate::limits::Limits;
use crate::mapping::Mapping;
use crate::put::BY_CONSTANT;
use crate::sink::{RowAt, Sink};
use crate::source::{Source, Span};
use crate::tabular::Window;

use episodes::{Episode, Held, Moment};
use packet::{Attributes, Next, Packets, Status, Value};
use sessions::{Holder, HolderOrigin, Incoming, Sessions};

pub(crate) static FORMAT: RadiusDetail = RadiusDetail;

pub(crate) struct RadiusDetail;

static META: FormatMeta = FormatMeta {
    id: "radius_detail",
    title: "RADIUS accounting detail (FreeRADIUS 2 to 4)",
    standard: "RFC 2866, RFC 2869, RFC 3162, RFC 4818, RFC 6911, RFC 8045",
    since: "0.1",
    manual: "\
A row is one packet: a line with the server's local time, indented attributes, a blank line. Packets may come in any order;
those of one session make its records in `assignment`, which carry the row of the first of them in the file.

| column | from |
|---|---|
| `operator` | the mapping's constant (`operator`); else the realm of `User-Name`, after the `@`; else `NAS-Identifier`, else the address of the server |
| `line_ref` | `User-Name`, without its realm where the realm is the operator |
| `ip` | `Framed-IP-Address`, `Framed-IPv6-Address`, `Framed-IPv6-Prefix`, `Delegated-IPv6-Prefix` (a prefix as `2001:db8:1::/56`); one record each |
| `ip`, `port_from`, `port_to` | each `IP-Port-Range` (external address, first and last port), as attributes or in braces. `Framed-IP-Address` is then the inner address and gives no record |
| `from_utc` | the Start; without one, the time of the Stop, or of the first update, less `Acct-Session-Time`; without that, the first packet |
| `until_utc` | the Stop, the earliest of several (the Start plus `Acct-Session-Time` where the Stop came more than 120 seconds later than that); else the first Accounting-On or Accounting-Off of the same server after the last update; else absent. The last update is not the end, and neither is the next holder of the address |
| `request_ref` | the mapping's constant |

**Joined** are packets with the same `Acct-Unique-Session-Id` (without one, `Acct-Session-Id`), server and user. A name that
is used again is told apart by when the session began: a Start says so, other packets by `Acct-Session-Time`. Packets that
agree within 120 seconds belong together, so a Start that is sent again counts once.

**The time** of a packet is `Timestamp` less `Acct-Delay-Time`; without a `Timestamp`, `Event-Timestamp` if it states its
zone. The first line states none and is used only if the mapping does: `dates: {from_utc: {zone: Europe/Rome}}`.

**Blocks of ports** begin with the packet that gives them (with the session, where Start or Stop names them) and end with
the one that takes them back, or with the session. A session whose IPv4 address changes holds each until the next is seen.
`::Start` and numbers of newer servers are read. `0.0.0.0`, `255.255.255.254` and `255.255.255.255` are no addresses.

**Refused rows.** Another status, no user, no name of the session, no time, a block of ports that cannot be, NUL; and the
packets of a session that never names an address. Accounting-On and -Off give no record of their own and count as read.

Everything is held until the end of the file, about 200 bytes a session; beyond the limit the file is refused and must be
cut by days.",
};

impl Format for RadiusDetail {
    fn meta(&self) -> &'static FormatMeta {
        &META
    }

    fn probe(&self, head: &[u8], _file_name: &str) -> Probe {
        let attribute = memchr::memmem::find_iter(head, b"Acct-Status-Type").any(|at| {
            let before = head.get(..at).and_then(|before| before.last());
            let after = head.get(at + "Acct-Status-Type".len()..).unwrap_or_default().trim_ascii_start();
            matches!(before, Some(b' ' | b'\t')) && after.starts_with(b"=")
        });
        if attribute { Probe::Yes("the attribute Acct-Status-Type".into()) } else { Probe::No }
    }

    fn tables(&self) -> &'static [TableId] {
        &[TableId::Assignment]
    }

    fn read(&self, source: &mut dyn Source, out: &mut Sink<'_>, limits: &Limits) -> Result<(), FormatError> {
        let mapping = source.mapping().cloned();
        let file_name = source.info().file_name.clone();
        let reader = Reader {
            mapping: mapping.as_ref(),
            zone: mapping.as_ref().and_then(|mapping| mapping.zone("from_utc")),
            file_name: &file_name,
            limits,
        };
        let mut sessions = Sessions::new(limits, out.is_citing());
        reader.take_all(&mut Packets::new(Window::new(source), limits)?, &mut sessions, out)?;
        sessions.sort_resets();
        for session in 0..sessions.len() {
            reader.give(session, &sessions, out)?;
        }
        Ok(())
    }

    fn examples(&self) -> &'static [Example] {
        examples::EXAMPLES
    }
}

struct Reader<'r> {
    mapping: Option<&'r Mapping>,
    zone: Option<Zone>,
    file_name: &'r str,
    limits: &'r Limits,
}

impl Reader<'_> {
    /// Reads all packets.
    fn take_all(
        &self,
        packets: &mut Packets<'_>,
        sessions: &mut Sessions,
        out: &mut Sink<'_>,
    ) -> Result<(), FormatError> {
        for row in 1..u32::MAX {
            let at = |span| RowAt { row: u64::from(row), span };
            match packets.next()? {
                Next::End => return Ok(()),
                Next::TooLong(span, refusal) => out.refuse(at(span), refusal)?,
                Next::Packet(span) => {
                    let taken = self.take(packets.bytes(), packets.line_end(), row, span, sessions);
                    match taken {
                        Ok(true) => out.joined(),
                        Ok(false) => {}
                        Err(refusal) => out.refuse(at(span), refusal)?,
                    }
                    sessions.check_limit(self.file_name)?;
                }
            }
        }
        let max = u64::from(u32::MAX) - 1;
        Err(FormatError::Limit { at: At::file(self.file_name), what: "packets of a file", seen: max + 1, max })
    }

    /// Takes one packet. Says whether it is sure to join a record.
    fn take(&self, bytes: &[u8], line_end: u8, row: u32, span: Span, sessions: &mut Sessions) -> Result<bool, Refusal> {
        let attributes = Attributes::read(bytes, span.start, line_end, self.limits.columns)?;
        let status = attributes.status()?;
        let times = attributes.times(self.zone.as_ref())?;
        if status == Status::Reset {
            let nas = attributes.nas().ok_or_else(|| Refusal::missing("NAS-IP-Address", "the server that reports"))?;
            sessions.reset(nas.text, times);
            return Ok(true);
        }
        let (holder, holder_origin) = self.holder(&attributes)?;
        sessions.add(&Incoming { status, times, row, span, holder, holder_origin }, &attributes)
    }

    fn holder(&self, attributes: &Attributes<'_>) -> Result<(Holder, HolderOrigin), Refusal> {
        let user = attributes.user.ok_or_else(|| Refusal::missing("User-Name", "the user of the line"))?;
        self.check_length("User-Name", user)?;
        let whole = (user.text, Origin::Bytes(user.span));
        let stated = self.mapping.and_then(|mapping| mapping.constant("operator"));
        let realm = user.text.rsplit_once('@').filter(|(name, realm)| !name.is_empty() && !realm.is_empty());
        let (operator, line) = match (stated, realm) {
            (Some(stated), _) => ((stated, Origin::Rule(BY_CONSTANT)), whole),
            (None, Some((name, realm))) => {
                let mark = user.span.start + name.len() as u64;
                let place = Span::new(mark + 1, user.span.end);
                ((realm, Origin::Bytes(place)), (name, Origin::Bytes(Span::new(user.span.start, mark))))
            }
            (None, None) => {
                let nas = attributes.nas_name.or(attributes.nas_ip).or(attributes.nas_ipv6).ok_or_else(|| {
                    Refusal::missing("User-Name", "a realm, the server's name, or a mapping's constant operator")
                })?;
                self.check_length("NAS-Identifier", nas)?;
                ((nas.text, Origin::Bytes(nas.span)), whole)
            }
        };
        let (operator_text, operator_origin) = unescape(operator);
        let (line_text, line_origin) = unescape(line);
        let holder = Holder { operator: operator_text.into(), line_ref: line_text.into() };
        Ok((holder, HolderOrigin { operator: operator_origin, line_ref: line_origin }))
    }

    fn check_length(&self, name: &str, value: Value<'_>) -> Result<(), Refusal> {
        if value.text.len() <= self.limits.text_bytes {
            return Ok(());
        }
        let expected = format!("a text of at most {} bytes", self.limits.text_bytes);
        Err(Refusal::new(name, value.text, expected).at(value.span))
    }

    /// Hands out the records of a session, and refuses what joined none.
    fn give(&self, session: usize, sessions: &Sessions, out: &mut Sink<'_>) -> Result<(), FormatError> {
        let Some(known) = sessions.known(session) else { return Ok(()) };
        let places = sessions.places.as_ref();
        let (episodes, lost, joined) = episodes::episodes(&known, places);
        for _ in 0..joined {
            out.joined();
        }
        for episode in &episodes {
            let origin = places.and_then(|places| places.groups.get(episode.first_group as usize));
            let origin = origin.map_or(HolderOrigin::UNKNOWN, |(_, origin)| *origin);
            self.give_episode(episode, known.holder, origin, out)?;
        }
        for waiting in lost {
            let span = Span::sized(waiting.offset, waiting.length as usize);
            let refusal = Refusal::missing("Framed-IP-Address", "an address in any packet of the session");
            out.refuse(RowAt { row: u64::from(waiting.row), span }, refusal)?;
        }
        Ok(())
    }

    fn give_episode(
        &self,
        episode: &Episode,
        holder: &Holder,
        origin: HolderOrigin,
        out: &mut Sink<'_>,
    ) -> Result<(), FormatError> {
        let span = Span::sized(episode.offset, episode.length as usize);
        out.joined_records(RowAt { row: u64::from(episode.row), span }, |row| {
            for held in &episode.assignments {
                row.record(TableId::Assignment, |record| {
                    record.text(assignment::OPERATOR, &holder.operator, origin.operator)?;
                    record.text(assignment::LINE_REF, &holder.line_ref, origin.line_ref)?;
                    let [ip, first, last] = held.places;
                    record.text(assignment::IP, &held.text(), ip)?;
                    if let Some((port_from, port_to)) = held.ports {
                        record.integer(assignment::PORT_FROM, i64::from(port_from), first)?;
                        record.integer(assignment::PORT_TO, i64::from(port_to), last)?;
                    }
                    record.instant(assignment::FROM_UTC, held.from.micros(), held.from.origin)?;
                    if let Some(until) = held.until {
                        record.instant(assignment::UNTIL_UTC, until.micros(), until.origin)?;
                    }
                    let request = self.mapping.and_then(|mapping| mapping.constant("request_ref")).unwrap_or_default();
                    record.text(assignment::REQUEST_REF, request, Origin::Rule(BY_CONSTANT))
                })?;
            }
            Ok(())
        })
    }
}

impl HolderOrigin {
    /// Where nothing is cited, places are not kept.
    const UNKNOWN: HolderOrigin =
        HolderOrigin { operator: Origin::Rule("not kept"), line_ref: Origin::Rule("not kept") };
}

impl Moment {
    fn micros(self) -> i64 {
        i64::from(self.at_s) * 1_000_000
    }
}

impl Held {
    fn text(&self) -> String {
        let is_one = self.ip.is_ipv4() || self.length == 128;
        if is_one { self.ip.to_string() } else { format!("{}/{}", self.ip, self.length) }
    }
}

/// Servers put a backslash before quotes and backslashes.
fn unescape((text, origin): (&str, Origin)) -> (Cow<'_, str>, Origin) {
    if !text.contains('\\') {
        return (Cow::Borrowed(text), origin);
    }
    let plain = text.replace("\\\\", "\u{0}").replace("\\\"", "\"").replace('\u{0}', "\\");
    (Cow::Owned(plain), origin.by("the text without escapes"))
}

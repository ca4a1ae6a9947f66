//! The rule by which an operator shares addresses without keeping logs: who had which ports follows by arithmetic.

mod examples;
mod rule;
mod text;

use std::net::IpAddr;

use serde::Deserialize;
use tutela_model::selector;
use tutela_model::{TableId, assignment};

use crate::cite::Origin;
use crate::error::{At, FormatError};
use crate::format::{Example, Format, FormatMeta, Probe};
use crate::issue::Refusal;
use crate::limits::Limits;
use crate::mapping::Mapping;
use crate::put::{self, BY_CONSTANT};
use crate::sink::{Row, RowAt, Sink};
use crate::source::{Source, Span};
use crate::tabular::Cell;
use crate::whole::Whole;

use rule::{Deterministic, Map, Range, Rule, Share};
use text::{Entries, Entry};

pub(crate) static FORMAT: SharingRule = SharingRule;

pub(crate) struct SharingRule;

static META: FormatMeta = FormatMeta {
    id: "sharing_rule",
    title: "Rule of an operator that shares addresses without logs (YAML)",
    standard: "RFC 7422 deterministic NAT, RFC 7597 MAP-E, RFC 7599 MAP-T",
    since: "0.1",
    manual: "\
Some operators need no log of ports, since the ports follow from the subscriber's inside address or delegated prefix. They
answer with their rule and the subscribers it held for, written like this:

```yaml
kind: map_e                     # or map_t, which has the same ports
operator: Example Net           # or the mapping's constant
rule_ipv6: 2001:db8::/40
rule_ipv4: 192.0.2.0/24
ea_bits: 16
psid_offset: 6
psid_length: 8                  # may be left out: it follows from the others, and must agree with them
subscribers:
- {line_ref: L-1, prefix: \"2001:db8:12:3400::/56\", from: 2026-03-01T00:00:00Z, until: 2026-04-01T00:00:00Z}
- {line_ref: L-2, prefix: \"2001:db8:12:3500::/56\", from: 2026-03-01T00:00:00Z}
```

```yaml
kind: deterministic_nat
operator: Example Net
inside: 100.64.0.0/25           # or 100.64.0.1-100.64.0.120
outside: 203.0.113.0/31         # the same
ports_per_subscriber: 1008
reserved_ports: 1024            # how many at the beginning nobody gets; 1024 if left out
subscribers_per_address: 64     # may be left out: as many as the ports suffice for
subscribers:
- {line_ref: L-1, inside: 100.64.0.5, from: 2026-03-01T00:00:00Z}
```

A row is one subscriber: an element of the list, which must be the last key. It gives a record in `assignment` for each
range of ports that the rule gives it.

| column | from |
|---|---|
| `operator` | the mapping's constant (`operator`); else `operator` |
| `line_ref` | `line_ref` |
| `ip`, `port_from`, `port_to` | by the rule; without ports where the subscriber has the whole address, and a network where it has several |
| `from_utc`, `until_utc` | `from` and `until` with their zone; without `until`, still held |
| `request_ref` | the mapping's constant |

**Deterministic NAT** is computed in the sequential order of RFC 7422: all addresses of the ranges count, from the first to
the last; the first subscriber gets the first block of the first outside address, and the next address begins when that one
has given all its blocks. Operators with another order are to answer with the blocks themselves.

**MAP**: the embedded bits after the rule's IPv6 prefix are the rest of the IPv4 address and the number of the set of
ports. With an offset of 0 a set is one range; else it has 2^offset - 1 of them, since the ports below 2^(16 - offset) are
nobody's. Offsets above 12 are refused. A set of ports that is stated beside the rule (`ea_bits: 0` with a `psid`) is not
read.

**Refused rows.** An inside address or prefix that the rule does not hold for, a prefix of another length than the rule's,
a time without its zone, an end before the beginning, unknown keys. A rule that contradicts itself refuses the file.",
};

impl Format for SharingRule {
    fn meta(&self) -> &'static FormatMeta {
        &META
    }

    fn probe(&self, head: &[u8], _file_name: &str) -> Probe {
        let kinds = [&b"deterministic_nat"[..], b"map_e", b"map_t"];
        let is_kind = |line: &[u8]| {
            let value = line.strip_prefix(b"kind:").map(<[u8]>::trim_ascii_start);
            value.is_some_and(|value| kinds.iter().any(|kind| value.trim_ascii_start().starts_with(kind)))
        };
        let head = head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head);
        if head.split(|byte| *byte == b'\n').any(is_kind) {
            return Probe::Yes("the key kind with a way to share addresses".into());
        }
        Probe::No
    }

    fn tables(&self) -> &'static [TableId] {
        &[TableId::Assignment]
    }

    fn read(&self, source: &mut dyn Source, out: &mut Sink<'_>, limits: &Limits) -> Result<(), FormatError> {
        let mapping = source.mapping().cloned();
        let file_name = source.info().file_name.clone();
        let whole = Whole::read(source, limits, "bytes of a rule file")?;
        let entries = Entries::split(&whole, &file_name)?;
        let head = Head::read(&entries, mapping.as_ref(), &file_name, limits)?;
        for (row, entry) in (1..).zip(entries) {
            let entry = entry?;
            out.row(RowAt { row, span: entry.span() }, |row| head.subscriber(&entry, row, limits))?;
        }
        Ok(())
    }

    fn examples(&self) -> &'static [Example] {
        examples::EXAMPLES
    }
}

/// The keys before the list.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct RawHead {
    kind: String,
    operator: Option<String>,
    inside: Option<String>,
    outside: Option<String>,
    ports_per_subscriber: Option<u32>,
    reserved_ports: Option<u32>,
    subscribers_per_address: Option<u32>,
    rule_ipv6: Option<String>,
    rule_ipv4: Option<String>,
    ea_bits: Option<u8>,
    psid_offset: Option<u8>,
    psid_length: Option<u8>,
}

/// An element of the list.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct RawSubscriber {
    line_ref: String,
    inside: Option<String>,
    prefix: Option<String>,
    from: String,
    until: Option<String>,
}

/// What holds for all subscribers.
struct Head {
    rule: Rule,
    operator: String,
    operator_origin: Origin,
    request_ref: String,
}

/// A key that cannot be: the key, what it says and what it should say.
type Wrong = (&'static str, String, String);

const BY_RULE: &str = "the operator's rule";

impl Head {
    fn read(
        entries: &Entries<'_>,
        mapping: Option<&Mapping>,
        file_name: &str,
        limits: &Limits,
    ) -> Result<Head, FormatError> {
        let head = entries.head();
        let not_readable = |(key, found, expected): Wrong| FormatError::NotReadable {
            at: At::file(file_name).byte(head.find(key, "").map_or(head.start, |span| span.start)).column(key),
            found: crate::issue::excerpt(found.as_bytes()),
            expected,
        };
        let raw: RawHead = serde_norway::from_str(head.text).map_err(|error| {
            not_readable(("", error.to_string(), "the keys of one kind of rule, each with a value of its type".into()))
        })?;
        let rule = rule_of(&raw).map_err(not_readable)?;
        let stated = mapping.and_then(|mapping| mapping.constant("operator"));
        let (operator, operator_origin) = match (stated, &raw.operator) {
            (Some(stated), _) => (stated.to_owned(), Origin::Rule(BY_CONSTANT)),
            (None, Some(operator)) if !operator.is_empty() && operator.len() <= limits.text_bytes => {
                (operator.clone(), head.origin("operator", operator))
            }
            (None, other) => {
                let found = other.clone().unwrap_or_else(|| "nothing".into());
                return Err(not_readable(("operator", found, "the operator, here or as a mapping's constant".into())));
            }
        };
        let request_ref = mapping.and_then(|mapping| mapping.constant("request_ref")).unwrap_or_default().to_owned();
        Ok(Head { rule, operator, operator_origin, request_ref })
    }

    fn subscriber(&self, entry: &Entry<'_>, row: &mut Row<'_, '_>, limits: &Limits) -> Result<(), Refusal> {
        if entry.text.len() > limits.row_bytes {
            let found = format!("an entry of {} bytes", entry.text.len());
            return Err(Refusal::row(found.as_bytes(), format_args!("at most {} bytes", limits.row_bytes)));
        }
        let list: Vec<RawSubscriber> = serde_norway::from_str(entry.text).map_err(|error| {
            Refusal::row(
                error.to_string().as_bytes(),
                "line_ref, inside or prefix, from, perhaps until, and no other key",
            )
        })?;
        let [raw] = list.as_slice() else {
            return Err(Refusal::row(entry.text.as_bytes(), "one subscriber"));
        };
        let (share, origin) = self.share(entry, raw)?;
        let cell = |name, text| Cell { name, text, origin: entry.origin(name, text) };
        let from_cell = cell("from", &raw.from);
        let from = put::read_instant(&from_cell, None)?;
        let until = raw.until.as_deref().map(|text| cell("until", text));
        let until = until.map(|cell| put::read_instant(&cell, None).map(|read| (read, cell))).transpose()?;
        if let Some((_, cell)) = until.as_ref().filter(|(until, _)| until.micros < from.micros) {
            return Err(cell.refuse("an end after the beginning"));
        }
        let ranges = share.ports.iter().copied().map(Some);
        let whole = share.ports.is_empty().then_some(None);
        for ports in ranges.chain(whole) {
            row.record(TableId::Assignment, |record| {
                record.text(assignment::OPERATOR, &self.operator, self.operator_origin)?;
                record.text(assignment::LINE_REF, &raw.line_ref, entry.origin("line_ref", &raw.line_ref))?;
                record.text(assignment::IP, &rule::text(IpAddr::V4(share.ip), share.length), origin)?;
                if let Some((first, last)) = ports {
                    record.integer(assignment::PORT_FROM, i64::from(first), origin)?;
                    record.integer(assignment::PORT_TO, i64::from(last), origin)?;
                }
                put::instant(record, assignment::FROM_UTC, from, &from_cell)?;
                if let Some((until, cell)) = &until {
                    put::instant(record, assignment::UNTIL_UTC, *until, cell)?;
                }
                record.text(assignment::REQUEST_REF, &self.request_ref, Origin::Rule(BY_CONSTANT))
            })?;
        }
        Ok(())
    }

    /// What the rule gives a subscriber, and the bytes that it follows from.
    fn share(&self, entry: &Entry<'_>, raw: &RawSubscriber) -> Result<(Share, Origin), Refusal> {
        let (key, text) = match (self.rule, &raw.inside, &raw.prefix) {
            (Rule::Deterministic(_), Some(inside), None) => ("inside", inside),
            (Rule::Map(_), None, Some(prefix)) => ("prefix", prefix),
            (Rule::Deterministic(_), ..) => return Err(Refusal::missing("inside", "an inside address, and no prefix")),
            (Rule::Map(_), ..) => return Err(Refusal::missing("prefix", "a delegated prefix, and no inside address")),
        };
        let origin = entry.origin(key, text);
        let cell = Cell { name: key, text, origin };
        let network = selector::ip_or_network(text).map_err(|error| cell.refuse(error))?;
        let (share, expected) = match (self.rule, network.first()) {
            (Rule::Deterministic(rule), IpAddr::V4(ip)) if network.prefix_length() == 32 => {
                (rule.share(ip), "an address of the rule's inside range".to_owned())
            }
            (Rule::Map(rule), IpAddr::V6(ip)) => {
                let length = rule.prefix_length();
                (rule.share(ip, network.prefix_length()), format!("a prefix /{length} inside the rule's IPv6 prefix"))
            }
            (Rule::Deterministic(_), _) => (None, "one IPv4 address".to_owned()),
            (Rule::Map(_), _) => (None, "an IPv6 prefix".to_owned()),
        };
        share.map(|share| (share, origin.by(BY_RULE))).ok_or_else(|| cell.refuse(expected))
    }
}

fn rule_of(raw: &RawHead) -> Result<Rule, Wrong> {
    match raw.kind.as_str() {
        "deterministic_nat" => {
            none_of(&[("rule_ipv6", raw.rule_ipv6.is_some()), ("rule_ipv4", raw.rule_ipv4.is_some())])?;
            none_of(&[("ea_bits", raw.ea_bits.is_some()), ("psid_offset", raw.psid_offset.is_some())])?;
            none_of(&[("psid_length", raw.psid_length.is_some())])?;
            deterministic(raw).map(Rule::Deterministic)
        }
        "map_e" | "map_t" => {
            none_of(&[("inside", raw.inside.is_some()), ("outside", raw.outside.is_some())])?;
            none_of(&[("reserved_ports", raw.reserved_ports.is_some())])?;
            none_of(&[("ports_per_subscriber", raw.ports_per_subscriber.is_some())])?;
            none_of(&[("subscribers_per_address", raw.subscribers_per_address.is_some())])?;
            map(raw).map(Rule::Map)
        }
        other => Err(("kind", other.to_owned(), "deterministic_nat, map_e or map_t".into())),
    }
}

fn none_of(keys: &[(&'static str, bool)]) -> Result<(), Wrong> {
    match keys.iter().find(|(_, is_set)| *is_set) {
        Some((key, _)) => Err((key, "a key of another kind of rule".into(), "only the keys of this kind".into())),
        None => Ok(()),
    }
}

fn needed<T: Clone>(key: &'static str, value: Option<&T>) -> Result<T, Wrong> {
    value.cloned().ok_or_else(|| (key, "nothing".into(), "a value, which this kind of rule needs".into()))
}

fn deterministic(raw: &RawHead) -> Result<Deterministic, Wrong> {
    let ports_per_subscriber = needed("ports_per_subscriber", raw.ports_per_subscriber.as_ref())?;
    let reserved_ports = raw.reserved_ports.unwrap_or(1024);
    let most = 65_536_u32.saturating_sub(reserved_ports).checked_div(ports_per_subscriber).unwrap_or(0);
    let rule = Deterministic {
        inside: range("inside", &needed("inside", raw.inside.as_ref())?)?,
        outside: range("outside", &needed("outside", raw.outside.as_ref())?)?,
        ports_per_subscriber,
        reserved_ports,
        subscribers_per_address: raw.subscribers_per_address.unwrap_or(most),
    };
    rule.check().map_err(|(key, expected)| (key, "a rule that contradicts itself".to_owned(), expected))?;
    Ok(rule)
}

/// `100.64.0.0/25` or `100.64.0.1-100.64.0.120`.
fn range(key: &'static str, text: &str) -> Result<Range, Wrong> {
    let wrong = || (key, text.to_owned(), "a network such as 100.64.0.0/25, or 100.64.0.1-100.64.0.120".to_owned());
    let v4 = |text: &str| match selector::ip(text).map(selector::Ip::addr) {
        Ok(IpAddr::V4(ip)) => Ok(ip.to_bits()),
        _ => Err(wrong()),
    };
    if let Some((first, last)) = text.split_once('-') {
        let range = Range { first: v4(first)?, last: v4(last)? };
        return if range.first <= range.last { Ok(range) } else { Err(wrong()) };
    }
    let network = selector::ip_or_network(text).map_err(|_| wrong())?;
    let IpAddr::V4(first) = network.first() else { return Err(wrong()) };
    let hosts = u32::MAX.checked_shr(u32::from(network.prefix_length())).unwrap_or(0);
    Ok(Range { first: first.to_bits(), last: first.to_bits() | hosts })
}

fn map(raw: &RawHead) -> Result<Map, Wrong> {
    let network = |key: &'static str, value: Option<&String>| {
        let text = needed(key, value)?;
        let network = selector::ip_or_network(&text).map_err(|error| (key, text.clone(), error.to_string()))?;
        Ok((network, text))
    };
    let (v6, v6_text) = network("rule_ipv6", raw.rule_ipv6.as_ref())?;
    let (v4, v4_text) = network("rule_ipv4", raw.rule_ipv4.as_ref())?;
    let IpAddr::V6(ipv6) = v6.first() else { return Err(("rule_ipv6", v6_text, "an IPv6 prefix".into())) };
    let IpAddr::V4(ipv4) = v4.first() else { return Err(("rule_ipv4", v4_text, "an IPv4 prefix".into())) };
    let rule = Map {
        ipv6: ipv6.to_bits(),
        ipv6_length: v6.prefix_length(),
        ipv4: ipv4.to_bits(),
        ipv4_length: v4.prefix_length(),
        ea_bits: needed("ea_bits", raw.ea_bits.as_ref())?,
        psid_offset: raw.psid_offset.unwrap_or(0),
    };
    rule.check().map_err(|(key, expected)| (key, "a rule that contradicts itself".to_owned(), expected))?;
    if rule.psid_length() > 0 {
        needed("psid_offset", raw.psid_offset.as_ref())?;
    }
    match raw.psid_length.filter(|stated| *stated != rule.psid_length()) {
        Some(stated) => {
            let expected = format!("{}, which follows from rule_ipv4 and ea_bits", rule.psid_length());
            Err(("psid_length", stated.to_string(), expected))
        }
        None => Ok(rule),
    }
}

/// Where a value stands in a part of the file.
impl Entry<'_> {
    fn origin(&self, key: &str, value: &str) -> Origin {
        match self.find(key, value).filter(|_| !value.is_empty()) {
            Some(span) => span.into(),
            None => Origin::Read(self.span(), "the value in YAML"),
        }
    }

    fn span(&self) -> Span {
        Span::sized(self.start, self.text.trim_end().len())
    }
}

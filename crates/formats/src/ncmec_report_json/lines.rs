//! Free text: the selectors in it, line by line, and nothing else of it.

use tutela_model::time::{self, Zone};
use tutela_model::{TableId, selector, session};

use super::report::{Account, Context, Mention, Rows};
use crate::cite::Origin;
use crate::error::FormatError;
use crate::issue::Refusal;
use crate::json::Node;
use crate::put::{self, BY_NORMAL_FORM, BY_TIME, PROVIDER_RULE, ReadTime, STATED};
use crate::sink::Row;
use crate::source::Span;

/// Whose text it is.
#[derive(Clone, Copy)]
pub(super) struct Of<'o, 'd> {
    /// The account whose log-ins the text may list.
    account: Option<&'o Account<'d>>,
}

impl<'o, 'd> Of<'o, 'd> {
    /// A text in which a platform may list the log-ins of an account.
    pub(super) fn logins(account: Option<&'o Account<'d>>) -> Of<'o, 'd> {
        Of { account }
    }

    /// A text that somebody else wrote, such as an e-mail.
    pub(super) fn nobody() -> Of<'o, 'd> {
        Of { account: None }
    }
}

/// Reads the lines of texts. A line without a selector is no row.
pub(super) fn read(
    rows: &mut Rows<'_, '_>,
    texts: &[Node<'_>],
    of: Of<'_, '_>,
    context: &Context<'_>,
) -> Result<(), FormatError> {
    for node in texts {
        let Some(text) = node.object().get("value").and_then(|value| value.text("value").ok().flatten()) else {
            continue;
        };
        for (from, to) in raw_lines(text.raw) {
            let raw = text.raw.get(from..to).unwrap_or_default();
            let line = Line::new(raw, text.span.start + from as u64);
            let found = selectors(&line.text);
            if !found.is_empty() {
                rows.row(line.span(), |row| read_line(row, &line, &found, of, context))?;
            }
        }
    }
    Ok(())
}

/// The lines of a JSON text before its escapes are read: a line ends at `\n` or `\r`.
fn raw_lines(raw: &str) -> Vec<(usize, usize)> {
    let (mut lines, mut from, mut at) = (Vec::new(), 0, 0);
    let bytes = raw.as_bytes();
    while let Some(found) = memchr::memchr(b'\\', bytes.get(at..).unwrap_or_default()) {
        at += found;
        if matches!(bytes.get(at + 1), Some(b'n' | b'r')) {
            lines.push((from, at));
            from = at + 2;
        }
        at += 2;
    }
    lines.push((from, raw.len().max(from)));
    lines.retain(|(from, to)| from < to);
    lines
}

/// One line: its text, and where each of its bytes stands in the file.
struct Line<'l> {
    raw: &'l str,
    offset: u64,
    text: String,
}

impl<'l> Line<'l> {
    fn new(raw: &'l str, offset: u64) -> Line<'l> {
        let text = if raw.contains('\\') {
            serde_json::from_str(&format!("\"{raw}\"")).unwrap_or_default()
        } else {
            raw.to_owned()
        };
        Line { raw, offset, text }
    }

    fn span(&self) -> Span {
        Span::sized(self.offset, self.raw.len())
    }

    /// The bytes of the file behind a range of the text.
    fn place(&self, (from, to): (usize, usize)) -> Span {
        Span::new(self.offset + self.raw_at(from) as u64, self.offset + self.raw_at(to) as u64)
    }

    /// Where in the raw line a byte of the text stands.
    fn raw_at(&self, wanted: usize) -> usize {
        if self.raw.len() == self.text.len() {
            return wanted;
        }
        let (mut raw_at, mut text_at) = (0, 0);
        while text_at < wanted {
            let rest = self.raw.get(raw_at..).unwrap_or_default();
            let step = match rest.as_bytes() {
                [b'\\', b'u', ..] if is_surrogate_pair(rest) => 12,
                [b'\\', b'u', ..] => 6,
                [b'\\', ..] => 2,
                _ => rest.chars().next().map_or(1, char::len_utf8),
            };
            raw_at += step;
            text_at += self.text.get(text_at..).and_then(|rest| rest.chars().next()).map_or(1, char::len_utf8);
        }
        raw_at.min(self.raw.len())
    }
}

fn is_surrogate_pair(rest: &str) -> bool {
    let high =
        rest.get(2..4).is_some_and(|digits| matches!(digits.to_ascii_lowercase().as_str(), "d8" | "d9" | "da" | "db"));
    high && rest.get(6..8) == Some("\\u")
}

/// A selector in a line.
#[derive(Clone, Debug, Eq, PartialEq)]
struct Found {
    kind: &'static str,
    value: String,
    port: Option<u16>,
    range: (usize, usize),
}

/// The addresses, e-mails and telephone numbers of a line.
fn selectors(line: &str) -> Vec<Found> {
    let mut all = Vec::new();
    let separates = |c: char| c.is_whitespace() || ",;()<>\"'|={}".contains(c);
    let mut from = 0;
    for token in line.split_inclusive(separates) {
        let begin = from;
        from += token.len();
        let token = token.trim_end_matches(separates).trim_end_matches(['.', ':', '!', '?']);
        // "IP:192.0.2.1" has its label stuck to it.
        let labelled = token.split_once(':').filter(|(label, _)| {
            label.starts_with(|c: char| c.is_ascii_alphabetic()) && label.chars().any(|c| !c.is_ascii_hexdigit())
        });
        let value = labelled.map_or(token, |(_, value)| value);
        let skipped = token.len() - value.len();
        // Mail programs write an address of either family in brackets.
        let inner = value.strip_prefix('[').and_then(|value| value.strip_suffix(']'));
        let (value, skipped) = inner.map_or((value, skipped), |inner| (inner, skipped + 1));
        let range = (begin + skipped, begin + skipped + value.len());
        all.extend(selector_of(value).map(|(kind, value, port)| Found { kind, value, port, range }));
    }
    all
}

fn selector_of(token: &str) -> Option<(&'static str, String, Option<u16>)> {
    if token.len() < 3 || token.len() > 254 {
        return None;
    }
    if token.contains('@') {
        return selector::email(token).ok().map(|email| ("email", email, None));
    }
    if let Some(digits) = token.strip_prefix('+') {
        let is_number = digits.len() >= 8 && digits.bytes().all(|byte| byte.is_ascii_digit() || b".-/".contains(&byte));
        return selector::phone(token).ok().filter(|_| is_number).map(|phone| ("phone", phone, None));
    }
    let (ip, port) = selector::ip_and_port(token).ok()?;
    (!ip.addr().is_unspecified()).then(|| ("ip", ip.to_string(), port))
}

fn read_line(
    row: &mut Row<'_, '_>,
    line: &Line<'_>,
    found: &[Found],
    of: Of<'_, '_>,
    context: &Context<'_>,
) -> Result<(), Refusal> {
    let time = line_time(&line.text);
    let at =
        time.and_then(|time| Some((time.read(context.zone())?, Origin::Bytes(line.place(time.range)).by(BY_TIME))));
    if let (Some(time), None) = (time, at) {
        let text = line.text.get(time.range.0..time.range.1).unwrap_or_default();
        row.note("value", text, "a time with its zone, or the zone in a mapping; it is left out");
    }
    let mut addresses = found.iter().filter(|found| found.kind == "ip");
    let sole = match (addresses.next(), addresses.next()) {
        (Some(one), None) => Some(one),
        _ => None,
    };
    for one in found {
        let origin = Origin::Bytes(line.place(one.range)).by(BY_NORMAL_FORM);
        match (of.account, at) {
            (Some(account), Some((at, at_origin))) if sole == Some(one) => {
                row.record(TableId::Session, |record| {
                    account.put(record, session::PLATFORM, session::ACCOUNT_REF)?;
                    record.instant(session::AT_UTC, at.micros, at_origin)?;
                    put::zone_origin(record, session::ZONE_ORIGIN, at)?;
                    record.text(session::IP, &one.value, origin)?;
                    let Some(port) = one.port else { return Ok(()) };
                    record.integer(session::PORT, i64::from(port), origin.by("the port after the address"))
                })?;
            }
            _ => {
                Mention { kind: one.kind, value: &one.value, origin, role: "mentioned", at }.put(row)?;
            }
        }
    }
    Ok(())
}

/// A time in a line.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
struct LineTime {
    /// The clock reading as if it were UTC, or the instant where the zone is stated.
    instant: time::Instant,
    range: (usize, usize),
}

impl LineTime {
    fn read(self, zone: Option<&Zone>) -> Option<ReadTime> {
        if self.instant.had_zone {
            return Some(ReadTime { micros: self.instant.micros, zone_origin: STATED });
        }
        let clock = time::format_instant(self.instant.micros);
        let clock = clock.strip_suffix('Z')?;
        let read = time::parse_local(clock, "%Y-%m-%dT%H:%M:%S%.f", zone?).ok()?;
        Some(ReadTime { micros: read.micros, zone_origin: PROVIDER_RULE })
    }
}

/// The first time of a line that begins with the year: other orders of day and month cannot be told apart.
fn line_time(line: &str) -> Option<LineTime> {
    let starts = line.match_indices('-').filter_map(|(at, _)| at.checked_sub(4));
    starts.filter_map(|start| time_at(line, start)).next()
}

fn time_at(line: &str, start: usize) -> Option<LineTime> {
    let rest = line.get(start..)?;
    let after = rest.get(19..)?;
    let decimals = after.strip_prefix('.').map_or(0, |rest| 1 + rest.bytes().take_while(u8::is_ascii_digit).count());
    let zone = after.get(decimals..)?;
    let offset = |length: usize, with_colon: bool| {
        let text = zone.get(..length).filter(|text| text.starts_with(['+', '-']))?;
        let digits = text
            .get(1..)?
            .bytes()
            .enumerate()
            .all(|(at, byte)| if with_colon && at == 2 { byte == b':' } else { byte.is_ascii_digit() });
        digits.then_some(length)
    };
    let named = [" UTC", " GMT", " Z", "Z"].into_iter().find(|name| zone.starts_with(name)).map(str::len);
    let length = 19 + decimals + named.or_else(|| offset(6, true)).or_else(|| offset(5, false)).unwrap_or(0);
    let clock = rest.get(..19 + decimals)?;
    let canonical = match rest.get(19 + decimals..length)? {
        "" => clock.to_owned(),
        " UTC" | " GMT" | " Z" | "Z" => format!("{clock}Z"),
        offset if offset.len() == 5 => format!("{clock}{}:{}", offset.get(..3)?, offset.get(3..)?),
        offset => format!("{clock}{offset}"),
    };
    let instant = time::parse_instant(&canonical).ok()?;
    Some(LineTime { instant, range: (start, start + length) })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::string_slice, reason = "a test may stop")]
    #![allow(clippy::cast_possible_truncation, reason = "the texts are short")]

    use super::*;

    type Selector = (&'static str, &'static str, Option<u16>);

    #[test]
    fn selectors_are_found_in_lines() {
        let cases: &[(&str, &[Selector])] = &[
            ("2026-03-02 16:10:00 203.0.113.10 (Android)", &[("ip", "203.0.113.10", None)]),
            ("Login IP:203.0.113.10:50001, ok.", &[("ip", "203.0.113.10", Some(50001))]),
            (
                "from [2001:DB8::1]:443; to 2001:db8::2.",
                &[("ip", "2001:db8::1", Some(443)), ("ip", "2001:db8::2", None)],
            ),
            ("by [203.0.113.10] and [2001:db8::1]", &[("ip", "203.0.113.10", None), ("ip", "2001:db8::1", None)]),
            ("mail Kite@Example.org!", &[("email", "kite@example.org", None)]),
            ("call +1-202-555-0123 or 202 555 0123", &[("phone", "+12025550123", None)]),
            ("at 16:10:00, version 1.2.3, a :: b, 10:20", &[]),
            ("fe80::1%eth0 and 300.1.1.1", &[]),
        ];
        for (line, expected) in cases {
            let found: Vec<_> = selectors(line).into_iter().map(|f| (f.kind, f.value, f.port)).collect();
            let expected: Vec<_> =
                expected.iter().map(|(kind, value, port)| (*kind, (*value).to_owned(), *port)).collect();
            assert_eq!(found, expected, "{line}");
        }
    }

    #[test]
    fn times_are_found_in_lines() {
        let cases = [
            ("2026-03-02 16:10:00 UTC x", Some(("2026-03-02T16:10:00Z", true))),
            ("x 2026-03-02T16:10:00.5+01:00", Some(("2026-03-02T15:10:00.5Z", true))),
            ("x 2026-03-02T16:10:00+0100.", Some(("2026-03-02T15:10:00Z", true))),
            ("2026-03-02 16:10:00 203.0.113.10", Some(("2026-03-02T16:10:00Z", false))),
            ("a-b 2026-02-31 16:10:00, 2026-03-02 16:10:00 Z", Some(("2026-03-02T16:10:00Z", true))),
            ("02/03/2026 16:10:00 UTC", None),
            ("\u{e9}-1", None),
        ];
        for (line, expected) in cases {
            let found =
                line_time(line).map(|found| (time::format_instant(found.instant.micros), found.instant.had_zone));
            assert_eq!(found, expected.map(|(text, had_zone)| (text.to_owned(), had_zone)), "{line}");
        }
    }

    #[test]
    fn a_place_holds_the_bytes_behind_escapes() {
        let raw = r"\ud83d\ude00 \u00e9 \t203.0.113.10 x\\y 203.0.113.11";
        let line = Line::new(raw, 100);
        let places: Vec<_> = selectors(&line.text).iter().map(|found| line.place(found.range)).collect();
        let texts: Vec<_> =
            places.iter().map(|span| &raw[span.start as usize - 100..span.end as usize - 100]).collect();
        assert_eq!(texts, ["203.0.113.10", "203.0.113.11"]);
    }

    #[test]
    fn lines_end_at_escapes() {
        let raw = r"a\nb\\nc\r\n\nd";
        let lines: Vec<_> = raw_lines(raw).iter().map(|(from, to)| &raw[*from..*to]).collect();
        assert_eq!(lines, ["a", r"b\\nc", "d"]);
    }
}

//! One row of a reply against the question that it answers, field by field. Nothing here knows a case or a file.

use serde::Serialize;
use tutela_engine::ip_network;
use tutela_model::TableId;

use super::{Request, utc};

const SECOND: i64 = 1_000_000;
const HOUR: i64 = 3600 * SECOND;
const DAY: i64 = 24 * HOUR;

/// What the comparison of one row found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ReplyRow {
    /// The request that the row names; a dash where it names none.
    pub request_ref: String,
    /// The table that the row fills.
    pub table: TableId,
    /// The row, counted from 1.
    pub row: i64,
    /// `accepted`, `noted` or `blocked`.
    pub outcome: String,
    /// The check that decided.
    pub check: String,
    /// The column that was compared.
    pub field: Option<String>,
    /// What the reply says.
    pub found: Option<String>,
    /// What was asked, and why that decides.
    pub expected: Option<String>,
}

/// A row of a reply.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Answer {
    pub(crate) table: TableId,
    /// Which of the files that are taken in together.
    pub(crate) file: usize,
    pub(crate) row: i64,
    pub(crate) byte_offset: i64,
    pub(crate) request_ref: Option<String>,
    pub(crate) checksum: Option<String>,
    pub(crate) lookup_key: Option<String>,
    pub(crate) operator: String,
    pub(crate) line_ref: String,
    /// Of assignments: the address or network, ports, when, and what was looked up.
    pub(crate) ip: String,
    pub(crate) ports: Option<(i64, i64)>,
    pub(crate) from_us: i64,
    pub(crate) until_us: Option<i64>,
    pub(crate) asked_us: Option<i64>,
    pub(crate) asked_port: Option<i64>,
    /// Of lines.
    pub(crate) access_kind: Option<String>,
    pub(crate) address_kind: Option<String>,
}

impl Answer {
    /// The end; one that is still held has none.
    pub(crate) fn until(&self) -> i64 {
        self.until_us.unwrap_or(i64::MAX)
    }

    /// Whether it holds the address at a moment.
    pub(crate) fn holds(&self, at_us: i64) -> bool {
        self.from_us <= at_us && at_us < self.until()
    }

    /// Whether a port is among its ports; the whole address has all of them.
    pub(crate) fn has_port(&self, port: i64) -> bool {
        self.ports.is_none_or(|(from, to)| (from..=to).contains(&port))
    }

    /// The network, in the form in which networks are compared.
    pub(crate) fn network(&self) -> Option<String> {
        let whole = if self.ip.contains(':') { 128 } else { 32 };
        let length = self.ip.split_once('/').map_or(Some(whole), |(_, l)| l.parse().ok())?;
        ip_network(&self.ip, length)
    }
}

/// What a check says of a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Finding {
    pub(crate) check: &'static str,
    pub(crate) field: &'static str,
    pub(crate) found: String,
    pub(crate) expected: String,
    /// Whether the row stays out of the records.
    pub(crate) blocks: bool,
}

fn blocked(check: &'static str, field: &'static str, found: impl ToString, expected: impl ToString) -> Finding {
    Finding { check, field, found: found.to_string(), expected: expected.to_string(), blocks: true }
}

/// Compares a row with its request. The first finding that blocks is enough; else all that is worth noting.
pub(crate) fn compare(request: &Request, answer: &Answer) -> Vec<Finding> {
    if !request.operator.eq_ignore_ascii_case(&answer.operator) {
        return vec![blocked("operator", "operator", &answer.operator, &request.operator)];
    }
    if answer.table == TableId::Line {
        return address_kind(answer).into_iter().collect();
    }
    let blocks = address(request, answer)
        .or_else(|| looked_up(request, answer))
        .or_else(|| period(request, answer))
        .or_else(|| port(request, answer));
    match blocks {
        Some(finding) => vec![finding],
        None => boundary(request, answer).into_iter().collect(),
    }
}

/// An address of a fixed line leads to a house: whether the line is installed there must be said.
fn address_kind(answer: &Answer) -> Option<Finding> {
    let needs_house = !matches!(answer.access_kind.as_deref(), Some("mobile" | "public_wifi" | "hosting"));
    let kind = answer.address_kind.as_deref().unwrap_or("absent");
    (needs_house && kind != "installation").then(|| {
        blocked(
            "address_kind",
            "address_kind",
            kind,
            "installation: the house where the line ends, not where the bill goes",
        )
    })
}

fn address(request: &Request, answer: &Answer) -> Option<Finding> {
    let length = answer.network()?.rsplit_once('/')?.1.parse().ok()?;
    let (asked, found) = (ip_network(&request.ip, length)?, answer.network()?);
    if asked == found {
        return None;
    }
    let check = if one_apart(&found, &asked) { "digit" } else { "address" };
    Some(blocked(check, "ip", &answer.ip, format!("{}, as asked", request.ip)))
}

/// What the operator says that it looked up, against what was asked.
fn looked_up(request: &Request, answer: &Answer) -> Option<Finding> {
    if let Some(at) = answer.asked_us
        && (at - request.asked_us).abs() >= SECOND
    {
        let expected = format!("{}, as asked ({})", utc(request.asked_us), shift(at - request.asked_us));
        return Some(blocked(shift_kind(request.asked_us, at), "asked_utc", utc(at), expected));
    }
    match (answer.asked_port, request.port) {
        (Some(found), Some(asked)) if found != asked => {
            let check = if one_apart(&found.to_string(), &asked.to_string()) { "digit" } else { "port" };
            Some(blocked(check, "asked_port", found, format!("{asked}, as asked")))
        }
        (Some(found), None) => Some(blocked("port", "asked_port", found, "absent, as asked")),
        _ => None,
    }
}

/// An assignment that was not in force within the clock error of the moment answers another question: often the right one
/// an hour, half a day or a year away.
fn period(request: &Request, answer: &Answer) -> Option<Finding> {
    let covers = |by: i64| answer.from_us <= request.until_us + by && answer.until() > request.from_us + by;
    if covers(0) {
        return None;
    }
    let days = |days: std::ops::RangeInclusive<i64>| days.flat_map(|d| [d * DAY, -d * DAY]);
    let shifts = [HOUR, -HOUR, 2 * HOUR, -2 * HOUR].map(|by| (by, "hour")).into_iter();
    let shifts = shifts.chain([12 * HOUR, -12 * HOUR].map(|by| (by, "twelve_hours")));
    let shifts = shifts.chain(days(1..=31).map(|by| (by, "day"))).chain(days(365..=366).map(|by| (by, "year")));
    let found = format!("{} to {}", utc(answer.from_us), answer.until_us.map_or_else(|| "still held".to_owned(), utc));
    match shifts.into_iter().find(|(by, _)| covers(*by)) {
        Some((by, check)) => {
            let expected = format!("a time around {}; it fits {}", utc(request.asked_us), shift(by));
            Some(blocked(check, "from_utc", found, expected))
        }
        None => Some(blocked("not_asked", "from_utc", found, format!("a time around {}", utc(request.asked_us)))),
    }
}

fn port(request: &Request, answer: &Answer) -> Option<Finding> {
    let (asked, (from, to)) = (request.port?, answer.ports?);
    (!(from..=to).contains(&asked)).then(|| {
        blocked("port", "port_from", format!("{from} to {to}"), format!("a block that holds {asked}, as asked"))
    })
}

/// A lease that begins or ends inside the clock error may be the one before or after.
fn boundary(request: &Request, answer: &Answer) -> Option<Finding> {
    let begins = answer.from_us > request.from_us;
    let ends = answer.until() <= request.until_us;
    let (field, at) = match (begins, ends) {
        (true, _) => ("from_utc", answer.from_us),
        (_, true) => ("until_utc", answer.until()),
        _ => return None,
    };
    let error_s = (request.until_us - request.asked_us) / SECOND;
    Some(Finding {
        check: "lease_boundary",
        field,
        found: utc(at),
        expected: format!(
            "a lease that lasts through {} ± {error_s} s: it may have been the line before or after",
            utc(request.asked_us)
        ),
        blocks: false,
    })
}

/// The kind of a difference between two moments.
fn shift_kind(asked_us: i64, found_us: i64) -> &'static str {
    let by = (found_us - asked_us).abs();
    let near = |to: i64| (by - to).abs() < SECOND;
    if near(12 * HOUR) {
        return "twelve_hours";
    }
    // Zones differ by whole halves of an hour, by 14 hours at most.
    if by < 14 * HOUR + SECOND && (near(by / (HOUR / 2) * (HOUR / 2)) || near((by / (HOUR / 2) + 1) * (HOUR / 2))) {
        return "hour";
    }
    if same_day_of_another_year(asked_us, found_us) {
        return "year";
    }
    if near(by / DAY * DAY) || near((by / DAY + 1) * DAY) { "day" } else { "time" }
}

fn same_day_of_another_year(one_us: i64, other_us: i64) -> bool {
    let civil = |us| jiff::Timestamp::from_microsecond(us).ok().map(|t| t.to_zoned_datetime(jiff::tz::TimeZone::UTC));
    let (Some(one), Some(other)) = (civil(one_us), civil(other_us)) else { return false };
    let key = |z: &jiff::ZonedDateTime| (z.month(), z.day(), z.hour(), z.minute(), z.second());
    one.year() != other.year() && key(&one) == key(&other)
}

/// A difference in words.
fn shift(by: i64) -> String {
    let sign = if by < 0 { "earlier" } else { "later" };
    let by = by.abs();
    match by {
        _ if by % DAY == 0 => format!("{} day(s) {sign}", by / DAY),
        _ if by % (HOUR / 2) == 0 => format!("{} minute(s) {sign}", by / (60 * SECOND)),
        _ => format!("{} s {sign}", by / SECOND),
    }
}

/// Whether two texts differ by one character: another one, one too many, one too few, or two that changed places.
pub(crate) fn one_apart(a: &str, b: &str) -> bool {
    let (a, b) = (a.as_bytes(), b.as_bytes());
    let (short, long) = if a.len() <= b.len() { (a, b) } else { (b, a) };
    if long.len() - short.len() > 1 || a == b {
        return false;
    }
    let same_head = short.iter().zip(long).take_while(|(x, y)| x == y).count();
    let (short, long) = (short.get(same_head..).unwrap_or_default(), long.get(same_head..).unwrap_or_default());
    if short.len() < long.len() {
        return long.get(1..) == Some(short);
    }
    let rest = |of: usize| short.get(of..) == long.get(of..);
    let swapped = short.first() == long.get(1) && short.get(1) == long.first() && short.len() > 1;
    rest(1) || (swapped && rest(2))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_typed_digit_is_told_from_another_address() {
        for (a, b, expect) in [
            ("198.51.100.7", "198.51.100.77", true),
            ("198.51.100.7", "198.51.100.8", true),
            ("198.51.100.17", "198.51.100.71", true),
            ("198.51.100.7", "198.51.10.7", true),
            ("198.51.100.7", "198.51.100.7", false),
            ("198.51.100.7", "198.51.101.8", false),
            ("198.51.100.7", "203.0.113.9", false),
        ] {
            assert_eq!(one_apart(a, b), expect, "{a} {b}");
            assert_eq!(one_apart(b, a), expect, "{b} {a}");
        }
    }

    /// An operator that does not say what it looked up still answers with a lease, and the lease gives the slip away.
    #[test]
    fn a_lease_at_another_time_is_blocked_with_the_slip_that_it_fits() {
        let at = |text: &str| text.parse::<jiff::Timestamp>().unwrap_or_default().as_microsecond();
        let asked_us = at("2026-03-01T21:14:03Z");
        let request = Request {
            request_ref: "Q-1".to_owned(),
            operator: "op".to_owned(),
            basis_ref: "B1".to_owned(),
            ip: "198.51.100.7".to_owned(),
            port: Some(50_000),
            asked_us,
            from_us: asked_us - 2 * SECOND,
            until_us: asked_us + 2 * SECOND,
            zone: "Europe/Rome".to_owned(),
            asked_local: String::new(),
            session_source_id: String::new(),
            session_row: 1,
            checksum: String::new(),
            sent_us: 0,
        };
        let answer = |from: &str, until: &str, ports| Answer {
            table: TableId::Assignment,
            file: 0,
            row: 1,
            byte_offset: 0,
            request_ref: Some("Q-1".to_owned()),
            checksum: None,
            lookup_key: None,
            operator: "OP".to_owned(),
            line_ref: "L".to_owned(),
            ip: "198.51.100.7".to_owned(),
            ports,
            from_us: at(from),
            until_us: Some(at(until)),
            asked_us: None,
            asked_port: None,
            access_kind: None,
            address_kind: None,
        };
        for (from, until, ports, expect) in [
            ("2026-03-01T04:00:00Z", "2026-03-02T04:00:00Z", None, ""),
            ("2026-03-01T22:00:00Z", "2026-03-02T04:00:00Z", None, "hour"),
            ("2026-03-01T04:00:00Z", "2026-03-01T20:30:00Z", None, "hour"),
            ("2026-03-01T08:00:00Z", "2026-03-01T10:00:00Z", None, "twelve_hours"),
            ("2026-01-30T20:00:00Z", "2026-01-30T23:00:00Z", None, "day"),
            ("2025-03-01T04:00:00Z", "2025-03-02T04:00:00Z", None, "year"),
            ("2023-01-01T04:00:00Z", "2023-01-02T04:00:00Z", None, "not_asked"),
            ("2026-03-01T21:14:02Z", "2026-03-02T04:00:00Z", None, "lease_boundary"),
            ("2026-03-01T04:00:00Z", "2026-03-01T21:14:05Z", None, "lease_boundary"),
            ("2026-03-01T04:00:00Z", "2026-03-02T04:00:00Z", Some((49_152, 50_175)), ""),
            ("2026-03-01T04:00:00Z", "2026-03-02T04:00:00Z", Some((50_176, 51_199)), "port"),
        ] {
            let found = compare(&request, &answer(from, until, ports));
            assert_eq!(found.first().map_or("", |f| f.check), expect, "{from} {until}");
        }
    }

    #[test]
    fn a_difference_of_times_is_named() {
        let at: jiff::Timestamp = "2026-03-01T21:14:03Z".parse().unwrap_or_default();
        for (other, expect) in [
            ("2026-03-01T22:14:03Z", "hour"),
            ("2026-03-01T19:14:03Z", "hour"),
            ("2026-03-01T09:14:03Z", "twelve_hours"),
            ("2025-03-01T21:14:03Z", "year"),
            ("2026-01-03T21:14:03Z", "day"),
            ("2026-03-02T21:14:03Z", "day"),
            ("2026-03-01T21:41:03Z", "time"),
        ] {
            let other: jiff::Timestamp = other.parse().unwrap_or_default();
            assert_eq!(shift_kind(at.as_microsecond(), other.as_microsecond()), expect, "{other}");
        }
    }
}

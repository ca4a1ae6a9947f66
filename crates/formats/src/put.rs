//! Setting columns from cells: each type of value in one place, so that all formats mean the same by it.

use tutela_model::money::{self, Amount};
use tutela_model::selector::{self, SelectorError};
use tutela_model::time::{self, Zone};

use crate::cite::Origin;
use crate::issue::Refusal;
use crate::sink::{Record, Row};
use crate::tabular::Cell;

/// Where the zone of a time came from; values of `session.zone_origin`.
pub(crate) const STATED: &str = "stated";
pub(crate) const PROVIDER_RULE: &str = "provider_rule";

/// How a value follows from its bytes.
pub(crate) const BY_NORMAL_FORM: &str = "the selector in its normal form";
pub(crate) const BY_CONSTANT: &str = "a constant of the mapping";
pub(crate) const BY_FORMAT: &str = "the format itself";
pub(crate) const BY_ZONE: &str = "the zone of the time";
pub(crate) const BY_TIME: &str = "the time in UTC";
pub(crate) const BY_AMOUNT: &str = "the amount without zeros at its end";
pub(crate) const BY_ACCOUNT: &str = "the account in its normal form";

/// Sets a text as it stands.
pub(crate) fn text(record: &mut Record<'_, '_>, column: usize, cell: &Cell<'_>) -> Result<(), Refusal> {
    record.text(column, cell.text, cell.origin)
}

/// Sets an address in its normal form. An empty cell is absent.
pub(crate) fn ip(record: &mut Record<'_, '_>, column: usize, cell: &Cell<'_>) -> Result<(), Refusal> {
    if cell.is_empty() {
        return Ok(());
    }
    let ip = selector::ip(cell.text).map_err(|error| cell.refuse(error))?;
    put_normal(record, column, cell, &ip.addr())
}

/// Sets an address, and the port that may follow it as in `192.0.2.1:443`.
pub(crate) fn ip_and_port(
    record: &mut Record<'_, '_>,
    ip_column: usize,
    port_column: usize,
    cell: &Cell<'_>,
) -> Result<(), Refusal> {
    if cell.is_empty() {
        return Ok(());
    }
    let (ip, port) = selector::ip_and_port(cell.text).map_err(|error| cell.refuse(error))?;
    put_normal(record, ip_column, cell, &ip.addr())?;
    match port {
        Some(port) => record.integer(port_column, i64::from(port), cell.origin.by("the port after the address")),
        None => Ok(()),
    }
}

/// Sets an address or a network such as `2001:db8:1::/56`, which one line can hold as a whole.
pub(crate) fn ip_or_network(record: &mut Record<'_, '_>, column: usize, cell: &Cell<'_>) -> Result<(), Refusal> {
    if !cell.text.contains('/') {
        return ip(record, column, cell);
    }
    let network = network(cell.text).map_err(|error| cell.refuse(error))?;
    let origin = if network == cell.text { cell.origin } else { cell.origin.by(BY_NORMAL_FORM) };
    record.text(column, &network, origin)
}

/// A network in its normal form: the first address and the length. A network of one address is that address.
pub(crate) fn network(text: &str) -> Result<String, NetworkError> {
    let (address, length) = text.split_once('/').ok_or(NetworkError::Shape)?;
    let address = selector::ip(address).map_err(NetworkError::Address)?.addr();
    let (bits, whole) = match address {
        std::net::IpAddr::V4(ip) => (u128::from(u32::from(ip)) << 96, 32),
        std::net::IpAddr::V6(ip) => (u128::from(ip), 128),
    };
    let digits = (1..=3).contains(&length.len()) && length.bytes().all(|b| b.is_ascii_digit());
    let length: u32 = length.parse().ok().filter(|length| digits && *length <= whole).ok_or(NetworkError::Shape)?;
    if length == whole {
        return Ok(address.to_string());
    }
    if bits.checked_shl(length).unwrap_or(0) != 0 {
        return Err(NetworkError::HostBits);
    }
    Ok(format!("{address}/{length}"))
}

/// Why a text is no network; the message is what was expected.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub(crate) enum NetworkError {
    #[error("an address or a network such as 2001:db8:1::/56")]
    Shape,
    #[error(transparent)]
    Address(SelectorError),
    #[error("a network whose address ends where its length says")]
    HostBits,
}

/// Sets a port. An empty cell is absent, which is a value.
pub(crate) fn port(record: &mut Record<'_, '_>, column: usize, cell: &Cell<'_>) -> Result<(), Refusal> {
    if cell.is_empty() {
        return Ok(());
    }
    let port = selector::port(cell.text).map_err(|error| cell.refuse(error))?;
    record.integer(column, i64::from(port), cell.origin)
}

/// As [`port`], for providers that write a port they do not know as 0 or in words.
pub(crate) fn port_or_none(record: &mut Record<'_, '_>, column: usize, cell: &Cell<'_>) -> Result<(), Refusal> {
    match cell.text.to_ascii_lowercase().as_str() {
        "0" | "null" | "none" | "n/a" | "-" => Ok(()),
        _ => port(record, column, cell),
    }
}

/// Sets a selector that may be written in a way that has no normal form; then it stays as written, with a note.
pub(crate) fn selector(
    row: &mut Vec<Kept>,
    record: &mut Record<'_, '_>,
    column: usize,
    cell: &Cell<'_>,
    read: fn(&str) -> Result<String, SelectorError>,
) -> Result<(), Refusal> {
    match read(cell.text) {
        _ if cell.is_empty() => Ok(()),
        Ok(normal) if normal == cell.text => record.text(column, cell.text, cell.origin),
        Ok(normal) => record.text(column, &normal, cell.origin.by(BY_NORMAL_FORM)),
        Err(error) => {
            row.push(Kept { name: cell.name.to_owned(), found: cell.text.to_owned(), expected: error.to_string() });
            record.text(column, cell.text, cell.origin)
        }
    }
}

/// A value that was kept as written.
pub(crate) struct Kept {
    name: String,
    found: String,
    expected: String,
}

impl Kept {
    /// Says so in a note each.
    pub(crate) fn note_all(kept: Vec<Kept>, row: &mut Row<'_, '_>) {
        for one in kept {
            row.note(&one.name, &one.found, format_args!("{}; kept as written", one.expected));
        }
    }
}

/// A time as it was read.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ReadTime {
    pub(crate) micros: i64,
    pub(crate) zone_origin: &'static str,
}

/// Reads a time that states its zone, or that has one by a rule: RFC 3339 and its near relatives.
pub(crate) fn read_instant(cell: &Cell<'_>, rule: Option<&Zone>) -> Result<ReadTime, Refusal> {
    let read = time::parse_instant(cell.text).map_err(|error| cell.refuse(error))?;
    if read.had_zone {
        return Ok(ReadTime { micros: read.micros, zone_origin: STATED });
    }
    let zone = rule.ok_or_else(|| cell.refuse(time::TimeError::NoZone))?;
    read_without_zone(cell, zone)
}

/// Reads a time by a `strftime` format; the zone is for a text that states none.
pub(crate) fn read_local(cell: &Cell<'_>, format: &str, zone: &Zone) -> Result<ReadTime, Refusal> {
    let read = time::parse_local(cell.text, format, zone).map_err(|error| cell.refuse(error))?;
    let zone_origin = if read.had_zone { STATED } else { PROVIDER_RULE };
    Ok(ReadTime { micros: read.micros, zone_origin })
}

fn read_without_zone(cell: &Cell<'_>, zone: &Zone) -> Result<ReadTime, Refusal> {
    let mark = if cell.text.as_bytes().get(10) == Some(&b' ') { ' ' } else { 'T' };
    read_local(cell, &format!("%Y-%m-%d{mark}%H:%M:%S%.f"), zone)
}

/// Sets a time.
pub(crate) fn instant(
    record: &mut Record<'_, '_>,
    column: usize,
    read: ReadTime,
    cell: &Cell<'_>,
) -> Result<(), Refusal> {
    let spelt = cell.text.ends_with('Z') && cell.text.as_bytes().get(10) == Some(&b'T');
    record.instant(column, read.micros, if spelt { cell.origin } else { cell.origin.by(BY_TIME) })
}

/// Sets where the zone came from.
pub(crate) fn zone_origin(record: &mut Record<'_, '_>, column: usize, read: ReadTime) -> Result<(), Refusal> {
    record.text(column, read.zone_origin, Origin::Rule(BY_ZONE))
}

/// Reads an amount; the sign before decimals is `decimal`.
pub(crate) fn read_amount(cell: &Cell<'_>, decimal: char) -> Result<Amount, Refusal> {
    Amount::parse_with(cell.text, decimal).map_err(|error| cell.refuse(error))
}

/// Sets an amount that was read from a cell.
pub(crate) fn decimal(
    record: &mut Record<'_, '_>,
    column: usize,
    amount: Amount,
    cell: &Cell<'_>,
) -> Result<(), Refusal> {
    let is_spelt = Amount::is_canonical(cell.text) && Amount::parse(cell.text) == Ok(amount);
    record.decimal(column, amount, if is_spelt { cell.origin } else { cell.origin.by(BY_AMOUNT) })
}

/// Sets an amount that must not be negative. An empty cell is absent.
pub(crate) fn amount(record: &mut Record<'_, '_>, column: usize, cell: &Cell<'_>) -> Result<(), Refusal> {
    if cell.is_empty() {
        return Ok(());
    }
    let amount = read_amount(cell, '.')?;
    if amount.is_negative() {
        return Err(cell.refuse(money::MoneyError::Negative));
    }
    decimal(record, column, amount, cell)
}

/// Sets a currency in upper case. An empty cell is absent.
pub(crate) fn currency(record: &mut Record<'_, '_>, column: usize, cell: &Cell<'_>) -> Result<(), Refusal> {
    if cell.is_empty() {
        return Ok(());
    }
    if cell.text.len() == 3 && cell.text.bytes().all(|byte| byte.is_ascii_uppercase()) {
        return record.text(column, cell.text, cell.origin);
    }
    let code = money::currency(cell.text).map_err(|error| cell.refuse(error))?;
    record.text(column, &code, cell.origin)
}

/// Sets an account that money is paid from or to, in its normal form. An empty cell is absent.
pub(crate) fn payment_account(record: &mut Record<'_, '_>, column: usize, cell: &Cell<'_>) -> Result<(), Refusal> {
    let normal = selector::payment_account(cell.text);
    let is_spelt = normal == cell.text;
    record.text(column, &normal, if is_spelt { cell.origin } else { cell.origin.by(BY_ACCOUNT) })
}

/// Sets who keeps an account: a BIC without the `XXX` of a head office, or a name as it stands.
pub(crate) fn provider(record: &mut Record<'_, '_>, column: usize, cell: &Cell<'_>) -> Result<(), Refusal> {
    let is_bic = cell.text.len() == 11 && cell.text.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit());
    match cell.text.strip_suffix("XXX").filter(|_| is_bic) {
        Some(office) => record.text(column, office, cell.origin.by("the BIC of the head office")),
        None => record.text(column, cell.text, cell.origin),
    }
}

/// Sets an address of the standard library; `cell` is where it came from.
fn put_normal(
    record: &mut Record<'_, '_>,
    column: usize,
    cell: &Cell<'_>,
    address: &std::net::IpAddr,
) -> Result<(), Refusal> {
    // IPv4 has one spelling only; the check for a colon leaves out IPv4 inside IPv6, and IPv4 with a port.
    if address.is_ipv4() && !cell.text.contains(':') {
        return record.text(column, cell.text, cell.origin);
    }
    let normal = address.to_string();
    let origin = if normal == cell.text { cell.origin } else { cell.origin.by(BY_NORMAL_FORM) };
    record.text(column, &normal, origin)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn networks_have_one_spelling() {
        let cases: &[(&str, Result<&str, NetworkError>)] = &[
            ("2001:DB8:1::/56", Ok("2001:db8:1::/56")),
            ("2001:db8::1/128", Ok("2001:db8::1")),
            ("192.0.2.0/24", Ok("192.0.2.0/24")),
            ("192.0.2.1/32", Ok("192.0.2.1")),
            ("0.0.0.0/0", Ok("0.0.0.0/0")),
            ("192.0.2.1/24", Err(NetworkError::HostBits)),
            ("2001:db8::1/64", Err(NetworkError::HostBits)),
            ("192.0.2.0/33", Err(NetworkError::Shape)),
            ("192.0.2.0/+8", Err(NetworkError::Shape)),
            ("192.0.2.0/", Err(NetworkError::Shape)),
            ("fe80::%eth0/64", Err(NetworkError::Address(SelectorError::IpScope))),
        ];
        for (text, expected) in cases {
            assert_eq!(network(text).as_deref(), expected.as_ref().map(|s| *s), "{text}");
        }
    }
}

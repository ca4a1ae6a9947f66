//! Selectors in their normal forms, so that two sources that mean the same write the same.
//!
//! A normal form never invents: what would need a guess (a country code, a scope, a missing domain) is refused. As in
//! [`crate::time`], the errors say what was expected and never repeat what was found.

use std::borrow::Cow;
use std::fmt;
use std::net::{IpAddr, Ipv6Addr};

/// Why a text is not the selector it should be; the message is what was expected.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum SelectorError {
    /// Not an address of either family.
    #[error("an IPv4 or IPv6 address")]
    Ip,
    /// An IPv6 address that holds on one machine only, such as `fe80::1%eth0`.
    #[error("an IPv6 address without a scope, which means nothing outside the machine that wrote it")]
    IpScope,
    /// A network instead of one address.
    #[error("one address, not a network")]
    IpNetwork,
    /// Not a network, or one whose address goes beyond its prefix.
    #[error("a network such as 192.0.2.0/24 or 2001:db8:1::/48, with zeros after its prefix")]
    Network,
    /// Not a port.
    #[error("a port from 1 to 65535")]
    Port,
    /// Not an e-mail address.
    #[error("an e-mail address such as name@example.org")]
    Email,
    /// Not a telephone number.
    #[error("a telephone number of 7 to 15 digits such as +12025550123")]
    Phone,
    /// Not an IBAN, or one whose check digits do not fit.
    #[error("an IBAN whose check digits fit")]
    Iban,
    /// A telephone number that means another line in each country.
    #[error("a telephone number with its country code, such as +12025550123")]
    PhoneCountry,
}

/// An IP address; two spellings of one address are equal.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct Ip(IpAddr);

impl Ip {
    /// The address as the standard library has it.
    pub fn addr(self) -> IpAddr {
        self.0
    }
}

impl fmt::Display for Ip {
    /// Dotted for IPv4, RFC 5952 for IPv6.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// Reads an address. An IPv4 address inside IPv6 (`::ffff:192.0.2.1`) becomes the IPv4 address that it is.
///
/// # Errors
/// No address, an address with a scope, or a network. Leading zeros in IPv4 are refused, since some systems read
/// them as octal.
pub fn ip(text: &str) -> Result<Ip, SelectorError> {
    let text = text.trim_ascii();
    if text.contains('/') {
        return Err(SelectorError::IpNetwork);
    }
    if let Some((before, _)) = text.split_once('%') {
        return Err(before.parse::<Ipv6Addr>().map_or(SelectorError::Ip, |_| SelectorError::IpScope));
    }
    let address: IpAddr = text.parse().map_err(|_| SelectorError::Ip)?;
    Ok(Ip(address.to_canonical()))
}

/// One address, or all addresses that share a prefix.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct Network {
    first: IpAddr,
    prefix_length: u8,
}

impl Network {
    /// The lowest address.
    pub fn first(self) -> IpAddr {
        self.first
    }

    /// How many leading bits all its addresses share.
    pub fn prefix_length(self) -> u8 {
        self.prefix_length
    }
}

impl fmt::Display for Network {
    /// A network of one address is written as the address.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.prefix_length == bits(self.first) {
            return self.first.fmt(f);
        }
        write!(f, "{}/{}", self.first, self.prefix_length)
    }
}

/// Reads an address or a network in CIDR form, as operators delegate them: `192.0.2.1`, `2001:db8:1::/48`.
///
/// # Errors
/// As [`ip`]; a prefix that is too long; or bits set after the prefix, since such a text may mean either the one
/// address or the whole network.
pub fn ip_or_network(text: &str) -> Result<Network, SelectorError> {
    let text = text.trim_ascii();
    let Some((address, length)) = text.split_once('/') else {
        let first = ip(text)?.addr();
        return Ok(Network { first, prefix_length: bits(first) });
    };
    let first: IpAddr = address.parse().map_err(|_| SelectorError::Network)?;
    if length.is_empty() || !length.bytes().all(|b| b.is_ascii_digit()) {
        return Err(SelectorError::Network);
    }
    let prefix_length: u8 = length.parse().map_err(|_| SelectorError::Network)?;
    let after_prefix = bits(first).checked_sub(prefix_length).ok_or(SelectorError::Network)?;
    let trailing_zeros = match first {
        IpAddr::V4(v4) => v4.to_bits().trailing_zeros(),
        IpAddr::V6(v6) => v6.to_bits().trailing_zeros(),
    };
    if trailing_zeros < u32::from(after_prefix) {
        return Err(SelectorError::Network);
    }
    Ok(Network { first, prefix_length })
}

/// How many bits an address of that family has.
fn bits(address: IpAddr) -> u8 {
    if address.is_ipv4() { 32 } else { 128 }
}

/// Reads an address that may be followed by a port: `192.0.2.1`, `192.0.2.1:443`, `2001:db8::1`, `[2001:db8::1]` and
/// `[2001:db8::1]:443`.
///
/// # Errors
/// As [`ip`] and [`port`].
pub fn ip_and_port(text: &str) -> Result<(Ip, Option<u16>), SelectorError> {
    let text = text.trim_ascii();
    if let Some(rest) = text.strip_prefix('[') {
        let (address, after) = rest.split_once(']').ok_or(SelectorError::Ip)?;
        if !address.contains(':') {
            return Err(SelectorError::Ip);
        }
        let address = ip(address)?;
        return match after.strip_prefix(':') {
            Some(number) => Ok((address, Some(port(number)?))),
            None if after.is_empty() => Ok((address, None)),
            None => Err(SelectorError::Ip),
        };
    }
    match text.split_once(':') {
        Some((address, number)) if !number.contains(':') => Ok((ip(address)?, Some(port(number)?))),
        _ => Ok((ip(text)?, None)),
    }
}

/// Reads a port. Port 0 names none, so it is refused; where a source writes 0 for "absent", its format must say so.
///
/// # Errors
/// [`SelectorError::Port`].
pub fn port(text: &str) -> Result<u16, SelectorError> {
    let text = text.trim_ascii();
    if !text.bytes().all(|b| b.is_ascii_digit()) {
        return Err(SelectorError::Port);
    }
    match text.parse() {
        Ok(0) | Err(_) => Err(SelectorError::Port),
        Ok(number) => Ok(number),
    }
}

/// Reads an e-mail address (RFC 5322 `addr-spec` without quoting or comments) in lower case. Case in the local part
/// is not significant at any large provider; dots and `+` tags are, so they stay.
///
/// # Errors
/// [`SelectorError::Email`].
pub fn email(text: &str) -> Result<String, SelectorError> {
    let text = text.trim();
    let (local, domain) = text.rsplit_once('@').ok_or(SelectorError::Email)?;
    let local_fits = (1..=64).contains(&local.len())
        && !local.starts_with('.')
        && !local.ends_with('.')
        && !local.contains("..")
        && local.chars().all(|c| c.is_alphanumeric() || "!#$%&'*+-/=?^_`{|}~.".contains(c));
    let label_fits = |label: &str| {
        (1..=63).contains(&label.len())
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label.chars().all(|c| c.is_alphanumeric() || c == '-')
    };
    let domain_fits = domain.len() <= 253 && domain.contains('.') && domain.split('.').all(label_fits);
    if !local_fits || !domain_fits || text.len() > 254 {
        return Err(SelectorError::Email);
    }
    Ok(text.to_lowercase())
}

/// Reads a telephone number as E.164: `+`, country code, number. `00` may stand for the `+`; spaces, dots, hyphens,
/// slashes and brackets are dropped.
///
/// # Errors
/// No number, or one without its country code, which is never guessed.
pub fn phone(text: &str) -> Result<String, SelectorError> {
    let kept: String = text.trim().chars().filter(|c| !" .-/()\u{a0}".contains(*c)).collect();
    let (international, digits) = match (kept.strip_prefix('+'), kept.strip_prefix("00")) {
        (Some(rest), _) | (None, Some(rest)) => (true, rest),
        (None, None) => (false, kept.as_str()),
    };
    if !(7..=15).contains(&digits.len()) || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return Err(SelectorError::Phone);
    }
    if !international || digits.starts_with('0') {
        return Err(SelectorError::PhoneCountry);
    }
    Ok(format!("+{digits}"))
}

/// Reads an IBAN (ISO 13616) as capital letters and digits without spaces, if its check digits fit.
///
/// # Errors
/// [`SelectorError::Iban`].
pub fn iban(text: &str) -> Result<String, SelectorError> {
    let kept: String = text.chars().filter(|c| *c != ' ').map(|c| c.to_ascii_uppercase()).collect();
    let (country, rest) = kept.split_at_checked(2).ok_or(SelectorError::Iban)?;
    let (check, body) = rest.split_at_checked(2).ok_or(SelectorError::Iban)?;
    let fits = country.bytes().all(|b| b.is_ascii_uppercase())
        && check.bytes().all(|b| b.is_ascii_digit())
        && (11..=30).contains(&body.len())
        && body.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit());
    let remainder = body.bytes().chain(country.bytes()).chain(check.bytes()).fold(0_u32, |sum, b| match b {
        b'0'..=b'9' => (sum * 10 + u32::from(b - b'0')) % 97,
        _ => (sum * 100 + u32::from(b.saturating_sub(b'A')) + 10) % 97,
    });
    if fits && remainder == 1 { Ok(kept) } else { Err(SelectorError::Iban) }
}

/// An account that money is paid from or to, in its normal form: an IBAN; `email:`, `phone:` or `document:` and the
/// identifier; or the provider's own number as it stands, which means something at that provider only.
pub fn payment_account(text: &str) -> Cow<'_, str> {
    let text = text.trim();
    // Most accounts are a provider's numbers: an IBAN begins with two letters, whatever else has a mark of its own.
    let is_bare = |byte: u8| byte.is_ascii_digit() || byte == b'-';
    if !text.is_empty() && text.bytes().all(is_bare) {
        return Cow::Borrowed(text);
    }
    let named = |mark: &str, read: fn(&str) -> Result<String, SelectorError>| {
        let bare = text.strip_prefix(mark).unwrap_or(text);
        read(bare).ok().map(|normal| format!("{mark}{normal}"))
    };
    let is_phone = text.starts_with('+') || text.starts_with("phone:");
    iban(text)
        .ok()
        .or_else(|| named("email:", email))
        .or_else(|| is_phone.then(|| named("phone:", phone)).flatten())
        .map_or(Cow::Borrowed(text), Cow::Owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    type Read<T> = Result<T, SelectorError>;
    type AddressAndPort = (&'static str, Option<u16>);

    #[test]
    fn addresses_have_one_spelling() {
        let cases: &[(&str, Read<&str>)] = &[
            ("192.0.2.1", Ok("192.0.2.1")),
            (" 192.0.2.1 ", Ok("192.0.2.1")),
            ("2001:DB8:0:0:0:0:0:1", Ok("2001:db8::1")),
            ("2001:db8::0001", Ok("2001:db8::1")),
            ("::ffff:192.0.2.1", Ok("192.0.2.1")),
            ("::ffff:c000:0201", Ok("192.0.2.1")),
            ("fe80::1%eth0", Err(SelectorError::IpScope)),
            ("2001:db8::1%1", Err(SelectorError::IpScope)),
            ("192.0.2.1%eth0", Err(SelectorError::Ip)),
            ("192.0.2.0/24", Err(SelectorError::IpNetwork)),
            ("192.0.2.01", Err(SelectorError::Ip)),
            ("192.0.2.256", Err(SelectorError::Ip)),
            ("192.0.2", Err(SelectorError::Ip)),
            ("192.0.2.1:443", Err(SelectorError::Ip)),
            ("3221225985", Err(SelectorError::Ip)),
            ("2001:db8::1::2", Err(SelectorError::Ip)),
            ("example.org", Err(SelectorError::Ip)),
            ("", Err(SelectorError::Ip)),
        ];
        for (text, expect) in cases {
            assert_eq!(ip(text).map(|ip| ip.to_string()), expect.map(str::to_owned), "{text}");
        }
    }

    #[test]
    fn networks_have_nothing_after_their_prefix() {
        let cases: &[(&str, Read<&str>)] = &[
            ("192.0.2.0/24", Ok("192.0.2.0/24")),
            ("192.0.2.7/32", Ok("192.0.2.7")),
            ("192.0.2.7", Ok("192.0.2.7")),
            ("2001:DB8:1:0::/48", Ok("2001:db8:1::/48")),
            ("2001:db8::1/128", Ok("2001:db8::1")),
            ("0.0.0.0/0", Ok("0.0.0.0/0")),
            ("192.0.2.1/24", Err(SelectorError::Network)),
            ("192.0.2.0/33", Err(SelectorError::Network)),
            ("2001:db8::/129", Err(SelectorError::Network)),
            ("192.0.2.0/+24", Err(SelectorError::Network)),
            ("192.0.2.0/", Err(SelectorError::Network)),
            ("192.0.2.0/24/8", Err(SelectorError::Network)),
            ("fe80::1%eth0", Err(SelectorError::IpScope)),
            ("example.org", Err(SelectorError::Ip)),
        ];
        for (text, expect) in cases {
            assert_eq!(ip_or_network(text).map(|n| n.to_string()), expect.map(str::to_owned), "{text}");
        }
    }

    #[test]
    fn an_address_may_carry_a_port() {
        let cases: &[(&str, Read<AddressAndPort>)] = &[
            ("192.0.2.1", Ok(("192.0.2.1", None))),
            ("192.0.2.1:443", Ok(("192.0.2.1", Some(443)))),
            ("2001:db8::1", Ok(("2001:db8::1", None))),
            ("[2001:db8::1]", Ok(("2001:db8::1", None))),
            ("[2001:db8::1]:53012", Ok(("2001:db8::1", Some(53_012)))),
            ("[::ffff:192.0.2.1]:80", Ok(("192.0.2.1", Some(80)))),
            ("192.0.2.1:70000", Err(SelectorError::Port)),
            ("192.0.2.1:", Err(SelectorError::Port)),
            ("[2001:db8::1", Err(SelectorError::Ip)),
            ("[2001:db8::1]443", Err(SelectorError::Ip)),
            ("[192.0.2.1]:443", Err(SelectorError::Ip)),
            ("[fe80::1%en0]:443", Err(SelectorError::IpScope)),
        ];
        for (text, expect) in cases {
            let read = ip_and_port(text).map(|(ip, port)| (ip.to_string(), port));
            assert_eq!(read, expect.map(|(ip, port)| (ip.to_owned(), port)), "{text}");
        }
    }

    #[test]
    fn ports_are_bounded() {
        for (text, expect) in [("1", 1), ("443", 443), ("65535", 65_535), (" 80 ", 80), ("0080", 80)] {
            assert_eq!(port(text), Ok(expect), "{text}");
        }
        for text in ["0", "65536", "70000", "-1", "+80", "", "http", "4 43", "4.0"] {
            assert_eq!(port(text), Err(SelectorError::Port), "{text}");
        }
    }

    #[test]
    fn e_mail_addresses_are_lower_case() {
        let cases = [
            ("Name@Example.ORG", "name@example.org"),
            (" first.last+tag@mail.example.org ", "first.last+tag@mail.example.org"),
            ("a@b.example", "a@b.example"),
        ];
        for (text, expect) in cases {
            assert_eq!(email(text), Ok(expect.to_owned()), "{text}");
        }
        let long = format!("{}@example.org", "a".repeat(65));
        let refused = [
            "",
            "name",
            "@example.org",
            "name@",
            "name@localhost",
            "a b@example.org",
            "a@b@example.org",
            "a..b@example.org",
            ".a@example.org",
            "a@-b.example",
            "a@b..example",
            "a@example.org\0",
            "<a@example.org>",
            &long,
        ];
        for text in refused {
            assert_eq!(email(text), Err(SelectorError::Email), "{text}");
        }
    }

    #[test]
    fn telephone_numbers_need_their_country() {
        let cases: &[(&str, Read<&str>)] = &[
            ("+1 (202) 555-0123", Ok("+12025550123")),
            ("0012025550123", Ok("+12025550123")),
            ("+44 20 7946 0123", Ok("+442079460123")),
            ("+1.202.555.0123", Ok("+12025550123")),
            ("202-555-0123", Err(SelectorError::PhoneCountry)),
            ("02079460123", Err(SelectorError::PhoneCountry)),
            ("+02025550123", Err(SelectorError::PhoneCountry)),
            ("+12", Err(SelectorError::Phone)),
            ("+1234567890123456", Err(SelectorError::Phone)),
            ("+1 202 CALL ME", Err(SelectorError::Phone)),
            ("++12025550123", Err(SelectorError::Phone)),
            ("", Err(SelectorError::Phone)),
        ];
        for (text, expect) in cases {
            assert_eq!(phone(text), expect.map(str::to_owned), "{text}");
        }
    }

    #[test]
    fn ibans_are_checked() {
        for (text, expect) in [
            ("it51 x999 9999 9990 0000 0012 345", "IT51X9999999999000000012345"),
            ("DE19999999990000123456", "DE19999999990000123456"),
        ] {
            assert_eq!(iban(text), Ok(expect.to_owned()), "{text}");
        }
        for text in
            ["", "IT", "IT52X9999999999000000012345", "DE1999999999000012345", "ES0123456789012345671234", "\u{e9}E19"]
        {
            assert_eq!(iban(text), Err(SelectorError::Iban), "{text}");
        }
    }

    #[test]
    fn payment_accounts_have_one_spelling() {
        let cases = [
            ("de19 9999 9999 0000 1234 56", "DE19999999990000123456"),
            ("Kite@Example.org", "email:kite@example.org"),
            ("email:Kite@Example.org", "email:kite@example.org"),
            ("+1 (202) 555-0123", "phone:+12025550123"),
            ("2025550123", "2025550123"),
            (" wallet-7 ", "wallet-7"),
            ("document:AA 1", "document:AA 1"),
        ];
        for (text, expect) in cases {
            assert_eq!(payment_account(text), expect, "{text}");
            assert_eq!(payment_account(expect), expect, "{expect}");
        }
    }

    #[test]
    fn a_normal_form_is_its_own_normal_form() {
        for text in ["192.0.2.1", "2001:db8::1", "::1"] {
            assert_eq!(ip(text).map(|ip| ip.to_string()), Ok(text.to_owned()));
        }
        assert_eq!(email("a@b.example").and_then(|e| email(&e)), Ok("a@b.example".to_owned()));
        assert_eq!(phone("+12025550123").and_then(|p| phone(&p)), Ok("+12025550123".to_owned()));
    }
}

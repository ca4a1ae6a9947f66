//! Money: exact decimals, never binary floating point.
//!
//! An amount is a whole number of units of 10^-18, which holds every amount of ISO 20022 (18 digits, 5 of them decimals) and
//! of the virtual assets in use (18 decimals) without loss. What it cannot hold is refused, never rounded. As in
//! [`crate::time`], the errors say what was expected and never repeat what was found.

use std::fmt;

/// Digits that an amount may have in all, as Arrow and SQL count them.
pub const PRECISION: u8 = 38;
/// Digits after the point.
pub const SCALE: u8 = 18;
/// Digits before the point that one amount may have: sums of 100,000 of the largest still fit.
const WHOLE_DIGITS: usize = 15;
const ONE: i128 = 10_i128.pow(SCALE as u32);

/// An exact amount. Two spellings of one amount (`35`, `35.00`) are equal.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct Amount(i128);

/// Why a text is no amount or no currency; the message is what was expected.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum MoneyError {
    /// Not digits with at most one point.
    #[error("an amount such as 1234.50, without separators of thousands")]
    Shape,
    /// More digits than can be kept exactly.
    #[error("an amount of at most 15 digits before and 18 after the point, since it is never rounded")]
    Digits,
    /// A negative amount where the sign has no meaning.
    #[error("an amount that is not negative; the direction stands beside it")]
    Negative,
    /// No code of a currency.
    #[error("a currency such as EUR (ISO 4217), or the symbol of a virtual asset of 3 to 10 letters and digits")]
    Currency,
}

/// 10^0 to 10^18.
const POWERS: [u64; 19] = {
    let mut powers = [1_u64; 19];
    let mut at = 1;
    while at < powers.len() {
        powers[at] = powers[at - 1] * 10;
        at += 1;
    }
    powers
};

impl Amount {
    /// Nothing.
    pub const ZERO: Amount = Amount(0);

    /// Reads digits with at most one `.`, and a sign before them. `19999.` and `.5` are amounts, as MT messages write them.
    ///
    /// # Errors
    /// Anything else, or more digits than fit.
    pub fn parse(text: &str) -> Result<Amount, MoneyError> {
        Amount::parse_with(text, '.')
    }

    /// The same with another sign before the decimals.
    ///
    /// # Errors
    /// As [`Amount::parse`].
    pub fn parse_with(text: &str, decimal: char) -> Result<Amount, MoneyError> {
        let (is_negative, digits) = match text.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, text.strip_prefix('+').unwrap_or(text)),
        };
        let (whole, fraction) = digits.split_once(decimal).unwrap_or((digits, ""));
        let is_number = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
        if !is_number(whole) || !is_number(fraction) || (whole.is_empty() && fraction.is_empty()) {
            return Err(MoneyError::Shape);
        }
        let (whole, fraction) = (whole.trim_start_matches('0'), fraction.trim_end_matches('0'));
        if whole.len() > WHOLE_DIGITS || fraction.len() > usize::from(SCALE) {
            return Err(MoneyError::Digits);
        }
        // At most 18 digits each, so that each half fits a machine word.
        let number = |part: &str| part.bytes().fold(0_u64, |sum, digit| sum * 10 + u64::from(digit - b'0'));
        let padding = usize::from(SCALE) - fraction.len();
        let scale = POWERS.get(padding).copied().unwrap_or(1);
        let units = i128::from(number(whole)) * ONE + i128::from(number(fraction)) * i128::from(scale);
        Ok(Amount(if is_negative { -units } else { units }))
    }

    /// Whether a text is as [`Amount`] writes an amount: a point before decimals, no sign of plus, no needless zeros.
    pub fn is_canonical(text: &str) -> bool {
        let digits = text.strip_prefix('-').unwrap_or(text);
        let (whole, fraction) =
            digits.split_once('.').map_or((digits, None), |(whole, fraction)| (whole, Some(fraction)));
        let is_number = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
        let whole_fits = is_number(whole) && (whole == "0" || !whole.starts_with('0'));
        let fraction_fits = fraction.is_none_or(|fraction| is_number(fraction) && !fraction.ends_with('0'));
        whole_fits && fraction_fits && text != "-0"
    }

    /// From units of 10^-18, as Arrow holds them.
    pub fn from_units(units: i128) -> Amount {
        Amount(units)
    }

    /// Units of 10^-18, as Arrow holds them.
    pub fn units(self) -> i128 {
        self.0
    }

    /// Whether it is less than nothing.
    pub fn is_negative(self) -> bool {
        self.0 < 0
    }

    /// Without its sign.
    #[must_use]
    pub fn abs(self) -> Amount {
        Amount(self.0.saturating_abs())
    }

    /// With the other sign.
    #[must_use]
    pub fn negated(self) -> Amount {
        Amount(self.0.saturating_neg())
    }

    /// The sum, unless it is too large to be kept exactly.
    pub fn checked_add(self, other: Amount) -> Option<Amount> {
        self.0.checked_add(other.0).filter(|sum| sum.unsigned_abs() < 10_u128.pow(u32::from(PRECISION))).map(Amount)
    }
}

impl fmt::Display for Amount {
    /// The canonical text: no zeros at the end, no point without decimals.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.0 < 0 { "-" } else { "" };
        let units = self.0.unsigned_abs();
        let (whole, fraction) = (units / ONE.unsigned_abs(), units % ONE.unsigned_abs());
        if fraction == 0 {
            return write!(f, "{sign}{whole}");
        }
        let fraction = format!("{fraction:0width$}", width = usize::from(SCALE));
        write!(f, "{sign}{whole}.{}", fraction.trim_end_matches('0'))
    }
}

/// Reads a currency in upper case: three letters of ISO 4217, or the symbol of a virtual asset.
///
/// # Errors
/// [`MoneyError::Currency`].
pub fn currency(text: &str) -> Result<String, MoneyError> {
    let text = text.trim_ascii();
    let fits = (3..=10).contains(&text.len())
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric())
        && text.bytes().any(|byte| byte.is_ascii_alphabetic());
    if fits { Ok(text.to_ascii_uppercase()) } else { Err(MoneyError::Currency) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_canonical_spelling_is_known_without_writing_it() {
        let texts = [
            "0",
            "00",
            "-0",
            "+1",
            "1",
            "01",
            "-1",
            "1.",
            ".5",
            "0.5",
            "-0.5",
            "1.50",
            "1.05",
            "100",
            "0.000000000000000001",
            "-0.0",
            "999999999999999.999999999999999999",
            "10.10",
            "-10.1",
            "-01",
            "0.0",
            "1.0",
        ];
        for text in texts {
            let amount = Amount::parse(text).unwrap();
            assert_eq!(Amount::is_canonical(text), amount.to_string() == text, "{text}");
        }
        assert!(!["1,5", "", "-", "1.2.3", "a", "1 "].into_iter().any(Amount::is_canonical));
    }

    #[test]
    fn amounts_are_exact_and_have_one_spelling() {
        let cases: &[(&str, Result<&str, MoneyError>)] = &[
            ("0", Ok("0")),
            ("35.00", Ok("35")),
            ("8.850", Ok("8.85")),
            ("0.1", Ok("0.1")),
            ("-0.00", Ok("0")),
            ("-49.99", Ok("-49.99")),
            ("+1", Ok("1")),
            ("007.5", Ok("7.5")),
            ("19999.", Ok("19999")),
            (".5", Ok("0.5")),
            ("0.000000000000000001", Ok("0.000000000000000001")),
            ("999999999999999.999999999999999999", Ok("999999999999999.999999999999999999")),
            ("0.0000000000000000001", Err(MoneyError::Digits)),
            ("1000000000000000", Err(MoneyError::Digits)),
            ("1,234.50", Err(MoneyError::Shape)),
            ("1.234.50", Err(MoneyError::Shape)),
            ("1e3", Err(MoneyError::Shape)),
            ("NaN", Err(MoneyError::Shape)),
            ("--1", Err(MoneyError::Shape)),
            (".", Err(MoneyError::Shape)),
            ("", Err(MoneyError::Shape)),
            (" 1", Err(MoneyError::Shape)),
        ];
        for (text, expect) in cases {
            assert_eq!(Amount::parse(text).map(|a| a.to_string()), expect.map(str::to_owned), "{text}");
        }
        assert_eq!(Amount::parse_with("1814,28", ','), Amount::parse("1814.28"));
        assert_eq!(Amount::parse_with("1.814,28", ','), Err(MoneyError::Shape));
    }

    #[test]
    fn a_tenth_added_ten_times_is_one() {
        let tenth = Amount::parse("0.1").unwrap_or_default();
        let sum = (0..10).try_fold(Amount::ZERO, |sum, _| sum.checked_add(tenth));
        assert_eq!(sum, Amount::parse("1").ok());
        assert_eq!(Amount(10_i128.pow(38) - 1).checked_add(Amount(1)), None);
    }

    #[test]
    fn currencies_are_upper_case() {
        for (text, expect) in [("EUR", "EUR"), (" php ", "PHP"), ("usdt", "USDT"), ("1INCH", "1INCH")] {
            assert_eq!(currency(text), Ok(expect.to_owned()), "{text}");
        }
        for text in ["", "EU", "978", "\u{20ac}", "EURO-ZONE", "ABCDEFGHIJK"] {
            assert_eq!(currency(text), Err(MoneyError::Currency), "{text}");
        }
    }
}

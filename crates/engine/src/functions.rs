//! Functions that SQL steps may call besides the engine's own. Each is immutable and holds no state.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::Arc;

use arrow::array::{Array as _, ArrayRef, Float64Array, Int64Array, StringArray, StringBuilder};
use arrow::datatypes::DataType;
use datafusion::common::cast::{as_int64_array, as_string_array};
use datafusion::error::DataFusionError;
use datafusion::logical_expr::{ColumnarValue, ScalarUDF, Volatility, create_udf};
use datafusion::prelude::SessionContext;

/// What an address can be used for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum IpKind {
    /// Routable, or reserved for documentation and tests: an operator can have assigned it.
    Public,
    /// Private, loopback, link-local, shared (100.64.0.0/10), multicast: it names nobody outside its own network.
    Local,
    /// Not an address.
    Invalid,
}

/// Says what an address can be used for.
#[must_use]
pub fn ip_kind(text: &str) -> IpKind {
    match text.parse::<IpAddr>() {
        Err(_) => IpKind::Invalid,
        Ok(IpAddr::V4(ip)) => {
            let [a, b, ..] = ip.octets();
            let shared = a == 100 && (64..128).contains(&b);
            let unroutable = ip.is_private() || ip.is_loopback() || ip.is_link_local() || ip.is_multicast();
            if shared || unroutable || ip.is_unspecified() || ip.is_broadcast() {
                IpKind::Local
            } else {
                IpKind::Public
            }
        }
        Ok(IpAddr::V6(ip)) => {
            let unroutable = ip.is_loopback() || ip.is_unspecified() || ip.is_multicast();
            if unroutable || ip.is_unique_local() || ip.is_unicast_link_local() {
                IpKind::Local
            } else {
                IpKind::Public
            }
        }
    }
}

/// The network of a given length that holds an address, as `address/length`; nothing for what is no address or length.
#[must_use]
pub fn ip_network(ip: &str, length: i64) -> Option<String> {
    let length = u32::try_from(length).ok()?;
    match ip.split_once('/').map_or(ip, |(head, _)| head).parse::<IpAddr>().ok()? {
        IpAddr::V4(ip) if length <= 32 => {
            let mask = u32::MAX.checked_shl(32 - length).unwrap_or(0);
            Some(format!("{}/{length}", std::net::Ipv4Addr::from(u32::from(ip) & mask)))
        }
        IpAddr::V6(ip) if length <= 128 => {
            let mask = u128::MAX.checked_shl(128 - length).unwrap_or(0);
            Some(format!("{}/{length}", std::net::Ipv6Addr::from(u128::from(ip) & mask)))
        }
        _ => None,
    }
}

/// The length of `address/length`; of a bare address its whole length.
#[must_use]
pub fn ip_prefix_length(text: &str) -> Option<i64> {
    let (ip, length) = text.split_once('/').map_or((text, None), |(ip, length)| (ip, Some(length)));
    let whole = match ip.parse::<IpAddr>().ok()? {
        IpAddr::V4(_) => 32,
        IpAddr::V6(_) => 128,
    };
    match length {
        None => Some(whole),
        Some(length) => length.parse().ok().filter(|l| (0..=whole).contains(l)),
    }
}

/// Adds our functions to a session. Adds; never replaces the engine's own.
pub(crate) fn register_all(context: &SessionContext) {
    for function in all() {
        context.register_udf(function);
    }
}

fn all() -> [ScalarUDF; 4] {
    [
        hypergeometric(),
        text_function("ip_kind", |ip| match ip_kind(ip) {
            IpKind::Public => "public",
            IpKind::Local => "local",
            IpKind::Invalid => "invalid",
        }),
        create_udf(
            "ip_prefix_length",
            vec![DataType::Utf8],
            DataType::Int64,
            Volatility::Immutable,
            Arc::new(|args: &[ColumnarValue]| {
                let arrays = ColumnarValue::values_to_arrays(args)?;
                let texts = strings(&arrays, 0)?;
                let lengths: Int64Array = texts.iter().map(|t| t.and_then(ip_prefix_length)).collect();
                Ok(ColumnarValue::Array(Arc::new(lengths) as ArrayRef))
            }),
        ),
        create_udf(
            "ip_network",
            vec![DataType::Utf8, DataType::Int64],
            DataType::Utf8,
            Volatility::Immutable,
            Arc::new(|args: &[ColumnarValue]| {
                let arrays = ColumnarValue::values_to_arrays(args)?;
                let texts = strings(&arrays, 0)?;
                let lengths = as_int64_array(argument(&arrays, 1)?)?;
                let mut out = StringBuilder::with_capacity(texts.len(), texts.len() * 18);
                // The rows of a batch have few addresses; to look one up is quicker than to read and write it.
                let mut known: HashMap<(&str, i64), Option<String>> = HashMap::new();
                for both in texts.iter().zip(lengths.iter()).map(|(text, length)| text.zip(length)) {
                    let network = both.map(|(t, l)| known.entry((t, l)).or_insert_with(|| ip_network(t, l)));
                    out.append_option(network.and_then(|n| n.as_deref()));
                }
                Ok(ColumnarValue::Array(Arc::new(out.finish()) as ArrayRef))
            }),
        ),
    ]
}

/// The chance, as log10 and rounded to thousandths, that of `drawn` people at least `common` are among the `marked` of `all`, if
/// nothing ties them (upper tail of the hypergeometric distribution). Nothing where the counts cannot be.
#[must_use]
fn hypergeometric_log10(common: i64, marked: i64, drawn: i64, all: i64) -> Option<f64> {
    let can_be = 0 <= common && common <= marked.min(drawn) && marked <= all && drawn <= all;
    if !can_be {
        return None;
    }
    let least = common.max(drawn + marked - all);
    let most = marked.min(drawn);
    // ln of the first term; each further one follows from the one before by a ratio of whole numbers.
    let choose = |of: i64, take: i64| log_factorial(of) - log_factorial(take) - log_factorial(of - take);
    let first = choose(marked, least) + choose(all - marked, drawn - least) - choose(all, drawn);
    let (mut sum, mut term, mut at) = (1.0, 1.0, least);
    while at < most {
        let ratio = real((marked - at) * (drawn - at)) / real((at + 1) * (all - marked - drawn + at + 1));
        term *= ratio;
        sum += term;
        at += 1;
        if ratio < 1.0 && term < sum * 1e-17 {
            break;
        }
    }
    let log10 = (first + f64::ln(sum)) / std::f64::consts::LN_10;
    Some((log10.min(0.0) * 1000.0).round() / 1000.0)
}

#[expect(clippy::cast_precision_loss, reason = "counts of people and their products, far below 2^53")]
fn real(count: i64) -> f64 {
    count as f64
}

/// ln n!, exactly summed for small numbers, by Stirling's series (error below 1e-12) for others.
fn log_factorial(n: i64) -> f64 {
    if n < 64 {
        return (2..=n).map(|i| real(i).ln()).sum();
    }
    let x = real(n) + 1.0;
    let series = (1.0 / 12.0 - (1.0 / 360.0 - 1.0 / (1260.0 * x * x)) / (x * x)) / x;
    (x - 0.5) * x.ln() - x + 0.5 * (std::f64::consts::TAU).ln() + series
}

fn hypergeometric() -> ScalarUDF {
    create_udf(
        "hypergeometric_log10",
        vec![DataType::Int64; 4],
        DataType::Float64,
        Volatility::Immutable,
        Arc::new(|args: &[ColumnarValue]| {
            let arrays = ColumnarValue::values_to_arrays(args)?;
            let column = |index| argument(&arrays, index).and_then(|array| as_int64_array(array));
            let (common, marked, drawn, all) = (column(0)?, column(1)?, column(2)?, column(3)?);
            let rows = common.iter().zip(marked.iter()).zip(drawn.iter()).zip(all.iter());
            let out: Float64Array = rows
                .map(|(((common, marked), drawn), all)| hypergeometric_log10(common?, marked?, drawn?, all?))
                .collect();
            Ok(ColumnarValue::Array(Arc::new(out) as ArrayRef))
        }),
    )
}

fn text_function(name: &str, function: fn(&str) -> &'static str) -> ScalarUDF {
    create_udf(
        name,
        vec![DataType::Utf8],
        DataType::Utf8,
        Volatility::Immutable,
        Arc::new(move |args: &[ColumnarValue]| {
            let arrays = ColumnarValue::values_to_arrays(args)?;
            let out: StringArray = strings(&arrays, 0)?.iter().map(|t| t.map(function)).collect();
            Ok(ColumnarValue::Array(Arc::new(out) as ArrayRef))
        }),
    )
}

fn argument(arrays: &[ArrayRef], index: usize) -> Result<&ArrayRef, DataFusionError> {
    arrays.get(index).ok_or_else(|| DataFusionError::Internal(format!("argument {index} is missing")))
}

fn strings(arrays: &[ArrayRef], index: usize) -> Result<&StringArray, DataFusionError> {
    as_string_array(argument(arrays, index)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_told_apart() {
        let check = |text: &str, expect: IpKind| assert_eq!(ip_kind(text), expect, "{text}");
        check("203.0.113.9", IpKind::Public);
        check("2001:db8::1", IpKind::Public);
        check("192.168.1.1", IpKind::Local);
        check("100.64.0.1", IpKind::Local);
        check("100.128.0.1", IpKind::Public);
        check("fe80::1", IpKind::Local);
        check("fd00::1", IpKind::Local);
        check("1.2.3", IpKind::Invalid);
        check("", IpKind::Invalid);
    }

    /// Against a sum over all draws, with binomial coefficients as whole numbers.
    #[test]
    fn the_hypergeometric_tail_is_that_of_counting() {
        let choose = |n: u128, k: u128| if k > n { 0 } else { (0..k).fold(1_u128, |c, i| c * (n - i) / (i + 1)) };
        for all in 1..=14_u128 {
            for marked in 0..=all {
                for drawn in 0..=all {
                    for common in 0..=marked.min(drawn) {
                        let ways = |k: u128| choose(marked, k) * choose(all - marked, drawn - k);
                        let tail: u128 = (common..=marked.min(drawn)).map(ways).sum();
                        let [c, m, d, a] = [common, marked, drawn, all].map(|n| i64::try_from(n).unwrap_or(0));
                        #[allow(clippy::cast_precision_loss, reason = "small counts")]
                        let expect = (tail as f64 / choose(all, drawn) as f64).log10();
                        let found = hypergeometric_log10(c, m, d, a).unwrap_or(f64::NAN);
                        assert!((found - expect).abs() < 0.00051, "{c} {m} {d} {a}: {found} {expect}");
                    }
                }
            }
        }
        assert_eq!(hypergeometric_log10(3, 2, 5, 10), None);
        assert_eq!(hypergeometric_log10(-1, 2, 5, 10), None);
        // 10 of 10 drawn from 100,000 with 50 marked: the product of (50 - i) / (100,000 - i).
        let expect: f64 = (0..10).map(|i| (f64::from(50 - i) / f64::from(100_000 - i)).log10()).sum();
        assert!((hypergeometric_log10(10, 50, 10, 100_000).unwrap_or(0.0) - expect).abs() < 0.001);
    }

    #[test]
    fn networks_hold_their_addresses() {
        let check = |ip: &str, length: i64, expect: Option<&str>| {
            assert_eq!(ip_network(ip, length).as_deref(), expect, "{ip} {length}");
        };
        check("203.0.113.9", 32, Some("203.0.113.9/32"));
        check("203.0.113.9", 24, Some("203.0.113.0/24"));
        check("203.0.113.9", 0, Some("0.0.0.0/0"));
        check("2001:db8:1:2ff::9", 56, Some("2001:db8:1:200::/56"));
        check("2001:db8::9", 128, Some("2001:db8::9/128"));
        check("203.0.113.9", 33, None);
        check("nonsense", 32, None);
        assert_eq!(ip_prefix_length("2001:db8::/56"), Some(56));
        assert_eq!(ip_prefix_length("203.0.113.9"), Some(32));
        assert_eq!(ip_prefix_length("203.0.113.9/40"), None);
    }
}

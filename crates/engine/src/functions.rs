//! Functions that SQL steps may call besides the engine's own. Each is immutable and holds no state.

use std::net::IpAddr;
use std::sync::Arc;

use arrow::array::{Array as _, ArrayRef, Int64Array, StringArray, StringBuilder};
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
fn ip_prefix_length(text: &str) -> Option<i64> {
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

fn all() -> [ScalarUDF; 3] {
    [
        text_function("ip_kind", |ip| {
            Some(match ip_kind(ip) {
                IpKind::Public => "public".to_owned(),
                IpKind::Local => "local".to_owned(),
                IpKind::Invalid => "invalid".to_owned(),
            })
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
                for (text, length) in texts.iter().zip(lengths.iter()) {
                    out.append_option(text.zip(length).and_then(|(t, l)| ip_network(t, l)));
                }
                Ok(ColumnarValue::Array(Arc::new(out.finish()) as ArrayRef))
            }),
        ),
    ]
}

fn text_function(name: &str, function: fn(&str) -> Option<String>) -> ScalarUDF {
    create_udf(
        name,
        vec![DataType::Utf8],
        DataType::Utf8,
        Volatility::Immutable,
        Arc::new(move |args: &[ColumnarValue]| {
            let arrays = ColumnarValue::values_to_arrays(args)?;
            let out: StringArray = strings(&arrays, 0)?.iter().map(|t| t.and_then(function)).collect();
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

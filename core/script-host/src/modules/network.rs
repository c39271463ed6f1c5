//! `network`: tests of addresses against CIDR ranges (RFC 4632, RFC 4291 2.3). No host call: it is pure.

use crate::failure::{Thrown, failed, placed, refuse};
use crate::values::to_texts;
use gatewright_domain::capabilities::CapabilityError;
use ipnet::IpNet;
use rhai::{Dynamic, ImmutableString, Module, NativeCallContext};
use std::net::IpAddr;

/// `network::contains(cidr, ip)`: whether the address lies in the range, or in one of an array of ranges.
pub fn module() -> Module {
    let mut module = Module::new();
    module.set_native_fn("contains", |context: NativeCallContext, ranges: Dynamic, ip: ImmutableString| {
        placed(&context, contains(&ranges, &ip))
    });
    module
}

fn contains(ranges: &Dynamic, ip: &str) -> Thrown<bool> {
    let ranges = to_texts(ranges).map_err(|why| refuse(format!("network::contains {why}")))?;
    let ip: IpAddr = ip.parse().map_err(|_| invalid(format!("`{ip}` is no IP address")))?;
    let ip = ip.to_canonical();
    let mut found = false;
    for range in &ranges {
        // Every range is read, so that a wrong one is seen whatever comes before it.
        found |= parse(range)?.contains(&ip);
    }
    Ok(found)
}

fn parse(range: &str) -> Thrown<IpNet> {
    let parsed = range.parse::<IpNet>().or_else(|_| range.parse::<IpAddr>().map(IpNet::from));
    parsed.map_err(|_| invalid(format!("`{range}` is no CIDR range such as 10.0.0.0/8")))
}

fn invalid(why: String) -> Box<rhai::EvalAltResult> {
    failed(CapabilityError::Invalid { why })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_lies_in_its_range_however_it_is_written() {
        let cases = [
            ("10.0.0.0/8", "10.1.2.3", true),
            ("10.0.0.0/8", "11.1.2.3", false),
            ("10.0.0.0/8", "::ffff:10.1.2.3", true),
            ("2001:db8::/32", "2001:db8::1", true),
            ("192.0.2.7", "192.0.2.7", true),
            ("192.0.2.7", "192.0.2.8", false),
            ("0.0.0.0/0", "2001:db8::1", false),
        ];
        for (range, ip, expected) in cases {
            assert_eq!(contains(&Dynamic::from(range), ip).unwrap(), expected, "{range} {ip}");
        }
    }

    #[test]
    fn what_is_no_range_is_an_error_even_after_a_match() {
        let ranges = Dynamic::from_array(vec!["10.0.0.0/8".into(), "10.0.0.0/33".into()]);
        assert!(contains(&ranges, "10.0.0.1").is_err());
        assert!(contains(&Dynamic::from("10.0.0.0/8"), "unknown").is_err());
    }
}

//! `network`: tests of addresses against CIDR ranges (RFC 4632, RFC 4291 2.3). Pure, so hooks are answered without the
//! host.

use super::CapabilityError;
use ipnet::IpNet;
use std::net::IpAddr;

/// Whether `ip` lies in one of `ranges`; an address alone is a range of one.
///
/// # Errors
/// `Invalid` for what is no range or no address. Every range is read, so a wrong one is seen whatever comes before it.
pub fn contains<'r>(ranges: impl IntoIterator<Item = &'r str>, ip: &str) -> Result<bool, CapabilityError> {
    let invalid = |why: String| CapabilityError::Invalid { why };
    let ip: IpAddr = ip.parse().map_err(|_| invalid(format!("`{ip}` is no IP address")))?;
    let ip = ip.to_canonical();
    let mut found = false;
    for range in ranges {
        let parsed = range.parse::<IpNet>().or_else(|_| range.parse::<IpAddr>().map(IpNet::from));
        let parsed = parsed.map_err(|_| invalid(format!("`{range}` is no CIDR range such as 10.0.0.0/8")))?;
        found |= parsed.contains(&ip);
    }
    Ok(found)
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
            assert_eq!(contains([range], ip), Ok(expected), "{range} {ip}");
        }
    }

    #[test]
    fn what_is_no_range_is_an_error_even_after_a_match() {
        assert!(contains(["10.0.0.0/8", "10.0.0.0/33"], "10.0.0.1").is_err());
        assert!(contains(["10.0.0.0/8"], "unknown").is_err());
    }
}

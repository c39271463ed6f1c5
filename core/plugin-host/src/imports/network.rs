//! `network`: tests of addresses against CIDR ranges (RFC 4632, RFC 4291 2.3). No host call: it is pure.

use super::{Answered, invalid};
use crate::bindings::gatewright::plugin::network::Host;
use crate::turn::Turn;
use ipnet::IpNet;
use std::net::IpAddr;

impl Host for Turn {
    fn contains(&mut self, network: String, ip: String) -> Answered<bool> {
        if let Err(error) = self.lent("network") {
            return Ok(Err(error.into()));
        }
        match contains(&network, &ip) {
            Ok(contained) => Ok(Ok(contained)),
            Err(why) => invalid(why),
        }
    }
}

fn contains(network: &str, ip: &str) -> Result<bool, String> {
    let range = network.parse::<IpNet>().or_else(|_| network.parse::<IpAddr>().map(IpNet::from));
    let range = range.map_err(|_| "this is no CIDR range such as 10.0.0.0/8".to_owned())?;
    let ip: IpAddr = ip.parse().map_err(|_| "this is no IP address".to_owned())?;
    Ok(range.contains(&ip.to_canonical()))
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
            ("192.0.2.7", "192.0.2.8", false),
            ("0.0.0.0/0", "2001:db8::1", false),
        ];
        for (network, ip, expected) in cases {
            assert_eq!(contains(network, ip), Ok(expected), "{network} {ip}");
        }
        assert!(contains("10.0.0.0/33", "10.0.0.1").is_err());
        assert!(contains("10.0.0.0/8", "unknown").is_err());
    }
}

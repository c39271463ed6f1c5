//! Who a request comes from: the other end of the connection, or, behind trusted proxies, whom they name.

use super::forwarded::hops;
use crate::configuration::Proxy;
use http::HeaderMap;
use std::net::{IpAddr, SocketAddr};

/// The address a request comes from. `peer` is the other end of its connection. Only when that is a trusted proxy are
/// the headers read, from the nearest hop to the farthest, up to the first that is not a trusted proxy: what stands
/// before it may be made up. A hop without an address ends the search at the last one known.
pub fn client_address(peer: SocketAddr, headers: &HeaderMap, proxy: &Proxy) -> IpAddr {
    let is_trusted = |address: &IpAddr| proxy.trusted.iter().any(|network| network.contains(address));
    let mut nearest = peer.ip().to_canonical();
    if !is_trusted(&nearest) {
        return nearest;
    }
    for hop in hops(headers, proxy.header).into_iter().rev() {
        match hop {
            Some(address) if is_trusted(&address) => nearest = address,
            Some(address) => return address,
            None => return nearest,
        }
    }
    nearest
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::configuration::ForwardingHeader;
    use http::{HeaderName, HeaderValue};
    use proptest::prelude::*;

    fn proxy(header: ForwardingHeader) -> Proxy {
        let trusted = ["10.0.0.0/8", "fd00::/8"].iter().map(|network| network.parse().unwrap()).collect();
        Proxy { trusted, header, ..Proxy::default() }
    }

    fn headers(lines: &[(&'static str, &str)]) -> HeaderMap {
        let pair = |(name, value): &(&'static str, &str)| {
            (HeaderName::from_static(name), HeaderValue::from_str(value).unwrap())
        };
        lines.iter().map(pair).collect()
    }

    fn of(peer: &str, header: ForwardingHeader, lines: &[(&'static str, &str)]) -> String {
        client_address(SocketAddr::new(peer.parse().unwrap(), 4711), &headers(lines), &proxy(header)).to_string()
    }

    #[test]
    fn nobody_but_a_trusted_proxy_is_believed() {
        let told = [("x-forwarded-for", "198.51.100.1"), ("forwarded", "for=198.51.100.1")];
        for header in [ForwardingHeader::XForwardedFor, ForwardingHeader::Forwarded] {
            assert_eq!(of("192.0.2.7", header, &told), "192.0.2.7");
            assert_eq!(of("::ffff:192.0.2.7", header, &told), "192.0.2.7");
            assert_eq!(of("10.1.2.3", header, &told), "198.51.100.1");
            assert_eq!(of("::ffff:10.1.2.3", header, &told), "198.51.100.1");
        }
        let nobody = Proxy::default();
        let peer = "127.0.0.1:4711".parse().unwrap();
        assert_eq!(client_address(peer, &headers(&told), &nobody).to_string(), "127.0.0.1");
    }

    #[test]
    fn the_rightmost_hop_that_is_no_trusted_proxy_is_the_client() {
        let table = [
            ("203.0.113.9, 198.51.100.1", "198.51.100.1"),
            ("203.0.113.9, 198.51.100.1, 10.2.2.2, 10.3.3.3", "198.51.100.1"),
            ("10.9.9.9, 10.2.2.2", "10.9.9.9"),
            ("198.51.100.1:4711, 10.2.2.2:80", "198.51.100.1"),
            ("2001:db8::1", "2001:db8::1"),
            ("[2001:db8::1]:4711, fd00::5", "2001:db8::1"),
            ("::ffff:198.51.100.1", "198.51.100.1"),
            ("198.51.100.1, unknown, 10.2.2.2", "10.2.2.2"),
            ("198.51.100.1, ", "10.1.1.1"),
            ("", "10.1.1.1"),
        ];
        for (line, client) in table {
            assert_eq!(of("10.1.1.1", ForwardingHeader::XForwardedFor, &[("x-forwarded-for", line)]), client, "{line}");
        }
        let lines = [("x-forwarded-for", "203.0.113.9"), ("x-forwarded-for", "198.51.100.1, 10.2.2.2")];
        assert_eq!(of("10.1.1.1", ForwardingHeader::XForwardedFor, &lines), "198.51.100.1");
        assert_eq!(of("10.1.1.1", ForwardingHeader::XForwardedFor, &[]), "10.1.1.1");
    }

    #[test]
    fn forwarded_is_read_as_rfc_7239_writes_it() {
        let table = [
            ("for=198.51.100.1", "198.51.100.1"),
            ("For=\"198.51.100.1:4711\";proto=https, for=10.2.2.2", "198.51.100.1"),
            ("for=\"[2001:db8:cafe::17]:4711\"", "2001:db8:cafe::17"),
            ("by=203.0.113.43 ; for = 198.51.100.1", "198.51.100.1"),
            ("for=unknown, for=10.2.2.2", "10.2.2.2"),
            ("for=_hidden", "10.1.1.1"),
            ("for=198.51.100.1;for=203.0.113.9", "10.1.1.1"),
            ("for=\"203.0.113.9, for=198.51.100.1\"", "10.1.1.1"),
            ("host=\"a\\\",for=203.0.113.9\";for=198.51.100.1", "198.51.100.1"),
            ("proto=https", "10.1.1.1"),
        ];
        for (line, client) in table {
            assert_eq!(of("10.1.1.1", ForwardingHeader::Forwarded, &[("forwarded", line)]), client, "{line}");
        }
    }

    #[test]
    fn the_header_that_the_proxies_do_not_write_is_ignored() {
        let made_up = [("forwarded", "for=203.0.113.9")];
        assert_eq!(of("10.1.1.1", ForwardingHeader::XForwardedFor, &made_up), "10.1.1.1");
        let made_up = [("x-forwarded-for", "203.0.113.9")];
        assert_eq!(of("10.1.1.1", ForwardingHeader::Forwarded, &made_up), "10.1.1.1");
    }

    proptest! {
        #[test]
        fn whatever_a_client_writes_before_its_own_hop_changes_nothing(line in "[ -~]{0,80}") {
            let before = format!("{line}, 198.51.100.1");
            let told = of("10.1.1.1", ForwardingHeader::XForwardedFor, &[("x-forwarded-for", &before)]);
            prop_assert_eq!(told, "198.51.100.1");
            // A quote that is never closed would reach into what the proxy wrote; a proxy writes a line of its own.
            let told = of("10.1.1.1", ForwardingHeader::Forwarded, &[("forwarded", &line), ("forwarded", "for=198.51.100.1")]);
            prop_assert_eq!(told, "198.51.100.1");
        }
    }
}

//! Where an address leads: out into the world, to this machine and its neighbours, or nowhere that a request of ours has
//! any business (IANA special-purpose address registries, RFC 6890).

use ipnet::{Ipv4Net, Ipv6Net};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// The kind of place an address leads to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Place {
    /// The public Internet.
    Public,
    /// This machine or a private network: allowed where the operator says so.
    Private,
    /// Never asked: unspecified, link-local (cloud metadata lives there), multicast, documentation, translation ...
    Never,
}

/// How far a request may go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Reach {
    /// Public addresses.
    Public,
    /// Private and loopback ones too.
    PrivateToo,
}

impl Reach {
    /// Whether a request may go to `address`.
    pub fn admits(self, address: IpAddr) -> bool {
        match place(address) {
            Place::Public => true,
            Place::Private => self == Self::PrivateToo,
            Place::Never => false,
        }
    }
}

const V4: [(Ipv4Net, Place); 15] = [
    (v4([10, 0, 0, 0], 8), Place::Private),     // RFC 1918
    (v4([172, 16, 0, 0], 12), Place::Private),  // RFC 1918
    (v4([192, 168, 0, 0], 16), Place::Private), // RFC 1918
    (v4([127, 0, 0, 0], 8), Place::Private),    // loopback
    (v4([100, 64, 0, 0], 10), Place::Private),  // shared by carriers, RFC 6598
    (v4([0, 0, 0, 0], 8), Place::Never),        // "this network"; 0.0.0.0 reaches loopback on Linux
    (v4([169, 254, 0, 0], 16), Place::Never),   // link-local
    (v4([192, 0, 0, 0], 24), Place::Never),     // protocol assignments
    (v4([192, 0, 2, 0], 24), Place::Never),     // documentation
    (v4([198, 51, 100, 0], 24), Place::Never),  // documentation
    (v4([203, 0, 113, 0], 24), Place::Never),   // documentation
    (v4([192, 88, 99, 0], 24), Place::Never),   // 6to4 relays
    (v4([198, 18, 0, 0], 15), Place::Never),    // benchmarks
    (v4([224, 0, 0, 0], 4), Place::Never),      // multicast
    (v4([240, 0, 0, 0], 4), Place::Never),      // reserved, broadcast
];

/// Of all IPv6 only 2000::/3 is given out to the public; these are the exceptions within it and the private ranges
/// outside it. What is not in 2000::/3 and not listed (`::`, link-local, multicast, NAT64 ...) is never asked.
const V6: [(Ipv6Net, Place); 6] = [
    (v6([0, 0, 0, 0, 0, 0, 0, 1], 128), Place::Private),       // loopback
    (v6([0xfc00, 0, 0, 0, 0, 0, 0, 0], 7), Place::Private),    // unique local, RFC 4193
    (v6([0x2001, 0, 0, 0, 0, 0, 0, 0], 23), Place::Never),     // protocol assignments, Teredo among them
    (v6([0x2001, 0xdb8, 0, 0, 0, 0, 0, 0], 32), Place::Never), // documentation
    (v6([0x2002, 0, 0, 0, 0, 0, 0, 0], 16), Place::Never),     // 6to4: an IPv4 address within
    (v6([0x3fff, 0, 0, 0, 0, 0, 0, 0], 20), Place::Never),     // documentation
];

const PUBLIC_V6: Ipv6Net = v6([0x2000, 0, 0, 0, 0, 0, 0, 0], 3);

const fn v4(address: [u8; 4], bits: u8) -> Ipv4Net {
    let [a, b, c, d] = address;
    Ipv4Net::new_assert(Ipv4Addr::new(a, b, c, d), bits)
}

const fn v6(address: [u16; 8], bits: u8) -> Ipv6Net {
    let [a, b, c, d, e, f, g, h] = address;
    Ipv6Net::new_assert(Ipv6Addr::new(a, b, c, d, e, f, g, h), bits)
}

/// The kind of place `address` leads to. An IPv4 address written as IPv6 (`::ffff:127.0.0.1`) is judged as IPv4.
pub(crate) fn place(address: IpAddr) -> Place {
    match address.to_canonical() {
        IpAddr::V4(address) => {
            V4.iter().find(|(net, _)| net.contains(&address)).map_or(Place::Public, |(_, place)| *place)
        }
        IpAddr::V6(address) => match V6.iter().find(|(net, _)| net.contains(&address)) {
            Some((_, place)) => *place,
            None if PUBLIC_V6.contains(&address) => Place::Public,
            None => Place::Never,
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn every_special_range_is_known_to_its_edges() {
        let table: [(&str, Place); 58] = [
            ("1.1.1.1", Place::Public),
            ("9.255.255.255", Place::Public),
            ("10.0.0.0", Place::Private),
            ("10.255.255.255", Place::Private),
            ("11.0.0.0", Place::Public),
            ("100.63.255.255", Place::Public),
            ("100.64.0.0", Place::Private),
            ("100.127.255.255", Place::Private),
            ("100.128.0.0", Place::Public),
            ("127.0.0.1", Place::Private),
            ("127.255.255.254", Place::Private),
            ("128.0.0.0", Place::Public),
            ("172.15.255.255", Place::Public),
            ("172.16.0.0", Place::Private),
            ("172.31.255.255", Place::Private),
            ("172.32.0.0", Place::Public),
            ("192.168.0.1", Place::Private),
            ("192.169.0.0", Place::Public),
            ("0.0.0.0", Place::Never),
            ("0.255.255.255", Place::Never),
            ("169.254.169.254", Place::Never),
            ("192.0.0.170", Place::Never),
            ("192.0.2.1", Place::Never),
            ("192.88.99.1", Place::Never),
            ("198.17.255.255", Place::Public),
            ("198.18.0.1", Place::Never),
            ("198.19.255.255", Place::Never),
            ("198.51.100.7", Place::Never),
            ("203.0.113.7", Place::Never),
            ("223.255.255.255", Place::Public),
            ("224.0.0.1", Place::Never),
            ("239.255.255.255", Place::Never),
            ("240.0.0.1", Place::Never),
            ("255.255.255.255", Place::Never),
            ("::1", Place::Private),
            ("::", Place::Never),
            ("::2", Place::Never),
            ("::127.0.0.1", Place::Never),
            ("::ffff:127.0.0.1", Place::Private),
            ("::ffff:10.0.0.1", Place::Private),
            ("::ffff:169.254.169.254", Place::Never),
            ("::ffff:1.1.1.1", Place::Public),
            ("::ffff:0:127.0.0.1", Place::Never),
            ("64:ff9b::127.0.0.1", Place::Never),
            ("64:ff9b::1.1.1.1", Place::Never),
            ("64:ff9b:1::a00:1", Place::Never),
            ("100::1", Place::Never),
            ("2001::1", Place::Never),
            ("2001:db8::1", Place::Never),
            ("2002:7f00:1::", Place::Never),
            ("2606:4700:4700::1111", Place::Public),
            ("3fff::1", Place::Never),
            ("3fff:1000::1", Place::Public),
            ("5f00::1", Place::Never),
            ("fc00::1", Place::Private),
            ("fdff:ffff::1", Place::Private),
            ("fe80::1", Place::Never),
            ("ff02::1", Place::Never),
        ];
        for (text, expected) in table {
            let address: IpAddr = text.parse().unwrap();
            assert_eq!(place(address), expected, "{text}");
            assert_eq!(Reach::Public.admits(address), expected == Place::Public, "{text}");
            assert_eq!(Reach::PrivateToo.admits(address), expected != Place::Never, "{text}");
        }
    }

    proptest! {
        #[test]
        fn an_ipv4_address_leads_to_the_same_place_written_as_ipv6(bits: u32) {
            let address = Ipv4Addr::from(bits);
            prop_assert_eq!(place(address.into()), place(address.to_ipv6_mapped().into()));
        }

        #[test]
        fn no_address_outside_the_given_out_range_is_public(bits: u128) {
            let address = Ipv6Addr::from(bits);
            let is_given_out = bits >> 125 == 1 || address.to_ipv4_mapped().is_some();
            prop_assert!(is_given_out || place(address.into()) != Place::Public);
        }
    }
}

//! The address of a quickstart: on this machine, and nowhere else.

use crate::command::error::CommandError;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::str::FromStr;

const LOCALHOST: &str = "localhost";

/// An address as it was asked for: with `localhost`, or with a port alone, 127.0.0.1 is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct LoopbackAddress(SocketAddr);

impl FromStr for LoopbackAddress {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let port = text.strip_prefix(LOCALHOST).unwrap_or(text).trim_start_matches(':');
        let local = || port.parse().ok().map(|port: u16| SocketAddr::from((Ipv4Addr::LOCALHOST, port)));
        text.parse().ok().or_else(local).map(Self).ok_or("write it as 127.0.0.1:8080")
    }
}

impl LoopbackAddress {
    /// The address, if only this machine can reach it.
    pub(super) fn admit(self) -> Result<SocketAddr, CommandError> {
        if self.0.ip().to_canonical().is_loopback() { Ok(self.0) } else { Err(CommandError::NotLoopback(self.0)) }
    }
}

/// The other address that `localhost` stands for, so that nobody else answers there and clients that try it first
/// find us.
pub(super) fn companion(address: SocketAddr) -> Option<SocketAddr> {
    let ip: IpAddr = match address.ip() {
        IpAddr::V4(Ipv4Addr::LOCALHOST) => Ipv6Addr::LOCALHOST.into(),
        IpAddr::V6(Ipv6Addr::LOCALHOST) => Ipv4Addr::LOCALHOST.into(),
        _ => return None,
    };
    Some(SocketAddr::new(ip, address.port()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_read_in_the_ways_people_write_it() {
        let table = [
            ("127.0.0.1:8080", Some("127.0.0.1:8080")),
            ("[::1]:8080", Some("[::1]:8080")),
            ("localhost:9000", Some("127.0.0.1:9000")),
            (":9000", Some("127.0.0.1:9000")),
            ("9000", Some("127.0.0.1:9000")),
            ("localhost", None),
            ("login.example.com:80", None),
            ("70000", None),
            ("", None),
        ];
        for (text, address) in table {
            let read = text.parse::<LoopbackAddress>().ok().map(|read| read.0.to_string());
            assert_eq!(read.as_deref(), address, "{text}");
        }
    }

    #[test]
    fn an_address_that_others_can_reach_is_refused() {
        for (text, accepted) in [
            ("127.0.0.1:0", true),
            ("127.9.9.9:80", true),
            ("[::1]:80", true),
            ("[::ffff:127.0.0.1]:80", true),
            ("0.0.0.0:8080", false),
            ("[::]:8080", false),
            ("192.168.1.2:8080", false),
        ] {
            assert_eq!(text.parse::<LoopbackAddress>().unwrap().admit().is_ok(), accepted, "{text}");
        }
    }
}

//! The addresses that proxies hand on, in `X-Forwarded-For` or `Forwarded` (RFC 7239 4 and 6).

use crate::configuration::ForwardingHeader;
use http::HeaderMap;
use http::header::{FORWARDED, HeaderName};
use std::net::{IpAddr, Ipv6Addr, SocketAddr};

const X_FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");

/// The hops from the farthest to the nearest; none for one that gives no address (`unknown`, an obfuscated name, or
/// what cannot be read).
pub(super) fn hops(headers: &HeaderMap, header: ForwardingHeader) -> Vec<Option<IpAddr>> {
    let name = match header {
        ForwardingHeader::XForwardedFor => X_FORWARDED_FOR,
        ForwardingHeader::Forwarded => FORWARDED,
    };
    let read = |line: &str| -> Vec<Option<IpAddr>> {
        match header {
            ForwardingHeader::XForwardedFor => line.split(',').map(address).collect(),
            ForwardingHeader::Forwarded => split(line, ',').into_iter().map(forwarded_for).collect(),
        }
    };
    headers.get_all(name).into_iter().flat_map(|line| line.to_str().map_or_else(|_| vec![None], read)).collect()
}

/// The `for` of one element of `Forwarded`.
fn forwarded_for(element: &str) -> Option<IpAddr> {
    let pair = |part: &str| {
        part.split_once('=').map(|(name, value)| (name.trim().to_ascii_lowercase(), value.trim().to_owned()))
    };
    let mut nodes = split(element, ';').into_iter().filter_map(pair).filter(|(name, _)| name == "for");
    // Two would let someone choose which of them is read.
    let (node, None) = (nodes.next()?.1, nodes.next()) else { return None };
    address(node.strip_prefix('"').and_then(|node| node.strip_suffix('"')).unwrap_or(&node))
}

/// The parts between `separator`s that stand outside of quotes.
fn split(text: &str, separator: char) -> Vec<&str> {
    let (mut parts, mut start, mut quoted, mut escaped) = (Vec::new(), 0, false, false);
    for (position, character) in text.char_indices() {
        match character {
            _ if escaped => escaped = false,
            '\\' if quoted => escaped = true,
            '"' => quoted = !quoted,
            _ if character == separator && !quoted => {
                parts.push(&text[start..position]);
                start = position + separator.len_utf8();
            }
            _ => {}
        }
    }
    parts.push(&text[start..]);
    parts
}

/// An address, with or without a port; IPv6 with or without brackets.
fn address(node: &str) -> Option<IpAddr> {
    let node = node.trim();
    let bracketed = || node.strip_prefix('[')?.strip_suffix(']')?.parse::<Ipv6Addr>().ok().map(IpAddr::from);
    let with_port = || node.parse::<SocketAddr>().ok().map(|address| address.ip());
    node.parse().ok().or_else(bracketed).or_else(with_port).map(|address: IpAddr| address.to_canonical())
}

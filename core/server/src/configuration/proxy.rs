//! `[proxy]`: which proxies are believed when they say where a request came from (RFC 7239).

use super::choice::choice;
use super::complaint::Complaint;
use ipnet::IpNet;
use serde::{Deserialize, Serialize};

choice! {
    /// The header in which the proxies hand on addresses. Only this one is read: a proxy that writes the one
    /// lets through whatever a client wrote into the other.
    pub enum ForwardingHeader {
        /// `X-Forwarded-For`.
        XForwardedFor = "x-forwarded-for",
        /// `Forwarded` (RFC 7239).
        Forwarded = "forwarded",
    }
}

/// The proxies in front.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Proxy {
    /// Their networks; nobody is believed when there are none.
    #[serde(with = "networks")]
    pub trusted: Vec<IpNet>,
    /// The header they write.
    pub header: ForwardingHeader,
}

impl Default for Proxy {
    fn default() -> Self {
        Self { trusted: Vec::new(), header: ForwardingHeader::XForwardedFor }
    }
}

impl Proxy {
    pub(super) fn admit(&self, complaints: &mut Vec<Complaint>) {
        if self.trusted.iter().any(|network| network.prefix_len() == 0) {
            let what = "has a network of every address, so that anyone could claim to come from anywhere";
            complaints.push(Complaint::of("proxy.trusted", what));
        }
    }
}

/// Networks as text: `10.0.0.0/8`, or one address.
mod networks {
    use ipnet::IpNet;
    use serde::de::Error;
    use serde::{Deserialize, Deserializer, Serializer};
    use std::net::IpAddr;

    pub(super) fn serialize<S: Serializer>(networks: &[IpNet], serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(networks.iter().map(ToString::to_string))
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<IpNet>, D::Error> {
        let parse = |text: String| {
            let network = text.parse().or_else(|_| text.parse::<IpAddr>().map(IpNet::from));
            network.map_err(|_| D::Error::custom(format!("{text:?} is no network such as 10.0.0.0/8, and no address")))
        };
        Vec::<String>::deserialize(deserializer)?.into_iter().map(parse).collect()
    }
}

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
    #[serde(with = "super::networks")]
    pub trusted: Vec<IpNet>,
    /// The header they write.
    pub header: ForwardingHeader,
    /// The header in which they hand on the certificate that a client showed them (RFC 8705); none where they do not.
    pub client_certificate_header: Option<String>,
}

impl Default for Proxy {
    fn default() -> Self {
        Self { trusted: Vec::new(), header: ForwardingHeader::XForwardedFor, client_certificate_header: None }
    }
}

impl Proxy {
    pub(super) fn admit(&self, complaints: &mut Vec<Complaint>) {
        if self.trusted.iter().any(|network| network.prefix_len() == 0) {
            let what = "has a network of every address, so that anyone could claim to come from anywhere";
            complaints.push(Complaint::of("proxy.trusted", what));
        }
        let Some(name) = &self.client_certificate_header else { return };
        if http::HeaderName::try_from(name.as_str()).is_err() {
            complaints.push(Complaint::of("proxy.client_certificate_header", "is no name of a header"));
        }
        if self.trusted.is_empty() {
            let what = "is believed of trusted proxies alone: name them in proxy.trusted, and have them drop the header \
                        that a client sends";
            complaints.push(Complaint::of("proxy.client_certificate_header", what));
        }
    }

    pub(super) fn specimen() -> Self {
        Self { client_certificate_header: Some("client-cert".to_owned()), ..Self::default() }
    }
}

//! `[admin]`: the admin API, for machines that look after this one.

use super::Configuration;
use super::complaint::Complaint;
use super::listen::PORT;
use serde::{Deserialize, Serialize};
use std::net::{Ipv4Addr, SocketAddr};

/// Where the admin API is, if anywhere.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Admin {
    /// Whether there is one.
    pub enabled: bool,
    /// Address and port of its own; that of `listen.address` puts it beside the other endpoints.
    pub listen: SocketAddr,
}

impl Default for Admin {
    fn default() -> Self {
        Self { enabled: false, listen: SocketAddr::from((Ipv4Addr::LOCALHOST, PORT + 1)) }
    }
}

/// Whoever reads an access token of the admin API on its way is the operator from then on.
pub(super) fn admit(configuration: &Configuration, complaints: &mut Vec<Complaint>) {
    let Admin { enabled, listen } = configuration.admin;
    let is_here = listen.ip().to_canonical().is_loopback();
    let is_secure = configuration.tls.files().is_some() || !configuration.proxy.trusted.is_empty();
    if enabled && !is_here && !is_secure && !configuration.protocol.allow_http_issuer {
        let what = "can be reached from other machines without HTTPS, and access tokens would travel in clear: listen on \
                    127.0.0.1, or set tls.certificate_file and tls.key_file";
        complaints.push(Complaint::of("admin.listen", what));
    }
}

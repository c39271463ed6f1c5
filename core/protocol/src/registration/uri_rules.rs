//! The other URIs in client metadata: pages shown to end-users, and documents the server fetches.

use url::{Host, Url};

use super::{members::wrong, metadata::ClientMetadata};
use crate::error::Refusal;

/// Which URLs a member may have.
#[derive(Clone, Copy)]
pub(super) enum Allowed {
    /// http or https: a link for end-users.
    Web,
    /// https, or http on this very device: what we fetch and then trust.
    Trusted,
    /// https and nothing else (OpenID Connect Core 4).
    HttpsOnly,
}

/// Holds every URI member against its rule.
pub(super) fn hold(metadata: &ClientMetadata) -> Result<(), Refusal> {
    let members = [
        ("logo_uri", &metadata.logo_uri, Allowed::Web),
        ("client_uri", &metadata.client_uri, Allowed::Web),
        ("policy_uri", &metadata.policy_uri, Allowed::Web),
        ("tos_uri", &metadata.tos_uri, Allowed::Web),
        ("jwks_uri", &metadata.jwks_uri, Allowed::Trusted),
        ("sector_identifier_uri", &metadata.sector_identifier_uri, Allowed::Trusted),
        ("initiate_login_uri", &metadata.initiate_login_uri, Allowed::HttpsOnly),
    ];
    for (member, uri, allowed) in members {
        if let Some(uri) = uri {
            refuse(uri, allowed).map_err(|why| wrong(member, why))?;
        }
    }
    Ok(())
}

/// Why a URI is not one that the server fetches from.
pub(super) fn refuse_untrusted(uri: &str) -> Result<(), &'static str> {
    refuse(uri, Allowed::Trusted)
}

pub(super) fn refuse(uri: &str, allowed: Allowed) -> Result<(), &'static str> {
    let url = Url::parse(uri).map_err(|_| "is not a URL")?;
    if !url.username().is_empty() || url.password().is_some() {
        return Err("has a user name or password in it");
    }
    match (url.scheme(), allowed) {
        ("https", _) | ("http", Allowed::Web) => Ok(()),
        ("http", Allowed::Trusted) if is_loopback(&url) => Ok(()),
        (_, Allowed::Web) => Err("is not an http or https URL"),
        (_, Allowed::Trusted | Allowed::HttpsOnly) => Err("is not an https URL"),
    }
}

fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(domain)) => domain == "localhost",
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

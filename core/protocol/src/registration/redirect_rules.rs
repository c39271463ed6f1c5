//! Which redirect URIs a client may register, and the sector they make up (OpenID Connect Dynamic Client Registration 1.0,
//! 2 and 5; OpenID Connect Core 8.1; RFC 8252 7 and 8.4).

use url::Url;

use super::{grant_rules::Grants, members::wrong, metadata::ClientMetadata};
use crate::{application_type::ApplicationType, error::Refusal, redirect_uri::RedirectUri, subject_type::SubjectType};

/// Holds every redirect URI against the rules of its application type.
pub(super) fn hold(
    metadata: &ClientMetadata,
    application_type: ApplicationType,
    grants: &Grants,
) -> Result<(), Refusal> {
    if metadata.redirect_uris.is_empty() && !grants.response_types.is_empty() {
        return Err(wrong("redirect_uris", "is missing"));
    }
    let lists = [
        ("redirect_uris", &metadata.redirect_uris),
        ("post_logout_redirect_uris", &metadata.post_logout_redirect_uris),
    ];
    for (member, uris) in lists {
        for uri in uris {
            refuse_scheme(uri, application_type).map_err(|why| wrong(member, why))?;
        }
    }
    Ok(())
}

fn refuse_scheme(uri: &RedirectUri, application_type: ApplicationType) -> Result<(), &'static str> {
    match (uri.scheme().as_str(), application_type) {
        ("https", _) => Ok(()),
        ("http", _) if uri.is_loopback() => Ok(()),
        ("http", _) => Err("has an http URI whose host is not localhost, 127.0.0.1 or [::1]"),
        (_, ApplicationType::Web) => Err("has a custom scheme, which a web client may not have"),
        // A name that its owner has in the domain system is not taken by another app by accident (RFC 8252 7.1).
        (scheme, ApplicationType::Native) if scheme.contains('.') => Ok(()),
        (_, ApplicationType::Native) => {
            Err("has a custom scheme that is not a reversed domain name, such as com.example.app")
        }
    }
}

pub(super) struct Subjects {
    pub(super) subject_type: SubjectType,
    pub(super) sector: Option<String>,
}

/// Finds the host that pairwise subjects are made for: that of `sector_identifier_uri`, else the one host of all redirect URIs.
pub(super) fn resolve_sector(metadata: &ClientMetadata) -> Result<Subjects, Refusal> {
    let subject_type = metadata.subject_type.unwrap_or(SubjectType::Public);
    let sector = match (subject_type, &metadata.sector_identifier_uri) {
        (SubjectType::Public, _) => None,
        (SubjectType::Pairwise, Some(uri)) => host_of(uri),
        (SubjectType::Pairwise, None) => Some(single_host(&metadata.redirect_uris)?),
    };
    Ok(Subjects { subject_type, sector })
}

fn host_of(uri: &str) -> Option<String> {
    Url::parse(uri).ok()?.host_str().map(str::to_owned)
}

fn single_host(uris: &[RedirectUri]) -> Result<String, Refusal> {
    let mut hosts: Vec<Option<String>> = uris.iter().map(RedirectUri::host).collect();
    hosts.sort();
    hosts.dedup();
    match hosts.as_slice() {
        [Some(host)] => Ok(host.clone()),
        _ => Err(wrong(
            "sector_identifier_uri",
            "is missing; pairwise subjects need it unless all redirect URIs have one and the same host",
        )),
    }
}

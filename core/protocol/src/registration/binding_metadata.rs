//! How a client proves that tokens are its own, and who it is by a certificate (RFC 9449 5.2, RFC 8705 2.1.2 and 3.4).

use std::net::IpAddr;

use serde::{Deserialize, Serialize};

use super::members::{Members, NAME_MAX_BYTES, wrong};
use crate::{
    client_auth_method::ClientAuthMethod, distinguished_name::DistinguishedName, error::Refusal,
    security_profile::SecurityProfile,
};

/// Members about sender-constrained tokens and certificates.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct BindingMetadata {
    /// Whether every token request must have a DPoP proof.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub dpop_bound_access_tokens: Option<bool>,
    /// Whether its tokens are bound to its certificate.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tls_client_certificate_bound_access_tokens: Option<bool>,
    /// The distinguished name that its certificate must have.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tls_client_auth_subject_dn: Option<String>,
    /// The DNS name that its certificate must have.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tls_client_auth_san_dns: Option<String>,
    /// The URI that its certificate must have.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tls_client_auth_san_uri: Option<String>,
    /// The IP address that its certificate must have.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tls_client_auth_san_ip: Option<String>,
    /// The email address that its certificate must have.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tls_client_auth_san_email: Option<String>,
    /// The security profile that it is held to: the operator's word, never the client's own.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub profile: Option<SecurityProfile>,
}

impl BindingMetadata {
    pub(super) fn read(members: &Members<'_>) -> Result<Self, Refusal> {
        Ok(Self {
            dpop_bound_access_tokens: members.flag("dpop_bound_access_tokens")?,
            tls_client_certificate_bound_access_tokens: members.flag("tls_client_certificate_bound_access_tokens")?,
            tls_client_auth_subject_dn: members.text("tls_client_auth_subject_dn", NAME_MAX_BYTES)?,
            tls_client_auth_san_dns: members.text("tls_client_auth_san_dns", NAME_MAX_BYTES)?,
            tls_client_auth_san_uri: members.uri("tls_client_auth_san_uri")?,
            tls_client_auth_san_ip: members.text("tls_client_auth_san_ip", NAME_MAX_BYTES)?,
            tls_client_auth_san_email: members.text("tls_client_auth_san_email", NAME_MAX_BYTES)?,
            profile: members.word("profile")?,
        })
    }

    /// The members that name what a certificate must have, and what they say.
    #[must_use]
    pub fn certificate_names(&self) -> Vec<(&'static str, &str)> {
        let named = [
            ("tls_client_auth_subject_dn", &self.tls_client_auth_subject_dn),
            ("tls_client_auth_san_dns", &self.tls_client_auth_san_dns),
            ("tls_client_auth_san_uri", &self.tls_client_auth_san_uri),
            ("tls_client_auth_san_ip", &self.tls_client_auth_san_ip),
            ("tls_client_auth_san_email", &self.tls_client_auth_san_email),
        ];
        named.into_iter().filter_map(|(member, said)| Some((member, said.as_deref()?))).collect()
    }

    /// Holds the members against the method of authentication: `tls_client_auth` names exactly one thing that the
    /// certificate must have (RFC 8705 2.1.2), any other method none.
    pub(super) fn hold(&self, method: ClientAuthMethod) -> Result<(), Refusal> {
        let names = self.certificate_names();
        match (method, names.as_slice()) {
            (ClientAuthMethod::TlsClientAuth, [_]) => {}
            (ClientAuthMethod::TlsClientAuth, []) => {
                let why = "is missing, and so is tls_client_auth_san_dns, _uri, _ip or _email; tls_client_auth needs \
                           exactly one of them";
                return Err(wrong("tls_client_auth_subject_dn", why));
            }
            (ClientAuthMethod::TlsClientAuth, [_, (second, _), ..]) => {
                return Err(wrong(second, "is one too many; tls_client_auth has exactly one such member"));
            }
            (_, [(first, _), ..]) => return Err(wrong(first, "goes with the method tls_client_auth alone")),
            (_, []) => {}
        }
        if let Some(name) = &self.tls_client_auth_subject_dn {
            let parsed = DistinguishedName::parse(name);
            parsed.map_err(|why| wrong("tls_client_auth_subject_dn", &format!("cannot be read: {why}")))?;
        }
        match self.tls_client_auth_san_ip.as_deref().map(str::parse::<IpAddr>) {
            Some(Err(_)) => Err(wrong("tls_client_auth_san_ip", "is not an IP address")),
            _ => Ok(()),
        }
    }
}

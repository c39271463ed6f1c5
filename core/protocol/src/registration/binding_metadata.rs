//! How a client proves that tokens are its own (RFC 9449 5.2, RFC 8705 2.1.2 and 3.4).

use serde::{Deserialize, Serialize};

use super::members::{Members, NAME_MAX_BYTES};
use crate::error::Refusal;

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
        })
    }
}

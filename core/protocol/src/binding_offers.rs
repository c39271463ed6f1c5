//! What the server says of tokens that are bound to their sender (RFC 9449 5.1, RFC 8705 3.3 and 5, RFC 9728 4).

use serde::Serialize;

use crate::jws_algorithm::JwsAlgorithm;

/// Members of the metadata document about sender-constrained tokens.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct BindingOffers {
    /// How DPoP proofs may be signed.
    pub dpop_signing_alg_values_supported: Vec<JwsAlgorithm>,
    /// Whether tokens can be bound to a client's certificate.
    pub tls_client_certificate_bound_access_tokens: bool,
    /// Where clients with a certificate go, where that is elsewhere.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mtls_endpoint_aliases: Option<EndpointAliases>,
    /// The resources that take this server's access tokens and are its own.
    pub protected_resources: Vec<String>,
}

/// The endpoints where a client's certificate counts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct EndpointAliases {
    /// RFC 9126 2.
    pub pushed_authorization_request_endpoint: String,
    /// RFC 6749 3.2.
    pub token_endpoint: String,
    /// RFC 7009 2.
    pub revocation_endpoint: String,
    /// RFC 7662 2.
    pub introspection_endpoint: String,
    /// OpenID Connect Core 5.3.
    pub userinfo_endpoint: String,
}

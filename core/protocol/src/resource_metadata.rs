//! What a resource of this server says of itself (RFC 9728 2).

use serde::Serialize;

use crate::{jws_algorithm::JwsAlgorithm, scope::ScopeValue};

/// Where the document of a resource is, before the path of the resource itself (RFC 9728 3).
pub const WELL_KNOWN: &str = "/.well-known/oauth-protected-resource";

/// The metadata of a protected resource.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ResourceMetadata {
    /// What its access tokens name as their audience.
    pub resource: String,
    /// Who issues access tokens for it: this server.
    pub authorization_servers: Vec<String>,
    /// Scope values that it looks at.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub scopes_supported: Vec<ScopeValue>,
    /// Where a bearer token may stand (RFC 6750 2).
    pub bearer_methods_supported: Vec<&'static str>,
    /// For humans: what it is called.
    pub resource_name: &'static str,
    /// How its answers are signed, where a client wants them signed.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub resource_signing_alg_values_supported: Vec<JwsAlgorithm>,
    /// How DPoP proofs may be signed.
    pub dpop_signing_alg_values_supported: Vec<JwsAlgorithm>,
    /// Whether every access token must be bound to a key.
    pub dpop_bound_access_tokens_required: bool,
    /// Whether tokens that are bound to a certificate can be used.
    pub tls_client_certificate_bound_access_tokens: bool,
}

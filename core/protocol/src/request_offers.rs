//! What the server says of request objects and pushed requests (OpenID Connect Discovery 1.0 3, RFC 9101 10.5, RFC 9126 5).

use serde::Serialize;

use crate::request_object_algorithm::RequestObjectAlgorithm;

/// Members of the metadata document about how authorization requests may come.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RequestOffers {
    /// Where requests are pushed.
    pub pushed_authorization_request_endpoint: String,
    /// Whether every request must be pushed.
    pub require_pushed_authorization_requests: bool,
    /// Whether every request must come in a signed request object.
    pub require_signed_request_object: bool,
    /// Whether `request` is read (OpenID Connect Core 6.1).
    pub request_parameter_supported: bool,
    /// Whether `request_uri` is read (OpenID Connect Core 6.2).
    pub request_uri_parameter_supported: bool,
    /// Whether a `request_uri` must be one that the client registered.
    pub require_request_uri_registration: bool,
    /// How request objects may be signed.
    pub request_object_signing_alg_values_supported: Vec<RequestObjectAlgorithm>,
}

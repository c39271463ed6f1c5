//! The rules of how a client sends its requests (OpenID Connect Registration 2, RFC 9101 10.5).

use super::{members::wrong, metadata::ClientMetadata, uri_rules};
use crate::{client_auth_method::ClientAuthMethod, error::Refusal, request_object_algorithm::RequestObjectAlgorithm};

/// Holds the members about requests against each other.
pub(super) fn hold(metadata: &ClientMetadata) -> Result<(), Refusal> {
    let requests = &metadata.requests;
    for uri in &requests.request_uris {
        uri_rules::refuse_untrusted(uri).map_err(|why| wrong("request_uris", &format!("has a URI that {why}")))?;
    }
    let method = metadata.token_endpoint_auth_method.unwrap_or(ClientAuthMethod::ClientSecretBasic);
    let has_secret = !matches!(method, ClientAuthMethod::None | ClientAuthMethod::PrivateKeyJwt);
    if let Some(algorithm) = requests.request_object_encryption_alg.filter(|alg| alg.is_symmetric() && !has_secret) {
        let why = format!("cannot be {algorithm} without a client secret; choose another algorithm");
        return Err(wrong("request_object_encryption_alg", &why));
    }
    if requests.require_signed_request_object != Some(true) {
        return Ok(());
    }
    if requests.request_object_signing_alg == Some(RequestObjectAlgorithm::None) {
        return Err(wrong("request_object_signing_alg", "cannot be none with require_signed_request_object"));
    }
    if metadata.jwks.is_none() && metadata.jwks_uri.is_none() {
        let why = "needs jwks or jwks_uri: request objects are signed with the client's own keys";
        return Err(wrong("require_signed_request_object", why));
    }
    Ok(())
}

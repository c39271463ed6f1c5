//! The rules of how a client sends its requests (OpenID Connect Registration 2, RFC 9101 10.5).

use super::{members::wrong, metadata::ClientMetadata, uri_rules};
use crate::{error::Refusal, request_object_algorithm::RequestObjectAlgorithm};

/// Holds the members about requests against each other.
pub(super) fn hold(metadata: &ClientMetadata) -> Result<(), Refusal> {
    let requests = &metadata.requests;
    for uri in &requests.request_uris {
        uri_rules::refuse_untrusted(uri).map_err(|why| wrong("request_uris", &format!("has a URI that {why}")))?;
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

//! How a client may send its requests here: what is registered and not offered is refused (RFC 7591 3.2.2).

use crate::Engine;
use crate::settings::RequestSettings;
use gatewright_protocol::error::{ErrorCode, Refusal};
use gatewright_protocol::registration::request_metadata::RequestMetadata;
use gatewright_protocol::request_object_algorithm::RequestObjectAlgorithm;

impl RequestSettings {
    /// Algorithms that request objects may be signed with, `none` where they need not be.
    pub fn object_algorithms(&self) -> Vec<RequestObjectAlgorithm> {
        let offered = |algorithm: &RequestObjectAlgorithm| match algorithm {
            RequestObjectAlgorithm::None => self.unsigned_objects && !self.fapi_objects && !self.require_signed_object,
            RequestObjectAlgorithm::RS256 => !self.fapi_objects,
            RequestObjectAlgorithm::PS256 | RequestObjectAlgorithm::ES256 | RequestObjectAlgorithm::EdDSA => true,
        };
        RequestObjectAlgorithm::ALL.iter().copied().filter(offered).collect()
    }
}

impl Engine {
    /// Refuses what this server does not offer of how requests come.
    pub(super) fn offer_requests(&self, requests: &RequestMetadata) -> Result<(), Refusal> {
        let wrong = |why: String| Err(Refusal::new(ErrorCode::InvalidClientMetadata, why));
        let offered = self.settings.requests.object_algorithms();
        if let Some(algorithm) = requests.request_object_signing_alg.filter(|wanted| !offered.contains(wanted)) {
            return wrong(format!("request_object_signing_alg: this server takes no request objects by {algorithm}."));
        }
        if requests.request_object_encryption_alg.is_some() {
            return wrong("request_object_encryption_alg: this server takes no encrypted request objects.".to_owned());
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_offered_follows_the_settings() {
        let offered = |settings: RequestSettings| {
            let words = settings.object_algorithms();
            words.iter().map(|algorithm| algorithm.as_str()).collect::<Vec<_>>().join(" ")
        };
        let settings = RequestSettings::default();
        let unsigned = RequestSettings { unsigned_objects: true, ..settings };
        assert_eq!(offered(settings), "RS256 PS256 ES256 EdDSA");
        assert_eq!(offered(unsigned), "RS256 PS256 ES256 EdDSA none");
        assert_eq!(offered(RequestSettings { require_signed_object: true, ..unsigned }), "RS256 PS256 ES256 EdDSA");
        assert_eq!(offered(RequestSettings { fapi_objects: true, ..unsigned }), "PS256 ES256 EdDSA");
    }
}

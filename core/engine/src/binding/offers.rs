//! What the server says of sender-constrained tokens, and of itself as a resource (RFC 9449 5.1, RFC 8705 3.3 and 5,
//! RFC 9728 2).

use crate::Engine;
use gatewright_protocol::binding_offers::{BindingOffers, EndpointAliases};
use gatewright_protocol::dpop::DPOP_ALGORITHMS;
use gatewright_protocol::resource_metadata::{ResourceMetadata, WELL_KNOWN};

impl Engine {
    pub(crate) fn binding_offers(&self) -> BindingOffers {
        let mutual_tls = &self.settings.binding.mutual_tls;
        BindingOffers {
            dpop_signing_alg_values_supported: DPOP_ALGORITHMS.to_vec(),
            tls_client_certificate_bound_access_tokens: mutual_tls.certificates,
            mtls_endpoint_aliases: mutual_tls.base.as_ref().map(|base| EndpointAliases {
                pushed_authorization_request_endpoint: base.endpoint("/par"),
                token_endpoint: base.endpoint("/token"),
                revocation_endpoint: base.endpoint("/revoke"),
                introspection_endpoint: base.endpoint("/introspect"),
                userinfo_endpoint: base.endpoint("/userinfo"),
            }),
            protected_resources: vec![self.settings.issuer.to_string()],
        }
    }

    /// Where this server is described as a resource: the well-known part stands before the path (RFC 9728 3.1).
    pub fn resource_metadata_url(&self) -> String {
        let issuer = &self.settings.issuer;
        format!("{}{WELL_KNOWN}{}", issuer.origin(), issuer.path())
    }

    /// What this server says of itself as a resource: its issuer is the audience of the access tokens that userinfo and the
    /// admin API take.
    pub fn resource_metadata(&self) -> ResourceMetadata {
        let issuer = self.settings.issuer.to_string();
        ResourceMetadata {
            resource: issuer.clone(),
            authorization_servers: vec![issuer],
            scopes_supported: self.metadata().offers.scopes_supported,
            bearer_methods_supported: vec!["header", "body"],
            resource_name: "Userinfo",
            resource_signing_alg_values_supported: self.world.signer.algorithms(),
            dpop_signing_alg_values_supported: DPOP_ALGORITHMS.to_vec(),
            dpop_bound_access_tokens_required: false,
            tls_client_certificate_bound_access_tokens: self.settings.binding.mutual_tls.certificates,
        }
    }
}

//! What a registration may ask of certificates and profiles here.

use crate::Engine;
use crate::fapi2;
use gatewright_protocol::client_auth_method::ClientAuthMethod;
use gatewright_protocol::error::{ErrorCode, Refusal};
use gatewright_protocol::registration::metadata::ClientMetadata;
use gatewright_protocol::registration::verified::VerifiedMetadata;
use gatewright_protocol::security_profile::SecurityProfile;

impl Engine {
    /// Refuses what cannot work on this server, and what contradicts the client's security profile.
    pub(super) fn offer_binding(&self, metadata: &VerifiedMetadata) -> Result<(), Refusal> {
        let (offered, asked) = (&self.settings.binding.mutual_tls, &metadata.registered.binding);
        let method = metadata.token_endpoint_auth_method;
        if method.is_by_certificate() && !offered.certificates {
            return Err(refuse("token_endpoint_auth_method", "this server does not ask clients for certificates"));
        }
        if method == ClientAuthMethod::TlsClientAuth && !offered.authorities {
            return Err(refuse("token_endpoint_auth_method", "this server trusts no authority of client certificates"));
        }
        if asked.tls_client_certificate_bound_access_tokens == Some(true) && !offered.certificates {
            let member = "tls_client_certificate_bound_access_tokens";
            return Err(refuse(member, "this server does not ask clients for certificates"));
        }
        let fapi2 = Some(SecurityProfile::Fapi2);
        if asked.profile == fapi2 || self.settings.binding.profile == fapi2 {
            fapi2::admit_registration(metadata)?;
        }
        Ok(())
    }
}

/// A profile is what the operator holds a client to, so a client does not say it of itself.
pub(super) fn refuse_own_profile(metadata: &ClientMetadata) -> Result<(), Refusal> {
    match metadata.binding.profile {
        None => Ok(()),
        Some(_) => Err(refuse("profile", "it is the operator's to say")),
    }
}

fn refuse(member: &str, why: &str) -> Refusal {
    Refusal::new(ErrorCode::InvalidClientMetadata, format!("{member}: {why}."))
}

//! Whether this server has the response types that a client wants, and can tell it what it wants to be told in the way
//! it wants it (OpenID Connect Registration 2).

use super::build::wrong;
use crate::Engine;
use crate::error::EndpointError;
use gatewright_domain::client::{Client, ClientKeys};
use gatewright_domain::encryption::{Content, NotEncrypted, Recipient};
use gatewright_protocol::jws_algorithm::JwsAlgorithm;

impl Engine {
    /// Holds the algorithms of a client's answers against the keys that there are: the server's to sign, and the client's
    /// to encrypt to where they are registered with it. Keys at a `jwks_uri` are looked at when they are needed.
    ///
    /// # Errors
    /// `invalid_client_metadata` that names the member, or a fault of ours.
    pub(super) fn hold_answers(&self, client: &Client) -> Result<(), EndpointError> {
        self.offer_algorithm("id_token_signed_response_alg", Some(client.tokens.id_token_algorithm))?;
        self.offer_algorithm("userinfo_signed_response_alg", client.tokens.userinfo_algorithm)?;
        let introspection = client.answers.introspection_signed_response_alg;
        self.offer_algorithm("introspection_signed_response_alg", introspection)?;
        let authorization = client.requests.authorization_signed_response_alg;
        self.offer_algorithm("authorization_signed_response_alg", authorization)?;
        if let Some(missing) = client.response_types.iter().find(|asked| !self.settings.offers(**asked)) {
            return Err(wrong(&format!("response_types: '{missing}' is not available on this server.")).into());
        }
        let Some(ClientKeys::Inline(keys)) = &client.keys else { return Ok(()) };
        let encryptions = [
            ("id_token_encrypted_response_alg", client.answers.id_token()),
            ("userinfo_encrypted_response_alg", client.answers.userinfo()),
            ("introspection_encrypted_response_alg", client.answers.introspection()),
            ("authorization_encrypted_response_alg", client.requests.response_encryption()),
        ];
        for (member, how) in encryptions {
            let Some(how) = how.filter(|how| !how.alg.is_symmetric()) else { continue };
            match self.world.encrypter.encrypt("{}", Content::Json, how, Recipient::Keys(keys)) {
                Ok(_) => {}
                Err(NotEncrypted::NoKey(alg)) => {
                    return Err(wrong(&format!("{member}: jwks has no key to encrypt to with {alg}.")).into());
                }
                Err(NotEncrypted::Fault(fault)) => return Err(fault.into()),
            }
        }
        Ok(())
    }

    fn offer_algorithm(&self, member: &str, algorithm: Option<JwsAlgorithm>) -> Result<(), EndpointError> {
        let signs = |algorithm| algorithm == JwsAlgorithm::HS256 || self.world.signer.algorithms().contains(&algorithm);
        match algorithm {
            Some(algorithm) if !signs(algorithm) => {
                Err(wrong(&format!("{member}: this server does not sign with {algorithm}.")).into())
            }
            _ => Ok(()),
        }
    }
}

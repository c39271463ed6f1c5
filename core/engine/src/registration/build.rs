//! From verified metadata to a client, with the secret it may need.

use crate::Engine;
use crate::authorization::admit::Admission;
use crate::client_authentication::SECRET_PURPOSE;
use crate::error::EndpointError;
use crate::settings::STANDARD_SCOPES;
use gatewright_domain::client::{
    AccessTokenFormat, AuthenticationDefaults, Client, ClientAuthentication, ClientKeys, Presentation, TokenPreferences,
};
use gatewright_domain::entropy::{Entropy, random_text};
use gatewright_domain::fault::Fault;
use gatewright_domain::secret::SecretText;
use gatewright_domain::token_hash::{RandomToken, TokenHash};
use gatewright_protocol::client_auth_method::ClientAuthMethod;
use gatewright_protocol::client_id::ClientId;
use gatewright_protocol::error::{ErrorCode, Refusal};
use gatewright_protocol::registration::access_token_format;
use gatewright_protocol::registration::verified::{RegisteredKeys, VerifiedMetadata};
use gatewright_protocol::scope::{Scope, ScopeValue};
use serde_json::Value;

/// A secret on its way to the client; only its hash, or its sealed form, is kept.
#[derive(Debug)]
pub struct ClientSecret(pub RandomToken);

/// A client that is not stored yet.
#[derive(Debug)]
pub struct NewClient {
    /// The client.
    pub client: Client,
    /// Its secret, where its method needs one.
    pub secret: Option<ClientSecret>,
}

impl Engine {
    /// A new client of a drawn id.
    ///
    /// # Errors
    /// A refusal for what this server does not offer, or a fault of ours.
    pub fn build_client(&self, metadata: VerifiedMetadata) -> Result<NewClient, EndpointError> {
        let id = drawn_id(self.world.entropy.as_ref());
        let id = ClientId::try_from(id.as_str()).map_err(|error| Fault::caused("registration", error))?;
        let (authentication, secret) = self.authentication_of(&metadata)?;
        let sealed_secret = self.sealed(metadata.secret_is_a_key(), secret.as_ref())?;
        let client = Client { sealed_secret, ..self.client_of(id, metadata, authentication)? };
        self.hold_answers(&client)?;
        Ok(NewClient { client, secret })
    }

    /// The client as its owner wants it now. Its secret stays where its method still uses one.
    pub(super) fn rebuild_client(
        &self,
        old: &Client,
        metadata: VerifiedMetadata,
    ) -> Result<(Client, Option<ClientSecret>), EndpointError> {
        let is_key = metadata.secret_is_a_key();
        let same = old.authentication.method() == metadata.token_endpoint_auth_method
            && metadata.token_endpoint_auth_method != ClientAuthMethod::PrivateKeyJwt
            && (!is_key || old.sealed_secret.is_some());
        let (authentication, secret) = match same {
            true => (old.authentication.clone(), None),
            false => self.authentication_of(&metadata)?,
        };
        let kept = old.sealed_secret.clone().filter(|_| same && is_key);
        let sealed_secret = kept.map_or_else(|| self.sealed(is_key, secret.as_ref()), |kept| Ok(Some(kept)))?;
        let mut client = self.client_of(old.id.clone(), metadata, authentication)?;
        client.sealed_secret = sealed_secret;
        self.hold_answers(&client)?;
        client.issued_at = old.issued_at;
        client.registration_token = old.registration_token.clone();
        client.first_party = old.first_party;
        client.admin_scope = old.admin_scope.clone();
        Ok((client, secret))
    }

    /// Whether `secret` is this client's.
    pub(super) fn is_secret_of(&self, client: &Client, secret: &str) -> bool {
        match &client.authentication {
            ClientAuthentication::ClientSecretBasic { secret: hash }
            | ClientAuthentication::ClientSecretPost { secret: hash } => hash.matches(secret),
            ClientAuthentication::ClientSecretJwt {} => {
                let open = self.secret_of(client);
                open.is_ok_and(|open| open.is_some_and(|open| TokenHash::of(open.expose()).matches(secret)))
            }
            ClientAuthentication::None {}
            | ClientAuthentication::PrivateKeyJwt { .. }
            | ClientAuthentication::TlsClientAuth {}
            | ClientAuthentication::SelfSignedTlsClientAuth {} => false,
        }
    }

    fn authentication_of(
        &self,
        metadata: &VerifiedMetadata,
    ) -> Result<(ClientAuthentication, Option<ClientSecret>), EndpointError> {
        let draw = || RandomToken::draw(self.world.entropy.as_ref());
        Ok(match metadata.token_endpoint_auth_method {
            ClientAuthMethod::None => (ClientAuthentication::None {}, None),
            ClientAuthMethod::ClientSecretBasic => {
                let secret = draw();
                (ClientAuthentication::ClientSecretBasic { secret: secret.hash() }, Some(ClientSecret(secret)))
            }
            ClientAuthMethod::ClientSecretPost => {
                let secret = draw();
                (ClientAuthentication::ClientSecretPost { secret: secret.hash() }, Some(ClientSecret(secret)))
            }
            ClientAuthMethod::ClientSecretJwt => (ClientAuthentication::ClientSecretJwt {}, Some(ClientSecret(draw()))),
            ClientAuthMethod::PrivateKeyJwt => {
                let algorithm = metadata.token_endpoint_auth_signing_alg;
                (ClientAuthentication::PrivateKeyJwt { algorithm }, None)
            }
            ClientAuthMethod::TlsClientAuth => (ClientAuthentication::TlsClientAuth {}, None),
            ClientAuthMethod::SelfSignedTlsClientAuth => (ClientAuthentication::SelfSignedTlsClientAuth {}, None),
        })
    }

    /// A new secret as it is kept where it is a key.
    pub(super) fn sealed(&self, is_key: bool, secret: Option<&ClientSecret>) -> Result<Option<String>, Fault> {
        let secret = secret.filter(|_| is_key).map(|secret| SecretText::new(secret.0.expose()));
        secret.map(|secret| self.world.sealer.seal(SECRET_PURPOSE, &secret)).transpose()
    }

    fn client_of(
        &self,
        id: ClientId,
        metadata: VerifiedMetadata,
        authentication: ClientAuthentication,
    ) -> Result<Client, EndpointError> {
        self.offer_binding(&metadata)?;
        self.offer_requests(&metadata.registered.requests)?;
        let scope = self.registrable_scope(metadata.scope.as_ref());
        let mut registered = metadata.registered;
        registered.scope = Some(scope.clone());
        let presentation = Presentation {
            name: registered.client_name.clone(),
            logo_uri: registered.logo_uri.clone(),
            client_uri: registered.client_uri.clone(),
            policy_uri: registered.policy_uri.clone(),
            tos_uri: registered.tos_uri.clone(),
        };
        let document = serde_json::to_value(&registered).map_err(|error| Fault::caused("registration", error))?;
        let format = match metadata.access_token_format {
            None => self.settings.access_token_format,
            Some(access_token_format::AccessTokenFormat::Jwt) => AccessTokenFormat::Jwt,
            Some(access_token_format::AccessTokenFormat::Opaque) => AccessTokenFormat::Opaque,
        };
        Ok(Client {
            id,
            authentication,
            sealed_secret: None,
            keys: metadata.keys.map(keys_of),
            redirect_uris: metadata.redirect_uris,
            post_logout_redirect_uris: metadata.post_logout_redirect_uris,
            response_types: metadata.response_types,
            grant_types: metadata.grant_types,
            scope,
            admin_scope: Scope::empty(),
            application_type: metadata.application_type,
            presentation,
            subject_type: metadata.subject_type,
            sector: metadata.sector,
            tokens: TokenPreferences {
                id_token_algorithm: metadata.id_token_signed_response_alg,
                userinfo_algorithm: metadata.userinfo_signed_response_alg,
                access_token_format: format,
                access_token_lifetime_s: None,
                refresh_token_lifetime_s: None,
            },
            authentication_defaults: AuthenticationDefaults {
                max_age_s: metadata.default_max_age,
                require_auth_time: metadata.require_auth_time,
                acr_values: metadata.default_acr_values,
            },
            requests: registered.requests,
            answers: registered.answers,
            binding: registered.binding,
            logout: registered.logout,
            require_pkce: metadata.require_pkce,
            first_party: false,
            registration_token: None,
            registered_metadata: match document {
                Value::Object(document) => Some(document),
                _ => None,
            },
            issued_at: self.now(),
        })
    }

    /// The scope values a client may register: those this server knows; all of them where it names none.
    fn registrable_scope(&self, asked: Option<&Scope>) -> Scope {
        let policy = self.world.policies.live();
        let admission = Admission { settings: &self.settings, served_scopes: policy.served_scopes() };
        if let Some(asked) = asked {
            return asked.iter().filter(|value| admission.knows(value.as_str())).cloned().collect();
        }
        let own = self.settings.scopes.keys().map(String::as_str);
        let served = policy.served_scopes().iter().map(String::as_str);
        let all = STANDARD_SCOPES.into_iter().chain(own).chain(served);
        let known = all.filter(|value| admission.knows(value));
        known.filter_map(|value| ScopeValue::try_from(value).ok()).collect()
    }
}

/// A name that can be typed in a command: one that begins with a dash is taken for an option there.
fn drawn_id(entropy: &dyn Entropy) -> String {
    loop {
        let id = random_text::<16>(entropy);
        if !id.starts_with('-') {
            return id;
        }
    }
}

fn keys_of(registered: RegisteredKeys) -> ClientKeys {
    match registered {
        RegisteredKeys::Inline(keys) => ClientKeys::Inline(keys),
        RegisteredKeys::Uri(uri) => ClientKeys::Uri(uri),
    }
}

pub(super) fn wrong(why: &str) -> Refusal {
    Refusal::new(ErrorCode::InvalidClientMetadata, why)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicU8, Ordering};

    /// Bytes that begin with a dash in base64url, the first times.
    struct Dashing(AtomicU8);

    impl Entropy for Dashing {
        fn fill(&self, bytes: &mut [u8]) {
            let dashes_left = self.0.fetch_sub(1, Ordering::Relaxed) > 1;
            bytes.fill(if dashes_left { 0xf8 } else { 0 });
        }
    }

    #[test]
    fn no_client_is_named_like_an_option() {
        assert!(random_text::<16>(&Dashing(AtomicU8::new(2))).starts_with('-'));
        assert_eq!(drawn_id(&Dashing(AtomicU8::new(3))), "A".repeat(22));
    }
}

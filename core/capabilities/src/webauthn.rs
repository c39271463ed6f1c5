//! `webauthn`: passkeys and security keys over the store of factors (W3C Web Authentication Level 3, 7.1 and 7.2).
//!
//! A passkey is a factor of the kind `passkey`; its reference is the credential id, and its public key and counter are
//! sealed with it. Registration asks for a passkey that can be found without a username. Who is known already may sign
//! with any authenticator, and whether it asked for a PIN or a fingerprint is reported; who is not known must have been
//! asked for one, since the passkey is then all there is.

mod ceremony;
mod credential;
mod party;
#[cfg(test)]
mod tests;

pub use credential::CREDENTIAL_ID_BYTES_MAX;
pub use party::{NoRelyingParty, RelyingParty};

use crate::factor_vault::FactorVault;
use async_trait::async_trait;
use ceremony::{Ceremonies, Ceremony};
use credential::{Credentials, Kept};
use gatewright_domain::capabilities::kv::KeyValue;
use gatewright_domain::capabilities::users::{UserDirectory, UserKey};
use gatewright_domain::capabilities::webauthn::{PasskeyVerified, RESPONSE_BYTES_MAX, Webauthn};
use gatewright_domain::capabilities::{CallFailed, CapabilityError};
use gatewright_domain::clock::Clock;
use gatewright_domain::entropy::Entropy;
use gatewright_domain::factor::FACTORS_MAX;
use gatewright_domain::fault::Fault;
use gatewright_domain::identifiers::{FactorId, Subject};
use gatewright_domain::secret::SecretText;
use gatewright_domain::signing::Sealer;
use gatewright_domain::user::UserView;
use serde::de::DeserializeOwned;
use serde_json::Value;
use std::sync::Arc;
use webauthn_rs_core::error::WebauthnError;
use webauthn_rs_core::proto::{
    AllowCredentials, AttestationConveyancePreference, AuthenticationState, AuthenticatorTransport, COSEAlgorithm,
    PublicKeyCredential, PublicKeyCredentialDescriptor, RegisterPublicKeyCredential, RegistrationState,
    ResidentKeyRequirement, UserVerificationPolicy,
};

const PLACE: &str = "webauthn";
/// Most tries to note that a passkey was used, when others note the same at once.
const NOTES_MAX: usize = 4;

/// What passkeys stand on.
pub struct PasskeysSetup {
    /// Where they are kept.
    pub vault: FactorVault,
    /// Whose they are.
    pub users: Arc<dyn UserDirectory>,
    /// Where ceremonies are kept.
    pub kv: Arc<dyn KeyValue>,
    /// What makes the names that authenticators know end-users by.
    pub sealer: Arc<dyn Sealer>,
    /// Time.
    pub clock: Arc<dyn Clock>,
    /// Randomness. Challenges are drawn by the library, from the operating system as well.
    pub entropy: Arc<dyn Entropy>,
}

/// The server's passkeys.
pub struct Passkeys {
    party: RelyingParty,
    users: Arc<dyn UserDirectory>,
    sealer: Arc<dyn Sealer>,
    ceremonies: Ceremonies,
    credentials: Credentials,
}

impl Passkeys {
    /// Of the relying party `party`.
    pub fn new(party: RelyingParty, setup: PasskeysSetup) -> Self {
        let PasskeysSetup { vault, users, kv, sealer, clock, entropy } = setup;
        Self {
            party,
            users,
            sealer,
            ceremonies: Ceremonies { kv, clock: clock.clone(), entropy },
            credentials: Credentials { vault, clock },
        }
    }

    async fn enabled(&self, subject: &Subject) -> Result<Option<UserView>, Fault> {
        self.users.find(&UserKey::Subject(subject.clone())).await
    }

    /// What authenticators know an end-user by (4, "user handle"): the same for every passkey of theirs, so that one
    /// device keeps one for an account, and telling nothing to who does not have the master key.
    fn handle(&self, subject: &Subject) -> Vec<u8> {
        self.sealer.keyed_digest("webauthn.user", subject.as_str()).into_bytes()
    }

    /// Whether an answer is of who it should be (7.2, step 6): a passkey that names its end-user must name the one it
    /// was registered for, and must name one where nobody is known yet.
    fn is_of(&self, owner: &Subject, asked: Option<&Subject>, handle: Option<&[u8]>) -> bool {
        let named = handle.is_some_and(|handle| handle == self.handle(owner));
        match asked {
            Some(asked) => asked == owner && (named || handle.is_none()),
            None => named,
        }
    }

    async fn registered(
        &self,
        (subject, label): (&Subject, &str),
        state: &RegistrationState,
        response: &SecretText,
    ) -> Result<Option<FactorId>, CallFailed> {
        let Some(response) = read::<RegisterPublicKeyCredential>(response) else { return Ok(None) };
        let mut credential = match self.party.core.register_credential(&response, state, None) {
            Ok(credential) => credential,
            Err(error) => return Ok(refused("registered", &error)),
        };
        // A hint for the browser, where to look for it; nothing that is attested.
        let ways = response.response.transports.unwrap_or_default().into_iter();
        credential.transports = Some(ways.filter(|way| *way != AuthenticatorTransport::Unknown).collect());
        if self.enabled(subject).await?.is_none() {
            return Ok(None);
        }
        self.credentials.add(subject, label, &credential).await
    }

    async fn authenticated(
        &self,
        asked: Option<&Subject>,
        state: &AuthenticationState,
        response: &SecretText,
    ) -> Result<Option<PasskeyVerified>, CallFailed> {
        let Some(response) = read::<PublicKeyCredential>(response) else { return Ok(None) };
        for _ in 0..NOTES_MAX {
            let found = self.credentials.find(response.get_credential_id()).await?;
            let Some(Kept { factor, mut credential }) = found else { return Ok(None) };
            if !self.is_of(&factor.subject, asked, response.get_user_unique_id()) {
                return Ok(None);
            }
            let verified = match self.party.core.authenticate_single_credential(&response, state, &credential) {
                Ok(verified) => verified,
                Err(error) => return Ok(refused("used", &error)),
            };
            if self.enabled(&factor.subject).await?.is_none() {
                return Ok(None);
            }
            credential.counter = verified.counter();
            credential.backup_state = verified.backup_state();
            credential.backup_eligible = verified.backup_eligible();
            let user_verified = verified.user_verified();
            let passkey = PasskeyVerified { subject: factor.subject.clone(), factor: factor.id.clone(), user_verified };
            if self.credentials.note_use(factor, &credential).await? {
                return Ok(Some(passkey));
            }
        }
        Err(Fault::new(PLACE, "too many at once note that they used one passkey").into())
    }
}

#[async_trait]
impl Webauthn for Passkeys {
    async fn begin_registration(&self, subject: &Subject) -> Result<String, CallFailed> {
        let user = self.enabled(subject).await?.ok_or_else(|| invalid("there is no such end-user"))?;
        if self.credentials.count(subject).await? >= FACTORS_MAX {
            return Err(invalid("this end-user has too many factors; remove one first").into());
        }
        let claimed = user.claims.get("name").and_then(Value::as_str).filter(|name| !name.is_empty());
        let name = claimed.unwrap_or(&user.username);
        let core = &self.party.core;
        let builder = core.new_challenge_register_builder(&self.handle(subject), &user.username, name);
        let builder = builder
            .map_err(library)?
            .attestation(AttestationConveyancePreference::None)
            .credential_algorithms(COSEAlgorithm::secure_algs())
            .user_verification_policy(UserVerificationPolicy::Preferred);
        let (mut options, state) = core.generate_challenge_register(builder).map_err(library)?;
        if let Some(wanted) = &mut options.public_key.authenticator_selection {
            wanted.resident_key = Some(ResidentKeyRequirement::Preferred);
        }
        let ceremony = Ceremony::Registration { subject: subject.clone(), options, state };
        Ok(self.ceremonies.begin(&ceremony).await?)
    }

    async fn begin_authentication(&self, subject: Option<&Subject>) -> Result<String, CallFailed> {
        // A passkey alone says who somebody is: then it must have asked for more than a finger on it.
        let policy = match subject {
            Some(_) => UserVerificationPolicy::Preferred,
            None => UserVerificationPolicy::Required,
        };
        if let Some(subject) = subject
            && self.credentials.of(subject).await?.is_empty()
        {
            return Err(invalid("this end-user has no passkey").into());
        }
        let core = &self.party.core;
        let builder = core.new_challenge_authenticate_builder(vec![], Some(policy)).map_err(library)?;
        // A passkey that its device begins to keep in a cloud is the same passkey.
        let builder = builder.allow_backup_eligible_upgrade(true);
        let (options, state) = core.generate_challenge_authenticate(builder).map_err(library)?;
        let ceremony = Ceremony::Authentication { subject: subject.cloned(), options, state };
        Ok(self.ceremonies.begin(&ceremony).await?)
    }

    async fn options(&self, ceremony: &str) -> Result<Option<Value>, CallFailed> {
        let options = match self.ceremonies.find(ceremony).await? {
            None => return Ok(None),
            Some(Ceremony::Registration { subject, mut options, .. }) => {
                let known = self.credentials.of(&subject).await?;
                let exclude = known.into_iter().map(|Kept { credential, .. }| PublicKeyCredentialDescriptor {
                    type_: "public-key".to_owned(),
                    id: credential.cred_id.into(),
                    transports: credential.transports,
                });
                options.public_key.exclude_credentials = Some(exclude.collect());
                serde_json::to_value(&options)
            }
            Some(Ceremony::Authentication { subject, mut options, .. }) => {
                let known = match &subject {
                    Some(subject) => self.credentials.of(subject).await?,
                    None => vec![],
                };
                let allow = known.into_iter().map(|Kept { credential, .. }| AllowCredentials {
                    type_: "public-key".to_owned(),
                    id: credential.cred_id.into(),
                    transports: credential.transports,
                });
                options.public_key.allow_credentials = allow.collect();
                serde_json::to_value(&options)
            }
        };
        Ok(Some(options.map_err(|error| Fault::caused(PLACE, error))?))
    }

    async fn finish_registration(
        &self,
        ceremony: &str,
        label: &str,
        response: &SecretText,
    ) -> Result<Option<FactorId>, CallFailed> {
        match self.ceremonies.take(ceremony).await? {
            Some(Ceremony::Registration { subject, state, .. }) => {
                self.registered((&subject, label), &state, response).await
            }
            _ => Ok(None),
        }
    }

    async fn finish_authentication(
        &self,
        ceremony: &str,
        response: &SecretText,
    ) -> Result<Option<PasskeyVerified>, CallFailed> {
        match self.ceremonies.take(ceremony).await? {
            Some(Ceremony::Authentication { subject, state, .. }) => {
                self.authenticated(subject.as_ref(), &state, response).await
            }
            _ => Ok(None),
        }
    }
}

/// What the browser answered; none where that is no answer at all.
fn read<T: DeserializeOwned>(response: &SecretText) -> Option<T> {
    let text = response.expose();
    if text.len() > RESPONSE_BYTES_MAX { None } else { serde_json::from_str(text).ok() }
}

fn refused<T>(what: &str, error: &WebauthnError) -> Option<T> {
    tracing::info!("a passkey was not {what}: {error}");
    None
}

fn invalid(why: &str) -> CapabilityError {
    CapabilityError::Invalid { why: why.to_owned() }
}

fn library(error: WebauthnError) -> Fault {
    Fault::caused(PLACE, error)
}

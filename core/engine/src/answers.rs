//! What clients are told in JWTs: ID tokens, userinfo, introspection and authorization responses, signed with a key of
//! the server's or with the client's secret, and encrypted to the client where it wants it (OpenID Connect Core 10).
//!
//! What an answer will be signed and encrypted with is found before anything is consumed for it. A client whose keys do
//! not fit what it registered is refused with `invalid_request` and told which member to mend: the specifications name
//! no code for that, and `server_error` would have its owner wait for ours to be mended.

use crate::Engine;
use crate::error::EndpointError;
use gatewright_domain::client::{Client, ClientKeys};
use gatewright_domain::encryption::{Content, NotEncrypted, Recipient};
use gatewright_domain::fault::Fault;
use gatewright_domain::secret::SecretText;
use gatewright_domain::signing::TokenType;
use gatewright_protocol::error::Refusal;
use gatewright_protocol::jws_algorithm::JwsAlgorithm;
use gatewright_protocol::registration::encryption::Encryption;
use serde_json::{Map, Value};
use std::sync::Arc;

const PLACE: &str = "engine.answers";

/// How a kind of answer is made for a client.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Form {
    pub typ: TokenType,
    /// Not signed where absent: then it is encrypted JSON.
    pub signing: Option<JwsAlgorithm>,
    pub encryption: Option<Encryption>,
    /// The member that says how it is encrypted.
    pub member: &'static str,
}

/// What an answer will be signed and encrypted with.
pub(crate) struct Seal {
    form: Form,
    secret: Option<SecretText>,
    keys: Option<Arc<Value>>,
}

impl Form {
    /// ID tokens (OpenID Connect Core 2).
    pub fn id_token(client: &Client) -> Self {
        Self {
            typ: TokenType::Jwt,
            signing: Some(client.tokens.id_token_algorithm),
            encryption: client.answers.id_token(),
            member: "id_token_encrypted_response_alg",
        }
    }

    /// Userinfo answers (OpenID Connect Core 5.3.2); none for a client that is told in plain JSON.
    pub fn userinfo(client: &Client) -> Option<Self> {
        let (signing, encryption) = (client.tokens.userinfo_algorithm, client.answers.userinfo());
        let member = "userinfo_encrypted_response_alg";
        (signing.is_some() || encryption.is_some()).then_some(Self { typ: TokenType::Jwt, signing, encryption, member })
    }
}

impl Engine {
    /// Finds what an answer will be signed and encrypted with.
    ///
    /// # Errors
    /// A refusal when the client has no key that fits what it registered; a fault when there is no key of ours.
    pub(crate) async fn seal_for(&self, client: &Client, form: Form) -> Result<Seal, EndpointError> {
        let secret = self.secret_of(client)?;
        let can_sign = match form.signing {
            None => true,
            Some(JwsAlgorithm::HS256) => secret.is_some(),
            Some(algorithm) => self.world.signer.algorithms().contains(&algorithm),
        };
        if !can_sign {
            let missing = form.signing.map_or("", JwsAlgorithm::as_str);
            let message = format!("there is no {missing} key to sign this client's tokens with; nothing was consumed");
            return Err(Fault::new(PLACE, message).into());
        }
        let mut seal = Seal { form, secret, keys: None };
        let Some(how) = form.encryption else { return Ok(seal) };
        if how.alg.is_symmetric() {
            self.try_encryption(&seal, how)?;
            return Ok(seal);
        }
        let keys = client.keys.as_ref().ok_or_else(|| unusable(form))?;
        seal.keys = Some(self.recipient_keys(keys, form, false).await?);
        let first = self.try_encryption(&seal, how);
        if matches!(first, Err(EndpointError::Refused(_))) && matches!(keys, ClientKeys::Uri(_)) {
            // The client may have published its key since (OpenID Connect Core 10.2.1).
            seal.keys = Some(self.recipient_keys(keys, form, true).await?);
            self.try_encryption(&seal, how)?;
        } else {
            first?;
        }
        Ok(seal)
    }

    async fn recipient_keys(&self, keys: &ClientKeys, form: Form, afresh: bool) -> Result<Arc<Value>, Refusal> {
        let unreachable = |_| {
            let why = format!("The client's jwks_uri, needed for its {}, could not be fetched.", form.member);
            Refusal::invalid_request(why)
        };
        self.keys_of(keys, afresh).await.map_err(unreachable)
    }

    fn try_encryption(&self, seal: &Seal, how: Encryption) -> Result<(), EndpointError> {
        match self.encrypt_with(seal, "{}", how) {
            Ok(_) => Ok(()),
            Err(NotEncrypted::NoKey(_)) => Err(unusable(seal.form).into()),
            Err(NotEncrypted::Fault(fault)) => Err(fault.into()),
        }
    }

    fn encrypt_with(&self, seal: &Seal, text: &str, how: Encryption) -> Result<String, NotEncrypted> {
        let content = if seal.form.signing.is_some() { Content::Jwt } else { Content::Json };
        let to = match (&seal.keys, &seal.secret) {
            (Some(keys), _) => Recipient::Keys(keys),
            (None, Some(secret)) => Recipient::Secret(secret),
            (None, None) => return Err(NotEncrypted::NoKey(how.alg)),
        };
        self.world.encrypter.encrypt(text, content, how, to)
    }

    /// `claims`, signed and encrypted.
    ///
    /// # Errors
    /// A fault of the crypto library.
    pub(crate) fn sealed_claims(&self, seal: &Seal, claims: &Map<String, Value>) -> Result<String, Fault> {
        let signer = &self.world.signer;
        let text = match (seal.form.signing, &seal.secret) {
            (None, _) => serde_json::to_string(claims).map_err(|error| Fault::caused(PLACE, error))?,
            (Some(JwsAlgorithm::HS256), Some(secret)) => signer.sign_with_secret(secret, seal.form.typ, claims)?,
            (Some(algorithm), _) => signer.sign(algorithm, seal.form.typ, claims)?,
        };
        match seal.form.encryption {
            None => Ok(text),
            Some(how) => self.encrypt_with(seal, &text, how).map_err(|error| match error {
                NotEncrypted::Fault(fault) => fault,
                other => Fault::caused(PLACE, other),
            }),
        }
    }
}

fn unusable(form: Form) -> Refusal {
    let member = form.member;
    Refusal::invalid_request(format!("The client has no usable key for its {member}; add one to its jwks or jwks_uri."))
}

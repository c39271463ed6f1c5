//! How a client authenticates, the keys that takes, and how answers to it are signed (RFC 7591 2, RFC 7523 3,
//! OpenID Connect Core 9, OpenID Connect Dynamic Client Registration 1.0, 2).

use serde_json::Value;

use super::{members::wrong, metadata::ClientMetadata, verified::RegisteredKeys};
use crate::{
    client_auth_method::ClientAuthMethod, error::Refusal, jws_algorithm::JwsAlgorithm, public_jwk::SECRET_JWK_MEMBERS,
};

/// Most keys in a client's `jwks`.
pub(super) const JWKS_MAX_KEYS: usize = 32;

pub(super) struct Keys {
    pub(super) method: ClientAuthMethod,
    pub(super) assertion_algorithm: Option<JwsAlgorithm>,
    pub(super) keys: Option<RegisteredKeys>,
    pub(super) id_token_algorithm: JwsAlgorithm,
}

pub(super) fn resolve(metadata: &ClientMetadata) -> Result<Keys, Refusal> {
    let method = metadata.token_endpoint_auth_method.unwrap_or(ClientAuthMethod::ClientSecretBasic);
    let keys = registered_keys(metadata)?;
    let by_keys = [ClientAuthMethod::PrivateKeyJwt, ClientAuthMethod::SelfSignedTlsClientAuth];
    if by_keys.contains(&method) && keys.is_none() {
        return Err(wrong("jwks", &format!("is missing, and so is jwks_uri; {method} needs one of them")));
    }
    Ok(Keys {
        method,
        assertion_algorithm: assertion_algorithm(method, metadata.token_endpoint_auth_signing_alg)?,
        keys,
        id_token_algorithm: metadata.id_token_signed_response_alg.unwrap_or(JwsAlgorithm::RS256),
    })
}

fn registered_keys(metadata: &ClientMetadata) -> Result<Option<RegisteredKeys>, Refusal> {
    match (&metadata.jwks, &metadata.jwks_uri) {
        (Some(_), Some(_)) => Err(wrong("jwks", "and jwks_uri exclude each other")),
        (Some(jwks), None) => {
            refuse_keys(jwks).map_err(|why| wrong("jwks", why))?;
            Ok(Some(RegisteredKeys::Inline(jwks.clone())))
        }
        (None, Some(uri)) => Ok(Some(RegisteredKeys::Uri(uri.clone()))),
        (None, None) => Ok(None),
    }
}

fn refuse_keys(jwks: &Value) -> Result<(), &'static str> {
    let keys = jwks.get("keys").and_then(Value::as_array).ok_or("has no array keys")?;
    if keys.len() > JWKS_MAX_KEYS {
        return Err("has more than 32 keys");
    }
    for key in keys {
        let members = key.as_object().ok_or("has a key that is not an object")?;
        if members.keys().any(|member| SECRET_JWK_MEMBERS.contains(&member.as_str())) {
            return Err("has a private or symmetric key; only public keys are registered");
        }
    }
    Ok(())
}

/// The algorithm of the client's assertions; of no meaning, and not registered, for a client that has none.
fn assertion_algorithm(method: ClientAuthMethod, asked: Option<JwsAlgorithm>) -> Result<Option<JwsAlgorithm>, Refusal> {
    let member = "token_endpoint_auth_signing_alg";
    match (method, asked) {
        (ClientAuthMethod::PrivateKeyJwt, Some(JwsAlgorithm::HS256)) => {
            Err(wrong(member, "cannot be HS256 for private_key_jwt"))
        }
        (ClientAuthMethod::PrivateKeyJwt, asked) => Ok(asked),
        (ClientAuthMethod::ClientSecretJwt, None | Some(JwsAlgorithm::HS256)) => Ok(Some(JwsAlgorithm::HS256)),
        (ClientAuthMethod::ClientSecretJwt, Some(_)) => Err(wrong(member, "must be HS256 for client_secret_jwt")),
        _ => Ok(None),
    }
}

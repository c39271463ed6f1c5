//! How a client says who it is at the token, introspection and revocation endpoints (RFC 6749 2.3, RFC 7521
//! 4.2, RFC 7523 2.2). What it presents is read here; whether it is right is found out elsewhere.

use base64::{Engine, engine::general_purpose::STANDARD};
use zeroize::Zeroizing;

use crate::{
    client_auth_method::ClientAuthMethod,
    client_id::ClientId,
    credential::Credential,
    error::Refusal,
    params::{Params, decode},
};

/// The only `client_assertion_type` there is (RFC 7523 2.2).
pub const JWT_BEARER: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

/// What a client presented of itself, by exactly one method.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PresentedCredentials {
    /// Its name alone: a public client (RFC 6749 3.2.1), or one that its certificate proves (RFC 8705 2).
    None {
        /// Who it says it is.
        client_id: ClientId,
    },
    /// A secret in the `Authorization` header.
    SecretBasic {
        /// Who it says it is.
        client_id: ClientId,
        /// The secret.
        secret: Credential,
    },
    /// A secret in the form.
    SecretPost {
        /// Who it says it is.
        client_id: ClientId,
        /// The secret.
        secret: Credential,
    },
    /// A JWT made with its secret or private key, which says who it is.
    Assertion {
        /// Who the form says it is; must agree with the assertion (RFC 7521 4.2).
        client_id: Option<ClientId>,
        /// The JWT.
        assertion: Credential,
    },
}

impl PresentedCredentials {
    /// Reads what was presented, from the `Authorization` header and the form.
    ///
    /// # Errors
    /// `invalid_request` for two methods at once or a repeated parameter (RFC 6749 5.2); `invalid_client` for everything else,
    /// no credentials at all included.
    pub fn parse(authorization: Option<&str>, params: &Params) -> Result<Self, Refusal> {
        let client_id = client_id(params)?;
        let secret = params.single("client_secret")?;
        let assertion = params.single("client_assertion")?;
        let assertion_type = params.single("client_assertion_type")?;
        match (authorization, secret, assertion.or(assertion_type)) {
            (Some(_), Some(_), _) | (Some(_), _, Some(_)) | (_, Some(_), Some(_)) => {
                Err(Refusal::invalid_request("The client authenticates in more than one way."))
            }
            (Some(header), None, None) => parse_basic(header, client_id.as_ref()),
            (None, Some(secret), None) => Ok(Self::SecretPost {
                client_id: client_id.ok_or_else(missing_client_id)?,
                secret: parse_secret(secret)?,
            }),
            (None, None, Some(_)) => parse_assertion(client_id, assertion, assertion_type),
            (None, None, None) => match client_id {
                Some(client_id) => Ok(Self::None { client_id }),
                None => Err(Refusal::invalid_client("The client does not say who it is.")),
            },
        }
    }

    /// Who the client says it is; an assertion may be the only one to say.
    #[must_use]
    pub const fn client_id(&self) -> Option<&ClientId> {
        match self {
            Self::None { client_id } | Self::SecretBasic { client_id, .. } | Self::SecretPost { client_id, .. } => {
                Some(client_id)
            }
            Self::Assertion { client_id, .. } => client_id.as_ref(),
        }
    }

    /// Whether this is how a client registered for `method` authenticates.
    #[must_use]
    pub const fn is_by(&self, method: ClientAuthMethod) -> bool {
        match self {
            Self::None { .. } => matches!(method, ClientAuthMethod::None) || method.is_by_certificate(),
            Self::SecretBasic { .. } => matches!(method, ClientAuthMethod::ClientSecretBasic),
            Self::SecretPost { .. } => matches!(method, ClientAuthMethod::ClientSecretPost),
            Self::Assertion { .. } => {
                matches!(method, ClientAuthMethod::ClientSecretJwt | ClientAuthMethod::PrivateKeyJwt)
            }
        }
    }
}

fn client_id(params: &Params) -> Result<Option<ClientId>, Refusal> {
    let parsed = params.single("client_id")?.map(ClientId::try_from).transpose();
    parsed.map_err(|malformed| Refusal::invalid_client(malformed.to_string()))
}

fn missing_client_id() -> Refusal {
    Refusal::invalid_client("There is a client_secret but no client_id.")
}

fn parse_secret(text: &str) -> Result<Credential, Refusal> {
    Credential::try_from(text).map_err(|_| Refusal::invalid_client("The client secret cannot be one of this server's."))
}

/// Reads `Basic` credentials, whose two halves are encoded as in forms (RFC 6749 2.3.1). An empty secret is the same as
/// none.
fn parse_basic(header: &str, in_form: Option<&ClientId>) -> Result<PresentedCredentials, Refusal> {
    let refused = |why| Refusal::invalid_client(why);
    let encoded = match header.split_once(' ') {
        Some((scheme, rest)) if scheme.eq_ignore_ascii_case("Basic") => rest.trim(),
        _ => return Err(refused("The Authorization header does not have the scheme Basic.")),
    };
    let pair =
        STANDARD.decode(encoded).map(Zeroizing::new).map_err(|_| refused("The Authorization header is not base64."))?;
    let colon = pair
        .iter()
        .position(|byte| *byte == b':')
        .ok_or_else(|| refused("The Authorization header has no colon between its two parts."))?;
    let client_id = decode(&pair[..colon])
        .and_then(|text| ClientId::try_from(text).ok())
        .ok_or_else(|| refused("The Authorization header has no client_id."))?;
    if in_form.is_some_and(|in_form| *in_form != client_id) {
        return Err(refused("The Authorization header and the form name different clients."));
    }
    match decode(&pair[colon + 1..]).map(Zeroizing::new) {
        Some(secret) if secret.is_empty() => Ok(PresentedCredentials::None { client_id }),
        Some(secret) => Ok(PresentedCredentials::SecretBasic { client_id, secret: parse_secret(&secret)? }),
        None => Err(refused("The client secret is not UTF-8.")),
    }
}

fn parse_assertion(
    client_id: Option<ClientId>,
    assertion: Option<&str>,
    assertion_type: Option<&str>,
) -> Result<PresentedCredentials, Refusal> {
    let Some(assertion) = assertion else {
        return Err(Refusal::invalid_client("The client_assertion is missing."));
    };
    if assertion_type != Some(JWT_BEARER) {
        let why = format!("The client_assertion_type must be {JWT_BEARER}.");
        return Err(Refusal::invalid_client(why));
    }
    let assertion =
        Credential::from_token(assertion).map_err(|_| Refusal::invalid_client("The client_assertion is not a JWT."))?;
    Ok(PresentedCredentials::Assertion { client_id, assertion })
}

#[cfg(test)]
mod tests;

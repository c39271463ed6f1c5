//! FAPI 2.0 Security Profile, as rules (5.3.2): all that a client is held to whose profile it is, or whose server's.
//!
//! What needs no rule, because this server does it for everyone: exact redirect URIs, `iss` in responses, one use of codes, no
//! tokens in queries, TLS as RFC 9325 has it. Proofs and certificates are in [`crate::binding`].

use crate::settings::Settings;
use gatewright_domain::client::Client;
use gatewright_protocol::authorization::AuthorizationRequest;
use gatewright_protocol::client_auth_method::ClientAuthMethod;
use gatewright_protocol::error::{ErrorCode, Refusal};
use gatewright_protocol::grant_type::GrantType;
use gatewright_protocol::jws_algorithm::JwsAlgorithm;
use gatewright_protocol::redirect_uri::RedirectUri;
use gatewright_protocol::registration::verified::VerifiedMetadata;
use gatewright_protocol::request_object_algorithm::RequestObjectAlgorithm;
use gatewright_protocol::response_type::ResponseType;
use gatewright_protocol::security_profile::SecurityProfile;

/// Longest life of an authorization code, in seconds (5.3.2.1).
pub const CODE_S_MAX: u64 = 60;
/// How anything may be signed (5.4.1): RS256 and everything symmetric are not among them.
pub const ALGORITHMS: [JwsAlgorithm; 3] = [JwsAlgorithm::ES256, JwsAlgorithm::PS256, JwsAlgorithm::EdDSA];

/// Whether a client is held to this profile.
pub fn applies(settings: &Settings, client: &Client) -> bool {
    let profile = Some(SecurityProfile::Fapi2);
    settings.binding.profile == profile || client.binding.profile == profile
}

/// How long a code for the client lives, in seconds.
pub(crate) fn code_s(settings: &Settings, client: &Client) -> u64 {
    let own = settings.lifetimes.code_s;
    if applies(settings, client) { own.min(CODE_S_MAX) } else { own }
}

/// Holds a way of authenticating against the profile (5.3.2.1: confidential clients by a private key or a certificate).
///
/// # Errors
/// `invalid_client` for any other.
pub(crate) fn admit_method(method: ClientAuthMethod) -> Result<(), Refusal> {
    match method {
        ClientAuthMethod::PrivateKeyJwt
        | ClientAuthMethod::TlsClientAuth
        | ClientAuthMethod::SelfSignedTlsClientAuth => Ok(()),
        other => Err(Refusal::invalid_client(format!(
            "The security profile does not take the method {other}; register private_key_jwt or a certificate."
        ))),
    }
}

/// The algorithms of `offered` that the profile takes.
pub(crate) fn narrowed(offered: &[JwsAlgorithm]) -> Vec<JwsAlgorithm> {
    offered.iter().copied().filter(|algorithm| ALGORITHMS.contains(algorithm)).collect()
}

/// Whether the profile takes request objects that are signed so.
pub(crate) fn signs(algorithm: RequestObjectAlgorithm) -> bool {
    algorithm.signature().is_some_and(|algorithm| ALGORITHMS.contains(&algorithm))
}

/// Holds an authorization request against the profile (5.3.2.2).
///
/// # Errors
/// `unauthorized_client` for a response type with more than a code, `invalid_request` for the rest.
pub(crate) fn admit_request(asked: &AuthorizationRequest, is_pushed: bool) -> Result<(), Refusal> {
    if asked.response_type != ResponseType::Code {
        return Err(Refusal::unauthorized_client("The security profile takes the response_type code alone."));
    }
    if !is_pushed {
        return Err(Refusal::invalid_request(
            "The security profile has authorization requests pushed: send it to the PAR endpoint first.",
        ));
    }
    match asked.code_challenge {
        Some(_) => Ok(()),
        None => Err(Refusal::invalid_request(
            "The parameter code_challenge is missing; the security profile needs PKCE with code_challenge_method=S256.",
        )),
    }
}

/// Holds a registration against the profile.
///
/// # Errors
/// `invalid_client_metadata` that names the member and says what to write.
pub(crate) fn admit_registration(metadata: &VerifiedMetadata) -> Result<(), Refusal> {
    let refuse = |what: &str| {
        let why = format!("The client is held to the profile fapi2. The member {what}.");
        Err(Refusal::new(ErrorCode::InvalidClientMetadata, why))
    };
    if admit_method(metadata.token_endpoint_auth_method).is_err() {
        let what = "token_endpoint_auth_method must be private_key_jwt, tls_client_auth or self_signed_tls_client_auth";
        return refuse(what);
    }
    if metadata.grant_types.contains(&GrantType::Implicit) {
        return refuse("grant_types must not have implicit");
    }
    if metadata.response_types.iter().any(|asked| *asked != ResponseType::Code) {
        return refuse("response_types must be [\"code\"]");
    }
    let requests = &metadata.registered.requests;
    let signed = [
        ("token_endpoint_auth_signing_alg", metadata.token_endpoint_auth_signing_alg),
        ("id_token_signed_response_alg", Some(metadata.id_token_signed_response_alg)),
        ("userinfo_signed_response_alg", metadata.userinfo_signed_response_alg),
        ("authorization_signed_response_alg", requests.authorization_signed_response_alg),
    ];
    let bad = signed.iter().find(|(_, found)| found.is_some_and(|found| !ALGORITHMS.contains(&found)));
    if let Some((member, _)) = bad {
        return refuse(&format!("{member} must be ES256, PS256 or EdDSA"));
    }
    if requests.request_object_signing_alg.is_some_and(|algorithm| !signs(algorithm)) {
        return refuse("request_object_signing_alg must be ES256, PS256 or EdDSA");
    }
    if requests.require_pushed_authorization_requests == Some(false) {
        return refuse("require_pushed_authorization_requests cannot be false");
    }
    let plain = metadata.redirect_uris.iter().find(|uri| uri.as_str().starts_with("http://") && !is_loopback(uri));
    match plain {
        Some(_) => refuse("redirect_uris must have https URIs alone, loopback aside"),
        None => Ok(()),
    }
}

/// Whether a redirect URI is one of a native application on the end-user's machine (RFC 8252 7.3).
fn is_loopback(uri: &RedirectUri) -> bool {
    let hosts = ["http://127.0.0.1", "http://[::1]", "http://localhost"];
    let rest = hosts.iter().find_map(|host| uri.as_str().strip_prefix(host));
    rest.is_some_and(|rest| rest.is_empty() || rest.starts_with([':', '/', '?']))
}

#[cfg(test)]
mod tests;

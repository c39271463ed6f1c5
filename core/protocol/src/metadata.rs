//! What the server says of itself (RFC 8414 2, OpenID Connect Discovery 1.0 3, RP-Initiated Logout 1.0 2.1, RFC 9207 3).

pub mod answers;

use serde::Serialize;

use self::answers::AnswerAlgorithms;
use crate::{
    acr::Acr, binding_offers::BindingOffers, client_auth_method::ClientAuthMethod, grant_type::GrantType,
    issuer::Issuer, jws_algorithm::JwsAlgorithm, prompt::Prompt, request_offers::RequestOffers,
    response_mode::ResponseMode, response_type::ResponseType, scope::ScopeValue, subject_type::SubjectType,
};

/// The metadata document. Absent members say that the server has no such thing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ProviderMetadata {
    /// Who we are; the same text as `iss` everywhere.
    pub issuer: Issuer,
    /// Where clients and browsers go.
    #[serde(flatten)]
    pub endpoints: Endpoints,
    /// What may be asked for.
    #[serde(flatten)]
    pub offers: Offers,
    /// How answers are signed.
    #[serde(flatten)]
    pub algorithms: Algorithms,
    /// How answers may be signed and encrypted beside that.
    #[serde(flatten)]
    pub answers: AnswerAlgorithms,
    /// How clients authenticate.
    #[serde(flatten)]
    pub client_authentication: ClientAuthentication,
    /// How authorization requests may come.
    #[serde(flatten)]
    pub requests: RequestOffers,
    /// How tokens are bound to their sender.
    #[serde(flatten)]
    pub binding: BindingOffers,
    /// Which optional parts of the protocols are there.
    #[serde(flatten)]
    pub switches: Switches,
}

/// Absolute URLs of the endpoints.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Endpoints {
    /// RFC 6749 3.1.
    pub authorization_endpoint: String,
    /// RFC 6749 3.2.
    pub token_endpoint: String,
    /// OpenID Connect Core 5.3.
    pub userinfo_endpoint: String,
    /// The server's public keys (RFC 7517 5).
    pub jwks_uri: String,
    /// RFC 7591 3; absent where clients cannot register themselves.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub registration_endpoint: Option<String>,
    /// RFC 7662 2.
    pub introspection_endpoint: String,
    /// RFC 7009 2.
    pub revocation_endpoint: String,
    /// RP-Initiated Logout 1.0, 2.
    pub end_session_endpoint: String,
    /// Session Management 1.0, 3.3; absent where it is switched off.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub check_session_iframe: Option<String>,
    /// For humans: documentation of the service.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub service_documentation: Option<String>,
    /// For humans: how a client may use what it gets.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub op_policy_uri: Option<String>,
    /// For humans: terms of service.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub op_tos_uri: Option<String>,
}

/// What a client may ask for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Offers {
    /// Scope values that may be asked for.
    pub scopes_supported: Vec<ScopeValue>,
    /// Claims that may come.
    pub claims_supported: Vec<String>,
    /// How claims come: `normal` (OpenID Connect Core 5.6).
    pub claim_types_supported: Vec<&'static str>,
    /// Response types.
    pub response_types_supported: Vec<ResponseType>,
    /// Response modes.
    pub response_modes_supported: Vec<ResponseMode>,
    /// Grant types.
    pub grant_types_supported: Vec<GrantType>,
    /// Acrs that an authentication can reach.
    pub acr_values_supported: Vec<Acr>,
    /// Values of `prompt` (Initiating User Registration 1.0, 3).
    pub prompt_values_supported: Vec<Prompt>,
    /// Values of `display`: pages adapt by themselves.
    pub display_values_supported: Vec<&'static str>,
    /// How `sub` is made.
    pub subject_types_supported: Vec<SubjectType>,
    /// PKCE methods (RFC 8414 2).
    pub code_challenge_methods_supported: Vec<&'static str>,
    /// Languages of the pages.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub ui_locales_supported: Vec<String>,
}

/// The algorithms answers are signed with.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Algorithms {
    /// For ID tokens.
    pub id_token_signing_alg_values_supported: Vec<JwsAlgorithm>,
    /// For signed userinfo answers.
    pub userinfo_signing_alg_values_supported: Vec<JwsAlgorithm>,
    /// For JWT access tokens (RFC 9068 4).
    pub access_token_signing_alg_values_supported: Vec<JwsAlgorithm>,
}

/// How a client may authenticate, at each endpoint where it must.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ClientAuthentication {
    /// At the token endpoint.
    pub token_endpoint_auth_methods_supported: Vec<ClientAuthMethod>,
    /// Algorithms of assertions at the token endpoint.
    pub token_endpoint_auth_signing_alg_values_supported: Vec<JwsAlgorithm>,
    /// At the introspection endpoint.
    pub introspection_endpoint_auth_methods_supported: Vec<ClientAuthMethod>,
    /// Algorithms of assertions at the introspection endpoint.
    pub introspection_endpoint_auth_signing_alg_values_supported: Vec<JwsAlgorithm>,
    /// At the revocation endpoint.
    pub revocation_endpoint_auth_methods_supported: Vec<ClientAuthMethod>,
    /// Algorithms of assertions at the revocation endpoint.
    pub revocation_endpoint_auth_signing_alg_values_supported: Vec<JwsAlgorithm>,
}

impl ClientAuthentication {
    /// The same methods and algorithms at every endpoint, but that a public client cannot introspect.
    #[must_use]
    pub fn same_everywhere(methods: &[ClientAuthMethod], algorithms: &[JwsAlgorithm]) -> Self {
        let confidential = methods.iter().copied().filter(|method| *method != ClientAuthMethod::None).collect();
        Self {
            token_endpoint_auth_methods_supported: methods.to_vec(),
            token_endpoint_auth_signing_alg_values_supported: algorithms.to_vec(),
            introspection_endpoint_auth_methods_supported: confidential,
            introspection_endpoint_auth_signing_alg_values_supported: algorithms.to_vec(),
            revocation_endpoint_auth_methods_supported: methods.to_vec(),
            revocation_endpoint_auth_signing_alg_values_supported: algorithms.to_vec(),
        }
    }
}

/// Optional parts that are there or not. All of them are said, since their defaults are not the same everywhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Switches {
    /// Whether `claims` is read (OpenID Connect Core 5.5).
    pub claims_parameter_supported: bool,
    /// Whether `iss` comes with every authorization response (RFC 9207 3).
    pub authorization_response_iss_parameter_supported: bool,
    /// How clients are told of logouts.
    #[serde(flatten)]
    pub logout: LogoutSwitches,
}

/// How clients are told of logouts (Front-Channel Logout 1.0, 3; Back-Channel Logout 1.0, 2.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct LogoutSwitches {
    /// Whether their pages are loaded.
    pub frontchannel_logout_supported: bool,
    /// Whether these pages are told which session.
    pub frontchannel_logout_session_supported: bool,
    /// Whether logout tokens are posted to them.
    pub backchannel_logout_supported: bool,
    /// Whether logout tokens name the session.
    pub backchannel_logout_session_supported: bool,
}

impl LogoutSwitches {
    /// All of it.
    pub const ALL: Self = Self {
        frontchannel_logout_supported: true,
        frontchannel_logout_session_supported: true,
        backchannel_logout_supported: true,
        backchannel_logout_session_supported: true,
    };
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::{
        claims::STANDARD_CLAIMS, pkce::CODE_CHALLENGE_METHOD, request_object_algorithm::RequestObjectAlgorithm,
    };

    fn metadata() -> ProviderMetadata {
        let issuer = Issuer::try_from("https://as.example").unwrap();
        let endpoint = |path| issuer.endpoint(path);
        ProviderMetadata {
            endpoints: Endpoints {
                authorization_endpoint: endpoint("/authorize"),
                token_endpoint: endpoint("/token"),
                userinfo_endpoint: endpoint("/userinfo"),
                jwks_uri: endpoint("/jwks"),
                registration_endpoint: None,
                introspection_endpoint: endpoint("/introspect"),
                revocation_endpoint: endpoint("/revoke"),
                end_session_endpoint: endpoint("/end_session"),
                check_session_iframe: None,
                service_documentation: None,
                op_policy_uri: None,
                op_tos_uri: None,
            },
            offers: Offers {
                scopes_supported: vec![ScopeValue::try_from("openid").unwrap()],
                claims_supported: STANDARD_CLAIMS.iter().map(ToString::to_string).collect(),
                claim_types_supported: vec!["normal"],
                response_types_supported: ResponseType::ALL.to_vec(),
                response_modes_supported: ResponseMode::ALL.to_vec(),
                grant_types_supported: GrantType::ALL.to_vec(),
                acr_values_supported: vec![],
                prompt_values_supported: Prompt::ALL.to_vec(),
                display_values_supported: vec!["page"],
                subject_types_supported: SubjectType::ALL.to_vec(),
                code_challenge_methods_supported: vec![CODE_CHALLENGE_METHOD],
                ui_locales_supported: vec![],
            },
            algorithms: Algorithms {
                id_token_signing_alg_values_supported: vec![JwsAlgorithm::RS256],
                userinfo_signing_alg_values_supported: vec![JwsAlgorithm::RS256],
                access_token_signing_alg_values_supported: vec![JwsAlgorithm::ES256],
            },
            answers: AnswerAlgorithms::of(&[JwsAlgorithm::ES256]),
            client_authentication: ClientAuthentication::same_everywhere(ClientAuthMethod::ALL, &[JwsAlgorithm::ES256]),
            binding: BindingOffers {
                dpop_signing_alg_values_supported: vec![JwsAlgorithm::ES256],
                tls_client_certificate_bound_access_tokens: false,
                mtls_endpoint_aliases: None,
                protected_resources: vec![issuer.to_string()],
            },
            requests: RequestOffers {
                pushed_authorization_request_endpoint: endpoint("/par"),
                require_pushed_authorization_requests: false,
                require_signed_request_object: false,
                request_parameter_supported: true,
                request_uri_parameter_supported: true,
                require_request_uri_registration: true,
                request_object_signing_alg_values_supported: RequestObjectAlgorithm::ALL.to_vec(),
                request_object_encryption_alg_values_supported: vec![],
                request_object_encryption_enc_values_supported: vec![],
            },
            switches: Switches {
                claims_parameter_supported: true,
                authorization_response_iss_parameter_supported: true,
                logout: LogoutSwitches::ALL,
            },
            issuer,
        }
    }

    #[test]
    fn the_document_is_flat_and_names_what_rfc_8414_requires() {
        let document = serde_json::to_value(metadata()).unwrap();
        assert_eq!(document["issuer"], "https://as.example");
        assert_eq!(document["token_endpoint"], "https://as.example/token");
        assert_eq!(
            document["response_types_supported"],
            json!(["code", "code id_token", "id_token", "code token", "id_token token", "code id_token token"])
        );
        assert_eq!(document["code_challenge_methods_supported"], json!(["S256"]));
        assert_eq!(document["require_pushed_authorization_requests"], false);
        assert!(document.as_object().unwrap().values().all(|member| !member.is_object()));
    }

    #[test]
    fn what_is_not_there_is_not_named() {
        let document = serde_json::to_value(metadata()).unwrap();
        assert_eq!(document.get("registration_endpoint"), None);
        assert!(document.as_object().unwrap().values().all(|member| *member != Value::Null));
    }

    #[test]
    fn a_public_client_is_not_offered_introspection() {
        let offered = metadata().client_authentication;
        assert!(!offered.introspection_endpoint_auth_methods_supported.contains(&ClientAuthMethod::None));
        assert!(offered.revocation_endpoint_auth_methods_supported.contains(&ClientAuthMethod::None));
    }
}

//! `/.well-known/openid-configuration` and `oauth-authorization-server` (OpenID Connect Discovery 3, RFC 8414 2).

use crate::Engine;
use crate::binding::BindingSettings;
use crate::client_authentication::ASSERTION_ALGORITHMS;
use crate::fapi2;
use crate::settings::STANDARD_SCOPES;
use gatewright_domain::hooks::Policy;
use gatewright_protocol::claims::STANDARD_CLAIMS;
use gatewright_protocol::client_auth_method::ClientAuthMethod;
use gatewright_protocol::grant_type::GrantType;
use gatewright_protocol::jwe::JweEncryption;
use gatewright_protocol::jws_algorithm::JwsAlgorithm;
use gatewright_protocol::metadata::answers::AnswerAlgorithms;
use gatewright_protocol::metadata::{
    Algorithms, ClientAuthentication, Endpoints, LogoutSwitches, Offers, ProviderMetadata, Switches,
};
use gatewright_protocol::prompt::Prompt;
use gatewright_protocol::request_offers::RequestOffers;
use gatewright_protocol::response_mode::ResponseMode;
use gatewright_protocol::response_type::ResponseType;
use gatewright_protocol::scope::ScopeValue;
use gatewright_protocol::security_profile::SecurityProfile;
use gatewright_protocol::subject_type::SubjectType;
use serde_json::Value;

impl Engine {
    /// What this server offers, the live policy's ACRs, scopes and claims among it.
    pub fn metadata(&self) -> ProviderMetadata {
        let policy = self.world.policies.live();
        ProviderMetadata {
            issuer: self.settings.issuer.clone(),
            endpoints: self.endpoints(),
            offers: self.offers(policy.as_ref()),
            algorithms: self.algorithms(),
            answers: AnswerAlgorithms::of(&self.answer_signing()),
            client_authentication: self.client_authentication(),
            requests: self.request_offers(),
            binding: self.binding_offers(),
            switches: Switches {
                claims_parameter_supported: true,
                authorization_response_iss_parameter_supported: true,
                logout: LogoutSwitches::ALL,
            },
        }
    }

    /// Digest of the live policy.
    pub fn policy_digest(&self) -> String {
        self.world.policies.live().digest().to_string()
    }

    /// The public keys (RFC 7517 5).
    pub fn jwks(&self) -> Value {
        self.world.signer.jwks()
    }

    fn endpoints(&self) -> Endpoints {
        let at = |path: &str| self.settings.issuer.endpoint(path);
        Endpoints {
            authorization_endpoint: at("/authorize"),
            token_endpoint: at("/token"),
            userinfo_endpoint: at("/userinfo"),
            jwks_uri: at("/jwks"),
            registration_endpoint: self.settings.open_registration.then(|| at("/register")),
            introspection_endpoint: at("/introspect"),
            revocation_endpoint: at("/revoke"),
            end_session_endpoint: at("/end_session"),
            check_session_iframe: self.manages_sessions().then(|| at("/check_session")),
            service_documentation: None,
            op_policy_uri: None,
            op_tos_uri: None,
        }
    }

    fn request_offers(&self) -> RequestOffers {
        let settings = &self.settings.requests;
        RequestOffers {
            pushed_authorization_request_endpoint: self.settings.issuer.endpoint("/par"),
            require_pushed_authorization_requests: settings.require_pushed || self.is_fapi2(),
            require_signed_request_object: settings.require_signed_object,
            request_parameter_supported: true,
            request_uri_parameter_supported: true,
            require_request_uri_registration: true,
            request_object_signing_alg_values_supported: match self.is_fapi2() {
                true => settings.object_algorithms().into_iter().filter(|offered| fapi2::signs(*offered)).collect(),
                false => settings.object_algorithms(),
            },
            request_object_encryption_alg_values_supported: self.request_object_encryption(),
            request_object_encryption_enc_values_supported: JweEncryption::ALL.to_vec(),
        }
    }

    fn offers(&self, policy: &dyn Policy) -> Offers {
        let own_scopes = self.settings.scopes.keys().map(String::as_str);
        let served = policy.served_scopes().iter().map(String::as_str);
        let mut scopes: Vec<&str> = STANDARD_SCOPES.into_iter().chain(own_scopes).chain(served).collect();
        let own_claims = self.settings.scopes.values().flatten().map(String::as_str);
        let served_claims = policy.served_claims().iter().map(String::as_str);
        let authentication_claims = ["iss", "auth_time", "acr", "amr", "nonce"];
        let standard = STANDARD_CLAIMS.iter().copied().chain(authentication_claims);
        let mut claims: Vec<&str> = standard.chain(own_claims).chain(served_claims).collect();
        keep_first(&mut scopes);
        keep_first(&mut claims);
        Offers {
            scopes_supported: scopes.into_iter().filter_map(|value| ScopeValue::try_from(value).ok()).collect(),
            claims_supported: claims.into_iter().map(ToOwned::to_owned).collect(),
            claim_types_supported: vec!["normal", "aggregated", "distributed"],
            response_types_supported: match self.is_fapi2() {
                true => vec![ResponseType::Code],
                false => self.settings.response_types(),
            },
            response_modes_supported: ResponseMode::ALL.to_vec(),
            grant_types_supported: self.grant_types(),
            acr_values_supported: policy.acrs().iter().map(|method| method.acr.clone()).collect(),
            prompt_values_supported: Prompt::ALL.to_vec(),
            display_values_supported: vec!["page"],
            subject_types_supported: SubjectType::ALL.to_vec(),
            code_challenge_methods_supported: vec!["S256"],
            ui_locales_supported: self.settings.ui_locales.clone(),
        }
    }

    fn algorithms(&self) -> Algorithms {
        let signing = self.answer_signing();
        Algorithms {
            id_token_signing_alg_values_supported: signing.clone(),
            userinfo_signing_alg_values_supported: signing,
            access_token_signing_alg_values_supported: vec![self.world.signer.default_algorithm()],
        }
    }

    /// With what answers may be signed: the server's keys, and a client's secret, which no client of FAPI 2.0 has.
    fn answer_signing(&self) -> Vec<JwsAlgorithm> {
        let mut signing = self.world.signer.algorithms();
        if !self.is_fapi2() {
            signing.push(JwsAlgorithm::HS256);
        }
        signing
    }
}

impl Engine {
    fn client_authentication(&self) -> ClientAuthentication {
        let methods: Vec<ClientAuthMethod> =
            ClientAuthMethod::ALL.iter().copied().filter(|method| self.offers_method(*method)).collect();
        let mut algorithms = ASSERTION_ALGORITHMS.to_vec();
        match self.settings.binding.profile {
            Some(SecurityProfile::Fapi2) => algorithms = fapi2::narrowed(&algorithms),
            None => algorithms.push(JwsAlgorithm::HS256),
        }
        ClientAuthentication::same_everywhere(&methods, &algorithms)
    }

    fn grant_types(&self) -> Vec<GrantType> {
        let front_channel = !self.is_fapi2();
        GrantType::ALL.iter().copied().filter(|grant| front_channel || *grant != GrantType::Implicit).collect()
    }

    /// Whether every client is held to FAPI 2.0.
    fn is_fapi2(&self) -> bool {
        self.settings.binding.profile == Some(SecurityProfile::Fapi2)
    }

    fn offers_method(&self, method: ClientAuthMethod) -> bool {
        let BindingSettings { profile, mutual_tls, .. } = &self.settings.binding;
        let by_profile = profile.is_none() || fapi2::admit_method(method).is_ok();
        by_profile
            && match method {
                ClientAuthMethod::TlsClientAuth => mutual_tls.certificates && mutual_tls.authorities,
                ClientAuthMethod::SelfSignedTlsClientAuth => mutual_tls.certificates,
                _ => true,
            }
    }
}

fn keep_first(values: &mut Vec<&str>) {
    let mut seen = std::collections::BTreeSet::new();
    values.retain(|value| seen.insert(*value));
}

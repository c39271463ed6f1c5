//! `/.well-known/openid-configuration` and `oauth-authorization-server` (OpenID Connect Discovery 3, RFC 8414 2).

use crate::Engine;
use crate::client_authentication::ASSERTION_ALGORITHMS;
use crate::settings::STANDARD_SCOPES;
use gatewright_domain::hooks::Policy;
use gatewright_protocol::claims::STANDARD_CLAIMS;
use gatewright_protocol::client_auth_method::ClientAuthMethod;
use gatewright_protocol::grant_type::GrantType;
use gatewright_protocol::jws_algorithm::JwsAlgorithm;
use gatewright_protocol::metadata::{
    Algorithms, ClientAuthentication, Endpoints, LogoutSwitches, Offers, ProviderMetadata, Switches,
};
use gatewright_protocol::prompt::Prompt;
use gatewright_protocol::response_mode::ResponseMode;
use gatewright_protocol::response_type::ResponseType;
use gatewright_protocol::scope::ScopeValue;
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
            client_authentication: client_authentication(),
            switches: Switches {
                claims_parameter_supported: true,
                request_parameter_supported: false,
                request_uri_parameter_supported: false,
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
            claim_types_supported: vec!["normal"],
            response_types_supported: ResponseType::ALL.to_vec(),
            response_modes_supported: ResponseMode::ALL.to_vec(),
            grant_types_supported: GrantType::ALL.to_vec(),
            acr_values_supported: policy.acrs().iter().map(|method| method.acr.clone()).collect(),
            prompt_values_supported: Prompt::ALL.to_vec(),
            display_values_supported: vec!["page"],
            subject_types_supported: SubjectType::ALL.to_vec(),
            code_challenge_methods_supported: vec!["S256"],
            ui_locales_supported: self.settings.ui_locales.clone(),
        }
    }

    fn algorithms(&self) -> Algorithms {
        let signing = self.world.signer.algorithms();
        Algorithms {
            id_token_signing_alg_values_supported: signing.clone(),
            userinfo_signing_alg_values_supported: signing,
            access_token_signing_alg_values_supported: vec![self.world.signer.default_algorithm()],
        }
    }
}

fn client_authentication() -> ClientAuthentication {
    let mut algorithms = ASSERTION_ALGORITHMS.to_vec();
    algorithms.push(JwsAlgorithm::HS256);
    ClientAuthentication::same_everywhere(ClientAuthMethod::ALL, &algorithms)
}

fn keep_first(values: &mut Vec<&str>) {
    let mut seen = std::collections::BTreeSet::new();
    values.retain(|value| seen.insert(*value));
}

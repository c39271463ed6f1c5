//! Samples for the tables of this folder's rules.

use super::admit::{Admission, AdmittedRequest, admit};
use super::request::parameters::RequestParameters;
use super::resolve::resolve;
use crate::settings::Settings;
use gatewright_domain::client::{
    AccessTokenFormat, AuthenticationDefaults, Client, ClientAuthentication, Presentation, TokenPreferences,
};
use gatewright_domain::clock::Timestamp;
use gatewright_domain::hooks::{Acrs, Method};
use gatewright_domain::identifiers::{BundleDigest, SessionId, Subject};
use gatewright_domain::session::Session;
use gatewright_domain::token_hash::TokenHash;
use gatewright_protocol::acr::Acr;
use gatewright_protocol::application_type::ApplicationType;
use gatewright_protocol::client_id::ClientId;
use gatewright_protocol::error::ErrorCode;
use gatewright_protocol::grant_type::GrantType;
use gatewright_protocol::issuer::Issuer;
use gatewright_protocol::jws_algorithm::JwsAlgorithm;
use gatewright_protocol::params::Params;
use gatewright_protocol::redirect_uri::RedirectUri;
use gatewright_protocol::registration::answer_metadata::AnswerMetadata;
use gatewright_protocol::registration::binding_metadata::BindingMetadata;
use gatewright_protocol::registration::logout_metadata::LogoutMetadata;
use gatewright_protocol::registration::request_metadata::RequestMetadata;
use gatewright_protocol::response_type::ResponseType;
use gatewright_protocol::scope::Scope;
use gatewright_protocol::subject_type::SubjectType;
use std::sync::Arc;

pub(crate) fn sample_client() -> Client {
    Client {
        id: ClientId::try_from("c1").unwrap(),
        authentication: ClientAuthentication::ClientSecretBasic { secret: TokenHash::of("s1") },
        redirect_uris: vec![RedirectUri::try_from("https://client.example/cb").unwrap()],
        post_logout_redirect_uris: vec![],
        response_types: ResponseType::ALL.to_vec(),
        grant_types: GrantType::ALL.to_vec(),
        scope: Scope::parse("openid profile email offline_access").unwrap(),
        admin_scope: Scope::empty(),
        application_type: ApplicationType::Web,
        presentation: Presentation::default(),
        subject_type: SubjectType::Public,
        sector: None,
        tokens: TokenPreferences {
            id_token_algorithm: JwsAlgorithm::ES256,
            userinfo_algorithm: None,
            access_token_format: AccessTokenFormat::Jwt,
            access_token_lifetime_s: None,
            refresh_token_lifetime_s: None,
        },
        authentication_defaults: AuthenticationDefaults::default(),
        require_pkce: false,
        keys: None,
        sealed_secret: None,
        requests: RequestMetadata::default(),
        answers: AnswerMetadata::default(),
        binding: BindingMetadata::default(),
        logout: LogoutMetadata::default(),
        first_party: false,
        registration_token: None,
        registered_metadata: None,
        issued_at: Timestamp(0),
    }
}

pub(crate) fn sample_acrs() -> Acrs {
    let method =
        |acr: &str, level| Method { acr: Acr::try_from(acr).unwrap(), level, amr: vec![], factor: None, enrols: false };
    Acrs::new(vec![method("pwd", 10), method("otp", 20)], Acr::try_from("pwd").unwrap()).unwrap()
}

pub(crate) fn sample_session() -> Session {
    Session {
        cookie: TokenHash::of("cookie"),
        id: SessionId::parse("sid").unwrap(),
        subject: Subject::parse("alice").unwrap(),
        acr: Acr::try_from("pwd").unwrap(),
        level: 10,
        amr: vec![],
        auth_time: Timestamp(1_000_000),
        created_at: Timestamp(1_000_000),
        expires_at: Timestamp(2_000_000),
        bundle: BundleDigest::parse("b").unwrap(),
        address: None,
        user_agent: None,
    }
}

fn try_admit(client: Client, query: &str, require_pkce: bool) -> Result<AdmittedRequest, ErrorCode> {
    let settings =
        Settings { require_pkce, implicit: true, ..Settings::new(Issuer::try_from("https://id.example").unwrap()) };
    let mut whole = query.to_owned();
    for (name, default) in [("response_type", "code"), ("scope", "openid+profile")] {
        if !query.split('&').any(|pair| pair.starts_with(&format!("{name}="))) {
            whole = format!("{whole}&{name}={default}");
        }
    }
    let params = Params::parse_query(&format!("{whole}&redirect_uri=https://client.example/cb")).unwrap();
    let parameters = RequestParameters::brought(&params);
    let resolved = resolve(Arc::new(client), &parameters).unwrap();
    admit(&parameters, &resolved, &Admission { settings: &settings, served_scopes: &[] })
        .map_err(|refusal| refusal.code())
}

pub(crate) fn admitted(query: &str) -> AdmittedRequest {
    try_admit(sample_client(), query, false).unwrap()
}

const CHALLENGE: &str = "code_challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM&code_challenge_method=S256";

#[test]
fn a_public_client_must_use_pkce_and_a_confidential_one_may() {
    let public = || Client { authentication: ClientAuthentication::None {}, ..sample_client() };
    let strict = || Client { require_pkce: true, ..sample_client() };
    let rows = [
        (public(), "", false, Err(ErrorCode::InvalidRequest)),
        (public(), CHALLENGE, false, Ok(())),
        (strict(), "", false, Err(ErrorCode::InvalidRequest)),
        (sample_client(), "", true, Err(ErrorCode::InvalidRequest)),
        (sample_client(), "", false, Ok(())),
        (sample_client(), CHALLENGE, true, Ok(())),
        (public(), "response_type=id_token&nonce=n", false, Ok(())),
    ];
    for (client, query, required, expected) in rows {
        assert_eq!(try_admit(client, query, required).map(|_| ()), expected, "{query} {required}");
    }
}

#[test]
fn a_response_type_that_was_not_registered_is_unauthorized() {
    let client = Client { response_types: vec![ResponseType::Code], ..sample_client() };
    let refused = try_admit(client, "response_type=code+id_token&nonce=n", false);
    assert_eq!(refused.map(|_| ()), Err(ErrorCode::UnauthorizedClient));
}

#[test]
fn scope_comes_down_to_what_the_client_may_have() {
    let scope = |query: &str| try_admit(sample_client(), query, false).map(|request| request.scope().to_string());
    assert_eq!(scope("scope=openid+phone+email+unheard_of").unwrap(), "openid email");
    assert_eq!(scope("scope=phone"), Err(ErrorCode::InvalidScope));
    assert_eq!(scope("scope=openid+offline_access").unwrap(), "openid offline_access");
    assert_eq!(scope("scope=openid+offline_access&response_type=id_token&nonce=n").unwrap(), "openid");
    assert_eq!(scope("scope=email&response_type=id_token&nonce=n"), Err(ErrorCode::InvalidScope));
}

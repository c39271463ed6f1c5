//! One good example of every noun, for tests to start from and change where they care.

use crate::clock::DEFAULT_NOW;
use gatewright_domain::access_token::{AccessTokenMeaning, OpaqueAccessToken};
use gatewright_domain::client::{
    AccessTokenFormat, AuthenticationDefaults, Client, ClientAuthentication, Presentation, TokenPreferences,
};
use gatewright_domain::code::{AuthenticationContext, AuthorizationCode};
use gatewright_domain::confirmation::Confirmation;
use gatewright_domain::consent::Consent;
use gatewright_domain::factor::Factor;
use gatewright_domain::family::TokenFamily;
use gatewright_domain::identifiers::{BundleDigest, FamilyId, InteractionId, KeyId, SessionId, Subject};
use gatewright_domain::password::PasswordHash;
use gatewright_domain::pushed_request::PushedRequest;
use gatewright_domain::refresh_token::RefreshToken;
use gatewright_domain::session::Session;
use gatewright_domain::store::{FirstTokens, NextTokens, StoredInteraction, StoredKey};
use gatewright_domain::token_hash::TokenHash;
use gatewright_domain::user::User;
use gatewright_protocol::acr::Acr;
use gatewright_protocol::amr::Amr;
use gatewright_protocol::application_type::ApplicationType;
use gatewright_protocol::claims_request::ClaimsRequest;
use gatewright_protocol::client_id::ClientId;
use gatewright_protocol::grant_type::GrantType;
use gatewright_protocol::jws_algorithm::JwsAlgorithm;
use gatewright_protocol::nonce::Nonce;
use gatewright_protocol::params::Params;
use gatewright_protocol::pkce::CodeChallenge;
use gatewright_protocol::redirect_uri::RedirectUri;
use gatewright_protocol::registration::answer_metadata::AnswerMetadata;
use gatewright_protocol::registration::binding_metadata::BindingMetadata;
use gatewright_protocol::registration::logout_metadata::LogoutMetadata;
use gatewright_protocol::registration::request_metadata::RequestMetadata;
use gatewright_protocol::response_type::ResponseType;
use gatewright_protocol::scope::Scope;
use gatewright_protocol::subject_type::SubjectType;
use gatewright_protocol::thumbprint::Thumbprint;
use serde_json::json;
use std::collections::BTreeSet;
use std::fmt::Debug;

/// The secret of [`client`].
pub const CLIENT_SECRET: &str = "correct-horse-battery-staple";
/// The password of [`user`], as [`crate::capabilities::StubDirectory`] knows it.
pub const PASSWORD: &str = "wonderland";
/// The subject of [`user`].
pub const SUBJECT: &str = "248289761001";
/// A verifier and its S256 challenge (RFC 7636 Appendix B).
pub const CODE_VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
/// The challenge of [`CODE_VERIFIER`].
pub const CODE_CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

/// Parses a word of a test, which the test's author knows to be good.
///
/// # Panics
/// When it is not.
#[track_caller]
pub fn word<T>(text: &str) -> T
where
    T: TryFrom<String>,
    T::Error: Debug,
{
    match T::try_from(text.to_owned()) {
        Ok(word) => word,
        Err(why) => panic!("{text:?}: {why:?}"),
    }
}

/// Parses a scope.
///
/// # Panics
/// When it is none.
#[track_caller]
pub fn scope(text: &str) -> Scope {
    Scope::parse(text).unwrap_or_else(|why| panic!("{text:?}: {why}"))
}

/// A confidential web client with the code and refresh grants, JWT access tokens and [`CLIENT_SECRET`].
pub fn client(id: &str) -> Client {
    Client {
        id: word(id),
        authentication: ClientAuthentication::ClientSecretBasic { secret: TokenHash::of(CLIENT_SECRET) },
        redirect_uris: vec![redirect_uri()],
        post_logout_redirect_uris: vec![],
        response_types: vec![ResponseType::Code],
        grant_types: vec![GrantType::AuthorizationCode, GrantType::RefreshToken],
        scope: scope("openid profile email offline_access"),
        admin_scope: Scope::empty(),
        application_type: ApplicationType::Web,
        presentation: Presentation { name: Some(format!("Client {id}")), ..Presentation::default() },
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
        issued_at: DEFAULT_NOW,
    }
}

/// The same without a secret (RFC 6749 2.1).
pub fn public_client(id: &str) -> Client {
    Client { authentication: ClientAuthentication::None {}, ..client(id) }
}

/// Where [`client`] takes its responses.
pub fn redirect_uri() -> RedirectUri {
    RedirectUri::try_from("https://client.example.com/cb").unwrap_or_else(|why| panic!("{why}"))
}

/// A signed request that a client pushed, which expires after a minute.
pub fn pushed_request(name: &str, client: &str) -> PushedRequest {
    let form = format!("client_id={client}&response_type=code&scope=openid+email&state=%26+%C3%A9");
    PushedRequest {
        hash: TokenHash::of(name),
        client_id: word(client),
        parameters: Params::parse_form(form.as_bytes()).unwrap_or_else(|why| panic!("{form:?}: {why}")),
        signed: true,
        dpop_jkt: Some(Thumbprint::of(b"key")),
        expires_at: DEFAULT_NOW.plus(60),
        kept_until: DEFAULT_NOW.plus(600),
    }
}

/// An enabled end-user without a stored password.
pub fn user(subject: &str, username: &str) -> User {
    let claims = json!({ "name": "Alice Liddell", "email": "alice@example.com", "email_verified": true });
    User {
        subject: word(subject),
        username: username.to_owned(),
        claims: claims.as_object().cloned().unwrap_or_default(),
        password: None,
        disabled: false,
        created_at: DEFAULT_NOW,
    }
}

/// A confirmed factor of an end-user, of the kind `badge`, that was never used.
pub fn factor(id: &str, subject: &str) -> Factor {
    Factor {
        id: word(id),
        subject: word(subject),
        kind: word("badge"),
        label: format!("Badge {id}"),
        reference: None,
        sealed: "sealed".to_owned(),
        version: 0,
        created_at: DEFAULT_NOW,
        used_at: None,
        pending_until: None,
    }
}

/// A hash that stands for a password; no hasher made it.
pub fn password_hash() -> PasswordHash {
    PasswordHash("$argon2id$v=19$m=19456,t=2,p=1$c2FsdHNhbHQ$aGFzaGhhc2hoYXNo".to_owned())
}

/// An active authentication of `subject` by password in `session`.
pub fn authentication(subject: &str, session: &str) -> AuthenticationContext {
    AuthenticationContext {
        subject: word::<Subject>(subject),
        session: word::<SessionId>(session),
        acr: word::<Acr>("pwd"),
        amr: vec![word::<Amr>("pwd")],
        auth_time: DEFAULT_NOW,
    }
}

/// An hour's session of [`SUBJECT`] under the cookie `cookie`.
pub fn session(id: &str, cookie: &str) -> Session {
    let AuthenticationContext { subject, session, acr, amr, auth_time } = authentication(SUBJECT, id);
    Session {
        cookie: TokenHash::of(cookie),
        id: session,
        subject,
        acr,
        level: 10,
        amr,
        auth_time,
        created_at: DEFAULT_NOW,
        expires_at: DEFAULT_NOW.plus(3600),
        bundle: bundle(),
        address: "2001:db8::7".parse().ok(),
        user_agent: Some("Mozilla/5.0 (X11; Linux x86_64; rv:133.0) Gecko/20100101 Firefox/133.0".to_owned()),
    }
}

/// A digest that stands for a bundle.
pub fn bundle() -> BundleDigest {
    word("9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08")
}

/// An interaction that lasts ten minutes, at version 0.
pub fn interaction(id: &str) -> StoredInteraction {
    StoredInteraction {
        id: word::<InteractionId>(id),
        browser: TokenHash::of("browser"),
        bundle: bundle(),
        version: 0,
        expires_at: DEFAULT_NOW.plus(600),
        document: "{}".to_owned(),
    }
}

/// A month's consent of [`SUBJECT`] to `client`.
pub fn consent(client: &str, allowed: &str) -> Consent {
    Consent {
        subject: word(SUBJECT),
        client_id: word(client),
        scope: scope(allowed),
        claims: BTreeSet::new(),
        granted_at: DEFAULT_NOW,
        expires_at: DEFAULT_NOW.plus(30 * 24 * 3600),
    }
}

/// A minute's code for `client`, stored under the hash of `text`, whose family is named `family`.
pub fn code(text: &str, client: &str, family: &str) -> AuthorizationCode {
    AuthorizationCode {
        hash: TokenHash::of(text),
        family: word::<FamilyId>(family),
        client_id: word::<ClientId>(client),
        redirect_uri: redirect_uri(),
        challenge: CodeChallenge::try_from(CODE_CHALLENGE).ok(),
        nonce: Some(word::<Nonce>("n-0S6_WzA2Mj")),
        authentication: authentication(SUBJECT, "session-1"),
        scope: scope("openid profile"),
        claims: ClaimsRequest::parse(r#"{"id_token":{"email":{"essential":true}}}"#).ok(),
        dpop_jkt: Some(Thumbprint::of(b"key")),
        bundle: bundle(),
        trace: Some(word("trace-1")),
        issued_at: DEFAULT_NOW,
        expires_at: DEFAULT_NOW.plus(60),
    }
}

/// The family that `code` was issued with, redeemed at once, for an hour.
pub fn family(code: &AuthorizationCode) -> TokenFamily {
    TokenFamily {
        id: code.family.clone(),
        client_id: code.client_id.clone(),
        authentication: code.authentication.clone(),
        scope: code.scope.clone(),
        claims: code.claims.clone(),
        confirmation: Confirmation { jkt: code.dpop_jkt.clone(), certificate: None },
        bundle: code.bundle.clone(),
        trace: code.trace.clone(),
        created_at: code.issued_at,
        expires_at: code.issued_at.plus(3600),
        revoked_at: None,
    }
}

/// An hour's refresh token of `family`, stored under the hash of `text`.
pub fn refresh_token(text: &str, family: &TokenFamily) -> RefreshToken {
    RefreshToken {
        hash: TokenHash::of(text),
        family: family.id.clone(),
        client_id: family.client_id.clone(),
        scope: family.scope.clone(),
        issued_at: family.created_at,
        expires_at: family.created_at.plus(3600),
    }
}

/// Five minutes' opaque access token of `family`, stored under the hash of `text`, which is its `jti` too.
pub fn access_token(text: &str, family: &TokenFamily) -> OpaqueAccessToken {
    OpaqueAccessToken {
        hash: TokenHash::of(text),
        meaning: AccessTokenMeaning {
            id: text.to_owned(),
            family: Some(family.id.clone()),
            client_id: family.client_id.clone(),
            subject: Some(family.authentication.subject.clone()),
            scope: family.scope.clone(),
            audience: vec!["https://api.example.com".to_owned()],
            issued_at: family.created_at,
            expires_at: family.created_at.plus(300),
            claims: json!({ "roles": ["staff"] }).as_object().cloned().unwrap_or_default(),
        },
    }
}

/// What redeeming `code` stores: the family, the refresh token under the hash of `refresh`.
pub fn first_tokens(code: &AuthorizationCode, refresh: &str) -> FirstTokens {
    let family = family(code);
    let refresh_token = Some(refresh_token(refresh, &family));
    FirstTokens { family, refresh_token, opaque: None }
}

/// What rotating to the refresh token under the hash of `refresh` stores.
pub fn next_tokens(refresh: &str, family: &TokenFamily) -> NextTokens {
    NextTokens { refresh_token: refresh_token(refresh, family), opaque: None }
}

/// An ES256 key that signs from the moment it is made.
pub fn key(id: &str) -> StoredKey {
    StoredKey {
        id: word::<KeyId>(id),
        algorithm: JwsAlgorithm::ES256.into(),
        sealed_jwk: "sealed".to_owned(),
        created_at: DEFAULT_NOW,
        signs_from: DEFAULT_NOW,
        retired_at: None,
        drops_at: None,
    }
}

//! The stage of every scenario: a server with the policy that these clients count on, a pairwise client that registers
//! itself, an end-user who types, and the checks that all scenarios share.

use crate::world::document::published;
use crate::world::relying_party::{request, response_of};
use crate::world::server::free_port;
use crate::world::signature::{is_rs256_by, verified_rs256};
use crate::world::{Browser, RelyingParty, Server, jwt};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use tempfile::TempDir;

/// Where the client takes its responses: the first is the one it asks for.
pub const REDIRECT_URIS: [&str; 4] = [
    "https://rp.example.com/jans-auth-rp/home.htm",
    "https://client.example.com/cb",
    "https://client.example.com/cb1",
    "https://client.example.com/cb2",
];
const RESPONSE_TYPE: &str = "code id_token";
/// Half of a SHA-256, in bytes: `c_hash` is this much of it.
const HALF_HASH_BYTES: usize = 16;

/// The shipped policy, and what upstream's own configuration has beside it.
const POLICY: &str = r#"
name        = "upstream"
default_acr = "pwd"

[[authenticate]]
acr   = "pwd"
level = 10
amr   = ["pwd"]
run   = "authentication/password.rhai"
lend  = ["users"]

[[claims]]
scopes = ["user_name"]
claims = ["user_name"]
run    = "claims/user_name.rhai"

[[claims]]
scopes = ["org_name"]
claims = ["org_name"]
run    = "claims/org_name.rhai"

[[claims]]
scopes = ["work_phone"]
claims = ["work_phone"]
run    = "claims/work_phone.rhai"

[[customize_token]]
run  = "tokens/jans_version.rhai"
when = { token = ["id"] }
"#;

/// A server and a client of it.
pub struct Stage {
    pub client: RelyingParty,
    server: Server,
    _directory: TempDir,
}

/// What the browser brought back.
pub struct Granted {
    pub response: BTreeMap<String, String>,
    pub nonce: String,
}

impl Stage {
    /// A server, and a client registered with this scope, or with none.
    pub async fn registered(scope: Option<&str>) -> Self {
        let directory = tempfile::tempdir().unwrap();
        let policy = directory.path().join("policy");
        std::fs::create_dir(&policy).unwrap();
        std::fs::write(policy.join("policy.toml"), POLICY).unwrap();
        let environment = [("GATEWRIGHT__POLICY__DIRECTORY", policy.to_str().unwrap())];
        let server = Server::quickstart_with(directory.path(), free_port(), &environment);
        let mut members = json!({
            "application_type": "web",
            "client_name": "jans test app",
            "redirect_uris": REDIRECT_URIS,
            "response_types": [RESPONSE_TYPE],
            "subject_type": "pairwise",
            "sector_identifier_uri": published(&json!(REDIRECT_URIS)),
        });
        if let Some(scope) = scope {
            members["scope"] = scope.into();
        }
        let client = RelyingParty::register(&server, members).await;
        for member in ["client_id", "client_secret", "registration_access_token"] {
            assert!(client.registration[member].is_string(), "{member}: {}", client.registration);
        }
        for member in ["client_id_issued_at", "client_secret_expires_at"] {
            assert!(client.registration[member].is_u64(), "{member}: {}", client.registration);
        }
        Self { client, server, _directory: directory }
    }

    /// Opens the authorization URL as upstream's browser does, decoded, signs in as `alice` and allows; on each page it
    /// finds its way by the ids alone.
    pub async fn authorize(&self, scope: &str, login_hint: Option<&str>) -> Granted {
        let nonce = format!("nonce of {scope}").replace(' ', "-");
        let hint = login_hint.map(|hint| format!("&login_hint={hint}")).unwrap_or_default();
        let url = format!(
            "{}/jans-auth/restv1/authorize?response_type={RESPONSE_TYPE}&client_id={}&scope={scope}&redirect_uri={}\
             &state=4b2c7a0e-state&nonce={nonce}{hint}",
            self.server.issuer, self.client.client_id, self.client.redirect_uri
        );
        let browser = Browser::new();
        let sign_in = browser.open(&url).await.page();
        for id in ["loginForm:username", "loginForm:password", "loginForm:loginButton"] {
            assert!(sign_in.has_id(id), "the sign-in page has no {id}:\n{}", sign_in.html);
        }
        if let Some(hint) = login_hint {
            assert!(sign_in.html.contains(&format!("value=\"{hint}\"")), "the hint is not typed in:\n{}", sign_in.html);
        }
        let typed = [("username", "alice"), ("password", "wonderland")];
        let consent = browser.submit(&sign_in, &typed, &sign_in.main_button()).await;
        assert!(!consent.body.contains("Failed to authenticate."));
        let consent = consent.page();
        for id in ["authorizeForm:allowButton", "authorizeForm:doNotAllowButton"] {
            assert!(consent.has_id(id), "the consent page has no {id}:\n{}", consent.html);
        }
        let answer = browser.submit(&consent, &[], &consent.main_button()).await;
        let location = answer.location().unwrap_or_else(|| panic!("no response: {}", answer.body));
        assert!(location.as_str().starts_with(REDIRECT_URIS[0]), "{location}");
        assert!(location.query().is_none() && location.fragment().is_some(), "{location}");
        let response = response_of(&answer);
        for name in ["code", "id_token", "state", "scope"] {
            assert!(response.contains_key(name), "no {name} in {location}");
        }
        assert_eq!(response["state"], "4b2c7a0e-state");
        Granted { response, nonce }
    }

    /// Redeems the code for an access token, an ID token and a refresh token.
    pub async fn redeem(&self, granted: &Granted) -> Value {
        let answer = self.client.redeem(&granted.response["code"]).await;
        let tokens = token_response(answer.status, &answer.body);
        for name in ["id_token", "refresh_token"] {
            assert!(tokens[name].is_string(), "no {name} in {tokens}");
        }
        tokens
    }

    /// Refreshes: another refresh token comes, and the scope.
    pub async fn refresh(&self, tokens: &Value) -> Value {
        let first = tokens["refresh_token"].as_str().unwrap();
        let answer = self.client.refresh(first).await;
        let refreshed = token_response(answer.status, &answer.body);
        assert!(refreshed["refresh_token"].is_string() && refreshed["refresh_token"] != first, "{refreshed}");
        assert!(refreshed["scope"].is_string(), "{refreshed}");
        refreshed
    }

    /// The claims that userinfo tells for this response's access token.
    pub async fn userinfo(&self, tokens: &Value) -> Value {
        let answer = self.client.userinfo(tokens["access_token"].as_str().unwrap()).await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
        answer.json()
    }

    /// What is asserted of every ID token of the front channel; its signature verified by the published key.
    pub async fn verified(&self, granted: &Granted) -> Value {
        let id_token = &granted.response["id_token"];
        assert_eq!(jwt::header(id_token)["typ"], "JWT");
        let jwks = request(Method::GET, &self.server.at("/jans-auth/restv1/jwks"), None, None).await.json();
        let claims = verified_rs256(&jwks, id_token);
        assert!(!is_rs256_by(&jwks, &said_of_another(id_token)), "the signature holds whatever is signed");
        assert_eq!(claims["iss"], self.server.issuer);
        assert_eq!(claims["aud"], self.client.client_id);
        let seconds = |name: &str| claims[name].as_u64().unwrap_or_else(|| panic!("no {name} in {claims}"));
        assert!(seconds("iat") < seconds("exp") && seconds("auth_time") <= seconds("iat"));
        assert!(claims["sub"].as_str().is_some_and(|sub| !sub.is_empty() && sub != "alice"));
        assert_eq!(claims["nonce"], granted.nonce);
        assert_eq!((&claims["acr"], &claims["amr"]), (&json!("pwd"), &json!(["pwd"])));
        assert_eq!(claims["jansOpenIDConnectVersion"], "openidconnect-1.0");
        let half = &Sha256::digest(granted.response["code"].as_bytes())[..HALF_HASH_BYTES];
        assert_eq!(claims["c_hash"], URL_SAFE_NO_PAD.encode(half));
        claims
    }

    /// What the client reads of its own registration (RFC 7592 2.1).
    pub async fn registration(&self) -> Value {
        let text = |member: &str| self.client.registration[member].as_str().unwrap().to_owned();
        let authorization = format!("Bearer {}", text("registration_access_token"));
        let answer = request(Method::GET, &text("registration_client_uri"), Some(&authorization), None).await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
        answer.json()
    }
}

/// The same token with another `sub`.
fn said_of_another(id_token: &str) -> String {
    let mut claims = jwt::claims(id_token);
    claims["sub"] = "another".into();
    let parts: Vec<&str> = id_token.split('.').collect();
    format!("{}.{}.{}", parts[0], URL_SAFE_NO_PAD.encode(claims.to_string()), parts[2])
}

fn token_response(status: StatusCode, body: &str) -> Value {
    assert_eq!(status, StatusCode::OK, "{body}");
    let tokens: Value = serde_json::from_str(body).unwrap();
    assert!(tokens["access_token"].is_string() && tokens["expires_in"].is_u64(), "{tokens}");
    assert!(tokens["token_type"].as_str().is_some_and(|kind| kind.eq_ignore_ascii_case("bearer")), "{tokens}");
    tokens
}

/// Asserts that all of these claims are there.
pub fn has_all(claims: &Value, names: &[&str]) {
    for name in names {
        assert!(!claims[name].is_null(), "no {name} in {claims}");
    }
}

/// Asserts that none of these claims is there.
pub fn has_none(claims: &Value, names: &[&str]) {
    for name in names {
        assert!(claims.get(name).is_none(), "{name} in {claims}");
    }
}

//! A relying party: what it sends and what it reads back.

use super::browser::{Answer, Browser, http};
use super::server::Server;
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use reqwest::Method;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use url::Url;

/// A client of a server.
#[derive(Clone)]
pub struct RelyingParty {
    pub issuer: String,
    pub client_id: String,
    pub client_secret: Option<String>,
    pub redirect_uri: String,
    pub scope: String,
    /// What it registered and was told, where it registered itself.
    pub registration: Value,
}

impl RelyingParty {
    /// The demonstration client of `quickstart`.
    pub fn demo(server: &Server) -> Self {
        Self {
            issuer: server.issuer.clone(),
            client_id: "demo".into(),
            client_secret: Some("demo-secret".into()),
            redirect_uri: server.at("/demo/callback"),
            scope: "openid profile email".into(),
            registration: Value::Null,
        }
    }

    /// A client that registers itself with these members beside its redirect URI.
    pub async fn register(server: &Server, members: Value) -> Self {
        let mut document = json!({ "redirect_uris": ["https://client.example/cb"] });
        for (name, value) in members.as_object().unwrap() {
            document[name] = value.clone();
        }
        let answer = post_json(&server.at("/register"), &document).await;
        assert_eq!(answer.status, 201, "{}", answer.body);
        let registration = answer.json();
        Self {
            issuer: server.issuer.clone(),
            client_id: registration["client_id"].as_str().unwrap().into(),
            client_secret: registration["client_secret"].as_str().map(Into::into),
            redirect_uri: registration["redirect_uris"][0].as_str().unwrap().into(),
            scope: "openid".into(),
            registration,
        }
    }

    /// The same client asking for another scope.
    pub fn asking(&self, scope: &str) -> Self {
        Self { scope: scope.into(), ..self.clone() }
    }

    /// An authorization URL with `response_type=code`, unless `extra` says another.
    pub fn authorization_url(&self, extra: &[(&str, &str)]) -> String {
        let mut parameters: BTreeMap<&str, &str> = BTreeMap::from([
            ("client_id", self.client_id.as_str()),
            ("redirect_uri", self.redirect_uri.as_str()),
            ("scope", self.scope.as_str()),
            ("response_type", "code"),
            ("state", "state-1"),
        ]);
        parameters.extend(extra.iter().copied());
        let mut url = Url::parse(&format!("{}/authorize", self.issuer)).unwrap();
        url.query_pairs_mut().extend_pairs(parameters);
        url.into()
    }

    /// A code for `alice`, in a browser of her own.
    pub async fn code(&self, extra: &[(&str, &str)]) -> String {
        self.code_in(&Browser::new(), extra).await
    }

    /// A code for `alice` in that browser.
    pub async fn code_in(&self, browser: &Browser, extra: &[(&str, &str)]) -> String {
        let answer = browser.sign_in(&self.authorization_url(extra), "alice", "wonderland").await;
        let response = response_of(&answer);
        response.get("code").unwrap_or_else(|| panic!("no code in {response:?}")).clone()
    }

    /// A token request with the client's own authentication.
    pub async fn token(&self, form: &[(&str, &str)]) -> Answer {
        self.post("/token", form).await
    }

    /// Redeems a code.
    pub async fn redeem(&self, code: &str) -> Answer {
        let redirect_uri = self.redirect_uri.as_str();
        self.token(&[("grant_type", "authorization_code"), ("code", code), ("redirect_uri", redirect_uri)]).await
    }

    /// Redeems a code at a server that may go away meanwhile: `None` when no whole answer came.
    pub async fn try_redeem(&self, code: &str) -> Option<Answer> {
        let form = [("grant_type", "authorization_code"), ("code", code), ("redirect_uri", self.redirect_uri.as_str())];
        let body = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(form).finish();
        let request = http().post(format!("{}/token", self.issuer)).body(body);
        let request = request.header("content-type", "application/x-www-form-urlencoded");
        let secret = self.client_secret.as_deref().unwrap_or_default();
        super::browser::read(request.header("authorization", basic(&self.client_id, secret))).await
    }

    /// Tokens for `alice`.
    pub async fn tokens(&self) -> Value {
        let answer = self.redeem(&self.code(&[]).await).await;
        assert_eq!(answer.status, 200, "{}", answer.body);
        answer.json()
    }

    /// Uses a refresh token.
    pub async fn refresh(&self, refresh_token: &str) -> Answer {
        self.token(&[("grant_type", "refresh_token"), ("refresh_token", refresh_token)]).await
    }

    /// A form posted to an endpoint with the client's own authentication.
    pub async fn post(&self, path: &str, form: &[(&str, &str)]) -> Answer {
        let authorization = self.client_secret.as_ref().map(|secret| basic(&self.client_id, secret));
        let mut whole: Vec<(&str, &str)> = form.to_vec();
        if authorization.is_none() && !form.iter().any(|(name, _)| *name == "client_id") {
            whole.push(("client_id", &self.client_id));
        }
        post_form(&format!("{}{path}", self.issuer), &whole, authorization.as_deref()).await
    }

    /// Userinfo with an access token.
    pub async fn userinfo(&self, access_token: &str) -> Answer {
        let url = format!("{}/userinfo", self.issuer);
        request(Method::GET, &url, Some(&format!("Bearer {access_token}")), None).await
    }
}

/// The parameters of an authorization response, in the query or the fragment.
pub fn response_of(answer: &Answer) -> BTreeMap<String, String> {
    let location = answer.location().unwrap_or_else(|| panic!("no redirect but {}: {}", answer.status, answer.body));
    let text = location.fragment().or(location.query()).unwrap_or_default().to_owned();
    url::form_urlencoded::parse(text.as_bytes()).into_owned().collect()
}

/// A verifier and its S256 challenge.
pub fn pkce() -> (String, String) {
    let verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk".to_owned();
    let challenge = URL_SAFE_NO_PAD.encode(Sha256::digest(verifier.as_bytes()));
    (verifier, challenge)
}

/// An `Authorization: Basic` header (RFC 6749 2.3.1).
pub fn basic(id: &str, secret: &str) -> String {
    let encode = |text: &str| url::form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>();
    format!("Basic {}", STANDARD.encode(format!("{}:{}", encode(id), encode(secret))))
}

/// A posted form.
pub async fn post_form(url: &str, form: &[(&str, &str)], authorization: Option<&str>) -> Answer {
    let body = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(form).finish();
    request(Method::POST, url, authorization, Some(("application/x-www-form-urlencoded", body))).await
}

/// A posted JSON document.
pub async fn post_json(url: &str, document: &Value) -> Answer {
    request(Method::POST, url, None, Some(("application/json", document.to_string()))).await
}

/// One request without cookies or redirects.
pub async fn request(method: Method, url: &str, authorization: Option<&str>, body: Option<(&str, String)>) -> Answer {
    let mut request = http().request(method, url);
    if let Some(authorization) = authorization {
        request = request.header("authorization", authorization);
    }
    if let Some((content_type, body)) = body {
        request = request.header("content-type", content_type).body(body);
    }
    let response = request.send().await.unwrap();
    let (url, status, headers) = (response.url().clone(), response.status(), response.headers().clone());
    Answer { url, status, headers, body: response.text().await.unwrap() }
}

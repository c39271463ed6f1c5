//! From a code to tokens that are to be believed, and on with the refresh token (RFC 6749 4.1.3 and 6, OpenID Connect
//! Core 3.1.3, 5.3 and 12).

use super::decoded::Decoded;
use super::id_token::{ALGORITHMS, Expected, Finding};
use super::memory::Pending;
use super::provider::Endpoints;
use super::trouble::Trouble;
use super::wire::{Answer, Call, Wire};
use super::{CALLBACK_PATH, DemoSetup};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use gatewright_domain::clock::Timestamp;
use gatewright_domain::secret::SecretText;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};
use url::form_urlencoded::{Serializer, byte_serialize};

const TOKEN: &str = "token endpoint";
const USERINFO: &str = "userinfo endpoint";
const JWKS: &str = "JWKS document";

/// An end-user who is signed in here, with everything the server gave.
#[derive(Clone)]
pub(super) struct SignedIn {
    /// The ID token.
    pub(super) id_token: Believed,
    /// The access token as it came.
    pub(super) access_token: String,
    /// When it stops being valid, where the server said.
    pub(super) access_token_expires_at: Option<Timestamp>,
    /// `scope` as granted.
    pub(super) scope: String,
    /// The refresh token, where there is one that was not used yet.
    pub(super) refresh_token: Option<SecretText>,
    /// Claims of the userinfo endpoint, or why there are none.
    pub(super) userinfo: Result<Map<String, Value>, String>,
    /// How often the tokens were refreshed.
    pub(super) refreshed: u32,
}

/// An ID token that is to be believed.
#[derive(Clone)]
pub(super) struct Believed {
    /// As it came.
    pub(super) raw: String,
    /// Its claims.
    pub(super) claims: Map<String, Value>,
    /// What was found about it.
    pub(super) findings: Vec<Finding>,
}

/// RFC 6749 5.1.
#[derive(Deserialize)]
struct TokenAnswer {
    access_token: String,
    expires_in: Option<u64>,
    refresh_token: Option<String>,
    id_token: Option<String>,
    scope: Option<String>,
}

/// RFC 6749 5.2.
#[derive(Deserialize)]
struct Refused {
    error: String,
    error_description: Option<String>,
}

/// The way to the server's tokens.
pub(super) struct CodeGrant<'a> {
    pub(super) setup: &'a DemoSetup,
    pub(super) endpoints: &'a Endpoints,
    pub(super) wire: &'a dyn Wire,
}

impl CodeGrant<'_> {
    /// Redeems the code of a response to `pending`.
    pub(super) async fn redeem(&self, pending: &Pending, code: &str) -> Result<SignedIn, Trouble> {
        let redirect_uri = self.setup.issuer.endpoint(CALLBACK_PATH);
        let fields = [
            ("grant_type", "authorization_code"),
            ("code", code),
            ("redirect_uri", &redirect_uri),
            ("code_verifier", pending.verifier.expose()),
        ];
        let answer = self.tokens(&fields).await?;
        let missing = || Trouble::Unreadable { endpoint: TOKEN, reason: "there is no id_token in it".into() };
        let id_token = answer.id_token.clone().ok_or_else(missing)?;
        let nonce = Some(pending.nonce.as_str());
        let believed = self.believe(&id_token, &answer.access_token, nonce, None).await?;
        self.signed_in(answer, believed, pending.asked.scope.to_string()).await
    }

    /// New tokens for the refresh token. What the server does not send anew stays as it was (RFC 6749 6).
    pub(super) async fn refresh(&self, before: SignedIn, refresh_token: &SecretText) -> Result<SignedIn, Trouble> {
        let fields = [("grant_type", "refresh_token"), ("refresh_token", refresh_token.expose())];
        let mut answer = self.tokens(&fields).await?;
        answer.refresh_token.get_or_insert_with(|| refresh_token.expose().to_owned());
        let believed = match answer.id_token.clone() {
            Some(id_token) => {
                let subject = before.id_token.claims.get("sub").and_then(Value::as_str);
                self.believe(&id_token, &answer.access_token, None, subject).await?
            }
            None => before.id_token,
        };
        let renewed = self.signed_in(answer, believed, before.scope).await?;
        Ok(SignedIn { refreshed: before.refreshed.saturating_add(1), ..renewed })
    }

    async fn signed_in(&self, answer: TokenAnswer, id_token: Believed, scope: String) -> Result<SignedIn, Trouble> {
        let subject = id_token.claims.get("sub").and_then(Value::as_str).unwrap_or_default();
        let userinfo = self.userinfo(&answer.access_token, subject).await;
        Ok(SignedIn {
            id_token,
            access_token_expires_at: answer.expires_in.map(|seconds| self.setup.clock.now().plus(seconds)),
            access_token: answer.access_token,
            scope: answer.scope.unwrap_or(scope),
            refresh_token: answer.refresh_token.map(SecretText::new),
            userinfo: userinfo.map_err(|trouble| trouble.to_string()),
            refreshed: 0,
        })
    }

    /// Verifies an ID token: its signature by the server's published keys, then its claims.
    async fn believe(
        &self,
        id_token: &str,
        access_token: &str,
        nonce: Option<&str>,
        subject: Option<&str>,
    ) -> Result<Believed, Trouble> {
        let call = Call { endpoint: JWKS, url: self.endpoints.jwks.clone(), authorization: None, form: None };
        let jwks: Value = read(JWKS, self.wire.send(call).await?)?;
        let claims = self.setup.verifier.verify_with_jwks(id_token, &jwks, &ALGORITHMS)?;
        let decoded = Decoded::read(id_token);
        let key = format!("{} by key {}", decoded.header("alg").unwrap_or("?"), decoded.header("kid").unwrap_or("?"));
        let expected = Expected {
            issuer: self.setup.issuer.as_str(),
            client_id: self.setup.client_id.as_str(),
            nonce,
            subject,
            access_token,
            now: self.setup.clock.now(),
        };
        let mut findings = vec![Finding::new("signature", key)];
        findings.extend(expected.admit(&claims, &decoded)?);
        Ok(Believed { raw: id_token.to_owned(), claims, findings })
    }

    async fn tokens(&self, fields: &[(&str, &str)]) -> Result<TokenAnswer, Trouble> {
        let form = Serializer::new(String::new()).extend_pairs(fields).finish();
        let call = Call {
            endpoint: TOKEN,
            url: self.endpoints.token.clone(),
            authorization: Some(self.basic()),
            form: Some(SecretText::new(form)),
        };
        read(TOKEN, self.wire.send(call).await?)
    }

    /// Claims of the userinfo endpoint; they must be of the same end-user (OpenID Connect Core 5.3.2).
    async fn userinfo(&self, access_token: &str, subject: &str) -> Result<Map<String, Value>, Trouble> {
        let call = Call {
            endpoint: USERINFO,
            url: self.endpoints.userinfo.clone(),
            authorization: Some(SecretText::new(format!("Bearer {access_token}"))),
            form: None,
        };
        let claims: Map<String, Value> = read(USERINFO, self.wire.send(call).await?)?;
        let same = claims.get("sub").and_then(Value::as_str) == Some(subject);
        let other = || Trouble::Unreadable { endpoint: USERINFO, reason: "it speaks of another end-user".into() };
        if same { Ok(claims) } else { Err(other()) }
    }

    /// `client_secret_basic`: both halves form-encoded first (RFC 6749 2.3.1).
    fn basic(&self) -> SecretText {
        let encoded = |text: &str| byte_serialize(text.as_bytes()).collect::<String>();
        let pair = format!("{}:{}", encoded(self.setup.client_id.as_str()), encoded(self.setup.client_secret.expose()));
        SecretText::new(format!("Basic {}", STANDARD.encode(pair)))
    }
}

/// A JSON answer, or the server's refusal.
fn read<T: DeserializeOwned>(endpoint: &'static str, answer: Answer) -> Result<T, Trouble> {
    if answer.status.is_success() {
        let unreadable = |error: serde_json::Error| Trouble::Unreadable { endpoint, reason: error.to_string() };
        return serde_json::from_slice(&answer.body).map_err(unreadable);
    }
    match serde_json::from_slice::<Refused>(&answer.body) {
        Ok(refused) => Err(Trouble::refused(&refused.error, refused.error_description.as_deref())),
        Err(_) => Err(Trouble::Unreadable { endpoint, reason: format!("its status is {}", answer.status) }),
    }
}

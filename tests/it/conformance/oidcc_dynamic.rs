//! `oidcc-dynamic-certification-test-plan` (OpenID Connect Dynamic Client Registration 1.0, OpenID Connect Core 6).

mod keys;
mod redirects;
mod registration;
mod requests;

use super::suite::{Provider, REDIRECT_URI, Suite};
use crate::world::relying_party::{post_form, post_json};
use crate::world::{Answer, RelyingParty};
use serde_json::{Value, json};
use std::time::{SystemTime, UNIX_EPOCH};

const JWT_BEARER: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
/// How long an assertion here lives, in seconds.
const ASSERTION_S: u64 = 60;

fn suite() -> Suite {
    Suite { provider: Provider::shared(), asks: &[] }
}

/// A provider whose legacy response types are switched on.
fn implicit_provider() -> Provider {
    Provider::with("protocol.implicit = true\nprotocol.front_channel_access_tokens = true\n")
}

/// What comes of a registration with these members.
async fn registered(suite: &Suite, members: Value) -> Answer {
    let mut document = json!({ "redirect_uris": [REDIRECT_URI] });
    for (name, value) in members.as_object().unwrap() {
        document[name] = value.clone();
    }
    post_json(&suite.provider.server.at("/register"), &document).await
}

/// What a client says to authenticate (RFC 7523 3), for the issuer itself.
fn assertion(client: &RelyingParty, jti: &str) -> Value {
    #[expect(clippy::disallowed_methods, reason = "a client has a clock of its own")]
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs();
    json!({
        "iss": client.client_id, "sub": client.client_id, "aud": client.issuer, "jti": jti, "iat": now,
        "exp": now + ASSERTION_S,
    })
}

/// What comes of redeeming a code with that assertion.
async fn redeemed(client: &RelyingParty, code: &str, assertion: &str) -> Answer {
    let form = [
        ("grant_type", "authorization_code"),
        ("code", code),
        ("redirect_uri", &*client.redirect_uri),
        ("client_assertion_type", JWT_BEARER),
        ("client_assertion", assertion),
    ];
    post_form(&format!("{}/token", client.issuer), &form, None).await
}

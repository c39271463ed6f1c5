//! Scope is brought down to what this server knows and the client may have (RFC 6749 3.3). What goes is left
//! out silently, as the response's `scope` says; an ID token in the front channel needs `openid`.

use super::Admission;
use gatewright_domain::client::Client;
use gatewright_protocol::authorization::AuthorizationRequest;
use gatewright_protocol::error::Refusal;
use gatewright_protocol::scope::Scope;

/// A refresh token for use while the end-user is away (OpenID Connect Core 11).
const OFFLINE_ACCESS: &str = "offline_access";

pub(super) fn admit(
    client: &Client,
    asked: &AuthorizationRequest,
    admission: &Admission<'_>,
) -> Result<Scope, Refusal> {
    let mut scope: Scope = asked
        .scope
        .intersection(&client.scope)
        .iter()
        .filter(|value| admission.knows(value.as_str()))
        .cloned()
        .collect();
    if !asked.response_type.issues_code() {
        scope = scope.without(OFFLINE_ACCESS);
    }
    if asked.response_type.issues_id_token() && !scope.contains("openid") {
        return Err(Refusal::invalid_scope("A response_type with id_token needs the scope 'openid'."));
    }
    if scope.is_empty() {
        return Err(Refusal::invalid_scope("None of the scope values asked for is available to this client."));
    }
    Ok(scope)
}

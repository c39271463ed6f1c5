//! PKCE is required of public clients, and of all where the operator or the client says so (RFC 9700 2.1.1). A
//! challenge is never required where no code is issued.

use super::Admission;
use gatewright_domain::client::Client;
use gatewright_protocol::authorization::AuthorizationRequest;
use gatewright_protocol::error::Refusal;

pub(super) fn admit(client: &Client, asked: &AuthorizationRequest, admission: &Admission<'_>) -> Result<(), Refusal> {
    let required = client.is_public() || client.require_pkce || admission.settings.require_pkce;
    if required && asked.response_type.issues_code() && asked.code_challenge.is_none() {
        return Err(Refusal::invalid_request(
            "The parameter code_challenge is missing; this client must use PKCE with code_challenge_method=S256.",
        ));
    }
    Ok(())
}

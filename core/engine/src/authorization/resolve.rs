//! Who asks, and where the answer may go (RFC 6749 3.1.2, RFC 9700 2.1).
//!
//! [`ResolvedRequest`] is the only holder of a verified redirect URI: an error before it exists cannot redirect.

use super::admit::AdmittedRequest;
use super::request::parameters::RequestParameters;
use crate::error::DirectError;
use gatewright_domain::client::Client;
use gatewright_protocol::authorization_response::AuthorizationResponse;
use gatewright_protocol::error::Refusal;
use gatewright_protocol::issuer::Issuer;
use gatewright_protocol::redirect_uri::RedirectUri;
use gatewright_protocol::response_mode::ResponseMode;
use gatewright_protocol::state::State;
use std::sync::Arc;

/// A request of a known client with a redirect URI of its own.
#[derive(Debug)]
pub struct ResolvedRequest {
    client: Arc<Client>,
    redirect_uri: RedirectUri,
    state: Option<State>,
    mode: ResponseMode,
}

/// Resolves a request; every refusal here is for the person, never for a redirect URI.
///
/// # Errors
/// A missing redirect URI, or one that the client has not registered.
pub fn resolve(client: Arc<Client>, parameters: &RequestParameters<'_>) -> Result<ResolvedRequest, DirectError> {
    let Some(presented) = parameters.redirect_uri().map_err(DirectError::UnknownRedirectUri)? else {
        let refusal = Refusal::invalid_request("The parameter redirect_uri is missing.");
        return Err(DirectError::UnknownRedirectUri(refusal));
    };
    let Some(redirect_uri) = client.redirect_uri(&presented) else {
        let refusal = Refusal::invalid_request("The redirect_uri is not one that this client has registered.");
        return Err(DirectError::UnknownRedirectUri(refusal));
    };
    Ok(ResolvedRequest { client, redirect_uri, state: parameters.state(), mode: parameters.response_mode() })
}

/// Resolves an admitted request once more: what was true when its trip began may have been withdrawn since, and a
/// redirect URI that is no longer the client's is never redirected to.
///
/// # Errors
/// The client is gone, or the redirect URI is no longer one of its own.
pub(super) fn resolve_again(
    client: Option<Arc<Client>>,
    request: &AdmittedRequest,
) -> Result<Arc<Client>, DirectError> {
    let Some(client) = client else {
        let refusal = Refusal::invalid_request("The client is no longer registered here.");
        return Err(DirectError::UnknownClient(refusal));
    };
    if client.redirect_uri(request.redirect_uri().as_str()).is_none() {
        let refusal = Refusal::invalid_request("The redirect_uri is no longer one that this client has registered.");
        return Err(DirectError::UnknownRedirectUri(refusal));
    }
    Ok(client)
}

impl ResolvedRequest {
    /// The client.
    pub fn client(&self) -> &Arc<Client> {
        &self.client
    }

    /// Where the answer goes.
    pub fn redirect_uri(&self) -> &RedirectUri {
        &self.redirect_uri
    }

    /// The client, when nothing else of it is needed any more.
    pub fn into_client(self) -> Arc<Client> {
        self.client
    }

    /// The answer to a request that is not admitted.
    pub fn refuse(&self, issuer: &Issuer, refusal: &Refusal) -> AuthorizationResponse {
        AuthorizationResponse::refused(self.redirect_uri.clone(), self.mode, issuer, refusal, self.state.as_ref())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::authorization::tests::sample_client;
    use gatewright_protocol::params::Params;

    fn resolved(query: &str) -> Result<ResolvedRequest, DirectError> {
        let params = Params::parse_query(query).unwrap();
        resolve(Arc::new(sample_client()), &RequestParameters::brought(&params))
    }

    #[test]
    fn an_unverified_redirect_uri_gets_no_response() {
        for query in [
            "",
            "redirect_uri=",
            "redirect_uri=https://client.example/cb2",
            "redirect_uri=https://client.example/cb?x=1",
            "redirect_uri=https://client.example/cb/",
            "redirect_uri=https://CLIENT.example/cb",
            "redirect_uri=https://client.example.evil/cb",
            "redirect_uri=not+a+uri",
            "redirect_uri=https://client.example/cb&redirect_uri=https://client.example/cb",
        ] {
            assert!(matches!(resolved(query), Err(DirectError::UnknownRedirectUri(_))), "{query}");
        }
    }

    #[test]
    fn a_refusal_goes_where_the_response_would_have_gone() {
        let query = "redirect_uri=https://client.example/cb&response_type=code&response_mode=fragment&state=s1";
        let issuer = Issuer::try_from("https://id.example").unwrap();
        let location = resolved(query).unwrap().refuse(&issuer, &Refusal::login_required("x")).location().unwrap();
        assert!(location.starts_with("https://client.example/cb#error=login_required"), "{location}");
        assert!(location.contains("state=s1"), "{location}");
    }
}

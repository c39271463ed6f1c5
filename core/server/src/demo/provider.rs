//! The server as its metadata describes it (OpenID Connect Discovery 1.0, 4; RFC 8414 3).

use super::trouble::Trouble;
use super::wire::{Call, Wire};
use gatewright_protocol::issuer::Issuer;
use http::StatusCode;
use serde::Deserialize;
use std::sync::Arc;
use tokio::sync::OnceCell;
use url::Url;

/// What this is called where it fails.
const ENDPOINT: &str = "discovery document";

/// The endpoints the relying party uses.
pub(super) struct Endpoints {
    /// For the browser.
    pub(super) authorization: Url,
    /// For the browser.
    pub(super) end_session: Url,
    /// For this process.
    pub(super) token: Url,
    /// For this process.
    pub(super) userinfo: Url,
    /// For this process.
    pub(super) jwks: Url,
}

#[derive(Deserialize)]
struct Metadata {
    issuer: String,
    authorization_endpoint: Url,
    end_session_endpoint: Url,
    token_endpoint: Url,
    userinfo_endpoint: Url,
    jwks_uri: Url,
}

/// Finds the endpoints once, when they are first needed.
pub(super) struct Provider {
    issuer: Issuer,
    reach: Url,
    endpoints: OnceCell<Arc<Endpoints>>,
}

impl Provider {
    /// The provider of that issuer, whose endpoints this process reaches at `reach`.
    pub(super) fn new(issuer: Issuer, reach: Url) -> Self {
        Self { issuer, reach, endpoints: OnceCell::new() }
    }

    /// Its endpoints. A failed attempt is made again by the next request.
    pub(super) async fn endpoints(&self, wire: &dyn Wire) -> Result<Arc<Endpoints>, Trouble> {
        self.endpoints.get_or_try_init(|| self.discover(wire)).await.cloned()
    }

    async fn discover(&self, wire: &dyn Wire) -> Result<Arc<Endpoints>, Trouble> {
        let unreadable = |reason: String| Trouble::Unreadable { endpoint: ENDPOINT, reason };
        let address = self.issuer.endpoint("/.well-known/openid-configuration");
        let address = Url::parse(&address).map_err(|error| unreadable(error.to_string()))?;
        let call = Call { endpoint: ENDPOINT, url: self.reached(address), authorization: None, form: None };
        let answer = wire.send(call).await?;
        if answer.status != StatusCode::OK {
            return Err(unreadable(format!("its status is {}", answer.status)));
        }
        let metadata: Metadata = serde_json::from_slice(&answer.body).map_err(|error| unreadable(error.to_string()))?;
        if metadata.issuer != self.issuer.as_str() {
            return Err(Trouble::OtherIssuer(self.issuer.as_str().to_owned()));
        }
        Ok(Arc::new(Endpoints {
            authorization: metadata.authorization_endpoint,
            end_session: metadata.end_session_endpoint,
            token: self.reached(metadata.token_endpoint),
            userinfo: self.reached(metadata.userinfo_endpoint),
            jwks: self.reached(metadata.jwks_uri),
        }))
    }

    /// An address of the server as this process reaches it: its public name may lead through a proxy, or nowhere
    /// from here.
    fn reached(&self, url: Url) -> Url {
        if url.origin().ascii_serialization() != self.issuer.origin() {
            return url;
        }
        let mut reached = self.reach.clone();
        reached.set_path(url.path());
        reached.set_query(url.query());
        reached
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_addresses_of_the_server_itself_are_reached_another_way() {
        let provider = Provider::new(
            Issuer::try_from("https://id.example/tenant").unwrap(),
            Url::parse("http://127.0.0.1:8080").unwrap(),
        );
        for (public, reached) in [
            ("https://id.example/tenant/token", "http://127.0.0.1:8080/tenant/token"),
            ("https://id.example:444/token", "https://id.example:444/token"),
            ("https://keys.example/jwks", "https://keys.example/jwks"),
        ] {
            assert_eq!(provider.reached(Url::parse(public).unwrap()).as_str(), reached);
        }
    }
}

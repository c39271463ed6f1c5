//! Other OpenID Providers, as a test has them: whoever the test gave signs in there, unless the visit brings back an
//! `error` (RFC 6749 4.1.2.1).

use super::World;
use super::factors::invalid;
use async_trait::async_trait;
use gatewright_domain::capabilities::oidc::{SignedIn, UpstreamOidc};
use gatewright_domain::capabilities::{CallFailed, CapabilityError};
use std::collections::BTreeMap;

#[async_trait]
impl UpstreamOidc for World {
    async fn authorization_url(&self, provider: &str, state: &str) -> Result<String, CallFailed> {
        self.state().visited.insert((provider.to_owned(), state.to_owned()));
        let address = url::Url::parse_with_params(
            "https://provider.example/authorize",
            [("provider", provider), ("state", state)],
        );
        address.map(String::from).map_err(|error| invalid(error.to_string()))
    }

    async fn redeem(
        &self,
        provider: &str,
        state: &str,
        returned: &BTreeMap<String, String>,
    ) -> Result<Option<SignedIn>, CallFailed> {
        let world = self.state();
        if !world.visited.contains(&(provider.to_owned(), state.to_owned())) {
            return Err(invalid("this `state` is not the one that authorization_url was given"));
        }
        if returned.contains_key("error") {
            return Ok(None);
        }
        let why = || "the test gives nobody who signs in there; add given::provider(…)".to_owned();
        let found = world.providers.get(provider).cloned();
        found.map(Some).ok_or_else(|| CapabilityError::Unreachable { what: provider.to_owned(), why: why() }.into())
    }
}

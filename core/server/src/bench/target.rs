//! What every operation of a run shares: the provider, its endpoints, the arguments.

use super::arguments::BenchArguments;
use super::connect::Connector;
use super::discovery::ProviderMetadata;
use super::failure::Failure;
use std::sync::Arc;
use url::Url;

/// The provider under load.
pub(super) struct Target {
    pub(super) arguments: BenchArguments,
    pub(super) metadata: ProviderMetadata,
    pub(super) connector: Arc<Connector>,
}

impl Target {
    /// The userinfo endpoint, which the scenarios that need it have been left out without.
    pub(super) fn userinfo_endpoint(&self) -> Result<&Url, Failure> {
        present(self.metadata.userinfo_endpoint.as_ref(), "userinfo endpoint")
    }

    /// The introspection endpoint, likewise.
    pub(super) fn introspection_endpoint(&self) -> Result<&Url, Failure> {
        present(self.metadata.introspection_endpoint.as_ref(), "introspection endpoint")
    }
}

fn present<'a>(url: Option<&'a Url>, endpoint: &'static str) -> Result<&'a Url, Failure> {
    url.ok_or_else(|| Failure::Address { endpoint, address: "(none)".into() })
}

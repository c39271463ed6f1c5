//! `[oidc.NAME]`: other OpenID Providers, for policies that are lent them by name.

use super::complaint::Complaint;
use super::confidential::Confidential;
use super::secrets::NAME_BYTES_MAX;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Other providers by name.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Oidc(BTreeMap<String, OidcProvider>);

/// Another provider.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OidcProvider {
    /// Its issuer, as its metadata names it.
    pub issuer: String,
    /// What it knows this server by.
    pub client_id: String,
    /// The secret that goes with it, or `file:PATH`; none for a public client.
    #[serde(default)]
    pub client_secret: Option<Confidential>,
    /// What it is asked for.
    #[serde(default = "scope")]
    pub scope: String,
    /// It is at a private or loopback address; it may be spoken to over http.
    #[serde(default)]
    pub allow_private_addresses: bool,
}

fn scope() -> String {
    "openid".to_owned()
}

impl Oidc {
    /// Each by its name.
    pub fn iter(&self) -> impl Iterator<Item = (&String, &OidcProvider)> {
        self.0.iter()
    }

    /// One provider of that name.
    pub(super) fn specimen(name: &str) -> Self {
        let provider = OidcProvider {
            issuer: "https://login.example.com".to_owned(),
            client_id: "gatewright".to_owned(),
            client_secret: Some(Confidential::new(gatewright_domain::secret::SecretText::new(""))),
            scope: scope(),
            allow_private_addresses: false,
        };
        Self(BTreeMap::from([(name.to_owned(), provider)]))
    }

    pub(super) fn admit(&self, complaints: &mut Vec<Complaint>) {
        for (name, provider) in &self.0 {
            let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-');
            if name.len() > NAME_BYTES_MAX || !name.bytes().all(plain) {
                let what = format!("is no name of a provider: up to {NAME_BYTES_MAX} letters, digits, `_` and `-`");
                complaints.push(Complaint::of(&format!("oidc.{name}"), &what));
            }
            let secure = provider.issuer.starts_with("https://")
                || (provider.allow_private_addresses && provider.issuer.starts_with("http://"));
            if !secure {
                let what = "is not an https URL; http is for providers inside, with allow_private_addresses = true";
                complaints.push(Complaint::of(&format!("oidc.{name}.issuer"), what));
            }
            if provider.client_id.is_empty() {
                complaints.push(Complaint::of(&format!("oidc.{name}.client_id"), "is empty"));
            }
            if !provider.scope.split(' ').any(|value| value == "openid") {
                let what = "does not ask for `openid`, without which nobody is named";
                complaints.push(Complaint::of(&format!("oidc.{name}.scope"), what));
            }
        }
    }
}

//! Reads the provider's metadata (OpenID Connect Discovery section 4, RFC 8414).

use super::error::BenchError;
use super::wire::{Call, Wire};
use serde::Deserialize;
use url::Url;

/// What the driver needs of a provider's metadata.
#[derive(Debug, Deserialize)]
pub(super) struct ProviderMetadata {
    pub(super) issuer: String,
    pub(super) authorization_endpoint: Url,
    pub(super) token_endpoint: Url,
    pub(super) userinfo_endpoint: Option<Url>,
    pub(super) introspection_endpoint: Option<Url>,
    pub(super) registration_endpoint: Option<Url>,
    pub(super) grant_types_supported: Option<Vec<String>>,
    #[serde(default)]
    pub(super) scopes_supported: Vec<String>,
    #[serde(default)]
    pub(super) id_token_signing_alg_values_supported: Vec<String>,
}

impl ProviderMetadata {
    /// Whether the provider has a grant type. One that names none has those that OpenID Connect
    /// Discovery presumes, and maybe more: it is asked rather than left out.
    pub(super) fn has_grant(&self, grant_type: &str) -> bool {
        self.grant_types_supported.as_ref().is_none_or(|all| all.iter().any(|one| one == grant_type))
    }

    /// Whether the provider knows a scope value.
    pub(super) fn has_scope(&self, value: &str) -> bool {
        self.scopes_supported.iter().any(|one| one == value)
    }

    /// Whether the provider signs ID tokens with an algorithm.
    pub(super) fn has_id_token_alg(&self, algorithm: &str) -> bool {
        self.id_token_signing_alg_values_supported.iter().any(|one| one == algorithm)
    }

    /// Every endpoint it names.
    pub(super) fn endpoints(&self) -> impl Iterator<Item = &Url> {
        let always = [&self.authorization_endpoint, &self.token_endpoint];
        let maybe = [&self.userinfo_endpoint, &self.introspection_endpoint, &self.registration_endpoint];
        always.into_iter().chain(maybe.into_iter().flatten())
    }
}

/// Fetches the metadata of `issuer`.
pub(super) async fn discover(wire: &mut Wire, issuer: &Url) -> Result<ProviderMetadata, BenchError> {
    let url = document_of(issuer);
    let fetched = wire.send(&Call::get("discovery document", &url)).await;
    let metadata: ProviderMetadata =
        fetched.and_then(|answer| answer.json()).map_err(BenchError::provider("cannot discover the provider"))?;
    // OpenID Connect Discovery section 4.3: exactly the issuer that was asked. The slash that the
    // command line's URL type adds to a bare host is the one difference that means nothing.
    if metadata.issuer.trim_end_matches('/') == issuer.as_str().trim_end_matches('/') {
        Ok(metadata)
    } else {
        Err(BenchError::Issuer { asked: issuer.to_string(), said: metadata.issuer })
    }
}

/// Where an issuer's metadata lies: below its path, whether that ends with a slash or not.
fn document_of(issuer: &Url) -> Url {
    let mut url = issuer.clone();
    url.set_path(&format!("{}/.well-known/openid-configuration", issuer.path().trim_end_matches('/')));
    url.set_query(None);
    url.set_fragment(None);
    url
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_document_lies_below_the_issuers_path() {
        for (issuer, document) in [
            ("http://localhost:8080", "http://localhost:8080/.well-known/openid-configuration"),
            ("http://localhost:8080/", "http://localhost:8080/.well-known/openid-configuration"),
            ("https://h/realms/one", "https://h/realms/one/.well-known/openid-configuration"),
            ("https://h/realms/one/", "https://h/realms/one/.well-known/openid-configuration"),
            ("https://[::1]:8/?q#f", "https://[::1]:8/.well-known/openid-configuration"),
        ] {
            assert_eq!(document_of(&Url::parse(issuer).unwrap()).as_str(), document);
        }
    }

    #[test]
    fn a_provider_that_lists_no_grant_types_is_asked_for_any() {
        let bare = r#"{"issuer":"i","authorization_endpoint":"http://h/a","token_endpoint":"http://h/t"}"#;
        let mut metadata: ProviderMetadata = serde_json::from_str(bare).unwrap();
        assert!(metadata.has_grant("client_credentials") && !metadata.has_scope("offline_access"));
        metadata.grant_types_supported = Some(vec!["refresh_token".into()]);
        assert!(metadata.has_grant("refresh_token") && !metadata.has_grant("client_credentials"));
        assert_eq!(metadata.endpoints().count(), 2);
    }
}

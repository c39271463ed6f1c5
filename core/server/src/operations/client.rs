//! A client as operators see it: the members of its registration (RFC 7591 2), and what they alone settle.

use super::exposed;
use gatewright_domain::client::Client;
use gatewright_domain::clock::Timestamp;
use gatewright_domain::secret::SecretText;
use gatewright_domain::token_hash::TokenHash;
use gatewright_protocol::client_id::ClientId;
use gatewright_protocol::scope::Scope;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

/// A client, without the hash of anything.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ClientDocument {
    /// Its name for life.
    pub client_id: ClientId,
    /// Its secret, where it was drawn or given just now.
    #[serde(default, skip_serializing_if = "Option::is_none", with = "exposed")]
    pub client_secret: Option<SecretText>,
    /// When it was added, in seconds since 1970.
    pub client_id_issued_at: Timestamp,
    /// Consent is not asked.
    pub first_party: bool,
    /// Nobody vouched for it: it registered itself.
    pub registered_itself: bool,
    /// What it may be given of the admin API.
    pub admin_scope: Scope,
    /// Changes with every change.
    pub version: String,
    /// The members of its registration.
    #[serde(flatten)]
    pub metadata: Map<String, Value>,
}

impl ClientDocument {
    /// What is told of a stored client.
    pub fn of(client: &Client) -> Self {
        let mut metadata = client.registered_metadata.clone().unwrap_or_default();
        let mut settle = |member: &str, value: Value| {
            metadata.insert(member.to_owned(), value);
        };
        settle("redirect_uris", json!(client.redirect_uris));
        settle("post_logout_redirect_uris", json!(client.post_logout_redirect_uris));
        settle("grant_types", json!(client.grant_types));
        settle("response_types", json!(client.response_types));
        settle("scope", json!(client.scope));
        settle("application_type", json!(client.application_type));
        settle("subject_type", json!(client.subject_type));
        settle("token_endpoint_auth_method", json!(client.authentication.method()));
        settle("id_token_signed_response_alg", json!(client.tokens.id_token_algorithm));
        settle("access_token_format", json!(client.tokens.access_token_format));
        settle("require_pkce", json!(client.require_pkce));
        if let Some(name) = &client.presentation.name {
            settle("client_name", json!(name));
        }
        Self {
            client_id: client.id.clone(),
            client_secret: None,
            client_id_issued_at: client.issued_at,
            first_party: client.first_party,
            registered_itself: client.registration_token.is_some(),
            admin_scope: client.admin_scope.clone(),
            version: version_of(client),
            metadata,
        }
    }

    /// A member that is text, or nothing.
    pub fn text(&self, member: &str) -> &str {
        self.metadata.get(member).and_then(Value::as_str).unwrap_or_default()
    }

    /// A member that is a list of texts.
    pub fn texts(&self, member: &str) -> Vec<&str> {
        let list = self.metadata.get(member).and_then(Value::as_array);
        list.into_iter().flatten().filter_map(Value::as_str).collect()
    }

    /// What to call it.
    pub fn display_name(&self) -> &str {
        let name = self.text("client_name");
        if name.is_empty() { self.client_id.as_str() } else { name }
    }
}

/// The version of a stored client: that of its secret's hash as well.
pub(super) fn version_of(client: &Client) -> String {
    TokenHash::of(&json!(client).to_string()).as_str().chars().take(VERSION_CHARS).collect()
}

/// Characters of a version: 120 bits, of which no two versions of one thing agree by accident.
pub(super) const VERSION_CHARS: usize = 20;

/// A client to be added.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct NewClient {
    /// Its name for life; drawn where absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub client_id: Option<ClientId>,
    /// Its secret; drawn where absent and needed.
    #[serde(default, skip_serializing_if = "Option::is_none", with = "exposed")]
    pub client_secret: Option<SecretText>,
    /// Consent is not asked.
    #[serde(default)]
    pub first_party: bool,
    /// What it may be given of the admin API.
    #[serde(default)]
    pub admin_scope: Scope,
    /// The members of its registration.
    #[serde(flatten)]
    pub metadata: Map<String, Value>,
}

/// What becomes of a client: all members of its registration anew.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ClientChange {
    /// Consent is not asked; as it was where absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub first_party: Option<bool>,
    /// What it may be given of the admin API; as it was where absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub admin_scope: Option<Scope>,
    /// The members of its registration. Those that only the server says are left out of account, so that what was read
    /// can be sent back.
    #[serde(flatten)]
    pub metadata: Map<String, Value>,
}

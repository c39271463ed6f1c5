//! A client's metadata from flags, or from a file that the flags change (RFC 7591 2).

use crate::command::error::CommandError;
use crate::command::input::text_in;
use clap::Args;
use gatewright_protocol::application_type::ApplicationType;
use gatewright_protocol::client_auth_method::ClientAuthMethod;
use gatewright_protocol::grant_type::GrantType;
use gatewright_protocol::jws_algorithm::JwsAlgorithm;
use gatewright_protocol::response_type::ResponseType;
use serde_json::{Map, Value, json};
use std::path::{Path, PathBuf};

/// The metadata that has flags of its own.
#[derive(Debug, Default, Args)]
pub(super) struct MetadataArguments {
    /// What end-users see it called
    #[arg(long, value_name = "NAME")]
    name: Option<String>,
    /// Where responses may go, exactly; may be given several times
    #[arg(long = "redirect-uri", value_name = "URI")]
    redirect_uris: Vec<String>,
    /// Where browsers may go after logout; may be given several times
    #[arg(long = "post-logout-redirect-uri", value_name = "URI")]
    post_logout_redirect_uris: Vec<String>,
    /// Scope values it may be given, separated by spaces; all of them by default
    #[arg(long, value_name = "SCOPE")]
    scope: Option<String>,
    /// A grant it may use; may be given several times. By default authorization_code and refresh_token
    #[arg(long = "grant-type", value_name = "GRANT")]
    grant_types: Vec<GrantType>,
    /// A response type it may ask for, such as "code id_token"; may be given several times
    #[arg(long = "response-type", value_name = "TYPE")]
    response_types: Vec<ResponseType>,
    /// It cannot keep a secret: an application in a browser or on a phone. PKCE is then required
    #[arg(long, conflicts_with_all = ["auth_method", "secret_file"])]
    public: bool,
    /// How it authenticates; client_secret_basic by default
    #[arg(long, value_name = "METHOD")]
    auth_method: Option<ClientAuthMethod>,
    /// Its public keys, a JWK Set, for private_key_jwt
    #[arg(long, value_name = "FILE", conflicts_with = "jwks_uri")]
    jwks_file: Option<PathBuf>,
    /// Where its public keys are, for private_key_jwt
    #[arg(long, value_name = "URL")]
    jwks_uri: Option<String>,
    /// Where it runs: web, or native for an application on the end-user's device
    #[arg(long, value_name = "TYPE")]
    application_type: Option<ApplicationType>,
    /// How its ID tokens are signed; RS256 by default
    #[arg(long, value_name = "ALG")]
    id_token_algorithm: Option<JwsAlgorithm>,
    /// PKCE is required of it though it is confidential
    #[arg(long)]
    require_pkce: bool,
    /// Everything else: a registration document (RFC 7591), which the flags change; - for standard input
    #[arg(long, value_name = "FILE")]
    metadata_file: Option<PathBuf>,
}

impl MetadataArguments {
    /// The members of its registration, as they are asked for. What they may be is for the server to say.
    pub(super) fn document(&self) -> Result<Map<String, Value>, CommandError> {
        let mut document = self.metadata_file.as_deref().map(object_in).transpose()?.unwrap_or_default();
        self.write_into(&mut document)?;
        Ok(document)
    }

    fn write_into(&self, document: &mut Map<String, Value>) -> Result<(), CommandError> {
        let mut set = |member: &str, value: Value| {
            let is_given = match &value {
                Value::Null | Value::Bool(false) => false,
                Value::Array(values) => !values.is_empty(),
                _ => true,
            };
            if is_given {
                document.insert(member.to_owned(), value);
            }
        };
        let method = if self.public { Some(ClientAuthMethod::None) } else { self.auth_method };
        set("client_name", json!(self.name));
        set("redirect_uris", json!(self.redirect_uris));
        set("post_logout_redirect_uris", json!(self.post_logout_redirect_uris));
        set("scope", json!(self.scope));
        set("grant_types", json!(self.grant_types));
        set("response_types", json!(self.response_types));
        set("token_endpoint_auth_method", json!(method));
        set("jwks_uri", json!(self.jwks_uri));
        set("application_type", json!(self.application_type));
        set("id_token_signed_response_alg", json!(self.id_token_algorithm));
        set("require_pkce", json!(self.require_pkce));
        if let Some(file) = &self.jwks_file {
            set("jwks", Value::Object(object_in(file)?));
        }
        Ok(())
    }
}

fn object_in(path: &Path) -> Result<Map<String, Value>, CommandError> {
    serde_json::from_str(&text_in(path)?).map_err(|_| CommandError::Metadata(path.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    #[test]
    fn flags_change_the_document_and_leave_the_rest_of_it() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("client.json");
        let document = json!({
            "client_name": "Old", "contacts": ["a@x.example"], "redirect_uris": ["https://old.example/cb"],
        });
        fs::write(&file, document.to_string()).unwrap();
        let arguments = MetadataArguments {
            name: Some("New".into()),
            redirect_uris: vec!["https://new.example/cb".into()],
            public: true,
            metadata_file: Some(file),
            ..MetadataArguments::default()
        };
        let wanted = json!({
            "client_name": "New", "contacts": ["a@x.example"], "redirect_uris": ["https://new.example/cb"],
            "token_endpoint_auth_method": "none",
        });
        assert_eq!(Value::Object(arguments.document().unwrap()), wanted);
    }
}

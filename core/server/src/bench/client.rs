//! The client the driver plays: given on the command line, or registered for the run (RFC 7591).

use super::arguments::{ClientArguments, ClientAuth};
use super::discovery::ProviderMetadata;
use super::error::BenchError;
use super::failure::Failure;
use super::wire::{Call, Wire};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use gatewright_domain::secret::SecretText;
use http::header::{AUTHORIZATION, HeaderValue};
use serde::Deserialize;
use serde_json::{Value, json};
use url::{Url, form_urlencoded};

/// A client that can authenticate.
#[derive(Debug)]
pub(super) struct Client {
    pub(super) id: String,
    credentials: Credentials,
}

#[derive(Debug)]
enum Credentials {
    /// The whole `Authorization` header, made once; marked sensitive, so it is not printed.
    Basic(HeaderValue),
    Post(SecretText),
    None,
}

/// What registration answers, as far as the driver needs it (RFC 7591 section 3.2.1).
#[derive(Deserialize)]
struct Registered {
    client_id: String,
    client_secret: Option<String>,
    token_endpoint_auth_method: Option<String>,
}

impl Client {
    /// A client of that identity; without a secret it is public.
    fn new(id: String, secret: Option<SecretText>, method: Option<ClientAuth>) -> Result<Self, &'static str> {
        let default = if secret.is_some() { ClientAuth::Basic } else { ClientAuth::None };
        let credentials = match (method.unwrap_or(default), secret) {
            (ClientAuth::None, _) => Credentials::None,
            (ClientAuth::Post, Some(secret)) => Credentials::Post(secret),
            (ClientAuth::Basic, Some(secret)) => Credentials::Basic(basic(&id, secret.expose())),
            (ClientAuth::Basic | ClientAuth::Post, None) => return Err("the client has no secret"),
        };
        Ok(Self { id, credentials })
    }

    /// The client's `POST` of `parameters`, authenticated (RFC 6749 section 2.3.1).
    pub(super) fn call<'a>(&self, endpoint: &'static str, url: &'a Url, parameters: &[(&str, &str)]) -> Call<'a> {
        let mut body = form_urlencoded::Serializer::new(String::new());
        body.extend_pairs(parameters);
        match &self.credentials {
            Credentials::Basic(header) => Call::form(endpoint, url, body.finish()).with(AUTHORIZATION, header.clone()),
            Credentials::Post(secret) => {
                body.append_pair("client_id", &self.id).append_pair("client_secret", secret.expose());
                Call::form(endpoint, url, body.finish())
            }
            Credentials::None => {
                body.append_pair("client_id", &self.id);
                Call::form(endpoint, url, body.finish())
            }
        }
    }
}

/// How ID tokens are to be signed when nothing is said and the provider can.
const ID_TOKEN_ALG: &str = "ES256";

/// The client of the command line; without one, a client registered for these grant types.
pub(super) async fn client_for(
    grant_types: &[&str],
    arguments: &ClientArguments,
    metadata: &ProviderMetadata,
    wire: &mut Wire,
) -> Result<Client, BenchError> {
    let during = "the client cannot be used";
    let unusable = |reason: &str| BenchError::Provider { during, reason: reason.into() };
    if let Some(id) = &arguments.client_id {
        let secret = arguments.client_secret.clone();
        return Client::new(id.clone(), secret, arguments.client_auth).map_err(unusable);
    }
    let Some(url) = &metadata.registration_endpoint else {
        return Err(unusable("the provider has no registration_endpoint: give --client-id"));
    };
    let wanted = registration(grant_types, arguments, metadata);
    let registered: Registered =
        register(&wanted, url, wire).await.map_err(BenchError::provider("cannot register a client"))?;
    // The provider may register another method than was asked for (RFC 7591 section 3.2.1).
    let method = match registered.token_endpoint_auth_method.as_deref() {
        None => arguments.client_auth,
        Some(name) => Some(
            ClientAuth::of_registered_name(name)
                .ok_or_else(|| unusable("it was registered with a method the driver does not know"))?,
        ),
    };
    Client::new(registered.client_id, registered.client_secret.map(SecretText::new), method).map_err(unusable)
}

/// The scope to register: what will be asked for and the provider says it knows. None leaves it to the provider.
fn scope_for(grant_types: &[&str], arguments: &ClientArguments, metadata: &ProviderMetadata) -> Option<String> {
    if !grant_types.contains(&"authorization_code") {
        return arguments.client_credentials_scope.clone();
    }
    let known = arguments.scope.split(' ').chain(["offline_access"]).filter(|value| metadata.has_scope(value));
    let known: Vec<_> = known.collect();
    (!known.is_empty()).then(|| known.join(" "))
}

/// The metadata of the client to register (RFC 7591 section 2).
fn registration(grant_types: &[&str], arguments: &ClientArguments, provider: &ProviderMetadata) -> Value {
    let redirects = grant_types.contains(&"authorization_code");
    let mut metadata = json!({
        "client_name": "gatewright bench",
        "grant_types": grant_types,
        "response_types": if redirects { vec!["code"] } else { vec![] },
        "token_endpoint_auth_method": arguments.client_auth.unwrap_or(ClientAuth::Basic).registered_name(),
        "redirect_uris": if redirects { vec![&arguments.redirect_uri] } else { vec![] },
    });
    if let Some(scope) = scope_for(grant_types, arguments, provider) {
        metadata["scope"] = scope.into();
    }
    let default = provider.has_id_token_alg(ID_TOKEN_ALG).then_some(ID_TOKEN_ALG);
    if let Some(algorithm) = arguments.id_token_algorithm.as_deref().or(default) {
        metadata["id_token_signed_response_alg"] = algorithm.into();
    }
    metadata
}

async fn register(metadata: &Value, url: &Url, wire: &mut Wire) -> Result<Registered, Failure> {
    wire.send(&Call::json("registration endpoint", url, metadata.to_string())).await?.json()
}

fn basic(id: &str, secret: &str) -> HeaderValue {
    let encoded = |text: &str| form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>();
    let pair = STANDARD.encode(format!("{}:{}", encoded(id), encoded(secret)));
    // Base64 holds nothing that a header may not.
    let mut header = HeaderValue::from_str(&format!("Basic {pair}")).expect("base64 is a header value");
    header.set_sensitive(true);
    header
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::Parser;

    #[derive(Parser)]
    struct Line {
        #[command(flatten)]
        client: ClientArguments,
    }

    #[test]
    fn id_tokens_are_signed_as_asked_or_with_es256_where_the_provider_has_it() {
        let bare = r#"{"issuer":"i","authorization_endpoint":"http://h/a","token_endpoint":"http://h/t"}"#;
        let mut provider: ProviderMetadata = serde_json::from_str(bare).unwrap();
        let registered = |line: &[&str], provider: &ProviderMetadata| {
            let line = Line::parse_from(std::iter::once(&"bench").chain(line));
            registration(&["authorization_code"], &line.client, provider)["id_token_signed_response_alg"].clone()
        };
        assert_eq!(registered(&[], &provider), Value::Null);
        provider.id_token_signing_alg_values_supported = vec!["RS256".into(), "ES256".into()];
        assert_eq!(registered(&[], &provider), "ES256");
        assert_eq!(registered(&["--id-token-algorithm", "RS256"], &provider), "RS256");
    }

    fn sent(method: Option<ClientAuth>, secret: Option<&str>) -> (Option<String>, String) {
        let client = Client::new("a b".into(), secret.map(SecretText::new), method).unwrap();
        assert!(!format!("{client:?}").contains("s%c") && !format!("{client:?}").contains("YSti"));
        let url = Url::parse("http://h/token").unwrap();
        let call = client.call("token endpoint", &url, &[("grant_type", "refresh_token")]);
        let header = call.headers.iter().find(|(name, _)| name == AUTHORIZATION);
        (header.map(|(_, value)| value.to_str().unwrap().into()), call.body)
    }

    #[test]
    fn the_client_authenticates_as_it_is_registered() {
        let grant = "grant_type=refresh_token";
        // Both halves of Basic are form-encoded first: base64("a+b:s%25c").
        let header = Some("Basic YStiOnMlMjVj".to_owned());
        assert_eq!(sent(Some(ClientAuth::Basic), Some("s%c")), (header.clone(), grant.into()));
        assert_eq!(sent(None, Some("s%c")), (header, grant.into()));
        let post = format!("{grant}&client_id=a+b&client_secret=s%25c");
        assert_eq!(sent(Some(ClientAuth::Post), Some("s%c")), (None, post));
        let public = format!("{grant}&client_id=a+b");
        assert_eq!(sent(Some(ClientAuth::None), Some("s%c")), (None, public.clone()));
        assert_eq!(sent(None, None), (None, public));
    }

    #[test]
    fn a_method_that_needs_a_secret_is_refused_without_one() {
        for method in [ClientAuth::Basic, ClientAuth::Post] {
            assert!(Client::new("id".into(), None, Some(method)).is_err());
        }
    }
}

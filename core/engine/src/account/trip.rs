//! A trip: the walk of `/authorize`, begun by the account page and led back to it.

use crate::Engine;
use crate::authorization::admit::{Admission, admit};
use crate::authorization::request::parameters::RequestParameters;
use crate::authorization::resolve::resolve;
use crate::authorization::{Beginning, Outcome, begin};
use crate::browser::Browser;
use crate::error::WalkError;
use crate::settings::Settings;
use gatewright_domain::client::{
    AccessTokenFormat, AuthenticationDefaults, Client, ClientAuthentication, Presentation, TokenPreferences,
};
use gatewright_domain::clock::Timestamp;
use gatewright_domain::fault::Fault;
use gatewright_domain::token_hash::RandomToken;
use gatewright_protocol::acr::Acr;
use gatewright_protocol::application_type::ApplicationType;
use gatewright_protocol::client_id::ClientId;
use gatewright_protocol::jws_algorithm::JwsAlgorithm;
use gatewright_protocol::params::Params;
use gatewright_protocol::redirect_uri::RedirectUri;
use gatewright_protocol::registration::answer_metadata::AnswerMetadata;
use gatewright_protocol::registration::binding_metadata::BindingMetadata;
use gatewright_protocol::registration::logout_metadata::LogoutMetadata;
use gatewright_protocol::registration::request_metadata::RequestMetadata;
use gatewright_protocol::response_type::ResponseType;
use gatewright_protocol::scope::Scope;
use gatewright_protocol::subject_type::SubjectType;
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// The client that hooks see on a trip of the account page. No client can be registered under this name: the token
/// endpoint does not know it, and no code is issued to it.
pub const ACCOUNT_CLIENT: &str = "gatewright-account";
/// Where a trip ends.
pub const RETURN_PATH: &str = "/account/return";
/// How recently an end-user must have authenticated to change what they sign in with, in seconds.
pub const FRESH_S: u64 = 600;

/// What a trip is for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "trip", rename_all = "snake_case")]
pub enum Trip {
    /// To be signed in at all.
    SignIn,
    /// To be signed in just now, as strongly as the account can be.
    StepUp,
    /// To enrol a factor with the method of this ACR; a step-up where one is needed comes first.
    Enrol {
        /// Of which ACR.
        acr: Acr,
    },
}

impl Trip {
    /// Whether it changes what the end-user signs in with.
    pub(crate) fn needs_strength(&self) -> bool {
        matches!(self, Self::StepUp | Self::Enrol { .. })
    }
}

impl Engine {
    /// Begins a trip. What `then` says comes back with the answer, as a client's `state` does.
    ///
    /// # Errors
    /// A fault.
    pub async fn begin_trip(&self, trip: Trip, then: &str, browser: &Browser) -> Result<Outcome, WalkError> {
        let client = Arc::new(account_client(&self.settings)?);
        let mut query = vec![
            ("client_id", ACCOUNT_CLIENT.to_owned()),
            ("response_type", "code".to_owned()),
            ("redirect_uri", self.settings.issuer.endpoint(RETURN_PATH)),
            ("scope", "openid".to_owned()),
            // Of no verifier: nothing is issued that one could be shown for.
            ("code_challenge", RandomToken::draw(self.world.entropy.as_ref()).into_text()),
            ("code_challenge_method", "S256".to_owned()),
            ("state", then.to_owned()),
        ];
        if trip.needs_strength() {
            query.push(("max_age", FRESH_S.to_string()));
        }
        let query: Vec<String> = query.iter().map(|(name, value)| format!("{name}={}", escaped(value))).collect();
        let own = |error: String| Fault::new("account.trip", error);
        let params = Params::parse_query(&query.join("&")).map_err(|error| own(error.to_string()))?;
        let parameters = RequestParameters::own(&params);
        let resolved = resolve(client.clone(), &parameters)?;
        let policy = self.world.policies.live();
        let admission = Admission { settings: &self.settings, served_scopes: policy.served_scopes() };
        let request = admit(&parameters, &resolved, &admission).map_err(|refusal| own(refusal.to_string()))?;
        let session = self.live_session(browser).await?;
        begin(self, request, Beginning { policy, session, client, browser, trip: Some(trip) }).await
    }
}

/// A value of a query (application/x-www-form-urlencoded): all but letters and digits is escaped.
fn escaped(value: &str) -> String {
    let byte = |byte: u8| match byte.is_ascii_alphanumeric() {
        true => char::from(byte).to_string(),
        false => format!("%{byte:02X}"),
    };
    value.bytes().map(byte).collect()
}

/// The client that stands for the account page.
pub(crate) fn account_client(settings: &Settings) -> Result<Client, Fault> {
    let wrong = |error: &dyn std::fmt::Display| Fault::new("account.client", error.to_string());
    let redirect_uri = settings.issuer.endpoint(RETURN_PATH);
    Ok(Client {
        id: ClientId::try_from(ACCOUNT_CLIENT).map_err(|error| wrong(&error))?,
        authentication: ClientAuthentication::None {},
        redirect_uris: vec![RedirectUri::try_from(redirect_uri.as_str()).map_err(|error| wrong(&error))?],
        post_logout_redirect_uris: vec![],
        response_types: vec![ResponseType::Code],
        grant_types: vec![],
        scope: Scope::try_from("openid").map_err(|error| wrong(&error))?,
        admin_scope: Scope::empty(),
        application_type: ApplicationType::Web,
        presentation: Presentation::default(),
        subject_type: SubjectType::Public,
        sector: None,
        tokens: TokenPreferences {
            id_token_algorithm: JwsAlgorithm::ES256,
            userinfo_algorithm: None,
            access_token_format: AccessTokenFormat::Opaque,
            access_token_lifetime_s: None,
            refresh_token_lifetime_s: None,
        },
        authentication_defaults: AuthenticationDefaults::default(),
        require_pkce: false,
        keys: None,
        requests: RequestMetadata::default(),
        answers: AnswerMetadata::default(),
        binding: BindingMetadata::default(),
        logout: LogoutMetadata::default(),
        first_party: true,
        registration_token: None,
        registered_metadata: None,
        issued_at: Timestamp(0),
    })
}

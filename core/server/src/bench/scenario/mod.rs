//! What is done over and over, and what a scenario needs of the provider.

mod client_credentials;
mod introspect;
mod login_code_flow;
mod refresh;
mod sso_code_flow;
mod userinfo;

use super::arguments::{BenchArguments, ClientAuth};
use super::client::Client;
use super::discovery::ProviderMetadata;
use super::failure::Failure;
use super::laps::Laps;
use super::load::Worker;
use super::party::Party;
use super::target::Target;
use async_trait::async_trait;
use clap::ValueEnum;
use serde::{Serialize, Serializer};
use std::sync::Arc;

/// A kind of operation to put a provider under load with.
#[derive(ValueEnum, Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scenario {
    /// An end-user who is signed in visits another client: authorization request, code, tokens, userinfo
    SsoCodeFlow,
    /// A new browser each time: authorization request, sign-in page, password, consent, code, tokens
    LoginCodeFlow,
    /// A refresh token for new tokens, and so on with the refresh token that comes
    Refresh,
    /// An access token of the client's own
    ClientCredentials,
    /// Introspection of an active access token
    Introspect,
    /// Userinfo with an active access token
    Userinfo,
}

/// One operation, done again and again by one worker.
#[async_trait]
pub(super) trait Operation: Send {
    /// Gets what the operation presumes (a session, a token) unless it is there. Not timed.
    async fn make_ready(&mut self) -> Result<(), Failure>;

    /// Does the operation once. After a failure the next `make_ready` starts afresh.
    async fn operate(&mut self, laps: &mut Laps) -> Result<(), Failure>;

    /// Requests sent so far, those of `make_ready` included.
    fn requests(&self) -> u64;
}

impl Scenario {
    /// Its name on the command line and in reports.
    pub fn name(self) -> &'static str {
        match self {
            Self::SsoCodeFlow => "sso-code-flow",
            Self::LoginCodeFlow => "login-code-flow",
            Self::Refresh => "refresh",
            Self::ClientCredentials => "client-credentials",
            Self::Introspect => "introspect",
            Self::Userinfo => "userinfo",
        }
    }

    /// Whether its client acts for itself rather than for an end-user.
    pub(super) fn is_service(self) -> bool {
        self == Self::ClientCredentials
    }

    /// What stands against running it, if anything.
    pub(super) fn obstacle(self, metadata: &ProviderMetadata, arguments: &BenchArguments) -> Option<&'static str> {
        let client = &arguments.client;
        let public = client.client_auth == Some(ClientAuth::None)
            || (client.client_id.is_some() && client.client_secret.is_none());
        let openid = client.scope.split(' ').any(|value| value == "openid");
        match self {
            _ if !self.is_service() && !metadata.has_grant("authorization_code") => {
                Some("the provider has no authorization_code grant")
            }
            Self::Refresh if !metadata.has_grant("refresh_token") => Some("the provider has no refresh_token grant"),
            Self::ClientCredentials if !metadata.has_grant("client_credentials") => {
                Some("the provider has no client_credentials grant")
            }
            Self::ClientCredentials | Self::Introspect if public => Some("the client is public"),
            Self::Introspect if metadata.introspection_endpoint.is_none() => {
                Some("the provider has no introspection_endpoint")
            }
            Self::SsoCodeFlow | Self::Userinfo if metadata.userinfo_endpoint.is_none() => {
                Some("the provider has no userinfo_endpoint")
            }
            Self::SsoCodeFlow | Self::Userinfo if !openid => Some("userinfo wants the scope openid"),
            _ => None,
        }
    }

    /// A worker of this scenario, not ready yet.
    pub(super) fn worker(self, target: Arc<Target>, client: Arc<Client>) -> Worker {
        let party = Party::new(target, client);
        match self {
            Self::SsoCodeFlow => Box::new(sso_code_flow::SsoCodeFlow::new(party)),
            Self::LoginCodeFlow => Box::new(login_code_flow::LoginCodeFlow::new(party)),
            Self::Refresh => Box::new(refresh::Refresh::new(party)),
            Self::ClientCredentials => Box::new(client_credentials::ClientCredentials::new(party)),
            Self::Introspect => Box::new(introspect::Introspect::new(party)),
            Self::Userinfo => Box::new(userinfo::Userinfo::new(party)),
        }
    }
}

/// Reported by its name.
impl Serialize for Scenario {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::Parser;

    #[derive(Parser)]
    struct Line {
        #[command(flatten)]
        bench: BenchArguments,
    }

    fn obstacles(extra: &str, words: &[&str]) -> Vec<&'static str> {
        let json =
            format!(r#"{{"issuer":"i","authorization_endpoint":"http://h/a","token_endpoint":"http://h/t"{extra}}}"#);
        let metadata: ProviderMetadata = serde_json::from_str(&json).unwrap();
        let arguments = Line::try_parse_from([&["bench"], words].concat()).unwrap().bench;
        let all = Scenario::value_variants().iter();
        all.filter(|one| one.obstacle(&metadata, &arguments).is_some()).map(|one| one.name()).collect()
    }

    const ENDPOINTS: &str = r#","userinfo_endpoint":"http://h/u","introspection_endpoint":"http://h/i""#;

    #[test]
    fn a_scenario_is_left_out_when_the_provider_or_the_client_cannot_do_it() {
        let none: [&str; 0] = [];
        assert_eq!(obstacles(ENDPOINTS, &[]), none);
        assert_eq!(obstacles("", &[]), ["sso-code-flow", "introspect", "userinfo"]);
        let only_code = format!(r#"{ENDPOINTS},"grant_types_supported":["authorization_code"]"#);
        assert_eq!(obstacles(&only_code, &[]), ["refresh", "client-credentials"]);
        assert_eq!(obstacles(ENDPOINTS, &["--client-id", "c"]), ["client-credentials", "introspect"]);
        assert_eq!(obstacles(ENDPOINTS, &["--client-auth", "none"]), ["client-credentials", "introspect"]);
        assert_eq!(obstacles(ENDPOINTS, &["--scope", "email"]), ["sso-code-flow", "userinfo"]);
        let no_code = format!(r#"{ENDPOINTS},"grant_types_supported":["client_credentials"]"#);
        assert_eq!(obstacles(&no_code, &[]).len(), 5);
    }

    #[test]
    fn the_name_in_reports_is_the_one_of_the_command_line() {
        for scenario in Scenario::value_variants() {
            assert_eq!(scenario.to_possible_value().unwrap().get_name(), scenario.name());
        }
    }
}

//! The command line of `gatewright bench`.

use super::scenario::Scenario;
use clap::{Args, ValueEnum};
use gatewright_domain::secret::SecretText;
use serde::Serialize;
use std::path::PathBuf;
use url::Url;

/// Most operations that run at once; more connections than this measure the machine, not the server.
pub const CONCURRENCY_MAX: u16 = 4096;

/// Put an OpenID Provider under load and report its speed and what it costs.
// Serialized into the JSON report, without its secrets.
#[derive(Args, Debug, Clone, Serialize)]
pub struct BenchArguments {
    /// Issuer of the provider to load; its discovery document names the endpoints
    #[arg(long, value_name = "URL", default_value = "http://localhost:8080")]
    pub issuer: Url,
    /// Scenario to run; may be given several times. Without it all run that the provider supports
    #[arg(long = "scenario", value_enum, value_name = "NAME")]
    pub scenarios: Vec<Scenario>,
    #[command(flatten)]
    pub(super) load: LoadArguments,
    #[command(flatten)]
    pub(super) client: ClientArguments,
    #[command(flatten)]
    pub(super) sign_in: SignInArguments,
    #[command(flatten)]
    pub(super) network: NetworkArguments,
    /// Process id of the server: adds its CPU time per operation and its memory (Linux). May be given
    /// several times when the server is several processes
    #[arg(long = "server-pid", value_name = "PID")]
    pub server_pids: Vec<u32>,
    /// Cost of one password hash on the server in ms of CPU. Without it, Gatewright's own hash
    /// (argon2id, m=19456, t=2, p=1) is measured on this machine
    #[arg(long, value_name = "MS", value_parser = not_negative)]
    pub password_hash_ms: Option<f64>,
    /// Print one JSON document instead of the table
    #[arg(long)]
    pub json: bool,
}

/// How much load, and for how long.
#[derive(Args, Debug, Clone, Serialize)]
pub(super) struct LoadArguments {
    /// How long each scenario is measured
    #[arg(long, value_name = "SECONDS", default_value = "10", value_parser = positive)]
    pub(super) duration: f64,
    /// Measure this many operations of each scenario instead of a time
    #[arg(long, value_name = "N", conflicts_with = "duration", value_parser = clap::value_parser!(u64).range(1..))]
    pub(super) operations: Option<u64>,
    /// Operations at once, each on a connection of its own
    #[arg(long, value_name = "N", default_value = "8", value_parser = clap::value_parser!(u16).range(1..=i64::from(CONCURRENCY_MAX)))]
    pub(super) concurrency: u16,
    /// Begin at most this many operations a second, over all connections; without it, as many as are answered
    #[arg(long, value_name = "N", value_parser = positive)]
    pub(super) rate: Option<f64>,
    /// Load before the measurement, not counted; 0 for none
    #[arg(long, value_name = "SECONDS", default_value = "2", value_parser = not_negative)]
    pub(super) warmup: f64,
    /// Sign in this many times first, each in a new browser: what does the server hold for a live session?
    #[arg(long, value_name = "N", default_value = "0")]
    pub(super) seed_sessions: u64,
}

/// The client the driver plays.
#[derive(Args, Debug, Clone, Serialize)]
pub(super) struct ClientArguments {
    /// Client to use. Without it one is registered dynamically (RFC 7591), and stays registered
    #[arg(long, value_name = "ID")]
    pub(super) client_id: Option<String>,
    /// Secret of that client
    #[arg(long, value_name = "SECRET", env = "GATEWRIGHT_BENCH_CLIENT_SECRET", hide_env_values = true,
          requires = "client_id", value_parser = secret)]
    #[serde(skip)]
    pub(super) client_secret: Option<SecretText>,
    /// Where the code is sent; it is read from the redirect and never fetched
    #[arg(long, value_name = "URI", default_value = "http://127.0.0.1:8099/callback",
          value_parser = absolute)]
    pub(super) redirect_uri: String,
    /// How the client authenticates; by default `basic`, or `none` for a client without a secret
    #[arg(long, value_enum, value_name = "METHOD")]
    pub(super) client_auth: Option<ClientAuth>,
    /// Scope of authorization requests
    #[arg(long, value_name = "SCOPE", default_value = "openid profile email")]
    pub(super) scope: String,
    /// Scope of client-credentials requests; none by default
    #[arg(long, value_name = "SCOPE")]
    pub(super) client_credentials_scope: Option<String>,
    /// How the registered client's ID tokens are signed; ES256 where the provider has it, since an RS256
    /// signature alone costs more than the rest of a code flow
    #[arg(long, value_name = "ALG", conflicts_with = "client_id")]
    pub(super) id_token_algorithm: Option<String>,
    /// Send a PKCE challenge (S256); the default
    #[arg(long, overrides_with = "no_pkce")]
    #[serde(skip)]
    pub(super) pkce: bool,
    /// Send no PKCE challenge
    #[arg(long)]
    pub(super) no_pkce: bool,
}

/// The end-user the driver plays, and how the provider's pages name things.
#[derive(Args, Debug, Clone, Serialize)]
pub(super) struct SignInArguments {
    /// Who signs in
    #[arg(long, value_name = "NAME", default_value = "alice")]
    pub(super) username: String,
    /// Their password
    #[arg(long, value_name = "PASSWORD", default_value = "wonderland", env = "GATEWRIGHT_BENCH_PASSWORD",
          hide_env_values = true, value_parser = secret)]
    #[serde(skip)]
    pub(super) password: SecretText,
    /// Name or id of the username field on the sign-in page
    #[arg(long, value_name = "FIELD", default_value = "username")]
    pub(super) username_field: String,
    /// Name or id of the password field on the sign-in page
    #[arg(long, value_name = "FIELD", default_value = "password")]
    pub(super) password_field: String,
    /// Another field to send with the sign-in form; may be given several times
    #[arg(long = "form-field", value_name = "NAME=VALUE", value_parser = pair)]
    pub(super) form_fields: Vec<(String, String)>,
    /// Another field to send with the consent form; may be given several times
    #[arg(long = "consent-field", value_name = "NAME=VALUE", value_parser = pair)]
    pub(super) consent_fields: Vec<(String, String)>,
    /// Name, id or value of the button that signs in; if the page has none such, its first button
    #[arg(long, value_name = "BUTTON", default_value = "loginForm:loginButton")]
    pub(super) sign_in_button: String,
    /// Name, id or value of the button that allows; if the page has none such, its only button
    #[arg(long, value_name = "BUTTON", default_value = "authorizeForm:allowButton")]
    pub(super) allow_button: String,
}

/// How the provider is reached.
#[derive(Args, Debug, Clone, Serialize)]
pub(super) struct NetworkArguments {
    /// Let the driver load a provider that is not on this machine: be sure that it is yours
    #[arg(long)]
    pub(super) allow_remote: bool,
    /// Certificate authorities to trust for https, in PEM
    #[arg(long, value_name = "FILE")]
    pub(super) ca_file: Option<PathBuf>,
    /// Believe any certificate; on this machine only
    #[arg(long, conflicts_with_all = ["allow_remote", "ca_file"])]
    pub(super) insecure: bool,
    /// How long one request may take
    #[arg(long, value_name = "SECONDS", default_value = "30", value_parser = positive)]
    pub(super) timeout: f64,
}

/// How the client authenticates at the token and introspection endpoints (RFC 6749 section 2.3).
#[derive(ValueEnum, Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum ClientAuth {
    /// `client_secret_basic`
    Basic,
    /// `client_secret_post`
    Post,
    /// `none`: a public client
    None,
}

impl ClientAuth {
    /// The method's name in client metadata (RFC 7591 section 2).
    pub(super) fn registered_name(self) -> &'static str {
        match self {
            Self::Basic => "client_secret_basic",
            Self::Post => "client_secret_post",
            Self::None => "none",
        }
    }

    /// The method of that name, if the driver knows it.
    pub(super) fn of_registered_name(name: &str) -> Option<Self> {
        [Self::Basic, Self::Post, Self::None].into_iter().find(|method| method.registered_name() == name)
    }
}

fn positive(text: &str) -> Result<f64, String> {
    not_negative(text).and_then(|number| if number > 0.0 { Ok(number) } else { Err("must be more than 0".into()) })
}

fn not_negative(text: &str) -> Result<f64, String> {
    match text.parse::<f64>() {
        Ok(number) if (0.0..=SECONDS_MAX).contains(&number) => Ok(number),
        Ok(_) => Err(format!("must lie between 0 and {SECONDS_MAX}")),
        Err(error) => Err(error.to_string()),
    }
}

/// Longest time that can be asked for, in seconds: a day.
const SECONDS_MAX: f64 = 86_400.0;

// clap wants a Result of every parser.
#[allow(clippy::unnecessary_wraps)]
fn secret(text: &str) -> Result<SecretText, std::convert::Infallible> {
    Ok(SecretText::new(text))
}

/// Kept as it was written: a provider compares redirect URIs character by character.
fn absolute(text: &str) -> Result<String, url::ParseError> {
    Url::parse(text).map(|_| text.to_owned())
}

fn pair(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((name, value)) if !name.is_empty() => Ok((name.to_owned(), value.to_owned())),
        _ => Err("write it as NAME=VALUE".into()),
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

    fn parse(words: &[&str]) -> Result<BenchArguments, clap::Error> {
        Line::try_parse_from([&["bench"], words].concat()).map(|line| line.bench)
    }

    #[test]
    fn secrets_are_neither_printed_nor_reported() {
        let arguments = parse(&["--client-id", "c", "--client-secret", "hush-1", "--password", "hush-2"]).unwrap();
        assert_eq!(arguments.sign_in.password.expose(), "hush-2");
        let told = format!("{arguments:?}{}", serde_json::to_string(&arguments).unwrap());
        assert!(!told.contains("hush"), "{told}");
    }

    #[test]
    fn numbers_out_of_range_are_refused() {
        for words in [
            ["--concurrency", "0"],
            ["--concurrency", "4097"],
            ["--duration", "0"],
            ["--duration", "NaN"],
            ["--warmup", "-1"],
            ["--timeout", "86401"],
            ["--operations", "0"],
            ["--rate", "0"],
            ["--form-field", "novalue"],
            ["--redirect-uri", "/callback"],
            ["--client-secret", "without-an-id"],
            ["--scenario", "unknown"],
        ] {
            assert!(parse(&words).is_err(), "{words:?}");
        }
        assert_eq!(parse(&["--concurrency", "4096"]).unwrap().load.concurrency, CONCURRENCY_MAX);
    }

    #[test]
    fn any_certificate_is_believed_on_this_machine_only() {
        assert!(parse(&["--insecure"]).is_ok());
        assert!(parse(&["--insecure", "--allow-remote"]).is_err());
    }

    #[test]
    fn the_last_of_pkce_and_no_pkce_counts() {
        assert!(!parse(&[]).unwrap().client.no_pkce);
        assert!(parse(&["--no-pkce"]).unwrap().client.no_pkce);
        assert!(!parse(&["--no-pkce", "--pkce"]).unwrap().client.no_pkce);
    }
}

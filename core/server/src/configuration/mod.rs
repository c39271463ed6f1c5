//! The configuration: read once at the start, handed down as small structs.
//!
//! One file and one struct a section of `gatewright.toml`. **Invariant:** a setting that is not known, of the wrong
//! kind or out of range is refused with where it was made and what was probably meant; nothing is silently left out,
//! and nothing confidential is printed.
//!
//! ```text
//! load     defaults, file, environment, flags        together  rules between settings
//! layer    one of those, each value with its origin  schema    which settings there are, from a specimen
//! ```

mod admin;
mod choice;
mod complaint;
mod confidential;
mod cors;
mod database;
mod error;
mod fetch;
mod guessing;
mod keys;
mod layer;
mod lifetimes;
mod limits;
mod listen;
mod load;
mod logging;
mod logout;
mod mail;
mod nearest;
mod networks;
mod oidc;
mod pages;
mod passwords;
mod plugin_signatures;
mod policy;
mod profile;
mod protocol;
mod proxy;
mod quarantine;
mod quickstart;
mod registration;
mod schema;
mod scopes;
mod secrets;
#[cfg(test)]
mod tests;
mod tls;
mod together;
mod trace;

pub use admin::Admin;
pub use complaint::Complaint;
pub use confidential::Confidential;
pub use cors::{ANY_ORIGIN, Cors};
pub use database::{CONNECTIONS_MAX, Database, DatabaseUrl};
pub use error::ConfigurationError;
pub use fetch::Fetch;
pub use guessing::{Guessing, TRIES_MAX, WAIT_S_MAX};
pub use keys::{Keys, MasterKeyError, ROTATION_DAYS_MAX};
pub use layer::{Override, PREFIX};
pub use lifetimes::{CODE_S_MAX, LIFETIME_S_MAX, Lifetimes, PUSHED_REQUEST_S_MAX, PUSHED_REQUEST_S_MIN, TOKEN_S_MAX};
pub use limits::Limits;
pub use listen::{Listen, PORT};
pub use logging::{LogFormat, Logging};
pub use logout::{LOGOUT_PAUSE_S_MAX, LOGOUT_TIMEOUT_S_MAX, LOGOUT_TRIES_MAX, Logout};
pub use mail::{MAIL_TIMEOUT_S_MAX, Mail, MailTls};
pub use oidc::{Oidc, OidcProvider};
pub use pages::Pages;
pub use passwords::{
    COST_MIN, ITERATIONS_MAX, LENGTH_MIN_MAX, LENGTH_MIN_MIN, MEMORY_KIB_MAX, MEMORY_KIB_MIN, Passwords, THREADS_MAX,
};
pub use plugin_signatures::{PLUGIN_KEYS_MAX, PluginSignatures};
pub use policy::Policy;
pub use protocol::Protocol;
pub use proxy::{ForwardingHeader, Proxy};
pub use quickstart::{DATABASE_FILE, MASTER_KEY_FILE};
pub use registration::Registration;
pub use scopes::Scopes;
pub use secrets::{NAME_BYTES_MAX, Secrets};
pub use tls::{AskedOfClients, ClientCertificates, Tls, TlsFiles};
pub use trace::{TRACE_DAYS_MAX, TRACE_MIB_MAX, Trace};

use gatewright_protocol::issuer::Issuer;
use serde::{Deserialize, Serialize};
use std::path::PathBuf;

/// The folder of compiled plugins beside an SQLite database.
const COMPILED_PLUGINS: &str = "compiled-plugins";

/// Everything the operator settles. Written out (`Debug`, serde) it shows no secret.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Configuration {
    /// The URL that clients know the server by (RFC 8414 2).
    pub issuer: Issuer,
    /// Where requests are taken.
    pub listen: Listen,
    /// The admin API.
    pub admin: Admin,
    /// HTTPS.
    pub tls: Tls,
    /// Proxies in front.
    pub proxy: Proxy,
    /// The database.
    pub database: Database,
    /// The server's keys.
    pub keys: Keys,
    /// The policy.
    pub policy: Policy,
    /// How long things live.
    pub lifetimes: Lifetimes,
    /// Dynamic client registration.
    pub registration: Registration,
    /// How strict the server is.
    pub protocol: Protocol,
    /// The operator's own scope values.
    #[serde(default)]
    pub scopes: Scopes,
    /// What policies may be lent.
    #[serde(default)]
    pub secrets: Secrets,
    /// Other OpenID Providers.
    #[serde(default)]
    pub oidc: Oidc,
    /// Clients' documents.
    pub fetch: Fetch,
    /// How clients learn of logouts.
    pub logout: Logout,
    /// Mail to end-users.
    pub mail: Mail,
    /// New passwords, and the cost of their hashes.
    pub passwords: Passwords,
    /// How often secrets may be guessed.
    pub guessing: Guessing,
    /// What end-users see.
    pub pages: Pages,
    /// The log.
    pub logging: Logging,
    /// Traces of logins.
    pub trace: Trace,
    /// How much one caller may take.
    pub limits: Limits,
    /// Cross-origin calls.
    pub cors: Cors,
    /// The demonstration client is served at `/demo`: in a quickstart, and nowhere else.
    #[serde(skip)]
    pub demo: bool,
}

impl Configuration {
    /// Every default, for `issuer`.
    pub fn new(issuer: Issuer) -> Self {
        Self {
            issuer,
            listen: Listen::default(),
            admin: Admin::default(),
            tls: Tls::default(),
            proxy: Proxy::default(),
            database: Database::default(),
            keys: Keys::default(),
            policy: Policy::default(),
            lifetimes: Lifetimes::default(),
            registration: Registration::default(),
            protocol: Protocol::default(),
            scopes: Scopes::default(),
            secrets: Secrets::default(),
            oidc: Oidc::default(),
            fetch: Fetch::default(),
            logout: Logout::default(),
            mail: Mail::default(),
            passwords: Passwords::default(),
            guessing: Guessing::default(),
            pages: Pages::default(),
            logging: Logging::default(),
            trace: Trace::default(),
            limits: Limits::default(),
            cors: Cors::default(),
            demo: false,
        }
    }

    /// Where compiled plugins are kept, if anywhere.
    pub fn compiled_plugins(&self) -> Option<PathBuf> {
        let beside = || Some(self.database.url.folder()?.join(COMPILED_PLUGINS));
        self.policy.compiled_plugins.clone().or_else(beside)
    }

    /// A configuration in which every setting has a value: what the schema is read off.
    fn specimen(issuer: Issuer) -> Self {
        Self {
            tls: Tls::specimen(),
            proxy: Proxy::specimen(),
            protocol: Protocol::specimen(),
            database: Database::specimen(),
            keys: Keys::specimen(),
            policy: Policy::specimen(),
            scopes: Scopes::from([(schema::ANY_NAME, [].as_slice())]),
            secrets: Secrets::specimen(schema::ANY_NAME),
            oidc: Oidc::specimen(schema::ANY_NAME),
            fetch: Fetch::specimen(),
            mail: Mail::specimen(),
            passwords: Passwords::specimen(),
            pages: Pages::specimen(),
            trace: Trace::specimen(),
            ..Self::new(issuer)
        }
    }
}

//! What every endpoint is given.

use super::connection::Connection;
use crate::admin::LiveEvents;
use crate::metrics::Metrics;
use crate::pages::Pages;
use gatewright_domain::capabilities::totp::Totp;
use gatewright_domain::capabilities::webauthn::Webauthn;
use gatewright_domain::certificate::ClientCertificate;
use gatewright_domain::entropy::{Entropy, random_text};
use gatewright_domain::hooks::Origin;
use gatewright_domain::identifiers::BundleDigest;
use gatewright_engine::Engine;
use http::HeaderMap;
use http::header::USER_AGENT;
use std::collections::BTreeSet;
use std::net::IpAddr;
use std::sync::Arc;

/// Longest `User-Agent` a hook is shown, in characters.
pub const USER_AGENT_CHARS_MAX: usize = 512;

/// Finds the address of the browser behind a connection, which may be a proxy's.
pub type AddressFinder = Arc<dyn Fn(&Connection, &HeaderMap) -> IpAddr + Send + Sync>;

/// Finds what the client behind a connection, which may be a proxy's, has shown of itself.
pub type CertificateFinder = Arc<dyn Fn(&Connection, &HeaderMap) -> Option<Arc<ClientCertificate>> + Send + Sync>;

/// What the operator settles of HTTP itself.
#[derive(Clone)]
pub struct HttpSettings {
    /// Largest request body, in bytes.
    pub body_bytes_max: usize,
    /// Origins that browsers may call the client endpoints from; empty = every origin (they carry no cookies).
    pub cors_origins: BTreeSet<String>,
    /// Finds the browser's address behind trusted proxies.
    pub client_address: AddressFinder,
    /// Finds the client's certificate, behind trusted proxies too.
    pub client_certificate: CertificateFinder,
}

/// Whether the server can do its work.
#[async_trait::async_trait]
pub trait Readiness: Send + Sync {
    /// `Err` names what is missing, in words for the operator.
    async fn ready(&self) -> Result<(), String>;

    /// What this node is called among those that share a database.
    fn node(&self) -> &str;

    /// The number of the activation whose policy this node serves.
    fn activation(&self) -> u64;

    /// The digest of the policy folder as it is, where that was refused and something else is live.
    fn refused(&self) -> Option<BundleDigest>;
}

/// The endpoints' common ground.
pub struct Service {
    /// The walk.
    pub engine: Arc<Engine>,
    /// The pages.
    pub pages: Arc<Pages>,
    /// Keys of authenticator apps, for the pages that show them.
    pub totp: Arc<dyn Totp>,
    /// Ceremonies of passkeys, for the pages that show them.
    pub webauthn: Arc<dyn Webauthn>,
    /// Counters.
    pub metrics: Arc<Metrics>,
    /// What happens, for those who listen by the admin API.
    pub events: Arc<LiveEvents>,
    /// Randomness, for correlation ids.
    pub entropy: Arc<dyn Entropy>,
    /// Whether everything behind is there.
    pub readiness: Arc<dyn Readiness>,
    /// The built-in relying party, where it is served.
    pub demo: Option<Arc<crate::demo::Demo>>,
    /// HTTP's own settings.
    pub settings: HttpSettings,
}

impl Service {
    /// Path that every route begins with: the issuer's own.
    pub fn base(&self) -> &str {
        self.engine.settings().issuer.path()
    }

    /// Whether browsers reach the server over HTTPS.
    pub fn is_https(&self) -> bool {
        self.engine.settings().issuer.is_https()
    }

    /// A new name for one request in the log.
    pub fn correlation_id(&self) -> String {
        random_text::<9>(self.entropy.as_ref())
    }

    /// Where a request came from, as hooks see it.
    pub fn origin(&self, connection: &Connection, headers: &HeaderMap) -> Origin {
        let agent = headers.get(USER_AGENT).and_then(|value| value.to_str().ok());
        Origin {
            ip: (self.settings.client_address)(connection, headers).to_string(),
            user_agent: agent.map(|agent| agent.chars().take(USER_AGENT_CHARS_MAX).collect()),
        }
    }
}

//! What one binding was lent, as its manifest says.

use crate::identifiers::FactorKind;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// Everything lent to a binding; nothing by default.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Loan {
    /// `log`: lines in the server's log.
    pub log: bool,
    /// `users`: the directory.
    pub users: bool,
    /// `kv`: values of its own.
    pub kv: bool,
    /// `network`: tests of addresses against CIDR ranges.
    pub network: bool,
    /// `http`: requests to these origins.
    pub http: Option<HttpLoan>,
    /// `secrets`: configured secrets of these names.
    pub secrets: BTreeSet<String>,
    /// `factors`: what end-users enrolled, and factors of this kind of its own.
    pub factors: Option<FactorKind>,
    /// `totp`: authenticator apps.
    pub totp: bool,
    /// `webauthn`: passkeys.
    pub webauthn: bool,
    /// `mail`: messages to end-users.
    pub mail: bool,
    /// `recovery`: recovery codes.
    pub recovery: bool,
    /// `oidc`: configured OpenID Providers of these names.
    pub oidc: BTreeSet<String>,
}

/// Where a binding may send requests.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HttpLoan {
    /// Origins such as `https://risk.example.com` or `http://127.0.0.1:9000`, compared exactly.
    pub origins: BTreeSet<String>,
    /// Whether an origin may resolve to a private or loopback address. Naming an IP literal or `localhost`
    /// as an origin implies it for that origin alone.
    pub private_addresses: bool,
}

impl Loan {
    /// The names of the capabilities lent, as a manifest writes them.
    pub fn names(&self) -> Vec<&'static str> {
        let lent = [
            ("log", self.log),
            ("users", self.users),
            ("kv", self.kv),
            ("network", self.network),
            ("http", self.http.is_some()),
            ("secrets", !self.secrets.is_empty()),
            ("factors", self.factors.is_some()),
            ("totp", self.totp),
            ("webauthn", self.webauthn),
            ("mail", self.mail),
            ("recovery", self.recovery),
            ("oidc", !self.oidc.is_empty()),
        ];
        lent.into_iter().filter_map(|(name, is)| is.then_some(name)).collect()
    }
}

/// Every capability a manifest can name.
pub const CAPABILITIES: [&str; 12] =
    ["log", "users", "kv", "network", "http", "secrets", "factors", "totp", "webauthn", "mail", "recovery", "oidc"];

//! What a script can ask of the host, one namespace a file. A capability that was not lent has no namespace.

mod answers;
mod clock;
mod factors;
mod http;
mod kv;
mod log;
mod mail;
mod network;
mod oidc;
pub mod pages;
mod random;
mod recovery;
mod secrets;
mod totp;
mod users;
mod webauthn;

use gatewright_domain::capabilities::loan::Loan;
use rhai::Module;

/// Which namespaces a script has; two bindings with the same have the same functions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Lent {
    log: bool,
    users: bool,
    kv: bool,
    network: bool,
    http: bool,
    secrets: bool,
    factors: bool,
    totp: bool,
    webauthn: bool,
    mail: bool,
    recovery: bool,
    oidc: bool,
}

impl From<&Loan> for Lent {
    fn from(loan: &Loan) -> Self {
        Self {
            log: loan.log,
            users: loan.users,
            kv: loan.kv,
            network: loan.network,
            http: loan.http.is_some(),
            secrets: !loan.secrets.is_empty(),
            factors: loan.factors.is_some(),
            totp: loan.totp,
            webauthn: loan.webauthn,
            mail: loan.mail,
            recovery: loan.recovery,
            oidc: !loan.oidc.is_empty(),
        }
    }
}

impl Lent {
    /// The namespaces: those every script has, and those lent.
    pub fn namespaces(self) -> Vec<(&'static str, Module)> {
        let mut namespaces = vec![("clock", clock::module()), ("random", random::module())];
        let mut lend = |lent: bool, name, module: fn() -> Module| {
            if lent {
                namespaces.push((name, module()));
            }
        };
        lend(self.log, "log", log::module);
        lend(self.users, "users", users::module);
        lend(self.kv, "kv", kv::module);
        lend(self.network, "network", network::module);
        lend(self.http, "http", http::module);
        lend(self.secrets, "secrets", secrets::module);
        lend(self.factors, "factors", factors::module);
        lend(self.totp, "totp", totp::module);
        lend(self.webauthn, "webauthn", webauthn::module);
        lend(self.mail, "mail", mail::module);
        lend(self.recovery, "recovery", recovery::module);
        lend(self.oidc, "oidc", oidc::module);
        namespaces
    }

    /// Functions without a namespace that come with a capability, into `module`.
    pub fn register_bare(self, module: &mut Module) {
        if self.secrets {
            secrets::register_bearer(module);
        }
    }
}

//! What a script can ask of the host, one namespace a file. A capability that was not lent has no namespace.

mod clock;
mod http;
mod kv;
mod log;
mod network;
pub mod pages;
mod random;
mod secrets;
mod users;

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
        namespaces
    }

    /// Functions without a namespace that come with a capability, into `module`.
    pub fn register_bare(self, module: &mut Module) {
        if self.secrets {
            secrets::register_bearer(module);
        }
    }
}

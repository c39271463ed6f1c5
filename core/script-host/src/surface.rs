//! What scripts can call, by name, for documentation that a test holds against it.

use crate::catalogue::Catalogue;
use crate::kit::{Standard, own_names};
use crate::modules::Lent;
use gatewright_domain::capabilities::loan::{HttpLoan, Loan};
use gatewright_domain::hooks::HookKind;
use gatewright_domain::identifiers::FactorKind;
use rhai::Module;
use std::collections::BTreeSet;

/// Every function that some hook's scripts have with some loan, beside the language's own: `ask`, `kv::get`.
pub fn functions() -> BTreeSet<String> {
    let lent = Lent::from(&everything());
    let mut bare = Module::new();
    lent.register_bare(&mut bare);
    let namespaces: Vec<_> = lent.namespaces().into_iter().map(|(name, module)| (name, module.into())).collect();
    let capabilities = Catalogue::read(&[bare.into()], &namespaces);
    let of_hooks = HookKind::ALL.into_iter().flat_map(own_names);
    capabilities.names().map(str::to_owned).chain(of_hooks).collect()
}

/// Whether the language itself has a function of that name: `join`, `starts_with`.
pub fn language_has(function: &str) -> bool {
    Standard::new().bare_kit().catalogue.has(function)
}

/// A loan of everything.
pub(crate) fn everything() -> Loan {
    Loan {
        log: true,
        users: true,
        kv: true,
        network: true,
        http: Some(HttpLoan { origins: BTreeSet::new(), private_addresses: false }),
        secrets: BTreeSet::from(["any".to_owned()]),
        factors: FactorKind::parse("any").ok(),
        totp: true,
        webauthn: true,
        mail: true,
        recovery: true,
        oidc: BTreeSet::from(["any".to_owned()]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use gatewright_domain::capabilities::loan::CAPABILITIES;

    #[test]
    fn every_hook_and_every_capability_is_in_it() {
        let functions = functions();
        for name in
            ["use_acr", "authenticated", "proceed", "grant", "keep", "pass", "ask", "form", "consent_page", "bearer"]
        {
            assert!(functions.contains(name), "{name}");
        }
        for namespace in ["clock", "random"].into_iter().chain(CAPABILITIES) {
            assert!(functions.iter().any(|name| name.starts_with(&format!("{namespace}::"))), "{namespace}");
        }
        assert!(!functions.contains("starts_with") && language_has("starts_with") && !language_has("ask"));
    }
}

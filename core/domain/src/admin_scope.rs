//! The scope values of the admin API. An access token that holds one may look after the server itself, so they are set
//! apart: only the operator gives them to a client, never registration, an end-user or a policy.

/// What every one of them begins with. No other scope value may.
pub const RESERVED_PREFIX: &str = "gatewright.";
/// Allows everything.
pub const EVERYTHING: &str = "gatewright.admin";
/// The client that the bootstrap token belongs to. There is none, and nobody can become it.
pub const BOOTSTRAP_CLIENT: &str = "gatewright-bootstrap";
/// Every one there is.
pub const ADMIN_SCOPES: [&str; 19] = [
    EVERYTHING,
    "gatewright.clients.read",
    "gatewright.clients.write",
    "gatewright.users.read",
    "gatewright.users.write",
    "gatewright.factors.read",
    "gatewright.factors.write",
    "gatewright.sessions.read",
    "gatewright.sessions.write",
    "gatewright.grants.read",
    "gatewright.grants.write",
    "gatewright.keys.read",
    "gatewright.keys.write",
    "gatewright.policies.read",
    "gatewright.policies.write",
    "gatewright.traces.read",
    "gatewright.audit.read",
    "gatewright.events.read",
    "gatewright.status.read",
];

/// Whether the value is set apart for the admin API, known or not.
pub fn is_reserved(value: &str) -> bool {
    value.starts_with(RESERVED_PREFIX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn every_admin_scope_is_reserved_and_named_once() {
        assert!(ADMIN_SCOPES.iter().all(|value| is_reserved(value)));
        assert_eq!(ADMIN_SCOPES.iter().collect::<BTreeSet<_>>().len(), ADMIN_SCOPES.len());
        for other in ["openid", "gatewright", "gatewrights.x", "x.gatewright.admin"] {
            assert!(!is_reserved(other), "{other}");
        }
    }
}

//! The policies in `scripts/`.

use crate::world::{compiled, rehearsed, without_test};
use gatewright_domain::hooks::{HookKind, Policy};
use gatewright_policy::files::Files;

#[test]
fn the_shipped_policy_compiles_and_signs_in_by_password() {
    let policy = compiled(&Files::shipped());
    assert_eq!(policy.acrs().default_acr().as_str(), "pwd");
    let acrs: Vec<_> = policy.acrs().iter().map(|method| (method.acr.as_str(), method.level)).collect();
    assert_eq!(acrs, [("pwd", 10), ("identifier_first", 10), ("reauth", 20)]);
}

#[test]
fn nothing_in_it_surprises() {
    let policy = compiled(&Files::shipped());
    // The server's own ACR selection, built-in consent page, token lifetimes: nobody looks, nobody changes.
    for hook in [HookKind::SelectAcr, HookKind::AfterAuthentication, HookKind::Consent, HookKind::CustomizeToken] {
        assert!(!policy.asks(hook), "{hook}");
    }
    assert_eq!(policy.served_scopes(), ["user_name", "org_name", "work_phone", "roles"]);
}

#[tokio::test]
async fn every_shipped_script_has_tests_beside_it_and_they_hold() {
    let shipped = Files::shipped();
    assert_eq!(without_test(&shipped), Vec::<&str>::new());
    let played = rehearsed(&shipped).await;
    assert!(played.len() >= 40, "{played:#?}");
}

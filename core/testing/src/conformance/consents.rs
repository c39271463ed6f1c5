//! Remembered consent (OpenID Connect Core 3.1.2.4).

use super::{Nodes, RACERS, later, race};
use crate::samples;
use gatewright_domain::consent::Consent;

async fn found(nodes: &Nodes) -> Option<Consent> {
    nodes.there.consents.find(&samples::word(samples::SUBJECT), &samples::word("client")).await.unwrap()
}

/// A consent with claims by name.
fn naming(claims: &[&str], consent: Consent) -> Consent {
    Consent { claims: claims.iter().map(|name| (*name).to_owned()).collect(), ..consent }
}

/// For its subject and client alone.
pub async fn a_consent_is_found_as_it_was_remembered(nodes: &Nodes) {
    let consent = naming(&["email", "https://example.com/Größe \"x\""], samples::consent("client", "openid profile"));
    nodes.here.consents.remember(&consent).await.unwrap();
    assert_eq!(found(nodes).await, Some(consent));
    for (subject, client) in [("other", "client"), (samples::SUBJECT, "other")] {
        let other = nodes.here.consents.find(&samples::word(subject), &samples::word(client)).await.unwrap();
        assert_eq!(other, None);
    }
}

/// What was allowed before stays allowed; the new expiry holds for all of it.
pub async fn a_later_consent_adds_to_the_scope_and_replaces_the_expiry(nodes: &Nodes) {
    let first = naming(&["address", "name"], samples::consent("client", "openid profile"));
    let second = Consent { granted_at: later(5), expires_at: later(10), ..samples::consent("client", "email openid") };
    let second = naming(&["phone_number", "name"], second);
    nodes.here.consents.remember(&first).await.unwrap();
    nodes.there.consents.remember(&second).await.unwrap();
    let both = Consent { scope: samples::scope("openid profile email"), ..second };
    let both = naming(&["address", "name", "phone_number"], both);
    assert_eq!(found(nodes).await, Some(both));
}

/// What has expired was not allowed any more: it does not come back with a narrower consent.
pub async fn an_expired_consent_is_not_added_to(nodes: &Nodes) {
    let first = Consent { expires_at: later(10), ..samples::consent("client", "openid profile") };
    let first = naming(&["name"], first);
    let second = Consent { granted_at: later(10), ..samples::consent("client", "email") };
    nodes.here.consents.remember(&first).await.unwrap();
    nodes.here.consents.remember(&second).await.unwrap();
    assert_eq!(found(nodes).await, Some(second));
}

/// Each adds its value, and all are there.
pub async fn of_many_consents_at_once_none_is_lost(nodes: &Nodes) {
    let remembered = race(nodes, |number, stores| async move {
        stores.consents.remember(&samples::consent("client", &format!("scope-{number}"))).await
    });
    for outcome in remembered.await {
        outcome.unwrap();
    }
    assert_eq!(found(nodes).await.unwrap().scope.len(), RACERS);
}

/// Once.
pub async fn a_forgotten_consent_is_gone(nodes: &Nodes) {
    nodes.here.consents.remember(&samples::consent("client", "openid")).await.unwrap();
    let (subject, client) = (samples::word(samples::SUBJECT), samples::word("client"));
    assert!(nodes.here.consents.forget(&subject, &client).await.unwrap());
    assert!(!nodes.there.consents.forget(&subject, &client).await.unwrap());
    assert_eq!(found(nodes).await, None);
}

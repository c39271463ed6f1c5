//! Remembered consent (OpenID Connect Core 3.1.2.4).

use super::{Nodes, RACERS, issue, later, race};
use crate::samples;
use gatewright_domain::code::{AuthorizationCode, Redemption};
use gatewright_domain::consent::Consent;
use gatewright_domain::store::LISTED_MAX;

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

/// Of one end-user, and no more than are shown.
pub async fn living_consents_are_listed_by_client(nodes: &Nodes) {
    for client in ["b", "a"] {
        nodes.here.consents.remember(&samples::consent(client, "openid")).await.unwrap();
    }
    let ended = Consent { expires_at: later(5), ..samples::consent("c", "openid") };
    let of_another = Consent { subject: samples::word("other"), ..samples::consent("d", "openid") };
    nodes.here.consents.remember(&ended).await.unwrap();
    nodes.here.consents.remember(&of_another).await.unwrap();
    let listed = async |at| nodes.there.consents.list(&samples::word(samples::SUBJECT), later(at)).await.unwrap();
    let clients: Vec<String> = listed(4).await.iter().map(|consent| consent.client_id.to_string()).collect();
    assert_eq!(clients, ["a", "b", "c"]);
    assert_eq!(listed(5).await, ["a", "b"].map(|client| samples::consent(client, "openid")));
    for number in 0..LISTED_MAX {
        nodes.here.consents.remember(&samples::consent(&format!("x-{number}"), "openid")).await.unwrap();
    }
    assert_eq!(listed(5).await.len(), LISTED_MAX);
}

/// A client's consents by subject, page by page: those that live, and no other client's.
pub async fn a_client_s_living_consents_are_listed_page_by_page(nodes: &Nodes) {
    let of =
        |subject: &str, client: &str| Consent { subject: samples::word(subject), ..samples::consent(client, "openid") };
    let subjects = ["a", "b", "c", "d", "e"];
    for subject in subjects.iter().rev() {
        nodes.here.consents.remember(&of(subject, "client")).await.unwrap();
    }
    nodes.here.consents.remember(&of("a", "other")).await.unwrap();
    nodes.here.consents.remember(&Consent { expires_at: later(5), ..of("bb", "client") }).await.unwrap();
    let client = samples::word("client");
    let mut listed: Vec<Consent> = vec![];
    loop {
        let after = listed.last().map(|consent| consent.subject.clone());
        let page = nodes.there.consents.list_of_client(&client, after.as_ref(), 2, later(5)).await.unwrap();
        assert!(page.len() <= 2);
        if page.is_empty() {
            break;
        }
        listed.extend(page);
    }
    assert_eq!(listed, subjects.map(|subject| of(subject, "client")));
}

/// Its families, whatever was granted, and codes on their way; those of others go on. A second time there is nothing.
pub async fn withdrawing_a_consent_ends_what_the_client_has(nodes: &Nodes) {
    let code = |family: &str, subject: &str, client: &str, scope: &str| AuthorizationCode {
        authentication: samples::authentication(subject, family),
        scope: samples::scope(scope),
        ..samples::code(family, client, family)
    };
    nodes.here.consents.remember(&samples::consent("client", "openid")).await.unwrap();
    let table = [
        (code("plain", samples::SUBJECT, "client", "openid"), true),
        (code("offline", samples::SUBJECT, "client", "openid offline_access"), true),
        (code("other-client", samples::SUBJECT, "other", "openid"), false),
        (code("other-subject", "other", "client", "openid"), false),
    ];
    for (code, _) in &table {
        issue(&nodes.here, code).await;
        nodes
            .here
            .codes
            .redeem(&code.hash, &samples::first_tokens(code, code.family.as_str()), later(0))
            .await
            .unwrap();
    }
    let late = code("late", samples::SUBJECT, "client", "openid offline_access");
    issue(&nodes.here, &late).await;
    let (subject, client) = (samples::word(samples::SUBJECT), samples::word("client"));
    assert!(nodes.there.consents.withdraw(&subject, &client, later(2)).await.unwrap());
    assert_eq!(found(nodes).await, None);
    for (code, ends) in &table {
        let family = nodes.here.tokens.family(&code.family).await.unwrap().unwrap();
        assert_eq!(family.revoked_at.is_some(), *ends, "{}", code.family);
    }
    let issues = samples::first_tokens(&late, "late");
    assert_eq!(nodes.here.codes.redeem(&late.hash, &issues, later(2)).await.unwrap(), Redemption::Unknown);
    assert!(!nodes.here.consents.withdraw(&subject, &client, later(3)).await.unwrap());
}

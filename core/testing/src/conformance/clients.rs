//! Clients.

use super::{Nodes, RACERS, issue, later, race};
use crate::samples;
use gatewright_domain::client::{Client, ClientAuthentication, ClientKeys, Presentation};
use gatewright_domain::store::Rotation;
use gatewright_domain::token_hash::TokenHash;
use gatewright_protocol::client_id::ClientId;
use gatewright_protocol::jws_algorithm::JwsAlgorithm;
use gatewright_protocol::registration::logout_metadata::LogoutMetadata;
use serde_json::json;

/// Whatever way it authenticates and whatever it registered, a client comes back as it was saved.
pub async fn a_saved_client_is_found_as_it_was(nodes: &Nodes) {
    let ways = [
        ClientAuthentication::None {},
        ClientAuthentication::ClientSecretPost { secret: TokenHash::of("secret") },
        ClientAuthentication::ClientSecretJwt {},
        ClientAuthentication::PrivateKeyJwt { algorithm: Some(JwsAlgorithm::EdDSA) },
        ClientAuthentication::PrivateKeyJwt { algorithm: None },
    ];
    for (number, authentication) in ways.into_iter().enumerate() {
        let keys = match number % 3 {
            0 => None,
            1 => Some(ClientKeys::Inline(json!({ "keys": [{ "kty": "OKP" }] }))),
            _ => Some(ClientKeys::Uri("https://client.example.com/jwks".to_owned())),
        };
        let logout = LogoutMetadata {
            backchannel_logout_uri: Some("https://client.example.com/out".to_owned()),
            backchannel_logout_session_required: Some(true),
            ..LogoutMetadata::default()
        };
        let client = Client {
            authentication,
            sealed_secret: (number % 2 == 0).then(|| "sealed".to_owned()),
            keys,
            logout,
            registration_token: Some(TokenHash::of("registration")),
            registered_metadata: json!({ "client_name": "Ä \"b\"\u{0}" }).as_object().cloned(),
            ..samples::client(&format!("client {number}"))
        };
        nodes.here.clients.save(&client).await.unwrap();
        assert_eq!(nodes.there.clients.find(&client.id).await.unwrap().as_deref(), Some(&client));
    }
}

/// There is one client of an id: the one saved last.
pub async fn saving_replaces_the_client_of_that_id(nodes: &Nodes) {
    let before = samples::client("c");
    let after = named(&before, "after");
    nodes.here.clients.save(&before).await.unwrap();
    nodes.here.clients.save(&after).await.unwrap();
    assert_eq!(nodes.here.clients.list(None, 10).await.unwrap(), [after]);
}

/// What this node saves or removes, its next read knows.
pub async fn a_change_here_is_seen_here_at_once(nodes: &Nodes) {
    let clients = &nodes.here.clients;
    let before = samples::client("c");
    let after = named(&before, "after");
    clients.save(&before).await.unwrap();
    assert_eq!(clients.find(&before.id).await.unwrap().as_deref(), Some(&before));
    clients.save(&after).await.unwrap();
    assert_eq!(clients.find(&before.id).await.unwrap().as_deref(), Some(&after));
    assert!(clients.remove(&before.id).await.unwrap());
    assert_eq!(clients.find(&before.id).await.unwrap(), None);
}

/// What another node saved or removed is known a second later.
pub async fn a_change_elsewhere_is_seen_within_a_second(nodes: &Nodes) {
    let before = samples::client("c");
    let after = named(&before, "after");
    nodes.here.clients.save(&before).await.unwrap();
    assert_eq!(nodes.there.clients.find(&before.id).await.unwrap().as_deref(), Some(&before));
    nodes.here.clients.save(&after).await.unwrap();
    nodes.clock.advance(1);
    assert_eq!(nodes.there.clients.find(&before.id).await.unwrap().as_deref(), Some(&after));
    nodes.here.clients.remove(&before.id).await.unwrap();
    nodes.clock.advance(1);
    assert_eq!(nodes.there.clients.find(&before.id).await.unwrap(), None);
}

/// A client that was looked for in vain is found as soon as it is there.
pub async fn that_a_client_is_unknown_is_not_remembered(nodes: &Nodes) {
    let client = samples::client("c");
    assert_eq!(nodes.there.clients.find(&client.id).await.unwrap(), None);
    nodes.here.clients.save(&client).await.unwrap();
    assert!(nodes.there.clients.find(&client.id).await.unwrap().is_some());
}

/// Saves of one id at once: none fails, one of them stays whole.
pub async fn of_many_saves_at_once_all_succeed_and_one_stays(nodes: &Nodes) {
    let saved = race(nodes, |number, stores| async move {
        stores.clients.save(&named(&samples::client("c"), &number.to_string())).await
    });
    assert!(saved.await.iter().all(Result::is_ok));
    let left = nodes.here.clients.list(None, 10).await.unwrap();
    let name = left[0].presentation.name.clone().unwrap();
    assert!(left.len() == 1 && name.parse::<usize>().unwrap() < RACERS, "{left:?}");
}

/// A change is made of the client that was read, or not at all; of many at once one is made.
pub async fn of_many_replacements_of_one_client_one_is_made(nodes: &Nodes) {
    let first = samples::client("c");
    assert!(!nodes.here.clients.replace(&first, &named(&first, "new")).await.unwrap());
    nodes.here.clients.save(&first).await.unwrap();
    let replaced = race(nodes, |number, stores| {
        let first = first.clone();
        async move { stores.clients.replace(&first, &named(&first, &number.to_string())).await.unwrap() }
    });
    assert_eq!(replaced.await.into_iter().filter(|replaced| *replaced).count(), 1);
    let stored = nodes.here.clients.list(None, 10).await.unwrap();
    assert_ne!(stored[0].presentation.name, first.presentation.name);
    assert!(!nodes.there.clients.replace(&first, &first).await.unwrap());
    assert!(nodes.there.clients.replace(&stored[0], &first).await.unwrap());
    assert_eq!(*nodes.there.clients.find(&first.id).await.unwrap().unwrap(), first);
}

/// With a client go its codes, families, tokens and consents; what others have stays.
pub async fn removing_a_client_removes_everything_issued_to_it(nodes: &Nodes) {
    let stores = &nodes.here;
    for client in ["gone", "stays"] {
        stores.clients.save(&samples::client(client)).await.unwrap();
        stores.consents.remember(&samples::consent(client, "openid")).await.unwrap();
        issue(stores, &samples::code(&format!("{client} unredeemed"), client, "none")).await;
        let code = samples::code(&format!("{client} redeemed"), client, &format!("family-{client}"));
        issue(stores, &code).await;
        let mut issues = samples::first_tokens(&code, &format!("{client} refresh"));
        issues.opaque = Some(samples::access_token(&format!("{client}-access"), &issues.family));
        stores.codes.redeem(&code.hash, &issues, later(0)).await.unwrap();
    }
    assert!(nodes.there.clients.remove(&samples::word("gone")).await.unwrap());
    assert!(!stores.clients.remove(&samples::word("gone")).await.unwrap());
    for (client, is_there) in [("gone", false), ("stays", true)] {
        let family = samples::word(&format!("family-{client}"));
        let there = [
            stores.consents.find(&samples::word(samples::SUBJECT), &samples::word(client)).await.unwrap().is_some(),
            stores.codes.find(&TokenHash::of(&format!("{client} unredeemed"))).await.unwrap().is_some(),
            stores.codes.find(&TokenHash::of(&format!("{client} redeemed"))).await.unwrap().is_some(),
            stores.tokens.family(&family).await.unwrap().is_some(),
            stores.tokens.find_opaque(&TokenHash::of(&format!("{client}-access"))).await.unwrap().is_some(),
            stores.tokens.find_refresh_token(&TokenHash::of(&format!("{client} refresh"))).await.unwrap().is_some(),
            !stores.tokens.is_revoked("jti", Some(&family)).await.unwrap(),
        ];
        assert_eq!(there, [is_there; 7], "{client}");
    }
    let code = samples::code("gone redeemed", "gone", "family-gone");
    let next = samples::next_tokens("next", &samples::family(&code));
    let rotation = stores.tokens.rotate(&TokenHash::of("gone refresh"), &next, later(1)).await.unwrap();
    assert_eq!(rotation, Rotation::Reused);
}

/// Pages follow one another without gap or repetition, in the order of the ids' bytes.
pub async fn clients_are_listed_by_id_page_by_page(nodes: &Nodes) {
    let ids = ["A", "B-2", "a", "a b", "b", "b1", "~"];
    for id in ids.iter().rev() {
        nodes.here.clients.save(&samples::client(id)).await.unwrap();
    }
    let mut listed: Vec<ClientId> = vec![];
    loop {
        let page = nodes.there.clients.list(listed.last(), 3).await.unwrap();
        assert!(page.len() <= 3);
        if page.is_empty() {
            break;
        }
        listed.extend(page.into_iter().map(|client| client.id));
    }
    assert_eq!(listed.iter().map(ClientId::as_str).collect::<Vec<_>>(), ids);
}

fn named(client: &Client, name: &str) -> Client {
    Client { presentation: Presentation { name: Some(name.to_owned()), ..Presentation::default() }, ..client.clone() }
}

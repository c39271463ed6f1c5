//! Pushed authorization requests (RFC 9126).

use super::{Nodes, later, race};
use crate::samples;
use gatewright_domain::pushed_request::PushedRequest;
use gatewright_domain::token_hash::TokenHash;
use gatewright_protocol::params::Params;

/// With everything that is optional, and without; a second one under the same hash is a fault.
pub async fn a_pushed_request_is_found_as_it_was(nodes: &Nodes) {
    let bare = PushedRequest {
        parameters: Params::default(),
        signed: false,
        dpop_jkt: None,
        ..samples::pushed_request("bare", "client")
    };
    for request in [samples::pushed_request("whole", "client"), bare] {
        nodes.here.pushed_requests.push(&request).await.unwrap();
        let found = nodes.there.pushed_requests.find(&request.hash).await.unwrap();
        assert_eq!(found, Some((request.clone(), false)));
        assert!(nodes.there.pushed_requests.push(&request).await.is_err());
    }
    assert_eq!(nodes.here.pushed_requests.find(&TokenHash::of("unknown")).await.unwrap(), None);
}

/// And may be looked at before and after.
pub async fn a_pushed_request_is_completed_once(nodes: &Nodes) {
    let request = samples::pushed_request("one", "client");
    nodes.here.pushed_requests.push(&request).await.unwrap();
    assert!(nodes.there.pushed_requests.complete(&request.hash, later(1)).await.unwrap());
    for stores in [&nodes.here, &nodes.there] {
        assert_eq!(stores.pushed_requests.find(&request.hash).await.unwrap(), Some((request.clone(), true)));
        assert!(!stores.pushed_requests.complete(&request.hash, later(2)).await.unwrap());
    }
    assert!(!nodes.here.pushed_requests.complete(&TokenHash::of("unknown"), later(1)).await.unwrap());
}

/// Over nodes too.
pub async fn of_many_that_complete_a_pushed_request_one_does(nodes: &Nodes) {
    let request = samples::pushed_request("one", "client");
    nodes.here.pushed_requests.push(&request).await.unwrap();
    let outcomes = race(nodes, |_, stores| {
        let hash = request.hash.clone();
        async move { stores.pushed_requests.complete(&hash, later(1)).await.unwrap() }
    });
    assert_eq!(outcomes.await.into_iter().filter(|completed| *completed).count(), 1);
}

/// Of a client that is gone nothing is left to be used.
pub async fn pushed_requests_go_with_their_client(nodes: &Nodes) {
    nodes.here.clients.save(&samples::client("gone")).await.unwrap();
    for (name, client) in [("a", "gone"), ("b", "stays")] {
        nodes.here.pushed_requests.push(&samples::pushed_request(name, client)).await.unwrap();
    }
    nodes.here.clients.remove(&samples::word("gone")).await.unwrap();
    for (name, stays) in [("a", false), ("b", true)] {
        let found = nodes.there.pushed_requests.find(&TokenHash::of(name)).await.unwrap();
        assert_eq!(found.is_some(), stays, "{name}");
    }
}

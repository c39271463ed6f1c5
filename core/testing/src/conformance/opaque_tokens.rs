//! Opaque access tokens.

use super::{Nodes, issue, later};
use crate::samples;
use gatewright_domain::access_token::{AccessTokenMeaning, OpaqueAccessToken};
use gatewright_domain::code::AuthorizationCode;
use gatewright_domain::token_hash::TokenHash;
use serde_json::Map;

fn code() -> AuthorizationCode {
    samples::code("code", "client", "family")
}

fn token() -> OpaqueAccessToken {
    samples::access_token("access", &samples::family(&code()))
}

async fn redeemed(nodes: &Nodes) {
    issue(&nodes.here, &code()).await;
    nodes.here.codes.redeem(&code().hash, &samples::first_tokens(&code(), "refresh"), later(0)).await.unwrap();
}

/// An end-user's and, without subject and family, a client's own.
pub async fn an_opaque_token_is_found_as_it_was(nodes: &Nodes) {
    redeemed(nodes).await;
    let own = AccessTokenMeaning {
        id: "own".into(),
        family: None,
        subject: None,
        audience: vec![],
        claims: Map::new(),
        ..token().meaning
    };
    for token in [token(), OpaqueAccessToken { hash: TokenHash::of("own"), meaning: own }] {
        nodes.here.tokens.issue_opaque(&token).await.unwrap();
        assert_eq!(nodes.there.tokens.find_opaque(&token.hash).await.unwrap(), Some((token, false)));
    }
    assert_eq!(nodes.here.tokens.find_opaque(&TokenHash::of("unknown")).await.unwrap(), None);
}

/// A second one under the same hash is a fault.
pub async fn an_opaque_token_is_issued_once(nodes: &Nodes) {
    nodes.here.tokens.issue_opaque(&token()).await.unwrap();
    assert!(nodes.there.tokens.issue_opaque(&token()).await.is_err());
}

/// Revoked, or not stored at all.
pub async fn an_opaque_token_ends_with_its_family(nodes: &Nodes) {
    nodes.here.tokens.issue_opaque(&token()).await.unwrap();
    let is_revoked = async || nodes.there.tokens.find_opaque(&token().hash).await.unwrap().unwrap().1;
    assert!(is_revoked().await, "its family is not stored");
    redeemed(nodes).await;
    assert!(!is_revoked().await);
    nodes.here.tokens.revoke_family(&code().family, later(1)).await.unwrap();
    assert!(is_revoked().await);
}

/// By its `jti`; its family and others live on.
pub async fn an_opaque_token_can_be_revoked_alone(nodes: &Nodes) {
    redeemed(nodes).await;
    let other = samples::access_token("other", &samples::family(&code()));
    nodes.here.tokens.issue_opaque(&token()).await.unwrap();
    nodes.here.tokens.issue_opaque(&other).await.unwrap();
    nodes.here.tokens.revoke_access_token(&token().meaning.id, later(300)).await.unwrap();
    assert!(nodes.there.tokens.find_opaque(&token().hash).await.unwrap().unwrap().1);
    assert!(!nodes.there.tokens.find_opaque(&other.hash).await.unwrap().unwrap().1);
}

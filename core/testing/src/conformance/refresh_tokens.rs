//! Refresh tokens and their rotation (RFC 9700 4.14.2).

use super::{Nodes, issue, later, race};
use crate::samples;
use gatewright_domain::code::AuthorizationCode;
use gatewright_domain::family::TokenFamily;
use gatewright_domain::refresh_token::RefreshToken;
use gatewright_domain::store::{NextTokens, Rotation};
use gatewright_domain::token_hash::TokenHash;

fn code() -> AuthorizationCode {
    samples::code("code", "client", "family")
}

fn old() -> TokenHash {
    TokenHash::of("old")
}

fn next(text: &str) -> NextTokens {
    samples::next_tokens(text, &samples::family(&code()))
}

async fn redeemed(nodes: &Nodes) {
    issue(&nodes.here, &code()).await;
    nodes.here.codes.redeem(&code().hash, &samples::first_tokens(&code(), "old"), later(0)).await.unwrap();
}

async fn family(nodes: &Nodes) -> TokenFamily {
    nodes.there.tokens.family(&code().family).await.unwrap().unwrap()
}

/// Used or not, revoked or not.
pub async fn a_refresh_token_is_found_with_its_family(nodes: &Nodes) {
    redeemed(nodes).await;
    let found = nodes.there.tokens.find_refresh_token(&old()).await.unwrap().unwrap();
    assert_eq!(found.token, samples::refresh_token("old", &samples::family(&code())));
    assert_eq!((found.family, found.used), (samples::family(&code()), false));
    assert_eq!(nodes.here.tokens.find_refresh_token(&TokenHash::of("unknown")).await.unwrap(), None);
}

/// Refresh token and opaque access token.
pub async fn rotating_uses_the_old_token_and_stores_the_new_one(nodes: &Nodes) {
    redeemed(nodes).await;
    let access = samples::access_token("access", &samples::family(&code()));
    let next = NextTokens { opaque: Some(access.clone()), ..next("new") };
    assert_eq!(nodes.there.tokens.rotate(&old(), &next, later(1)).await.unwrap(), Rotation::Rotated);
    let tokens = &nodes.here.tokens;
    assert!(tokens.find_refresh_token(&old()).await.unwrap().unwrap().used);
    let new = tokens.find_refresh_token(&TokenHash::of("new")).await.unwrap().unwrap();
    assert_eq!((new.token, new.used), (next.refresh_token, false));
    assert_eq!(tokens.find_opaque(&access.hash).await.unwrap(), Some((access, false)));
}

/// To the end of the new token, if that is later.
pub async fn rotating_prolongs_the_family_and_never_shortens_it(nodes: &Nodes) {
    redeemed(nodes).await;
    let ends = |text, seconds| {
        let NextTokens { refresh_token, opaque } = next(text);
        NextTokens { refresh_token: RefreshToken { expires_at: later(seconds), ..refresh_token }, opaque }
    };
    nodes.here.tokens.rotate(&old(), &ends("long", 7200), later(1)).await.unwrap();
    assert_eq!(family(nodes).await.expires_at, later(7200));
    nodes.here.tokens.rotate(&TokenHash::of("long"), &ends("short", 60), later(2)).await.unwrap();
    assert_eq!(family(nodes).await.expires_at, later(7200));
}

/// Whoever comes second, thief or owner, ends it for both.
pub async fn a_reused_refresh_token_revokes_the_family(nodes: &Nodes) {
    redeemed(nodes).await;
    nodes.here.tokens.rotate(&old(), &next("new"), later(1)).await.unwrap();
    assert_eq!(nodes.there.tokens.rotate(&old(), &next("stolen"), later(2)).await.unwrap(), Rotation::Reused);
    assert_eq!(family(nodes).await.revoked_at, Some(later(2)));
    assert_eq!(nodes.here.tokens.find_refresh_token(&TokenHash::of("stolen")).await.unwrap(), None);
}

/// Of all that use it at once, one does; the others revoke the family.
pub async fn of_many_that_rotate_a_token_one_does(nodes: &Nodes) {
    redeemed(nodes).await;
    let outcomes = race(nodes, |number, stores| async move {
        stores.tokens.rotate(&old(), &next(&format!("new {number}")), later(1)).await.unwrap()
    });
    let outcomes = outcomes.await;
    let rotated: Vec<usize> = (0..outcomes.len()).filter(|n| outcomes[*n] == Rotation::Rotated).collect();
    assert_eq!(rotated.len(), 1, "{outcomes:?}");
    assert_eq!(family(nodes).await.revoked_at, Some(later(1)));
    for number in 0..outcomes.len() {
        let stored = nodes.here.tokens.find_refresh_token(&TokenHash::of(&format!("new {number}"))).await.unwrap();
        assert_eq!(stored.is_some(), rotated.contains(&number), "only the winner's token is stored");
    }
}

/// The unused token is left unused.
pub async fn nothing_rotates_in_a_revoked_family(nodes: &Nodes) {
    redeemed(nodes).await;
    nodes.here.tokens.revoke_family(&code().family, later(1)).await.unwrap();
    assert_eq!(nodes.there.tokens.rotate(&old(), &next("new"), later(2)).await.unwrap(), Rotation::Reused);
    assert_eq!(nodes.here.tokens.find_refresh_token(&TokenHash::of("new")).await.unwrap(), None);
    assert_eq!(family(nodes).await.revoked_at, Some(later(1)));
}

/// A token that is not there, or is of another family.
pub async fn an_unknown_token_revokes_the_family_it_was_said_to_be_of(nodes: &Nodes) {
    redeemed(nodes).await;
    let unknown = TokenHash::of("unknown");
    assert_eq!(nodes.here.tokens.rotate(&unknown, &next("new"), later(1)).await.unwrap(), Rotation::Reused);
    assert_eq!(family(nodes).await.revoked_at, Some(later(1)));
    assert_eq!(nodes.here.tokens.find_refresh_token(&TokenHash::of("new")).await.unwrap(), None);
}

/// A failure at the last thing to be stored leaves the old token unused.
pub async fn a_rotation_that_fails_is_undone_whole(nodes: &Nodes) {
    redeemed(nodes).await;
    let access = samples::access_token("access", &samples::family(&code()));
    nodes.here.tokens.issue_opaque(&access).await.unwrap();
    let twice = NextTokens { opaque: Some(access), ..next("new") };
    assert!(nodes.here.tokens.rotate(&old(), &twice, later(1)).await.is_err());
    assert_eq!(family(nodes).await.revoked_at, None);
    assert_eq!(nodes.here.tokens.find_refresh_token(&TokenHash::of("new")).await.unwrap(), None);
    assert_eq!(nodes.here.tokens.rotate(&old(), &next("new"), later(1)).await.unwrap(), Rotation::Rotated);
}

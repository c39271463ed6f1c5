//! Revocation: of families, sessions and single access tokens; replays of clients' assertions.

use super::{Nodes, issue, later, race};
use crate::samples;
use gatewright_domain::code::{AuthorizationCode, Redemption};
use gatewright_domain::identifiers::FamilyId;
use gatewright_domain::store::LISTED_MAX;
use gatewright_domain::token_hash::TokenHash;

/// A code of a session, redeemed; the family is named like it.
async fn redeemed(nodes: &Nodes, family: &str, session: &str, scope: &str) -> FamilyId {
    let code = issued(nodes, family, session, scope).await;
    nodes.here.codes.redeem(&code.hash, &samples::first_tokens(&code, family), later(0)).await.unwrap();
    code.family
}

async fn issued(nodes: &Nodes, family: &str, session: &str, scope: &str) -> AuthorizationCode {
    let code = AuthorizationCode {
        authentication: samples::authentication(samples::SUBJECT, session),
        scope: samples::scope(scope),
        ..samples::code(family, "client", family)
    };
    issue(&nodes.here, &code).await;
    code
}

/// A second revocation does not change its date; one of an unknown family does nothing.
pub async fn a_family_is_revoked_once_and_for_all(nodes: &Nodes) {
    let family = redeemed(nodes, "family", "s", "openid").await;
    for second in [1, 2] {
        nodes.here.tokens.revoke_family(&family, later(second)).await.unwrap();
    }
    assert_eq!(nodes.there.tokens.family(&family).await.unwrap().unwrap().revoked_at, Some(later(1)));
    nodes.here.tokens.revoke_family(&samples::word("unknown"), later(1)).await.unwrap();
    assert_eq!(nodes.here.tokens.family(&samples::word("unknown")).await.unwrap(), None);
}

/// Logout ends what began in the session; `offline_access` is meant to outlive it (OpenID Connect Core 11).
pub async fn ending_a_session_revokes_its_families_but_for_offline_access(nodes: &Nodes) {
    let one = redeemed(nodes, "one", "ended", "openid").await;
    let two = redeemed(nodes, "two", "ended", "openid email").await;
    let offline = redeemed(nodes, "three", "ended", "openid offline_access").await;
    let other = redeemed(nodes, "four", "other", "openid").await;
    nodes.here.tokens.revoke_family(&two, later(1)).await.unwrap();
    assert_eq!(nodes.here.tokens.revoke_session(&samples::word("ended"), later(2)).await.unwrap(), 1);
    assert_eq!(nodes.there.tokens.revoke_session(&samples::word("ended"), later(3)).await.unwrap(), 0);
    for (family, revoked_at) in [(one, Some(later(2))), (two, Some(later(1))), (offline, None), (other, None)] {
        assert_eq!(nodes.there.tokens.family(&family).await.unwrap().unwrap().revoked_at, revoked_at, "{family}");
    }
}

/// A code on its way when the end-user signs out begins no family any more.
pub async fn ending_a_session_removes_its_unredeemed_codes(nodes: &Nodes) {
    let late = issued(nodes, "late", "ended", "openid").await;
    let offline = issued(nodes, "offline", "ended", "openid offline_access").await;
    let other = issued(nodes, "other", "other", "openid").await;
    let used = redeemed(nodes, "used", "ended", "openid").await;
    nodes.here.tokens.revoke_session(&samples::word("ended"), later(1)).await.unwrap();
    for (code, redemption) in
        [(late, Redemption::Unknown), (offline, Redemption::Redeemed), (other, Redemption::Redeemed)]
    {
        let issues = samples::first_tokens(&code, &format!("refresh {}", code.family));
        assert_eq!(nodes.there.codes.redeem(&code.hash, &issues, later(2)).await.unwrap(), redemption);
    }
    let replayed = samples::code("used", "client", used.as_str());
    let issues = samples::first_tokens(&replayed, "replayed");
    assert_eq!(nodes.here.codes.redeem(&replayed.hash, &issues, later(2)).await.unwrap(), Redemption::Reused);
}

/// Neither revoked nor expired ones, nor those of others; of no more clients than are shown.
pub async fn of_each_client_the_latest_family_that_lives_is_listed(nodes: &Nodes) {
    let begin = async |family: &str, client: &str, subject: &str, at: u64| {
        let code = AuthorizationCode {
            authentication: samples::authentication(subject, family),
            issued_at: later(at),
            ..samples::code(family, client, family)
        };
        issue(&nodes.here, &code).await;
        nodes.here.codes.redeem(&code.hash, &samples::first_tokens(&code, family), later(at)).await.unwrap();
    };
    let table = [("b-1", "b", 1), ("b-3", "b", 3), ("b-2", "b", 2), ("a-1", "a", 4), ("c-1", "c", 0), ("d-1", "d", 5)];
    for (family, client, at) in table {
        begin(family, client, samples::SUBJECT, at).await;
    }
    begin("e-1", "e", "other", 1).await;
    nodes.here.tokens.revoke_family(&samples::word("d-1"), later(6)).await.unwrap();
    let listed = async |at| {
        let listed = nodes.there.tokens.latest_families(&samples::word(samples::SUBJECT), later(at)).await.unwrap();
        listed.into_iter().map(|family| family.id.to_string()).collect::<Vec<_>>()
    };
    assert_eq!(listed(3599).await, ["a-1", "b-3", "c-1"]);
    assert_eq!(listed(3600).await, ["a-1", "b-3"]);
    for number in 0..LISTED_MAX {
        begin(&format!("x-{number}"), &format!("x-{number}"), samples::SUBJECT, 0).await;
    }
    assert_eq!(listed(3599).await.len(), LISTED_MAX);
}

/// Whatever its form.
pub async fn a_token_is_revoked_itself_or_with_its_family(nodes: &Nodes) {
    let alive = redeemed(nodes, "alive", "s", "openid").await;
    let revoked = redeemed(nodes, "revoked", "s", "openid").await;
    nodes.here.tokens.revoke_family(&revoked, later(1)).await.unwrap();
    for end in [300, 400] {
        nodes.here.tokens.revoke_access_token("bad", later(end)).await.unwrap();
    }
    let cases = [
        ("good", None, false),
        ("good", Some(&alive), false),
        ("good", Some(&revoked), true),
        ("bad", None, true),
        ("bad", Some(&alive), true),
        ("bad", Some(&revoked), true),
    ];
    for (jti, family, is_revoked) in cases {
        assert_eq!(nodes.there.tokens.is_revoked(jti, family).await.unwrap(), is_revoked, "{jti} {family:?}");
    }
}

/// It expired, or its client was removed: nothing of it is good.
pub async fn a_family_that_is_not_stored_counts_as_revoked(nodes: &Nodes) {
    assert!(nodes.here.tokens.is_revoked("good", Some(&samples::word("unknown"))).await.unwrap());
}

/// RFC 7523 3: a second use is a replay.
pub async fn an_assertion_is_new_once(nodes: &Nodes) {
    let jti = TokenHash::of("client jti");
    assert!(nodes.here.tokens.remember_assertion(&jti, later(60)).await.unwrap());
    assert!(!nodes.there.tokens.remember_assertion(&jti, later(60)).await.unwrap());
    assert!(nodes.there.tokens.remember_assertion(&TokenHash::of("another"), later(60)).await.unwrap());
}

/// On whichever nodes they arrive.
pub async fn of_many_uses_of_an_assertion_one_is_new(nodes: &Nodes) {
    let jti = TokenHash::of("client jti");
    let new = race(nodes, |_, stores| {
        let jti = jti.clone();
        async move { stores.tokens.remember_assertion(&jti, later(60)).await.unwrap() }
    });
    assert_eq!(new.await.iter().filter(|new| **new).count(), 1);
}

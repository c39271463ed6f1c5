//! What was decided under a bundle.

use super::{Nodes, later};
use crate::samples;
use gatewright_domain::clock::Timestamp;
use gatewright_domain::code::{AuthorizationCode, Issuance};
use gatewright_domain::identifiers::BundleDigest;
use gatewright_domain::session::Session;
use gatewright_domain::store::{IssuedCount, IssuedKind, SWEEP_BATCH_MAX, StoredInteraction, Stores};

fn bad() -> BundleDigest {
    samples::word("bad")
}

fn session(name: &str, bundle: &str) -> Session {
    Session { bundle: samples::word(bundle), expires_at: later(7200), ..samples::session(name, name) }
}

fn code(name: &str, session: &str, bundle: &str) -> AuthorizationCode {
    let mut code = samples::code(name, "client", name);
    code.authentication.session = samples::word(session);
    code.bundle = samples::word(bundle);
    code
}

/// A code that is not redeemed, and a family with an opaque access token, of a login in this session.
async fn log_in(stores: &Stores, session: &str, name: &str, bundle: &str) {
    assert_eq!(stores.codes.issue(&code(name, session, bundle), None).await.unwrap(), Issuance::Issued);
    let redeemed = code(&format!("{name}-redeemed"), session, bundle);
    assert_eq!(stores.codes.issue(&redeemed, None).await.unwrap(), Issuance::Issued);
    let mut issues = samples::first_tokens(&redeemed, &format!("{name}-refresh"));
    issues.opaque = Some(samples::access_token(&format!("{name}-access"), &issues.family));
    stores.codes.redeem(&redeemed.hash, &issues, later(0)).await.unwrap();
    let interaction = StoredInteraction { bundle: samples::word(bundle), ..samples::interaction(name) };
    stores.interactions.begin(&interaction).await.unwrap();
}

/// Ends everything; answers what was ended.
async fn end(stores: &Stores, now: Timestamp) -> IssuedCount {
    let mut all = IssuedCount::default();
    loop {
        let ended = stores.issued.end(&bad(), now).await.unwrap();
        if ended.is_nothing() {
            return all;
        }
        all = all.and(ended);
    }
}

/// What has expired, and what is of another bundle, is not.
pub async fn what_was_issued_under_a_bundle_is_counted_and_listed(nodes: &Nodes) {
    let stores = &nodes.here;
    for (name, bundle) in [("s1", "bad"), ("s2", "good")] {
        stores.sessions.begin(&session(name, bundle), None).await.unwrap();
        log_in(stores, name, name, bundle).await;
    }
    let count = nodes.there.issued.count(&bad(), later(0)).await.unwrap();
    let expected = IssuedCount { interactions: 1, sessions: 1, codes: 1, families: 1, opaque_tokens: 1 };
    assert_eq!(count, expected);
    let listed = nodes.there.issued.list(&bad(), later(0), 9).await.unwrap();
    let named: Vec<_> = listed.iter().map(|issued| (issued.kind, issued.id.as_str())).collect();
    let expected = [(IssuedKind::Session, "s1"), (IssuedKind::Code, "s1"), (IssuedKind::Family, "s1-redeemed")];
    assert_eq!(named, expected);
    assert_eq!(listed[2].client.as_deref(), Some("client"));
    assert!(listed.iter().all(|issued| issued.subject == samples::SUBJECT && issued.issued_at == later(0)));
    assert_eq!(nodes.there.issued.list(&bad(), later(0), 0).await.unwrap(), []);
    let left = nodes.there.issued.count(&bad(), later(3599)).await.unwrap();
    assert_eq!(left, IssuedCount { sessions: 1, families: 1, ..IssuedCount::default() });
    assert!(nodes.there.issued.count(&bad(), later(7200)).await.unwrap().is_nothing());
}

/// All of it, on every node, and nothing of another bundle.
pub async fn ending_what_a_bundle_issued_ends_that_and_nothing_else(nodes: &Nodes) {
    let stores = &nodes.here;
    for (name, bundle) in [("s1", "bad"), ("s2", "good")] {
        stores.sessions.begin(&session(name, bundle), None).await.unwrap();
        log_in(stores, name, name, bundle).await;
    }
    let ended = end(stores, later(1)).await;
    assert_eq!(ended, IssuedCount { interactions: 1, sessions: 1, codes: 1, families: 1, opaque_tokens: 0 });
    assert!(nodes.there.issued.count(&bad(), later(1)).await.unwrap().is_nothing());
    let there = &nodes.there;
    for (name, lives) in [("s1", false), ("s2", true)] {
        assert_eq!(there.sessions.find(&session(name, "bad").cookie).await.unwrap().is_some(), lives, "{name}");
        assert_eq!(there.interactions.find(&samples::word(name)).await.unwrap().is_some(), lives, "{name}");
        let code = code(name, name, "bad");
        assert_eq!(there.codes.find(&code.hash).await.unwrap().is_some(), lives, "{name}");
        let family = samples::word(&format!("{name}-redeemed"));
        assert_eq!(there.tokens.is_revoked("jti", Some(&family)).await.unwrap(), !lives, "{name}");
    }
}

/// Whom the bad bundle let in, the good one later gave tokens: they rest on what the bad one decided.
pub async fn what_began_in_a_session_of_a_bundle_ends_with_it(nodes: &Nodes) {
    let stores = &nodes.here;
    stores.sessions.begin(&session("s1", "bad"), None).await.unwrap();
    log_in(stores, "s1", "later", "good").await;
    let count = nodes.there.issued.count(&bad(), later(0)).await.unwrap();
    assert_eq!(count, IssuedCount { sessions: 1, codes: 1, families: 1, opaque_tokens: 1, interactions: 0 });
    let ended = end(stores, later(1)).await;
    assert_eq!((ended.sessions, ended.codes, ended.families), (1, 1, 1));
    let family = samples::word("later-redeemed");
    assert!(nodes.there.tokens.is_revoked("jti", Some(&family)).await.unwrap());
    assert!(stores.interactions.find(&samples::word("later")).await.unwrap().is_some(), "it goes on, on the good one");
}

/// So that nothing is held up for long.
pub async fn of_each_kind_no_more_than_a_batch_ends_at_once(nodes: &Nodes) {
    let over = SWEEP_BATCH_MAX + 1;
    for number in 0..over {
        let interaction = StoredInteraction { bundle: bad(), ..samples::interaction(&number.to_string()) };
        nodes.node(number).interactions.begin(&interaction).await.unwrap();
    }
    let mut ended = vec![];
    for _ in 0..3 {
        ended.push(nodes.here.issued.end(&bad(), later(1)).await.unwrap().interactions);
    }
    assert_eq!(ended, [SWEEP_BATCH_MAX as u64, 1, 0]);
}

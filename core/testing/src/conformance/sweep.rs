//! Removal of what has expired.

use super::{Nodes, issue, later};
use crate::samples;
use gatewright_domain::activation::{ActivationKind, Node, Proposal, Proposed, PushedBundle, Verdict};
use gatewright_domain::capabilities::kv::KvCall;
use gatewright_domain::code::{Issuance, Redemption};
use gatewright_domain::consent::Consent;
use gatewright_domain::factor::Factor;
use gatewright_domain::pushed_request::PushedRequest;
use gatewright_domain::refresh_token::RefreshToken;
use gatewright_domain::session::Session;
use gatewright_domain::store::{
    BUNDLE_KEPT_S, HISTORY_NAMES_MAX, NextTokens, Rotation, SWEEP_BATCH_MAX, StoredInteraction,
};
use gatewright_domain::token_hash::TokenHash;
use serde_json::Value;

/// Stores one of everything that ends after `seconds`, named by `name`.
async fn store(nodes: &Nodes, name: &str, seconds: u64) {
    let (stores, ends) = (&nodes.here, later(seconds));
    let session = Session { expires_at: ends, ..samples::session(name, name) };
    stores.sessions.begin(&session, None).await.unwrap();
    let interaction = StoredInteraction { expires_at: ends, ..samples::interaction(name) };
    stores.interactions.begin(&interaction).await.unwrap();
    let pushed = PushedRequest { kept_until: ends, ..samples::pushed_request(name, name) };
    stores.pushed_requests.push(&pushed).await.unwrap();
    let consent = Consent { expires_at: ends, ..samples::consent(name, "openid") };
    stores.consents.remember(&consent).await.unwrap();
    let mut code = samples::code(name, "client", name);
    code.expires_at = ends;
    issue(stores, &code).await;
    let mut issues = samples::first_tokens(&code, name);
    issues.family.expires_at = ends;
    issues.refresh_token = issues.refresh_token.map(|token| RefreshToken { expires_at: ends, ..token });
    let mut access = samples::access_token(name, &issues.family);
    access.meaning.expires_at = ends;
    issues.opaque = Some(access);
    stores.codes.redeem(&code.hash, &issues, later(0)).await.unwrap();
    stores.tokens.revoke_access_token(&format!("{name} jti"), ends).await.unwrap();
    stores.tokens.remember_assertion(&TokenHash::of(&format!("{name} assertion")), ends).await.unwrap();
    let put = KvCall::Put { key: name.to_owned(), value: "v".into(), ttl_s: seconds };
    stores.kv.call("n", &put, later(0)).await.unwrap();
    let _there_already = stores.users.add(&samples::user("factors", "factors")).await.unwrap();
    let enrolment = Factor { pending_until: Some(ends), ..samples::factor(name, "factors") };
    stores.factors.add(&enrolment).await.unwrap().unwrap();
}

/// Which of what [`store`] stored is there.
async fn is_there(nodes: &Nodes, name: &str) -> [bool; 12] {
    let (stores, hash) = (&nodes.there, TokenHash::of(name));
    let get = KvCall::Get { key: name.to_owned() };
    [
        stores.sessions.find(&hash).await.unwrap().is_some(),
        stores.interactions.find(&samples::word(name)).await.unwrap().is_some(),
        stores.pushed_requests.find(&hash).await.unwrap().is_some(),
        stores.consents.find(&samples::word(samples::SUBJECT), &samples::word(name)).await.unwrap().is_some(),
        stores.codes.find(&hash).await.unwrap().is_some(),
        stores.tokens.family(&samples::word(name)).await.unwrap().is_some(),
        stores.tokens.find_refresh_token(&hash).await.unwrap().is_some(),
        stores.tokens.find_opaque(&hash).await.unwrap().is_some(),
        stores.tokens.is_revoked(&format!("{name} jti"), None).await.unwrap(),
        !stores.tokens.remember_assertion(&TokenHash::of(&format!("{name} assertion")), later(0)).await.unwrap(),
        stores.kv.call("n", &get, later(0)).await.unwrap() != Value::Null,
        stores.factors.find(&samples::word(name), later(0)).await.unwrap().is_some(),
    ]
}

/// Of every kind, to the second; and all that went is counted.
pub async fn what_has_expired_goes_and_what_lives_stays(nodes: &Nodes) {
    store(nodes, "expired", 100).await;
    store(nodes, "living", 101).await;
    assert_eq!(nodes.there.sweeper.sweep(later(99)).await.unwrap(), 0);
    assert_eq!(nodes.there.sweeper.sweep(later(100)).await.unwrap(), 12);
    assert_eq!(is_there(nodes, "expired").await, [false; 12]);
    assert_eq!(is_there(nodes, "living").await, [true; 12]);
}

/// So that it never holds up others for long; the next ones remove the rest.
pub async fn a_sweep_removes_no_more_than_its_batch_a_table(nodes: &Nodes) {
    let over = SWEEP_BATCH_MAX + 1;
    for number in 0..over {
        let node = nodes.node(number);
        node.tokens.remember_assertion(&TokenHash::of(&number.to_string()), later(1)).await.unwrap();
        let put = KvCall::Put { key: number.to_string(), value: 1.into(), ttl_s: 1 };
        node.kv.call("n", &put, later(0)).await.unwrap();
        node.consents
            .remember(&Consent { expires_at: later(1), ..samples::consent(&number.to_string(), "a") })
            .await
            .unwrap();
        let code = samples::code(&number.to_string(), "c", &number.to_string());
        issue(node, &code).await;
    }
    let mut swept = vec![];
    for _ in 0..3 {
        swept.push(nodes.here.sweeper.sweep(later(60)).await.unwrap());
    }
    assert_eq!(swept, [4 * SWEEP_BATCH_MAX as u64, 4, 0]);
}

/// Its replay is recognised as long as there is something to revoke, prolonged or not.
pub async fn a_redeemed_code_stays_until_its_family_has_expired(nodes: &Nodes) {
    let code = samples::code("code", "client", "family");
    let issues = samples::first_tokens(&code, "refresh");
    let unredeemed = samples::code("unredeemed", "client", "none");
    issue(&nodes.here, &code).await;
    issue(&nodes.here, &unredeemed).await;
    nodes.here.codes.redeem(&code.hash, &issues, later(0)).await.unwrap();

    nodes.here.sweeper.sweep(later(60)).await.unwrap();
    assert_eq!(nodes.there.codes.find(&unredeemed.hash).await.unwrap(), None);
    assert!(nodes.there.codes.find(&code.hash).await.unwrap().is_some());

    let NextTokens { refresh_token, .. } = samples::next_tokens("next", &issues.family);
    let next = NextTokens { refresh_token: RefreshToken { expires_at: later(7200), ..refresh_token }, opaque: None };
    let rotation = nodes.here.tokens.rotate(&TokenHash::of("refresh"), &next, later(3000)).await.unwrap();
    assert_eq!(rotation, Rotation::Rotated);
    for _ in 0..2 {
        nodes.here.sweeper.sweep(later(3600)).await.unwrap();
    }
    assert_eq!(nodes.there.codes.redeem(&code.hash, &issues, later(3600)).await.unwrap(), Redemption::Reused);
    assert!(nodes.there.tokens.family(&code.family).await.unwrap().unwrap().revoked_at.is_some());

    nodes.here.sweeper.sweep(later(7200)).await.unwrap();
    assert_eq!(nodes.there.codes.find(&code.hash).await.unwrap(), None);
}

/// Clients, end-users and their factors, and keys.
pub async fn what_does_not_expire_is_never_swept(nodes: &Nodes) {
    let stores = &nodes.here;
    stores.clients.save(&samples::client("c")).await.unwrap();
    stores.users.add(&samples::user("u", "alice")).await.unwrap().unwrap();
    stores.factors.add(&samples::factor("f", "u")).await.unwrap().unwrap();
    stores.keys.rotate(&samples::key("k"), &[], None, later(0)).await.unwrap();
    assert_eq!(stores.sweeper.sweep(later(1 << 40)).await.unwrap(), 0);
    assert!(nodes.there.clients.find(&samples::word("c")).await.unwrap().is_some());
    assert!(nodes.there.users.find(&samples::word("u")).await.unwrap().is_some());
    assert_eq!(nodes.there.factors.list(&samples::word("u")).await.unwrap().len(), 1);
    assert_eq!(nodes.there.keys.list().await.unwrap().len(), 1);
}

/// It stays while something began on it, a node serves it, it is in the history or was put there again; with it goes who
/// pushed it.
pub async fn a_bundle_goes_when_nothing_has_named_it_for_long(nodes: &Nodes) {
    let stores = &nodes.here;
    let ends = later(BUNDLE_KEPT_S + 10);
    let named = ["session", "interaction", "code", "family", "node", "live", "again", "unnamed"];
    for name in named {
        let (digest, author) = (samples::word(name), "ada".to_owned());
        let pushed = PushedBundle { digest, name: None, author, note: None, pushed_at: later(0) };
        stores.activations.push(&pushed, b"files").await.unwrap();
    }
    let session = samples::session("s", "s");
    stores
        .sessions
        .begin(&Session { bundle: samples::word("session"), expires_at: ends, ..session }, None)
        .await
        .unwrap();
    let interaction = samples::interaction("i");
    let interaction = StoredInteraction { bundle: samples::word("interaction"), expires_at: ends, ..interaction };
    stores.interactions.begin(&interaction).await.unwrap();
    for name in ["code", "family"] {
        let mut code = samples::code(name, "client", name);
        (code.bundle, code.expires_at) = (samples::word(name), ends);
        code.authentication.session = samples::word("s");
        assert_eq!(stores.codes.issue(&code, None).await.unwrap(), Issuance::Issued);
        if name == "family" {
            let mut issues = samples::first_tokens(&code, "refresh");
            (issues.family.expires_at, issues.refresh_token) = (ends, None);
            stores.codes.redeem(&code.hash, &issues, later(0)).await.unwrap();
        }
    }
    let (id, digest) = (samples::word("node"), samples::word("node"));
    let node = Node { id, name: "node:80".into(), digest, activation: 1, seen_at: later(BUNDLE_KEPT_S) };
    stores.activations.beat(&node).await.unwrap();
    let (digest, kind) = (samples::word("live"), ActivationKind::Activate);
    let proposal = Proposal { digest, kind, by: "ada".into(), note: None, deadline: later(60) };
    stores.activations.propose(&proposal, later(0)).await.unwrap();
    stores.bundles.keep(&samples::word("again"), b"files", later(1)).await.unwrap();

    assert_eq!(stores.sweeper.sweep(later(BUNDLE_KEPT_S - 1)).await.unwrap(), 0);
    assert_eq!(stores.sweeper.sweep(later(BUNDLE_KEPT_S)).await.unwrap(), 1);
    for name in named {
        let is_there = nodes.there.bundles.find(&samples::word(name)).await.unwrap().is_some();
        assert_eq!(is_there, name != "unnamed", "{name}");
        let is_pushed = nodes.there.activations.pushed(&samples::word(name)).await.unwrap().is_some();
        assert_eq!(is_pushed, is_there, "{name}");
    }
}

/// One can go back to them; what is further back than the limit goes.
pub async fn of_the_history_the_latest_bundles_stay(nodes: &Nodes) {
    let stores = &nodes.here;
    for number in 0..=HISTORY_NAMES_MAX {
        let digest = samples::word(&format!("bundle-{number}"));
        stores.bundles.keep(&digest, b"files", later(0)).await.unwrap();
        let kind = ActivationKind::Activate;
        let proposal = Proposal { digest, kind, by: "ada".into(), note: None, deadline: later(60) };
        let proposed = stores.activations.propose(&proposal, later(0)).await.unwrap();
        let Proposed::Open(activation) = proposed else { panic!("{proposed:?}") };
        assert!(stores.activations.decide(activation.number, &Verdict::Live, later(0)).await.unwrap());
    }
    assert_eq!(stores.sweeper.sweep(later(BUNDLE_KEPT_S)).await.unwrap(), 1);
    for (number, stays) in [(0, false), (1, true), (HISTORY_NAMES_MAX, true)] {
        let found = nodes.there.bundles.find(&samples::word(&format!("bundle-{number}"))).await.unwrap();
        assert_eq!(found.is_some(), stays, "{number}");
    }
}

//! Families of what clients get for themselves.

use super::{Nodes, later, race};
use crate::samples;
use gatewright_domain::family::ClientFamily;
use gatewright_domain::identifiers::BundleDigest;
use gatewright_domain::store::{BUNDLE_KEPT_S, IssuedCount, IssuedKind};

/// An hour's family of `client` under the bundle `bad`.
fn family(id: &str, client: &str) -> ClientFamily {
    ClientFamily {
        id: samples::word(id),
        client_id: samples::word(client),
        bundle: bad(),
        created_at: later(0),
        expires_at: later(3600),
        revoked_at: None,
    }
}

fn bad() -> BundleDigest {
    samples::word("bad")
}

/// No end-user granted it: it is none of what end-users have, and no refresh token is of it.
pub async fn a_client_s_own_family_is_found_as_it_began_and_is_no_end_user_s(nodes: &Nodes) {
    let own = family("own", "robot");
    assert_eq!(nodes.here.tokens.client_family(&own.id).await.unwrap(), None);
    nodes.here.tokens.begin_client_family(&own).await.unwrap();
    assert_eq!(nodes.there.tokens.client_family(&own.id).await.unwrap(), Some(own.clone()));
    assert_eq!(nodes.there.tokens.family(&own.id).await.unwrap(), None);
    assert!(!nodes.there.tokens.is_revoked("jti", Some(&own.id)).await.unwrap());
    let code = samples::code("code", "robot", "granted");
    super::issue(&nodes.here, &code).await;
    nodes.here.codes.redeem(&code.hash, &samples::first_tokens(&code, "refresh"), later(0)).await.unwrap();
    assert_eq!(nodes.there.tokens.client_family(&code.family).await.unwrap(), None, "an end-user granted that one");
}

/// On whichever nodes; and one that was revoked stays so.
pub async fn of_many_beginnings_of_one_family_one_stays(nodes: &Nodes) {
    let begun = race(nodes, |number, stores| {
        let own = ClientFamily { created_at: later(number as u64), ..family("own", "robot") };
        async move { stores.tokens.begin_client_family(&own).await }
    });
    assert!(begun.await.iter().all(Result::is_ok));
    let own = nodes.there.tokens.client_family(&samples::word("own")).await.unwrap().unwrap();
    for second in [5, 6] {
        nodes.here.tokens.revoke_family(&own.id, later(second)).await.unwrap();
        nodes.there.tokens.begin_client_family(&own).await.unwrap();
    }
    let revoked = nodes.here.tokens.client_family(&own.id).await.unwrap().unwrap();
    assert_eq!(revoked, ClientFamily { revoked_at: Some(later(5)), ..own });
}

/// With its opaque tokens, and none of another bundle.
pub async fn a_client_s_own_family_is_counted_listed_and_ended_with_its_bundle(nodes: &Nodes) {
    let tokens = &nodes.here.tokens;
    let other = ClientFamily { bundle: samples::word("good"), ..family("other", "robot") };
    for family in [&family("own", "robot"), &other] {
        tokens.begin_client_family(family).await.unwrap();
    }
    let mut opaque = samples::access_token("opaque", &samples::family(&samples::code("code", "robot", "own")));
    opaque.meaning.subject = None;
    tokens.issue_opaque(&opaque).await.unwrap();
    let count = nodes.there.issued.count(&bad(), later(0)).await.unwrap();
    assert_eq!(count, IssuedCount { families: 1, opaque_tokens: 1, ..IssuedCount::default() });
    let listed = nodes.there.issued.list(&bad(), later(0), 9).await.unwrap();
    let told = listed.iter().map(|one| (one.kind, one.id.as_str(), one.subject.as_str(), one.client.as_deref()));
    assert_eq!(told.collect::<Vec<_>>(), [(IssuedKind::Family, "own", "robot", Some("robot"))]);
    assert!(nodes.there.issued.count(&bad(), later(3600)).await.unwrap().is_nothing(), "it has expired");

    assert_eq!(nodes.there.issued.end(&bad(), later(1)).await.unwrap().families, 1);
    for (id, is_revoked) in [("own", true), ("other", false)] {
        assert_eq!(tokens.is_revoked("jti", Some(&samples::word(id))).await.unwrap(), is_revoked, "{id}");
    }
    assert!(tokens.find_opaque(&opaque.hash).await.unwrap().unwrap().1);
    assert!(nodes.here.issued.count(&bad(), later(1)).await.unwrap().is_nothing());
}

/// What was decided under it can be asked for as long.
pub async fn a_client_s_own_family_keeps_its_bundle_and_is_swept_when_it_ends(nodes: &Nodes) {
    nodes.here.bundles.keep(&bad(), b"files", later(0)).await.unwrap();
    let ends = later(BUNDLE_KEPT_S + 10);
    let own = ClientFamily { expires_at: ends, ..family("own", "robot") };
    nodes.here.tokens.begin_client_family(&own).await.unwrap();
    nodes.there.sweeper.sweep(later(BUNDLE_KEPT_S + 9)).await.unwrap();
    assert!(nodes.here.bundles.find(&bad()).await.unwrap().is_some());
    assert!(nodes.here.tokens.client_family(&own.id).await.unwrap().is_some());
    nodes.there.sweeper.sweep(ends).await.unwrap();
    assert_eq!(nodes.here.tokens.client_family(&own.id).await.unwrap(), None);
    assert!(nodes.here.tokens.is_revoked("jti", Some(&own.id)).await.unwrap());
}

/// Neither a removed account nor an ended session has anything to do with it.
pub async fn a_client_s_own_family_goes_with_the_client_alone(nodes: &Nodes) {
    let stores = &nodes.here;
    stores.users.add(&samples::user(samples::SUBJECT, "alice")).await.unwrap().unwrap();
    for client in ["robot", "other"] {
        stores.clients.save(&samples::client(client)).await.unwrap();
        stores.tokens.begin_client_family(&family(client, client)).await.unwrap();
    }
    stores.users.remove(&samples::word(samples::SUBJECT)).await.unwrap();
    stores.tokens.revoke_session(&samples::word("s"), later(1)).await.unwrap();
    assert_eq!(stores.tokens.latest_families(&samples::word(samples::SUBJECT), later(1)).await.unwrap(), []);
    stores.clients.remove(&samples::word("robot")).await.unwrap();
    for (client, is_revoked) in [("robot", true), ("other", false)] {
        let revoked = nodes.there.tokens.is_revoked("jti", Some(&samples::word(client))).await.unwrap();
        assert_eq!(revoked, is_revoked, "{client}");
    }
}

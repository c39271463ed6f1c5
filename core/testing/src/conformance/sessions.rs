//! Sessions.

use super::{Nodes, later, race};
use crate::samples;
use gatewright_domain::session::Session;
use gatewright_domain::store::LISTED_MAX;
use gatewright_domain::token_hash::TokenHash;

/// And by no other.
pub async fn a_session_is_found_by_its_cookie_as_it_was(nodes: &Nodes) {
    let session = samples::session("s", "cookie");
    nodes.here.sessions.begin(&session, None).await.unwrap();
    assert_eq!(nodes.there.sessions.find(&session.cookie).await.unwrap(), Some(session));
    assert_eq!(nodes.here.sessions.find(&TokenHash::of("other")).await.unwrap(), None);
}

/// Session fixation: the cookie that was there before the authentication is worth nothing after it. The
/// session may keep its public name.
pub async fn an_authentication_ends_the_session_it_replaces(nodes: &Nodes) {
    let (old, new) = (samples::session("s", "old"), samples::session("s", "new"));
    nodes.here.sessions.begin(&old, Some(&TokenHash::of("unknown"))).await.unwrap();
    nodes.there.sessions.begin(&new, Some(&old.cookie)).await.unwrap();
    assert_eq!(nodes.here.sessions.find(&old.cookie).await.unwrap(), None);
    assert_eq!(nodes.here.sessions.find(&new.cookie).await.unwrap(), Some(new));
}

/// One whose name or cookie is taken is a fault, and the one it was to replace goes on.
pub async fn a_session_that_cannot_begin_ends_none(nodes: &Nodes) {
    let (old, other) = (samples::session("s", "old"), samples::session("t", "other"));
    nodes.here.sessions.begin(&old, None).await.unwrap();
    nodes.here.sessions.begin(&other, None).await.unwrap();
    for taken in [samples::session("t", "new"), samples::session("u", "other")] {
        assert!(nodes.there.sessions.begin(&taken, Some(&old.cookie)).await.is_err());
        assert_eq!(nodes.here.sessions.find(&old.cookie).await.unwrap().as_ref(), Some(&old));
    }
}

/// Of one end-user, and no more than are shown.
pub async fn living_sessions_are_listed_the_latest_first(nodes: &Nodes) {
    let at = |id: &str, auth_time, expires_at| Session {
        auth_time: later(auth_time),
        expires_at: later(expires_at),
        ..samples::session(id, id)
    };
    let (early, late, ended) = (at("early", 1, 100), at("late", 2, 100), at("ended", 3, 50));
    let of_another = Session { subject: samples::word("other"), ..samples::session("other", "other") };
    for session in [&early, &late, &ended, &of_another] {
        nodes.here.sessions.begin(session, None).await.unwrap();
    }
    let listed = async |now| nodes.there.sessions.list(&samples::word(samples::SUBJECT), later(now)).await.unwrap();
    assert_eq!(listed(49).await, [ended, late.clone(), early.clone()]);
    assert_eq!(listed(50).await, [late.clone(), early]);
    for number in 0..LISTED_MAX {
        nodes.here.sessions.begin(&at(&format!("x-{number}"), 0, 100), None).await.unwrap();
    }
    let many = listed(50).await;
    assert_eq!((many.len(), &many[0]), (LISTED_MAX, &late));
}

/// The others find it ended.
pub async fn of_many_that_end_a_session_one_gets_it(nodes: &Nodes) {
    let session = samples::session("s", "cookie");
    nodes.here.sessions.begin(&session, None).await.unwrap();
    let ended = race(nodes, |_, stores| async move { stores.sessions.end(&samples::word("s")).await.unwrap() });
    let ended: Vec<_> = ended.await.into_iter().flatten().map(|ended| ended.session).collect();
    assert_eq!(ended.as_slice(), std::slice::from_ref(&session));
    assert_eq!(nodes.here.sessions.find(&session.cookie).await.unwrap(), None);
}

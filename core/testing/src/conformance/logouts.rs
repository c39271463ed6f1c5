//! Who is to be told of a session's end (Back-Channel Logout 1.0, 2.5).

use super::{Nodes, later, race};
use crate::samples;
use gatewright_domain::code::{AuthorizationCode, Issuance};
use gatewright_domain::logout::{DueLogout, LogoutPaces, SignedIn};
use gatewright_domain::session::Session;
use gatewright_domain::store::LOGOUTS_CLAIMED_MAX;
use gatewright_domain::token_hash::TokenHash;

const PACES: LogoutPaces = LogoutPaces { first_s: 10, longest_s: 100 };

fn signed_in(session: &str, client: &str) -> SignedIn {
    SignedIn {
        session: samples::word(session),
        client_id: samples::word(client),
        subject: samples::word(samples::SUBJECT),
        sub: format!("{client}'s name for them"),
    }
}

async fn begin(nodes: &Nodes, session: &str) -> Session {
    let session = samples::session(session, session);
    nodes.here.sessions.begin(&session, None).await.unwrap();
    session
}

/// A session of that name with these clients.
async fn begin_with(nodes: &Nodes, session: &str, clients: &[&str]) -> Session {
    let begun = begin(nodes, session).await;
    for client in clients {
        let noted = nodes.here.logouts.note(&signed_in(session, client), later(0)).await.unwrap();
        assert_eq!(noted, Issuance::Issued);
    }
    begun
}

/// Everything that is due at that second, by client.
async fn due(nodes: &Nodes, seconds: u64) -> Vec<DueLogout> {
    let mut due = nodes.there.logouts.claim_due(later(seconds), PACES).await.unwrap();
    due.sort_by(|one, other| one.of.client_id.cmp(&other.of.client_id));
    due
}

fn first_try(session: &str, clients: &[&str]) -> Vec<DueLogout> {
    clients.iter().map(|client| DueLogout { of: signed_in(session, client), tries: 1 }).collect()
}

/// A second time changes nothing; in a session that is over it is refused.
pub async fn a_client_is_noted_once_in_a_session_that_lives(nodes: &Nodes) {
    begin_with(nodes, "s", &["a", "a"]).await;
    let expired = Session { expires_at: later(60), ..samples::session("expired", "expired") };
    nodes.here.sessions.begin(&expired, None).await.unwrap();
    for over in ["unknown", "expired"] {
        let noted = nodes.there.logouts.note(&signed_in(over, "a"), later(60)).await.unwrap();
        assert_eq!(noted, Issuance::SessionEnded, "{over}");
    }
    assert_eq!(due(nodes, 1 << 20).await, [], "nobody is due while the session lives");
    nodes.here.sessions.end(&samples::word("s")).await.unwrap();
    assert_eq!(due(nodes, 0).await, first_try("s", &["a"]));
}

/// And no client where the code is refused.
pub async fn a_code_notes_its_client_in_the_same_transaction(nodes: &Nodes) {
    begin(nodes, "s").await;
    let code = |text: &str, session: &str| AuthorizationCode {
        authentication: samples::authentication(samples::SUBJECT, session),
        ..samples::code(text, "a", text)
    };
    let issued = nodes.here.codes.issue(&code("one", "s"), Some(&signed_in("s", "a"))).await.unwrap();
    assert_eq!(issued, Issuance::Issued);
    let issued = nodes.here.codes.issue(&code("two", "gone"), Some(&signed_in("gone", "a"))).await.unwrap();
    assert_eq!(issued, Issuance::SessionEnded);
    assert!(nodes.here.codes.issue(&code("one", "s"), Some(&signed_in("s", "b"))).await.is_err());
    let ended = nodes.there.sessions.end(&samples::word("s")).await.unwrap().unwrap();
    assert_eq!(ended.clients, [signed_in("s", "a")]);
    assert_eq!(due(nodes, 0).await, first_try("s", &["a"]));
}

/// Whoever ends it is answered them too; those of other sessions are left alone.
pub async fn the_clients_of_a_session_are_due_when_it_ends(nodes: &Nodes) {
    let begun = begin_with(nodes, "s", &["b", "a"]).await;
    begin_with(nodes, "t", &["a"]).await;
    let ended = nodes.there.sessions.end(&begun.id).await.unwrap().unwrap();
    assert_eq!(ended.session, begun);
    assert_eq!(ended.clients, [signed_in("s", "a"), signed_in("s", "b")]);
    assert_eq!(due(nodes, 0).await, first_try("s", &["a", "b"]));
    assert_eq!(nodes.here.sessions.end(&begun.id).await.unwrap(), None);
}

/// The browser is another's now.
pub async fn a_session_that_another_end_user_s_replaces_tells_its_clients(nodes: &Nodes) {
    let old = begin_with(nodes, "old", &["a"]).await;
    let new = Session { subject: samples::word("other"), ..samples::session("new", "new") };
    nodes.there.sessions.begin(&new, Some(&old.cookie)).await.unwrap();
    assert_eq!(due(nodes, 0).await, first_try("old", &["a"]));
}

/// It keeps its name: the end-user authenticated once more.
pub async fn a_session_that_is_renewed_tells_nobody(nodes: &Nodes) {
    let old = begin_with(nodes, "s", &["a"]).await;
    nodes.there.sessions.begin(&samples::session("s", "new cookie"), Some(&old.cookie)).await.unwrap();
    assert_eq!(due(nodes, 0).await, []);
    let ended = nodes.here.sessions.end(&samples::word("s")).await.unwrap().unwrap();
    assert_eq!(ended.clients, [signed_in("s", "a")]);
}

/// All their sessions end.
pub async fn disabling_or_removing_an_end_user_tells_the_clients(nodes: &Nodes) {
    nodes.here.users.add(&samples::user(samples::SUBJECT, "alice")).await.unwrap().unwrap();
    begin_with(nodes, "s", &["a"]).await;
    nodes.here.users.set_disabled(&samples::word(samples::SUBJECT), true).await.unwrap();
    assert_eq!(due(nodes, 0).await, first_try("s", &["a"]));
    begin_with(nodes, "t", &["b"]).await;
    nodes.here.users.remove(&samples::word(samples::SUBJECT)).await.unwrap();
    assert_eq!(due(nodes, 0).await, first_try("t", &["b"]));
}

/// As with any other end.
pub async fn ending_what_a_bundle_issued_tells_the_clients(nodes: &Nodes) {
    let begun = begin_with(nodes, "s", &["a"]).await;
    let other = Session { bundle: samples::word("other"), ..samples::session("t", "t") };
    nodes.here.sessions.begin(&other, None).await.unwrap();
    let noted = nodes.here.logouts.note(&signed_in("t", "a"), later(0)).await.unwrap();
    assert_eq!(noted, Issuance::Issued);
    assert_eq!(nodes.here.issued.end(&begun.bundle, later(0)).await.unwrap().sessions, 1);
    assert_eq!(due(nodes, 0).await, first_try("s", &["a"]));
}

/// Its clients are forgotten with it; those of one that was ended stay until they were told.
pub async fn a_session_that_expires_tells_nobody(nodes: &Nodes) {
    let begun = begin_with(nodes, "s", &["a"]).await;
    begin_with(nodes, "t", &["a"]).await;
    nodes.here.sessions.end(&samples::word("t")).await.unwrap();
    nodes.here.sweeper.sweep(begun.expires_at).await.unwrap();
    assert_eq!(nodes.there.sessions.find(&TokenHash::of("s")).await.unwrap(), None);
    nodes.here.users.set_disabled(&samples::word(samples::SUBJECT), true).await.unwrap();
    assert_eq!(due(nodes, 1 << 20).await, first_try("t", &["a"]));
}

/// On two nodes, at the same moment.
pub async fn of_many_that_claim_what_is_due_one_gets_it(nodes: &Nodes) {
    begin_with(nodes, "s", &["a", "b", "c"]).await;
    nodes.here.sessions.end(&samples::word("s")).await.unwrap();
    let claimed =
        race(nodes, |_, stores| async move { stores.logouts.claim_due(later(0), PACES).await.unwrap() }).await;
    let mut claimed: Vec<DueLogout> = claimed.into_iter().flatten().collect();
    claimed.sort_by(|one, other| one.of.client_id.cmp(&other.of.client_id));
    assert_eq!(claimed, first_try("s", &["a", "b", "c"]));
}

/// Whoever claimed it may have died: it is tried again all the same.
pub async fn what_is_claimed_is_due_again_after_its_pause_until_it_is_settled(nodes: &Nodes) {
    begin_with(nodes, "s", &["a"]).await;
    nodes.here.sessions.end(&samples::word("s")).await.unwrap();
    for (at, tries) in [(0, 1), (10, 2), (30, 3), (70, 4), (150, 5), (250, 6)] {
        if at > 0 {
            assert_eq!(due(nodes, at - 1).await, [], "{at}");
        }
        assert_eq!(due(nodes, at).await, [DueLogout { of: signed_in("s", "a"), tries }], "{at}");
    }
    assert!(nodes.here.logouts.settle(&samples::word("s"), &samples::word("a")).await.unwrap());
    assert!(!nodes.there.logouts.settle(&samples::word("s"), &samples::word("a")).await.unwrap());
    assert_eq!(due(nodes, 1 << 20).await, []);
}

/// The next call hands out the rest.
pub async fn no_more_are_claimed_at_once_than_the_limit(nodes: &Nodes) {
    let clients: Vec<String> = (0..=LOGOUTS_CLAIMED_MAX).map(|number| format!("client-{number}")).collect();
    begin_with(nodes, "s", &clients.iter().map(String::as_str).collect::<Vec<_>>()).await;
    nodes.here.sessions.end(&samples::word("s")).await.unwrap();
    assert_eq!(due(nodes, 0).await.len(), LOGOUTS_CLAIMED_MAX);
    assert_eq!(due(nodes, 0).await.len(), 1);
    assert_eq!(due(nodes, 0).await.len(), 0);
}

/// There is nobody to be told.
pub async fn of_a_removed_client_nothing_is_due(nodes: &Nodes) {
    nodes.here.clients.save(&samples::client("a")).await.unwrap();
    begin_with(nodes, "s", &["a", "b"]).await;
    nodes.here.clients.remove(&samples::word("a")).await.unwrap();
    nodes.here.sessions.end(&samples::word("s")).await.unwrap();
    assert_eq!(due(nodes, 0).await, first_try("s", &["b"]));
}

/// Whichever came first: who was told that the end-user is signed in is told that they are no more.
pub async fn a_session_that_ends_while_clients_are_noted_tells_all_of_them(nodes: &Nodes) {
    for round in 0..8 {
        let session = format!("session-{round}");
        begin(nodes, &session).await;
        let outcomes = race(nodes, |number, stores| {
            let (session, of) = (session.clone(), signed_in(&session, &format!("client-{number:02}")));
            async move {
                if number == 0 {
                    stores.sessions.end(&samples::word(&session)).await.unwrap();
                    return None;
                }
                let noted = stores.logouts.note(&of, later(0)).await.unwrap();
                (noted == Issuance::Issued).then_some(of.client_id)
            }
        });
        let mut noted: Vec<_> = outcomes.await.into_iter().flatten().collect();
        noted.sort();
        let mut told = due(nodes, 0).await;
        told.extend(due(nodes, 0).await);
        told.sort_by(|one, other| one.of.client_id.cmp(&other.of.client_id));
        assert_eq!(told.into_iter().map(|due| due.of.client_id).collect::<Vec<_>>(), noted, "{round}");
    }
}

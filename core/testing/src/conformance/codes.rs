//! Authorization codes (RFC 6749 4.1.2, RFC 9700 2.1.1).

use super::{Nodes, issue, later, race};
use crate::samples;
use gatewright_domain::code::{AuthorizationCode, Issuance, Redemption};
use gatewright_domain::session::Session;
use gatewright_domain::store::FirstTokens;
use gatewright_domain::token_hash::TokenHash;

fn code() -> AuthorizationCode {
    samples::code("code", "client", "family")
}

fn issues() -> FirstTokens {
    let mut issues = samples::first_tokens(&code(), "refresh");
    issues.opaque = Some(samples::access_token("access", &issues.family));
    issues
}

/// With everything that is optional, and without.
pub async fn an_issued_code_is_found_as_it_was(nodes: &Nodes) {
    let bare = AuthorizationCode { challenge: None, nonce: None, claims: None, ..samples::code("bare", "c", "f") };
    for code in [code(), bare] {
        issue(&nodes.here, &code).await;
        assert_eq!(nodes.there.codes.find(&code.hash).await.unwrap(), Some(code));
    }
    assert_eq!(nodes.here.codes.find(&TokenHash::of("unknown")).await.unwrap(), None);
}

/// A second code under the same hash is a fault.
pub async fn a_code_is_issued_once(nodes: &Nodes) {
    issue(&nodes.here, &code()).await;
    assert!(nodes.there.codes.issue(&code(), None).await.is_err());
}

/// Unknown, ended or expired: nothing is stored, and a living session still issues it.
pub async fn a_session_that_is_over_issues_no_code(nodes: &Nodes) {
    let in_session = |id: &str| AuthorizationCode {
        authentication: samples::authentication(samples::SUBJECT, id),
        issued_at: later(60),
        ..code()
    };
    let expiring = Session { expires_at: later(60), ..samples::session("expired", "expired") };
    nodes.here.sessions.begin(&expiring, None).await.unwrap();
    nodes.here.sessions.begin(&samples::session("ended", "ended"), None).await.unwrap();
    nodes.there.sessions.end(&samples::word("ended")).await.unwrap();
    for id in ["unknown", "expired", "ended"] {
        assert_eq!(nodes.here.codes.issue(&in_session(id), None).await.unwrap(), Issuance::SessionEnded, "{id}");
        assert_eq!(nodes.there.codes.find(&code().hash).await.unwrap(), None, "{id}");
    }
    let living = Session { expires_at: later(61), ..samples::session("living", "living") };
    nodes.here.sessions.begin(&living, None).await.unwrap();
    assert_eq!(nodes.there.codes.issue(&in_session("living"), None).await.unwrap(), Issuance::Issued);
}

/// How often the two race: what a lock holds back shows up now and then.
const ROUNDS: usize = 16;

/// Whichever came first: a code that was issued before the end is found by the revocation that follows it.
pub async fn a_session_that_ends_while_codes_are_issued_leaves_none(nodes: &Nodes) {
    for round in 0..ROUNDS {
        let session = format!("session-{round}");
        nodes.here.sessions.begin(&samples::session(&session, &session), None).await.unwrap();
        let code = |number: usize| AuthorizationCode {
            authentication: samples::authentication(samples::SUBJECT, &session),
            ..samples::code(&format!("{round} {number}"), "client", "family")
        };
        let outcomes = race(nodes, |number, stores| {
            let code = code(number);
            async move {
                if number > 0 {
                    return stores.codes.issue(&code, None).await.unwrap();
                }
                let session = &code.authentication.session;
                stores.sessions.end(session).await.unwrap();
                stores.tokens.revoke_session(session, later(0)).await.unwrap();
                Issuance::SessionEnded
            }
        });
        for (number, outcome) in outcomes.await.into_iter().enumerate() {
            let found = nodes.here.codes.find(&code(number).hash).await.unwrap();
            assert_eq!(found, None, "{round} {number}: {outcome:?}");
        }
    }
}

/// The first redemption stores family, refresh token and access token; the code is still found.
pub async fn a_code_is_redeemed_once_and_stores_what_it_issues(nodes: &Nodes) {
    issue(&nodes.here, &code()).await;
    let issues = issues();
    let redemption = nodes.there.codes.redeem(&code().hash, &issues, later(1)).await.unwrap();
    assert_eq!(redemption, Redemption::Redeemed);

    let tokens = &nodes.here.tokens;
    assert_eq!(tokens.family(&code().family).await.unwrap(), Some(issues.family.clone()));
    let refresh = tokens.find_refresh_token(&TokenHash::of("refresh")).await.unwrap().unwrap();
    assert_eq!(Some(refresh.token), issues.refresh_token);
    assert_eq!((refresh.family, refresh.used), (issues.family, false));
    let access = tokens.find_opaque(&TokenHash::of("access")).await.unwrap().unwrap();
    assert_eq!((Some(access.0), access.1), (issues.opaque, false));
    assert_eq!(nodes.here.codes.find(&code().hash).await.unwrap(), Some(code()));
}

/// RFC 6749 4.1.2: a second use revokes all that the first one issued.
pub async fn a_reused_code_revokes_the_token_family(nodes: &Nodes) {
    issue(&nodes.here, &code()).await;
    nodes.here.codes.redeem(&code().hash, &issues(), later(1)).await.unwrap();
    let redemption = nodes.there.codes.redeem(&code().hash, &issues(), later(2)).await.unwrap();
    assert_eq!(redemption, Redemption::Reused);
    let tokens = &nodes.here.tokens;
    assert_eq!(tokens.family(&code().family).await.unwrap().unwrap().revoked_at, Some(later(2)));
    assert!(tokens.find_opaque(&TokenHash::of("access")).await.unwrap().unwrap().1);
    assert!(tokens.find_refresh_token(&TokenHash::of("refresh")).await.unwrap().unwrap().family.revoked_at.is_some());
}

/// Of all that redeem it at once, one does; the others revoke the family.
pub async fn of_many_that_redeem_a_code_one_does(nodes: &Nodes) {
    issue(&nodes.here, &code()).await;
    let outcomes = race(nodes, |number, stores| async move {
        let mut issues = samples::first_tokens(&code(), &format!("refresh {number}"));
        issues.opaque = Some(samples::access_token(&format!("access-{number}"), &issues.family));
        stores.codes.redeem(&code().hash, &issues, later(1)).await.unwrap()
    });
    let outcomes = outcomes.await;
    let redeemed: Vec<usize> = (0..outcomes.len()).filter(|n| outcomes[*n] == Redemption::Redeemed).collect();
    assert_eq!(redeemed.len(), 1, "{outcomes:?}");
    assert!(outcomes.iter().all(|outcome| matches!(outcome, Redemption::Redeemed | Redemption::Reused)));
    assert!(nodes.here.tokens.family(&code().family).await.unwrap().unwrap().revoked_at.is_some());
    for number in 0..outcomes.len() {
        let stored = nodes.here.tokens.find_refresh_token(&TokenHash::of(&format!("refresh {number}"))).await.unwrap();
        assert_eq!(stored.is_some(), redeemed.contains(&number), "only the winner's tokens are stored");
    }
}

/// What is not there is not redeemed, and stores nothing.
pub async fn an_unknown_code_is_not_redeemed(nodes: &Nodes) {
    let redemption = nodes.here.codes.redeem(&code().hash, &issues(), later(1)).await.unwrap();
    assert_eq!(redemption, Redemption::Unknown);
    assert_eq!(nodes.here.tokens.family(&code().family).await.unwrap(), None);
}

/// Another family is a fault, and leaves the code as it was.
pub async fn a_code_issues_the_family_it_was_issued_with_and_no_other(nodes: &Nodes) {
    issue(&nodes.here, &code()).await;
    let other = samples::first_tokens(&samples::code("code", "client", "other"), "refresh");
    assert!(nodes.here.codes.redeem(&code().hash, &other, later(1)).await.is_err());
    let redemption = nodes.here.codes.redeem(&code().hash, &issues(), later(1)).await.unwrap();
    assert_eq!(redemption, Redemption::Redeemed);
}

/// A failure at the last thing to be stored leaves nothing stored and the code not redeemed.
pub async fn a_redemption_that_fails_is_undone_whole(nodes: &Nodes) {
    issue(&nodes.here, &code()).await;
    let issues = issues();
    nodes.here.tokens.issue_opaque(issues.opaque.as_ref().unwrap()).await.unwrap();
    assert!(nodes.here.codes.redeem(&code().hash, &issues, later(1)).await.is_err());
    assert_eq!(nodes.here.tokens.family(&code().family).await.unwrap(), None);
    assert_eq!(nodes.here.tokens.find_refresh_token(&TokenHash::of("refresh")).await.unwrap(), None);
    let without = FirstTokens { opaque: None, ..issues };
    let redemption = nodes.here.codes.redeem(&code().hash, &without, later(1)).await.unwrap();
    assert_eq!(redemption, Redemption::Redeemed);
}

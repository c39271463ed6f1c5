//! What a bad policy issued, found and ended: all of it, and nothing else.

use super::operator::Operator;
use crate::world::{Browser, RelyingParty};
use reqwest::StatusCode;
use serde_json::{Value, json};

/// A client that gets refresh tokens, and access tokens of this form.
async fn client(operator: &Operator, form: &str) -> RelyingParty {
    let scope = "openid profile offline_access";
    let members = json!({ "scope": scope, "grant_types": ["authorization_code", "refresh_token"],
        "access_token_format": form });
    RelyingParty::register(&operator.servers[0], members).await.asking(scope)
}

/// Tokens of a login in a browser of its own.
async fn tokens(client: &RelyingParty) -> Value {
    let answer = client.redeem(&client.code_in(&Browser::new(), &[("prompt", "consent")]).await).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
    answer.json()
}

/// Whether they work: at userinfo, at introspection, to be refreshed.
async fn work(client: &RelyingParty, tokens: &Value) -> [bool; 2] {
    let access_token = tokens["access_token"].as_str().unwrap();
    let userinfo = client.userinfo(access_token).await.status == StatusCode::OK;
    let introspected = client.post("/introspect", &[("token", access_token)]).await.json();
    [userinfo, introspected["active"].as_bool().unwrap()]
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_bad_bundle_issued_is_ended_and_nothing_else() {
    let directory = tempfile::tempdir().unwrap();
    let operator = Operator::alone(directory.path());
    let (jwt, opaque) = (client(&operator, "jwt").await, client(&operator, "opaque").await);
    operator.put_live(0);
    let good = [tokens(&jwt).await, tokens(&opaque).await];
    let bad_digest = operator.put_live(1);
    let bad = [tokens(&jwt).await, tokens(&opaque).await];
    let session = Browser::new();
    jwt.code_in(&session, &[("prompt", "consent")]).await;

    let live = operator.policy(&["revoke", &bad_digest, "--yes"]);
    assert!(!live.done && live.error.contains("gatewright policy rollback"), "{live:?}");
    assert!(operator.policy(&["rollback"]).done);
    let issued = operator.policy(&["issued", &bad_digest, "--json"]).json();
    let count = json!({ "interactions": 0, "sessions": 3, "codes": 1, "token_families": 2, "opaque_tokens": 1 });
    assert_eq!(issued["count"], count);
    let counted = operator.policy(&["revoke", &bad_digest]);
    assert!(counted.done && counted.out.contains("Nothing has changed"), "{counted:?}");
    for (client, tokens) in [&jwt, &opaque].into_iter().zip(&bad) {
        assert_eq!(work(client, tokens).await, [true; 2], "it was counted alone");
    }
    let ended = operator.policy(&["revoke", &bad_digest, "--yes", "--json"]).json();
    assert_eq!(ended["count"], count);
    for (client, (good, bad)) in [&jwt, &opaque].into_iter().zip(good.iter().zip(&bad)) {
        assert_eq!(work(client, bad).await, [false; 2]);
        assert_eq!(work(client, good).await, [true; 2]);
        let refreshed = async |tokens: &Value| client.refresh(tokens["refresh_token"].as_str().unwrap()).await.status;
        assert_eq!(refreshed(bad).await, StatusCode::BAD_REQUEST);
        assert_eq!(refreshed(good).await, StatusCode::OK);
    }
    let silent = session.open(&jwt.authorization_url(&[("prompt", "none")])).await;
    assert_eq!(crate::world::relying_party::response_of(&silent)["error"], "login_required");
    let nothing = operator.policy(&["issued", &bad_digest, "--json"]).json();
    assert!(nothing["count"].as_object().unwrap().values().all(|count| *count == 0), "{nothing}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_clients_got_for_themselves_is_ended_with_the_bundle_that_decided_it() {
    let directory = tempfile::tempdir().unwrap();
    let operator = Operator::alone(directory.path());
    let members = |form: &str| {
        json!({ "grant_types": ["client_credentials"], "response_types": [], "scope": "openid",
        "access_token_format": form })
    };
    let (jwt, opaque) = (
        RelyingParty::register(&operator.servers[0], members("jwt")).await,
        RelyingParty::register(&operator.servers[0], members("opaque")).await,
    );
    let token = async |client: &RelyingParty| {
        let answer = client.token(&[("grant_type", "client_credentials")]).await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
        answer.json()["access_token"].as_str().unwrap().to_owned()
    };
    let works = async |client: &RelyingParty, token: &str| {
        client.post("/introspect", &[("token", token)]).await.json()["active"].as_bool().unwrap()
    };
    operator.put_live(0);
    let good = [token(&jwt).await, token(&opaque).await];
    let bad_digest = operator.put_live(1);
    let bad = [token(&jwt).await, token(&jwt).await, token(&opaque).await];
    assert!(operator.policy(&["rollback"]).done);
    let issued = operator.policy(&["issued", &bad_digest, "--json"]).json();
    let families = issued["issued"].as_array().unwrap();
    assert_eq!((&issued["count"]["token_families"], &issued["count"]["opaque_tokens"]), (&json!(2), &json!(1)));
    assert!(families.iter().all(|one| one["subject"] == one["client"]), "{issued}");
    assert!(operator.policy(&["revoke", &bad_digest, "--yes"]).done);
    for (client, token) in [(&jwt, &bad[0]), (&jwt, &bad[1]), (&opaque, &bad[2])] {
        assert!(!works(client, token).await);
    }
    for (client, token) in [(&jwt, &good[0]), (&opaque, &good[1])] {
        assert!(works(client, token).await);
    }
    // The same bundle once more: what it decides now is not what was ended.
    operator.put_live(1);
    for client in [&jwt, &opaque] {
        assert!(works(client, &token(client).await).await);
    }
}

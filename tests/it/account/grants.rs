//! Sessions and applications: seen, and ended.

use super::{AtHome, Office, offices, values_of};
use crate::world::relying_party::response_of;
use crate::world::{Browser, RelyingParty};
use reqwest::StatusCode;
use serde_json::json;

#[tokio::test(flavor = "multi_thread")]
async fn a_session_ended_from_elsewhere_is_over_and_its_refresh_token_is_dead() {
    for Office { server, .. } in &offices("account_sessions") {
        let client = RelyingParty::demo(server);
        let phone = Browser::new();
        let tokens = client.redeem(&client.code_in(&phone, &[]).await).await.json();
        let refresh_token = tokens["refresh_token"].as_str().unwrap();

        let alice = AtHome::alice(server).await;
        let home = alice.opens("/account").await;
        let sessions = values_of(&home.body, "session");
        assert_eq!((sessions.len(), home.body.matches("This browser").count()), (2, 1), "{}", home.body);
        let on_phone = phone_session(server, &phone, &sessions).await;
        let home = alice.posts("/account", &[("action", "end_session"), ("session", &on_phone)]).await;
        assert!(home.body.contains("That browser is signed out."), "{}", home.body);

        let refreshed = client.refresh(refresh_token).await;
        assert_eq!(
            (refreshed.status, refreshed.json()["error"].as_str()),
            (StatusCode::BAD_REQUEST, Some("invalid_grant"))
        );
        let silent = phone.open(&client.authorization_url(&[("prompt", "none")])).await;
        assert_eq!(response_of(&silent)["error"], "login_required");
        assert_eq!(values_of(&alice.opens("/account").await.body, "session").len(), 1);
    }
}

/// Of these sessions, that which the browser is signed in with.
async fn phone_session(server: &crate::world::Server, phone: &Browser, sessions: &[String]) -> String {
    let seen = AtHome::of(server, phone.another_tab()).opens("/account").await.body;
    let this = seen.split("This browser").nth(1).unwrap();
    let own = values_of(this, "session").into_iter().next().unwrap();
    assert!(sessions.contains(&own));
    own
}

#[tokio::test(flavor = "multi_thread")]
async fn a_disconnected_application_has_nothing_left_and_asks_again() {
    for Office { server, .. } in &offices("account_clients") {
        let members = json!({ "client_name": "Weather Almanac", "scope": "openid profile offline_access",
            "grant_types": ["authorization_code", "refresh_token"] });
        let client = RelyingParty::register(server, members).await.asking("openid profile offline_access");
        let browser = Browser::new();
        let tokens = client.redeem(&client.code_in(&browser, &[("prompt", "consent")]).await).await.json();
        let alice = AtHome::of(server, browser);
        let home = alice.opens("/account").await.body;
        assert!(home.contains("Weather Almanac") && home.contains("See your profile"), "{home}");

        let form = [("action", "disconnect"), ("client", client.client_id.as_str())];
        let home = alice.posts("/account", &form).await.body;
        assert!(home.contains("The application is disconnected."), "{home}");
        assert!(
            home.contains("No application may use your account") && values_of(&home, "client").is_empty(),
            "{home}"
        );
        let refreshed = client.refresh(tokens["refresh_token"].as_str().unwrap()).await;
        assert_eq!(refreshed.json()["error"], "invalid_grant");
        let userinfo = client.userinfo(tokens["access_token"].as_str().unwrap()).await;
        assert_eq!(userinfo.status, StatusCode::UNAUTHORIZED);
        let silent = alice.browser.open(&client.authorization_url(&[("prompt", "none")])).await;
        assert_eq!(response_of(&silent)["error"], "consent_required");
        let again = alice.posts("/account", &form).await;
        assert_eq!((again.status, again.url.query()), (StatusCode::OK, None), "there is nothing left to disconnect");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn ending_this_browsers_session_signs_out() {
    for Office { server, .. } in &offices("account_own_session") {
        let alice = AtHome::alice(server).await;
        let own = values_of(&alice.opens("/account").await.body, "session").remove(0);
        let bye = alice.posts("/account", &[("action", "end_session"), ("session", &own)]).await;
        assert_eq!(crate::world::page::heading(&bye.body), "You are signed out");
        assert!(alice.opens("/account").await.page().has_field("password"));
    }
}

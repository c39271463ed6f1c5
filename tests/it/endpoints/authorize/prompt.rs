//! `prompt` and `max_age` (OpenID Connect Core 3.1.2.1).

use crate::world::relying_party::response_of;
use crate::world::{Answer, Browser, RelyingParty, Server, jwt};

async fn ask(client: &RelyingParty, browser: &Browser, extra: &[(&str, &str)]) -> Answer {
    browser.open(&client.authorization_url(extra)).await
}

#[tokio::test]
async fn none_is_answered_at_once_with_a_code_or_with_what_would_have_to_be_asked() {
    let server = Server::quickstart();
    let client = RelyingParty::demo(&server);
    let browser = Browser::new();
    let nobody = response_of(&ask(&client, &browser, &[("prompt", "none")]).await);
    assert_eq!((nobody["error"].as_str(), nobody["iss"].as_str()), ("login_required", server.issuer.as_str()));
    client.code_in(&browser, &[]).await;
    assert!(response_of(&ask(&client, &browser, &[("prompt", "none")]).await).contains_key("code"));
    let more = response_of(&ask(&client.asking("openid phone"), &browser, &[("prompt", "none")]).await);
    assert_eq!(more["error"], "consent_required");
}

#[tokio::test]
async fn login_asks_for_the_password_though_there_is_a_session() {
    let server = Server::quickstart();
    let client = RelyingParty::demo(&server);
    let browser = Browser::new();
    client.code_in(&browser, &[]).await;
    assert!(response_of(&ask(&client, &browser, &[]).await).contains_key("code"), "single sign-on");
    let page = ask(&client, &browser, &[("prompt", "login")]).await.page();
    assert_eq!(page.form_id, "loginForm");
    client.code_in(&browser, &[("prompt", "login")]).await;
}

#[tokio::test]
async fn consent_asks_again_for_what_was_allowed_before() {
    let server = Server::quickstart();
    let client = RelyingParty::demo(&server);
    let browser = Browser::new();
    client.code_in(&browser, &[]).await;
    let page = ask(&client, &browser, &[("prompt", "consent")]).await.page();
    assert_eq!(page.form_id, "authorizeForm");
    let answer = browser.submit(&page, &[], &page.main_button()).await;
    assert!(response_of(&answer).contains_key("code"));
}

#[tokio::test]
async fn select_account_lets_the_end_user_go_on_or_be_somebody_else() {
    let server = Server::quickstart();
    let client = RelyingParty::demo(&server);
    let browser = Browser::new();
    client.code_in(&browser, &[]).await;
    let page = ask(&client, &browser, &[("prompt", "select_account")]).await.page();
    assert_eq!(page.form_id, "chooseAccountForm");
    assert!(response_of(&browser.submit(&page, &[], "continue").await).contains_key("code"));

    let page = ask(&client, &browser, &[("prompt", "select_account")]).await.page();
    let mut page = browser.submit(&page, &[], "other_account").await.page();
    assert_eq!(page.form_id, "loginForm");
    page = browser.submit(&page, &[("username", "bob"), ("password", "builder")], &page.main_button()).await.page();
    let code = response_of(&browser.submit(&page, &[], &page.main_button()).await)["code"].clone();
    let tokens = client.redeem(&code).await.json();
    let userinfo = client.userinfo(tokens["access_token"].as_str().unwrap()).await.json();
    assert_eq!(userinfo["preferred_username"], "bob");
}

#[tokio::test]
async fn max_age_asks_again_when_the_sign_in_is_older() {
    let server = Server::quickstart();
    let client = RelyingParty::demo(&server);
    let browser = Browser::new();
    client.code_in(&browser, &[]).await;
    let young = response_of(&ask(&client, &browser, &[("max_age", "3600")]).await);
    let tokens = client.redeem(&young["code"]).await.json();
    assert!(jwt::claims(tokens["id_token"].as_str().unwrap())["auth_time"].is_u64());
    assert_eq!(ask(&client, &browser, &[("max_age", "0")]).await.page().form_id, "loginForm");
}

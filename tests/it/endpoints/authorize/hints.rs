//! `login_hint`, `id_token_hint`, `ui_locales` (OpenID Connect Core 3.1.2.1).

use crate::world::relying_party::response_of;
use crate::world::{Browser, RelyingParty, Server};

#[tokio::test]
async fn the_login_hint_is_typed_in_already() {
    let server = Server::quickstart();
    let url = RelyingParty::demo(&server).authorization_url(&[("login_hint", "alice")]);
    let page = Browser::new().open(&url).await.page();
    let field = page.html.lines().find(|line| line.contains("loginForm:username\" name=")).unwrap();
    assert!(field.contains("value=\"alice\""), "{field}");
}

#[tokio::test]
async fn an_id_token_hint_lets_its_own_end_user_through_and_nobody_else() {
    let server = Server::quickstart();
    let client = RelyingParty::demo(&server);
    let (alice, bob) = (Browser::new(), Browser::new());
    let tokens = client.redeem(&client.code_in(&alice, &[]).await).await.json();
    let answer = bob.sign_in(&client.authorization_url(&[]), "bob", "builder").await;
    assert!(response_of(&answer).contains_key("code"));
    let hinted =
        client.authorization_url(&[("prompt", "none"), ("id_token_hint", tokens["id_token"].as_str().unwrap())]);
    assert!(response_of(&alice.open(&hinted).await).contains_key("code"));
    assert_eq!(response_of(&bob.open(&hinted).await)["error"], "login_required");
}

#[tokio::test]
async fn ui_locales_choose_the_language_of_the_page() {
    let server = Server::quickstart();
    let client = RelyingParty::demo(&server);
    for (locales, language, heading) in
        [("de", "de", "Anmelden"), ("tlh de-CH en", "de", "Anmelden"), ("tlh", "en", "Sign in")]
    {
        let page = Browser::new().open(&client.authorization_url(&[("ui_locales", locales)])).await.page();
        assert_eq!(page.heading(), heading, "{locales}");
        assert!(page.html.contains(&format!("<html lang=\"{language}\"")), "{locales}");
        assert!(page.has_id("loginForm:username"));
    }
}

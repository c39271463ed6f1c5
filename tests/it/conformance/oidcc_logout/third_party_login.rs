//! The plan `oidcc-3rdparty-init-login-certification-test-plan`, and what the address is used for.

use super::world::World;
use reqwest::Method;
use serde_json::json;

const LOGIN: &str = "https://client.example/initiate_login";

#[tokio::test]
async fn oidcc_3rd_party_init_login() {
    let world = World::new();
    let client = world.register(json!({ "initiate_login_uri": LOGIN })).await;
    assert_eq!(client.registration["initiate_login_uri"], LOGIN);
    assert_eq!(world.read_registration(&client.registration).await["initiate_login_uri"], LOGIN);
}

#[tokio::test]
async fn oidcc_3rd_party_init_login_nohttps() {
    let answer = World::new().try_register(json!({ "initiate_login_uri": "http://client.example/login" })).await;
    assert_eq!(answer.status, 400, "{}", answer.body);
    assert_eq!(answer.json()["error"], "invalid_client_metadata");
}

#[tokio::test]
async fn the_account_page_leads_to_where_signing_in_begins_at_a_client() {
    let world = World::new();
    let client = world.register(json!({ "initiate_login_uri": LOGIN })).await;
    let browser = world.browser();
    client.sign_in(&browser).await;
    let page = browser.send(Method::GET, &world.server.at("/account"), None).await;
    let html = page.body.replace("&#x2f;", "/").replace("&amp;", "&");
    let issuer: String = url::form_urlencoded::byte_serialize(world.server.issuer.as_bytes()).collect();
    assert!(html.contains(&format!("href=\"{LOGIN}?iss={issuer}\"")), "{html}");
}

//! The plan `oidcc-frontchannel-rp-initiated-logout-certification-test-plan`.

use super::world::{BYE, World};
use crate::world::jwt;
use reqwest::StatusCode;
use serde_json::json;
use url::Url;

const OUT: &str = "https://client.example/frontchannel_logout";

#[tokio::test]
async fn oidcc_frontchannel_logout_discovery_endpoint_verification() {
    let metadata = World::new().metadata().await;
    assert_eq!(metadata["frontchannel_logout_supported"], true);
    assert_eq!(metadata["frontchannel_logout_session_supported"], true);
}

#[tokio::test]
async fn oidcc_frontchannel_rp_initiated_logout() {
    let world = World::new();
    let members = json!({ "frontchannel_logout_uri": OUT, "frontchannel_logout_session_required": true });
    let client = world.register(members).await;
    let browser = world.browser();
    let hint = client.sign_in(&browser).await.remove("id_token").unwrap();
    let asked = [("id_token_hint", hint.as_str()), ("post_logout_redirect_uri", BYE), ("state", "s")];
    let answer = world.log_out(&browser, &asked).await;
    assert_eq!((answer.status, answer.location()), (StatusCode::OK, None), "{}", answer.body);
    let html = answer.body.replace("&amp;", "&").replace("&#x2f;", "/").replace("&#x3a;", ":");
    let source = html.split("<iframe").nth(1).unwrap().split("src=\"").nth(1).unwrap().split('"').next().unwrap();
    let url = Url::parse(source).unwrap();
    assert_eq!(url.as_str().split('?').next(), Some(OUT));
    let told: Vec<(String, String)> = url.query_pairs().into_owned().collect();
    let sid = jwt::claims(&hint)["sid"].as_str().unwrap().to_owned();
    assert_eq!(told, [("iss".to_owned(), world.server.issuer.clone()), ("sid".to_owned(), sid)]);
    let on = format!("{BYE}?state=s");
    assert!(html.contains(&format!("url={on}\"")) && html.contains(&format!("href=\"{on}\"")), "{html}");
    let policy = answer.headers["content-security-policy"].to_str().unwrap();
    assert!(policy.contains("frame-src https://client.example;"), "{policy}");
    assert!(!client.is_signed_in(&browser).await);
}

#[tokio::test]
async fn an_address_that_no_page_may_be_loaded_from_is_refused_at_registration() {
    let world = World::new();
    for (member, uri) in [
        ("frontchannel_logout_uri", "https://elsewhere.example/out"),
        ("frontchannel_logout_uri", "http://client.example/out"),
        ("frontchannel_logout_uri", "javascript:alert(1)"),
        ("frontchannel_logout_uri", "https://client.example/out#f"),
        ("backchannel_logout_uri", "http://client.example/out"),
        ("backchannel_logout_uri", "file:///etc/passwd"),
        ("backchannel_logout_uri", "https://user@client.example/out"),
        ("backchannel_logout_uri", "https://client.example/out#f"),
    ] {
        let answer = world.try_register(json!({ member: uri })).await;
        assert_eq!(answer.status, 400, "{uri}");
        assert_eq!(answer.json()["error"], "invalid_client_metadata", "{uri}");
    }
}

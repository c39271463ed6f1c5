//! How a request arrives and how its answer travels (OAuth 2.0 Multiple Response Types 1.0, Form Post Response Mode 1.0,
//! RFC 9207).

use crate::world::relying_party::response_of;
use crate::world::server::free_port;
use crate::world::{Browser, RelyingParty, Server, jwt};
use reqwest::{Method, StatusCode};
use serde_json::json;
use url::Url;

#[tokio::test]
async fn a_request_may_be_posted() {
    let server = Server::quickstart();
    let client = RelyingParty::demo(&server);
    let request = Url::parse(&client.authorization_url(&[])).unwrap();
    let form: Vec<(String, String)> = request.query_pairs().into_owned().collect();
    let form: Vec<(&str, &str)> = form.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let browser = Browser::new();
    let answer = browser.send(Method::POST, &server.at("/authorize"), Some(&form)).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.body);
    let response = response_of(&browser.sign_in(answer.location().unwrap().as_str(), "alice", "wonderland").await);
    assert_eq!(response["state"], "state-1");
    assert_eq!(client.redeem(&response["code"]).await.status, StatusCode::OK);
}

#[tokio::test]
async fn each_response_type_comes_in_the_modes_it_may() {
    let directory = tempfile::tempdir().unwrap();
    let legacy =
        [("GATEWRIGHT__PROTOCOL__IMPLICIT", "true"), ("GATEWRIGHT__PROTOCOL__FRONT_CHANNEL_ACCESS_TOKENS", "true")];
    let server = Server::quickstart_with(directory.path(), free_port(), &legacy);
    let all = ["code", "code id_token", "id_token", "code token", "id_token token", "code id_token token"];
    let members = json!({ "response_types": all, "grant_types": ["authorization_code", "implicit"] });
    let client = RelyingParty::register(&server, members).await.asking("openid email");
    let browser = Browser::new();
    client.code_in(&browser, &[]).await;
    for (response_type, mode, in_fragment) in [
        ("code", None, false),
        ("code", Some("query"), false),
        ("code", Some("fragment"), true),
        ("code id_token", None, true),
        ("id_token", None, true),
        ("id_token", Some("fragment"), true),
        ("code token", None, true),
        ("id_token token", None, true),
        ("code id_token token", Some("fragment"), true),
    ] {
        let mut extra = vec![("response_type", response_type), ("nonce", "n-1")];
        extra.extend(mode.map(|mode| ("response_mode", mode)));
        let answer = browser.open(&client.authorization_url(&extra)).await;
        let what = format!("{response_type} in {mode:?}");
        let location = answer.location().unwrap_or_else(|| panic!("{what}: {}", answer.body));
        assert_eq!((location.fragment().is_some(), location.query().is_some()), (in_fragment, !in_fragment), "{what}");
        let response = response_of(&answer);
        assert_eq!(response.contains_key("code"), response_type.contains("code"), "{what}");
        assert_eq!(response.contains_key("id_token"), response_type.contains("id_token"), "{what}");
        assert_eq!(response.contains_key("access_token"), response_type.ends_with(" token"), "{what}");
        if let Some(access_token) = response.get("access_token") {
            assert_eq!(client.userinfo(access_token).await.json()["email"], "alice@example.com", "{what}");
        }
        assert_eq!(
            (response["iss"].as_str(), response["state"].as_str()),
            (server.issuer.as_str(), "state-1"),
            "{what}"
        );
        if response_type == "id_token" {
            // There is no access token to fetch the scope's claims with (OpenID Connect Core 5.4).
            assert_eq!(jwt::claims(&response["id_token"])["email"], "alice@example.com");
        }
    }
}

#[tokio::test]
async fn a_form_post_response_is_a_form_for_the_redirect_uri() {
    let server = Server::quickstart();
    let client = RelyingParty::demo(&server);
    let browser = Browser::new();
    let url = client.authorization_url(&[("response_mode", "form_post")]);
    client.code_in(&browser, &[]).await;
    let page = browser.open(&url).await.page();
    assert_eq!((page.form_id.as_str(), page.action.as_str()), ("responseForm", client.redirect_uri.as_str()));
    assert_eq!((page.hidden["state"].as_str(), page.hidden["iss"].as_str()), ("state-1", server.issuer.as_str()));
    assert_eq!(client.redeem(&page.hidden["code"]).await.status, StatusCode::OK);
}

#[tokio::test]
async fn a_refusal_names_the_issuer_too() {
    let server = Server::quickstart();
    let client = RelyingParty::demo(&server);
    let browser = Browser::new();
    let url = client.authorization_url(&[("prompt", "consent")]);
    let sign_in = browser.open(&url).await.page();
    let typed = [("username", "alice"), ("password", "wonderland")];
    let consent = browser.submit(&sign_in, &typed, &sign_in.main_button()).await.page();
    let response = response_of(&browser.submit(&consent, &[], "deny").await);
    assert_eq!((response["error"].as_str(), response["state"].as_str()), ("access_denied", "state-1"));
    assert_eq!(response["iss"], server.issuer);
}

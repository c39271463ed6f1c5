//! Whole walks of an app, from the authorization request to the tokens (RFC 6749 4.1, OpenID Connect Core 3.1).

use super::{App, actions, brought, field};
use crate::factors::Stage;
use crate::factors::totp::{self, LEND, SCRIPT};
use crate::world::{RelyingParty, Server, jwt};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

const PASSWORD: [(&str, &str); 2] = [("username", "alice"), ("password", "wonderland")];

#[tokio::test(flavor = "multi_thread")]
async fn an_app_signs_in_enrols_an_authenticator_gets_consent_and_redeems_the_code() {
    let stage = Stage::new(SCRIPT, LEND, &[]);
    let server = stage.start();
    let client = RelyingParty::demo(&server);
    let app = App::new();

    let page = app.reads(&client.authorization_url(&[("nonce", "n-1")])).await;
    assert_eq!((&page["page"], &page["title"], actions(&page)), (&json!("form"), &json!("Sign in"), vec!["continue"]));
    assert_eq!(
        (&field(&page, "username")["kind"], &field(&page, "password")["kind"]),
        (&json!("text"), &json!("password"))
    );
    let again = app.goes_on(&page, &[("username", "alice"), ("password", "")]).await;
    assert_eq!(field(&again, "password")["error"], "Please fill in this field.");
    assert_eq!((&field(&again, "username")["value"], &again["step"]), (&json!("alice"), &page["step"]));

    let adding = app.goes_on(&again, &PASSWORD).await;
    assert_eq!(adding["title"], "Add an app");
    let key = field(&adding, "key");
    assert_eq!((&key["kind"], &key["required"]), (&json!("qr_code"), &json!(false)));
    let uri = key["content"].as_str().unwrap();
    assert!(uri.starts_with("otpauth://totp/") && uri.contains(key["key"].as_str().unwrap()), "{uri}");
    let authenticator = totp::App::keyed(key["key"].as_str().unwrap());
    let wrong = app.goes_on(&adding, &[("code", "000000")]).await;
    assert_eq!(wrong["notice"], "Not what it should show.");
    assert_ne!(wrong["step"], adding["step"]);
    let stale = app.goes_on(&adding, &[("code", &authenticator.shows(0))]).await;
    assert_eq!(stale["step"], wrong["step"], "an earlier page's answer leads to the page as it stands");
    let code = authenticator.shows(0);

    let consent = app.goes_on(&wrong, &[("code", &code), ("action", "continue")]).await;
    assert_eq!((&consent["page"], actions(&consent)), (&json!("consent"), vec!["allow", "deny", "other_account"]));
    assert_eq!(consent["account"]["username"], "alice");
    let scopes: Vec<&Value> = consent["scopes"].as_array().unwrap().iter().map(|scope| &scope["name"]).collect();
    assert_eq!(scopes, ["openid", "profile", "email"]);
    let end = app.goes_on(&consent, &[("action", "allow")]).await;
    assert!(end["redirect_to"].as_str().unwrap().starts_with(&client.redirect_uri), "{end}");
    let response = brought(&end);
    assert_eq!((response["state"].as_str(), &response["iss"]), ("state-1", &server.issuer));
    let tokens = client.redeem(&response["code"]).await;
    assert_eq!(tokens.status, StatusCode::OK, "{}", tokens.body);
    let claims = jwt::claims(tokens.json()["id_token"].as_str().unwrap());
    assert_eq!((&claims["amr"], &claims["nonce"]), (&json!(["pwd", "otp"]), &json!("n-1")));

    let end = app.reads(&client.authorization_url(&[])).await;
    assert!(brought(&end).contains_key("code"), "a single sign-on has no page: {end}");
    let log = server.log();
    assert!(!log.contains("wonderland") && !log.contains(&code) && !log.contains(key["key"].as_str().unwrap()));
}

#[tokio::test(flavor = "multi_thread")]
async fn every_way_a_walk_ends_is_told_as_the_response_that_a_browser_would_carry() {
    let server = Server::quickstart();
    let client = RelyingParty::demo(&server);
    let app = App::new();
    let end = app.reads(&client.authorization_url(&[("prompt", "none")])).await;
    assert_eq!(brought(&end)["error"], "login_required");

    let page = app.reads(&client.authorization_url(&[])).await;
    let wrong = app.goes_on(&page, &[("username", "alice"), ("password", "guess")]).await;
    assert_eq!(wrong["notice"], "Wrong username or password.");
    assert!(!wrong.to_string().contains("guess"), "{wrong}");
    let consent = app.goes_on(&wrong, &PASSWORD).await;
    let end = app.goes_on(&consent, &[("action", "deny")]).await;
    assert_eq!(brought(&end)["error"], "access_denied");

    let consent = app.reads(&client.authorization_url(&[("response_mode", "form_post")])).await;
    let end = app.goes_on(&consent, &[("action", "allow")]).await;
    let post = &end["form_post"];
    assert_eq!((&post["to"], &post["parameters"]["state"]), (&json!(client.redirect_uri), &json!("state-1")));
    assert_eq!(end.get("redirect_to"), None);
    let code = post["parameters"]["code"].as_str().unwrap();
    assert_eq!(client.redeem(code).await.status, StatusCode::OK);

    let choice = app.reads(&client.authorization_url(&[("prompt", "select_account")])).await;
    assert_eq!((&choice["page"], actions(&choice)), (&json!("choose_account"), vec!["continue", "other_account"]));
    let other = app.goes_on(&choice, &[("action", "other_account")]).await;
    assert_eq!(other["page"], "form", "who else signs in: {other}");
    let choice = app.reads(&client.authorization_url(&[("prompt", "select_account")])).await;
    let end = app.goes_on(&choice, &[("action", "continue")]).await;
    assert!(brought(&end).contains_key("code"), "{end}");

    let form = [("client_id", "demo"), ("redirect_uri", &client.redirect_uri), ("response_type", "code")];
    let posted = app.browser.send(Method::POST, &server.at("/authorize"), Some(&form)).await;
    assert!(posted.location().is_some(), "a form of a browser is redirected: {}", posted.body);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_browser_goes_on_where_an_app_began_and_the_other_way_round() {
    let server = Server::quickstart();
    let client = RelyingParty::demo(&server);
    let app = App::new();
    let page = app.reads(&client.authorization_url(&[])).await;
    let html = app.browser.open(page["post_to"].as_str().unwrap()).await;
    assert_eq!(
        (html.page().hidden["step"].as_str(), html.headers["vary"].to_str().unwrap()),
        (page["step"].as_str().unwrap(), "Accept")
    );
    let consent = app.goes_on(&page, &PASSWORD).await;
    let html = app.browser.open(consent["post_to"].as_str().unwrap()).await;
    let end = app.browser.submit(&html.page(), &[], "allow").await;
    assert!(end.location().unwrap().as_str().contains("code="), "{}", end.body);
    let gone = app.opens(consent["post_to"].as_str().unwrap()).await;
    assert_eq!((gone.status, gone.json()["problem"].as_str()), (StatusCode::BAD_REQUEST, Some("expired")));
}

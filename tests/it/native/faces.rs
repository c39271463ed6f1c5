//! Which face a request is answered with (RFC 9110 12.5.1), and how a walk that cannot begin is told.

use super::App;
use crate::world::{Browser, RelyingParty, Server};
use serde_json::json;

/// What browsers send.
const BROWSERS: [&str; 2] = [
    "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,image/apng,*/*;q=0.8",
    "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
];

#[tokio::test(flavor = "multi_thread")]
async fn a_browser_is_answered_in_html_and_who_prefers_json_in_json() {
    let server = Server::quickstart();
    let url = RelyingParty::demo(&server).authorization_url(&[]);
    let asked = |accept: &'static str| {
        let (url, http) = (url.clone(), reqwest::Client::builder());
        let http = http.no_proxy().redirect(reqwest::redirect::Policy::none()).build().unwrap();
        async move { http.get(url).header("accept", accept).send().await.unwrap() }
    };
    for accept in BROWSERS {
        let answer = asked(accept).await;
        assert_eq!((answer.status().as_u16(), answer.headers()["vary"].to_str().unwrap()), (303, "Accept"), "{accept}");
    }
    for accept in ["application/json", "application/json, text/plain, */*"] {
        let answer = asked(accept).await;
        assert_eq!((answer.status().as_u16(), answer.headers()["vary"].to_str().unwrap()), (200, "Accept"), "{accept}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_walk_that_cannot_begin_is_a_problem_that_says_what_to_do_next() {
    let server = Server::quickstart();
    let client = RelyingParty::demo(&server);
    let app = App::new();
    for (extra, problem) in [
        (("client_id", "nobody"), "unknown_client"),
        (("redirect_uri", "https://evil.example/cb"), "unknown_redirect_uri"),
    ] {
        let answer = app.opens(&client.authorization_url(&[extra])).await;
        let told = answer.json();
        assert_eq!(
            (answer.status.as_u16(), &answer.headers["content-type"]),
            (400, &"application/problem+json".parse().unwrap())
        );
        assert_eq!((&told["problem"], &told["status"], &told["version"]), (&json!(problem), &json!(400), &json!(1)));
        assert!(told["next"].as_str().unwrap().contains("try again") && told["error"].is_string(), "{told}");
        assert!(!answer.body.contains("evil.example"), "{told}");
        assert_eq!(
            Browser::new().open(&client.authorization_url(&[extra])).await.headers["content-type"],
            "text/html; charset=utf-8"
        );
    }
}

//! Clients in browsers on other origins (Fetch Standard 3.2).

use crate::world::Server;
use reqwest::{Client, Method, StatusCode};

const ORIGIN: &str = "https://app.example.com";

#[tokio::test]
async fn a_preflight_allows_what_a_client_in_a_browser_needs_and_no_credentials() {
    let server = Server::quickstart();
    let http = Client::builder().no_proxy().build().unwrap();
    for path in ["/token", "/par", "/userinfo", "/revoke", "/jwks", "/.well-known/openid-configuration"] {
        let preflight = http
            .request(Method::OPTIONS, server.at(path))
            .header("origin", ORIGIN)
            .header("access-control-request-method", "POST")
            .header("access-control-request-headers", "authorization,content-type");
        let answer = preflight.send().await.unwrap();
        assert_eq!(answer.status(), StatusCode::NO_CONTENT, "{path}");
        let header = |name: &str| answer.headers().get(name).map_or("", |value| value.to_str().unwrap());
        assert_eq!(header("access-control-allow-origin"), "*", "{path}");
        assert!(header("access-control-allow-methods").contains("POST"), "{path}");
        assert!(header("access-control-allow-headers").contains("authorization"), "{path}");
        assert!(!answer.headers().contains_key("access-control-allow-credentials"), "{path}");
    }
}

#[tokio::test]
async fn an_answer_may_be_read_from_another_origin_and_a_page_may_not() {
    let server = Server::quickstart();
    let http = Client::builder().no_proxy().build().unwrap();
    for (path, allowed) in [("/jwks", true), ("/userinfo", true), ("/authorize", false), ("/end_session", false)] {
        let answer = http.get(server.at(path)).header("origin", ORIGIN).send().await.unwrap();
        assert_eq!(answer.headers().contains_key("access-control-allow-origin"), allowed, "{path}");
    }
}

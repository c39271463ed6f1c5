//! Behind a proxy that ends TLS: who is believed about where a request came from, and what nobody is believed about.

use crate::world::Server;
use crate::world::server::free_port;
use reqwest::header::SET_COOKIE;
use reqwest::{Client, RequestBuilder, Response};
use serde_json::Value;
use std::path::Path;

const ISSUER: &str = "https://login.example.com";
/// Shows where the request came from, for lack of another way to see it.
const SCRIPT: &str =
    "fn authenticate(login) {\n    ask(form(`From ${login.origin.ip}`));\n    fail(\"nothing more to see\")\n}\n";
const MANIFEST: &str =
    "default_acr = \"look\"\n[[authenticate]]\nacr = \"look\"\nlevel = 1\namr = [\"x\"]\nrun = \"look.rhai\"\n";
/// What a proxy writes, after what a client made up.
const FORWARDED_FOR: &str = "198.51.100.66, 203.0.113.9";

/// A server that speaks plain HTTP to a proxy, with a client registered.
struct Behind {
    server: Server,
    http: Client,
    origin: String,
    client_id: String,
}

impl Behind {
    async fn proxy(directory: &Path, trusted: &str) -> Self {
        let policy = directory.join("policy");
        std::fs::create_dir(&policy).unwrap();
        std::fs::write(policy.join("policy.toml"), MANIFEST).unwrap();
        std::fs::write(policy.join("look.rhai"), SCRIPT).unwrap();
        let origin = format!("127.0.0.1:{}", free_port());
        // An https issuer with neither certificate nor proxy is refused: then nothing would speak HTTPS.
        let issuer = if trusted.is_empty() { "http://localhost" } else { ISSUER };
        let configuration = format!(
            "issuer = \"{issuer}\"\nlisten.address = \"{origin}\"\nregistration.open = true\npolicy.directory = {policy:?}\n\
             proxy.trusted = [{trusted}]\n"
        );
        let server = Server::serve_in(directory, &configuration);
        let http = Client::builder().redirect(reqwest::redirect::Policy::none()).no_proxy().build().unwrap();
        let mut behind = Self { server, http, origin: format!("http://{origin}"), client_id: String::new() };
        let document = r#"{ "redirect_uris": ["https://client.example/cb"] }"#;
        let request = behind.http.post(format!("{}/register", behind.origin)).body(document);
        let registered = request.header("content-type", "application/json").send().await.unwrap();
        let registered: Value = serde_json::from_str(&registered.text().await.unwrap()).unwrap();
        behind.client_id = registered["client_id"].as_str().unwrap().to_owned();
        behind
    }

    fn authorize(&self) -> RequestBuilder {
        let query = format!("response_type=code&scope=openid&client_id={}", self.client_id);
        self.http.get(format!("{}/authorize?{query}&redirect_uri=https://client.example/cb", self.origin))
    }

    /// The page that a request leads to, over the same way.
    async fn page(&self, response: &Response) -> String {
        let location = response.headers()["location"].to_str().unwrap();
        let path = location.strip_prefix(&self.server.issuer);
        let path = path.unwrap_or_else(|| panic!("not below the issuer: {location}"));
        let cookie = response.headers()[SET_COOKIE].to_str().unwrap().split(';').next().unwrap();
        let request = self.http.get(format!("{}{path}", self.origin)).header("cookie", cookie);
        request.send().await.unwrap().text().await.unwrap()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn only_a_proxy_that_is_named_is_believed_about_where_a_request_came_from() {
    let table = [
        ("\"127.0.0.1\"", "203.0.113.9"),
        ("\"127.0.0.0/8\", \"203.0.113.0/24\"", "198.51.100.66"),
        ("", "127.0.0.1"),
        ("\"10.0.0.0/8\"", "127.0.0.1"),
    ];
    for (trusted, from) in table {
        let directory = tempfile::tempdir().unwrap();
        let behind = Behind::proxy(directory.path(), trusted).await;
        let response = behind.authorize().header("x-forwarded-for", FORWARDED_FOR).send().await.unwrap();
        let page = behind.page(&response).await;
        assert!(page.contains(&format!("From {from}</h1>")), "trusting [{trusted}]: {page}");
        // The other header is not the one that this proxy writes.
        let response = behind.authorize().header("forwarded", "for=192.0.2.1").send().await.unwrap();
        assert!(behind.page(&response).await.contains("From 127.0.0.1</h1>"), "trusting [{trusted}]");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn neither_host_nor_scheme_is_taken_from_a_header_of_anybody() {
    let directory = tempfile::tempdir().unwrap();
    let behind = Behind::proxy(directory.path(), "\"127.0.0.1\"").await;
    let claims = [
        ("x-forwarded-host", "evil.example"),
        ("x-forwarded-proto", "http"),
        ("x-forwarded-port", "80"),
        ("x-forwarded-prefix", "/evil"),
        ("host", "evil.example"),
    ];
    let claiming =
        |request: RequestBuilder| claims.iter().fold(request, |request, (name, value)| request.header(*name, *value));
    let response = claiming(behind.authorize()).send().await.unwrap();
    assert!(response.headers()["location"].to_str().unwrap().starts_with(ISSUER));
    // The browser speaks HTTPS, whatever the last hop speaks.
    let cookie = response.headers()[SET_COOKIE].to_str().unwrap();
    assert!(cookie.starts_with("__Host-") && cookie.contains("; Secure"), "{cookie}");
    let discovery = claiming(behind.http.get(format!("{}/.well-known/openid-configuration", behind.origin)));
    let discovery = discovery.send().await.unwrap().text().await.unwrap();
    assert!(discovery.contains(ISSUER) && !discovery.contains("evil"), "{discovery}");
}

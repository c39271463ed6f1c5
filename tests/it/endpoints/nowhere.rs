//! Requests that lead nowhere: a page for a browser, a problem for a program, on every listener (RFC 9110 15.5.5, 15.5.6).

use crate::world::Server;
use crate::world::server::free_port;
use reqwest::header::{ACCEPT, ALLOW, CONTENT_TYPE, VARY};
use reqwest::{Client, Method, Response};
use serde_json::Value;

const BROWSER: &str = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8";
const PROGRAM: &str = "application/json";
const PROBLEM: &str = "application/problem+json";

async fn ask(method: Method, url: String, accept: &str) -> Response {
    let client = Client::builder().no_proxy().pool_max_idle_per_host(0).build().unwrap();
    client.request(method, url).header(ACCEPT, accept).send().await.unwrap()
}

fn content_type(response: &Response) -> &str {
    response.headers().get(CONTENT_TYPE).map_or("", |value| value.to_str().unwrap())
}

#[tokio::test]
async fn a_program_is_told_in_json_and_a_browser_by_a_page() {
    let server = Server::quickstart();
    for (method, path, status) in [
        (Method::GET, "/nothing", 404),
        (Method::POST, "/jwks/x", 404),
        (Method::DELETE, "/token", 405),
        (Method::PUT, "/authorize", 405),
    ] {
        let url = format!("{}{path}", server.reach);
        let page = ask(method.clone(), url.clone(), BROWSER).await;
        assert_eq!(page.status(), status, "{path}");
        assert!(content_type(&page).starts_with("text/html"), "{path}: {}", content_type(&page));
        let plain = ask(method.clone(), url.clone(), "*/*").await;
        assert!(content_type(&plain).starts_with("text/html"), "who says nothing gets the page");
        let told = ask(method, url, PROGRAM).await;
        assert_eq!((told.status().as_u16(), content_type(&told)), (status, PROBLEM), "{path}");
        assert_eq!(told.headers().get(VARY).unwrap(), "Accept");
        assert_eq!(told.headers().contains_key(ALLOW), status == 405);
        let told: Value = serde_json::from_str(&told.text().await.unwrap()).unwrap();
        assert_eq!(told["status"], status, "{told}");
        assert!(told["title"].is_string(), "{told}");
    }
}

#[tokio::test]
async fn the_listener_of_the_admin_api_tells_programs_problems_and_browsers_a_page() {
    let directory = tempfile::tempdir().unwrap();
    let (port, own) = (free_port(), free_port());
    let settings = format!(
        "issuer = \"http://localhost:{port}\"\nlisten.address = \"127.0.0.1:{port}\"\n\
         admin.enabled = true\nadmin.listen = \"127.0.0.1:{own}\"\n"
    );
    let _server = Server::serve_in(directory.path(), &settings);
    for (path, accept, kind) in [
        ("/", BROWSER, "text/html"),
        ("/authorize", BROWSER, "text/html"),
        ("/", PROGRAM, PROBLEM),
        ("/", "*/*", PROBLEM),
        ("/admin/api/v1/nothing", BROWSER, PROBLEM),
    ] {
        let told = ask(Method::GET, format!("http://127.0.0.1:{own}{path}"), accept).await;
        assert_eq!(told.status(), 404, "{path} {accept}");
        assert!(content_type(&told).starts_with(kind), "{path} {accept}: {}", content_type(&told));
    }
}

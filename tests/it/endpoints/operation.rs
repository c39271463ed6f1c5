//! `/health/live`, `/health/ready`, `/metrics`.

use crate::world::relying_party::request;
use crate::world::{RelyingParty, Server};
use reqwest::{Method, StatusCode};

#[tokio::test]
async fn a_running_server_is_live_and_ready() {
    let server = Server::quickstart();
    for (path, status) in [("/health/live", "live"), ("/health/ready", "ready")] {
        let answer = request(Method::GET, &server.at(path), None, None).await;
        assert_eq!((answer.status, answer.json()["status"].as_str()), (StatusCode::OK, Some(status)));
    }
}

#[tokio::test]
async fn metrics_count_requests_and_tokens() {
    let server = Server::quickstart();
    let client = RelyingParty::demo(&server);
    assert_eq!(client.token(&[("grant_type", "client_credentials")]).await.status, StatusCode::OK);
    let metrics = request(Method::GET, &server.at("/metrics"), None, None).await;
    assert!(metrics.headers["content-type"].to_str().unwrap().starts_with("application/openmetrics-text"));
    let line = "gatewright_requests_total{endpoint=\"token\",method=\"POST\",status=\"200\"} 1";
    assert!(metrics.body.lines().any(|one| one == line), "{}", metrics.body);
    assert!(metrics.body.contains("client_credentials") && metrics.body.ends_with("# EOF\n"), "{}", metrics.body);
}

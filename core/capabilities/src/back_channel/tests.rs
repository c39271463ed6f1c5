//! Logout tokens posted to real servers on loopback.

use super::*;
use crate::fakes::{Names, Server, message};
use std::sync::Arc;

const TOKEN: &str = "a.b+/=&.c";

fn channel(private_addresses: bool) -> GuardedBackChannel {
    let settings = FetchSettings { private_addresses, extra_authorities: None };
    GuardedBackChannel::new(&settings, Duration::from_secs(2)).unwrap()
}

async fn posted(server: &Server) -> Result<(), NotTold> {
    channel(true).post_logout_token(&format!("{}/out?a=b", server.origin()), TOKEN).await
}

#[tokio::test]
async fn the_token_comes_as_the_one_field_of_a_form() {
    let server = Server::ok("").await;
    assert_eq!(posted(&server).await, Ok(()));
    let request = server.requests().remove(0);
    assert!(request.starts_with("POST /out?a=b HTTP/1.1\r\n"), "{request}");
    assert!(request.contains("content-type: application/x-www-form-urlencoded\r\n"), "{request}");
    assert!(request.ends_with("\r\n\r\nlogout_token=a.b%2B%2F%3D%26.c"), "{request}");
}

#[tokio::test]
async fn only_200_and_204_say_that_the_client_knows() {
    for (status, told) in [
        ("200 OK", Ok(())),
        ("204 No Content", Ok(())),
        ("202 Accepted", Err(NotTold::Status(202))),
        ("302 Found", Err(NotTold::Status(302))),
        ("400 Bad Request", Err(NotTold::Status(400))),
        ("503 Service Unavailable", Err(NotTold::Status(503))),
    ] {
        let server = Server::saying(message(status, &[("location", "/elsewhere")], "")).await;
        assert_eq!(posted(&server).await, told, "{status}");
        assert_eq!(server.requests().len(), 1, "{status}: no redirect is followed");
    }
}

#[tokio::test]
async fn a_client_at_a_place_inside_is_not_posted_to() {
    let server = Server::ok("").await;
    let refused = channel(false).post_logout_token(&format!("{}/out", server.origin()), TOKEN).await;
    assert_eq!(refused, Err(NotTold::Forbidden));
    let lookup = Arc::new(Names::of("client.example", &["10.0.0.7"]));
    let outgoing = Outgoing::with_lookup(None, lookup).unwrap();
    let outside = GuardedBackChannel { outgoing, reach: Reach::Public, timeout: Duration::from_secs(2) };
    for uri in [
        "https://client.example/out",
        "https://127.0.0.1/out",
        "https://[::ffff:10.0.0.1]/out",
        "https://169.254.169.254/",
        "https://user@client.example/",
        "http://client.example/out",
        "file:///etc/passwd",
        "",
    ] {
        assert_eq!(outside.post_logout_token(uri, TOKEN).await, Err(NotTold::Forbidden), "{uri}");
    }
    assert!(server.requests().is_empty());
}

#[tokio::test]
async fn a_client_that_is_silent_or_gone_or_never_ends_was_not_told() {
    let silent = Server::saying("").await;
    assert_eq!(posted(&silent).await, Err(NotTold::TimedOut));
    let gone = channel(true).post_logout_token("http://127.0.0.1:9/out", TOKEN).await;
    assert!(matches!(gone, Err(NotTold::Unreachable(_))), "{gone:?}");
    let endless = Server::ok(&"x".repeat(LOGOUT_ANSWER_BYTES_MAX + 1)).await;
    assert!(matches!(posted(&endless).await, Err(NotTold::Unreachable(_))));
    assert_eq!(posted(&Server::ok(&"x".repeat(LOGOUT_ANSWER_BYTES_MAX)).await).await, Ok(()));
}

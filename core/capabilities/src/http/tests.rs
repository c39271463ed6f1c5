//! Requests to real servers on loopback, and those that must never get there.

use super::*;
use crate::fakes::{Names, Server, message};
use crate::outgoing::{IN_FLIGHT_MAX, RESPONSE_HEADER_BYTES_MAX};
use gatewright_domain::secret::SecretText;
use std::slice::from_ref;
use std::sync::Arc;
use std::time::Instant;

fn http() -> GuardedHttp {
    GuardedHttp::new(None).unwrap()
}

fn http_with(names: Names) -> GuardedHttp {
    GuardedHttp { outgoing: Outgoing::with_lookup(None, Arc::new(names)).unwrap() }
}

fn loan(origins: &[String]) -> HttpLoan {
    HttpLoan { origins: origins.iter().cloned().collect(), private_addresses: false }
}

fn get(url: impl Into<String>) -> HttpRequest {
    HttpRequest {
        method: "GET".to_owned(),
        url: url.into(),
        headers: BTreeMap::new(),
        body: None,
        timeout_ms: TIMEOUT_MS_MAX,
    }
}

async fn asked(server: &Server, request: HttpRequest) -> Result<HttpResponse, CapabilityError> {
    http().send(&loan(&[server.origin()]), request).await
}

#[tokio::test]
async fn a_lent_origin_is_asked_and_its_answer_is_handed_back() {
    let body = r#"{"score":7}"#;
    let headers = [("Content-Type", "application/json"), ("X-A", "1"), ("x-a", "2"), ("x-bin", "\u{e9}")];
    let server = Server::saying(message("201 Created", &headers, body)).await;
    let mut request = get(format!("{}/score?ip=1.2.3.4#part", server.origin()));
    request.method = "POST".to_owned();
    request.headers.insert("Authorization".to_owned(), SecretText::new("Bearer s3cr3t"));
    request.body = Some(("application/json", SecretText::new(r#"{"a":1}"#)));
    let answer = asked(&server, request).await.unwrap();
    assert_eq!((answer.status, answer.body.as_str()), (201, body));
    assert_eq!(answer.headers["content-type"], "application/json");
    assert_eq!(answer.headers["x-a"], "1, 2");
    assert!(!answer.headers.contains_key("x-bin"), "a header that is no text is left out");

    let requests = server.requests();
    let (head, sent) = requests[0].split_once("\r\n\r\n").unwrap();
    assert!(head.starts_with("POST /score?ip=1.2.3.4 HTTP/1.1\r\n"), "{head}");
    for line in ["authorization: Bearer s3cr3t", "content-type: application/json", "user-agent: gatewright"] {
        assert!(head.contains(line), "{line} in {head}");
    }
    for absent in ["cookie", "referer", "accept-encoding"] {
        assert!(!head.to_lowercase().contains(absent), "{absent}");
    }
    assert_eq!(sent, r#"{"a":1}"#);
}

#[tokio::test]
async fn cookies_are_not_kept() {
    let server = Server::saying(message("200 OK", &[("set-cookie", "a=b")], "")).await;
    let (http, loan) = (http(), loan(&[server.origin()]));
    for _ in 0..2 {
        http.send(&loan, get(server.origin())).await.unwrap();
    }
    assert!(server.requests().iter().all(|request| !request.to_lowercase().contains("cookie")));
}

#[tokio::test]
async fn a_redirect_is_answered_as_it_is_and_its_target_never_asked() {
    let inside = Server::ok("inside").await;
    for target in [inside.origin(), format!("{}/other", inside.origin()), "/here".to_owned()] {
        let server = Server::saying(message("302 Found", &[("location", &target)], "")).await;
        let answer = asked(&server, get(server.origin())).await.unwrap();
        assert_eq!((answer.status, answer.headers["location"].as_str()), (302, target.as_str()));
        assert_eq!(server.requests().len(), 1);
    }
    assert!(inside.requests().is_empty());
}

#[tokio::test]
async fn what_was_not_lent_is_not_asked() {
    let (lent, other) = (Server::ok("lent").await, Server::ok("other").await);
    let refused = asked(&lent, get(other.origin())).await.unwrap_err();
    assert!(matches!(refused, CapabilityError::NotLent { .. }), "{refused}");
    // The same server by another of its names is another origin.
    let refused = asked(&lent, get(lent.named("localhost"))).await.unwrap_err();
    assert!(matches!(refused, CapabilityError::NotLent { .. }), "{refused}");
    let https = lent.origin().replace("http:", "https:");
    assert!(matches!(asked(&lent, get(https)).await, Err(CapabilityError::NotLent { .. })));
    assert!(lent.requests().is_empty() && other.requests().is_empty());
}

#[tokio::test]
async fn a_name_that_leads_inside_is_refused_unless_private_addresses_are_lent() {
    let server = Server::ok("inside").await;
    let origin = server.named("risk.example");
    for address in ["127.0.0.1", "::ffff:127.0.0.1"] {
        let refused =
            http_with(Names::of("risk.example", &[address])).send(&loan(from_ref(&origin)), get(&origin)).await;
        assert!(matches!(refused, Err(CapabilityError::NotLent { .. })), "{address}: {refused:?}");
    }
    assert!(server.requests().is_empty());
    let lent = HttpLoan { private_addresses: true, ..loan(from_ref(&origin)) };
    let answer = http_with(Names::of("risk.example", &["127.0.0.1"])).send(&lent, get(&origin)).await;
    assert_eq!(answer.unwrap().body, "inside");
    for address in ["169.254.169.254", "0.0.0.0", "224.0.0.1", "64:ff9b::7f00:1", "fe80::1"] {
        let refused = http_with(Names::of("risk.example", &[address])).send(&lent, get(&origin)).await;
        assert!(matches!(refused, Err(CapabilityError::NotLent { .. })), "{address}: {refused:?}");
    }
    assert_eq!(server.requests().len(), 1);
}

#[tokio::test]
async fn the_systems_own_names_for_this_machine_are_refused_where_they_were_not_written_out() {
    let server = Server::ok("inside").await;
    // `localhost.` resolves as `localhost` does, but the operator did not write `localhost`.
    let origin = server.named("localhost.");
    let names = Names::of("localhost.", &["127.0.0.1"]);
    let refused = http_with(names).send(&loan(from_ref(&origin)), get(&origin)).await;
    assert!(matches!(refused, Err(CapabilityError::NotLent { .. })), "{refused:?}");
    assert!(server.requests().is_empty());
    let named = server.named("localhost");
    assert_eq!(http().send(&loan(from_ref(&named)), get(&named)).await.unwrap().body, "inside");
}

#[tokio::test]
async fn a_name_that_answers_differently_the_second_time_gains_nothing() {
    let server = Server::ok("inside").await;
    let origin = server.named("rebind.example");
    let names = Names::changing("rebind.example", &[&["192.0.2.1"], &["127.0.0.1"]]);
    let http = http_with(names);
    for _ in 0..3 {
        let refused = http.send(&loan(from_ref(&origin)), get(&origin)).await;
        assert!(matches!(refused, Err(CapabilityError::NotLent { .. })), "{refused:?}");
    }
    assert!(server.requests().is_empty());
}

#[tokio::test]
async fn a_connection_made_for_one_loan_does_not_serve_a_stricter_one() {
    let server = Server::ok("inside").await;
    let origin = server.named("risk.example");
    let http = http_with(Names::of("risk.example", &["127.0.0.1"]));
    let strict = loan(from_ref(&origin));
    let lax = HttpLoan { private_addresses: true, ..strict.clone() };
    assert!(http.send(&lax, get(&origin)).await.is_ok());
    assert!(matches!(http.send(&strict, get(&origin)).await, Err(CapabilityError::NotLent { .. })));
    assert_eq!(server.requests().len(), 1);
}

#[tokio::test]
async fn every_way_to_write_an_address_is_met_by_the_same_rule() {
    let server = Server::ok("inside").await;
    let port = server.origin().rsplit_once(':').unwrap().1.to_owned();
    for host in ["2130706433", "0x7f000001", "0177.0.0.1", "127.1", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "0"] {
        let url = format!("http://{host}:{port}/");
        let refused = http().send(&loan(&["http://risk.example".to_owned()]), get(&url)).await;
        assert!(matches!(refused, Err(CapabilityError::NotLent { .. })), "{host}");
    }
    // Naming such an address lends it, but never one that no request may go to.
    let metadata = format!("http://0:{port}");
    let refused = http().send(&loan(from_ref(&metadata)), get(&metadata)).await;
    assert!(matches!(refused, Err(CapabilityError::NotLent { .. })), "{refused:?}");
    assert!(server.requests().is_empty());
    let mapped = format!("http://[::ffff:127.0.0.1]:{port}");
    assert_eq!(http().send(&loan(from_ref(&mapped)), get(&mapped)).await.unwrap().body, "inside");
}

#[tokio::test]
async fn a_slow_server_is_not_waited_for() {
    for half in ["", "HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nhalf of it"] {
        let server = Server::saying(half).await;
        let mut request = get(server.origin());
        request.timeout_ms = 150;
        let begun = Instant::now();
        let refused = asked(&server, request).await.unwrap_err();
        assert!(begun.elapsed() < Duration::from_secs(3), "{:?}", begun.elapsed());
        assert!(matches!(&refused, CapabilityError::Unreachable { why, .. } if why.contains("150 ms")), "{refused}");
    }
}

#[tokio::test]
async fn a_large_answer_is_cut_with_an_error() {
    let answer = |bytes: usize| message("200 OK", &[], &"x".repeat(bytes));
    let server = Server::saying(answer(RESPONSE_BYTES_MAX)).await;
    assert_eq!(asked(&server, get(server.origin())).await.unwrap().body.len(), RESPONSE_BYTES_MAX);
    let too_large = CapabilityError::TooLarge { bytes_max: RESPONSE_BYTES_MAX };
    let server = Server::saying(answer(RESPONSE_BYTES_MAX + 1)).await;
    assert_eq!(asked(&server, get(server.origin())).await.unwrap_err(), too_large);
    // Without an announced length it is counted as it comes.
    let chunk = format!("{:x}\r\n{}\r\n", 64 * 1024, "x".repeat(64 * 1024));
    let endless = format!("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n{}", chunk.repeat(5));
    let server = Server::saying(endless).await;
    assert_eq!(asked(&server, get(server.origin())).await.unwrap_err(), too_large);
}

#[tokio::test]
async fn many_response_headers_are_too_large() {
    let with = |bytes: usize| message("200 OK", &[("x", &"v".repeat(bytes))], "");
    // "content-length" and "0" count too.
    let room = RESPONSE_HEADER_BYTES_MAX - "content-length".len() - "0".len() - "x".len();
    let server = Server::saying(with(room)).await;
    assert!(asked(&server, get(server.origin())).await.is_ok());
    let server = Server::saying(with(room + 1)).await;
    let refused = asked(&server, get(server.origin())).await.unwrap_err();
    assert_eq!(refused, CapabilityError::TooLarge { bytes_max: RESPONSE_HEADER_BYTES_MAX });
}

#[tokio::test]
async fn a_server_that_is_not_there_or_speaks_something_else_is_unreachable() {
    let gone = Server::ok("").await.origin();
    tokio::time::sleep(Duration::from_millis(20)).await;
    for (origin, _server) in [(gone, None), {
        let server = Server::saying("SSH-2.0-OpenSSH_9\r\n").await;
        (server.origin(), Some(server))
    }] {
        let refused = http().send(&loan(from_ref(&origin)), get(format!("{origin}/?key=s3cr3t"))).await.unwrap_err();
        assert!(matches!(&refused, CapabilityError::Unreachable { what, .. } if *what == origin), "{refused}");
        assert!(!refused.to_string().contains("s3cr3t"), "{refused}");
    }
}

#[tokio::test]
async fn a_request_that_is_none_is_refused_before_it_is_sent() {
    let server = Server::ok("").await;
    let with = |change: fn(&mut HttpRequest)| {
        let mut request = get(server.origin());
        change(&mut request);
        request
    };
    for request in [
        with(|request| request.method = "get".to_owned()),
        with(|request| request.method = "CONNECT".to_owned()),
        with(|request| request.method = "GET / HTTP/1.1\r\nx: y".to_owned()),
        with(|request| request.timeout_ms = 0),
        with(|request| request.timeout_ms = TIMEOUT_MS_MAX + 1),
        with(|request| request.url = "score".to_owned()),
        with(|request| drop(request.headers.insert("host".to_owned(), SecretText::new("other")))),
        with(|request| request.body = Some(("text/plain", SecretText::new("x".repeat(REQUEST_BYTES_MAX + 1))))),
    ] {
        let refused = asked(&server, request).await.unwrap_err();
        assert!(matches!(refused, CapabilityError::Invalid { .. }), "{refused}");
    }
    assert!(server.requests().is_empty());
    let largest = with(|request| {
        request.method = "PUT".to_owned();
        request.body = Some(("text/plain", SecretText::new("x".repeat(REQUEST_BYTES_MAX))));
    });
    assert!(asked(&server, largest).await.is_ok());
    for method in ["GET", "POST", "PUT", "PATCH", "DELETE"] {
        let request = HttpRequest { method: method.to_owned(), ..get(server.origin()) };
        assert_eq!(asked(&server, request).await.unwrap().status, 200, "{method}");
        assert!(server.requests().last().unwrap().starts_with(&format!("{method} / ")));
    }
}

#[test]
fn no_proxy_is_taken_from_the_environment() {
    // The first test again, in a process whose environment names a proxy that is not there.
    let mut again = std::process::Command::new(std::env::current_exe().unwrap());
    again.args(["--exact", "http::tests::a_lent_origin_is_asked_and_its_answer_is_handed_back"]);
    for variable in ["http_proxy", "HTTP_PROXY", "https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"] {
        again.env(variable, "http://127.0.0.1:9");
    }
    let output = again.env_remove("no_proxy").env_remove("NO_PROXY").output().unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success() && said.contains("1 passed"), "{said}");
}

#[tokio::test]
async fn requests_beyond_the_limit_wait_for_their_turn_within_their_own_time() {
    let (silent, quick) = (Server::saying("").await, Server::ok("quick").await);
    let http = Arc::new(http());
    let lent = loan(&[silent.origin(), quick.origin()]);
    let occupying: Vec<_> = (0..IN_FLIGHT_MAX)
        .map(|_| {
            let (http, lent) = (http.clone(), lent.clone());
            let request = get(silent.origin());
            tokio::spawn(async move { http.send(&lent, request).await })
        })
        .collect();
    while silent.requests().len() < IN_FLIGHT_MAX {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    let waiting = HttpRequest { timeout_ms: 100, ..get(quick.origin()) };
    let refused = http.send(&lent, waiting).await.unwrap_err();
    assert!(matches!(refused, CapabilityError::Unreachable { .. }), "{refused}");
    assert!(quick.requests().is_empty());
    occupying.iter().for_each(tokio::task::JoinHandle::abort);
    assert_eq!(http.send(&lent, get(quick.origin())).await.unwrap().body, "quick");
}

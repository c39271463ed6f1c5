//! Documents from real servers on loopback, over http and https.

use super::*;
use crate::fakes::{Names, Server, message};
use openssl::asn1::Asn1Time;
use openssl::bn::BigNum;
use openssl::ec::{EcGroup, EcKey};
use openssl::hash::MessageDigest;
use openssl::nid::Nid;
use openssl::pkey::{PKey, Private};
use openssl::ssl::{Ssl, SslAcceptor, SslMethod};
use openssl::x509::extension::{BasicConstraints, SubjectAlternativeName};
use openssl::x509::{X509, X509NameBuilder};
use serde_json::json;
use std::pin::Pin;
use std::sync::Arc;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

fn settings(private_addresses: bool) -> FetchSettings {
    FetchSettings { private_addresses, extra_authorities: None }
}

fn outside() -> GuardedFetcher {
    GuardedFetcher::new(&settings(false)).unwrap()
}

fn inside() -> GuardedFetcher {
    GuardedFetcher::new(&settings(true)).unwrap()
}

async fn fetched(server: &Server) -> Result<Value, FetchFailed> {
    inside().fetch_json(&format!("{}/jwks", server.origin())).await
}

#[tokio::test]
async fn a_document_is_fetched_where_the_settings_allow_it() {
    let server = Server::ok(r#"{"keys":[]}"#).await;
    assert_eq!(fetched(&server).await.unwrap(), json!({ "keys": [] }));
    assert!(server.requests()[0].starts_with("GET /jwks HTTP/1.1\r\n"));
    let refused = outside().fetch_json(&format!("{}/jwks", server.origin())).await;
    assert_eq!(refused, Err(FetchFailed::Forbidden));
    assert_eq!(server.requests().len(), 1);
}

#[tokio::test]
async fn addresses_inside_are_forbidden_however_they_are_written() {
    let names = Names::of("client.example", &["10.0.0.7", "127.0.0.1"]);
    let outgoing = Outgoing::with_lookup(None, Arc::new(names)).unwrap();
    let fetcher = GuardedFetcher { outgoing, reach: Reach::Public };
    for uri in [
        "https://client.example/jwks",
        "https://127.0.0.1/",
        "https://2130706433/",
        "https://0x7f.1/",
        "https://0/",
        "https://[::1]/",
        "https://[::ffff:10.0.0.1]/",
        "https://[64:ff9b::a00:1]/",
        "https://169.254.169.254/latest/meta-data/",
        "https://user@client.example/",
        "http://client.example/jwks",
        "file:///etc/passwd",
        "gopher://client.example/",
        "jwks",
        "",
    ] {
        assert_eq!(fetcher.fetch_json(uri).await, Err(FetchFailed::Forbidden), "{uri}");
    }
    assert_eq!(outside().fetch_json("https://localhost/").await, Err(FetchFailed::Forbidden));
}

#[tokio::test]
async fn metadata_services_stay_forbidden_when_private_addresses_are_allowed() {
    let refused = inside().fetch_json("http://169.254.169.254/latest/meta-data/").await;
    assert_eq!(refused, Err(FetchFailed::Forbidden));
}

#[tokio::test]
async fn only_200_is_a_document() {
    for status in ["201 Created", "204 No Content", "302 Found", "404 Not Found", "500 Internal Server Error"] {
        let body = if status.starts_with("204") { "" } else { "{}" };
        let server = Server::saying(message(status, &[("location", "/elsewhere")], body)).await;
        assert_eq!(fetched(&server).await, Err(FetchFailed::Unreachable), "{status}");
        assert_eq!(server.requests().len(), 1, "{status}");
    }
}

#[tokio::test]
async fn what_is_no_json_or_too_large_is_unreadable() {
    for body in ["", "<html>", "{\"keys\":[}", "{} {}"] {
        assert_eq!(fetched(&Server::ok(body).await).await, Err(FetchFailed::Unreadable), "{body:?}");
    }
    let text = |bytes: usize| format!("\"{}\"", "x".repeat(bytes - 2));
    assert!(fetched(&Server::ok(&text(DOCUMENT_BYTES_MAX)).await).await.is_ok());
    let over = Server::ok(&text(DOCUMENT_BYTES_MAX + 1)).await;
    assert_eq!(fetched(&over).await, Err(FetchFailed::Unreadable));
}

#[tokio::test]
async fn a_request_object_is_what_its_server_calls_a_jwt_or_does_not_call_anything_else() {
    let fetched = async |content_type: &str, body: &str| {
        let headers = if content_type.is_empty() { vec![] } else { vec![("content-type", content_type)] };
        let server = Server::saying(message("200 OK", &headers, body)).await;
        let fetched = inside().fetch_request_object(&format!("{}/r.jwt", server.origin())).await;
        assert_eq!(server.requests().len(), 1, "{content_type}");
        fetched
    };
    for fine in
        ["", "application/oauth-authz-req+jwt", "Application/JWT; charset=utf-8", "application/jose", "text/plain"]
    {
        assert_eq!(fetched(fine, "a.b.c").await, Ok("a.b.c".to_owned()), "{fine}");
    }
    for other in ["text/html", "application/json", "image/png", "text/plainer", "application/jwt2"] {
        assert_eq!(fetched(other, "a.b.c").await, Err(FetchFailed::Unreadable), "{other}");
    }
    let long = |bytes: usize| "x".repeat(bytes);
    assert!(fetched("", &long(REQUEST_OBJECT_MAX_BYTES)).await.is_ok());
    assert_eq!(fetched("", &long(REQUEST_OBJECT_MAX_BYTES + 1)).await, Err(FetchFailed::Unreadable));
    let server = Server::ok("a.b.c").await;
    assert_eq!(outside().fetch_request_object(&server.origin()).await, Err(FetchFailed::Forbidden));
    assert!(server.requests().is_empty(), "nobody inside is asked");
}

#[tokio::test]
async fn an_overlong_address_is_forbidden() {
    let server = Server::ok("{}").await;
    let address = |bytes: usize| {
        let start = format!("{}/", server.origin());
        let rest = "x".repeat(bytes - start.len());
        start + &rest
    };
    assert!(inside().fetch_json(&address(ADDRESS_BYTES_MAX)).await.is_ok());
    let over = inside().fetch_json(&address(ADDRESS_BYTES_MAX + 1)).await;
    assert_eq!(over, Err(FetchFailed::Forbidden));
}

#[tokio::test]
async fn a_silent_server_is_unreachable_within_the_limit() {
    let server = Server::saying("").await;
    let begun = std::time::Instant::now();
    assert_eq!(fetched(&server).await, Err(FetchFailed::Unreachable));
    let waited = begun.elapsed().as_millis();
    assert!((u128::from(FETCH_TIMEOUT_MS)..3 * u128::from(FETCH_TIMEOUT_MS)).contains(&waited), "{waited} ms");
}

/// A certificate for 127.0.0.1 that is its own authority.
fn certificate() -> (PKey<Private>, X509) {
    let group = EcGroup::from_curve_name(Nid::X9_62_PRIME256V1).unwrap();
    let key = PKey::from_ec_key(EcKey::generate(&group).unwrap()).unwrap();
    let mut name = X509NameBuilder::new().unwrap();
    name.append_entry_by_text("CN", "a test's own authority").unwrap();
    let name = name.build();
    let mut certificate = X509::builder().unwrap();
    certificate.set_version(2).unwrap();
    certificate.set_serial_number(&BigNum::from_u32(1).unwrap().to_asn1_integer().unwrap()).unwrap();
    certificate.set_subject_name(&name).unwrap();
    certificate.set_issuer_name(&name).unwrap();
    certificate.set_pubkey(&key).unwrap();
    certificate.set_not_before(&Asn1Time::days_from_now(0).unwrap()).unwrap();
    certificate.set_not_after(&Asn1Time::days_from_now(1).unwrap()).unwrap();
    certificate.append_extension(BasicConstraints::new().critical().ca().build().unwrap()).unwrap();
    let address = SubjectAlternativeName::new().ip("127.0.0.1").build(&certificate.x509v3_context(None, None)).unwrap();
    certificate.append_extension(address).unwrap();
    certificate.sign(&key, MessageDigest::sha256()).unwrap();
    (key, certificate.build())
}

async fn https_server(key: &PKey<Private>, certificate: &X509) -> (u16, tokio::task::JoinHandle<()>) {
    let mut acceptor = SslAcceptor::mozilla_intermediate_v5(SslMethod::tls()).unwrap();
    acceptor.set_private_key(key).unwrap();
    acceptor.set_certificate(certificate).unwrap();
    let acceptor = acceptor.build();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let serving = tokio::spawn(async move {
        loop {
            let (stream, _) = listener.accept().await.unwrap();
            let mut stream = tokio_openssl::SslStream::new(Ssl::new(acceptor.context()).unwrap(), stream).unwrap();
            if Pin::new(&mut stream).accept().await.is_err() {
                continue;
            }
            let mut request = [0u8; 4096];
            assert!(stream.read(&mut request).await.unwrap() > 0);
            stream.write_all(message("200 OK", &[], r#"{"keys":[]}"#).as_bytes()).await.unwrap();
            stream.shutdown().await.unwrap();
        }
    });
    (port, serving)
}

#[tokio::test]
async fn a_certificate_must_lead_to_a_root_that_is_known_or_given() {
    let (key, authority) = certificate();
    let (port, serving) = https_server(&key, &authority).await;
    let uri = format!("https://127.0.0.1:{port}/jwks");
    assert_eq!(inside().fetch_json(&uri).await, Err(FetchFailed::Unreachable), "an authority nobody gave");

    let extra_authorities = Some(authority.to_pem().unwrap());
    let trusting = GuardedFetcher::new(&FetchSettings { private_addresses: true, extra_authorities }).unwrap();
    assert_eq!(trusting.fetch_json(&uri).await.unwrap(), json!({ "keys": [] }));
    // The name must be the certificate's.
    let other = format!("https://localhost:{port}/jwks");
    assert_eq!(trusting.fetch_json(&other).await, Err(FetchFailed::Unreachable));
    serving.abort();
}

#[test]
fn extra_authorities_that_are_none_stop_the_start() {
    for content in ["", "no certificate", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"] {
        let extra_authorities = Some(content.as_bytes().to_vec());
        assert!(GuardedFetcher::new(&FetchSettings { private_addresses: false, extra_authorities }).is_err());
        assert!(crate::GuardedHttp::new(Some(content.as_bytes())).is_err(), "{content:?}");
    }
}

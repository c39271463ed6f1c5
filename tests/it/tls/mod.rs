//! HTTPS from certificate files, and plain HTTP behind a proxy that is named. What the listener alone can show (each
//! suite by name, timeouts, broken files) is tested beside it; here the server is a process with a configuration.

pub mod certificate;
mod client_certificate;
pub mod http2;
mod proxy;
mod stopping;

use self::certificate::{Certificate, shake_hands};
use self::http2::Http2;
use crate::world::server::free_port;
use crate::world::{Server, jwt};
use openssl::ssl::SslVersion;
use reqwest::Method;
use serde_json::json;
use std::path::Path;
use std::time::{Duration, Instant};

/// Longest wait for a certificate to be read again.
const RENEWAL_S_MAX: u64 = 30;
/// What RFC 9325 4.2 leaves of TLS 1.2 with an RSA certificate: ephemeral keys and AES-GCM.
const SUITES_OF_TLS_1_2: [&str; 2] = ["ECDHE-RSA-AES128-GCM-SHA256", "ECDHE-RSA-AES256-GCM-SHA384"];
/// More handshakes than there are suites to be found.
const HANDSHAKES_MAX: usize = 8;

/// A server over HTTPS, its certificate, and its port.
pub fn served(directory: &Path, more: &str) -> (Server, Certificate, u16) {
    let (certificate, port) = (Certificate::make(), free_port());
    let files = certificate.write(directory);
    let configuration = format!(
        "issuer = \"https://localhost:{port}\"\nlisten.address = \"127.0.0.1:{port}\"\nregistration.open = true\n{files}{more}"
    );
    (Server::serve_in(directory, &configuration), certificate, port)
}

/// A handshake of one version, with every suite there is but these: the suite that the server chose, or its refusal.
fn suite(certificate: &Certificate, port: u16, version: SslVersion, without: &[String]) -> Result<String, String> {
    let mut connector = certificate.connector();
    connector.set_min_proto_version(Some(version)).unwrap();
    connector.set_max_proto_version(Some(version)).unwrap();
    let without: String = without.iter().map(|suite| format!(":!{suite}")).collect();
    connector.set_cipher_list(&format!("ALL:COMPLEMENTOFALL:@SECLEVEL=0{without}")).unwrap();
    let stream = shake_hands(connector, port)?;
    Ok(stream.ssl().current_cipher().unwrap().name().to_owned())
}

#[test]
fn tls_1_3_is_spoken_and_tls_1_2_with_two_suites_and_nothing_older() {
    let directory = tempfile::tempdir().unwrap();
    let (_server, certificate, port) = served(directory.path(), "");
    // One after the other is taken away, until the server finds none in all that is left that it would speak.
    let mut found: Vec<String> = Vec::new();
    let refusal = loop {
        assert!(found.len() < HANDSHAKES_MAX, "{found:?}");
        match suite(&certificate, port, SslVersion::TLS1_2, &found) {
            Ok(suite) => found.push(suite),
            Err(refusal) => break refusal,
        }
    };
    found.sort();
    assert_eq!(found, SUITES_OF_TLS_1_2);
    assert!(refusal.contains("alert handshake failure"), "{refusal}");
    for old in [SslVersion::TLS1, SslVersion::TLS1_1] {
        let refusal = suite(&certificate, port, old, &[]).unwrap_err();
        assert!(refusal.contains("alert protocol version"), "{refusal}");
    }
    assert!(suite(&certificate, port, SslVersion::TLS1_3, &[]).unwrap().starts_with("TLS_"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_whole_login_goes_over_one_http_2_connection_with_cookies_of_this_host_alone() {
    let directory = tempfile::tempdir().unwrap();
    let (server, certificate, _) = served(directory.path(), "");
    let mut http = Http2::connect(&server.issuer, &certificate).await;
    let redirect_uri = "https://client.example/cb";
    let document = json!({ "redirect_uris": [redirect_uri], "token_endpoint_auth_method": "client_secret_post" });
    let body = Some(("application/json", document.to_string()));
    let registered = http.ask(Method::POST, &server.at("/register"), body).await.json();
    let text = |name: &str| registered[name].as_str().unwrap().to_owned();
    let (id, secret) = (text("client_id"), text("client_secret"));

    let url = format!("/authorize?response_type=code&scope=openid&client_id={id}&redirect_uri={redirect_uri}");
    let answer = http.sign_in(&server.at(&url)).await;
    let code = answer.query_pairs().find(|(name, _)| name == "code").unwrap_or_else(|| panic!("{answer}")).1;
    let form = [
        ("grant_type", "authorization_code"),
        ("code", &*code),
        ("redirect_uri", redirect_uri),
        ("client_id", &id),
        ("client_secret", &secret),
    ];
    let tokens = http.post(&server.at("/token"), &form).await.json();
    assert_eq!(jwt::claims(tokens["id_token"].as_str().unwrap())["iss"], server.issuer.as_str());

    // RFC 6265bis 4.1.3.2: the prefix holds only with Secure, Path=/ and no Domain.
    assert_eq!(http.cookies.len(), 3, "{:?}", http.cookies);
    let state = http.cookies.iter().find(|(name, _)| name.as_str() == "__Host-gatewright_browser_state").unwrap();
    assert!(
        state.1.contains("; SameSite=None") && state.1.contains("; Secure"),
        "a frame's script reads it: {state:?}"
    );
    for (name, cookie) in http.cookies.iter().filter(|(name, _)| *name != state.0) {
        let attributes: Vec<&str> = cookie.split(';').skip(1).map(str::trim).collect();
        assert!(name.starts_with("__Host-"), "{name}");
        for attribute in ["Secure", "HttpOnly", "Path=/", "SameSite=Lax"] {
            assert!(attributes.contains(&attribute), "{name} is not {attribute}: {attributes:?}");
        }
        assert!(!attributes.iter().any(|attribute| attribute.starts_with("Domain")), "{attributes:?}");
    }
}

#[test]
fn a_renewed_certificate_is_shown_after_sighup_and_a_broken_one_never() {
    let directory = tempfile::tempdir().unwrap();
    let (server, first, port) = served(directory.path(), "");
    let shown = |certificate: &Certificate| shake_hands(certificate.connector(), port).is_ok();
    let second = Certificate::make();
    second.write(directory.path());
    assert!(shown(&first) && !shown(&second));
    server.signal("HUP");
    until(|| shown(&second), "the renewed certificate is not shown");
    assert!(!shown(&first));

    std::fs::write(directory.path().join("certificate.pem"), "half a certifi").unwrap();
    server.signal("HUP");
    until(|| server.log().contains("certificate.pem"), "the broken certificate is not told of");
    assert!(shown(&second));
}

fn until(holds: impl Fn() -> bool, otherwise: &str) {
    let begin = Instant::now();
    while !holds() {
        assert!(begin.elapsed() < Duration::from_secs(RENEWAL_S_MAX), "{otherwise}");
        std::thread::sleep(Duration::from_millis(20));
    }
}

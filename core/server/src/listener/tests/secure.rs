//! HTTPS: what is spoken, what is refused, and a renewed certificate.

use super::{Running, exchange, get, rest, routes};
use crate::configuration::{Limits, TlsFiles};
use crate::listener::tls::Tls;
use crate::listener::{Listener, TlsError};
use bytes::Bytes;
use http_body_util::{BodyExt, Empty};
use hyper_util::rt::{TokioExecutor, TokioIo};
use openssl::asn1::Asn1Time;
use openssl::ec::{EcGroup, EcKey};
use openssl::error::ErrorStack;
use openssl::hash::MessageDigest;
use openssl::nid::Nid;
use openssl::pkey::{PKey, Private};
use openssl::ssl::{SslConnector, SslConnectorBuilder, SslMethod, SslVerifyMode, SslVersion};
use openssl::x509::{X509, X509NameBuilder};
use std::fs;
use std::path::Path;
use std::pin::Pin;
use tempfile::TempDir;
use tokio::net::TcpStream;
use tokio_openssl::SslStream;

/// Writes a self-signed certificate for `name` and its key.
fn certify(folder: &Path, name: &str) -> TlsFiles {
    let (certificate, key) = make(name).unwrap();
    let files = TlsFiles { certificate: folder.join("certificate.pem"), key: folder.join("key.pem"), clients: None };
    fs::write(&files.certificate, certificate.to_pem().unwrap()).unwrap();
    fs::write(&files.key, key.private_key_to_pem_pkcs8().unwrap()).unwrap();
    files
}

fn make(name: &str) -> Result<(X509, PKey<Private>), ErrorStack> {
    let group = EcGroup::from_curve_name(Nid::X9_62_PRIME256V1)?;
    let key = PKey::from_ec_key(EcKey::generate(&group)?)?;
    let mut subject = X509NameBuilder::new()?;
    subject.append_entry_by_nid(Nid::COMMONNAME, name)?;
    let subject = subject.build();
    let mut builder = X509::builder()?;
    builder.set_version(2)?;
    builder.set_subject_name(&subject)?;
    builder.set_issuer_name(&subject)?;
    builder.set_not_before(&*Asn1Time::days_from_now(0)?)?;
    builder.set_not_after(&*Asn1Time::days_from_now(1)?)?;
    builder.set_pubkey(&key)?;
    builder.sign(&key, MessageDigest::sha256())?;
    Ok((builder.build(), key))
}

type Set = fn(&mut SslConnectorBuilder) -> Result<(), ErrorStack>;

async fn shake_hands(running: &Running, set: Set) -> Result<SslStream<TcpStream>, openssl::ssl::Error> {
    let mut builder = SslConnector::builder(SslMethod::tls_client()).unwrap();
    builder.set_verify(SslVerifyMode::NONE);
    // What is refused must be the server's doing.
    builder.set_security_level(0);
    set(&mut builder).unwrap();
    let ssl = builder.build().configure().unwrap().verify_hostname(false).into_ssl("localhost").unwrap();
    let mut stream = SslStream::new(ssl, running.connect().await).unwrap();
    Pin::new(&mut stream).connect().await?;
    Ok(stream)
}

fn started() -> (TempDir, Running) {
    let folder = tempfile::tempdir().unwrap();
    let files = certify(folder.path(), "first");
    (folder, Running::start(&Limits { tls_handshake_timeout_s: 1, ..Limits::default() }, Some(files)))
}

#[tokio::test]
async fn tls_1_3_and_the_ephemeral_gcm_suites_of_1_2_are_spoken_and_nothing_else() {
    let (_folder, running) = started();
    let table: [(&str, Set, bool); 8] = [
        ("1.3", |builder| builder.set_min_proto_version(Some(SslVersion::TLS1_3)), true),
        ("1.2", |builder| builder.set_max_proto_version(Some(SslVersion::TLS1_2)), true),
        (
            "1.2 AES-256",
            |builder| {
                builder.set_max_proto_version(Some(SslVersion::TLS1_2))?;
                builder.set_cipher_list("ECDHE-ECDSA-AES256-GCM-SHA384")
            },
            true,
        ),
        (
            "1.2 CHACHA20",
            |builder| {
                builder.set_max_proto_version(Some(SslVersion::TLS1_2))?;
                builder.set_cipher_list("ECDHE-ECDSA-CHACHA20-POLY1305")
            },
            false,
        ),
        (
            "1.2 CBC",
            |builder| {
                builder.set_max_proto_version(Some(SslVersion::TLS1_2))?;
                builder.set_cipher_list("ECDHE-ECDSA-AES128-SHA256:ECDHE-ECDSA-AES128-SHA")
            },
            false,
        ),
        (
            "1.2 CCM",
            |builder| {
                builder.set_max_proto_version(Some(SslVersion::TLS1_2))?;
                builder.set_cipher_list("ECDHE-ECDSA-AES128-CCM")
            },
            false,
        ),
        (
            "1.1",
            |builder| {
                builder.set_min_proto_version(Some(SslVersion::TLS1))?;
                builder.set_max_proto_version(Some(SslVersion::TLS1_1))
            },
            false,
        ),
        ("an unknown protocol above", |builder| builder.set_alpn_protos(b"\x03foo"), false),
    ];
    for (name, set, spoken) in table {
        match shake_hands(&running, set).await {
            Ok(mut stream) => {
                assert!(spoken, "{name}: {}", stream.ssl().version_str());
                assert!(exchange(&mut stream, &get("/who")).await.contains("200 OK"), "{name}");
            }
            Err(error) => assert!(!spoken, "{name}: {error}"),
        }
    }
}

#[tokio::test]
async fn http_2_is_chosen_where_both_know_it() {
    let (_folder, running) = started();
    let stream = shake_hands(&running, |builder| builder.set_alpn_protos(b"\x08http/1.1\x02h2")).await.unwrap();
    assert_eq!(stream.ssl().selected_alpn_protocol(), Some(&b"h2"[..]));
    let (mut sender, connection) =
        hyper::client::conn::http2::handshake(TokioExecutor::new(), TokioIo::new(stream)).await.unwrap();
    let driver = tokio::spawn(connection);
    let request = http::Request::get("https://localhost/who").body(Empty::<Bytes>::new()).unwrap();
    let response = sender.send_request(request).await.unwrap();
    assert_eq!((response.status(), response.version()), (http::StatusCode::OK, http::Version::HTTP_2));
    let body = response.into_body().collect().await.unwrap().to_bytes();
    assert!(body.starts_with(b"127.0.0.1:"), "{body:?}");
    driver.abort();
}

#[tokio::test]
async fn a_handshake_that_does_not_come_in_time_ends_the_connection() {
    let (_folder, running) = started();
    assert_eq!(rest(&mut running.connect().await).await, "");
    let plain = exchange(&mut running.connect().await, &get("/who")).await;
    assert!(!plain.contains("200 OK"), "{plain}");
}

#[tokio::test]
async fn a_renewed_certificate_is_shown_after_a_reload_and_a_broken_one_never() {
    let folder = tempfile::tempdir().unwrap();
    let tls = Tls::open(certify(folder.path(), "first")).unwrap();
    let tls = std::sync::Arc::new(tls);
    let limits = Limits::default();
    let mut listener = Listener::bind("127.0.0.1:0".parse().unwrap(), None, &limits).unwrap();
    listener.tls = Some(tls.clone());
    let address = listener.local_address().unwrap();
    let (stop, _) = tokio::sync::oneshot::channel();
    let done = tokio::spawn(listener.serve(routes(), std::future::pending()));
    let running = Running { address, stop, done };
    let shown = async || {
        let stream = shake_hands(&running, |_| Ok(())).await.unwrap();
        let certificate = stream.ssl().peer_certificate().unwrap();
        let name = certificate.subject_name().entries().next().unwrap().data().to_string().unwrap();
        name.to_string()
    };
    assert_eq!(shown().await, "first");
    certify(folder.path(), "second");
    assert_eq!(shown().await, "first");
    tls.reload().unwrap();
    assert_eq!(shown().await, "second");
    fs::write(folder.path().join("certificate.pem"), "half a certifi").unwrap();
    assert!(tls.reload().is_err());
    assert_eq!(shown().await, "second");
    running.done.abort();
}

#[test]
fn files_that_cannot_be_used_are_named() {
    let folder = tempfile::tempdir().unwrap();
    let files = certify(folder.path(), "first");
    let refused = |files: TlsFiles| Tls::open(files).err().unwrap();
    let absent = TlsFiles { certificate: folder.path().join("absent.pem"), ..files.clone() };
    assert!(refused(absent).to_string().contains("absent.pem"));
    let no_key = TlsFiles { key: files.certificate.clone(), ..files.clone() };
    assert!(matches!(refused(no_key), TlsError::File { what: "the private key", .. }));
    let (_, other_key) = make("other").unwrap();
    fs::write(&files.key, other_key.private_key_to_pem_pkcs8().unwrap()).unwrap();
    assert!(matches!(refused(files), TlsError::Mismatch { .. }));
}

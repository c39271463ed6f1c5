//! Tests of where the driver connects to, and whom it believes there.

use super::*;
use openssl::asn1::Asn1Time;
use openssl::ec::{EcGroup, EcKey};
use openssl::hash::MessageDigest;
use openssl::nid::Nid;
use openssl::pkey::{PKey, Private};
use openssl::ssl::{Ssl, SslAcceptor};
use openssl::x509::extension::SubjectAlternativeName;
use openssl::x509::{X509, X509Name};
use std::io::Write as _;
use tokio::net::TcpListener;

fn connector(allow_remote: bool) -> Connector {
    let arguments = NetworkArguments { allow_remote, ca_file: None, insecure: false, timeout: 1.0 };
    Connector::new(&arguments, &Url::parse("https://op.example.com").unwrap()).unwrap()
}

fn admits(connector: &Connector, host: &str, address: &str) -> bool {
    connector.admit(host, address.parse().unwrap()).is_ok()
}

#[test]
fn without_allow_remote_only_loopback_addresses_are_asked() {
    let local = connector(false);
    for address in ["127.0.0.1", "127.9.9.9", "::1", "::ffff:127.0.0.1"] {
        assert!(admits(&local, "any.name", address), "{address}");
    }
    for address in ["192.0.2.1", "10.0.0.1", "0.0.0.0", "::ffff:10.0.0.1", "2001:db8::1"] {
        assert!(!admits(&local, "localhost", address), "{address}");
    }
}

#[test]
fn allow_remote_is_for_the_provider_not_for_whom_it_redirects_to() {
    let mut remote = connector(true);
    assert!(admits(&remote, "op.example.com", "192.0.2.1"));
    assert!(!admits(&remote, "accounts.stranger.com", "192.0.2.2"));
    remote.allow(&Url::parse("https://tokens.example.com/token").unwrap());
    assert!(admits(&remote, "tokens.example.com", "192.0.2.3"));
}

#[test]
fn discovery_cannot_lead_the_driver_off_this_machine() {
    let mut local = connector(false);
    local.allow(&Url::parse("https://tokens.example.com/token").unwrap());
    assert!(!admits(&local, "tokens.example.com", "192.0.2.3"));
}

#[tokio::test]
async fn a_remote_address_is_refused_before_a_packet_leaves() {
    let url = Url::parse("http://192.0.2.1/token").unwrap();
    let refused = connector(false).open(&url, "token endpoint").await;
    assert!(matches!(refused, Err(Failure::Unreachable { .. })));
}

/// A certificate for `name`, signed by itself.
fn certificate(name: &str) -> (PKey<Private>, X509) {
    let group = EcGroup::from_curve_name(Nid::X9_62_PRIME256V1).unwrap();
    let key = PKey::from_ec_key(EcKey::generate(&group).unwrap()).unwrap();
    let mut subject = X509Name::builder().unwrap();
    subject.append_entry_by_text("CN", "test").unwrap();
    let subject = subject.build();
    let mut builder = X509::builder().unwrap();
    builder.set_version(2).unwrap();
    builder.set_subject_name(&subject).unwrap();
    builder.set_issuer_name(&subject).unwrap();
    builder.set_pubkey(&key).unwrap();
    builder.set_not_before(&Asn1Time::days_from_now(0).unwrap()).unwrap();
    builder.set_not_after(&Asn1Time::days_from_now(1).unwrap()).unwrap();
    let names = SubjectAlternativeName::new().ip(name).build(&builder.x509v3_context(None, None)).unwrap();
    builder.append_extension(names).unwrap();
    builder.sign(&key, MessageDigest::sha256()).unwrap();
    (key, builder.build())
}

/// Whether a TLS server with a certificate for `name` is connected to, with that certificate as `--ca-file` or not.
async fn connects(name: &str, trusted: bool, insecure: bool) -> bool {
    let (key, certificate) = certificate(name);
    let mut file = tempfile::NamedTempFile::new().unwrap();
    file.write_all(&certificate.to_pem().unwrap()).unwrap();
    let mut acceptor = SslAcceptor::mozilla_intermediate_v5(SslMethod::tls_server()).unwrap();
    acceptor.set_private_key(&key).unwrap();
    acceptor.set_certificate(&certificate).unwrap();
    let acceptor = acceptor.build();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = Url::parse(&format!("https://{}/", listener.local_addr().unwrap())).unwrap();
    let server = tokio::spawn(async move {
        let (stream, _) = listener.accept().await.unwrap();
        let mut stream = SslStream::new(Ssl::new(acceptor.context()).unwrap(), stream).unwrap();
        Pin::new(&mut stream).accept().await.is_ok()
    });
    let ca_file = trusted.then(|| file.path().to_owned());
    let arguments = NetworkArguments { allow_remote: false, ca_file, insecure, timeout: 5.0 };
    let opened = Connector::new(&arguments, &url).unwrap().open(&url, "page").await;
    assert!(opened.is_err() || server.await.unwrap());
    opened.is_ok()
}

#[tokio::test]
async fn a_certificate_must_be_trusted_and_for_the_host_unless_any_is_believed() {
    assert!(connects("127.0.0.1", true, false).await);
    assert!(!connects("127.0.0.1", false, false).await);
    assert!(!connects("127.0.0.2", true, false).await);
    assert!(connects("127.0.0.2", false, true).await);
}

#[test]
fn a_file_without_certificates_is_refused() {
    let file = tempfile::NamedTempFile::new().unwrap();
    let ca_file = Some(file.path().to_owned());
    let arguments = NetworkArguments { allow_remote: false, ca_file, insecure: false, timeout: 5.0 };
    let connector = Connector::new(&arguments, &Url::parse("https://127.0.0.1").unwrap());
    assert!(matches!(connector, Err(BenchError::CaFile { .. })));
}

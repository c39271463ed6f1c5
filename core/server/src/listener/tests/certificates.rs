//! Clients' certificates: in a real handshake, and as a trusted proxy hands them on.

use super::{Running, exchange, get};
use crate::configuration::{AskedOfClients, Limits, Proxy, TlsFiles};
use crate::http::Connection;
use crate::listener::client_certificate::{Authorities, client_certificate};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use gatewright_domain::certificate::ClientCertificate;
use gatewright_protocol::distinguished_name::DistinguishedName;
use http::{HeaderMap, HeaderName, HeaderValue};
use openssl::asn1::Asn1Time;
use openssl::bn::BigNum;
use openssl::ec::{EcGroup, EcKey};
use openssl::hash::MessageDigest;
use openssl::nid::Nid;
use openssl::pkey::{PKey, Private};
use openssl::ssl::{SslConnector, SslMethod, SslVerifyMode, SslVersion};
use openssl::x509::extension::{BasicConstraints, ExtendedKeyUsage, SubjectAlternativeName};
use openssl::x509::{X509, X509NameBuilder};
use std::fs;
use std::path::{Path, PathBuf};
use std::pin::Pin;
use std::sync::Arc;
use tempfile::TempDir;
use tokio_openssl::SslStream;

/// A certificate with its key.
struct Made {
    certificate: X509,
    key: PKey<Private>,
}

/// What a certificate is for.
#[derive(Clone, Copy, PartialEq)]
enum Use {
    Authority,
    Client,
    Server,
}

fn make(name: &str, usage: Use, by: Option<&Made>) -> Made {
    let group = EcGroup::from_curve_name(Nid::X9_62_PRIME256V1).unwrap();
    let key = PKey::from_ec_key(EcKey::generate(&group).unwrap()).unwrap();
    let mut subject = X509NameBuilder::new().unwrap();
    subject.append_entry_by_nid(Nid::ORGANIZATIONNAME, "Acme, Inc.").unwrap();
    subject.append_entry_by_nid(Nid::COMMONNAME, name).unwrap();
    let subject = subject.build();
    let mut builder = X509::builder().unwrap();
    builder.set_version(2).unwrap();
    builder.set_serial_number(&BigNum::from_u32(7).unwrap().to_asn1_integer().unwrap()).unwrap();
    builder.set_subject_name(&subject).unwrap();
    builder.set_issuer_name(by.map_or(&subject, |by| by.certificate.subject_name())).unwrap();
    builder.set_not_before(&Asn1Time::days_from_now(0).unwrap()).unwrap();
    builder.set_not_after(&Asn1Time::days_from_now(1).unwrap()).unwrap();
    builder.set_pubkey(&key).unwrap();
    match usage {
        Use::Authority => builder.append_extension(BasicConstraints::new().critical().ca().build().unwrap()).unwrap(),
        Use::Client => builder.append_extension(ExtendedKeyUsage::new().client_auth().build().unwrap()).unwrap(),
        Use::Server => builder.append_extension(ExtendedKeyUsage::new().server_auth().build().unwrap()).unwrap(),
    }
    let context = builder.x509v3_context(None, None);
    let names = SubjectAlternativeName::new()
        .dns("client.example")
        .uri("https://client.example/id")
        .ip("192.0.2.7")
        .email("ops@client.example")
        .build(&context)
        .unwrap();
    builder.append_extension(names).unwrap();
    builder.sign(by.map_or(&key, |by| &by.key), MessageDigest::sha256()).unwrap();
    Made { certificate: builder.build(), key }
}

/// Authorities in a file, and what they signed.
struct Trust {
    folder: TempDir,
    authority: Made,
}

impl Trust {
    fn new() -> Self {
        let (folder, authority) = (tempfile::tempdir().unwrap(), make("authority", Use::Authority, None));
        fs::write(folder.path().join("authorities.pem"), authority.certificate.to_pem().unwrap()).unwrap();
        Self { folder, authority }
    }

    fn file(&self) -> PathBuf {
        self.folder.path().join("authorities.pem")
    }

    fn authorities(&self) -> Authorities {
        Authorities::read(&self.file()).unwrap()
    }

    fn files(&self, clients: Option<AskedOfClients>) -> TlsFiles {
        let own = make("server", Use::Server, None);
        let (certificate, key) = (self.folder.path().join("certificate.pem"), self.folder.path().join("key.pem"));
        fs::write(&certificate, own.certificate.to_pem().unwrap()).unwrap();
        fs::write(&key, own.key.private_key_to_pem_pkcs8().unwrap()).unwrap();
        TlsFiles { certificate, key, clients }
    }
}

/// What the server knows of who shows this: its thumbprint and whether it is vouched for.
async fn shown(running: &Running, own: Option<&Made>, version: SslVersion) -> String {
    let mut builder = SslConnector::builder(SslMethod::tls_client()).unwrap();
    builder.set_verify(SslVerifyMode::NONE);
    builder.set_max_proto_version(Some(version)).unwrap();
    if let Some(own) = own {
        builder.set_certificate(&own.certificate).unwrap();
        builder.set_private_key(&own.key).unwrap();
    }
    let ssl = builder.build().configure().unwrap().verify_hostname(false).into_ssl("localhost").unwrap();
    let mut stream = SslStream::new(ssl, running.connect().await).unwrap();
    Pin::new(&mut stream).connect().await.unwrap();
    let answer = exchange(&mut stream, &get("/certificate")).await;
    answer.rsplit("\r\n").next().unwrap().to_owned()
}

fn thumbprint(made: &Made) -> String {
    gatewright_protocol::thumbprint::Thumbprint::of(&made.certificate.to_der().unwrap()).as_str().to_owned()
}

#[tokio::test]
async fn a_request_is_told_the_certificate_of_its_connection_and_who_vouches_for_it() {
    let trust = Trust::new();
    let asked = AskedOfClients { authorities: Some(trust.file()) };
    let running = Running::start(&Limits::default(), Some(trust.files(Some(asked))));
    let signed = make("client", Use::Client, Some(&trust.authority));
    let (own, server) = (make("client", Use::Client, None), make("client", Use::Server, Some(&trust.authority)));
    for version in [SslVersion::TLS1_2, SslVersion::TLS1_3] {
        assert_eq!(shown(&running, None, version).await, "none");
        assert_eq!(shown(&running, Some(&signed), version).await, format!("{} vouched", thumbprint(&signed)));
        assert_eq!(shown(&running, Some(&own), version).await, thumbprint(&own), "nobody but itself");
        assert_eq!(shown(&running, Some(&server), version).await, thumbprint(&server), "not for clients");
        // Its signature is wrong, which must not be taken for a fault of the connection.
        let forged = make("client", Use::Client, Some(&make("authority", Use::Authority, None)));
        assert_eq!(shown(&running, Some(&forged), version).await, thumbprint(&forged), "by another of that name");
    }
}

#[tokio::test]
async fn who_is_not_asked_is_not_known() {
    let trust = Trust::new();
    let running = Running::start(&Limits::default(), Some(trust.files(None)));
    let signed = make("client", Use::Client, Some(&trust.authority));
    assert_eq!(shown(&running, Some(&signed), SslVersion::TLS1_3).await, "none");
}

/// What a request from `peer` with this header is taken to show.
fn handed_on(trust: &Trust, peer: &str, lines: &[String]) -> Option<Arc<ClientCertificate>> {
    let proxy = Proxy {
        trusted: vec!["10.0.0.0/8".parse().unwrap()],
        client_certificate_header: Some("client-cert".to_owned()),
        ..Proxy::default()
    };
    let name = HeaderName::from_static("client-cert");
    let lines = lines.iter().map(|line| (name.clone(), HeaderValue::from_str(line).unwrap()));
    let connection = Connection { peer: peer.parse().unwrap(), certificate: None };
    client_certificate(&connection, &lines.collect::<HeaderMap>(), &proxy, &trust.authorities())
}

fn as_rfc_9440(made: &Made) -> String {
    format!(":{}:", STANDARD.encode(made.certificate.to_der().unwrap()))
}

#[test]
fn a_trusted_proxy_hands_a_certificate_on_in_any_of_the_usual_forms() {
    let trust = Trust::new();
    let signed = make("client", Use::Client, Some(&trust.authority));
    let pem = String::from_utf8(signed.certificate.to_pem().unwrap()).unwrap();
    let escaped = pem.replace('%', "%25").replace('\n', "%0A").replace(' ', "%20").replace('+', "%2B");
    for line in [as_rfc_9440(&signed), escaped, STANDARD.encode(signed.certificate.to_der().unwrap())] {
        let known = handed_on(&trust, "10.1.2.3:4711", std::slice::from_ref(&line)).unwrap();
        assert_eq!(known.thumbprint.as_str(), thumbprint(&signed), "{line}");
        assert!(known.is_vouched_for, "{line}");
    }
}

#[test]
fn a_certificate_says_whom_it_is_for() {
    let trust = Trust::new();
    let signed = make("client", Use::Client, Some(&trust.authority));
    let known = handed_on(&trust, "10.1.2.3:4711", &[as_rfc_9440(&signed)]).unwrap();
    assert_eq!(known.subject, DistinguishedName::parse("CN=client,O=Acme\\, Inc.").ok());
    assert_eq!(known.dns_names, ["client.example"]);
    assert_eq!(known.uris, ["https://client.example/id"]);
    assert_eq!(known.ip_addresses, ["192.0.2.7".parse::<std::net::IpAddr>().unwrap()]);
    assert_eq!(known.emails, ["ops@client.example"]);
    let key = serde_json::Value::Object(known.key.as_ref().unwrap().to_map());
    assert_eq!((&key["kty"], &key["crv"]), (&"EC".into(), &"P-256".into()));
}

#[test]
fn nobody_but_a_trusted_proxy_hands_on_a_certificate_and_none_that_cannot_be_told() {
    let trust = Trust::new();
    let signed = as_rfc_9440(&make("client", Use::Client, Some(&trust.authority)));
    assert!(handed_on(&trust, "192.0.2.1:4711", std::slice::from_ref(&signed)).is_none());
    let twice = [signed.clone(), signed.clone()];
    let bad = ["", "::", ":AAAA:", "-----BEGIN CERTIFICATE-----", "%zz", "(null)"].map(str::to_owned);
    assert!(handed_on(&trust, "10.1.2.3:4711", &twice).is_none() && handed_on(&trust, "10.1.2.3:4711", &[]).is_none());
    for line in bad {
        assert!(handed_on(&trust, "10.1.2.3:4711", std::slice::from_ref(&line)).is_none(), "{line}");
    }
    let long = format!("{signed}{}", "A".repeat(crate::listener::CERTIFICATE_HEADER_BYTES_MAX));
    assert!(handed_on(&trust, "10.1.2.3:4711", &[long]).is_none());
    let stranger = as_rfc_9440(&make("client", Use::Client, None));
    assert!(!handed_on(&trust, "10.1.2.3:4711", &[stranger]).unwrap().is_vouched_for);
}

#[test]
fn a_file_without_an_authority_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("authorities.pem");
    let refused = |path: &Path| Authorities::read(path).err().unwrap().to_string();
    assert!(refused(&file).contains("authorities.pem"));
    fs::write(&file, "nothing").unwrap();
    assert!(refused(&file).contains("authorities.pem"));
}

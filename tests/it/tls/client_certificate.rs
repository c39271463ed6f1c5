//! Clients that show a certificate (RFC 8705): who they are by it, and what is bound to it.

use super::certificate::Certificate;
use super::{served, shake_hands};
use crate::world::server::command;
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use openssl::asn1::Asn1Time;
use openssl::ec::{EcGroup, EcKey};
use openssl::hash::MessageDigest;
use openssl::nid::Nid;
use openssl::pkey::{PKey, Private};
use openssl::x509::extension::{BasicConstraints, ExtendedKeyUsage};
use openssl::x509::{X509, X509NameBuilder};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use std::io::{Read, Write};
use std::time::Duration;

/// How far behind a node may be with clients that another program registers.
const CLIENTS_BEHIND: Duration = Duration::from_millis(1_500);

/// A certificate with its key.
struct Identity {
    certificate: X509,
    key: PKey<Private>,
}

impl Identity {
    /// One that signs itself, or that another one signs.
    fn make(name: &str, by: Option<&Self>) -> Self {
        let group = EcGroup::from_curve_name(Nid::X9_62_PRIME256V1).unwrap();
        let key = PKey::from_ec_key(EcKey::generate(&group).unwrap()).unwrap();
        let mut subject = X509NameBuilder::new().unwrap();
        subject.append_entry_by_nid(Nid::ORGANIZATIONNAME, "Acme").unwrap();
        subject.append_entry_by_nid(Nid::COMMONNAME, name).unwrap();
        let subject = subject.build();
        let mut builder = X509::builder().unwrap();
        builder.set_version(2).unwrap();
        builder.set_subject_name(&subject).unwrap();
        builder.set_issuer_name(by.map_or(&subject, |by| by.certificate.subject_name())).unwrap();
        builder.set_not_before(&Asn1Time::days_from_now(0).unwrap()).unwrap();
        builder.set_not_after(&Asn1Time::days_from_now(1).unwrap()).unwrap();
        builder.set_pubkey(&key).unwrap();
        match by {
            None => builder.append_extension(BasicConstraints::new().critical().ca().build().unwrap()).unwrap(),
            Some(_) => builder.append_extension(ExtendedKeyUsage::new().client_auth().build().unwrap()).unwrap(),
        }
        builder.sign(by.map_or(&key, |by| &by.key), MessageDigest::sha256()).unwrap();
        Self { certificate: builder.build(), key }
    }

    fn thumbprint(&self) -> String {
        URL_SAFE_NO_PAD.encode(Sha256::digest(self.certificate.to_der().unwrap()))
    }
}

/// A server that asks for certificates.
struct Asking {
    _server: crate::world::Server,
    certificate: Certificate,
    port: u16,
    directory: tempfile::TempDir,
    authority: Identity,
}

impl Asking {
    fn start() -> Self {
        let (directory, authority) = (tempfile::tempdir().unwrap(), Identity::make("authority", None));
        let file = directory.path().join("authorities.pem");
        std::fs::write(&file, authority.certificate.to_pem().unwrap()).unwrap();
        let more = format!("tls.client_certificates = \"request\"\ntls.client_ca_file = {file:?}\n");
        let (server, certificate, port) = served(directory.path(), &more);
        Self { _server: server, certificate, port, directory, authority }
    }

    /// Registers a client whose tokens are bound to its certificate.
    fn client(&self, id: &str, members: Value) {
        let mut document = json!({
            "redirect_uris": ["https://client.example/cb"], "grant_types": ["client_credentials", "authorization_code"],
            "tls_client_certificate_bound_access_tokens": true, "id_token_signed_response_alg": "ES256",
        });
        for (name, value) in members.as_object().unwrap() {
            document[name] = value.clone();
        }
        let file = self.directory.path().join(format!("{id}.json"));
        std::fs::write(&file, document.to_string()).unwrap();
        let more = ["--config", "gatewright.toml", "--id", id, "--metadata-file", file.to_str().unwrap()];
        command(self.directory.path(), &[&["client", "add"], &more[..]].concat(), "");
        std::thread::sleep(CLIENTS_BEHIND);
    }

    /// A form posted on a connection with this certificate: the status and the JSON.
    fn post(&self, path: &str, form: &[(&str, &str)], shown: Option<&Identity>) -> (u16, Value) {
        let mut connector = self.certificate.connector();
        if let Some(shown) = shown {
            connector.set_certificate(&shown.certificate).unwrap();
            connector.set_private_key(&shown.key).unwrap();
        }
        let mut stream = shake_hands(connector, self.port).unwrap();
        let body = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(form).finish();
        let head = format!(
            "POST {path} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\ncontent-length: {}\r\n\
             content-type: application/x-www-form-urlencoded\r\n\r\n",
            body.len()
        );
        stream.write_all(format!("{head}{body}").as_bytes()).unwrap();
        let mut answer = String::new();
        // A server may end the connection without saying so in TLS.
        let _ = stream.read_to_string(&mut answer);
        let status =
            answer.split(' ').nth(1).and_then(|status| status.parse().ok()).unwrap_or_else(|| panic!("{answer}"));
        let body = answer.split_once("\r\n\r\n").map_or("", |(_, body)| body);
        (status, serde_json::from_str(body).unwrap_or(Value::Null))
    }

    fn token(&self, id: &str, shown: Option<&Identity>) -> (u16, Value) {
        self.post("/token", &[("grant_type", "client_credentials"), ("client_id", id)], shown)
    }

    /// What introspection tells `id`, who shows `shown`, of a token.
    fn introspect(&self, id: &str, token: &str, shown: &Identity) -> Value {
        self.post("/introspect", &[("client_id", id), ("token", token)], Some(shown)).1
    }
}

#[test]
fn a_certificate_proves_who_a_client_is_and_its_tokens_are_bound_to_it() {
    let asking = Asking::start();
    let (mine, other) =
        (Identity::make("mine", Some(&asking.authority)), Identity::make("other", Some(&asking.authority)));
    let method =
        json!({ "token_endpoint_auth_method": "tls_client_auth", "tls_client_auth_subject_dn": "CN=mine,O=Acme" });
    asking.client("bank", method);
    let (status, tokens) = asking.token("bank", Some(&mine));
    assert_eq!((status, tokens["token_type"].as_str()), (200, Some("Bearer")), "{tokens}");
    let told = asking.introspect("bank", tokens["access_token"].as_str().unwrap(), &mine);
    assert_eq!((&told["active"], &told["cnf"]), (&json!(true), &json!({ "x5t#S256": mine.thumbprint() })), "{told}");
    let made_up = Identity::make("mine", Some(&Identity::make("authority", None)));
    for shown in [None, Some(&other), Some(&made_up)] {
        let (status, told) = asking.token("bank", shown);
        assert_eq!((status, told["error"].as_str()), (401, Some("invalid_client")));
    }
}

#[test]
fn a_certificate_that_the_client_made_itself_proves_it_by_its_key() {
    let asking = Asking::start();
    let (mine, other) = (Identity::make("self", None), Identity::make("self", None));
    let der = STANDARD.encode(mine.certificate.to_der().unwrap());
    let key = json!({ "kty": "EC", "crv": "P-256", "x": "AA", "y": "AA", "x5c": [der] });
    let method = json!({ "token_endpoint_auth_method": "self_signed_tls_client_auth", "jwks": { "keys": [key] } });
    asking.client("self", method);
    assert_eq!(asking.token("self", Some(&mine)).0, 200);
    for shown in [None, Some(&other)] {
        let (status, told) = asking.token("self", shown);
        assert_eq!((status, told["error"].as_str()), (401, Some("invalid_client")));
    }
}

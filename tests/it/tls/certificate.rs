//! A certificate for `localhost` that signs itself, and who trusts it.

use openssl::asn1::Asn1Time;
use openssl::bn::{BigNum, MsbOption};
use openssl::hash::MessageDigest;
use openssl::pkey::{PKey, Private};
use openssl::rsa::Rsa;
use openssl::ssl::{HandshakeError, SslConnector, SslConnectorBuilder, SslMethod, SslStream};
use openssl::x509::extension::SubjectAlternativeName;
use openssl::x509::{X509, X509NameBuilder};
use std::net::TcpStream;
use std::path::Path;
use std::sync::LazyLock;

const KEY_BITS: u32 = 2048;
const SERIAL_BITS: i32 = 64;

/// A certificate with an RSA key, so that suites of both kinds could be spoken with it.
pub struct Certificate {
    pub certificate: X509,
    key: PKey<Private>,
}

/// The one certificate that every browser and relying party of these tests trusts, and nothing else.
pub fn trusted() -> &'static Certificate {
    static TRUSTED: LazyLock<Certificate> = LazyLock::new(Certificate::make);
    &TRUSTED
}

impl Certificate {
    pub fn make() -> Self {
        let key = PKey::from_rsa(Rsa::generate(KEY_BITS).unwrap()).unwrap();
        let mut name = X509NameBuilder::new().unwrap();
        name.append_entry_by_text("CN", "localhost").unwrap();
        let name = name.build();
        let mut serial = BigNum::new().unwrap();
        serial.rand(SERIAL_BITS, MsbOption::MAYBE_ZERO, false).unwrap();
        let mut builder = X509::builder().unwrap();
        builder.set_version(2).unwrap();
        builder.set_serial_number(&serial.to_asn1_integer().unwrap()).unwrap();
        builder.set_subject_name(&name).unwrap();
        builder.set_issuer_name(&name).unwrap();
        builder.set_not_before(&Asn1Time::days_from_now(0).unwrap()).unwrap();
        builder.set_not_after(&Asn1Time::days_from_now(1).unwrap()).unwrap();
        builder.set_pubkey(&key).unwrap();
        let context = builder.x509v3_context(None, None);
        let names = SubjectAlternativeName::new().dns("localhost").build(&context).unwrap();
        builder.append_extension(names).unwrap();
        builder.sign(&key, MessageDigest::sha256()).unwrap();
        Self { certificate: builder.build(), key }
    }

    /// Writes both files, and answers the configuration that names them.
    pub fn write(&self, directory: &Path) -> String {
        let (certificate, key) = (directory.join("certificate.pem"), directory.join("key.pem"));
        std::fs::write(&certificate, self.certificate.to_pem().unwrap()).unwrap();
        std::fs::write(&key, self.key.private_key_to_pem_pkcs8().unwrap()).unwrap();
        format!("tls.certificate_file = {certificate:?}\ntls.key_file = {key:?}\n")
    }

    /// A client that trusts it and nobody else.
    pub fn client(&self) -> reqwest::Client {
        let root = reqwest::Certificate::from_pem(&self.certificate.to_pem().unwrap()).unwrap();
        let builder = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).no_proxy();
        builder.tls_certs_only([root]).build().unwrap()
    }

    /// A connector that trusts it and would speak whatever there is, so that what is refused is the server's doing.
    pub fn connector(&self) -> SslConnectorBuilder {
        let mut builder = SslConnector::builder(SslMethod::tls_client()).unwrap();
        builder.cert_store_mut().add_cert(self.certificate.clone()).unwrap();
        builder.set_security_level(0);
        builder
    }
}

/// A handshake on that port.
pub fn shake_hands(connector: SslConnectorBuilder, port: u16) -> Result<SslStream<TcpStream>, String> {
    let stream = TcpStream::connect(("127.0.0.1", port)).unwrap();
    connector.build().connect("localhost", stream).map_err(|error| match error {
        HandshakeError::Failure(failed) => failed.error().to_string(),
        other => other.to_string(),
    })
}

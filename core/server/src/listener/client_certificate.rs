//! Clients' certificates: read from the TLS handshake or from what a trusted proxy hands on, and held against the
//! authorities that the operator named (RFC 5280 6, RFC 8705, RFC 9440).

use super::error::TlsError;
use crate::configuration::Proxy;
use crate::http::Connection;
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use gatewright_domain::certificate::ClientCertificate;
use gatewright_protocol::distinguished_name::DistinguishedName;
use gatewright_protocol::public_jwk::PublicJwk;
use gatewright_protocol::thumbprint::Thumbprint;
use http::HeaderMap;
use openssl::bn::{BigNum, BigNumContext};
use openssl::error::ErrorStack;
use openssl::nid::Nid;
use openssl::pkey::{Id, PKeyRef, Public};
use openssl::stack::{Stack, StackRef};
use openssl::x509::store::{X509Store, X509StoreBuilder};
use openssl::x509::{X509, X509NameRef, X509PurposeId, X509Ref, X509StoreContext};
use serde_json::{Value, json};
use std::net::{IpAddr, SocketAddr};
use std::path::Path;
use std::sync::Arc;

/// Largest certificate that a proxy may hand on, in bytes of its header.
pub const CERTIFICATE_HEADER_BYTES_MAX: usize = 16 * 1024;

/// Who may vouch for clients' certificates: nobody, where the operator named none.
#[derive(Clone, Default)]
pub struct Authorities(Option<Arc<X509Store>>);

impl Authorities {
    /// Those in a file of PEM.
    ///
    /// # Errors
    /// When it cannot be read, or has none.
    pub fn read(path: &Path) -> Result<Self, TlsError> {
        let unusable = |cause| TlsError::File { what: "the client authorities", path: path.to_owned(), cause };
        let pem = std::fs::read(path).map_err(|cause| TlsError::Unreadable { path: path.to_owned(), cause })?;
        let found = X509::stack_from_pem(&pem).map_err(unusable)?;
        if found.is_empty() {
            return Err(TlsError::NoAuthority { path: path.to_owned() });
        }
        let mut store = X509StoreBuilder::new()?;
        for authority in found {
            store.add_cert(authority)?;
        }
        store.set_purpose(X509PurposeId::SSL_CLIENT)?;
        Ok(Self(Some(Arc::new(store.build()))))
    }

    /// What is known of a certificate that came with this chain. One that cannot be read is none.
    pub(super) fn examine(
        &self,
        certificate: &X509Ref,
        chain: Option<&StackRef<X509>>,
    ) -> Option<Arc<ClientCertificate>> {
        let vouched = self.vouch_for(certificate, chain).unwrap_or(false);
        read(certificate, vouched).map(Arc::new)
    }

    fn vouch_for(&self, certificate: &X509Ref, chain: Option<&StackRef<X509>>) -> Result<bool, ErrorStack> {
        let Some(store) = &self.0 else { return Ok(false) };
        let empty = Stack::new()?;
        let mut context = X509StoreContext::new()?;
        let vouched = context.init(store, certificate, chain.unwrap_or(&empty), |context| context.verify_cert());
        // Why it is not vouched for stays in this thread's queue, where the next read of a connection would find it and take it
        // for its own.
        drop(ErrorStack::get());
        vouched
    }
}

/// The certificate of a request: that of its connection or, behind trusted proxies that hand certificates on, the one that
/// they name. From anyone else the header says nothing, and nothing either when it is there twice.
pub fn client_certificate(
    connection: &Connection,
    headers: &HeaderMap,
    proxy: &Proxy,
    authorities: &Authorities,
) -> Option<Arc<ClientCertificate>> {
    let Some(name) = &proxy.client_certificate_header else { return connection.certificate.clone() };
    if !is_trusted(connection.peer, proxy) {
        return connection.certificate.clone();
    }
    let mut lines = headers.get_all(name.as_str()).iter();
    let (Some(line), None) = (lines.next(), lines.next()) else { return None };
    let certificate = handed_on(line.to_str().ok()?)?;
    authorities.examine(&certificate, None)
}

fn is_trusted(peer: SocketAddr, proxy: &Proxy) -> bool {
    let address = peer.ip().to_canonical();
    proxy.trusted.iter().any(|network| network.contains(&address))
}

/// A certificate as proxies write it: `:base64:` (RFC 9440 2.2), or PEM with percent-encoding, as nginx has it in
/// `$ssl_client_escaped_cert`, or the base64 within PEM alone.
fn handed_on(text: &str) -> Option<X509> {
    if text.len() > CERTIFICATE_HEADER_BYTES_MAX {
        return None;
    }
    if let Some(bytes) = text.strip_prefix(':').and_then(|text| text.strip_suffix(':')) {
        return X509::from_der(&STANDARD.decode(bytes).ok()?).ok();
    }
    let decoded = percent_decoded(text)?;
    if decoded.contains("-----BEGIN") {
        return X509::from_pem(decoded.as_bytes()).ok();
    }
    X509::from_der(&STANDARD.decode(decoded).ok()?).ok()
}

fn percent_decoded(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        let hex = |byte: Option<u8>| char::from(byte?).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
        bytes.push(if byte == b'%' { hex(rest.next())? * 16 + hex(rest.next())? } else { byte });
    }
    String::from_utf8(bytes).ok()
}

fn read(certificate: &X509Ref, is_vouched_for: bool) -> Option<ClientCertificate> {
    let der = certificate.to_der().ok()?;
    let mut read = ClientCertificate {
        thumbprint: Thumbprint::of(&der),
        der,
        key: certificate.public_key().ok().and_then(|key| key_of(&key)),
        is_vouched_for,
        subject: name_of(certificate.subject_name()),
        dns_names: Vec::new(),
        uris: Vec::new(),
        ip_addresses: Vec::new(),
        emails: Vec::new(),
    };
    for name in certificate.subject_alt_names().iter().flatten() {
        read.dns_names.extend(name.dnsname().map(ToOwned::to_owned));
        read.uris.extend(name.uri().map(ToOwned::to_owned));
        read.emails.extend(name.email().map(ToOwned::to_owned));
        read.ip_addresses.extend(name.ipaddress().and_then(address));
    }
    Some(read)
}

fn address(bytes: &[u8]) -> Option<IpAddr> {
    let four = <[u8; 4]>::try_from(bytes).map(IpAddr::from);
    four.or_else(|_| <[u8; 16]>::try_from(bytes).map(IpAddr::from)).ok()
}

/// The name, unless a part of it has several attributes: those could be taken for parts of their own.
fn name_of(name: &X509NameRef) -> Option<DistinguishedName> {
    let mut attributes = Vec::new();
    for entry in name.entries() {
        attributes.push((entry.object().to_string(), entry.data().to_string().ok()?.to_string()));
    }
    if parts_of(&name.to_der().ok()?)? != attributes.len() {
        return None;
    }
    DistinguishedName::of(attributes.iter().map(|(kind, value)| (kind.as_str(), value.clone())))
}

/// How many parts a name in DER has (X.501: a SEQUENCE of SETs).
fn parts_of(der: &[u8]) -> Option<usize> {
    let (mut rest, mut parts) = (contents(der, 0x30)?.0, 0);
    while !rest.is_empty() {
        rest = contents(rest, 0x31)?.1;
        parts += 1;
    }
    Some(parts)
}

/// What is in a value of that tag, and what comes after it (X.690 8.1).
fn contents(der: &[u8], tag: u8) -> Option<(&[u8], &[u8])> {
    let [first, length, rest @ ..] = der else { return None };
    let (length, rest) = match usize::from(*length) {
        short @ 0..=0x7f => (short, rest),
        long @ 0x81..=0x83 => {
            let (bytes, rest) = rest.split_at_checked(long - 0x80)?;
            (bytes.iter().fold(0, |length, byte| length << 8 | usize::from(*byte)), rest)
        }
        _ => return None,
    };
    if *first == tag { rest.split_at_checked(length) } else { None }
}

/// The key as a JWK (RFC 7518 6, RFC 8037 2).
fn key_of(key: &PKeyRef<Public>) -> Option<PublicJwk> {
    let text = |bytes: &[u8]| URL_SAFE_NO_PAD.encode(bytes);
    let jwk = match key.id() {
        Id::RSA => {
            let rsa = key.rsa().ok()?;
            json!({ "kty": "RSA", "n": text(&rsa.n().to_vec()), "e": text(&rsa.e().to_vec()) })
        }
        Id::EC => elliptic(key)?,
        Id::ED25519 => json!({ "kty": "OKP", "crv": "Ed25519", "x": text(&key.raw_public_key().ok()?) }),
        _ => return None,
    };
    PublicJwk::parse(&jwk).ok()
}

fn elliptic(key: &PKeyRef<Public>) -> Option<Value> {
    let key = key.ec_key().ok()?;
    let (crv, bytes) = match key.group().curve_name()? {
        Nid::X9_62_PRIME256V1 => ("P-256", 32),
        Nid::SECP384R1 => ("P-384", 48),
        Nid::SECP521R1 => ("P-521", 66),
        _ => return None,
    };
    let (mut x, mut y) = (BigNum::new().ok()?, BigNum::new().ok()?);
    let mut context = BigNumContext::new().ok()?;
    key.public_key().affine_coordinates(key.group(), &mut x, &mut y, &mut context).ok()?;
    let text = |number: &BigNum| number.to_vec_padded(bytes).ok().map(|bytes| URL_SAFE_NO_PAD.encode(bytes));
    Some(json!({ "kty": "EC", "crv": crv, "x": text(&x)?, "y": text(&y)? }))
}

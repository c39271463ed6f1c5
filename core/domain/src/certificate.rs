//! A client's certificate, as the TLS handshake or a trusted proxy shows it (RFC 8705 2 and 3). That the client has the
//! key of it was found out there.

use gatewright_protocol::distinguished_name::DistinguishedName;
use gatewright_protocol::public_jwk::PublicJwk;
use gatewright_protocol::thumbprint::Thumbprint;
use std::net::IpAddr;

/// What is known of the certificate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClientCertificate {
    /// The certificate itself, in DER.
    pub der: Vec<u8>,
    /// Its SHA-256 (RFC 8705 3.1).
    pub thumbprint: Thumbprint,
    /// Its key, where it is of a kind that clients register.
    pub key: Option<PublicJwk>,
    /// Whether one of the authorities that the operator named issued it, for clients, and it is valid now. Only then may
    /// its names be believed.
    pub is_vouched_for: bool,
    /// Whom it is for, where that can be put in text.
    pub subject: Option<DistinguishedName>,
    /// Its alternative names of the kind `dNSName`.
    pub dns_names: Vec<String>,
    /// Those of the kind `uniformResourceIdentifier`.
    pub uris: Vec<String>,
    /// Those of the kind `iPAddress`.
    pub ip_addresses: Vec<IpAddr>,
    /// Those of the kind `rfc822Name`.
    pub emails: Vec<String>,
}

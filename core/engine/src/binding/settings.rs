//! What the operator settles of sender-constrained tokens.

use gatewright_protocol::issuer::Issuer;
use gatewright_protocol::security_profile::SecurityProfile;

/// Settings of sender-constrained tokens and of the profile that may ask for them.
#[derive(Debug, Clone, Default)]
pub struct BindingSettings {
    /// The profile that every client is held to.
    pub profile: Option<SecurityProfile>,
    /// DPoP proofs must have a nonce of this server (RFC 9449 8 and 9).
    pub dpop_nonces: bool,
    /// Clients' certificates.
    pub mutual_tls: MutualTls,
}

/// What is known of clients' certificates (RFC 8705).
#[derive(Debug, Clone, Default)]
pub struct MutualTls {
    /// Clients are asked for certificates, here or by a trusted proxy.
    pub certificates: bool,
    /// There are authorities whose certificates name clients.
    pub authorities: bool,
    /// What stands in place of the issuer in the endpoints where they are asked, where that is elsewhere.
    pub base: Option<Issuer>,
}

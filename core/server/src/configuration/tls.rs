//! `[tls]`: HTTPS from certificate files, for every deployment without a proxy.

use super::choice::choice;
use super::complaint::Complaint;
use gatewright_protocol::issuer::Issuer;
use serde::{Deserialize, Serialize};
use std::path::PathBuf;

choice! {
    /// Whether clients are asked for certificates (RFC 8705).
    pub enum ClientCertificates {
        /// They are not.
        Off = "off",
        /// They are asked; who has none goes on without.
        Request = "request",
    }
}

/// HTTPS; plain HTTP where both files are absent.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tls {
    /// The certificate and those of its issuers, in PEM.
    pub certificate_file: Option<PathBuf>,
    /// Its private key, in PEM.
    pub key_file: Option<PathBuf>,
    /// Whether clients are asked for certificates.
    pub client_certificates: ClientCertificates,
    /// The authorities whose certificates name clients (`tls_client_auth`), in PEM.
    pub client_ca_file: Option<PathBuf>,
    /// What stands in place of the issuer in the endpoints for clients with a certificate (RFC 8705 5), where those are at
    /// another name.
    pub mtls_base: Option<Issuer>,
}

impl Default for Tls {
    fn default() -> Self {
        Self {
            certificate_file: None,
            key_file: None,
            client_certificates: ClientCertificates::Off,
            client_ca_file: None,
            mtls_base: None,
        }
    }
}

/// What is asked of clients in the handshake.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AskedOfClients {
    /// The authorities whose certificates name clients, in PEM.
    pub authorities: Option<PathBuf>,
}

/// Both files.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TlsFiles {
    /// The certificate and those of its issuers, in PEM.
    pub certificate: PathBuf,
    /// Its private key, in PEM.
    pub key: PathBuf,
    /// That clients are asked for certificates.
    pub clients: Option<AskedOfClients>,
}

impl Tls {
    /// The files, where HTTPS is wanted.
    pub fn files(&self) -> Option<TlsFiles> {
        let (certificate, key) = (self.certificate_file.clone()?, self.key_file.clone()?);
        let asked = self.client_certificates == ClientCertificates::Request;
        let clients = asked.then(|| AskedOfClients { authorities: self.client_ca_file.clone() });
        Some(TlsFiles { certificate, key, clients })
    }

    pub(super) fn admit(&self, complaints: &mut Vec<Complaint>) {
        if self.client_certificates == ClientCertificates::Request && self.files().is_none() {
            let what = "is \"request\", but nothing here speaks HTTPS: set tls.certificate_file and tls.key_file, or have the \
                        proxy ask and name its header in proxy.client_certificate_header";
            complaints.push(Complaint::of("tls.client_certificates", what));
        }
        if self.mtls_base.as_ref().is_some_and(|base| !base.is_https()) {
            complaints.push(Complaint::of("tls.mtls_base", "is not https, and certificates are shown there alone"));
        }
        let missing = match (&self.certificate_file, &self.key_file) {
            (Some(_), None) => "tls.key_file",
            (None, Some(_)) => "tls.certificate_file",
            _ => return,
        };
        complaints.push(Complaint::of(missing, "is missing; HTTPS needs the certificate and its key"));
    }

    pub(super) fn specimen() -> Self {
        Self {
            certificate_file: Some("certificate.pem".into()),
            key_file: Some("key.pem".into()),
            client_ca_file: Some("clients.pem".into()),
            mtls_base: Issuer::try_from("https://mtls.example.com").ok(),
            ..Self::default()
        }
    }
}

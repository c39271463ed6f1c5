//! `[tls]`: HTTPS from certificate files, for every deployment without a proxy.

use super::complaint::Complaint;
use serde::{Deserialize, Serialize};
use std::path::PathBuf;

/// HTTPS; plain HTTP where both files are absent.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tls {
    /// The certificate and those of its issuers, in PEM.
    pub certificate_file: Option<PathBuf>,
    /// Its private key, in PEM.
    pub key_file: Option<PathBuf>,
}

/// Both files.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TlsFiles {
    /// The certificate and those of its issuers, in PEM.
    pub certificate: PathBuf,
    /// Its private key, in PEM.
    pub key: PathBuf,
}

impl Tls {
    /// The files, where HTTPS is wanted.
    pub fn files(&self) -> Option<TlsFiles> {
        let (certificate, key) = (self.certificate_file.clone()?, self.key_file.clone()?);
        Some(TlsFiles { certificate, key })
    }

    pub(super) fn admit(&self, complaints: &mut Vec<Complaint>) {
        let missing = match (&self.certificate_file, &self.key_file) {
            (Some(_), None) => "tls.key_file",
            (None, Some(_)) => "tls.certificate_file",
            _ => return,
        };
        complaints.push(Complaint::of(missing, "is missing; HTTPS needs the certificate and its key"));
    }

    pub(super) fn specimen() -> Self {
        Self { certificate_file: Some("certificate.pem".into()), key_file: Some("key.pem".into()) }
    }
}

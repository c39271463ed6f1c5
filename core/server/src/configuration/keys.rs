//! `[keys]`: the master key, the keys that tokens are signed with, and those that clients encrypt to.

use super::complaint::{Complaint, within};
use super::confidential::Confidential;
use gatewright_domain::key_algorithm::KeyAlgorithm;
use gatewright_domain::secret::SecretText;
use gatewright_protocol::jwe::EncryptionKey;
use gatewright_protocol::jws_algorithm::JwsAlgorithm;
use gatewright_signing::{MasterKey, MasterKeyRefused, Overlap, Schedule};
use serde::{Deserialize, Serialize};
use std::io;
use std::path::{Path, PathBuf};

/// Seconds of a day.
pub(super) const DAY_S: u64 = 24 * 3600;
/// Longest time a key may sign, in days.
pub const ROTATION_DAYS_MAX: u64 = 3650;

/// The server's keys.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Keys {
    /// File with the master key in base64.
    pub master_key_file: Option<PathBuf>,
    /// The master key itself, for those who keep it in the environment.
    pub master_key: Option<Confidential>,
    /// What is signed with; a missing key is made at the start.
    pub algorithms: Vec<JwsAlgorithm>,
    /// What access tokens are signed with.
    pub default_algorithm: JwsAlgorithm,
    /// What clients may encrypt to this server with; a missing key is made at the start.
    pub decryption: Vec<EncryptionKey>,
    /// Days for which a key signs.
    pub rotation_days: u64,
    /// Days for which a new key is published before it signs, and an old one after it stopped.
    pub overlap_days: u64,
}

impl Default for Keys {
    fn default() -> Self {
        Self {
            master_key_file: None,
            master_key: None,
            algorithms: vec![JwsAlgorithm::ES256, JwsAlgorithm::RS256],
            default_algorithm: JwsAlgorithm::ES256,
            decryption: EncryptionKey::ALL.to_vec(),
            rotation_days: 90,
            overlap_days: 7,
        }
    }
}

/// The master key cannot be had.
#[derive(Debug, thiserror::Error)]
pub enum MasterKeyError {
    /// The file cannot be read.
    #[error("cannot read the master key in {}: {cause}", path.display())]
    Unreadable {
        /// Its path.
        path: PathBuf,
        /// Why.
        cause: io::Error,
    },
    /// What is there is no master key.
    #[error("{place}: {cause}")]
    Refused {
        /// The file or the setting.
        place: String,
        /// Why.
        cause: MasterKeyRefused,
    },
    /// None is configured.
    #[error("no master key is configured; set keys.master_key_file")]
    Absent,
}

impl Keys {
    /// The master key, read from where the configuration says.
    ///
    /// # Errors
    /// When it is nowhere to be read or is no master key.
    pub fn read_master_key(&self) -> Result<MasterKey, MasterKeyError> {
        match (&self.master_key, &self.master_key_file) {
            (Some(key), _) => MasterKey::from_base64(key.text())
                .map_err(|cause| MasterKeyError::Refused { place: "keys.master_key".into(), cause }),
            (None, Some(path)) => read_file(path),
            (None, None) => Err(MasterKeyError::Absent),
        }
    }

    /// When keys are replaced without being asked.
    pub fn schedule(&self) -> Schedule {
        let overlap_s = self.overlap_days.saturating_mul(DAY_S);
        let overlap = Overlap { ahead_s: overlap_s, behind_s: overlap_s };
        Schedule { period_s: self.rotation_days.saturating_mul(DAY_S), overlap }
    }

    /// All that there is a key for.
    pub fn key_algorithms(&self) -> Vec<KeyAlgorithm> {
        let signing = self.algorithms.iter().copied().map(KeyAlgorithm::from);
        signing.chain(self.decryption.iter().copied().map(KeyAlgorithm::from)).collect()
    }

    pub(super) fn admit(&self, complaints: &mut Vec<Complaint>) {
        let mut complain = |key, what: &str| complaints.push(Complaint::of(key, what));
        match (&self.master_key_file, &self.master_key) {
            (None, None) => complain(
                "keys.master_key_file",
                "is missing; `openssl rand -base64 32 > master.key` makes such a file: keep it safe, apart from the \
                 database",
            ),
            (Some(_), Some(_)) => complain("keys.master_key", "is set beside keys.master_key_file; set one of them"),
            _ => {}
        }
        if self.algorithms.contains(&JwsAlgorithm::HS256) {
            complain(
                "keys.algorithms",
                "has HS256, which signs with a client's secret and needs no key of the server's",
            );
        }
        if !self.algorithms.contains(&self.default_algorithm) {
            complain("keys.default_algorithm", "is not among keys.algorithms");
        }
        if self.overlap_days >= self.rotation_days {
            complain("keys.overlap_days", "must be less than keys.rotation_days");
        }
        within(complaints, "keys.rotation_days", self.rotation_days, 2..=ROTATION_DAYS_MAX);
        within(complaints, "keys.overlap_days", self.overlap_days, 1..=ROTATION_DAYS_MAX);
    }

    pub(super) fn specimen() -> Self {
        Self {
            master_key_file: Some("master.key".into()),
            master_key: Some(Confidential::new(SecretText::new(""))),
            ..Self::default()
        }
    }
}

fn read_file(path: &Path) -> Result<MasterKey, MasterKeyError> {
    let unreadable = |cause| MasterKeyError::Unreadable { path: path.to_owned(), cause };
    let text = SecretText::new(std::fs::read_to_string(path).map_err(unreadable)?);
    let refused = |cause| MasterKeyError::Refused { place: path.display().to_string(), cause };
    MasterKey::from_base64(&text).map_err(refused)
}

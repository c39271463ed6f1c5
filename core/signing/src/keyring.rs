//! The server's signing keys: read from the store, kept parsed in memory, published (RFC 7517 5).

use crate::compact::Compact;
use crate::known_signatures::KnownSignatures;
use crate::rotation::Overlap;
use crate::signing_key::{SigningKey, typ_of};
use crate::snapshot::{DatedKey, Snapshot};
use gatewright_domain::clock::Clock;
use gatewright_domain::entropy::Entropy;
use gatewright_domain::fault::Fault;
use gatewright_domain::identifiers::KeyId;
use gatewright_domain::signing::{JwtRejected, Sealer, Signer, TokenType};
use gatewright_domain::store::{KeyStore, StoredKey};
use gatewright_protocol::jws_algorithm::JwsAlgorithm;
use serde_json::{Map, Value, json};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;
use tokio::sync::{Mutex, Notify};

/// Shortest time between two readings of the store that unknown key names bring about, in milliseconds: made-up names
/// must not become load on the database.
pub const REFRESH_PAUSE_MS: u64 = 1_000;

pub(crate) const PLACE: &str = "signing.keyring";

/// What a keyring is opened with.
pub struct KeyringSetup {
    /// Where the keys are.
    pub store: Arc<dyn KeyStore>,
    /// What they are sealed with.
    pub sealer: Arc<dyn Sealer>,
    /// Time.
    pub clock: Arc<dyn Clock>,
    /// Randomness, for key names. Keys themselves come from OpenSSL's generator.
    pub entropy: Arc<dyn Entropy>,
    /// What is to be signed with; missing keys are made.
    pub algorithms: Vec<JwsAlgorithm>,
    /// What access tokens are signed with; one of `algorithms`.
    pub default_algorithm: JwsAlgorithm,
}

/// The server's signing keys. Any number of nodes share one store; each holds a snapshot, renewed by
/// [`Keyring::keep_fresh`].
pub struct Keyring {
    pub(crate) setup: KeyringSetup,
    snapshot: RwLock<Arc<Snapshot>>,
    reading: Mutex<()>,
    unknown_key: Notify,
    known: KnownSignatures,
}

impl Keyring {
    /// Reads the keys and makes those that are missing.
    ///
    /// # Errors
    /// A fault when the algorithms are not ones to sign with, the store fails, or a key there does not open (another
    /// master key).
    pub async fn open(setup: KeyringSetup) -> Result<Self, Fault> {
        admit(&setup)?;
        let keyring = Self {
            setup,
            snapshot: RwLock::default(),
            reading: Mutex::default(),
            unknown_key: Notify::new(),
            known: KnownSignatures::default(),
        };
        keyring.refresh().await?;
        for &algorithm in &keyring.setup.algorithms {
            let seen = keyring.snapshot();
            if seen.signing(algorithm, keyring.setup.clock.now()).is_none() {
                keyring.succeed(&seen, algorithm, Overlap::FIRST).await?;
            }
        }
        Ok(keyring)
    }

    /// Reads the store again. On a fault the keys known so far stay in use.
    ///
    /// # Errors
    /// A fault of the store, or of a key that does not open.
    pub async fn refresh(&self) -> Result<(), Fault> {
        // One reading at a time, or an older answer could replace a newer one.
        let _reading = self.reading.lock().await;
        let known = self.snapshot();
        let mut keys = Vec::new();
        for row in self.setup.store.list().await? {
            let key = match known.parsed(&row) {
                Some(key) => key,
                None => Arc::new(self.opened(&row)?),
            };
            keys.push(DatedKey { key, row });
        }
        *self.snapshot.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(Snapshot::new(keys));
        Ok(())
    }

    /// Refreshes for ever: after each `every`, and soon after a JWT named a key that this node does not know (another
    /// node may have made it). Never returns; faults are logged.
    pub async fn keep_fresh(&self, every: Duration) {
        loop {
            tokio::select! {
                () = tokio::time::sleep(every) => {}
                () = self.unknown_key.notified() => {}
            }
            if let Err(fault) = self.refresh().await {
                tracing::error!(%fault, "the signing keys could not be refreshed; those known stay in use");
            }
            tokio::time::sleep(Duration::from_millis(REFRESH_PAUSE_MS)).await;
        }
    }

    pub(crate) fn snapshot(&self) -> Arc<Snapshot> {
        // A snapshot is replaced whole, so a panic elsewhere cannot leave half of one behind.
        self.snapshot.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn opened(&self, row: &StoredKey) -> Result<SigningKey, Fault> {
        let jwk = self.setup.sealer.open(&seal_purpose(&row.id, row.algorithm), &row.sealed_jwk)?;
        SigningKey::parse(&row.id, row.algorithm, &jwk)
    }
}

/// Binds a sealed key to its name and algorithm: a row altered in the database does not open.
pub(crate) fn seal_purpose(id: &KeyId, algorithm: JwsAlgorithm) -> String {
    format!("signing-key/{algorithm}/{id}")
}

fn admit(setup: &KeyringSetup) -> Result<(), Fault> {
    if setup.algorithms.contains(&JwsAlgorithm::HS256) {
        return Err(Fault::new(PLACE, "HS256 is no algorithm for the server's own keys"));
    }
    if !setup.algorithms.contains(&setup.default_algorithm) {
        let default = setup.default_algorithm;
        return Err(Fault::new(PLACE, format!("the default algorithm {default} is not among those to sign with")));
    }
    Ok(())
}

impl Signer for Keyring {
    fn sign(&self, algorithm: JwsAlgorithm, typ: TokenType, claims: &Map<String, Value>) -> Result<String, Fault> {
        let snapshot = self.snapshot();
        let key = snapshot
            .signing(algorithm, self.setup.clock.now())
            .filter(|_| self.setup.algorithms.contains(&algorithm))
            .ok_or_else(|| Fault::new(PLACE, format!("there is no key that signs with {algorithm}")))?;
        let jwt = key.sign(typ, claims)?;
        self.known.remember(&jwt);
        Ok(jwt)
    }

    fn verify(&self, jwt: &str, typ: TokenType) -> Result<Map<String, Value>, JwtRejected> {
        let compact = Compact::parse(jwt)?;
        if compact.algorithm == JwsAlgorithm::HS256 {
            return Err(JwtRejected::Algorithm);
        }
        let kid = compact.kid.as_deref().ok_or(JwtRejected::UnknownKey)?;
        let snapshot = self.snapshot();
        let Some(key) = snapshot.named(kid, self.setup.clock.now()) else {
            self.unknown_key.notify_one();
            return Err(JwtRejected::UnknownKey);
        };
        if key.algorithm() != compact.algorithm {
            return Err(JwtRejected::Algorithm);
        }
        if compact.typ.as_deref() != Some(typ_of(typ)) {
            return Err(JwtRejected::Malformed);
        }
        if self.known.knows(jwt) {
            return compact.claims(|_, _| true);
        }
        let claims = compact.claims(|signed, signature| key.verifies(signed, signature))?;
        self.known.remember(jwt);
        Ok(claims)
    }

    fn jwks(&self) -> Value {
        let snapshot = self.snapshot();
        let keys: Vec<&Value> =
            snapshot.published(self.setup.clock.now()).map(|dated| dated.key.public_jwk()).collect();
        json!({ "keys": keys })
    }

    fn algorithms(&self) -> Vec<JwsAlgorithm> {
        let (snapshot, now) = (self.snapshot(), self.setup.clock.now());
        let has_key = |algorithm: &&JwsAlgorithm| snapshot.signing(**algorithm, now).is_some();
        self.setup.algorithms.iter().filter(has_key).copied().collect()
    }

    fn default_algorithm(&self) -> JwsAlgorithm {
        self.setup.default_algorithm
    }
}

#[cfg(test)]
mod tests;

#[cfg(test)]
mod speed;

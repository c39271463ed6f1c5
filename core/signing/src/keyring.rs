//! The server's keys: read from the store, kept parsed in memory, published (RFC 7517 5).

use crate::compact::Compact;
use crate::jwe::{self, CompactJwe, DECRYPTION_KEYS_TRIED_MAX};
use crate::known_signatures::KnownSignatures;
use crate::mac::hmac_sha256;
use crate::ring_key::RingKey;
use crate::rotation::Overlap;
use crate::signing_key::typ_of;
use crate::snapshot::{DatedKey, Snapshot};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use gatewright_domain::clock::Clock;
use gatewright_domain::encryption::{Content, Encrypter, JweRejected, NotEncrypted, Recipient};
use gatewright_domain::entropy::Entropy;
use gatewright_domain::fault::Fault;
use gatewright_domain::identifiers::KeyId;
use gatewright_domain::key_algorithm::KeyAlgorithm;
use gatewright_domain::secret::SecretText;
use gatewright_domain::signing::{JwtRejected, Sealer, Signer, TokenType};
use gatewright_domain::store::{KeyStore, StoredKey};
use gatewright_protocol::jwe::{EncryptionKey, JweAlgorithm};
use gatewright_protocol::jws_algorithm::JwsAlgorithm;
use gatewright_protocol::registration::encryption::Encryption;
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
    /// What clients may encrypt to; missing keys are made.
    pub decryption: Vec<EncryptionKey>,
}

impl KeyringSetup {
    /// All that there is to be a key for.
    pub(crate) fn key_algorithms(&self) -> Vec<KeyAlgorithm> {
        let signing = self.algorithms.iter().copied().map(KeyAlgorithm::from);
        signing.chain(self.decryption.iter().copied().map(KeyAlgorithm::from)).collect()
    }
}

/// The server's keys, those that sign and those that decrypt. Any number of nodes share one store; each holds a snapshot, renewed by
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
        for algorithm in keyring.setup.key_algorithms() {
            let seen = keyring.snapshot();
            if !seen.has_current(algorithm, keyring.setup.clock.now()) {
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

    fn opened(&self, row: &StoredKey) -> Result<RingKey, Fault> {
        let jwk = self.setup.sealer.open(&seal_purpose(&row.id, row.algorithm), &row.sealed_jwk)?;
        RingKey::parse(&row.id, row.algorithm, &jwk)
    }
}

/// Binds a sealed key to its name and algorithm: a row altered in the database does not open.
pub(crate) fn seal_purpose(id: &KeyId, algorithm: KeyAlgorithm) -> String {
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

impl Encrypter for Keyring {
    fn encrypt(
        &self,
        text: &str,
        content: Content,
        how: Encryption,
        to: Recipient<'_>,
    ) -> Result<String, NotEncrypted> {
        jwe::encrypt(text, content, how, to)
    }

    fn decrypt(
        &self,
        jwe: &str,
        expected: Option<Encryption>,
        secret: Option<&SecretText>,
    ) -> Result<SecretText, JweRejected> {
        let compact = CompactJwe::parse(jwe)?;
        if expected.is_some_and(|expected| expected != compact.how) {
            return Err(JweRejected::Algorithm);
        }
        let kind = match (compact.how.alg.key(), secret) {
            (None, Some(secret)) => return jwe::decrypt_with_secret(&compact, secret),
            (Some(kind), _) if self.setup.decryption.contains(&kind) => kind,
            _ => return Err(JweRejected::Algorithm),
        };
        let snapshot = self.snapshot();
        let fitting = snapshot.decrypting(kind, self.setup.clock.now());
        let named = fitting.filter(|(id, _)| compact.kid.as_ref().is_none_or(|kid| kid == id.as_str()));
        let keys: Vec<_> = named.map(|(_, key)| key).take(DECRYPTION_KEYS_TRIED_MAX).collect();
        let opened = jwe::decrypt_with_keys(&compact, &keys);
        if matches!(opened, Err(JweRejected::UnknownKey)) {
            self.unknown_key.notify_one();
        }
        opened
    }

    fn decryption_algorithms(&self) -> Vec<JweAlgorithm> {
        let has_key = |alg: &&JweAlgorithm| alg.key().is_some_and(|kind| self.setup.decryption.contains(&kind));
        JweAlgorithm::ALL.iter().filter(has_key).copied().collect()
    }
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

    fn sign_with_secret(
        &self,
        secret: &SecretText,
        typ: TokenType,
        claims: &Map<String, Value>,
    ) -> Result<String, Fault> {
        let header = json!({ "alg": JwsAlgorithm::HS256, "typ": typ_of(typ) });
        let claims = serde_json::to_vec(claims).map_err(|error| Fault::caused(PLACE, error))?;
        let part = |bytes: &[u8]| URL_SAFE_NO_PAD.encode(bytes);
        let signed = format!("{}.{}", part(header.to_string().as_bytes()), part(&claims));
        let signature = hmac_sha256(secret.expose().as_bytes(), &[signed.as_bytes()]);
        Ok(format!("{signed}.{}", part(&signature)))
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

//! The server's keys.

use super::Local;
use crate::operations::key::{KeyDocument, KeyRotation, RotatedKey, RotatedKeys};
use crate::operations::{KeyOperations, Outcome, ProblemKind};
use async_trait::async_trait;
use gatewright_domain::key_algorithm::KeyAlgorithm;
use gatewright_domain::store::StoredKey;
use gatewright_signing::{KEYS_MAX, Overlap, Rotated};
use serde_json::json;

#[async_trait]
impl KeyOperations for Local {
    async fn keys(&self) -> Outcome<Vec<KeyDocument>> {
        let now = self.now();
        Ok(self.stores.keys.list().await?.iter().map(|key| KeyDocument::at(key, now)).collect())
    }

    async fn rotate_keys(&self, rotation: KeyRotation) -> Outcome<RotatedKeys> {
        let keys = &self.configuration.keys;
        let overlap = if rotation.stolen { Overlap::NONE } else { keys.schedule().overlap };
        let all = keys.key_algorithms();
        let asked = if rotation.algorithms.is_empty() { &all } else { &rotation.algorithms };
        if let Some(unknown) = asked.iter().find(|algorithm| !all.contains(algorithm)) {
            let does = if matches!(unknown, KeyAlgorithm::Signing(_)) { "sign" } else { "decrypt" };
            return ProblemKind::NoAlgorithm.refuse(format!("this server does not {does} with {unknown}"));
        }
        let now = self.now();
        let published = |key: &&StoredKey| key.drops_at.is_none_or(|drops| now < drops);
        let count = self.stores.keys.list().await?.iter().filter(published).count();
        if count + asked.len() > KEYS_MAX {
            return ProblemKind::TooManyKeys
                .refuse(format!("there are {KEYS_MAX} keys, more than clients should fetch"));
        }
        let keyring = &self.server().await?.keyring;
        let mut rotated = Vec::new();
        for &algorithm in asked {
            let kid = match keyring.rotate(algorithm, overlap).await? {
                Rotated::Here(kid) => Some(kid.to_string()),
                Rotated::Elsewhere => None,
            };
            if let Some(kid) = &kid {
                let detail = json!({ "algorithm": algorithm, "stolen": rotation.stolen });
                self.audit("keys.rotate", kid, detail).await?;
            }
            rotated.push(RotatedKey { algorithm, kid });
        }
        Ok(RotatedKeys { rotated })
    }
}

//! What a client gets for itself is of a family too (RFC 6749 4.4), so that it can be counted and ended by the bundle
//! that decided it. A node begins one a client and bundle and names it in every token that ends before the family does:
//! the grant then reads one row and writes none.

use crate::Engine;
use gatewright_domain::clock::Timestamp;
use gatewright_domain::entropy::Entropy;
use gatewright_domain::family::ClientFamily;
use gatewright_domain::fault::Fault;
use gatewright_domain::identifiers::{BundleDigest, FamilyId};
use gatewright_protocol::client_id::ClientId;
use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// How much longer a family lasts than the token that it is begun for, in seconds: one row a client, node and day.
pub const FAMILY_SPARE_S: u64 = 24 * 3600;
/// Most families remembered; the one that ends first is forgotten, and its client's next token begins another.
pub const FAMILIES_MAX: usize = 4_096;

/// Which tokens are of one family.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Key {
    client: ClientId,
    bundle: BundleDigest,
}

/// A family that was drawn here.
#[derive(Debug, Clone)]
struct Drawn {
    family: ClientFamily,
    /// Whether it was stored: if it is not there, then it is not there any more.
    stored: bool,
}

/// What a token needs of its family.
pub(super) struct Wanted<'w> {
    pub client: &'w ClientId,
    pub bundle: &'w BundleDigest,
    /// When the token ends.
    pub until: Timestamp,
}

/// The families of this node. All that ask at once name the same one: it is drawn under the lock, and stored by each of
/// them, which the store does once.
#[derive(Debug, Default)]
pub(crate) struct ClientFamilies(Mutex<HashMap<Key, Drawn>>);

impl ClientFamilies {
    fn kept(&self) -> MutexGuard<'_, HashMap<Key, Drawn>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The one that lasts long enough and is not `dead`, or else a new one.
    fn drawn(&self, wanted: &Wanted<'_>, dead: Option<&FamilyId>, (entropy, now): (&dyn Entropy, Timestamp)) -> Drawn {
        let key = Key { client: wanted.client.clone(), bundle: wanted.bundle.clone() };
        let mut kept = self.kept();
        let fits = |drawn: &&Drawn| wanted.until <= drawn.family.expires_at && Some(&drawn.family.id) != dead;
        if let Some(drawn) = kept.get(&key).filter(fits) {
            return drawn.clone();
        }
        if kept.len() >= FAMILIES_MAX && !kept.contains_key(&key) {
            let first = kept.iter().min_by_key(|(_, drawn)| drawn.family.expires_at).map(|(key, _)| key.clone());
            first.map(|first| kept.remove(&first));
        }
        let family = ClientFamily {
            id: FamilyId::draw(entropy),
            client_id: wanted.client.clone(),
            bundle: wanted.bundle.clone(),
            created_at: now,
            expires_at: wanted.until.plus(FAMILY_SPARE_S),
            revoked_at: None,
        };
        let drawn = Drawn { family, stored: false };
        kept.insert(key, drawn.clone());
        drawn
    }

    fn is_stored(&self, family: &ClientFamily) {
        let key = Key { client: family.client_id.clone(), bundle: family.bundle.clone() };
        if let Some(drawn) = self.kept().get_mut(&key).filter(|drawn| drawn.family.id == family.id) {
            drawn.stored = true;
        }
    }
}

impl Engine {
    /// The family of a token that a client gets for itself. It is stored, and was not revoked when it was looked at: after
    /// a revocation a new one begins.
    pub(super) async fn client_family(&self, wanted: &Wanted<'_>) -> Result<FamilyId, Fault> {
        let (families, tokens) = (&self.client_families, &self.world.stores.tokens);
        let source = (self.world.entropy.as_ref(), self.now());
        let mut drawn = families.drawn(wanted, None, source);
        if drawn.stored {
            let found = tokens.client_family(&drawn.family.id).await?;
            if found.is_some_and(|family| family.revoked_at.is_none()) {
                return Ok(drawn.family.id);
            }
            drawn = families.drawn(wanted, Some(&drawn.family.id), source);
        }
        tokens.begin_client_family(&drawn.family).await?;
        families.is_stored(&drawn.family);
        Ok(drawn.family.id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use gatewright_testing::entropy::SeededEntropy;
    use gatewright_testing::samples::{bundle, word};

    #[test]
    fn of_too_many_families_the_one_that_ends_first_is_forgotten() {
        let (families, entropy) = (ClientFamilies::default(), SeededEntropy::default());
        let of = |number: usize| {
            let (client, bundle) = (word::<ClientId>(&format!("client-{number}")), bundle());
            let until = Timestamp(i64::try_from(number).unwrap());
            let wanted = Wanted { client: &client, bundle: &bundle, until };
            families.drawn(&wanted, None, (&entropy, Timestamp(0))).family.id
        };
        let (first, second) = (of(0), of(1));
        for number in 2..FAMILIES_MAX {
            of(number);
        }
        assert_eq!((of(0), of(1)), (first.clone(), second.clone()), "all of them fit");
        of(FAMILIES_MAX);
        assert_eq!(families.kept().len(), FAMILIES_MAX);
        assert_eq!(of(1), second);
        assert_ne!(of(0), first);
    }
}

//! What was decided under a bundle, in memory.

use super::{Memory, Tables};
use async_trait::async_trait;
use gatewright_domain::clock::Timestamp;
use gatewright_domain::code::AuthorizationCode;
use gatewright_domain::family::{ClientFamily, TokenFamily};
use gatewright_domain::fault::Fault;
use gatewright_domain::identifiers::{BundleDigest, FamilyId, InteractionId, SessionId};
use gatewright_domain::session::Session;
use gatewright_domain::store::{Issued, IssuedCount, IssuedKind, IssuedStore, SWEEP_BATCH_MAX};
use gatewright_domain::token_hash::TokenHash;

#[async_trait]
impl IssuedStore for Memory {
    async fn count(&self, digest: &BundleDigest, now: Timestamp) -> Result<IssuedCount, Fault> {
        let tables = self.tables();
        let mut families: Vec<FamilyId> = tables.families_of(digest, now).map(|family| family.id.clone()).collect();
        families.extend(tables.own_families_of(digest, now).map(|family| family.id.clone()));
        let is_of = |family: Option<&FamilyId>| family.is_some_and(|family| families.contains(family));
        let opaque = tables.access_tokens.values().map(|token| &token.meaning);
        let opaque = opaque.filter(|meaning| now < meaning.expires_at && is_of(meaning.family.as_ref()));
        let unfinished = tables.interactions.values().map(|leased| &leased.interaction);
        let unfinished = unfinished.filter(|one| one.bundle == *digest && now < one.expires_at);
        Ok(IssuedCount {
            interactions: unfinished.count() as u64,
            sessions: tables.sessions_of(digest).filter(|session| now < session.expires_at).count() as u64,
            codes: tables.codes_of(digest, now).count() as u64,
            families: families.len() as u64,
            opaque_tokens: opaque.count() as u64,
        })
    }

    async fn list(&self, digest: &BundleDigest, now: Timestamp, limit: usize) -> Result<Vec<Issued>, Fault> {
        let tables = self.tables();
        let sessions = tables.sessions_of(digest).filter(|session| now < session.expires_at).map(|session| Issued {
            kind: IssuedKind::Session,
            id: session.id.to_string(),
            subject: session.subject.to_string(),
            client: None,
            issued_at: session.created_at,
        });
        let codes = tables.codes_of(digest, now).map(|code| Issued {
            kind: IssuedKind::Code,
            id: code.family.to_string(),
            subject: code.authentication.subject.to_string(),
            client: Some(code.client_id.to_string()),
            issued_at: code.issued_at,
        });
        let families = tables.families_of(digest, now).map(|family| Issued {
            kind: IssuedKind::Family,
            id: family.id.to_string(),
            subject: family.authentication.subject.to_string(),
            client: Some(family.client_id.to_string()),
            issued_at: family.created_at,
        });
        let own = tables.own_families_of(digest, now).map(|family| Issued {
            kind: IssuedKind::Family,
            id: family.id.to_string(),
            subject: family.client_id.to_string(),
            client: Some(family.client_id.to_string()),
            issued_at: family.created_at,
        });
        let families = families.chain(own);
        let mut listed = latest(sessions.collect(), limit);
        listed.extend(latest(codes.collect(), limit));
        listed.extend(latest(families.collect(), limit));
        Ok(listed)
    }

    async fn end(&self, digest: &BundleDigest, now: Timestamp) -> Result<IssuedCount, Fault> {
        let tables = &mut *self.tables();
        let mut ended = IssuedCount::default();
        let unfinished = tables.interactions.iter().filter(|(_, leased)| leased.interaction.bundle == *digest);
        let unfinished: Vec<InteractionId> = unfinished.map(|(id, _)| id.clone()).take(SWEEP_BATCH_MAX).collect();
        unfinished.iter().for_each(|id| drop(tables.interactions.remove(id)));
        ended.interactions = unfinished.len() as u64;
        let codes = tables.codes_of(digest, now).map(|code| code.hash.clone());
        let codes: Vec<TokenHash> = codes.take(SWEEP_BATCH_MAX).collect();
        codes.iter().for_each(|hash| drop(tables.codes.remove(hash)));
        ended.codes = codes.len() as u64;
        let families = tables.families_of(digest, now).map(|family| family.id.clone());
        let own = tables.own_families_of(digest, now).map(|family| family.id.clone());
        let families: Vec<FamilyId> = families.chain(own).take(SWEEP_BATCH_MAX).collect();
        ended.families = tables.revoke(now, |family| families.contains(&family.id));
        ended.families += tables.revoke_own(now, |family| families.contains(&family.id));
        // Sessions last: what began in one is found by it.
        if ended.codes == 0 && ended.families == 0 {
            let sessions = tables.sessions_of(digest).map(|session| (session.cookie.clone(), session.id.clone()));
            let sessions: Vec<(TokenHash, SessionId)> = sessions.take(SWEEP_BATCH_MAX).collect();
            for (cookie, id) in &sessions {
                tables.sessions.remove(cookie);
                tables.fall_due(now, |of| of.session == *id);
            }
            ended.sessions = sessions.len() as u64;
        }
        Ok(ended)
    }
}

impl Tables {
    fn sessions_of(&self, digest: &BundleDigest) -> impl Iterator<Item = &Session> {
        self.sessions.values().filter(move |session| session.bundle == *digest)
    }

    fn began_under(&self, session: &SessionId, digest: &BundleDigest) -> bool {
        self.sessions_of(digest).any(|begun| begun.id == *session)
    }

    fn codes_of(&self, digest: &BundleDigest, now: Timestamp) -> impl Iterator<Item = &AuthorizationCode> {
        let lives = move |code: &&AuthorizationCode| {
            now < code.expires_at && (code.bundle == *digest || self.began_under(&code.authentication.session, digest))
        };
        self.codes.values().filter(|issued| !issued.redeemed).map(|issued| &issued.code).filter(lives)
    }

    fn families_of(&self, digest: &BundleDigest, now: Timestamp) -> impl Iterator<Item = &TokenFamily> {
        self.families.values().filter(move |family| {
            let of = family.bundle == *digest || self.began_under(&family.authentication.session, digest);
            of && now < family.expires_at && family.revoked_at.is_none()
        })
    }

    fn own_families_of(&self, digest: &BundleDigest, now: Timestamp) -> impl Iterator<Item = &ClientFamily> {
        let own = self.client_families.values().filter(move |family| family.bundle == *digest);
        own.filter(move |family| now < family.expires_at && family.revoked_at.is_none())
    }
}

fn latest(mut issued: Vec<Issued>, limit: usize) -> Vec<Issued> {
    issued.sort_by(|one, other| (other.issued_at, &one.id).cmp(&(one.issued_at, &other.id)));
    issued.truncate(limit);
    issued
}

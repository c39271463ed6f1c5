//! Authorization codes in memory.

use super::{Issued, Memory};
use async_trait::async_trait;
use gatewright_domain::clock::Timestamp;
use gatewright_domain::code::{AuthorizationCode, Issuance, Redemption};
use gatewright_domain::fault::Fault;
use gatewright_domain::logout::SignedIn;
use gatewright_domain::store::{CodeStore, FirstTokens};
use gatewright_domain::token_hash::TokenHash;

#[async_trait]
impl CodeStore for Memory {
    async fn issue(&self, code: &AuthorizationCode, signed_in: Option<&SignedIn>) -> Result<Issuance, Fault> {
        let mut tables = self.tables();
        let session = tables.sessions.values().find(|session| session.id == code.authentication.session);
        if session.is_none_or(|session| session.expires_at <= code.issued_at) {
            return Ok(Issuance::SessionEnded);
        }
        if tables.codes.contains_key(&code.hash) {
            return Err(Fault::new("store.codes", "the code is there already"));
        }
        if let Some(signed_in) = signed_in {
            tables.note(signed_in);
        }
        tables.codes.insert(code.hash.clone(), Issued { code: code.clone(), redeemed: false });
        Ok(Issuance::Issued)
    }

    async fn find(&self, hash: &TokenHash) -> Result<Option<AuthorizationCode>, Fault> {
        Ok(self.tables().codes.get(hash).map(|issued| issued.code.clone()))
    }

    async fn redeem(&self, hash: &TokenHash, issues: &FirstTokens, now: Timestamp) -> Result<Redemption, Fault> {
        let mut tables = self.tables();
        let Some(issued) = tables.codes.get(hash) else { return Ok(Redemption::Unknown) };
        let family = issued.code.family.clone();
        if issued.redeemed {
            tables.revoke(now, |other| other.id == family);
            return Ok(Redemption::Reused);
        }
        if issues.family.id != family {
            return Err(Fault::new("store.codes", "a code issues the family it was issued with and no other"));
        }
        tables.store(issues.refresh_token.as_ref(), issues.opaque.as_ref())?;
        tables.families.insert(family, issues.family.clone());
        if let Some(issued) = tables.codes.get_mut(hash) {
            issued.redeemed = true;
        }
        Ok(Redemption::Redeemed)
    }
}

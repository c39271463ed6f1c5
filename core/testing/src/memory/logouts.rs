//! Clients of sessions in memory.

use super::{Memory, Tables};
use async_trait::async_trait;
use gatewright_domain::clock::Timestamp;
use gatewright_domain::code::Issuance;
use gatewright_domain::fault::Fault;
use gatewright_domain::identifiers::SessionId;
use gatewright_domain::logout::{DueLogout, LogoutPaces, SignedIn};
use gatewright_domain::store::{LOGOUTS_CLAIMED_MAX, LogoutStore};
use gatewright_protocol::client_id::ClientId;

/// A client of a session.
pub(super) struct Noted {
    pub(super) of: SignedIn,
    /// None while the session lives.
    next_try_at: Option<Timestamp>,
    tries: u32,
}

#[async_trait]
impl LogoutStore for Memory {
    async fn note(&self, of: &SignedIn, now: Timestamp) -> Result<Issuance, Fault> {
        let mut tables = self.tables();
        if !tables.sessions.values().any(|session| session.id == of.session && now < session.expires_at) {
            return Ok(Issuance::SessionEnded);
        }
        tables.note(of);
        Ok(Issuance::Issued)
    }

    async fn claim_due(&self, now: Timestamp, paces: LogoutPaces) -> Result<Vec<DueLogout>, Fault> {
        let mut tables = self.tables();
        let mut due: Vec<&mut Noted> =
            tables.signed_in.values_mut().filter(|noted| noted.next_try_at.is_some_and(|at| at <= now)).collect();
        due.sort_by_key(|noted| noted.next_try_at);
        let claim = |noted: &mut Noted| {
            noted.tries += 1;
            noted.next_try_at = Some(now.plus(paces.after(noted.tries)));
            DueLogout { of: noted.of.clone(), tries: noted.tries }
        };
        Ok(due.into_iter().take(LOGOUTS_CLAIMED_MAX).map(claim).collect())
    }

    async fn settle(&self, session: &SessionId, client: &ClientId) -> Result<bool, Fault> {
        Ok(self.tables().signed_in.remove(&(session.clone(), client.clone())).is_some())
    }
}

impl Tables {
    /// Notes a client that is not noted yet.
    pub(super) fn note(&mut self, of: &SignedIn) {
        let noted = || Noted { of: of.clone(), next_try_at: None, tries: 0 };
        self.signed_in.entry((of.session.clone(), of.client_id.clone())).or_insert_with(noted);
    }

    /// Makes clients of sessions that lived until now due; answers which.
    pub(super) fn fall_due(&mut self, now: Timestamp, which: impl Fn(&SignedIn) -> bool) -> Vec<SignedIn> {
        let living = self.signed_in.values_mut().filter(|noted| noted.next_try_at.is_none() && which(&noted.of));
        let due = living.map(|noted| {
            noted.next_try_at = Some(now);
            noted.of.clone()
        });
        due.collect()
    }

    /// Forgets clients of sessions that expired.
    pub(super) fn forget_expired(&mut self) {
        let Self { signed_in, sessions, .. } = self;
        signed_in
            .retain(|(id, _), noted| noted.next_try_at.is_some() || sessions.values().any(|session| &session.id == id));
    }
}

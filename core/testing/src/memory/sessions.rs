//! Sessions in memory.

use super::Memory;
use async_trait::async_trait;
use gatewright_domain::fault::Fault;
use gatewright_domain::identifiers::SessionId;
use gatewright_domain::session::Session;
use gatewright_domain::store::SessionStore;
use gatewright_domain::token_hash::TokenHash;

#[async_trait]
impl SessionStore for Memory {
    async fn find(&self, cookie: &TokenHash) -> Result<Option<Session>, Fault> {
        Ok(self.tables().sessions.get(cookie).cloned())
    }

    async fn begin(&self, session: &Session, replaces: Option<&TokenHash>) -> Result<(), Fault> {
        let mut tables = self.tables();
        let stays = |other: &&Session| Some(&other.cookie) != replaces;
        let taken = tables
            .sessions
            .values()
            .filter(stays)
            .any(|other| other.cookie == session.cookie || other.id == session.id);
        if taken {
            return Err(Fault::new("store.sessions", "the session is there already"));
        }
        if let Some(replaced) = replaces {
            tables.sessions.remove(replaced);
        }
        tables.sessions.insert(session.cookie.clone(), session.clone());
        Ok(())
    }

    async fn end(&self, id: &SessionId) -> Result<Option<Session>, Fault> {
        let mut tables = self.tables();
        let cookie = tables.sessions.values().find(|session| &session.id == id).map(|session| session.cookie.clone());
        Ok(cookie.and_then(|cookie| tables.sessions.remove(&cookie)))
    }
}

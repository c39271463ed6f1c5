//! Sessions in memory.

use super::Memory;
use async_trait::async_trait;
use gatewright_domain::clock::Timestamp;
use gatewright_domain::fault::Fault;
use gatewright_domain::identifiers::{SessionId, Subject};
use gatewright_domain::logout::EndedSession;
use gatewright_domain::session::Session;
use gatewright_domain::store::{LISTED_MAX, SessionStore};
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
            let replaced = tables.sessions.remove(replaced).filter(|replaced| replaced.id != session.id);
            if let Some(replaced) = replaced {
                tables.fall_due(self.clock.now(), |of| of.session == replaced.id);
            }
        }
        tables.sessions.insert(session.cookie.clone(), session.clone());
        Ok(())
    }

    async fn list(&self, subject: &Subject, now: Timestamp) -> Result<Vec<Session>, Fault> {
        let tables = self.tables();
        let of = |session: &&Session| &session.subject == subject && now < session.expires_at;
        let mut sessions: Vec<Session> = tables.sessions.values().filter(of).cloned().collect();
        sessions.sort_by(|one, other| (other.auth_time, &one.id).cmp(&(one.auth_time, &other.id)));
        sessions.truncate(LISTED_MAX);
        Ok(sessions)
    }

    async fn end(&self, id: &SessionId) -> Result<Option<EndedSession>, Fault> {
        let mut tables = self.tables();
        let cookie = tables.sessions.values().find(|session| &session.id == id).map(|session| session.cookie.clone());
        let Some(session) = cookie.and_then(|cookie| tables.sessions.remove(&cookie)) else { return Ok(None) };
        let clients = tables.fall_due(self.clock.now(), |of| &of.session == id);
        Ok(Some(EndedSession { session, clients }))
    }
}

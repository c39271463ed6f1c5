//! What an end-user ends from the account page: sessions, and what clients may do. To end something needs no more than to
//! be signed in: whoever found a stranger's session should not have to look for a key first.

use super::door::{AccountForm, Change};
use crate::Engine;
use crate::error::WalkError;
use crate::logout::LogoutFrame;
use gatewright_domain::security_event::SecurityEventKind;
use gatewright_protocol::client_id::ClientId;

/// Which session was ended.
#[derive(Debug, Clone, PartialEq)]
pub enum EndedOwn {
    /// This browser's, which is to load these pages of clients.
    Here(Vec<LogoutFrame>),
    /// That of another browser.
    Elsewhere,
}

impl Engine {
    /// Ends a session of the end-user with what began in it, as logout does.
    ///
    /// # Errors
    /// A direct error for a form of another page, or a fault.
    pub async fn end_own_session(&self, form: AccountForm<'_>, id: &str) -> Result<Change<EndedOwn>, WalkError> {
        let Some(visit) = self.form_visit(&form).await? else { return Ok(Change::SignInNeeded) };
        let sessions = self.world.stores.sessions.list(&visit.user.subject, self.now()).await?;
        let Some(session) = sessions.into_iter().find(|session| session.id.as_str() == id) else {
            return Ok(Change::Gone);
        };
        let Some(ended) = self.end(&session.id).await? else { return Ok(Change::Gone) };
        let kind = SecurityEventKind::SessionEnded { user_agent: ended.session.user_agent };
        self.note(&visit.user.subject, form.browser, kind).await?;
        if session.id != visit.session.id {
            return Ok(Change::Done(EndedOwn::Elsewhere));
        }
        Ok(Change::Done(EndedOwn::Here(self.logout_frames(&ended.clients).await?)))
    }

    /// Withdraws what the end-user allowed a client and revokes all it has on their behalf, `offline_access` or not.
    ///
    /// # Errors
    /// A direct error for a form of another page, or a fault.
    pub async fn disconnect(&self, form: AccountForm<'_>, client: &str) -> Result<Change, WalkError> {
        let Some(visit) = self.form_visit(&form).await? else { return Ok(Change::SignInNeeded) };
        let Ok(client) = ClientId::try_from(client) else { return Ok(Change::Gone) };
        let withdrawn = self.world.stores.consents.withdraw(&visit.user.subject, &client, self.now()).await?;
        if !withdrawn {
            return Ok(Change::Gone);
        }
        let known = self.world.stores.clients.find(&client).await?;
        let name = known.map_or_else(|| client.to_string(), |client| client.display_name().to_owned());
        self.note(&visit.user.subject, form.browser, SecurityEventKind::ClientDisconnected { name }).await?;
        Ok(Change::Done(()))
    }
}

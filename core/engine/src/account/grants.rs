//! What an end-user ends from the account page: sessions, and what clients may do. To end something needs no more than to
//! be signed in: whoever found a stranger's session should not have to look for a key first.

use super::door::{AccountForm, Change};
use crate::Engine;
use crate::error::WalkError;
use gatewright_domain::security_event::SecurityEventKind;
use gatewright_protocol::client_id::ClientId;

impl Engine {
    /// Ends a session of the end-user with what began in it, as logout does. `Done(true)`: it was this browser's own.
    ///
    /// # Errors
    /// A direct error for a form of another page, or a fault.
    pub async fn end_own_session(&self, form: AccountForm<'_>, id: &str) -> Result<Change<bool>, WalkError> {
        let Some(visit) = self.form_visit(&form).await? else { return Ok(Change::SignInNeeded) };
        let sessions = self.world.stores.sessions.list(&visit.user.subject, self.now()).await?;
        let Some(session) = sessions.into_iter().find(|session| session.id.as_str() == id) else {
            return Ok(Change::Gone);
        };
        let ended = self.world.stores.sessions.end(&session.id).await?;
        self.world.stores.tokens.revoke_session(&session.id, self.now()).await?;
        let Some(ended) = ended else { return Ok(Change::Gone) };
        let kind = SecurityEventKind::SessionEnded { user_agent: ended.user_agent };
        self.note(&visit.user.subject, form.browser, kind).await?;
        Ok(Change::Done(session.id == visit.session.id))
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

//! What belongs to an account: factors, sessions, grants.

use super::Local;
use crate::operations::account::{FactorDocument, GrantDocument, SessionDocument};
use crate::operations::page::{Page, PageRequest};
use crate::operations::{AccountOperations, Outcome, ProblemKind};
use async_trait::async_trait;
use gatewright_domain::consent::Consent;
use gatewright_domain::identifiers::{FactorId, Subject};
use gatewright_domain::security_event::SecurityEventKind;
use gatewright_protocol::client_id::ClientId;
use serde_json::json;

#[async_trait]
impl AccountOperations for Local {
    async fn factors(&self, subject: &str) -> Outcome<Vec<FactorDocument>> {
        let user = self.stored_user(subject).await?;
        Ok(self.stores.factors.list(&user.subject).await?.iter().map(Into::into).collect())
    }

    async fn remove_factor(&self, subject: &str, id: &str) -> Outcome<()> {
        let user = self.stored_user(subject).await?;
        let missing = || ProblemKind::NoFactor.says(format!("the end-user has no factor {id}"));
        let known = FactorId::parse(id).map_err(|_| missing())?;
        let listed = self.stores.factors.list(&user.subject).await?;
        let factor = listed.into_iter().find(|factor| factor.id == known).ok_or_else(missing)?;
        if !self.stores.factors.remove(&user.subject, &factor.id).await? {
            return Err(missing().into());
        }
        self.audit("factor.remove", subject, json!({ "factor": id })).await?;
        let (kind, label) = (factor.kind, factor.label);
        self.note(&user.subject, SecurityEventKind::FactorRemoved { kind, label }).await
    }

    async fn sessions(&self, subject: &str) -> Outcome<Vec<SessionDocument>> {
        let user = self.stored_user(subject).await?;
        Ok(self.stores.sessions.list(&user.subject, self.now()).await?.iter().map(Into::into).collect())
    }

    async fn end_session(&self, subject: &str, id: &str) -> Outcome<()> {
        let user = self.stored_user(subject).await?;
        let missing = || ProblemKind::NoSession.says(format!("the end-user has no session {id}"));
        let sessions = self.stores.sessions.list(&user.subject, self.now()).await?;
        let session = sessions.into_iter().find(|session| session.id.as_str() == id).ok_or_else(missing)?;
        let ended = self.stores.sessions.end(&session.id).await?;
        self.stores.tokens.revoke_session(&session.id, self.now()).await?;
        let user_agent = ended.ok_or_else(missing)?.session.user_agent;
        self.audit("session.end", subject, json!({ "session": session.id })).await?;
        self.note(&user.subject, SecurityEventKind::SessionEnded { user_agent }).await
    }

    async fn user_grants(&self, subject: &str) -> Outcome<Vec<GrantDocument>> {
        let user = self.stored_user(subject).await?;
        let consents = self.stores.consents.list(&user.subject, self.now()).await?;
        let mut grants: Vec<GrantDocument> = consents.iter().map(Into::into).collect();
        for family in self.stores.tokens.latest_families(&user.subject, self.now()).await? {
            GrantDocument::note(&mut grants, &family);
        }
        Ok(grants)
    }

    async fn client_grants(&self, client: &str, page: &PageRequest) -> Outcome<Page<GrantDocument>> {
        let missing = || ProblemKind::NoClient.says(format!("there is no client {client}"));
        let id = ClientId::try_from(client).map_err(|_| missing())?;
        if self.stores.clients.find(&id).await?.is_none() {
            return Err(missing().into());
        }
        let after = match page.after.as_deref().map(Subject::parse) {
            None => None,
            Some(Ok(subject)) => Some(subject),
            Some(Err(_)) => return ProblemKind::BadRequest.refuse("cursor is not the `next` of a page of grants"),
        };
        let consents = &self.stores.consents;
        let listed = consents.list_of_client(&id, after.as_ref(), page.and_one(), self.now()).await?;
        Ok(page.of(listed, |consent| consent.subject.to_string(), |consent: &Consent| consent.into()))
    }

    async fn revoke_grant(&self, subject: &str, client: &str) -> Outcome<()> {
        let user = self.stored_user(subject).await?;
        let missing = || ProblemKind::NoGrant.says(format!("the end-user has granted {client} nothing"));
        let id = ClientId::try_from(client).map_err(|_| missing())?;
        if !self.stores.consents.withdraw(&user.subject, &id, self.now()).await? {
            return Err(missing().into());
        }
        self.audit("grant.revoke", subject, json!({ "client": id })).await?;
        let known = self.stores.clients.find(&id).await?;
        let name = known.map_or_else(|| id.to_string(), |client| client.display_name().to_owned());
        self.note(&user.subject, SecurityEventKind::ClientDisconnected { name }).await
    }
}

//! What an end-user sees of their account.

use super::door::Visit;
use crate::Engine;
use crate::browser::Browser;
use gatewright_domain::capabilities::CallFailed;
use gatewright_domain::client::Client;
use gatewright_domain::clock::Timestamp;
use gatewright_domain::factor::{FactorView, RECOVERY};
use gatewright_domain::fault::Fault;
use gatewright_domain::identifiers::{FactorKind, SessionId, Subject};
use gatewright_domain::security_event::SecurityEvent;
use gatewright_domain::session::Session;
use gatewright_domain::user::UserView;
use gatewright_protocol::acr::Acr;
use gatewright_protocol::client_id::ClientId;
use gatewright_protocol::scope::Scope;
use std::collections::BTreeMap;
use std::net::IpAddr;
use std::sync::Arc;

/// The account, at one moment.
#[derive(Debug, Clone)]
pub struct Overview {
    /// Whose.
    pub user: UserView,
    /// What a form of the page brings back.
    pub token: String,
    /// What the end-user signs in with beside a password, oldest first; without recovery codes.
    pub factors: Vec<FactorView>,
    /// What more can be enrolled.
    pub enrollable: Vec<Enrollable>,
    /// How many recovery codes are left; none where the server keeps none.
    pub recovery: Option<usize>,
    /// Where the end-user is signed in, the latest first.
    pub sessions: Vec<SessionLine>,
    /// Who acts on the end-user's behalf or may, by client identifier.
    pub clients: Vec<Connected>,
    /// What happened to the account of late, the newest first.
    pub events: Vec<SecurityEvent>,
}

/// A method whose factor can be enrolled on the page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Enrollable {
    /// The method's ACR.
    pub acr: Acr,
    /// The kind of factor it asks for.
    pub kind: FactorKind,
    /// Whether the end-user has one.
    pub enrolled: bool,
}

/// A session of the end-user.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SessionLine {
    /// Its public name.
    pub id: SessionId,
    /// Whether it is that of the browser that asks.
    pub is_this: bool,
    /// When the end-user last authenticated in it.
    pub auth_time: Timestamp,
    /// When it began.
    pub created_at: Timestamp,
    /// Where its browser was then.
    pub address: Option<IpAddr>,
    /// What its browser said it is.
    pub user_agent: Option<String>,
}

/// A client that acts on the end-user's behalf, or may without asking again.
#[derive(Debug, Clone)]
pub struct Connected {
    /// The client.
    pub client: Arc<Client>,
    /// What it was allowed, and what it was granted last.
    pub scope: Scope,
    /// When the end-user last allowed it anything, where that is remembered.
    pub allowed_at: Option<Timestamp>,
    /// When its latest tokens that live were first issued, where it has some.
    pub signed_in_at: Option<Timestamp>,
    /// Where signing in begins at it (OpenID Connect Core 4), where it registered that.
    pub begin: Option<String>,
}

impl Engine {
    /// The account of whoever is signed in with this browser; none where nobody is.
    ///
    /// # Errors
    /// A fault of the stores.
    pub async fn overview(&self, browser: &Browser) -> Result<Option<Overview>, Fault> {
        let Some(Visit { session, user }) = self.account_visit(browser).await? else { return Ok(None) };
        let subject = &user.subject;
        let factors = self.world.stores.factors.list(subject).await?;
        let (recovery, factors): (Vec<_>, Vec<_>) =
            factors.iter().map(FactorView::from).partition(|factor| factor.kind.as_str() == RECOVERY);
        drop(recovery);
        Ok(Some(Overview {
            token: self.account_token(&session),
            enrollable: self.enrollable(&factors),
            recovery: self.recovery_left(subject).await?,
            sessions: self.sessions_of(subject, &session).await?,
            clients: self.clients_of(subject).await?,
            events: self.events_of(subject).await?,
            user: UserView::from(&user),
            factors,
        }))
    }

    fn enrollable(&self, factors: &[FactorView]) -> Vec<Enrollable> {
        let policy = self.world.policies.live();
        let offered = policy.acrs().iter().filter_map(|method| {
            let kind = method.enrollable()?.clone();
            let enrolled = factors.iter().any(|factor| factor.kind == kind);
            Some(Enrollable { acr: method.acr.clone(), kind, enrolled })
        });
        offered.collect()
    }

    async fn recovery_left(&self, subject: &Subject) -> Result<Option<usize>, Fault> {
        match self.world.recovery.remaining(subject).await {
            Ok(left) => Ok(Some(left)),
            Err(CallFailed::Capability(_)) => Ok(None),
            Err(CallFailed::Fault(fault)) => Err(fault),
        }
    }

    async fn sessions_of(&self, subject: &Subject, this: &Session) -> Result<Vec<SessionLine>, Fault> {
        let sessions = self.world.stores.sessions.list(subject, self.now()).await?;
        let line = |session: Session| SessionLine {
            is_this: session.id == this.id,
            id: session.id,
            auth_time: session.auth_time,
            created_at: session.created_at,
            address: session.address,
            user_agent: session.user_agent,
        };
        Ok(sessions.into_iter().map(line).collect())
    }

    async fn clients_of(&self, subject: &Subject) -> Result<Vec<Connected>, Fault> {
        let now = self.now();
        let mut parts: BTreeMap<ClientId, (Scope, Option<Timestamp>, Option<Timestamp>)> = BTreeMap::new();
        for consent in self.world.stores.consents.list(subject, now).await? {
            parts.insert(consent.client_id, (consent.scope, Some(consent.granted_at), None));
        }
        for family in self.world.stores.tokens.latest_families(subject, now).await? {
            let (scope, _, signed_in_at) = parts.entry(family.client_id).or_insert((Scope::empty(), None, None));
            *scope = scope.union(&family.scope);
            *signed_in_at = Some(family.created_at);
        }
        let mut connected = Vec::new();
        for (id, (scope, allowed_at, signed_in_at)) in parts {
            // One that was removed meanwhile has nothing left.
            if let Some(client) = self.world.stores.clients.find(&id).await? {
                let begin = client.initiate_login_uri(self.settings.issuer.as_str());
                connected.push(Connected { client, scope, allowed_at, signed_in_at, begin });
            }
        }
        Ok(connected)
    }
}

//! Clients that are told of a session's end by a logout token (Back-Channel Logout 1.0).
//!
//! The queue is in the database: what ended a session made its clients due in the same transaction. Whoever serves the
//! queue takes what is due and tells each client apart from the others, so that one that is down holds up nobody.

use crate::Engine;
use gatewright_domain::audit::{Actor, AuditEntry, AuditOutcome};
use gatewright_domain::client::Client;
use gatewright_domain::entropy::random_text;
use gatewright_domain::fault::Fault;
use gatewright_domain::identifiers::{AuditId, EventId};
use gatewright_domain::logout::{DueLogout, SignedIn};
use gatewright_domain::security_event::{SecurityEvent, SecurityEventKind};
use gatewright_domain::signing::TokenType;
use serde_json::{Map, Value, json};

/// How long a logout token is good for, in seconds (Back-Channel Logout 1.0, 4: two minutes at most). Each try has its own.
pub const LOGOUT_TOKEN_S: u64 = 120;
/// The event that a logout token speaks of (Back-Channel Logout 1.0, 2.4).
pub const LOGOUT_EVENT: &str = "http://schemas.openid.net/event/backchannel-logout";

/// What a try led to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Telling {
    /// The client knows.
    Told,
    /// The client has no such address, or is gone.
    Unwanted,
    /// It does not; the next try is due by itself.
    Again {
        /// Why.
        why: String,
    },
    /// It does not, and is not told any more.
    GivenUp {
        /// Why.
        why: String,
    },
}

impl Engine {
    /// Takes the clients that are to be told now; see [`LogoutStore`](gatewright_domain::store::LogoutStore).
    ///
    /// # Errors
    /// A fault of the stores.
    pub async fn due_logouts(&self) -> Result<Vec<DueLogout>, Fault> {
        self.world.stores.logouts.claim_due(self.now(), self.settings.logout.paces).await
    }

    /// Tells a client. That it knows, or that it is given up, is written into the audit log; the latter into the end-user's
    /// events too, for they may still be signed in there.
    ///
    /// # Errors
    /// A fault of the stores.
    pub async fn tell_of_logout(&self, due: &DueLogout) -> Result<Telling, Fault> {
        let DueLogout { of, tries } = due;
        let client = self.world.stores.clients.find(&of.client_id).await?;
        let address = client.as_ref().and_then(|client| client.logout.backchannel_logout_uri.clone());
        let (Some(client), Some(address)) = (client, address) else {
            self.world.stores.logouts.settle(&of.session, &of.client_id).await?;
            return Ok(Telling::Unwanted);
        };
        let telling = match self.try_to_tell(&client, &address, of).await {
            Ok(()) => Telling::Told,
            Err(why) if *tries >= self.settings.logout.tries => Telling::GivenUp { why },
            Err(why) => return Ok(Telling::Again { why }),
        };
        if let Telling::GivenUp { why } = &telling {
            self.audit_telling(due, AuditOutcome::Failed, Some(why)).await?;
            self.note_untold(&client, of).await?;
        } else {
            self.audit_telling(due, AuditOutcome::Done, None).await?;
        }
        // Last: whoever dies before tells and audits once more, and never not at all.
        self.world.stores.logouts.settle(&of.session, &of.client_id).await?;
        Ok(telling)
    }

    async fn try_to_tell(&self, client: &Client, address: &str, of: &SignedIn) -> Result<(), String> {
        let claims = self.logout_claims(of);
        let signed = self.world.signer.sign(client.tokens.id_token_algorithm, TokenType::Logout, &claims);
        let token = signed.map_err(|fault| {
            tracing::error!(client.id = %client.id, %fault, "a logout token could not be signed");
            "the logout token could not be signed".to_owned()
        })?;
        let posted = self.world.back_channel.post_logout_token(address, &token).await;
        posted.map_err(|why| why.to_string())
    }

    /// Back-Channel Logout 1.0, 2.4. There is no `nonce`, so that nobody takes it for an ID token.
    fn logout_claims(&self, of: &SignedIn) -> Map<String, Value> {
        let now = self.now();
        let claims = json!({
            "iss": self.settings.issuer.as_str(),
            "aud": of.client_id.as_str(),
            "iat": now.0,
            "exp": now.plus(LOGOUT_TOKEN_S).0,
            "jti": random_text::<16>(self.world.entropy.as_ref()),
            "events": { LOGOUT_EVENT: {} },
            "sub": of.sub,
            "sid": of.session.as_str(),
        });
        match claims {
            Value::Object(claims) => claims,
            _ => Map::new(),
        }
    }

    async fn audit_telling(&self, due: &DueLogout, outcome: AuditOutcome, why: Option<&str>) -> Result<(), Fault> {
        let mut detail = Map::new();
        detail.insert("session".to_owned(), due.of.session.as_str().into());
        detail.insert("subject".to_owned(), due.of.subject.as_str().into());
        detail.insert("tries".to_owned(), due.tries.into());
        if let Some(why) = why {
            detail.insert("why".to_owned(), why.into());
        }
        let entry = AuditEntry {
            id: AuditId::draw(self.world.entropy.as_ref()),
            at_ms: self.world.clock.now_ms(),
            actor: Actor::Server,
            action: "logout.tell".to_owned(),
            target: due.of.client_id.to_string(),
            outcome,
            detail,
            correlation: None,
        };
        self.world.stores.audit.append(&entry).await
    }

    /// Tells the end-user, where there still is one.
    async fn note_untold(&self, client: &Client, of: &SignedIn) -> Result<(), Fault> {
        if self.world.stores.users.find(&of.subject).await?.is_none() {
            return Ok(());
        }
        let event = SecurityEvent {
            id: EventId::draw(self.world.entropy.as_ref()),
            subject: of.subject.clone(),
            at: self.now(),
            address: None,
            kind: SecurityEventKind::ClientNotToldOfLogout { name: client.display_name().to_owned() },
        };
        self.world.stores.security_events.record(&event).await
    }
}

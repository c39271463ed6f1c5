//! What belongs to an end-user's account, as operators see it: factors, sessions, grants.

use gatewright_domain::clock::Timestamp;
use gatewright_domain::consent::Consent;
use gatewright_domain::factor::Factor;
use gatewright_domain::family::TokenFamily;
use gatewright_domain::identifiers::{BundleDigest, FactorId, FactorKind, SessionId, Subject};
use gatewright_domain::session::Session;
use gatewright_protocol::acr::Acr;
use gatewright_protocol::amr::Amr;
use gatewright_protocol::client_id::ClientId;
use gatewright_protocol::scope::Scope;
use serde::{Deserialize, Serialize};
use std::net::IpAddr;

/// A factor, without what it stores.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FactorDocument {
    /// Its name for life.
    pub id: FactorId,
    /// What kind.
    pub kind: FactorKind,
    /// What the end-user calls it.
    pub label: String,
    /// When it was enrolled.
    pub created_at: Timestamp,
    /// When it was last used.
    pub used_at: Option<Timestamp>,
}

impl From<&Factor> for FactorDocument {
    fn from(factor: &Factor) -> Self {
        let Factor { id, kind, label, created_at, used_at, .. } = factor.clone();
        Self { id, kind, label, created_at, used_at }
    }
}

/// A session, without its cookie's hash.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SessionDocument {
    /// Its public name (`sid`).
    pub id: SessionId,
    /// Who is signed in.
    pub subject: Subject,
    /// The ACR reached.
    pub acr: Acr,
    /// The methods used.
    pub amr: Vec<Amr>,
    /// When the end-user last authenticated.
    pub auth_time: Timestamp,
    /// When it began.
    pub created_at: Timestamp,
    /// When it ends.
    pub expires_at: Timestamp,
    /// The policy that decided it.
    pub bundle: BundleDigest,
    /// Where the browser was.
    pub address: Option<IpAddr>,
    /// What the browser said it is.
    pub user_agent: Option<String>,
}

impl From<&Session> for SessionDocument {
    fn from(session: &Session) -> Self {
        let session = session.clone();
        Self {
            id: session.id,
            subject: session.subject,
            acr: session.acr,
            amr: session.amr,
            auth_time: session.auth_time,
            created_at: session.created_at,
            expires_at: session.expires_at,
            bundle: session.bundle,
            address: session.address,
            user_agent: session.user_agent,
        }
    }
}

/// What an end-user granted a client: a remembered consent, living tokens, or both.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct GrantDocument {
    /// Who.
    pub subject: Subject,
    /// Whom.
    pub client_id: ClientId,
    /// What is remembered of consent; none where a first party has tokens without being asked for any.
    pub consented_scope: Option<Scope>,
    /// When consent was last given or widened.
    pub consented_at: Option<Timestamp>,
    /// What the tokens issued last are good for; none where there are none, or where the list is a client's.
    pub token_scope: Option<Scope>,
    /// Since when.
    pub tokens_since: Option<Timestamp>,
}

impl From<&Consent> for GrantDocument {
    fn from(consent: &Consent) -> Self {
        Self {
            subject: consent.subject.clone(),
            client_id: consent.client_id.clone(),
            consented_scope: Some(consent.scope.clone()),
            consented_at: Some(consent.granted_at),
            token_scope: None,
            tokens_since: None,
        }
    }
}

impl GrantDocument {
    /// Notes the client's living tokens in what is told of the end-user's grants.
    pub(super) fn note(grants: &mut Vec<Self>, family: &TokenFamily) {
        let place = grants.iter_mut().find(|grant| grant.client_id == family.client_id);
        let (scope, since) = (Some(family.scope.clone()), Some(family.created_at));
        match place {
            Some(grant) => (grant.token_scope, grant.tokens_since) = (scope, since),
            None => grants.push(Self {
                subject: family.authentication.subject.clone(),
                client_id: family.client_id.clone(),
                consented_scope: None,
                consented_at: None,
                token_scope: scope,
                tokens_since: since,
            }),
        }
    }
}

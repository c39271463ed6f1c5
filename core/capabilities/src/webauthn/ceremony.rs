//! A ceremony between two requests: kept where every node finds it, for its time, and taken once.

use gatewright_domain::capabilities::kv::{KeyValue, KvCall};
use gatewright_domain::capabilities::webauthn::CEREMONY_S;
use gatewright_domain::clock::Clock;
use gatewright_domain::entropy::{Entropy, random_text};
use gatewright_domain::fault::Fault;
use gatewright_domain::identifiers::Subject;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::sync::Arc;
use webauthn_rs_core::proto::{
    AuthenticationState, CreationChallengeResponse, RegistrationState, RequestChallengeResponse,
};

/// Where ceremonies are kept: a name that no binding can have.
const NAMESPACE: &str = "server/webauthn";
const PLACE: &str = "webauthn.ceremony";

/// A ceremony that was begun. The lists of passkeys are in none of it: they are put into the options when those are
/// shown, so that what is kept is small however many there are.
#[derive(Debug, Serialize, Deserialize)]
#[serde(tag = "ceremony", rename_all = "snake_case")]
pub(super) enum Ceremony {
    /// To register a passkey.
    Registration {
        /// Whose.
        subject: Subject,
        /// What the browser is given.
        options: CreationChallengeResponse,
        /// What its answer is held against.
        state: RegistrationState,
    },
    /// To sign with one.
    Authentication {
        /// Of this end-user; none: of whoever has one.
        subject: Option<Subject>,
        /// What the browser is given.
        options: RequestChallengeResponse,
        /// What its answer is held against.
        state: AuthenticationState,
    },
}

/// Ceremonies over the store of small values.
pub(super) struct Ceremonies {
    pub(super) kv: Arc<dyn KeyValue>,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) entropy: Arc<dyn Entropy>,
}

impl Ceremonies {
    /// Keeps a ceremony; answers its name.
    pub(super) async fn begin(&self, ceremony: &Ceremony) -> Result<String, Fault> {
        let name = random_text::<16>(self.entropy.as_ref());
        let value = serde_json::to_value(ceremony).map_err(|error| Fault::caused(PLACE, error))?;
        self.call(KvCall::Put { key: begun(&name), value, ttl_s: CEREMONY_S }).await?;
        Ok(name)
    }

    /// The ceremony of that name; none where it ended or was taken.
    pub(super) async fn find(&self, name: &str) -> Result<Option<Ceremony>, Fault> {
        match self.call(KvCall::Get { key: begun(name) }).await? {
            Value::Null => Ok(None),
            value => serde_json::from_value(value).map(Some).map_err(|error| Fault::caused(PLACE, error)),
        }
    }

    /// Takes a ceremony. Of all who try, on whichever node, one gets it: the sum of an addition is 1 once, and the
    /// number lives longer than what it counts.
    pub(super) async fn take(&self, name: &str) -> Result<Option<Ceremony>, Fault> {
        let Some(ceremony) = self.find(name).await? else { return Ok(None) };
        let taken = self.call(KvCall::Add { key: format!("taken/{name}"), by: 1, ttl_s: CEREMONY_S }).await?;
        self.call(KvCall::Delete { key: begun(name) }).await?;
        Ok((taken == 1).then_some(ceremony))
    }

    async fn call(&self, call: KvCall) -> Result<Value, Fault> {
        self.kv.call(NAMESPACE, &call, self.clock.now()).await
    }
}

fn begun(name: &str) -> String {
    format!("begun/{name}")
}

//! Operations over the database of this configuration: in a running server, or in a command beside one.

mod accounts;
mod clients;
mod keys;
mod policies;
mod records;
mod replay;
mod trials;
mod users;

use super::OperationError;
use crate::assembly::{Assembly, AssemblyError, Post, guess_limit, open_pages};
use crate::configuration::Configuration;
use gatewright_capabilities::{Argon2Hasher, HashCost, OsEntropy, StoredGuessLimit};
use gatewright_domain::audit::{AUDIT_NAME_CHARS_MAX, Actor, AuditEntry, AuditOutcome};
use gatewright_domain::clock::{Clock, Timestamp};
use gatewright_domain::identifiers::{AuditId, EventId, Subject};
use gatewright_domain::password::PasswordHasher;
use gatewright_domain::security_event::{SecurityEvent, SecurityEventKind};
use gatewright_domain::store::Stores;
use gatewright_engine::Engine;
use gatewright_policy::Runtimes;
use gatewright_policy::activation::{Activations, Operations as Life};
use gatewright_signing::{Keyring, MasterSealer};
use serde_json::{Map, Value};
use std::sync::{Arc, OnceLock};
use tokio::sync::OnceCell;

/// The parts of a whole server that some operations need.
#[derive(Clone)]
pub struct ServerParts {
    /// Rules of registration.
    pub engine: Arc<Engine>,
    /// Signing keys.
    pub keyring: Arc<Keyring>,
    /// New passwords.
    pub passwords: Arc<dyn PasswordHasher>,
    /// What compiles policies.
    pub runtimes: Runtimes,
}

/// Operations over the database.
pub struct Local {
    configuration: Configuration,
    stores: Stores,
    /// In a running server.
    is_within: bool,
    /// Who does it, where the audit log is written here; the admin API writes it by itself.
    actor: Option<Actor>,
    clock: Arc<dyn Clock>,
    /// Opened when an operation first needs it: a command that lists end-users compiles no policy.
    server: OnceCell<ServerParts>,
    passwords: OnceCell<Arc<dyn PasswordHasher>>,
    guesses: OnceCell<Arc<StoredGuessLimit>>,
    life: OnceLock<Life>,
}

impl Local {
    /// Operations over these stores, which are those of `configuration`.
    pub fn new(configuration: Configuration, stores: Stores, clock: Arc<dyn Clock>) -> Self {
        Self {
            configuration,
            stores,
            is_within: false,
            actor: None,
            clock,
            server: OnceCell::new(),
            passwords: OnceCell::new(),
            guesses: OnceCell::new(),
            life: OnceLock::new(),
        }
    }

    /// The same in a running server, with what it has opened already.
    #[must_use]
    pub fn within(self, parts: ServerParts) -> Self {
        let passwords = OnceCell::new_with(Some(parts.passwords.clone()));
        let life = OnceLock::from(self.life_on(parts.runtimes.clone()));
        Self { is_within: true, server: OnceCell::new_with(Some(parts)), passwords, life, ..self }
    }

    /// The same in a command that `operator` runs: what is done is written into the audit log.
    #[must_use]
    pub fn run_by(self, operator: String) -> Self {
        Self { actor: Some(Actor::Operator(operator)), ..self }
    }

    /// What is done with bundles, compiled by these.
    fn life_on(&self, runtimes: Runtimes) -> Life {
        Life {
            activations: Activations { store: self.stores.activations.clone(), clock: self.clock.clone() },
            bundles: self.stores.bundles.clone(),
            runtimes,
            two_persons: self.configuration.policy.two_persons,
        }
    }

    /// Writes into the audit log what an operator did; it is done already.
    async fn audit(&self, action: &str, target: &str, detail: Value) -> Result<(), OperationError> {
        self.audit_as(self.actor.clone(), action, target, detail).await
    }

    async fn audit_as(
        &self,
        actor: Option<Actor>,
        action: &str,
        target: &str,
        detail: Value,
    ) -> Result<(), OperationError> {
        let Some(actor) = actor else { return Ok(()) };
        let entry = AuditEntry {
            id: AuditId::draw(&OsEntropy),
            at_ms: self.clock.now_ms(),
            actor,
            action: action.to_owned(),
            target: target.chars().take(AUDIT_NAME_CHARS_MAX).collect(),
            outcome: AuditOutcome::Done,
            detail: match detail {
                Value::Object(detail) => detail,
                _ => Map::new(),
            },
            correlation: None,
        };
        Ok(self.stores.audit.append(&entry).await?)
    }

    /// Writes down for the end-user what the operator did to their account, and tells them by mail where the server sends
    /// any. In a running server the stores do that by themselves.
    async fn note(&self, subject: &Subject, kind: SecurityEventKind) -> Result<(), OperationError> {
        let (id, subject, at) = (EventId::draw(&OsEntropy), subject.clone(), self.now());
        let event = SecurityEvent { id, subject, at, address: None, kind };
        if self.is_within {
            return Ok(self.stores.security_events.record(&event).await?);
        }
        let pages = Arc::new(open_pages(&self.configuration)?);
        let post = Post::open(&self.configuration, &self.stores, &pages)?;
        post.over(self.stores.clone()).security_events.record(&event).await?;
        post.finish().await;
        Ok(())
    }

    fn now(&self) -> Timestamp {
        self.clock.now()
    }

    async fn server(&self) -> Result<&ServerParts, OperationError> {
        let open = || async {
            let assembly = Assembly::open(&self.configuration).await?;
            Ok::<_, OperationError>(ServerParts {
                engine: assembly.engine,
                keyring: assembly.keyring,
                passwords: assembly.passwords,
                runtimes: assembly.runtimes,
            })
        };
        self.server.get_or_try_init(open).await
    }

    async fn passwords(&self) -> Result<&Arc<dyn PasswordHasher>, OperationError> {
        let open = || async {
            let passwords = &self.configuration.passwords;
            let cost = HashCost { memory_kib: passwords.memory_kib, iterations: passwords.iterations, threads: 1 };
            Ok::<_, OperationError>(Arc::new(Argon2Hasher::start(cost)?) as Arc<dyn PasswordHasher>)
        };
        self.passwords.get_or_try_init(open).await
    }

    /// What is counted is named by digests under the master key.
    async fn guesses(&self) -> Result<&Arc<StoredGuessLimit>, OperationError> {
        let open = || async {
            let master = self.configuration.keys.read_master_key().map_err(AssemblyError::from)?;
            let sealer = Arc::new(MasterSealer::new(master, Arc::new(OsEntropy)));
            Ok::<_, OperationError>(Arc::new(guess_limit(&self.configuration, &self.stores, sealer)))
        };
        self.guesses.get_or_try_init(open).await
    }
}

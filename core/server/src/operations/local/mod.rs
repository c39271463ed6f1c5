//! Operations over the database of this configuration: in a running server, or in a command beside one.

mod accounts;
mod clients;
mod keys;
mod users;

use super::OperationError;
use crate::assembly::{Assembly, AssemblyError, guess_limit};
use crate::configuration::Configuration;
use gatewright_capabilities::{Argon2Hasher, HashCost, OsEntropy, StoredGuessLimit};
use gatewright_domain::clock::{Clock, Timestamp};
use gatewright_domain::password::PasswordHasher;
use gatewright_domain::store::Stores;
use gatewright_engine::Engine;
use gatewright_signing::{Keyring, MasterSealer};
use std::sync::Arc;
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
}

/// Operations over the database.
pub struct Local {
    configuration: Configuration,
    stores: Stores,
    clock: Arc<dyn Clock>,
    /// Opened when an operation first needs it: a command that lists end-users compiles no policy.
    server: OnceCell<ServerParts>,
    passwords: OnceCell<Arc<dyn PasswordHasher>>,
    guesses: OnceCell<Arc<StoredGuessLimit>>,
}

impl Local {
    /// Operations over these stores, which are those of `configuration`.
    pub fn new(configuration: Configuration, stores: Stores, clock: Arc<dyn Clock>) -> Self {
        Self {
            configuration,
            stores,
            clock,
            server: OnceCell::new(),
            passwords: OnceCell::new(),
            guesses: OnceCell::new(),
        }
    }

    /// The same in a running server, with what it has opened already.
    #[must_use]
    pub fn within(self, parts: ServerParts) -> Self {
        let passwords = OnceCell::new_with(Some(parts.passwords.clone()));
        Self { server: OnceCell::new_with(Some(parts)), passwords, ..self }
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

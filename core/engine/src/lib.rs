//! The walk of the authorization code grant and everything around it: `/authorize`, `/token`, `/userinfo`,
//! introspection, revocation, registration, logout, metadata.
//!
//! **Invariant:** only the orchestrating file of a folder awaits; the rules beside it are pure and are tested by
//! tables. This crate knows the protocol and the domain, never HTTP, SQL or a script runtime.

pub mod access;
pub mod account;
pub mod authorization;
pub mod binding;
pub mod browser;
pub mod client_authentication;
pub mod client_keys;
pub mod error;
pub mod fapi2;
pub mod introspection;
pub mod logout;
pub mod metadata;
pub mod observation;
pub mod registration;
pub mod revocation;
pub mod session_state;
pub mod settings;
pub mod subjects;
pub mod token;
pub mod userinfo;
pub mod views;

mod answers;
mod assertion;
mod claim_sets;
mod introspection_jwt;
mod sign_ins;

pub use sign_ins::{ADDRESSES_MAX, SignInLimit, SignIns};

use gatewright_domain::capabilities::recovery::Recovery;
use gatewright_domain::clock::{Clock, Timestamp};
use gatewright_domain::encryption::Encrypter;
use gatewright_domain::entropy::Entropy;
use gatewright_domain::fetch::DocumentFetcher;
use gatewright_domain::hooks::Policies;
use gatewright_domain::logout::BackChannel;
use gatewright_domain::signing::{ForeignJwt, Sealer, Signer};
use gatewright_domain::store::Stores;
use settings::Settings;
use std::sync::Arc;

/// Everything the engine asks of the world.
#[derive(Clone)]
pub struct World {
    /// Storage.
    pub stores: Stores,
    /// The policy.
    pub policies: Arc<dyn Policies>,
    /// The server's keys.
    pub signer: Arc<dyn Signer>,
    /// Encryption to clients, and decryption.
    pub encrypter: Arc<dyn Encrypter>,
    /// Clients' signatures.
    pub foreign: Arc<dyn ForeignJwt>,
    /// The master key.
    pub sealer: Arc<dyn Sealer>,
    /// Clients' documents.
    pub fetcher: Arc<dyn DocumentFetcher>,
    /// Clients that are told of logouts.
    pub back_channel: Arc<dyn BackChannel>,
    /// Recovery codes.
    pub recovery: Arc<dyn Recovery>,
    /// Time.
    pub clock: Arc<dyn Clock>,
    /// Randomness.
    pub entropy: Arc<dyn Entropy>,
}

/// The authorization server, without its HTTP.
pub struct Engine {
    settings: Settings,
    world: World,
    client_keys: client_keys::ClientKeyCache,
    request_objects: authorization::RequestObjects,
    client_families: token::client_family::ClientFamilies,
    abandoned_claims: Arc<authorization::AbandonedClaims>,
    sign_ins: sign_ins::SignIns,
    watch: Arc<observation::Watch>,
}

impl Engine {
    /// An engine over `world`.
    pub fn new(settings: Settings, world: World) -> Self {
        Self {
            settings,
            world,
            client_keys: Default::default(),
            request_objects: Default::default(),
            client_families: Default::default(),
            abandoned_claims: Arc::default(),
            sign_ins: Default::default(),
            watch: Arc::default(),
        }
    }

    /// Its settings.
    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    fn now(&self) -> Timestamp {
        self.world.clock.now()
    }
}

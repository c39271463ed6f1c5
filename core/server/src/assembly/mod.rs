//! Puts the server together: storage, keys, capabilities, policy, engine, pages, HTTP. The only place that knows
//! every crate.

mod background;
mod endpoints;
mod error;
mod logouts;
mod notices;
mod policy;
mod quarantine;
mod readiness;
mod requests;
mod tools;
mod watching;

pub use background::Background;
pub use error::AssemblyError;
pub(crate) use notices::Post;
pub(crate) use policy::runtimes;

use crate::admin::{AnnouncedEvents, LiveEvents};
use crate::configuration::{ClientCertificates, Configuration};
use crate::demo::{Demo, DemoSetup};
use crate::demo_data::{ALICE, BOB, DEMO};
use crate::listener::Authorities;
use crate::metrics::Metrics;
use crate::pages::{Overrides, Pages, Site};
use crate::traces::TraceQueue;
use gatewright_capabilities::{
    Argon2Hasher, FetchSettings, GuardedFetcher, GuessLimitSetup, GuessingPaces, HashCost, OsEntropy, RecordedFactors,
    StoredGuessLimit, SystemClock,
};
use gatewright_domain::capabilities::totp::Totp;
use gatewright_domain::capabilities::webauthn::Webauthn;
use gatewright_domain::clock::Clock;
use gatewright_domain::entropy::Entropy;
use gatewright_domain::fault::Fault;
use gatewright_domain::password::PasswordHasher;
use gatewright_domain::secret::SecretText;
use gatewright_domain::signing::Sealer;
use gatewright_domain::store::Stores;
use gatewright_engine::binding::{BindingSettings, MutualTls};
use gatewright_engine::settings::{Lifetimes, Settings};
use gatewright_engine::{Engine, SignInLimit, World};
use gatewright_policy::Runtimes;
use gatewright_policy::activation::PolicyNode;
use gatewright_policy::live::LivePolicies;
use gatewright_policy::quarantine::Quarantine;
use gatewright_policy::trial::TriedPolicies;
use gatewright_policy::watch::Source;
use gatewright_protocol::client_id::ClientId;
use gatewright_signing::{ForeignVerifier, Keyring, KeyringSetup, MasterSealer};
use gatewright_storage::{Storage, StorageConfig};
use std::sync::Arc;
use tools::Parts;
use url::Url;
use watching::Watched;

/// A server, put together and not yet listening.
pub struct Assembly {
    /// Time.
    pub clock: Arc<dyn Clock>,
    /// Randomness.
    pub entropy: Arc<dyn Entropy>,
    /// The database.
    pub storage: Arc<Storage>,
    /// The stores over it.
    pub stores: Stores,
    /// The signing keys.
    pub keyring: Arc<Keyring>,
    /// Password hashing.
    pub passwords: Arc<dyn PasswordHasher>,
    /// The policies.
    pub policies: Arc<LivePolicies>,
    /// Them, and those that are tried beside them.
    pub tried: Arc<TriedPolicies>,
    /// Where the policy's files come from, where that is a folder.
    pub policy_source: Option<Source>,
    /// This server among those that share its database.
    pub node: Arc<PolicyNode>,
    offered: policy::Offered,
    quarantine: Option<Arc<Quarantine>>,
    /// What compiles the policy's files.
    pub runtimes: Runtimes,
    /// The walk.
    pub engine: Arc<Engine>,
    /// Counters.
    pub metrics: Arc<Metrics>,
    /// What happens, as it happens.
    pub events: Arc<LiveEvents>,
    /// Traces that are to be written.
    pub traces: Arc<TraceQueue>,
    pages: Arc<Pages>,
    post: Post,
    totp: Arc<dyn Totp>,
    webauthn: Arc<dyn Webauthn>,
    demo: Option<Arc<Demo>>,
    client_authorities: Authorities,
}

impl Assembly {
    /// Opens everything that the configuration names. The database must have been migrated.
    ///
    /// # Errors
    /// What is missing or wrong, and what to do about it.
    pub async fn open(configuration: &Configuration) -> Result<Self, AssemblyError> {
        let (clock, entropy): (Arc<dyn Clock>, Arc<dyn Entropy>) = (Arc::new(SystemClock), Arc::new(OsEntropy));
        let storage = Arc::new(open_storage(configuration, &clock)?);
        let pages = Arc::new(open_pages(configuration)?);
        let post = Post::open(configuration, &storage.stores(), &pages)?;
        let events = Arc::new(LiveEvents::new(policy::node_name(configuration), entropy.as_ref()));
        let stores = announced(watching::audited(post.over(storage.stores()), &clock, &entropy), &events);
        let sealer = open_sealer(configuration, &entropy)?;
        let keyring = Arc::new(open_keyring(configuration, &stores, sealer.clone()).await?);
        let passwords: Arc<dyn PasswordHasher> = Arc::new(Argon2Hasher::start(hash_cost(configuration))?);
        let authorities = configuration.fetch.ca_file.as_ref().map(std::fs::read).transpose()?;
        let parts = Parts {
            stores: recorded(stores.clone(), &clock, &entropy),
            sealer: sealer.clone(),
            guesses: Arc::new(guess_limit(configuration, &stores, sealer.clone())),
            passwords: passwords.clone(),
            mailer: post.mailer.clone(),
            clock: clock.clone(),
            entropy: entropy.clone(),
        };
        let tools = parts.tools(configuration, authorities.as_deref())?;
        let (users, totp) = (tools.users.clone(), tools.totp.clone());
        let (webauthn, recovery) = (tools.webauthn.clone(), tools.recovery.clone());
        let (offered, policy_source) = policy::offered(configuration)?;
        let runtimes = runtimes(configuration);
        let policies = policy::open(&offered, runtimes.clone(), tools, &stores).await?;
        let tried = Arc::new(policy::tried(configuration, &policies, &stores, users));
        let quarantine = quarantine::quarantine(configuration, &policies, &stores, &clock);
        let world = World {
            stores: stores.clone(),
            policies: tried.clone(),
            signer: keyring.clone(),
            encrypter: keyring.clone(),
            foreign: Arc::new(ForeignVerifier::default()),
            sealer: sealer.clone(),
            fetcher: fetcher(configuration, authorities.clone())?,
            back_channel: logouts::back_channel(configuration, authorities)?,
            recovery,
            clock: clock.clone(),
            entropy: entropy.clone(),
        };
        let engine = Engine::new(settings(configuration, &pages), world);
        let watched = watching::watched(engine, configuration, &sealer, quarantine.as_ref(), &events);
        let Watched { engine, metrics, traces } = watched;
        Ok(Self {
            node: Arc::new(policy::node(configuration, &stores, &policies)),
            clock,
            entropy,
            storage,
            stores,
            keyring,
            passwords,
            policies,
            tried,
            policy_source,
            offered,
            quarantine,
            runtimes,
            engine,
            metrics,
            events,
            traces,
            demo: open_demo(configuration, &pages)?,
            pages,
            post,
            totp,
            webauthn,
            client_authorities: client_authorities(configuration)?,
        })
    }

    /// Joins the servers that share the database: from here on this one is asked before a policy goes live, and serves
    /// what is. Call it before requests are taken.
    ///
    /// # Errors
    /// When nothing can be served.
    pub async fn join(&self) -> Result<(), AssemblyError> {
        policy::join(&self.node, &self.offered).await?;
        // So that the very first request meets a trial that runs.
        Ok(self.tried.look().await?)
    }

    /// Ends what may be ended once the last request is answered: notices that wait for the mail server are sent.
    pub async fn finish(&self) {
        self.post.finish().await;
    }
}

/// Who vouches for the certificates of clients.
fn client_authorities(configuration: &Configuration) -> Result<Authorities, AssemblyError> {
    let file = configuration.tls.client_ca_file.as_deref();
    Ok(file.map(Authorities::read).transpose()?.unwrap_or_default())
}

/// What fetches documents of clients.
fn fetcher(configuration: &Configuration, authorities: Option<Vec<u8>>) -> Result<Arc<GuardedFetcher>, AssemblyError> {
    let fetch = FetchSettings {
        private_addresses: configuration.fetch.allow_private_addresses,
        extra_authorities: authorities,
    };
    Ok(Arc::new(GuardedFetcher::new(&fetch)?))
}

/// The built-in relying party, where the configuration wants it. It reaches this server as the browser does.
fn open_demo(configuration: &Configuration, pages: &Arc<Pages>) -> Result<Option<Arc<Demo>>, Fault> {
    if !configuration.demo {
        return Ok(None);
    }
    let issuer = &configuration.issuer;
    let demo = Demo::new(DemoSetup {
        issuer: issuer.clone(),
        reach: Url::parse(issuer.origin()).map_err(|error| Fault::caused("demo", error))?,
        client_id: ClientId::try_from(DEMO.id).map_err(|error| Fault::caused("demo", error))?,
        client_secret: SecretText::new(DEMO.secret),
        accounts: [ALICE, BOB].iter().map(|user| (user.username.to_owned(), user.password.to_owned())).collect(),
        pages: pages.clone(),
        verifier: Arc::new(ForeignVerifier::default()),
        clock: Arc::new(SystemClock),
        entropy: Arc::new(OsEntropy),
    });
    Ok(Some(Arc::new(demo)))
}

fn open_sealer(configuration: &Configuration, entropy: &Arc<dyn Entropy>) -> Result<Arc<dyn Sealer>, AssemblyError> {
    let master = configuration.keys.read_master_key()?;
    Ok(Arc::new(MasterSealer::new(master, entropy.clone())))
}

async fn open_keyring(
    configuration: &Configuration,
    stores: &Stores,
    sealer: Arc<dyn Sealer>,
) -> Result<Keyring, Fault> {
    Keyring::open(KeyringSetup {
        store: stores.keys.clone(),
        sealer,
        clock: Arc::new(SystemClock),
        entropy: Arc::new(OsEntropy),
        algorithms: configuration.keys.algorithms.clone(),
        default_algorithm: configuration.keys.default_algorithm,
        decryption: configuration.keys.decryption.clone(),
    })
    .await
}

fn open_storage(configuration: &Configuration, clock: &Arc<dyn Clock>) -> Result<Storage, AssemblyError> {
    let mut storage = StorageConfig::new(configuration.database.url.expose(), clock.clone());
    storage.connections = configuration.database.connections;
    Ok(Storage::open(storage)?)
}

fn hash_cost(configuration: &Configuration) -> HashCost {
    let passwords = &configuration.passwords;
    let default = HashCost::default();
    HashCost {
        memory_kib: passwords.memory_kib,
        iterations: passwords.iterations,
        threads: passwords.threads.unwrap_or(default.threads),
    }
}

/// The stores, with lockouts announced to those who listen by the admin API.
fn announced(stores: Stores, live: &Arc<LiveEvents>) -> Stores {
    let events = stores.security_events;
    Stores { security_events: Arc::new(AnnouncedEvents { events, live: live.clone() }), ..stores }
}

/// The stores as policies and what they are lent reach them: with what happens to factors written down. What the engine
/// does with a factor it writes down itself, with where the browser was.
fn recorded(stores: Stores, clock: &Arc<dyn Clock>, entropy: &Arc<dyn Entropy>) -> Stores {
    let factors = Arc::new(RecordedFactors {
        factors: stores.factors,
        events: stores.security_events.clone(),
        clock: clock.clone(),
        entropy: entropy.clone(),
    });
    Stores { factors, ..stores }
}

/// The limit on guessing that the configuration asks for.
pub(crate) fn guess_limit(configuration: &Configuration, stores: &Stores, sealer: Arc<dyn Sealer>) -> StoredGuessLimit {
    let guessing = &configuration.guessing;
    StoredGuessLimit::new(GuessLimitSetup {
        tries: stores.tries.clone(),
        events: stores.security_events.clone(),
        sealer,
        clock: Arc::new(SystemClock),
        entropy: Arc::new(OsEntropy),
        paces: GuessingPaces {
            account: guessing.account,
            address: guessing.address,
            trusted: guessing.trusted_networks.clone(),
        },
    })
}

/// The pages as the configuration has them.
pub(crate) fn open_pages(configuration: &Configuration) -> Result<Pages, AssemblyError> {
    let site = Site::of(&configuration.issuer, None);
    let overrides = match &configuration.pages.directory {
        None => Overrides::default(),
        Some(directory) => Overrides::read_directory(directory)?,
    };
    Ok(Pages::new(overrides, site)?)
}

fn settings(configuration: &Configuration, pages: &Pages) -> Settings {
    let lifetimes = &configuration.lifetimes;
    Settings {
        issuer: configuration.issuer.clone(),
        lifetimes: Lifetimes {
            pushed_request_s: lifetimes.pushed_request_s,
            code_s: lifetimes.code_s,
            access_token_s: lifetimes.access_token_s,
            id_token_s: lifetimes.id_token_s,
            refresh_token_s: lifetimes.refresh_token_s,
            token_family_s: lifetimes.token_family_s,
            session_s: lifetimes.session_s,
            interaction_s: lifetimes.interaction_s,
            consent_s: lifetimes.consent_s,
        },
        require_pkce: configuration.protocol.require_pkce,
        requests: requests::settings(&configuration.protocol),
        refresh_without_offline_access: configuration.protocol.refresh_without_offline_access,
        sign_ins: Some(SignInLimit {
            per_minute: configuration.limits.sign_ins_per_minute,
            at_once: configuration.limits.sign_ins_at_once,
            trusted: configuration.guessing.trusted_networks.clone(),
        }),
        open_registration: configuration.registration.open,
        access_token_format: configuration.protocol.access_token_format,
        implicit: configuration.protocol.implicit,
        front_channel_access_tokens: configuration.protocol.front_channel_access_tokens,
        ui_locales: pages.languages().map(ToOwned::to_owned).collect(),
        logout: logouts::settings(configuration),
        session_management: configuration.logout.session_management,
        scopes: configuration.scopes.claims(),
        binding: binding(configuration),
    }
}

fn binding(configuration: &Configuration) -> BindingSettings {
    let (tls, proxy) = (&configuration.tls, &configuration.proxy);
    let here = tls.client_certificates == ClientCertificates::Request;
    BindingSettings {
        profile: configuration.protocol.profile,
        dpop_nonces: configuration.protocol.dpop_nonces,
        mutual_tls: MutualTls {
            certificates: here || proxy.client_certificate_header.is_some(),
            authorities: tls.client_ca_file.is_some(),
            base: tls.mtls_base.clone(),
        },
    }
}

//! What these tests stand on: an engine over stores in memory, a policy that the test sets, a clock that it moves.

mod accounts;
mod policies;
mod recovery;
mod told;
mod visitor;

pub use accounts::{Accounts, begin};
pub use policies::{asking_password, authenticated, broken, two_factors};
pub use recovery::RecoveryCodes;
pub use told::ToldClients;
pub use visitor::{Told, Visitor, submission};

use async_trait::async_trait;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use gatewright_domain::client::Client;
use gatewright_domain::fetch::{DocumentFetcher, FetchFailed};
use gatewright_domain::store::Stores;
use gatewright_engine::error::EndpointError;
use gatewright_engine::settings::Settings;
use gatewright_engine::{Engine, World};
use gatewright_protocol::error::ErrorCode;
use gatewright_protocol::grant_type::GrantType;
use gatewright_protocol::issuer::Issuer;
use gatewright_protocol::params::Params;
use gatewright_protocol::response_type::ResponseType;
use gatewright_protocol::token::TokenResponse;
use gatewright_testing::clock::FixedClock;
use gatewright_testing::entropy::SeededEntropy;
use gatewright_testing::memory;
use gatewright_testing::policies::{FixedPolicies, FixedPolicy};
use gatewright_testing::samples::{self, CLIENT_SECRET, PASSWORD, SUBJECT};
use gatewright_testing::signing::TestSigner;
use serde_json::{Map, Value};
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

/// The issuer.
pub const ISSUER: &str = "https://id.example";
/// The client that asks where a test names no other: confidential, with every grant and response type.
pub const CLIENT: &str = "c1";
/// Where it takes its responses.
pub const REDIRECT_URI: &str = "https://client.example.com/cb";
/// The second end-user, whose username it is too.
pub const BOB: &str = "bob";
/// His password.
pub const BOBS_PASSWORD: &str = "builder";

/// What a scene is made of; a test changes what it cares about.
pub struct Parts {
    /// The live policy.
    pub policy: FixedPolicy,
    /// The engine's settings.
    pub settings: Settings,
    /// The server's keys.
    pub signer: TestSigner,
    /// The clock.
    pub clock: Arc<FixedClock>,
}

impl Parts {
    /// A policy that asks for a password; every default.
    pub fn new() -> Self {
        let issuer = Issuer::try_from(ISSUER).unwrap();
        let (mut settings, signer, clock) = (Settings::new(issuer), TestSigner::default(), Arc::default());
        settings.implicit = true;
        settings.front_channel_access_tokens = true;
        Self { policy: asking_password(), settings, signer, clock }
    }

    /// The same under another policy.
    pub fn under(policy: FixedPolicy) -> Self {
        Self { policy, ..Self::new() }
    }

    /// The engine with [`CLIENT`] registered and Alice and Bob known.
    pub async fn built(self) -> Scene {
        let mut stores = memory::stores_at(self.clock.clone());
        let accounts = Arc::new(Accounts::over(stores.users.clone()));
        stores.users = accounts.clone();
        let policies = Arc::new(FixedPolicies::new(self.policy));
        let documents = Arc::new(Documents::default());
        let signer = Arc::new(self.signer);
        let told = Arc::new(ToldClients::default());
        let world = World {
            stores: stores.clone(),
            policies: policies.clone(),
            signer: signer.clone(),
            encrypter: signer.clone(),
            foreign: signer.clone(),
            sealer: signer,
            fetcher: documents.clone(),
            back_channel: told.clone(),
            recovery: Arc::new(RecoveryCodes::default()),
            clock: self.clock.clone(),
            entropy: Arc::new(SeededEntropy::default()),
        };
        let engine = Engine::new(self.settings, world);
        let scene = Scene { engine, stores, accounts, policies, documents, told, clock: self.clock };
        scene.registers(client(CLIENT)).await;
        for user in [samples::user(SUBJECT, "alice"), samples::user(BOB, BOB)] {
            scene.stores.users.add(&user).await.unwrap().unwrap();
        }
        scene
    }
}

/// A confidential client with every grant and response type.
pub fn client(id: &str) -> Client {
    Client { response_types: ResponseType::ALL.to_vec(), grant_types: GrantType::ALL.to_vec(), ..samples::client(id) }
}

/// The operator's own client: nobody is asked for consent.
pub fn first_party(id: &str) -> Client {
    Client { first_party: true, ..client(id) }
}

/// The engine and its world.
pub struct Scene {
    /// The engine.
    pub engine: Engine,
    /// Its stores.
    pub stores: Stores,
    /// The end-users among them.
    pub accounts: Arc<Accounts>,
    /// Its policies.
    pub policies: Arc<FixedPolicies>,
    /// What it can fetch.
    pub documents: Arc<Documents>,
    /// The clients it tells of logouts.
    pub told: Arc<ToldClients>,
    /// Its clock.
    pub clock: Arc<FixedClock>,
}

impl Scene {
    /// With every default.
    pub async fn new() -> Self {
        Parts::new().built().await
    }

    /// Under `policy`.
    pub async fn under(policy: FixedPolicy) -> Self {
        Parts::under(policy).built().await
    }

    /// Registers or replaces a client.
    pub async fn registers(&self, client: Client) {
        self.stores.clients.save(&client).await.unwrap();
    }

    /// A browser that was never here.
    pub fn visitor(&self) -> Visitor<'_> {
        Visitor::new(self)
    }

    /// A code for Alice, issued to [`CLIENT`] for the default request and `query`.
    pub async fn code(&self, query: &str) -> String {
        self.visitor().completes(query).await.code().to_owned()
    }

    /// The tokens for such a code.
    pub async fn tokens(&self, query: &str) -> TokenResponse {
        let code = self.code(query).await;
        self.redeems(CLIENT, &code).await.unwrap()
    }

    /// Redeems a code as `client`, by its secret.
    pub async fn redeems(&self, client: &str, code: &str) -> Result<TokenResponse, EndpointError> {
        self.redeems_with(client, code, &[]).await
    }

    /// The same with parameters that add to the usual ones or replace them.
    pub async fn redeems_with(
        &self,
        client: &str,
        code: &str,
        more: &[(&str, &str)],
    ) -> Result<TokenResponse, EndpointError> {
        let usual = [("grant_type", "authorization_code"), ("code", code), ("redirect_uri", REDIRECT_URI)];
        let kept = usual.iter().filter(|(name, _)| more.iter().all(|(other, _)| other != name));
        let whole: Vec<(&str, &str)> = kept.chain(more).copied().collect();
        self.token(client, &whole).await
    }

    /// Refreshes as `client`, by its secret.
    pub async fn refreshes(
        &self,
        client: &str,
        refresh_token: &str,
        more: &[(&str, &str)],
    ) -> Result<TokenResponse, EndpointError> {
        let mut whole = vec![("grant_type", "refresh_token"), ("refresh_token", refresh_token)];
        whole.extend(more);
        self.token(client, &whole).await
    }

    /// A token request of `client`, authenticated by `client_secret_basic`.
    pub async fn token(&self, client: &str, form: &[(&str, &str)]) -> Result<TokenResponse, EndpointError> {
        self.engine.token(Some(basic(client).as_str()), &params(form)).await
    }

    /// Whether an access token still works, as userinfo tells.
    pub async fn lives(&self, access_token: &str) -> bool {
        self.engine.live_access_token(access_token).await.unwrap().is_some()
    }

    /// What introspection tells [`CLIENT`] of a token; nothing when it is not active.
    pub async fn introspects(&self, token: &str) -> Option<Map<String, Value>> {
        let answer = self.engine.introspect(Some(basic(CLIENT).as_str()), &params(&[("token", token)])).await.unwrap();
        match serde_json::to_value(&answer).unwrap() {
            Value::Object(members) if members["active"] == Value::Bool(true) => Some(members),
            _ => None,
        }
    }
}

/// The `Authorization` header of a client with [`CLIENT_SECRET`].
pub fn basic(client: &str) -> String {
    format!("Basic {}", STANDARD.encode(format!("{client}:{CLIENT_SECRET}")))
}

/// Parameters of a form.
pub fn params(form: &[(&str, &str)]) -> Params {
    let text = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(form).finish();
    Params::parse_form(text.as_bytes()).unwrap()
}

/// The code by which a client was refused.
#[track_caller]
pub fn refusal<T>(answer: Result<T, EndpointError>) -> ErrorCode {
    match answer {
        Ok(_) => panic!("it was not refused"),
        Err(EndpointError::Refused(refusal)) => refusal.code(),
        Err(error) => panic!("{error}"),
    }
}

/// Documents of clients, by URI; counts how often they were fetched.
#[derive(Default)]
pub struct Documents {
    known: Mutex<BTreeMap<String, Value>>,
    fetched: AtomicUsize,
}

impl Documents {
    /// Puts a document at `uri`, or replaces it.
    pub fn put(&self, uri: &str, document: Value) {
        self.known.lock().unwrap().insert(uri.to_owned(), document);
    }

    /// How many were fetched so far.
    pub fn fetched(&self) -> usize {
        self.fetched.load(Ordering::SeqCst)
    }
}

#[async_trait]
impl DocumentFetcher for Documents {
    async fn fetch_json(&self, uri: &str) -> Result<Value, FetchFailed> {
        self.fetched.fetch_add(1, Ordering::SeqCst);
        self.known.lock().unwrap().get(uri).cloned().ok_or(FetchFailed::Unreachable)
    }

    async fn fetch_request_object(&self, uri: &str) -> Result<String, FetchFailed> {
        match self.fetch_json(uri).await? {
            Value::String(text) => Ok(text),
            _ => Err(FetchFailed::Unreadable),
        }
    }
}

/// What Alice types, whatever she is asked for.
pub const ALICE: [(&str, &str); 3] = [("username", "alice"), ("password", PASSWORD), ("code", "123456")];

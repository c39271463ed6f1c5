//! Passkeys, by an authenticator in software.

mod authenticator;
mod refusals;

use super::*;
use crate::directory::Directory;
use crate::fakes::{CountingHasher, Unlimited};
use authenticator::Authenticator;
use gatewright_domain::store::Stores;
use gatewright_testing::clock::FixedClock;
use gatewright_testing::entropy::SeededEntropy;
use gatewright_testing::memory;
use gatewright_testing::samples::{self, word};
use gatewright_testing::signing::TestSigner;
use url::Url;

const ORIGIN: &str = "https://id.example";

/// A server with Alice and Bob, and its clock.
struct Scene {
    passkeys: Passkeys,
    stores: Stores,
    clock: Arc<FixedClock>,
}

impl Scene {
    async fn new() -> Self {
        let clock = Arc::new(FixedClock::default());
        let stores = memory::stores_at(clock.clone());
        for name in ["alice", "bob"] {
            stores.users.add(&samples::user(name, name)).await.unwrap().unwrap();
        }
        let party = RelyingParty::of(&Url::parse("https://id.example/tenant").unwrap()).unwrap();
        let (sealer, entropy) = (Arc::new(TestSigner::default()), Arc::new(SeededEntropy::default()));
        let setup = PasskeysSetup {
            vault: FactorVault::new(stores.factors.clone(), sealer.clone(), entropy.clone()),
            users: Arc::new(Directory::new(
                stores.users.clone(),
                Arc::new(CountingHasher::default()),
                Arc::new(Unlimited),
            )),
            kv: stores.kv.clone(),
            sealer,
            clock: clock.clone(),
            entropy,
        };
        Self { passkeys: Passkeys::new(party, setup), stores, clock }
    }

    async fn shows(&self, ceremony: &str) -> Value {
        self.passkeys.options(ceremony).await.unwrap().unwrap()
    }

    /// Registers a passkey of `authenticator` for `subject`.
    async fn registers(&self, subject: &str, authenticator: &mut Authenticator) -> Option<FactorId> {
        let ceremony = self.passkeys.begin_registration(&word(subject)).await.unwrap();
        let response = authenticator.create(&self.shows(&ceremony).await);
        self.passkeys.finish_registration(&ceremony, "Laptop", &response).await.unwrap()
    }

    /// Signs with it, as `subject` or as whoever it is of.
    async fn signs(&self, subject: Option<&str>, authenticator: &mut Authenticator) -> Option<PasskeyVerified> {
        let subject = subject.map(word);
        let ceremony = self.passkeys.begin_authentication(subject.as_ref()).await.unwrap();
        let response = authenticator.get(&self.shows(&ceremony).await);
        self.passkeys.finish_authentication(&ceremony, &response).await.unwrap()
    }
}

#[tokio::test]
async fn a_passkey_says_who_it_is_of_with_a_username_and_without() {
    let scene = Scene::new().await;
    let mut key = Authenticator::at(ORIGIN);
    let factor = scene.registers("alice", &mut key).await.unwrap();
    for subject in [Some("alice"), None] {
        let verified = scene.signs(subject, &mut key).await.unwrap();
        let expected = PasskeyVerified { subject: word("alice"), factor: factor.clone(), user_verified: true };
        assert_eq!(verified, expected);
    }
}

#[tokio::test]
async fn what_is_kept_is_a_factor_with_its_label_and_last_use() {
    let scene = Scene::new().await;
    let mut key = Authenticator::at(ORIGIN);
    scene.registers("alice", &mut key).await.unwrap();
    scene.clock.advance(60);
    scene.signs(None, &mut key).await.unwrap();
    let factors = scene.stores.factors.list(&word("alice")).await.unwrap();
    let [factor] = &factors[..] else { panic!("{factors:?}") };
    assert_eq!((factor.kind.as_str(), factor.label.as_str()), ("passkey", "Laptop"));
    assert_eq!(factor.used_at, Some(factor.created_at.plus(60)));
}

#[tokio::test]
async fn the_browser_is_asked_for_a_passkey_that_is_found_without_a_username_and_is_not_there_yet() {
    let scene = Scene::new().await;
    let mut key = Authenticator::at(ORIGIN);
    let first = scene.passkeys.begin_registration(&word("alice")).await.unwrap();
    let options = &scene.shows(&first).await["publicKey"];
    assert_eq!(options["rp"]["id"], "id.example");
    assert_eq!(options["user"]["name"], "alice");
    assert_eq!(options["user"]["displayName"], "Alice Liddell");
    assert_eq!(options["authenticatorSelection"]["residentKey"], "preferred");
    assert_eq!(options["attestation"], "none");
    assert_eq!(options["excludeCredentials"], serde_json::json!([]));
    let user = options["user"]["id"].clone();
    scene.registers("alice", &mut key).await.unwrap();
    let second = scene.passkeys.begin_registration(&word("alice")).await.unwrap();
    let options = &scene.shows(&second).await["publicKey"];
    assert_eq!(options["user"]["id"], user, "one account is one user of an authenticator");
    assert_eq!(options["excludeCredentials"].as_array().unwrap().len(), 1);
    let bobs = scene.passkeys.begin_registration(&word("bob")).await.unwrap();
    let options = &scene.shows(&bobs).await["publicKey"];
    assert_ne!(options["user"]["id"], user);
    assert_eq!(options["excludeCredentials"], serde_json::json!([]));
}

#[tokio::test]
async fn who_is_known_is_asked_for_their_own_passkeys_and_who_is_not_for_any_with_a_pin() {
    let scene = Scene::new().await;
    let mut key = Authenticator::at(ORIGIN);
    scene.registers("alice", &mut key).await.unwrap();
    let known = scene.passkeys.begin_authentication(Some(&word("alice"))).await.unwrap();
    let options = &scene.shows(&known).await["publicKey"];
    assert_eq!(options["userVerification"], "preferred");
    assert_eq!(options["allowCredentials"].as_array().unwrap().len(), 1);
    assert_eq!(options["allowCredentials"][0]["transports"][0], "internal");
    let anybody = scene.passkeys.begin_authentication(None).await.unwrap();
    let options = &scene.shows(&anybody).await["publicKey"];
    assert_eq!(options["userVerification"], "required");
    assert_eq!(options["allowCredentials"], serde_json::json!([]));
}

#[tokio::test]
async fn user_verification_is_reported_as_it_was() {
    let scene = Scene::new().await;
    let mut key = Authenticator::at(ORIGIN);
    key.verifies = false;
    scene.registers("alice", &mut key).await.unwrap();
    assert!(!scene.signs(Some("alice"), &mut key).await.unwrap().user_verified);
    assert_eq!(scene.signs(None, &mut key).await, None, "alone it is not enough");
    key.verifies = true;
    assert!(scene.signs(Some("alice"), &mut key).await.unwrap().user_verified);
}

#[tokio::test]
async fn two_who_sign_with_one_synchronised_passkey_at_once_both_get_in() {
    let scene = Scene::new().await;
    let mut key = Authenticator::at(ORIGIN);
    scene.registers("alice", &mut key).await.unwrap();
    let mut ready = vec![];
    for _ in 0..2 {
        let ceremony = scene.passkeys.begin_authentication(None).await.unwrap();
        let response = key.get(&scene.shows(&ceremony).await);
        ready.push((ceremony, response));
    }
    let finish = |at: usize| scene.passkeys.finish_authentication(&ready[at].0, &ready[at].1);
    let (one, other) = tokio::join!(finish(0), finish(1));
    assert!(one.unwrap().is_some() && other.unwrap().is_some());
}

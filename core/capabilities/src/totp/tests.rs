//! Authenticator apps: the vectors of RFC 6238, enrolment, and codes that count once.

use super::*;
use crate::factor_fakes::Bench;
use gatewright_testing::samples;
use url::Url;

/// The key of RFC 6238 Appendix B.
const RFC_KEY: &[u8; 20] = b"12345678901234567890";
/// Its times and the last six digits of its codes.
const RFC_CODES: [(i64, &str); 6] = [
    (59, "287082"),
    (1_111_111_109, "081804"),
    (1_111_111_111, "050471"),
    (1_234_567_890, "005924"),
    (2_000_000_000, "279037"),
    (20_000_000_000, "353130"),
];

/// Draws the key of the RFC.
struct RfcEntropy;

impl Entropy for RfcEntropy {
    fn fill(&self, bytes: &mut [u8]) {
        bytes.copy_from_slice(RFC_KEY);
    }
}

fn apps(bench: &Bench) -> AuthenticatorApps {
    AuthenticatorApps::new(TotpSetup {
        vault: bench.vault(),
        users: bench.stores.users.clone(),
        guesses: bench.limit.clone(),
        clock: bench.clock.clone(),
        entropy: Arc::new(RfcEntropy),
        issuer: "login.example.com:8443".to_owned(),
    })
}

fn alice() -> Subject {
    samples::word("alice")
}

fn secret(code: &str) -> SecretText {
    SecretText::new(code)
}

async fn verify(apps: &AuthenticatorApps, code: &str) -> bool {
    let attempt = Attempt { subject: &alice(), address: None };
    apps.verify(&attempt, &secret(code)).await.unwrap().is_some()
}

/// An app of alice's that was confirmed at the RFC's first moment.
async fn enrolled(bench: &Bench) -> (AuthenticatorApps, FactorId) {
    bench.clock.set(Timestamp(59));
    let apps = apps(bench);
    let id = apps.begin(&alice()).await.unwrap();
    assert!(apps.confirm(&id, "Phone", &secret("287082")).await.unwrap());
    (apps, id)
}

#[tokio::test]
async fn codes_are_those_of_rfc_6238() {
    for (at, code) in RFC_CODES {
        let bench = Bench::new().await;
        bench.clock.set(Timestamp(at));
        let apps = apps(&bench);
        let id = apps.begin(&alice()).await.unwrap();
        assert!(!apps.confirm(&id, "Phone", &secret("000000")).await.unwrap());
        let typed = format!(" {} {}", &code[..3], &code[3..]);
        assert!(apps.confirm(&id, "Phone", &secret(&typed)).await.unwrap(), "{at}");
    }
}

#[tokio::test]
async fn a_code_of_the_step_before_or_after_counts_and_no_other() {
    // The code of the RFC's second moment, whose step begins at 1111111080.
    for (at, counts) in [
        (1_111_111_049, false),
        (1_111_111_050, true),
        (1_111_111_080, true),
        (1_111_111_139, true),
        (1_111_111_140, false),
    ] {
        let bench = Bench::new().await;
        let (apps, _) = enrolled(&bench).await;
        bench.clock.set(Timestamp(at));
        assert_eq!(verify(&apps, "081804").await, counts, "{at}");
    }
}

#[tokio::test]
async fn a_code_counts_once_and_none_of_an_earlier_step_after_it() {
    let bench = Bench::new().await;
    let (apps, id) = enrolled(&bench).await;
    assert!(!verify(&apps, "287082").await, "the code that confirmed it");
    bench.clock.set(Timestamp(1_111_111_111));
    assert!(verify(&apps, "050471").await);
    assert!(!verify(&apps, "050471").await);
    assert!(!verify(&apps, "081804").await, "the step before is within the drift, and used up by the later one");
    let factor = bench.stores.factors.find(&id, bench.clock.now()).await.unwrap().unwrap();
    assert_eq!((factor.label.as_str(), factor.used_at), ("Phone", Some(Timestamp(1_111_111_111))));
}

#[tokio::test]
async fn of_two_uses_of_a_code_at_once_one_counts() {
    let bench = Bench::new().await;
    let (apps, _) = enrolled(&bench).await;
    bench.clock.set(Timestamp(1_111_111_111));
    let code = secret("050471");
    // Both have looked before either makes it count.
    let first = apps.look(&alice(), &code).await.unwrap().unwrap();
    let second = apps.look(&alice(), &code).await.unwrap().unwrap();
    assert!(apps.spend(first, &code).await.unwrap().is_some());
    assert!(apps.spend(second, &code).await.unwrap().is_none());
}

#[tokio::test]
async fn a_code_counts_though_its_factor_was_changed_meanwhile() {
    let bench = Bench::new().await;
    let (apps, _) = enrolled(&bench).await;
    bench.clock.set(Timestamp(1_111_111_111));
    let looked = apps.look(&alice(), &secret("050471")).await.unwrap().unwrap();
    let renamed = Factor { label: "Old phone".to_owned(), ..looked.clone() };
    assert!(bench.stores.factors.replace(&renamed).await.unwrap());
    assert!(apps.spend(looked, &secret("050471")).await.unwrap().is_some());
}

#[tokio::test]
async fn every_try_is_reserved_and_while_it_has_to_wait_the_right_code_is_none_and_stays_good() {
    let bench = Bench::new().await;
    let (apps, _) = enrolled(&bench).await;
    assert_eq!(bench.limit.counted(), (0, 0, 0), "whoever confirms was shown the key");
    bench.clock.set(Timestamp(1_111_111_111));
    assert!(!verify(&apps, "000000").await);
    assert_eq!(bench.limit.counted(), (1, 0, 0));
    bench.limit.wait(true);
    assert!(!verify(&apps, "050471").await);
    bench.limit.wait(false);
    assert!(verify(&apps, "050471").await);
    assert_eq!(bench.limit.counted(), (2, 1, 0));
}

#[tokio::test]
async fn a_try_that_a_fault_kept_from_its_end_is_given_back() {
    let bench = Bench::new().await;
    let (apps, id) = enrolled(&bench).await;
    let factor = bench.stores.factors.find(&id, bench.clock.now()).await.unwrap().unwrap();
    bench.stores.factors.replace(&Factor { sealed: "altered".to_owned(), ..factor }).await.unwrap();
    let attempt = Attempt { subject: &alice(), address: None };
    let failed = apps.verify(&attempt, &secret("050471")).await;
    assert!(matches!(failed, Err(CallFailed::Fault(_))), "{failed:?}");
    assert_eq!(bench.limit.counted(), (1, 0, 1));
}

#[tokio::test]
async fn what_is_no_code_and_what_is_nobodys_is_refused() {
    let bench = Bench::new().await;
    let (apps, _) = enrolled(&bench).await;
    bench.clock.set(Timestamp(1_111_111_111));
    for code in ["", "50471", "0050471", "+50471", "05047é", "０５０４７１", &"0".repeat(10_000)] {
        assert!(!verify(&apps, code).await, "{code:?}");
    }
    let attempt = Attempt { subject: &samples::word("bob"), address: None };
    assert!(apps.verify(&attempt, &secret("050471")).await.unwrap().is_none(), "another's code");
    bench.stores.users.set_disabled(&alice(), true).await.unwrap();
    assert!(!verify(&apps, "050471").await, "a disabled end-user's");
}

#[tokio::test]
async fn a_key_is_shown_until_its_enrolment_is_confirmed_or_ends() {
    let bench = Bench::new().await;
    bench.clock.set(Timestamp(59));
    let apps = apps(&bench);
    let id = apps.begin(&alice()).await.unwrap();
    let TotpKey { uri, key } = apps.key(&id).await.unwrap().unwrap();
    assert_eq!(key.expose(), "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ");
    let uri = Url::parse(uri.expose()).unwrap();
    assert_eq!((uri.scheme(), uri.host_str()), ("otpauth", Some("totp")));
    assert_eq!(uri.path(), "/login.example.com.8443:alice%40example.com");
    let asked: Vec<(String, String)> = uri.query_pairs().into_owned().collect();
    let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    assert_eq!(asked, [pair("secret", key.expose()), pair("issuer", "login.example.com.8443")]);

    bench.clock.set(Timestamp(59).plus(ENROLMENT_S));
    assert!(apps.key(&id).await.unwrap().is_none());
    assert!(!apps.confirm(&id, "Phone", &secret("287082")).await.unwrap(), "it has ended");
    bench.clock.set(Timestamp(59));
    assert!(!verify(&apps, "287082").await, "it is not confirmed");
    assert!(apps.confirm(&id, "Phone", &secret("287082")).await.unwrap());
    assert!(apps.key(&id).await.unwrap().is_none());
    assert!(!apps.confirm(&id, "Phone", &secret("287082")).await.unwrap(), "once");
}

#[tokio::test]
async fn nobody_enrols_who_is_not_there() {
    let bench = Bench::new().await;
    bench.stores.users.set_disabled(&samples::word("bob"), true).await.unwrap();
    for subject in ["bob", "nobody"] {
        let refused = apps(&bench).begin(&samples::word(subject)).await;
        assert!(matches!(refused, Err(CallFailed::Capability(CapabilityError::Invalid { .. }))), "{refused:?}");
    }
}

//! What a binding was not lent does not exist for it.

use crate::runs::{Bench, Ended};
use gatewright_domain::capabilities::CapabilityError;
use gatewright_domain::capabilities::http::HttpCall;
use gatewright_domain::capabilities::kv::KvCall;
use gatewright_domain::capabilities::loan::Loan;
use gatewright_domain::capabilities::users::UserKey;
use gatewright_domain::flow::{HostAnswer, HostCall, LogLevel, SecretRef, UsersCall};
use gatewright_testing::capabilities::everything;
use std::collections::BTreeMap;

fn request(url: &str) -> HostCall {
    let (method, url) = ("GET".to_owned(), url.to_owned());
    HostCall::Http(HttpCall { method, url, headers: BTreeMap::new(), body: None, timeout_ms: 100 })
}

fn not_lent(ended: &Ended<HostAnswer>) -> bool {
    matches!(ended, Ended::Decided(HostAnswer::Failed(CapabilityError::NotLent { .. })))
}

/// A call, and what takes its capability from a loan.
type Needs = (HostCall, fn(&mut Loan));

#[tokio::test]
async fn each_capability_answers_that_it_was_not_lent() {
    let calls: [Needs; 6] = [
        (HostCall::Log { level: LogLevel::Info, message: "hello".to_owned() }, |loan| loan.log = false),
        (HostCall::Users(UsersCall::Find(UserKey::Username("alice".to_owned()))), |loan| loan.users = false),
        (
            HostCall::Users(UsersCall::VerifyPassword {
                username: "alice".to_owned(),
                password: SecretRef::Configured { name: "api_key".to_owned() },
            }),
            |loan| loan.users = false,
        ),
        (HostCall::Kv(KvCall::Get { key: "k".to_owned() }), |loan| loan.kv = false),
        (request("https://risk.example.com/"), |loan| loan.http = None),
        (HostCall::Secret { name: "api_key".to_owned() }, |loan| loan.secrets.clear()),
    ];
    for (call, take_away) in calls {
        let mut bench = Bench::new();
        let ended = bench.call(call.clone()).await;
        assert!(!not_lent(&ended), "lent, {call:?} works: {ended:?}");
        take_away(&mut bench.loan);
        let ended = bench.call(call.clone()).await;
        assert!(not_lent(&ended), "not lent, {call:?} does not: {ended:?}");
    }
}

#[tokio::test]
async fn an_unlent_capability_is_not_reached() {
    let mut bench = Bench { loan: Loan::default(), ..Bench::new() };
    bench.call(HostCall::Users(UsersCall::Find(UserKey::Username("alice".to_owned())))).await;
    bench.call(request("https://risk.example.com/")).await;
    assert_eq!(bench.stubs.users.asked(), 0);
    assert!(bench.stubs.http.requests().is_empty());
}

#[tokio::test]
async fn a_host_off_the_list_is_not_lent() {
    let mut bench = Bench::new();
    for url in ["https://risk.example.com.evil.example/", "http://risk.example.com/", "https://risk.example.com:444/"] {
        assert!(not_lent(&bench.call(request(url)).await), "{url}");
    }
    assert!(bench.stubs.http.requests().is_empty());
}

#[tokio::test]
async fn time_and_randomness_need_no_loan() {
    let mut bench = Bench { loan: Loan::default(), ..Bench::new() };
    assert!(matches!(bench.call(HostCall::Now).await, Ended::Decided(HostAnswer::Time(_))));
    assert!(matches!(bench.call(HostCall::Random { bytes: 8 }).await, Ended::Decided(HostAnswer::Bytes(_))));
}

#[test]
fn a_loan_names_what_it_lends() {
    assert_eq!(everything().names(), gatewright_domain::capabilities::loan::CAPABILITIES);
    assert!(Loan::default().names().is_empty());
}

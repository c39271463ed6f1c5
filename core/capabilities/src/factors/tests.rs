//! What bindings keep as factors of their own kind: stored sealed, found by reference, changed where nobody else did.

use super::*;
use gatewright_domain::factor::FACTORS_MAX;
use gatewright_testing::clock::DEFAULT_NOW;
use gatewright_testing::entropy::SeededEntropy;
use gatewright_testing::signing::TestSigner;
use gatewright_testing::{memory, samples};
use serde_json::json;
use std::sync::Arc;

async fn factors() -> BindingFactors {
    let stores = memory::stores();
    for name in ["alice", "bob"] {
        stores.users.add(&samples::user(name, name)).await.unwrap().unwrap();
    }
    let sealer = Arc::new(TestSigner::default());
    BindingFactors::new(FactorVault::new(stores.factors, sealer, Arc::new(SeededEntropy::default())))
}

async fn call(factors: &BindingFactors, kind: &str, call: FactorsCall) -> Result<FactorsAnswer, CallFailed> {
    factors.call(&samples::word(kind), &call, DEFAULT_NOW.plus(7)).await
}

fn enrol(subject: &str, reference: Option<&str>, data: Value) -> FactorsCall {
    let reference = reference.map(ToOwned::to_owned);
    FactorsCall::Enrol { subject: samples::word(subject), label: "Phone".to_owned(), reference, data }
}

async fn enrolled(factors: &BindingFactors, reference: Option<&str>, data: Value) -> FactorId {
    match call(factors, "push", enrol("alice", reference, data)).await.unwrap() {
        FactorsAnswer::Enrolled(id) => id,
        other => panic!("{other:?}"),
    }
}

async fn done(factors: &BindingFactors, kind: &str, what: FactorsCall) -> bool {
    match call(factors, kind, what).await.unwrap() {
        FactorsAnswer::Done(done) => done,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_binding_gets_back_what_it_stored_and_finds_it_by_its_reference() {
    let factors = factors().await;
    let data = json!({ "device": [1, null, "ä"] });
    let id = enrolled(&factors, Some("device-7"), data.clone()).await;
    let got = call(&factors, "push", FactorsCall::Data { id: id.clone() }).await.unwrap();
    assert_eq!(got, FactorsAnswer::Data(Some(data)));
    let find = FactorsCall::Find { reference: "device-7".to_owned() };
    let FactorsAnswer::Found(Some(found)) = call(&factors, "push", find).await.unwrap() else { panic!("not found") };
    assert_eq!((found.id, found.subject.as_str(), found.label.as_str()), (id, "alice", "Phone"));
    assert_eq!((found.created_at, found.used_at), (DEFAULT_NOW.plus(7), None));
}

#[tokio::test]
async fn a_binding_sees_that_others_factors_are_there_and_can_do_nothing_with_them() {
    let factors = factors().await;
    let id = enrolled(&factors, Some("r"), json!(1)).await;
    let list = FactorsCall::List { subject: samples::word("alice") };
    let FactorsAnswer::Listed(listed) = call(&factors, "badge", list).await.unwrap() else { panic!("no list") };
    assert_eq!(listed.iter().map(|factor| factor.kind.as_str()).collect::<Vec<_>>(), ["push"]);
    let data = call(&factors, "badge", FactorsCall::Data { id: id.clone() }).await.unwrap();
    assert_eq!(data, FactorsAnswer::Data(None));
    let find = FactorsCall::Find { reference: "r".to_owned() };
    assert_eq!(call(&factors, "badge", find).await.unwrap(), FactorsAnswer::Found(None));
    let update = FactorsCall::Update { id: id.clone(), before: json!(1), to: json!(2) };
    assert!(!done(&factors, "badge", update).await);
    assert!(!done(&factors, "badge", FactorsCall::Remove { id: id.clone() }).await);
    assert!(done(&factors, "push", FactorsCall::Remove { id }).await);
}

#[tokio::test]
async fn an_update_of_what_it_no_longer_says_does_nothing_and_of_two_at_once_one_counts() {
    let factors = factors().await;
    let id = enrolled(&factors, None, json!({ "counter": 1 })).await;
    let update = |before: i64, to: i64| FactorsCall::Update {
        id: id.clone(),
        before: json!({ "counter": before }),
        to: json!({ "counter": to }),
    };
    assert!(!done(&factors, "push", update(0, 2)).await);
    assert!(done(&factors, "push", update(1, 2)).await);
    assert!(!done(&factors, "push", update(1, 2)).await);
    // Both read the factor before either writes.
    let now = DEFAULT_NOW;
    let read = factors.own(&samples::word("push"), &id, now).await.unwrap().unwrap();
    let same = json!({ "counter": 2 });
    assert_eq!(read.used_at, Some(DEFAULT_NOW.plus(7)));
    assert!(factors.update(read.clone(), &same, &same, now).await.unwrap());
    assert!(!factors.update(read, &same, &same, now).await.unwrap());
}

#[tokio::test]
async fn what_the_store_refuses_is_told_to_the_hook() {
    let factors = factors().await;
    enrolled(&factors, Some("r"), json!(1)).await;
    for _ in 1..FACTORS_MAX {
        enrolled(&factors, None, json!(1)).await;
    }
    let refused = [
        (enrol("bob", Some("r"), json!(1)), "the same reference"),
        (enrol("nobody", None, json!(1)), "no such end-user"),
        (enrol("alice", None, json!(1)), "too many factors"),
    ];
    for (enrol, why) in refused {
        match call(&factors, "push", enrol).await {
            Err(CallFailed::Capability(CapabilityError::Invalid { why: told })) => {
                assert!(told.contains(why), "{told}")
            }
            other => panic!("{other:?}"),
        }
    }
}

#[tokio::test]
async fn the_servers_own_kinds_are_lent_to_nobody() {
    let factors = factors().await;
    for kind in OWN_KINDS {
        let refused = call(&factors, kind, enrol("alice", None, json!(1))).await;
        assert!(matches!(refused, Err(CallFailed::Capability(CapabilityError::NotLent { .. }))), "{kind}");
    }
}

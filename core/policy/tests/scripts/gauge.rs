//! What calls of the shipped bindings cost, as an author's bench counts it.

use crate::world::runtimes;
use gatewright_domain::flow::Wait;
use gatewright_domain::hooks::{HookKind, Run};
use gatewright_policy::files::Files;
use gatewright_policy::rehearsal::{Gauge, GaugeError};
use serde_json::json;
use std::collections::BTreeMap;

fn gauges(inputs: &BTreeMap<HookKind, Vec<serde_json::Value>>) -> Result<Vec<Gauge>, GaugeError> {
    Gauge::all(&Files::shipped(), &runtimes(), inputs, None)
}

#[tokio::test]
async fn every_binding_takes_the_same_operations_in_each_call() {
    for gauge in gauges(&BTreeMap::new()).unwrap() {
        let first = gauge.last_run(0).await.unwrap().operations;
        assert!(first.is_some_and(|operations| operations > 0), "{}", gauge.binding());
        assert_eq!(gauge.last_run(1).await.unwrap().operations, first, "{}", gauge.binding());
        let call = gauge.call(0).await.unwrap();
        let asks = matches!(call.ended, Ok(Run::Waiting(Wait::Page(_))));
        assert_eq!(asks, gauge.hook() == HookKind::Authenticate, "{}: {call:?}", gauge.binding());
        assert!(first.unwrap() < gauge.limits().operations);
    }
}

#[tokio::test]
async fn inputs_are_laid_over_the_sample_and_taken_in_turn() {
    let groups = |groups: &[&str]| json!({ "user": { "claims": { "groups": groups } } });
    let inputs = BTreeMap::from([(HookKind::Claims, vec![groups(&[]), groups(&["staff", "admins"])])]);
    let gauges = gauges(&inputs).unwrap();
    let roles = gauges.iter().find(|gauge| gauge.binding() == "claims/groups_to_roles").unwrap();
    assert_eq!(roles.inputs(), 2);
    let mut operations = Vec::new();
    for turn in 0..4 {
        operations.push(roles.last_run(turn).await.unwrap().operations.unwrap());
    }
    assert!(operations[0] < operations[1] && operations[..2] == operations[2..], "{operations:?}");
}

#[test]
fn an_input_with_a_member_that_its_hook_has_not_is_refused() {
    let inputs = BTreeMap::from([(HookKind::Claims, vec![json!({ "usr": 1 })])]);
    let Err(GaugeError::Misuse(misuse)) = gauges(&inputs) else { panic!("it is taken") };
    assert_eq!(misuse.why, "the input of claims has no `usr`");
}

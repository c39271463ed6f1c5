//! `claims`: merged in order, declared, never protected.

use super::why;
use crate::bundle::CLAIMS_BYTES_MAX;
use crate::stub::{Stub, StubRuntime, always, policy};
use gatewright_domain::hooks::{ClaimsDecision, ClaimsInput, HookDecision, Policy};
use serde_json::{Value, json};

fn says(claims: Value) -> Stub {
    always(HookDecision::Claims(ClaimsDecision { claims: claims.as_object().unwrap().clone() }))
}

const TWO: &str = r#"
[[claims]]
run = "org.rhai"
scopes = ["org"]
claims = ["org_name", "org_id"]
[[claims]]
run = "roles.rhai"
scopes = ["roles", "org"]
claims = ["roles", "org_name"]
"#;

fn input(scope: &[&str], requested: &[&str]) -> ClaimsInput {
    let texts = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect();
    ClaimsInput { scope: texts(scope), requested: texts(requested), ..ClaimsInput::sample() }
}

async fn merged(input: ClaimsInput) -> (Value, Vec<String>) {
    let org = says(json!({ "org_name": "Wonderland", "org_id": 7 }));
    let roles = says(json!({ "roles": ["reader"], "org_name": "Looking-Glass" }));
    let runtime = StubRuntime::new(&[("org.rhai", org), ("roles.rhai", roles)]);
    let decision = policy(TWO, &runtime).claims(input).await.unwrap();
    (Value::Object(decision.claims), runtime.ran())
}

#[tokio::test]
async fn claims_are_merged_in_the_order_of_the_bindings() {
    let (claims, ran) = merged(input(&["openid", "org"], &[])).await;
    assert_eq!(claims, json!({ "org_name": "Looking-Glass", "org_id": 7, "roles": ["reader"] }));
    assert_eq!(ran, ["claims/org", "claims/roles"]);
}

#[tokio::test]
async fn a_binding_whose_scope_was_not_granted_and_claim_not_requested_does_not_run() {
    assert_eq!(merged(input(&["openid"], &["email"])).await, (json!({}), vec![]));
    assert_eq!(merged(input(&["roles"], &[])).await.1, ["claims/roles"]);
}

#[tokio::test]
async fn a_claim_asked_for_by_name_comes_alone() {
    let (claims, ran) = merged(input(&["openid"], &["org_id"])).await;
    assert_eq!(claims, json!({ "org_id": 7 }), "org_name was neither asked for nor in a granted scope");
    assert_eq!(ran, ["claims/org"]);
}

async fn fault_of(returned: Value) -> String {
    let manifest = "[[claims]]\nrun = \"a.rhai\"\nscopes = [\"openid\"]\nclaims = [\"org_name\"]\n";
    let policy = policy(manifest, &StubRuntime::new(&[("a.rhai", says(returned))]));
    why(policy.claims(input(&["openid"], &[])).await.unwrap_err())
}

#[tokio::test]
async fn a_protected_undeclared_or_oversized_claim_is_a_fault() {
    assert_eq!(fault_of(json!({ "sub": "mallory" })).await, "the claim `sub` is the server's own");
    assert!(fault_of(json!({ "org_id": 7 })).await.starts_with("the claim `org_id` is not declared"));
    let long = "x".repeat(CLAIMS_BYTES_MAX);
    assert!(fault_of(json!({ "org_name": long })).await.starts_with("its claims have more than"));
}

#[tokio::test]
async fn a_claim_without_a_value_is_left_out() {
    let manifest = "[[claims]]\nrun = \"a.rhai\"\nscopes = [\"openid\"]\nclaims = [\"org_name\"]\n";
    let policy = policy(manifest, &StubRuntime::new(&[("a.rhai", says(json!({ "org_name": null })))]));
    assert!(policy.claims(input(&["openid"], &[])).await.unwrap().claims.is_empty());
}

#[test]
fn what_is_served_is_told_once_in_order() {
    let policy = policy(TWO, &StubRuntime::new(&[]));
    assert_eq!(policy.served_scopes(), ["org", "roles"]);
    assert_eq!(policy.served_claims(), ["org_name", "org_id", "roles"]);
}

//! `customize_token`: each on the last one's result, all or nothing.

use super::{token, why};
use crate::bundle::{AUDIENCE_BYTES_MAX, AUDIENCES_MAX};
use crate::stub::{Stub, StubRuntime, always, decide, fails, policy};
use gatewright_domain::hooks::{
    CustomizeTokenDecision, CustomizeTokenInput, HookDecision, LIFETIME_S_MAX, Policy, TokenChanges, TokenKind,
};
use gatewright_protocol::scope::Scope;
use serde_json::{Map, Value, json};

const TWO: &str = "[[customize_token]]\nrun = \"a.rhai\"\n[[customize_token]]\nrun = \"b.rhai\"\n";
const ONE: &str = "[[customize_token]]\nrun = \"a.rhai\"\n";

fn claims(claims: Value) -> Map<String, Value> {
    claims.as_object().unwrap().clone()
}

fn change(changes: TokenChanges) -> Stub {
    always(HookDecision::CustomizeToken(CustomizeTokenDecision::Change(changes)))
}

fn input(kind: TokenKind) -> CustomizeTokenInput {
    let mut input = CustomizeTokenInput { kind, ..CustomizeTokenInput::sample() };
    input.claims.extend(claims(json!({ "iat": 1_000, "exp": 1_300, "scope": "openid profile", "aud": "x" })));
    input
}

#[tokio::test]
async fn each_binding_sees_the_token_as_the_one_before_left_it() {
    let first = change(TokenChanges {
        claims: claims(json!({ "tenant": "a", "risk": 1 })),
        lifetime_s: Some(60),
        audience: Some(vec!["https://api.example.com".into()]),
        scope: Some(Scope::parse("openid").unwrap()),
    });
    let second = decide(|input| {
        let token = token(input);
        assert_eq!(token.lifetime_s, 60);
        assert_eq!(token.audience, ["https://api.example.com"]);
        assert_eq!(token.scope, ["openid"]);
        let seen: Vec<_> = ["tenant", "exp", "aud", "scope"].iter().map(|name| token.claims[*name].clone()).collect();
        assert_eq!(seen, [json!("a"), json!(1_060), json!("https://api.example.com"), json!("openid")]);
        let changes =
            TokenChanges { claims: claims(json!({ "tenant": "b", "risk": null })), ..TokenChanges::default() };
        Ok(HookDecision::CustomizeToken(CustomizeTokenDecision::Change(changes)))
    });
    let policy = policy(TWO, &StubRuntime::new(&[("a.rhai", first), ("b.rhai", second)]));
    let decision = policy.customize_token(input(TokenKind::Access)).await.unwrap();
    let all = TokenChanges {
        claims: claims(json!({ "tenant": "b", "risk": null })),
        lifetime_s: Some(60),
        audience: Some(vec!["https://api.example.com".into()]),
        scope: Some(Scope::parse("openid").unwrap()),
    };
    assert_eq!(decision, CustomizeTokenDecision::Change(all));
}

#[tokio::test]
async fn a_fault_in_any_leaves_nothing_of_the_others() {
    let first = change(TokenChanges { lifetime_s: Some(60), ..TokenChanges::default() });
    let policy = policy(TWO, &StubRuntime::new(&[("a.rhai", first), ("b.rhai", fails())]));
    let fault = policy.customize_token(input(TokenKind::Access)).await.unwrap_err();
    assert_eq!(fault.binding.as_str(), "customize_token/b");
}

#[tokio::test]
async fn a_denial_ends_it() {
    let deny = CustomizeTokenDecision::Deny { reason: "risk".into() };
    let stubs = [("a.rhai", always(HookDecision::CustomizeToken(deny.clone()))), ("b.rhai", fails())];
    let policy = policy(TWO, &StubRuntime::new(&stubs));
    assert_eq!(policy.customize_token(input(TokenKind::Id)).await.unwrap(), deny);
}

async fn verdict(kind: TokenKind, changes: TokenChanges) -> Option<String> {
    let policy = policy(ONE, &StubRuntime::new(&[("a.rhai", change(changes))]));
    policy.customize_token(input(kind)).await.err().map(why)
}

#[tokio::test]
async fn what_a_token_may_change_depends_on_its_kind() {
    let none = TokenChanges::default;
    let lifetime = TokenChanges { lifetime_s: Some(60), ..none() };
    let claim = TokenChanges { claims: claims(json!({ "tenant": "a" })), ..none() };
    let audience = TokenChanges { audience: Some(vec!["a".into()]), ..none() };
    let scope = TokenChanges { scope: Some(Scope::parse("openid").unwrap()), ..none() };
    let table = [
        (&lifetime, [true, true, true]),
        (&claim, [true, true, false]),
        (&audience, [true, false, false]),
        (&scope, [true, false, false]),
    ];
    for (changes, allowed) in table {
        for (kind, allowed) in [TokenKind::Access, TokenKind::Id, TokenKind::Refresh].into_iter().zip(allowed) {
            assert_eq!(verdict(kind, changes.clone()).await.is_none(), allowed, "{kind:?} {changes:?}");
        }
    }
}

#[tokio::test]
async fn a_change_beyond_the_contract_is_a_fault() {
    let none = TokenChanges::default;
    let many = vec!["a".to_owned(); AUDIENCES_MAX + 1];
    let table = [
        (TokenChanges { claims: claims(json!({ "sub": null })), ..none() }, "the claim `sub` is the server's own"),
        (TokenChanges { lifetime_s: Some(0), ..none() }, "a lifetime is from 1 to"),
        (TokenChanges { lifetime_s: Some(LIFETIME_S_MAX + 1), ..none() }, "a lifetime is from 1 to"),
        (TokenChanges { scope: Some(Scope::parse("openid admin").unwrap()), ..none() }, "it adds the scope `admin`"),
        (TokenChanges { audience: Some(vec![]), ..none() }, "a token has 1 to"),
        (TokenChanges { audience: Some(many), ..none() }, "a token has 1 to"),
        (TokenChanges { audience: Some(vec!["x".repeat(AUDIENCE_BYTES_MAX + 1)]), ..none() }, "an audience has 1 to"),
        (TokenChanges { claims: claims(json!({ "x": "x".repeat(20_000) })), ..none() }, "its claims have more than"),
    ];
    for (changes, expected) in table {
        let verdict = verdict(TokenKind::Access, changes).await.unwrap();
        assert!(verdict.starts_with(expected), "{verdict}");
    }
}

#[tokio::test]
async fn selectors_know_the_token_and_the_grant() {
    let change = change(TokenChanges { lifetime_s: Some(60), ..TokenChanges::default() });
    let manifest = format!("{ONE}when = {{ token = [\"refresh\"], grant_type = [\"authorization_code\"] }}\n");
    let runtime = StubRuntime::new(&[("a.rhai", change)]);
    let policy = policy(&manifest, &runtime);
    policy.customize_token(input(TokenKind::Access)).await.unwrap();
    let refreshed = CustomizeTokenInput { grant_type: "refresh_token".into(), ..input(TokenKind::Refresh) };
    policy.customize_token(refreshed).await.unwrap();
    assert!(runtime.ran().is_empty());
    policy.customize_token(input(TokenKind::Refresh)).await.unwrap();
    assert_eq!(runtime.ran(), ["customize_token/a"]);
}

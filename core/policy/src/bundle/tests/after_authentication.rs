//! `after_authentication`: the strictest wins.

use super::{session, why};
use crate::stub::{StubRuntime, always, policy};
use AfterAuthenticationDecision::{AskConsent, Deny, Proceed, StepUp};
use gatewright_domain::hooks::{AfterAuthenticationDecision, AfterAuthenticationInput, HookDecision, Policy};
use gatewright_protocol::acr::Acr;

const ACRS: &str = r#"
[[authenticate]]
acr = "otp"
level = 20
run = "otp.rhai"
[[authenticate]]
acr = "key"
level = 30
run = "key.rhai"
"#;

fn step_up(acr: &str) -> AfterAuthenticationDecision {
    StepUp { acr: Acr::try_from(acr).unwrap() }
}

fn deny() -> AfterAuthenticationDecision {
    Deny { reason: "no".into() }
}

async fn combined(decisions: &[AfterAuthenticationDecision]) -> (AfterAuthenticationDecision, usize) {
    let paths: Vec<String> = (0..decisions.len()).map(|n| format!("b{n}.rhai")).collect();
    let stubs = decisions.iter().map(|decision| always(HookDecision::AfterAuthentication(decision.clone())));
    let stubs: Vec<_> = paths.iter().map(String::as_str).zip(stubs).collect();
    let runtime = StubRuntime::new(&stubs);
    let rows: String = paths.iter().map(|path| format!("[[after_authentication]]\nrun = \"{path}\"\n")).collect();
    let policy = policy(&format!("{ACRS}{rows}"), &runtime);
    let decision = policy.after_authentication(AfterAuthenticationInput::sample()).await.unwrap();
    (decision, runtime.ran().len())
}

#[tokio::test]
async fn the_strictest_decision_wins_whatever_its_place() {
    let table = [
        (vec![], Proceed),
        (vec![Proceed, Proceed], Proceed),
        (vec![Proceed, AskConsent, Proceed], AskConsent),
        (vec![AskConsent, step_up("otp")], step_up("otp")),
        (vec![step_up("otp"), AskConsent], step_up("otp")),
        (vec![step_up("otp"), step_up("key"), step_up("otp")], step_up("key")),
        (vec![step_up("key"), deny()], deny()),
    ];
    for (decisions, strictest) in table {
        assert_eq!(combined(&decisions).await.0, strictest, "{decisions:?}");
    }
}

#[tokio::test]
async fn a_step_up_to_what_is_reached_already_asks_for_nothing() {
    // The sample's session is at level 10, which is that of `pwd`.
    assert_eq!(combined(&[step_up("pwd"), AskConsent]).await.0, AskConsent);
    assert_eq!(combined(&[step_up("pwd")]).await.0, Proceed);
}

#[tokio::test]
async fn all_are_asked_until_one_denies() {
    assert_eq!(combined(&[step_up("key"), Proceed, AskConsent]).await.1, 3);
    assert_eq!(combined(&[Proceed, deny(), Proceed]).await, (deny(), 2));
}

#[tokio::test]
async fn a_step_up_to_an_acr_that_nothing_reaches_is_a_fault() {
    let runtime = StubRuntime::new(&[("a.rhai", always(HookDecision::AfterAuthentication(step_up("otp"))))]);
    let policy = policy("[[after_authentication]]\nrun = \"a.rhai\"\n", &runtime);
    let fault = policy.after_authentication(AfterAuthenticationInput::sample()).await.unwrap_err();
    assert_eq!(why(fault), "no authenticate binding reaches the ACR `otp`");
}

#[tokio::test]
async fn the_selector_acr_means_the_one_reached() {
    let runtime = StubRuntime::new(&[("a.rhai", always(HookDecision::AfterAuthentication(deny())))]);
    let row = "[[after_authentication]]\nrun = \"a.rhai\"\nwhen = { acr = [\"otp\"] }\n";
    let policy = policy(&format!("{ACRS}{row}"), &runtime);
    let mut input = AfterAuthenticationInput::sample();
    input.login.session = Some(session("pwd", 10));
    assert_eq!(policy.after_authentication(input.clone()).await.unwrap(), Proceed);
    input.login.session = Some(session("otp", 20));
    assert_eq!(policy.after_authentication(input).await.unwrap(), deny());
}
